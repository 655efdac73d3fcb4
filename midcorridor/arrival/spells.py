"""The spells of a route: what takes time, and how its hours are distributed.

A route is a sequence of spells. Their hours are independent of each other, except that a closure
met twice is the same closure. All clock hours are counted from the moment the cargo is ready.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

CAUSES = ("running", "handling", "wait", "closure", "border", "split", "fill", "truck")
MAX_CAUSES = 10  # of one gate: a joint chain has 2^causes states
# Gamma headways more even than this are told apart from a clock only at a loss of digits.
LEAST_CV = 0.01
MOST_CV = 5.0


def _check(good: bool, what: str, got: object, accepted: str) -> None:
    if not good:
        raise ValueError(f"{what} must be {accepted}, not {got!r}")


def _check_label(event: int, cause: str) -> None:
    _check(event >= 0, "event", event, "a whole number, 0 or more")
    _check(cause in CAUSES, "cause", cause, f"one of {', '.join(CAUSES)}")


def _check_headway(headway_h: float, cv: float) -> None:
    _check(0 < headway_h < math.inf, "headway_h", headway_h, "above 0 and finite")
    _check(cv == 0 or LEAST_CV <= cv <= MOST_CV, "cv", cv, f"0 (a clock) or {LEAST_CV} to {MOST_CV:g}")


@dataclass(frozen=True, slots=True)
class Duration:
    """Lognormal hours with this mean and variance: running, handling, papers. Variance 0: fixed."""

    mean_h: float  # >= 0
    var_h2: float  # >= 0, square hours; 0 where the mean is 0
    event: int = 0  # number of the move or event that a report counts it to
    cause: str = "running"

    def __post_init__(self) -> None:
        _check(0 <= self.mean_h < math.inf, "mean_h", self.mean_h, "0 or more and finite")
        _check(0 <= self.var_h2 < math.inf, "var_h2", self.var_h2, "0 or more and finite")
        _check(self.mean_h > 0 or self.var_h2 == 0, "var_h2", self.var_h2, "0 where mean_h is 0")
        _check_label(self.event, self.cause)


@dataclass(frozen=True, slots=True)
class Headway:
    """Wait of somebody who comes at a random moment until the next departure."""

    headway_h: float  # mean hours between departures, > 0
    cv: float  # coefficient of variation of gamma headways; 0 a clock, 1 random
    event: int = 0
    cause: str = "wait"

    def __post_init__(self) -> None:
        _check_headway(self.headway_h, self.cv)
        _check_label(self.event, self.cause)


@dataclass(frozen=True, slots=True)
class Further:
    """So many headways more, until the last box of a split shipment leaves."""

    count: int  # >= 0
    headway_h: float  # as in Headway
    cv: float
    event: int = 0
    cause: str = "split"

    def __post_init__(self) -> None:
        _check(self.count >= 0 and self.count == int(self.count), "count", self.count, "0, 1, 2, ...")
        _check_headway(self.headway_h, self.cv)
        _check_label(self.event, self.cause)


@dataclass(frozen=True, slots=True)
class Departures:
    """A timetable: one leaves with the first departure at or after one's arrival."""

    at_h: Sequence[float]  # clock hours, rising; kept as a tuple
    event: int = 0
    cause: str = "wait"

    def __post_init__(self) -> None:
        at_h = tuple(float(at) for at in self.at_h)
        object.__setattr__(self, "at_h", at_h)
        _check(len(at_h) > 0, "at_h", at_h, "at least one departure")
        _check(all(map(math.isfinite, at_h)), "at_h", at_h, "finite hours")
        _check(all(a < b for a, b in pairwise(at_h)), "at_h", at_h, "hours that rise")
        _check_label(self.event, self.cause)


class Window(NamedTuple):
    """Hours in which a cause may close what a departure needs; outside all windows it is open."""

    from_h: float  # clock hours, may be -inf
    until_h: float  # not included, may be inf
    closed_share: float  # 0 to 1; 1 is closed throughout
    mean_closed_h: float = math.nan  # > 0 where 0 < closed_share < 1, else not looked at


@dataclass(frozen=True, slots=True)
class Cause:
    """One storm, strike or works, however many things it closes; key says which is the same."""

    key: str
    windows: Sequence[Window]  # by time, apart; plain tuples will do, and are kept as Windows

    def __post_init__(self) -> None:
        windows = tuple(Window(*map(float, window)) for window in self.windows)
        object.__setattr__(self, "windows", windows)
        for window in windows:
            where = f"of cause {self.key!r}, window {tuple(window)}: "
            share, mean_h = window.closed_share, window.mean_closed_h
            _check(window.from_h < window.until_h, f"{where}until_h", window.until_h, "after from_h")
            _check(window.from_h < math.inf, f"{where}from_h", window.from_h, "below inf")
            _check(0 <= share <= 1, f"{where}closed_share", share, "0 to 1")
            _check(
                share in (0, 1) or 0 < mean_h < math.inf,
                f"{where}mean_closed_h",
                mean_h,
                "above 0 and finite",
            )
        for one, two in pairwise(windows):
            _check(
                one.until_h <= two.from_h,
                f"windows of cause {self.key!r}",
                windows,
                "by time and not overlapping",
            )


@dataclass(frozen=True, slots=True)
class Gate:
    """Wait until everything that a departure needs is open at once."""

    causes: Sequence[Cause]  # independent of each other; kept as a tuple
    event: int = 0
    cause: str = "closure"

    def __post_init__(self) -> None:
        causes = tuple(self.causes)
        object.__setattr__(self, "causes", causes)
        keys = [cause.key for cause in causes]
        _check(len(set(keys)) == len(keys), "causes", keys, "each key once: one storm is met once")
        _check(len(causes) <= MAX_CAUSES, "causes", keys, f"at most {MAX_CAUSES}")
        _check_label(self.event, self.cause)


Spell = Duration | Headway | Further | Departures | Gate


def check_route(spells: Sequence[Spell]) -> None:
    """Raise ValueError unless these are spells, and TypeError for anything else; the same key must
    be the same cause wherever it stands."""
    seen: dict[str, Cause] = {}
    for place, spell in enumerate(spells):
        if not isinstance(spell, Spell):
            raise TypeError(f"spell {place} must be a spell, not {spell!r}")
        if isinstance(spell, Gate):
            for cause in spell.causes:
                if seen.setdefault(cause.key, cause) != cause:
                    raise ValueError(
                        f"spell {place}: cause {cause.key!r} has other windows than before on the route; "
                        "a cause met again must be the same, or have a key of its own"
                    )
