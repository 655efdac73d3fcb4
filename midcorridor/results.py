"""What every answer carries: how it ended, and how it was made."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .said import parts_of


@dataclass(frozen=True, slots=True)
class Status:
    """How a question ended. An empty answer is an answer, with its reason."""

    outcome: str  # ok or none
    reason: str  # optimal; limits, blocked, too_long (see blocked_by), only_detours, no_connection
    blocked_by: tuple[str, ...] = ()  # what would have to give
    notes: tuple[str, ...] = ()  # what the answer leaves out
    closed: Mapping[str, str] = field(default_factory=dict)  # why corridors that have no route have none

    def to_dict(self) -> dict[str, Any]:
        """For JSON; said: code and args of each of its sentences."""
        told = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}
        sentences = (*self.blocked_by, *self.notes, *self.closed.values())
        return told | {"said": rounded(parts_of(sentences))}


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What one needs to ask again and get the same."""

    version: str
    scenario: str
    network_digest: str
    options: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


# Columns of an answer's events in one file, in reading order; units are in the names.
_EVENT_COLUMNS = (
    "route_id", "corridor", "seq", "part", "kind", "from_id", "from_name", "to_id", "to_name", "mode",
    "service_id", "service_name", "operator", "gauge_mm", "booking", "loads", "fill_share",
    "gross_t_per_box", "clearance", "departs", "cutoff_at", "etd_at", "eta_at", "start_h", "km", "mean_h",
    "p50_h", "p90_h", "handling_h", "wait_h", "closure_h", "cost_usd", "kg_co2e", "note",
)  # fmt: skip


def events_csv(routes: Iterable[Mapping[str, Any]]) -> str:
    """Legs and transfers of routes in the order of travel, one line each.

    A transfer stands at one place, which is in from_id and to_id alike; what a part does not have is
    empty. Boxes on several departures are separated by ; as in the tables.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _EVENT_COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for route in routes:
        for event in sorted((*route["legs"], *route["transfers"]), key=lambda event: int(event["seq"])):
            row = {"route_id": route["route_id"], "corridor": route["corridor"], **rounded(dict(event))}
            if "terminal_id" in event:
                row |= {f"{side}_id": event["terminal_id"] for side in ("from", "to")}
                row |= {f"{side}_name": event["terminal_name"] for side in ("from", "to")}
            row["part"] = "transfer" if "terminal_id" in event else "leg"
            row |= {name: ";".join(map(str, cell)) for name, cell in row.items() if name == "loads"}
            writer.writerow(row)
    return text.getvalue()


def rounded(value: Any, digits: int = 6) -> Any:
    """Numbers of an answer without the noise of binary fractions; NaN and inf never pass."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no place in an answer")
        return round(value, digits)
    if isinstance(value, dict):
        return {name: rounded(item, digits) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item, digits) for item in value]
    return value
