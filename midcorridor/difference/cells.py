"""Which cells of which tables a scenario changes, and on which days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from ..network import Network
from ..network.closings import meets
from ..scenario import Scenario
from ..schemas import schema
from ..tables import PROVENANCE, Tables
from ..words import SCOPE_TABLES, Names, named

Row = Mapping[str, Any]
_DAY = timedelta(days=1)


def changed_cells(before: Tables, after: Tables) -> list[dict[str, Any]]:
    """A row for each cell that differs and for each row added or removed, by table and key.

    The rows hold table, key, kind (set, added, removed), column, before, after and unit; of a whole row,
    before or after is a mapping of its filled cells. Tables whose rows have no key are not compared.
    """
    found = []
    for table in sorted({*before.rows, *after.rows}):
        key = schema(table).key
        if not key or before[table] is after[table]:
            continue
        old, new = before.by_key(table), after.by_key(table)
        for name in sorted({*old, *new}):
            if name not in old or name not in new:
                kind = "added" if name in new else "removed"
                found.append(
                    _cell(
                        table, name, kind, None, _filled(old.get(name), key), _filled(new.get(name), key), ""
                    )
                )
                continue
            for column in schema(table).columns:
                values = old[name][column.name], new[name][column.name]
                if values[0] != values[1]:
                    found.append(_cell(table, name, "set", column.name, *values, column.unit))
    return found


def scenario_cells(network: Network, scenario: Scenario) -> list[dict[str, Any]]:
    """What a scenario changes, as `schema/results/changed_cells.csv` declares it, with first and last day.

    Changes of a scenario are made in order and may hold on some days only, so each stretch of days on
    which the same ones hold is compared by itself; what is alike on neighbouring stretches is one row.
    Raises ScenarioError for a change that names what is not there.
    """
    changed = scenario.apply(network)
    rows: list[dict[str, Any]] = []
    last: dict[str, dict[str, Any]] = {}
    for start, end in _stretches(changed):
        day = start or (end or date(2000, 1, 1))
        met: dict[str, dict[str, Any]] = {}
        for cell in changed_cells(network.tables_on(day), changed.tables_on(day)):
            # The id of a closure counts the changes of its day; what it closes says which it is.
            named = {**cell, "key": ""} if cell["kind"] == "added" else cell
            same = repr(named)
            if same in last:
                met[same] = last[same]
                own = cell["after"] if cell["kind"] == "added" else {}
                met[same]["until"] = end or own.get("valid_until")
            else:
                # A row that is added may hold on some days only.
                own = cell["after"] if cell["kind"] == "added" else {}
                met[same] = {
                    **cell,
                    "from": start or own.get("valid_from"),
                    "until": end or own.get("valid_until"),
                }
                rows.append(met[same])
        last = met
    return rows


def _stretches(network: Network) -> Iterator[tuple[date | None, date | None]]:
    """First and last day of each stretch on which the same dated changes hold; None is without end."""
    turns = {change.valid_from for change in network.dated if change.valid_from}
    turns |= {change.valid_until + _DAY for change in network.dated if change.valid_until}
    start = None
    for turn in sorted(turns):
        yield start, turn - _DAY
        start = turn
    yield start, None


def _cell(
    table: str, key: str, kind: str, column: str | None, before: Any, after: Any, unit: str
) -> dict[str, Any]:
    return {
        "table": table,
        "key": key,
        "kind": kind,
        "column": column,
        "before": before,
        "after": after,
        "unit": unit or None,
    }


def _filled(row: Row | None, key: str) -> dict[str, Any] | None:
    if row is None:
        return None
    return {name: v for name, v in row.items() if v is not None and name != key and name not in PROVENANCE}


def cell_words(cell: Row, names: Names) -> str:
    """One changed cell in a line: what it is about by name, what changes, and its row."""
    table, key = cell["table"], cell["key"]
    name, row = named(names, table, [key])[0], f"({table} {key})"
    if cell["kind"] != "set":
        whole = cell["after"] or cell["before"]
        if table == "closures":
            shut = named(names, SCOPE_TABLES.get(whole["scope"], ""), whole["scope_ids"])
            name = f"closure of {', '.join(shut)}"
        elif name == key:
            name = str(whole.get("name", key))
        return f"{name} {cell['kind']} {row}"
    unit = f" {cell['unit']}" if cell["unit"] not in (None, "1") else ""
    return f"{name}: {cell['column']} {_words(cell['before'])} > {_words(cell['after'])}{unit} {row}"


def _words(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


# Rows that say something of one thing by its key; any other names the things that it is about in cells.
_THINGS = {"terminals": "terminals", "links": "links", "services": "services"}
_NAMING = ("terminal_id", "service_id", "link_id", "scope_ids", "country")


def touching(
    cells: Sequence[Row],
    touched: set[str],
    before: Tables,
    after: Tables,
    day: date,
    until: date,
    names: Names,
) -> list[str]:
    """The changed cells that concern a route on any day from one to another, in words.

    touched : ids of its terminals, links, services, passages and countries, and keys of its price lines
    A row that names no thing at all, such as a general price, concerns every route.
    """
    found = []
    for cell in cells:
        table, key = cell["table"], cell["key"]
        row = after.by_key(table).get(key) or before.by_key(table).get(key) or {}
        if "valid_from" in row and not meets(row, day, until):
            continue
        named = {
            word
            for column in _NAMING
            if row.get(column)
            for word in (row[column] if isinstance(row[column], list) else [row[column]])
        }
        concerned = (
            key in touched if table in _THINGS else key in touched or not named or bool(named & touched)
        )
        if concerned:
            found.append(cell_words(cell, names))
    return found
