"""When the boxes arrive: timetables, chances and the clock, on small networks and on the shipped one."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from midcorridor.arrival import arrive, sample
from midcorridor.errors import InputError
from midcorridor.network import Network
from midcorridor.plan import plan
from midcorridor.plan.choice import OBJECTIVES, Aim, best_by_corridor, surest
from midcorridor.plan.events import course_of

from .drawn import dated, decoder_of, priced, question_of
from .small import network
from .test_moves_by_hand import PLACES, SEA, SHIP, SHIP_CALLS

NETWORK = Network.load()


# A timetable by hand: the ship leaves kz-p on Mondays at 06:00 and takes 24 h; loading takes 20 h.


def weekly(hour: str = "06:00", weekdays: str = "mon", **more: str) -> Network:
    table = "departure_id,service_id,terminal_id,direction,weekdays,time_utc\n"
    table += f"d,ship,kz-p,forward,{weekdays},{hour}"
    tables = {"terminals": PLACES, "links": SEA, "services": SHIP, "service_calls": SHIP_CALLS}
    return network(**{**tables, "timetables": table, **more})


@pytest.mark.parametrize(
    ("at", "wait_h"),
    [
        ("2026-12-06T10:00", 0.0),  # a Sunday: ready on the quay as the ship leaves
        ("2026-12-06T09:00", 1.0),
        ("2026-12-06T11:00", 7 * 24 - 1.0),  # an hour late, so a week
        ("2026-12-01T00:00", 6 * 24 + 6 - 20.0),
    ],
)
def test_the_box_that_comes_an_hour_late_waits_for_the_next_ship(at: str, wait_h: float) -> None:
    [route] = plan(weekly(), "kz-p", "az-p", at=at).routes
    load = route["transfers"][0]
    assert (load["kind"], load["wait_h"]) == ("load", pytest.approx(wait_h))
    assert route["mean_h"] == pytest.approx(20 + wait_h + 24 + 8)
    assert (route["legs"][0]["departs"], route["sd_h"]) == ("timetable", pytest.approx(0, abs=1e-6))
    [day, clock] = route["legs"][0]["etd_at"].split("T")
    assert clock.startswith("06:00")
    assert day in ("2026-12-07", "2026-12-14")


def test_a_departure_by_date_is_the_last_one() -> None:
    once = "departure_id,service_id,terminal_id,direction,departs_at\n"
    once += "d,ship,kz-p,forward,2026-12-03T00:00:00+00:00"
    tables = {"terminals": PLACES, "links": SEA, "services": SHIP, "service_calls": SHIP_CALLS}
    net = network(**tables, timetables=once)
    assert plan(net, "kz-p", "az-p", at="2026-12-02T04:00").routes[0]["mean_h"] == pytest.approx(20 + 24 + 8)
    assert plan(net, "kz-p", "az-p", at="2026-12-02T05:00").status.outcome == "none"


def test_of_a_sure_arrival_a_deadline_is_kept_or_not() -> None:
    # Ready on Tuesday 1 December at 00:00: the ship leaves on Monday 7 at 06:00 and 32 h later all is over.
    for deadline, chance in (
        ("2026-12-08", 1.0),
        ("2026-12-07", 0.0),
        ("181h", 0.0),
        ("183h", 1.0),
        ("8d", 1.0),
    ):
        [route] = plan(weekly(), "kz-p", "az-p", at="2026-12-01", deadline=deadline).routes
        assert route["on_time_probability"] == pytest.approx(chance), deadline
    [route] = plan(weekly(), "kz-p", "az-p", at="2026-12-01").routes
    assert route["on_time_probability"] is None


def test_the_chance_to_keep_a_deadline_is_the_share_of_ships_that_do() -> None:
    tables = {"terminals": PLACES, "links": SEA, "services": SHIP, "service_calls": SHIP_CALLS}
    for hours, chance in ((20 + 24 + 8 + 12, 0.25), (20 + 24 + 8 + 36, 0.75), (20 + 24 + 8, 0.0), (100, 1.0)):
        # A ship every 48 h like a clock: the wait is even between 0 and 48 h.
        [route] = plan(network(**tables), "kz-p", "az-p", at="2026-12-01", deadline=f"{hours}h").routes
        assert route["on_time_probability"] == pytest.approx(chance, abs=0.011)
        assert (route["p10_h"], route["p90_h"]) == (
            pytest.approx(52 + 4.8, abs=0.5),
            pytest.approx(52 + 43.2, abs=0.5),
        )


@pytest.mark.parametrize("deadline", ["2026-11-30", "soon", "0d", "-3d", "nan"])
def test_a_deadline_that_is_none_is_named(deadline: str) -> None:
    with pytest.raises(InputError, match="deadline"):
        plan(weekly(), "kz-p", "az-p", at="2026-12-01", deadline=deadline)


# What adds up, on random networks with timetables and closures.


def test_means_add_up_and_quantiles_are_in_order() -> None:
    judged = 0
    for seed, net, origin, destination in dated():
        for route in plan(net, origin, destination, at="2026-12-01", compare=True, deadline="20d").routes:
            parts = [*route["legs"], *route["transfers"]]
            for field in ("mean_h", "cost_usd", "kg_co2e"):
                assert sum(part[field] for part in parts) == pytest.approx(route[field], rel=1e-9), seed
            assert route["moving_h"] + route["waiting_h"] == pytest.approx(route["mean_h"]), seed
            hours = [hour for _, hour in route["arrival_h"]]
            assert hours == sorted(hours)
            assert route["p10_h"] <= route["p50_h"] <= route["p90_h"]
            told = dict(map(tuple, route["arrival_h"]))
            assert (told[0.1], told[0.5], told[0.9]) == (route["p10_h"], route["p50_h"], route["p90_h"])
            # The chance of the deadline lies between the chances of the hours around it.
            chance = route["on_time_probability"]
            assert max((p for p, hour in told.items() if hour <= 480), default=0.0) <= chance + 0.01, seed
            assert chance <= min((p for p, hour in told.items() if hour > 480), default=1.0) + 0.01, seed
            judged += 1
    assert judged >= 60


def test_sure_promises_the_earliest_date_of_all_ways() -> None:
    compared = differ = 0
    for seed, net, origin, destination in priced():
        question = question_of(net, origin, destination)
        earliest: dict[str, float] = {}
        for way in question.ways([])[0]:
            hours = arrive(course_of(question, way).spells).quantile_h(0.9)
            earliest[way.corridor] = min(hours, earliest.get(way.corridor, math.inf))
        shown = plan(net, origin, destination, at="2026-12-01", sure=90, compare=True).routes
        quickest = plan(net, origin, destination, at="2026-12-01", by="time", compare=True).routes
        for corridor, hours in earliest.items():
            route = next(route for route in shown if route["corridor"] == corridor)
            assert route["p90_h"] == pytest.approx(hours), (seed, corridor)
            fast = next(route for route in quickest if route["corridor"] == corridor)
            differ += fast["p90_h"] > hours + 0.01
            compared += 1
    assert compared >= 40
    assert differ >= 1


# The shipped network against shipments drawn one by one.


PAIRS = [
    ("cn-xian", "az-baku", "2026-12-01"),
    ("kz-almaty", "ge-poti", "2027-02-10"),
    ("cn-chongqing", "hu-budapest", "2026-10-20"),
]


@pytest.mark.parametrize(("origin", "destination", "day"), PAIRS)
def test_quantiles_are_those_of_drawn_shipments(origin: str, destination: str, day: str) -> None:
    question = question_of(NETWORK, origin, destination, at=day)
    ways = sorted(question.ways([])[0], key=lambda way: way.hours)
    for way in (ways[0], ways[len(ways) // 2]):
        spells = course_of(question, way).spells
        route, drawn = arrive(spells), sample(spells, 20_000, seed=5)
        # Four standard errors of the mean and of the shares.
        assert np.mean(drawn) == pytest.approx(route.mean_h, abs=4 * math.sqrt(route.var_h2 / 20_000) + 0.5)
        for chance in (0.1, 0.5, 0.9):
            earlier = np.mean(drawn <= route.quantile_h(chance))
            assert earlier == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / 20_000) + 0.005)


@pytest.mark.parametrize("chance", [60, 97])
def test_no_shipped_way_can_be_promised_earlier(chance: int) -> None:
    question = question_of(NETWORK, "kz-almaty", "ge-poti", at="2027-02-10")
    ways = question.ways([])[0]
    earliest: dict[str, float] = {}
    for way in ways:
        hours = arrive(course_of(question, way).spells).quantile_h(chance / 100)
        earliest[way.corridor] = min(hours, earliest.get(way.corridor, math.inf))
    chosen = best_by_corridor(question, ways, Aim(sure=chance), decoder_of(question).route)
    assert {way.corridor: hours for hours, way in chosen} == earliest


@pytest.mark.parametrize(("origin", "destination", "day"), PAIRS)
def test_what_is_chosen_takes_what_the_search_thinks(origin: str, destination: str, day: str) -> None:
    """What a search adds up, against the distribution followed along the clock."""
    question = question_of(NETWORK, origin, destination, at=day)
    ways = question.ways([])[0]
    for by in OBJECTIVES:
        for _, way in best_by_corridor(question, ways, Aim(by), decoder_of(question).route):
            arrival = arrive(course_of(question, way).spells)
            assert arrival.mean_h == pytest.approx(way.hours, rel=0.01)
            assert math.sqrt(arrival.var_h2) == pytest.approx(way.sd_h, rel=0.05)


def test_no_way_is_ruled_out_that_could_be_the_surest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Percentiles that Cantelli's inequality allows, far from those of a normal distribution."""
    steady = SimpleNamespace(hours=100.0, sd_h=0.0, usd=1.0, quantile_h=lambda chance: 100.0)
    # Nine times in ten within 90 h, else after 690: the mean is 150.
    odd = SimpleNamespace(hours=150.0, sd_h=180.0, usd=1.0, quantile_h=lambda chance: 90.0)
    late = SimpleNamespace(hours=150.0, sd_h=10.0, usd=1.0, quantile_h=lambda chance: 1 / 0)  # never asked
    monkeypatch.setattr(
        "midcorridor.plan.choice.course_of", lambda question, way: SimpleNamespace(spells=way)
    )
    monkeypatch.setattr("midcorridor.plan.choice.arrive", lambda way: way)
    question: Any = SimpleNamespace(timed=False)
    ways: Any = [late, odd, steady]
    assert surest(question, ways, 0.6) == (90.0, odd)
