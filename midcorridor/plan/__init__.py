"""Routes for a shipment: the best of each corridor, with every leg and transfer."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from .. import __version__, places
from ..booking import check_booking, check_equipment
from ..clearance import embargo_hits, goods_of, limit_hits
from ..errors import Fault, InputError, PlaceError
from ..network import Compiled, Network
from ..network.compiled import in_turn
from ..results import RunInfo
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
from .answer import ROUTE_IDS, PlanResult, frontier_of, sources_of, weakest_confidence
from .bans import avoided, named_tags, refusals, total_closures
from .calendar import HORIZON_H, TAIL_H
from .choice import MOST_ROUTES, Aim, best_by_corridor, check_aim, others, sensible
from .explain import checked, figures_of, reasons, rests_on
from .moves import DRAYAGE_KM
from .question import Question, Way
from .request import MOST_PASSES, deadline_hours, make_limits, remarks
from .searching import Search, Shown

__all__ = ["PlanResult", "deadline_hours", "find_end", "plan", "plan_shipment"]


def plan(
    network: Network,
    origin: str,
    destination: str,
    *,
    containers: str = "1x40HC",
    commodity: str | None = None,
    at: str | date | datetime | None = None,
    tonnes_per_box: float | None = None,
    hs_code: str | None = None,
    un_number: str | None = None,
    **options: Any,
) -> PlanResult:
    """The best routes for a shipment by mean hours, dollars, kg CO2e and the spread of the arrival.

    origin, destination : any text that names a place or a terminal
    at : when the cargo is ready, UTC
    hs_code, un_number : what is in the boxes, more closely than the commodity says
    options : as for `plan_shipment`
    Raises InputError, PlaceError naming what is wrong with the question. No route is an answer:
    status.outcome is none and status.blocked_by says what would have to give.
    """
    ready_at = parse_day(at)
    shipment = make_shipment(
        network.tables_on(ready_at.date()),
        origin,
        destination,
        containers=containers,
        commodity=commodity,
        ready_at=ready_at,
        tonnes_per_box=tonnes_per_box,
        hs_code=hs_code,
        un_number=un_number,
    )
    return plan_shipment(network, shipment, **options)


def plan_shipment(
    network: Network,
    shipment: Shipment,
    *,
    by: str = "balanced",
    sure: float | None = None,
    deadline: str | date | datetime | timedelta | None = None,
    booking: str | None = None,
    equipment: str = "coc",
    avoid: Iterable[str] = (),
    via: Iterable[str] = (),
    max_days: float | None = None,
    max_usd: float | None = None,
    max_kg_co2e: float | None = None,
    compare: bool = False,
    trucks: bool = False,
    roads: Roads | None = None,
) -> PlanResult:
    """The best route of each corridor, then others that differ and save much of something.

    by : balanced (one per cent of the hours is worth time_cost_tradeoff per cent of the price: see
        docs/model.md), time, cost or carbon
    sure : per cent; the best is then the route whose date can be promised earliest with this chance
    deadline : when the last box must be available: a date or instant, or a time after cargo ready such as
        35d; routes then tell the chance to keep it
    booking : block, group or single; None takes what is cheapest of what a service accepts
    equipment : coc, a carrier's box; soc, the shipper's own; lease, leased one way
    avoid, via : country codes, terminal, link or service ids, operators, passages or modes not to touch,
        and at most three of them to touch
    max_days, max_usd, max_kg_co2e : most that a route may take in the mean, USD and kg for the whole shipment
    trucks : also by road over frontiers and long distances, not only at the ends
    compare : also show corridors whose best route another beats by half in every respect
    """
    started = time.perf_counter()
    aim = Aim(by, sure)
    check_aim(aim)
    check_booking(booking)
    check_equipment(equipment)
    avoid, via = tuple(avoid), tuple(via)
    deadline_h = deadline_hours(deadline, shipment.ready_at)
    limits = make_limits(max_days, max_usd, max_kg_co2e)
    day = shipment.ready_at.date()
    compiled = network.between(day, day + timedelta(hours=HORIZON_H + TAIL_H))
    ends = [
        find_end(compiled, text, option, day)
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
        direct=compiled.lately(("direct", *ends, roads), lambda: _direct(compiled, ends[0], ends[1], roads)),
        booking=booking,
        whose=equipment,
    )
    goods = goods_of(compiled.tables, shipment, ends[0].country or None, ends[1].country or None)
    # What concerns the goods is looked up once for all boxes of them.
    kind = replace(goods, container_type=None, gross_t=None, boxes=None)
    rules = (
        *compiled.lately(("embargoes", kind), lambda: tuple(embargo_hits(compiled.tables, kind))),
        *limit_hits(compiled.tables, goods),
    )
    calendar = question.calendar
    bans = [
        *total_closures(compiled, calendar),
        *refusals(compiled, calendar, goods, rules),
        *avoided(compiled, avoid),
    ]
    passes = tuple(named_tags(compiled, via, "--via"))
    if len(passes) > MOST_PASSES:
        raise InputError(
            Fault(
                "too_many",
                f"{len(passes)} things are to be passed",
                "--via",
                ", ".join(via),
                f"at most {MOST_PASSES}",
            )
        )
    search = Search(question, bans, limits, passes, trucks)
    ways = search.ways()
    decoded = Shown(question, goods, rules, deadline_h)

    def in_time(way: Way) -> bool:
        # A late train that misses a ship makes the mean later than the search counts it.
        return limits.hours is None or decoded.route(way)["mean_h"] <= limits.hours

    best = [way for _, way in best_by_corridor(question, ways, aim, decoded.route)]
    while not all(map(in_time, best)):
        ways = [way for way in ways if way not in best or in_time(way)]
        best = [way for _, way in best_by_corridor(question, ways, aim, decoded.route)]
    routes = [decoded.route(way) for way in best]
    routes = routes if compare else sensible(routes)
    kept = [way for way in best if decoded.route(way) in routes]
    more = others(question, ways, kept, MOST_ROUTES - len(kept)) if kept else []
    more = [way for way in more if in_time(way)]
    routes += [decoded.route(way) for way in more]
    used: Counter[tuple[str, str]] = Counter()
    for route_id, route in zip(ROUTE_IDS, routes, strict=False):
        rows = decoded.used_by(route)
        route["route_id"] = route_id
        route["confidence"] = weakest_confidence(compiled.tables, rows)
        route["rests_on"] = rests_on(compiled.tables, rows)
        used.update(rows)
    told = reasons(routes, aim, question.time_cost_tradeoff()) if routes else []
    for route, sentences in zip(routes, told, strict=True):
        route["explained"] = sentences
    run = RunInfo(
        __version__,
        network.scenario,
        network.digest(),
        {
            "by": by,
            "sure": sure,
            "booking": booking,
            "equipment": equipment,
            "max_days": max_days,
            "max_usd": max_usd,
            "max_kg_co2e": max_kg_co2e,
            "avoid": list(avoid),
            "via": list(via),
            "compare": compare,
            "trucks": trucks,
        },
        round(time.perf_counter() - started, 4),
    )
    return PlanResult(
        _understood(shipment, ends[0], ends[1], deadline_h),
        search.status(bool(routes), [*remarks(compiled, shipment, routes), *search.closed_to_goods(ways)]),
        routes,
        frontier_of(ways, dict(zip(map(id, (*kept, *more)), ROUTE_IDS, strict=False))),
        checked(routes, (*kept, *more), ways, limits, timed=question.timed),
        figures_of(compiled.tables, routes),
        sources_of(compiled.tables, used),
        run,
    )


def find_end(compiled: Compiled, text: str, option: str, day: date | None = None) -> End:
    """An end of a shipment from any text. A terminal id is that terminal and no other.

    day : for the message about a terminal that is not open

    Raises PlaceError, also for a terminal that is not open on the day or lifts no boxes.
    """
    return compiled.lately(("end", text, option, day), lambda: _find_end(compiled, text, option, day))


def _find_end(compiled: Compiled, text: str, option: str, day: date | None) -> End:
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
                f"{terminal_id!r} is {row['status']} and not open on {day or compiled.day}",
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
    return Access("", km, False, in_turn(passed))


def _understood(
    shipment: Shipment, origin: End, destination: End, deadline_h: float | None
) -> dict[str, Any]:
    def end(text: str, found: End) -> dict[str, Any]:
        return {"given": text, **asdict(found)}

    return {
        "origin": end(shipment.origin, origin),
        "destination": end(shipment.destination, destination),
        "boxes": shipment.boxes,
        "container_type": shipment.container_type,
        "teu": shipment.teu,
        "commodity_id": shipment.commodity_id,
        "hs_code": shipment.hs_code,
        "un_number": shipment.un_number,
        "cargo_t": round(shipment.cargo_t, 3),
        "value_usd": round(shipment.value_usd, 2),
        "ready_at": shipment.ready_at.isoformat(),
        "deadline_at": None
        if deadline_h is None
        else (shipment.ready_at + timedelta(hours=deadline_h)).isoformat(),
    }
