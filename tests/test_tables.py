"""Reading tables: every column against a bad value, every way in which a file can be broken, overlays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from midcorridor.errors import TableError
from midcorridor.folders import read_all
from midcorridor.schemas import FORM_DIRS, Column, form_names, schema, table_names
from midcorridor.tables import OVERLAY_SOURCE, Tables, check_keys, parse, parse_file, polars_schema, to_frame

ALL = (*table_names(), *form_names())
GOOD = {
    "str": "x", "int": "2000", "float": "1", "bool": "true", "date": "2026-12-01",
    "datetime": "2026-12-01T08:00Z", "list": "x",
}  # fmt: skip
FORMATS = {"HH:MM": "09:30", "MM-DD": "12-01", "YYYY-MM": "2026-12", "YYYY or YYYY-MM": "2026"}


def good(column: Column) -> str:
    """A cell that the column takes."""
    if column.allowed.startswith("{"):
        return column.allowed.strip("{}").split()[0]
    if ".." in column.allowed:
        return column.allowed.split("..")[1]
    return FORMATS.get(column.unit, GOOD[column.dtype])


def bad(column: Column) -> Iterator[str]:
    """Cells that the column must refuse."""
    yield from {
        "str": [], "list": ["a;;b", "a;a"],
        "int": ["1.5", "x", "1_0", "１"], "float": ["x", "nan", "inf", "1e999", "1_0", "0x10"],
        "bool": ["yes", "True", "1"], "date": ["2026-02-30", "01.12.2026", "20261201", "2026-W10-1"],
        "datetime": ["2026-02-30T08:00", "tomorrow"],
    }[column.dtype]  # fmt: skip
    if column.allowed.startswith("{"):
        yield "nonsense"
    if ".." in column.allowed:
        low, high = column.allowed.split("..")
        yield from (f"{float(low) - 1:g}", f"{float(high) + 1:g}")
    bound = re.fullmatch(r"(>=?) (-?[0-9.]+)", column.allowed)
    if bound:
        yield str(int(bound[2]) - 1)
        if bound[1] == ">":
            yield bound[2]
    if column.unit in FORMATS:
        yield from ("13-41", "2026-13", "2026-00", "12/01", "24:00", "9:30")


def text_of(table: str, /, **cells: str) -> list[str]:
    """A table of one row that is good but for the cells given."""
    columns = schema(table).columns
    row = [cells.get(column.name, good(column)) for column in columns]
    return [",".join(schema(table).names()) + "\n", ",".join(row) + "\n"]


def faults_of(table: str, lines: list[str]) -> TableError:
    with pytest.raises(TableError) as caught:
        parse(table, lines)
    return caught.value


CELLS = [
    pytest.param(table, column, cell, id=f"{table}-{column.name}-{cell}")
    for table in ALL
    for column in schema(table).columns
    for cell in bad(column)
]


@pytest.mark.parametrize("table", ALL)
def test_a_good_row_is_taken(table: str) -> None:
    (row,) = parse(table, text_of(table))
    assert set(row) == set(schema(table).names())
    assert None not in row.values()
    assert to_frame(table, [row]).schema == polars_schema(table)


@pytest.mark.parametrize(("table", "column", "cell"), CELLS)
def test_a_bad_cell_is_named(table: str, column: Column, cell: str) -> None:
    error = faults_of(table, text_of(table, **{column.name: cell}))
    fault = next(fault for fault in error.faults if fault.code == "bad_value")
    assert (fault.table, fault.row, fault.column, fault.got) == (table, 2, column.name, cell)
    assert fault.accepted == column.describe()
    for part in (f"{table}.csv", "row 2", f"column {column.name}", repr(cell)[1:-1], column.describe()):
        assert part in str(error)


@pytest.mark.parametrize(
    ("table", "name"),
    [(table, column.name) for table in ALL for column in schema(table).columns if column.required],
)
def test_an_empty_required_cell_is_named_and_an_absent_column_too(table: str, name: str) -> None:
    fault = faults_of(table, text_of(table, **{name: ""})).faults[0]
    assert (fault.code, fault.row, fault.column) == ("missing_value", 2, name)
    header, row = text_of(table)
    cells = dict(zip(header.strip().split(","), row.strip().split(","), strict=True))
    del cells[name]
    error = faults_of(table, [",".join(cells) + "\n", ",".join(cells.values()) + "\n"])
    assert [(fault.code, fault.column) for fault in error.faults] == [("missing_column", name)]


@pytest.mark.parametrize("table", [table for table in ALL if schema(table).key])
def test_a_key_stands_once(table: str) -> None:
    header, row = text_of(table)
    error = faults_of(table, [header, row, row])
    assert error.faults[0].code == "repeated_key"
    assert "row 3" in str(error)
    assert "row 2" in str(error)


@pytest.mark.parametrize(
    ("table", "column", "less", "more"),
    [
        ("links", "running_p90_h", {"running_p50_h": "20", "running_p90_h": "19"}, "20"),
        ("links", "valid_until", {"valid_from": "2026-02-01", "valid_until": "2026-01-31"}, "2026-02-01"),
        ("shipments", "deadline_at", {"ready_at": "2026-02-01", "deadline_at": "2026-01-01"}, "2026-02-02"),
    ],
)
def test_two_cells_in_order(table: str, column: str, less: dict[str, str], more: str) -> None:
    fault = faults_of(table, text_of(table, **less)).faults[0]
    assert (fault.code, fault.column) == ("bad_order", column)
    parse(table, text_of(table, **{**less, column: more}))


REFERENCES = [
    (table, column.name, column.allowed)
    for table in table_names()
    for column in schema(table).columns
    if re.fullmatch(r"[a-z_]+\.[a-z_]+", column.allowed)
]


@pytest.mark.parametrize(("table", "column", "target"), REFERENCES)
def test_a_name_that_stands_nowhere_is_named(table: str, column: str, target: str) -> None:
    rows = {name: parse(name, text_of(name)) for name in table_names()}
    # The good rows name each other by the same word.
    rows = {name: [_named_x(name, row) for row in listed] for name, listed in rows.items()}
    check_keys(Tables(rows))
    kind = schema(table).column(column).dtype
    rows[table] = [{**rows[table][0], column: ["ghost"] if kind == "list" else "ghost"}]
    with pytest.raises(TableError) as caught:
        check_keys(Tables(rows))
    faults = [fault for fault in caught.value.faults if fault.column == column and fault.table == table]
    assert [(fault.code, fault.row, fault.got) for fault in faults] == [("unknown_key", 2, "ghost")]
    assert target.partition(".")[0] + ".csv" in str(caught.value)


def _named_x(table: str, row: dict[str, object]) -> dict[str, object]:
    names = {column.name: column for column in schema(table).columns}
    return {
        name: (["x"] if names[name].dtype == "list" else "x")
        if names[name].allowed == "unique" or re.fullmatch(r"[a-z_]+\.[a-z_]+", names[name].allowed)
        else value
        for name, value in row.items()
    }


def test_the_same_fault_is_told_once_with_its_rows() -> None:
    rows = [text_of("grid", grid_id=f"k{number}", basis="guess")[1] for number in range(12)]
    error = faults_of("grid", [text_of("grid")[0], *rows])
    assert len(error.faults) == 1
    assert error.faults[0].row == 2
    assert "Same fault in rows 3, 4, 5, 6, 7, 8, 9, 10 and more" in str(error)


def test_every_fault_of_a_file_is_told_at_once() -> None:
    error = faults_of("grid", text_of("grid", g_co2e_per_kwh="-1", renewable_share="2", year="x", source=""))
    assert {fault.column for fault in error.faults} == {"g_co2e_per_kwh", "renewable_share", "year", "source"}


def test_unknown_and_repeated_columns_are_named() -> None:
    header, row = text_of("grid")
    error = faults_of("grid", [header.replace("country", "cuntry"), row])
    assert {fault.code for fault in error.faults} == {"unknown_column", "missing_column"}
    assert "Did you mean 'country'?" in str(error)
    error = faults_of("grid", [header.replace("renewable_share", "country"), row])
    assert error.faults[0].code == "repeated_column"


# Whole files.

HEADER, ROW = (line.encode() for line in text_of("grid"))


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"", "empty_file", "no header line"),
        (b"\n" + HEADER, "empty_file", "no header line"),
        (HEADER + ROW.replace(b"\n", b",extra\n"), "wrong_cell_count", "row 2"),
        (HEADER + b"only,two\n", "wrong_cell_count", "has 2 cells where the header has"),
        (HEADER + b'"open,' + ROW, "malformed_csv", "is not CSV"),
        (HEADER + b'"a"b,' + ROW, "malformed_csv", "row 2"),
        (HEADER + ROW.replace(b"x,", b"K\xf6ln,", 1), "not_utf8", "is not UTF-8 text"),
        (b"PK\x03\x04" + bytes(range(256)), "not_utf8", "save the file as UTF-8"),
        (HEADER.replace(b",", b";") + ROW.replace(b",", b";"), "unknown_column", "there is no column"),
        (HEADER + ROW.replace(b"x,", b"y" * 200_000 + b",", 1), "malformed_csv", "field larger than"),
    ],
)
def test_broken_files_are_refused_in_words(content: bytes, code: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    path.write_bytes(content)
    with pytest.raises(TableError) as caught:
        parse_file("grid", path)
    assert code in {fault.code for fault in caught.value.faults}
    assert told in str(caught.value)
    assert "grid.csv" in str(caught.value)


def test_the_byte_that_is_no_text_is_counted_from_the_start_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    path.write_bytes(HEADER + ROW * 2000 + b"\xff")
    with pytest.raises(TableError, match=f"byte {len(HEADER) + 2000 * len(ROW)} is not UTF-8"):
        parse_file("grid", path)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + HEADER + ROW,
        HEADER.replace(b"\n", b"\r\n") + ROW.replace(b"\n", b"\r\n"),
        HEADER + ROW.rstrip(b"\n"),
        HEADER + b"\n" + ROW + b"\n\n",
        HEADER.replace(b",", b", ") + ROW.replace(b",", b" , "),
    ],
    ids=["bom", "crlf", "no last newline", "blank lines", "spaces"],
)
def test_what_other_programs_write_is_read_alike(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    path.write_bytes(content)
    assert parse_file("grid", path) == parse("grid", text_of("grid"))


def test_a_quoted_cell_may_hold_commas_and_line_breaks() -> None:
    header, row = text_of("grid", note='"a, ""b""\nc"')
    (read,) = parse("grid", (header + row).splitlines(keepends=True))
    assert read["note"] == 'a, "b"\nc'


def test_a_large_table_is_read_whole() -> None:
    header, row = text_of("grid", grid_id="KEY")
    assert len(parse("grid", [header, *(row.replace("KEY", f"k{n}") for n in range(50_000))])) == 50_000


def test_missing_file_folder_and_unreadable(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="there is no file"):
        parse_file("grid", tmp_path / "grid.csv")
    (tmp_path / "grid.csv").mkdir()
    with pytest.raises(TableError, match="cannot be read"):
        parse_file("grid", tmp_path / "grid.csv")


def test_unknown_tables_are_refused_with_a_hint() -> None:
    with pytest.raises(TableError, match="Did you mean 'links'"):
        schema("linx")
    for sly in ("../schema/links", "", "links.csv", "inputs/shipments"):
        with pytest.raises(TableError):
            schema(sly)


def test_forms_are_found_and_are_no_tables() -> None:
    assert {"shipments", "demand", "routes", "legs", "transfers"} <= set(form_names())
    assert not set(form_names()) & set(table_names())
    assert sum(len(list(folder.glob("*.csv"))) for folder in FORM_DIRS) == len(form_names())


# Overlays.


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with one country, two terminals, a service with two calls."""
    folder = tmp_path / "base"
    folder.mkdir()
    for table in ("sources", "countries", "grid"):
        (folder / f"{table}.csv").write_text("".join(text_of(table)), encoding="utf-8")
    (folder / "grid.csv").write_text("".join(text_of("grid", country="x")), encoding="utf-8")
    return folder


