"""The arrival of whole routes: against adding up, hand counts, and draws."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from midcorridor.arrival import (
    Cause,
    Departures,
    Duration,
    Further,
    Gate,
    Headway,
    arrive,
    mean_var,
    sample,
    spell_quantiles,
)  # fmt: skip

from .routes import CVS, random_route, shared_route

LEVELS = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)
ALWAYS = (-math.inf, math.inf)

durations = st.builds(
    lambda mean_h, cv: Duration(mean_h, (cv * mean_h) ** 2), st.floats(0.5, 80), st.floats(0, 1.2)
)
headways = st.builds(Headway, st.floats(1, 90), st.sampled_from(CVS))
furthers = st.builds(Further, st.integers(0, 3), st.floats(1, 90), st.sampled_from(CVS))


@settings(deadline=None)  # the first example compiles
@given(st.lists(st.one_of(durations, headways, furthers), min_size=1, max_size=30))
def test_means_and_variances_add_up_where_nothing_looks_at_the_clock(spells):
    got = arrive(spells)
    mean_h, var_h2 = np.sum([mean_var(spell) for spell in spells], axis=0)
    assert got.mean_h == pytest.approx(mean_h, rel=1e-9)
    assert got.spell_mean_h.sum() == pytest.approx(mean_h, rel=1e-9)
    assert got.var_h2 == pytest.approx(var_h2, rel=1e-9, abs=1e-12)
    # The grid itself: its mean is kept, its variance grows by at most a quarter step a spell.
    x = got.start_h + got.step_h * np.arange(got.probability.size)
    assert got.probability.sum() == pytest.approx(1, abs=1e-9)
    assert got.probability @ x == pytest.approx(mean_h, rel=1e-6)
    added = got.probability @ (x - mean_h) ** 2 - var_h2
    assert -1e-4 * var_h2 - 1e-9 <= added <= len(spells) / 4 + 1e-4 * var_h2 + 1e-9
    if var_h2 > 0:
        shares = [mean_var(spell)[1] / var_h2 for spell in spells]
        assert got.spell_share == pytest.approx(shares)


@pytest.mark.parametrize("seed", range(60))
def test_chances_equal_those_of_draws(seed):
    """Random routes with timetables and windows, and the last twenty with storms in common."""
    spells = random_route(seed) if seed < 40 else shared_route(seed)
    got = arrive(spells)
    drawn = sample(spells, 200_000, seed)
    there = drawn[np.isfinite(drawn)]
    assert abs(1 - there.size / drawn.size - got.beyond) < 5 * math.sqrt(max(got.beyond, 1e-6) / drawn.size)
    error = there.std() / math.sqrt(there.size)
    assert got.mean_h == pytest.approx(there.mean(), abs=5 * error + 1e-6)
    assert math.sqrt(got.var_h2) == pytest.approx(there.std(), rel=0.02, abs=0.3)
    assert got.spell_mean_h.sum() == pytest.approx(got.mean_h, rel=1e-9)
    for p in LEVELS:
        if p < 1 - got.beyond - 0.01:
            quantile_h, margin = got.quantile_h(p), 5 * math.sqrt(p * (1 - p) / drawn.size)
            # A departure between two points of the grid may be a step away.
            assert (drawn <= quantile_h - 1.01).mean() <= p + margin
            assert (drawn <= quantile_h + 1.01).mean() >= p - margin


def test_a_sum_equals_the_law_of_the_sum():
    got = arrive([Headway(30, 1)] * 12, step_h=0.25)  # Erlang, by convolution of twelve
    law = stats.erlang(12, scale=30)
    for p in LEVELS:
        assert got.quantile_h(p) == pytest.approx(law.ppf(p), abs=0.02)
        assert got.probability_by(law.ppf(p)) == pytest.approx(p, abs=1e-4)


@pytest.mark.parametrize("seed", range(10))
def test_quantiles_rise_and_undo_chances(seed):
    got = arrive(random_route(seed))
    levels = np.linspace(0.001, 0.999, 200)
    hours = [got.quantile_h(p) for p in levels]
    assert all(a <= b for a, b in pairwise(hours))
    assert all(got.probability_by(h) >= p - 1e-9 for p, h in zip(levels, hours, strict=True) if h < math.inf)


# Timetables.


def test_a_late_train_misses_the_ship_and_waits_for_the_next():
    ship = Departures([100, 268])
    for train_h, arrival_h in ((99, 120), (100, 120), (101, 288), (268, 288)):
        got = arrive([Duration(train_h, 0), ship, Duration(20, 0)])
        assert [got.quantile_h(p) for p in (0.01, 0.5, 0.99)] == [arrival_h] * 3
        assert (got.mean_h, got.var_h2, got.beyond) == (arrival_h, 0, 0)


def test_exact_moments_off_the_grid_stay_exact():
    got = arrive([Duration(10.25, 0), Departures([10.2, 10.3, 40.7]), Duration(0.1, 0)])
    assert got.quantile_h(0.5) == pytest.approx(10.4, abs=1e-12)


def test_a_timetable_splits_the_mass_by_its_law():
    train = Duration(100, 400)
    got = arrive([train, Departures([90, 110, 130]), Duration(5, 0)])
    sigma2 = math.log1p(0.04)
    law = stats.lognorm(math.sqrt(sigma2), scale=100 / math.exp(sigma2 / 2))
    for hours in (90, 110, 130):
        assert got.probability_by(hours + 5) == pytest.approx(law.cdf(hours), abs=1e-4)
        assert got.probability_by(hours + 4.9) < got.probability_by(hours + 5) - 0.05
    assert got.beyond == pytest.approx(law.sf(130), abs=1e-4)
    assert got.quantile_h(0.95) == math.inf
    assert got.quantile_h(law.cdf(130) - 0.001) == 135
    taken = np.diff(law.cdf([0, 90, 110, 130])) / law.cdf(130)
    assert got.mean_h == pytest.approx(taken @ [95, 115, 135], abs=0.02)
    assert got.spell_mean_h.sum() == pytest.approx(got.mean_h)


def test_nobody_arrives_after_the_last_departure():
    got = arrive([Duration(50, 4), Departures([20]), Duration(5, 4), Departures([200]), Headway(9, 1)])
    assert (got.beyond, got.mean_h, got.quantile_h(0.01), got.probability_by(1e6)) == (
        1,
        math.inf,
        math.inf,
        0,
    )


def test_a_timetable_takes_up_earlier_chance():
    """All catch the only ship: nothing before it makes the arrival less sure."""
    got = arrive([Duration(50, 100), Departures([200]), Duration(20, 16), Duration(30, 9)])
    assert got.spell_share == pytest.approx([0, 0, 16 / 25, 9 / 25], abs=1e-9)
    assert got.var_h2 == pytest.approx(25)
    assert got.spell_mean_h == pytest.approx([50, 150, 20, 30])


def test_shares_of_a_train_that_may_miss_the_ship():
    got = arrive([Duration(100, 400), Departures([104, 272]), Duration(20, 1)])
    # A sure train catches the first ship; a sure wait leaves what the train varies.
    lost = np.array([got.var_h2 - 1, got.var_h2 - 401, 1])
    assert got.var_h2 > 168**2 / 5
    assert got.spell_share == pytest.approx(lost / lost.sum(), rel=1e-3)


# Closures.


def storm(key="storm", share=0.25, mean_h=36.0):
    return Cause(key, [(*ALWAYS, share, mean_h)])


def test_one_storm_over_two_ports_costs_less_than_two():
    once = arrive([Gate([storm()])])
    two = arrive([Gate([storm("a"), storm("b")])])
    assert once.mean_h == pytest.approx(9)
    assert two.mean_h > 1.9 * once.mean_h
    # Met again 20 h after it was open, it is seldom closed again; a far storm is closed as ever.
    rate = 1 / 36 + 1 / 108
    again = arrive([Gate([storm()]), Duration(20, 0), Gate([storm()])])
    assert again.spell_mean_h[2] == pytest.approx(9 * (1 - math.exp(-20 * rate)))
    other = arrive([Gate([storm()]), Duration(20, 0), Gate([storm("b")])])
    assert other.spell_mean_h[2] == pytest.approx(9)
    drawn = sample([Gate([storm()]), Duration(20, 0), Gate([storm()])], 400_000, 3)
    assert again.mean_h == pytest.approx(drawn.mean(), abs=5 * drawn.std() / math.sqrt(drawn.size))


def test_a_closed_window_over_the_whole_arrival():
    got = arrive([Duration(50, 100), Gate([Cause("works", [(0, 300, 1, math.nan)])]), Duration(10, 0)])
    assert [got.quantile_h(p) for p in (0.01, 0.99)] == [310, 310]
    assert (got.mean_h, got.var_h2) == (pytest.approx(310), pytest.approx(0, abs=1e-9))
    for_ever = arrive([Duration(50, 100), Gate([Cause("war", [(0, math.inf, 1, math.nan)])])])
    assert (for_ever.beyond, for_ever.quantile_h(0.5)) == (1, math.inf)


def test_a_window_that_begins_amid_the_arrivals():
    law = stats.lognorm(math.sqrt(math.log1p(0.04)), scale=100 / math.sqrt(1.04))
    got = arrive([Duration(100, 400), Gate([Cause("works", [(95, 140, 1, math.nan)])])], step_h=0.5)
    # What comes in the half step before the window is put back evenly over the whole step.
    assert got.probability_by(95.3) == pytest.approx(law.cdf(95), abs=1e-3)
    assert got.probability_by(139) == pytest.approx(law.cdf(95), abs=1e-4)
    assert got.probability_by(140) == pytest.approx(law.cdf(140), abs=1e-3)


def test_share_zero_and_no_cause_are_an_open_gate():
    plain = arrive([Duration(50, 100)])
    for causes in ([], [Cause("calm", [(0, 300, 0, math.nan)])], [Cause("none", [])]):
        got = arrive([Duration(50, 100), Gate(causes)])
        assert (got.mean_h, got.var_h2) == (plain.mean_h, plain.var_h2)
        assert got.quantile_h(0.9) == pytest.approx(plain.quantile_h(0.9))


# Small things.


def test_no_variance_anywhere():
    got = arrive([Duration(20.5, 0), Further(2, 24, 0), Duration(0, 0), Departures([100])])
    assert (got.mean_h, got.var_h2, got.quantile_h(0.5)) == (100, 0, 100)
    assert got.spell_share.tolist() == [0, 0, 0, 0]
    assert arrive([]).mean_h == 0


def test_labels_change_nothing():
    one = arrive([Duration(20, 30, 4, "truck"), Headway(24, 0.5, 5, "fill")])
    two = arrive([Duration(20, 30), Headway(24, 0.5)])
    assert np.array_equal(one.probability, two.probability)


def test_quantiles_of_one_event():
    p50, p90 = 28.0, 72.0  # the event has the distribution that its table states
    sigma = math.log(p90 / p50) / 1.2815515655446004
    mean_h = p50 * math.exp(sigma**2 / 2)
    event = [Duration(mean_h, mean_h**2 * math.expm1(sigma**2))]
    assert spell_quantiles(event, step_h=0.25) == pytest.approx((p50, p90), abs=0.05)
    shut = Gate([Cause("works", [(0, 300, 1, math.nan)])])
    assert spell_quantiles([shut], (0.5,), at_h=290) == pytest.approx((10,))
