"""Formulas of time, price and carbon against drawing at random, closed forms and hand counts."""

from __future__ import annotations

import doctest
import importlib
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from midcorridor import costs, emissions, times

PACKAGE = Path(times.__file__).parent
DRAWS = 400_000
# Five standard errors: a right formula fails once in two million runs, and the seed is fixed anyway.
SIGMAS = 5.0


def close_to_mean(drawn: np.ndarray, expected: float) -> bool:
    error = drawn.std(ddof=1) / math.sqrt(drawn.size)
    return abs(drawn.mean() - expected) <= SIGMAS * error


def documented() -> list[str]:
    """Modules with examples that need no shipped data to run."""
    names = []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if ">>> " in text and "basemap" not in path.parts and "places" not in path.parts:
            names.append(
                ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
            )
    return names


@pytest.mark.parametrize("name", documented())
def test_examples_in_the_code_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


def test_examples_of_the_formulas_are_among_them() -> None:
    assert {"midcorridor.times", "midcorridor.costs", "midcorridor.emissions"} <= set(documented())


# Time.

SPANS = st.tuples(st.floats(0.01, 1e4), st.floats(1.0, 20.0)).map(lambda pair: (pair[0], pair[0] * pair[1]))


@given(SPANS)
def test_lognormal_has_its_median_and_90th_percentile(span: tuple[float, float]) -> None:
    p50, p90 = span
    sigma = times.lognormal_sigma(p50, p90)
    if sigma == 0:
        assert times.lognormal_mean_h(p50, p90) == p50
        return
    law = stats.lognorm(s=sigma, scale=p50)
    assert law.ppf(0.5) == pytest.approx(p50)
    assert law.ppf(0.9) == pytest.approx(p90)
    assert law.mean() == pytest.approx(times.lognormal_mean_h(p50, p90))


@pytest.mark.parametrize(("p50", "p90"), [(0, 1), (-1, 1), (2, 1), (math.nan, 1), (1, math.nan)])
def test_lognormal_refuses_what_is_none(p50: float, p90: float) -> None:
    with pytest.raises(ValueError, match="a lognormal needs"):
        times.lognormal_sigma(p50, p90)


@pytest.mark.parametrize("cv", [0.2, 0.5, 0.8, 1.0, 1.5])
def test_wait_of_who_comes_at_random(cv: float) -> None:
    """Departures drawn one after the other, arrivals dropped among them."""
    draw = np.random.default_rng(11)
    headway_h = times.headway_h(4.5)
    shape = 1 / cv**2
    departures = np.cumsum(draw.gamma(shape, headway_h / shape, DRAWS))
    comes = draw.uniform(0.0, departures[-1], DRAWS)
    waits = departures[np.searchsorted(departures, comes)] - comes
    # Waits of the same gap hang together, so the error is that of gaps, not of draws: take blocks.
    blocks = np.array([block.mean() for block in np.array_split(waits[np.argsort(comes)], 400)])
    assert close_to_mean(blocks, times.headway_wait_h(4.5, cv))


def test_wait_for_a_clock_is_half_a_headway() -> None:
    comes = np.random.default_rng(3).uniform(0, 24, DRAWS)
    assert close_to_mean(24 - comes, times.headway_wait_h(7, 0))


