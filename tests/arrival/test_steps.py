"""Single spells: against SciPy's distributions, renewal theory, and the formulas that plans add up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

from midcorridor import times
from midcorridor._kernels import excess, waiting
from midcorridor.arrival import Cause, Departures, Duration, Further, Gate, Headway, Window, arrive, mean_var
from midcorridor.arrival.steps import MOST_STEPS, TAIL, steps
from midcorridor.arrival.storms import chain, product

ALWAYS = (-math.inf, math.inf)


def lognormal(mean_h, var_h2):
    sigma2 = math.log1p(var_h2 / mean_h**2)
    return stats.lognorm(math.sqrt(sigma2), scale=mean_h / math.exp(sigma2 / 2))


SPELLS = [
    (Duration(20, 100), lognormal(20, 100)),
    (Duration(300, 90_000), lognormal(300, 90_000)),
    (Duration(40, 4), lognormal(40, 4)),
    (Headway(24, 0), stats.uniform(0, 24)),
    (Headway(30, 1), stats.expon(0, 30)),
    (Further(3, 24, 1), stats.erlang(3, scale=24)),
    (Further(2, 24, 0.1), stats.gamma(200, scale=0.24)),
    (Further(1, 50, 1.5), stats.gamma(1 / 2.25, scale=112.5)),
]


@pytest.mark.parametrize(("spell", "law"), SPELLS)
@pytest.mark.parametrize("step_h", [0.5, 1.0, 3.0])
def test_grid_keeps_the_law(spell, law, step_h):
    got = steps(spell, step_h)
    x = step_h * (got.first + np.arange(got.p.size))
    assert got.p.sum() == pytest.approx(1, abs=1e-12)
    assert got.p @ x == pytest.approx(law.mean(), rel=1e-6)
    assert (got.mean_h, got.var_h2) == (pytest.approx(law.mean()), pytest.approx(law.var()))
    added = got.p @ x**2 - (got.p @ x) ** 2 - law.var()
    assert -1e-4 * law.var() <= added <= step_h**2 / 4 + 1e-4 * law.var()
    # A split between neighbours moves no mass by more than a step.
    sums = np.cumsum(got.p)
    assert np.all(sums >= law.cdf(x) - 3 * TAIL)
    assert np.all(sums <= law.cdf(x + step_h) + 3 * TAIL)


@pytest.mark.parametrize("cv", [0.01, 0.05, 0.3, 0.9, 1.4, 3.0])
def test_forward_recurrence_is_the_integral_of_the_survival_function(cv):
    headway = stats.gamma(1 / cv**2, scale=24 * cv**2)
    x = np.linspace(0, 24 * (1 + 6 * cv), 40_001)
    tail = np.concatenate([[0], np.cumsum((headway.sf(x)[1:] + headway.sf(x)[:-1]) / 2 * np.diff(x))])
    waited = tail / 24  # P(W <= x) of somebody who comes at a random moment
    spent = np.cumsum((waited[1:] + waited[:-1]) / 2 * np.diff(x))
    got = excess.forward_excess(1 / cv**2, 24 * cv**2, x)
    wanted = 12 * (1 + cv**2) - x + np.concatenate([[0], spent])
    assert np.allclose(got, wanted, atol=2e-4 * (1 + cv**4) * 24)


@pytest.mark.parametrize("cv", [0, 0.01, 0.3, 1, 2])
def test_headway_has_the_moments_of_renewal_theory(cv):
    mean_h, var_h2 = mean_var(Headway(168 / 5, cv))
    assert mean_h == pytest.approx(times.headway_wait_h(5, cv), rel=1e-12)
    assert var_h2 + mean_h**2 == pytest.approx((168 / 5) ** 2 * (1 + cv**2) * (1 + 2 * cv**2) / 3)
    got = arrive([Headway(168 / 5, cv)], step_h=0.1)
    x = got.start_h + 0.1 * np.arange(got.probability.size)
    assert got.probability @ x**2 == pytest.approx(var_h2 + mean_h**2, rel=2e-4)


@pytest.mark.parametrize("shape", [0.04, 0.5, 1, 3.7, 100, 1e4])
def test_upper_gamma_equals_scipy(shape):
    for z in shape * np.array([1e-6, 0.2, 0.9, 0.99, 1, 1.01, 1.1, 2, 10]):
        got = excess.upper_gamma(shape, z)
        assert got == pytest.approx(stats.gamma(shape).sf(z), rel=1e-9, abs=1e-14)


# Storms.


def gate(*causes):
    return Gate([Cause(str(i), [(*ALWAYS, *each)]) for i, each in enumerate(causes)])


@pytest.mark.parametrize(
    "causes", [[(0.5, 48)], [(0.2, 36), (0.1, 30)], [(0.3, 10), (0.05, 90), (0.2, 36)], [(0.1, 9)] * 5]
)
def test_steady_gate_equals_the_closed_form_and_the_matrix_exponential(causes):
    mean_h, var_h2 = mean_var(gate(*causes))
    assert mean_h == pytest.approx(times.closures_wait_h(causes), rel=1e-10)
    got = arrive([gate(*causes)])
    assert (got.mean_h, got.var_h2) == (pytest.approx(mean_h), pytest.approx(var_h2))
    survivors = waiting_after(causes, 30.0).sum()
    assert got.probability_by(30.0) == pytest.approx(1 - survivors, abs=2e-4)


def waiting_after(causes, hours):
    """Masses of the closed states after some hours, by SciPy's matrix exponential."""
    size = 1 << len(causes)
    rates = np.zeros((size, size))
    for bit, (share, mean_h) in enumerate(causes):
        for state in range(size):
            out = 1 / mean_h if state >> bit & 1 else share / (1 - share) / mean_h
            rates[state, state ^ (1 << bit)] += out
            rates[state, state] -= out
    return product([share for share, _ in causes])[1:] @ expm(rates[1:, 1:] * hours)


