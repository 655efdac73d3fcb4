"""Means of differences between two runs that draw the same random numbers, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .intervals import half_width


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over replications and the limits of its 95 % interval by Student's t.

    low, high : None where fewer than two replications say nothing of them
    """

    mean: float | None
    low: float | None
    high: float | None

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def columns(self, name: str) -> dict[str, float | None]:
        """Three cells of a table."""
        return {name: self.mean, f"{name}_low": self.low, f"{name}_high": self.high}


def interval(values: Sequence[float]) -> Interval:
    """The mean of independent values and its interval; all None for no value.

    Of the differences of pairs it is the paired interval: what both runs of a pair share falls out
    (common random numbers; Law, Simulation Modeling and Analysis, 5th edition, sections 10.2 and 11.2).
    """
    if not values:
        return Interval(None, None, None)
    mean, half = math.fsum(values) / len(values), half_width(values)
    return Interval(mean, None if half is None else mean - half, None if half is None else mean + half)


def differences(base: Mapping[int, float], other: Mapping[int, float]) -> list[float]:
    """What the second lacks of the first, replication by replication; those in both only."""
    return [base[number] - other[number] for number in sorted(base) if number in other]
