"""The clock of one shipment: when what it needs is closed, and when what goes by a timetable departs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from ..arrival import Cause, Gate, mean_var
from ..arrival import Window as Shut
from ..network import Compiled
from ..network.closings import Closing, Row, Span, spans
from .graph import VALID
from .timetables import departures_h, rows_by_key

# No journey is planned whose mean is longer; the tail of its arrival may be.
HORIZON_H = 90 * 24.0
TAIL_H = 60 * 24.0
CLOSED = "closed:"
Window = tuple[float, float, float, float]  # from_h, until_h, mean extra hours, their variance


@dataclass(frozen=True, slots=True)
class Ban:
    """Something that no move may touch between two hours."""

    key: str
    tag: str
    from_h: float
    until_h: float
    reason: str

    @property
    def throughout(self) -> bool:
        """Whether it holds from the start until nobody is under way any more."""
        return self.from_h <= 0 and self.until_h >= HORIZON_H + TAIL_H


@dataclass(eq=False)
class Calendar:
    """When things are open to who is ready at an instant, from which hours are counted."""

    compiled: Compiled
    closings: Mapping[str, Closing]
    ready_at: datetime
    bans: Sequence[Ban] = ()
    _causes: dict[str, Cause] = field(default_factory=dict)
    _windows: dict[frozenset[str], list[Window]] = field(default_factory=dict)
    _departures: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first_day = self.ready_at.date()
        self.last_day = (self.ready_at + timedelta(hours=HORIZON_H + TAIL_H)).date()
        self._timetables = rows_by_key(self.compiled)
        self._dated = {ban.key: ban for ban in self.bans}

    def with_bans(self, bans: Sequence[Ban]) -> Calendar:
        """The same with bans."""
        return Calendar(self.compiled, self.closings, self.ready_at, tuple(bans))

    def hour(self, day: date) -> float:
        """Hours from ready_at to the begin of a day, UTC."""
        return (datetime.combine(day, time(), UTC) - self.ready_at) / timedelta(hours=1)

    def hours_of(self, span: Span) -> tuple[float, float]:
        """The hours of a stretch of days; the last day counts whole."""
        start, end = span
        return (
            -math.inf if start is None else self.hour(start),
            math.inf if end is None else self.hour(end + timedelta(days=1)),
        )

    def bans_of(self, key: str, row: Row, tags: Iterable[str], reason: str) -> list[Ban]:
        """What a row closes throughout on its days, for each tag."""
        found = []
        for number, span in enumerate(spans(row, self.first_day, self.last_day)):
            from_h, until_h = self.hours_of(span)
            found += [Ban(f"{CLOSED}{key}:{number}:{tag}", tag, from_h, until_h, reason) for tag in tags]
        return found

    def departures(self, timetable: str) -> list[float]:
        """Hours of the departures of a timetable."""
        if timetable not in self._departures:
            rows = self._timetables[timetable]
            self._departures[timetable] = departures_h(rows, self.ready_at, HORIZON_H + TAIL_H)
        return self._departures[timetable]

    def cause(self, key: str) -> Cause:
        """A closing, a ban or the days on which something is not open, as the arrival counts them."""
        if key not in self._causes:
            self._causes[key] = Cause(key, tuple(self._cause_windows(key)))
        return self._causes[key]

    def gate(self, keys: frozenset[str], event: int = 0) -> Gate:
        """Everything of a gate that matters for a journey that starts now."""
        causes = (self.cause(key) for key in sorted(keys))
        return Gate(tuple(cause for cause in causes if cause.windows), event)

    def windows(self, keys: frozenset[str]) -> list[Window]:
        """When one may leave through a gate, with the mean and variance of the wait for it to be open.

        The wait within a window is that of a season without end: what a search adds up.
        """
        if keys not in self._windows:
            self._windows[keys] = self._leaving([self.cause(key) for key in sorted(keys)])
        return self._windows[keys]

    def _cause_windows(self, key: str) -> list[Shut]:
        if key in self._dated:
            ban = self._dated[key]
            return [Shut(ban.from_h, ban.until_h, 1.0)]
        if key.startswith(VALID):
            return self._shut_outside(key)
        found = []
        for span, row in self.closings[key].windows(self.first_day, self.last_day):
            shut = Shut(*self.hours_of(span), float(row["closed_share"]), float(row["mean_closed_h"]))
            found.append(shut)
        return [window for window in found if window[1] > 0 and window[2] > 0]

    def _shut_outside(self, key: str) -> list[Shut]:
        table, row_key = key.removeprefix(VALID).split(":", 1)
        row = self.compiled.tables.by_key(table)[row_key]
        opens_h, closes_h = self.hours_of((row["valid_from"], row["valid_until"]))
        found = []
        if opens_h > 0:
            found.append(Shut(-math.inf, opens_h, 1.0))
        if closes_h < HORIZON_H + TAIL_H:
            found.append(Shut(closes_h, math.inf, 1.0))
        return found

    @staticmethod
    def _leaving(causes: Sequence[Cause]) -> list[Window]:
        borders = {0.0, math.inf}
        for cause in causes:
            for window in cause.windows:
                borders |= {edge for edge in (window.from_h, window.until_h) if 0 < edge < HORIZON_H}
        found: list[Window] = []
        ordered = sorted(borders)
        for start, end in pairwise(ordered):
            now = [
                window
                for cause in causes
                for window in cause.windows
                if window.from_h <= start < window.until_h
            ]
            if any(window.closed_share >= 1 for window in now):
                continue
            wait = steady_wait(tuple(sorted((window.closed_share, window.mean_closed_h) for window in now)))
            if found and found[-1][1] == start and found[-1][2:] == wait:
                found[-1] = (found[-1][0], end, *wait)
            else:
                found.append((start, end, *wait))
        return found


@lru_cache(maxsize=4096)
def steady_wait(shut: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    """Mean and variance of the wait until nothing is closed, from shares and mean hours of closures."""
    if not shut:
        return 0.0, 0.0
    causes = [Cause(str(at), (Shut(-math.inf, math.inf, *one),)) for at, one in enumerate(shut)]
    return mean_var(Gate(causes))
