"""Student's t beside SciPy, and MSER-5 beside its definition and series whose warm-up is known."""

from __future__ import annotations

import math
import random

import pytest
from scipy import stats

from midcorridor.simulate.intervals import half_width, t_quantile
from midcorridor.simulate.warm_up import mser5


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 9, 10, 29, 99, 500])
@pytest.mark.parametrize("chance", [0.5, 0.6, 0.9, 0.975, 0.995])
def test_quantiles_of_t_are_those_of_scipy(chance: float, degrees: int) -> None:
    assert t_quantile(chance, degrees) == pytest.approx(stats.t.ppf(chance, degrees), rel=1e-10, abs=1e-12)


def test_the_interval_is_that_of_scipy() -> None:
    draw = random.Random(1)
    values = [draw.gauss(20, 3) for _ in range(12)]
    low, high = stats.t.interval(0.95, 11, loc=sum(values) / 12, scale=stats.sem(values))
    assert 2 * half_width(values) == pytest.approx(high - low, rel=1e-10)
    assert half_width([5.0]) is None


def plain_cut(series: list[float]) -> int:
    """The cut by its definition, word for word."""
    means = [math.fsum(series[i : i + 5]) / 5 for i in range(0, len(series) - len(series) % 5, 5)]
    errors = []
    for cut in range(len(means) - 4):
        rest = means[cut:]
        mean = math.fsum(rest) / len(rest)
        errors.append(math.fsum((each - mean) ** 2 for each in rest) / len(rest) ** 2)
    return 5 * errors.index(min(errors))


@pytest.mark.parametrize("seed", range(20))
def test_the_cut_is_that_of_the_definition(seed: int) -> None:
    draw = random.Random(seed)
    series, at = [], 0.0
    for day in range(draw.randrange(50, 300)):
        at = 0.8 * at + draw.gauss(0, 1)
        series.append(100 * (1 - math.exp(-day / 15)) + at)
    assert mser5(series).cut == plain_cut(series)


@pytest.mark.parametrize("warm_up", [40, 100, 155])
def test_a_shift_of_the_mean_is_found_where_it_is(warm_up: int) -> None:
    draw = random.Random(warm_up)
    series = [draw.gauss(0 if day < warm_up else 50, 3) for day in range(400)]
    found = mser5(series)
    assert found.settled
    # Noise may take a few batches more of so long a rest, never one too few.
    assert warm_up <= found.cut <= warm_up + 40


def test_what_never_settles_or_is_too_short_says_so() -> None:
    assert not mser5([float(day) for day in range(300)]).settled
    assert not mser5([1.0] * 49).settled
    assert mser5([1.0] * 50).settled
