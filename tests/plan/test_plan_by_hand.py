"""Plans on networks small enough to add up by hand."""

from __future__ import annotations

from typing import Any

import pytest

from midcorridor.errors import InputError, PlaceError
from midcorridor.network import Network
from midcorridor.plan import plan
from midcorridor.tables import Tables
from midcorridor.times import closures_wait_h

from .small import network, terminals

LINE = terminals(
    [
        ("cn-a", "CN", "rail_terminal", 44.0, 90.0),
        ("cn-b", "CN", "border_crossing;rail_terminal", 44.2, 80.4),
        ("kz-b", "KZ", "border_crossing;gauge_change;rail_terminal", 44.2, 80.2),
        ("kz-gate", "KZ", "dry_port;rail_terminal", 44.1, 80.1),
        ("kz-c", "KZ", "seaport;rail_terminal", 43.6, 51.2),
        ("az-d", "AZ", "seaport;rail_terminal", 40.0, 49.4),
    ]
)
LINKS = """link_id,from_terminal,to_terminal,mode,km,gauge_mm,running_p50_h,running_p90_h,passages
ab,cn-a,cn-b,rail,1000,1435,20,20,
bb,cn-b,kz-b,rail,20,1435,1,1,
bg,cn-b,kz-gate,rail,30,1435,1,1,
gb,kz-gate,kz-b,rail,15,1520,1,1,
bc,kz-b,kz-c,rail,2000,1520,50,50,
cd,kz-c,az-d,sea,500,,24,24,caspian"""
BORDERS = """procedure_id,from_country,to_country,mode,side,terminal_id,p50_h,p90_h,usd_per_feu
out,CN,KZ,rail,exit,,3,3,30
in,CN,KZ,rail,entry,,4,4,40
in-b,CN,KZ,rail,entry,kz-b,5,5,50"""
GAUGE = """dwell_id,terminal_id,activity,from_gauge_mm,to_gauge_mm,p50_h,p90_h
west,kz-b,gauge_change,1435,1520,30,30
west-gate,kz-gate,gauge_change,1435,1520,60,60"""
FEEDER = "service_id,departures_per_week,capacity,headway_cv\nfeeder,3.5,200,0"
CALLS = "service_id,seq,terminal_id,link_ids\nfeeder,1,kz-c,\nfeeder,2,az-d,cd"


def corridor(**more: str) -> Network:
    tables = {
        "terminals": LINE,
        "links": LINKS,
        "border_procedures": BORDERS,
        "dwell": GAUGE,
        "services": FEEDER,
        "service_calls": CALLS,
    }
    for name, text in more.items():
        tables[name] = f"{tables[name]}\n{text}" if name in tables else text
    return network(**tables)


def test_every_hour_dollar_and_kilogram_of_a_route() -> None:
    [route] = plan(corridor(), "cn-a", "az-d", containers="10x40HC", at="2026-12-01").routes
    # Load 10, wait 12 (daily train); run 20; exit 3; run 1; entry 5; reload 30, wait 12; run 50;
    # transship 12, wait 24 (a ship every 48 h); sail 24; discharge 8.
    assert route["mean_h"] == pytest.approx(10 + 12 + 20 + 3 + 1 + 5 + 30 + 12 + 50 + 12 + 24 + 24 + 8)
    # Per box: load 50, rail 3,020 km at 0.5, borders 30 + 50, reload 200, port 100, sea 400, out 90.
    per_box = 50 + 3020 * 0.5 + 80 + 200 + 100 + 400 + 90
    assert route["cost_usd"] == pytest.approx(10 * per_box)
    # 14 t a box by diesel at 20 g/tkm; 2 TEU a box at 300 g/TEU-km.
    assert route["kg_co2e"] == pytest.approx(10 * (14 * 3020 * 0.020 + 2 * 500 * 0.300))
    assert route["corridor"] == "middle"
    kinds = [part["kind"] for part in route["transfers"]]
    assert kinds == ["load", "border", "border", "gauge_change", "transship", "discharge"]
    assert [leg["service_id"] for leg in route["legs"]] == ["rail-ordinary", "rail-ordinary", "feeder"]
    assert route["legs"][0]["path"] == ["cn-a", "cn-b", "kz-b"]


