"""The declared columns of tables and forms: read from `schema/`, and how a cell becomes a value."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from .dirs import PACKAGE
from .errors import Fault, TableError, did_you_mean

SCHEMA_DIR = PACKAGE / "schema"
# Forms of what users hand in and of what answers hold; they have no shipped rows.
FORM_DIRS = (SCHEMA_DIR / "inputs", SCHEMA_DIR / "results")
_FORMATS = {
    "HH:MM": re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]"),
    "MM-DD": re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
    "YYYY-MM": re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])"),
    "YYYY or YYYY-MM": re.compile(r"[12][0-9]{3}(-(0[1-9]|1[0-2]))?"),
}
# Python would also take 1_000, digits of other scripts and dates such as 20261201; a table is read by
# other programs too, so only the one spelling counts.
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
# Unit of an instant that is a last one: a date alone means the end of that day.
_END_OF_DAY = "end of day"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column."""

    name: str
    dtype: str  # str, int, float, bool, date, datetime or list (of words separated by ;)
    unit: str
    required: bool
    allowed: str
    meaning: str

    def describe(self) -> str:
        """What a cell may hold, in words."""
        kind = {
            "str": "text",
            "int": "a whole number",
            "float": "a number",
            "bool": "true or false",
            "date": "a date written 2026-12-01",
            "datetime": "an instant in UTC written 2026-12-01T08:00Z",
            "list": "words separated by ;",
        }[self.dtype]
        if self.unit == _END_OF_DAY:
            kind += ", or a date, which means the end of that day"
        elif self.unit in _FORMATS:
            kind = f"text written {self.unit}"
        elif self.unit and self.dtype in ("int", "float"):
            kind += f" in {self.unit}" if self.unit != "1" else " without unit"
        allowed = self.allowed
        if allowed.startswith("{"):
            each = "each one of " if self.dtype == "list" else "one of "
            kind = each + ", ".join(allowed.strip("{}").split())
        elif ".." in allowed:
            low, high = allowed.split("..")
            kind += f" from {low} to {high}"
        elif allowed[:1] == ">":
            sign, bound = allowed.split()
            kind += f" {'above' if sign == '>' else 'of at least'} {bound}"
        elif "." in allowed:
            table, column = allowed.split(".")
            kind = f"the values of {column} in {table}.csv"
        return kind


@dataclass(frozen=True, slots=True)
class Schema:
    """The declaration of one table."""

    table: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        """The column that names a row; empty where rows have no name of their own."""
        return next((column.name for column in self.columns if column.allowed == "unique"), "")

    def column(self, name: str) -> Column:
        """The declaration of a column. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)


@cache
def table_names() -> tuple[str, ...]:
    """Every table that has a schema, in alphabetical order."""
    return tuple(sorted(path.stem for path in SCHEMA_DIR.glob("*.csv")))


@cache
def form_names() -> tuple[str, ...]:
    """Every form that has a schema but no shipped rows: what users hand in, what answers hold."""
    return tuple(sorted(path.stem for folder in FORM_DIRS for path in folder.glob("*.csv")))


@cache
def schema(table: str) -> Schema:
    """The schema of a table or form. Raises TableError when there is none."""
    known = (*table_names(), *form_names())
    if table not in known:
        raise TableError(
            Fault(
                "unknown_table",
                f"there is no table {table!r}",
                got=table,
                accepted=", ".join(known),
                hint=did_you_mean(table, known),
            )
        )
    path = next(found for folder in (SCHEMA_DIR, *FORM_DIRS) if (found := folder / f"{table}.csv").is_file())
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Schema(
        table,
        tuple(
            Column(
                row["column"],
                row["dtype"],
                row["unit"],
                row["required"] == "yes",
                row["allowed"],
                row["meaning"],
            )
            for row in rows
        ),
    )


def is_whole_day(text: str) -> bool:
    """Whether the text of an instant is a date alone.

    >>> is_whole_day("2027-01-05"), is_whole_day("2027-01-05T08")
    (True, False)
    """
    return len(text.strip()) <= len("2027-01-05")


def converter(column: Column) -> Callable[[str], Any]:
    """A function from a non-empty cell to its value; raises ValueError with the reason."""

    def text(cell: str) -> str:
        pattern = _FORMATS.get(column.unit)
        if pattern and not pattern.fullmatch(cell):
            raise ValueError("is not of the form " + column.unit)
        return cell

    def whole(cell: str) -> int:
        if not _WHOLE.fullmatch(cell):
            raise ValueError("is not a whole number")
        return int(cell)

    def number(cell: str) -> float:
        if not _NUMBER.fullmatch(cell):
            raise ValueError("is not a finite number")
        value = float(cell)
        if not math.isfinite(value):
            raise ValueError("is not a finite number")
        return value

    def flag(cell: str) -> bool:
        if cell not in ("true", "false"):
            raise ValueError("is neither true nor false")
        return cell == "true"

    def day(cell: str) -> date:
        try:
            if _DATE.fullmatch(cell):
                return date.fromisoformat(cell)
        except ValueError as reason:
            raise ValueError(f"is not a date ({reason})") from None
        raise ValueError("is not a date")

    def instant(cell: str) -> Any:
        from datetime import UTC, datetime, timedelta

        try:
            value = datetime.fromisoformat(cell)
            if column.unit == _END_OF_DAY and is_whole_day(cell):
                value += timedelta(days=1)
        except (ValueError, OverflowError) as reason:
            raise ValueError(f"is not an instant ({reason})") from None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def words(cell: str) -> list[str]:
        parts = [part.strip() for part in cell.split(";")]
        if "" in parts:
            raise ValueError("has an empty word between separators")
        if len(set(parts)) < len(parts):
            raise ValueError("names the same thing twice")
        return parts

    convert: Callable[[str], Any] = {
        "str": text,
        "int": whole,
        "float": number,
        "bool": flag,
        "date": day,
        "datetime": instant,
        "list": words,
    }[column.dtype]
    allowed = column.allowed
    if allowed.startswith("{"):
        words_allowed = frozenset(allowed.strip("{}").split())

        def one_of(cell: str) -> Any:
            value = convert(cell)
            for word in value if isinstance(value, list) else (str(value),):
                if word not in words_allowed:
                    hint = did_you_mean(word, words_allowed)
                    raise ValueError(f"has {word!r}, which is not accepted" + (f". {hint}" if hint else ""))
            return value

        return one_of
    if ".." in allowed:
        low, high = (float(bound) for bound in allowed.split(".."))

        def between(cell: str) -> Any:
            value = convert(cell)
            if not low <= value <= high:
                raise ValueError("is out of range")
            return value

        return between
    bound = re.fullmatch(r"(>=?) (-?[0-9.]+)", allowed)
    if bound:
        strict, limit = bound[1] == ">", float(bound[2])

        def above(cell: str) -> Any:
            value = convert(cell)
            if value < limit or (strict and value == limit):
                raise ValueError("is out of range")
            return value

        return above
    return convert
