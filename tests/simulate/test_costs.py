"""What simulated boxes cost: storage by hand, sums that hold, and the lines of a plan for the same ride."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from midcorridor.booking import FreeTime
from midcorridor.errors import InputError
from midcorridor.footprint import footprint
from midcorridor.plan import Ride, Stay, given_way, plan
from midcorridor.shipment import make_shipment
from midcorridor.simulate import simulate
from midcorridor.simulate.costs import ALL, Till, flow_row, priced
from midcorridor.simulate.disrupted import bills_more
from midcorridor.simulate.ground import DAY_S
from midcorridor.simulate.tariffs import HIRE, Charge, Tariffs, tariffs

from .given import changed
from .measured import SEED, WARM_UP_D, YEAR, measured, shipped

HOUR_S = 3600


def storage(free_days: float, *tiers: tuple[float, float], once_usd: float = 0.0) -> FreeTime:
    return FreeTime("storage", {}, free_days, tiers, once_usd)


def charge(*charges: FreeTime, boxes_feu: float = 1.0) -> Charge:
    return Charge(Stay("port", "transship", charges, boxes_feu))


# Storage of a box that stays n days.


@pytest.mark.parametrize(
    ("days", "usd"),
    [
        (0, 0),
        (4.5, 0),
        (5, 0),  # the fifth day is free to its end
        (5 + 1 / DAY_S, 12),  # a second into the sixth
        (6, 12),
        (8, 36),
        (10, 60),
        (10.5, 60 + 20),  # the second rate begins on day 11
        (13, 60 + 3 * 20),
    ],
)
def test_storage_of_a_stay_by_hand(days: float, usd: float) -> None:
    found = charge(storage(5, (6, 12.0), (11, 20.0))).usd(np.array([round(days * DAY_S)]))
    assert found.tolist() == [usd]


def test_charges_of_a_terminal_add_up_and_what_is_due_once_is_due_once() -> None:
    two = charge(storage(2, (3, 10.0), once_usd=40.0), storage(4, (5, 7.0)), boxes_feu=1.5)
    days = np.array([2, 3, 6]) * DAY_S
    assert two.usd(days).tolist() == [0.0, 1.5 * 50, 1.5 * (40 + 4 * 10 + 2 * 7)]
    assert charge().usd(days).tolist() == [0, 0, 0]  # no tariff


# Boxes of a corridor with one train and one ship, written down.


def visit(kind: str, place_kind: str, place: str, token: int, *times_d: float) -> dict[str, Any]:
    names = ("arrived_s", "started_s", "finished_s", "left_s")
    told = {"kind": kind, "place_kind": place_kind, "place": place, "token": token}
    return told | dict(zip(names, (round(each * DAY_S) for each in times_d), strict=True))


def small(*visits: dict[str, Any], yard: bool = True) -> Any:
    """Boxes a by train from in to port, by ship from port to end, where one that has come is fetched."""
    legs = (
        SimpleNamespace(name="train in>port", from_terminal="in", to_terminal="port"),
        SimpleNamespace(name="ship port>end", from_terminal="port", to_terminal="end"),
    )
    places = dict.fromkeys((leg.name for leg in legs), None) | ({"end yard": None} if yard else {})
    made = SimpleNamespace(routes={"a": legs}, detours={}, model=SimpleNamespace(places=places))
    charges = tuple(charge(storage(free, (free + 1, usd))) for free, usd in ((1, 5.0), (2, 10.0), (3, 20.0)))
    tariff: Any = SimpleNamespace(
        legs=legs,
        charges=charges,
        freight_usd=1000.0,
        hire_usd=lambda hours: hours * 0.5,
        time_value_usd=lambda hours: hours * 2.0,
        planned_p90_d=12.0,
    )
    known = Tariffs({"a": (tariff,)}, ())
    return list(priced(made, known, pl.DataFrame(visits), 100 * DAY_S))


BOX = (
    visit("a", "hold", "train in>port", 1, 0, 2, 4, 4),
    visit("a", "hold", "ship port>end", 1, 5, 8.5, 9, 9),
    visit("a", "resource", "end yard", 1, 9, 9.25, 9.25, 9.25),
    visit("delivery end", "resource", "end yard", 7, 9.25, 9.25, 14.5, 14.5),
)


def test_a_box_pays_at_each_terminal_for_what_it_lay_there() -> None:
    [found] = small(*BOX)
    # Two days before the train, 4.5 from the train to the ship, 5.5 from the ship to who fetches it.
    assert (found.stays_s / DAY_S).tolist() == [[2, 4.5, 5.5]]
    assert found.storage_usd.tolist() == [[5.0, 3 * 10.0, 3 * 20.0]]
    assert found.hours.tolist() == [14.5 * 24]
    assert found.cost_usd.tolist() == [1000.0 + 14.5 * 12 + 95.0]


def test_what_still_lies_there_when_the_run_ends_pays_until_then() -> None:
    [found] = small(*BOX[:3])
    assert found.stays_s[0, 2] == (100 - 9) * DAY_S
    [found] = small(*BOX[:3], yard=False)  # nobody sees how long it lies: nothing is said of it
    assert found.stays_s[0, 2] == 0


def test_who_is_not_there_yet_is_not_reckoned() -> None:
    assert small(BOX[0]) == []
    assert small(BOX[0], visit("a", "hold", "ship port>end", 1, 5, 99, 100.5, 100.5)) == []


def test_nobody_is_late_where_no_date_can_be_promised() -> None:
    [found] = small(*BOX)
    inside = np.array([True])
    assert flow_row([(found, inside)])["on_time_share"] == 0.0  # 14.5 days, 12 promised
    assert flow_row([(replace(found, promised_d=14.5), inside)])["on_time_share"] == 1.0
    assert flow_row([(replace(found, promised_d=None), inside)])["on_time_share"] is None


def test_boxes_that_come_at_one_second_are_each_fetched_once() -> None:
    second = [{**row, "token": row["token"] + 1} for row in BOX[:3]]
    late = visit("delivery end", "resource", "end yard", 9, 9.25, 9.25, 30, 30)
    [found] = small(*BOX, *second, late)
    assert sorted((found.left_s / DAY_S).tolist()) == [14.5, 30]


# The simulated year.


def flows() -> pl.DataFrame:
    answer, _ = measured()
    assert answer.costs is not None
    return answer.costs.flows


def test_what_all_pay_is_the_sum_of_what_each_pays() -> None:
    table = flows()
    each, everything = table.filter(pl.col("volume_id") != ALL), table.row(-1, named=True)
    assert everything["volume_id"] == ALL
    for name in ("boxes", "cost_all_usd", "storage_all_usd", "time_value_all_usd", "all_t_co2e"):
        assert math.fsum(each[name]) == pytest.approx(everything[name], rel=1e-12)
    for row in table.iter_rows(named=True):
        parts = row["freight_usd"] + row["hire_usd"] + row["storage_usd"]
        assert parts == pytest.approx(row["cost_usd"], rel=1e-12)
        assert row["cost_p50_usd"] <= row["cost_p90_usd"]
        assert row["all_t_co2e"] == pytest.approx(row["boxes"] * row["kg_co2e"] / 1000)


def test_storage_by_terminal_is_that_of_the_flow_and_boxes_are_those_that_arrived() -> None:
    answer, _ = measured()
    assert answer.costs is not None
    assert answer.measures is not None
    sums = answer.costs.stays.group_by("volume_id").agg(pl.col("storage_usd", "storage_all_usd").sum())
    both = sums.join(flows(), on="volume_id", suffix="_flow")
    assert both.height == flows().height - 1
    for name in ("storage_usd", "storage_all_usd"):
        assert both[name].to_list() == pytest.approx(both[f"{name}_flow"].to_list(), rel=1e-12)
    arrived = dict(answer.measures.transits.select("volume_id", "journeys").iter_rows())
    for volume_id, boxes in (
        flows().filter(pl.col("volume_id") != ALL).select("volume_id", "boxes").iter_rows()
    ):
        assert boxes == arrived[volume_id]


def test_storage_of_a_year_reckoned_box_by_box() -> None:
    """The same from the visits, written apart: no columns, a box after the other."""
    answer, collected = measured()
    flow, yard = "demand-china-poti-2025", "ge-poti yard"
    legs = [leg.name for leg in answer.corridor.routes[flow]]
    sums = []
    for visits in collected.values():
        rows = visits.filter(pl.col("kind").cast(pl.String).is_in([flow, "delivery ge-poti"]))
        rides: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
        spawned: dict[int, int] = {}
        for row in rows.iter_rows(named=True):
            place = str(row["place"])
            if str(row["kind"]) == flow and place in legs:
                rides[row["token"]][place] = tuple(
                    row[f"{name}_s"] for name in ("arrived", "started", "finished")
                )
            elif str(row["kind"]) == flow and place == yard:
                spawned[row["token"]] = row["left_s"]
        total = 0.0
        for token, parts in rides.items():
            begin, end = WARM_UP_D * DAY_S, answer.runs.options["horizon_s"]
            if len(parts) < len(legs) or not begin < parts[legs[-1]][2] <= end:
                continue
            assert token in spawned or parts[legs[-1]][2] > end - 30 * DAY_S
            ready = parts[legs[0]][0]
            for before, leg in zip([None, *legs], [*legs, None], strict=True):
                if leg is None:
                    break
                since = ready if before is None else parts[before][2]
                days = math.ceil((parts[leg][1] - since) / DAY_S)
                terminal = leg.split()[1].split(">")[0]
                free, usd = {
                    "cn-khorgos": (4, 0),
                    "kz-altynkol": (5, 12),
                    "kz-aktau": (5, 12),
                    "az-alat": (5, 12),
                }[terminal]
                total += max(0, days - free) * usd if usd else 0.0
        sums.append(total)
    assert answer.costs is not None
    ours = answer.costs.stays.filter(
        pl.col("volume_id") == flow, pl.col("terminal_id").is_in(["kz-altynkol", "kz-aktau", "az-alat"])
    )
    assert sum(sums) / len(sums) == pytest.approx(ours["storage_all_usd"].sum(), rel=1e-12)
    assert sum(sums) > 0


def test_time_is_told_beside_the_price_and_as_plan_reckons_it() -> None:
    goods = shipped().tables.by_key("commodities")["consumer_goods"]
    a_day = goods["value_usd_per_t"] * goods["t_per_teu"] * 2 * goods["value_of_time_share_per_day"]
    hire = next(row["value"] for row in shipped().tables["unit_costs"] if row["cost_id"] == "hire-40")
    for row in flows().iter_rows(named=True):
        assert row["time_value_usd"] / a_day == pytest.approx(row["hire_usd"] / hire)  # the same days
        assert row["time_value_usd"] > row["cost_usd"] - row["freight_usd"]


def test_who_is_on_time_keeps_the_days_that_plan_promises() -> None:
    answer, collected = measured()
    till = Till(answer.corridor, shipped(), WARM_UP_D * DAY_S, answer.runs.options["horizon_s"])
    shares: dict[str, list[float]] = defaultdict(list)
    for visits in collected.values():
        for each in priced(answer.corridor, till.known, visits, till.end_s):
            inside = each.ended_s > till.begin_s
            days = (each.left_s - each.born_s)[inside] / DAY_S
            assert each.tariff.planned_p90_d is not None
            shares[each.volume_id].append(float((days <= each.tariff.planned_p90_d).mean()))
    told = dict(flows().filter(pl.col("volume_id") != ALL).select("volume_id", "on_time_share").iter_rows())
    assert {name: sum(each) / len(each) for name, each in shares.items()} == pytest.approx(told)
    assert 0 < min(told.values()) < 1


def test_empty_boxes_are_told_and_not_priced() -> None:
    answer, _ = measured()
    assert answer.costs is not None
    assert [note.split(":")[0] for note in answer.costs.notes] == ["demand-empties-2025"]
    assert "demand-empties-2025" not in set(flows()["volume_id"])


# The same ride planned.


@cache
def planned(origin: str, destination: str, via: tuple[str, ...]) -> Any:
    """The route that a plan makes of these services, and its footprint."""
    found = plan(shipped(), origin, destination, at=date(YEAR, 7, 1), via=via, compare=True)
    for route in found.routes:
        if [leg["service_id"] for leg in route["legs"]] == list(via):
            return found, route, footprint(found, shipped(), route_id=route["route_id"]).routes[0]
    raise AssertionError(f"no route by {via}")


@pytest.mark.parametrize(
    "flow", ["demand-absheron-china-2025", "demand-turkmenbashi-west-2025", "demand-turkmenbashi-east-2025"]
)
def test_a_box_pays_line_by_line_what_plan_says_of_the_same_ride(flow: str) -> None:
    """Flows whose trains and ships a plan may take too, from first call to last."""
    answer, _ = measured()
    legs = answer.corridor.routes[flow]
    [way] = tariffs(shipped(), answer.corridor).of[flow]
    via = tuple(leg.service["service_id"] for leg in legs)
    _, theirs, green = planned(legs[0].from_terminal, legs[-1].to_terminal, via)
    [ours] = way.given.plan.routes
    assert lines(ours) == pytest.approx(lines(theirs), abs=0.005)
    price = sum(lines(theirs).values())
    row = flows().row(by_predicate=pl.col("volume_id") == flow, named=True)
    # To the cent, and hire by the hours that were simulated and not by those that were planned.
    assert row["cost_usd"] - row["hire_usd"] - row["storage_usd"] == pytest.approx(price, abs=0.005)
    assert ours["kg_co2e"] == pytest.approx(theirs["kg_co2e"], rel=1e-12)
    assert row["kg_co2e"] == pytest.approx(green["kg_co2e_wtw"], rel=1e-12)
    stays = [(each["terminal_id"], each["kind"]) for each in theirs["transfers"] if each["free_time"]]
    assert stays == [(stay.terminal_id, stay.kind) for stay in way.given.stays]
    assert ours["p90_h"] == pytest.approx(theirs["p90_h"], rel=0.02)  # timetables and gates are those of plan


def lines(route: Any) -> dict[tuple[str, str], float]:
    """What stands in a quotation without the hire of the box, by item and row."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for part in (*route["legs"], *route["transfers"]):
        for line in part["lines"]:
            if line["item"] != HIRE:
                found[line["item"], line["key"]] += line["usd"]
    return dict(found)