@pytest.mark.parametrize("end", [7.0, 7.3, 0.4])
def test_kernel_lets_go_what_the_chain_lets_go(end):
    causes = ((0.2, 3.6), (0.4, 8.0))
    joint = chain(causes)
    entry = product([0.2, 0.4])[1:] @ joint.to_modes
    left, out = np.zeros(3), np.zeros(40)
    arriving = np.zeros(5)
    arriving[0], arriving[3] = 0.7, 0.3 * (end > 3)
    waiting.wait_out(arriving, left, entry, joint.weight, joint.rate, 0.0, end, out)
    wanted = 0.7 * waiting_after(causes, end)
    if end > 3:
        wanted = wanted + 0.3 * waiting_after(causes, end - 3)
    assert left @ joint.from_modes == pytest.approx(wanted)
    came = arriving.sum() * (1 - 0.8 * 0.6)
    assert out.sum() == pytest.approx(came - wanted.sum())
    # The mean of what was let go: by integrating the survivors over time.
    h = np.linspace(0, end, 401)
    alive = np.array([0.7 * waiting_after(causes, x).sum() for x in h])
    alive += [0.3 * (end > 3) * (waiting_after(causes, x - 3).sum() if x >= 3 else 0.52) for x in h]
    area = ((alive[1:] + alive[:-1]) / 2).sum() * (h[1] - h[0])
    assert out @ np.arange(40) == pytest.approx(area - end * alive[-1], abs=1e-3)


def test_moments_at_a_clock_hour_follow_the_windows():
    shut = Gate([Cause("works", [(10, 50, 1, math.nan)])])
    assert [mean_var(shut, at)[0] for at in (0, 10, 30, 50)] == [0, 40, 20, 0]
    assert mean_var(Gate([Cause("war", [(10, math.inf, 1, 0)])]), 12) == (math.inf, math.inf)
    # A storm season that ends in 20 h: min(exponential, 20), with its share.
    season = Gate([Cause("storm", [(0, 100, 0.3, 36)])])
    mean_h, var_h2 = mean_var(season, 80)
    assert mean_h == pytest.approx(0.3 * 36 * (1 - math.exp(-20 / 36)))
    square = 0.3 * stats.expon(0, 36).expect(lambda x: np.minimum(x, 20) ** 2)
    assert var_h2 + mean_h**2 == pytest.approx(square, rel=1e-6)
    # Two seasons that touch: what is closed at the border goes on with the second length.
    both = Gate([Cause("storm", [(0, 100, 0.3, 36), (100, 300, 0.1, 12)])])
    left = 0.3 * math.exp(-20 / 36)
    assert mean_var(both, 80)[0] == pytest.approx(mean_h + left * 12, abs=1e-5)
    # Seen open 10 h ago.
    rate = 1 / 36 + 0.3 / (0.7 * 36)
    share = 0.3 * (1 - math.exp(-10 * rate))
    assert mean_var(gate((0.3, 36)), 80, {"0": 70})[0] == pytest.approx(share * 36)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Duration(-1, 0), "mean_h must be 0 or more"),
        (lambda: Duration(1, math.nan), "var_h2 must be"),
        (lambda: Duration(0, 1), "var_h2 must be 0 where mean_h is 0"),
        (lambda: Duration(1, 1, -1), "event must be"),
        (lambda: Duration(1, 1, 0, "rain"), "cause must be one of running"),
        (lambda: Headway(0, 1), "headway_h must be above 0"),
        (lambda: Headway(24, 0.001), "cv must be 0 .a clock. or 0.01 to 5"),
        (lambda: Further(-1, 24, 1), "count must be"),
        (lambda: Further(1.5, 24, 1), "count must be"),
        (lambda: Departures([]), "at least one departure"),
        (lambda: Departures([3, 3]), "hours that rise"),
        (lambda: Departures([3, math.inf]), "finite hours"),
        (lambda: Cause("x", [(5, 5, 0.1, 3)]), "after from_h"),
        (lambda: Cause("x", [(5, 6, 1.1, 3)]), "closed_share must be 0 to 1"),
        (lambda: Cause("x", [(5, 6, 0.1, 0)]), "mean_closed_h must be above 0"),
        (lambda: Cause("x", [(5, 8, 0.1, 3), (7, 9, 0.1, 3)]), "not overlapping"),
        (lambda: Gate([Cause("x", []), Cause("x", [])]), "each key once"),
        (lambda: gate(*[(0.1, 5)] * 11), "at most 10"),
        (lambda: arrive([Duration(1e6, 1e12)], step_h=0.01), f"more than {MOST_STEPS}"),
        (lambda: arrive([], step_h=0), "step_h must be above 0"),
        (lambda: arrive([Duration(1, 0)]).quantile_h(1), "p must be above 0 and below 1"),
    ],
)  # fmt: skip
def test_nonsense_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_only_spells_make_a_route():
    with pytest.raises(TypeError, match="spell 1 must be a spell"):
        arrive([Duration(1, 0), Window(0, 1, 0.5, 3)])