def test_totals_are_the_sums_of_the_parts() -> None:
    margin = "cost_id,item,container,value,unit\nmargin,forwarder_margin,40,0.07,1\n"
    margin += "hire20,container_hire,20,0.7,USD/TEU-day"
    [route] = plan(corridor(unit_costs=margin), "cn-a", "az-d", containers="30x20", at="2026-12-01").routes
    parts = [*route["legs"], *route["transfers"]]
    for field in ("mean_h", "cost_usd", "kg_co2e"):
        assert sum(part[field] for part in parts) == pytest.approx(route[field], rel=1e-12)
    for part in parts:
        assert sum(line["usd"] for line in part["lines"]) == pytest.approx(part["cost_usd"], rel=1e-12)
    assert [part["seq"] for part in sorted(parts, key=lambda p: p["seq"])] == list(range(1, len(parts) + 1))


def test_a_dry_port_is_no_way_round_the_frontier() -> None:
    [route] = plan(corridor(), "cn-a", "az-d", at="2026-12-01", avoid=["bb"]).routes
    borders = [(t["terminal_id"], t["mean_h"]) for t in route["transfers"] if t["kind"] == "border"]
    assert borders == [("cn-b", pytest.approx(3)), ("kz-gate", pytest.approx(4))]


def test_nobody_changes_the_gauge_eastbound() -> None:
    links = corridor(border_procedures="back,KZ,CN,rail,exit,,1,1,10")
    both = links.tables.replace(services=[{**row, "runs": "both"} for row in links.tables["services"]])
    answer = plan(Network(both), "az-d", "cn-a", at="2026-12-01")
    assert answer.status.outcome == "none"
    assert answer.status.reason == "no_connection"


def test_a_big_shipment_waits_for_the_last_ship() -> None:
    base = plan(corridor(), "kz-c", "az-d", containers="100x40HC", at="2026-12-01").routes[0]
    more = plan(corridor(), "kz-c", "az-d", containers="101x40HC", at="2026-12-01").routes[0]
    assert more["mean_h"] - base["mean_h"] == pytest.approx(48.0)


SEASON = """closure_id,cause,scope,scope_ids,season_from,season_until,closed_share,mean_closed_h
storm,weather,terminal,kz-c;az-d,11-01,02-15,0.5,40"""


@pytest.mark.parametrize(
    ("day", "low_h", "high_h"),
    [
        # Two daily trains and a ship every other day: it leaves 5.5 to 9.5 days after cargo ready.
        ("2026-10-22", 0.0, 0.0),
        ("2026-10-25", 0.1, 19.9),  # some ships leave before the season begins, some in it
        ("2026-10-27", 20.0, 20.0),
        ("2026-12-01", 20.0, 20.0),
        ("2027-02-09", 0.1, 19.9),
        ("2027-02-11", 0.0, 0.0),
    ],
)
def test_storms_wait_once_and_in_the_season_in_which_the_box_comes(
    day: str, low_h: float, high_h: float
) -> None:
    [route] = plan(corridor(closures=SEASON), "cn-a", "az-d", at=day).routes
    wait_h = sum(t["closure_h"] for t in route["transfers"])
    assert low_h - 0.05 <= wait_h <= high_h + 0.05


def test_a_closed_passage_stays_closed_and_says_so() -> None:
    war = "closure_id,cause,scope,scope_ids,closed_share,valid_from\nwar,war,passage,caspian,1,2026-03-01"
    network = corridor(closures=war)
    assert plan(network, "cn-a", "az-d", at="2026-02-28").status.outcome == "ok"
    answer = plan(network, "cn-a", "az-d", at="2026-03-01")
    assert (answer.status.outcome, answer.status.reason) == ("none", "blocked")
    assert answer.status.blocked_by == ("closure war (war): caspian is closed",)
    assert answer.routes == []


