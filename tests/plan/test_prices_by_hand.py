"""Prices, declarations, insurance and money of other years, added up by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from midcorridor.changes import Change
from midcorridor.errors import InputError
from midcorridor.network import Network
from midcorridor.plan import plan
from midcorridor.plan.prices import Prices
from midcorridor.plan.unpriced import not_included
from midcorridor.scenario import Scenario
from midcorridor.validate.prices import compare_rates, price_parts

from .test_plan_by_hand import corridor

DECLARED = """cost_id,item,mode,country,corridor,container,value,unit
margin,forwarder_margin,,,,40,0.1,1
out,export_declaration,,,,40,60,USD/FEU
out-cn,export_declaration,,CN,,40,70,USD/FEU
in,import_declaration,,,,40,80,USD/FEU
cover,insurance,,,,any,0.002,1
cover-north,insurance,,,northern,any,0.004,1"""


def items_of(route: dict[str, Any]) -> dict[str, float]:
    """The quotation by item, of the whole shipment."""
    found: dict[str, float] = {}
    for part in (*route["legs"], *route["transfers"]):
        for line in part["lines"]:
            found[line["item"]] = found.get(line["item"], 0.0) + line["usd"]
    return found


def test_declarations_bear_the_margin_and_insurance_does_not() -> None:
    [route] = plan(corridor(unit_costs=DECLARED), "cn-a", "az-d", containers="3x40HC", at="2026-12-01").routes
    lines = items_of(route)
    assert lines["export_declaration"] == pytest.approx(3 * 70)  # the row of China, not that of all others
    assert lines["import_declaration"] == pytest.approx(3 * 80)
    # 14 t a box at 6,000 USD; two thousandths of it by the Caspian.
    assert lines["insurance"] == pytest.approx(3 * 14 * 6000 * 0.002)
    freight = 50 + 3020 * 0.5 + 80 + 200 + 100 + 400 + 90
    assert route["cost_usd"] == pytest.approx(3 * (1.1 * (freight + 70 + 80) + 14 * 6000 * 0.002))
    first = min((*route["legs"], *route["transfers"]), key=lambda part: part["seq"])
    assert "insurance" in [line["item"] for line in first["lines"]]


def test_nothing_is_declared_inside_one_customs_territory() -> None:
    [route] = plan(corridor(unit_costs=DECLARED), "kz-b", "kz-c", containers="3x40HC", at="2026-12-01").routes
    assert not {"export_declaration", "import_declaration"} & items_of(route).keys()


def test_insurance_is_that_of_the_corridor_and_a_limit_of_price_counts_it() -> None:
    north = "ru-n,ru-n,RU,rail_terminal,50.0,55.0"
    links = "bn,kz-b,ru-n,rail,1500,1520,30,30,\nnd,ru-n,az-d,rail,1500,1520,30,30,"
    net = corridor(unit_costs=DECLARED, terminals=north, links=links)
    answer = plan(net, "cn-a", "az-d", at="2026-12-01", compare=True)
    by = {route["corridor"]: route for route in answer.routes}
    shares = {name: items_of(route)["insurance"] / (14 * 6000) for name, route in by.items()}
    assert shares == pytest.approx({"middle": 0.002, "northern": 0.004})
    for route in by.values():
        for most, shown in ((route["cost_usd"] + 1, True), (route["cost_usd"] - 1, False)):
            kept = plan(net, "cn-a", "az-d", at="2026-12-01", compare=True, max_usd=most).routes
            assert (route["corridor"] in {r["corridor"] for r in kept}) is shown


INDEX = "index_id,value,year\na,200,2018\nb,240,2024\nc,250,2025\nd,260,2026"
OLD = """cost_id,item,mode,container,value,unit,price_year
margin,forwarder_margin,,40,0.1,1,2018
rail,rail_tariff,rail,40,0.5,USD/FEU-km,2018
hire,container_hire,,40,2.4,USD/FEU-day,2024
cover,insurance,,any,0.002,1,2018"""


def test_every_price_is_inflated_from_its_own_year() -> None:
    net = corridor(unit_costs=OLD, price_index=INDEX)
    asked = {"containers": "3x40HC", "at": "2026-12-01"}
    [route] = plan(net, "cn-a", "az-d", **asked).routes
    answer = plan(net, "cn-a", "az-d", price_year=2026, **asked)
    [same] = answer.routes
    # The tariff is of 2018, the hire of 2024, the rest of 2025; margin and insurance are shares.
    days, cover = route["mean_h"] / 24, 14 * 6000 * 0.002
    rest = 50 + 80 + 200 + 100 + 400 + 90
    assert route["cost_usd"] == pytest.approx(3 * (1.1 * (1510 + rest) + 2.4 * days + cover))
    inflated = 1.1 * (1510 * 260 / 200 + rest * 260 / 250) + 2.4 * 260 / 240 * days + cover
    assert same["cost_usd"] == pytest.approx(3 * inflated)
    told = answer.figures["unit_costs rail"]
    assert (told["value"], told["year"], told["factor"]) == (0.5, 2018, pytest.approx(1.3))
    assert answer.figures["unit_costs cover"]["factor"] == 1.0
    [tariff] = [line for line in answer.explain("A") if line["item"] == "rail_tariff" and line["seq"] == 2]
    assert tariff["quantity"] == pytest.approx(3 * 1020)
    assert answer.question["price_year"] == answer.run.options["price_year"] == 2026
    # A limit of price is in the same money; what is asked of the network without a year stays as it was.
    assert not plan(net, "cn-a", "az-d", price_year=2026, max_usd=same["cost_usd"] - 1, **asked).routes
    [again] = plan(net, "cn-a", "az-d", **asked).routes
    assert again["cost_usd"] == route["cost_usd"]
    [back] = plan(net, "cn-a", "az-d", price_year=2018, **asked).routes
    assert back["cost_usd"] < route["cost_usd"] < same["cost_usd"]


def test_a_dated_price_of_a_scenario_is_of_the_year_of_its_row() -> None:
    net = corridor(unit_costs=OLD, price_index=INDEX)
    change = Change("set", "unit_costs", "rail", "value", 1.0, date(2026, 11, 1), date(2026, 12, 31))
    dated = Scenario("dear", (change,)).apply(net)
    one, other = (
        plan(each, "cn-a", "az-d", at="2026-12-01", price_year=2026).routes[0]["cost_usd"]
        for each in (net, dated)
    )
    assert other - one == pytest.approx(1.1 * 3020 * 0.5 * 260 / 200)


@pytest.mark.parametrize("year", [2027, 2017])
def test_money_of_a_year_without_an_index_is_refused(year: int) -> None:
    net = corridor(unit_costs=OLD, price_index=INDEX)
    with pytest.raises(InputError, match=f"no price index is known for {year}.*2018 to 2026"):
        plan(net, "cn-a", "az-d", at="2026-12-01", price_year=year)
    with pytest.raises(InputError, match=r"tables with a price_index\.csv"):
        plan(corridor(), "cn-a", "az-d", at="2026-12-01", price_year=2026)
    old = OLD.replace("2018", "2005", 2)
    with pytest.raises(InputError, match="'rail' is of 2005, which has no price index"):
        plan(corridor(unit_costs=old, price_index=INDEX), "cn-a", "az-d", at="2026-12-01", price_year=2026)


FREE = """free_time_id,charge,terminal_id,direction,from_event,to_event,free_days,usd_per_feu_day,{more}
port,storage,kz-c,transit,arrival,departure,1,20,{cells}
end,storage,az-d,import,arrival,gate_out,0,10,{cells}
away,detention,az-d,import,gate_out,empty_return,5,40,{cells}"""


@pytest.mark.parametrize(("containers", "boxes"), [("3x40HC", 3.0), ("3x20", 3 * 0.62)])
def test_what_long_stays_may_cost(containers: str, boxes: float) -> None:
    free = FREE.format(more="includes_storage,price_year,in_model", cells="false,2025,true")
    net = corridor(free_time=free)
    [route] = plan(net, "cn-a", "az-d", containers=containers, at="2026-12-01").routes
    # A ship every 48 h after 12 h of handling: half stay 36 h, 9 in 10 within 55.2 h; a day begun
    # counts whole and the first is free. Then 8 h at the end, where no day is free.
    assert route["exposure_p50_usd"] == pytest.approx(boxes * (20 + 10), rel=1e-6)
    assert route["exposure_p90_usd"] == pytest.approx(boxes * (2 * 20 + 10), rel=1e-6)
    assert (route["detention_free_days"], route["detention_usd_per_day"]) == (5, pytest.approx(boxes * 40))
    [own] = plan(net, "cn-a", "az-d", containers=containers, at="2026-12-01", equipment="soc").routes
    assert own["exposure_p90_usd"] == route["exposure_p90_usd"]
    assert own["detention_usd_per_day"] is None
    [bare] = plan(corridor(), "cn-a", "az-d", containers=containers, at="2026-12-01").routes
    assert bare["exposure_p50_usd"] is bare["exposure_p90_usd"] is None, "no tariff is not no charge"


RATES = """rate_id,from_id,to_id,corridor,container,usd,year_month,rate_kind,for_calibration
old,cn-a,az-d,middle,40,4800,2024-03,tariff,true
new,cn-a,az-d,middle,40,6500,2026-01,spot,false
small,cn-a,az-d,middle,20,3000,2026-01,spot,false
north,cn-a,az-d,northern,40,9000,2026-01,spot,false
back,az-d,cn-a,middle,40,2000,2026-01,spot,false
part,kz-b,az-d,middle,40,3000,2026-01,spot,false
words,China,az-d,middle,40,3000,2026-01,spot,false"""


def test_published_rates_stand_beside_a_price_and_never_in_it() -> None:
    asked = {"containers": "3x40HC", "at": "2026-12-01"}
    [bare] = plan(corridor(), "cn-a", "az-d", **asked).routes
    [route] = plan(corridor(rates=RATES), "cn-a", "az-d", **asked).routes
    assert [row["rate_id"] for row in route["published_rates"]] == ["new", "old"]
    assert [row["usd"] for row in route["published_rates"]] == [6500, 4800]
    assert (bare["published_rates"], bare["cost_usd"]) == ([], route["cost_usd"])
    [twenty] = plan(corridor(rates=RATES), "cn-a", "az-d", containers="3x20", at="2026-12-01").routes
    assert [row["rate_id"] for row in twenty["published_rates"]] == ["small"]


def test_the_price_of_a_country_comes_before_that_of_all() -> None:
    net = corridor(
        unit_costs="cost_id,item,mode,country,value,unit\nmin-cn,drayage_minimum,road,CN,400,USD/FEU"
    )
    prices = Prices(net.on(date(2026, 12, 1)), "westbound")
    assert [prices.need("drayage_minimum", country=code).value for code in ("CN", "KZ")] == [400, 150]
    assert prices.need("drayage_minimum").cost_id == "min"


def test_what_the_price_does_not_hold_is_named() -> None:
    seals = """cost_id,item,mode,country,container,value,unit,in_model
