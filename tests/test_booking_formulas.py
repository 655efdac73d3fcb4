"""Formulas of booking and overstay against hand counts, box-by-box counting, theory and drawing at random."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from midcorridor.costs import block_price_usd, overstay_usd
from midcorridor.times import Z90, cutoff_at, fill_wait_h, last_box_lag_h, loads, vehicles_needed

BUDAPEST = (5, [(6, 63.0), (12, 93.0)])  # import demurrage of Maersk, EUR a day, from days 6 and 12
boxes_st = st.integers(1, 300)
legs_st = st.lists(
    st.tuples(st.integers(1, 130), st.sampled_from([12, 24, 42, 168]), st.sampled_from([0, 6, 20, 84])),
    min_size=1,
    max_size=4,
)


@given(boxes_st, st.integers(1, 130))
def test_loads_are_the_boxes_and_never_more_than_a_departure_takes(boxes: int, capacity: int) -> None:
    split = loads(boxes, capacity)
    assert sum(split) == boxes
    assert len(split) == vehicles_needed(boxes, capacity)
    assert all(load == capacity for load in split[:-1])
    assert 0 < split[-1] <= capacity


def test_a_departure_with_no_room_leaves_without_us() -> None:
    assert loads(20, 20, first=0) == (0, 20)
    assert loads(20, 20, first=5) == (5, 15)


def lag_box_by_box(boxes: int, legs: list[tuple[int, int, int]]) -> list[float]:
    """Each box in turn takes the first departure after it comes that has room."""
    come, lags = [0.0] * boxes, []
    for capacity, headway, wait in legs:
        first, taken, gone = come[0] + wait, {}, []
        for at in come:
            number = 0
            while first + number * headway < at or taken.get(number, 0) == capacity:
                number += 1
            taken[number] = taken.get(number, 0) + 1
            gone.append(first + number * headway)
        come = gone
        lags.append(come[-1] - come[0])
    return lags


@given(boxes_st, legs_st)
def test_the_last_box_as_counted_box_by_box(boxes: int, legs: list[tuple[int, int, int]]) -> None:
    assert last_box_lag_h(boxes, legs) == lag_box_by_box(boxes, legs)


def test_the_sum_of_splits_is_no_bound() -> None:
    """Two boxes on trains of one, then a ship for many: no split at sea, yet the last box misses a ship."""
    assert last_box_lag_h(2, [(1, 42, 0), (300, 168, 24)])[-1] == 168


@pytest.mark.parametrize(("p50", "p90"), [(19.0, 62.0), (37.0, 124.0), (24.0, 24.0)])
def test_fill_wait_has_the_moments_of_its_lognormal(p50: float, p90: float) -> None:
    mean, variance = fill_wait_h(p50, p90)
    sigma = math.log(p90 / p50) / Z90
    told = stats.lognorm(sigma, scale=p50) if sigma else None
    assert mean == pytest.approx(told.mean() if told else p50)
    assert variance == pytest.approx(told.var() if told else 0.0)
    if told:
        assert told.ppf(0.9) == pytest.approx(p90)


def test_a_cut_off_lies_before_the_departure() -> None:
    sails = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert cutoff_at(sails, 48) == datetime(2026, 11, 29, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="before"):
        cutoff_at(sails, -1)


@given(st.integers(1, 60), st.floats(1, 5000))
def test_a_whole_train_is_paid_whole(boxes: int, slot_usd: float) -> None:
    assert block_price_usd(slot_usd, 60, boxes) * boxes == pytest.approx(60 * slot_usd)


# Overstay.


@pytest.mark.parametrize(
    ("days", "eur"),
    [(0, 0), (5, 0), (5.1, 63), (6, 63), (11, 6 * 63), (12, 6 * 63 + 93), (14, 6 * 63 + 3 * 93)],
)
def test_budapest_by_hand(days: float, eur: float) -> None:
    assert overstay_usd(days, *BUDAPEST) == eur


def test_a_charge_made_once_is_made_once_and_not_within_the_free_days() -> None:
    duisburg = (4, [(5, 16.0), (11, 26.0), (17, 36.0)], 37.5)  # EUR a 40 ft box, Hutchison Ports 2023
    assert overstay_usd(4, *duisburg) == 0
    assert overstay_usd(5, *duisburg) == 53.5
    assert overstay_usd(17, *duisburg) == 6 * 16 + 6 * 26 + 36 + 37.5


@given(st.floats(0, 60), st.floats(0, 60))
def test_a_longer_stay_is_never_cheaper(one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert overstay_usd(short, *BUDAPEST) <= overstay_usd(long, *BUDAPEST)


@pytest.mark.parametrize(
    "call",
    [
        lambda: vehicles_needed(0, 10),
        lambda: vehicles_needed(10, 0),
        lambda: loads(10, 5, first=6),
        lambda: last_box_lag_h(5, [(0, 24, 0)]),
        lambda: fill_wait_h(0, 5),
        lambda: block_price_usd(100, 10, 11),
        lambda: overstay_usd(-1, 5, [(6, 10)]),
        lambda: overstay_usd(9, 5, [(8, 10), (6, 20)]),
    ],
)
def test_what_has_no_meaning_is_refused(call: object) -> None:
    with pytest.raises(ValueError):
        call()