def test_what_is_avoided_is_not_touched() -> None:
    for word in ("KZ", "kz", "kz-b", "rail", "sea", "caspian", "feeder", "bc"):
        answer = plan(corridor(), "cn-a", "az-d", at="2026-12-01", avoid=[word])
        blocked = answer.status.blocked_by
        assert answer.status.outcome == "none" or word in ("kz-b",), word
        assert word in ("kz-b",) or blocked == (f"--avoid {word}",), (word, blocked)


def test_an_embargo_refuses_the_goods_that_it_names() -> None:
    telegram = """embargo_id,kind,scope,scope_ids,commodity_ids,effect,valid_from,valid_until
tg,telegram,terminal,kz-c,grain,refused,2026-11-01,2026-12-31"""
    network = corridor(embargoes=telegram)
    assert plan(network, "cn-a", "az-d", at="2026-12-01").status.outcome == "ok"
    [free] = plan(network, "cn-a", "az-d", at="2027-01-01", commodity="grain").routes
    # The train to kz-c leaves after 105 h in December, so its boxes stand until the telegram ends.
    [held] = plan(network, "cn-a", "az-d", at="2026-12-01", commodity="grain").routes
    [stop] = [part for part in held["transfers"] if part["closure_h"] > 0]
    assert (stop["kind"], stop["terminal_id"]) == ("halt", "kz-b")
    assert stop["start_h"] + stop["closure_h"] == pytest.approx(31 * 24)
    assert held["mean_h"] == pytest.approx(31 * 24 + free["mean_h"] - stop["start_h"])
    for_good = network.tables.replace(
        embargoes=[{**row, "valid_until": None} for row in network.tables["embargoes"]]
    )
    refused = plan(Network(for_good), "cn-a", "az-d", at="2026-12-01", commodity="grain")
    assert refused.status.blocked_by == ("embargo tg: kz-c refuses the cargo",)


def test_a_ship_without_a_price_is_left_out_and_named() -> None:
    base = corridor()
    unpriced = base.tables.replace(
        unit_costs=[row for row in base.tables["unit_costs"] if row["item"] != "sea_freight"]
    )
    answer = plan(Network(unpriced), "cn-a", "az-d", at="2026-12-01")
    assert answer.status.outcome == "none"
    assert answer.status.notes == ("service feeder: no price (a sea_freight row of unit_costs.csv names it)",)


def test_wagons_roll_on_a_ferry_and_boxes_from_a_ship_do_not() -> None:
    ferry = corridor(
        services="ferry,7,100,0",
        service_calls="ferry,1,kz-c,\nferry,2,az-d,cd",
    )
    rows = [
        {**row, "accepts": ["wagon"], "capacity_unit": "wagon_14m"} if row["service_id"] == "ferry" else row
        for row in ferry.tables["services"]
        if row["service_id"] != "feeder"
    ]
    calls = [row for row in ferry.tables["service_calls"] if row["service_id"] != "feeder"]
    tables: Tables = ferry.tables.replace(services=rows, service_calls=calls)
    assert plan(Network(tables), "cn-a", "az-d", at="2026-12-01").status.outcome == "ok"
    trailer = tables.replace(
        services=[{**row, "accepts": ["trailer"]} if row["service_id"] == "ferry" else row for row in rows]
    )
    assert plan(Network(trailer), "cn-a", "az-d", at="2026-12-01").status.outcome == "none"


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"containers": "0x40HC"}, "--containers"),
        ({"containers": "-3x40HC"}, "--containers"),
        ({"containers": "nanx40HC"}, "--containers"),
        ({"containers": "1e9x40HC"}, "--containers"),
        ({"containers": "2.5x40HC"}, "--containers"),
        ({"containers": "40"}, "--containers"),
        ({"containers": "4x53"}, "53"),
        ({"at": "2026-02-30"}, "--depart"),
        ({"at": "1999-01-01"}, "--depart"),
        ({"at": "soon"}, "--depart"),
        ({"commodity": "grian"}, "grain"),
        ({"tonnes_per_box": 40.0}, "--tonnes-per-box"),
        ({"tonnes_per_box": float("nan")}, "--tonnes-per-box"),
        ({"by": "fast"}, "--by"),
        ({"avoid": ["kz-zz"]}, "--avoid"),
    ],
)
def test_a_bad_option_is_named(options: dict[str, Any], word: str) -> None:
    with pytest.raises(InputError, match=word) as error:
        plan(corridor(), "cn-a", "az-d", **{"at": "2026-12-01", **options})
    assert error.value.faults[0].accepted


