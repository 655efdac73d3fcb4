"""The corridor of the tables, a year of it: what goes in comes out, and what is closed or added shows."""

from __future__ import annotations

import math
import statistics
from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from midcorridor.errors import InputError
from midcorridor.network.closings import spans
from midcorridor.simulate import Simulated, simulate, told
from midcorridor.simulate.compiled import compile_model
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.ground import BOX_TEU, DAY_S
from midcorridor.simulate.months import flow_by_day
from midcorridor.simulate.running import loop
from midcorridor.simulate.state import Replication

from .given import Rows, changed, shipped

YEAR, SEED = 2025, 1
FEEDERS = "feeder-aktau-alat"


@cache
def base() -> Simulated:
    return simulate(shipped(), year=YEAR, replications=3, seed=SEED)


def afloat(answer: Simulated) -> list[int]:
    return [number for ship, number in answer.corridor.ships.items() if ship.startswith("ship feeders-")]


def box_wait_h(answer: Simulated, leg: str) -> float:
    rows = answer.runs.waits.filter((pl.col("place") == leg) & (pl.col("place_kind") == "hold"))
    return float((rows["n"] * rows["mean_h"]).sum()) / int(rows["n"].sum())


def test_base_demand_goes_through_and_nothing_is_stuck() -> None:
    assert base().well
    demand = base().volumes.filter(pl.col("role") == "demand", pl.col("unit") == "TEU")
    assert demand.height == len(base().corridor.routes) == 12
    assert demand["share"].is_between(0.9, 1.1).all(), demand
    # Demand grows within the year, so that more is under way at its end than at its beginning: what set
    # out is held against the table, not what arrived.
    waits, out = base().runs.waits, 0
    for volume_id, legs in base().corridor.routes.items():
        first = waits.filter(pl.col("kind") == volume_id, pl.col("place") == legs[0].name)
        out += int(first["n"].sum()) * BOX_TEU
    assert out / len(base().runs.stops) == pytest.approx(demand["published"].sum(), rel=0.02)


def test_boxes_in_are_boxes_out_and_inside() -> None:
    made = corridor_model(shipped(), YEAR)
    compiled, days = compile_model(made.model), 200
    replication = Replication(compiled, SEED, 0, days, limit=100_000, visits=0)
    drive, policy = loop(None)
    while replication.go(days * DAY_S, drive, policy) != 1:
        pass
    kinds = list(compiled.kinds)
    inside = [int(replication.tokens[row]["kind"]) for row in replication.alive()]
    for volume_id, row in made.flows.items():
        length = (row["period_until"] - row["period_from"]).days + 1
        usual = flow_by_day(shipped().tables, row)
        even = sum(usual(made.first + timedelta(day)) for day in range(days)) / length
        out = int(replication.ended[kinds.index(volume_id)]["n"])
        assert out > 0
        born = out + inside.count(kinds.index(volume_id))
        assert born == pytest.approx(row["value"] / BOX_TEU * even, rel=0.001, abs=1)


def test_a_closed_sea_stops_the_ships() -> None:
    def close(rows: Rows) -> Rows:
        storm = next(row for row in rows if row["closure_id"] == "storm-caspian-all-jan-mar")
        shut = {"closure_id": "shut", "closed_share": 1.0, "mean_closed_h": None, "season_from": None}
        shut |= {"season_until": None, "valid_from": date(YEAR - 1, 1, 1), "valid_until": None}
        return [*rows, {**storm, **shut}]

    answer = simulate(changed(closures=close), year=YEAR, seed=SEED)
    crossing = [name for name, legs in answer.corridor.routes.items() if len(legs) > 1]
    arrived = answer.transits.filter(pl.col("volume_id").is_in(crossing))["boxes"]
    assert crossing
    assert arrived.sum() == 0
    assert FEEDERS not in "".join(answer.ships["leg"].to_list())


def test_twice_the_feeders_lower_the_wait_at_both_ports() -> None:
    def double(rows: Rows) -> Rows:
        return [
            {**row, "number": row["number"] * (2 if FEEDERS in row["service_ids"] else 1)} for row in rows
        ]

    more = simulate(changed(fleets=double), year=YEAR, replications=3, seed=SEED)
    assert sum(afloat(more)) == 2 * sum(afloat(base()))
    for leg in (f"{FEEDERS} kz-aktau>az-alat", f"{FEEDERS} az-alat>kz-aktau"):
        assert box_wait_h(more, leg) < box_wait_h(base(), leg)
    # The sky is the same.
    gates = [each.runs.places.filter(pl.col("place_kind") == "gate")["mean_use"] for each in (base(), more)]
    assert gates[0].equals(gates[1])


def test_capacity_holds_and_yards_end_where_they_are_told_to() -> None:
    places = base().runs.places.filter(pl.col("place_kind") == "resource")
    # Beside ships and trains there is more room while loads are exchanged.
    kept = places.filter(~pl.col("place").cast(pl.String).str.ends_with(" side"))
    whole = {name: place.most or place.capacity for name, place in base().corridor.model.places.items()}
    most = [whole[name] for name in kept["place"].cast(pl.String)]  # some of them may be broken at the end
    assert (kept["most_use"] <= pl.Series(most)).all()
    yard = places.filter(pl.col("place") == "kz-aktau yard")["capacity"]
    assert yard.to_list() == [4000] * 3  # from June 2025; 2,200 before


def test_any_workers_give_the_same_tables() -> None:
    for workers in (2, 8):
        again = simulate(shipped(), year=YEAR, replications=3, seed=SEED, workers=workers)
        assert_frame_equal(again.runs.waits, base().runs.waits)
        assert_frame_equal(again.volumes, base().volumes)


def test_a_sixfold_demand_is_told_not_hidden() -> None:
    answer = simulate(shipped(), year=YEAR, seed=SEED, demand_factor=6, limit=100_000)
    assert not answer.well
    assert "NOT WELL" in told(answer)
    assert "tokens wait at" in told(answer)


def test_a_year_without_demand_is_refused() -> None:
    with pytest.raises(InputError, match="no demand in volumes for 1999"):
        simulate(shipped(), year=1999)


@pytest.mark.parametrize("port", ["kz-aktau", "az-alat"])
def test_ports_are_shut_for_the_share_of_the_year_that_closures_tell(port: str) -> None:
    rows = [
        row for row in shipped().tables["closures"] if row["cause"] == "weather" and port in row["scope_ids"]
    ]
    days = [date(YEAR, 1, 1) + timedelta(number) for number in range(365)]
    told_open = [math.prod(1 - row["closed_share"] for row in rows if spans(row, day, day)) for day in days]
    answer = simulate(shipped(), year=YEAR, replications=40, seed=SEED)
    gate = answer.runs.places.filter(pl.col("place") == port, pl.col("place_kind") == "gate")["mean_use"]
    mean, error = float(gate.sum()) / 40, statistics.stdev(gate.to_list()) / 40**0.5
    assert mean == pytest.approx(sum(told_open) / 365, abs=3 * error + 0.005)
