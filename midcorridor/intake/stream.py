"""Shipments one by one, from a file of any length or from rows at hand, each with its own faults."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Fault, InputError, TableError
from ..rows import RowChecker
from ..schemas import schema
from ..shipment import MOST_BOXES
from ..tables import Tables
from .cells import further

if TYPE_CHECKING:
    import polars as pl

_FORM = "shipments"
_BATCH = 1024
Numbered = Generator[tuple[int, Sequence[str]], None, None]


@dataclass(frozen=True, slots=True)
class Given:
    """One row of shipments as it was handed in: checked, or with what is wrong with it."""

    number: int  # line of a CSV file, the header being 1; elsewhere the place in the order, from 1
    shipment_id: str
    row: Mapping[str, Any] | None  # None where there are faults
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, eq=False)
class Stream:
    """Rows of shipments in their order, none kept. Iterate once.

    total : how many there are; None where that is known only at the end
    """

    total: int | None
    rows: Iterator[Given]

    def __iter__(self) -> Iterator[Given]:
        return self.rows


def stream_shipments(
    source: Path | str | pl.DataFrame | Iterable[Mapping[str, Any]], tables: Tables
) -> Stream:
    """The shipments of a CSV or Parquet file, a frame, or rows as mappings, checked one by one.

    `schema/inputs/shipments.csv` declares the columns. A file is read twice, piece by piece: first for
    what is wrong with it as a whole, so that nothing starts that could not end.
    Raises TableError for a file without the columns, without rows, or that is no CSV or Parquet;
    InputError where Parquet cannot be read here. What is wrong with a row stands in its `Given`.
    """
    if isinstance(source, (str, Path)):
        path = Path(source)
        read = _parquet_cells if path.suffix.lower() == ".parquet" else _csv_cells
        with _told(path), closing(read(path)) as numbered:
            checker = _checker(next(numbered)[1], path.name, tables)
            total, repeated = _scan(numbered, checker)
        if not total:
            raise TableError(
                Fault(
                    "empty_file",
                    "the file has a header and no rows",
                    path.name,
                    accepted="a row for each shipment",
                    table=_FORM,
                )
            )
        return Stream(total, _of_file(path, read, checker, repeated))
    names = schema(_FORM).names()
    columns = getattr(source, "columns", None)
    checker = _checker(list(names if columns is None else columns), _FORM, tables)
    rows = source.iter_rows(named=True) if hasattr(source, "iter_rows") else iter(source)
    return Stream(len(source) if isinstance(source, Sized) else None, _of_rows(rows, checker))


def _checker(header: Sequence[str], where: str, tables: Tables) -> RowChecker:
    return RowChecker(_FORM, header, where, further=further(tables, MOST_BOXES))


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What is wrong with a file as a whole, said as of any table."""
    code, what, hint = "unreadable_file", "", ""
    try:
        yield
        return
    except FileNotFoundError:
        code, what = "missing_file", f"there is no file {str(path)!r}"
    except UnicodeDecodeError:
        code, what, hint = "not_utf8", "is not UTF-8 text", "save the file as UTF-8"
    except OSError as error:
        what = f"cannot be read ({error.strerror or error})"
    except csv.Error as error:
        code, what = "malformed_csv", f"is not CSV ({error})"
    raise TableError(Fault(code, what, path.name, hint=hint, table=_FORM))


def _csv_cells(path: Path) -> Numbered:
    """The header, then each row, with the number of its last line."""
    if path.exists() and not path.is_file():
        raise OSError("it is no file; what comes by a pipe must be saved first")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            yield 1, next(reader, [])
            for cells in reader:
                if cells:
                    yield reader.line_num, cells
        except csv.Error as error:
            raise csv.Error(f"row {reader.line_num}: {error}") from None


def _parquet_cells(path: Path) -> Numbered:
    """The column names, then each row as cells of text, numbered from 1."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError(
            Fault(
                "missing_extra",
                "Parquet needs pyarrow, which is not installed",
                path.name,
                accepted="a CSV file, which needs nothing more",
                hint="Install it with: pip install 'midcorridor[parquet]'",
            )
        ) from None
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        raise TableError(
            Fault("malformed_parquet", f"is not Parquet ({reason})", path.name, table=_FORM)
        ) from None

    number = 0
    with file:
        yield number, list(file.schema_arrow.names)
        for batch in file.iter_batches(_BATCH):
            for row in batch.to_pylist():
                number += 1
                yield number, [_text(value) for value in row.values()]


def _text(value: Any) -> str:
    """A value as the cell of a CSV file would hold it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _scan(numbered: Numbered, checker: RowChecker) -> tuple[int, set[int]]:
    """How many rows there are, and the hashes of ids that may stand twice: 8 bytes a row are kept."""
    import numpy as np

    hashes = array("q", (hash(checker.key_of(cells)) for _, cells in numbered))
    ranked = np.sort(np.frombuffer(hashes, dtype=np.int64)) if hashes else np.zeros(0, np.int64)
    return len(hashes), set(ranked[1:][ranked[1:] == ranked[:-1]].tolist())


def _of_file(
    path: Path,
    read: Callable[[Path], Numbered],
    checker: RowChecker,
    repeated: set[int],
) -> Iterator[Given]:
    seen: dict[str, int] = {}
    with _told(path), closing(read(path)) as numbered:
        next(numbered)  # the header
        for number, cells in numbered:
            key = checker.key_of(cells)
            row, faults = checker.check(number, cells)
            if key and hash(key) in repeated and seen.setdefault(key, number) != number:
                faults.append(checker.repeated(number, key, seen[key]))
            yield Given(number, key, None if faults else row, tuple(faults))


def _of_rows(rows: Iterable[Mapping[str, Any]], checker: RowChecker) -> Iterator[Given]:
    seen: dict[str, int] = {}
    for number, given in enumerate(rows, 1):
        cells = [_text(given.get(name)) for name in checker.header]
        key = checker.key_of(cells)
        row, faults = checker.check(number, cells)
        for name in given:
            if name not in checker.header:
                accepted = ", ".join(checker.header)
                faults.append(
                    Fault(
                        "unknown_column",
                        f"there is no column {name!r}",
                        f"{checker.where} row {number}",
                        str(name),
                        accepted,
                        table=_FORM,
                        row=number,
                    )
                )
        if key and seen.setdefault(key, number) != number:
            faults.append(checker.repeated(number, key, seen[key]))
        yield Given(number, key, None if faults else row, tuple(faults))
