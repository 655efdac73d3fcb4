"""Hills, the speed and load of ships, what measures cost, and the plan's figure beside the footprint's."""

from __future__ import annotations

from typing import Any

import pytest

from midcorridor import emissions
from midcorridor.errors import InputError
from midcorridor.footprint import footprint
from midcorridor.footprint.measures import wire_usd_per_tkm
from midcorridor.network import Network
from midcorridor.scenario import parse_scenario


@pytest.fixture(scope="module")
def result(planned: Any, network: Network) -> Any:
    """All corridors."""
    return footprint(planned, network, compare=True)


def legs(result: Any, mode: str) -> list[Any]:
    """The elements of a mode."""
    return [each for each in result.elements if each["mode"] == mode]


def test_a_plan_counts_every_leg_as_the_class_factors_of_the_footprint(result: Any) -> None:
    """One formula: losses of the grid and longer ways are in both; trains by energy are the difference."""
    moved = [each for each in result.elements if each["element"] == "leg"]
    assert {each["mode"] for each in moved} >= {"rail", "sea", "road"}
    for each in moved:
        assert each["plan_kg_co2e"] == pytest.approx(each["class_kg_co2e"], rel=1e-6), each["category_id"]
    assert any(each["kg_co2e_wtw"] != pytest.approx(each["class_kg_co2e"], rel=0.01) for each in moved)


def test_hills_take_a_tenth_and_mountains_three_tenths_more(
    planned: Any, network: Network, result: Any
) -> None:
    for name, more in (("flat", 1.0), ("hilly", 1.1), ("mountain", 1.3)):
        hills = footprint(planned, network, compare=True, gradient=name)
        for each, flat in zip(legs(hills, "rail"), legs(result, "rail"), strict=True):
            if flat["method"] == "energy":
                assert each["kg_co2e_wtw"] == pytest.approx(more * flat["kg_co2e_wtw"])
        assert legs(hills, "sea")[0]["kg_co2e_wtw"] == legs(result, "sea")[0]["kg_co2e_wtw"]


def test_the_class_of_a_line_stands_with_the_factor_of_its_train(planned: Any, network: Network) -> None:
    changes = """
name = "hills"

[[change]]
operation = "set"
table = "emission_factors"
key = "rail-electric-2000t"
column = "gradient"
value = "hilly"
"""
    hilly = parse_scenario(changes).apply(network)
    before, after = (footprint(planned, net, compare=True) for net in (network, hilly))
    for one, other in zip(legs(before, "rail"), legs(after, "rail"), strict=True):
        more = 1.1 if one["category_id"].startswith("rail-electric-2000t.") else 1.0
        assert other["kg_co2e_wtw"] == pytest.approx(more * one["kg_co2e_wtw"])


def test_a_ship_a_tenth_slower_burns_a_fifth_less() -> None:
    """The claim that Taskar and Andersen (2020) test: 19 % of the fuel."""
    assert emissions.slower_ship(0.9, 2) == pytest.approx(1 - 0.19)


def test_ships_by_speed_and_load(planned: Any, network: Network, result: Any) -> None:
    slow = footprint(planned, network, compare=True, ship_speed=0.9)
    half = footprint(planned, network, compare=True, ship_load=0.5)
    for base, slower, fuller in zip(*(legs(each, "sea") for each in (result, slow, half)), strict=True):
        assert slower["kg_co2e_wtw"] == pytest.approx(0.81 * base["kg_co2e_wtw"])
        lane = base["category_id"].startswith("sea-deep-asia")
        assert fuller["kg_co2e_wtw"] == pytest.approx((0.7 / 0.5 if lane else 1.0) * base["kg_co2e_wtw"])
        told = [what for what in fuller["fallbacks"] if "load of" in what]
        assert bool(told) is not lane, "a load that is not published is said to be left as it is"


def test_what_cannot_be_is_told_at_once(planned: Any, network: Network) -> None:
    with pytest.raises(InputError) as caught:
        footprint(planned, network, gradient="steep", ship_speed=2.0, ship_load=0.0)
    assert [fault.where for fault in caught.value.faults] == ["--gradient", "--ship-speed", "--ship-load"]


def test_what_measures_cost_on_paper(network: Network, result: Any) -> None:
    first = result.routes[0]
    own = result.of(first["route_id"])
    found = {measure["measure"]: measure for measure in first["measures"]}
    # 1.008 million USD a km at 6.505 % a year over 19 million tonne-km: a third of a cent a tonne-km.
    rate = 1_008_000 * (0.05 / (1 - 1.05**-30)) / 19_000_000
    assert wire_usd_per_tkm(network.tables) == pytest.approx(rate)
    rails = [each for each in own if each["mode"] == "rail"]
    bare = sum(
        each["distance_km"] * each["mass_t"] * dict(each["carriers"]).get("Diesel", 0.0) for each in rails
    )
    wires = found["wire on every section, grid as it is"]
    assert wires["extra_usd"] == pytest.approx(bare * rate, rel=1e-6)
    # HVO: 44 MJ/kg, 0.78 kg/l, 1,075 USD a cubic metre above gasoil.
    burnt = sum(each["energy_mj"] for each in own if each["mode"] in ("rail", "road"))
    hvo = found["HVO in place of diesel, rail and road"]
    assert hvo["extra_usd"] == pytest.approx(burnt / 44 / 0.78 / 1000 * 1075)
    assert hvo["usd_per_t"] == pytest.approx(1000 * hvo["extra_usd"] / hvo["saved_kg_co2e"])
    # Certificates at 6.1 USD a MWh, 8 % of it lost on the way.
    clean = found["electricity without carbon on the wires there are"]
    power = sum(each["energy_kwh"] for each in own)
    assert clean["extra_usd"] == pytest.approx(power * 1.08 / 1000 * 6.1)
    ocean = next(route for route in result.routes if route["corridor"].startswith("ocean"))
    slow = next(each for each in ocean["measures"] if each["measure"] == "ships a tenth slower")
    assert slow["extra_usd"] < 0 < slow["saved_kg_co2e"]
    assert all(
        row in result.constants
        for route in result.routes
        for each in route["measures"]
        for row in each["rows"]
    )
