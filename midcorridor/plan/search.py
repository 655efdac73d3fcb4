"""The cheapest way for each set of places that a way may have been to, and that comes back to none."""

from __future__ import annotations

import heapq
from collections.abc import Sequence


def cheapest_by_flags(
    outgoing: Sequence[Sequence[int]],
    heads: Sequence[int],
    weights: Sequence[float],
    flags: Sequence[int],
    source: int,
    target: int,
) -> dict[int, tuple[float, tuple[int, ...]]]:
    """For every union of flags that some path has, the least weight and the edges of such a path.

    outgoing : (n,) edge numbers that leave each node     heads : (m,) node each edge enters
    weights : (m,) >= 0; inf closes an edge               flags : (m,) bit sets
    Returns {flags: (weight, edges)}; empty when the target is out of reach.

    Labels are settled in order of weight on pairs (node, flags so far), which is Dijkstra's
    algorithm on the product graph; since a label can only gain flags, the first time that a pair
    is settled is with its least weight.
    """
    settled: dict[tuple[int, int], tuple[float, int, tuple[int, int] | None]] = {}
    best: dict[tuple[int, int], float] = {(source, 0): 0.0}
    queue: list[tuple[float, int, int, int, tuple[int, int] | None]] = [(0.0, source, 0, -1, None)]
    infinity = float("inf")
    while queue:
        weight, node, seen, edge, before = heapq.heappop(queue)
        here = (node, seen)
        if here in settled:
            continue
        settled[here] = (weight, edge, before)
        if node == target:
            continue
        for number in outgoing[node]:
            step = weights[number]
            if step == infinity:
                continue
            there = (heads[number], seen | flags[number])
            total = weight + step
            if total < best.get(there, infinity):
                best[there] = total
                heapq.heappush(queue, (total, there[0], there[1], number, here))
    found = {}
    for (node, seen), (weight, _, _) in settled.items():
        if node != target:
            continue
        path: list[int] = []
        label: tuple[int, int] | None = (node, seen)
        while label is not None:
            _, edge, before = settled[label]
            if edge >= 0:
                path.append(edge)
            label = before
        found[seen] = (weight, tuple(reversed(path)))
    return found


def remaining(
    incoming: Sequence[Sequence[int]], tails: Sequence[int], weights: Sequence[float], target: int
) -> list[float]:
    """The least weight from every node to the target, (n,); inf where there is no way."""
    infinity = float("inf")
    least = [infinity] * len(incoming)
    least[target] = 0.0
    queue = [(0.0, target)]
    while queue:
        weight, node = heapq.heappop(queue)
        if weight > least[node]:
            continue
        for number in incoming[node]:
            total = weight + weights[number]
            if total < least[tails[number]]:
                least[tails[number]] = total
                heapq.heappush(queue, (total, tails[number]))
    return least


def cheapest_simple_by_flags(
    outgoing: Sequence[Sequence[int]],
    heads: Sequence[int],
    weights: Sequence[float],
    flags: Sequence[int],
    marks: Sequence[int],
    keeps: Sequence[int],
    useful: Sequence[bool],
    least: Sequence[float],
    source: int,
    target: int,
    *,
    labels: int,
    within: float,
) -> dict[int, tuple[float, tuple[int, ...]]]:
    """As `cheapest_by_flags`, over ways that are never marked twice with the same thing.

    marks : (m,) bit set of what each edge comes to (terminals and the like); an edge is barred from a
        way that bears one of its marks
    keeps : (m,) the marks that a way still bears when it comes to take the edge; -1 keeps all
    useful : which unions of flags are worth following
    least : (n,) from `remaining`; a way is given up when it must end over within x the least of all
    labels : how many ways to a node with the same flags are followed. Ways with different marks do not
        replace each other, so only a large number makes the result exact; a few do in practice, since a
        way that must not come back rarely gains from being dearer on its way.
    """
    best_of_all = least[source]
    infinity = float("inf")
    if best_of_all == infinity:
        return {}
    bound = best_of_all * within
    found: dict[int, tuple[float, tuple[int, ...]]] = {}
    settled: dict[tuple[int, int], int] = {}
    known: set[tuple[int, int, int]] = set()
    history: list[tuple[int, int]] = []  # edge, and the label before
    # Weight to go, weight so far, order of arrival, node, flags, marks, edge, label before.
    queue: list[tuple[float, float, int, int, int, int, int, int]] = [
        (best_of_all, 0.0, 0, source, 0, 0, -1, -1)
    ]
    pushed = 0
    while queue:
        _, weight, _, node, seen, borne, edge, before = heapq.heappop(queue)
        here = (node, seen)
        count = settled.get(here, 0)
        if count >= labels or (node, seen, borne) in known or (node == target and seen in found):
            continue
        settled[here] = count + 1
        known.add((node, seen, borne))  # the same marks at more weight lead nowhere better
        label = len(history)
        history.append((edge, before))
        if node == target:
            path: list[int] = []
            while label >= 0:
                number, label = history[label]
                if number >= 0:
                    path.append(number)
            found[seen] = (weight, tuple(reversed(path)))
            continue
        for number in outgoing[node]:
            step = weights[number]
            if step == infinity:
                continue
            mark = marks[number]
            kept = borne & keeps[number]
            if mark & kept:
                continue
            union = seen | flags[number]
            head = heads[number]
            if not useful[union] or settled.get((head, union), 0) >= labels:
                continue
            total = weight + step
            estimate = total + least[head]
            if estimate > bound:
                continue
            pushed += 1
            heapq.heappush(queue, (estimate, total, pushed, head, union, kept | mark, number, label))
    return found
