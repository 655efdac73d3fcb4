"""The command diff: what a scenario changes, in the tables and for a shipment."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ..words import SCOPE_TABLES, Names, named
from .asking import Asked, asks
from .common import COORDINATES, DataOption, OutOption, as_json, give, load_network

Row = Mapping[str, Any]


# Changed cells shown; with --all, or in JSON and CSV, all are.
_MOST_CELLS = 20


class DiffFormat(StrEnum):
    """How a difference is shown."""

    table = "table"
    text = "text"
    json = "json"
    csv = "csv"


def register(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("diff", context_settings=COORDINATES)(diff_command)


@asks
def diff_command(
    asked: Asked,
    scenario: Annotated[Path, typer.Option("--scenario", help="Scenario file (TOML).")],
    origin: Annotated[
        str | None, typer.Argument(help="Without ORIGIN and DESTINATION: the cells that it changes.")
    ] = None,
    destination: Annotated[
        str | None, typer.Argument(help="City, UN/LOCODE, terminal id or lat,lon.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Long lists in full; JSON and CSV are.")] = False,
    data: DataOption = None,
    form: Annotated[
        DiffFormat, typer.Option("--format", "-f", help="How to show it; text is whole sentences.")
    ] = DiffFormat.table,
    output: OutOption = None,
) -> None:
    """What a scenario changes: for a shipment, or without one in the tables."""
    from ..difference import plan_difference, scenario_cells
    from ..errors import Fault, InputError
    from ..scenario import read_scenario

    made, network = read_scenario(scenario), load_network(data)
    if origin is None:
        cells = scenario_cells(network, made)
        if form is DiffFormat.json:
            give(as_json({"scenario": made.name, "cells": [told_cell(cell) for cell in cells]}), output)
        elif form is DiffFormat.csv:
            give(cells_csv(cells), output)
        else:
            from ..words import thing_names

            was, now = thing_names(network.tables), thing_names(made.apply(network).tables)
            names = {table: was[table] | now[table] for table in now}
            as_table = form is DiffFormat.table
            give(cells_text(made.name, cells, names, as_table=as_table, every=every), output)
        return
    if destination is None:
        what = "an origin alone is no shipment"
        raise InputError(Fault("missing_end", what, "DESTINATION", accepted="both ends, or none of them"))
    found = plan_difference(network, made, origin, destination, **asked.everything)
    if form is DiffFormat.json:
        give(as_json(found.to_dict()), output)
    elif form is DiffFormat.csv:
        give(found.to_csv(), output)
    else:
        from .show_diff import difference_text

        give(difference_text(found, as_table=form is DiffFormat.table, every=every), output)


def cells_text(name: str, cells: Sequence[Row], names: Names, *, as_table: bool, every: bool = True) -> str:
    """The changed cells in a table, or a sentence each; unless every, the first of them."""
    from .show import grid

    if not cells:
        return f"{name} changes no cell\n"
    head = f"{name}: {len(cells):,} {'change' if len(cells) == 1 else 'changes'}\n"
    shown = cells if every else cells[:_MOST_CELLS]
    left = len(cells) - len(shown)
    more = f"And {left:,} more: --all shows them, and so do --format csv and json.\n" if left else ""
    if not as_table:
        return head + "".join(f"{_cell_sentence(cell, names)}\n" for cell in shown) + more
    rows = [
        [
            cell["table"],
            cell["key"],
            _name(cell, names),
            cell["column"] or cell["kind"],
            _short(cell["before"]),
            _short(cell["after"]),
            cell["unit"] or "",
            _days(cell),
        ]
        for cell in shown
    ]
    columns = ["table", "row", "name", "column", "before", "after", "unit", "days"]
    return head + grid(columns, rows, fold=("name", "after")) + more


def _name(cell: Row, names: Names) -> str:
    """What a changed row is about, by name; empty where it has none but its key."""
    name = named(names, cell["table"], [cell["key"]])[0]
    if name != cell["key"]:
        return name
    whole = (cell["after"] or cell["before"]) if cell["kind"] != "set" else {}
    if cell["table"] == "closures" and whole:
        return ", ".join(named(names, SCOPE_TABLES.get(whole["scope"], ""), whole["scope_ids"]))
    return str(whole.get("name", ""))


def _cell_sentence(cell: Row, names: Names) -> str:
    told = _name(cell, names)
    about = f" ({told})" if told else ""
    days = _days(cell)
    when = f", {days}" if days else ""
    if cell["kind"] != "set":
        whole = _short(cell["after"] or cell["before"])
        return f"In {cell['table']}, row {cell['key']}{about} is {cell['kind']}{when}: {whole}."
    unit = f" {cell['unit']}" if cell["unit"] else ""
    return (
        f"In {cell['table']}, {cell['column']} of {cell['key']}{about} goes from {_short(cell['before'])} "
        f"to {_short(cell['after'])}{unit}{when}."
    )


def _days(cell: Row) -> str:
    start, end = cell["from"], cell["until"]
    return " ".join(f"{word} {day}" for word, day in (("from", start), ("until", end)) if day)


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_short(each)}" for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def told_cell(cell: Row) -> dict[str, Any]:
    """A cell for JSON, days as text."""

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: plain(each) for name, each in value.items()}
        return value.isoformat() if hasattr(value, "isoformat") else value

    return {name: plain(value) for name, value in cell.items()}


def cells_csv(cells: Sequence[Row]) -> str:
    """A line a changed cell."""
    from ..schemas import schema

    text = io.StringIO()
    writer = csv.DictWriter(text, schema("changed_cells").names(), lineterminator="\n")
    writer.writeheader()
    for cell in cells:
        values = {name: "" if value is None else _short(value) for name, value in cell.items()}
        writer.writerow(values)
    return text.getvalue()
