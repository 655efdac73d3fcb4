"""The loop of a simulation: wake the next token, walk it until it waits, again.

Everything that a run knows stands in its arrays (`sim_layout`), so that it may come back at any step,
to have its visits collected, to ask a policy, to tell how far it is, and go on as if it had not.
Steps that every visit consists of are written out in the loop; the others are in `sim_steps`.
"""

from __future__ import annotations

from midcorridor._kernels.compiling import inner_kernel, kernel
from midcorridor._kernels.sim_agenda import close_hole, schedule
from midcorridor._kernels.sim_cargo import leave_bay
from midcorridor._kernels.sim_draws import draw, uniforms
from midcorridor._kernels.sim_layout import (
    ASK,
    BY_ATTRIBUTE,
    BY_MOVED,
    BY_SIZE,
    CAPACITY_RANGE,
    CROWDED,
    DELAY,
    EMPTY,
    EXHAUSTED,
    FILL,
    FILLING,
    FULL,
    HORIZON,
    NEGATIVE,
    NEVER,
    NOT_HELD,
    OVERSIZE,
    PAUSE,
    QUEUED,
    RELEASE,
    RUNNING,
    SEIZE,
    STUCK,
    TIMER,
    WORK,
    WORKING,
)
from midcorridor._kernels.sim_places import (
    append,
    end_days,
    give_back,
    hand_out,
    new_holding,
    note_wait,
    start_holding,
    touch,
    unlink,
)
from midcorridor._kernels.sim_steps import other_step

_MOST_EVENTS = (1 << 32) - (1 << 24)  # sequence numbers have 32 bits; one step may use many


@inner_kernel
def drop_stale(g, tokens, keys, items):  # type: ignore[no-untyped-def]
    """Make the agenda again without the events that nobody waits for any more."""
    if g.hole:
        close_hole(g, keys, items)
    kept = 0
    for at in range(g.heap):
        if tokens[items[at]].wake == keys[at]:
            keys[kept] = keys[at]
            items[kept] = items[at]
            kept += 1
    g.heap = kept
    for root in range((kept - 2) // 2, -1, -1):
        settle(keys, items, kept, root)


@inner_kernel
def settle(keys, items, size, root):  # type: ignore[no-untyped-def]
    """Let the pair at `root` sink below those of its children that come before it."""
    key, item, slot = keys[root], items[root], root
    child = 2 * slot + 1
    while child < size:
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] < key:
            keys[slot] = keys[child]
            items[slot] = items[child]
            slot = child
            child = 2 * slot + 1
        else:
            child = size
    keys[slot] = key
    items[slot] = item


