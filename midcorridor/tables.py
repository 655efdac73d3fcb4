"""Reading and checking tables against their schemas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import Fault, TableError, did_you_mean
from .rows import OVERLAY_SOURCE, PROVENANCE, Doubt, Faults, Further, RowChecker
from .schemas import schema

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "OVERLAY_SOURCE", "PROVENANCE", "Doubt", "Tables", "check_keys", "parse", "parse_file",
    "polars_schema", "to_frame",
]  # fmt: skip
MOST_FAULTS = 50


def parse(
    table: str,
    lines: Iterable[str],
    *,
    where: str = "",
    overlay: bool = False,
    further: Further | None = None,
) -> list[dict[str, Any]]:
    """Rows of a CSV text, checked against the schema of the table; empty cells are None.

    overlay : provenance columns may be absent; the row then counts as the user's own.
    further : checks of a row that the schema cannot say; cells that are at fault are None there
    Raises TableError that gathers every fault (types, ranges, missing cells, repeated keys).
    """
    where = where or f"{table}.csv"
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, None)
    except csv.Error as error:
        raise TableError(Fault("malformed_csv", f"is not CSV ({error})", where, table=table)) from None
    checker = RowChecker(table, header, where, overlay=overlay, further=further)
    faults = Faults()
    seen: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    try:
        for cells in reader:
            number = reader.line_num
            if not cells:
                continue
            row, found = checker.check(number, cells)
            for fault in found:
                faults.add(fault)
            if row is None:
                continue
            key = checker.key_of(cells)
            if key and seen.setdefault(key, number) != number:
                faults.add(checker.repeated(number, key, seen[key]))
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
    further: Further | None = None,
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
    _groups: dict[tuple[str, str], dict[Any, list[Mapping[str, Any]]]] = field(
        default_factory=dict, repr=False
    )
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

    def having(self, table: str, column: str, value: Any) -> Sequence[Mapping[str, Any]]:
        """Rows of a table that have a value in a column."""
        if (table, column) not in self._groups:
            groups: dict[Any, list[Mapping[str, Any]]] = {}
            for row in self[table]:
                groups.setdefault(row[column], []).append(row)
            self._groups[table, column] = groups
        return self._groups[table, column].get(value, ())

    def replace(self, **changed: Sequence[Mapping[str, Any]]) -> Tables:
        """New tables in which some are replaced; keys from and to these are checked again."""
        fresh = Tables({**self.rows, **changed}, self.overlays)
        # What was found of the rows that stay holds for them still.
        fresh._index.update((name, found) for name, found in self._index.items() if name not in changed)
        fresh._groups.update((name, found) for name, found in self._groups.items() if name[0] not in changed)
        fresh._frames.update((name, found) for name, found in self._frames.items() if name not in changed)
        check_keys(fresh, changed)
        return fresh


def check_keys(tables: Tables, changed: Collection[str] | None = None) -> None:
    """Raise TableError for every value that should name a row of another table and does not.

    changed : the only tables that differ from tables whose keys are known to be good; None: all do
    """
    faults = Faults()
    accepted: dict[str, set[Any]] = {}
    for table, rows in tables.rows.items():
        declared = schema(table)
        for column in declared.columns:
            match = re.fullmatch(r"([a-z_]+)\.([a-z_]+)", column.allowed)
            if not match or (changed is not None and not {table, match[1]} & set(changed)):
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
