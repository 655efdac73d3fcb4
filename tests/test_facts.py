"""Facts: each figure with its source, what was set aside, and how they read on a screen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from midcorridor import facts
from midcorridor.cli import main, show
from midcorridor.errors import TableError
from midcorridor.schemas import form_names, table_names
from midcorridor.tables import OVERLAY_SOURCE, Tables

from .plan.small import network, rows_of, terminals

TABLES = network(
    terminals=terminals([("kz-c", "KZ", "seaport", 43.6, 51.2), ("az-d", "AZ", "seaport", 40.0, 49.4)]),
    links=(
        "link_id,from_terminal,to_terminal,mode,km,running_p50_h,running_p90_h,valid_from,passages,note\n"
        "cd,kz-c,az-d,sea,500,20,32,2024-01-01,caspian,see [below] for why"
    ),
    services="service_id\nfeeder",
    service_calls="service_id,seq,terminal_id,link_ids\nfeeder,1,kz-c,\nfeeder,2,az-d,cd",
    sources=(
        "source_id,title,publisher,date,url\nline,Timetable,The line,2024-05,https://example.org/timetable\n"
        "study,A study,Some bank,,"
    ),
    figures=(
        "figure_id,table,key,column,value,unit,role,reason,source,year,confidence,basis\n"
        "f1,links,cd,km,500,km,chosen,Logged by ships,line,2024,high,measured\n"
        "f2,links,cd,km,485,km,alternative,Drawn on a chart,study,2020,low,estimate\n"
        "f3,service_calls,feeder:2,running_p50_h,19,h,alternative,One voyage,study,2020,low,measured"
    ),
).tables  # fmt: skip


def cell(row: dict[str, Any], column: str, part: int = 0) -> dict[str, Any]:
    return next(cell for cell in row["parts"][part]["cells"] if cell["column"] == column)


def test_every_table_says_what_it_holds() -> None:
    listed = facts.tables_listed(TABLES)
    assert [row["table"] for row in listed] == list(table_names())
    assert all(row["contents"] and row["key"] for row in listed)
    assert next(row["rows"] for row in listed if row["table"] == "links") == 1


@pytest.mark.parametrize("table", [*table_names(), *form_names()])
def test_declarations_hold_every_column(table: str) -> None:
    declared = facts.declared(table)
    assert all(column["meaning"] and column["accepted"] for column in declared)
    json.dumps(declared)


def test_a_row_has_its_source_and_its_cells_their_own() -> None:
    row = facts.row_of(TABLES, "links", "cd")
    json.dumps(row, allow_nan=False)
    assert (row["table"], row["key"]) == ("links", "cd")
    (part,) = row["parts"]
    assert (part["year"], part["confidence"], part["basis"]) == (2025, "high", "measured")
    assert [source["source_id"] for source in part["sources"]] == ["test"]
    km = cell(row, "km")
    assert (km["value"], km["unit"], km["role"], km["reason"]) == (500.0, "km", "chosen", "Logged by ships")
    assert km["meaning"].startswith("Length as run by freight")
    assert km["sources"] == [
        {
            "source_id": "line", "title": "Timetable", "publisher": "The line", "date": "2024-05",
            "url": "https://example.org/timetable",
        }
    ]  # fmt: skip
    (other,) = km["alternatives"]
    assert (other["value"], other["unit"], other["reason"]) == ("485", "km", "Drawn on a chart")
    assert (other["year"], other["confidence"], other["basis"]) == (2020, "low", "estimate")
    assert other["sources"][0]["publisher"] == "Some bank"
    assert "role" not in cell(row, "running_p50_h")
    assert cell(row, "valid_from")["value"] == "2024-01-01"
    assert cell(row, "passages")["value"] == ["caspian"]
    assert cell(row, "tracks")["value"] is None
    assert {"source", "year", "confidence", "basis", "note"}.isdisjoint(c["column"] for c in part["cells"])


def test_parts_are_asked_for_by_their_whole() -> None:
    row = facts.row_of(TABLES, "service_calls", "feeder")
    assert [cell(row, "terminal_id", part)["value"] for part in (0, 1)] == ["kz-c", "az-d"]
    assert [part["confidence"] for part in row["parts"]] == ["high"] * 2, "calls are as sure as their service"
    assert "alternatives" not in cell(row, "running_p50_h", 0)
    assert cell(row, "running_p50_h", 1)["alternatives"][0]["value"] == "19"


def test_rows_of_an_overlay_are_the_users_own() -> None:
    own = [{**rows_of("grid", "grid_id,country,g_co2e_per_kwh\nown,KZ,1")[0], "source": [OVERLAY_SOURCE]}]
    row = facts.row_of(Tables({**TABLES.rows, "grid": own}), "grid", "own")
    assert row["parts"][0]["sources"] == [
        {
            "source_id": "overlay",
            "title": "The user's own table",
            "publisher": "user",
            "date": None,
            "url": None,
        }
    ]


def test_unknown_names_get_a_hint() -> None:
    with pytest.raises(TableError, match="Did you mean 'links'"):
        facts.rows_of(TABLES, "link")
    with pytest.raises(TableError, match="Did you mean 'feeder'"):
        facts.row_of(TABLES, "services", "feder")
    with pytest.raises(TableError, match="Accepted: cd"):
        facts.row_of(TABLES, "links", "zzz")
    with pytest.raises(TableError, match="facts shipments --schema shows its columns"):
        facts.rows_of(TABLES, "shipments")


# On the screen.


@pytest.mark.parametrize("columns", [60, 80, 132])
def test_nothing_is_wider_than_the_screen(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    texts = [show.tables_text(facts.tables_listed(TABLES))]
    texts += [show.schema_text(table, facts.declared(table)) for table in (*table_names(), *form_names())]
    texts += [show.rows_text(table, facts.rows_of(TABLES, table)) for table in table_names()]
    texts += [show.row_text(facts.row_of(TABLES, "links", "cd"))]
    for text in texts:
        assert text.endswith("\n")
        for line in text.splitlines():
            # What one copies is never broken: addresses and commands.
            if "https://" not in line and "midcorridor facts" not in line:
                assert len(line) <= columns, line
            assert line == line.rstrip()


def test_a_row_reads_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = show.row_text(facts.row_of(TABLES, "links", "cd"))
    assert "  km: 500 km\n" in text
    assert "Chosen: Logged by ships (measured, 2024, high confidence)" in text
    assert "Set aside: 485 km. Drawn on a chart (estimate, 2020, low confidence)" in text
    assert "- Timetable, The line, 2024-05 [line]\n" in text
    assert "https://example.org/timetable\n" in text
    assert "tracks: (empty)" in text
    assert "Note: see [below] for why" in text


def test_a_pipe_gets_a_row_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    lines = show.rows_text("links", facts.rows_of(TABLES, "links")).splitlines()
    assert lines[0].split()[:3] == ["link_id", "from_terminal", "to_terminal"]
    assert lines[1].split()[0] == "cd"
    assert "caspian" in lines[1]


def test_commands_show_and_refuse(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["facts", "shipments", "--schema", "--format", "json"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out) == facts.declared("shipments")
    with pytest.raises(SystemExit) as ended:
        main(["facts", "linx", "--schema"])
    assert ended.value.code == 2
    assert "Did you mean 'links'" in capsys.readouterr().err