def test_few_boxes_pay_the_same_lines_and_less_storage() -> None:
    quiet = simulate(shipped(), year=YEAR, seed=SEED, warm_up_d=WARM_UP_D, measured=True, demand_factor=0.2)
    assert quiet.costs is not None
    busy = {row["volume_id"]: row for row in flows().iter_rows(named=True)}
    for row in quiet.costs.flows.iter_rows(named=True):
        if row["volume_id"] != ALL:
            assert row["freight_usd"] == pytest.approx(busy[row["volume_id"]]["freight_usd"], abs=0.005)
        else:
            assert row["storage_usd"] < busy[ALL]["storage_usd"]


def test_a_ship_that_is_half_as_full_emits_twice_as_much_a_box_where_its_factor_says_how_full_it_counts() -> (
    None
):
    def filled(rows: Any) -> Any:
        for row in rows:
            if row["factor_id"] == "sea-feeder-0-999teu":
                row["fill_share"] = 0.7
        return rows

    network = changed(emission_factors=filled)
    answer, _ = measured()
    [way] = tariffs(network, answer.corridor).of["demand-turkmenbashi-west-2025"]
    full, as_is, half = (way.kg_co2e(network, load) for load in (1.0, None, 0.35))
    ship = half - as_is  # what the ship emits a second time, for the box beside that is not there
    assert as_is - full == pytest.approx(0.3 * ship)
    assert 0.5 * as_is < ship < as_is  # the rest is handling


