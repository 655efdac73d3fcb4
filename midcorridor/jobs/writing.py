"""Rows of many plans into a file, batch by batch: Parquet, CSV or a JSON object a line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import Fault, InputError
from ..files import whole_file
from ..schemas import schema
from .planner import Row

# Rows in a row group: large enough to pack well, small enough to hold.
_GROUP = 8192
Put = Callable[[list[Row]], None]


def check_output(path: Path) -> None:
    """Raise InputError for a name whose form is not known or cannot be written here."""
    if path.suffix.lower() not in _FORMS:
        raise InputError(
            Fault(
                "unknown_format",
                f"{path.name!r} tells no format",
                "--output",
                str(path),
                "a name that ends in " + ", ".join(_FORMS),
            )
        )
    if path.suffix.lower() == ".parquet":
        _arrow()


def write_batches(path: Path, batches: Iterable[list[Row]], about: Mapping[str, Any]) -> None:
    """Write all batches whole or not at all; the ending of the name says in which form.

    about : what the rows were made with; a Parquet file carries it, with the unit and meaning of each
        column, as metadata under the key midcorridor
    Raises OutputError when it cannot be written, and whatever the batches raise.
    """
    check_output(path)
    with whole_file(path) as file, _FORMS[path.suffix.lower()](file, about) as put:
        for batch in batches:
            put(batch)


@contextmanager
def _as_csv(file: BinaryIO, about: Mapping[str, Any]) -> Iterator[Put]:
    names = schema("many").names()
    file.write((",".join(names) + "\n").encode())

    def put(rows: list[Row]) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([_cell(row[name]) for name in names] for row in rows)
        file.write(text.getvalue().encode())

    yield put


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return ";".join(map(str, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (date, datetime)) else value


@contextmanager
def _as_json_lines(file: BinaryIO, about: Mapping[str, Any]) -> Iterator[Put]:
    def put(rows: list[Row]) -> None:
        for row in rows:
            told = json.dumps(row, ensure_ascii=False, allow_nan=False, default=lambda at: at.isoformat())
            file.write((told + "\n").encode())

    yield put


@contextmanager
def _as_parquet(file: BinaryIO, about: Mapping[str, Any]) -> Iterator[Put]:
    pa, pq = _arrow()
    kinds = {
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us", "UTC"),
        "list": pa.list_(pa.string()),
    }
    columns = schema("many").columns
    told = {
        "run": dict(about),
        "columns": {column.name: {"unit": column.unit, "meaning": column.meaning} for column in columns},
    }
    declared = pa.schema(
        [(column.name, kinds[column.dtype]) for column in columns],
        {"midcorridor": json.dumps(told, ensure_ascii=False, default=str)},
    )
    held: list[Row] = []

    def put(rows: list[Row]) -> None:
        held.extend(rows)
        if len(held) >= _GROUP:
            write()

    def write() -> None:
        writer.write_table(pa.Table.from_pylist(held, declared), row_group_size=len(held) or None)
        held.clear()

    with pq.ParquetWriter(file, declared, compression="zstd") as writer:
        yield put
        write()


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError(
            Fault(
                "missing_extra",
                "Parquet needs pyarrow, which is not installed",
                "--output",
                accepted="a name that ends in .csv or .jsonl, which need nothing more",
                hint="Install it with: pip install 'midcorridor[parquet]'",
            )
        ) from None
    return pa, pq


_FORMS = {".parquet": _as_parquet, ".csv": _as_csv, ".jsonl": _as_json_lines}
