"""A question put to the network: its ends, its bans and its prices put to the moves, all good ways found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..booking import BOOKINGS, Booking, EquipmentLine, Refusal, booking_for, equipment_lines
from ..costs import hire_usd, insurance_usd, with_margin_usd
from ..network import Compiled
from ..said import CORRIDOR_WORDS
from ..shipment import Shipment
from .access import Access, End, limit_km
from .calendar import HORIZON_H, Ban, Calendar
from .columns import Columns
from .ends import Ends
from .ground import Ground, far_terminals, ground_of
from .moves import LONG_ROAD, Edge, Part
from .prices import EASTBOUND, WESTBOUND, Price
from .search import STATES, Found, Moves, grid, pareto
from .shortcuts import Shortcuts, singles
from .terms import Terms, booking_rules, terms_of

Array = np.ndarray[Any, Any]
_ANY_LENGTH_H = 1e6
# What ways are weighed by: columns of the costs of a move.
HOURS, USD, KG, VARIANCE = range(4)
ALL_MEASURES = frozenset((HOURS, USD, KG, VARIANCE))


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a route may take; None is no limit."""

    hours: float | None = None
    usd: float | None = None
    kg_co2e: float | None = None

    def allow(self, hours: float) -> bool:
        """Whether a route may take these mean hours."""
        return self.hours is None or hours <= self.hours


