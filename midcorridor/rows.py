"""One row of a table, checked: its header once, then the cells of each row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import Fault, TableError, did_you_mean
from .schemas import Column, converter, schema

PROVENANCE = ("source", "year", "confidence", "basis", "note")
OVERLAY_SOURCE = "overlay"
Further = Callable[[Mapping[str, Any]], Iterable["Doubt"]]


class Faults:
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


class RowChecker:
    """Turns the cells of rows under one header into checked values.

    header : the columns in the order of the cells
    overlay : provenance columns may be absent; the row then counts as the user's own
    further : checks of a row that the schema cannot say; cells that are at fault are None there
    Raises TableError that gathers every fault of the header.
    """

    def __init__(
        self,
        table: str,
        header: Sequence[str] | None,
        where: str,
        *,
        overlay: bool = False,
        further: Further | None = None,
    ) -> None:
        self.table, self.where = table, where
        self.declared = schema(table)
        self._optional = PROVENANCE if overlay else ()
        self._overlay, self._further = overlay, further
        self.header = self._checked_header(header)
        self.key = self.declared.key
        self._key_at = self.header.index(self.key) if self.key in self.header else None
        columns = [self.declared.column(name) for name in self.header]
        self._cells = [(column, converter(column)) for column in columns]
        self._comparisons = [
            (column.name, column.allowed[3:], column)
            for column in columns
            if column.allowed.startswith(">= ") and not re.fullmatch(r">= -?[0-9.]+", column.allowed)
        ]
        self._blank = dict.fromkeys(self.declared.names())

    def _checked_header(self, given: Sequence[str] | None) -> list[str]:
        names = self.declared.names()
        if not given:
            raise TableError(
                Fault(
                    "empty_file",
                    "the file has no header line",
                    self.where,
                    accepted="a header with the columns " + ", ".join(names),
                    table=self.table,
                )
            )
        header = [name.strip().lstrip("\ufeff") for name in given]
        faults = Faults()
        for name in header:
            if name not in names:
                faults.add(
                    Fault(
                        "unknown_column",
                        f"there is no column {name!r}",
                        self.where,
                        got=name,
                        accepted=", ".join(names),
                        hint=did_you_mean(name, names),
                        table=self.table,
                        column=name,
                    )
                )
            elif header.count(name) > 1:
                what = f"column {name!r} stands twice"
                faults.add(Fault("repeated_column", what, self.where, table=self.table, column=name))
        for column in self.declared.columns:
            if column.required and column.name not in header and column.name not in self._optional:
                faults.add(
                    Fault(
                        "missing_column",
                        f"column {column.name!r} is missing",
                        self.where,
                        accepted=column.describe(),
                        table=self.table,
                        column=column.name,
                    )
                )
        if faults:
            raise TableError(faults.collected())
        return header

    def key_of(self, cells: Sequence[str]) -> str:
        """The name of the row; empty where it has none."""
        return cells[self._key_at].strip() if self._key_at is not None and self._key_at < len(cells) else ""

    def place(self, number: int, name: str, key: str) -> str:
        """Where a cell stands, as the user would look for it."""
        named = f" ({self.key} {key!r})" if key else ""
        return f"{self.where} row {number}{named}, column {name}"

    def check(self, number: int, cells: Sequence[str]) -> tuple[dict[str, Any] | None, list[Fault]]:
        """The values of a row, empty cells and faulty ones None, with its faults.

        number : of the line, the header being 1
        The row is None when it has not as many cells as the header.
        """
        if len(cells) != len(self.header):
            fault = Fault(
                "wrong_cell_count",
                f"has {len(cells)} cells where the header has {len(self.header)}",
                f"{self.where} row {number}",
                hint="a cell that holds a comma needs double quotes",
                table=self.table,
                row=number,
            )
            return None, [fault]
        row: dict[str, Any] = dict(self._blank)
        key = self.key_of(cells)
        faults = []
        for (column, convert), text in zip(self._cells, cells, strict=True):
            cell = text.strip()
            try:
                if cell:
                    row[column.name] = convert(cell)
                elif column.required and column.name not in self._optional:
                    what = "the cell is empty but must be filled"
                    faults.append(self.fault("missing_value", what, column, number, key))
            except ValueError as reason:
                faults.append(self.fault("bad_value", f"{cell!r} {reason}", column, number, key, cell))
        for name, other, column in self._comparisons:
            if row[name] is not None and row[other] is not None and row[name] < row[other]:
                cell = cells[self.header.index(name)].strip()
                what = f"{cell!r} is less than {other}, which is {row[other]}"
                faults.append(self.fault("bad_order", what, column, number, key, cell))
        for doubt in self._further(row) if self._further else ():
            column = self.declared.column(doubt.column)
            got = str(row[doubt.column])
            faults.append(self.fault("bad_value", doubt.what, column, number, key, got, doubt))
        if self._overlay and "source" in row and not row["source"]:
            row["source"], row["confidence"] = [OVERLAY_SOURCE], row.get("confidence") or "low"
            row["basis"] = row.get("basis") or "estimate"
        return row, faults

    def fault(
        self,
        code: str,
        what: str,
        column: Column,
        number: int,
        key: str,
        got: str = "",
        doubt: Doubt | None = None,
    ) -> Fault:
        """A fault of one cell."""
        return Fault(
            code,
            what,
            self.place(number, column.name, key),
            got,
            (doubt and doubt.accepted) or column.describe(),
            doubt.hint if doubt else "",
            self.table,
            number,
            column.name,
            key,
        )

    def repeated(self, number: int, key: str, first: int) -> Fault:
        """The fault of a key that stands in an earlier row too."""
        return Fault(
            "repeated_key",
            f"{key!r} stands in row {first} too",
            self.place(number, self.key, key),
            key,
            "every key once",
            "",
            self.table,
            number,
            self.key,
            key,
        )
