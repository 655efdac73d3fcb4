"""Files that users hand in, read and checked: shipments and demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import Fault, TableError, did_you_mean
from ..shipment import FIRST_YEAR, LAST_YEAR, MOST_BOXES
from ..tables import Doubt, Tables, parse_file

__all__ = ["read_demand", "read_shipments"]

Row = Mapping[str, Any]


def read_shipments(path: Path, tables: Tables) -> list[dict[str, Any]]:
    """Checked rows of a shipments file; `schema/inputs/shipments.csv` declares the columns.

    tables : those of the network, for commodities and container types
    Places stay text: whoever plans resolves them. Raises TableError that gathers every fault.
    """
    return _read("shipments", path, tables)


def read_demand(path: Path, tables: Tables) -> list[dict[str, Any]]:
    """Checked rows of a demand file; `schema/inputs/demand.csv` declares the columns.

    Raises TableError that gathers every fault.
    """
    return _read("demand", path, tables)


def _read(form: str, path: Path, tables: Tables) -> list[dict[str, Any]]:
    def further(row: Row) -> Iterator[Doubt]:
        yield from _names(row, tables)
        yield from _places(row)
        yield from _quantity(row, MOST_BOXES if form == "shipments" else None)
        yield from _days(row)

    rows = parse_file(form, path, further=further)
    if not rows:
        raise TableError(
            Fault(
                "empty_file",
                "the file has a header and no rows",
                path.name,
                accepted=f"a row for each {form.removesuffix('s')}",
                table=form,
            )
        )
    return rows


def _names(row: Row, tables: Tables) -> Iterator[Doubt]:
    for column, table in (("commodity", "commodities"), ("container_type", "containers")):
        name, known = row[column], tables.by_key(table)
        if name is not None and name not in known:
            yield Doubt(
                column,
                f"there is no {column.replace('_', ' ')} {name!r}",
                ", ".join(known),
                did_you_mean(name, known),
            )


def _places(row: Row) -> Iterator[Doubt]:
    if row["origin"] is not None and row["origin"] == row["destination"]:
        yield Doubt(
            "destination", f"{row['destination']!r} is the origin too", "another place than the origin"
        )


def _quantity(row: Row, most: int | None) -> Iterator[Doubt]:
    quantity = row["quantity"]
    if quantity is None or row["unit"] != "box":
        return
    if quantity != int(quantity):
        yield Doubt("quantity", f"{quantity:g} boxes are no whole number", "whole boxes, or unit TEU or t")
    elif most is not None and quantity > most:
        yield Doubt("quantity", f"{quantity:,.0f} boxes are no shipment", f"at most {most:,} boxes in a row")


def _days(row: Row) -> Iterator[Doubt]:
    years = {
        "ready_at": row.get("ready_at") and row["ready_at"].year,
        "deadline_at": row.get("deadline_at") and row["deadline_at"].year,
        "period": row.get("period") and int(row["period"][:4]),
    }
    for column, year in years.items():
        if year and not FIRST_YEAR <= year <= LAST_YEAR:
            yield Doubt(
                column, f"the tables say nothing about {year}", f"a date from {FIRST_YEAR} to {LAST_YEAR}"
            )
