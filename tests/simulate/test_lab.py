"""Disruptions beside the same base: when a series is back, who is late, and what it costs."""

from __future__ import annotations

from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from midcorridor.errors import InputError
from midcorridor.network import Network
from midcorridor.simulate import Lab, event, event_names, lab, measure, told_lab
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.disrupted import SETTLE_D, lateness
from midcorridor.simulate.library import days_of
from midcorridor.simulate.recovery import STAY_D, band, quantile, recovery_d

HOUR_S = 3600


@cache
def shipped() -> Network:
    return Network.load()


def bump(days: int, begin: int, top: int, last: int, high: float) -> Any:
    """Flat, up at `begin`, high until `top`, then evenly down to nothing at `last`."""
    series = np.zeros(days)
    series[begin:top] = high
    series[top:last] = np.linspace(high, 0, last - top, endpoint=False)
    return series


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (np.zeros(100), 0),  # never left
        (np.full(100, -50.0), 0),  # fewer inside is no disturbance
        (bump(100, 10, 20, 40, 40.0), 28),  # down two a day from day 20: 6 above on day 37, 4 on day 38
        (bump(100, 10, 20, 40, 40.0) + bump(100, 45, 47, 47, 40.0), 37),  # a relapse within two weeks
        (bump(100, 10, 20, 40, 40.0) + bump(100, 60, 62, 62, 40.0), 28),  # one after them is another story
        (bump(100, 10, 100, 100, 40.0), None),  # never back
        (bump(100, 10, 90, 90, 40.0), None),  # back too late to tell
    ],
)
def test_the_day_of_recovery(more: Any, expected: int | None) -> None:
    base = 100 + 10 * np.sin(np.arange(100))
    assert recovery_d(base + more, base, np.full(100, 5.0), 10, 20) == expected


def test_recovery_begins_after_the_event() -> None:
    base, half = np.zeros(80), np.full(80, 5.0)
    # Outside on two early days only, but the event lasts until day 40.
    assert recovery_d(bump(80, 12, 14, 14, 9.0), base, half, 10, 40) == 30
    assert STAY_D == 14


def test_an_event_that_lasts_to_the_end_may_disturb_nothing() -> None:
    base, half = np.zeros(80), np.full(80, 5.0)
    assert recovery_d(base, base, half, 10, 80) == 0
    assert recovery_d(bump(80, 12, 14, 14, 9.0), base, half, 10, 80) is None


def test_the_band_is_what_one_more_replication_may_differ_by() -> None:
    draws = np.random.default_rng(5).normal(1000, 20, (40, 400))
    exact = stats.t.ppf(0.975, 39) * 20 * np.sqrt(1 + 1 / 40)
    half = band(draws)
    assert half.mean() == pytest.approx(exact, rel=0.03)
    assert half.std() < 0.1 * exact
    # 95 in 100 of other draws lie within it.
    others = np.random.default_rng(6).normal(1000, 20, (50, 400))
    assert (abs(others - draws.mean(axis=0)) <= half).mean() == pytest.approx(0.95, abs=0.01)
    with pytest.raises(ValueError, match="two replications"):
        band(draws[:1])


def test_quantiles_count_who_never_came_back() -> None:
    assert quantile([3, None, 1, 2], 0.5) == 2
    assert quantile([3, None, 1, 2], 0.9) is None
    assert quantile([], 0.5) is None


def journeys(*rows: tuple[int, float, float]) -> Any:
    """Measured: replication, born and ended in hours, of one flow of boxes."""
    made = [(r, "flow", round(a * HOUR_S), round(b * HOUR_S)) for r, a, b in rows]
    columns = ["replication", "flow", "born_s", "ended_s"]
    flows = pl.DataFrame({"flow": ["flow"], "cargo": ["box"]})
    stops = [SimpleNamespace(replication=r) for r in sorted({r for r, _, _ in rows})]
    runs = SimpleNamespace(stops=stops, options={"horizon_s": 500 * HOUR_S})
    return SimpleNamespace(journeys=pl.DataFrame(made, schema=columns, orient="row"), flows=flows, runs=runs)


def test_late_boxes_are_counted_against_themselves() -> None:
    base = journeys((0, 0, 100), (0, 10, 110), (0, 20, 120), (0, 30, 130), (0, 40, 140), (1, 0, 90))
    # One alike, one 24 h later, one 25 h later, one 30 h earlier, one that never arrives.
    other = journeys((0, 0, 100), (0, 10, 134), (0, 20, 145), (0, 30, 100), (1, 0, 90))
    late, early = lateness(base, other, "box", 24.0)
    assert (late.mean, early.mean) == (1.0, 0.5)  # two of replication 0, nobody of 1
    assert lateness(base, other, "box", 23.0)[0].mean == 1.5
    assert lateness(base, other, "box", 24.0, {0})[0].mean == 0.0


def test_boxes_of_a_grown_demand_are_held_against_the_one_before() -> None:
    base = journeys((0, 0, 100), (0, 10, 110))
    other = journeys((0, 1, 101), (0, 3, 140), (0, 11, 111), (0, 13, 150))
    assert lateness(base, other, "box", 24.0)[0].mean == 2.0


