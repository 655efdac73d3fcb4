"""Kinds of boxes: who is urgent waits less where ships are scarce, and nothing else changes."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from midcorridor.errors import InputError, TableError
from midcorridor.schemas import schema
from midcorridor.simulate import Model, Simulated, exponential, run, simulate, summary, told_kinds
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.ground import DAY_S
from midcorridor.simulate.kinds import BoxKind, box_kinds, by_kind, kinds_of_steps

from .given import Rows, changed, shipped
from .measured import measured

FLOWS = shipped().tables.by_key("volumes")


def scarce(first: int, second: int) -> Model:
    """A ship of ten boxes every four hours for some 58 boxes a day; a fifth of them are urgent."""
    m = Model()
    m.hold("quay")
    box = m.program("box")
    kinds = [BoxKind("general", 0.8, second), BoxKind("urgent", 0.2, first)]

    def way(_: str) -> None:
        box.join("quay").delay(exponential(DAY_S)).end()

    by_kind(box, kinds, way)
    ship = m.program("ship").set("room", 10).label("again").delay(4 * 3600).take("quay").delay(1).alight()
    ship.jump("again")
    m.start("ship", "ship")
    m.generator("boxes", "box", every=exponential(1500))
    return m


def waited(answer: Any, model: Model) -> dict[str, tuple[int, float]]:
    """Boxes of each kind and the hours that they waited at the quay in the mean."""
    rows = answer.visits.filter(pl.col("place_kind") == "hold", pl.col("kind") == "box")
    kinds = kinds_of_steps(model.programs["box"], rows["step"].to_numpy())
    hours = (rows["started_s"] - rows["arrived_s"]) / 3600
    found = pl.DataFrame({"kind": kinds, "h": hours}).group_by("kind").agg(n=pl.len(), h=pl.col("h").mean())
    return {kind: (n, h) for kind, n, h in found.iter_rows()}


def test_urgent_boxes_wait_less_at_a_scarce_ship_and_as_many_are_carried() -> None:
    told = {"horizon_s": 400 * DAY_S, "seed": 2, "visits": True}
    plain, ahead = scarce(1, 1), scarce(0, 1)
    even, first = run(plain, **told), run(ahead, **told)
    before, after = waited(even, plain), waited(first, ahead)
    # In the order of arrival both kinds wait alike.
    assert before["urgent"][1] == pytest.approx(before["general"][1], rel=0.05)
    # Random arrivals that the very next ship takes wait half of the four hours between two.
    assert after["urgent"][1] == pytest.approx(2, rel=0.03)
    assert before["urgent"][1] > 5
    assert after["general"][1] > before["general"][1]
    # One leaves for another: the queue is as long at every moment, and as many are aboard.
    for column in ("mean_queue", "most_queue", "arrived", "left", "mean_use"):
        hold = [answer.places.filter(place="quay", place_kind="hold")[column] for answer in (even, first)]
        assert hold[0].equals(hold[1]), column
    shares = [sum(n for n, _ in found.values()) for found in (before, after)]
    assert shares[0] == pytest.approx(shares[1], abs=10)
    total = [sum(n * h for n, h in found.values()) for found in (before, after)]
    assert total[0] == pytest.approx(total[1], rel=0.01)
    assert after["urgent"][0] / shares[1] == pytest.approx(0.2, abs=0.01)


def test_kinds_that_nobody_prefers_change_nothing() -> None:
    """The same storms, stays and waits, to the second, as with boxes of one kind."""

    def one(rows: Rows) -> Rows:
        general = next(row for row in rows if row["box_kind_id"] == "general")
        empty = next(row for row in rows if row["kind"] == "empty")
        return [{**general, "share": 1.0}, {**empty, "priority": general["priority"]}]

    def alike(rows: Rows) -> Rows:
        return [{**row, "priority": 2} for row in rows]

    answers = [simulate(changed(box_kinds=change), year=2025, seed=4) for change in (one, alike)]
    assert_frame_equal(answers[0].runs.waits, answers[1].runs.waits)
    assert_frame_equal(answers[0].runs.ended, answers[1].runs.ended)


@cache
def year(*, first: bool) -> Simulated:
    def alike(rows: Rows) -> Rows:
        return rows if first else [{**row, "priority": 2} for row in rows]

    return simulate(changed(box_kinds=alike), year=2025, seed=4, replications=2, measured=True)


def test_in_the_corridor_kinds_are_taken_in_their_order() -> None:
    with_order, without = (
        {row["kind"]: row for row in told_kinds(year(first=first).measures.kinds)} for first in (True, False)
    )
    assert set(with_order) == {"general", "refrigerated", "dangerous", "urgent", "empty"}
    for kind in ("urgent", "refrigerated"):
        assert with_order[kind]["wait_d"] < 0.8 * without[kind]["wait_d"]
    assert with_order["empty"]["wait_d"] > without["empty"]["wait_d"]
    carried = [sum(row["journeys"] for row in each.values()) for each in (with_order, without)]
    assert carried[0] == pytest.approx(carried[1], rel=0.02)


def test_kinds_of_a_flow_are_the_flow() -> None:
    answer, _ = measured()
    assert answer.measures is not None
    kinds, flows = answer.measures.kinds, answer.measures.transits
    assert set(kinds["volume_id"]) == set(answer.corridor.routes)
    for volume_id, rows in kinds.partition_by("volume_id", as_dict=True, include_key=True).items():
        flow = flows.filter(volume_id=volume_id[0])
        assert rows["journeys"].sum() == pytest.approx(flow["journeys"][0])
        # Percentiles never add up; means do, each weighted by its boxes in each replication.
        mean = (rows["journeys"] * rows["mean_d"]).sum() / rows["journeys"].sum()
        assert mean == pytest.approx(flow["mean_d"][0], rel=0.02)
    urgent = kinds.filter(kind="urgent")["journeys"].sum()
    loaded = kinds.filter(pl.col("kind") != "empty")["journeys"].sum()
    assert urgent / loaded == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / loaded) ** 0.5)


def test_kinds_are_told_as_declared() -> None:
    rows = summary(measured()[0])["kinds"]
    assert rows
    declared = schema("kind_times").names()
    assert all(tuple(row) == declared for row in rows)


def kinds_in(flow: str, network: Any = None) -> dict[str, tuple[float, int]]:
    row = FLOWS[flow]
    on = (network or shipped()).on(date(row["year"], 7, 1))
    return {each.kind: (each.share, each.priority) for each in box_kinds(on, row)}


def test_china_sent_no_dangerous_goods_until_it_opened_its_trains() -> None:
    assert "dangerous" not in kinds_in("demand-china-poti-2023")
    china, kazakhstan = kinds_in("demand-china-poti-2024"), kinds_in("demand-kazakhstan-poti-2024")
    assert china["dangerous"][0] < kazakhstan["dangerous"][0]
    assert kinds_in("demand-empties-2024").keys() == {"empty"}
    assert sum(share for share, _ in china.values()) == pytest.approx(1)
    # Loaded before empty.
    assert max(at for _, at in china.values()) < kinds_in("demand-empties-2024")["empty"][1]


def test_the_order_of_rows_means_nothing() -> None:
    turned = changed(box_kinds=lambda rows: rows[::-1])
    assert corridor_model(turned, 2025).model == corridor_model(shipped(), 2025).model


def test_shares_that_are_not_the_whole_are_refused() -> None:
    def more(rows: Rows) -> Rows:
        return [{**row, "share": 0.5} if row["kind"] == "urgent" else row for row in rows]

    with pytest.raises(InputError, match="shares do not sum to 1") as told:
        corridor_model(changed(box_kinds=more), 2025)
    assert "box_kinds for demand-absheron-china-2025" in str(told.value)


def test_a_kind_that_is_told_twice_is_refused() -> None:
    def twice(rows: Rows) -> Rows:
        row = next(row for row in rows if row["box_kind_id"] == "dangerous-china")
        return [*rows, {**row, "box_kind_id": "again", "from_countries": ["CN", "KZ"], "share": 0.0}]

    with pytest.raises((InputError, TableError), match="twice"):
        corridor_model(changed(box_kinds=twice), 2025)
