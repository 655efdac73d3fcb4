"""What is to happen, in the order of (time, sequence): a binary heap of keys time * 2^32 + sequence.

No two keys are equal, so the order is total. `first` leaves a hole at the root instead of closing it:
what happens mostly puts something new into the agenda, which then sinks from the root at once.
"""

from __future__ import annotations

import numpy as np

from midcorridor._kernels.compiling import inner_kernel

_ONE = np.uint64(1)


@inner_kernel
def sink(keys, items, size, key, item):  # type: ignore[no-untyped-def]
    """Put a pair where the root of a heap of this size is empty."""
    slot, end = np.uint64(0), np.uint64(size)
    child = _ONE
    while child < end:
        if child + _ONE < end:
            child += np.uint64(keys[child + _ONE] < keys[child])
        if key < keys[child]:
            end = slot  # leaves the loop by its one exit
        else:
            keys[slot] = keys[child]
            items[slot] = items[child]
            slot = child
        child = slot + slot + _ONE
    keys[slot] = key
    items[slot] = item


@inner_kernel
def rise(keys, items, size, key, item):  # type: ignore[no-untyped-def]
    """Add a pair to a heap of this size, where there is room."""
    slot = np.uint64(size)
    rising = size > 0
    while rising:
        parent = (slot - _ONE) >> _ONE
        rising = keys[parent] > key
        if rising:
            keys[slot] = keys[parent]
            items[slot] = items[parent]
            slot = parent
            rising = slot >= _ONE
    keys[slot] = key
    items[slot] = item


@inner_kernel
def schedule(g, token, keys, items, item, at):  # type: ignore[no-untyped-def]
    """Wake the token (row `item`) at this second; its earlier event, if any, becomes stale."""
    key = (at << 32) | g.seq
    g.seq += 1
    token.wake = key
    if g.hole:
        g.hole = 0
        sink(keys, items, g.heap, key, item)
    else:
        rise(keys, items, g.heap, key, item)
        g.heap += 1


@inner_kernel
def close_hole(g, keys, items):  # type: ignore[no-untyped-def]
    """Fill the hole at the root from the end."""
    g.hole = 0
    g.heap -= 1
    if g.heap > 0:
        sink(keys, items, g.heap, keys[g.heap], items[g.heap])
