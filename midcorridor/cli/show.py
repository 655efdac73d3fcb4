"""Answers as text for people: aligned on a terminal, one line a row in a pipe."""

from __future__ import annotations

import io
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..network.check import Finding
    from ..places import Place

# A pipe has no width: what reads it, such as grep, wants each row on one line.
_UNLIMITED = 10_000
_NARROWEST = 60
_WIDEST_CELL, _GAP = 28, 2
_NOT_IN_LISTS = ("aliases", "note", "meaning", "source")


def width() -> int:
    """Columns to fill: those of the terminal or of COLUMNS; without either, as many as it takes."""
    if os.environ.get("COLUMNS", "").isdigit() or sys.stdout.isatty():
        return max(_NARROWEST, shutil.get_terminal_size().columns)
    return _UNLIMITED


def places_text(found: Sequence[Place]) -> str:
    """Places, the one that a plan would take first and marked."""
    rows = [
        [
            "*" if number == 0 else "",
            place.name,
            place.country,
            place.kind,
            place.terminal_id or place.locode or "",
            f"{place.lat:.4f},{place.lon:.4f}",
            "" if place.population is None else f"{place.population:,}",
        ]
        for number, place in enumerate(found)
    ]
    head = ["", "place", "country", "kind", "id", "lat,lon", "people"]
    return grid(head, rows, right=("people",)) + "\n* what a plan would take\n"


def schema_text(table: str, declared: Sequence[Mapping[str, Any]]) -> str:
    """What the columns of a table mean."""
    lines = [f"{table}: {len(declared)} columns"]
    for column in declared:
        needed = "required" if column["required"] else "may be empty"
        lines += ["", f"{column['column']} ({needed})"]
        lines += wrapped(f"{column['meaning']}.", "  ")
        lines += wrapped(f"{_capital(column['accepted'])}.", "  ")
    return "\n".join(lines) + "\n"


def tables_text(listed: Sequence[Mapping[str, Any]]) -> str:
    """The tables and what they hold."""
    rows = [[row["table"], f"{row['rows']:,}", row["contents"]] for row in listed]
    text = grid(["table", "rows", "contents"], rows, right=("rows",), fold=("contents",))
    return text + "\nA table: midcorridor facts links     Its columns: midcorridor facts links --schema\n"


