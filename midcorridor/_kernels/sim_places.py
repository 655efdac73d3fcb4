"""Waiting in order, holding units, and the sums that tell of it.

Tokens wait in doubly linked lists, one for each place and level of priority (lesser levels first), linked
through the tokens themselves: a token waits for one thing at a time.
"""

from __future__ import annotations

import numpy as np

from midcorridor._kernels.compiling import inner_kernel
from midcorridor._kernels.sim_draws import child_identity
from midcorridor._kernels.sim_layout import DAY_S, READY


@inner_kernel
def touch(place, now):  # type: ignore[no-untyped-def]
    """Bring the sums of a place up to now, before anything of it changes."""
    passed = now - place.changed
    place.area_use += passed * place.in_use
    place.area_queue += passed * place.queue
    place.area_capacity += passed * place.capacity
    place.changed = now


@inner_kernel
def end_days(g, places, series, at):  # type: ignore[no-untyped-def]
    """Write down the sums of all places at the end of each day that ends by this second.

    series (days, places, 3): sums of queue and use, and how many left, from the start to the end of the day
    """
    # Days are counted beforehand: of a while loop LLVM makes a division of 128 bits, which is not there.
    ended = (at - g.day_end) // DAY_S + 1
    for _ in range(ended):
        for number in range(places.size):
            place = places[number]
            touch(place, g.day_end)
            if g.day < series.shape[0]:
                series[g.day, number, 0] = place.area_queue
                series[g.day, number, 1] = place.area_use
                series[g.day, number, 2] = place.left
        g.day += 1
        g.day_end += DAY_S


@inner_kernel
def note_wait(wait, seconds):  # type: ignore[no-untyped-def]
    """Count one wait."""
    wait.n += 1
    wait.total += seconds
    wait.squares += np.float64(seconds) * np.float64(seconds)
    wait.most = max(wait.most, seconds)


@inner_kernel
def append(tokens, first, last, token, number, at):  # type: ignore[no-untyped-def]
    """Put a token (row `number`) at the end of list `at`."""
    token.list = at
    token.next = -1
    token.prev = last[at]
    if token.prev >= 0:
        tokens[token.prev].next = number
    else:
        first[at] = number
    last[at] = number


@inner_kernel
def unlink(tokens, first, last, token):  # type: ignore[no-untyped-def]
    """Take a token out of the list in which it stands."""
    if token.prev >= 0:
        tokens[token.prev].next = token.next
    else:
        first[token.list] = token.next
    if token.next >= 0:
        tokens[token.next].prev = token.prev
    else:
        last[token.list] = token.prev
    token.list = -1


@inner_kernel
def following(tokens, first, levels, number, at):  # type: ignore[no-untyped-def]
    """The token after `number` among those of a place, the first for -1; -1 at the end.

    at: first list of the place
    """
    then, level = -1, 0
    if number >= 0:
        then = tokens[number].next
        level = tokens[number].list - at + 1
    while then < 0 and level < levels:
        then = first[at + level]
        level += 1
    return then


@inner_kernel
def make_ready(g, ready, token, number):  # type: ignore[no-untyped-def]
    """Let a token go on in this second, after those that are ready already."""
    token.state = READY
    ready[(g.ready_first + g.ready_count) & g.ready_mask] = number
    g.ready_count += 1


@inner_kernel
def start_holding(place, token, held, number, wait, now):  # type: ignore[no-untyped-def]
    """Give the token what it asks for: row `number`, `held`, becomes the first that it holds."""
    place.in_use += held.amount
    place.most_use = max(place.most_use, place.in_use)
    held.started = now
    held.next = token.held
    token.held = number
    token.asking = -1
    note_wait(wait, now - held.arrived)


@inner_kernel
def new_holding(g, holdings):  # type: ignore[no-untyped-def]
    """An unused row of holdings; -1 where none is left."""
    number = g.free_holding
    if number >= 0:
        g.free_holding = holdings[number].next
    elif g.holdings < holdings.size:
        number = g.holdings
        g.holdings += 1
    return number


