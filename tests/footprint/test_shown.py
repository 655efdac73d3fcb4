"""A footprint as text, table, JSON and page."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from midcorridor.brief import footprint_page
from midcorridor.cli import main
from midcorridor.cli.show_footprint import footprint_text
from midcorridor.footprint import footprint
from midcorridor.network import Network
from midcorridor.schemas import schema


@pytest.fixture(scope="module")
def result(planned: Any, network: Network) -> Any:
    """All corridors."""
    return footprint(planned, network, compare=True)


def test_text_tells_totals_gaps_and_rivals(result: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    text = footprint_text(result)
    for word in ("ISO 14083", "air", "electricity of KZ in 2026: that of 2023", "USD per hour", "Boundary"):
        assert word in text
    assert f"{result.routes[0]['kg_co2e_wtw'] / 1000:,.1f} t CO2e" in text
    assert "ocean" in text
    assert all(len(line) <= 160 for line in text.splitlines())


def test_the_page_leads_from_each_element_to_its_sources(result: Any) -> None:
    """Every figure in two steps: element to factor, factor to source."""
    page = footprint_page(result)
    links = set(re.findall(r'href="#([^"]+)"', page))
    ids = set(re.findall(r' id="([^"]+)"', page))
    assert links <= ids
    assert {name for name in ids if name.startswith("source-")} <= links
    rows = re.findall(r"<tr[^>]*>.*?</tr>", page.partition('class="chain"')[2].partition("</tbody>")[0])
    assert len(rows) == len(result.of()) + 1  # the head
    assert all('href="#factor-' in row for row in rows[1:])
    factors = re.findall(r'<tr id="factor-\d+">.*?</tr>', page)
    assert factors
    assert all('href="#source-' in row for row in factors)
    assert "ISO 14083:2023" in page
    assert "Boundary" in page
    assert not re.search(r"<(link|img|script src)|https?://[^\"<]*\.(js|css)", page)


def test_a_train_can_be_retraced_from_the_page(result: Any, network: Network) -> None:
    """Energy by hand from what the page shows: (cargo + moved) / cargo, times Wh, times tonne-km."""
    page = footprint_page(result)
    constants = {name: row["value"] for name, row in network.tables.by_key("footprint_constants").items()}
    tare_t = network.tables.by_key("containers")[result.question["container_type"]]["tare_t"]
    trains = [row for row in result.elements if row["method"] == "energy" and row["energy_mj"] == 0]
    assert trains
    for row in trains:
        factor = network.tables.by_key("emission_factors")[row["category_id"].partition(".")[0]]
        shown = re.search(rf"{factor['train_gross_t']:g}.t train, ([\d.]+).Wh per gross tkm", page)
        assert shown
        share = constants["rail-empty-share"]
        moved_t = result.question["boxes"] * tare_t + result.question["teu"] * constants["wagon-t-per-teu"]
        ratio = (row["mass_t"] + moved_t * (1 + share / (1 - share))) / row["mass_t"]
        assert row["energy_kwh"] == pytest.approx(float(shown[1]) * ratio * row["activity"] / 1000, rel=5e-3)


def test_csv_and_json_hold_the_declared_fields(result: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(result.to_csv())))
    assert len(rows) == len(result.elements)
    assert set(rows[0]) == set(schema("footprint_elements").names())
    assert all(row["factor_rows"] and row["sources"] for row in rows)
    told = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    scalar = {k for k, v in told["routes"][0].items() if not isinstance(v, (list, dict))}
    assert scalar == set(schema("footprints").names())
    assert result.to_frame("elements").height == len(result.elements)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["footprint", "kz-aktau", "az-alat", "--depart", "2026-12-01", "--format", "ileap"])
    assert stop.value.code == 0
    content = json.loads(capsys.readouterr().out)
    assert content["shipmentFootprint"]["tces"]
    with pytest.raises(SystemExit) as stop:
        main(["footprint", "kz-aktau", "az-alat", "--depart", "2026-12-01", "--fuel", "coal"])
    assert stop.value.code == 2
    assert "there is no fuel 'coal'" in capsys.readouterr().err


def test_each_cost_of_a_measure_leads_to_its_factor(result: Any) -> None:
    page = footprint_page(result)
    listed = page.partition("What each measure by itself would change")[2].partition("</ul>")[0]
    priced = [row for row in re.findall(r"<li>.*?</li>", listed) if "USD" in row and "LNG" not in row]
    assert priced
    assert all('href="#factor-' in row for row in priced)
