"""Rules between the cells of a row and between rows, which a column by itself cannot declare."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import combinations
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
        "bookings": lambda row: (
            row["booking"],
            row["service_id"],
            row["mode"],
            row["kind"],
            row["departs"],
            None if row["countries"] is None else row["booking_id"],  # lists may overlap: see _bookings
        ),
        "free_time": lambda row: (
            row["free_time_id"] if not row["in_model"] else None,
            row["charge"],
            row["terminal_id"],
            row["country"],
            row["kind"],
            row["direction"],
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


def _bookings(tables: Tables) -> Iterator[Fault]:
    """A booking that is taken needs its terms; a wait with a median of nothing has no tail."""
    for row in tables["bookings"]:
        for column in ("fill_p50_h", "fill_p90_h", "price_factor", "pays_for", "cutoff_h"):
            if row["accepted"] and row[column] is None:
                accepted = schema("bookings").column(column).describe()
                what = "a booking that is accepted needs it"
                yield _fault("bookings", row, column, "missing_value", what, accepted)
        if row["fill_p50_h"] == 0 and row["fill_p90_h"]:
            what = "a wait with a median of 0 h and a tail has no distribution"
            yield _fault("bookings", row, "fill_p90_h", "bad_value", what, "0, or a median above 0")
    told = ("booking", "service_id", "mode", "kind", "departs")
    listed = [row for row in tables["bookings"] if row["countries"] is not None]
    for row, other in combinations(listed, 2):
        both = set(row["countries"]) & set(other["countries"])
        if both and all(row[name] == other[name] for name in told) and _together(row, other):
            what = f"{row['booking_id']!r} and {other['booking_id']!r} are both for {', '.join(sorted(both))}"
            yield _fault("bookings", row, "countries", "two_rows", what, "each country in one row")


def _free_time(tables: Tables) -> Iterator[Fault]:
    """Rates and their first days come in pairs, each after the one before and after the free days."""
    for row in tables["free_time"]:
        last = row["free_days"] + 1
        for number in (2, 3, 4):
            day, rate = f"from_day_{number}", f"usd_per_feu_day_{number}"
            empty, filled = (day, rate) if row[day] is None else (rate, day)
            if (row[day] is None) != (row[rate] is None):
                what = f"{filled} is filled and {empty} is not"
                yield _fault("free_time", row, empty, "missing_value", what, "both or neither")
            elif row[day] is not None and (last is None or row[day] <= last):
                what = f"day {row[day]} does not come after the first day of the rate before"
                yield _fault("free_time", row, day, "bad_order", what, "first days that rise, none left out")
            last = row[day]


_RULES = (_rail_links, _closures, _embargoes, _one_row_a_place, _calls, _bookings, _free_time)
