"""Pareto-optimal ways through a network of moves whose waits depend on the clock.

A way has four costs: hours on the clock, and three that only add up (dollars, kilograms, variance of
the hours). A label is a way from the source to a node. Labels are taken from a heap in the order of
a positive weighted sum of their costs so far and the least costs to go, which is label setting as in
NAMOA* (Mandow and Perez de la Cruz, 2010): what comes out of the heap later cannot dominate what came
before. A label is dropped when another of its node is no worse in every cost, serves every corridor
that it could serve, and bears no mark that it does not bear; or when its costs with the least to go are
no better than finished ways of every corridor that it could still end in.

Marks are things that a way may come to once only. A label remembers those of the neighbourhood of its
node; `remember_loops` widens the neighbourhoods where a way came back all the same, and the caller
runs the search again until none does (ng-route relaxation with dynamic neighbourhoods: Baldacci,
Mingozzi and Roberti, 2011; Roberti and Mingozzi, 2014). The last run is then exact.

Costs must be sums without rounding (see `plan.search.grid`), so that ties are ties.
"""

from __future__ import annotations

import numpy as np

from midcorridor._kernels.compiling import kernel
from midcorridor._kernels.heap import pop, push

COSTS = 4
BLOCK = 16


@kernel
def least_to_go(first, slot_edge, tail, flags, cost, target, banned, needed, idle):  # type: ignore[no-untyped-def]
    """The least of each cost from every node to the target, (rows, n, COSTS); inf where there is no way.

    first (n+1,), slot_edge (m,): edges sorted by the node that they enter     tail, flags (m,)
    cost (m, COSTS)     banned, needed (rows,): flags that no edge of the rest of the way may have, and of
        which one at least must have some; needed 0: none must
    idle (rows,): rows that nobody asks for, left at inf
    A row with needed flags comes right after the row without them that has the same banned flags.
    """
    n = first.size - 1
    least = np.full((banned.size, n, COSTS), np.inf)
    for row in range(banned.size):
        if idle[row]:
            continue
        for j in range(COSTS):
            keys = np.empty(256, np.float64)
            items = np.empty(256, np.int32)
            size = 0
            if needed[row] == 0:
                least[row, target, j] = 0.0
                keys, items, size = push(keys, items, 0, 0.0, np.int32(target))
            else:
                # Ways begin with an edge that has what is needed, and then go on as in the row before.
                for slot in range(slot_edge.size):
                    edge = slot_edge[slot]
                    if flags[edge] & needed[row] and not flags[edge] & banned[row]:
                        head = np.searchsorted(first, slot, side="right") - 1
                        reach = cost[edge, j] + least[row - 1, head, j]
                        if reach < least[row, tail[edge], j]:
                            least[row, tail[edge], j] = reach
                            keys, items, size = push(keys, items, size, reach, np.int32(tail[edge]))
            while size > 0:
                key, node, size = pop(keys, items, size)
                if key > least[row, node, j]:
                    continue
                for slot in range(first[node], first[node + 1]):
                    edge = slot_edge[slot]
                    if flags[edge] & banned[row]:
                        continue
                    reach = key + cost[edge, j]
                    if reach < least[row, tail[edge], j]:
                        least[row, tail[edge], j] = reach
                        keys, items, size = push(keys, items, size, reach, np.int32(tail[edge]))
    return least


@kernel
def _no_worse(costs, one, other):  # type: ignore[no-untyped-def]
    """Whether label one costs no more than label other in every respect."""
    for j in range(COSTS):  # noqa: SIM110  all() of a generator is no kernel
        if costs[one, j] > costs[other, j]:
            return False
    return True


