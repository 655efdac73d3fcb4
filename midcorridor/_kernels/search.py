"""Shortest paths by Dijkstra's search with a binary heap; lengths are whole metres.

Arrays everywhere: first (n+1,), head (m,) int32, metres (m,) int64 >= 0, sorted by tail. A length
of ``far`` or more closes an arc. Ties are broken by node number, so a path is the same every time.
"""

from __future__ import annotations

import numpy as np

from midcorridor._kernels.compiling import kernel
from midcorridor._kernels.heap import pop, push


@kernel
def grow(first, head, metres, source, wanted, left, far, dist, via):  # type: ignore[no-untyped-def]
    """Fill dist (n,) with metres from source, via (n,) with the arc slot used, until `left` wanted
    nodes are settled.

    wanted (n,) bool: nodes whose distance is asked for; left: how many of them there are
    """
    keys = np.empty(1024, np.int64)
    items = np.empty(1024, np.int32)
    dist[source] = 0
    keys, items, size = push(keys, items, 0, np.int64(0), np.int32(source))
    while size > 0 and left > 0:
        key, node, size = pop(keys, items, size)
        if key > dist[node]:
            continue
        if wanted[node]:
            left -= 1
        for slot in range(first[node], first[node + 1]):
            if metres[slot] >= far:
                continue
            reach = key + metres[slot]
            if reach < dist[head[slot]]:
                dist[head[slot]] = reach
                via[head[slot]] = slot
                keys, items, size = push(keys, items, size, reach, head[slot])


@kernel
def path(first, head, metres, source, target, far):  # type: ignore[no-untyped-def]
    """Metres, nodes and arc slots of a shortest path; (far, empty, empty) where there is none."""
    n = first.size - 1
    dist = np.full(n, np.int64(2**62))
    via = np.full(n, -1, np.int32)
    wanted = np.zeros(n, np.bool_)
    wanted[target] = True
    grow(first, head, metres, source, wanted, 1, far, dist, via)
    if dist[target] >= far:
        return np.int64(far), np.empty(0, np.int64), np.empty(0, np.int64)
    slots = 0
    node = target
    while node != source:
        slots += 1
        node = np.searchsorted(first, via[node], side="right") - 1
    arcs = np.empty(slots, np.int64)
    nodes = np.empty(slots + 1, np.int64)
    node = target
    for k in range(slots, 0, -1):
        nodes[k] = node
        arcs[k - 1] = via[node]
        node = np.searchsorted(first, via[node], side="right") - 1
    nodes[0] = source
    return dist[target], nodes, arcs


@kernel
def table(first, head, metres, sources, targets, far):  # type: ignore[no-untyped-def]
    """Metres (len(sources), len(targets)), far where there is no way."""
    n = first.size - 1
    out = np.full((sources.size, targets.size), np.int64(far))
    wanted = np.zeros(n, np.bool_)
    left = 0
    for target in targets:
        if not wanted[target]:
            wanted[target] = True
            left += 1
    dist = np.empty(n, np.int64)
    via = np.empty(n, np.int32)
    for i in range(sources.size):
        dist[:] = np.int64(2**62)
        grow(first, head, metres, sources[i], wanted, left, far, dist, via)
        for j in range(targets.size):
            out[i, j] = min(np.int64(far), dist[targets[j]])
    return out
