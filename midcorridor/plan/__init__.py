"""Routes for a shipment: the best of each corridor, with every leg and transfer."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from .. import __version__, places
from ..errors import Fault, InputError, PlaceError
from ..network import Compiled, Network
from ..results import RunInfo, Status
from ..shipment import Shipment, make_shipment, parse_day
from .access import (
    Access,
    End,
    Roads,
    accesses,
    countries_passed,
    country_at,
    great_circle_km,
    inside_one_union,
)
from .answer import ROUTE_IDS, PlanResult, sources_of, weakest_confidence
from .choice import OBJECTIVES, best_by_corridor, sensible
from .moves import DRAYAGE_KM, LONG_ROAD
from .question import TIME, Question, avoid_tags, closed_by_tables, with_blockers

__all__ = ["PlanResult", "find_end", "plan", "plan_shipment"]


def plan(
    network: Network,
    origin: str,
    destination: str,
    *,
    containers: str = "1x40HC",
    commodity: str | None = None,
    at: str | date | datetime | None = None,
    tonnes_per_box: float | None = None,
    by: str = "balanced",
    avoid: Iterable[str] = (),
    compare: bool = False,
    trucks: bool = False,
) -> PlanResult:
    """The best route of each corridor for a shipment, by mean hours, dollars and kg CO2e.

    origin, destination : any text that names a place or a terminal
    at : when the cargo is ready, UTC; the network is the one of that day
    by : balanced (one per cent of the hours is worth time_cost_tradeoff per cent of the price: see
        docs/model.md), time, cost or carbon
    avoid : country codes, terminal, link or service ids, passages or modes not to touch
    trucks : also by road over frontiers and long distances, not only at the ends
    compare : also show corridors whose best route another beats by half in every respect
    Raises InputError, PlaceError naming what is wrong with the question. No route is an answer:
    status.outcome is none and status.blocked_by says what would have to give.
    """
    ready_at = parse_day(at)
    shipment = make_shipment(
        network.on(ready_at.date()).tables,
        origin,
        destination,
        containers=containers,
        commodity=commodity,
        ready_at=ready_at,
        tonnes_per_box=tonnes_per_box,
    )
    return plan_shipment(network, shipment, by=by, avoid=avoid, compare=compare, trucks=trucks)


def plan_shipment(
    network: Network,
    shipment: Shipment,
    *,
    by: str = "balanced",
    avoid: Iterable[str] = (),
    compare: bool = False,
    trucks: bool = False,
    roads: Roads | None = None,
) -> PlanResult:
    """As `plan`, for a shipment that is made already."""
    started = time.perf_counter()
    if by not in OBJECTIVES:
        raise InputError(Fault("bad_objective", f"{by!r} is no objective", "--by", by, ", ".join(OBJECTIVES)))
    avoid = tuple(avoid)
    compiled = network.on(shipment.ready_at.date())
    ends = [
        find_end(compiled, text, option)
        for text, option in ((shipment.origin, "origin"), (shipment.destination, "destination"))
    ]
    _refuse_same(ends[0], ends[1])
    if roads is None and any(end.terminal_id is None for end in ends):
        from ..basemap import router

        roads = router("road")
    reach_km = math.inf if trucks else DRAYAGE_KM
    question = Question(
        compiled,
        shipment,
        ends[0],
        ends[1],
        accesses(compiled, ends[0], roads, drayage_km=reach_km),
        accesses(compiled, ends[1], roads, drayage_km=reach_km),
        direct=_direct(compiled, ends[0], ends[1], roads),
    )
    blocked = closed_by_tables(compiled, compiled.tables.by_key("commodities")[shipment.commodity_id])
    blocked.update(avoid_tags(compiled, avoid))
    if not trucks:
        blocked[LONG_ROAD] = "boxes go by truck over frontiers or far only with --trucks"
    found = best_by_corridor(question, by, blocked)
    routes = [choice.route for choice in found]
    routes = routes if compare else sensible(routes)
    used: Counter[tuple[str, str]] = Counter()
    for route_id, choice in zip(ROUTE_IDS, (c for c in found if c.route in routes), strict=False):
        choice.route["route_id"] = route_id
        choice.route["confidence"] = weakest_confidence(compiled.tables, choice.used)
        used.update(choice.used)
    run = RunInfo(
        __version__,
        network.scenario,
        network.digest(),
        {"by": by, "avoid": list(avoid), "compare": compare, "trucks": trucks},
        round(time.perf_counter() - started, 4),
    )
    return PlanResult(
        _understood(shipment, *ends),
        _status(question, blocked, bool(routes)),
        routes,
        sources_of(compiled.tables, used),
        run,
    )


def _status(question: Question, blocked: dict[str, str], found: bool) -> Status:
    notes = tuple(question.left_out)
    if found:
        return Status("ok", "optimal", notes=notes)
    if question.any_ways(question.weights(TIME, blocked)):
        # Ways exist, but each comes back to where it was or strays: see choice.best_by_corridor.
        return Status("none", "only_detours", notes=notes)
    free = question.ways(question.weights(TIME, {})) or question.any_ways(question.weights(TIME, {}))
    if free:
        return Status("none", "blocked", tuple(with_blockers(free, blocked)), notes)
    return Status("none", "no_connection", notes=notes)


def find_end(compiled: Compiled, text: str, option: str) -> End:
    """An end of a shipment from any text. A terminal id is that terminal and no other.

    Raises PlaceError, also for a terminal that is not open on the day or lifts no boxes.
    """
    row = compiled.tables.by_key("terminals").get(text.strip().lower())
    if row is None:
        place = places.resolve(text, terminals=compiled.tables["terminals"])
        if place.kind != "terminal" or place.terminal_id is None:
            return End(place.name, place.lat, place.lon, place.country or country_at(place.lat, place.lon))
        row = compiled.tables.by_key("terminals")[place.terminal_id]
    terminal_id = row["terminal_id"]
    if terminal_id not in compiled.terminals:
        raise PlaceError(
            Fault(
                "terminal_not_open",
                f"{terminal_id!r} is {row['status']} and not open on {compiled.day}",
                option,
                text,
                "a terminal that is open on the day of departure",
            )
        )
    if not compiled.handles_boxes(terminal_id):
        raise PlaceError(
            Fault(
                "no_boxes_handled",
                f"no boxes are lifted at {terminal_id!r} ({', '.join(row['kinds'])})",
                option,
                text,
                "a seaport, a rail terminal or a dry port",
                f"For the town, give its name, such as {row['name'].split(' (')[0]!r}",
            )
        )
    return End(row["name"], row["lat"], row["lon"], row["country"], terminal_id)


def _refuse_same(origin: End, destination: End) -> None:
    if great_circle_km((origin.lat, origin.lon), (destination.lat, destination.lon)) < 1.0:
        raise InputError(
            Fault(
                "same_place",
                f"origin and destination are the same place, {origin.name}",
                "origin, destination",
                destination.name,
                "two places more than 1 km apart",
            )
        )


def _direct(compiled: Compiled, origin: End, destination: End, roads: Roads | None) -> Access | None:
    """The truck all the way, where no customs frontier lies between; else None."""
    if roads is None or not compiled.same_customs_union(origin.country, destination.country):
        return None
    start, end = (origin.lat, origin.lon), (destination.lat, destination.lon)
    km = float(roads.table([start], [end])[0][0])
    if not math.isfinite(km):
        return None
    passed = (origin.country, *countries_passed(roads, start, end), destination.country)
    if not inside_one_union(compiled, passed):
        return None
    return Access("", km, False, tuple(dict.fromkeys(code for code in passed if code)))


def _understood(shipment: Shipment, origin: End, destination: End) -> dict[str, Any]:
    def end(text: str, found: End) -> dict[str, Any]:
        return {"given": text, **asdict(found)}

    return {
        "origin": end(shipment.origin, origin),
        "destination": end(shipment.destination, destination),
        "boxes": shipment.boxes,
        "container_type": shipment.container_type,
        "teu": shipment.teu,
        "commodity_id": shipment.commodity_id,
        "cargo_t": round(shipment.cargo_t, 3),
        "value_usd": round(shipment.value_usd, 2),
        "ready_at": shipment.ready_at.isoformat(),
    }
