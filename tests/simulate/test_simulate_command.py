"""The command simulate as a user meets it: answers, refusals, and what is left behind."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from midcorridor.cli import main
from midcorridor.cli.show_simulate import simulation_text
from midcorridor.simulate import simulate

from .measured import measured, shipped

QUICK = ("simulate", "--replications", "1", "--warm-up-days", "5")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main([*words])
    told = capsys.readouterr()
    return int(stopped.value.code or 0), told.out, told.err


def test_text_uses_names_and_no_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    answer, _ = measured()
    text = simulation_text(answer, every=True)
    tables = shipped().tables
    ids = {
        str(row[key])
        for table, key in (("terminals", "terminal_id"), ("services", "service_id"), ("volumes", "volume_id"))
        for row in tables[table]
    } | {row["fleet_id"] for row in tables["fleets"]}
    assert not ids & set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", text))
    assert "_" not in text
    assert len(text.splitlines()) > len(simulation_text(answer).splitlines()) + 10


def test_text_tells_the_figures_of_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    answer, _ = measured()
    text = simulation_text(answer)
    assert answer.measures is not None
    row = answer.measures.transits.filter(volume_id="demand-kazakhstan-poti-2025").row(0, named=True)
    line = next(line for line in text.splitlines() if line.startswith("Almaty-1 to Poti Sea Port"))
    shown = line.split()
    assert f"{row['journeys']:,.0f}" in shown
    assert [f"{row[name]:.1f}" for name in ("p10_d", "p50_d", "p90_d")] == shown[9:12]
    assert f"{row['within_share']:.0%}" in shown
    assert "Almaty-1 to Poti Sea Port, published days: 30 (2025-07, measured)" in text


def test_a_run_writes_a_folder_a_page_and_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    made, page = tmp_path / "made", tmp_path / "page.html"
    words = [*QUICK, "--visits", "-o", str(made), "--html", str(page), "--format", "json", "--log-days", "2"]
    code, out, err = run(capsys, *words)
    told = json.loads(out)
    assert code == (0 if told["well"] else 1)
    assert told["run"]["options"]["replications"] == 1
    assert told["question"] == {"year": 2025, "from": "2025-01-01", "until": "2025-12-31"}
    manifest = json.loads((made / "manifest.json").read_text("utf-8"))
    assert manifest["network_digest"] == told["run"]["network_digest"]
    assert (made / "visits" / "replication=00" / "visits.parquet").is_file()
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "[1/1] replication 1" in err
    assert f"wrote {made}" in err
    if told["well"]:
        ranked = [row["lever"] for row in told["bottlenecks"]]
        assert len({row["kind"] for row in told["bottlenecks"]}) == len(ranked) > 10
        written = (made / "summary" / "gains_ranking.csv").read_text("utf-8").splitlines()[1:]
        assert [line.split(",")[1] for line in written] == ranked
        assert "summary/gains_left_out.csv" in {each["path"] for each in manifest["files"]}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "page.html"]


def test_what_jams_is_told_first_and_ends_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Crowded when 4,000 boxes and vehicles are in the model, so that the test is soon over.
    monkeypatch.setattr("midcorridor.simulate.simulate", partial(simulate, limit=4000))
    words = [*QUICK, "--demand-factor", "4", "--html", str(tmp_path / "page.html")]
    code, out, _ = run(capsys, *words)
    assert code == 1
    assert out.startswith("NOT WELL.")
    assert "more tokens are alive than the stated limit" in out
    assert "demand times 4" in out
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.index("Not well") < page.index("What was carried")


def test_an_event_is_told_beside_the_year(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["simulate", "--replications", "1", "--warm-up-days", "5", "--levers", "0"]
    code, out, _ = run(capsys, *words, "--event", "ferry-lost", "--format", "json")
    rows = json.loads(out)["events"]
    assert {row["cargo"] for row in rows} == {"box", "wagon", "truck"}
    extra = {row["cargo"]: row["extra_d"] for row in rows}
    assert extra["wagon"] > 0
    assert code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--year", "1999"], ["no demand in volumes for 1999", "2025"]),
        (["--demand-factor", "0"], ["demand_factor", "above 0"]),
        (["--demand-factor", "nan"], ["demand_factor", "above 0"]),
        (["--warm-up-days", "-1"], ["warm_up_d", "0 to 3650"]),
        (["--within-days", "-3"], ["within_d", "above 0"]),
        (["--replications", "0"], ["replications", "from 1 to"]),
        (["--seed", "-1"], ["seed", "from 0 to"]),
        (["--workers", "0"], ["workers", "from 1 to"]),
        (["--visits", "--log-days", "0"], ["--visits", "--log-days", "from 1"]),
        (["--levers", "-1"], ["--levers", "from 0"]),
        (["--event", "caspian-storm"], ["no event 'caspian-storm'", "caspian-storm-week", "feeder-lost"]),
        (["--visits"], ["--visits", "together with --output"]),
        (["--scenario", "no-such.toml"], ["no-such.toml"]),
        (["--format", "xml"], ["--format", "table", "json"]),
        (["-o", "/no/such/folder"], ["/no/such/folder", "cannot be written", "a folder that exists"]),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], told: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    code, out, err = run(capsys, "simulate", *words)
    assert (code, out) == (2, "")
    for each in told:
        assert each in err
    assert "Traceback" not in err


def test_a_folder_that_is_not_empty_is_refused_before_the_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("it ran")

    monkeypatch.setattr("midcorridor.simulate.simulate", never)
    (tmp_path / "mine.txt").write_text("keep")
    code, _, err = run(capsys, "simulate", "-o", str(tmp_path))
    assert code == 2
    assert "is there already" in err
    assert "Name another" in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_interrupt_leaves_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: Any, collect: Any, **__: Any) -> None:
        _, collected = measured()
        collect(0, collected[0])
        raise KeyboardInterrupt

    monkeypatch.setattr("midcorridor.simulate.simulate", interrupted)
    code, out, err = run(capsys, "simulate", "--visits", "-o", str(tmp_path / "made"))
    assert (code, out) == (130, "")
    assert "nothing was written" in err
    assert list(tmp_path.iterdir()) == []