seal,navigation_seal,rail,KZ,any,244,USD/FEU,false
jam,congestion_surcharge,rail,GE,any,205,USD/FEU,false
fuel,bunker_surcharge,sea,,any,120,USD/FEU,false"""
    told, plain = (
        plan(corridor(**more), "cn-a", "az-d", containers="3x40HC", at="2026-12-01").routes[0]
        for more in ({"unit_costs": seals}, {})
    )
    assert told["cost_usd"] == plain["cost_usd"], "what is named is not reckoned"
    named = told["not_included"]
    assert "navigation seal where the customs ask for one in KZ (244 USD/FEU in 2025, seal)" in named
    assert any("fuel)" in text for text in named)
    assert not any("jam" in text for text in named), "no train runs in Georgia"
    assert "insurance" in named
    assert "import duties and taxes" in named


def test_a_guard_is_missing_only_where_no_tariff_holds_it() -> None:
    route = {
        "countries": ["CN", "KZ", "AZ", "GE", "PL"],
        "legs": [
            {"mode": "rail", "gauge_mm": 1435, "countries": ["CN"], "lines": []},
            {"mode": "rail", "gauge_mm": 1520, "countries": ["KZ"], "lines": []},
            {"mode": "rail", "gauge_mm": 1520, "countries": ["AZ", "GE"], "lines": []},
            {"mode": "rail", "gauge_mm": 1520, "countries": ["PL"], "lines": []},
        ],
        "transfers": [],
    }
    named = not_included(Network.load().tables, route)
    assert [text for text in named if text.startswith("guard")] == [
        "guard on the rails of AZ, GE, for which no tariff is published"
    ]


def test_a_published_price_is_compared_with_what_it_holds() -> None:
    net = corridor(unit_costs=DECLARED)
    [route] = plan(net, "cn-a", "az-d", containers="3x40HC", at="2026-12-01").routes
    freight, load, discharge = 50 + 3020 * 0.5 + 80 + 200 + 100 + 400 + 90, 50, 90
    held = {kind: sum(price_parts(net, route, kind).values()) for kind in ("spot", "through", "tariff")}
    assert held["spot"] == pytest.approx(1.1 * freight + 0.1 * 150)  # the margin on declarations stays
    assert held["through"] == pytest.approx(held["spot"] - 1.1 * discharge, abs=9)
    assert held["tariff"] == pytest.approx(freight - load - discharge, abs=1)


def test_a_rate_that_names_its_way_is_compared_with_that_way() -> None:
    rates = """rate_id,from_id,to_id,corridor,via,container,usd,year_month,rate_kind,for_calibration
free,cn-a,az-d,middle,,40,4800,2026-12,spot,true
same,cn-a,az-d,middle,kz-c,40,4800,2026-12,spot,true
other,cn-a,az-d,middle,ru-n,40,4800,2026-12,spot,true"""
    north = "ru-n,ru-n,RU,rail_terminal,50.0,55.0"
    links = "bn,kz-b,ru-n,rail,1500,1520,30,30,\nnd,ru-n,az-d,rail,1500,1520,30,30,"
    found = {
        rate.row["rate_id"]: rate
        for rate in compare_rates(corridor(rates=rates, terminals=north, links=links))
    }
    assert found["free"].usd == found["same"].usd is not None
    assert found["other"].usd is None
    assert found["other"].fault == "no middle route"
