"""Each thing that a move is charged for, on networks of two or three links."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from midcorridor.network import Network
from midcorridor.plan import plan, plan_shipment
from midcorridor.plan.access import End, great_circle_km
from midcorridor.plan.choice import sensible
from midcorridor.shipment import make_shipment

from .judge import comes_back, crosses_twice, strays
from .small import network, terminals
from .test_plan_by_hand import corridor

DAY = "2026-12-01"
HEAD = "link_id,from_terminal,to_terminal,mode,km,gauge_mm,running_p50_h,running_p90_h"
PLACES = terminals(
    [
        ("kz-1", "KZ", "rail_terminal", 45.0, 80.0),
        ("kz-2", "KZ", "rail_terminal", 45.0, 75.0),
        ("kz-3", "KZ", "rail_terminal", 45.0, 70.0),
        ("kz-4", "KZ", "rail_terminal", 45.0, 65.0),
        ("kz-p", "KZ", "seaport", 44.0, 52.0),
        ("az-p", "AZ", "seaport", 40.0, 50.0),
        ("az-q", "AZ", "seaport", 39.0, 49.5),
        ("ru-1", "RU", "rail_terminal", 50.0, 60.0),
    ]
)
LINE = f"""{HEAD}
one,kz-1,kz-2,rail,400,1520,10,10
two,kz-2,kz-3,rail,400,1520,30,30
three,kz-3,kz-4,rail,400,1520,12,12"""
SHUTTLE = "service_id,mode,kind,runs,factor_id\nshuttle,rail,shuttle,both,rail-diesel"
SEA = f"{HEAD}\nsea-1,kz-p,az-p,sea,500,,24,24\nsea-2,az-p,az-q,sea,200,,10,10"
SHIP = "service_id,departures_per_week,capacity,headway_cv,runs\nship,3.5,200,0,both"
SHIP_CALLS = "service_id,seq,terminal_id,link_ids\nship,1,kz-p,\nship,2,az-p,sea-1\nship,3,az-q,sea-2"


def small(**more: str) -> Network:
    return network(**{"terminals": PLACES, **more})


def one(net: Network, origin: str, destination: str, **options: Any) -> dict[str, Any]:
    [route] = plan(net, origin, destination, **{"at": DAY, **options}).routes
    return dict(route)


def found(net: Network, origin: str, destination: str, **options: Any) -> bool:
    return plan(net, origin, destination, **{"at": DAY, **options}).status.outcome == "ok"


# Running.


@pytest.mark.parametrize("ends", [("kz-1", "kz-3"), ("kz-3", "kz-1")])
def test_the_own_time_of_a_service_goes_before_the_sum_of_its_links(ends: tuple[str, str]) -> None:
    calls = "service_id,seq,terminal_id,link_ids,running_p50_h,running_p90_h\n"
    calls += "shuttle,1,kz-1,,,\nshuttle,2,kz-3,one;two,30,60"
    route = one(small(links=LINE, services=SHUTTLE, service_calls=calls), *ends, avoid=["rail-ordinary"])
    # A lognormal with median 30 and 90th percentile 60; the links alone would take 10 + 30.
    sigma = math.log(60 / 30) / 1.2815515655446004
    assert route["moving_h"] == pytest.approx(30 * math.exp(sigma**2 / 2))
    assert route["moving_h"] == pytest.approx(34.73, abs=0.01)
    # Load 10 and half a day for the train; discharge 6.
    assert route["waiting_h"] == pytest.approx(10 + 12 + 6)


@pytest.mark.parametrize(
    ("origin", "destination", "halts_h"),
    [
        ("kz-1", "kz-4", 14),
        ("kz-4", "kz-1", 14),
        ("kz-2", "kz-4", 9),
        ("kz-3", "kz-1", 5),
        ("kz-1", "kz-2", 0),
    ],
)
def test_a_box_that_passes_waits_at_the_calls_between(origin: str, destination: str, halts_h: float) -> None:
    calls = "service_id,seq,terminal_id,link_ids,halt_h\n"
    calls += "shuttle,1,kz-1,,\nshuttle,2,kz-2,one,5\nshuttle,3,kz-3,two,9\nshuttle,4,kz-4,three,"
    net = small(links=LINE, services=SHUTTLE, service_calls=calls)
    route = one(net, origin, destination, avoid=["rail-ordinary"])
    assert sum(part["mean_h"] for part in route["transfers"] if part["kind"] == "halt") == halts_h
    assert route["waiting_h"] == pytest.approx(10 + 12 + 6 + halts_h)


def test_ordinary_trains_make_no_more_than_their_kilometres_a_day() -> None:
    slow = "service_id,mode,kind,runs,departures_per_week,capacity,factor_id,most_km_per_day\n"
    slow += "rail-ordinary,rail,ordinary_train,both,7,100,rail-electric,480"
    # 400 km at 480 km a day take 20 h, where the link says 10; the 30 h of the next link stand.
    assert one(small(links=LINE, services=slow), "kz-1", "kz-3")["moving_h"] == pytest.approx(20 + 30)
    assert one(small(links=LINE), "kz-1", "kz-3")["moving_h"] == pytest.approx(10 + 30)


# Prices.


def test_every_train_boarded_pays_the_fixed_price_of_its_country() -> None:
    fixed = "cost_id,item,mode,country,value,unit\n"
    fixed += "cn,rail_fixed,rail,CN,70,USD/FEU\nkz,rail_fixed,rail,KZ,110,USD/FEU"
    base, route = (
        one(net, "cn-a", "az-d", containers="3x40HC") for net in (corridor(), corridor(unit_costs=fixed))
    )
    # One train in China, one in Kazakhstan after the reloading; the ship pays none.
    assert route["cost_usd"] - base["cost_usd"] == pytest.approx(3 * (70 + 110))
    assert [
        sum(line["usd"] for line in leg["lines"] if line["item"] == "rail_fixed") for leg in route["legs"]
    ] == [
        pytest.approx(210),
        pytest.approx(330),
        0,
    ]


HIRE = """cost_id,item,container,value,unit
hire,container_hire,40,24,USD/FEU-day
hire20,container_hire,20,6,USD/TEU-day"""


@pytest.mark.parametrize(
    ("containers", "feu", "hire_per_h"), [("10x40HC", 10.0, 10 * 24 / 24), ("10x20", 6.2, 10 * 6 / 24)]
)
def test_a_small_box_pays_its_ratio_and_the_hire_of_its_own_row(
    containers: str, feu: float, hire_per_h: float
) -> None:
    route = one(corridor(unit_costs=HIRE), "cn-a", "az-d", containers=containers)
    # Load 50, 3,020 km at 0.5, frontiers 80, reload 200, port 100, ship 400, out 90; 211 h in all.
    assert route["mean_h"] == pytest.approx(211)
    assert route["cost_usd"] == pytest.approx(feu * 2430 + hire_per_h * 211)


def test_a_price_holds_on_its_days_only() -> None:
    dated = "cost_id,item,mode,container,value,unit,valid_from,valid_until\n"
    dated += "rail,rail_tariff,rail,40,0.5,USD/FEU-km,,2026-11-30\n"
    dated += "rail-new,rail_tariff,rail,40,0.8,USD/FEU-km,2026-12-01,"
    net = small(links=LINE, unit_costs=dated)
    for day, rate in (("2026-11-30", 0.5), ("2026-12-01", 0.8)):
        assert one(net, "kz-1", "kz-3", at=day)["cost_usd"] == pytest.approx(50 + 800 * rate + 60)


def test_the_hire_of_waiting_boxes_decides_between_ships() -> None:
    costs = HIRE.replace("value,unit", "value,unit,service_id") + "\nbig,sea_freight,40,440,USD/FEU,big"
    net = corridor(services="big,3.5,400,0", service_calls="big,1,kz-c,\nbig,2,az-d,cd", unit_costs=costs)
    # The last box of 101 waits two days for the second small ship: 48 USD a box of hire, against 40.
    for boxes, ship in ((100, "feeder"), (101, "big")):
        route = one(net, "kz-c", "az-d", containers=f"{boxes}x40HC", by="cost")
        assert [leg["service_id"] for leg in route["legs"]] == [ship]


# What vehicles hold.


WAGONS = f"""{HEAD}
rail-1,kz-1,kz-p,rail,1000,1520,20,20
ferry,kz-p,az-p,sea,500,,24,24"""
LONG_TRAIN = """service_id,mode,kind,runs,accepts,departures_per_week,capacity,capacity_unit,factor_id
rail-ordinary,rail,ordinary_train,both,container,7,1000,TEU,rail-diesel
ferry,sea,rail_ferry,both,wagon,3.5,50,wagon_14m,ship"""
FERRY_CALLS = "service_id,seq,terminal_id,link_ids\nferry,1,kz-p,\nferry,2,az-p,ferry"


def test_a_wagon_takes_a_long_box() -> None:
    places = PLACES.replace("seaport", "seaport;rail_terminal")
    net = network(terminals=places, links=WAGONS, services=LONG_TRAIN, service_calls=FERRY_CALLS)
    waits = [one(net, "kz-1", "az-p", containers=f"{boxes}x40HC")["mean_h"] for boxes in (50, 51, 100, 101)]
    # 50 wagons take 50 boxes of 40 ft, two TEU each; the next ferry goes two days later.
    assert [wait - waits[0] for wait in waits] == [0, pytest.approx(48), pytest.approx(48), pytest.approx(96)]


def test_a_heavy_cargo_fills_a_box_to_its_payload() -> None:
    ore = "commodity_id,name,value_usd_per_t,t_per_teu,value_of_time_share_per_day,temperature_controlled\n"
    tables = small(commodities=ore + "ore,Ore,100,20,0.001,false").tables

    def cargo_t(containers: str) -> float:
        return make_shipment(tables, "kz-1", "kz-2", containers=containers, commodity="ore").cargo_t

    assert cargo_t("2x40HC") == pytest.approx(2 * (30.48 - 3.9))  # not 2 x 40 t
    assert cargo_t("2x20") == pytest.approx(2 * 20)


@pytest.mark.parametrize(
    ("first", "second", "gauge"),
    [
        ("1435", "1435", 1435),
        ("1435;1520", "1435", 1435),
        ("1435;1520", "1435;1520", 1520),
        ("1520", "1520", 1520),
    ],
)
def test_wagons_roll_over_a_lake_on_the_gauge_of_both_shores(first: str, second: str, gauge: int) -> None:
    places = "terminal_id,name,country,kinds,lat,lon,gauges_mm\n"
    places += f"kz-1,One,KZ,rail_terminal,38,44,\nkz-p,West,KZ,seaport;rail_terminal,38,43,{first}\n"
    places += f"az-p,East,AZ,seaport;rail_terminal,38,42,{second}"
    for other in (1435, 1520):
        net = network(
            terminals=places,
            links=WAGONS.replace("1520", str(other)),
            services=LONG_TRAIN,
            service_calls=FERRY_CALLS,
        )
        assert found(net, "kz-1", "az-p") is (other == gauge)


# Emissions.


def test_a_wire_over_a_frontier_takes_half_of_each_grid() -> None:
    links = f"{HEAD},electrified_share\nwire,kz-1,ru-1,rail,1000,1520,20,20,1"
    for ends in (("kz-1", "ru-1"), ("ru-1", "kz-1")):
        # 25 Wh/tkm on the mean of 800 and 400 g/kWh, 14 t over 1,000 km.
        assert one(small(links=links), *ends)["kg_co2e"] == pytest.approx(14 * 1000 * 25 * 600 / 1e6)


@pytest.mark.parametrize(
    ("day", "g_per_kwh"),
    [
        ("2023-06-01", 800),
        ("2024-06-01", 800),
        ("2025-06-01", 800),
        ("2026-01-01", 500),
        ("2026-12-31", 500),
        ("2029-01-01", 100),
    ],
)
def test_the_grid_is_the_latest_known_on_the_day(day: str, g_per_kwh: float) -> None:
    grid = "grid_id,country,g_co2e_per_kwh,year\nkz-28,KZ,100,2028\nkz,KZ,800,2024\nkz-26,KZ,500,2026"
    links = f"{HEAD},electrified_share\nwire,kz-1,kz-2,rail,1000,1520,20,20,1"
    route = one(small(links=links, grid=grid), "kz-1", "kz-2", at=day)
    assert route["kg_co2e"] == pytest.approx(14 * 1000 * 25 * g_per_kwh / 1e6)


# Corridors.


def test_belarus_is_on_the_northern_corridor() -> None:
    places = PLACES + "\nby-1,By,BY,rail_terminal,53,27"
    links = f"{HEAD}\na,kz-1,by-1,rail,3000,1520,90,90\nb,kz-1,kz-2,rail,500,1520,9,9"
    countries = "country,name,customs_union,truck_km_per_day\nBY,Belarus,EAEU,600"
    net = network(terminals=places, links=links, countries=countries)
    assert one(net, "kz-1", "by-1")["corridor"] == "northern"
    assert one(net, "kz-1", "kz-2")["corridor"] == "other"


def test_a_way_may_pass_two_rivals_and_no_third() -> None:
    links = f"""{HEAD},passages
