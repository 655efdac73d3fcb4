"""Intervals of a mean over replications, by Student's t."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

CONFIDENCE = 0.95


def half_width(values: Sequence[float], confidence: float = CONFIDENCE) -> float | None:
    """Half of the interval around the mean of independent values; None where one value says nothing of it.

    >>> round(half_width([9.0, 10.0, 11.0]), 3)     # t of 2 degrees, 4.303, over the square root of 3
    2.484
    """
    n = len(values)
    if n < 2:
        return None
    mean = math.fsum(values) / n
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    return t_quantile(0.5 + confidence / 2, n - 1) * math.sqrt(variance / n)


@lru_cache(maxsize=256)
def t_quantile(chance: float, degrees: int) -> float:
    """The value below which Student's t of so many whole degrees lies with this chance, 0.5 <= chance < 1."""
    low, high = 0.0, 1.0
    while _within(high, degrees) < 2 * chance - 1:
        low, high = high, 2 * high
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, degrees) < 2 * chance - 1 else (low, middle)
    return high


def _within(t: float, degrees: int) -> float:
    """Chance that Student's t lies between -t and t.

    Source  Abramowitz and Stegun, 26.7.3 and 26.7.4.
    """
    angle = math.atan(t / math.sqrt(degrees))
    cosine, odd = math.cos(angle), degrees % 2
    term = cosine if odd else 1.0
    total = 0.0 if degrees == 1 else term
    for k in range(2 + odd, degrees - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total
