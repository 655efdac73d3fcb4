"""Runs: same tables for any number of workers, common random numbers, policies, warm-up, progress."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from midcorridor.errors import InputError
from midcorridor.simulate import Model, Runs, constant, exponential, run
from midcorridor.simulate.durations import lognormal

from .corridors import small_corridor

DAY = 86400
TABLES = ("places", "waits", "ended", "daily", "visits")


def same(one: Runs, other: Runs) -> None:
    for name in TABLES:
        assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.stops == other.stops


def test_same_seed_same_tables_for_any_workers() -> None:
    told: dict[str, Any] = {"horizon_s": 60 * DAY, "seed": 7, "replications": 6, "visits": True}
    one = run(small_corridor(), workers=1, **told)
    same(one, run(small_corridor(), workers=2, **told))
    same(one, run(small_corridor(), workers=5, buffer=10, **told))
    assert one.visits.height > 5000
    other = run(small_corridor(), **{**told, "seed": 8})
    assert not other.ended["mean_h"].equals(one.ended["mean_h"])


def test_a_replication_does_not_depend_on_how_many_there_are() -> None:
    few, many = (run(small_corridor(), horizon_s=30 * DAY, seed=7, replications=n) for n in (2, 5))
    assert_frame_equal(few.places, many.places.filter(pl.col("replication") < 2))


def corridor_with(ferries: int) -> Model:
    model = small_corridor()
    watch = model.program("watch").label("again").gate("sea").delay(3600).jump("again")
    assert watch.name == "watch"
    model.program("note").delay(1).end()
    for number in range(1, ferries):
        model.start(f"ferry {number}", "ferry")
    return model


def test_adding_a_ferry_leaves_weather_and_arrivals_as_they_were() -> None:
    one, two = (
        run(corridor_with(n), horizon_s=120 * DAY, seed=3, replications=3, visits=True) for n in (1, 2)
    )

    def of(runs: Runs, kind: str, place: str, columns: list[str]) -> pl.DataFrame:
        chosen = pl.col("place_kind") == kind, pl.col("place") == place
        return runs.visits.filter(*chosen).select("replication", *columns).sort(pl.all())

    # Boxes come to the inland hold at the same seconds; the days of an open sea are the same.
    arrived = [
        of(runs, "hold", "inland", ["arrived_s"]).filter(pl.col("arrived_s") < 100 * DAY)
        for runs in (one, two)
    ]
    assert_frame_equal(*arrived)
    open_days = [runs.daily.filter(pl.col("place") == "sea")["mean_use"] for runs in (one, two)]
    assert open_days[0].equals(open_days[1])
    assert one.daily["mean_queue"].equals(two.daily["mean_queue"]) is False
    better = two.ended.filter(pl.col("kind") == "box")["mean_h"].mean()
    assert better < one.ended.filter(pl.col("kind") == "box")["mean_h"].mean()


def test_warm_up_is_cut() -> None:
    model = Model()
    model.resource("desk", 1)
    model.program("job").seize("desk").delay(1800).release("desk").end()
    model.generator("jobs", "job", every=3600)
    cut = run(model, horizon_s=10 * DAY, warm_up_s=4 * DAY, seed=1, visits=True)
    assert cut.visits["arrived_s"].min() == 4 * DAY
    row = cut.places.row(0, named=True)
    assert row["mean_use"] == pytest.approx(0.5)
    assert row["arrived"] == row["left"] == 6 * 24
    assert cut.ended.filter(pl.col("kind") == "job")["n"].item() == 6 * 24
    whole = run(model, horizon_s=10 * DAY, seed=1, visits=True)
    assert whole.visits.height - cut.visits.height == 4 * 24 - 1


def test_visits_by_hand() -> None:
    """Two boxes, one crane, then a yard with one place which the first holds until the ship comes."""
    model = Model()
    model.resource("crane", 1)
    model.resource("yard", 1)
    model.hold("quay")
    box = model.program("box").seize("crane").delay(100).seize("yard").release("crane")
    box.delay(10).join("quay", releasing="yard").end()
    ship = model.program("ship").fill("quay", 1).take("quay").delay(1000).alight().jump("back")
    ship.label("back").delay(500).end()
    model.start("ship", "ship", at_s=300, room=1)
    model.arrivals("boxes", [(0, "box", "box", 0, 1), (50, "box", "box", 0, 1)])
    runs = run(model, horizon_s=DAY, seed=1, visits=True)
    told = runs.visits.select("place", "token", "arrived_s", "started_s", "finished_s", "left_s").rows()
    assert told == [
        ("crane", 2, 0, 0, 100, 100),
        ("yard", 2, 100, 100, 110, 300),
        ("crane", 3, 50, 100, 200, 300),  # done at 200, blocked by the full yard until 300
        ("quay", 2, 110, 300, 1300, 1300),
    ]
    assert [stop.word for stop in runs.stops] == ["stuck"]  # nobody ever comes for the second box
    assert runs.places.filter(pl.col("place") == "crane")["blocked_h"].item() == pytest.approx(100 / 3600)


def ruled() -> Model:
    """Jobs that a policy sends to one of two desks."""
    model = Model()
    for name in ("a", "b"):
        model.resource(name, 1)
    job = model.program("job").policy(0, "desk").test("attribute", "desk", ">=", 1, "b")
    job.seize("a").delay(exponential(4000)).release("a").jump("out")
    job.label("b").seize("b").delay(exponential(4000)).release("b").label("out").end()
    model.generator("jobs", "job", every=exponential(2500))
    return model


def shorter(rule: int, token: int, now: int, view: Any) -> float:
    first, second = view.places[0], view.places[1]
    return 1.0 if second["in_use"] + second["queue"] < first["in_use"] + first["queue"] else 0.0


def test_a_compiled_policy_does_what_the_plain_one_does() -> None:
    import numba

    told: dict[str, Any] = {"horizon_s": 100 * DAY, "seed": 5, "replications": 2, "visits": True}
    plain = run(ruled(), policy=shorter, **told)
    same(plain, run(ruled(), policy=numba.njit(shorter), **told))
    blind = run(ruled(), policy=lambda *_: 0, **told)
    jobs = [runs.ended.filter(pl.col("kind") == "job")["mean_h"].mean() for runs in (plain, blind)]
    assert jobs[0] < jobs[1]


def test_a_policy_that_raises_or_answers_nonsense_is_told() -> None:
    def wrong(*_: Any) -> float:
        raise ZeroDivisionError("no ships")

    with pytest.raises(InputError, match="the policy raised ZeroDivisionError: no ships"):
        run(ruled(), horizon_s=DAY, seed=1, policy=wrong)
    runs = run(ruled(), horizon_s=DAY, seed=1, policy=lambda *_: float("nan"))
    assert runs.stops[0].word == "no_answer"
    assert "program 'job' step 1" in runs.stops[0].where
    with pytest.raises(InputError, match="ask a policy and none is given"):
        run(ruled(), horizon_s=DAY, seed=1)


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    run(
        small_corridor(),
        horizon_s=DAY,
        seed=1,
        replications=3,
        progress=lambda n, of, _: told.append((n, of)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_daily_sums_are_those_of_the_whole() -> None:
    runs = run(small_corridor(), horizon_s=50 * DAY, seed=2)
    days = runs.daily.group_by("place_kind", "place", maintain_order=True).agg(
        pl.col("mean_queue", "mean_use").mean()
    )
    assert_frame_equal(days, runs.places.select("place_kind", "place", "mean_queue", "mean_use"))


def test_an_unused_lognormal_spread_is_a_constant() -> None:
    for duration in (lognormal(500, 500), constant(500)):
        model = Model()
        model.program("job").delay(duration).end()
        model.generator("jobs", "job", every=1000)
        runs = run(model, horizon_s=DAY, seed=1)
        assert runs.ended.filter(pl.col("kind") == "job")["most_h"].item() == pytest.approx(500 / 3600)