@pytest.mark.parametrize("departures", [0, -1, math.nan])
def test_no_departures_are_refused(departures: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        times.headway_h(departures)


@pytest.mark.parametrize(("share", "mean_closed_h"), [(0.05, 24.0), (0.3, 36.0), (0.5, 72.0)])
def test_wait_at_a_place_that_is_shut_now_and_then(share: float, mean_closed_h: float) -> None:
    """Open and closed spells drawn in turn, arrivals dropped among them."""
    draw = np.random.default_rng(5)
    spells = DRAWS // 4
    mean_open_h = mean_closed_h * (1 - share) / share
    opened, closed = draw.exponential(mean_open_h, spells), draw.exponential(mean_closed_h, spells)
    ends = np.cumsum(opened + closed)
    comes = np.sort(draw.uniform(0.0, ends[-1], DRAWS))
    spell = np.searchsorted(ends, comes)
    into = comes - (ends[spell] - opened[spell] - closed[spell])
    waits = np.where(into > opened[spell], ends[spell] - comes, 0.0)
    blocks = np.array([block.mean() for block in np.array_split(waits, 400)])
    assert close_to_mean(blocks, times.closures_wait_h([(share, mean_closed_h)]))


@pytest.mark.parametrize(
    ("km", "hours"), [(0, 0), (60, 1), (540, 9), (541, 9 + 1 / 60 + 11), (1080, 29), (1081, 18 + 1 / 60 + 22)]
)
def test_one_driver_rests_after_nine_hours(km: float, hours: float) -> None:
    assert times.truck_h(km, 60) == pytest.approx(hours)


# Price.


@given(st.floats(0, 1e5), st.floats(0, 100), st.floats(0, 1e4))
def test_a_truck_costs_the_more_of_distance_and_minimum(km: float, rate: float, least: float) -> None:
    price = costs.truck_usd(km, rate, least)
    assert price in (least, costs.distance_tariff_usd(km, rate))
    assert price >= least
    assert price >= km * rate


def test_prices_by_hand() -> None:
    assert costs.distance_tariff_usd(467, 0.75) == 350.25
    assert costs.hire_usd(36, 4) == 6.0
    assert costs.with_margin_usd(1000, 0.08) == pytest.approx(1080)
    # 0.6 % of the value a day: ten days of a box of 50,000 USD.
    assert costs.time_value_usd(50_000, 240, 0.006) == pytest.approx(3000)


@given(st.floats(0, 1e9), st.floats(0, 1e4), st.floats(0, 0.1), st.floats(0.1, 10))
def test_time_value_grows_with_value_hours_and_share(
    value: float, hours: float, share: float, by: float
) -> None:
    one = costs.time_value_usd(value, hours, share)
    for more in (
        costs.time_value_usd(value * by, hours, share),
        costs.time_value_usd(value, hours * by, share),
        costs.time_value_usd(value, hours, share * by),
    ):
        assert more == pytest.approx(one * by)


# Carbon.


def test_emissions_by_hand() -> None:
    # 20 t over 1,000 km at 25 g per tonne-km are half a tonne.
    assert 20 * emissions.per_tkm_kg_co2e(1000, 25) == pytest.approx(500)
    # 2 TEU over 500 km at 300 g per TEU-km.
    assert 2 * emissions.per_teu_km_kg_co2e(500, 300) == pytest.approx(300)
    # 25 Wh per tonne-km on a grid of 800 g per kWh.
    assert emissions.electric_g_per_tkm(25, 800, 1.1) == pytest.approx(22)


@given(st.floats(0, 1), st.floats(0, 500), st.floats(0, 500))
def test_a_mix_lies_between_its_parts(share: float, electric: float, diesel: float) -> None:
    mixed = emissions.mixed_g_per_tkm(share, electric, diesel)
    low, high = min(electric, diesel), max(electric, diesel)
    assert low - 1e-9 <= mixed <= high + 1e-9
    assert emissions.mixed_g_per_tkm(1, electric, diesel) == electric
    assert emissions.mixed_g_per_tkm(0, electric, diesel) == diesel


def test_wait_for_two_places_that_are_shut_by_themselves() -> None:
    """Both must be open: each is a chain of open and closed spells, walked hour by tenth of an hour."""
    draw = np.random.default_rng(11)
    causes = [(0.2, 36.0), (0.0938, 20.0)]
    walkers, step = 40_000, 0.1
    closed = np.stack([draw.random(walkers) < share for share, _ in causes])
    waits = np.zeros(walkers)
    waiting = closed.any(axis=0)
    while waiting.any():
        waits[waiting] += step
        for row, (share, mean_h) in enumerate(causes):
            chance = np.where(closed[row], step / mean_h, step * share / ((1 - share) * mean_h))
            closed[row] ^= draw.random(walkers) < chance
        waiting &= closed.any(axis=0)
    expected = times.closures_wait_h(causes)
    assert abs(waits.mean() - expected) < 4 * waits.std() / np.sqrt(walkers) + step
    # One place alone is quicker, and the two waits in turn are slower than the two at once.
    assert times.closures_wait_h(causes[:1]) < expected < sum(s * m for s, m in causes) * 1.05
