"""When to leave: a shipment planned for every day of a month."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .errors import Fault, InputError
from .network import Network
from .plan import deadline_hours, plan_shipment
from .results import RunInfo, rounded
from .schemas import schema
from .shipment import Shipment
from .tables import to_frame

if TYPE_CHECKING:
    import polars as pl

MOST_DAYS = 366
PROMISE = 0.9
Report = Callable[[int, int, str], None]


@dataclass(frozen=True, eq=False)
class Profile:
    """A row a day and corridor, as `schema/results/profile.csv` declares."""

    question: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    run: RunInfo

    def best(self) -> dict[str, Mapping[str, Any]]:
        """The days that are best for something, by what they are best for.

        latest: with a deadline, the last day on which the cargo may be ready to keep it 9 times in 10
        """
        rows = [row for row in self.rows if row["outcome"] == "ok"]
        if not rows:
            return {}
        found = {
            "soonest": min(rows, key=lambda row: (row["available_p90_at"], row["cost_usd"])),
            # Days that differ by less than anybody could notice are alike: the first of them counts.
            "fastest": min(rows, key=lambda row: (round(row["mean_d"], 1), row["ready_at"])),
            "cheapest": min(rows, key=lambda row: (round(row["cost_usd"], -1), row["ready_at"])),
            "greenest": min(rows, key=lambda row: (round(row["kg_co2e"]), row["ready_at"])),
        }
        kept = [row for row in rows if (row["on_time_probability"] or 0.0) >= PROMISE]
        if kept:
            found["latest"] = max(kept, key=lambda row: (row["ready_at"], row["on_time_probability"]))
        return found

    def to_dict(self) -> dict[str, Any]:
        """The whole answer, for JSON."""
        return {
            "question": dict(self.question),
            "best": {name: _plain(row) for name, row in self.best().items()},
            "days": [_plain(row) for row in self.rows],
            "run": self.run.to_dict(),
        }

    def to_csv(self) -> str:
        """A line a day and corridor."""
        text = io.StringIO()
        writer = csv.DictWriter(text, schema("profile").names(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rounded(dict(row)) for row in self.rows)
        return text.getvalue()

    def to_frame(self) -> pl.DataFrame:
        """A row a day and corridor, with the declared types."""
        return to_frame("profile", self.rows)


def profile(
    network: Network,
    shipment: Shipment,
    *,
    days: int = 30,
    progress: Report | None = None,
    deadline: str | date | datetime | None = None,
    **options: Any,
) -> Profile:
    """The best route of each corridor for cargo that is ready on each of some days, at the same hour.

    days : 1 to MOST_DAYS, the first is that of the shipment
    deadline, options : as for `plan_shipment`; a deadline is an instant here, also one like 35d, which counts
        from the first day
    Raises InputError as `plan_shipment`. A day without a route is a row with its reason.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InputError(
            Fault("bad_days", f"{days} days make no profile", "--days", str(days), f"1 to {MOST_DAYS}")
        )
    wanted_h = deadline_hours(deadline, shipment.ready_at)
    due_at = None if wanted_h is None else shipment.ready_at + timedelta(hours=wanted_h)
    rows: list[dict[str, Any]] = []
    answer = None
    for day in range(days):
        if progress is not None:
            progress(day, days, "days planned")
        ready_at = shipment.ready_at + timedelta(days=day)
        own = replace(shipment, ready_at=ready_at)
        late = due_at is not None and ready_at >= due_at
        answer = plan_shipment(network, own, deadline=None if late else due_at, **options)
        rows += _rows(own, answer, late=late)
    if progress is not None:
        progress(days, days, "days planned")
    assert answer is not None
    question = {**answer.question, "ready_at": shipment.ready_at.isoformat(), "days": days}
    question["deadline_at"] = due_at.isoformat() if due_at is not None else None
    return Profile(question, rows, answer.run)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for JSON, instants as text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in rounded(dict(row)).items()
    }


def _rows(shipment: Shipment, answer: Any, *, late: bool) -> list[dict[str, Any]]:
    ready = {"ready_at": shipment.ready_at, "weekday": f"{shipment.ready_at:%a}"}
    names = [name for name in schema("profile").names() if name not in (*ready, "outcome", "reason")]
    found: dict[str, dict[str, Any]] = {}
    for route in answer.routes:
        row = {name: route.get(name) for name in names}
        for name in ("available_at", "available_p90_at"):
            row[name] = datetime.fromisoformat(row[name]) if row[name] is not None else None
        row["via"] = list(route["via"])
        if late:
            row["on_time_probability"] = 0.0
        found.setdefault(
            route["corridor"],
            {**ready, "outcome": answer.status.outcome, "reason": answer.status.reason, **row},
        )
    if found:
        return list(found.values())
    empty = dict.fromkeys(names)
    return [{**ready, "outcome": answer.status.outcome, "reason": answer.status.reason, **empty}]
