"""Prices of one year in the money of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import Fault, InputError
from ..schemas import schema
from ..tables import Tables

Row = Mapping[str, Any]
# The cells that are money, and the year that they are of; shares and ratios are none.
_MONEY: dict[str, tuple[tuple[str, ...], str]] = {
    "unit_costs": (("value",), "price_year"),
    "handling": (("usd_per_feu",), "price_year"),
    "border_procedures": (("usd_per_feu",), "year"),
    "free_time": (
        (
            *("usd_per_feu_day", "usd_per_feu_day_2", "usd_per_feu_day_3", "usd_per_feu_day_4"),
            "once_usd_per_feu",
        ),
        "price_year",
    ),
}


def factor_of(tables: Tables, year: int, to_year: int) -> float:
    """What a price of a year is multiplied by in the money of another: the ratio of the price index.

    Raises KeyError for a year without an index.
    """
    index = {row["year"]: float(row["value"]) for row in tables["price_index"]}
    return index[to_year] / index[year]


def row_factor(tables: Tables, table: str, row: Row, to_year: int) -> float:
    """The same for a row of a table; 1 for what is no money."""
    if table not in _MONEY or not _is_money(row):
        return 1.0
    return factor_of(tables, row[_MONEY[table][1]], to_year)


def in_money_of(tables: Tables, year: int) -> Tables:
    """The tables with every price that plans use in the money of a year.

    Raises InputError for a year, or a price of a year, that has no index.
    """
    index = {row["year"]: float(row["value"]) for row in tables["price_index"]}
    if year not in index:
        known = f"a year from {min(index)} to {max(index)}" if index else "tables with a price_index.csv"
        raise InputError(
            Fault(
                "no_price_index",
                f"no price index is known for {year}",
                "--price-year",
                str(year),
                known,
                "later years are not foreseen",
            )
        )
    changed: dict[str, Sequence[Row]] = {}
    faults: list[Fault] = []
    for table, (cells, of) in _MONEY.items():
        rows: list[Row] = []
        for row in tables[table]:
            if not _is_money(row) or not row.get("in_model", True):
                rows.append(row)
            elif row[of] not in index:
                key = schema(table).key
                what = f"{key} {row[key]!r} is of {row[of]}, which has no price index"
                accepted = f"a row for {row[of]} in price_index.csv"
                faults.append(Fault("no_price_index", what, f"{table}.csv", accepted=accepted))
            else:
                factor = index[year] / index[row[of]]
                money = {cell: row[cell] * factor for cell in cells if row[cell] is not None}
                rows.append({**row, **money})
        changed[table] = rows
    if faults:
        raise InputError(faults)
    return tables.replace(**changed)


def _is_money(row: Row) -> bool:
    return str(row.get("unit", "USD")).startswith("USD")
