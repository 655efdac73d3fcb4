"""The routes of a shipment as a whole, without their legs: what a table of many shipments holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..network import Network
from ..results import Status
from ..shipment import Shipment
from .answer import ROUTE_IDS, weakest_confidence
from .asking import Asked, ask
from .choice import in_time, sensible
from .question import ALL_MEASURES, HOURS, KG, USD, Way
from .request import remarks
from .telling import Row, Teller


@dataclass(frozen=True, eq=False)
class Outline:
    """How a question was understood, how it ended, and its routes as a whole."""

    question: Mapping[str, Any]
    status: Status
    routes: Sequence[Row]


def outline(network: Network, shipment: Shipment, *, routes: str = "best", **options: Any) -> Outline:
    """The routes that `plan_shipment` finds, without legs and in a fraction of its time.

    routes : best, the one ranked first; corridors, the best of each corridor
    options : as for `plan_shipment`
    The search leaves out what the choice does not look at: emissions and spread, but for a limit or an
    aim that is about them.
    """
    asked = ask(network, shipment, **options)
    ways = asked.search.ways(measures_of(asked))
    told: dict[int, tuple[Teller, Row]] = {}

    def routed(way: Way) -> Row:
        if id(way) not in told:
            teller = Teller(asked.question, asked.goods, asked.rules, asked.deadline_h)
            told[id(way)] = teller, teller.outline(way)
        return told[id(way)][1]

    best, _ = in_time(asked.question, ways, asked.aim, routed, asked.search.limits)
    found = [routed(way) for way in (best[:1] if routes == "best" else best)]
    found = found if asked.wishes["compare"] else sensible(found)
    tables = asked.compiled.tables
    for route_id, route in zip(ROUTE_IDS, found, strict=False):
        teller = next(teller for teller, row in told.values() if row is route)
        route["route_id"] = route_id
        route["confidence"] = weakest_confidence(tables, teller.used)
    status = asked.search.status(bool(found), remarks(asked.compiled, shipment, found))
    return Outline(asked.understood(), status, found)


def measures_of(asked: Asked) -> frozenset[int]:
    """What a search must weigh so that the best by an aim is among what it finds."""
    if asked.aim.sure is not None:
        return ALL_MEASURES
    limits = asked.search.limits
    about_kg = asked.aim.by == "carbon" or limits.kg_co2e is not None
    return frozenset((HOURS, USD, KG) if about_kg else (HOURS, USD))
