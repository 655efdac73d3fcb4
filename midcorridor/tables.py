"""Reading and checking tables against their schemas."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .dirs import PACKAGE
from .errors import Fault, TableError, did_you_mean

if TYPE_CHECKING:
    import polars as pl

SCHEMA_DIR = PACKAGE / "schema"
# Forms of what users hand in and of what answers hold; they have no shipped rows.
FORM_DIRS = (SCHEMA_DIR / "inputs", SCHEMA_DIR / "results")
PROVENANCE = ("source", "year", "confidence", "basis", "note")
OVERLAY_SOURCE = "overlay"
MOST_FAULTS = 50
_FORMATS = {
    "MM-DD": re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
    "YYYY-MM": re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])"),
    "YYYY or YYYY-MM": re.compile(r"[12][0-9]{3}(-(0[1-9]|1[0-2]))?"),
}
# Python would also take 1_000, digits of other scripts and dates such as 20261201; a table is read by
# other programs too, so only the one spelling counts.
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
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
        if self.unit in _FORMATS:
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


class _Faults:
    """Faults of one table, gathered; the same fault in several rows is told once."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, ...], tuple[Fault, list[int]]] = {}

    def add(self, fault: Fault) -> None:
        same = (fault.code, fault.table, fault.column, fault.got, fault.where if fault.row is None else "")
        if same in self._rows:
            if fault.row is not None:
                self._rows[same][1].append(fault.row)
        else:
            self._rows[same] = (fault, [])

    def __bool__(self) -> bool:
        return bool(self._rows)

    def collected(self) -> list[Fault]:
        told = []
        for fault, others in self._rows.values():
            if others:
                many = "row" if len(others) == 1 else "rows"
                listed = ", ".join(map(str, others[:8])) + (" and more" if len(others) > 8 else "")
                fault = Fault(
                    fault.code,
                    fault.what,
                    fault.where,
                    fault.got,
                    fault.accepted,
                    f"{fault.hint} Same fault in {many} {listed}".strip(),
                    fault.table,
                    fault.row,
                    fault.column,
                    fault.key,
                )
            told.append(fault)
        return told


