"""plan-many, diff and failures as a person and a shell meet them."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from midcorridor.cli import main

from .corridor import HEAD

ENDS = ("kz-aktau", "az-alat")
PLAN = [*ENDS, "--depart", "2026-12-01"]


def run(*words: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


@pytest.fixture
def closed(tmp_path: Path) -> str:
    path = tmp_path / "scenario.toml"
    path.write_text(
        'name = "no feeder"\n[[change]]\noperation = "close"\ntable = "services"\nkey = "feeder-aktau-alat"\n'
    )
    return str(path)


def shipments(path: Path, count: int) -> Path:
    lines = [f"s{n},{','.join(ENDS)},consumer_goods,40HC,{n + 1},box,2026-12-01," for n in range(count)]
    path.write_text(
        "\n".join([HEAD, *lines, "bad,Nowhereville,Baku,consumer_goods,40HC,1,box,2026-12-01,\n"])
    )
    return path


def test_plan_many_writes_the_file_and_says_what_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "routes.csv"
    asked = str(shipments(tmp_path / "shipments.csv", 3))
    assert run("plan-many", asked, "-o", str(output), "--workers", "1") == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "4 shipments: 3 planned, 0 without a route, 1 with an error" in told.err
    assert "  unknown_place: 1\n  row 5 (bad): origin: 'Nowhereville' is not a place we know" in told.err
    assert told.err.endswith(f"wrote {output}\n")
    with output.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(dict.fromkeys(row["shipment_id"] for row in rows)) == ["s0", "s1", "s2", "bad"]


def test_plan_many_refuses_what_it_cannot_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = str(shipments(tmp_path / "shipments.csv", 1))
    assert run("plan-many", asked, "-o", str(tmp_path / "routes.xlsx")) == 2
    assert run("plan-many", asked, "-o", str(tmp_path / "r.csv"), "--by", "luck", "--workers", "1") == 2
    assert run("plan-many", asked, "-o", str(tmp_path / "r.csv"), "--cluster", "nonsense://x") == 2
    assert capsys.readouterr().err.count("Error: ") == 3
    assert [each.name for each in tmp_path.iterdir()] == ["shipments.csv"]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "after_s"), [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGINT, 2)])
def test_an_interrupt_ends_plan_many_and_leaves_nothing(number: int, after_s: float, tmp_path: Path) -> None:
    """While the workers start and when they are at work."""
    asked = shipments(tmp_path / "shipments.csv", 5000)
    code = "import sys; from midcorridor.cli import main; main(sys.argv[1:])"
    words = ["plan-many", str(asked), "-o", str(tmp_path / "routes.parquet"), "--workers", "2"]
    with subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".routes.parquet.*")) and time.monotonic() < deadline:
            time.sleep(0.05)  # until the work has begun
        time.sleep(after_s)
        running.send_signal(number)
        _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "nothing was written" in told
    assert "Traceback" not in told
    assert [each.name for each in tmp_path.iterdir()] == ["shipments.csv"]


def test_diff_shows_a_shipment_in_every_form(closed: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = {}
    for form in ("table", "text", "json", "csv"):
        assert run("diff", *PLAN, "--scenario", closed, "--format", form) == 0
        shown[form] = capsys.readouterr().out
    rows = {row["corridor"]: row for row in json.loads(shown["json"])["corridors"]}
    assert rows["middle"]["change"] == "changed"
    assert rows["middle"]["services_gone"] == ["feeder-aktau-alat"]
    assert "no feeder against base" in shown["table"]
    because = "because closure of Aktau-Alat container feeders (one pool) added"
    assert f"{because} (closures scenario-1-feeder-aktau-alat)" in shown["table"]
    assert "The middle corridor changes: " in shown["text"]
    assert "days slower" in shown["text"]
    assert all(line.endswith(".") for line in shown["text"].splitlines()[1:])
    assert {row["corridor"] for row in csv.DictReader(io.StringIO(shown["csv"]))} == set(rows)


def test_diff_alone_shows_the_cells(closed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("diff", "--scenario", closed) == 0
    assert "scenario-1-feeder-aktau-alat" in capsys.readouterr().out
    assert run("diff", "--scenario", closed, "--format", "json") == 0
    (cell,) = json.loads(capsys.readouterr().out)["cells"]
    assert (cell["table"], cell["kind"], cell["after"]["closed_share"]) == ("closures", "added", 1)
    assert run("diff", "--scenario", closed, "--format", "text") == 0
    name = "(Aktau-Alat container feeders (one pool))"
    assert f"In closures, row scenario-1-feeder-aktau-alat {name} is added: " in capsys.readouterr().out
    assert run("diff", "--scenario", closed, "--format", "csv") == 0
    assert capsys.readouterr().out.startswith("table,key,kind,column,before,after,unit,from,until\nclosures,")
    assert run("diff", "kz-aktau", "--scenario", closed) == 2
    assert "both ends, or none of them" in capsys.readouterr().err


def test_failures_are_shown_in_every_form(capsys: pytest.CaptureFixture[str]) -> None:
    shown = {}
    for form in ("table", "json", "csv"):
        assert run("failures", *PLAN, "--avoid", "RU", "--format", form) == 0
        shown[form] = capsys.readouterr().out
    rows = json.loads(shown["json"])["failures"]
    assert {"kz-aktau", "az-alat", "kz-aktau_az-alat"} <= {row["id"] for row in rows}
    assert rows[0]["effect"] == "none_left"
    assert "no route left" in shown["table"]
    assert [row["id"] for row in csv.DictReader(io.StringIO(shown["csv"]))] == [row["id"] for row in rows]
    assert run("failures", *PLAN, "--avoid", "RU", "--all") == 0
    assert "more terminals and links are on none of these routes: nothing changes" in capsys.readouterr().out
