"""Ways that came back to where they had been, and what the search has to remember to see it."""

from __future__ import annotations

import numpy as np

from midcorridor._kernels.compiling import kernel


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