def _converter(column: Column) -> Callable[[str], Any]:
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
        from datetime import UTC, datetime

        try:
            value = datetime.fromisoformat(cell)
        except ValueError as reason:
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


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a further check finds wrong with a cell that by itself is well formed."""

    column: str
    what: str
    accepted: str = ""
    hint: str = ""


def parse(
    table: str,
    lines: Iterable[str],
    *,
    where: str = "",
    overlay: bool = False,
    further: Callable[[Mapping[str, Any]], Iterable[Doubt]] | None = None,
) -> list[dict[str, Any]]:
    """Rows of a CSV text, checked against the schema of the table; empty cells are None.

    overlay : provenance columns may be absent; the row then counts as the user's own.
    further : checks of a row that the schema cannot say; cells that are at fault are None there
    Raises TableError that gathers every fault (types, ranges, missing cells, repeated keys).
    """
    declared = schema(table)
    where = where or f"{table}.csv"
    faults = _Faults()
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, None)
    except csv.Error as error:
        raise TableError(Fault("malformed_csv", f"is not CSV ({error})", where, table=table)) from None
    if not header:
        raise TableError(
            Fault(
                "empty_file",
                "the file has no header line",
                where,
                accepted="a header with the columns " + ", ".join(declared.names()),
                table=table,
            )
        )
    header = [name.strip().lstrip("\ufeff") for name in header]
    names = declared.names()
    for name in header:
        if name not in names:
            faults.add(
                Fault(
                    "unknown_column",
                    f"there is no column {name!r}",
                    where,
                    got=name,
                    accepted=", ".join(names),
                    hint=did_you_mean(name, names),
                    table=table,
                    column=name,
                )
            )
        elif header.count(name) > 1:
            faults.add(
                Fault("repeated_column", f"column {name!r} stands twice", where, table=table, column=name)
            )
    optional_here = PROVENANCE if overlay else ()
    for column in declared.columns:
        if column.required and column.name not in header and column.name not in optional_here:
            faults.add(
                Fault(
                    "missing_column",
                    f"column {column.name!r} is missing",
                    where,
                    accepted=column.describe(),
                    table=table,
                    column=column.name,
                )
            )
    if faults:
        raise TableError(faults.collected())

    columns = [declared.column(name) for name in header]
    converters = [_converter(column) for column in columns]
    comparisons = [
        (column.name, column.allowed[3:], column)
        for column in columns
        if column.allowed.startswith(">= ") and not re.fullmatch(r">= -?[0-9.]+", column.allowed)
    ]
    key = declared.key
    seen: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    blank = dict.fromkeys(names)
    number = 1
    try:
        for cells in reader:
            number = reader.line_num
            if not cells:
                continue
            if len(cells) != len(header):
                faults.add(
                    Fault(
                        "wrong_cell_count",
                        f"has {len(cells)} cells where the header has {len(header)}",
                        f"{where} row {number}",
                        hint="a cell that holds a comma needs double quotes",
                        table=table,
                        row=number,
                    )
                )
                continue
            row: dict[str, Any] = dict(blank)
            row_key = cells[header.index(key)].strip() if key in header else ""

            def place(name: str, row_key: str = row_key, number: int = number) -> str:
                named = f" ({key} {row_key!r})" if row_key else ""
                return f"{where} row {number}{named}, column {name}"

            for column, convert, cell in zip(columns, converters, cells, strict=True):
                cell = cell.strip()
                if not cell:
                    if column.required and column.name not in optional_here:
                        faults.add(
                            Fault(
                                "missing_value",
                                "the cell is empty but must be filled",
                                place(column.name),
                                accepted=column.describe(),
                                table=table,
                                row=number,
                                column=column.name,
                                key=row_key,
                            )
                        )
                    continue
                try:
                    row[column.name] = convert(cell)
                except ValueError as reason:
                    faults.add(
                        Fault(
                            "bad_value",
                            f"{cell!r} {reason}",
                            place(column.name),
                            got=cell,
                            accepted=column.describe(),
                            table=table,
                            row=number,
                            column=column.name,
                            key=row_key,
                        )
                    )
            for name, other, column in comparisons:
                if row[name] is not None and row[other] is not None and row[name] < row[other]:
                    faults.add(
                        Fault(
                            "bad_order",
                            f"{row[name]} is less than {other}, which is {row[other]}",
                            place(name),
                            got=str(row[name]),
                            accepted=column.describe(),
                            table=table,
                            row=number,
                            column=name,
                            key=row_key,
                        )
                    )
            for doubt in further(row) if further else ():
                faults.add(
                    Fault(
                        "bad_value",
                        doubt.what,
                        place(doubt.column),
                        got=str(row[doubt.column]),
                        accepted=doubt.accepted or declared.column(doubt.column).describe(),
                        hint=doubt.hint,
                        table=table,
                        row=number,
                        column=doubt.column,
                        key=row_key,
                    )
                )
            if row_key:
                if row_key in seen:
                    faults.add(
                        Fault(
                            "repeated_key",
                            f"{row_key!r} stands in row {seen[row_key]} too",
                            place(key),
                            got=row_key,
                            accepted="every key once",
                            table=table,
                            row=number,
                            column=key,
                            key=row_key,
                        )
                    )
                seen.setdefault(row_key, number)
            if overlay and "source" in names and not row.get("source"):
                row["source"], row["confidence"] = [OVERLAY_SOURCE], row.get("confidence") or "low"
                row["basis"] = row.get("basis") or "estimate"
            rows.append(row)
    except csv.Error as error:
        faults.add(
            Fault("malformed_csv", f"is not CSV ({error})", f"{where} row {reader.line_num}", table=table)
        )
    if faults:
        raise TableError(faults.collected()[:MOST_FAULTS])
    return rows


def parse_file(
    table: str,
    path: Path,
    *,
    overlay: bool = False,
    further: Callable[[Mapping[str, Any]], Iterable[Doubt]] | None = None,
) -> list[dict[str, Any]]:
    """Rows of a CSV file; see `parse`. Raises TableError also when the file cannot be read."""
    where = path.name
    try:
        # Decoded whole, so that the number of a byte that is no UTF-8 is the one in the file.
        text = path.read_bytes().decode("utf-8-sig")
        return parse(table, io.StringIO(text, newline=""), where=where, overlay=overlay, further=further)
    except FileNotFoundError:
        raise TableError(
            Fault("missing_file", f"there is no file {str(path)!r}", where, table=table)
        ) from None
    except UnicodeDecodeError as error:
        raise TableError(
            Fault(
                "not_utf8",
                f"byte {error.start} is not UTF-8 text",
                where,
                hint="save the file as UTF-8",
                table=table,
            )
        ) from None
    except OSError as error:
        raise TableError(
            Fault("unreadable_file", f"cannot be read ({error.strerror})", where, table=table)
        ) from None


def polars_schema(table: str) -> dict[str, Any]:
    """The Polars types of a table's columns."""
    import polars as pl

    kinds: dict[str, Any] = {
        "str": pl.String,
        "int": pl.Int64,
        "float": pl.Float64,
        "bool": pl.Boolean,
        "date": pl.Date,
        "datetime": pl.Datetime("us", "UTC"),
        "list": pl.List(pl.String),
    }
    return {column.name: kinds[column.dtype] for column in schema(table).columns}


