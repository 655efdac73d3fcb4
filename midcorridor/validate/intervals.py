"""How sure a median of few errors is."""

from __future__ import annotations

import math
from collections.abc import Sequence


def median_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float] | None:
    """The interval between two of the values that holds the median of what they were drawn from.

    values : (n,) of any unit, drawn independently     confidence : chance of at least this, 0 to 1
    None where even the smallest and the largest do not have that chance: with 0.95, below six values.
    Source  binomial distribution: the number of values below the median is binomial with a half, so that the
        k-th from either end hold it between them with 1 - 2 P(fewer than k below). No form of the
        distribution of the values is assumed.
    >>> median_interval([1, 2, 3, 4, 5, 6])
    (1, 6)
    >>> median_interval([1, 2, 3, 4, 5]) is None
    True
    >>> median_interval(range(1, 17))      # the fourth and the thirteenth of sixteen
    (4, 13)
    """
    ordered = sorted(values)
    count = len(ordered)
    miss, k = 0.0, 0
    while k < count // 2:
        miss += math.comb(count, k) / 2**count
        if 2 * miss > 1 - confidence:
            break
        k += 1
    return (ordered[k - 1], ordered[count - k]) if k else None
