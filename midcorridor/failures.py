"""Every single failure for a shipment: each terminal and each link closed in turn."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .network import Compiled, Network
from .network.compiled import holds_on
from .plan import PlanResult, plan_shipment
from .results import rounded
from .schemas import schema
from .shipment import Shipment
from .tables import to_frame
from .words import Names, thing_names

if TYPE_CHECKING:
    import polars as pl

Row = dict[str, Any]
Route = Mapping[str, Any]
Report = Callable[[int, int, str], None]
_FIRST, _LAST = "none_left", "unused"
_MEASURED = {"time": "mean_h", "cost": "cost_usd", "carbon": "kg_co2e"}


@dataclass(frozen=True, eq=False)
class Failures:
    """What each failure would do, the worst first, as `schema/results/failures.csv` declares."""

    base: PlanResult  # with everything open
    rows: Sequence[Mapping[str, Any]]
    names: Names = field(default_factory=dict)  # of terminals, links and the like, by table and key

    def alike(self) -> list[list[Mapping[str, Any]]]:
        """The rows that change something, those with the same consequence together, the worst first.

        The consequence is the best route that is left, what it takes more, and the corridors that are lost.
        """
        same: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
        for row in self.rows:
            if not row["corridors_lost"] and row["effect"] in ("best_stays", _LAST):
                continue
            numbers = (row["mean_d_after"], row["extra_usd"], row["extra_kg_co2e"])
            same.setdefault(
                (
                    row["effect"],
                    row["corridor_after"],
                    tuple(row["via_after"]),
                    *(None if value is None else round(value, 3) for value in numbers),
                    tuple(row["corridors_lost"]),
                ),
                [],
            ).append(row)
        return list(same.values())

    def to_dict(self) -> dict[str, Any]:
        """The whole answer, for JSON."""
        return {
            "question": dict(self.base.question),
            "status": self.base.status.to_dict(),
            "failures": [dict(row) for row in self.rows],
            "run": self.base.run.to_dict(),
        }

    def to_csv(self) -> str:
        """A line a failure, lists joined with a semicolon."""
        names = schema("failures").names()
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names)
        for row in self.rows:
            writer.writerow([";".join(v) if isinstance(v := row[name], list) else v for name in names])
        return text.getvalue()

    def to_frame(self) -> pl.DataFrame:
        """A row a failure, with the declared types."""
        return to_frame("failures", self.rows)


def failures(
    network: Network,
    shipment: Shipment,
    *,
    every: bool = False,
    progress: Report | None = None,
    **options: Any,
) -> Failures:
    """What the shipment loses when one terminal or one link is closed, each in turn, the worst first.

    every : also list the terminals and links of the network that no route shown touches
    progress : function of (done, total, text)
    options : as for `plan_shipment`
    Only what a route found touches is closed and planned again: without anything else each of these
    routes is still there, and there are none that were not there before. Ranked by whether a route is
    left, then by how much worse the best one is in what it was chosen by (for balanced, price x hours^r
    as in docs/model.md), then by how many corridors are lost.
    Raises what `plan_shipment` raises. Without any route there is nothing to lose, and no rows.
    """
    options.pop("compare", None)
    avoid = tuple(options.pop("avoid", ()))
    by = options.get("by", "balanced")
    base = plan_shipment(network, shipment, avoid=avoid, compare=True, **options)
    if not base.routes:
        return Failures(base, [])
    compiled = network.on(shipment.ready_at.date())
    used = touched(base.routes)
    worth = _worth(compiled) if by == "balanced" else 0.0
    rows = []
    for number, (kind, thing) in enumerate(used):
        if progress is not None:
            progress(number, len(used), f"without {thing}")
        after = plan_shipment(network, shipment, avoid=(*avoid, thing), compare=True, **options)
        rows.append(_row(kind, thing, compiled, base.routes, after.routes, by, worth))
    if progress is not None:
        progress(len(used), len(used), "every single failure")
    if every:
        known = (
            *(("terminal", each) for each in compiled.terminals),
            *(("link", each) for each in compiled.links),
        )
        for kind, thing in known:
            if (kind, thing) not in used:
                row = _row(kind, thing, compiled, base.routes, base.routes, by, worth)
                rows.append(row | {"effect": _LAST})
    rows.sort(key=_harm)
    ranked = [rounded({"rank": rank, **row}) for rank, row in enumerate(rows, 1)]
    return Failures(base, ranked, thing_names(compiled.tables))


def touched(routes: Iterable[Route]) -> list[tuple[str, str]]:
    """Kind and id of each terminal and link that routes touch, in the order of travel."""
    found: dict[tuple[str, str], None] = {}
    for route in routes:
        for part in sorted((*route["legs"], *route["transfers"]), key=lambda part: int(part["seq"])):
            places = part.get("path", [part.get("terminal_id")])
            found.update(
                {("terminal", each): None for each in places if each not in ("origin", "destination")}
            )
            found.update({("link", each): None for each in part.get("link_ids", ())})
    return list(found)


def _row(
    kind: str,
    thing: str,
    compiled: Compiled,
    before: Sequence[Route],
    after: Sequence[Route],
    by: str,
    worth: float,
) -> Row:
    best = before[0]
    other = after[0] if after else None
    left = {route["corridor"] for route in after}
    row: Row = {
        "kind": kind,
        "id": thing,
        "name": _name(kind, thing, compiled),
        "effect": _FIRST,
        "corridor_before": best["corridor"],
        "corridor_after": None,
        "mean_d_before": best["mean_d"],
        "mean_d_after": None,
        "extra_d": None,
        "extra_usd": None,
        "extra_kg_co2e": None,
        "worse_by": None,
        "corridors_lost": list(dict.fromkeys(r["corridor"] for r in before if r["corridor"] not in left)),
        "via_after": [],
    }
    if other is None:
        return row
    worse_by = _measure(other, by, worth) / _measure(best, by, worth) - 1
    return row | {
        "effect": "best_lost" if (kind, thing) in touched([best]) else "best_stays",
        "corridor_after": other["corridor"],
        "mean_d_after": other["mean_d"],
        "extra_d": other["mean_d"] - best["mean_d"],
        "extra_usd": other["cost_usd"] - best["cost_usd"],
        "extra_kg_co2e": other["kg_co2e"] - best["kg_co2e"],
        "worse_by": worse_by,
        "via_after": list(other["via"]),
    }


def _harm(row: Row) -> tuple[Any, ...]:
    return (
        (row["effect"] != _FIRST) + (row["effect"] == _LAST),
        -round(row["worse_by"] or 0.0, 9),
        -len(row["corridors_lost"]),
        row["kind"] == "link",
        row["id"],
    )


def _measure(route: Route, by: str, worth: float) -> float:
    if by == "balanced":
        return float(route["cost_usd"] * route["mean_h"] ** worth)
    return float(route[_MEASURED[by]])


def _worth(compiled: Compiled) -> float:
    """How many per cent of the price one per cent of the hours is worth."""
    rows = [row for row in compiled.tables["unit_costs"] if row["item"] == "time_cost_tradeoff"]
    return float(next(row["value"] for row in rows if row["in_model"] and holds_on(row, compiled.day)))


def _name(kind: str, thing: str, compiled: Compiled) -> str:
    if kind == "terminal":
        return str(compiled.terminals[thing]["name"])
    link = compiled.links[thing]
    ends = (compiled.terminals[link[side]]["name"] for side in ("from_terminal", "to_terminal"))
    return " - ".join(ends)
