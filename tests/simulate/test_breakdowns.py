"""What fails and what is built: shares of time by theory, days by the calendar, nothing else moved."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from midcorridor.errors import InputError
from midcorridor.simulate import event, gains, simulate
from midcorridor.simulate.breakdowns import in_service
from midcorridor.simulate.compiled import compile_model
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.ground import DAY_S, Corridor, Ground
from midcorridor.simulate.levers import levers_of
from midcorridor.simulate.model import Model
from midcorridor.simulate.running import loop
from midcorridor.simulate.state import Replication
from midcorridor.simulate.ways import fit

from .given import Rows, changed, shipped

YEAR, SEED, HOURS = 2025, 3, 365 * 24
ENGINES = "engines-ge"


def fails(kind: str, between_h: float, repair_h: float) -> Any:
    def only(rows: Rows) -> Rows:
        times = {"mean_between_h": between_h, "mean_repair_h": repair_h}
        return [{**row, **times} for row in rows if row["kind"] == kind]

    return only


def capacities(network: Any, names: list[str], days: list[date], seed: int = SEED) -> list[tuple[int, ...]]:
    """Units of places at noon of some days of a run without warm-up."""
    made = corridor_model(network, YEAR, warm_up_d=0)
    compiled = compile_model(made.model)
    replication = Replication(compiled, seed, 0, 366, limit=100_000, visits=0)
    drive, _ = loop(None)
    numbers = [made.model.place_names().index(("resource", name)) for name in names]
    found = []
    for day in days:
        until = (day - made.first).days * DAY_S + DAY_S // 2
        while replication.go(until, drive, None) != 1:
            pass
        found.append(tuple(int(replication.places[number]["capacity"]) for number in numbers))
    return found


def test_units_are_there_for_the_share_of_the_time_that_theory_says() -> None:
    between, repair, runs = 400.0, 100.0, 4
    answer = simulate(
        changed(breakdowns=fails("locomotives", between, repair)), year=YEAR, seed=SEED, replications=runs
    )
    row = shipped().tables.by_key("fleets")[ENGINES]
    works = between / (between + repair)
    units = fit(row, works)
    # The pool begins with so many more that as many work as the table counts.
    counted = row["number"] * row["fit_share"] * row["share_here"]
    assert units == round(counted / works) == 5
    assert fit(row) == round(counted) == 4
    found = answer.runs.places.filter(place=ENGINES)["mean_capacity"].mean()
    # Time-average of a unit that is up and down by the exponential law: variance 2pq / ((l + m) T).
    error = math.sqrt(units * 2 * works * (1 - works) / ((1 / between + 1 / repair) * HOURS * runs))
    assert found == pytest.approx(units * works, abs=3 * error)
    assert error < 0.1 * units


def test_no_more_is_put_in_place_of_what_fails_than_there_is() -> None:
    network = changed(breakdowns=fails("locomotives", 10, 90))
    made = Corridor(Model(), YEAR, date(YEAR, 1, 1), date(YEAR, 12, 31))
    ground = Ground(network.on(date(YEAR, 7, 1)), made)
    row = shipped().tables.by_key("fleets")[ENGINES]
    assert in_service(ground, row) == row["fit_share"]  # a tenth of the time would need seven times as many


def test_what_fails_changes_neither_the_weather_nor_what_fails_elsewhere() -> None:
    def share(network: Any) -> pl.DataFrame:
        runs = simulate(network, year=YEAR, seed=SEED).runs
        return runs.places.with_columns(pl.col("place", "place_kind").cast(pl.String))

    base = share(shipped())
    calm = share(changed(breakdowns=lambda _: []))
    often = share(
        changed(
            breakdowns=lambda rows: [
                {**row, "mean_between_h": row["mean_between_h"] / 3} if row["kind"] == "quay_crane" else row
                for row in rows
            ]
        )
    )
    gates = [each.filter(place_kind="gate")["mean_use"] for each in (base, calm, often)]
    assert gates[0].equals(gates[1])
    assert gates[0].equals(gates[2])

    def there(frame: pl.DataFrame, place: str) -> float:
        return float(frame.filter(place=place)["mean_capacity"].item())

    ferries, cranes = "fleet ferries-asco", "kz-aktau crane"
    assert there(often, ferries) == there(base, ferries) < there(calm, ferries)
    assert there(often, cranes) < there(base, cranes) < there(calm, cranes)


def test_works_take_what_is_broken_when_it_is_mended() -> None:
    """All cranes are to be taken while most of them are broken: none is taken twice, all come back."""

    def shut(rows: Rows) -> Rows:
        row = {"quantity": "handling", "scope": "terminal", "scope_ids": ["kz-aktau"], "directions": "both"}
        row |= {"disruption_id": "all", "factor": 0.0, "use": "applied"}
        days = {"valid_from": date(YEAR, 3, 1), "valid_until": date(YEAR, 5, 31)}
        return [{**rows[0], **row, **days}]

    network = changed(disruptions=shut, breakdowns=fails("quay_crane", 100, 100))
    days = [date(YEAR, 3, 1), date(YEAR, 5, 1), date(YEAR, 5, 31), *(date(YEAR, 6, n) for n in range(2, 30))]
    found = [many for (many,) in capacities(network, ["kz-aktau crane"], days)]
    assert found[1:3] == [0, 0]
    assert max(found[3:]) > 5
    assert 3 < sum(found[3:]) / len(found[3:]) < 7  # half of ten
    assert max(found) <= 10


def test_a_berth_is_shut_while_another_is_built_and_then_there_is_one_more() -> None:
    network = event("aktau-hub-built", YEAR).apply(changed(breakdowns=lambda _: [], disruptions=lambda _: []))
    names = ["kz-aktau container_berth", "kz-aktau bulk_berth", "kz-aktau ship side"]
    days = [date(YEAR, 3, 31), date(YEAR, 4, 1), date(YEAR, 9, 30), date(YEAR, 10, 1), date(YEAR, 12, 31)]
    found = capacities(network, names, days)
    rows = shipped().tables.by_key("facilities")
    boxes, bulk = (int(rows[f"kz-aktau-{kind}"]["amount"]) for kind in ("container-berth", "bulk-berth"))
    room = found[0][2] // boxes
    changes = [0, -1, -1, 1, 1]
    assert found == [(boxes + n, bulk + n, (boxes + n) * room) for n in changes]
    assert room >= 250  # a load of the largest ship


def test_more_than_there_is_cannot_be_shut() -> None:
    def shut(rows: Rows) -> Rows:
        row = {"quantity": "facilities", "scope": "terminal", "scope_ids": ["kz-aktau"], "directions": "both"}
        row |= {"disruption_id": "too-many", "factor": None, "facility_kind": "container_berth", "units": -3}
        return [{**rows[0], **row, "valid_from": date(YEAR, 3, 1), "valid_until": None, "use": "applied"}]

    with pytest.raises(InputError, match="takes 3 of 2 container_berth"):
        corridor_model(changed(disruptions=shut), YEAR)


def test_a_pilot_is_held_for_each_move() -> None:
    answer = simulate(changed(closures=lambda _: [], breakdowns=lambda _: []), year=YEAR, seed=SEED)
    for port in ("ge-poti", "az-alat", "kz-aktau"):
        name = f"{port} pilot"
        moves = answer.runs.waits.filter(place=name)["n"].sum()
        used = answer.runs.places.filter(place=name)["mean_use"].item()
        assert moves > 500
        assert used == pytest.approx(moves * 1.0 / HOURS, rel=0.01)
    # Ships of Poti's own boxes come in and go out, each with a pilot.
    berths = answer.runs.waits.filter(place="ge-poti container_berth")["n"].sum()
    poti = answer.runs.waits.filter(place="ge-poti pilot")["n"].sum()
    assert poti == pytest.approx(2 * berths, abs=3)


def test_two_corridors_of_the_same_seed_are_the_same() -> None:
    both = [simulate(shipped(), year=YEAR, seed=SEED, replications=2, workers=n).runs.waits for n in (1, 2)]
    assert_frame_equal(*both)


def test_half_the_breakdowns_of_one_thing_are_a_lever() -> None:
    """Of one port or fleet, by a row of its own, also where the row named several; nothing else is moved."""

    def mean_s(made: Corridor, place: str) -> float:
        steps = made.model.programs[f"breakdown of {place}"].steps
        return float(next(step.options["duration"].p for step in steps if step.op == "delay"))

    def named(rows: Rows) -> Rows:
        ports = ["az-alat", "kz-aktau", "ge-poti"]
        return [{**row, "thing_ids": ports if row["kind"] == "quay_crane" else None} for row in rows]

    cranes = ("kz-aktau crane", "az-alat quay_crane", "az-alat crane", "ge-poti quay_crane")
    for network in (shipped(), changed(breakdowns=named)):
        made = corridor_model(network, YEAR)
        lever = next(
            each for each in levers_of(network, made) if each.name == "breakdowns-crane-quay kz-aktau"
        )
        assert lever.watches == (("resource", "kz-aktau crane"),)
        other = corridor_model(lever.scenario.apply(network), YEAR)
        for place in set(cranes) & set(made.model.places):
            many = 2 if place.startswith("kz-aktau") else 1
            assert mean_s(other, place) == many * mean_s(made, place)
        moved = {
            name for name in made.model.programs if made.model.programs[name] != other.model.programs[name]
        }
        assert moved == {"breakdown of kz-aktau crane"}


def test_the_gain_of_fewer_breakdowns_is_told_with_what_is_away() -> None:
    network = changed(breakdowns=fails("locomotives", 200, 50))
    asked = {"year": YEAR, "replications": 2, "seed": 1, "warm_up_d": 20, "days": 60}
    answer = gains(network, kinds=("breakdowns-engine",), **asked)
    row = answer.ranking.row(0, named=True)
    assert row["words"] == "Half the breakdowns of engines: Locomotives of Georgia"
    places = answer.base.runs.places.filter(place=ENGINES)
    away = 5 - places["mean_capacity"].mean()
    assert 0.5 < away < 1.5
    assert "1.00 of 5 away on average." in row["why"]  # a fifth of them, in two months of chance nearly so
    assert "trains a year wait" in row["why"]
    assert row["saved_d"] > 0
    lever = next(each for each in levers_of(network, answer.base.corridor) if each.name == row["lever"])
    then = corridor_model(lever.scenario.apply(network), YEAR)
    assert then.model.places[ENGINES].capacity == answer.base.corridor.model.places[ENGINES].capacity
