"""Binary heaps of keys and items in two arrays; equal keys leave by the smaller item.

`push` and `pop` lengthen their arrays; the others leave room to the caller, which spares the passing
of arrays to and fro.
"""

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


@kernel
def put(keys, items, size, key, item):  # type: ignore[no-untyped-def]
    """Add a pair where there is room; returns the new size. Equal keys leave in any order."""
    slot, one = np.uint64(size), np.uint64(1)
    while slot >= one:
        parent = (slot - one) >> one
        if keys[parent] <= key:
            break
        keys[slot] = keys[parent]
        items[slot] = items[parent]
        slot = parent
    keys[slot] = key
    items[slot] = item
    return size + 1


@kernel
def take(keys, items, size):  # type: ignore[no-untyped-def]
    """Take a pair with the least key of those that were `put`; returns key, item, new size. size >= 1."""
    top_key, top_item = keys[0], items[0]
    size -= 1
    key, item = keys[size], items[size]
    slot, one, end = np.uint64(0), np.uint64(1), np.uint64(size)
    while True:
        child = slot + slot + one
        if child >= end:
            break
        least = child
        if child + one < end:
            least += np.uint64(keys[child + one] < keys[child])
        if key <= keys[least]:
            break
        keys[slot] = keys[least]
        items[slot] = items[least]
        slot = least
    keys[slot] = key
    items[slot] = item
    return top_key, top_item, size


@kernel
def put_tied(keys, items, size, key, item, ties):  # type: ignore[no-untyped-def]
    """As `put`; equal keys leave by the lesser of ties[item]."""
    slot, one, rising = np.uint64(size), np.uint64(1), size > 0
    # Without a break: with one Numba would count the users of the arrays at each call.
    while rising:
        parent = (slot - one) >> one
        rising = keys[parent] > key or (keys[parent] == key and ties[items[parent]] > ties[item])
        if rising:
            keys[slot] = keys[parent]
            items[slot] = items[parent]
            slot = parent
            rising = slot >= one
    keys[slot] = key
    items[slot] = item
    return size + 1


@kernel
def take_tied(keys, items, size, ties):  # type: ignore[no-untyped-def]
    """The item with the least key of those that were `put_tied`, and the new size. size >= 1."""
    top = items[0]
    size -= 1
    key, item = keys[size], items[size]
    slot, one, end = np.uint64(0), np.uint64(1), np.uint64(size)
    while True:
        child = slot + slot + one
        if child >= end:
            break
        if child + one < end:
            least = child + np.uint64(keys[child + one] < keys[child])
            if keys[child + one] == keys[child] and ties[items[child + one]] < ties[items[child]]:
                least = child + one
            child = least
        if key < keys[child] or (key == keys[child] and ties[item] <= ties[items[child]]):
            break
        keys[slot] = keys[child]
        items[slot] = items[child]
        slot = child
    keys[slot] = key
    items[slot] = item
    return top, size
