"""Names, dates and lengths of closures and embargoes that the schemas cannot check."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import did_you_mean
from ...rules import scope_names
from ...schemas import schema
from ..compiled import Compiled, Row
from .finding import ERROR, Finding


def unknown_scopes(compiled: Compiled) -> Iterator[Finding]:
    """Closures and embargoes of things that exist nowhere: they close nothing, and nobody is told."""
    for table, key in (
        ("closures", "closure_id"),
        ("embargoes", "embargo_id"),
        ("box_limits", "limit_id"),
    ):
        for row in compiled.tables[table]:
            for name in row["scope_ids"]:
                hint = _unknown(compiled, row, name)
                if hint is not None:
                    yield Finding(
                        ERROR,
                        "unknown_scope",
                        f"there is no {row['scope']} {name!r}",
                        f"{table}.csv {row[key]}",
                        hint or f"Name a {row['scope']} that is in the tables",
                    )


def _unknown(compiled: Compiled, row: Row, name: str) -> str | None:
    """None where a name is known, else a hint (which may be empty)."""
    scope = row["scope"]
    known = scope_names(compiled.tables, scope)
    if scope == "frontier":
        sides = name.split(">")
        if len(sides) == 2 and all(side in known for side in sides):
            return None
        return "A frontier is two country codes in the direction of travel, such as CN>KZ"
    return None if name in known else did_you_mean(name, known)


def dates_reversed(compiled: Compiled) -> Iterator[Finding]:
    """Rows that end before they begin and so never hold."""
    for table, rows in compiled.tables.rows.items():
        for row in rows:
            start, end = row.get("valid_from"), row.get("valid_until")
            if start is not None and end is not None and end < start:
                yield Finding(
                    ERROR,
                    "dates_reversed",
                    f"valid_until {end} is before valid_from {start}, so the row never holds",
                    f"{table}.csv {row[schema(table).key or schema(table).columns[0].name]}",
                    "Exchange the two dates",
                )


def closures_without_length(compiled: Compiled) -> Iterator[Finding]:
    """Closures that come and go without saying for how long: no wait can be computed."""
    for row in compiled.tables["closures"]:
        if row["closed_share"] < 1 and row["mean_closed_h"] is None:
            yield Finding(
                ERROR,
                "closure_without_length",
                f"closed_share is {row['closed_share']:g} but mean_closed_h is empty",
                f"closures.csv {row['closure_id']}",
                "Give the mean length of one closure, or closed_share 1",
            )
