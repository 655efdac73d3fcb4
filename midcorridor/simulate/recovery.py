"""When a series that was disturbed is back to what it would have been."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .intervals import t_quantile

Array = np.ndarray[Any, Any]
STAY_D = 14  # days on end within the band that count as back
_SMOOTH_D = 7


def band(base: Array, probability: float = 0.95) -> Array:
    """Half width of what one more replication of the base may differ by from its mean, day by day.

    base : (replications, days) of an undisturbed series, two replications at least
    Returns (days,): the prediction interval by Student's t, its standard deviation being the root mean
    square of the seven days around.
    Raises ValueError for one replication, which says nothing of what is usual.
    Source  any textbook of statistics: t s sqrt(1 + 1/n).
    """
    many = len(base)
    if many < 2:
        raise ValueError("a band needs two replications at least")
    variance = base.var(axis=0, ddof=1)
    window = np.ones(_SMOOTH_D)
    days = np.convolve(np.ones_like(variance), window, "same")
    smooth = np.convolve(variance, window, "same") / days
    return t_quantile(0.5 + probability / 2, many - 1) * np.sqrt(smooth * (1 + 1 / many))


def recovery_d(
    disturbed: Array, base: Array, half: Array, begin: int, over: int, stay_d: int = STAY_D
) -> int | None:
    """Days from the first day of an event to the first day after it from which the series stays within the
    band for `stay_d` days.

    disturbed, base : (days,) of one replication with and without the event, same random numbers
    half : (days,) how far above the base is usual (see `band`)      begin : first day of the event
    over : first day after it
    Returns 0 where the series stayed within the band all the time from `begin` to `stay_d` days after the
    event, or to its own end; None where it did not come back for so long before it ended. Less inside than
    in the base is no disturbance. For good would ask too much: in a year any two runs differ by chance on
    some day.
    Source  the time to recovery of Bruneau and others, A framework to quantitatively assess and enhance the
    seismic resilience of communities, Earthquake Spectra 19 (2003), with what is usual as the level to
    which a system recovers.
    """
    within = disturbed - base <= half
    if within[begin : over + stay_d].all():
        return 0
    run = 0
    for day in range(over, len(within)):
        run = run + 1 if within[day] else 0
        if run == stay_d:
            return day - stay_d + 1 - begin
    return None


def quantile(values: list[int | None], share: float) -> float | None:
    """The least value that this share of all does not exceed, None counted as beyond every number."""
    known = sorted(each for each in values if each is not None)
    rank = math.ceil(share * len(values))
    return float(known[rank - 1]) if 0 < rank <= len(known) else None
