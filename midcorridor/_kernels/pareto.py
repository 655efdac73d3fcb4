"""Pareto-optimal ways through a network of moves whose waits depend on the clock.

A way has four costs: hours on the clock, and three that only add up (dollars, kilograms, variance of
the hours). A label is a way from the source to a node. Labels leave a heap in the order of their hours
and least hours to go; those of equal hours in the order of a positive weighted sum of the other costs
(label setting as in NAMOA*, Mandow and Perez de la Cruz, 2010). What leaves the heap later is then no
sooner, so that the hours need not be compared any more, and of two labels of a node the earlier is of no
further use where the later one is no worse in the other costs (dimensionality reduction: Pulido, Mandow
and Perez de la Cruz, 2015). With two costs one label a node is left, as in BOA* (Hernandez et al., 2020).

A label is dropped when another of its node is no worse in every cost, serves every corridor that it
could serve, and bears no mark that it does not bear; or when its costs with the least to go are no better
than finished ways of every corridor that it could still end in. Both are looked at when a label is made
and again when it leaves the heap, against labels that have left it (lazy checks: Hernandez et al., 2023).

Marks are things that a way may come to once only. A label remembers those of the neighbourhood of its
node; `loops.remember_loops` widens the neighbourhoods where a way came back all the same, and the caller
runs the search again until none does (ng-route relaxation with dynamic neighbourhoods: Baldacci,
Mingozzi and Roberti, 2011; Roberti and Mingozzi, 2014). The last run is then exact.

Costs must be sums without rounding (see `plan.search.grid`), so that ties are ties.
"""

from __future__ import annotations

import numpy as np

from midcorridor._kernels.compiling import kernel
from midcorridor._kernels.heap import put_tied, take_tied
from midcorridor._kernels.to_go import COSTS

BLOCK = 16
# Columns of what is told of a label: its node and state, the edge that it came by, the label before, and
# the next one of the same node and state that left the heap.
NODE, STATE, EDGE, BEFORE, AFTER = range(5)


