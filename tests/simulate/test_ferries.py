"""Ferries, bulk and dated disruptions of the corridor, held against reckoning by hand."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import polars as pl
import pytest

from midcorridor.errors import InputError
from midcorridor.simulate import simulate
from midcorridor.simulate.compiled import compile_model
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.events import demand_factors
from midcorridor.simulate.ground import DAY_S, Corridor, Ground
from midcorridor.simulate.model import Model
from midcorridor.simulate.running import loop
from midcorridor.simulate.state import Replication

from .given import Rows, changed, shipped

YEAR, SEED = 2025, 3
POOL = "ferries-asco"
TRIP_H, SAILING_H = 9, 20


def only(table_id: str, *kept: str, **values: Any) -> Any:
    """Of the rows of a kind only those that are kept, with new values."""

    def change(rows: Rows) -> Rows:
        return [{**row, **values} for row in rows if row[table_id] in kept]

    return change


def certain(rows: Rows) -> Rows:
    """The sea between Kuryk and Alat takes the same hours each time."""
    return [
        {**row, "running_p50_h": SAILING_H, "running_p90_h": SAILING_H}
        if {row["from_terminal"], row["to_terminal"]} == {"kz-kuryk", "az-alat"}
        else row
        for row in rows
    ]


def taken(runs: Any, text: str) -> int:
    """Tokens of these kinds that vehicles took."""
    rows = runs.waits.filter(pl.col("place_kind") == "hold")
    return int(rows.filter(pl.col("kind").cast(pl.String).str.contains(text, literal=True))["n"].sum())


def one_ferry(number: int = 1, pilots: float = 0.0) -> Any:
    """A line with more wagons than its ferries can carry, in fair weather and certain hours."""
    fleet = {"number": number, "fit_share": 1, "turnaround_p50_h": TRIP_H, "turnaround_p90_h": TRIP_H}
    flow = {"value": 200_000}
    return changed(
        fleets=only("fleet_id", POOL, service_ids=["ferry-kuryk-alat-wagons"], **fleet),
        volumes=only("volume_id", f"demand-ferry-wagons-kuryk-{YEAR}", **flow),
        closures=lambda _: [],
        disruptions=lambda _: [],
        breakdowns=lambda _: [],
        demand_months=lambda _: [],
        policies=lambda rows: [
            {**r, "value": pilots} if r["decision"] == "ferry_pilots" else r for r in rows
        ],
        links=certain,
    )


def many_pilots(rows: Rows) -> Rows:
    """Nobody waits for a pilot."""
    return [{**row, "amount": 99.0} if row["kind"] == "pilot" else row for row in rows]


def pilot_h() -> float:
    """Hours of a move with a pilot at ports without a row of their own."""
    rows = shipped().tables.by_key("facilities")
    return float(rows["seaport-any-pilot"]["rate"])


@pytest.mark.parametrize(("ships", "pilots"), [(1, 0), (2, 0), (1, 1)])
def test_a_full_ferry_carries_its_deck_each_round(ships: int, pilots: int) -> None:
    runs = simulate(one_ferry(ships, pilots), year=YEAR, seed=SEED, warm_up_d=30, limit=400_000).runs
    moves = 4 * pilots  # in and out of two ports
    rounds = ships * 365 * 24 / (2 * SAILING_H + 2 * TRIP_H + moves * pilot_h())
    for way in ("kz-kuryk>az-alat", "az-alat>kz-kuryk"):
        assert taken(runs, way) / 36 == pytest.approx(rounds, abs=ships)


def test_wagons_and_trucks_in_are_out_or_inside() -> None:
    made, days = corridor_model(shipped(), YEAR), 150
    compiled = compile_model(made.model)
    replication = Replication(compiled, SEED, 0, days, limit=100_000, visits=0)
    drive, _ = loop(None)
    while replication.go(days * DAY_S, drive, None) != 1:
        pass
    kinds = list(compiled.kinds)
    inside = [int(replication.tokens[row]["kind"]) for row in replication.alive()]
    assert len(made.crossings) == 8
    for name, (row, _, _) in made.crossings.items():
        number, every = kinds.index(name), round(365 * DAY_S / (row["value"] / 2))
        out = int(replication.ended[number]["n"])
        assert out > 0
        assert out + inside.count(number) == days * DAY_S // every


def test_without_its_ships_nothing_crosses_and_with_one_less_the_wait_grows() -> None:
    def lost(factor: float) -> Any:
        row = {
            "disruption_id": "lost",
            "quantity": "ships",
            "scope": "fleet",
            "scope_ids": [POOL],
            "directions": "both",
            "factor": factor,
            "use": "applied",
            "valid_from": date(YEAR - 1, 1, 1),
            "valid_until": None,
        }
        return changed(disruptions=lambda rows: [{**rows[0], **row}])

    whole, some, none = (simulate(lost(factor), year=YEAR, seed=SEED) for factor in (1, 0.55, 0))
    wagons = [
        row["volume_id"]
        for row in shipped().tables["volumes"]
        if row["volume_id"].startswith("demand-ferry-wagons")
    ]
    assert all(taken(none.runs, wagon) == 0 for wagon in wagons if wagon.endswith(str(YEAR)))
    assert taken(whole.runs, f"demand-ferry-wagons-kuryk-{YEAR}") > 13_000

    def wait_h(answer: Any) -> float:
        rows = answer.runs.waits.filter(pl.col("kind").cast(pl.String).str.starts_with("demand-ferry-wagons"))
        return float((rows["n"] * rows["mean_h"]).sum() / rows["n"].sum())

    assert wait_h(some) > 1.2 * wait_h(whole)


def test_low_water_takes_the_share_of_the_deck_that_fleets_tell() -> None:
    def room(fall_cm: float) -> int:
        def sink(rows: Rows) -> Rows:
            return [{**row, "fall_cm": fall_cm} for row in rows]

        made = corridor_model(changed(sea_levels=sink), YEAR)
        return next(
            step.options["value"]
            for step in made.model.programs["ship ropax-turkmen"].steps
            if step.op == "set" and step.options["what"] == "room"
        )

    # 3 per cent for each 10 cm below the 37 cm up to which it loads fully.
    assert room(0) == room(37)
    assert room(137) == pytest.approx(room(0) * 0.7, abs=1)


def test_bulk_takes_the_berth_hours_that_it_needs() -> None:
    network = changed(closures=lambda _: [], disruptions=lambda _: [], facilities=many_pilots)
    runs = simulate(network, year=YEAR, replications=4, seed=SEED).runs
    row = next(r for r in network.tables["volumes"] if r["volume_id"] == f"demand-alat-dry-{YEAR}")
    berth = next(r for r in network.tables["facilities"] if r["facility_id"] == "az-alat-bulk-berth")
    hours = row["value"] / berth["rate"] / (365 * 24)  # berths in use by bulk, in the mean
    places = runs.places.with_columns(pl.col("place").cast(pl.String))
    used = {
        name: float(places.filter(pl.col("place") == f"az-alat {name}")["mean_use"].mean())
        for name in ("bulk_berth", "container_berth")
    }
    calls = row["value"] / row["ship_load_t"]
    hours += calls * 2 * pilot_h() / (365 * 24)  # also on the way in and out, if no pilot is waited for
    slack = 3 * hours / math.sqrt(4 * calls)  # ships come at random
    assert used["bulk_berth"] - used["container_berth"] == pytest.approx(hours, abs=slack)


def test_demand_changes_by_the_days_of_a_disruption() -> None:
    ahead, week, rest = 59, 7, 357  # from 2 to 8 January
    row = {"quantity": "demand", "scope": "terminal", "scope_ids": ["kz-kuryk"], "directions": "westbound"}
    row |= {"factor": 5.0, "use": "applied", "valid_from": date(YEAR, 1, 2), "valid_until": date(YEAR, 1, 8)}
    network = changed(disruptions=lambda rows: [{**rows[0], **row}])
    first, last = date(YEAR - 1, 11, 4), date(YEAR, 12, 31)
    ground = Ground(network.on(date(YEAR, 7, 1)), Corridor(Model(), YEAR, first, last))
    parts = demand_factors(ground, {"kz-kuryk", "az-alat"}, "westbound")
    assert parts == [(ahead, 1.0), (week, 5.0), (rest, 1.0)]
    assert demand_factors(ground, {"kz-kuryk"}, "eastbound") == [(ahead + week + rest, 1.0)]
    assert demand_factors(ground, {"tm-turkmenbashi"}, "westbound") == [(ahead + week + rest, 1.0)]


def test_five_times_the_demand_of_a_week_is_four_weeks_of_trucks_more() -> None:
    def made(factor: float) -> int:
        row = {"quantity": "demand", "scope": "terminal", "scope_ids": ["kz-kuryk"], "directions": "both"}
        row |= {"factor": factor, "use": "applied"}
        row |= {"valid_from": date(YEAR, 1, 12), "valid_until": date(YEAR, 1, 18)}
        model = corridor_model(
            changed(disruptions=lambda rows: [{**rows[0], **row}]), YEAR, warm_up_d=0
        ).model
        name, days = f"demand-ferry-trucks-kuryk-{YEAR} az-alat>kz-kuryk", 60
        compiled = compile_model(model)
        replication = Replication(compiled, SEED, 0, days, limit=100_000, visits=0)
        drive, _ = loop(None)
        while replication.go(days * DAY_S, drive, None) != 1:
            pass
        number = list(compiled.kinds).index(name)
        inside = [int(replication.tokens[row]["kind"]) for row in replication.alive()].count(number)
        return int(replication.ended[number]["n"]) + inside

    assert made(5.0) - made(1.0) == pytest.approx(4 * 7 * 25_500 / 2 / 365, abs=4)


def test_a_service_that_may_not_leave_does_not() -> None:
    row = {"quantity": "departures", "scope": "service", "scope_ids": ["ropax-kuryk-alat"], "factor": 0.0}
    row |= {"directions": "both", "use": "applied", "valid_from": date(YEAR - 1, 1, 1), "valid_until": None}
    answer = simulate(changed(disruptions=lambda rows: [{**rows[0], **row}]), year=YEAR, seed=SEED)
    sailed = answer.ships.filter(pl.col("pool") == "ship ropax-asco")["departures_per_week"]
    assert sailed.sum() <= 2 / 52 * 2  # at most one fill each that was never followed by a departure


def test_lines_of_a_pool_that_do_not_meet_are_refused() -> None:
    def turn(rows: Rows) -> Rows:
        return [
            {**row, "from_terminal": row["to_terminal"], "to_terminal": row["from_terminal"]}
            if row["cargo"] in ("wagon", "trailer") and row["from_terminal"] == "tm-turkmenbashi"
            else row
            for row in rows
        ]

    with pytest.raises(InputError, match="do not meet in one port"):
        corridor_model(changed(volumes=turn, services=_turned, service_calls=_turned_calls), YEAR)


def _turned(rows: Rows) -> Rows:
    return rows


def _turned_calls(rows: Rows) -> Rows:
    """Calls of the line to Turkmenbashi the other way round."""
    for row in rows:
        if row["service_id"] in ("ferry-turkmenbashi-alat-wagons", "ropax-turkmenbashi-alat"):
            row["terminal_id"] = {"az-alat": "tm-turkmenbashi", "tm-turkmenbashi": "az-alat"}[
                row["terminal_id"]
            ]
    return rows
