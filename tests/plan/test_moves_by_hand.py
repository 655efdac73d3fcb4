"""Each thing that a move is charged for, on networks of two or three links."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from midcorridor.network import Network
from midcorridor.plan import plan, plan_shipment
from midcorridor.plan.access import great_circle_km
from midcorridor.shipment import make_shipment

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
        assert one(small(links=links), *ends)["kg_co2e"] == pytest.approx(14 * 1000 * 25 * 600 * 1.08 / 1e6)


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
    assert route["kg_co2e"] == pytest.approx(14 * 1000 * 25 * g_per_kwh * 1.08 / 1e6)


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
