"""The steps of a simulation, but for those that `sim_kernel` has in its own loop because they are so many."""

from __future__ import annotations

from midcorridor._kernels.compiling import inlined_kernel, inner_kernel
from midcorridor._kernels.sim_agenda import schedule
from midcorridor._kernels.sim_cargo import (
    await_load,
    call_vehicle,
    go_ashore,
    let_off_one,
    park,
    take_one,
    vehicle_may_load,
)
from midcorridor._kernels.sim_draws import draw, uniforms
from midcorridor._kernels.sim_layout import (
    ABOARD_AT_END,
    ALIGHT,
    ASK,
    BY_VALUE,
    CAPACITY,
    CAPACITY_RANGE,
    CHOOSE,
    CROWDED,
    END,
    ENDLESS,
    FEED,
    FILL,
    GATE,
    GATED,
    HELD_AT_END,
    IS_ATTRIBUTE,
    IS_CAPACITY,
    IS_FREE,
    IS_LOAD,
    IS_OPEN,
    IS_QUEUE,
    IS_ROOM_LEFT,
    IS_USE,
    JOIN,
    JUMP,
    LEAVE,
    LOOP,
    NEVER,
    NO_ANSWER,
    OPEN,
    OPENED_TWICE,
    POLICY,
    SET,
    SET_PRIORITY,
    SET_ROOM,
    SET_TICKET,
    SHUT,
    SPAWN,
    TAKE,
    TEST,
    TIMER,
    TO_DRAW,
    UNLOADING,
    UNTIL,
    WORK,
    WORKING,
)
from midcorridor._kernels.sim_places import append, following, make_ready, note_wait, spawn, touch, unlink

MOST_LAPS = 1_000_000  # ways back within one second, of all tokens together