def to_frame(table: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Checked rows as a Polars frame with the declared types."""
    import polars as pl

    types = polars_schema(table)
    return pl.DataFrame({name: [row[name] for row in rows] for name in types}, schema=types)


@dataclass(frozen=True, eq=False)
class Tables:
    """All tables of one network: rows as checked, frames on demand. Never changed in place."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    overlays: tuple[str, ...] = ()
    _index: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict, repr=False)
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    def __getitem__(self, table: str) -> Sequence[Mapping[str, Any]]:
        schema(table)
        return self.rows.get(table, ())

    def frame(self, table: str) -> pl.DataFrame:
        """A table as a Polars frame, made once."""
        if table not in self._frames:
            self._frames[table] = to_frame(table, self[table])
        return self._frames[table]

    def by_key(self, table: str) -> dict[str, Mapping[str, Any]]:
        """Rows of a table by its key."""
        if table not in self._index:
            key = schema(table).key
            self._index[table] = {row[key]: row for row in self[table]}
        return self._index[table]

    def replace(self, **changed: Sequence[Mapping[str, Any]]) -> Tables:
        """New tables in which some are replaced; keys between tables are checked again."""
        fresh = Tables({**self.rows, **changed}, self.overlays)
        check_keys(fresh)
        return fresh


def check_keys(tables: Tables) -> None:
    """Raise TableError for every value that should name a row of another table and does not."""
    faults = _Faults()
    accepted: dict[str, set[Any]] = {}
    for table, rows in tables.rows.items():
        declared = schema(table)
        for column in declared.columns:
            match = re.fullmatch(r"([a-z_]+)\.([a-z_]+)", column.allowed)
            if not match:
                continue
            target = column.allowed
            if target not in accepted:
                accepted[target] = {row[match[2]] for row in tables.rows.get(match[1], ())}
            known = accepted[target]
            for number, row in enumerate(rows, 2):
                value = row[column.name]
                if value is None:
                    continue
                for word in value if isinstance(value, list) else (value,):
                    if word in known or (word == OVERLAY_SOURCE and column.name == "source"):
                        continue
                    key = str(row.get(declared.key, "")) if declared.key else ""
                    named = f" ({declared.key} {key!r})" if key else ""
                    faults.add(
                        Fault(
                            "unknown_key",
                            f"{word!r} is not in {match[1]}.csv",
                            f"{table}.csv row {number}{named}, column {column.name}",
                            got=str(word),
                            accepted=column.describe(),
                            hint=did_you_mean(str(word), map(str, known)),
                            table=table,
                            row=number,
                            column=column.name,
                            key=key,
                        )
                    )
    if faults:
        raise TableError(faults.collected()[:MOST_FAULTS])
