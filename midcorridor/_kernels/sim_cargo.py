"""Cargo that parks in a hold, and vehicles that wait for it, take it and let it go."""

from __future__ import annotations

from midcorridor._kernels.compiling import inlined_kernel, inner_kernel
from midcorridor._kernels.sim_draws import child_identity
from midcorridor._kernels.sim_layout import (
    ABOARD,
    CROWDED,
    FILLING,
    NOT_HELD,
    PARKED,
    UNLOADING,
    UNSPLIT,
)
from midcorridor._kernels.sim_places import (
    append,
    begin,
    following,
    give_back,
    make_ready,
    new_holding,
    new_token,
    note_wait,
    tell_visit,
    touch,
    unlink,
)

# A hold's bay stands as many places further on as there are holds; `bays` below is that number.


@inlined_kernel
def vehicle_may_load(g, places, steps, tokens, first, hold, bays):  # type: ignore[no-untyped-def]
    """The first vehicle in the bay if nobody loads and there is enough for it; else -1."""
    found = -1
    if places[hold + bays].queue > 0 and places[hold].claimant < 0:
        level = (hold + bays) * g.levels
        while first[level] < 0:
            level += 1
        at = first[level]
        token = tokens[at]
        if places[hold].in_use >= min(steps[token.pc].b, token.room - token.load):
            found = at
    return found


@inner_kernel
def call_vehicle(g, places, tokens, waits, first, last, ready, hold, bays, at):  # type: ignore[no-untyped-def]
    """Let a vehicle in the bay (row `at`) go on, as the one that counts on the hold."""
    token = tokens[at]
    leave_bay(g, places, tokens, waits, first, last, token, hold + bays)
    places[hold].claimant = at
    make_ready(g, ready, token, at)


@inner_kernel
def leave_bay(g, places, tokens, waits, first, last, token, bay):  # type: ignore[no-untyped-def]
    """Take a vehicle out of a bay, and forget its longest wait."""
    touch(places[bay], g.now)
    places[bay].queue -= 1
    places[bay].left += 1
    unlink(tokens, first, last, token)
    token.wake = -1
    token.pc += 1
    note_wait(waits[bay * g.kinds + token.kind], g.now - token.since)


@inlined_kernel
def park(g, places, steps, tokens, first, last, number):  # type: ignore[no-untyped-def]
    """JOIN: put the cargo into the hold that its step names."""
    token = tokens[number]
    step = steps[token.pc]
    place = places[step.a]
    touch(place, g.now)
    token.queue_found = place.queue
    if step.b >= 0:
        token.ticket = step.b
    token.since = g.now
    token.state = PARKED
    place.arrived += 1
    place.queue += 1
    place.most_queue = max(place.most_queue, place.queue)
    place.in_use += token.size
    place.most_use = max(place.most_use, place.in_use)
    append(tokens, first, last, token, number, step.a * g.levels + token.priority)


@inner_kernel
def await_load(g, places, steps, tokens, first, last, number, bays):  # type: ignore[no-untyped-def]
    """FILL: whether the vehicle may load at once; else it now stands in the bay."""
    token = tokens[number]
    step = steps[token.pc]
    hold, bay = places[step.a], places[step.a + bays]
    touch(bay, g.now)
    bay.arrived += 1
    token.since = g.now
    enough = min(step.b, token.room - token.load)
    at_once = bay.queue == 0 and hold.claimant < 0 and hold.in_use >= enough
    if at_once:
        hold.claimant = number
    else:
        token.state = FILLING
        bay.queue += 1
        bay.most_queue = max(bay.most_queue, bay.queue)
        append(tokens, first, last, token, number, (step.a + bays) * g.levels + token.priority)
    return at_once


