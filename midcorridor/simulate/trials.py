"""What else was asked of a year, for JSON: the ranking of what holds it up, and events beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..said import parts_of
from .disrupted import Lab
from .tried import Tried
from .worth import Gains

if TYPE_CHECKING:
    import polars as pl

_SERIES = ("base", "inside", "usual")


def further(found: Gains | None, disrupted: Lab | None, tried: Tried | None = None) -> dict[str, Any]:
    """The parts of an answer that were asked for beside the year itself.

    bottlenecks, levers_left_out : rows of `gains` and `levers_left_out`, with their reasons sentence by
        sentence and in parts, what each lever is moved at, and whether it is but a bound
    events, event_days, event_notes : rows of `recoveries`; the days of `event_days` as lists from `from` on;
        what cannot be told of an event
    policies : rows of `policy_gains`
    """
    told: dict[str, Any] = {}
    if found is not None:
        told["bottlenecks"] = [_with_lever(row, found) for row in _rows(found.ranking)]
        told["levers_left_out"] = [_with_lever(row, found) for row in _rows(found.left_out)]
    if disrupted is not None:
        told["events"] = _rows(disrupted.events)
        told["event_days"] = _days(disrupted)
        told["event_notes"] = list(disrupted.notes)
    if tried is not None:
        told["policies"] = _rows(tried.policies)
    return told


def _with_lever(row: dict[str, Any], found: Gains) -> dict[str, Any]:
    lever, reasons = found.levers[row["lever"]], found.reasons[row["lever"]]
    about = {"kind": lever.kind, "changes_table": lever.table, "called": lever.called, "bound": lever.bound}
    return row | about | {"reasons": [str(each) for each in reasons], "said": parts_of(reasons)}


def _days(disrupted: Lab) -> list[dict[str, Any]]:
    told = []
    groups = disrupted.days.group_by("event", "cargo", maintain_order=True)
    for (event, cargo), part in groups:
        lines = {name: [None if each is None else round(each, 1) for each in part[name]] for name in _SERIES}
        if lines["usual"] and lines["usual"][0] is None:
            lines["usual"] = []  # too few replications to know
        told.append({"event": event, "cargo": cargo, "from": part["day"][0].isoformat(), **lines})
    return told


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(frame.write_json())
    return rows
