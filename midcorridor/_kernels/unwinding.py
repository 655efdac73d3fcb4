"""The edges of ways from the labels at their ends."""

from __future__ import annotations

import numpy as np

from midcorridor._kernels.compiling import kernel


@kernel
def unwind(ends, edge_of, before):  # type: ignore[no-untyped-def]
    """Where each way begins in the list of all edges, (f+1,), and that list, each way from its start.

    ends (f,): last labels     edge_of, before (l,): edge of a label, and the label before; -1 at the start
    """
    first = np.zeros(ends.size + 1, np.int64)
    for at in range(ends.size):
        label = ends[at]
        length = 0
        while before[label] >= 0:
            length += 1
            label = before[label]
        first[at + 1] = first[at] + length
    edges = np.empty(first[-1], np.int32)
    for at in range(ends.size):
        label = ends[at]
        place = first[at + 1]
        while before[label] >= 0:
            place -= 1
            edges[place] = edge_of[label]
            label = before[label]
    return first, edges
