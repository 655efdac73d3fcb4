"""Lookups on the screen: findings, places, summaries, progress; and the commands that print them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from midcorridor.brief import plan_page
from midcorridor.cli import main, show
from midcorridor.cli.show_plan import plan_text
from midcorridor.network.check import Finding
from midcorridor.places import Place
from midcorridor.said import figures
from midcorridor.words import exposure_words

from .brief.conftest import StubAtlas, answer, with_rule

FINDINGS = [
    Finding("error", "missing_price", "no row in the model has the item storage", "unit_costs.csv", "Add it"),
    Finding("warning", "unserved_water", "no service sails it", "links.csv a-b", "Add a service"),
    Finding("warning", "unserved_water", "no service sails it", "links.csv b-c", "Add a service"),
    Finding("warning", "delay_twice", "5 h is more than 1.5 times 2 h", "links.csv c-d", "Keep running time"),
]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def run(*arguments: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("narrow")
def test_findings_read_as_text() -> None:
    assert show.findings_text(FINDINGS) == (
        "1 error, 3 warnings\n"
        "\n"
        "error missing_price (1)\n"
        "  unit_costs.csv: no row in the model has the item storage.\n"
        "  -> Add it.\n"
        "\n"
        "warning delay_twice (1)\n"
        "  links.csv c-d: 5 h is more than 1.5 times 2 h.\n"
        "  -> Keep running time.\n"
        "\n"
        "warning unserved_water (2)\n"
        "  No service sails it: links.csv a-b, b-c.\n"
        "  -> Add a service.\n"
    )
    assert show.findings_text([]) == "nothing found\n"


@pytest.mark.usefixtures("narrow")
def test_places_read_as_text() -> None:
    found = [
        Place("Ələt", 39.95, 49.41, "AZ", "city", population=12_900),
        Place("Port of Baku at Alat", 39.975, 49.41, "AZ", "terminal", terminal_id="az-alat"),
        Place("西安市", 34.26, 108.94, "CN", "city"),
    ]
    lines = show.places_text(found).splitlines()
    assert lines[0].split() == ["place", "country", "kind", "id", "lat,lon", "people"]
    assert lines[1].startswith("*  Ələt")
    assert lines[1].endswith("12,900")
    assert "az-alat" in lines[2]
    # A Chinese sign is two columns wide on the screen.
    assert lines[3].index("CN") == lines[1].index("AZ") - 3
    assert lines[-1] == "* what a plan would take"


@pytest.mark.usefixtures("narrow")
def test_mappings_read_as_text() -> None:
    told = show.mapping_text({"rail": {"nodes": 5, "joins": 2}, "built": "2026-11-20", "parts": [1, 2]})
    assert told == "rail\n  nodes: 5\n  joins: 2\nbuilt: 2026-11-20\nparts: 1, 2\n"


def test_a_plan_tells_the_promised_date_first() -> None:
    lines = plan_text(answer("A", "B", deadline_d=40)).splitlines()
    assert "ready 1 Dec 2026, wanted by 9 Jan 2027" in " ".join(" ".join(lines[:2]).split())
    promise = next(line for line in lines if line.startswith("A middle: promise"))
    assert "promise 22 Jan 2027 (9 times in 10), 17 % in time, mean 45.2 days, 7,950 USD a box" in promise
    head = next(line for line in lines if line.split()[:2] == ["corridor", "days"])
    row = next(line for line in lines if line.startswith("A  middle") and ">" not in line)
    # The date stands under its head, to the right.
    assert row.index("22 Jan 2027") + len("22 Jan 2027") == head.index("by") + len("by")
    assert row.split()[-6:] == ["17", "%", "318,000", "7,950", "74.9", "64%"]
    assert max(map(len, lines)) <= 100
    assert "in time" not in plan_text(answer("A", "B"))


def test_a_plan_tells_departures_bookings_causes_and_rules() -> None:
    result = answer("A", "B")
    for route in result.routes:
        route |= with_rule(route)
    result.routes[0]["legs"][1]["loads"] = [33, 7]
    assert "Self-check: sums agree" in plan_text(result)
    text = plan_text(replace(result, checks=[{"check": "sums agree", "ok": False}]))
    assert "group booking, 33 + 7" in " ".join(text.split())
    assert "spread    mostly waiting for a departure at Aktau 40 %" in text
    assert "by sea    Aktau to Alat; Poti to Constanta" in text
    assert text.count("Ask the railway.") == 1
    assert "All routes. Permit needed by rail in Kazakhstan. Ask the railway. (length-45)" in text
    assert text.count("PERMIT") == 4, "two legs on each route"
    assert "SELF-CHECK FAILED: sums agree" in text
    caspian = next(line for line in text.splitlines() if line.startswith("ship Aktau - Alat"))
    # Departs 22 days after cargo ready, gate-in a day before.
    start_h = next(leg for leg in result.routes[0]["legs"] if leg["from_id"] == "kz-aktau")["start_h"]
    departs = datetime(2026, 12, 1) + timedelta(hours=start_h)
    assert f"{departs:%-d %b}" in caspian
    assert f"{departs - timedelta(days=1):%-d %b}" in caspian


def stay(charge: str, free_days: float, rate: float) -> dict[str, Any]:
    return {"charge": charge, "free_days": free_days, "usd_per_feu_day": rate, "key": "x"}


def test_a_plan_tells_the_years_of_its_prices_and_what_long_stays_cost() -> None:
    result = answer("A", "B")
    _, first, *_, last = result.routes[0]["transfers"]
    first |= {"free_time": [stay("storage", 4, 17.3), stay("detention", 25, 19)],
              "exposure_p50_usd": 0.0, "exposure_p90_usd": 51.9}  # fmt: skip
    last |= {"free_time": [stay("demurrage", 5, 74.3), stay("detention", 7, 64.9)],
             "exposure_p50_usd": 10.0, "exposure_p90_usd": 148.1}  # fmt: skip
    result.routes[0] |= {"exposure_p50_usd": 10.0, "exposure_p90_usd": 200.0}
    told = (
        "storage and demurrage for all boxes, not in the price: 10 USD at the median of every stay, 200 USD "
        "if each is as long as 9 in 10 are; no tariff known at Altynkol, Aktau, Alat, Poti, Constanta; "
        "detention 19 USD a 40 ft box and day after 25 free days at "
        "Xi'an International Port, 64.9 USD after 7 free days at Budapest"
    )
    price = {"value": 5, "unit": "USD/FEU", "year": 2022, "source": [], "confidence": "low"}
    result = replace(result, figures={**result.figures, "handling cn-xian-port": price})
    text = " ".join(plan_text(result).split())
    assert text.count(told) == 1, "on route A and not on B"
    assert text.count("61,000 USD is what its owner loses on the way, not in the price") == 2
    assert "Prices of 2022-2025, not inflated." in text
    page = unescape(plan_page(result, atlas=StubAtlas()))
    assert page.count(told[:1].upper() + told[1:]) == 1
    # The price of each route names the years of its own lines.
    assert "Prices of 2022-2025, not inflated. " in page
    text = " ".join(plan_text(answer("A")).split())
    assert "Prices of 2025, not inflated." in text
    assert "storage" not in text


def test_insurance_has_a_row_of_its_own_and_is_not_of_the_first_step() -> None:
    result = answer("A")
    route = result.routes[0]
    first = min((*route["legs"], *route["transfers"]), key=lambda part: part["seq"])
    before = first["cost_usd"]
    cover = 44_400.0
    first["lines"].append({"item": "insurance", "usd": cover, "table": "unit_costs", "key": "insurance"})
    first["cost_usd"] += cover
    text = plan_text(result)
    assert "insurance, all the way" in text
    assert "44,400" in text
    step = next(part for part in text.splitlines() if part.startswith("total"))
    assert figures(route["cost_usd"]) in step
    assert figures(before + cover) not in text
    assert "insurance, all the way" not in plan_text(answer("A"))
    page = unescape(plan_page(result, atlas=StubAtlas()))
    assert page.count("of the cargo, all the way") == 1


def test_what_long_stays_cost_is_not_known_where_a_stay_may_never_end() -> None:
    route = answer("A").routes[0]
    part = route["transfers"][-1]
    part |= {"free_time": [stay("combined", 5, 70)], "exposure_p50_usd": 0.0, "exposure_p90_usd": None}
    route |= {"exposure_p50_usd": 0.0, "exposure_p90_usd": None}
    assert exposure_words(route) == (
        "demurrage and detention for all boxes, not in the price: 0 USD at the median of every stay, "
        "not known if each is as long as 9 in 10 are; no tariff known at Xi'an International Port, Altynkol, "
        "Aktau, Alat, Poti, Constanta"
    )
    part |= {"free_time": [], "exposure_p50_usd": None}
    assert exposure_words(route) == ""


def test_no_date_is_promised_that_is_never_met() -> None:
    result = answer("A")
    result.routes[0].update(available_p90_at=None, p90_h=None, first_box_p90_h=None, never_probability=0.12)
    text = plan_text(result)
    assert "no date can be promised" in text
    assert "never     12 % miss the last departure known" in text


class Terminal(io.StringIO):
    """A stream that says it is a screen."""

    def isatty(self) -> bool:
        return True


def test_progress_writes_over_itself_on_a_screen_and_is_quiet_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    screen, pipe = Terminal(), io.StringIO()
    for stream in (screen, pipe):
        monkeypatch.setattr("sys.stderr", stream)
        for done in range(4):
            show.progress_line(done, 3, "a step with a long name " * 10)
    assert screen.getvalue().count("\r") == 4
    assert screen.getvalue().count("\n") == 1
    assert max(map(len, screen.getvalue().split("\r"))) <= 80
    assert len(pipe.getvalue().splitlines()) == 1


def test_the_network_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("network", "--on", "2026-12-01", "--format", "json") == 0
    counted = json.loads(capsys.readouterr().out)
    assert counted["day"] == "2026-12-01"
    assert counted["links"]["open"] > 400
    assert run("network", "--on", "2026-12-01") == 0
    assert "open: " in capsys.readouterr().out


def test_a_scenario_that_breaks_the_network_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(
        'name = "A narrower Caspian"\n[[change]]\noperation = "set"\ntable = "links"\n'
        'key = "kz-aktau_az-alat"\ncolumn = "km"\nvalue = 100\n',
        encoding="utf-8",
    )
    assert run("network", "check", "--scenario", str(path), "--on", "2026-12-01", "--format", "json") == 1
    found = json.loads(capsys.readouterr().out)
    assert ("shorter_than_great_circle", "links.csv kz-aktau_az-alat") in {
        (f["code"], f["where"]) for f in found
    }


def test_the_network_is_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "network.geojson"
    assert run("network", "export", "--output", str(path), "--on", "2026-12-01") == 0
    assert capsys.readouterr().err == f"wrote {path}\n"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    caspian = next(f for f in features if f["properties"].get("link_id") == "kz-aktau_az-alat")
    assert caspian["properties"]["geometry_basis"] == "track"
    assert len(caspian["geometry"]["coordinates"]) > 2
