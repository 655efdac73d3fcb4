"""What a booking and the boxes make of hours and price, by hand and on the shipped network."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest

from midcorridor.errors import InputError
from midcorridor.network import Network
from midcorridor.plan import plan

from .small import network
from .test_moves_by_hand import DAY, LINE, PLACES, SHUTTLE, found, one
from .test_plan_by_hand import corridor

CALLS = "service_id,seq,terminal_id,link_ids\nshuttle,1,kz-1,\nshuttle,2,kz-3,one;two"
# A train of 50 boxes that leaves once a day. Single boxes wait and pay more; a block is paid whole.
TERMS = """booking_id,booking,kind,least_share,fill_p50_h,fill_p90_h,price_factor,pays_for
s-block,block,shuttle,0.5,0,0,1,departures
s-group,group,shuttle,,20,20,1.1,boxes
s-single,single,shuttle,,20,80,1.5,boxes"""


def trains(**more: str) -> Network:
    tables = {"terminals": PLACES, "links": LINE, "services": SHUTTLE, "service_calls": CALLS}
    return network(**{**tables, "bookings": TERMS, **more})


def route_of(net: Network, boxes: int, **options: Any) -> dict[str, Any]:
    return one(net, "kz-1", "kz-3", containers=f"{boxes}x40HC", avoid=["rail-ordinary"], **options)


PLAIN_H = 10 + 12 + 40 + 6  # load, half a day for the train, the run, discharge


@pytest.mark.parametrize(
    ("booking", "boxes", "fill_h", "tariff"),
    [
        # 800 km at 0.5 a box; the shuttle takes 200 TEU, 100 boxes.
        ("block", 80, 0.0, 100 * 400.0),  # the twenty empty slots are paid
        ("block", 120, 0.0, 200 * 400.0),  # two trains
        ("group", 80, 20.0, 80 * 400.0 * 1.1),
        # A lognormal with median 20 and 90th percentile 80: median x exp(sigma^2 / 2).
        ("single", 80, 20 * math.exp((math.log(4) / 1.2815515655446004) ** 2 / 2), 80 * 400.0 * 1.5),
    ],
)
def test_a_booking_waits_and_pays(booking: str, boxes: int, fill_h: float, tariff: float) -> None:
    route = route_of(trains(), boxes, booking=booking)
    further_h = 24.0 * (math.ceil(boxes / 100) - 1)
    assert route["mean_h"] == pytest.approx(PLAIN_H + fill_h + further_h)
    assert route["cost_usd"] == pytest.approx(boxes * (50 + 60) + tariff)
    assert route["legs"][0]["booking"] == booking
    assert route["legs"][0]["loads"] == ([100, 20] if boxes == 120 else [80])
    lines = Counter[str]()
    for line in route["legs"][0]["lines"]:
        lines[line["item"]] += line["usd"]
    assert lines["rail_tariff"] == pytest.approx(boxes * 400)
    assert lines["booking"] == pytest.approx(tariff - boxes * 400)
    [load] = [part for part in route["transfers"] if part["kind"] == "load"]
    assert load["wait_h"] == pytest.approx(12 + fill_h + further_h)


def test_without_a_word_the_cheapest_booking_is_taken() -> None:
    # 91 boxes: a block costs 100 slots, a group 91 x 1.1 = 100.1; at 90 it is the other way round.
    assert route_of(trains(), 91)["legs"][0]["booking"] == "block"
    assert route_of(trains(), 90)["legs"][0]["booking"] == "group"


def test_a_booking_that_nobody_takes_is_refused_with_the_reason() -> None:
    too_few = f"{TERMS}\no-block,block,ordinary_train,1,0,0,1,departures"
    net = trains(bookings=too_few)
    answer = plan(net, "kz-1", "kz-3", at=DAY, containers="10x40HC", booking="block")
    assert (answer.status.outcome, answer.status.reason, answer.routes) == ("none", "blocked", [])
    [reason] = answer.status.blocked_by
    assert reason.startswith(("--booking block: rail-ordinary: ", "--booking block: shuttle: "))
    assert "10 boxes of 40 ft are too few for a block booking: 50 are the least" in reason
    assert found(net, "kz-1", "kz-3", containers="50x40HC", booking="block")
    with pytest.raises(InputError, match="--booking"):
        plan(trains(), "kz-1", "kz-3", at=DAY, booking="charter")


def test_a_box_that_only_changes_trains_waits_for_room_once() -> None:
    terms = "booking_id,booking,mode,fill_p50_h,fill_p90_h\nr,group,rail,20,20\nr1,single,rail,20,20"
    plain, waiting = (
        one(corridor(**more), "cn-a", "az-d", booking="group") for more in ({}, {"bookings": terms})
    )
    # Loaded in China, reloaded to the broad gauge: one train in the eyes of who books.
    assert waiting["mean_h"] - plain["mean_h"] == pytest.approx(20)


BOXES = """cost_id,item,country,container,value,unit
hire,container_hire,,40,24,USD/FEU-day
back-az,equipment_return,AZ,40,500,USD/FEU
buy-cn,soc_purchase,CN,40,1800,USD/FEU
sell-az,soc_resale,AZ,40,700,USD/FEU
pick-cn,equipment_pickup,CN,40,900,USD/FEU"""


def test_whose_the_boxes_are() -> None:
    net = corridor(unit_costs=BOXES)
    routes = {
        whose: one(net, "cn-a", "az-d", containers="3x40HC", equipment=whose)
        for whose in ("coc", "soc", "lease")
    }
    # The freight of a box is 2,430 USD (see test_plan_by_hand) and the way takes 211 h.
    freight = 3 * 2430
    assert routes["coc"]["cost_usd"] == pytest.approx(freight + 3 * (24 * 211 / 24 + 500))
    assert routes["soc"]["cost_usd"] == pytest.approx(freight + 3 * (1800 - 700))
    assert routes["lease"]["cost_usd"] == pytest.approx(freight + 3 * 900)
    for whose, lines in {
        "coc": {"equipment_return": 1500},
        "soc": {"soc_purchase": 5400, "soc_resale": -2100},
        "lease": {"equipment_pickup": 2700},
    }.items():
        events = [*routes[whose]["legs"], *routes[whose]["transfers"]]
        told = {line["item"]: line["usd"] for event in events for line in event["lines"]}
        assert {item: told[item] for item in lines} == lines
        assert ("container_hire" in told) is (whose == "coc")
    with pytest.raises(InputError, match="--equipment"):
        one(net, "cn-a", "az-d", equipment="rented")


SHIPPED = Network.load()


def test_bookings_on_the_shipped_network() -> None:
    pair = ("cn-xian", "az-baku")
    single, group, block = (
        plan(SHIPPED, *pair, at=DAY, containers="50x40HC", booking=booking, by="time").routes
        for booking in ("single", "group", "block")
    )
    free = plan(SHIPPED, *pair, at=DAY, containers="50x40HC", by="time").routes
    for routes, word in ((single, "single"), (group, "group"), (block, "block")):
        for route in routes:
            assert {leg["booking"] for leg in route["legs"] if leg["mode"] != "road"} == {word}
    # A train of one's own waits for nobody, and whatever is booked is no better than having the choice.
    assert block[0]["mean_h"] < group[0]["mean_h"]
    cheapest = plan(SHIPPED, *pair, at=DAY, containers="50x40HC", by="cost").routes[0]
    for booking in ("single", "group", "block"):
        booked = plan(SHIPPED, *pair, at=DAY, containers="50x40HC", by="cost", booking=booking).routes
        assert cheapest["cost_usd"] <= booked[0]["cost_usd"] * (1 + 1e-9)
    assert free
    few = plan(SHIPPED, *pair, at=DAY, containers="2x40HC", booking="block")
    assert few.status.outcome == "none"
    assert all(reason.startswith("--booking block: ") for reason in few.status.blocked_by)
    assert few.status.blocked_by