def test_ends_must_differ_and_lift_boxes() -> None:
    with pytest.raises(InputError, match="same place"):
        plan(corridor(), "cn-a", "cn-a", at="2026-12-01")
    closed = corridor(terminals="kz-border,kz-border,KZ,border_crossing,44,70")
    with pytest.raises(PlaceError, match="no boxes"):
        plan(closed, "cn-a", "kz-border", at="2026-12-01")


def test_wire_where_there_is_one_and_diesel_elsewhere() -> None:
    wired = corridor().tables.replace(
        links=[
            {**row, "electrified_share": 0.25} if row["link_id"] == "ab" else row
            for row in corridor().tables["links"]
        ]
    )
    leg = plan(Network(wired), "cn-a", "az-d", at="2026-12-01").routes[0]["legs"][0]
    # 14 t over 1,000 km: a quarter at 25 Wh/tkm on 600 g/kWh, the rest at 20 g/tkm; 20 km by diesel.
    assert leg["kg_co2e"] == pytest.approx(14 * (1000 * (0.25 * 15 * 1.08 + 0.75 * 20) + 20 * 20) / 1000)


def test_a_tariff_of_the_service_goes_before_the_tariff_of_the_country() -> None:
    own = "cost_id,item,mode,country,service_id,direction,value,unit\n"
    own += "own,rail_tariff,rail,,rail-ordinary,westbound,0.8,USD/FEU-km\n"
    own += "kz,rail_tariff,rail,KZ,,any,0.6,USD/FEU-km"
    for text, expected in (
        (own, 3020 * 0.8),
        (own.replace("westbound", "eastbound"), 1010 * 0.5 + 2010 * 0.6),
    ):
        route = plan(corridor(unit_costs=text), "cn-a", "az-d", at="2026-12-01").routes[0]
        lines = [line for leg in route["legs"] for line in leg["lines"] if line["item"] == "rail_tariff"]
        assert sum(line["usd"] for line in lines) == pytest.approx(expected)


def test_the_forwarder_books_once() -> None:
    fee = "cost_id,item,value,unit\nfee,forwarding_fee,200,USD/FEU"
    base = plan(corridor(), "cn-a", "az-d", containers="3x40HC", at="2026-12-01").routes[0]
    route = plan(corridor(unit_costs=fee), "cn-a", "az-d", containers="3x40HC", at="2026-12-01").routes[0]
    assert route["cost_usd"] - base["cost_usd"] == pytest.approx(600)


def test_every_event_stands_where_it_happens() -> None:
    [route] = plan(corridor(), "cn-a", "az-d", at="2026-12-01").routes
    # Load and wait 22; 20 h to the frontier; exit 3; 1 h over it; entry 5; then the reloading.
    train = route["legs"][0]
    assert (train["start_h"], train["runs"]) == (
        22,
        [[22, pytest.approx(20)], [pytest.approx(45), pytest.approx(1)]],
    )
    starts = {t["note"]: t["start_h"] for t in route["transfers"] if t["kind"] == "border"}
    assert sorted(starts.values()) == [pytest.approx(42), pytest.approx(46)]
    for event in (*route["legs"], *route["transfers"]):
        assert 0 <= event["start_h"] <= route["mean_h"]
    busy = [[t["start_h"], t["mean_h"]] for t in route["transfers"]] + [
        run for leg in route["legs"] for run in leg["runs"]
    ]
    clock = 0.0
    for start, hours in sorted(busy):
        assert start == pytest.approx(clock)
        clock += hours
    assert clock == pytest.approx(route["mean_h"])