def test_an_overlay_replaces_and_adds(base: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "grid.csv").write_text("grid_id,country,g_co2e_per_kwh\nx,x,7\nnew,x,8\n", encoding="utf-8")
    tables = read_all(base, [own])
    grid = tables.by_key("grid")
    assert {key: row["g_co2e_per_kwh"] for key, row in grid.items()} == {"x": 7.0, "new": 8.0}
    assert grid["x"]["source"] == [OVERLAY_SOURCE]
    assert (grid["x"]["confidence"], grid["x"]["basis"], grid["x"]["year"]) == ("low", "estimate", None)
    assert read_all(base).by_key("grid")["x"]["g_co2e_per_kwh"] == 1.0


def test_the_last_of_several_overlays_wins(base: Path, tmp_path: Path) -> None:
    folders = []
    for number in (1, 2):
        folder = tmp_path / f"own{number}"
        folder.mkdir()
        (folder / "grid.csv").write_text(f"grid_id,country,g_co2e_per_kwh\nx,x,{number}\n", encoding="utf-8")
        folders.append(folder)
    assert read_all(base, folders).by_key("grid")["x"]["g_co2e_per_kwh"] == 2
    assert read_all(base, folders[::-1]).by_key("grid")["x"]["g_co2e_per_kwh"] == 1


