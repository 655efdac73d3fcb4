"""Timetables that soon run out, or that tell of another service than the row they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from ..closings import meets
from ..compiled import Compiled, Row
from .finding import WARNING, Finding

NOTICE_D = 90  # a timetable that ends sooner ends within the horizon of somebody's plan
COUNTED_D = 56  # eight weeks, so that sailings every ten days or so give a fair mean
LEAST_D = 14  # in fewer days a count says nothing
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


def ends_soon(compiled: Compiled) -> Iterator[Finding]:
    """Timetables without departures later than 90 days from now: after the last one nothing departs.

    Rows that ended before today are history, and the headway of the service counts again.
    """
    for where, rows in _timetables(compiled, NOTICE_D).items():
        ends = [_end(row) for row in rows]
        last = max((end for end in ends if end is not None), default=None)
        if None not in ends and last is not None and last < compiled.day + timedelta(days=NOTICE_D):
            what = f"it lists no departure after {last}; a plan that reaches beyond finds none"
            yield Finding(
                WARNING,
                "timetable_ends",
                what,
                where,
                "Add the next timetable, or let valid_until end the rows that are over",
            )


def departures_differ(compiled: Compiled) -> Iterator[Finding]:
    """Timetables whose departures a week are off from departures_per_week by more than half of it.

    The mean is that of the next eight weeks, or of what is left of the timetable.
    """
    for where, rows in _timetables(compiled, COUNTED_D - 1).items():
        starts = [row["valid_from"] or compiled.day for row in rows]
        ends = [row["valid_until"] or _end(row) or date.max for row in rows]
        first = max(compiled.day, min(starts))
        last = min(compiled.day + timedelta(days=COUNTED_D - 1), max(ends))
        days = (last - first).days + 1
        if days < LEAST_D:
            continue
        listed = len(set().union(*(_departures(row, first, last) for row in rows))) * 7 / days
        told = compiled.services[rows[0]["service_id"]]["departures_per_week"]
        if abs(listed - told) > 0.5 * told:
            yield Finding(
                WARNING,
                "timetable_departures_differ",
                f"it lists {listed:.2g} departures a week, but services.csv says {told:g}",
                where,
                "List all departures of the service, or make what the timetable lists a service of its own",
            )


def _timetables(compiled: Compiled, days: int) -> dict[str, list[Row]]:
    """Rows that hold on some of the next days, of open services, by where one would look for them."""
    found: dict[str, list[Row]] = {}
    until = compiled.day + timedelta(days=days)
    for row in compiled.tables["timetables"]:
        if row["service_id"] in compiled.services and meets(row, compiled.day, until):
            where = f"timetables.csv {row['service_id']} at {row['terminal_id']} {row['direction']}"
            found.setdefault(where, []).append(row)
    return found


def _end(row: Row) -> date | None:
    """Last day with a departure; None without end."""
    at: datetime | None = row["departs_at"]
    end: date | None = row["valid_until"]
    return at.date() if at is not None else end


def _departures(row: Row, first: date, last: date) -> set[object]:
    """What tells the departures of a row between two days apart."""
    if row["departs_at"] is not None:
        return {row["departs_at"].isoformat()} if first <= row["departs_at"].date() <= last else set()
    day = max(first, row["valid_from"] or first)
    found: set[object] = set()
    while day <= min(last, row["valid_until"] or last):
        if _WEEKDAYS[day.weekday()] in row["weekdays"]:
            found.add((day, row["time_utc"]))
        day += _DAY
    return found
