"""The least that every way from a node to the target still costs."""

from __future__ import annotations

import numpy as np

from midcorridor._kernels.compiling import kernel
from midcorridor._kernels.heap import put, take

COSTS = 4


@kernel
def _spread(first, tail, flags, cost, banned, reached, keys, items, size):  # type: ignore[no-untyped-def]
    """Dijkstra's search backward from what waits in the heap, over edges without a banned flag."""
    while size > 0:
        key, node, size = take(keys, items, size)
        if key > reached[node]:
            continue
        for edge in range(first[node], first[node + 1]):
            if banned and flags[edge] & banned:
                continue
            reach = key + cost[edge]
            before = tail[edge]
            if reach < reached[before]:
                reached[before] = reach
                size = put(keys, items, size, reach, before)


@kernel
def least_to_go(first, tail, flags, cost, target, banned, needed, idle):  # type: ignore[no-untyped-def]
    """The least of each cost from every node to the target, (rows, n, COSTS); inf where there is no way.

    first (n+1,), tail (m,) uint32, flags (m,), cost (COSTS, m): edges in the order of the node that they
        enter; numbers without a sign need no look at whether they count from the end
    banned, needed (rows,): flags that no edge of the rest of the way may have, and of which one at least
        must have some; needed 0: none must
    idle (rows,): rows that nobody asks for, left at inf
    A row with needed flags comes right after the row without them that has the same banned flags.
    """
    n, m = first.size - 1, tail.size
    least = np.full((banned.size, n, COSTS), np.inf)
    # An edge is put into the heap once at most: when the node that it enters is settled.
    keys = np.empty(2 * m + 1, np.float64)
    items = np.empty(2 * m + 1, np.uint32)
    reached = np.empty(n, np.float64)
    nothing = np.zeros(COSTS, np.bool_)
    for j in range(1, COSTS):
        nothing[j] = not np.any(cost[j])
    for row in range(banned.size):
        if idle[row]:
            continue
        for j in range(COSTS):
            if nothing[j]:
                for node in range(n):
                    if least[row, node, 0] < np.inf:
                        least[row, node, j] = 0.0
                continue
            reached[:] = np.inf
            size = 0
            if needed[row] == 0:
                reached[target] = 0.0
                size = put(keys, items, size, 0.0, target)
            else:
                # Ways begin with an edge that has what is needed, and then go on as in the row before.
                for there in range(n):
                    for edge in range(first[there], first[there + 1]):
                        if flags[edge] & needed[row] and not flags[edge] & banned[row]:
                            reach = cost[j, edge] + least[row - 1, there, j]
                            if reach < reached[tail[edge]]:
                                reached[tail[edge]] = reach
                                size = put(keys, items, size, reach, tail[edge])
            _spread(first, tail, flags, cost[j], banned[row], reached, keys, items, size)
            for node in range(n):
                least[row, node, j] = reached[node]
    return least