@inner_kernel
def next_instant(calendar, instants, at):  # type: ignore[no-untyped-def]
    """The first instant of a calendar at or after a second; NEVER where there is none."""
    base, offset = 0, at
    if calendar.period > 0:
        base = (at // calendar.period) * calendar.period
        offset = at - base
    low, high = calendar.first, calendar.first + calendar.count
    while low < high:
        middle = (low + high) // 2
        if instants[middle] < offset:
            low = middle + 1
        else:
            high = middle
    found = NEVER
    if low < calendar.first + calendar.count:
        found = base + instants[low]
    elif calendar.period > 0:
        found = base + calendar.period + instants[calendar.first]
    return min(found, NEVER)


@inner_kernel
def look(g, places, attributes, token, number, measure, at):  # type: ignore[no-untyped-def]
    """What a TEST compares: of the place or attribute `at`, or of the token itself."""
    found = token.size
    if measure == IS_QUEUE:
        found = places[at].queue
    elif measure == IS_USE:
        found = places[at].in_use
    elif measure == IS_FREE:
        found = places[at].capacity - places[at].in_use
    elif measure == IS_CAPACITY:
        found = places[at].capacity
    elif measure == IS_OPEN:
        found = 1 if places[at].shut == 0 else 0
    elif measure == IS_ATTRIBUTE:
        found = attributes[number, at]
    elif measure == IS_LOAD:
        found = token.load
    elif measure == IS_ROOM_LEFT:
        found = token.room - token.load
    return found


@inner_kernel
def go_to(g, token, target):  # type: ignore[no-untyped-def]
    """Set the next step; going back is a new lap, and too many of them in one second an error."""
    if target <= token.pc:
        token.lap += 1
        g.spin += 1
        if g.spin > MOST_LAPS:
            g.status = ENDLESS
    token.pc = target


@inner_kernel
def open_gate(g, places, tokens, waits, first, last, ready, keys, items, number):  # type: ignore[no-untyped-def]
    """One cause less keeps the gate shut; with none left, those who wait and work there go on."""
    place = places[number]
    if place.shut == 0:
        g.status = OPENED_TWICE
        g.fault_place = number
    else:
        place.shut -= 1
    if place.shut == 0 and g.status == 0:
        touch(place, g.now)
        place.in_use = 1
        at = following(tokens, first, g.levels, -1, number * g.levels)
        while at >= 0:
            token = tokens[at]
            then = following(tokens, first, g.levels, at, number * g.levels)
            unlink(tokens, first, last, token)
            place.left += 1
            note_wait(waits[number * g.kinds + token.kind], g.now - token.since)
            token.pc += 1
            make_ready(g, ready, token, at)
            at = then
        place.queue = 0
        at = first[g.places * g.levels + number]
        while at >= 0:
            schedule(g, tokens[at], keys, items, at, min(g.now + tokens[at].left, NEVER))
            at = tokens[at].next


@inner_kernel
def shut_gate(g, places, tokens, first, number):  # type: ignore[no-untyped-def]
    """One more cause keeps the gate shut; work there stops, and what is left of it is kept."""
    place = places[number]
    place.shut += 1
    if place.shut == 1:
        touch(place, g.now)
        place.in_use = 0
        at = first[g.places * g.levels + number]
        while at >= 0:
            tokens[at].left = (tokens[at].wake >> 32) - g.now
            tokens[at].wake = -1
            at = tokens[at].next


@inner_kernel
def end_token(g, tokens, ended, token, number):  # type: ignore[no-untyped-def]
    """END: count the token's time in the system and free its row."""
    if token.held >= 0:
        g.status = HELD_AT_END
    elif token.first_aboard >= 0 or token.alighting > 0:
        g.status = ABOARD_AT_END
    else:
        note_wait(ended[token.kind], g.now - token.born)
        token.wake = -1
        token.next = g.free_token
        g.free_token = number
        g.alive -= 1


@inlined_kernel
def other_step(  # type: ignore[no-untyped-def]
    g, op, number, steps, places, distributions, values, calendars, instants, shares, targets, arrivals,
    tokens, attributes, holdings, waits, ended, first, last, ready, keys, items, visits, bays,
):  # fmt: skip
    """Carry out one step of the token of row `number`; whether it walks on at once.

    What follows from it for others stands in g.serve and g.wake_at.
    """
    token = tokens[number]
    step = steps[token.pc]
    walks, caller = True, -1  # caller: a hold that may have enough for a vehicle now
    if op == JUMP:
        go_to(g, token, step.a)
    elif op == SPAWN:
        kind = step.c if step.c >= 0 else token.kind
        priority = step.d if step.d >= 0 else token.priority
        size = step.e if step.e > 0 else token.size
        for _ in range(step.b):
            if spawn(g, tokens, attributes, ready, number, step.a, kind, priority, size, 0) < 0:
                g.status = CROWDED
        token.pc += 1
    elif op == END:
        go_ashore(g, tokens, ready, token)
        end_token(g, tokens, ended, token, number)
        walks = g.status != 0
    elif op == CHOOSE:
        one, _ = uniforms(g.key0, g.key1, token.lap, step.stream, token.identity)
        at = step.a
        while at < step.a + step.b - 1 and one > shares[at]:
            at += 1
        go_to(g, token, targets[at])
    elif op == TEST:
        found = look(g, places, attributes, token, number, step.a, step.b)
        if (found >= step.d) == (step.c == 0):
            go_to(g, token, step.e)
        else:
            token.pc += 1
    elif op == LOOP:
        attributes[number, step.a] -= 1
        if attributes[number, step.a] > 0:
            go_to(g, token, step.b)
        else:
            token.pc += 1
    elif op == GATE:
        place = places[step.a]
        touch(place, g.now)
        place.arrived += 1
        if place.shut == 0:
            place.left += 1
            note_wait(waits[step.a * g.kinds + token.kind], 0)
            token.pc += 1
        else:
            token.since = g.now
            token.state = GATED
            place.queue += 1
            place.most_queue = max(place.most_queue, place.queue)
            append(tokens, first, last, token, number, step.a * g.levels + token.priority)
            walks = False
    elif op == WORK:
        token.since = g.now
        token.state = WORKING
        append(tokens, first, last, token, number, g.places * g.levels + step.c)
        if places[step.c].shut == 0:
            g.wake_at = g.now + token.need
        else:
            token.left = token.need
        walks = False
    elif op == OPEN:
        open_gate(g, places, tokens, waits, first, last, ready, keys, items, step.a)
        token.pc += 1
    elif op == SHUT:
        shut_gate(g, places, tokens, first, step.a)
        token.pc += 1
    elif op == UNTIL:
        calendar = calendars[step.a]
        asked = max(g.now, calendar.taken + 1) if step.b else g.now
        at = next_instant(calendar, instants, asked)
        if step.b and at < NEVER:
            calendar.taken = at
        token.pc += 1
        if at > g.now:
            token.state = TIMER
            g.wake_at = at
            walks = False
    elif op == JOIN:
        go_ashore(g, tokens, ready, token)
        park(g, places, steps, tokens, first, last, number)
        caller = step.a
        walks = False
    elif op == FILL:
        walks = await_load(g, places, steps, tokens, first, last, number, bays)
        if walks:
            places[step.a + bays].left += 1
            note_wait(waits[(step.a + bays) * g.kinds + token.kind], 0)
            token.pc += 1
        elif step.c >= 0:
            g.wake_at = g.now + token.need
    elif op == TAKE:
        if token.phase == 0:
            token.moved = 0
            token.phase = 1
        # One piece at a time, so that the caller can look after the room for visits.
        if not take_one(g, places, steps, tokens, attributes, holdings, waits, first, last, visits, number):
            token.phase = 0
            token.pc += 1
            if places[step.a].claimant == number:
                places[step.a].claimant = -1
                caller = step.a
    elif op == ALIGHT:
        if token.phase == 0:
            token.moved = 0
            token.phase = 1
        if not let_off_one(g, steps, tokens, visits, ready, number):
            token.phase = 0
            if token.alighting > 0:
                token.state = UNLOADING
                walks = False
            else:
                token.pc += 1
    elif op == LEAVE:
        go_ashore(g, tokens, ready, token)
        token.pc += 1
    elif op == CAPACITY:
        place = places[step.a]
        touch(place, g.now)
        place.capacity += step.b
        if place.capacity < 0 or place.capacity > place.most:
            g.status = CAPACITY_RANGE
            g.fault_place = step.a
        g.serve = step.a
        token.pc += 1
    elif op == SET:
        value = step.c
        if step.b == TO_DRAW:
            one, other = uniforms(g.key0, g.key1, token.lap, step.stream, token.identity)
            value = int(draw(distributions[step.c], values, one, other) + 0.5)
        added = step.b == BY_VALUE
        if step.a == SET_ROOM:
            token.room = value + token.room if added else value
        elif step.a == SET_PRIORITY:
            token.priority = value
        elif step.a == SET_TICKET:
            token.ticket = value + token.ticket if added else value
        else:
            attributes[number, step.a] = value + attributes[number, step.a] if added else value
        token.pc += 1
    elif op == POLICY:
        if g.answered and not abs(g.answer) < NEVER:
            g.status = NO_ANSWER
        elif g.answered:
            g.answered = 0
            attributes[number, step.b] = int(g.answer)
            token.pc += 1
        else:
            g.rule = step.a
            g.status = ASK
    elif op == FEED:
        if token.phase == 0:
            token.moved = step.a
            token.phase = 1
        if token.moved == step.b:
            token.phase = 0
            token.pc += 1
        else:
            row = arrivals[token.moved]
            if row.at > g.now:
                token.state = TIMER
                g.wake_at = row.at
                walks = False
            else:
                child = spawn(
                    g, tokens, attributes, ready, number, row.pc, row.kind, row.priority, row.size, row.room
                )
                if child < 0:
                    g.status = CROWDED
                token.moved += 1
    if caller >= 0:
        vehicle = vehicle_may_load(g, places, steps, tokens, first, caller, bays)
        if vehicle >= 0:
            call_vehicle(g, places, tokens, waits, first, last, ready, caller, bays, vehicle)
    return walks