def rows_text(table: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """A line a row with as many columns as fit; one row in full is another command."""
    if not rows:
        return f"{table} has no rows\n"
    names = [name for name in rows[0] if name not in _NOT_IN_LISTS]
    cells = {name: [_value(row[name]) for row in rows] for name in names}
    keys = cells[names[0]]
    # An id such as az-alat_az-baku says its ends already.
    names = names[:1] + [name for name in names[1:] if not _all_in(cells[name], keys)]
    room = width()
    widths: dict[str, int] = {}
    for name in names:
        if not any(cells[name]):
            continue
        widest = max(len(name), *(len(cell) for cell in cells[name]))
        # The key is what one types to see more, so it is never cut.
        wanted = widest if name == names[0] else min(widest, _WIDEST_CELL)
        if widths and wanted > room:
            break
        widths[name] = wanted
        room -= wanted + _GAP
    chosen = list(widths)
    numbers = [
        name for name in chosen if all(isinstance(row[name], (int, float, type(None))) for row in rows)
    ]
    if chosen[-1] not in numbers:
        widths[chosen[-1]] += max(0, room + _GAP)
    listed = list(zip(*(cells[name] for name in chosen), strict=True))
    text = grid(chosen, listed, right=numbers, widths=widths)
    left_out = [name for name in names if name not in chosen and any(cells[name])]
    first = rows[0][names[0]]
    told = f"\n{len(rows):,} rows; one in full with its source: midcorridor facts {table} {first}\n"
    if left_out:
        told += "\n".join(wrapped(f"Columns without room: {', '.join(left_out)}")) + "\n"
    return text + told


def row_text(row: Mapping[str, Any]) -> str:
    """One row in full: cells with unit and meaning, then where they come from."""
    lines = [f"{row['table']} {row['key']}"]
    parts = row["parts"]
    origins = [{name: value for name, value in part.items() if name != "cells"} for part in parts]
    alike = all(origin == origins[0] for origin in origins)
    for number, (part, origin) in enumerate(zip(parts, origins, strict=True), 1):
        lines.append("" if len(parts) == 1 else f"\n{number}.")
        lines += _cells_lines(part["cells"])
        if origin and (not alike or number == len(parts)):
            lines += ["", f"{'The whole' if alike else f'{number}. as a whole'}: {_grade(origin)}"]
            lines += _source_lines(origin["sources"])
            if origin.get("note"):
                lines += wrapped(f"Note: {origin['note']}")
    return "\n".join(lines) + "\n"


def summary_text(counted: Mapping[str, Any]) -> str:
    """How much of what a network holds."""
    return mapping_text(counted)


def findings_text(findings: Sequence[Finding]) -> str:
    """Findings by kind, errors first, each with where it is and how to go on."""
    if not findings:
        return "nothing found\n"
    errors = sum(1 for finding in findings if finding.severity == "error")
    lines = [_count(errors, "error") + ", " + _count(len(findings) - errors, "warning")]
    groups: dict[tuple[str, str], dict[str, list[Finding]]] = {}
    for finding in findings:
        same = groups.setdefault((finding.severity, finding.code), {})
        same.setdefault(finding.what, []).append(finding)
    for (severity, code), by_what in sorted(groups.items()):
        lines += ["", f"{severity} {code} ({sum(map(len, by_what.values()))})"]
        for what, group in by_what.items():
            # What is said of many places is said once, with the places after it.
            if len(group) == 1:
                lines += wrapped(f"{group[0].where}: {what}.", "  ", "    ")
            else:
                lines += wrapped(f"{_capital(what)}: {_places([f.where for f in group])}.", "  ", "    ")
        for hint in dict.fromkeys(finding.hint for group in by_what.values() for finding in group[:1]):
            lines += wrapped(f"-> {hint}.", "  ", "     ") if hint else []
    return "\n".join(lines) + "\n"


def mapping_text(mapping: Mapping[str, Any], indent: str = "") -> str:
    """Names and values, nested ones indented."""
    lines: list[str] = []
    for name, value in mapping.items():
        if isinstance(value, Mapping):
            lines += [f"{indent}{name}", mapping_text(value, indent + "  ").rstrip("\n")]
        else:
            lines += wrapped(f"{name}: {_value(value)}", indent, indent + "  ")
    return "\n".join(line for line in lines if line) + "\n"


def progress_line(done: int, total: int, text: str) -> None:
    """Progress on the error stream: one line that is written over; nothing but the end in a pipe."""
    stream = sys.stderr
    if stream.isatty():
        room = max(_NARROWEST, shutil.get_terminal_size().columns) - 1
        stream.write("\r" + f"[{done}/{total}] {text}"[:room].ljust(room) + ("\n" if done >= total else ""))
        stream.flush()
    elif done >= total:
        stream.write(f"[{done}/{total}] {text}\n")


def grid(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[str] = (),
    fold: Sequence[str] = (),
    widths: Mapping[str, int] | None = None,
) -> str:
    """An aligned table without rules; long cells are cut with an ellipsis, those of `fold` wrapped.

    widths : the most columns of the screen for each, counted so that they fit
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for name in head:
        table.add_column(
            Text(name),
            max_width=widths[name] if widths else None,
            justify="right" if name in right else "left",
            no_wrap=name not in fold,
            overflow="fold" if name in fold else "ellipsis",
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    stream = io.StringIO()
    # Colour and markup are off: cells are data, in which [brackets] mean brackets.
    Console(file=stream, width=width(), color_system=None, markup=False, highlight=False).print(table)
    return "".join(line.rstrip() + "\n" for line in stream.getvalue().splitlines())


def _all_in(cells: Sequence[str], keys: Sequence[str]) -> bool:
    return all(cell in key for cell, key in zip(cells, keys, strict=True))


def _cells_lines(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = []
    for cell in cells:
        if cell["value"] is None:
            told = "(empty)"
        else:
            told = f"{_value(cell['value'])} {_unit(cell['unit'])}".rstrip()
        lines += wrapped(f"{cell['column']}: {told}", "  ", "      ")
        lines += wrapped(cell["meaning"], "      ")
        if "reason" in cell:
            lines += wrapped(f"Chosen: {cell['reason']} ({_grade(cell)})", "      ")
            lines += _source_lines(cell["sources"], "      ")
        for other in cell.get("alternatives", ()):
            told = f"{other['value']} {_unit(other['unit'])}".rstrip()
            lines += wrapped(f"Set aside: {told}. {other['reason']} ({_grade(other)})", "      ")
            lines += _source_lines(other["sources"], "      ")
    return lines


def _source_lines(sources: Sequence[Mapping[str, Any]], indent: str = "") -> list[str]:
    lines = []
    for source in sources:
        parts = [source["title"], source["publisher"], source["date"] or "undated"]
        lines += wrapped(f"- {', '.join(parts)} [{source['source_id']}]", indent, indent + "  ")
        if source["url"]:
            lines.append(f"{indent}  {source['url']}")  # never wrapped, so that it can be clicked
    return lines


def _grade(row: Mapping[str, Any]) -> str:
    year = None if row["year"] is None else str(row["year"])
    return ", ".join(filter(None, (row.get("basis"), year, f"{row['confidence']} confidence")))


def _unit(unit: str) -> str:
    return "" if unit in ("1", "YYYY-MM", "MM-DD") else unit


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(_value(item) for item in value)
    return str(value)


def wrapped(text: str, first: str = "", later: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        width(),
        initial_indent=first,
        subsequent_indent=first if later is None else later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _places(wheres: Sequence[str]) -> str:
    """Places in a list, their file named once where it is the same for all."""
    files = {where.partition(" ")[0] for where in wheres}
    if len(files) == 1:
        return f"{files.pop()} " + ", ".join(dict.fromkeys(where.partition(" ")[2] for where in wheres))
    return ", ".join(dict.fromkeys(wheres))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
