"""The verb on real routes: sums, electricity, distance, sharing, and what cannot be."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from midcorridor.errors import InputError, TableError
from midcorridor.footprint import footprint
from midcorridor.network import Network
from midcorridor.scenario import parse_scenario


@pytest.fixture(scope="module")
def result(planned: Any, network: Network) -> Any:
    """All corridors."""
    return footprint(planned, network, compare=True, seed=7)


def leg(result: Any, service: str) -> Any:
    """An element by the beginning of its service."""
    return next(each for each in result.elements if each["service_id"].startswith(service))


def test_totals_are_the_sums_of_elements(result: Any) -> None:
    for route in result.routes:
        own = result.of(route["route_id"])
        for name in ("kg_co2e_wtw", "kg_co2e_ttw"):
            assert route[name] == pytest.approx(sum(each[name] for each in own), rel=1e-12)
        assert sum(route["quality"].values()) == pytest.approx(1)


def test_tank_to_wheel_is_never_above_well_to_wheel(result: Any) -> None:
    assert all(0 <= each["kg_co2e_ttw"] <= each["kg_co2e_wtw"] for each in result.elements)
    assert all(each["kg_co2e_wtw"] > 0 for each in result.elements)


def test_one_unit_of_activity_each(result: Any) -> None:
    for each in result.elements:
        amount = {
            "tkm": each["mass_t"] * each["distance_km"],
            "TEU-km": 80 * each["distance_km"],
            "container": 40,
        }[each["activity_unit"]]
        assert each["activity"] == pytest.approx(amount)
        assert each["kg_co2e_wtw"] == pytest.approx(amount * each["g_wtw"] / 1000)


def test_the_ocean_on_paper(result: Any) -> None:
    """Lane default of Asia to the Mediterranean: 52.2 g/TEU-km, 43.1 on board, no second distance factor."""
    ship = leg(result, "liner-")
    assert ship["daf"] == 1
    assert ship["kg_co2e_wtw"] == pytest.approx(ship["distance_km"] * 80 * 0.0522)
    assert ship["kg_co2e_ttw"] == pytest.approx(ship["distance_km"] * 80 * 0.0431)
    # ETS: half of the voyage, all of it in 2026, 70.76 EUR.
    ocean = next(route for route in result.routes if route["corridor"].startswith("ocean"))
    ets = next(line for line in ocean["charges"] if line["scheme"] == "eu_ets_maritime")
    assert ets["eur"] == pytest.approx(ship["kg_co2e_ttw"] / 1000 * 0.5 * 70.76)
    # FuelEU: half of the energy at 91.392 against 89.3368 g/MJ.
    fuel = next(line for line in ocean["charges"] if line["scheme"] == "fueleu_maritime")
    mj = ship["kg_co2e_ttw"] * 1000 / 78.192 / 2
    assert fuel["eur"] == pytest.approx((91.392 - 89.3368) * mj / (91.392 * 41_000) * 2400)


def test_a_factor_per_km_travelled_is_adjusted_once(result: Any) -> None:
    feeder, truck = leg(result, "feeder-aktau-alat"), leg(result, "truck")
    assert feeder["daf"] == 1.15
    assert feeder["g_wtw"] == pytest.approx(45.08 * 1.15)
    assert truck["daf"] == 1.05
    assert truck["g_wtw"] == pytest.approx(95.02 * 1.05)


def test_a_train_on_paper(result: Any, network: Network) -> None:
    """Altynkol-Aktau: Wh of a 2,000 t train, gross mass of 6.5 t a TEU, wire and grid of Kazakhstan."""
    train = leg(result, "train-altynkol-aktau")
    cargo, box, wagon = 520 / 80, 3.94 / 2, 6.75
    gross = (cargo + box + wagon + 17 / 83 * (box + wagon)) / cargo
    wh = 1200 * 2000**-0.62 * gross
    links = network.tables.by_key("links")
    planned = [links[name] for name in _links_of(result, train)]
    wired = sum(row["km"] * row["electrified_share"] for row in planned)
    whole = sum(row["km"] for row in planned)
    electric_kg = wired * 520 * wh / 1e6 * 1.08 * 821.4
    diesel_kg = (whole - wired) * 520 * wh * 3.6 / 1000 / 0.37 * 90.4 / 1000
    assert whole == pytest.approx(train["distance_km"])
    assert train["kg_co2e_wtw"] == pytest.approx(electric_kg + diesel_kg, rel=1e-9)
    assert train["kg_co2e_ttw"] == pytest.approx(diesel_kg * 74.5 / 90.4, rel=1e-9)
    assert train["quality"] == "modelled"
    assert train["class_kg_co2e"] == pytest.approx(
        wired * 520 * 27 / 1e6 * 1.08 * 821.4 + (whole - wired) * 520 * 23.75 / 1000, rel=1e-9
    )


_PLANNED: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def _remember(planned: Any) -> None:
    _PLANNED["plan"] = planned


def _links_of(result: Any, element: Any) -> list[str]:
    route = next(r for r in _PLANNED["plan"].routes if r["route_id"] == element["route_id"])
    return list(next(each for each in route["legs"] if each["seq"] == element["seq"])["link_ids"])


def test_a_grid_without_carbon_leaves_nothing_on_the_wire(planned: Any, network: Network) -> None:
    clean = footprint(planned, network, compare=True, grid="zero")
    for each in clean.elements:
        if each["carriers"] == [("Electric", 1.0)]:
            assert each["kg_co2e_wtw"] == 0
        assert each["power_g"] == 0
    assert any(each["carriers"] == [("Electric", 1.0)] for each in clean.elements)


def test_the_grid_of_2030_and_of_a_file(planned: Any, network: Network, tmp_path: Path) -> None:
    base = footprint(planned, network, grid="2023")
    later = footprint(planned, network, grid="2030")
    train = base.of()[2]
    assert train["from_country"] == "CN"
    # China 582.3 in 2023 and 470 in 2030, Kazakhstan 821.4 and 690.
    ratio = later.of()[2]["power_g"] / train["power_g"]
    assert 470 / 582.3 - 1e-9 < ratio < 690 / 821.4 + 1e-9
    assert any("BY in 2030" in each["what"] for each in later.routes[0]["fallbacks"])
    path = tmp_path / "mine.csv"
    path.write_text("grid_id,country,g_co2e_per_kwh\ncn-me,CN,0\nkz-me,KZ,0\n", encoding="utf-8")
    own = footprint(planned, network, grid=path)
    assert own.of()[2]["power_g"] == 0
    assert any("mine.csv has no row for RU" in each["what"] for each in own.routes[0]["fallbacks"])
    path.write_text("grid_id,country,g_co2e_per_kwh\ncn-me,CN,-5\n", encoding="utf-8")
    with pytest.raises(TableError, match="g_co2e_per_kwh"):
        footprint(planned, network, grid=path)


def test_what_is_missing_is_named_and_never_zero(planned: Any, network: Network) -> None:
    """Without a row for Kazakhstan the greatest of any country stands in, and is told with its share."""
    text = 'name = "no grid"\n[[change]]\noperation = "remove"\ntable = "grid"\nkey = "kz-2023"\n'
    changed = parse_scenario(text).apply(network)
    route = next(r for r in planned.routes if r["corridor"] == "middle")["route_id"]
    told = footprint(planned, changed, route_id=route).routes[0]
    gap = next(each for each in told["fallbacks"] if "KZ" in each["what"])
    assert "greatest" in gap["what"]
    assert gap["share"] > 0.05
    assert told["kg_co2e_wtw"] > footprint(planned, network, route_id=route).routes[0]["kg_co2e_wtw"]


def test_the_share_of_a_gap_is_what_rests_on_it(result: Any) -> None:
    for route in result.routes:
        power = sum(each["power_g"] * each["activity"] / 1000 for each in result.of(route["route_id"]))
        gaps = sum(each["share"] for each in route["fallbacks"] if "electricity" in each["what"])
        assert gaps * route["kg_co2e_wtw"] == pytest.approx(power, rel=1e-6)


@pytest.mark.parametrize("allocate", ["mass", "teu"])
def test_sharing_by_mass_or_teu_sums_to_the_vehicle(planned: Any, network: Network, allocate: str) -> None:
    """A shipper of a tenth of the vehicle by that measure has a tenth of its emissions."""
    found = footprint(planned, network, compare=True, allocate=allocate)
    unit = {"mass": "tkm", "teu": "TEU-km"}[allocate]
    assert {each["activity_unit"] for each in found.elements} == {unit, "container"}
    ship = leg(found, "liner-")
    teu = 520 / 10 if allocate == "mass" else 80  # 10 t a TEU is the mean load
    assert ship["kg_co2e_wtw"] == pytest.approx(ship["distance_km"] * teu * 0.0522)


def test_same_seed_same_range(planned: Any, network: Network, result: Any) -> None:
    again = footprint(planned, network, compare=True, seed=7)
    other = footprint(planned, network, compare=True, seed=8)
    for name in ("p05_kg_co2e", "p95_kg_co2e"):
        assert again.routes[0][name] == result.routes[0][name] != other.routes[0][name]
    for route in result.routes:
        assert route["p05_kg_co2e"] < route["kg_co2e_wtw"] < route["p95_kg_co2e"]


def test_other_fuels(planned: Any, network: Network, result: Any) -> None:
    hvo = footprint(planned, network, compare=True, fuel="hvo-desnz")
    truck = leg(hvo, "truck")
    assert truck["kg_co2e_wtw"] == pytest.approx(leg(result, "truck")["kg_co2e_wtw"] * 17.35 / 90.4)
    lng = footprint(planned, network, compare=True, marine_fuel="lng-otto-medium")
    ship, before = leg(lng, "liner-"), leg(result, "liner-")
    assert ship["kg_co2e_wtw"] == pytest.approx(before["kg_co2e_wtw"] * 89.2 / 91.392)
    assert ship["energy_mj"] == pytest.approx(before["energy_mj"])
    # USD 560 a tonne of 49.1 MJ/kg against 540 of 41: cheaper by energy, so a cost below zero.
    ocean = next(route for route in result.routes if route["corridor"].startswith("ocean"))
    cost = next(m for m in ocean["measures"] if m["measure"].startswith("LNG, Otto"))
    usd = before["energy_mj"] / 1000 * (560 / 49.1 - 540 / 41)
    assert cost["usd_per_t"] == pytest.approx(usd / (before["kg_co2e_wtw"] * (1 - 89.2 / 91.392) / 1000))


def test_by_air_and_the_value_of_an_hour(planned: Any, network: Network) -> None:
    found = footprint(planned, network, compare=True, air_usd_per_kg=4.0, air_days=5)
    assert found.air is not None
    # Great circle of Xi'an and Budapest by the haversine formula, some 7,270 km, and 95 km.
    assert found.air["km"] == pytest.approx(7_270 + 95, rel=0.005)
    assert found.air["kg_co2e_wtw"] == pytest.approx(found.air["km"] * 520 * 0.788)
    first = found.routes[0]
    row = next(
        each for each in found.break_even if each["faster"] == "air" and each["slower"].startswith("A ")
    )
    assert row["usd_per_h"] == pytest.approx((520_000 * 4 - first["cost_usd"]) / (first["mean_h"] - 120))
    without = footprint(planned, network, compare=True)
    assert without.air is not None
    assert without.air["cost_usd"] is None
    assert all("air" not in (each["faster"], each["slower"]) for each in without.break_even)


def test_a_scenario_electrifies_a_section(planned: Any, network: Network) -> None:
    """Kazakh wire everywhere on a route saves nothing to speak of; with a clean grid it saves most."""
    route = next(r for r in planned.routes if r["corridor"] == "middle")
    links = next(x for x in route["legs"] if x["service_id"].startswith("train-altynkol"))["link_ids"]
    text = 'name = "wire"\n' + "".join(
        f'[[change]]\noperation = "set"\ntable = "links"\nkey = "{name}"\ncolumn = "electrified_share"\n'
        "value = 1.0\n"
        for name in links
    )
    wired = parse_scenario(text).apply(network)
    now, then, clean = (
        footprint(planned, net, route_id=route["route_id"], grid=grid).routes[0]["kg_co2e_wtw"]
        for net, grid in ((network, None), (wired, None), (wired, "zero"))
    )
    assert then == pytest.approx(now, rel=0.02)
    assert clean < 0.5 * now


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"load_factor": 1.2}, "load-factor.*at most 1"),
        ({"load_factor": 0.0}, "load-factor"),
        ({"load_factor": float("nan")}, "load-factor"),
        ({"fuel": "hvo"}, "there is no fuel 'hvo'.*hvo-desnz"),
        ({"marine_fuel": "coal"}, "there is no fuel 'coal'"),
        ({"fuel": "hfo"}, "Heavy fuel oil.*is no fuel for this"),
        ({"allocate": "volume"}, "mass or teu"),
        ({"grid": "1990"}, "the tables know no electricity of 1990.*2022 to 2030"),
        ({"grid": "2050"}, "2050"),
        ({"grid": "nofile.csv"}, "neither a year nor a file"),
        ({"route_id": "Z"}, "there is no route 'Z'.*A"),
        ({"air_usd_per_kg": -1.0}, "air-usd-per-kg"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_cannot_be_is_told(planned: Any, network: Network, options: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        footprint(planned, network, **options)


def test_a_negative_mass_is_told(planned: Any, network: Network) -> None:
    with pytest.raises(InputError, match="cargo_t"):
        footprint(replace(planned, question={**planned.question, "cargo_t": -5.0}), network)


def test_cooled_boxes_take_more(planned: Any, network: Network, result: Any) -> None:
    """Lane default of cooled boxes 116.4 g/TEU-km; cooled truck 109.94 g/tkm; trains 12 % more."""
    question = {**planned.question, "container_type": "40RF"}
    cool = footprint(replace(planned, question=question), network, compare=True)
    assert leg(cool, "liner-")["g_wtw"] == pytest.approx(116.4)
    assert leg(cool, "truck")["g_wtw"] == pytest.approx(109.94 * 1.05)
    train, dry = leg(cool, "train-xian"), leg(result, "train-xian")
    assert train["class_g_wtw"] == pytest.approx(1.12 * dry["class_g_wtw"])
    feeder = leg(cool, "feeder-")
    assert any("no factor of its own" in what for what in feeder["fallbacks"])


@pytest.mark.parametrize(
    ("day", "phase", "fueleu"),
    [("2023-06-01", None, None), ("2024-06-01", 0.4, None), ("2025-06-01", 0.7, 89.3368)],
)
def test_rules_by_their_dates(
    planned: Any, network: Network, result: Any, day: str, phase: float | None, fueleu: float | None
) -> None:
    """Nothing before 2024; 40 and 70 % of allowances; FuelEU from 2025. A later price is said to be one."""
    from midcorridor.footprint.charges import charges

    ship = {**leg(result, "liner-"), "depart_at": f"{day}T00:00:00+00:00"}
    lines = {line["scheme"]: line for line in charges(network.tables, [ship], planned.question)}
    assert set(lines) == {
        *(["eu_ets_maritime"] if phase else []),
        *(["fueleu_maritime"] if fueleu else []),
    }
    if phase:
        ets = lines["eu_ets_maritime"]
        assert ets["eur"] == pytest.approx(ship["kg_co2e_ttw"] / 1000 * 0.5 * phase * 70.76)
        assert "the price of 2026" in ets["how"]
    inside = {**ship, "from_country": "RO", "to_country": "BG"}
    outside = {**ship, "from_country": "GE", "to_country": "TR"}
    assert charges(network.tables, [outside], planned.question) == []
    if phase:
        both = charges(network.tables, [inside], planned.question)[0]
        assert both["eur"] == pytest.approx(2 * lines["eu_ets_maritime"]["eur"])


def test_the_scenario_of_the_page_runs(planned: Any, network: Network) -> None:
    page = (Path(__file__).parents[2] / "docs" / "footprint.md").read_text(encoding="utf-8")
    [text] = re.findall(r"```toml\n(.*?)```", page, re.S)
    changed = parse_scenario(text).apply(network)
    middle = next(r for r in planned.routes if r["corridor"] == "middle")["route_id"]
    now, then = (
        footprint(planned, net, route_id=middle).routes[0]["kg_co2e_wtw"] for net in (network, changed)
    )
    assert then < now
