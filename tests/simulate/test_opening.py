"""Opening hours, frontiers and inspections, held against the clock and against reckoning by hand."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest

from midcorridor.simulate import Model, gains, lognormal, run, simulate
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.durations import Z90
from midcorridor.simulate.ground import DAY_S, Corridor, Ground
from midcorridor.simulate.inspections import inspect
from midcorridor.simulate.levers import levers_of
from midcorridor.simulate.opening import opening, wait_for_opening

from .given import Rows, changed, shipped

YEAR, HOUR, WEEK_H = 2025, 3600, 168
PORT = "kz-aktau"
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def hours(begin: str, length: float, days: list[str] | None = None, **more: Any) -> dict[str, Any]:
    row = dict(shipped().tables["opening_hours"][0])
    row |= {"hours_id": f"{begin} {length} {days}", "terminal_ids": [PORT], "activity": "inspection"}
    return {**row, "days": days, "open_from_utc": begin, "open_h": length, **more}


def on(first: date = date(YEAR, 1, 1), **changes: Any) -> Ground:
    """A model with nothing in it yet, over six weeks from a day on."""
    last = date.fromordinal(first.toordinal() + 41)
    return Ground(changed(**changes).on(date(YEAR, 7, 1)), Corridor(Model(), YEAR, first, last))


def waits_h(ground: Ground) -> list[float]:
    """Hours waited by who comes in the middle of each hour of the second week, in their order."""
    model = ground.model
    program = model.program("box")
    wait_for_opening(ground, program, PORT, "inspection")
    program.end()
    arrivals = [((WEEK_H + hour) * HOUR + HOUR // 2, "box", f"box {hour}", 0, 1) for hour in range(WEEK_H)]
    model.arrivals("boxes", arrivals)
    runs = run(model, horizon_s=6 * WEEK_H * HOUR, seed=1)
    ended = dict(runs.ended.select("kind", "mean_h").iter_rows())
    return [ended[f"box {hour}"] for hour in range(WEEK_H)]


CASES: dict[str, tuple[list[dict[str, Any]], set[int]]] = {
    "a shift": ([hours("09:00", 8)], {d * 24 + h for d in range(7) for h in range(9, 17)}),
    "on weekdays": ([hours("09:00", 8, DAYS[:5])], {d * 24 + h for d in range(5) for h in range(9, 17)}),
    "over midnight": ([hours("22:00", 4)], {(d * 24 + h) % WEEK_H for d in range(7) for h in range(22, 26)}),
    "over Sunday": ([hours("20:00", 6, ["sun"])], {164, 165, 166, 167, 0, 1}),
    "two shifts": (
        [hours("06:00", 3), hours("09:00", 2, ["mon"]), hours("20:00", 1)],
        {d * 24 + h for d in range(7) for h in (6, 7, 8, 20)} | {9, 10},
    ),
    "all but Sunday": ([hours("00:00", 24, DAYS[:6])], set(range(144))),
}


@pytest.mark.parametrize("first", [date(2025, 1, 1), date(2025, 1, 5), date(2025, 1, 6)])
@pytest.mark.parametrize("case", CASES)
def test_who_comes_out_of_hours_waits_until_the_next_opening(case: str, first: date) -> None:
    rows, is_open = CASES[case]
    found = waits_h(on(first, opening_hours=lambda _: rows))
    of_week = [(first.weekday() * 24 + hour) % WEEK_H for hour in range(WEEK_H)]
    after = [next(w for w in range(WEEK_H) if (at + w) % WEEK_H in is_open) for at in of_week]
    expected = [max(0.0, hours - 0.5) for hours in after]
    assert found == pytest.approx(expected, abs=1e-9)
    assert max(expected) > 0


@pytest.mark.parametrize("rows", [[], [hours("00:00", 24)], [hours("09:00", 14), hours("22:00", 12)]])
def test_what_is_open_always_has_no_gate(rows: Rows) -> None:
    ground = on(opening_hours=lambda _: rows)
    assert opening(ground, PORT, "inspection") is None
    assert opening(on(opening_hours=lambda _: [hours("00:00", 23)]), PORT, "inspection") is not None


def test_one_more_opening_hour_gains_what_even_arrivals_wait_less() -> None:
    """Who comes evenly waits half of the shut hours with their share of the day."""
    for length in (8, 9, 20):
        shut = 24 - length
        ground = on(opening_hours=lambda _, length=length: [hours("09:00", length)])
        assert sum(waits_h(ground)) / WEEK_H == pytest.approx(shut / 24 * shut / 2)


def inspected(share: float, p50: float, p90: float) -> Any:
    """Boxes that are inspected and nothing else; beside them the same with one draw after it."""

    def rows(given: Rows) -> Rows:
        return [{**given[0], "terminal_ids": [PORT], "share": share, "p50_h": p50, "p90_h": p90}]

    ground = on(inspections=rows)
    model = ground.model
    program = model.program("box")
    inspect(ground, program, PORT)
    program.end()
    model.generator("boxes", "box", every=600)
    then = model.program("other")
    inspect(ground, then, PORT)
    then.set("after", lognormal(1000, 3000)).delay(60).end()
    model.generator("others", "other", every=6000)
    return model


def test_a_share_of_the_boxes_stays_longer() -> None:
    share, p50, p90, replications = 0.2, 10.0, 30.0, 8
    runs = run(inspected(share, p50, p90), horizon_s=42 * DAY_S, warm_up_s=14 * DAY_S, seed=4, replications=8)
    sigma = math.log(p90 / p50) / Z90
    mean, square = p50 * math.exp(sigma**2 / 2), p50**2 * math.exp(2 * sigma**2)
    boxes = runs.ended.filter(kind="box")
    found = (boxes["n"] * boxes["mean_h"]).sum() / boxes["n"].sum()
    error = math.sqrt((share * square - (share * mean) ** 2) / (replications * 28 * 144))
    assert found == pytest.approx(share * mean, abs=3 * error)


def test_an_inspection_put_in_leaves_other_draws_as_they_are() -> None:
    """A step with a stream of its own shifts nobody's; also where it is never drawn."""

    def of_streams(inspections: Any) -> dict[str, list[str]]:
        model = corridor_model(changed(inspections=inspections), YEAR).model
        return {
            name: [
                step.stream
                for step in program.steps
                if step.op == "delay" and "inspection" not in step.stream
            ]
            for name, program in model.programs.items()
        }

    with_some = of_streams(lambda rows: rows)
    assert with_some == of_streams(lambda _: [])
    assert any(
        "inspection" in step.stream
        for step in corridor_model(shipped(), YEAR).model.programs[f"demand-china-poti-{YEAR}"].steps
    )


