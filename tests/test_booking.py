"""Which terms apply: small tables by hand, then the shipped ones against the tariffs that they come from."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from midcorridor.booking import (
    BOOKINGS,
    DIRECTIONS,
    Booking,
    Refusal,
    booking_for,
    equipment_lines,
    free_time_for,
    free_times_at,
)
from midcorridor.costs import overstay_usd
from midcorridor.errors import InputError
from midcorridor.network import Network
from midcorridor.network.compiled import HANDLING_KINDS
from midcorridor.tables import Tables, parse

DAY = date(2026, 12, 1)
SHIPPED = Network.load().tables
TRAIN: dict[str, Any] = {
    "service_id": "train", "mode": "rail", "kind": "block_train", "capacity": 100.0,
    "capacity_unit": "TEU", "headway_cv": 0.5,
}  # fmt: skip

BOOKED = """\
booking_id,booking,service_id,mode,kind,countries,departs,accepted,least_boxes_feu,least_share,fill_p50_h,fill_p90_h,price_factor,pays_for,cutoff_h,book_by_h,valid_from,valid_until,note
block,block,,rail,,,any,true,,0.8,0,0,0.9,departures,24,72,,,
group,group,,rail,,,regular,true,5,,24,24,1.05,boxes,24,,,,
group-full,group,,rail,,,when_full,true,5,,0,0,1.05,boxes,24,,,,
group-az,group,,rail,,AZ;GE,any,true,2,,0,0,1.2,boxes,12,,,,
group-own,group,special,,,,any,true,1,,0,0,1.5,boxes,2,,,,
group-old,group,,rail,block_train,,regular,true,1,,0,0,9,boxes,1,,,2019-12-31,
single,single,,rail,,,any,true,,,48,48,1.1,boxes,24,,,,
no-block,block,,rail,ordinary_train,,any,false,,,,,,,,,,,Made up of wagons of many.
"""


def tables(bookings: str = BOOKED) -> Tables:
    return Tables({"bookings": parse("bookings", bookings.splitlines(keepends=True), overlay=True)})


def booked(boxes: float, booking: str | None = None, country: str = "", **service: Any) -> Booking | Refusal:
    return booking_for(tables(), {**TRAIN, **service}, boxes, booking, DAY, country=country)


def taken(boxes: float, booking: str | None = None, country: str = "", **service: Any) -> Booking:
    found = booked(boxes, booking, country, **service)
    assert isinstance(found, Booking), found
    return found


# A train of 100 TEU takes 50 boxes of 40 ft; four fifths of it are 40.


@pytest.mark.parametrize(
    ("boxes", "booking"),
    [(50, "block"), (40, "block"), (39, "group"), (5, "group"), (4, "single"), (60, "group")],
)
def test_the_booking_that_suits_the_number_of_boxes(boxes: int, booking: str) -> None:
    """60 boxes need two trains, of which they would fill three fifths: no block."""
    assert taken(boxes).booking == booking


def test_nobody_books_a_ship_whole_or_one_box_as_a_group() -> None:
    ship = SHIPPED.by_key("services")["feeder-aktau-alat"]
    asked = {boxes: booking_for(SHIPPED, ship, boxes, None, DAY, country="KZ") for boxes in (1, 50)}
    assert [found.booking for found in asked.values()] == ["single", "group"]


def test_a_block_pays_its_empty_slots() -> None:
    found = taken(40, "block")
    assert (found.vehicles, found.paid_slots_feu, found.fill_mean_h, found.cutoff_h) == (1, 50, 0, 24)
    assert found.factor_per_box(40) == pytest.approx(0.9 * 50 / 40)
    two = taken(90, "block")
    assert (two.vehicles, two.paid_slots_feu) == (2, 100)


def test_a_group_pays_its_boxes_and_waits_for_room() -> None:
    found = taken(10, "group")
    assert (found.paid_slots_feu, found.factor_per_box(10)) == (10, 1.05)
    assert (found.fill_mean_h, found.fill_var_h2) == (24, 0)


def test_the_wait_to_fill_is_not_counted_beside_a_headway_that_holds_it() -> None:
    assert taken(10, "group", headway_cv=1.0).row["booking_id"] == "group-full"
    assert taken(10, "group", headway_cv=0.99).row["booking_id"] == "group"


def test_the_most_particular_row_counts() -> None:
    assert taken(10, "group", "AZ").row["booking_id"] == "group-az"
    assert taken(10, "group", "AZ", service_id="special").row["booking_id"] == "group-own"
    assert taken(10, "group", "KZ").row["booking_id"] == "group"


def test_row_order_means_nothing() -> None:
    head, *rows = BOOKED.splitlines(keepends=True)
    turned = tables("".join([head, *reversed(rows)]))
    for boxes in (3, 10, 45):
        assert booking_for(turned, TRAIN, boxes, None, DAY) == booking_for(tables(), TRAIN, boxes, None, DAY)


def test_a_refusal_says_why_and_what_would_be_taken() -> None:
    few = booked(30, "block")
    assert isinstance(few, Refusal)
    assert few.instead == ("group", "single")
    assert "30 boxes of 40 ft are too few" in few.reason
    assert "40 are the least, 80% of the 50 slots" in few.reason
    never = booked(50, "block", kind="ordinary_train")
    assert isinstance(never, Refusal)
    assert never.booking_id == "no-block"
    assert "made up of wagons of many" in never.reason
    ship = booked(50, "group", mode="sea", kind="deep_sea")
    assert isinstance(ship, Refusal)
    assert "no row of bookings.csv" in ship.reason


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: booked(10, "bloc"), "block"),
        (lambda: booked(0), "above 0"),
        (lambda: free_time_for(SHIPPED, {}, "storrage", "import", DAY), "storage"),
        (lambda: free_time_for(SHIPPED, {}, "storage", "imports", DAY), "import"),
        (lambda: free_times_at(SHIPPED, {}, "import", DAY, equipment="COC"), "coc"),
    ],
)
def test_a_word_that_names_nothing_is_refused(call: Any, hint: str) -> None:
    with pytest.raises(InputError, match=hint):
        call()


# The shipped rows.


def test_every_service_answers_every_booking_from_a_row() -> None:
    terminals = SHIPPED.by_key("terminals")
    country = {
        row["service_id"]: terminals[row["terminal_id"]]["country"] for row in SHIPPED["service_calls"]
    }
    for service in SHIPPED["services"]:
        for booking in BOOKINGS:
            for boxes in (1, 55):
                found = booking_for(
                    SHIPPED, service, boxes, booking, DAY, country=country.get(service["service_id"], "")
                )
                assert isinstance(found, Booking) or found.booking_id, (service["service_id"], found)
        assert isinstance(booking_for(SHIPPED, service, 1, None, DAY), Booking), service["service_id"]


def test_a_chinese_train_takes_a_tenth_of_empty_slots_and_no_more() -> None:
    train = SHIPPED.by_key("services")["train-xian-dostyk"]  # 110 TEU
    block = booking_for(SHIPPED, train, 50, "block", DAY, country="CN")
    assert isinstance(block, Booking)
    assert (block.paid_slots_feu, block.book_by_h) == (55, 72)
    assert isinstance(booking_for(SHIPPED, train, 49, "block", DAY, country="CN"), Refusal)


def test_a_block_train_goes_over_the_sea_and_on_in_short_trains() -> None:
    services = SHIPPED.by_key("services")
    ship = booking_for(SHIPPED, services["feeder-aktau-alat"], 50, "block", DAY, country="KZ")
    short = booking_for(SHIPPED, services["train-alat-akhalkalaki"], 50, "block", DAY, country="AZ")
    assert isinstance(ship, Booking)
    assert isinstance(short, Booking)
    assert (ship.vehicles, ship.paid_slots_feu) == (1, 50)
    assert (short.vehicles, short.paid_slots_feu) == (3, 60)  # trains of 20


def terminal(terminal_id: str) -> Any:
    return SHIPPED.by_key("terminals")[terminal_id]


def test_every_place_that_lifts_boxes_has_a_storage_tariff() -> None:
    for row in SHIPPED["terminals"]:
        if set(row["kinds"]) & set(HANDLING_KINDS):
            for direction in DIRECTIONS:
                assert free_time_for(SHIPPED, row, "storage", direction, DAY), row["terminal_id"]


@pytest.mark.parametrize(
    ("place", "charge", "direction", "days", "published", "usd_per_unit"),
    [
        ("de-duisburg", "storage", "import", 17, 2 * (6 * 8 + 6 * 13 + 18) + 37.5, 1.08),  # EUR a TEU
        ("hu-budapest", "demurrage", "import", 13, 6 * 63 + 2 * 93, 1.18),
        ("hu-budapest", "detention", "import", 10, 3 * 55, 1.18),
        ("hu-budapest", "detention", "export", 30, 5 * (55 + 70 + 85 + 100), 1.18),
        ("de-hamburg", "demurrage", "export", 30, 7 * (75 + 120 + 170) + 2 * 190, 1.13),
        ("pl-gdansk", "demurrage", "import", 23, 9 * 43 + 2 * 73, 1.18),
        ("bg-varna", "combined", "import", 20, 7 * 25 + 3 * 45, 1.11),
        ("bg-burgas", "storage", "import", 31, 13 * 6 + 10 * 12 + 24, 1.11),
        ("tr-mersin", "detention", "export", 22, 5 * 20 + 5 * 40 + 2 * 80, 1.0),
        ("cn-qingdao-port", "detention", "export", 21, 8 * 192 + 5 * 384 + 768, 1 / 6.64),
        ("cn-xian", "detention", "export", 32, 5 * 19 + 2 * 29, 1.0),
        ("ru-moscow", "demurrage", "import", 5, 3 * 4, 1.0),
        ("gr-thessaloniki", "storage", "import", 21, 7 * 7 + 10 * 10.5 + 14, 1.33),
    ],
)
def test_a_stay_costs_what_the_published_tariff_says(
    place: str, charge: str, direction: str, days: int, published: float, usd_per_unit: float
) -> None:
    free = free_time_for(SHIPPED, terminal(place), charge, direction, DAY)
    assert free is not None
    told = overstay_usd(days, free.free_days, free.tiers, free.once_usd)
    assert told == pytest.approx(published * usd_per_unit, rel=3e-3)


def test_no_day_in_a_terminal_is_charged_twice() -> None:
    def charges(place: str, direction: str = "import", equipment: str = "coc") -> set[str]:
        return set(free_times_at(SHIPPED, terminal(place), direction, DAY, equipment=equipment))

    assert charges("hu-budapest") == {"demurrage", "detention"}  # storage is in the demurrage
    assert charges("hu-budapest", equipment="soc") == {"storage"}
    assert charges("bg-varna") == {"combined", "storage"}  # one count for the box, storage beside it
    assert charges("ge-poti", "export") == {"storage"}
    assert charges("ge-poti", "transit") == {"storage"}


def test_a_box_that_comes_by_train_lies_in_the_rail_yard_of_a_port() -> None:
    def row(**side: bool) -> str:
        free = free_time_for(SHIPPED, terminal("tr-mersin"), "storage", "import", DAY, **side)
        assert free is not None
        return str(free.row["free_time_id"])

    assert row() == "any-seaport-storage"
    assert row(by_rail=True) == "any-rail-terminal-storage"


def test_evidence_is_kept_but_not_reckoned_with() -> None:
    free = free_time_for(SHIPPED, terminal("ro-constanta"), "storage", "import", DAY)
    assert free is not None
    assert free.row["free_time_id"] == "any-seaport-storage"
    crowded = free_time_for(
        SHIPPED, terminal("ro-constanta"), "storage", "import", DAY,
        operator="Container terminals of Constanta",
    )  # fmt: skip
    assert crowded is not None
    assert crowded.tiers == ((8.0, 526.0),)


def test_the_boxes_of_forty_from_xian_to_tbilisi() -> None:
    def cost(equipment: str, **more: Any) -> dict[str, float]:
        asked = {"boxes": 40, "price_feu": 40.0, "days": 30.0, "loaded_in": "CN", "emptied_in": "GE", **more}
        lines = equipment_lines(SHIPPED, equipment, bound="westbound", day=DAY, **asked)
        return {line.item: round(line.usd, 2) for line in lines}

    assert cost("coc") == {"container_hire": 1.2 * 30 * 40, "equipment_return": 750 * 40}
    assert cost("soc") == {"soc_purchase": 1700 * 40, "soc_resale": -800 * 40}
    assert cost("lease") == {"equipment_pickup": 617 * 40}
    assert cost("coc", emptied_in="HU")["equipment_return"] == 350 * 40  # no row of its own
    small = cost("coc", size="20", price_feu=40 * 0.62)
    assert small == {"container_hire": 0.7 * 30 * 40, "equipment_return": 750 * 40 * 0.62}


def test_a_missing_price_is_named() -> None:
    bare = Tables({"unit_costs": [row for row in SHIPPED["unit_costs"] if row["item"] != "soc_resale"]})
    with pytest.raises(InputError, match="soc_resale in GE"):
        equipment_lines(
            bare,
            "soc",
            boxes=1,
            price_feu=1,
            days=9,
            loaded_in="CN",
            emptied_in="GE",
            bound="westbound",
            day=DAY,
        )
