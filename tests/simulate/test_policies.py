"""What is decided at ports, by rows of `policies`: that it is done, and what it does."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from midcorridor.simulate import Simulated, simulate
from midcorridor.simulate.ground import BOX_TEU

from .given import Rows, changed

YEAR, SEED = 2025, 5


def decided(decision: str, value: float | None, **other: Any) -> Simulated:
    def change(rows: Rows) -> Rows:
        return [{**row, "value": value} if row["decision"] == decision else row for row in rows]

    return simulate(changed(policies=change, **other), year=YEAR, replications=3, seed=SEED)


def waits(answer: Simulated, place: str, kind: str) -> tuple[int, float]:
    """How many tokens of a kind waited at a place, and hours each."""
    rows = answer.runs.waits.with_columns(pl.col("place", "kind").cast(pl.String))
    rows = rows.filter(pl.col("place") == place, pl.col("kind").str.starts_with(kind))
    n = int(rows["n"].sum())
    return n, float((rows["n"] * rows["mean_h"]).sum()) / max(n, 1)


def test_boxes_first_shortens_their_wait_and_lengthens_that_of_bulk() -> None:
    come, first = decided("boxes_first", 0), decided("boxes_first", 1)
    quay = "kz-aktau bulk_berth"
    assert waits(first, quay, "ship feeders")[1] < 0.7 * waits(come, quay, "ship feeders")[1]
    assert waits(first, quay, "ship of bulk")[1] > waits(come, quay, "ship of bulk")[1]


def test_boxes_go_round_a_port_where_too_many_wait() -> None:
    never, soon = decided("detour_loads", None), decided("detour_loads", 1)
    hold, kind = "feeder-turkmenbashi-alat tm-turkmenbashi>az-alat", "demand-china-poti"
    assert not never.corridor.detours
    assert waits(never, hold, kind)[0] == 0
    assert waits(soon, hold, kind)[0] > 100
    # Who goes round no longer goes by Aktau, and is counted with its flow all the same.
    aktau = "feeder-aktau-alat kz-aktau>az-alat"
    assert waits(soon, aktau, kind)[0] < waits(never, aktau, kind)[0] - 100
    flow = f"{kind}-{YEAR}"
    last = {ways[flow][-1].name for ways in (soon.corridor.routes, soon.corridor.detours)}
    taken = sum(waits(soon, leg, flow)[0] for leg in last) * BOX_TEU / 3
    assert soon.volumes.filter(volume_id=flow)["simulated"][0] == pytest.approx(taken)


def test_trucks_wait_for_the_ro_pax_alone_or_take_any_ferry() -> None:
    never, always = decided("truck_loads", None), decided("truck_loads", 0)
    trucks = "demand-ferry-trucks-kuryk"
    any_ferry, ro_pax = "rail_ferry kz-kuryk>az-alat", "ro_pax kz-kuryk>az-alat"
    assert waits(never, any_ferry, trucks)[0] == 0
    assert waits(always, ro_pax, trucks)[0] == 0
    assert waits(never, ro_pax, trucks)[0] > 0
    assert waits(always, any_ferry, trucks)[0] > 0
