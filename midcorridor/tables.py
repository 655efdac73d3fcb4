"""Reading and checking tables against their schemas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import Fault, TableError, did_you_mean
from .schemas import converter, schema

if TYPE_CHECKING:
    import polars as pl

PROVENANCE = ("source", "year", "confidence", "basis", "note")
OVERLAY_SOURCE = "overlay"
MOST_FAULTS = 50


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
    converters = [converter(column) for column in columns]
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
