"""Closures of a year as gates of a model: storms by season that shut several places, and dated ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from ..network.closings import closings, spans
from .durations import exponential
from .model import Model

Row = Mapping[str, Any]
DAY_S, HOUR_S = 86400, 3600.0
_PLACES = ("terminal", "link", "passage")


def seconds(first: date, day: date | None, otherwise: int) -> int:
    """Seconds from the first day to the beginning of another, at least 0."""
    return otherwise if day is None else max(0, (day - first).days * DAY_S)


def add_closures(
    model: Model,
    rows: Iterable[Row],
    things: Collection[str],
    first: date,
    last: date,
    factors: Mapping[str, float] | None = None,
) -> set[str]:
    """Gates of what closures of these days shut, with what shuts them; returns the things that have a gate.

    A storm begins after an exponential time at sea, counted only in its season, and lasts an exponential
    time of the stated mean; the share of time that it takes is that of its row. Seasons are known for a year
    beyond the last day, so that a storm that waits for its season is not one that waits for ever.
    factors : share of the hours of each storm for which a terminal is shut, 1 unless told
    """
    rows = [row for row in rows if row["scope"] in _PLACES and set(row["scope_ids"]) & set(things)]
    horizon = ((last - first).days + 1) * DAY_S
    gated = sorted({each for row in rows for each in row["scope_ids"] if each in things})
    for thing in gated:
        model.gate(thing)
    for closing in closings(rows, first, last).values():
        for row in closing.rows:
            if row["closed_share"] > 0 and row["mean_closed_h"]:
                shut = [each for each in row["scope_ids"] if each in things]
                season = spans(row, first, last + timedelta(366))
                _storm(model, row, shut, season, first, horizon, factors or {})
    for row in rows:
        for begin, end in spans(row, first, last) if row["closed_share"] >= 1 else ():
            name = f"closed {row['closure_id']} {begin}"
            for what in ("shut", "open"):
                program = model.program(f"{name} {what}")
                for thing in (each for each in row["scope_ids"] if each in things):
                    program.shut(thing) if what == "shut" else program.open(thing)
                program.end()
            model.start(name, f"{name} shut", at_s=seconds(first, begin, 0))
            if end is not None and end < last:
                model.start(f"{name} over", f"{name} open", at_s=seconds(first, end + timedelta(1), 0))
    return set(gated)


def _storm(
    model: Model,
    row: Row,
    shut: list[str],
    windows: list[tuple[date | None, date | None]],
    first: date,
    horizon: int,
    factors: Mapping[str, float],
) -> None:
    name, mean = row["closure_id"], row["mean_closed_h"] * HOUR_S
    season = f"season of {name}"
    times = [(seconds(first, a, 0), seconds(first, b and b + timedelta(1), horizon)) for a, b in windows]
    times = sorted((a, b) for a, b in times if b > a)
    model.gate(season, shut=not any(a == 0 for a, _ in times))
    begins, ends = model.program(f"{season} begins"), model.program(f"{season} ends")
    begins.open(season).end()
    ends.shut(season).end()
    for a, b in times:
        if a > 0:
            model.start(f"{season} begins {a}", begins.name, at_s=a)
        if b != horizon:
            model.start(f"{season} ends {b}", ends.name, at_s=b)
    sky = model.program(name).label("again")
    sky.work(exponential(mean * (1 - row["closed_share"]) / row["closed_share"]), season)
    share = {thing: factors.get(thing, 1.0) if row["cause"] == "weather" else 1.0 for thing in shut}
    for thing in shut:
        if share[thing] > 0:
            sky.shut(thing)
    # Parts of one draw, by one name: the storm comes and goes as it would, whoever works on in it.
    before = 0.0
    for part in sorted({*share.values(), 1.0} - {0.0}):
        sky.delay(exponential(mean * (part - before)), stream=f"{name}/delay/0")
        before = part
        for thing in (each for each in shut if share[each] == part):
            sky.open(thing)
    sky.jump("again")
    model.start(name, name)
