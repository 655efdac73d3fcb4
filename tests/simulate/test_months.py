"""Demand within a year: as much as the year has, in the days in which it was counted."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from midcorridor.errors import InputError
from midcorridor.simulate import simulate
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.ground import BOX_TEU, DAY_S
from midcorridor.simulate.months import flow_by_day

from .given import Rows, changed, shipped

YEARS = (2022, 2023, 2024, 2025)
VOLUMES = shipped().tables.by_key("volumes")
FOLLOWED = [row["months_id"] for row in shipped().tables["demand_months"]]


def born(made: Any, flow: str) -> Iterator[int]:
    """Seconds at which the source of a flow makes a token: its program walked by hand."""
    steps = made.model.programs[f"{flow} source (by days)"].steps
    labels = made.model.programs[f"{flow} source (by days)"].labels
    now, left, at = 0, 0, 0
    while steps[at].op != "end":
        op, options = steps[at].op, steps[at].options
        at += 1
        if op == "delay":
            assert options["duration"].kind == "constant"
            now += round(options["duration"].p)
        elif op == "spawn":
            yield now
        elif op == "set":
            left = options["value"]
        else:
            assert op == "loop"
            left -= 1
            at = labels[options["target"]] if left > 0 else at


def counts_of(flow: str) -> list[tuple[date, float]]:
    rows = [row for row in shipped().tables["demand_months"] if flow in row["volume_ids"]]
    pairs = [(VOLUMES[row["part_id"]], VOLUMES[row["whole_id"]]) for row in rows]
    return sorted((part["period_until"], part["value"] / whole["value"]) for part, whole in pairs)


@pytest.mark.parametrize("year", YEARS)
def test_each_flow_has_the_tokens_of_its_year_and_of_each_count(year: int) -> None:
    made = corridor_model(shipped(), year)
    begin, end = ((date(at, 1, 1) - made.first).days * DAY_S for at in (year, year + 1))
    flows = {key: (row, row["value"] / BOX_TEU) for key, row in made.flows.items()}
    flows |= {key: (row, row["value"] / 2) for key, (row, *_) in made.crossings.items()}
    seen = 0
    for name, (row, tokens) in flows.items():
        counts = counts_of(row["volume_id"])
        if not counts:
            assert f"{name} source" in made.model.starts
            assert f"{name} source (by days)" not in made.model.programs
            continue
        seen += 1
        times = [at for at in born(made, name) if begin < at <= end]
        assert len(times) == pytest.approx(tokens, abs=1), name
        for day, share in counts:
            until = (day - made.first).days * DAY_S + DAY_S
            assert sum(at <= until for at in times) == pytest.approx(share * tokens, abs=1.5), (name, day)
        # Even in between, but for the whole seconds of each interval.
        first = counts[0][0]
        half = begin + ((first - date(year, 1, 1)).days + 1) * DAY_S // 2
        some = counts[0][1] * tokens / 2
        assert sum(at <= half for at in times) == pytest.approx(some, abs=1.5 + 0.001 * some)
    assert seen >= 10


def test_days_by_hand() -> None:
    by_day = flow_by_day(shipped().tables, VOLUMES["demand-china-poti-2024"])
    # 10 of 358 trains in 31 of 366 days; 95 in the next 171, 195 in 136, and 58 in the last 28.
    told = {(1, 1): 10 / 31, (1, 31): 10 / 31, (2, 1): 95 / 171, (12, 3): 195 / 136, (12, 31): 58 / 28}
    for (month, day), trains in told.items():
        assert by_day(date(2024, month, day)) == pytest.approx(trains * 366 / 358)
    assert by_day(date(2023, 11, 2)) == by_day(date(2024, 1, 1))
    mean = sum(by_day(date(2024, 1, 1) + timedelta(at)) for at in range(366)) / 366
    assert mean == pytest.approx(1)
    even = flow_by_day(shipped().tables, VOLUMES["demand-ferry-wagons-kuryk-2025"])
    assert {even(date(2025, month, 1)) for month in range(1, 13)} == {1.0}


def test_what_demand_follows_is_never_compared() -> None:
    """Neither itself nor a count of the same cargo and days from the same page."""
    follows = {row[side] for row in shipped().tables["demand_months"] for side in ("part_id", "whole_id")}
    assert {VOLUMES[key]["role"] for key in follows} == {"input"}
    both = {
        (key, other)
        for (key, row), other in itertools.product(VOLUMES.items(), follows)
        if row["role"] == "compared" and row["cargo"] == VOLUMES[other]["cargo"]
        and row["period_from"] <= VOLUMES[other]["period_until"]
        and VOLUMES[other]["period_from"] <= row["period_until"]
        and set(row["source"]) & set(VOLUMES[other]["source"]) - {"estimate"}
    }  # fmt: skip
    assert both == set()


def test_the_order_of_rows_means_nothing() -> None:
    turned = changed(demand_months=lambda rows: rows[::-1])
    for year in YEARS:
        assert corridor_model(turned, year).model == corridor_model(shipped(), year).model


def one(months_id: str, **cells: Any) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, **(cells if row["months_id"] == months_id else {})} for row in rows]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"part_id": "alat-containers-2022-m07"}, "not_input"),
        ({"whole_id": "titr-containers-2023"}, "not_whole"),
        ({"part_id": "titr-containers-2022"}, "not_part"),
        ({"part_id": "titr-containers-2023-q1"}, "not_part"),
        ({"part_id": "baku-trucks-2022-m07"}, "not_share"),
    ],
)
def test_a_count_that_cannot_be_followed_is_refused(cells: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as told:
        corridor_model(changed(demand_months=one("boxes-2022-m04", **cells)), 2022)
    assert code in {fault.code for fault in told.value.faults}
    assert "demand_months boxes-2022-m04" in str(told.value)


def test_counts_that_fall_are_refused() -> None:
    def fall(rows: Rows) -> Rows:
        return [{**r, "value": 30_000.0} if r["volume_id"] == "titr-containers-2024-m11" else r for r in rows]

    with pytest.raises(InputError, match="boxes-2024-m11") as told:
        corridor_model(changed(volumes=fall), 2024)
    assert {fault.code for fault in told.value.faults} == {"not_cumulative"}


def test_parts_of_a_year_are_counted_in_their_days() -> None:
    """Two parts of a year make the year, and a part with more freight more than its share of the days."""

    def halves(rows: Rows) -> Rows:
        whole = next(row for row in rows if row["volume_id"] == "alat-containers-2025")
        first = {"volume_id": "alat-a", "period_until": date(2025, 4, 30)}
        second = {"volume_id": "alat-b", "period_from": date(2025, 5, 1)}
        return [*rows, {**whole, **first}, {**whole, **second}]

    answer = simulate(changed(volumes=halves), year=2025, seed=1)
    ours = dict(answer.volumes.select("volume_id", "simulated").iter_rows())
    assert ours["alat-a"] + ours["alat-b"] == pytest.approx(ours["alat-containers-2025"])
    hold, began = "feeder-aktau-alat kz-aktau>az-alat", (date(2025, 1, 1) - answer.corridor.first).days
    daily = answer.runs.daily.filter(pl.col("place") == hold, pl.col("place_kind") == "hold")
    daily = daily.filter(pl.col("day") >= began)
    taken = answer.runs.waits.filter(pl.col("place") == hold, pl.col("place_kind") == "hold")["n"].sum()
    assert daily["left"].sum() == taken
    assert ours["alat-a"] > 120 / 365 * ours["alat-containers-2025"]
