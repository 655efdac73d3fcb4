"""Trucks at the ends and all the way, on the shipped roads: they name every country that they run through."""

from __future__ import annotations

from datetime import date

import pytest

from midcorridor.basemap import router
from midcorridor.errors import PlaceError
from midcorridor.network import Network
from midcorridor.plan import plan
from midcorridor.plan.access import End, accesses, countries_passed

NETWORK = Network.load()
ALMATY, MINSK, YEREVAN = (43.25, 76.9), (53.9, 27.56), (40.18, 44.51)


def test_a_road_names_the_countries_between() -> None:
    roads = router("road")
    passed = countries_passed(roads, ALMATY, MINSK)
    assert (passed[0], set(passed), passed[-1]) == ("KZ", {"KZ", "RU", "BY"}, "BY")
    assert countries_passed(roads, (40.68, 46.36), (40.4, 49.87)) == ["AZ"]


def test_a_country_avoided_is_not_trucked_through() -> None:
    free = plan(NETWORK, "Almaty", "Minsk", at="2026-12-01", trucks=True, by="time")
    truck = free.routes[0]
    assert [leg["mode"] for leg in truck["legs"]] == ["road"]
    assert truck["corridor"] == "northern"
    avoiding = plan(NETWORK, "Almaty", "Minsk", at="2026-12-01", trucks=True, avoid=["RU"])
    assert all("RU" not in route["countries"] for route in avoiding.routes)
    assert all(len(route["legs"]) > 1 for route in avoiding.routes)


def test_far_trucks_are_only_for_those_who_ask() -> None:
    plain = plan(NETWORK, "Almaty", "Minsk", at="2026-12-01", compare=True)
    assert all(leg["mode"] != "road" or leg["km"] < 350 for route in plain.routes for leg in route["legs"])


def test_no_truck_takes_a_frontier_that_it_has_no_papers_for() -> None:
    compiled = NETWORK.on(date(2026, 12, 1))
    with pytest.raises(PlaceError, match="frontier"):
        accesses(compiled, End("Yerevan", *YEREVAN, "AM"), router("road"))
