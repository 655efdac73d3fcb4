"""Countries that a link passes between its terminals: told in order, avoided, asked for, judged by rules."""

from __future__ import annotations

from typing import Any

import pytest

from midcorridor.checking import check
from midcorridor.errors import TableError
from midcorridor.network import Network
from midcorridor.network.compiled import countries_of, in_turn
from midcorridor.plan import plan, plan_shipment
from midcorridor.shipment import make_shipment

from .small import network, terminals
from .test_moves_by_hand import StraightRoads

DAY = "2026-12-01"
# The short link leads from Kazakhstan by Russia and Georgia to Azerbaijan, the long way by Iran.
PLACES = terminals(
    [
        ("kz-1", "KZ", "rail_terminal", 45.0, 60.0),
        ("kz-2", "KZ", "rail_terminal", 46.0, 60.0),
        ("ir-1", "IR", "rail_terminal", 37.0, 55.0),
        ("az-1", "AZ", "rail_terminal", 40.0, 48.0),
    ]
)
LINKS = """link_id,from_terminal,to_terminal,mode,km,gauge_mm,running_p50_h,running_p90_h,through_countries
before,kz-2,kz-1,rail,200,1520,5,5,
short,kz-1,az-1,rail,1500,1520,30,30,RU;GE
long-1,kz-1,ir-1,rail,1200,1520,40,40,
long-2,ir-1,az-1,rail,900,1520,40,40,"""
EMBARGO = "embargo_id,kind,scope,scope_ids,flow,effect\n"


def small(**more: str) -> Network:
    return network(**{"terminals": PLACES, "links": LINKS, **more})


def links_used(net: Network, origin: str = "kz-1", destination: str = "az-1", **options: Any) -> list[str]:
    [route, *_] = plan(net, origin, destination, **{"at": DAY, "by": "time", **options}).routes
    return [link for leg in route["legs"] for link in leg["link_ids"]]


@pytest.mark.parametrize(
    ("origin", "destination", "passed"),
    [("kz-2", "az-1", ["KZ", "RU", "GE", "AZ"]), ("az-1", "kz-2", ["AZ", "GE", "RU", "KZ"])],
)
def test_countries_stand_in_the_order_of_travel(origin: str, destination: str, passed: list[str]) -> None:
    [route] = plan(small(), origin, destination, at=DAY, avoid=["IR"]).routes
    assert route["countries"] == passed
    assert [leg["countries"] for leg in route["legs"]] == [passed]
    # Where a route has been decides its corridor, also between two terminals.
    assert route["corridor"] == "northern"


def test_a_country_on_the_way_is_avoided_and_asked_for() -> None:
    net = small()
    assert links_used(net) == ["short"]
    for word in ("RU", "GE"):
        assert links_used(net, avoid=[word]) == ["long-1", "long-2"]
        assert links_used(net, avoid=["IR"], via=[word]) == ["short"]
    assert plan(net, "kz-1", "az-1", at=DAY, avoid=["GE", "IR"]).status.outcome == "none"
    nothing = small(links=LINKS.replace("RU;GE", ""))
    assert links_used(nothing, avoid=["RU", "GE"]) == ["short"]
    assert plan(nothing, "kz-1", "az-1", at=DAY, via=["RU"]).status.outcome == "none"


@pytest.mark.parametrize(
    ("rule", "direct", "back"),
    [
        ("country,GE,transit", False, False),
        ("country,RU,", False, False),
        ("country,GE,import", True, True),
        ("frontier,RU>GE,", False, True),  # in the direction of travel
        ("frontier,KZ>AZ,", True, True),  # there is no such frontier on the way
    ],
)
def test_a_rule_of_a_country_on_the_way_refuses_the_goods(rule: str, direct: bool, back: bool) -> None:
    net = small(embargoes=f"{EMBARGO}r,sanction,{rule},refused")
    for ends, short in ((("kz-1", "az-1"), direct), (("az-1", "kz-1"), back)):
        assert ("short" in links_used(net, *ends)) is short, ends


def test_a_permit_is_asked_for_where_a_country_on_the_way_wants_one() -> None:
    net = small(embargoes=f"{EMBARGO}r,licence,country,GE,transit,permit_needed")
    permits = {route["corridor"]: route["permits"] for route in plan(net, "kz-1", "az-1", at=DAY).routes}
    assert permits == {"northern": ["r"], "southern": []}


def test_a_closed_country_closes_what_passes_it() -> None:
    closed = "closure_id,cause,scope,scope_ids,closed_share\nw,war,country,GE,1"
    assert links_used(small(closures=closed)) == ["long-1", "long-2"]


def test_prices_hours_and_carbon_are_those_of_the_ends() -> None:
    [with_countries], [without] = (
        plan(net, "kz-1", "az-1", at=DAY, by="time", avoid=["IR"]).routes
        for net in (small(), small(links=LINKS.replace("RU;GE", "")))
    )
    for measure in ("mean_h", "sd_h", "cost_usd", "kg_co2e"):
        assert with_countries[measure] == without[measure]


def test_what_may_pass_a_place_knows_the_links_through_it() -> None:
    net = small(embargoes=f"{EMBARGO}r,sanction,country,GE,,refused")
    expected = {"short": "refused", "long-1": "accepted", "GE": "refused", "RU>GE": "accepted"}
    for word, effect in expected.items():
        [route] = check(net, through=[word], at=DAY).routes
        assert route["effect"] == effect, word
        assert any("rail" in leg["words"] for leg in route["legs"]), word


def test_a_link_that_leaves_its_country_and_returns() -> None:
    """As Saratov-Astrakhan, which passes Kazakhstan."""
    links = LINKS.replace("200,1520,5,5,", "200,1520,5,5,RU")
    net = small(links=links)
    [route] = plan(net, "kz-2", "kz-1", at=DAY).routes
    assert route["countries"] == ["KZ", "RU", "KZ"]
    assert plan(net, "kz-2", "kz-1", at=DAY, avoid=["RU"]).status.outcome == "none"
    link = net.tables.by_key("links")["short"]
    assert countries_of(link, net.tables.by_key("terminals"), along=False) == ("AZ", "GE", "RU", "KZ")


def test_a_truck_at_an_end_tells_the_countries_of_its_road() -> None:
    """The straight road from Yershov to Orsk, both Russian, passes Kazakhstan."""
    places = f"{PLACES}\nru-1,ru-1,RU,rail_terminal,51.2,58.5"
    net = small(terminals=places, links=f"{LINKS}\nby-rail,ru-1,kz-2,rail,900,1520,20,20,")
    for ends in (("51.35,48.27", "kz-2"), ("kz-2", "51.35,48.27")):
        shipment = make_shipment(net.tables, *ends, ready_at=DAY)
        [route] = plan_shipment(net, shipment, roads=StraightRoads()).routes
        [truck] = [leg for leg in route["legs"] if leg["mode"] == "road"]
        assert truck["countries"][:2] == ["RU", "KZ"]
        assert truck["countries"][-2:] == ["KZ", "RU"]
        assert route["countries"] == (
            [*truck["countries"], "KZ"] if ends[1] == "kz-2" else ["KZ", *truck["countries"]]
        )


def test_countries_in_turn() -> None:
    assert in_turn(("KZ", "KZ", "", "RU", "KZ")) == ("KZ", "RU", "KZ")
    assert in_turn(("",)) == ()


def test_a_country_that_is_not_in_the_tables_is_refused() -> None:
    with pytest.raises(TableError, match="'GX' is not in countries"):
        small(links=LINKS.replace("RU;GE", "RU;GX"))
