"""The electricity of each country that a footprint counts with: of a year, of a table, or without carbon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import Fault, InputError
from ..tables import Tables, parse_file

Row = Mapping[str, Any]
ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Power:
    """The electricity of one country."""

    country: str
    g_per_kwh: float
    rows: tuple[tuple[str, str], ...]  # (table, key) of what it rests on
    instead_of: str = ""  # what was asked for and is not there


@dataclass(eq=False)
class Grid:
    """Intensities by country; each is looked for once.

    name : what was asked for: a year, zero, or the name of a file
    """

    tables: Tables
    name: str
    year: int
    own: Mapping[str, Row] = field(default_factory=dict)
    zero: bool = False
    _found: dict[str, Power] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """What was asked for, in words."""
        if self.zero:
            return "without carbon"
        return f"of {self.name}" if self.own else f"newest figures up to {self.year}"

    def of(self, country: str) -> Power:
        """The electricity of a country; where there is no figure, what was taken in its place."""
        if country not in self._found:
            self._found[country] = self._look(country)
        return self._found[country]

    def _look(self, country: str) -> Power:
        if self.zero:
            return Power(country, 0.0, ())
        if country in self.own:
            return Power(country, self.own[country]["g_co2e_per_kwh"], ())
        missing = f"{self.name} has no row for {country}: " if self.own else ""
        rows = sorted(self.tables.having("grid", "country", country), key=lambda row: int(row["year"]))
        foreseen = [
            figure
            for figure in self.tables["figures"]
            if figure["table"] == "grid"
            and figure["column"] == "g_co2e_per_kwh"
            and figure["year"] == self.year
            and any(figure["key"] == row["grid_id"] for row in rows)
        ]
        exact = [row for row in rows if row["year"] == self.year]
        if exact:
            key = ("grid", exact[-1]["grid_id"])
            return Power(country, exact[-1]["g_co2e_per_kwh"], (key,), missing and missing + key[1])
        if foreseen:
            figure = foreseen[0]
            told = missing and missing + str(figure["figure_id"])
            return Power(country, float(figure["value"]), (("figures", figure["figure_id"]),), told)
        if rows:
            before = [row for row in rows if row["year"] <= self.year]
            row = before[-1] if before else rows[0]
            told = f"{missing}electricity of {country} in {self.year}: that of {row['year']}"
            return Power(country, row["g_co2e_per_kwh"], (("grid", row["grid_id"]),), told)
        known = [row["g_co2e_per_kwh"] for row in self.tables["grid"]]
        if not known:
            raise InputError(
                Fault(
                    "missing_figure", f"no grid intensity for {country}", "grid.csv", accepted="a row of it"
                )
            )
        # The greatest of all, so that a gap never flatters.
        told = f"{missing}electricity of {country}: no figure, the greatest of any country"
        return Power(country, max(known), (), told)


def grid_of(tables: Tables, asked: str | Path | None, year: int) -> Grid:
    """The grid that is asked for: None takes the year of the shipment.

    asked : a year, zero, or a CSV file with the columns of the table grid
    Raises InputError for a year outside the data, TableError for a faulty file.
    """
    if asked is None:
        return Grid(tables, str(year), year)
    text = str(asked).strip()
    if text.lower() == ZERO:
        return Grid(tables, ZERO, year, zero=True)
    if text.isdigit():
        years = [int(row["year"]) for row in tables["grid"]]
        years += [int(row["year"]) for row in tables["figures"] if row["table"] == "grid"]
        first, last = min(row["year"] for row in tables["grid"]), max(years)
        if not first <= int(text) <= last:
            raise InputError(
                Fault(
                    "year_outside_data",
                    f"the tables know no electricity of {text}",
                    "--grid",
                    text,
                    f"a year from {first} to {last}, zero, or a CSV file with the columns of the table grid",
                )
            )
        return Grid(tables, text, int(text))
    path = Path(text)
    if not path.is_file():
        raise InputError(
            Fault(
                "missing_file",
                f"{text!r} is neither a year nor a file",
                "--grid",
                text,
                "a year such as 2024 or 2030, zero, or a CSV file with the columns of the table grid",
            )
        )
    rows = parse_file("grid", path, overlay=True)
    own = {row["country"]: row for row in sorted(rows, key=lambda row: row.get("year") or 0)}
    return Grid(tables, path.name, year, own)
