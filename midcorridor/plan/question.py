"""A question put to the graph: the ends added, each move weighed or closed, the best ways found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..costs import hire_usd, truck_usd, with_margin_usd
from ..emissions import per_tkm_kg_co2e
from ..errors import Fault, InputError, did_you_mean
from ..network import Compiled
from ..network.compiled import Row
from ..shipment import Shipment
from ..times import DAILY_DRIVING_H, headway_wait_h, lognormal_mean_h, split_wait_h, truck_h
from .access import Access, End, great_circle_km, limit_km
from .graph import Builder
from .moves import (
    ALL_FLAGS,
    CASPIAN,
    COUNTRY_FLAGS,
    DRAYAGE_KM,
    LONG_ROAD,
    RIVALS,
    TRUCK,
    Edge,
    Part,
    QuoteLine,
)
from .prices import EASTBOUND, WESTBOUND, Price
from .search import cheapest_by_flags, cheapest_simple_by_flags, remaining

# A small second criterion, so that the cheapest of equally fast ways wins and not an arbitrary one;
# so small that the dollars of twenty thousand boxes weigh less than an hour.
_TIE = 1e-10


# How many ways to a place are followed at once, and how much dearer than the best of all one may end:
# a corridor over four times as bad as another is no alternative to it.
LABELS, WITHIN = 3, 4.0
_CASPIAN_MARK = 1
_CONDITIONS = ("dg_classes", "un_numbers", "flow", "from_countries", "to_countries", "modes")
# A way that needs three rival passages is a detour of each of them.
_USEFUL = [(union & RIVALS).bit_count() <= 2 for union in range(ALL_FLAGS + 1)]


@dataclass(frozen=True, slots=True)
class Objective:
    """What a way is charged for an hour, a dollar and a kilogram."""

    per_h: float
    per_usd: float
    per_kg: float


TIME = Objective(1.0, _TIE, 0.0)
COST = Objective(_TIE, 1.0, 0.0)
CARBON = Objective(0.0, _TIE, 1.0)


@dataclass(frozen=True, slots=True)
class Way:
    """One way from end to end, as edges."""

    weight: float
    flags: int
    edges: tuple[Edge, ...]


@dataclass(eq=False)
class Question:
    """One shipment on one day's network."""

    compiled: Compiled
    shipment: Shipment
    origin: End
    destination: End
    origin_accesses: Sequence[Access]
    destination_accesses: Sequence[Access]
    direct: Access | None = None  # by road all the way, where no customs frontier lies between

    def __post_init__(self) -> None:
        bound = WESTBOUND if self.destination.lon < self.origin.lon else EASTBOUND
        self._builder = Builder(self.compiled, bound)
        graph = self._builder.build()
        self.left_out = graph.left_out
        self.source, self.target = graph.node("@origin"), graph.node("@destination")
        self._add_ends()
        self.edges = graph.edges
        self._nodes = len(graph.nodes)
        self.margin = self._price("forwarder_margin")
        size = "20" if self.shipment.teu <= self.shipment.boxes else "40"
        self.hire = self._builder.prices.need("container_hire", size=size)
        self._measures: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        self._heads = [edge.head for edge in self.edges]
        self._flags = [edge.flags for edge in self.edges]
        self._tails = [edge.tail for edge in self.edges]
        self._outgoing: list[list[int]] = [[] for _ in range(self._nodes)]
        self._incoming: list[list[int]] = [[] for _ in range(self._nodes)]
        self._marks: list[int] = []
        self._keeps: list[int] = []
        self._strays: list[int] = []
        for number, edge in enumerate(self.edges):
            self._outgoing[edge.tail].append(number)
            self._incoming[edge.head].append(number)
        self._mark_edges()

    def _price(self, item: str) -> Price:
        return self._builder.prices.need(item)

    def time_cost_tradeoff(self) -> float:
        """How many per cent of the price one per cent of the hours is worth."""
        return self._price("time_cost_tradeoff").value

    # Ends.

    def _add_ends(self) -> None:
        graph = self._builder.graph
        for access in self.origin_accesses:
            place = access.terminal_id
            parts = self._truck_parts(self.origin, place, access.km)
            touched = self._end_touches(access)
            if access.lifts:
                head = graph.node("yard", place, "origin")
                graph.add(self.source, head, parts, **touched, mode="road", service_id=TRUCK)
            drives_on = ("aboard", TRUCK, "road", place)
            if drives_on in graph.nodes:
                pick_up = self._pick_up(place)
                graph.add(
                    self.source,
                    graph.nodes[drives_on],
                    (pick_up, *parts),
                    **touched,
                    mode="road",
                    service_id=TRUCK,
                )
        for access in self.destination_accesses:
            place = access.terminal_id
            parts = self._truck_parts(self.destination, place, access.km)
            touched = self._end_touches(access, coming=True)
            for name, node in list(graph.nodes.items()):
                if name[0] == "yard" and name[1] == place and name[2] not in ("origin", "road"):
                    out = self._discharge(place, name[2])
                    if out is not None:
                        graph.add(node, self.target, (out, *parts), **touched, mode="road", service_id=TRUCK)
            drove_here = ("arrived", TRUCK, "road", place)
            if drove_here in graph.nodes:
                # At a door the truck is the end; at a terminal the box is lifted off it.
                out = self._discharge(place, "road") if self.destination.terminal_id else None
                graph.add(
                    graph.nodes[drove_here],
                    self.target,
                    (out, *parts) if out is not None else parts,
                    **touched,
                    mode="road",
                    service_id=TRUCK,
                )
        if self.direct is not None:
            parts = (self._pick_up(""), *self._truck_parts(self.origin, "", self.direct.km))
            touched = self._end_touches(self.direct)
            graph.add(self.source, self.target, parts, **touched, mode="road", service_id=TRUCK)

    def _end_touches(self, access: Access, *, coming: bool = False) -> dict[str, Any]:
        """Tags and flags of a truck at an end, as for any other move."""
        countries = access.countries[::-1] if coming else access.countries
        tags = {f"country:{code}" for code in countries}
        tags |= {f"frontier:{a}>{b}" for a, b in pairwise(countries)}
        if access.terminal_id:
            row = self.compiled.terminals[access.terminal_id]
            tags |= {f"terminal:{access.terminal_id}", f"country:{row['country']}"}
        if access.km:
            tags.add("mode:road")
        if not access.terminal_id and access.km > DRAYAGE_KM:
            tags.add(LONG_ROAD)
        flags = 0
        for code in countries:
            flags |= COUNTRY_FLAGS.get(code, 0)
        return {"tags": frozenset(tags), "flags": flags}

    def _truck_parts(self, end: End, terminal_id: str, km: float) -> tuple[Part, ...]:
        if km == 0:
            return ()
        country = end.country or self.compiled.terminals[terminal_id]["country"]
        row = self.compiled.tables.by_key("countries").get(country)
        if row is None or row["truck_km_per_day"] is None:
            raise InputError(
                Fault(
                    "missing_figure",
                    f"no truck speed for {country}",
                    "countries.csv",
                    accepted="truck_km_per_day of the country",
                )
            )
        prices = self._builder.prices
        rate = prices.need("truck_rate", country=country)
        least = prices.need("drayage_minimum", country=country)
        usd = truck_usd(km, rate.value, least.value)
        used = rate if usd > least.value else least
        factor = self.compiled.tables.by_key("emission_factors")[
            self.compiled.tables.by_key("services")[TRUCK]["factor_id"]
        ]
        return (
            Part(
                "truck",
                terminal_id,
                km=km,
                handling_h=truck_h(km, row["truck_km_per_day"] / DAILY_DRIVING_H),
                kg_per_t=per_tkm_kg_co2e(km, factor["g_co2e_per_tkm_wtw"]),
                lines=(QuoteLine("trucking", usd, "unit_costs", used.cost_id),),
                rows=(("countries", country), ("emission_factors", factor["factor_id"])),
            ),
        )

    def _pick_up(self, terminal_id: str) -> Part:
        service = self.compiled.services[TRUCK]
        return Part(
            "load",
            terminal_id,
            wait_h=headway_wait_h(service["departures_per_week"], service["headway_cv"]),
            lines=self._builder.booking_lines(),
            rows=(("services", TRUCK),),
            note="origin > road",
        )

    def _discharge(self, terminal_id: str, came: str) -> Part | None:
        by_rail = came.startswith("rail")
        dwell = self.compiled.dwell(terminal_id, "discharge", by_rail=by_rail)
        handling = self.compiled.handling(terminal_id, "discharge", by_rail=by_rail)
        if dwell is None or handling is None:
            return None
        return Part(
            "discharge",
            terminal_id,
            handling_h=lognormal_mean_h(dwell["p50_h"], dwell["p90_h"]),
            kg_per_teu=handling["kg_co2e_per_teu"],
            lines=(QuoteLine("handling", handling["usd_per_feu"], "handling", handling["handling_id"]),),
            rows=(("dwell", dwell["dwell_id"]), ("handling", handling["handling_id"])),
            note=f"{came} > end",
        )

    # Weights.

    def permits(self, way: Way) -> list[Row]:
        """Embargoes that let the cargo pass on this way with a permit only."""
        goods = self.compiled.tables.by_key("commodities")[self.shipment.commodity_id]
        touched = {tag for edge in way.edges for tag in edge.tags}
        return [
            row
            for row in self.compiled.embargoes
            if row["effect"] == "permit_needed"
            and touched & {f"{row['scope']}:{thing}" for thing in row["scope_ids"]}
            and concerns(row, goods)
        ]

    def edge_hours(self, edge: Edge) -> float:
        """Mean hours of a move for this shipment, the wait for its last box included."""
        hours = sum(part.hours for part in edge.parts)
        if edge.boards:
            hours += split_wait_h(self.shipment.teu, edge.capacity_teu, edge.departures_per_week)
        return hours

    def part_usd(self, part: Part, hours: float) -> float:
        """Price of a part for the whole shipment, with margin and the hire of the boxes."""
        freight = with_margin_usd(part.usd_per_feu * self.shipment.price_feu, self.margin.value)
        return freight + self.hire_of(hours)

    def hire_of(self, hours: float) -> float:
        """Hire of all boxes for these hours, USD."""
        return hire_usd(hours, self.hire.value) * self.shipment.boxes

    def part_kg(self, part: Part) -> float:
        """Emissions of a part for the whole shipment, kg CO2e."""
        return part.kg_per_t * self.shipment.cargo_t + part.kg_per_teu * self.shipment.teu

    def measures(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Hours, dollars and kilograms of every move for this shipment, each (m,)."""
        hours, usd, kg = [], [], []
        for edge in self.edges:
            own_h = sum(part.hours for part in edge.parts)
            whole_h = self.edge_hours(edge)
            hours.append(whole_h)
            usd.append(
                sum(self.part_usd(part, part.hours) for part in edge.parts) + self.hire_of(whole_h - own_h)
            )
            kg.append(sum(self.part_kg(part) for part in edge.parts))
        return np.array(hours), np.array(usd), np.array(kg)

    def weights(self, objective: Objective, blocked: dict[str, str]) -> np.ndarray:
        """The weight of every move, (m,); inf where something closes it."""
        if self._measures is None:
            self._measures = self.measures()
        hours, usd, kg = self._measures
        weights = objective.per_h * hours + objective.per_usd * usd + objective.per_kg * kg
        if blocked:
            weights[[bool(reasons(edge, blocked)) for edge in self.edges]] = math.inf
        return np.asarray(weights)

    def ways(self, weights: np.ndarray) -> list[Way]:
        """The best way for every set of places been to, best first.

        Only ways that somebody would quote: none comes back to a terminal that it has left (but in the
        country where it was reloaded to another gauge), sails over the Caspian twice, or calls far
        beyond the ends.
        """
        open_weights = weights.tolist()
        for number in self._strays:
            open_weights[number] = math.inf
        least = remaining(self._incoming, self._tails, open_weights, self.target)
        found = cheapest_simple_by_flags(
            self._outgoing,
            self._heads,
            open_weights,
            self._flags,
            self._marks,
            self._keeps,
            _USEFUL,
            least,
            self.source,
            self.target,
            labels=LABELS,
            within=WITHIN,
        )
        return self._as_ways(found)

    def any_ways(self, weights: np.ndarray) -> list[Way]:
        """The best way for every set of places been to, whether anybody would quote it or not."""
        return self._as_ways(
            cheapest_by_flags(
                self._outgoing, self._heads, weights.tolist(), self._flags, self.source, self.target
            )
        )

    def _as_ways(self, found: Mapping[int, tuple[float, tuple[int, ...]]]) -> list[Way]:
        ranked = sorted((weight, flags, path) for flags, (weight, path) in found.items())
        return [
            Way(weight, flags, tuple(self.edges[number] for number in path)) for weight, flags, path in ranked
        ]

    def _mark_edges(self) -> None:
        """What each move comes to, and which moves call far beyond the ends (see docs/model.md)."""
        bits = {terminal_id: 2 << at for at, terminal_id in enumerate(self.compiled.terminals)}
        limit = limit_km(self.origin, self.destination)
        ends = ((self.origin.lat, self.origin.lon), (self.destination.lat, self.destination.lon))
        far = {
            f"terminal:{terminal_id}"
            for terminal_id, row in self.compiled.terminals.items()
            if any(great_circle_km((row["lat"], row["lon"]), end) > limit for end in ends)
        }
        of_country: dict[str, int] = {}
        for terminal_id, bit in bits.items():
            country = self.compiled.terminals[terminal_id]["country"]
            of_country[country] = of_country.get(country, 0) | bit
        self._marks, self._keeps, self._strays = [], [], []
        for number, edge in enumerate(self.edges):
            mark = 0
            for part in edge.parts:
                if part.kind == "run" or (edge.tail == self.source and part.kind == "truck"):
                    mark |= bits.get(part.terminal_id, 0)
            if edge.flags & CASPIAN:
                mark |= _CASPIAN_MARK
            keep = -1
            if any(part.kind == "gauge_change" for part in edge.parts):
                # The station that reloads may lie beyond the junction where the way turns.
                keep = ~of_country[self.compiled.terminals[edge.parts[0].terminal_id]["country"]]
                mark = bits[edge.parts[0].terminal_id]
            elif edge.tail == self.source and edge.head != self.target:
                mark |= self._start_mark(edge, bits)
            self._marks.append(mark)
            self._keeps.append(keep)
            if far & edge.tags:
                self._strays.append(number)

    def _start_mark(self, edge: Edge, bits: Mapping[str, int]) -> int:
        """The terminal that an origin's edge leads to, with or without a truck."""
        return next((bits[tag[9:]] for tag in edge.tags if tag.startswith("terminal:")), 0)


def reasons(edge: Edge, blocked: dict[str, str]) -> list[str]:
    """Why a move is closed; empty where it is open.

    blocked : reason by tag; a tag that ends in ``:westbound`` or ``:eastbound`` closes one way only
    """
    ways = [""] if edge.westbound is None else ["", ":westbound" if edge.westbound else ":eastbound"]
    return [blocked[tag + way] for tag in sorted(edge.tags) for way in ways if tag + way in blocked]


def closed_by_tables(compiled: Compiled, commodity: Row) -> dict[str, str]:
    """What total closures and embargoes of the day close for a commodity: reason by tag."""
    blocked: dict[str, str] = {}
    for row in compiled.closures:
        if row["closed_share"] < 1:
            continue
        suffix = "" if row["directions"] == "both" else f":{row['directions']}"
        for thing in row["scope_ids"]:
            blocked[f"{row['scope']}:{thing}{suffix}"] = (
                f"closure {row['closure_id']} ({row['cause']}): {thing} is closed"
            )
    for row in compiled.embargoes:
        if row["effect"] != "refused" or not concerns(row, commodity):
            continue
        for thing in row["scope_ids"]:
            blocked[f"{row['scope']}:{thing}"] = f"embargo {row['embargo_id']}: {thing} refuses the cargo"
    return blocked


def concerns(embargo: Row, commodity: Row) -> bool:
    if any(embargo[name] for name in _CONDITIONS):
        return False  # judged by `clearance`, which knows more of the goods than the commodity
    named = embargo["commodity_ids"]
    if named is None and embargo["hs_chapters"] is None:
        return True
    if named is not None and commodity["commodity_id"] in named:
        return True
    return any(
        low <= other_high and other_low <= high
        for low, high in map(hs_interval, embargo["hs_chapters"] or ())
        for other_low, other_high in map(hs_interval, commodity["hs_chapters"] or ())
    )


def hs_interval(code: str) -> tuple[int, int]:
    """The six-digit subheadings that a chapter, heading or range of them holds.

    >>> hs_interval("84"), hs_interval("8517-8543")
    ((840000, 849999), (851700, 854399))
    """
    low, _, high = code.partition("-")
    return int(low.ljust(6, "0")), int((high or low).ljust(6, "9"))


def avoid_tags(compiled: Compiled, avoid: Iterable[str]) -> dict[str, str]:
    """What the user avoids, as tags. Raises InputError for a word that names nothing."""
    modes = {row["mode"] for row in compiled.tables["links"]} | {"road"}
    passages = {word for row in compiled.tables["links"] for word in row["passages"] or ()}
    kinds = (
        ("country", set(compiled.tables.by_key("countries"))),
        ("terminal", set(compiled.tables.by_key("terminals"))),
        ("mode", modes),
        ("passage", passages),
        ("service", set(compiled.tables.by_key("services"))),
        ("link", set(compiled.tables.by_key("links"))),
    )
    tags, faults = {}, []
    for word in avoid:
        text = word.strip()
        for kind, known in kinds:
            name = text.upper() if kind == "country" else text.lower()
            if name in known:
                tags[f"{kind}:{name}"] = f"--avoid {word}"
                break
        else:
            every = [name for _, known in kinds[:4] for name in known]
            faults.append(
                Fault(
                    "unknown_avoid",
                    f"{word!r} names nothing that a route could pass",
                    "--avoid",
                    word,
                    "a country code, a terminal, link or service id, a passage "
                    f"({', '.join(sorted(passages))}) or a mode ({', '.join(sorted(modes))})",
                    did_you_mean(text, every),
                )
            )
    if modes <= {tag.removeprefix("mode:") for tag in tags}:
        faults.append(
            Fault(
                "nothing_left",
                "every mode is avoided",
                "--avoid",
                ", ".join(sorted(modes)),
                "to leave at least one of " + ", ".join(sorted(modes)),
            )
        )
    if faults:
        raise InputError(faults)
    return tags


def with_blockers(ways: Sequence[Way], blocked: dict[str, str]) -> list[str]:
    """The reasons that close the first of some ways, in the order met."""
    if not ways:
        return []
    met: dict[str, None] = {}
    for edge in ways[0].edges:
        for reason in reasons(edge, blocked):
            met[reason] = None
    return list(met)
