"""One spell on a grid of time steps, its mean kept.

A random X becomes masses at the points of a grid: each value is split between its two neighbours so
that the mean stays. Point x_k gets

    p_k = (G(x_k - step) - 2 G(x_k) + G(x_k + step)) / step,    G(x) = E[(X - x)+].

The mean is exact. The variance grows by E[(X - below) (above - X)], at most step^2 / 4, and by
step^2 / 6 where X is spread widely over the steps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .spells import Departures, Duration, Further, Gate, Headway, Spell

Floats = np.ndarray[Any, np.dtype[np.float64]]
TAIL = 1e-9  # mass beyond either end of a grid that is moved to the end
MOST_STEPS = 1 << 17


@dataclass(frozen=True, eq=False, slots=True)
class Steps:
    """The hours of a spell whose distribution does not depend on the clock.

    The value is shift_h + (first + k) x step_h with probability p[k]; stay is the chance of no wait
    at all where that chance is a part of a continuous distribution, 1 where the value is fixed.
    """

    mean_h: float
    var_h2: float
    shift_h: float
    first: int
    p: Floats
    stay: float


def fixed(hours: float) -> Steps:
    """Hours that are known: no grid is needed."""
    return Steps(hours, 0.0, hours, 0, np.ones(1), 1.0)


def too_long(steps: float, step_h: float) -> ValueError:
    return ValueError(
        f"a spell spreads over {steps:.3g} steps of {step_h} h, more than {MOST_STEPS}: take a longer step_h"
    )


def trimmed(p: Floats, tail: float = TAIL) -> tuple[int, Floats]:
    """Where the part of p without its tails begins, and that part; the tails are added to its ends."""
    sums = p.cumsum()
    total = sums[-1]
    low = int(sums.searchsorted(tail, side="right"))
    high = int(sums.searchsorted(total - tail, side="left"))
    high = max(low, min(high, p.size - 1))
    kept = p[low : high + 1].copy()
    if low:
        kept[0] += sums[low - 1]
    kept[-1] += total - sums[high]
    return low, kept


def on_grid(excess: Any, low_h: float, high_h: float, step_h: float) -> tuple[int, Floats]:
    """First point and masses of a distribution that lies between low_h and high_h but for its tails.

    excess : function of an array x that gives E[(X - x)+]
    """
    first = math.floor(low_h / step_h) - 1
    last = math.ceil(high_h / step_h) + 1
    if last - first > MOST_STEPS:
        raise too_long(last - first, step_h)
    values = excess(np.arange(first - 1, last + 2) * step_h)
    p = np.maximum(np.diff(values, 2) / step_h, 0.0)
    # What lies below the first or above the last point, and the error of rounding, go to the ends.
    low, kept = trimmed(p / p.sum())
    return first + low, kept


def moments(spell: Duration | Headway | Further) -> tuple[float, float]:
    """Mean (h) and variance (h2) of a spell that does not look at the clock.

    Source  renewal theory: with gamma headways of mean H, E[W] = H (1 + c^2) / 2 and
        E[W^2] = E[headway^3] / 3H = H^2 (1 + c^2)(1 + 2 c^2) / 3.
    """
    if isinstance(spell, Duration):
        return spell.mean_h, spell.var_h2
    headway_h, cv2 = spell.headway_h, spell.cv * spell.cv
    if isinstance(spell, Further):
        return spell.count * headway_h, spell.count * headway_h * headway_h * cv2
    mean_h = headway_h * (1 + cv2) / 2
    return mean_h, headway_h * headway_h * (1 + cv2) * (1 + 2 * cv2) / 3 - mean_h * mean_h


def steps(spell: Spell, step_h: float) -> Steps:
    """A spell on the grid; kept by its numbers, so that labels do not make it another one."""
    if isinstance(spell, Duration):
        return _duration(spell.mean_h, spell.var_h2, step_h)
    if isinstance(spell, Headway):
        return _headway(spell.headway_h, spell.cv, step_h)
    assert not isinstance(spell, Departures | Gate), "these look at the clock"
    return _further(spell.count, spell.headway_h, spell.cv, step_h)


def _steps(
    excess: Any, low_h: float, high_h: float, spell: Duration | Headway | Further, step_h: float
) -> Steps:
    first, p = on_grid(excess, low_h, high_h, step_h)
    return Steps(*moments(spell), 0.0, first, p, 0.0)


@lru_cache(maxsize=4096)
def _duration(mean_h: float, var_h2: float, step_h: float) -> Steps:
    if var_h2 == 0:
        return fixed(mean_h)
    from .._kernels.excess import lognormal_excess

    sigma = math.sqrt(math.log1p(var_h2 / (mean_h * mean_h)))
    mu = math.log(mean_h) - sigma * sigma / 2
    # 6 sigma: a tail of 1e-9.
    low_h, high_h = math.exp(mu - 6 * sigma), math.exp(mu + 6 * sigma)
    return _steps(lambda x: lognormal_excess(mu, sigma, x), low_h, high_h, Duration(mean_h, var_h2), step_h)


@lru_cache(maxsize=4096)
def _headway(headway_h: float, cv: float, step_h: float) -> Steps:
    spell = Headway(headway_h, cv)
    if cv == 0:
        # Somebody who comes at a random moment of a clock waits anything up to a whole headway.
        def uniform(x: Floats) -> Floats:
            inside = np.clip(headway_h - x, 0.0, headway_h)
            return np.asarray(inside * inside / (2 * headway_h) + np.maximum(-x, 0.0))

        return _steps(uniform, 0.0, headway_h, spell, step_h)
    from .._kernels.excess import forward_excess

    shape, scale = 1 / (cv * cv), headway_h * cv * cv
    high_h = _gamma_high(shape + 1, scale)  # a wait is at most the headway that one fell into
    return _steps(lambda x: forward_excess(shape, scale, x), 0.0, high_h, spell, step_h)


@lru_cache(maxsize=4096)
def _further(count: int, headway_h: float, cv: float, step_h: float) -> Steps:
    if cv == 0 or count == 0:
        return fixed(count * headway_h)
    from .._kernels.excess import gamma_excess

    shape, scale = count / (cv * cv), headway_h * cv * cv
    low_h = max(0.0, scale * (shape - 7 * math.sqrt(shape)))  # Chernoff: mass below is under exp(-49/2)
    high_h = _gamma_high(shape, scale)
    return _steps(
        lambda x: gamma_excess(shape, scale, x), low_h, high_h, Further(count, headway_h, cv), step_h
    )


def _gamma_high(shape: float, scale: float) -> float:
    """Hours that a gamma variable passes with a chance of about TAIL."""
    from .._kernels.excess import upper_gamma

    low, high = shape, 2 * shape + 30.0
    while high - low > 0.01 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if upper_gamma(shape, middle) > TAIL / 2 else (low, middle)
    return high * scale
