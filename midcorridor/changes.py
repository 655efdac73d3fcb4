"""Changes of tables: set, scale, add, remove and close, made in order and checked like files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .errors import Fault, ScenarioError, TableError, did_you_mean
from .rules import check_rules
from .said import Said
from .schemas import schema, table_names
from .tables import OVERLAY_SOURCE, Tables, parse

OPERATIONS = ("set", "scale", "add", "remove", "close")
# What a close takes: the table whose rows it names, and the scope of the closure that it makes.
_CLOSES = {"terminals": "terminal", "links": "link", "services": "service", "countries": "country"}
_PASSAGES = "passages"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a table; part of a scenario."""

    operation: str  # set, scale, add, remove or close
    table: str
    key: str  # key of the row
    column: str = ""
    value: Any = None  # for add: the cells of the new row
    valid_from: date | None = None
    valid_until: date | None = None


def apply_changes(tables: Tables, changes: Iterable[Change]) -> Tables:
    """New tables with the changes made in order, checked like files.

    Raises ScenarioError for a table, row, column or value that is not there or not accepted.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    faults: list[Fault] = []

    def of(table: str) -> list[dict[str, Any]]:
        if table not in rows:
            rows[table] = [dict(row) for row in tables[table]]
        return rows[table]

    def seen(table: str) -> Sequence[Mapping[str, Any]]:
        # A table that is only looked at stays the same object, which says that nothing of it changed.
        return rows.get(table, tables[table])

    for number, change in enumerate(changes, 1):
        place = f"change {number} ({change.operation} {change.table} {change.key})"
        try:
            if change.operation == "close":
                of("closures").append(_closure(seen, change, number))
            elif change.operation == "add" and change.table == "services":
                cells, calls = _service(change)
                _apply_one(tables, of("services"), replace(change, value=cells))
                if calls:
                    of("service_calls").extend(calls)
            else:
                _apply_one(tables, of(_table(change)), change)
        except ScenarioError as error:
            faults += [
                Fault(f.code, f.what, place, f.got, f.accepted, f.hint, change.table, None, change.column)
                for f in error.faults
            ]
        except TableError as error:
            faults += [
                Fault(f.code, f"{f.column}: {f.what}", place, f.got, f.accepted, f.hint, change.table)
                for f in error.faults
            ]
    if faults:
        raise ScenarioError(faults)
    try:
        changed = tables.replace(**rows)
        check_rules(changed)
        return changed
    except TableError as error:
        raise ScenarioError(error.faults) from None


def _table(change: Change) -> str:
    if change.table not in table_names():
        raise ScenarioError(
            Fault(
                "unknown_table",
                Said("table_unknown", got=change.table),
                "",
                change.table,
                ", ".join(table_names()),
                did_you_mean(change.table, table_names()),
            )
        )
    return change.table


def _apply_one(tables: Tables, rows: list[dict[str, Any]], change: Change) -> None:
    declared = schema(change.table)
    key = declared.key
    if not key:
        raise ScenarioError(
            Fault(
                "no_key", f"rows of {change.table} have no name of their own; use an overlay folder instead"
            )
        )
    at = next((index for index, row in enumerate(rows) if row[key] == change.key), None)
    if change.operation == "add":
        if at is not None:
            raise ScenarioError(
                Fault("repeated_key", Said("there_already", got=change.key), hint=Said("use_set"))
            )
        rows.append(_checked_row(change.table, {key: change.key, **change.value}))
        return
    if at is None:
        known = [row[key] for row in rows]
        raise ScenarioError(
            Fault(
                "unknown_key",
                Said("not_in_table", got=change.key, table=change.table),
                "",
                change.key,
                Said("values_of", column=key, table=change.table),
                did_you_mean(change.key, known),
            )
        )
    if change.operation == "remove":
        del rows[at]
        return
    if change.column not in declared.names():
        raise ScenarioError(
            Fault(
                "unknown_column",
                Said("column_unknown", table=change.table, got=change.column),
                "",
                change.column,
                ", ".join(declared.names()),
                did_you_mean(change.column, declared.names()),
            )
        )
    if change.column == key:
        raise ScenarioError(
            Fault("key_column", f"{key} names the row and cannot be changed", hint="add a row instead")
        )
    value = change.value
    if change.operation == "scale":
        before = rows[at][change.column]
        if isinstance(before, bool) or not isinstance(before, (int, float)):
            raise ScenarioError(
                Fault(
                    "not_a_number",
                    Said("not_scalable", column=change.column, got=change.key, value=repr(before)),
                    hint=Said("set_value"),
                )
            )
        value = before * change.value
        if isinstance(before, int):
            value = round(value)
    rows[at] = _checked_row(change.table, {**rows[at], change.column: value})


def _service(change: Change) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Cells of a new service, and the rows of its `calls`, in the order of travel."""
    cells = dict(change.value)
    calls = cells.pop("calls", [])
    if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
        accepted = 'such as [{terminal_id = "kz-aktau"}, {terminal_id = "az-alat", link_ids = ["..."]}]'
        raise ScenarioError(Fault("bad_value", "calls of a service are a list of tables", "", "", accepted))
    own = {"service_id": change.key}
    return cells, [
        _checked_row("service_calls", {**call, **own, "seq": seq}) for seq, call in enumerate(calls, 1)
    ]


def _checked_row(table: str, cells: Mapping[str, Any]) -> dict[str, Any]:
    """One row put through the same checks as a file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(cells)
    writer.writerow([_cell(value) for value in cells.values()])
    return parse(table, text.getvalue().splitlines(keepends=True), overlay=True)[0]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ";".join(str(word) for word in value)
    if isinstance(value, float):
        return repr(value)
    return str(value)


def _closure(
    seen: Callable[[str], Sequence[Mapping[str, Any]]], change: Change, number: int
) -> dict[str, Any]:
    """The closure row that a close stands for."""
    if change.table == _PASSAGES:
        allowed = schema("links").column("passages").allowed.strip("{}").split()
        scope, known = "passage", allowed
    elif change.table in _CLOSES:
        key = schema(change.table).key
        scope, known = _CLOSES[change.table], [row[key] for row in seen(change.table)]
    else:
        accepted = (*_CLOSES, _PASSAGES)
        raise ScenarioError(
            Fault(
                "bad_scope",
                Said("not_closable", got=change.table),
                "",
                change.table,
                ", ".join(accepted),
                did_you_mean(change.table, accepted),
            )
        )
    if change.key not in known:
        raise ScenarioError(
            Fault(
                "unknown_key",
                Said("not_among", got=change.key, table=change.table),
                "",
                change.key,
                ", ".join(known) if len(known) < 30 else Said("keys_of", table=change.table),
                did_you_mean(change.key, known),
            )
        )
    cells = {
        "closure_id": f"scenario-{number}-{change.key}",
        "cause": "works",
        "scope": scope,
        "scope_ids": change.key,
        "directions": "both",
        "closed_share": 1,
        "valid_from": change.valid_from,
        "valid_until": change.valid_until,
        "source": OVERLAY_SOURCE,
        "confidence": "low",
        "basis": "estimate",
        "note": "closed by the scenario",
    }
    return _checked_row("closures", cells)
