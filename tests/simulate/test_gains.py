"""What one more would be worth: theory where it is known, and exactly nothing where nobody waits."""

from __future__ import annotations

import math
import statistics
from functools import cache
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy import stats

from midcorridor.network import Network
from midcorridor.schemas import schema
from midcorridor.simulate import Gains, Model, Runs, exponential, gains, measure, run, told_gains
from midcorridor.simulate.census import count_inside
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.levers import levers_of
from midcorridor.simulate.measured import by_flow, totals
from midcorridor.simulate.paired import Interval, differences, interval

from .test_theory import MEAN, erlang_c

YEAR, SEED = 2025, 1
SHORT = {"year": YEAR, "seed": SEED, "replications": 2, "warm_up_d": 20, "days": 40}


@cache
def shipped() -> Network:
    return Network.load()


@cache
def short() -> Gains:
    """Levers of a few kinds over forty days, also those whose place sees no waiting."""
    kinds = ("feeder", "gauge-bay", "platforms", "calm")
    return gains(shipped(), kinds=kinds, least_waited_d=0.0, **SHORT)


def tandem(servers: int, *, jobs: int = 20_000, replications: int = 20) -> Runs:
    """A busy desk, then one with so many servers; all draws are those of any other tandem."""
    model = Model()
    model.resource("first", 1)
    model.resource("second", servers)
    job = model.program("job").seize("first").delay(exponential(0.85 * MEAN)).release("first")
    job.seize("second").delay(exponential(1.6 * MEAN)).release("second").end()
    model.generator("jobs", "job", every=exponential(MEAN))
    count_inside(model, ["job"])
    horizon = int(jobs * MEAN)
    runs = run(model, horizon_s=horizon, warm_up_s=horizon // 10, seed=3, replications=replications)
    assert runs.well
    return runs


def inside(runs: Runs) -> dict[int, float]:
    flows, _ = by_flow(runs, {"job": "box"})
    return dict(flows.select("replication", "inside").iter_rows())


def test_one_more_server_gains_what_erlang_says_and_pairs_tell_it_sharply() -> None:
    two, three = inside(tandem(2)), inside(tandem(3))
    # Arrivals of the second desk are those of the first (Burke), so each is M/M/c; rate 1, service 1.6.
    waits = [erlang_c(c, 1.6) / (c / 1.6 - 1) for c in (2, 3)]
    theory = waits[0] - waits[1]
    found = interval(differences(two, three))
    assert found.mean is not None
    assert found.low is not None
    half = found.mean - found.low
    assert half < 0.1 * theory, "too few replications to tell"
    assert abs(found.mean - theory) < 2 * half, (found, theory)
    # The same runs, not paired: what the first desk varies by stays in.
    spread = [statistics.variance(each.values()) / len(each) for each in (two, three)]
    unpaired = float(stats.t.ppf(0.975, 2 * len(two) - 2)) * math.sqrt(sum(spread))
    assert half < unpaired / 3


def test_intervals_are_students() -> None:
    values = [3.0, 5.0, 4.0, 8.0]
    low, high = stats.t.interval(0.95, 3, statistics.mean(values), stats.sem(values))
    found = interval(values)
    assert (found.mean, found.low, found.high) == pytest.approx((5.0, low, high), rel=1e-9)
    assert found.sure == (low > 0)
    assert interval([1.0]) == Interval(1.0, None, None)
    assert interval([]) == Interval(None, None, None)
    assert differences({0: 3.0, 1: 5.0, 2: 1.0}, {0: 1.0, 2: 2.0}) == [2.0, -1.0]


def test_days_inside_are_the_sum_of_the_times_in_the_system() -> None:
    """Little's law as an equality: everybody came and went within the run."""
    model = Model()
    model.resource("desk", 1)
    job = model.program("job").label("again").seize("desk").delay(exponential(4000)).release("desk")
    job.test("attribute", "laps", ">=", 1, "out").set("laps", 1).jump("again").label("out").end()
    model.arrivals("jobs", [(3000 * i, "job", "job", 0, 1) for i in range(200)])
    count_inside(model, ["job"])
    runs = run(model, horizon_s=30 * 86400, seed=2, replications=3)
    flows, daily = by_flow(runs, {"job": "box"})
    assert flows["arrived"].to_list() == [200] * 3
    assert flows["inside_d"].to_list() == pytest.approx((flows["arrived"] * flows["mean_d"]).to_list())
    days = daily.group_by("replication").agg(pl.col("inside").sum()).sort("replication")
    # The day on which a run ends early is not whole.
    assert days["inside"].to_list() == pytest.approx(flows["inside_d"].to_list(), rel=0.02)


def test_counting_changes_nothing() -> None:
    counted = measure(shipped(), **{**SHORT, "replications": 1})
    made = corridor_model(shipped(), YEAR, warm_up_d=20)
    plain = run(made.model, horizon_s=60 * 86400, warm_up_s=20 * 86400, seed=SEED)
    assert counted.runs.ended["n"].sum() > 1000
    assert_frame_equal(counted.runs.ended, plain.ended)
    waits = counted.runs.waits.with_columns(pl.col("place").cast(pl.String))
    waits = waits.filter(~pl.col("place").str.starts_with("inside "))
    assert_frame_equal(waits, plain.waits.with_columns(pl.col("place").cast(pl.String)), check_dtypes=False)


def test_a_replication_is_the_same_wherever_it_is_run() -> None:
    both = measure(shipped(), **{**SHORT, "journeys": True})
    second = measure(shipped(), **{**SHORT, "replications": 1, "first": 1, "journeys": True})
    assert_frame_equal(both.flows.filter(pl.col("replication") == 1), second.flows)
    assert both.journeys is not None
    assert second.journeys is not None
    assert_frame_equal(both.journeys.filter(pl.col("replication") == 1), second.journeys)
    assert not both.flows.filter(pl.col("replication") == 0).equals(second.flows)


def lever(answer: Gains, name: str) -> dict[str, Any]:
    return answer.ranking.row(by_predicate=pl.col("lever") == name, named=True)


def test_where_nobody_waits_one_more_gains_exactly_nothing() -> None:
    idle = lever(short(), "gauge-bay cn-khorgos")
    numbers = [idle[name] for name in ("saved_d", "saved_d_low", "saved_d_high", "more_teu", "sooner_d")]
    assert numbers == [0.0] * 5
    assert "Nobody waits there" in idle["why"]
    assert lever(short(), "feeder feeders-kmtf")["saved_d"] != 0
    screened = gains(shipped(), kinds=("gauge-bay",), **SHORT)
    assert "gauge-bay cn-khorgos" in screened.left_out["lever"].to_list()
    assert "gauge-bay cn-khorgos" not in screened.ranking["lever"].to_list()


def test_the_ranking_is_sorted_and_adds_up() -> None:
    ranking = short().ranking
    assert ranking.columns == list(schema("gains").names())
    assert ranking["saved_d"].is_sorted(descending=True)
    assert (ranking["saved_d_low"] <= ranking["saved_d"]).all()
    parts = ranking.select(pl.sum_horizontal("saved_box_d", "saved_wagon_d", "saved_truck_d")).to_series()
    assert ranking["saved_d"].to_list() == pytest.approx(parts.to_list(), abs=1e-6)
    assert (ranking["pairs"] == 2).all()
    # By hand for one of them: days inside of base and lever, a year of them.
    name = "feeder feeders-kmtf"
    row = next(each for each in levers_of(shipped(), short().base.corridor) if each.name == name)
    other = measure(row.scenario.apply(shipped()), **SHORT)
    days = [totals(each.flows)["all_d"].mean() for each in (short().base, other)]
    assert lever(short(), name)["saved_d"] == pytest.approx((days[0] - days[1]) * 365 / 40)
    assert name in short().flows["lever"].to_list()


def test_the_reason_is_told_from_the_base() -> None:
    base = short().base
    gate = base.runs.places.filter(pl.col("place") == "kz-aktau", pl.col("place_kind") == "gate")
    shut = f"Aktau seaport shut {1 - gate['mean_use'].mean():.1%} of the time"
    storms = short().ranking.filter(
        pl.col("kind") == "calm", pl.col("why").str.contains("Aktau seaport shut")
    )
    assert storms.height >= 2
    assert storms["why"].str.contains(shut, literal=True).all()
    pool = base.runs.places.filter(pl.col("place") == "platforms-kz")
    assert (
        f"({pool['mean_use'].mean() / pool['mean_capacity'].mean():.0%})"
        in lever(short(), "platforms platforms-kz")["why"]
    )
    assert "One more feeder" in told_gains(short())


def test_a_further_ship_leaves_the_weather_as_it_is() -> None:
    base = short().base
    row = next(each for each in levers_of(shipped(), base.corridor) if each.name == "feeder feeders-kmtf")
    other = measure(row.scenario.apply(shipped()), **SHORT)
    assert sum(other.corridor.ships.values()) == sum(base.corridor.ships.values()) + 1
    days = [
        each.runs.daily.filter(pl.col("place_kind") == "gate").select(
            "replication", "day", pl.col("place").cast(pl.String), "mean_use"
        )
        for each in (base, other)
    ]
    assert days[0]["mean_use"].n_unique() > 10  # some days are stormy in part
    assert_frame_equal(days[0], days[1])


def test_every_lever_of_the_table_moves_the_model_by_its_step() -> None:
    network, steps = shipped(), shipped().tables.by_key("levers")
    made = corridor_model(network, YEAR)
    moved = set()
    for each in levers_of(network, made):
        row = steps[each.kind]
        if each.kind in ("path", "crane-rail", "yard-block", "track"):
            continue  # as the others of facilities; paths are tried below
        other = corridor_model(each.scenario.apply(network), YEAR)
        if each.place:
            before, after = (m.model.places[each.place].capacity for m in (made, other))
            step = before * row["step"] - before if row["operation"] == "scale" else row["step"]
            assert after == pytest.approx(before + step, abs=1), each.name
            assert after > before
        elif row["table"] == "fleets":
            assert sum(other.ships.values()) == sum(made.ships.values()) + 1, each.name
        elif row["table"] == "closures":
            assert len(other.model.starts) < len(made.model.starts), each.name
        moved.add(each.kind)
    assert {"berth-ferry", "berth-roro", "calm", "engine", "feeder", "ferry", "platforms", "ropax"} <= moved


def test_every_lever_names_a_column_that_is_there() -> None:
    for row in shipped().tables["levers"]:
        declared = schema(row["table"])
        if row["operation"] == "remove":
            assert (row["column"], row["step"]) == (None, None)
        else:
            assert declared.column(row["column"]).dtype in ("int", "float"), row["lever_id"]
            assert row["step"] > 0
