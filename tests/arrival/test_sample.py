"""Draws against a plain walker, against theory, and against themselves with other workers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from midcorridor._kernels import chance
from midcorridor.arrival import Cause, Departures, Duration, Further, Gate, Headway, sample

from .routes import plain_walk, random_cause, random_route, shared_route


def same_distribution(one, two):
    """Finite shares and values that could come from one distribution; a right pair fails once in 10^6."""
    share = (np.isfinite(one).sum() + np.isfinite(two).sum()) / (one.size + two.size)
    error = math.sqrt(share * (1 - share) * (1 / one.size + 1 / two.size))
    assert abs(np.isfinite(one).mean() - np.isfinite(two).mean()) <= 5 * error + 1e-12
    assert stats.ks_2samp(np.round(one, 6), np.round(two, 6)).pvalue > 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_sampler_equals_plain_walker(seed):
    rng = np.random.default_rng(seed)
    spells = random_route(seed) if seed < 6 else shared_route(seed)
    if seed >= 9:  # a storm with windows, met three times with little time between
        storms = [random_cause(rng, key) for key in "abc"]
        spells = [
            Duration(150, 9000), Gate(storms[:2]), Duration(10, 20), Gate(storms), Headway(8, 1),
            Gate(storms[1:]),
        ]  # fmt: skip
    plain = np.array([plain_walk(spells, rng) for _ in range(3000)])
    same_distribution(sample(spells, 100_000, seed), plain)


@pytest.mark.parametrize(
    ("spell", "law"),
    [
        (Duration(20, 100), stats.lognorm(math.sqrt(math.log(1.25)), scale=20 / math.sqrt(1.25))),
        (Headway(24, 0), stats.uniform(0, 24)),
        (Headway(24, 1), stats.expon(0, 24)),
        (Further(3, 24, 1), stats.erlang(3, scale=24)),
        (Further(1, 24, 2), stats.gamma(0.25, scale=96)),
        (Further(2, 24, 0.5), stats.gamma(8, scale=6)),
    ],
)
def test_draws_follow_the_law(spell, law):
    assert stats.kstest(sample([spell], 400_000, 5), law.cdf).pvalue > 1e-6


def test_normal_and_exponential_reach_into_their_tails():
    state = np.empty(4, np.uint64)
    chance.seeded(np.uint64(3), np.uint64(0), state)
    drawn = np.array([chance.normal(state) for _ in range(300_000)])
    assert stats.kstest(drawn, stats.norm.cdf).pvalue > 1e-6
    for edge in (3.0, 3.6541528853610088):  # the second is where the ziggurat's tail begins
        expected = drawn.size * stats.norm.sf(edge)
        for count in ((drawn > edge).sum(), (drawn < -edge).sum()):
            assert abs(count - expected) < 5 * math.sqrt(expected)
    drawn = np.array([chance.exponential(state) for _ in range(300_000)])
    assert stats.kstest(drawn, stats.expon.cdf).pvalue > 1e-6
    expected = drawn.size * math.exp(-7.7)
    assert abs((drawn > 7.7).sum() - expected) < 5 * math.sqrt(expected)


def test_same_seed_same_numbers_for_any_workers_and_length():
    spells = shared_route(1)
    whole = sample(spells, 200_000, 11)
    assert np.array_equal(whole, sample(spells, 200_000, 11, workers=4))
    assert np.array_equal(whole[:70_001], sample(spells, 70_001, 11, workers=2))
    assert not np.array_equal(whole, sample(spells, 200_000, 12))
    assert abs(np.corrcoef(whole[:-1024], whole[1024:])[0, 1]) < 5 / math.sqrt(whole.size)


def test_nothing_to_draw():
    assert sample([], 3, 0).tolist() == [0.0, 0.0, 0.0]
    assert sample([Duration(1, 1)], 0, 0).size == 0
    assert sample([Duration(9, 0), Departures([8])], 2, 0).tolist() == [math.inf, math.inf]


@pytest.mark.parametrize(
    ("n", "seed", "workers"), [(-1, 0, 1), (1, -1, 1), (1, 2**64, 1), (1, 0, 0), (1.5, 0, 1)]
)
def test_nonsense_is_refused(n, seed, workers):
    with pytest.raises(ValueError, match="must be"):
        sample([Duration(1, 1)], n, seed, workers=workers)


def test_one_key_for_two_causes_is_refused():
    one, two = (Gate([Cause("storm", [(0, 9, share, 5)])]) for share in (0.1, 0.2))
    with pytest.raises(ValueError, match="'storm' has other windows"):
        sample([one, two], 1, 0)