@inner_kernel
def split(g, places, tokens, attributes, holdings, cargo, units):  # type: ignore[no-untyped-def]
    """Part so many units from cargo of a hold, as a token of its own in no list; its row.

    Both go on holding in proportion. -1, with the status set, where something held does not divide or
    there is no room for the part.
    """
    whole = tokens[cargo]
    part = -1
    divides, at = whole.carrier < 0, whole.held
    while at >= 0:
        divides &= holdings[at].by_size != 0
        at = holdings[at].next
    if not divides:
        g.status = UNSPLIT
    else:
        part = new_token(g, tokens)
        if part < 0:
            g.status = CROWDED
    if part >= 0:
        token = tokens[part]
        identity = child_identity(whole.identity, whole.children)
        whole.children += 1
        begin(g, token, identity, whole.pc, whole.kind, whole.priority, units, whole.room)
        token.consignment = whole.consignment
        token.born = whole.born
        token.done = whole.done
        token.since = whole.since
        token.queue_found = whole.queue_found
        token.ticket = whole.ticket
        token.lap = whole.lap
        for column in range(g.attributes):
            attributes[part, column] = attributes[cargo, column]
        whole.size -= units
        at, last_held = whole.held, -1
        while at >= 0:
            new = new_holding(g, holdings)
            if new < 0:
                g.status = CROWDED
                at = -1
            else:
                old, copy = holdings[at], holdings[new]
                copy.place = old.place
                copy.amount = units
                copy.by_size = 1
                copy.queue_found = old.queue_found
                copy.step = old.step
                copy.arrived = old.arrived
                copy.started = old.started
                copy.next = -1
                old.amount -= units
                places[old.place].arrived += 1
                if last_held < 0:
                    token.held = new
                else:
                    holdings[last_held].next = new
                last_held = new
                at = old.next
    return part


@inlined_kernel
def take_one(g, places, steps, tokens, attributes, holdings, waits, first, last, visits, number):  # type: ignore[no-untyped-def]
    """TAKE: one piece of cargo into the vehicle; False where nothing more fits."""
    vehicle = tokens[number]
    step = steps[vehicle.pc]
    hold = places[step.a]
    left = vehicle.room - vehicle.load
    at = following(tokens, first, g.levels, -1, step.a * g.levels) if left > 0 else -1
    while at >= 0 and tokens[at].size > left and not step.b:
        at = following(tokens, first, g.levels, at, step.a * g.levels) if step.c else -1
    if at >= 0:
        touch(hold, g.now)
        if tokens[at].size > left:
            hold.arrived += 1
            at = split(g, places, tokens, attributes, holdings, at, left)
        else:
            unlink(tokens, first, last, tokens[at])
            hold.queue -= 1
    if at >= 0:
        cargo = tokens[at]
        hold.in_use -= cargo.size
        hold.left += 1
        note_wait(waits[step.a * g.kinds + cargo.kind], g.now - cargo.since)
        cargo.state = ABOARD
        cargo.taken = g.now
        cargo.carrier = number
        cargo.prev = vehicle.last_aboard
        cargo.next = -1
        if cargo.prev >= 0:
            tokens[cargo.prev].next = at
        else:
            vehicle.first_aboard = at
        vehicle.last_aboard = at
        vehicle.load += cargo.size
        vehicle.moved += cargo.size
        from_place = steps[cargo.pc].c
        if from_place >= 0:
            g.serve = from_place
            if give_back(g, places, holdings, visits, cargo, from_place) < 0:
                g.status = NOT_HELD
    return at >= 0


@inlined_kernel
def let_off_one(g, steps, tokens, visits, ready, number):  # type: ignore[no-untyped-def]
    """ALIGHT: one piece of cargo with the ticket of this call; False where there is none."""
    vehicle = tokens[number]
    step = steps[vehicle.pc]
    at = vehicle.first_aboard
    while at >= 0 and tokens[at].ticket != step.a:
        at = tokens[at].next
    if at >= 0:
        cargo = tokens[at]
        if cargo.prev >= 0:
            tokens[cargo.prev].next = cargo.next
        else:
            vehicle.first_aboard = cargo.next
        if cargo.next >= 0:
            tokens[cargo.next].prev = cargo.prev
        else:
            vehicle.last_aboard = cargo.prev
        hold = steps[cargo.pc].a
        tell_visit(
            g,
            visits,
            cargo,
            hold,
            cargo.pc,
            cargo.since,
            cargo.taken,
            g.now,
            cargo.size,
            cargo.queue_found,
            vehicle.serial,
        )
        cargo.pc += 1
        vehicle.moved += cargo.size
        if step.b:
            vehicle.alighting += 1
        else:
            vehicle.load -= cargo.size
            cargo.carrier = -1
        make_ready(g, ready, cargo, at)
    return at >= 0


@inner_kernel
def go_ashore(g, tokens, ready, token):  # type: ignore[no-untyped-def]
    """LEAVE: the cargo is off the vehicle that it alighted from, if it was still on one."""
    if token.carrier >= 0:
        vehicle = tokens[token.carrier]
        vehicle.load -= token.size
        vehicle.alighting -= 1
        if vehicle.alighting == 0 and vehicle.state == UNLOADING:
            vehicle.pc += 1
            make_ready(g, ready, vehicle, token.carrier)
        token.carrier = -1
