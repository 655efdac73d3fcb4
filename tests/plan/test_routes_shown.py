"""Which routes are shown: how corridors are told apart, and the ways that nobody would quote."""

from __future__ import annotations

from typing import Any

import pytest

from midcorridor.plan import plan
from midcorridor.plan.access import End
from midcorridor.plan.choice import sensible

from .judge import comes_back, crosses_twice, strays
from .small import network
from .test_moves_by_hand import DAY, HEAD, PLACES, SHUTTLE, found, one, small

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


@pytest.mark.parametrize("until", ["2099-12-31", "2020-12-31"])
def test_a_comparison_says_what_closes_the_corridor_that_is_missing(until: str) -> None:
    closures = f"""closure_id,cause,scope,scope_ids,directions,closed_share,valid_from,valid_until
works,works,country,RU,both,1,2020-01-01,{until}"""
    net = small(links=RIVALS.format(h=5, wire=0), closures=closures)
    shut = until.startswith("2099")
    status = plan(net, "kz-1", "kz-2", at=DAY, compare=True).status
    assert status.closed == ({"northern": "closure works (works): RU is closed"} if shut else {})
    told = [note for note in status.notes if note.startswith("no route, ")]
    assert told == (["no route, northern: closure works (works): RU is closed"] if shut else [])
    assert plan(net, "kz-1", "kz-2", at=DAY).status.closed == {}
    avoided = plan(net, "kz-1", "kz-2", at=DAY, compare=True, avoid=["RU"]).status
    assert "--avoid RU" in avoided.closed["northern"]


def test_beaten_by_half_means_twice_in_each_measure() -> None:
    good = {"mean_h": 10.0, "cost_usd": 100.0, "kg_co2e": 5.0}
    twice = {"mean_h": 20.0, "cost_usd": 200.0, "kg_co2e": 10.0}
    assert sensible([good, twice]) == [good]
    for measure in good:
        nearly = {**twice, measure: twice[measure] * 0.99}
        assert sensible([good, nearly]) == [good, nearly]


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
        ([("kz-a cn-b by-o", "rail", "")], False),  # a piece of the union that only others lead to
        ([("by-o cn-b kz-a cn-b by-o", "rail", "")], True),
    ],
)
def test_a_route_does_not_come_back(legs: list[tuple[str, str, str]], back: bool) -> None:
    roads = ["kz-a kz-b", "kz-b kz-c", "kz-c kz-d", "kz-c ru-b", "ru-b kz-a", "kz-a cn-b", "cn-b by-o"]
    assert comes_back(route_of(*legs), [tuple(road.split()) for road in roads]) is back


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