def test_an_overlay_of_calls_replaces_the_whole_service(base: Path, tmp_path: Path) -> None:
    def calls(folder: Path, rows: str) -> None:
        (folder / "service_calls.csv").write_text(
            "service_id,seq,terminal_id,link_ids\n" + rows, encoding="utf-8"
        )

    for table in ("emission_factors", "terminals"):
        cells = {"country": "x"} if table == "terminals" else {"no_wire_factor_id": ""}
        (base / f"{table}.csv").write_text("".join(text_of(table, **cells)), encoding="utf-8")
    header, row = text_of("services", factor_id="x")
    (base / "services.csv").write_text(header + row + row.replace("x,", "y,", 1), encoding="utf-8")
    calls(base, "x,1,x,\nx,2,x,\nx,3,x,\ny,1,x,\n")
    own = tmp_path / "own"
    own.mkdir()
    calls(own, "x,1,x,\n")
    read = read_all(base, [own])["service_calls"]
    assert sorted((row["service_id"], row["seq"]) for row in read) == [("x", 1), ("y", 1)]


def test_faulty_overlays_are_refused(base: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    with pytest.raises(TableError, match="there is no folder"):
        read_all(base, [own])
    own.mkdir()
    with pytest.raises(TableError, match="holds no CSV file"):
        read_all(base, [own])
    (own / "gird.csv").write_text("a\n", encoding="utf-8")
    (own / "grid.csv").write_text("grid_id,country,g_co2e_per_kwh\nx,x,-1\n", encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read_all(base, [own])
    assert {fault.code for fault in caught.value.faults} == {"unknown_table", "bad_value"}
    assert "Did you mean 'grid'?" in str(caught.value)
    (own / "shipments.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"'shipments\.csv' is no table of ours"):
        read_all(base, [own])
    with pytest.raises(TableError, match="holds no table"):
        read_all(tmp_path)


def test_an_overlay_that_names_nothing_is_refused(base: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "grid.csv").write_text("grid_id,country,g_co2e_per_kwh\nx,XX,1\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"'XX' is not in countries\.csv"):
        read_all(base, [own])
