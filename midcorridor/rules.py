"""Rules between the cells of a row and between rows, which a column by itself cannot declare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from .errors import Fault, TableError, did_you_mean
from .schemas import schema
from .tables import Tables

Row = Mapping[str, Any]


def check_rules(tables: Tables) -> None:
    """Raise TableError that gathers every row that a plan could not use or would use wrongly."""
    faults = [fault for rule in _RULES for fault in rule(tables)]
    if faults:
        raise TableError(faults[:50])


def _fault(table: str, row: Row, column: str, code: str, what: str, accepted: str, hint: str = "") -> Fault:
    key = str(row[schema(table).key])
    where = f"{table}.csv ({schema(table).key} {key!r}), column {column}"
    return Fault(code, what, where, str(row[column] or ""), accepted, hint, table, None, column, key)


def _rail_links(tables: Tables) -> Iterator[Fault]:
    for row in tables["links"]:
        for column in ("gauge_mm", "electrified_share") if row["mode"] == "rail" else ():
            if row[column] is None:
                accepted = schema("links").column(column).describe()
                yield _fault("links", row, column, "missing_value", "a railway needs it", accepted)


def _closures(tables: Tables) -> Iterator[Fault]:
    for row in tables["closures"]:
        if row["closed_share"] < 1 and row["mean_closed_h"] is None:
            what = "a place that is closed now and then needs the mean length of a closure"
            yield _fault("closures", row, "mean_closed_h", "missing_value", what, "hours above 0")
        if row["closed_share"] < 1 and row["scope"] == "country":
            what = "a country that is closed now and then has no meaning for a plan"
            yield _fault("closures", row, "scope", "bad_scope", what, "terminal, link, service or passage")
        yield from _scope("closures", row, tables)


def _embargoes(tables: Tables) -> Iterator[Fault]:
    for row in tables["embargoes"]:
        yield from _scope("embargoes", row, tables)


def _scope(table: str, row: Row, tables: Tables) -> Iterator[Fault]:
    """Every id must name something of the kind that the scope says."""
    scope = row["scope"]
    known: Mapping[str, Any] | set[str]
    if scope == "passage":
        known = set(schema("links").column("passages").allowed.strip("{}").split())
    elif scope == "frontier":
        known = tables.by_key("countries")
    else:
        known = tables.by_key({"country": "countries"}.get(scope, f"{scope}s"))
    for thing in row["scope_ids"]:
        parts = thing.split(">") if scope == "frontier" else [thing]
        if all(part in known for part in parts) and len(parts) == (2 if scope == "frontier" else 1):
            continue
        accepted = "CN>KZ and the like" if scope == "frontier" else f"ids of a {scope}"
        hint = did_you_mean(thing, known)
        yield _fault(table, row, "scope_ids", "unknown_key", f"{thing!r} is no {scope}", accepted, hint)


def _one_row_a_place(tables: Tables) -> Iterator[Fault]:
    """No two rows may say the same thing of the same days, or the order of a file would decide."""
    same: dict[str, Callable[[Row], tuple[Any, ...]]] = {
        "dwell": lambda row: (
            row["terminal_id"] or f"*{row['kind']}",
            row["activity"],
            row["from_gauge_mm"],
            row["to_gauge_mm"],
        ),
        "handling": lambda row: (row["terminal_id"] or f"*{row['kind']}", row["activity"]),
        "border_procedures": lambda row: (
            row["from_country"],
            row["to_country"],
            row["mode"],
            row["side"],
            row["terminal_id"],
        ),
    }
    for table, told in same.items():
        key = schema(table).key
        seen: dict[tuple[Any, ...], list[Row]] = {}
        for row in tables[table]:
            for other in seen.get(told(row), ()):
                if _together(row, other):
                    what = f"{row[key]!r} and {other[key]!r} describe the same thing on the same days"
                    hint = f"To replace a row, give yours the {key} {other[key]!r}"
                    yield _fault(table, row, key, "two_rows", what, "one row", hint)
            seen.setdefault(told(row), []).append(row)


def _together(first: Row, second: Row) -> bool:
    def span(row: Row) -> tuple[date, date]:
        return row.get("valid_from") or date.min, row.get("valid_until") or date.max

    (start, end), (other_start, other_end) = span(first), span(second)
    return start <= other_end and other_start <= end


def _calls(tables: Tables) -> Iterator[Fault]:
    seen = set()
    for row in tables["service_calls"]:
        call = (row["service_id"], row["seq"])
        if call in seen:
            where = f"service_calls.csv (service_id {row['service_id']!r}, seq {row['seq']})"
            yield Fault("repeated_key", "the call stands twice", where, str(row["seq"]), "each seq once")
        seen.add(call)


_RULES = (_rail_links, _closures, _embargoes, _one_row_a_place, _calls)
