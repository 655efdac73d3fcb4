"""A binary heap of (key, item) pairs in two arrays; equal keys leave by the smaller item."""

from __future__ import annotations

import numpy as np

from midcorridor._kernels.compiling import kernel


@kernel
def push(keys, items, size, key, item):  # type: ignore[no-untyped-def]
    """Add a pair; returns the arrays (longer ones when they were full) and the new size."""
    if size == keys.size:
        more_keys = np.empty(2 * size, keys.dtype)
        more_items = np.empty(2 * size, items.dtype)
        more_keys[:size] = keys
        more_items[:size] = items
        keys, items = more_keys, more_items
    slot = size
    while slot > 0:
        parent = (slot - 1) >> 1
        if keys[parent] < key or (keys[parent] == key and items[parent] <= item):
            break
        keys[slot] = keys[parent]
        items[slot] = items[parent]
        slot = parent
    keys[slot] = key
    items[slot] = item
    return keys, items, size + 1


@kernel
def pop(keys, items, size):  # type: ignore[no-untyped-def]
    """Take the smallest pair; returns its key, its item and the new size. size >= 1."""
    top_key, top_item = keys[0], items[0]
    size -= 1
    key, item = keys[size], items[size]
    slot = 0
    while True:
        child = 2 * slot + 1
        if child >= size:
            break
        other = child + 1
        if other < size and (
            keys[other] < keys[child] or (keys[other] == keys[child] and items[other] < items[child])
        ):
            child = other
        if key < keys[child] or (key == keys[child] and item <= items[child]):
            break
        keys[slot] = keys[child]
        items[slot] = items[child]
        slot = child
    keys[slot] = key
    items[slot] = item
    return top_key, top_item, size
