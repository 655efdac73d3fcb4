"""What a way that somebody else chose takes, costs and emits, with the moves and lines of a planned one."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from .. import __version__
from ..booking import FreeTime
from ..costs import overstay_usd
from ..errors import Fault, InputError
from ..network import Compiled, Network
from ..network.compiled import Row
from ..results import RunInfo, Status
from ..shipment import Shipment
from .answer import ROUTE_IDS, PlanResult, sources_of, weakest_confidence
from .asking import ask
from .decoding import Decoder
from .ends import Ends
from .explain import figures_of, index_rows, rests_on
from .graph import ids_of, vehicles_of
from .moves import TRUCK, Edge, Part, corridor_of
from .question import Question
from .stays import INSIDE, free_time_of
from .unpriced import not_included


@dataclass(frozen=True, slots=True)
class Ride:
    """A service from one terminal to another that its vehicles pass, over these links.

    links : link_id and whether it is run along its direction
    forward : whether it runs the way in which the service is written
    """

    service_id: str
    from_terminal: str
    to_terminal: str
    links: tuple[tuple[str, bool], ...]
    forward: bool


@dataclass(frozen=True, slots=True)
class Stay:
    """A terminal where boxes lie between two rides, before the first or after the last.

    charges : what falls due inside the terminal when the free time is over; none without a tariff
    boxes_feu : boxes of the shipment in 40 ft equivalents of price
    """

    terminal_id: str
    kind: str  # load, transship, gauge_change, discharge
    charges: tuple[FreeTime, ...]
    boxes_feu: float

    def usd(self, days: float) -> float:
        """Storage and demurrage of the shipment for these days, USD; a day begun counts whole."""
        return self.boxes_feu * math.fsum(
            overstay_usd(days, free.free_days, free.tiers, free.once_usd) for free in self.charges
        )


@dataclass(frozen=True, eq=False)
class Given:
    """A way that was given, as `plan` tells a route.

    plan : an answer with this one route; its hours are those that plan foresees
    hire_usd_per_h : hire of all boxes, of which the lines container_hire hold the hours that plan foresees
    stays : one more than rides, in the order of travel
    """

    plan: PlanResult
    hire_usd_per_h: float
    stays: tuple[Stay, ...]


def given_way(network: Network, shipment: Shipment, rides: Sequence[Ride]) -> Given:
    """A shipment that goes over these rides, from the terminal of the first to that of the last.

    shipment : its origin and destination are those terminals
    What ride follows what is taken as it is: no closure, rule or limit is asked whether one may.
    Raises InputError where the tables have no figure that a quotation needs.
    """
    started = time.perf_counter()
    asked = ask(network, shipment)
    question, compiled = asked.question, asked.compiled
    edges, stops = _moves(question, rides)
    way = _GivenWay(question, edges, _corridor(edges))
    decoder = Decoder(question, asked.goods, asked.rules, None)
    route = decoder.route(way)
    used = decoder.used
    route |= {
        "route_id": ROUTE_IDS[0],
        "confidence": weakest_confidence(compiled.tables, used),
        "published_rates": [],
        "not_included": not_included(compiled.tables, route),
        "rests_on": rests_on(compiled.tables, used),
        "explained": [],
    }
    figures = figures_of(compiled, [route], None)
    used.update(index_rows(compiled.tables, figures, None))
    result = PlanResult(
        asked.understood(),
        Status("ok", "given"),
        [route],
        [],
        [],
        figures,
        sources_of(compiled.tables, used),
        RunInfo(
            __version__, network.scenario, network.digest(), asked.wishes,
            round(time.perf_counter() - started, 4),
        ),
    )  # fmt: skip
    stays = tuple(_stay(question, part) for part in stops)
    return Given(result, question.hire_of(1.0), stays)


class _GivenWay:
    """A way of moves that no search has found."""

    def __init__(self, question: Question, edges: Sequence[Edge], corridor: str) -> None:
        self.edges = tuple(edges)
        self.numbers = question.put(edges)
        self.corridor = corridor


def _moves(question: Question, rides: Sequence[Ride]) -> tuple[list[Edge], list[Part]]:
    """The moves of the way, and what is done with a box at each terminal between."""
    builder, compiled = question.ground.builder, question.compiled
    # Nodes only tell a search what joins what, and here that is given.
    at = question.source
    came, edges, stops = "origin", list[Edge](), list[Part]()
    for ride in rides:
        service = compiled.services.get(ride.service_id)
        if service is None:
            what, accepted = f"{ride.service_id} does not run", "a service of the day"
            raise InputError(Fault("unknown_id", what, "services.csv", ride.service_id, accepted))
        links = tuple((compiled.links[link_id], along) for link_id, along in ride.links)
        start, hops = _hops(compiled, ride)
        loads_in = compiled.terminals[start]["country"]
        deck = builder.deck(service, hops[0][0][0][0])
        activity = builder.activity(came, deck)
        if activity is None or builder.handled(ride.from_terminal, activity, came, deck) is None:
            raise _unhandled(ride.from_terminal, f"{came} > {deck.name}")
        if service["mode"] in ("sea", "inland_waterway"):
            builder.prices.need("sea_freight", service_id=ride.service_id, forward=ride.forward)
        boarding = builder.boarding_parts(
            ride.from_terminal,
            activity,
            came,
            deck,
            ride.service_id,
            ride.forward,
            "",
            builder.gate(ride.from_terminal, service, links),
        )
        same = {"service_id": ride.service_id, "mode": service["mode"], "loads_in": loads_in}
        joins = not came.startswith("rail")
        edges.append(Edge(at, at, boarding, **same, **vehicles_of(service), boards=True, joins=joins))
        stops.append(boarding[0])
        for nth, (run, times_h, halt_h) in enumerate(hops):
            if nth and halt_h:
                edges.append(Edge(at, at, (Part("halt", _begin(run), handling_h=halt_h),), **same))
            parts = builder.run_parts(ids_of(run), ride.service_id, times_h, ride.forward)
            edges.append(Edge(at, at, parts, **same, **builder.touches(run, service)))
        came = deck.name
    out = Ends(builder, question.source, question.target).discharge(rides[-1].to_terminal, came)
    if out is None:
        raise _unhandled(rides[-1].to_terminal, f"{came} > end")
    edges.append(Edge(at, at, (out,), mode="road", service_id=TRUCK))
    return edges, [*stops, out]


_Run = tuple[tuple[Row, bool], ...]
_Times = tuple[float | None, float | None]


def _hops(compiled: Compiled, ride: Ride) -> tuple[str, list[tuple[_Run, _Times, float]]]:
    """Where the service begins its run, and the ride in pieces from call to call, each with the service's
    own times where it has any and the ride covers all of it, and with the halt before it.

    A train that turns back, whose service only runs the other way, begins where the ride does.
    """
    for line in compiled.lines:
        if line.service["service_id"] != ride.service_id or line.forward != ride.forward:
            continue
        found: list[tuple[_Run, _Times, float]] = []
        for hop in line.hops:
            run = tuple(step for step in hop.links if (step[0]["link_id"], step[1]) in ride.links)
            if run:
                whole = len(run) == len(hop.links)
                times_h = (hop.running_p50_h, hop.running_p90_h) if whole else (None, None)
                found.append((run, times_h, hop.halt_h))
        if tuple(each for run, _, _ in found for each in ids_of(run)) == ride.links:
            return line.hops[0].from_terminal, found
    run = tuple((compiled.links[link_id], along) for link_id, along in ride.links)
    return ride.from_terminal, [(run, (None, None), 0.0)]


def _begin(run: _Run) -> str:
    link, along = run[0]
    return str(link["from_terminal"] if along else link["to_terminal"])


def _unhandled(terminal_id: str, what: str) -> InputError:
    told = f"no hours or price of handling at {terminal_id} ({what})"
    accepted = "rows of dwell and handling for the terminal or its kind"
    return InputError(Fault("missing_figure", told, "dwell.csv, handling.csv", terminal_id, accepted))


def _corridor(edges: Sequence[Edge]) -> str:
    flags = 0
    for edge in edges:
        flags |= edge.flags
    return corridor_of(flags)


def _stay(question: Question, part: Part) -> Stay:
    found = free_time_of(question, part.terminal_id, part.kind, part.note)
    charges = tuple(free for charge, free in found.items() if charge in INSIDE)
    return Stay(part.terminal_id, part.kind, charges, question.shipment.price_feu)
