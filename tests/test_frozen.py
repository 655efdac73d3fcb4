"""A changed number shows in review.

A frozen copy of all shipped values, or a digest of each row, would repeat what the tables are: text
under version control, one row a line, with the key in front. A reviewer then reads the change of the
copy, never that of the table, and whoever changes a number by mistake copies the mistake by the same
command. What does hide a change is noise: rows that moved, cells quoted anew, 20 that became 20.0, a
line end that differs. So the frozen list is the tables themselves, and this test keeps noise out: each
has one spelling only, so that a line differs exactly when a value differs, and the difference names
row, old value and new.

``python -m tests.test_frozen`` writes the tables in that spelling.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from midcorridor.folders import write_checksums
from midcorridor.schemas import Schema, schema, table_names
from midcorridor.tables import parse

DATA = Path(__file__).parents[1] / "midcorridor" / "data"
GO_ON = "python -m tests.test_frozen writes it so"


def canonical(table: str, text: str) -> str:
    """The one spelling of a table: columns as declared, rows by key, numbers plain, quotes where needed."""
    declared = schema(table)
    given = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows = [
        {name: _cell(declared, name, (row.get(name) or "").strip()) for name in declared.names()}
        for row in given
    ]
    if declared.key:
        rows.sort(key=lambda row: row[declared.key])
    elif "seq" in declared.names():
        rows.sort(key=lambda row: (row[declared.columns[0].name], int(row["seq"])))
    out = io.StringIO()
    writer = csv.DictWriter(out, declared.names(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _cell(declared: Schema, name: str, cell: str) -> str:
    column = declared.column(name)
    if cell and column.dtype in ("int", "float") and column.unit != "deg":  # digits of degrees tell how exact
        plain = format(Decimal(cell), "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if column.dtype == "list":
        return ";".join(word.strip() for word in cell.split(";"))
    return cell


@pytest.mark.parametrize("table", table_names())
def test_a_table_has_one_spelling(table: str) -> None:
    text = (DATA / f"{table}.csv").read_bytes().decode("utf-8")
    expected = canonical(table, text)
    for number, (line, wanted) in enumerate(zip(text.split("\n"), expected.split("\n"), strict=False), 1):
        assert line == wanted, f"{table}.csv line {number}; {GO_ON}"
    assert text == expected, GO_ON


@pytest.mark.parametrize("table", table_names())
def test_the_spelling_changes_no_value(table: str) -> None:
    text = (DATA / f"{table}.csv").read_text(encoding="utf-8")
    key = repr
    before, after = (
        sorted(map(key, parse(table, io.StringIO(each, newline=""))))
        for each in (text, canonical(table, text))
    )
    assert before == after


def test_no_row_stands_twice() -> None:
    for table in table_names():
        lines = (DATA / f"{table}.csv").read_text(encoding="utf-8").splitlines()
        assert len(set(lines)) == len(lines), table


def test_noise_is_seen_and_a_number_is_one_line() -> None:
    plain = "grid_id,country,g_co2e_per_kwh,renewable_share,source,year,confidence,basis,note\n"
    rows = ["a,KZ,800,,s,2025,low,estimate,\n", 'b,CN,580.5,0.3,s;t,2025,low,estimate,"x, y"\n']
    text = plain + "".join(rows)
    assert canonical("grid", text) == text
    for noisy in (
        plain + "".join(reversed(rows)),
        text.replace("800", "800.0"),
        text.replace("580.5", "5.805e2"),
        text.replace("a,KZ", '"a",KZ'),
        text.replace("\n", "\r\n"),
        text.replace("s;t", "s; t"),
        text.replace("KZ", " KZ "),
    ):
        assert noisy != text
        assert canonical("grid", noisy) == text
    changed = canonical("grid", text.replace("800", "801"))
    assert [a != b for a, b in zip(changed.splitlines(), text.splitlines(), strict=True)] == [
        False,
        True,
        False,
    ]


if __name__ == "__main__":
    for name in table_names():
        path = DATA / f"{name}.csv"
        path.write_bytes(canonical(name, path.read_bytes().decode("utf-8-sig")).encode("utf-8"))
    write_checksums(DATA)