@inner_kernel
def _advance(  # type: ignore[no-untyped-def]
    globals_, steps, places, distributions, values, calendars, instants, shares, targets, arrivals,
    tokens, attributes, holdings, waits, ended, series, first, last, ready, keys, items, visits, bays,
):  # fmt: skip
    """`advance`, where no users of arrays are counted."""
    g = globals_[0]
    g.status = RUNNING
    number = g.current
    while g.status == RUNNING:
        if number < 0:
            if g.ready_count > 0:
                number = ready[g.ready_first]
                g.ready_first = (g.ready_first + 1) & g.ready_mask
                g.ready_count -= 1
            elif g.events >= g.pause_at:
                g.status = PAUSE
            else:
                if g.hole:
                    close_hole(g, keys, items)
                if g.heap > 2 * tokens.size:
                    drop_stale(g, tokens, keys, items)
                key = keys[0] if g.heap > 0 else NEVER << 32
                at = key >> 32
                if at >= g.horizon:
                    if g.heap == 0:
                        g.status = STUCK if g.alive > 0 else EMPTY
                    else:
                        g.status = HORIZON
                        g.now = g.horizon
                        end_days(g, places, series, g.now)
                else:
                    number = items[0]
                    g.hole = 1
                    token = tokens[number]
                    if token.wake != key:
                        number = -1
                    else:
                        token.wake = -1
                        g.events += 1
                        if at > g.now:
                            if at >= g.day_end:
                                end_days(g, places, series, at)
                            g.now = at
                            g.spin = 0
                        if g.seq > _MOST_EVENTS:
                            g.status = EXHAUSTED
                        if token.state == TIMER:
                            token.done = at
                        elif token.state == WORKING:
                            gate = steps[token.pc].c
                            unlink(tokens, first, last, token)
                            note_wait(waits[gate * g.kinds + token.kind], at - token.since - token.need)
                            token.done = at
                            token.pc += 1
                        elif token.state == FILLING:
                            hold = steps[token.pc].a
                            leave_bay(g, places, tokens, waits, first, last, token, hold + bays)
                            if places[hold].claimant < 0:
                                places[hold].claimant = number
        elif visits.size > 0 and g.visits == visits.size:
            g.status = FULL
        else:
            token = tokens[number]
            step = steps[token.pc]
            op = step.op
            if op == SEIZE:
                place = places[step.a]
                amount = token.size if step.c else step.b
                asked = new_holding(g, holdings)
                if asked < 0:
                    g.status = CROWDED
                elif amount > place.most:
                    g.status = OVERSIZE
                    g.fault_place = step.a
                else:
                    held = holdings[asked]
                    held.place = step.a
                    held.amount = amount
                    held.by_size = step.c
                    held.step = token.pc
                    held.arrived = g.now
                    held.queue_found = place.queue
                    touch(place, g.now)
                    place.arrived += 1
                    if (place.queue == 0 or place.overtaking) and place.in_use + amount <= place.capacity:
                        wait = waits[step.a * g.kinds + token.kind]
                        start_holding(place, token, held, asked, wait, g.now)
                        token.pc += 1
                    else:
                        token.asking = asked
                        token.state = QUEUED
                        place.queue += 1
                        place.most_queue = max(place.most_queue, place.queue)
                        level = step.d if step.d >= 0 else token.priority
                        append(tokens, first, last, token, number, step.a * g.levels + level)
                        number = -1
            elif op in (DELAY, WORK) or (op == FILL and step.c >= 0):
                row = step.c if op == FILL else step.a
                one, other = uniforms(g.key0, g.key1, token.lap, step.stream, token.identity)
                seconds = draw(distributions[row], values, one, other)
                if op != FILL and step.b != 0:
                    if step.b == BY_SIZE:
                        seconds *= token.size
                    elif step.b == BY_MOVED:
                        seconds *= token.moved
                    else:
                        seconds *= attributes[number, step.b - BY_ATTRIBUTE]
                if not seconds >= 0.0:
                    g.status = NEGATIVE
                else:
                    # Rounded to whole seconds; what would end after every horizon never ends.
                    length = int(min(seconds, float(NEVER)) + 0.5)
                    if op == DELAY:
                        token.pc += 1
                        if length > 0:
                            token.state = TIMER
                            at = min(g.now + length, NEVER)
                            schedule(g, token, keys, items, number, at)
                            number = -1
                        else:
                            token.done = g.now
                    else:
                        token.need = min(length, NEVER - g.now)
                        op = -op
            elif op == RELEASE:
                units = give_back(g, places, holdings, visits, token, step.a)
                token.pc += 1
                g.serve = step.a
                if units < 0:
                    g.status = NOT_HELD
                    g.fault_place = step.a
                elif step.b >= 0:
                    # The units move: this place has so many fewer, the other so many more.
                    other_place = places[step.b]
                    touch(other_place, g.now)
                    places[step.a].capacity -= units
                    other_place.capacity += units
                    g.serve = step.b
                    if other_place.capacity > other_place.most:
                        g.status = CAPACITY_RANGE
                        g.fault_place = step.b
            else:
                op = -op
            if op < 0:
                walks = other_step(
                    g, -op, number, steps, places, distributions, values, calendars, instants, shares,
                    targets, arrivals, tokens, attributes, holdings, waits, ended, first, last, ready, keys,
                    items, visits, bays,
                )  # fmt: skip
                if g.wake_at >= 0:
                    schedule(g, tokens[number], keys, items, number, g.wake_at)
                    g.wake_at = -1
                if not walks:
                    number = -1
            if g.serve >= 0 and g.status == RUNNING:
                if places[g.serve].queue > 0:
                    hand_out(g, places, tokens, holdings, waits, first, last, ready, g.serve)
                g.serve = -1
    g.current = number
    return g.status


@kernel
def advance(  # type: ignore[no-untyped-def]
    globals_, steps, places, distributions, values, calendars, instants, shares, targets, arrivals,
    tokens, attributes, holdings, waits, ended, series, first, last, ready, keys, items, visits, bays,
):  # fmt: skip
    """Run on until the horizon, or until something else ends or interrupts the run; the status.

    globals_ (1,) GLOBAL; steps (n,) STEP; places (p,) PLACE; distributions DISTRIBUTION; values (v, 2);
    calendars CALENDAR; instants (i,) int64, sorted within each calendar; shares (s,), targets (s,):
    cumulated probabilities of the branches of a CHOOSE and where they lead; arrivals (r,) ARRIVAL
    tokens (t,) TOKEN, attributes (t, a) int64, holdings HOLDING: room for all that may live at once
    waits (p * kinds,) WAIT; ended (kinds,) WAIT; series (days, p, 3) int64
    first, last (p * levels + p,) int32: ends of the waiting lists, then of the lists of who works at a gate
    ready (a power of 2, at least t,) int32; keys int64, items int32 (at least 3 t): the agenda
    visits VISIT: where it has no row, none is written      bays: from a hold to its bay, in places
    """
    return _advance(
        globals_, steps, places, distributions,
        values, calendars, instants, shares, targets,
        arrivals, tokens, attributes, holdings,
        waits, ended, series, first, last,
        ready, keys, items, visits, bays,
    )  # fmt: skip


@kernel
def bring_up(globals_, places, series):  # type: ignore[no-untyped-def]
    """Bring the sums of all places up to the present second."""
    g = globals_[0]
    end_days(g, places, series, g.now)
    for number in range(places.size):
        touch(places[number], g.now)


def driver(policy):  # type: ignore[no-untyped-def]
    """A compiled loop of `advance` that answers what steps ask with a compiled policy.

    policy(rule, token, now, view) -> number, compiled by Numba; view is a named tuple of arrays.
    Only this small loop is compiled for a policy; the kernel itself is the same for all.
    """
    import numba

    @numba.njit(nogil=True)
    def drive(view, state):  # type: ignore[no-untyped-def]
        status = advance(*state)
        while status == ASK:
            g = state[0][0]
            g.answer = float(policy(g.rule, g.current, g.now, view))
            g.answered = 1
            status = advance(*state)
        return status

    return drive