slow,kz-p,az-p,sea,9000,,600,600,suez
first,kz-p,az-q,sea,500,,20,20,caspian
second,az-q,az-p,sea,500,,100,100,{{}}"""
    calls = """service_id,seq,terminal_id,link_ids
slow,1,kz-p,\nslow,2,az-p,slow\nfirst,1,kz-p,\nfirst,2,az-q,first\nsecond,1,az-q,\nsecond,2,az-p,second"""
    services = "service_id\nslow\nfirst\nsecond"
    for passages, ships in (("suez", ["first", "second"]), ("suez;cape", ["slow"])):
        net = small(links=links.format(passages), services=services, service_calls=calls)
        route = plan(net, "kz-p", "az-p", at=DAY, by="time").routes[0]
        assert (route["corridor"], [leg["service_id"] for leg in route["legs"]]) == ("ocean_suez", ships)


RIVALS = f"""{HEAD},electrified_share
near,kz-1,kz-2,rail,500,1520,10,10,0
to-ru,kz-1,ru-1,rail,1000,1520,{{h}},{{h}},{{wire}}
from-ru,ru-1,kz-2,rail,1000,1520,{{h}},{{h}},{{wire}}"""


@pytest.mark.parametrize(
    ("hours", "wire", "dropped"),
    [(100, 0, True), (5, 0, False), (100, 1, False)],  # slow, dear and dirty; as fast; clean
)
def test_a_corridor_beaten_by_half_in_everything_is_shown_only_to_compare(
    hours: int, wire: int, dropped: bool
) -> None:
    clean = "grid_id,country,g_co2e_per_kwh\nkz,KZ,0\nru,RU,0"
    net = small(links=RIVALS.format(h=hours, wire=wire), grid=clean)
    both = {"other", "northern"}
    shown = {route["corridor"] for route in plan(net, "kz-1", "kz-2", at=DAY).routes}
    assert shown == ({"other"} if dropped else both)
    compared = plan(net, "kz-1", "kz-2", at=DAY, compare=True).routes
    assert {route["corridor"] for route in compared} == both
    assert [route["route_id"] for route in compared] == ["A", "B"]


def test_beaten_by_half_means_twice_in_each_measure() -> None:
    good = {"mean_h": 10.0, "cost_usd": 100.0, "kg_co2e": 5.0}
    twice = {"mean_h": 20.0, "cost_usd": 200.0, "kg_co2e": 10.0}
    assert sensible([good, twice]) == [good]
    for measure in good:
        nearly = {**twice, measure: twice[measure] * 0.99}
        assert sensible([good, nearly]) == [good, nearly]


# Roads.


ROAD = f"{HEAD}\nroad,{{ends}},road,{{km}},,5,5"


@pytest.mark.parametrize(
    ("ends", "km", "near"), [("kz-1,kz-2", 350, True), ("kz-1,kz-2", 351, False), ("kz-1,ru-1", 100, False)]
)
def test_boxes_go_by_truck_over_frontiers_or_far_only_when_asked(ends: str, km: int, near: bool) -> None:
    net = small(links=ROAD.format(ends=ends, km=km))
    origin, destination = ends.split(",")
    assert found(net, origin, destination) is near
    assert found(net, origin, destination, trucks=True)
    if not near:
        blocked = plan(net, origin, destination, at=DAY).status.blocked_by
        assert blocked == ("boxes go by truck over frontiers or far only with --trucks",)


@dataclass(frozen=True)
class Line:
    lat: np.ndarray
    lon: np.ndarray


class StraightRoads:
    """Roads as the crow flies."""

    def table(self, sources: list[tuple[float, float]], targets: list[tuple[float, float]]) -> np.ndarray:
        return np.array([[great_circle_km(a, b) for b in targets] for a in sources])

    def route(self, a: tuple[float, float], b: tuple[float, float]) -> Line:
        return Line(np.linspace(a[0], b[0], 50), np.linspace(a[1], b[1], 50))


def test_a_truck_all_the_way_is_waited_for() -> None:
    daily = "service_id,mode,kind,runs,accepts,departures_per_week,capacity,factor_id\n"
    daily += "truck,road,shuttle,both,container;trailer,7,2,truck-artic"
    net = small(links=LINE, services=daily)
    shipment = make_shipment(net.tables, "Almaty", "Taldykorgan", ready_at=DAY)
    answer = plan_shipment(net, shipment, by="time", roads=StraightRoads())
    [route] = answer.routes
    start, end = ((end["lat"], end["lon"]) for end in map(answer.question.get, ("origin", "destination")))
    km = great_circle_km(start, end)
    assert 200 < km < 300
    # Half a day until the truck of the day comes; 600 km in nine hours at the wheel.
    assert [(part["kind"], part["wait_h"]) for part in route["transfers"]] == [("load", pytest.approx(12))]
    assert route["mean_h"] == pytest.approx(12 + km / (600 / 9))
    assert route["cost_usd"] == pytest.approx(1.5 * km)
    assert route["kg_co2e"] == pytest.approx(14 * km * 80 / 1000)


@pytest.mark.parametrize(
    ("origin", "destination"),
    [("43.25,76.95", "45.02,78.37"), ("Almaty", "45.02,78.37"), ("43.25,76.95", "Taldykorgan")],
)
def test_a_truck_all_the_way_between_coordinates(origin: str, destination: str) -> None:
    net = small(links=LINE)
    shipment = make_shipment(net.tables, origin, destination, ready_at=DAY)
    [route] = plan_shipment(net, shipment, by="time", roads=StraightRoads()).routes
    assert [leg["service_id"] for leg in route["legs"]] == ["truck"]


# Closures.


STORM = "closure_id,cause,scope,scope_ids,closed_share,mean_closed_h\nstorm,weather,terminal,{place},0.5,40"


@pytest.mark.parametrize(
    ("place", "destination", "at_load", "at_halt"),
    [
        ("kz-p", "az-p", 20, 0),
        ("az-p", "az-p", 20, 0),  # the port of arrival must be open too
        ("az-q", "az-p", 0, 0),
        ("az-p", "az-q", 20, 0),
        ("az-q", "az-q", 0, 20),  # a later call is waited for at the call before
    ],
)
def test_a_ship_waits_until_the_next_port_is_open(
    place: str, destination: str, at_load: float, at_halt: float
) -> None:
    net = small(links=SEA, services=SHIP, service_calls=SHIP_CALLS, closures=STORM.format(place=place))
    transfers = one(net, "kz-p", destination)["transfers"]
    waits = {part["kind"]: part["closure_h"] for part in transfers}
    assert waits.get("load", 0) == pytest.approx(at_load)
    assert waits.get("halt", 0) == pytest.approx(at_halt)
    assert sum(part["closure_h"] for part in transfers) == pytest.approx(at_load + at_halt)


@pytest.mark.parametrize("directions", ["westbound", "eastbound", "both"])
@pytest.mark.parametrize(
    ("closed", "west", "east"),
    [("kz-2", ("kz-1", "kz-3"), ("kz-3", "kz-1")), ("az-p", ("kz-p", "az-p"), ("az-p", "kz-p"))],
)
def test_a_terminal_closed_one_way_is_open_the_other(
    closed: str, west: tuple[str, str], east: tuple[str, str], directions: str
) -> None:
    shut = "closure_id,cause,scope,scope_ids,directions,closed_share\n"
    shut += f"war,war,terminal,{closed},{directions},1"
    links = f"{LINE}\n" + "\n".join(SEA.splitlines()[1:])
    net = small(links=links, services=SHIP, service_calls=SHIP_CALLS, closures=shut)
    assert found(net, *west) is (directions == "eastbound")
    assert found(net, *east) is (directions == "westbound")


# Rail yards of ports.


OWN = "own-load,kz-c,load,,,33,33\nown-out,kz-c,discharge,,,44,44"
FEES = "handling_id,terminal_id,activity,usd_per_feu\nfee-load,kz-c,load,333\nfee-out,kz-c,discharge,444"


@pytest.mark.parametrize(
    ("origin", "destination", "kind", "hours", "usd"),
    [
        ("kz-c", "kz-b", "load", 10, 50),  # the yard of any rail terminal
        ("kz-b", "kz-c", "discharge", 6, 60),
        ("kz-c", "az-d", "load", 33, 333),  # the quay of this port
        ("az-d", "kz-c", "discharge", 44, 444),
    ],
)
def test_trains_use_the_rail_yard_of_a_port_and_ships_its_quay(
    origin: str, destination: str, kind: str, hours: float, usd: float
) -> None:
    back = {"services": "back,3.5,200,0", "service_calls": "back,1,az-d,\nback,2,kz-c,cd"}
    net = corridor(dwell=OWN, handling=FEES, **back)
    [part] = [part for part in one(net, origin, destination)["transfers"] if part["kind"] == kind]
    assert (part["handling_h"], part["cost_usd"]) == (pytest.approx(hours), pytest.approx(usd))


# How sure.


@pytest.mark.parametrize(
    ("first", "second", "elsewhere", "weakest"),
    [
        ("high", "high", "low", "high"),  # what is not used does not count
        ("high", "medium", "high", "medium"),
        ("medium", "high", "high", "medium"),
        ("low", "medium", "high", "low"),
        ("high", "low", "high", "low"),
    ],
)
def test_a_route_is_as_sure_as_its_weakest_row(first: str, second: str, elsewhere: str, weakest: str) -> None:
    links = f"""{HEAD},confidence
