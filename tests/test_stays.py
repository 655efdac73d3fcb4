"""Published hours at frontiers beside ours, and how sure a median is."""

from __future__ import annotations

import random
import statistics

import pytest
from scipy.stats import binom

from midcorridor.network import Network
from midcorridor.times import lognormal_mean_h
from midcorridor.validate import compare_stays
from midcorridor.validate.intervals import median_interval
from midcorridor.validate.page_stays import frontiers, told_median
from midcorridor.validate.stays import median_stay_error

SHIPPED = Network.load()


def test_a_stay_is_the_sum_of_its_sides_and_its_reloading() -> None:
    """Khorgos in July 2023, all westbound: exit, entry and change of gauge of the rows that hold then."""
    rows = [row for row in SHIPPED.tables["observed_stays"] if row["stay_id"] == "khorgos-rail-2023-07"]
    [stay] = compare_stays(SHIPPED, rows)
    hours = [(16, 40), (2, 6), (28, 72)]
    assert stay.mean_h == pytest.approx(sum(lognormal_mean_h(*pair) for pair in hours))
    assert stay.p90_h is None
    assert stay.error == pytest.approx(stay.mean_h / 336 - 1)


def test_ours_are_those_of_the_year_and_not_fitted() -> None:
    found = {stay.row["stay_id"]: stay for stay in compare_stays(SHIPPED)}
    for name in ("khorgos-out-rail-2021", "khorgos-out-rail-2022", "alashankou-out-rail-2022"):
        assert found[name].mean_h == pytest.approx(found[name].row["hours"], rel=0.02)
        assert not found[name].scored


def test_inputs_are_listed_and_not_scored() -> None:
    stays = compare_stays(SHIPPED)
    scored = [stay for stay in stays if stay.scored]
    assert {stay.row["use"] for stay in scored} == {"compared"}
    for stay in scored:
        assert stay.rests_on
        assert not stay.rests_on & set(stay.row["source"]), stay.row["stay_id"]
    assert all(stay.row["why"] for stay in stays if not stay.scored)
    page = frontiers(stays)
    for stay in stays:
        assert f"| {stay.row['stay_id']} | " in page
    error = median_stay_error(stays)
    assert error == statistics.median(abs(stay.error) for stay in scored if stay.error is not None)


@pytest.mark.parametrize("count", range(1, 40))
def test_the_interval_is_the_narrowest_of_the_binomial_law(count: int) -> None:
    """Against the distribution function of SciPy."""
    found = median_interval(range(1, count + 1))
    ranks = [k for k in range(1, count // 2 + 1) if 2 * binom.cdf(k - 1, count, 0.5) <= 0.05]
    assert found == ((max(ranks), count + 1 - max(ranks)) if ranks else None)


def test_the_interval_covers_the_median_as_often_as_it_says() -> None:
    draw = random.Random(1)
    held = 0
    for _ in range(2000):
        interval = median_interval([draw.lognormvariate(0, 1) for _ in range(16)])
        assert interval is not None
        held += interval[0] <= 1 <= interval[1]
    assert held / 2000 >= 0.95


def test_few_errors_have_no_interval() -> None:
    assert told_median([]) == "no rows"
    assert told_median([-0.1, 0.3]) == "20.0%"
    assert told_median([0.1, -0.2, 0.3, 0.4, 0.5, 0.6]) == "35.0% (10.0% to 60.0%)"
