"""The heaps against a sort."""

from __future__ import annotations

import random

import numpy as np

from midcorridor._kernels.heap import put, put_tied, take, take_tied


def test_what_is_taken_is_the_least_of_what_is_there() -> None:
    for seed in range(50):
        draw, there = random.Random(seed), []
        keys, items, size = np.empty(200), np.empty(200, np.int32), 0
        for item in range(200):
            there.append((float(draw.randrange(20)), item))
            size = put(keys, items, size, *there[-1])
            if draw.random() < 0.4:
                key, least, size = take(keys, items, size)
                assert key == min(there)[0]
                there.remove((key, least))
        assert size == len(there) > 0
        left = []
        while size:
            key, least, size = take(keys, items, size)
            left.append((key, least))
        assert [key for key, _ in left] == sorted(key for key, _ in there)
        assert sorted(left) == sorted(there)


def test_equal_keys_leave_by_the_lesser_tie() -> None:
    for seed in range(50):
        draw = random.Random(seed)
        keys, items, size = np.empty(200), np.empty(200, np.int32), 0
        given = [float(draw.randrange(8)) for _ in range(200)]
        ties = np.array([draw.random() for _ in range(200)])
        for item, key in enumerate(given):
            size = put_tied(keys, items, size, key, item, ties)
        order = []
        while size:
            item, size = take_tied(keys, items, size, ties)
            order.append(item)
        assert order == sorted(range(200), key=lambda item: (given[item], ties[item]))
