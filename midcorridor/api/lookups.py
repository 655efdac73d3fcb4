"""Look-ups as a worker answers them: tables, sources, and the network and the land for maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import facts
from ..errors import Fault, InputError, did_you_mean
from ..schemas import schema
from .desk import Content, Desk
from .shapes import land, links, services, terminals
from .verbs import Given, Told


def tables(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """Every table with what it holds."""
    listed = facts.tables_listed(desk.under(scenario).tables)
    return Told({"json": lambda: {"items": listed}})


def declared(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """What each column of a table or form means."""
    columns = facts.declared(given["table"])
    return Told({"json": lambda: {"table": given["table"], "columns": columns}})


def rows(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """Rows of a table: those whose cells equal what is asked for, sorted, a page of them."""
    table = given["table"]
    found: Sequence[dict[str, Any]] = facts.rows_of(desk.under(scenario).tables, table)
    for name, wanted in given["where"].items():
        _check_column(table, name, name)
        found = [row for row in found if any(_equal(row[name], text) for text in wanted)]
    if given["sort"]:
        name = given["sort"].removeprefix("-")
        _check_column(table, name, "sort")
        down = given["sort"].startswith("-")
        # What is not known comes last, whichever way it goes.
        known = [row for row in found if row[name] is not None]
        known.sort(key=lambda row: row[name], reverse=down)
        found = [*known, *(row for row in found if row[name] is None)]
    start, most = given["start"], given["limit"]
    page = found[start : start + most]
    more = start + most < len(found)
    return Told(
        {
            "json": lambda: {
                "table": table,
                "total": len(found),
                "items": page,
                "next_cursor": str(start + most) if more else None,
            }
        }
    )


def row(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """One row: every cell with unit, meaning and where it comes from."""
    found = facts.row_of(desk.under(scenario).tables, given["table"], given["key"])
    return Told({"json": lambda: found})


def source(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """A source, and how often the tables name it."""
    held = desk.network.tables
    found = facts.row_of(held, "sources", given["source_id"])
    cells = {cell["column"]: cell["value"] for cell in found["parts"][0]["cells"]}
    uses = {
        table: count
        for table, every in held.rows.items()
        if (count := sum(given["source_id"] in (each.get("source") or ()) for each in every))
    }
    return Told({"json": lambda: {**cells, "used_in": uses}})


def network_map(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """Terminals, links or services in a box as GeoJSON, as finely as a zoom shows."""
    from ..shipment import parse_day

    make = {"terminals": terminals, "links": links, "services": services}[given["what"]]
    day = parse_day(given["day"], "on").date()
    shown = make(desk.under(scenario).on(day), given["bbox"], given["zoom"])
    return Told(dict.fromkeys(("geojson", "json"), lambda: shown))


def basemap(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """Outlines of countries as GeoJSON, as finely as a zoom shows."""
    return Told(dict.fromkeys(("geojson", "json"), lambda: land(given["zoom"])))


def _check_column(table: str, name: str, where: str) -> None:
    known = schema(table).names()
    if name not in known:
        raise InputError(
            Fault(
                "unknown_column",
                f"{table} has no column {name!r}",
                where,
                name,
                ", ".join(known),
                did_you_mean(name, known),
                column=name,
            )
        )


def _equal(value: Any, text: str) -> bool:
    """Whether a cell is what a text says; of a list any word; an empty text means not known."""
    if value is None:
        return text == ""
    if isinstance(value, bool):
        return text == ("true" if value else "false")
    if isinstance(value, (int, float)):
        try:
            return float(text) == value
        except ValueError:
            return False
    return text in value if isinstance(value, list) else text == str(value)