@cache
def closed() -> Lab:
    return lab(shipped(), ["altynkol-closed"], year=2025, replications=3, seed=1)


def test_a_closed_frontier_holds_its_boxes_and_nothing_before_it() -> None:
    answer = closed()
    boxes = answer.events.row(by_predicate=pl.col("cargo") == "box", named=True)
    days = answer.days.filter(pl.col("cargo") == "box")
    before = days.filter(pl.col("day") < date(2025, 4, 1))
    assert before.height == 90
    assert (before["base"] == before["inside"]).all()
    held = days.filter(pl.col("day") == date(2025, 4, 10))
    # Boxes for China come evenly and would arrive; those from China are missed at the far end weeks later.
    rows = shipped().tables["volumes"]
    daily = {
        way: sum(
            r["value"] for r in rows if r["role"] == "demand" and r[end] == "cn-khorgos" and r["year"] == 2025
        )
        / 730
        for way, end in (("out", "from_terminal"), ("in", "to_terminal"))
    }
    assert 0.5 * 10 * daily["in"] < held["inside"][0] - held["base"][0] < 1.2 * 10 * daily["in"]
    assert boxes["extra_d"] > 0.8 * 10 * 5 * daily["in"]
    assert boxes["late"] > 0.5 * 10 * (daily["in"] + daily["out"])
    assert boxes["most_inside"] >= held["inside"][0] - held["base"][0]
    assert boxes["pairs"] + boxes["unwell"] == 3
    assert boxes["recovered_share"] is None  # three replications do not tell what is usual


def test_the_cost_is_time_hire_storage_and_other_ways_of_loaded_boxes() -> None:
    boxes = closed().events.row(by_predicate=pl.col("cargo") == "box", named=True)
    rows = {row["cost_id"]: row["value"] for row in shipped().tables["unit_costs"]}
    goods = shipped().tables.by_key("commodities")["consumer_goods"]
    box_usd = goods["value_usd_per_t"] * goods["t_per_teu"] * 2
    loaded_d = boxes["time_usd"] / box_usd / goods["value_of_time_share_per_day"]
    assert 0 < loaded_d <= boxes["extra_d"] * 1.2
    for name, row in (("time_usd_least", "vot-low"), ("time_usd_most", "vot-high")):
        assert boxes[name] == pytest.approx(loaded_d * box_usd * rows[row])
    assert boxes["hire_usd"] == pytest.approx(loaded_d * rows["hire-40"])
    assert boxes["detour_usd"] == boxes["detour_kg_co2e"] == 0  # all go their own way
    parts = [boxes[name] for name in ("time_usd", "hire_usd", "storage_usd", "detour_usd")]
    assert boxes["cost_usd"] == pytest.approx(sum(parts))
    trucks = closed().events.filter(pl.col("cargo") != "box")
    assert trucks["cost_usd"].null_count() == trucks.height > 0
    assert "Altynkol closed" in told_lab(closed())


def test_intervals_of_the_cost_are_those_of_pairs() -> None:
    """Storage, pair by pair from the boxes themselves, of those that set out until 60 days after it."""
    base = closed().base
    made = event("altynkol-closed", 2025)
    asked = {"year": 2025, "replications": 3, "seed": 1, "journeys": True, "prices": shipped()}
    other = measure(made.apply(shipped()), **asked)
    until = (date(2025, 4, 10) - base.corridor.first).days + 1 + SETTLE_D
    sums = []
    for measured in (base, other):
        assert measured.bills is not None
        rows = measured.bills.filter(pl.col("born_s") < until * 86400)
        sums.append(dict(rows.group_by("replication").agg(pl.col("storage_usd").sum()).iter_rows()))
    more = np.array([sums[1][n] - sums[0][n] for n in range(3)])
    half = stats.t.ppf(0.975, 2) * more.std(ddof=1) / np.sqrt(3)
    boxes = closed().events.row(by_predicate=pl.col("cargo") == "box", named=True)
    assert boxes["unwell"] == 0
    told = [boxes[f"storage_usd{end}"] for end in ("", "_low", "_high")]
    assert told == pytest.approx([more.mean(), more.mean() - half, more.mean() + half])


@pytest.mark.parametrize("name", event_names())
def test_every_event_of_the_library_changes_the_model_of_its_year(name: str) -> None:
    for year in (2024, 2025):
        made = event(name, year)
        base = corridor_model(shipped(), year)
        model = corridor_model(made.apply(shipped()), year)
        assert model.absent == base.absent, "the model takes all of it"
        first, last = days_of(made)
        if first is not None:
            assert last is not None
            assert (first.year, last.year) == (year, year)
        assert len(made.description) > 40
        if name != "sea-level-2030":
            assert first is not None
        same = model.model.starts == base.model.starts and model.model.programs == base.model.programs
        assert not same, f"{name} changes nothing in {year}"


def test_an_unknown_event_is_told_with_what_is_meant() -> None:
    with pytest.raises(InputError, match="feeder-lost"):
        event("feeder-los")


def test_an_event_of_other_days_than_those_run_is_refused() -> None:
    with pytest.raises(InputError, match="outside the days that are run"):
        lab(shipped(), [event("altynkol-closed", 2027)], year=2025, replications=1)
