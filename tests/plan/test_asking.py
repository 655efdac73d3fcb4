"""What an asker allows, forbids and demands: limits, things to avoid and to pass; days of closure."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from midcorridor.errors import InputError
from midcorridor.network import Network
from midcorridor.plan import plan

from .drawn import DAY, best, dated, priced
from .small import network
from .test_moves_by_hand import LINE, PLACES, SEA, SHIP, SHIP_CALLS, STORM
from .test_plan_by_hand import corridor

SHIPPED = Network.load()
MEASURES = {
    "max_days": ("mean_d", "time"),
    "max_usd": ("cost_usd", "cost"),
    "max_kg_co2e": ("kg_co2e", "carbon"),
}


# Limits.


def test_a_limit_never_betters_anything_and_is_kept() -> None:
    kept = refused = 0
    for seed, net, origin, destination in priced():
        for limit, (field, by) in MEASURES.items():
            free = best(net, origin, destination, by=by)
            if not free:
                continue
            values = sorted(route[field] for route in free.values())
            for most in (values[0] * 0.999, values[0] * 1.02, values[-1] * 1.001):
                held = plan(net, origin, destination, at=DAY, by=by, compare=True, **{limit: most})
                for route in held.routes:
                    assert route[field] <= most * (1 + 1e-6), (seed, limit)
                    assert values[0] <= route[field] * (1 + 1e-6), (seed, limit)
                if most < values[0]:
                    assert held.status.reason == "limits", (seed, limit)
                    [words] = held.status.blocked_by
                    assert words.startswith("the limit of ")
                    refused += 1
                else:
                    # What is within the limit is found as if there were none.
                    assert min(route[field] for route in held.routes) == pytest.approx(values[0], rel=1e-6)
                    kept += 1
    assert min(kept, refused) >= 100


def test_what_would_have_to_give_is_said_in_figures() -> None:
    answer = plan(corridor(), "cn-a", "az-d", at=DAY, max_days=8)
    assert answer.status.blocked_by == ("the limit of 8.0 days: the least is 8.8 days",)
    answer = plan(corridor(), "cn-a", "az-d", at=DAY, max_days=8.8, max_usd=2000)
    assert answer.status.blocked_by == ("the limit of 2,000 USD: the least is 2,430 USD",)
    for option in MEASURES:
        for bad in (0, -1, float("nan"), float("inf")):
            with pytest.raises(InputError, match="--max"):
                plan(corridor(), "cn-a", "az-d", at=DAY, **{option: bad})


def test_limits_that_only_together_leave_nothing() -> None:
    links = LINE + "\nfast,kz-1,kz-4,rail,4000,1520,30,30\nslow,kz-1,kz-4,rail,1000,1520,90,90"
    net = network(terminals=PLACES, links=links)
    # By the short link 118 h and 610 USD, by the line 90 h and 710, by the long link 58 h and 2,110.
    options: dict[str, Any] = {"at": DAY, "by": "time"}
    assert plan(net, "kz-1", "kz-4", **options, max_days=3, max_usd=2200).status.outcome == "ok"
    answer = plan(net, "kz-1", "kz-4", **options, max_days=3, max_usd=700)
    assert answer.status.blocked_by == ("the limits together: each can be kept, but not all by one route",)


# Things to avoid and to pass.


def told(route: dict[str, Any]) -> set[str]:
    """Everything by which a route could be avoided or asked for."""
    found = {country.lower() for country in route["countries"]}
    for leg in route["legs"]:
        found |= {*leg["path"], *leg["link_ids"], *leg["passages"], leg["service_id"], leg["mode"]}
        found.add(leg["operator"].lower())
    return found


@pytest.mark.parametrize("word", ["RU", "sea", "caspian", "az-alat", "CN", "cape", "ge-poti"])
def test_what_is_avoided_is_on_no_route_and_what_is_asked_for_on_each(word: str) -> None:
    without = plan(SHIPPED, "cn-xian", "hu-budapest", at=DAY, compare=True, avoid=[word])
    for route in without.routes:
        assert word.lower() not in told(route)
    assert (without.status.outcome == "none") is (word == "CN")
    through = plan(SHIPPED, "cn-xian", "hu-budapest", at=DAY, compare=True, via=[word])
    assert through.routes
    for route in through.routes:
        assert word.lower() in told(route)


def test_an_operator_is_avoided_or_asked_for() -> None:
    rows = [{**row, "operator": "Blue Line (KZ); Red Line"} for row in corridor().tables["services"]]
    blue = [row if row["service_id"] == "feeder" else {**row, "operator": None} for row in rows]
    net = Network(corridor().tables.replace(services=blue))
    assert plan(net, "cn-a", "az-d", at=DAY, via=["blue line"]).status.outcome == "ok"
    for name in ("Blue Line", "red line"):
        answer = plan(net, "cn-a", "az-d", at=DAY, avoid=[name])
        assert answer.status.blocked_by == (f"--avoid {name}",)
    with pytest.raises(InputError, match="--via"):
        plan(net, "cn-a", "az-d", at=DAY, via=["Green Line"])


def test_two_things_are_passed_on_one_way() -> None:
    ports = ["kz-aktau", "az-alat"]
    routes = plan(SHIPPED, "cn-xian", "ge-poti", at=DAY, compare=True, via=ports).routes
    assert routes[0]["corridor"] == "middle"
    for route in routes:
        assert {*ports} <= told(route)


def test_a_place_off_the_way_cannot_be_passed() -> None:
    net = network(terminals=PLACES, links=LINE)
    answer = plan(net, "kz-1", "kz-2", at=DAY, via=["kz-p"])
    assert answer.status.outcome == "none"
    assert answer.status.blocked_by == ("--via kz-p: no route passes there",)


def test_where_what_is_asked_for_is_shut_the_closure_is_named() -> None:
    war = "closure_id,cause,scope,scope_ids,closed_share\nwar,war,terminal,ru-1,1"
    links = LINE + "\nthere,kz-1,ru-1,rail,900,1520,30,30\nback,ru-1,kz-2,rail,900,1520,30,30"
    net = network(terminals=PLACES, links=links, closures=war)
    assert plan(net, "kz-1", "kz-2", at=DAY).status.outcome == "ok"
    answer = plan(net, "kz-1", "kz-2", at=DAY, via=["RU"])
    assert answer.status.blocked_by == ("closure war (war): ru-1 is closed",)


def test_via_and_avoid_only_make_worse() -> None:
    compared = 0
    for seed, net, origin, destination in islice(dated(), 30):
        for by, field in (("time", "mean_h"), ("cost", "cost_usd"), ("carbon", "kg_co2e")):
            free = best(net, origin, destination, by=by)
            for options in ({"via": ["KZ"]}, {"avoid": ["RU"]}, {"avoid": ["KZ"]}, {"via": ["RU", "KZ"]}):
                for corridor_name, route in best(net, origin, destination, by=by, **options).items():
                    assert free[corridor_name][field] <= route[field] * 1.002 + 0.1, (seed, by, options)
                    compared += 1
    assert compared >= 100


# Days on which things are shut.


SHUT = "closure_id,cause,scope,scope_ids,closed_share,valid_from,valid_until"


def shut(what: str, first: str, last: str, **more: str) -> Network:
    row = f"{SHUT}\nw,works,{what},1,{first},{last}"
    tables = {"terminals": PLACES, "links": LINE, "closures": row}
    return network(**{**tables, **more})


@pytest.mark.parametrize(
    ("first", "last", "stays_h"),
    [
        # Load 10 h, up to a day for the train, 10 h to kz-2: it would go on after 20 to 44 h.
        ("2026-12-02", "2026-12-05", 5 * 24),  # closed when the train comes, whenever it left
        ("2026-11-20", "2026-11-30", 0.0),  # over
        ("2026-12-20", "2026-12-31", 0.0),  # not yet
        ("2026-12-03", "2026-12-05", 0.0),  # gone before
    ],
)
def test_a_train_stands_before_a_link_that_is_closed_on_its_days(
    first: str, last: str, stays_h: float
) -> None:
    [open_route] = plan(network(terminals=PLACES, links=LINE), "kz-1", "kz-3", at=DAY).routes
    [route] = plan(shut("link,two", first, last), "kz-1", "kz-3", at=DAY).routes
    if not stays_h:
        assert route["mean_h"] == pytest.approx(open_route["mean_h"])
        return
    [halt] = [part for part in route["transfers"] if part["closure_h"] > 0]
    assert halt["terminal_id"] == "kz-2"
    assert route["mean_h"] <= stays_h + 30 + 6 + 0.5
    assert route["mean_h"] > open_route["mean_h"]


def test_another_way_is_taken_where_waiting_is_longer() -> None:
    round_about = LINE + "\nround,kz-1,kz-3,rail,1500,1520,200,200"
    for last, link in (("2026-12-04", "two"), ("2026-12-20", "round")):
        net = shut("link,two", "2026-12-02", last, links=round_about)
        route = plan(net, "kz-1", "kz-3", at=DAY, by="time").routes[0]
        assert route["legs"][-1]["link_ids"][-1] == link


def test_a_closure_of_what_nobody_uses_changes_nothing() -> None:
    # Dated closures put every move by itself: the answers must be the same as with moves put together.
    storm = STORM.format(place="az-q")
    base = {"terminals": PLACES, "links": SEA, "services": SHIP, "service_calls": SHIP_CALLS}
    plain = plan(network(**base, closures=storm), "kz-p", "az-q", at=DAY).routes
    for unused in ("link,one", "terminal,kz-4", "country,RU", "passage,suez"):
        closures = f"{SHUT},mean_closed_h\nstorm,weather,terminal,az-q,0.5,,,40"
        closures += f"\nw,works,{unused},1,2026-12-05,2026-12-09,"
        links = SEA + "\n" + "\n".join(LINE.splitlines()[1:])
        again = plan(network(**{**base, "links": links}, closures=closures), "kz-p", "az-q", at=DAY).routes
        assert [route["mean_h"] for route in again] == pytest.approx([route["mean_h"] for route in plain])


def test_a_service_that_is_not_open_yet_is_waited_for() -> None:
    ship = (
        "service_id,departures_per_week,capacity,headway_cv,runs,valid_from\nship,3.5,200,0,both,2026-12-11"
    )
    net = network(terminals=PLACES, links=SEA, services=ship, service_calls=SHIP_CALLS)
    [route] = plan(net, "kz-p", "az-p", at=DAY).routes
    assert route["mean_h"] >= 10 * 24 + 24 + 8
    assert route["legs"][0]["etd_at"] >= "2026-12-11"
    assert plan(net, "kz-p", "az-p", at="2026-07-01").status.outcome == "none"


def test_every_day_of_the_year_has_an_answer() -> None:
    for day in ("01-01", "02-28", "06-30", "11-01", "12-31"):
        answer = plan(SHIPPED, "cn-xian", "az-baku", at=f"2026-{day}")
        assert answer.status.outcome == "ok"
        for route in answer.routes:
            assert route["p10_h"] < route["p50_h"] < route["p90_h"]
            assert 10 < route["mean_d"] < 90
    assert plan(SHIPPED, "cn-xian", "az-baku", at="2028-02-29").status.outcome == "ok"