def test_avoiding_every_mode_is_an_error() -> None:
    with pytest.raises(InputError, match="every mode is avoided"):
        plan(corridor(), "cn-a", "az-d", at="2026-12-01", avoid=["rail", "sea", "road"])


def test_weather_shuts_a_port_for_ships_and_not_for_trains() -> None:
    shut = "closure_id,cause,scope,scope_ids,closed_share,mean_closed_h\nwind,weather,terminal,kz-b,0.5,40"
    answer = plan(corridor(closures=shut), "cn-a", "az-d", at="2026-12-01").routes[0]
    assert sum(t["closure_h"] for t in answer["transfers"]) == 0
    works = shut.replace("weather", "works")
    answer = plan(corridor(closures=works), "cn-a", "az-d", at="2026-12-01").routes[0]
    assert {t["terminal_id"]: t["closure_h"] for t in answer["transfers"] if t["closure_h"]} == {"kz-b": 20}


def test_nested_storms_are_waited_for_together() -> None:
    storms = """closure_id,cause,scope,scope_ids,closed_share,mean_closed_h
all,weather,terminal,kz-c;az-d,0.2,36
north,weather,terminal,kz-c,0.1,36"""
    answer = plan(corridor(closures=storms), "kz-c", "az-d", at="2026-12-01").routes[0]
    waits = sum(t["closure_h"] for t in answer["transfers"])
    assert waits == pytest.approx(closures_wait_h([(0.2, 36), (0.1, 36)]))
    assert waits > 0.2 * 36


def test_a_storm_in_one_direction_leaves_the_other_alone() -> None:
    storm = "closure_id,cause,scope,scope_ids,directions,closed_share,mean_closed_h\n"
    storm += "w,weather,passage,caspian,eastbound,0.5,40"
    answer = plan(corridor(closures=storm), "kz-c", "az-d", at="2026-12-01").routes[0]
    assert sum(t["closure_h"] for t in answer["transfers"]) == 0


SANCTION = """embargo_id,kind,scope,scope_ids,hs_chapters,effect
rule,sanction,frontier,CN>KZ,84;85,{effect}"""


@pytest.mark.parametrize(
    ("codes", "held", "certain"),
    [
        ("8471;8517-8543", True, True),
        ("64;94", False, False),
        ("80-90", True, False),  # some of these goods are held: that is to be asked, and closes nothing
    ],
)
def test_a_frontier_embargo_holds_the_goods_of_its_chapters(codes: str, held: bool, certain: bool) -> None:
    goods = (
        "commodity_id,name,hs_chapters,value_usd_per_t,t_per_teu,value_of_time_share_per_day,"
        f"temperature_controlled\nthing,Thing,{codes},5000,7,0.01,false"
    )
    needs = corridor(commodities=goods, embargoes=SANCTION.format(effect="permit_needed"))
    answer = plan(needs, "cn-a", "az-d", commodity="thing", at="2026-12-01")
    assert answer.routes[0]["permits"] == (["rule"] if held else [])
    refuses = corridor(commodities=goods, embargoes=SANCTION.format(effect="refused"))
    answer = plan(refuses, "cn-a", "az-d", commodity="thing", at="2026-12-01")
    assert answer.status.outcome == ("none" if certain else "ok")
    assert answer.status.blocked_by == (("embargo rule: CN>KZ refuses the cargo",) if certain else ())