@kernel
def _hopeless(costs, label, node, least, rows, state, most, front, blocks, counts, last, reach):  # type: ignore[no-untyped-def]
    """Whether the label can end in no corridor of `reach` within the limits `most` and unbeaten.

    rows (k, corridors): row of `least` for what a state still needs to end in each
    front (corridors, f, COSTS): costs of the finished ways of each, all of them no later than the label's
    blocks (corridors, b, COSTS): least costs of each BLOCK ways of `front`
    last (corridors,): the way of each that beat a label last, which is tried first; changed
    """
    for corridor in range(counts.size):
        if not (reach >> corridor) & 1:
            continue
        row = rows[state, corridor]
        usd = costs[label, 1] + least[row, node, 1]
        kg = costs[label, 2] + least[row, node, 2]
        var = costs[label, 3] + least[row, node, 3]
        if costs[label, 0] + least[row, node, 0] > most[0] or usd > most[1] or kg > most[2] or var > most[3]:
            continue
        count = counts[corridor]
        if count == 0:
            return False
        at = last[corridor]
        if front[corridor, at, 1] <= usd and front[corridor, at, 2] <= kg and front[corridor, at, 3] <= var:
            continue
        beaten = False
        for block in range((count + BLOCK - 1) // BLOCK):
            # The least costs of a block tell whether any way of it can be no worse.
            if (
                blocks[corridor, block, 1] > usd
                or blocks[corridor, block, 2] > kg
                or blocks[corridor, block, 3] > var
            ):
                continue
            for at in range(block * BLOCK, min(block * BLOCK + BLOCK, count)):
                if (
                    front[corridor, at, 1] <= usd
                    and front[corridor, at, 2] <= kg
                    and front[corridor, at, 3] <= var
                ):
                    beaten = True
                    last[corridor] = at
                    break
            if beaten:
                break
        if not beaten:
            return False
    return True


@kernel
def _finish(costs, label, front, blocks, corridor, count):  # type: ignore[no-untyped-def]
    """Put a finished way into the front of its corridor, where there is room; returns the new count.

    Those that it is no worse than, but for the hours, are of no use any more.
    """
    kept = 0
    for at in range(count):
        worse = False
        for j in range(1, COSTS):
            worse |= costs[label, j] > front[corridor, at, j]
        if worse:
            for j in range(1, COSTS):
                front[corridor, kept, j] = front[corridor, at, j]
            kept += 1
    for j in range(COSTS):
        front[corridor, kept, j] = costs[label, j]
    for at in range(kept + 1):
        for j in range(1, COSTS):
            least = np.inf if at % BLOCK == 0 else blocks[corridor, at // BLOCK, j]
            blocks[corridor, at // BLOCK, j] = min(least, front[corridor, at, j])
    return kept + 1


@kernel
def _dominated(costs, marks, label, place, state, served_first, served, top, bounds, told):  # type: ignore[no-untyped-def]
    """Whether a label that left the heap before is no worse than this one and may do all that it may.

    place: where the states of its node begin in `top` and `bounds` (n * k, COSTS), which holds the least
    costs of each list and spares most walks along one
    A label that dominates comes to the head of its list: it will dominate more.
    """
    # One exit: from a return within the loop Numba would count the users of every array at each call.
    dominated, at = False, served_first[state]
    while not dominated and at < served_first[state + 1]:
        listed = place + served[at]
        begin = top[listed]
        at += 1
        apart = begin < 0
        for j in range(1, COSTS):
            apart |= bounds[listed, j] > costs[label, j]
        last, other = -1, -1 if apart else begin
        while not dominated and other >= 0:
            # Written out, here and in `_settle`: a call a label would cost more than the comparison.
            covers = True
            for j in range(1, COSTS):
                covers &= costs[other, j] <= costs[label, j]
            if covers:
                for word in range(marks.shape[1]):
                    covers &= marks[other, word] & ~marks[label, word] == 0
            if not covers:
                last, other = other, told[other, AFTER]
            else:
                dominated = True
                if last >= 0:
                    told[last, AFTER] = told[other, AFTER]
                    told[other, AFTER] = begin
                    top[listed] = other
    return dominated


@kernel
def _settle(costs, marks, label, place, top, bounds, told):  # type: ignore[no-untyped-def]
    """Put a label that left the heap into the list at a place of `top`, without those it makes useless."""
    for j in range(1, COSTS):
        # What this one takes the place of is no less in any cost.
        least = bounds[place, j] if top[place] >= 0 else np.inf
        bounds[place, j] = min(least, costs[label, j])
    last, other = -1, top[place]
    while other >= 0:
        covers = True
        for j in range(1, COSTS):
            covers &= costs[label, j] <= costs[other, j]
        if covers:
            for word in range(marks.shape[1]):
                covers &= marks[label, word] & ~marks[other, word] == 0
        if not covers:
            last = other
        elif last < 0:
            top[place] = told[other, AFTER]
        else:
            told[last, AFTER] = told[other, AFTER]
        other = told[other, AFTER]
    told[label, AFTER] = top[place]
    top[place] = label


@kernel
def _first_from(values, start, end, least):  # type: ignore[no-untyped-def]
    """The first place from start to end with a value of at least this; end where there is none."""
    while start < end:
        middle = (start + end) // 2
        if values[middle] < least:
            start = middle + 1
        else:
            end = middle
    return start


@kernel
def _advance(  # type: ignore[no-untyped-def]
    first, head, flags, cost, lead, timetable, gate, mark,
    departures_first, departures_h, windows_first, windows,
    following, reach, corridor, rows, served_first, served, remember, least, scale, most, target,
    most_new, costs, marks, told, top, bounds, front, blocks, counts, last_of, found,
    keys, items, ties, spare, labels, size, spares, found_count,
):  # fmt: skip
    """Search on until nothing waits or an array may be too short; returns how long each is by then.

    Apart from `search` so that no array is made in here: that would cost a count of its users a step.
    """
    states = corridor.size
    words = mark.shape[1]
    while size > 0 and labels + most_new <= items.size and found_count < found.size:
        label, size = take_tied(keys, items, size, ties)
        here = told[label, NODE]
        now = told[label, STATE]
        if _hopeless(costs, label, here, least, rows, now, most, front, blocks, counts, last_of, reach[now]):
            spare[spares] = label
            spares += 1
            continue
        if here == target:
            ends_in = corridor[now]
            if ends_in < 0:
                continue
            counts[ends_in] = _finish(costs, label, front, blocks, ends_in, counts[ends_in])
            last_of[ends_in] = 0
            found[found_count] = label
            found_count += 1
            continue
        place = here * states
        if _dominated(costs, marks, label, place, now, served_first, served, top, bounds, told):
            spare[spares] = label
            spares += 1
            continue
        _settle(costs, marks, label, place + now, top, bounds, told)
        for edge in range(first[here], first[here + 1]):
            there = head[edge]
            if least[0, there, 0] == np.inf:
                continue
            then = following[now, flags[edge]]
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
                at = _first_from(departures_h, departures_first[row], departures_first[row + 1], ready_h)
                if at == departures_first[row + 1]:
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
                new = spare[spares - 1] if spares else labels
                costs[new, 0] = leaves_h + extra_h + (cost[edge, 0] - lead[edge])
                for j in range(1, COSTS):
                    costs[new, j] = costs[label, j] + cost[edge, j]
                costs[new, 3] += extra_var
                for word in range(words):
                    come = marks[label, word] | mark[edge, word]
                    marks[new, word] = come & remember[there, word]
                if _hopeless(
                    costs, new, there, least, rows, then, most, front, blocks, counts, last_of, reach[then]
                ):
                    continue
                if _dominated(
                    costs, marks, new, there * states, then, served_first, served, top, bounds, told
                ):
                    continue
                told[new, NODE] = there
                told[new, STATE] = then
                told[new, EDGE] = edge
                told[new, BEFORE] = label
                tie = 0.0
                for j in range(1, COSTS):
                    tie += (costs[new, j] + least[0, there, j]) * scale[j]
                ties[new] = tie
                size = put_tied(keys, items, size, costs[new, 0] + least[0, there, 0], new, ties)
                if spares:
                    spares -= 1
                else:
                    labels += 1
    return labels, size, spares, found_count


@kernel
def search(  # type: ignore[no-untyped-def]
    first, head, flags, cost, lead, timetable, gate, mark,
    departures_first, departures_h, windows_first, windows,
    following, reach, corridor, rows, served_first, served, remember, least, scale, most, source, target,
):  # fmt: skip
    """Labels of all ways that none of the same corridor dominates.

    first (n+1,), head, flags (m,), cost (m, COSTS): edges in the order of their tails; cost without what the
        clock decides, column 0 is hours       lead (m,): those of the hours before departure
    timetable, gate (m,): number of the row of departures or windows, -1 without
    departures_h: sorted hours at which a row departs    windows (w, 4): from_h, until_h, extra hours and
        extra variance of leaving then; between the windows nobody leaves. Who may leave in a window
        may also stay for a later one.
    mark (m, words) uint64: what an edge comes to that no way comes to twice
    following (k, flags): state of the flags after an edge, -1 where no way may go    reach (k,): bit set of
        corridors that a state can end in    corridor (k,): the one it ends in, -1 where it may not end
    rows (k, corridors): row of `least` for what a state still needs to end in a corridor
    served_first (k+1,), served: states whose labels may dominate those of a state, itself included
    remember (n, words): which marks a label at a node still bears
    least (rows, n, COSTS): from `to_go.least_to_go`, row 0 with nothing banned or needed
    scale, most (COSTS,): weights of the order among equal hours; greatest costs at the end
    Returns (labels of the ways (f,), corridor of each (f,), costs (l, COSTS), edge (l,), label before (l,)).
    """
    words = mark.shape[1]
    corridors = rows.shape[1]
    # The most labels that one makes: a move is made once for every window.
    most_new = 0
    for here in range(first.size - 1):
        new = 0
        for edge in range(first[here], first[here + 1]):
            new += windows_first[gate[edge] + 1] - windows_first[gate[edge]] if gate[edge] >= 0 else 1
        most_new = max(most_new, new)
    room = max(4096, 2 * most_new)
    costs = np.empty((room, COSTS), np.float64)
    marks = np.empty((room, words), np.uint64)
    told = np.empty((room, 5), np.int32)
    keys = np.empty(room, np.float64)
    ties = np.empty(room, np.float64)  # of each label
    items = np.empty(room, np.int32)
    spare = np.empty(room, np.int32)  # labels that came to nothing, to be used again
    top = np.full((first.size - 1) * corridor.size, -1, np.int32)
    bounds = np.empty((top.size, COSTS), np.float64)  # of those of `top` that are not empty
    ways = 8 * BLOCK
    found = np.empty(ways, np.int32)
    front = np.empty((corridors, ways, COSTS), np.float64)
    blocks = np.full((corridors, ways // BLOCK, COSTS), np.inf)
    counts = np.zeros(corridors, np.int64)
    last_of = np.zeros(corridors, np.int64)
    costs[0, :] = 0.0
    marks[0, :] = 0
    ties[0] = 0.0
    told[0, NODE] = source
    told[0, STATE] = 0
    told[0, EDGE] = -1
    told[0, BEFORE] = -1
    size = put_tied(keys, items, 0, 0.0, 0, ties) if least[0, source, 0] < np.inf else 0
    labels, spares, found_count = 1, 0, 0
    while size > 0:
        labels, size, spares, found_count = _advance(
            first, head, flags, cost, lead, timetable, gate, mark,
            departures_first, departures_h, windows_first, windows,
            following, reach, corridor, rows, served_first, served, remember, least, scale, most, target,
            most_new, costs, marks, told, top, bounds, front, blocks, counts, last_of,
            found, keys, items, ties, spare, labels, size, spares, found_count,
        )  # fmt: skip
        if labels + most_new > room:
            room *= 2
            costs, marks = _wider(costs, room), _wider(marks, room)
            keys, ties = _longer(keys, room), _longer(ties, room)
            told, items, spare = _wider(told, room), _longer(items, room), _longer(spare, room)
        if found_count == ways:
            ways *= 2
            found = _longer(found, ways)
            wider = np.empty((corridors, ways, COSTS), np.float64)
            wider[:, : front.shape[1]] = front
            front = wider
            more = np.full((corridors, ways // BLOCK, COSTS), np.inf)
            more[:, : blocks.shape[1]] = blocks
            blocks = more
    ends = np.empty(found_count, np.int32)
    for at in range(found_count):
        ends[at] = corridor[told[found[at], STATE]]
    return found[:found_count], ends, costs[:labels], told[:labels, EDGE].copy(), told[:labels, BEFORE].copy()


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