one,kz-1,kz-2,rail,400,1520,10,10,{first}
two,kz-2,kz-3,rail,400,1520,30,30,{second}
three,kz-3,kz-4,rail,400,1520,12,12,{elsewhere}"""
    assert one(small(links=links), "kz-1", "kz-3")["confidence"] == weakest


# Routes that nobody would quote.


def route_of(*legs: tuple[str, str, str]) -> dict[str, Any]:
    """A route from the path, mode and passages of each leg."""
    return {
        "legs": [
            {"path": path.split(), "mode": mode, "passages": passages.split()}
            for path, mode, passages in legs
        ]
    }


@pytest.mark.parametrize(
    ("legs", "back"),
    [
        ([("kz-a kz-b kz-c", "rail", ""), ("kz-c kz-d", "rail", "")], False),
        ([("kz-a kz-b kz-c", "rail", ""), ("kz-c kz-b kz-d", "rail", "")], False),  # by way of a hub
        ([("kz-a kz-b", "rail", ""), ("kz-b kz-c", "rail", ""), ("kz-c kz-b", "rail", "")], True),
        ([("kz-a kz-b", "rail", ""), ("kz-b kz-a", "sea", "")], True),
        ([("kz-a cn-b kz-a kz-c", "rail", "")], True),  # there and back over the frontier
        ([("kz-a cn-b", "rail", ""), ("cn-b kz-c", "sea", "")], True),  # nor by another one
        ([("kz-a ru-b", "rail", ""), ("ru-b kz-c", "rail", "")], False),  # one customs union
    ],
)
def test_a_route_does_not_come_back(legs: list[tuple[str, str, str]], back: bool) -> None:
    assert comes_back(route_of(*legs)) is back


@pytest.mark.parametrize(
    ("passages", "twice"),
    [
        (["", "caspian", ""], False),
        (["caspian", "", "caspian"], True),
        (["caspian", "suez"], False),
        ([""], False),
    ],
)
def test_a_route_crosses_the_caspian_once(passages: list[str], twice: bool) -> None:
    assert crosses_twice(route_of(*(("a b", "sea", word) for word in passages))) is twice


@pytest.mark.parametrize(
    ("apart_deg", "beyond_deg", "far"),
    [
        # A degree of the equator is 111.2 km. Ends 1,112 km apart: up to 2,612 km (23.5 degrees).
        (10, 13, False),
        (10, 14, True),
        # Ends 4,448 km apart: up to 6,672 km (60 degrees).
        (40, 19, False),
        (40, 21, True),
    ],
)
def test_a_route_stays_near_its_ends(apart_deg: float, beyond_deg: float, far: bool) -> None:
    ends = (End("A", 0.0, 0.0, ""), End("B", 0.0, apart_deg, ""))
    for lon in (-beyond_deg, apart_deg + beyond_deg):
        route = {"legs": [{"points": [[0.0, 0.0], [0.0, lon], [0.0, apart_deg]]}]}
        assert strays(route, ends) is far


def test_ways_that_nobody_would_quote_are_no_routes() -> None:
    there_and_back = f"""{HEAD},passages
