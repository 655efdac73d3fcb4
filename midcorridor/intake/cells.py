"""What is wrong with cells of shipments or demand that by themselves are well formed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from ..codes import known_hs, known_un
from ..errors import InputError, did_you_mean
from ..shipment import FIRST_YEAR, LAST_YEAR
from ..tables import Doubt, Tables

Row = Mapping[str, Any]


def further(tables: Tables, most: int | None) -> Callable[[Row], Iterator[Doubt]]:
    """The checks of a row that its schema cannot say.

    tables : those of the network, for commodities and container types
    most : boxes in one row; None where there is no limit
    """

    def doubts(row: Row) -> Iterator[Doubt]:
        yield from _names(row, tables)
        yield from _codes(row, tables)
        yield from _places(row)
        yield from _quantity(row, most)
        yield from _days(row)

    return doubts


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


def _codes(row: Row, tables: Tables) -> Iterator[Doubt]:
    """Codes of goods that stand in no table; told as `make_shipment` tells them."""
    for column, known in (("hs_code", known_hs), ("un_number", known_un)):
        code = row.get(column)
        if code is not None:
            try:
                known(tables, code)
            except InputError as error:
                for fault in error.faults:
                    yield Doubt(column, fault.what, fault.accepted, fault.hint)


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
    # The end of a day is the first instant of the next, which may be another year.
    due = row.get("deadline_at") and row["deadline_at"] - timedelta(microseconds=1)
    years = {
        "ready_at": row.get("ready_at") and row["ready_at"].year,
        "deadline_at": due and due.year,
        "period": row.get("period") and int(row["period"][:4]),
    }
    for column, year in years.items():
        if year and not FIRST_YEAR <= year <= LAST_YEAR:
            yield Doubt(
                column, f"the tables say nothing about {year}", f"a date from {FIRST_YEAR} to {LAST_YEAR}"
            )
