"""What visits tell agrees with what the kernel counted, and with itself."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from midcorridor.simulate import (
    Model,
    Names,
    exponential,
    lognormal,
    run,
    simulate,
    summary,
    vehicle_of,
    voyages,
)
from midcorridor.simulate.ground import DAY_S
from midcorridor.simulate.measures import hops, journeys
from midcorridor.simulate.warm_up import mser5

from .measured import REPLICATIONS, SEED, WARM_UP_D, WITHIN_D, YEAR, measured, shipped

KEYS = ["place_kind", "place", "kind"]


def ferry() -> Model:
    """Ninety boxes that all get over, so that the run ends empty."""
    m = Model()
    m.hold("quay")
    m.resource("yard", 20)
    m.resource("crane", 1)
    m.program("box").seize("yard").join("quay", releasing="yard").end()
    ship = m.program("ferry").set("room", 7).label("again").fill("quay", 1, longest=DAY_S)
    ship.take("quay").seize("crane").delay(lognormal(3000, 5000)).release("crane").delay(exponential(20_000))
    ship.alight().jump("again")
    m.arrivals("boxes", [(700 * i, "box", "box", 0, 1) for i in range(90)])
    m.start("ship 1", "ferry")
    m.start("ship 2", "ferry")
    return m


def sums(rows: pl.DataFrame, hours: pl.Expr, n: pl.Expr) -> pl.DataFrame:
    told = rows.with_columns(pl.col(KEYS).cast(pl.String)).group_by(KEYS).agg(n=n, hours=hours)
    return told.sort(KEYS).with_columns(pl.col("n").cast(pl.Int64))


def test_visits_of_all_that_came_through_sum_to_the_waits() -> None:
    answer = run(ferry(), horizon_s=60 * DAY_S, seed=4, visits=True)
    waited = (pl.col("started_s") - pl.col("arrived_s")).sum() / 3600
    cargo = pl.col("kind").cast(pl.String) == "box"
    ours = sums(answer.visits.filter(cargo), waited, pl.len())
    theirs = sums(answer.waits.filter(cargo), (pl.col("n") * pl.col("mean_h")).sum(), pl.col("n").sum())
    assert ours["n"].to_list() == [90, 90]
    assert_frame_equal(ours, theirs)


def test_in_the_corridor_only_what_is_under_way_at_the_end_has_no_visit() -> None:
    answer, collected = measured()
    begin = WARM_UP_D * DAY_S
    for number, visits in collected.items():
        begun = visits.filter(pl.col("started_s") > begin)
        ours = sums(begun, pl.col("size").sum(), pl.len())
        waits = answer.runs.waits.filter(replication=number).with_columns(pl.col(KEYS).cast(pl.String))
        both = waits.join(ours, on=KEYS, how="left", suffix="_visits").filter(
            pl.col("place_kind").is_in(["hold", "resource"])
        )
        left = both.with_columns(missing=pl.col("n") - pl.col("n_visits").fill_null(0))
        assert left["n"].sum() > 300_000
        assert (left["missing"] >= 0).all()
        # A few hundred boxes are aboard, in yards or at sea at the end of the year.
        assert left["missing"].sum() < 0.01 * left["n"].sum()


def test_collected_visits_are_those_that_are_kept_and_those_of_the_warm_up() -> None:
    model, seen = ferry(), {}
    told = {"horizon_s": 5 * DAY_S, "warm_up_s": DAY_S // 2, "seed": 4, "replications": 3}
    kept = run(model, visits=True, **told)
    apart = run(model, collect=seen.__setitem__, workers=2, **told)
    assert list(seen) == [0, 1, 2]
    assert apart.visits.is_empty()
    whole = pl.concat(seen.values())
    assert whole["arrived_s"].min() == 0
    assert_frame_equal(whole.filter(pl.col("arrived_s") >= DAY_S // 2), kept.visits)
    assert_frame_equal(apart.waits, kept.waits)


def test_journeys_are_those_that_the_kernel_counted() -> None:
    answer, _ = measured()
    assert answer.measures is not None
    rows = {row["volume_id"]: row for row in answer.measures.transits.iter_rows(named=True)}
    parts = answer.measures.sections
    assert len(answer.corridor.routes) == 12
    for volume_id in answer.corridor.routes:
        ended = answer.runs.ended.filter(kind=volume_id)
        assert rows[volume_id]["journeys"] == ended["n"].sum() / REPLICATIONS
        mine = parts.filter(volume_id=volume_id)
        # The wait for the first train and all parts after it are the whole time in the model.
        assert mine["mean_h"].sum() == pytest.approx(ended["mean_h"].mean(), rel=1e-9)
        first = mine.filter(nth=0, part="wait")["mean_h"][0]
        assert rows[volume_id]["mean_d"] * 24 == pytest.approx(mine["mean_h"].sum() - first, rel=1e-9)


def test_shares_and_percentiles_are_those_of_the_journeys() -> None:
    answer, collected = measured()
    assert answer.measures is not None
    volume_id = next(iter(answer.corridor.routes))
    end = answer.runs.options["horizon_s"]
    days: list[list[float]] = []
    for visits in collected.values():
        rides = next(rides for name, _, rides in journeys(answer.corridor, visits) if name == volume_id)
        days.append(
            [(r[-1][2] - r[0][1]) / DAY_S for r in rides.tolist() if WARM_UP_D * DAY_S < r[-1][2] <= end]
        )
    row = answer.measures.transits.row(0, named=True)
    assert row["volume_id"] == volume_id
    share = [sum(each <= WITHIN_D for each in part) / len(part) for part in days]
    assert row["within_share"] == pytest.approx(sum(share) / len(share))
    assert 0 < row["within_share"] < 1
    halves = [sorted(part)[len(part) // 2] for part in days]
    assert row["p50_d"] == pytest.approx(sum(halves) / len(halves), rel=0.01)
    grid = answer.measures.spread.filter(volume_id=volume_id)
    assert grid["transit_d"].is_sorted()
    assert row["p10_d"] == pytest.approx(grid["transit_d"][1])
    assert row["p90_d"] == pytest.approx(grid["transit_d"][-2])


def test_boxes_under_way_are_those_that_came_less_those_that_went() -> None:
    answer, collected = measured()
    assert answer.measures is not None
    day = 150
    counts = []
    for visits in collected.values():
        kinds = visits.with_columns(pl.col("kind", "place_kind").cast(pl.String))
        holds = kinds.filter(
            pl.col("place_kind") == "hold", pl.col("kind").is_in(list(hops(answer.corridor)))
        )
        tokens = holds.group_by("token", "kind").agg(
            came=pl.col("arrived_s").min(), went=pl.col("finished_s").max(), n=pl.len()
        )
        legs = {name: len(way) for name, way in hops(answer.corridor).items()}
        whole = tokens["n"] == tokens["kind"].replace_strict(legs)
        end = (day + 1) * DAY_S
        went = (tokens["went"] < end) & whole
        counts.append(int((tokens["came"] < end).sum()) - int(went.sum()))
    progress = answer.measures.progress
    assert progress["boxes"][day] == pytest.approx(sum(counts) / len(counts))
    assert answer.measures.warm_up == mser5(progress["boxes"][:-30].to_list())


def test_rounds_of_ships_and_turns_of_wagons_agree_with_the_counts() -> None:
    answer, _ = measured()
    assert answer.measures is not None
    cycles = {row["name"]: row for row in answer.measures.cycles.iter_rows(named=True)}
    hours = 365 * 24
    assert len(answer.corridor.ships) > 1
    for pool, ships in answer.corridor.ships.items():
        # Rounds one after the other fill the year of every ship, but for those under way at its ends.
        row = cycles[pool]
        assert ships * (hours - 2 * row["p90_h"]) < row["n"] * row["mean_h"] < ships * (hours + row["p90_h"])
    (pool, turn_d, _) = answer.turns[0]
    assert cycles[pool]["mean_h"] / 24 / turn_d == pytest.approx(1, abs=0.03)
    assert cycles[pool]["p10_h"] < cycles[pool]["p50_h"] < cycles[pool]["p90_h"]


def test_use_is_busy_time_over_what_there_is() -> None:
    answer, collected = measured()
    use = {row["place"]: row for row in summary(answer)["utilisation"]}
    begin, end = WARM_UP_D * DAY_S, answer.runs.options["horizon_s"]
    found = []
    for visits in collected.values():
        berth = visits.filter(pl.col("place").cast(pl.String) == "ge-poti container_berth")
        inside = berth["finished_s"].clip(begin, end) - berth["started_s"].clip(begin, end)
        found.append(inside.sum() / (end - begin) / 2)
    assert use["ge-poti container_berth"]["use"] == pytest.approx(sum(found) / len(found), abs=0.01)
    assert 0.2 < sum(found) / len(found) < 0.8


def test_names_stand_for_every_place_and_vehicle() -> None:
    answer, _ = measured()
    names, runs = Names(shipped()), answer.runs
    ids = {*names.terminals, *names.services, *names.fleets, *names.links}
    for kind, place in runs.places.select("place_kind", "place").unique().cast(pl.String).iter_rows():
        if not place.startswith("season of "):
            words = names.place(kind, place).words
            assert not ids & set(words.replace(":", "").replace(",", "").split()), (kind, place, words)
    for kind in runs.ended["kind"].unique().cast(pl.String):
        if vehicle_of(kind) or kind in hops(answer.corridor):
            token = names.token(kind)
            assert token.who
            assert not ids & set(token.words.split()), kind


def test_lanes_do_not_overlap_and_tell_where_ships_are() -> None:
    answer, collected = measured()
    lanes = voyages(answer, days=60)
    names = Names(shipped())
    pool, number = next(iter(answer.corridor.ships.items()))
    ships = [lane for lane in lanes if lane.group == names.token(pool).words]
    assert len(ships) == number
    at_berths = 0.0
    for lane in lanes:
        for before, after in zip(lane.spans, lane.spans[1:], strict=False):
            assert before.end_d <= after.begin_d + 1e-9
        assert lane.spans[0].begin_d >= 0
        assert lane.spans[-1].end_d <= 60
    for lane in ships:
        assert len({span.where for span in lane.spans}) == 2
        berths = [span for span in lane.spans if span.what in ("alongside", "waiting")]
        at_berths += sum(span.end_d - span.begin_d for span in berths)
        assert any(span.what == "alongside" for span in berths)
    begin, end = WARM_UP_D * DAY_S, (WARM_UP_D + 60) * DAY_S
    rows = collected[0].with_columns(pl.col("kind", "place").cast(pl.String))
    rows = rows.filter(kind=pool).filter(pl.col("place").str.ends_with("berth"))
    there = 0.0
    for ship in rows.sort("arrived_s").partition_by("token"):
        until = begin
        for arrived_s, left_s in ship.select("arrived_s", "left_s").iter_rows():
            there += max(0, min(left_s, end) - min(max(arrived_s, until), end))
            until = max(until, left_s)
    assert at_berths == pytest.approx(there / DAY_S)


def test_any_workers_measure_the_same() -> None:
    told = {"year": YEAR, "replications": REPLICATIONS, "seed": SEED, "warm_up_d": WARM_UP_D}
    one = measured()[0].measures
    two = simulate(shipped(), workers=2, measured=True, within_d=WITHIN_D, **told).measures
    assert one is not None
    assert two is not None
    for name in ("transits", "sections", "cycles", "progress"):
        assert_frame_equal(getattr(one, name), getattr(two, name))
