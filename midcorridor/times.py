"""Formulas of time: numbers in, numbers out, all in hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

HOURS_PER_DAY = 24.0
# 90th percentile of the standard normal distribution.
Z90 = 1.2815515655446004
# Driving and rest of one day: Regulation (EC) 561/2006, articles 6 and 8; AETR, the same.
DAILY_DRIVING_H = 9.0
DAILY_REST_H = 11.0


def lognormal_sigma(p50: float, p90: float) -> float:
    """Sigma of the lognormal distribution with this median and 90th percentile.

    Raises ValueError unless 0 < p50 <= p90.
    Source  definition of the lognormal distribution: ln X is normal.
    """
    if not 0 < p50 <= p90:
        raise ValueError(f"a lognormal needs 0 < median <= 90th percentile, not {p50} and {p90}")
    return math.log(p90 / p50) / Z90


def lognormal_mean_h(p50_h: float, p90_h: float) -> float:
    """Mean hours of a duration with this median and 90th percentile.

    Source  mean of a lognormal = median x exp(sigma^2 / 2).
    >>> lognormal_mean_h(20.0, 20.0)
    20.0
    >>> round(lognormal_mean_h(28.0, 72.0), 2)
    36.74
    """
    sigma = lognormal_sigma(p50_h, p90_h)
    return p50_h * math.exp(sigma * sigma / 2)


def headway_wait_h(departures_per_week: float, headway_cv: float) -> float:
    """Mean wait for the next departure of somebody who comes at a random moment.

    departures_per_week : > 0
    headway_cv : coefficient of variation of the time between departures, >= 0; 0 is a clock,
        which gives half a headway; 1 is random, which gives a whole one
    Source  renewal theory (inspection paradox): E[wait] = E[H] / 2 x (1 + cv^2).
    >>> headway_wait_h(7, 0)
    12.0
    >>> headway_wait_h(7, 1)
    24.0
    """
    return renewal_wait_h(headway_h(departures_per_week), headway_cv)


def renewal_wait_h(headway_h: float, headway_cv: float) -> float:
    """As `headway_wait_h`, from the mean hours between departures, >= 0."""
    return headway_h / 2 * (1 + headway_cv * headway_cv)


def renewal_var_h2(headway_h: float, headway_cv: float) -> float:
    """Variance of the same wait, when the hours between departures are gamma distributed.

    Source  renewal theory: E[wait^2] = E[H^3] / (3 E[H]); for a gamma E[H^3] = H^3 (1 + cv^2)(1 + 2 cv^2).
    >>> renewal_var_h2(24, 0) == 24**2 / 12, renewal_var_h2(24, 1) == 24**2
    (True, True)
    """
    square = headway_cv * headway_cv
    second = headway_h * headway_h * (1 + square) * (1 + 2 * square) / 3
    return second - renewal_wait_h(headway_h, headway_cv) ** 2


def lognormal_var_h2(p50_h: float, p90_h: float) -> float:
    """Variance of a duration with this median and 90th percentile.

    Source  variance of a lognormal = mean^2 (exp(sigma^2) - 1).
    >>> lognormal_var_h2(20.0, 20.0)
    0.0
    """
    return lognormal_mean_h(p50_h, p90_h) ** 2 * math.expm1(lognormal_sigma(p50_h, p90_h) ** 2)


def headway_h(departures_per_week: float) -> float:
    """Mean hours between departures. Raises ValueError unless departures_per_week > 0."""
    if not departures_per_week > 0:
        raise ValueError(f"departures a week must be above 0, not {departures_per_week}")
    return 168.0 / departures_per_week


def vehicles_needed(teu: float, capacity_teu: float) -> int:
    """Departures that a shipment fills or begins, at least one.

    teu, capacity_teu : in the same unit, > 0; a capacity without end (trucks side by side) takes all
    Raises ValueError for other values.
    Source  counting.
    >>> vehicles_needed(80, 250), vehicles_needed(80, 40), vehicles_needed(82, 40)
    (1, 2, 3)
    """
    if not (teu > 0 and capacity_teu > 0):
        raise ValueError(f"freight and capacity must be above 0, not {teu} and {capacity_teu}")
    return max(1, math.ceil(teu / capacity_teu - 1e-9))


def loads(boxes: int, capacity: int, first: int | None = None) -> tuple[int, ...]:
    """Boxes on each departure, from the one with the first box to the one with the last.

    boxes : whole boxes, > 0     capacity : whole boxes that one departure takes, > 0; a 40 ft box does
        not stand half on one wagon, so a ship of 245 TEU takes 122 of them
    first : room left on the first departure, 0 to capacity; None: all of it. With no room the
        first number is 0: the boxes wait for the next
    Raises ValueError for other values.
    Source  counting: each departure is filled before the next is begun.
    >>> loads(50, 20)               # a block train of 50 goes on in trains of 20
    (20, 20, 10)
    >>> loads(50, 122), loads(50, 122, first=30)
    ((50,), (30, 20))
    """
    room = capacity if first is None else first
    if not (boxes > 0 and capacity > 0 and 0 <= room <= capacity):
        raise ValueError(f"{boxes} boxes cannot go on departures of {capacity} with room for {room} on one")
    taken = [min(boxes, room)]
    while (left := boxes - sum(taken)) > 0:
        taken.append(min(left, capacity))
    return tuple(taken)


def last_box_lag_h(boxes: int, legs: Sequence[tuple[int, float, float]]) -> list[float]:
    """Hours from the first box to the last, behind each leg of a chain of trains and ships.

    boxes : whole boxes, > 0, together at the start
    legs : (boxes that one departure takes, hours between departures, hours that the first box waits for its
        departure, >= 0) of each leg; boxes that come while it waits leave with it
    Returns (n,) hours, one number a leg.
    Raises ValueError for a capacity or headway not above 0.
    Source  first come, first served: a departure takes whom it finds, to its capacity, and the next leaves
        a headway later.
    >>> last_box_lag_h(50, [(50, 24, 0), (122, 37, 18), (20, 42, 21)])  # train, ship, trains of 20
    [0.0, 0.0, 84.0]
    >>> last_box_lag_h(50, [(20, 42, 21), (300, 168, 84)])              # all catch the same weekly ship,
    [84.0, 0.0]
    >>> last_box_lag_h(50, [(20, 42, 21), (300, 168, 24)])              # or the last ones miss it
    [84.0, 168.0]
    """
    if boxes <= 0 or any(capacity <= 0 or headway <= 0 or wait < 0 for capacity, headway, wait in legs):
        raise ValueError(f"{boxes} boxes and legs {legs} have no last box")
    come = [(0.0, boxes)]
    lags = []
    for capacity, headway, wait in legs:
        at, waiting, seen = come[0][0] + wait, 0, 0
        gone: list[tuple[float, int]] = []
        while waiting or seen < len(come):
            while seen < len(come) and come[seen][0] <= at + 1e-9:
                waiting += come[seen][1]
                seen += 1
            if taken := min(waiting, capacity):
                gone.append((at, taken))
                waiting -= taken
            at += headway
        come = gone
        lags.append(come[-1][0] - come[0][0])
    return lags


def fill_wait_h(p50_h: float, p90_h: float) -> tuple[float, float]:
    """Mean (hours) and variance (hours squared) of the wait until a train fills.

    p50_h, p90_h : median and 90th percentile, 0 <= p50_h <= p90_h; a median of 0 needs a 90th percentile
        of 0 and says that there is no such wait
    Raises ValueError for other values.
    Source  lognormal: variance = (exp(sigma^2) - 1) x mean^2. Means and variances of waits that do not
        depend on each other add up along a way; percentiles do not.
    >>> fill_wait_h(0, 0)
    (0.0, 0.0)
    >>> [round(value) for value in fill_wait_h(19, 62)]
    [29, 1137]
    """
    if p50_h == p90_h == 0:
        return 0.0, 0.0
    sigma = lognormal_sigma(p50_h, p90_h)
    mean_h = lognormal_mean_h(p50_h, p90_h)
    return mean_h, math.expm1(sigma * sigma) * mean_h * mean_h


def cutoff_at(departs_at: datetime, cutoff_h: float) -> datetime:
    """Last instant of gate-in for a departure; what comes later waits for the next one.

    cutoff_h : hours before the departure, >= 0. It is an instant to meet and not a duration to add: the
        dwell of loading runs from gate-in too and holds the same hours.
    >>> cutoff_at(datetime(2026, 12, 4, 6), 24).isoformat()
    '2026-12-03T06:00:00'
    """
    if not cutoff_h >= 0:
        raise ValueError(f"a cut-off lies before the departure, not {cutoff_h} h")
    return departs_at - timedelta(hours=cutoff_h)


def closures_wait_h(closures: Sequence[tuple[float, float]]) -> float:
    """Mean wait of somebody who comes at a random moment until nothing of what he needs is closed.

    closures : (share of the time closed, 0 <= share < 1; mean hours of one closure, > 0) of each
        cause; the causes are independent, and open and closed spells are exponential
    Raises ValueError for other values, and for more than ten causes.
    Source  first passage time of a Markov chain: each cause is a chain of two states with rates
        1/m out of closed and share/((1-share) m) into it; the wait is the expected time to the
        state in which all are open, averaged over the stationary distribution.
    >>> closures_wait_h([(0.5, 48)])        # one cause: the share times a whole closure
    24.0
    >>> closures_wait_h([])
    0.0
    """
    active = [(share, mean_h) for share, mean_h in closures if share > 0]
    if len(active) > 10 or any(not (0 < share < 1 and mean_h > 0) for share, mean_h in active):
        raise ValueError(f"closures need a share below 1 and hours above 0, at most ten: {closures}")
    if not active:
        return 0.0
    if len(active) == 1:
        return active[0][0] * active[0][1]
    return _joint_wait_h(tuple(sorted(active)))


@cache
def _joint_wait_h(causes: tuple[tuple[float, float], ...]) -> float:
    import numpy as np

    states = 1 << len(causes)
    # Row s: the rates out of state s, whose bits say which causes are closed; state 0 ends the wait.
    rates = np.zeros((states, states))
    stationary = np.ones(states)
    for bit, (share, mean_h) in enumerate(causes):
        for state in range(states):
            closed = state >> bit & 1
            rate = 1 / mean_h if closed else share / ((1 - share) * mean_h)
            rates[state, state ^ (1 << bit)] += rate
            rates[state, state] -= rate
            stationary[state] *= share if closed else 1 - share
    wait_h = np.linalg.solve(rates[1:, 1:], -np.ones(states - 1))
    return float(stationary[1:] @ wait_h)


def truck_h(km: float, driving_km_per_h: float) -> float:
    """Hours of one driver on the road, rests included: 11 h of rest after each full 9 h at the wheel.

    >>> truck_h(300, 60)
    5.0
    >>> truck_h(1200, 60)      # 20 h at the wheel, two rests
    42.0
    """
    driving_h = km / driving_km_per_h
    rests = max(0, math.ceil(driving_h / DAILY_DRIVING_H - 1e-9) - 1)
    return driving_h + rests * DAILY_REST_H
