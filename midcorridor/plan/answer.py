"""From ways to an answer: routes, legs, transfers, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..results import RunInfo, Status, events_csv, rounded
from ..said import parts_of
from ..tables import Tables
from .question import Way

if TYPE_CHECKING:
    import polars as pl

_CONFIDENCE = ("low", "medium", "high")
ROUTE_IDS = "ABCDEFGHIJKLMNOP"


@dataclass(frozen=True, eq=False)
class PlanResult:
    """Routes for a shipment, the best of each corridor first to last.

    routes, legs, transfers hold plain rows whose fields `schema/results/*.csv` declare; frontier has a row
    a Pareto-optimal way, shown or not, as the search counted it.
    """

    question: Mapping[str, Any]
    status: Status
    routes: Sequence[Mapping[str, Any]]
    frontier: Sequence[Mapping[str, Any]]
    checks: Sequence[Mapping[str, Any]]  # what the answer found when it tried itself
    figures: Mapping[str, Mapping[str, Any]]  # the row behind each quotation line, by "table key"
    sources: Sequence[Mapping[str, Any]]
    run: RunInfo

    def to_dict(self) -> dict[str, Any]:
        """The whole answer, for JSON."""
        status = self.status.to_dict()
        status["said"] |= parts_of(check["check"] for check in self.checks)
        return {
            "question": dict(self.question),
            "status": status,
            "routes": [rounded({**route, "said": _said(route)}) for route in self.routes],
            "frontier": [rounded(point) for point in self.frontier],
            "checks": [dict(check) for check in self.checks],
            "figures": {name: dict(figure) for name, figure in self.figures.items()},
            "sources": [dict(source) for source in self.sources],
            "run": self.run.to_dict(),
        }

    def to_geojson(self) -> dict[str, Any]:
        """A feature a leg along its track, a point a transfer; longitude first."""
        from ..geo import plan_geojson

        return plan_geojson(self.to_dict())

    def to_csv(self) -> str:
        """Legs and transfers of every route in the order of travel, one line each."""
        return events_csv(self.routes)

    def to_frame(self, what: str = "routes") -> pl.DataFrame:
        """Routes, legs or transfers as a frame, a row each; parts carry their route_id."""
        import polars as pl

        if what not in ("routes", "legs", "transfers"):
            raise ValueError(f"what is one of routes, legs, transfers, not {what!r}")
        if what == "routes":
            rows = [
                {name: value for name, value in route.items() if name not in ("legs", "transfers", "lines")}
                for route in self.routes
            ]
        else:
            rows = [
                {"route_id": route["route_id"], **{k: v for k, v in part.items() if k != "lines"}}
                for route in self.routes
                for part in route[what]
            ]
        return pl.DataFrame(rows, infer_schema_length=None)

    def explain(self, route_id: str) -> list[dict[str, Any]]:
        """The price of a route line by line, each with its figure, how much of it, and its source.

        quantity : how much of the figure the line holds, such as box-kilometres of a tariff per
            kilometre; None where the line is no multiple of a figure
        Raises KeyError for a route that is not there.
        """
        for route in self.routes:
            if route["route_id"] == route_id:
                merged: dict[tuple[Any, ...], dict[str, Any]] = {}
                for part in sorted((*route["legs"], *route["transfers"]), key=lambda p: p["seq"]):
                    for line in part["lines"]:
                        name = (part["seq"], line["item"], line["table"], line["key"])
                        told = merged.setdefault(name, {**line, "usd": 0.0})
                        told["usd"] += line["usd"]
                        told |= {"seq": part["seq"], "kind": part.get("kind", part.get("mode"))}
                return [
                    {
                        **line,
                        **self.figures[f"{line['table']} {line['key']}"],
                        "quantity": self._quantity(line),
                    }
                    for line in merged.values()
                ]
        raise KeyError(route_id)

    def _quantity(self, line: Mapping[str, Any]) -> float | None:
        figure = self.figures[f"{line['table']} {line['key']}"]
        if not figure["value"] or figure["unit"] == "1":
            return None
        return float(line["usd"] / figure["value"] / (figure.get("factor") or 1.0))


def _said(route: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return parts_of((*route["explained"], *route["not_included"]))


def frontier_of(ways: Sequence[Way], shown: Mapping[int, str]) -> list[dict[str, Any]]:
    """Every way that no other of its corridor beats, fastest first.

    shown : route by id() of the way
    """
    return [
        {
            "corridor": way.corridor,
            "mean_h": way.hours,
            "cost_usd": way.usd,
            "kg_co2e": way.kg_co2e,
            "sd_h": way.sd_h,
            "route_id": shown.get(id(way), ""),
        }
        for way in sorted(ways, key=lambda way: (way.hours, way.usd))
    ]


def sources_of(tables: Tables, used: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """The sources of the rows used, most used first."""
    uses: Counter[str] = Counter()
    for (table, key), count in used.items():
        row = tables.by_key(table)[key]
        for source_id in row.get("source") or ():
            uses[source_id] += count
    known = tables.by_key("sources")
    own = {"title": "The user's own table", "publisher": "user", "date": None, "url": None}
    return [
        {
            "source_id": source_id,
            **{name: known.get(source_id, own)[name] for name in ("title", "publisher", "date", "url")},
            "uses": count,
        }
        for source_id, count in sorted(uses.items(), key=lambda item: (-item[1], item[0]))
    ]


def weakest_confidence(tables: Tables, used: Mapping[tuple[str, str], int]) -> str:
    """The weakest confidence among the rows used."""
    found = {tables.by_key(table)[key].get("confidence") for table, key in used}
    return next(word for word in (*_CONFIDENCE, "high") if word in found or word == "high")
