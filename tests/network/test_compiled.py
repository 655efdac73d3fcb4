"""What holds on a day, and how services run over their links, on networks of a few rows."""

from __future__ import annotations

from datetime import date

import pytest

from midcorridor.network.compiled import Compiled, walk
from tests.plan.small import network, terminals

DAY = date(2026, 12, 1)
PLACES = terminals(
    [
        ("kz-1", "KZ", "rail_terminal", 45.0, 80.0),
        ("kz-2", "KZ", "rail_terminal", 45.0, 75.0),
        ("kz-3", "KZ", "rail_terminal", 45.0, 70.0),
        ("kz-4", "KZ", "seaport;rail_terminal", 45.0, 65.0),
    ]
)
LINKS = """link_id,from_terminal,to_terminal,mode,km,gauge_mm,running_p50_h,running_p90_h
one,kz-1,kz-2,rail,400,1520,10,10
two,kz-2,kz-3,rail,400,1520,11,11
three,kz-3,kz-4,rail,400,1520,12,12"""
SHUTTLE = "service_id,mode,kind,runs,factor_id\nshuttle,rail,shuttle,both,rail-diesel"
CALLS = """service_id,seq,terminal_id,link_ids,halt_h,running_p50_h,running_p90_h
shuttle,1,kz-1,,,,
shuttle,2,kz-2,one,5,20,30
shuttle,3,kz-3,two,9,,
shuttle,4,kz-4,three,,,"""


def line(**more: str) -> Compiled:
    tables = {"terminals": PLACES, "links": LINKS, "services": SHUTTLE, "service_calls": CALLS, **more}
    return network(**tables).on(DAY)


def test_a_halt_stays_with_its_call_in_both_directions() -> None:
    out, back = (line().lines[number] for number in (0, 1))
    assert (out.forward, back.forward) == (True, False)
    assert [(hop.from_terminal, hop.halt_h) for hop in out.hops] == [("kz-1", 0), ("kz-2", 5), ("kz-3", 9)]
    assert [(hop.from_terminal, hop.halt_h) for hop in back.hops] == [("kz-4", 0), ("kz-3", 9), ("kz-2", 5)]


def test_the_time_of_a_hop_goes_with_it_in_both_directions() -> None:
    for hops in (line().lines[0].hops, line().lines[1].hops[::-1]):
        assert [(hop.running_p50_h, hop.running_p90_h) for hop in hops] == [
            (20, 30),
            (None, None),
            (None, None),
        ]


def test_nobody_walks_a_one_way_link_backwards() -> None:
    links = line(
        links=LINKS.replace("mode,km", "direction,mode,km").replace(",rail,", ",forward,rail,")
    ).links
    assert walk([links["one"], links["two"]], "kz-1", "kz-3") == ((links["one"], True), (links["two"], True))
    assert walk([links["two"], links["one"]], "kz-3", "kz-1") is None
    free = line().links
    assert walk([free["two"], free["one"]], "kz-3", "kz-1") == ((free["two"], False), (free["one"], False))


def test_links_that_do_not_join_are_no_walk() -> None:
    links = line().links
    assert walk([links["one"], links["three"]], "kz-1", "kz-4") is None
    assert walk([links["one"]], "kz-1", "kz-3") is None


def test_a_service_over_a_one_way_link_does_not_come_back() -> None:
    one_way = LINKS.replace("mode,km", "direction,mode,km").replace("kz-3,rail", "kz-3,forward,rail")
    one_way = one_way.replace("kz-2,rail", "kz-2,both,rail").replace("kz-4,rail", "kz-4,both,rail")
    assert [found.forward for found in line(links=one_way).lines] == [True]


@pytest.mark.parametrize(
    ("status", "start", "end", "opened"),
    [
        ("open", "", "", True),
        ("open", "2026-12-01", "2026-12-01", True),
        ("open", "2026-12-02", "", False),
        ("open", "", "2026-11-30", False),
        ("closed", "", "", False),
        ("closed", "2020-01-01", "", False),
        ("closed", "", "2026-12-01", True),  # history holds on its own days
        ("closed", "", "2026-11-30", False),
        ("planned", "", "", False),
        ("planned", "2026-01-01", "2027-01-01", False),
    ],
)
def test_what_is_open_on_a_day(status: str, start: str, end: str, opened: bool) -> None:
    head = "link_id,from_terminal,to_terminal,mode,km,gauge_mm,running_p50_h,running_p90_h"
    links = f"{head},status,valid_from,valid_until\none,kz-1,kz-2,rail,400,1520,10,10,{status},{start},{end}"
    assert ("one" in network(terminals=PLACES, links=links).on(DAY).links) is opened


OWN = "dwell_id,terminal_id,activity,p50_h,p90_h\nown-load,kz-4,load,33,33\nown-out,kz-4,discharge,44,44"
OWN_TS = "\nown-ts,kz-4,transship,55,55"
FEES = "handling_id,terminal_id,activity,usd_per_feu\nfee-load,kz-4,load,333\nfee-out,kz-4,discharge,444"
FEES_TS = "\nfee-ts,kz-4,transship,555"


@pytest.mark.parametrize(
    ("activity", "by_rail", "hours", "usd"),
    [
        ("load", True, 10, 50),  # the rail yard of the port
        ("discharge", True, 6, 60),
        ("transship", True, 55, 555),  # from ship to train meets the quay
        ("load", False, 33, 333),
        ("discharge", False, 44, 444),
        ("transship", False, 55, 555),
    ],
)
def test_a_train_is_loaded_in_the_rail_yard_of_a_port(
    activity: str, by_rail: bool, hours: float, usd: float
) -> None:
    compiled = line(dwell=OWN + OWN_TS, handling=FEES + FEES_TS)
    dwell = compiled.dwell("kz-4", activity, by_rail=by_rail)
    handling = compiled.handling("kz-4", activity, by_rail=by_rail)
    assert dwell is not None
    assert dwell["p50_h"] == hours
    assert handling is not None
    assert handling["usd_per_feu"] == usd


def test_a_rail_terminal_without_quay_has_its_own_rows_for_trains() -> None:
    compiled = line(dwell=OWN.replace("kz-4", "kz-3"), handling=FEES.replace("kz-4", "kz-3"))
    dwell = compiled.dwell("kz-3", "load", by_rail=True)
    handling = compiled.handling("kz-3", "load", by_rail=True)
    assert dwell is not None
    assert dwell["p50_h"] == 33
    assert handling is not None
    assert handling["usd_per_feu"] == 333
