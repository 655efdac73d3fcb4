"""Boxes of several kinds in one flow: their shares, who is taken first, and how long each kind takes."""

from __future__ import annotations

import bisect
import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import Fault, InputError
from ..network import Compiled
from ..network.compiled import holds_on
from .program import Program

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

Row = Mapping[str, Any]
# All boxes are handled as they come; only vehicles choose whom they take.
HANDLING = 0
_LABEL, _EMPTY = "kind ", "empty"


@dataclasses.dataclass(frozen=True, slots=True)
class BoxKind:
    """A kind of box in a flow. priority : the lesser is taken first"""

    kind: str
    share: float
    priority: int


def box_kinds(on: Compiled, flow: Row) -> list[BoxKind]:
    """Kinds of the boxes of a flow, the most common first; of an empty flow the one of empty boxes.

    on : the rows of the day for which services stand
    Raises InputError where shares do not sum to 1, or two rows speak of the same boxes.
    """
    empty = flow["cargo"] == "empty_container"
    rows = [
        row for row in on.tables["box_kinds"] if holds_on(row, on.day) and (row["kind"] == _EMPTY) == empty
    ]
    country = str(on.terminals[flow["from_terminal"]]["country"])
    named = {row["kind"] for row in rows if country in (row["from_countries"] or ())}
    rows = [
        row
        for row in rows
        if country in (row["from_countries"] or ())
        or (row["from_countries"] is None and row["kind"] not in named)
    ]
    found = sorted((BoxKind(row["kind"], row["share"], row["priority"]) for row in rows), key=_order)
    where = f"box_kinds for {flow['volume_id']}, from {country} on {on.day}"
    names, total = [each.kind for each in found], sum(each.share for each in found)
    faults = []
    if len(set(names)) < len(names):
        faults.append(Fault("twice", "a kind is told twice", where, ", ".join(names), "each kind once"))
    if not math.isclose(total, 1, abs_tol=1e-9):
        faults.append(Fault("bad_shares", "shares do not sum to 1", where, f"{total:g}", "a sum of 1"))
    if faults:
        raise InputError(faults)
    return [each for each in found if each.share > 0]


def _order(each: BoxKind) -> tuple[float, str]:
    return -each.share, each.kind


def by_kind(program: Program, kinds: list[BoxKind], way: Callable[[str], None]) -> None:
    """Let a box find out which kind it is, take its priority, and go its way.

    way : adds all steps of the way, to its end; it is given a word that makes its labels its own
    A box of any kind draws what it would have drawn as one of the first kind.
    """
    if len(kinds) > 1:
        program.choose({f"{_LABEL}{each.kind}": each.share for each in kinds})
    usual: list[str] = []
    for each in kinds:
        program.label(f"{_LABEL}{each.kind}").set("priority", each.priority)
        begin = len(program.steps)
        way(each.kind)
        steps = program.steps[begin:]
        usual = usual or [step.stream for step in steps]
        program.steps[begin:] = [
            dataclasses.replace(step, stream=stream) for step, stream in zip(steps, usual, strict=True)
        ]


def kinds_of_steps(program: Program, steps: np.ndarray[Any, Any]) -> list[str]:
    """Kinds of boxes from the numbers of steps that they took, counted from 1 as visits do; empty words
    where the program knows no kinds."""
    begins = sorted((at, label) for label, at in program.labels.items() if label.startswith(_LABEL))
    firsts = [at for at, _ in begins]
    found = []
    for step in steps.tolist():
        at = bisect.bisect_right(firsts, step - 1) - 1
        found.append(begins[at][1].removeprefix(_LABEL) if at >= 0 else "")
    return found


def told_kinds(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Kinds over all flows: boxes, and days that they wait for vehicles and travel.

    Days are means over flows, each with the weight of all its boxes: the kinds' shares differ from flow to
    flow, and a kind that goes more often the shorter way would seem the quicker one.
    """
    import polars as pl

    weight = pl.col("weight")
    found = rows.with_columns(weight=pl.col("journeys").sum().over("volume_id"))
    found = found.group_by("kind", maintain_order=True).agg(
        flows=pl.len(),
        journeys=pl.col("journeys").sum(),
        wait_d=(weight * pl.col("wait_d")).sum() / weight.sum(),
        mean_d=(weight * pl.col("mean_d")).sum() / weight.sum(),
    )
    return found.sort(["journeys", "kind"], descending=[True, False]).to_dicts()