@kernel
def _hopeless(costs, label, node, least, row_of, most, front, blocks, counts, reach):  # type: ignore[no-untyped-def]
    """Whether the label can end in no corridor of `reach` within the limits `most` and unbeaten.

    row_of (corridors,): row of `least` for what the label still needs to end in each
    blocks (corridors, b, COSTS): least costs of each BLOCK ways of `front`
    """
    for corridor in range(counts.size):
        if not (reach >> corridor) & 1:
            continue
        row = row_of[corridor]
        count = counts[corridor]
        beaten = False
        for j in range(COSTS):
            if costs[label, j] + least[row, node, j] > most[j]:
                beaten = True
                break
        if beaten:
            continue
        for start in range(0, count, BLOCK):
            # The least costs of a block tell whether any way of it can be no worse.
            apart = False
            for j in range(COSTS):
                if blocks[corridor, start // BLOCK, j] > costs[label, j] + least[row, node, j]:
                    apart = True
                    break
            if apart:
                continue
            for at in range(start, min(start + BLOCK, count)):
                rival = front[corridor, at]
                beaten = True
                for j in range(COSTS):
                    if costs[rival, j] > costs[label, j] + least[row, node, j]:
                        beaten = False
                        break
                if beaten:
                    break
            if beaten:
                break
        if not beaten:
            return False
    return True


@kernel
def search(  # type: ignore[no-untyped-def]
    first, slot_edge, head, flags, cost, lead, timetable, gate, mark,
    departures_first, departures_h, windows_first, windows,
    following, reach, corridor, rows, served_first, served, remember, least, scale, most, source, target,
):  # fmt: skip
    """Labels of all ways that none of the same corridor dominates.

    first (n+1,), slot_edge (m,): edges sorted by tail    head, flags (m,)    cost (m, COSTS), without
        what the clock decides; column 0 is hours       lead (m,): those of the hours before departure
    timetable, gate (m,): number of the row of departures or windows, -1 without
    departures_h: sorted hours at which a row departs    windows (w, 4): from_h, until_h, extra hours and
        extra variance of leaving then; between the windows nobody leaves. Who may leave in a window
        may also stay for a later one.
    mark (m, words) uint64: what an edge comes to that no way comes to twice
    following (k, k): state of the flags after an edge, -1 where no way may go    reach (k,): bit set of
        corridors that a state can end in    corridor (k,): the one it ends in, -1 where it may not end
    rows (k, corridors): row of `least` for what a state still needs to end in a corridor
    served_first (k+1,), served: states whose labels may dominate those of a state, itself included
    remember (n, words): which marks a label at a node still bears
    least (rows, n, COSTS): from `least_to_go`, row 0 with nothing banned or needed
    scale, most (COSTS,): weights of the order; greatest costs at the end
    Returns (labels of the ways (f,), corridor of each (f,), costs (l, COSTS), edge (l,), label before (l,)).
    """
    states = corridor.size
    words = mark.shape[1]
    room = 4096
    costs = np.empty((room, COSTS), np.float64)
    marks = np.empty((room, words), np.uint64)
    node = np.empty(room, np.int32)
    state = np.empty(room, np.int32)
    edge_of = np.empty(room, np.int32)
    before = np.empty(room, np.int32)
    after = np.empty(room, np.int32)  # the next label of the same node and state
    dead = np.zeros(room, np.bool_)
    top = np.full((first.size - 1) * states, -1, np.int32)
    corridors = rows.shape[1]
    front = np.empty((corridors, 64), np.int32)
    blocks = np.full((corridors, 64 // BLOCK, COSTS), np.inf)
    counts = np.zeros(corridors, np.int64)
    found = np.empty(64, np.int32)
    found_count = 0
    keys = np.empty(1024, np.float64)
    items = np.empty(1024, np.int32)
    costs[0, :] = 0.0
    marks[0, :] = 0
    node[0] = source
    state[0] = 0
    edge_of[0] = -1
    before[0] = -1
    after[0] = -1
    labels = 1
    size = 0
    if least[0, source, 0] < np.inf:
        keys, items, size = push(keys, items, 0, 0.0, np.int32(0))
    while size > 0:
        _, label, size = pop(keys, items, size)
        if dead[label]:
            continue
        here = node[label]
        now = state[label]
        if _hopeless(costs, label, here, least, rows[now], most, front, blocks, counts, reach[now]):
            dead[label] = True
            continue
        if here == target:
            ends_in = corridor[state[label]]
            if ends_in < 0:
                continue
            if counts[ends_in] == front.shape[1]:
                wider = np.empty((corridors, 2 * front.shape[1]), np.int32)
                wider[:, : front.shape[1]] = front
                front = wider
                more = np.full((corridors, 2 * blocks.shape[1], COSTS), np.inf)
                more[:, : blocks.shape[1]] = blocks
                blocks = more
            front[ends_in, counts[ends_in]] = label
            for j in range(COSTS):
                block = counts[ends_in] // BLOCK
                blocks[ends_in, block, j] = min(blocks[ends_in, block, j], costs[label, j])
            counts[ends_in] += 1
            if found_count == found.size:
                longer = np.empty(2 * found.size, np.int32)
                longer[:found_count] = found
                found = longer
            found[found_count] = label
            found_count += 1
            continue
        for slot in range(first[here], first[here + 1]):
            edge = slot_edge[slot]
            there = head[edge]
            if least[0, there, 0] == np.inf:
                continue
            then = following[state[label], flags[edge]]
            if then < 0:
                continue
            barred = False
            for word in range(words):
                if mark[edge, word] & marks[label, word]:
                    barred = True
                    break
            if barred:
                continue
            ready_h = costs[label, 0] + lead[edge]
            row = timetable[edge]
            if row >= 0:
                start, end = departures_first[row], departures_first[row + 1]
                at = start + np.searchsorted(departures_h[start:end], ready_h)
                if at == end:
                    continue
                ready_h = departures_h[at]
            window, last_window = 0, 1
            if gate[edge] >= 0:
                window, last_window = windows_first[gate[edge]], windows_first[gate[edge] + 1]
            while window < last_window:
                leaves_h, extra_h, extra_var = ready_h, 0.0, 0.0
                if gate[edge] >= 0:
                    if windows[window, 1] <= ready_h:
                        window += 1
                        continue
                    leaves_h = max(ready_h, windows[window, 0])
                    extra_h, extra_var = windows[window, 2], windows[window, 3]
                window += 1
                if labels == room:
                    room *= 2
                    costs = _wider(costs, room)
                    marks = _wider(marks, room)
                    node = _longer(node, room)
                    state = _longer(state, room)
                    edge_of = _longer(edge_of, room)
                    before = _longer(before, room)
                    after = _longer(after, room)
                    dead = _longer(dead, room)
                new = labels
                costs[new, 0] = leaves_h + extra_h + (cost[edge, 0] - lead[edge])
                for j in range(1, COSTS):
                    costs[new, j] = costs[label, j] + cost[edge, j]
                costs[new, 3] += extra_var
                if _hopeless(costs, new, there, least, rows[then], most, front, blocks, counts, reach[then]):
                    continue
                for word in range(words):
                    come = marks[label, word] | mark[edge, word]
                    marks[new, word] = come & remember[there, word]
                dominated = False
                for at in range(served_first[then], served_first[then + 1]):
                    other = top[there * states + served[at]]
                    last = -1
                    while other >= 0:
                        if _no_worse(costs, other, new) and _bears_no_more(marks, other, new):
                            dominated = True
                            break
                        if (
                            served[at] == then
                            and _no_worse(costs, new, other)
                            and _bears_no_more(marks, new, other)
                        ):
                            # Ways through the other one live on, at more cost than through this one.
                            dead[other] = True
                            if last < 0:
                                top[there * states + then] = after[other]
                            else:
                                after[last] = after[other]
                        else:
                            last = other
                        other = after[other]
                    if dominated:
                        break
                if dominated:
                    continue
                dead[new] = False
                node[new] = there
                state[new] = then
                edge_of[new] = edge
                before[new] = label
                after[new] = top[there * states + then]
                top[there * states + then] = new
                key = 0.0
                for j in range(COSTS):
                    key += (costs[new, j] + least[0, there, j]) * scale[j]
                keys, items, size = push(keys, items, size, key, np.int32(new))
                labels += 1
    ends = np.empty(found_count, np.int32)
    for at in range(found_count):
        ends[at] = corridor[state[found[at]]]
    return found[:found_count], ends, costs[:labels], edge_of[:labels], before[:labels]


@kernel
def _bears_no_more(marks, one, other):  # type: ignore[no-untyped-def]
    """Whether label one bears only marks that label other bears."""
    for word in range(marks.shape[1]):  # noqa: SIM110
        if marks[one, word] & ~marks[other, word]:
            return False
    return True


@kernel
def _wider(rows, room):  # type: ignore[no-untyped-def]
    more = np.empty((room, rows.shape[1]), rows.dtype)
    more[: rows.shape[0]] = rows
    return more


@kernel
def _longer(values, room):  # type: ignore[no-untyped-def]
    more = np.empty(room, values.dtype)
    more[: values.size] = values
    return more


@kernel
def remember_loops(found, edge_of, before, head, mark, remember, loops):  # type: ignore[no-untyped-def]
    """Widen `remember` (n, words) where a found way comes back to what it has marked; mark such ways in
    `loops` (f,)."""
    words = mark.shape[1]
    for at in range(found.size):
        length = 0
        label = found[at]
        while before[label] >= 0:
            length += 1
            label = before[label]
        path = np.empty(length, np.int64)
        label = found[at]
        for step in range(length - 1, -1, -1):
            path[step] = edge_of[label]
            label = before[label]
        borne = np.zeros(words, np.uint64)
        for step in range(length):
            edge = path[step]
            for word in range(words):
                again = borne[word] & mark[edge, word]
                if not again:
                    continue
                loops[at] = True
                # Back to where each of these marks was made: every node on the way must remember it.
                for back in range(step - 1, -1, -1):
                    remember[head[path[back]], word] |= again
                    if mark[path[back], word] & again == again:
                        break
            for word in range(words):
                borne[word] |= mark[edge, word]
