"""Builds the moves that freight can make on a day: boardings, runs and transfers (see `moves`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from ..booking import capacity_feu
from ..clearance import widened
from ..errors import Fault, InputError
from ..network import Compiled
from ..network.closings import closings
from ..network.compiled import Line, Row, countries_of
from ..said import Said
from ..schemas import schema
from ..times import headway_h, lognormal_mean_h, lognormal_var_h2
from .moves import (
    CAPE,
    CASPIAN,
    CAUCASUS,
    COUNTRY_FLAGS,
    DRAYAGE_KM,
    LONG_ROAD,
    ORDINARY_RAIL,
    SUEZ,
    TRUCK,
    Graph,
    Part,
    QuoteLine,
    Recipe,
    operators,
)
from .prices import Prices
from .running import Running
from .timetables import timetables

Links = tuple[tuple[Row, bool], ...]  # each link and whether it is run along its direction
_Boarding = tuple[str, "Deck", int, Row, Links, bool, str]
# Before the key of what is not open on every day, in a gate.
VALID = "valid:"
_PASSAGE_FLAGS = {"caspian": CASPIAN, "suez": SUEZ, "cape": CAPE}
_CAUCASUS_FRONTIER = {frozenset(("AZ", "GE"))}


@dataclass(frozen=True, slots=True)
class Deck:
    """How a box stands on a vehicle: it decides what a change to the next vehicle takes."""

    name: str  # rail1435, rail1520, ship, road, trailer
    mode: str
    gauge_mm: int | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    """A roaming train or truck over one link: where it ends, and the node of having come by it."""

    link_id: str
    end: str
    by: int
    parts: tuple[Part, ...]
    recipe: Recipe
    links: Links


class Builder:
    """Makes the graph of one day and one direction of travel."""

    def __init__(self, compiled: Compiled, bound: str) -> None:
        self.compiled = compiled
        self.prices = Prices(compiled, bound)
        self.graph = Graph()
        self.running = Running(compiled, self.prices)
        self.closings = closings(compiled.closures, compiled.day, compiled.day + timedelta(days=800))
        self.timetables = timetables(compiled)
        self.yards: dict[str, list[tuple[str, int]]] = {}  # how boxes may have come, and the node
        self._decks: dict[str, set[Deck]] = {}

    def build(self) -> Graph:
        """The graph without origin and destination."""
        boardings: list[_Boarding] = []
        for line in self.compiled.lines:
            boardings.extend(self._line(line))
        for service_id, mode in ((ORDINARY_RAIL, "rail"), (TRUCK, "road")):
            if service_id in self.compiled.services:
                boardings.extend(self._roaming(self.compiled.services[service_id], mode))
        for boarding in boardings:
            self._board(*boarding)
        for name, node in self.graph.nodes.items():
            if name[0] == "yard":
                self.yards.setdefault(name[1], []).append((name[2], node))
        return self.graph

    def on(self, compiled: Compiled, *, only_prices: bool = False) -> Builder:
        """The same graph with the prices and rows of a network of the same form.

        only_prices : no row but of unit_costs differs, nor the day
        """
        other = copy(self)
        other.compiled = compiled
        other.prices = Prices(compiled, self.prices.bound)
        other.running = Running(compiled, other.prices, self.running if only_prices else None)
        other.closings = closings(compiled.closures, compiled.day, compiled.day + timedelta(days=800))
        return other

    # Runs.

    def _line(self, line: Line) -> Iterable[_Boarding]:
        service = line.service
        service_id = service["service_id"]
        fixed = self.prices.find("sea_freight", service_id=service_id, forward=line.forward)
        if service["mode"] in ("sea", "inland_waterway") and fixed is None:
            missing = Said("no_price", service=service_id)
            if missing not in self.graph.left_out:
                self.graph.left_out.append(missing)
            return
        way = "+" if line.forward else "-"
        loads_in = self.compiled.terminals[line.hops[0].from_terminal]["country"]
        same = {"service_id": service_id, "mode": service["mode"], "loads_in": loads_in}
        for number, hop in enumerate(line.hops):
            deck = self.deck(service, hop.links[0][0])
            aboard = self.graph.node("aboard", service_id + way, str(number))
            ends = self.graph.node("arrived", service_id + way, str(number))
            recipe = partial(
                Builder.run_parts,
                ids=ids_of(hop.links),
                service_id=service_id,
                times_h=(hop.running_p50_h, hop.running_p90_h),
                forward=line.forward,
            )
            touched = self.touches(hop.links, service)
            self.graph.add(aboard, ends, recipe(self), recipe=recipe, **same, **touched)
            if number + 1 < len(line.hops):
                following = line.hops[number + 1]
                gate = self.gate("", service, following.links)
                stop = Part("halt", hop.to_terminal, handling_h=following.halt_h, gate=gate)
                stay = (stop,) if stop.hours or gate else ()
                onward = self.graph.node("aboard", service_id + way, str(number + 1))
                self.graph.add(ends, onward, stay, **same)
            self._alight(hop.to_terminal, deck, ends, service)
            yield hop.from_terminal, deck, aboard, service, hop.links, line.forward, loads_in

    def _roaming(self, service: Row, mode: str) -> Iterable[_Boarding]:
        """Ordinary trains and trucks, which may use any link of their mode but never turn straight back.

        So a box on such a train is at a terminal *by a link*, and goes on over any other.
        """
        service_id = service["service_id"]
        runs: dict[tuple[str, Deck], list[_Run]] = {}
        for link in self.compiled.links.values():
            if link["mode"] != mode:
                continue
            deck = self.deck(service, link)
            ways = ((True, "from_terminal", "to_terminal"), (False, "to_terminal", "from_terminal"))
            for along, tail_end, head_end in ways[: 2 if link["direction"] == "both" else 1]:
                start, end = link[tail_end], link[head_end]
                run = ((link, along),)
                recipe = partial(
                    Builder.run_parts,
                    ids=ids_of(run),
                    service_id=service_id,
                    gate=self.gate("", service, run),
                    start=start,
                )
                by = self.graph.node("by", service_id, deck.name, link["link_id"], end)
                same = _Run(link["link_id"], end, by, recipe(self), recipe, run)
                runs.setdefault((start, deck), []).append(same)
        ends: set[tuple[str, Deck]] = set()
        for (start, deck), leaving in runs.items():
            aboard = self.graph.node("aboard", service_id, deck.name, start)
            loads_in = self.compiled.terminals[start]["country"]
            more = {"service_id": service_id, "mode": mode}
            for own in leaving:
                touched = self.touches(own.links, service) | {"recipe": own.recipe, "loads_in": loads_in}
                self.graph.add(aboard, own.by, own.parts, **touched, **more)
                for onward in runs.get((own.end, deck), ()):
                    if onward.link_id != own.link_id:
                        here = self.compiled.terminals[own.end]["country"]
                        touched = self.touches(onward.links, service)
                        touched |= {"recipe": onward.recipe, "loads_in": here}
                        self.graph.add(own.by, onward.by, onward.parts, **touched, **more)
                arrived = self.graph.node("arrived", service_id, deck.name, own.end)
                self.graph.add(own.by, arrived, **more)
                if (own.end, deck) not in ends:
                    ends.add((own.end, deck))
                    self._alight(own.end, deck, arrived, service)
            yield start, deck, aboard, service, (), True, loads_in

    def run_parts(
        self,
        ids: Sequence[tuple[str, bool]],
        service_id: str,
        times_h: tuple[float | None, float | None] = (None, None),
        forward: bool = True,
        gate: frozenset[str] = frozenset(),
        start: str = "",
    ) -> tuple[Part, ...]:
        """The parts of a run; what is shut is waited for where it starts."""
        links = tuple((self.compiled.links[link_id], along) for link_id, along in ids)
        parts = self.running.parts(links, self.compiled.services[service_id], *times_h, forward)
        return (Part("halt", start, gate=gate), *parts) if gate else tuple(parts)

    def touches(self, run: Links, service: Row) -> dict[str, Any]:
        """Flags, tags and direction of a run."""
        flags, tags = 0, set()
        west = 0.0
        for link, along in run:
            start = self.compiled.terminals[link["from_terminal"] if along else link["to_terminal"]]
            end = self.compiled.terminals[link["to_terminal"] if along else link["from_terminal"]]
            tags |= {f"terminal:{place['terminal_id']}" for place in (start, end)}
            passed = countries_of(link, self.compiled.terminals, along)
            for country in passed:
                tags.add(f"country:{country}")
                flags |= COUNTRY_FLAGS.get(country, 0)
            for first, second in pairwise(passed):
                tags.add(f"frontier:{first}>{second}")
                if frozenset((first, second)) in _CAUCASUS_FRONTIER:
                    flags |= CAUCASUS
            for passage in link["passages"] or ():
                flags |= _PASSAGE_FLAGS.get(passage, 0)
                tags.add(f"passage:{passage}")
            tags |= {f"link:{link['link_id']}", f"mode:{link['mode']}"}
            if link["mode"] == "road" and (len(passed) > 1 or link["km"] > DRAYAGE_KM):
                tags.add(LONG_ROAD)
            west += start["lon"] - end["lon"]
        tags.add(f"service:{service['service_id']}")
        found = widened(tags, service["mode"], service["kind"])
        return {"flags": flags, "tags": found, "westbound": west > 0}

    # What happens at terminals.

    def deck(self, service: Row, link: Row) -> Deck:
        """How a box stands on a service that begins its run on a link."""
        if link["mode"] == "rail":
            return Deck(f"rail{link['gauge_mm']}", "rail", link["gauge_mm"])
        if link["mode"] == "road":
            return Deck("road", "road")
        accepts = service["accepts"]
        if "container" in accepts:
            return Deck("ship", link["mode"])
        # A ferry takes the wagon or trailer with the box on it, so the box leaves as it came.
        if "wagon" not in accepts:
            return Deck("trailer", link["mode"])
        gauge = self._ferry_gauge(link)
        return Deck(f"rail{gauge}", link["mode"], gauge)

    def _ferry_gauge(self, link: Row) -> int:
        """The gauge of the wagons on a ferry: that of the tracks at both its ends, the broad one first."""
        ends = (self.compiled.terminals[link[end]] for end in ("from_terminal", "to_terminal"))
        common = set.intersection(*(set(end["gauges_mm"] or ()) for end in ends))
        if not common:
            raise InputError(
                Fault(
                    "no_common_gauge",
                    f"wagons cannot roll over {link['link_id']}: its ends have no gauge in common",
                    "terminals.csv",
                    accepted="gauges_mm of both ends that share one",
                )
            )
        return max(int(gauge) for gauge in common)

    def _alight(self, terminal_id: str, deck: Deck, node: int, service: Row) -> None:
        if not self.compiled.handles_boxes(terminal_id) and deck.name != "road":
            gauges = {row["from_gauge_mm"] for row in self._gauge_rows(terminal_id)}
            if deck.gauge_mm not in gauges:
                return
        self._decks.setdefault(terminal_id, set()).add(deck)
        yard = self.graph.node("yard", terminal_id, deck.name)
        alights = {"service_id": service["service_id"], "mode": service["mode"]}
        self.graph.add(node, yard, **alights, yard=f"terminal:{terminal_id}")

    def _gauge_rows(self, terminal_id: str) -> list[Row]:
        return [
            row
            for row in self.compiled.tables["dwell"]
            if row["terminal_id"] == terminal_id and row["activity"] == "gauge_change"
        ]

    def _board(
        self,
        terminal_id: str,
        deck: Deck,
        node: int,
        service: Row,
        run: Links,
        forward: bool,
        loads_in: str,
    ) -> None:
        """Edges from lying at a terminal to being on board, for every way of having come there."""
        service_id = service["service_id"]
        gate = self.gate(terminal_id, service, run)
        way = "forward" if forward else "backward"
        timetable = self.timetables.get((service_id, terminal_id, way), "")
        comes = ["origin", *sorted({came.name for came in self._decks.get(terminal_id, ())})]
        for came in comes:
            activity = self.activity(came, deck)
            if activity is None or self.handled(terminal_id, activity, came, deck) is None:
                continue
            recipe = partial(
                Builder.boarding_parts,
                terminal_id=terminal_id,
                activity=activity,
                came=came,
                deck=deck,
                service_id=service_id,
                forward=forward,
                timetable=timetable,
                gate=gate,
            )
            self.graph.add(
                self.graph.node("yard", terminal_id, came),
                node,
                recipe(self),
                recipe=recipe,
                tags=widened(
                    {f"terminal:{terminal_id}", f"service:{service_id}"}
                    | {f"operator:{name}" for name in operators(service)}
                    | ({LONG_ROAD} if deck.name == "trailer" else set()),
                    service["mode"],
                    service["kind"],
                ),
                westbound=self.touches(run, service)["westbound"] if run else None,
                service_id=service_id,
                mode=service["mode"],
                **vehicles_of(service),
                boards=True,
                joins=not came.startswith("rail"),
                loads_in=loads_in,
            )

    def boarding_parts(
        self,
        terminal_id: str,
        activity: str,
        came: str,
        deck: Deck,
        service_id: str,
        forward: bool,
        timetable: str,
        gate: frozenset[str],
    ) -> tuple[Part, ...]:
        """The parts of boarding: what is done with the box, the wait, and freight that is not by the link."""
        service = self.compiled.services[service_id]
        handled = self.handled(terminal_id, activity, came, deck)
        assert handled is not None
        hours, lines, kg_per_teu, rows = handled
        if came == "origin":
            lines = (*lines, *self.booking_lines())
        wait: dict[str, Any] = {} if timetable else headway_of(service)
        part = Part(
            activity,
            terminal_id,
            **hours,
            **wait,
            timetable=timetable,
            gate=gate,
            kg_per_teu=kg_per_teu,
            lines=lines,
            rows=(*rows, *self.compiled.departures_rows(service_id)),
            note=f"{came} > {deck.name}",
        )
        item, fare = "rail_fixed", None
        if service["mode"] in ("sea", "inland_waterway"):
            item = "sea_freight"
            fare = self.prices.find(item, service_id=service_id, forward=forward)
        elif service["mode"] == "rail":
            fare = self.prices.find(item, country=self.compiled.terminals[terminal_id]["country"])
        if fare is None:
            return (part,)
        freight = QuoteLine(item, fare.value, "unit_costs", fare.cost_id)
        return (part, Part("fare", terminal_id, lines=(freight,)))

    def booking_lines(self) -> tuple[QuoteLine, ...]:
        """What the forwarder charges once for papers and booking, where there is a quotation of it."""
        fee = self.prices.find("forwarding_fee")
        return (QuoteLine("forwarding_fee", fee.value, "unit_costs", fee.cost_id),) if fee else ()

    def activity(self, came: str, deck: Deck) -> str | None:
        """What a box that came so needs before it leaves so; None where it cannot.

        A truck comes and goes by the gate: what it brings is loaded, what it fetches discharged.
        """
        if came == deck.name == "road":
            return None  # a truck that drives on has not been left
        if deck.name == "trailer":
            return {"road": "load", "trailer": "transship"}.get(came)
        if deck.mode == "sea" and deck.name != "ship":
            return "transship" if came == deck.name else None  # only wagons roll on board of a rail ferry
        if came in ("origin", "road"):
            return "load"
        if deck.name == "road":
            return "discharge"
        if came.startswith("rail") and deck.mode == "rail" and came != deck.name:
            return "gauge_change"
        return "transship"

    def handled(
        self, terminal_id: str, activity: str, came: str, deck: Deck
    ) -> tuple[dict[str, Any], tuple[QuoteLine, ...], float, tuple[tuple[str, str], ...]] | None:
        """Hours, lines, emissions of a TEU and rows of what is done with a box; None without figures."""
        gauges = (int(came[4:]), deck.gauge_mm) if activity == "gauge_change" else (None, None)
        by_rail = deck.mode == "rail" or (deck.name == "road" and came.startswith("rail"))
        dwell = self.compiled.dwell(terminal_id, activity, *gauges, by_rail=by_rail)
        handling = self.compiled.handling(terminal_id, activity, by_rail=by_rail)
        if dwell is None or handling is None:
            return None
        stretch, fits = self.compiled.fitted("handling", self.compiled.terminals[terminal_id]["country"])
        return (
            hours_of(dwell, stretch),
            (QuoteLine("handling", handling["usd_per_feu"], "handling", handling["handling_id"]),),
            handling["kg_co2e_per_teu"],
            (("dwell", dwell["dwell_id"]), ("handling", handling["handling_id"]), *fits),
        )

    def gate(self, terminal_id: str, service: Row, run: Links) -> frozenset[str]:
        """What a departure needs to be open: its ports, links, passages and itself.

        Weather shuts a port for its ships; a train that starts there does not wait for it.
        """
        ports = {terminal_id}
        links: set[str] = set()
        passages: set[str] = set()
        for link, along in run:
            ports.add(link["to_terminal"] if along else link["from_terminal"])
            links.add(link["link_id"])
            passages |= set(link["passages"] or ())
        needs = {"link": links, "passage": passages, "service": {service["service_id"]}}
        afloat = service["mode"] in ("sea", "inland_waterway")
        west = bool(run) and self.touches(run, service)["westbound"]
        shut = set()
        for key, closing in self.closings.items():
            row = closing.rows[0]
            if row["directions"] not in ("both", "westbound" if west else "eastbound"):
                continue
            if row["scope"] == "terminal":
                needed = ports if afloat else set() if row["cause"] == "weather" else {terminal_id}
            else:
                needed = needs.get(row["scope"], set())
            if needed & set(row["scope_ids"]):
                shut.add(key)
        return frozenset(shut) | self._not_yet(terminal_id, service, run)

    def _not_yet(self, terminal_id: str, service: Row, run: Links) -> set[str]:
        """Keys of the terminals, links and services needed that are open on some of the days only."""
        compiled = self.compiled
        ends = {link[end] for link, _ in run for end in ("from_terminal", "to_terminal")} | {terminal_id}
        rows = [("services", service), *(("links", link) for link, _ in run)]
        rows += [("terminals", compiled.terminals[end]) for end in sorted(ends) if end]
        return {
            f"{VALID}{table}:{row[schema(table).key]}"
            for table, row in rows
            if (row["valid_from"] is not None and row["valid_from"] > compiled.day)
            or (row["valid_until"] is not None and row["valid_until"] < compiled.until)
        }


def ids_of(run: Links) -> tuple[tuple[str, bool], ...]:
    """The links of a run by their ids."""
    return tuple((link["link_id"], along) for link, along in run)


def vehicles_of(service: Row) -> dict[str, Any]:
    """What a departure takes and how often it goes, as cells of a move."""
    return {
        "capacity_teu": 2 * capacity_feu(service),
        "departures_per_week": service["departures_per_week"],
        "headway_cv": service["headway_cv"],
    }


def headway_of(service: Row) -> dict[str, Any]:
    """The wait for a service that goes by a headway, as cells of a part."""
    return {
        "headway_h": headway_h(service["departures_per_week"]),
        "headway_cv": service["headway_cv"],
    }


def hours_of(row: Row, stretch: float) -> dict[str, Any]:
    """Mean and variance of the hours of a row of dwell, stretched by a fitted factor, as cells of a part."""
    return {
        "handling_h": lognormal_mean_h(row["p50_h"], row["p90_h"]) * stretch,
        "handling_var_h2": lognormal_var_h2(row["p50_h"], row["p90_h"]) * stretch * stretch,
    }
