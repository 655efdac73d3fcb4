"""When things are closed: the days that rows hold, and the seasons of one storm put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Row = Mapping[str, Any]
Span = tuple[date | None, date | None]  # first and last day; None is without end
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Closing:
    """One cause that shuts the same things, whatever its share in each season."""

    key: str
    rows: tuple[Row, ...]  # of closures, closed_share below 1, no two of them on the same day

    def windows(self, first: date, last: date) -> list[tuple[Span, Row]]:
        """The days of each row between two days, in order."""
        found = [(span, row) for row in self.rows for span in spans(row, first, last)]
        return sorted(found, key=lambda item: item[0][0] or date.min)


def closings(rows: Iterable[Row], first: date, last: date) -> dict[str, Closing]:
    """Closings by key, from the closures that hold now and then.

    Rows of one cause that shut the same things are one closing, unless two of them hold on the same
    day between first and last.
    """
    alike: dict[tuple[Any, ...], list[list[Row]]] = {}
    for row in sorted(rows, key=lambda row: row["closure_id"]):
        if row["closed_share"] >= 1:
            continue
        thing = (row["cause"], row["scope"], tuple(row["scope_ids"]), row["directions"])
        groups = alike.setdefault(thing, [])
        for group in groups:
            if not any(_meet(row, other, first, last) for other in group):
                group.append(row)
                break
        else:
            groups.append([row])
    return {
        group[0]["closure_id"]: Closing(group[0]["closure_id"], tuple(group))
        for groups in alike.values()
        for group in groups
    }


def spans(row: Row, first: date, last: date) -> list[Span]:
    """The stretches of days between two days on which a row holds, its season included.

    A stretch that began before the first day or goes on after the last says None there only where the
    row itself has no end; else it says the day.
    """
    if not meets(row, first, last):
        return []
    start, end = row.get("valid_from"), row.get("valid_until")
    opens, closes = row.get("season_from"), row.get("season_until")
    if opens is None or closes is None:
        return [(start, end)]
    found = []
    for year in range(first.year - 1, last.year + 2):
        begin = _on(year, opens)
        finish = _on(year + (closes < opens), closes)
        begin = max(begin, start) if start is not None else begin
        finish = min(finish, end) if end is not None else finish
        if begin <= finish and begin <= last and finish >= first:
            found.append((begin, finish))
    return found


def meets(row: Row, first: date, last: date) -> bool:
    """Whether a row is valid on any day between two, whatever its season."""
    start, end = row.get("valid_from"), row.get("valid_until")
    return (start is None or start <= last) and (end is None or end >= first)


def _on(year: int, text: str) -> date:
    month, day = map(int, text.split("-"))
    try:
        return date(year, month, day)
    except ValueError:  # 29 February of a common year
        return date(year, month + 1, 1) - _DAY


def _meet(one: Row, other: Row, first: date, last: date) -> bool:
    return any(
        (a[0] or date.min) <= (b[1] or date.max) and (b[0] or date.min) <= (a[1] or date.max)
        for a in spans(one, first, last)
        for b in spans(other, first, last)
    )