over,kz-p,az-p,sea,500,,24,24,{{passage}}
back,az-p,ge-x,sea,500,,24,24,{{passage}}"""
    services = "service_id\nover\nback"
    calls = (
        "service_id,seq,terminal_id,link_ids\nover,1,kz-p,\nover,2,az-p,over\nback,1,az-p,\nback,2,ge-x,back"
    )
    near = PLACES + "\nge-x,X,GE,seaport,46,52"
    for passage, places, fine in (("", near, True), ("caspian", near, False)):
        net = network(
            terminals=places,
            links=there_and_back.format(passage=passage),
            services=services,
            service_calls=calls,
        )
        assert found(net, "kz-p", "ge-x") is fine
    # By way of a port 6,000 km off, between ends 222 km apart.
    far = near.replace("az-p,az-p,AZ,seaport,40.0,50.0", "az-p,az-p,AZ,seaport,-10.0,50.0")
    net = network(
        terminals=far, links=there_and_back.format(passage=""), services=services, service_calls=calls
    )
    assert not found(net, "kz-p", "ge-x")


JUNCTION = f"""{HEAD}
one,kz-1,kz-x,rail,400,1520,10,10
two,kz-x,kz-3,rail,400,1520,10,10
three,kz-x,kz-4,rail,400,1520,10,10
other,kz-3,kz-4,rail,900,1520,30,30
slow,kz-1,kz-4,rail,900,1520,300,300"""
JUNCTION_TRAINS = SHUTTLE + "\nonward,rail,shuttle,both,rail-diesel"


@pytest.mark.parametrize(
    ("onward", "by_hub", "fine"),
    [
        ("two;three", False, True),  # past the junction again without a stop: kz-3 is the hub
        ("other", False, True),
        ("two;three", True, False),  # lifted at kz-x on the way there, and there again on the way back
    ],
)
def test_boxes_may_pass_a_place_again_but_are_lifted_there_once(
    onward: str, by_hub: bool, fine: bool
) -> None:
    calls = "service_id,seq,terminal_id,link_ids\n"
    calls += (
        "shuttle,1,kz-1,\nshuttle,2,kz-x,one\n" if by_hub else "shuttle,1,kz-1,\nshuttle,2,kz-3,one;two\n"
    )
    calls += "feeder,1,kz-x,\nfeeder,2,kz-3,two\n" if by_hub else ""
    calls += (
        "onward,1,kz-3,\nonward,2,kz-x,two\nlast,1,kz-x,\nlast,2,kz-4,three"
        if by_hub
        else (f"onward,1,kz-3,\nonward,2,kz-4,{onward}")
    )
    places = PLACES + f"\nkz-x,X,KZ,{'rail_terminal' if by_hub else 'junction'},45,72"
    trains = JUNCTION_TRAINS + (
        "\nfeeder,rail,shuttle,both,rail-diesel\nlast,rail,shuttle,both,rail-diesel" if by_hub else ""
    )
    net = network(terminals=places, links=JUNCTION, services=trains, service_calls=calls)
    # Where the box is lifted at kz-x it goes on from there: a way by kz-3 would come back.
    by_kz_3 = plan(net, "kz-1", "kz-4", at=DAY, avoid=["rail-ordinary"], via=["kz-3"])
    assert (by_kz_3.status.outcome == "ok") is fine


def test_a_way_that_nobody_would_quote_does_not_hide_the_next_best() -> None:
    calls = "service_id,seq,terminal_id,link_ids\nshuttle,1,kz-1,\nshuttle,2,kz-3,one;two\n"
    calls += "onward,1,kz-3,\nonward,2,kz-4,two;three\nslow,1,kz-1,\nslow,2,kz-4,slow"
    net = network(
        terminals=PLACES + "\nkz-x,X,KZ,junction,45,72",
        links=JUNCTION,
        services=JUNCTION_TRAINS + "\nslow,rail,shuttle,both,rail-diesel",
        service_calls=calls,
    )
    avoid = ["rail-ordinary"]
    assert found(net, "kz-1", "kz-4", avoid=[*avoid, "shuttle"], by="time")  # the slow train is there
    assert found(net, "kz-1", "kz-4", avoid=avoid, by="time")