@inner_kernel
def tell_visit(g, visits, token, place, step, arrived, started, finished, size, queue, vehicle):  # type: ignore[no-untyped-def]
    """Write a visit that ends now, where visits are asked for. The caller has made sure of room."""
    if visits.size > 0:
        row = visits[g.visits]
        row.token = token.serial
        row.consignment = token.consignment
        row.arrived_s = arrived
        row.started_s = started
        row.finished_s = finished
        row.left_s = g.now
        row.place = place
        row.step = step
        row.kind = token.kind
        row.size = size
        row.queue_on_arrival = queue
        row.vehicle = vehicle
        g.visits += 1


@inner_kernel
def give_back(g, places, holdings, visits, token, number):  # type: ignore[no-untyped-def]
    """End the latest holding of a token at a place; returns the units, or -1 where it holds none."""
    before, at, amount = -1, token.held, -1
    while at >= 0 and holdings[at].place != number:
        before, at = at, holdings[at].next
    if at >= 0:
        held, place = holdings[at], places[number]
        if before < 0:
            token.held = held.next
        else:
            holdings[before].next = held.next
        amount = held.amount
        finished = max(held.started, token.done)
        touch(place, g.now)
        place.in_use -= amount
        place.left += 1
        place.blocked += (g.now - finished) * amount
        tell_visit(
            g,
            visits,
            token,
            number,
            held.step,
            held.arrived,
            held.started,
            finished,
            amount,
            held.queue_found,
            -1,
        )
        held.next = g.free_holding
        g.free_holding = at
    return amount


@inner_kernel
def hand_out(g, places, tokens, holdings, waits, first, last, ready, number):  # type: ignore[no-untyped-def]
    """Give what is free of a resource to those who wait for it, in their order."""
    place = places[number]
    base = number * g.levels
    at = following(tokens, first, g.levels, -1, base) if place.queue > 0 else -1
    if at >= 0:
        touch(place, g.now)
    while at >= 0:
        token = tokens[at]
        then = following(tokens, first, g.levels, at, base)
        asked = token.asking
        if place.in_use + holdings[asked].amount <= place.capacity:
            unlink(tokens, first, last, token)
            place.queue -= 1
            wait = waits[number * g.kinds + token.kind]
            start_holding(place, token, holdings[asked], asked, wait, g.now)
            token.pc += 1
            make_ready(g, ready, token, at)
        elif not place.overtaking:
            then = -1
        at = then


@inner_kernel
def new_token(g, tokens):  # type: ignore[no-untyped-def]
    """An unused row of tokens; -1 where none is left."""
    number = g.free_token
    if number >= 0:
        g.free_token = tokens[number].next
    elif g.tokens < tokens.size:
        number = g.tokens
        g.tokens += 1
    if number >= 0:
        g.alive += 1
    return number


@inner_kernel
def begin(g, token, identity, pc, kind, priority, size, room):  # type: ignore[no-untyped-def]
    """Set up a new token at a step; attributes are the caller's."""
    token.identity = identity
    token.serial = g.serials
    token.consignment = g.serials
    g.serials += 1
    token.wake = -1
    token.born = g.now
    token.done = g.now
    token.pc = pc
    token.kind = kind
    token.priority = priority
    token.size = size
    token.room = room
    token.load = 0
    token.lap = 0
    token.children = 0
    token.state = READY
    token.list = -1
    token.held = -1
    token.asking = -1
    token.phase = 0
    token.moved = 0
    token.first_aboard = -1
    token.last_aboard = -1
    token.carrier = -1
    token.alighting = 0
    token.ticket = 0


@inner_kernel
def spawn(g, tokens, attributes, ready, number, pc, kind, priority, size, room):  # type: ignore[no-untyped-def]
    """Make a token by the one of row `number`, with its attributes; its row, or -1 where none is left."""
    child = new_token(g, tokens)
    if child >= 0:
        parent = tokens[number]
        begin(
            g, tokens[child], child_identity(parent.identity, parent.children), pc, kind, priority, size, room
        )
        parent.children += 1
        for column in range(g.attributes):
            attributes[child, column] = attributes[number, column]
        make_ready(g, ready, tokens[child], child)
    return child