def test_a_ride_that_cannot_be_priced_is_told() -> None:
    shipment = make_shipment(
        shipped().tables,
        "az-alat",
        "kz-aktau",
        containers="1x40HC",
        ready_at=datetime(2025, 7, 1, tzinfo=UTC),
    )
    ride = Ride("feeder-of-nobody", "az-alat", "kz-aktau", (), True)
    with pytest.raises(InputError, match="feeder-of-nobody"):
        given_way(shipped(), shipment, [ride])


def test_a_flow_without_a_price_is_left_out_and_told() -> None:
    def unpriced(rows: Any) -> Any:
        return [
            row
            for row in rows
            if not (row["item"] == "sea_freight" and "turkmenbashi" in str(row["service_id"]))
        ]

    answer, _ = measured()
    known = tariffs(changed(unit_costs=unpriced), answer.corridor)
    assert "demand-turkmenbashi-west-2025" not in known.of
    assert "demand-china-poti-2025" in known.of
    assert any("turkmenbashi-west" in note and "sea_freight" in note for note in known.notes)


# Boxes that go another way.


def test_boxes_that_went_round_a_full_port_pay_the_way_that_they_took() -> None:
    def soon(rows: Any) -> Any:
        return [{**row, "value": 1} if row["decision"] == "detour_loads" else row for row in rows]

    network, flow = changed(policies=soon), "demand-china-poti-2025"
    answer = simulate(network, year=YEAR, seed=5, measured=True)
    assert answer.costs is not None
    row = answer.costs.flows.row(by_predicate=pl.col("volume_id") == flow, named=True)
    own, around = tariffs(network, answer.corridor).of[flow]
    assert {leg.name for leg in around.legs} != {leg.name for leg in own.legs}
    share = row["detour_share"]
    assert 0.01 < share < 1
    assert around.freight_usd != pytest.approx(own.freight_usd)
    assert row["freight_usd"] == pytest.approx((1 - share) * own.freight_usd + share * around.freight_usd)
    kg = (1 - share) * own.kg_co2e(network) + share * around.kg_co2e(network)
    assert row["kg_co2e"] == pytest.approx(kg)
    ended = answer.runs.ended.filter(pl.col("kind").cast(pl.String) == flow)["n"].sum()
    # Of those that left the model as of those that arrived; a few wait for the yard on the last day.
    assert row["boxes"] == pytest.approx(ended, rel=0.01)


def bills(*rows: tuple[str, float, float, float, float]) -> Any:
    made = [(0, flow, round(day * DAY_S), *more) for flow, day, *more in rows]
    columns = ["replication", "flow", "born_s", "storage_usd", "freight_usd", "kg_co2e"]
    return SimpleNamespace(bills=pl.DataFrame(made, schema=columns, orient="row"))


def test_an_event_costs_its_storage_and_what_another_way_is_dearer() -> None:
    base = bills(("a", 1, 0, 100, 7), ("a", 2, 10, 100, 7), ("b", 1, 0, 50, 3))
    other = bills(("a", 1, 5, 100, 7), ("a", 2, 10, 160, 9), ("b", 1, 0, 50, 3), ("b", 2, 20, 50, 3))
    assert bills_more(base, other, 0, 10) == (25, 60, 2)
    assert bills_more(base, other, 0, 2) == (5, 0, 0)  # what set out on the first day only
    assert bills_more(base, base, 0, 10) == (0, 0, 0)
