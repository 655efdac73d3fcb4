"""Departures by the clock, from the timetables of services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ..network import Compiled
from ..network.closings import meets

Row = Mapping[str, Any]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR = timedelta(hours=1)


def timetables(compiled: Compiled) -> dict[tuple[str, str, str], str]:
    """The key of the timetable of each service, terminal of departure and direction that has one.

    One that holds on some of the days only is a timetable all the same: outside its dates nothing
    departs, and no departure is invented.
    """
    return {
        (row["service_id"], row["terminal_id"], row["direction"]): timetable_key(row)
        for row in compiled.tables["timetables"]
        if row["service_id"] in compiled.services and meets(row, compiled.day, compiled.until)
    }


def timetable_key(row: Row) -> str:
    """What the departures of one service from one terminal in one direction share."""
    return f"{row['service_id']} {row['terminal_id']} {row['direction']}"


def rows_by_key(compiled: Compiled) -> dict[str, list[Row]]:
    """Rows of the timetables by `timetable_key`."""
    found: dict[str, list[Row]] = {}
    for row in compiled.tables["timetables"]:
        found.setdefault(timetable_key(row), []).append(row)
    return found


def departures_h(rows: Sequence[Row], ready_at: datetime, horizon_h: float) -> list[float]:
    """Hours after ready_at of every departure up to the horizon, sorted, each once."""
    found: set[float] = set()
    last = ready_at + timedelta(hours=horizon_h)
    for row in rows:
        if row["departs_at"] is not None:
            moments = [row["departs_at"]]
        else:
            moments = _weekly(row, ready_at.date(), last.date())
        found |= {(at - ready_at) / _HOUR for at in moments if ready_at <= at <= last}
    return sorted(found)


def _weekly(row: Row, first: date, last: date) -> list[datetime]:
    clock = time.fromisoformat(row["time_utc"])
    days = {WEEKDAYS.index(word) for word in row["weekdays"]}
    start = max(first, row["valid_from"] or first).toordinal()
    end = min(last, row["valid_until"] or last).toordinal()
    # Day 1 of the calendar was a Monday.
    leaving = (day for day in range(start, end + 1) if (day - 1) % 7 in days)
    return [datetime.combine(date.fromordinal(day), clock, UTC) for day in leaving]
