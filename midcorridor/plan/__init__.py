"""Routes for a shipment: the best of each corridor, with every leg and transfer."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from .. import __version__
from ..network import Network
from ..results import RunInfo
from ..shipment import Shipment, make_shipment, parse_day
from .access import Roads
from .answer import ROUTE_IDS, PlanResult, frontier_of, sources_of, weakest_confidence
from .asking import ask, find_end
from .choice import MOST_ROUTES, in_time, others, sensible
from .decoding import Shown
from .explain import checked, figures_of, index_rows, reasons, rests_on
from .given import Given, Ride, Stay, given_way
from .outlining import Outline, outline
from .published import published_rates
from .request import deadline_hours, remarks, years_told
from .unpriced import not_included

__all__ = [
    "Given",
    "Outline",
    "PlanResult",
    "Ride",
    "Stay",
    "deadline_hours",
    "find_end",
    "given_way",
    "outline",
    "plan",
    "plan_shipment",
]


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
    price_year: int | None = None,
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
    price_year : year in whose money all prices are, by the price index; None leaves each in that of its own
    trucks : also by road over frontiers and long distances, not only at the ends
    compare : also show corridors whose best route another beats by half in every respect
    """
    started = time.perf_counter()
    asked = ask(
        network,
        shipment,
        by=by,
        sure=sure,
        deadline=deadline,
        booking=booking,
        equipment=equipment,
        avoid=avoid,
        via=via,
        max_days=max_days,
        max_usd=max_usd,
        max_kg_co2e=max_kg_co2e,
        price_year=price_year,
        compare=compare,
        trucks=trucks,
        roads=roads,
    )
    compiled, question, search = asked.compiled, asked.question, asked.search
    ways = search.ways()
    decoded = Shown(question, asked.goods, asked.rules, asked.deadline_h)
    best, ways = in_time(question, ways, asked.aim, decoded.route, search.limits)
    routes = [decoded.route(way) for way in best]
    routes = routes if compare else sensible(routes)
    kept = [way for way in best if decoded.route(way) in routes]
    more = others(question, ways, kept, MOST_ROUTES - len(kept)) if kept else []
    more = [way for way in more if search.limits.allow(decoded.route(way)["mean_h"])]
    routes += [decoded.route(way) for way in more]
    used: Counter[tuple[str, str]] = Counter()
    for route_id, route in zip(ROUTE_IDS, routes, strict=False):
        rows = decoded.used_by(route)
        route["route_id"] = route_id
        route["confidence"] = weakest_confidence(compiled.tables, rows)
        route["published_rates"] = published_rates(question, route["corridor"])
        route["not_included"] = not_included(compiled.tables, route)
        route["rests_on"] = rests_on(compiled.tables, rows)
        used.update(rows)
    told = reasons(routes, asked.aim, question.time_cost_tradeoff()) if routes else []
    for route, sentences in zip(routes, told, strict=True):
        route["explained"] = sentences
    notes = [
        *remarks(compiled, shipment, routes),
        *years_told(compiled, used, shipment.ready_at.year),
    ]
    told_figures = figures_of(compiled, routes, price_year)
    used.update(index_rows(compiled.tables, told_figures, price_year))
    seconds = round(time.perf_counter() - started, 4)
    return PlanResult(
        asked.understood(),
        search.status(bool(routes), notes, search.closed(ways, compare=compare)),
        routes,
        frontier_of(ways, dict(zip(map(id, (*kept, *more)), ROUTE_IDS, strict=False))),
        checked(routes, (*kept, *more), ways, search.limits, timed=question.timed),
        told_figures,
        sources_of(compiled.tables, used),
        RunInfo(__version__, network.scenario, network.digest(), asked.wishes, seconds),
    )
