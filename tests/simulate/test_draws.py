"""Random numbers: the published answers of Philox, independence of who else draws, and the agenda."""

from __future__ import annotations

import heapq
import random

import numpy as np
import pytest

from midcorridor._kernels import sim_layout as k
from midcorridor._kernels.sim_agenda import close_hole, schedule
from midcorridor._kernels.sim_draws import child_identity, philox, uniforms

from . import twin

# Random123, file kat_vectors, rows philox4x32 10: counter, key, answer.
# From tests/kat_vectors of Random123; those of TensorFlow and several other libraries are the same.
KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_published_answers(counter: str, key: str, answer: str) -> None:
    given = [np.uint64(word) for word in words(counter) + words(key)]
    assert [int(word) for word in philox(*given)] == words(answer)
    assert list(twin.philox(tuple(words(counter)), tuple(words(key)))) == words(answer)


def test_identities_of_children_are_those_of_splitmix64() -> None:
    # The first answers of the generator seeded with 1234567, published with many of its versions.
    known = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [int(child_identity(np.uint64(1234567), number)) for number in range(4)] == known


def test_uniform_numbers_are_uniform_and_uncorrelated() -> None:
    drawn = np.array([uniforms(np.uint64(1), np.uint64(2), lap, 3, np.uint64(4)) for lap in range(20_000)])
    assert drawn.min() > 0
    assert drawn.max() < 1
    for column in drawn.T:
        counts = np.histogram(column, 50, (0, 1))[0]
        assert ((counts - 400) ** 2 / 400).sum() < 93  # chi-square, 49 degrees of freedom, 0.9999
    for one, other in ((drawn[:, 0], drawn[:, 1]), (drawn[1:, 0], drawn[:-1, 0])):
        assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(20_000)


def test_agenda_keeps_the_order_of_a_sorted_list() -> None:
    for seed in range(30):
        draw = random.Random(seed)
        g, tokens = np.zeros(1, k.GLOBAL), np.zeros(300, k.TOKEN)
        keys, items = np.zeros(300, np.int64), np.zeros(300, np.int32)
        plain: list[tuple[int, int]] = []
        for number in range(300):
            if draw.random() < 0.6 or not plain:
                at = draw.randrange(50)
                schedule(g[0], tokens[number], keys, items, number, at)
                heapq.heappush(plain, (int(tokens[number]["wake"]), number))
                assert int(tokens[number]["wake"]) >> 32 == at
            else:
                if g[0]["hole"]:
                    close_hole(g[0], keys, items)
                assert (int(keys[0]), int(items[0])) == heapq.heappop(plain)
                g[0]["hole"] = 1
