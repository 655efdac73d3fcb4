"""Figures read as UX asks: three digits, a unit, no break before it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midcorridor.brief import numbers as n


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (4299.6, "4,300"),
        (294_123, "294,000"),
        (31.44, "31.4"),
        (0.05239, "0.0524"),
        (999.6, "1,000"),
        (9.996, "10.0"),
        (-1234, "-1,230"),
    ],
)
def test_three_significant_digits(value: float, text: str) -> None:
    assert n.significant(value) == text


@given(st.floats(min_value=1e-3, max_value=1e9))
def test_rounding_is_within_half_a_percent(value: float) -> None:
    assert math.isclose(float(n.significant(value).replace(",", "")), value, rel_tol=0.0051)


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (0, "0 h"),
        (0.4, "< 1 h"),
        (31.2, "31 h"),
        (47.4, "47 h"),
        (47.6, "2 d"),
        (100, "4 d"),
        (108, "4.5 d"),
        (236, "10 d"),
        (530, "22 d"),
        (540, "23 d"),
    ],
)
def test_durations(hours: float, text: str) -> None:
    assert n.duration(hours) == text.replace(" ", n.NBSP)


@pytest.mark.parametrize(
    ("kg", "text"), [(14, "14.0 kg"), (99.9, "99.9 kg"), (99.96, "0.100 t"), (1415, "1.42 t"), (0, "0 kg")]
)
def test_masses_below_a_tenth_of_a_tonne_are_kilograms(kg: float, text: str) -> None:
    assert n.mass(kg) == text.replace(" ", n.NBSP)


@pytest.mark.parametrize(
    ("share", "text"), [(0.003, "< 1 %"), (0.996, "> 99 %"), (0.5, "50 %"), (0, "0 %"), (1, "100 %")]
)
def test_percentages_are_whole_and_never_claim_all_or_nothing(share: float, text: str) -> None:
    assert n.percent(share) == text.replace(" ", n.NBSP)


def test_money_dates_and_counts() -> None:
    assert n.usd(4321) == "USD\u00a04,320"
    assert n.usd(23.4) == "USD\u00a023"
    assert n.when("2026-12-01T00:00:00+00:00") == "1\u00a0Dec\u00a02026 (UTC)"
    assert n.when("2026-12-01T08:30:00+00:00") == "1\u00a0Dec\u00a02026, 08:30\u00a0UTC"
    assert n.day_after("2026-12-01T00:00:00+00:00", 24 * 40) == "10\u00a0Jan\u00a02027"
    assert (n.count(1, "route"), n.count(3, "route")) == ("1\u00a0route", "3\u00a0routes")
