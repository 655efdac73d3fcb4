"""From ways to an answer: routes, legs, transfers, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..costs import time_value_usd, with_margin_usd
from ..results import RunInfo, Status, events_csv, rounded
from ..tables import Tables
from .access import End
from .moves import Edge, Part, corridor_of
from .question import Question, Way

if TYPE_CHECKING:
    import polars as pl

_RUNS = ("run", "truck")
_CONFIDENCE = ("low", "medium", "high")
ROUTE_IDS = "ABCDEFGHIJ"


@dataclass(frozen=True, eq=False)
class PlanResult:
    """Routes for a shipment, the best of each corridor first to last.

    routes, legs, transfers hold plain rows whose fields `schema/results/*.csv` declare.
    """

    question: Mapping[str, Any]
    status: Status
    routes: Sequence[Mapping[str, Any]]
    sources: Sequence[Mapping[str, Any]]
    run: RunInfo

    def to_dict(self) -> dict[str, Any]:
        """The whole answer, for JSON."""
        return {
            "question": dict(self.question),
            "status": self.status.to_dict(),
            "routes": [rounded(route) for route in self.routes],
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
        """The price of a route line by line, each with the table and row that it stands in.

        Raises KeyError for a route that is not there.
        """
        for route in self.routes:
            if route["route_id"] == route_id:
                return [
                    {"seq": part["seq"], "kind": part.get("kind", part.get("mode")), **line}
                    for part in sorted((*route["legs"], *route["transfers"]), key=lambda p: p["seq"])
                    for line in part["lines"]
                ]
        raise KeyError(route_id)


class Decoder:
    """Turns one way into a route and counts the rows that it rests on."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._terminals = question.compiled.terminals
        self.used: Counter[tuple[str, str]] = Counter()

    def route(self, way: Way) -> dict[str, Any]:
        """A route with legs and transfers whose hours, dollars and kilograms sum to its own."""
        events = self._events(way)
        legs: list[dict[str, Any]] = []
        transfers: list[dict[str, Any]] = []
        for seq, event in enumerate(events, 1):
            event["seq"] = seq
            (legs if "mode" in event else transfers).append(event)
        route: dict[str, Any] = {
            "route_id": "",
            "corridor": corridor_of(way.flags),
            "mean_h": sum(event["mean_h"] for event in events),
            "mean_d": sum(event["mean_h"] for event in events) / 24,
            "cost_usd": sum(event["cost_usd"] for event in events),
            "cost_usd_per_box": sum(event["cost_usd"] for event in events) / self._question.shipment.boxes,
            "kg_co2e": sum(event["kg_co2e"] for event in events),
            "km": sum(leg["km"] for leg in legs),
            "moving_h": sum(leg["mean_h"] for leg in legs),
            "waiting_h": sum(transfer["mean_h"] for transfer in transfers),
        }
        shipment = self._question.shipment
        route["time_value_usd"] = time_value_usd(
            shipment.value_usd,
            route["mean_h"],
            shipment.value_of_time_usd_per_h * 24 / shipment.value_usd,
        )
        route["countries"] = self._countries(legs)
        route["via"] = self._via(transfers)
        route["gauge_changes"] = sum(1 for t in transfers if t["kind"] == "gauge_change")
        permits = self._question.permits(way)
        for row in permits:
            self.used["embargoes", row["embargo_id"]] += 1
        route["permits"] = [row["embargo_id"] for row in permits]
        route["legs"], route["transfers"] = legs, transfers
        return route

    def _events(self, way: Way) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        leg: dict[str, Any] | None = None
        fares: list[Part] = []
        place = self._end_place(self._question.origin, "origin")
        clock_h = 0.0
        for edge in way.edges:
            if edge.boards:
                leg = None
            extra_h = self._question.edge_hours(edge) - sum(part.hours for part in edge.parts)
            for part in edge.parts:
                if part.kind == "fare":
                    fares.append(part)
                    continue
                if part.kind not in _RUNS:
                    if part.kind not in ("border", "halt"):
                        leg = None
                    event = self._transfer(part, extra_h if edge.boards else 0.0)
                    event["start_h"] = clock_h
                    clock_h += event["mean_h"]
                    events.append(event)
                    if edge.boards:
                        extra_h = 0.0
                    continue
                ends = self._part_ends(edge, part, place)
                if leg is None or leg["service_id"] != edge.service_id:
                    leg = self._new_leg(edge, ends[0])
                    leg["start_h"] = clock_h
                    events.append(leg)
                    for fare in fares:
                        leg["cost_usd"] += self._question.part_usd(fare, 0.0)
                        leg["lines"].extend(self._lines(fare, 0.0))
                    fares = []
                self._extend(leg, part, ends[1], clock_h)
                clock_h += part.hours
                place = ends[1]
            if edge.boards:
                place = self._terminal_place(edge.parts[0].terminal_id)
        return events

    def _part_ends(
        self, edge: Edge, part: Part, place: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        if part.kind == "run":
            return place, self._terminal_place(part.terminal_id)
        if edge.head == self._question.target:
            return place, self._end_place(self._question.destination, "destination")
        return place, self._terminal_place(part.terminal_id)

    def _terminal_place(self, terminal_id: str) -> dict[str, Any]:
        row = self._terminals[terminal_id]
        return {
            "id": terminal_id,
            "name": row["name"],
            "country": row["country"],
            "lat": row["lat"],
            "lon": row["lon"],
        }

    def _end_place(self, end: End, role: str) -> dict[str, Any]:
        if end.terminal_id is not None:
            return self._terminal_place(end.terminal_id)
        return {"id": role, "name": end.name, "country": end.country, "lat": end.lat, "lon": end.lon}

    def _new_leg(self, edge: Edge, start: dict[str, Any]) -> dict[str, Any]:
        service = self._question.compiled.services.get(edge.service_id)
        return {
            "seq": 0,
            "from_id": start["id"],
            "from_name": start["name"],
            "from_country": start["country"],
            "to_id": "",
            "to_name": "",
            "to_country": "",
            "mode": edge.mode,
            "service_id": edge.service_id,
            "service_name": service["name"] if service is not None else "",
            "gauge_mm": None,
            "start_h": 0.0,
            "mean_h": 0.0,
            "runs": [],
            "cost_usd": 0.0,
            "kg_co2e": 0.0,
            "km": 0.0,
            "path": [start["id"]],
            "link_ids": [],
            "passages": [],
            "lines": [],
            "points": [[start["lat"], start["lon"]]],
        }

    def _extend(self, leg: dict[str, Any], part: Part, end: dict[str, Any], clock_h: float) -> None:
        question = self._question
        if leg["runs"] and abs(sum(leg["runs"][-1]) - clock_h) < 1e-9:
            leg["runs"][-1][1] += part.hours
        else:
            leg["runs"].append([clock_h, part.hours])
        leg["to_id"], leg["to_name"], leg["to_country"] = end["id"], end["name"], end["country"]
        leg["mean_h"] += part.hours
        leg["cost_usd"] += question.part_usd(part, part.hours)
        leg["kg_co2e"] += question.part_kg(part)
        leg["km"] += part.km
        leg["path"].append(end["id"])
        leg["points"].append([end["lat"], end["lon"]])
        if part.link_id:
            leg["link_ids"].append(part.link_id)
            link = question.compiled.links[part.link_id]
            leg["gauge_mm"] = link["gauge_mm"]
            leg["passages"] += [word for word in link["passages"] or () if word not in leg["passages"]]
        leg["lines"].extend(self._lines(part, part.hours))
        self._note(part)

    def _transfer(self, part: Part, extra_h: float) -> dict[str, Any]:
        question = self._question
        hours = part.hours + extra_h
        self._note(part)
        if part.terminal_id in self._terminals:
            where = self._terminal_place(part.terminal_id)
        else:
            where = self._end_place(question.origin, "origin")
        return {
            "seq": 0,
            "terminal_id": where["id"],
            "terminal_name": where["name"],
            "country": where["country"],
            "kind": part.kind,
            "start_h": 0.0,
            "mean_h": hours,
            "handling_h": part.handling_h,
            "wait_h": part.wait_h + extra_h,
            "closure_h": part.closure_h,
            "cost_usd": question.part_usd(part, hours),
            "kg_co2e": question.part_kg(part),
            "note": part.note,
            "lines": self._lines(part, hours),
        }

    def _lines(self, part: Part, hours: float) -> list[dict[str, Any]]:
        """Lines of a part for the whole shipment; they sum to the part's cost."""
        question = self._question
        boxes = question.shipment.price_feu
        lines: list[dict[str, Any]] = [
            {"item": line.item, "usd": line.usd_per_feu * boxes, "table": line.table, "key": line.key}
            for line in part.lines
        ]
        freight = part.usd_per_feu * boxes
        margin = with_margin_usd(freight, question.margin.value) - freight
        if margin:
            lines.append(
                {
                    "item": "forwarder_margin",
                    "usd": margin,
                    "table": "unit_costs",
                    "key": question.margin.cost_id,
                }
            )
        hire = question.hire_of(hours)
        if hire:
            lines.append(
                {"item": "container_hire", "usd": hire, "table": "unit_costs", "key": question.hire.cost_id}
            )
        for line in lines:
            self.used[line["table"], line["key"]] += 1
        return lines

    def _note(self, part: Part) -> None:
        for row in part.rows:
            self.used[row] += 1

    def _countries(self, legs: Sequence[Mapping[str, Any]]) -> list[str]:
        countries: list[str] = []
        for leg in legs:
            for place in leg["path"]:
                row = self._terminals.get(place)
                code = (
                    row["country"]
                    if row is not None
                    else leg["from_country"]
                    if place == leg["from_id"]
                    else leg["to_country"]
                )
                if code and (not countries or countries[-1] != code):
                    countries.append(code)
        return countries

    def _via(self, transfers: Sequence[Mapping[str, Any]]) -> list[str]:
        """Terminals where the boxes change vehicle or gauge, those at the gates of the ends left out."""
        changes = [t["terminal_id"] for t in transfers if t["kind"] not in ("border", "halt")]
        inner = changes[1:-1] if transfers and transfers[-1]["kind"] == "discharge" else changes[1:]
        return list(dict.fromkeys(inner))


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
