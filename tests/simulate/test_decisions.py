"""Decisions by rows of `policies`: each does what its row says, and leaves alone what it does not touch."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from midcorridor.errors import InputError
from midcorridor.simulate import LEAVE, Model, Simulated, run, simulate, summary
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.deciding import Deciding
from midcorridor.simulate.ground import HOUR_S
from midcorridor.simulate.policies import Names

from .given import Rows, changed, shipped

YEAR, SEED = 2025, 5
FEEDERS = "feeder-aktau-alat"
WEST = f"{FEEDERS} kz-aktau>az-alat"
NEW = {"bunch_trains", "crane_first", "hold_for_h", "storm_factor"}


def with_rows(values: dict[str, float], only: Collection[str] = (), **other: Any) -> Any:
    """only: the terminals for which the values hold; all of their rows unless told."""

    def change(rows: Rows) -> Rows:
        found = []
        for row in rows:
            if row["decision"] in values:
                at = list(only) or row["terminal_ids"]
                row = {**row, "value": values[row["decision"]], "terminal_ids": at}
            found.append(row)
        return found

    return changed(policies=change, **other)


def decided(values: dict[str, float], *, replications: int = 2, **other: Any) -> Simulated:
    return simulate(with_rows(values, **other), year=YEAR, replications=replications, seed=SEED)


def ferried(answer: Simulated) -> pl.DataFrame:
    """All waits of wagons, trucks and ferries, which share nothing with boxes but the weather."""
    kind = pl.col("kind").cast(pl.String)
    rows = answer.runs.waits.with_columns(pl.col("kind", "place", "place_kind").cast(pl.String))
    return rows.filter(kind.str.contains("ferr|ropax|landed")).sort(
        "replication", "place_kind", "place", "kind"
    )


def skies(answer: Simulated) -> pl.DataFrame:
    """Share of time for which each place was open."""
    rows = answer.runs.places.filter(pl.col("place_kind").cast(pl.String) == "gate")
    return rows.select("replication", pl.col("place").cast(pl.String), "mean_use").sort(
        "replication", "place"
    )


def mean_wait(answer: Simulated, place: str, kind: str) -> float:
    rows = answer.runs.waits.with_columns(pl.col("place", "kind").cast(pl.String))
    rows = rows.filter(pl.col("place") == place, pl.col("kind").str.starts_with(kind))
    return float((rows["n"] * rows["mean_h"]).sum() / rows["n"].sum())


def feeder_load(answer: Simulated) -> float:
    rows = answer.ships.filter(pl.col("leg") == WEST)
    return float(rows["units_a_departure"].mean())


def test_the_rows_as_they_ship_change_nothing() -> None:
    def without(rows: Rows) -> Rows:
        return [row for row in rows if row["decision"] not in NEW]

    assert {row["decision"] for row in shipped().tables["policies"]} > NEW
    none, given = (
        simulate(network, year=YEAR, seed=SEED) for network in (changed(policies=without), shipped())
    )
    for name in ("places", "waits", "ended", "daily"):
        assert_frame_equal(getattr(none.runs, name), getattr(given.runs, name))


def few_cranes(rows: Rows) -> Rows:
    """Three cranes at Aktau for ships and trains, so that they wait for each other."""
    return [
        {**row, "amount": 3} if row["facility_id"] in ("kz-aktau-quay-crane", "kz-aktau-rail-crane") else row
        for row in rows
    ]


def test_who_goes_first_at_cranes_that_ships_and_trains_share_waits_less() -> None:
    come, ships, trains = (
        decided({"crane_first": value}, facilities=few_cranes, replications=8) for value in (0, 1, 2)
    )
    ship_h = [mean_wait(each, "kz-aktau crane", "ship feeders") for each in (ships, come, trains)]
    train_h = [mean_wait(each, "kz-aktau crane", "train") for each in (ships, come, trains)]
    assert ship_h == sorted(ship_h)
    assert ship_h[0] < 0.9 * ship_h[2]
    # Trains wait mostly for each other, so that going before ships saves them little.
    assert train_h[2] < 0.9 * train_h[0]
    for other in (ships, trains):
        assert_frame_equal(ferried(come), ferried(other))
        assert_frame_equal(skies(come), skies(other))


def test_ships_that_wait_for_trains_carry_more_and_sail_less_often() -> None:
    at_once, held = decided({"hold_for_h": 0}), decided({"hold_for_h": 12})
    assert feeder_load(held) > 1.2 * feeder_load(at_once)
    sailed = [
        each.ships.filter(pl.col("leg") == WEST)["departures_per_week"].sum() for each in (at_once, held)
    ]
    assert sailed[1] < 0.9 * sailed[0]
    assert_frame_equal(ferried(at_once), ferried(held))
    assert_frame_equal(skies(at_once), skies(held))
    # What only counts trains and boxes is no place that anybody uses.
    assert not any("coming" in row["name"] for row in summary(held)["utilisation"])


class _Quay(Deciding):
    """Only what a ship needs to decide whether to hold."""

    def __init__(self, model: Model, hours: float) -> None:
        self.model, self.hours = model, hours

    def policy(self, decision: str, terminal: str) -> float | None:
        assert (decision, terminal) == ("hold_for_h", "here")
        return self.hours


class _Leg:
    name, from_terminal = "here>there", "here"


@pytest.mark.parametrize(
    ("loaded", "coming_h", "leaves_h"),
    [(10, 3, 3), (10, 20, 12), (40, 20, 0), (10, 0, 0)],
    ids=["the train comes", "no longer than told", "full", "nothing comes"],
)
def test_a_ship_holds_until_nothing_more_comes_or_its_hours_are_over(
    loaded: int, coming_h: int, leaves_h: int
) -> None:
    model: Any = Model()
    model.hold(_Leg.name)
    leg: Any = _Leg()
    quay = _Quay(model, 12)
    coming = quay._coming(leg)
    assert coming is not None
    model.program("box").join(_Leg.name).end()
    if coming_h:
        model.program("train").seize(coming).delay(coming_h * HOUR_S - 60).release(coming).end()
        model.start("train", "train")
    model.start("boxes", "box", size=loaded)
    ship = model.program("ship").set("room", 40).delay(1)
    quay.hold_for(ship, leg, 40)
    ship.end()
    model.start("ship", "ship")
    runs = run(model, horizon_s=10**6, seed=1)
    assert runs.ended.filter(pl.col("kind") == "ship")["mean_h"].item() == pytest.approx(leaves_h, abs=1e-3)


@pytest.mark.parametrize("due_h", [0, 24])
def test_trains_set_out_to_ships_or_to_loads_that_are_gathered(due_h: int) -> None:
    """Asked at the second in which each train may leave, the place shows why."""
    leads = ("kz-almaty", "kz-altynkol")
    fleets = [row for row in shipped().tables["fleets"] if FEEDERS in row["service_ids"]]
    rule_row = next(
        row for row in shipped().tables["departure_rules"] if FEEDERS in (row["service_ids"] or ())
    )
    load = math.ceil(rule_row["least_share"] * sum(row["teu"] for row in fleets) / len(fleets))

    def look(names: Names) -> Any:
        calling, gathered = names.place(f"calling {FEEDERS} kz-aktau"), names.place(WEST)
        own = {names.terminal(each): names.place(f"train-altynkol-aktau {each}>kz-aktau") for each in leads}
        service = names.service("train-altynkol-aktau")

        def rule(ask: Any, now_s: int, view: Any) -> int:
            if ask.decision == LEAVE and ask.service == service:
                reasons = (
                    view.use[calling] >= 1,
                    view.use[gathered] >= load,
                    view.use[own[ask.terminal]] >= load,
                )
                seen.append(reasons)
            return int(ask.default)

        return rule

    seen: list[tuple[bool, bool, bool]] = []
    network = with_rows({"bunch_trains": due_h})
    bunched = simulate(network, year=YEAR, seed=SEED, policy=look)
    assert len(seen) > 300
    assert all(any(reasons) for reasons in seen)
    assert not all(reasons[0] for reasons in seen)
    base = simulate(shipped(), year=YEAR, seed=SEED)
    assert not ferried(base).is_empty()
    assert_frame_equal(ferried(base), ferried(bunched))
    assert_frame_equal(skies(base), skies(bunched))


def test_ships_are_counted_in_port_or_near_and_none_twice() -> None:
    for due_h in (0, 24, 1000):
        runs = decided({"bunch_trains": due_h}).runs
        rows = runs.places.filter(pl.col("place").cast(pl.String).str.starts_with(f"calling {FEEDERS}"))
        assert rows.height == 4
        per_replication = rows.group_by("replication").agg(pl.col("mean_use").sum())["mean_use"]
        ships = sum(_feeders().values())
        assert (per_replication <= ships + 1e-9).all()
        if due_h == 1000:  # each is always due somewhere, but for its berth times between
            assert (per_replication > 0.7 * ships).all()


def _feeders() -> dict[str, int]:
    made = corridor_model(shipped(), YEAR)
    return {name: number for name, number in made.ships.items() if name.startswith("ship feeders-")}


def one_storm(rows: Rows) -> Rows:
    return [row for row in rows if row["closure_id"] == "storm-caspian-all-jan-mar"]


def test_who_works_on_in_half_of_a_storm_is_shut_for_half_of_it_and_the_storm_is_the_same() -> None:
    base = decided({}, closures=one_storm)
    half = decided({"storm_factor": 0.5}, only=["kz-aktau"], closures=one_storm)
    never = decided({"storm_factor": 0}, only=["kz-aktau"], closures=one_storm)
    shut = [
        dict(skies(each).group_by("place").agg(1 - pl.col("mean_use").mean()).iter_rows())
        for each in (base, half, never)
    ]
    assert shut[0]["kz-aktau"] > 0.01
    assert shut[1]["kz-aktau"] == pytest.approx(shut[0]["kz-aktau"] / 2, rel=1e-3)
    assert shut[2]["kz-aktau"] == 0
    for other in shut[1:]:
        for port in ("kz-kuryk", "az-alat", "tm-turkmenbashi"):
            assert other[port] == pytest.approx(shut[0][port], rel=1e-4)


@pytest.mark.parametrize(
    ("decision", "value", "words"),
    [("crane_first", 3, "nobody is so numbered"), ("storm_factor", 1.5, "no more than the hours of a storm")],
)
def test_values_that_mean_nothing_are_refused(decision: str, value: float, words: str) -> None:
    with pytest.raises(InputError, match=words):
        corridor_model(with_rows({decision: value}), YEAR)
