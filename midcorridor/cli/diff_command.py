"""The command diff: what a scenario changes, in the tables and for a shipment."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..words import CORRIDOR_WORDS, figures
from .asking import Asked, asks
from .common import COORDINATES, DataOption, OutOption, as_json, give, load_network

if TYPE_CHECKING:
    from ..difference import Difference

Row = Mapping[str, Any]


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
            give(as_json({"scenario": made.name, "cells": [_told(cell) for cell in cells]}), output)
        elif form is DiffFormat.csv:
            give(_cells_csv(cells), output)
        else:
            give(cells_text(made.name, cells, as_table=form is DiffFormat.table), output)
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
        give(difference_text(found, as_table=form is DiffFormat.table), output)


# The tables.


def cells_text(name: str, cells: Sequence[Row], *, as_table: bool) -> str:
    """The changed cells in a table, or a sentence each."""
    from .show import grid

    if not cells:
        return f"{name} changes no cell\n"
    head = f"{name}: {len(cells)} {'change' if len(cells) == 1 else 'changes'}\n"
    if not as_table:
        return head + "".join(f"{_cell_sentence(cell)}\n" for cell in cells)
    rows = [
        [
            cell["table"],
            cell["key"],
            cell["column"] or cell["kind"],
            _short(cell["before"]),
            _short(cell["after"]),
            cell["unit"] or "",
            _days(cell),
        ]
        for cell in cells
    ]
    return head + grid(["table", "row", "column", "before", "after", "unit", "days"], rows, fold=("after",))


def _cell_sentence(cell: Row) -> str:
    days = _days(cell)
    when = f", {days}" if days else ""
    if cell["kind"] != "set":
        whole = _short(cell["after"] or cell["before"])
        return f"In {cell['table']}, row {cell['key']} is {cell['kind']}{when}: {whole}."
    unit = f" {cell['unit']}" if cell["unit"] else ""
    return (
        f"In {cell['table']}, {cell['column']} of {cell['key']} goes from {_short(cell['before'])} "
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


def _told(cell: Row) -> dict[str, Any]:
    """A cell for JSON, days as text."""

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: plain(each) for name, each in value.items()}
        return value.isoformat() if hasattr(value, "isoformat") else value

    return {name: plain(value) for name, value in cell.items()}


def _cells_csv(cells: Sequence[Row]) -> str:
    from ..schemas import schema

    text = io.StringIO()
    writer = csv.DictWriter(text, schema("changed_cells").names(), lineterminator="\n")
    writer.writeheader()
    for cell in cells:
        values = {name: "" if value is None else _short(value) for name, value in cell.items()}
        writer.writerow(values)
    return text.getvalue()


# A shipment.


def difference_text(found: Difference, *, as_table: bool) -> str:
    """The corridors in a table with their reasons below, or in whole sentences."""
    from .show import grid

    asked, run = found.before.question, found.after.run
    head = (
        f"{asked['origin']['name']} to {asked['destination']['name']}: {asked['boxes']} x "
        f"{asked['container_type']}, ready {asked['ready_at'][:10]}; {run.scenario} against "
        f"{found.before.run.scenario}\n"
    )
    if not found.corridors:
        return head + "No route before and none after.\n"
    if not as_table:
        return head + "".join(f"{sentence}\n" for row in found.corridors for sentence in _sentences(row))
    rows = [
        [
            CORRIDOR_WORDS[row["corridor"]],
            row["change"],
            _pair(row, "mean_d", lambda days: f"{days:.1f}"),
            _pair(row, "cost_usd", figures),
            _pair(row, "kg_co2e", lambda kg: figures(kg / 1000)),
            ", ".join(row["via_after"] or row["via_before"]),
        ]
        for row in found.corridors
    ]
    text = head + grid(["corridor", "", "days", "USD", "t CO2e", "via"], rows, fold=("via",))
    for row in found.corridors:
        if row["change"] != "same":
            text += f"\n{CORRIDOR_WORDS[row['corridor']]}, {row['change']}\n"
            text += "".join(f"  {line}\n" for line in (*_because(row), *_moved(row)))
    return text


def _pair(row: Row, measure: str, shown: Any) -> str:
    before, after = row[f"{measure}_before"], row[f"{measure}_after"]
    if before is None or after is None:
        return f"{'-' if before is None else shown(before)} > {'-' if after is None else shown(after)}"
    if not row[f"{measure}_extra"]:
        return str(shown(before))
    return f"{shown(before)} > {shown(after)}"


def _because(row: Row) -> Iterator[str]:
    for reason in row["because"]:
        yield f"because {reason}"
    if not row["because"]:
        yield "no changed row touches it: other routes around it changed"


def _moved(row: Row) -> Iterator[str]:
    for what in ("terminals", "links", "services"):
        for word, side in (("no more", "gone"), ("now", "new")):
            if row[f"{what}_{side}"] and row["change"] == "changed":
                yield f"{what} {word}: {', '.join(row[f'{what}_{side}'])}"
    for part in row["parts"] if row["change"] == "changed" else ():
        if part["mean_h_before"] is not None and part["mean_h_after"] is not None:
            ends = dict.fromkeys((part["from_id"], part["to_id"]))
            yield (
                f"{part['kind']} {' - '.join(ends)}: {part['mean_h_before']:.1f} > "
                f"{part['mean_h_after']:.1f} h, {figures(part['cost_usd_before'])} > "
                f"{figures(part['cost_usd_after'])} USD"
            )


def _sentences(row: Row) -> Iterator[str]:
    name = CORRIDOR_WORDS[row["corridor"]]
    if row["change"] == "same":
        yield f"The {name} corridor stays as it is: {row['mean_d_before']:.1f} days."
        return
    if row["change"] in ("lost", "gained"):
        when = "before" if row["change"] == "lost" else "after"
        verb = "is lost; it took" if row["change"] == "lost" else "is gained; it takes"
        yield (
            f"The {name} corridor {verb} {row[f'mean_d_{when}']:.1f} days and "
            f"{figures(row[f'cost_usd_{when}'])} dollars."
        )
    else:
        told = (
            ("mean_d", "days", "slower", "faster"),
            ("cost_usd", "dollars", "dearer", "cheaper"),
            ("kg_co2e", "kilograms of CO2 equivalent", "more", "less"),
        )
        parts = []
        for measure, unit, more, less in told:
            extra = row[f"{measure}_extra"]
            if extra:
                amount = f"{abs(extra):.1f}" if measure == "mean_d" else figures(abs(extra))
                parts.append(f"{amount} {unit} {more if extra > 0 else less}")
        yield f"The {name} corridor changes: {', '.join(parts) or 'another way at the same figures'}."
        gone, new = row["terminals_gone"], row["terminals_new"]
        if gone or new:
            left, met = ", ".join(gone) or "no terminal", ", ".join(new) or "no new one"
            yield f"It leaves out {left} and passes {met}."
    if row["because"]:
        yield f"The reason: {'; '.join(row['because'])}."
