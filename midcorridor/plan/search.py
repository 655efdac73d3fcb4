"""The cheapest way for each set of places that a way may have been to."""

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