@dataclass(eq=False)
class Way:
    """One way from end to end, with its planned costs; its moves are told when asked for."""

    question: Question
    shortcuts: Shortcuts
    open_ones: Array
    found: Found
    number: int
    corridor: str
    hours: float  # mean, as the search counts them
    usd: float  # hire of the boxes included
    kg_co2e: float  # nan, as the variance, where the search did not weigh it
    var_h2: float

    @property
    def sd_h(self) -> float:
        """Standard deviation of the hours."""
        return math.sqrt(self.var_h2)

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """Its moves, by number."""
        return self.shortcuts.path(self.open_ones[self.found.path(self.number)].tolist())

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Its moves."""
        return tuple(self.question.edges[number] for number in self.numbers)


@dataclass(eq=False)
class Question:
    """One shipment on the network of its days."""

    compiled: Compiled
    shipment: Shipment
    origin: End
    destination: End
    origin_accesses: Sequence[Access]
    destination_accesses: Sequence[Access]
    direct: Access | None = None  # by road all the way, where no customs frontier lies between
    booking: str | None = None
    whose: str = "coc"  # the boxes: coc, soc or lease, see `booking`
    calendar: Calendar = field(init=False)
    timed: bool = field(default=False, init=False)  # whether an open move goes by a timetable
    may_hold: bool = field(default=False, init=False)  # whether one may leave now or in a later season
    free_times: dict[tuple[str, str, bool], Any] = field(default_factory=dict, init=False)  # see `stays`
    _asked: dict[int, Booking | Refusal] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.bound = WESTBOUND if self.destination.lon < self.origin.lon else EASTBOUND
        self.ground: Ground = ground_of(self.compiled, self.bound)
        builder = self.ground.builder
        self.left_out = list(self.ground.left_out)
        self.source, self.target = self.ground.nodes, self.ground.nodes + 1
        ends = Ends(builder, self.source, self.target)
        edges = ends.leaving(self.origin, list(self.origin_accesses))
        edges += ends.arriving(self.destination, list(self.destination_accesses))
        if self.direct is not None:
            edges.append(ends.direct(self.origin, self.direct))
        self.columns: Columns = self.ground.columns.plus(self.ground.marked(edges, self.source, self.target))
        self.margin: Price = builder.prices.need("forwarder_margin")
        size = "20" if self.shipment.teu <= self.shipment.boxes else "40"
        self.hire: Price = builder.prices.need("container_hire", size=size)
        self.boxes_feu = self.shipment.teu / 2
        ready_at = self.shipment.ready_at
        self.calendar = self.compiled.lately(
            ("calendar", self.bound, ready_at), lambda: Calendar(self.compiled, builder.closings, ready_at)
        )

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Every move, the network's first."""
        return self.columns.edges

    def time_cost_tradeoff(self) -> float:
        """How many per cent of the price one per cent of the hours is worth."""
        return self.ground.builder.prices.need("time_cost_tradeoff").value

    # What a move takes, costs and emits for this shipment.

    @cached_property
    def terms(self) -> Terms:
        """The terms of every service of the columns."""
        rules = booking_rules(self.compiled, tuple(self.columns.services))
        return terms_of(rules, self.boxes_feu, self.booking, alone=self.shipment.boxes == 1)

    def booking_of(self, edge: Edge) -> Booking | None:
        """The terms on which a move's service takes the boxes; None where nothing is booked: trucks."""
        found = self.asked(edge)
        return found if isinstance(found, Booking) else None

    def asked(self, edge: Edge) -> Booking | Refusal | None:
        """What a move's service says to the booking."""
        row = self.compiled.services.get(edge.service_id)
        if row is None or row["mode"] == "road":
            return None
        number = self.service_number(edge)
        if number not in self._asked:
            way = int(self.terms.way[number])
            booking = BOOKINGS[way] if way >= 0 else self.booking or "single"
            day, boxes, country = self.shipment.ready_at.date(), self.boxes_feu, edge.loads_in
            self._asked[number] = self.compiled.shared(
                ("booking", edge.service_id, country, boxes, booking),
                lambda: booking_for(self.compiled.tables, row, boxes, booking, day, country=country),
            )
        return self._asked[number]

    def price_factor(self, edge: Edge) -> float:
        """What the booking makes of the tariff of a run by rail."""
        if edge.mode != "rail":
            return 1.0
        return float(self.terms.factor_per_box[self.service_number(edge)])

    def service_number(self, edge: Edge) -> int:
        """The number of a move's service in the columns."""
        return self.columns.services[edge.service_id, edge.loads_in]

    @cached_property
    def equipment(self) -> list[tuple[bool, EquipmentLine]]:
        """What the boxes themselves cost beside their hire, and whether at the first event or the last."""
        shipment = self.shipment
        lines = equipment_lines(
            self.compiled.tables,
            self.whose,
            boxes=shipment.boxes,
            price_feu=shipment.price_feu,
            days=0.0,
            loaded_in=self.origin.country,
            emptied_in=self.destination.country,
            bound=self.bound,
            day=shipment.ready_at.date(),
            size="20" if shipment.teu <= shipment.boxes else "40",
        )
        first = ("soc_purchase", "equipment_pickup")
        return [(line.item in first, line) for line in lines if line.item != "container_hire"]

    @cached_property
    def declarations(self) -> list[tuple[bool, str, Price]]:
        """Customs declarations of a 40 ft box at the ends: whether at the first event, item, price."""
        first, last = self.origin.country, self.destination.country
        if first and last and self.compiled.same_customs_union(first, last):
            return []
        asked = ((True, "export_declaration", first), (False, "import_declaration", last))
        prices = self.ground.builder.prices
        found = ((at_first, item, prices.find(item, country=country)) for at_first, item, country in asked)
        return [(at_first, item, price) for at_first, item, price in found if price is not None]

    @cached_property
    def insurance(self) -> Mapping[str, tuple[float, Price]]:
        """Premium of the whole shipment by corridor, USD, and its price; none where it has no quotation."""
        prices = self.ground.builder.prices
        found = {name: prices.find("insurance", corridor=name) for name in CORRIDOR_WORDS}
        value_usd = self.shipment.value_usd
        return {
            name: (insurance_usd(value_usd, price.value), price)
            for name, price in found.items()
            if price is not None
        }

    @cached_property
    def same_usd(self) -> Mapping[str, float]:
        """What every way of a corridor costs alike, USD: the boxes themselves, which may bring in more than
        they cost, customs declarations with the margin, insurance."""
        declared = sum(price.value for _, _, price in self.declarations) * self.shipment.price_feu
        alike = sum(line.usd for _, line in self.equipment) + with_margin_usd(declared, self.margin.value)
        premiums = {name: usd for name, (usd, _) in self.insurance.items()}
        return {name: alike + premiums.get(name, 0.0) for name in CORRIDOR_WORDS}

    def hire_of(self, hours: float) -> float:
        """Hire of all boxes for these hours, USD; none for boxes that are not the carrier's."""
        if self.whose != "coc":
            return 0.0
        return hire_usd(hours, self.hire.value) * self.shipment.boxes

    def part_kg(self, part: Part) -> float:
        """Emissions of a part for the whole shipment, kg CO2e."""
        return part.kg_per_t * self.shipment.cargo_t + part.kg_per_teu * self.shipment.teu

    @cached_property
    def further(self) -> Array:
        """How many departures the shipment needs at each move after the first, (m,)."""
        capacity = self.columns.capacity_teu
        return np.asarray(np.maximum(0.0, np.ceil(self.shipment.teu / capacity - 1e-9) - 1))

    @cached_property
    def costs(self) -> Array:
        """Hours, dollars without hire, kilograms and variance of every move, (m, 4), without what the
        clock decides. Dollars leave out the hire, which is the hours' own price: what is no worse in
        hours and in dollars without hire is no worse in dollars with it."""
        c, shipment, terms = self.columns, self.shipment, self.terms
        # A move without a service has number -1, which reads the last entry and is left out by joins.
        fill_h, fill_h2 = terms.fill_mean_h[c.service], terms.fill_var_h2[c.service]
        run_factor = np.where(c.rail_run, terms.factor_per_box[c.service], 1.0)
        costs = np.empty((c.tail.size, 4))
        costs[:, 0] = c.hours + np.where(c.joins, fill_h, 0.0) + self.further * c.headway_h
        freight = c.usd_per_feu + (run_factor - 1.0) * c.run_usd_per_feu
        costs[:, 1] = with_margin_usd(1.0, self.margin.value) * freight * shipment.price_feu
        costs[:, 2] = c.kg_per_t * shipment.cargo_t + c.kg_per_teu * shipment.teu
        costs[:, 3] = (
            c.var_h2 + np.where(c.joins, fill_h2, 0.0) + self.further * (c.headway_h * c.headway_cv) ** 2
        )
        return grid(costs)

    @cached_property
    def lead_h(self) -> Array:
        """Hours of every move before its departure, (m,)."""
        fill_h = self.terms.fill_mean_h[self.columns.service]
        return grid(self.columns.lead_h + np.where(self.columns.joins, fill_h, 0.0))

    @property
    def _mean_waits(self) -> Array:
        """Mean and variance of the wait of a headway at moves that go by a timetable, (m, 4)."""
        c = self.columns
        square = c.headway_cv * c.headway_cv
        mean_h = c.headway_h / 2 * (1 + square)
        second = c.headway_h * c.headway_h * (1 + square) * (1 + 2 * square) / 3
        waits = np.zeros((c.tail.size, 4))
        waits[:, 0] = np.where(c.timetable >= 0, mean_h, 0.0)
        waits[:, 3] = np.where(c.timetable >= 0, second - mean_h * mean_h, 0.0)
        return waits

    def put(self, edges: Sequence[Edge]) -> tuple[int, ...]:
        """Numbers of further moves, put to the question before anything was asked of its own."""
        first = len(self.edges)
        further = self.ground.marked(edges, self.source, self.target)
        self.columns = self.columns.plus(further)
        self.gate, self.gates = self.columns.gate, tuple(self.columns.gates)
        return tuple(range(first, first + len(edges)))

    # What is open.

    @cached_property
    def strays(self) -> Array:
        """Moves that call far beyond the ends, (m,); see docs/model.md."""
        ends = ((self.origin.lat, self.origin.lon), (self.destination.lat, self.destination.lon))
        far = far_terminals(self.compiled, ends, limit_km(self.origin, self.destination))
        return self._touching([f"terminal:{terminal_id}" for terminal_id in far])

    @cached_property
    def refused_bookings(self) -> Array:
        """Boardings of services that do not take the booking, (m,)."""
        return np.asarray(self.terms.refused[self.columns.service] & self.columns.boards)

    def _touching(self, tags: Sequence[str]) -> Array:
        found = np.zeros(self.columns.tail.size, np.bool_)
        for tag in tags:
            at = self.columns.tagged.get(tag)
            if at is not None:
                found[at] = True
        return found

    def ways(
        self,
        bans: Sequence[Ban],
        *,
        limits: Limits | None = None,
        via: Sequence[str] = (),
        strays: bool = False,
        trucks: bool = False,
        any_booking: bool = False,
        by_clock: bool = True,
        any_length: bool = False,
        measures: frozenset[int] = ALL_MEASURES,
    ) -> tuple[list[Way], int]:
        """Every Pareto-optimal way of each corridor, and how many more came back to where they had been.

        via : tags that a way must touch     strays : also ways that call far beyond the ends
        trucks : also by road over frontiers and far     any_booking : also services that refuse it
        any_length : also ways that take more days than are planned
        by_clock : False counts the mean wait of a headway where a service has a timetable
        measures : what ways are weighed by; where something goes by a timetable it is always everything
        """
        closed = self._touching([ban.tag for ban in bans if ban.throughout])
        if not any_booking:
            closed |= self.refused_bookings
        if not strays:
            closed |= self.strays
        if not trucks:
            closed |= self._touching([LONG_ROAD])
        dated = [ban for ban in bans if not ban.throughout and ban.tag in self.columns.tagged]
        shortcuts = self._shortcuts(dated)
        open_ones = np.flatnonzero(~shortcuts.any_of(closed))
        moves = self._moves(shortcuts, open_ones, dated, via)
        self.timed = bool((moves.timetable >= 0).any())
        if not by_clock:
            wait = grid(shortcuts.sums(self._mean_waits)[open_ones])
            moves = replace(moves, timetable=np.full_like(moves.timetable, -1), cost=moves.cost + wait)
        unweighed = [] if self.timed else sorted(ALL_MEASURES - measures)
        moves.cost[:, unweighed] = 0.0
        limits = limits or Limits()
        most = np.array(
            [
                _ANY_LENGTH_H if any_length else min(HORIZON_H, limits.hours or HORIZON_H),
                limits.usd - min(self.same_usd.values()) if limits.usd is not None else math.inf,
                limits.kg_co2e if limits.kg_co2e is not None else math.inf,
                math.inf,
            ]
        )
        found = pareto(moves, most)
        ways = self._as_ways(found, shortcuts, open_ones, unweighed)
        if limits.usd is not None:
            ways = [way for way in ways if way.usd <= limits.usd]
        return ways, found.dropped

    def clocked(self, way: Way) -> Way | None:
        """A way with the hours that timetables and windows make of its means; None where it misses the last
        departure."""
        clock_h = 0.0
        for move in way.numbers:
            leaves_h = clock_h + self.lead_h[move]
            timetable, gate = self.columns.timetable[move], self.gate[move]
            if timetable >= 0:
                departures = self.calendar.departures(tuple(self.columns.timetables)[timetable])
                leaves_h = next((at for at in departures if at >= leaves_h), math.inf)
            if gate >= 0:
                leaves_h = min(
                    (
                        max(leaves_h, from_h) + extra_h
                        for from_h, until_h, extra_h, _ in self.calendar.windows(self.gates[gate])
                        if until_h > leaves_h
                    ),
                    default=math.inf,
                )
            clock_h = leaves_h + self.costs[move, 0] - self.lead_h[move]
        if not math.isfinite(clock_h):
            return None
        usd = way.usd + self.hire_of(clock_h - way.hours)
        return replace(way, hours=float(clock_h), usd=float(usd))

    def _shortcuts(self, dated: Sequence[Ban]) -> Shortcuts:
        """The network's shortcuts and the moves of the ends; every move by itself where a day closes some."""
        if dated:
            return singles(self.columns)
        return self.ground.shortcuts.plus(self.columns, self.ground.columns.tail.size)

    def _moves(self, shortcuts: Shortcuts, at: Array, dated: Sequence[Ban], via: Sequence[str]) -> Moves:
        c = self.columns
        gates: list[frozenset[str]] = list(c.gates)
        gate = c.gate.copy()
        if dated:
            self.calendar = self.calendar.with_bans(dated)
            held: dict[int, set[str]] = {}
            for ban in dated:
                for move in c.tagged.get(ban.tag, ()):
                    held.setdefault(int(move), set()).add(ban.key)
            known = {keys: number for number, keys in enumerate(gates)}
            for move, keys in held.items():
                whole = frozenset(keys | (set(gates[gate[move]]) if gate[move] >= 0 else set()))
                if whole not in known:
                    known[whole] = len(gates)
                    gates.append(whole)
                gate[move] = known[whole]
        passed = np.zeros(c.tail.size, np.int32)
        for bit, tag in enumerate(via):
            passed[c.tagged.get(tag, np.zeros(0, np.int64))] |= STATES << bit
        windows = [np.array(self.calendar.windows(keys), np.float64).reshape(-1, 4) for keys in gates]
        # A gate that is always open is none.
        free = np.array([len(w) == 1 and w[0, 0] <= 0 and not w[0, 2:].any() for w in windows] + [True])
        gate = np.where(free[gate], -1, gate).astype(np.int32)
        self.may_hold = any(len(rows) > 1 for rows in windows)
        self.gates = tuple(gates)
        self.gate = gate
        clocked = shortcuts.clocked
        flags = shortcuts.flags
        if via:
            flags = flags | np.bitwise_or.reduceat(passed[shortcuts.members], shortcuts.first[:-1])
        return Moves(
            nodes=self.ground.nodes + 2,
            source=self.source,
            target=self.target,
            tail=shortcuts.tail[at],
            head=shortcuts.head[at],
            flags=flags[at].astype(np.int32),
            cost=shortcuts.sums(self.costs)[at],
            lead_h=grid(shortcuts.leads(self.costs[:, 0], self.lead_h))[at],
            timetable=shortcuts.timetable[at],
            gate=np.where(clocked >= 0, gate[clocked], -1).astype(np.int32)[at]
            if not dated
            else gate[shortcuts.members[shortcuts.first[:-1]]][at],
            mark=shortcuts.mark[at],
            departures=tuple(grid(np.array(self.calendar.departures(key))) for key in c.timetables),
            windows=tuple(grid_windows(rows) for rows in windows),
            remember=self.ground.remembering([*self.origin_accesses, *self.destination_accesses]),
            passes=len(via),
        )

    def _as_ways(self, found: Found, shortcuts: Shortcuts, at: Array, unweighed: Sequence[int]) -> list[Way]:
        per_h, alike = self.hire_of(1.0), self.same_usd
        costs = found.costs.tolist()
        ways = [
            Way(
                self, shortcuts, at, found, number, corridor, h, usd + per_h * h + alike[corridor], kg, var_h2
            )
            for number, (corridor, (h, usd, kg, var_h2)) in enumerate(
                zip(found.corridors, costs, strict=True)
            )
        ]
        for way in ways if unweighed else ():
            way.kg_co2e = math.nan if KG in unweighed else way.kg_co2e
            way.var_h2 = math.nan if VARIANCE in unweighed else way.var_h2
        return ways


def grid_windows(rows: Array) -> Array:
    """Windows on the grid of exact sums; inf stays."""
    return np.where(np.isfinite(rows), grid(np.where(np.isfinite(rows), rows, 0.0)), rows)