def shift(rows: Rows) -> Rows:
    """The Kazakh side at Altynkol opens for eight hours a day."""
    return [*rows, hours("03:00", 8, terminal_ids=["kz-altynkol"], activity="border")]


def longer(rows: Rows) -> Rows:
    return [*rows, hours("03:00", 9, terminal_ids=["kz-altynkol"], activity="border")]


def test_trains_wait_at_the_side_that_is_shut_and_an_hour_more_is_a_lever() -> None:
    network = changed(opening_hours=shift)
    made = corridor_model(network, YEAR)
    name = "hours kz-altynkol border"
    assert name in made.model.of_kind("gate")
    assert name not in corridor_model(shipped(), YEAR).model.places
    lever = next(each for each in levers_of(network, made) if each.kind == "opening-border")
    assert lever.watches == (("gate", name),)
    asked = {"year": YEAR, "replications": 2, "seed": 1, "warm_up_d": 20, "days": 40}
    answer = gains(network, kinds=("opening-border",), **asked)
    row = answer.ranking.row(0, named=True)
    assert row["lever"] == "opening-border kz-altynkol"
    assert row["words"] == "Frontier open one more hour: Altynkol"
    assert "Altynkol: frontier out of hours" in row["why"]
    share = answer.base.runs.places.filter(place=name)["mean_use"].mean()
    assert share == pytest.approx(8 / 24, abs=1e-3)
    # By hand: the same with a row of nine hours.
    other = gains(changed(opening_hours=longer), kinds=("opening-border",), **asked)
    waits = [
        each.base.runs.waits.filter(place=name).select((_n("n") * _n("mean_h")).sum() / _n("n").sum()).item()
        for each in (answer, other)
    ]
    assert 0 < waits[1] < waits[0] < 16


def _n(name: str) -> Any:
    import polars as pl

    return pl.col(name)


def test_a_side_that_lets_trains_out_has_a_post_where_a_row_says_so() -> None:
    def post(rows: Rows) -> Rows:
        entry = next(row for row in rows if row["facility_id"] == "kz-altynkol-border-post")
        return [*rows, {**entry, "facility_id": "out", "kind": "exit_post", "rate": 12.0}]

    name = "kz-altynkol exit_post"
    answer = simulate(changed(facilities=post), year=YEAR, seed=1)
    assert answer.well
    used = answer.runs.places.filter(place=name)
    trains = answer.runs.waits.filter(place=name)["n"].sum()
    assert trains > 100
    assert used["mean_use"].item() == pytest.approx(trains * 2 / (365 * 24), rel=0.02)
    assert name not in corridor_model(shipped(), YEAR).model.places


def test_half_as_many_boxes_opened_saves_half_of_their_days() -> None:
    asked = {"year": YEAR, "replications": 2, "seed": 1, "warm_up_d": 40, "days": 120}
    answer = gains(shipped(), kinds=("inspections",), **asked)
    row = next(
        each for each in answer.ranking.iter_rows(named=True) if each["lever"] == "inspections ge-poti"
    )
    assert row["words"] == "Half as many boxes opened by customs: Poti Sea Port"
    # Of the boxes that came to Poti in the base, by hand; they come evenly and are opened at the very end.
    flows = {k: v for k, v in answer.base.corridor.flows.items() if v["to_terminal"] == "ge-poti"}
    came = answer.base.flows.filter(_n("flow").is_in(list(flows)))["arrived"].sum() / 2
    sigma = math.log(30 / 10) / Z90
    opened = 0.05 * came * 365 / 120
    days = opened * 10 * math.exp(sigma**2 / 2) / 24
    assert f"{opened:,.0f} boxes a year are opened there: {days:,.0f} days." in row["why"]
    lever = next(each for each in levers_of(shipped(), answer.base.corridor) if each.name == row["lever"])
    rows = lever.scenario.apply(shipped()).tables["inspections"]
    shares = {terminal: each["share"] for each in rows for terminal in each["terminal_ids"]}
    assert shares == {"kz-altynkol": 0.05, "kz-aktau": 0.05, "az-alat": 0.05, "ge-poti": 0.025}
