"""From a way to a route: legs and transfers with their hours, dollars, kilograms and lines."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from ..arrival import Arrival, Departures, mean_var
from ..booking import Booking
from ..clearance import Goods, Hit, worst
from ..costs import with_margin_usd
from ..times import cutoff_at, loads
from .events import Course, Event, Path, course_of
from .moves import Part
from .question import Question, Way
from .stays import stay_of
from .telling import CHANCES, NO_STOP_H, Teller, followed, permits, quantiles

_CAUSE_WORDS = 3  # the causes that make most of the spread, so many are told


class Decoder(Teller):
    """Turns one way into a route."""

    def route(self, way: Path) -> dict[str, Any]:
        """A route with legs and transfers whose hours, dollars and kilograms sum to its own."""
        course = course_of(self.question, way)
        arrival = followed(course.spells)
        everything = self._events(course, arrival, way.corridor)
        events = [event for event in everything if event.get("kind") != "halt" or event["mean_h"] > NO_STOP_H]
        for seq, event in enumerate(events, 1):
            event["seq"] = seq
        legs = [event for event in events if "mode" in event]
        transfers = [event for event in events if "mode" not in event]
        hours, usd, kg = (sum(event[name] for event in events) for name in ("mean_h", "cost_usd", "kg_co2e"))
        judged = [self.judge(leg) for leg in legs]
        for leg, found in zip(legs, judged, strict=True):
            leg["clearance"] = worst(found)
            leg["verdicts"] = [
                {
                    "effect": verdict.effect,
                    "subject": verdict.subject,
                    "table": verdict.table,
                    "key": verdict.key,
                    "where": verdict.where,
                    "words": verdict.words,
                    "source": list(verdict.source),
                }
                for verdict in found
            ]
        return {
            **self.whole(way, course, arrival, legs, transfers, (hours, usd, kg)),
            "arrival_h": [
                [chance, arrival.quantile_h(chance)] for chance in CHANCES if chance < 1 - arrival.beyond
            ],
            "spread": self._spread(arrival, course, everything),
            "ports": _ports(legs),
            "permits": permits(verdict for found in judged for verdict in found),
            "legs": legs,
            "transfers": transfers,
        }

    def _spread(
        self, arrival: Arrival, course: Course, events: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """What makes most of the variance of the arrival: event, cause and share of it."""
        shares: dict[tuple[int, str], float] = {}
        for spell, share in zip(course.spells, _shares(arrival, course), strict=True):
            shares[spell.event, spell.cause] = shares.get((spell.event, spell.cause), 0.0) + share
        found = []
        for (number, cause), part in sorted(shares.items(), key=lambda item: -item[1])[:_CAUSE_WORDS]:
            if part > 0:
                about = events[number]
                where = about["terminal_name"] if "terminal_name" in about else about["service_name"]
                found.append({"seq": about["seq"], "where": where, "cause": cause, "share": part})
        return found

    # Legs and transfers.

    def _events(self, course: Course, arrival: Arrival, corridor: str) -> list[dict[str, Any]]:
        question = self.question
        hours: list[dict[str, float]] = [{} for _ in course.events]
        for spell, mean_h in zip(course.spells, arrival.spell_mean_h.tolist(), strict=True):
            kinds = hours[spell.event]
            kinds[spell.cause] = kinds.get(spell.cause, 0.0) + mean_h
        clock_h = 0.0
        found: list[dict[str, Any]] = []
        place = self.end_place(question.origin, "origin")
        # The stretches of a leg stand between the frontiers on its way, so the clock follows the spells.
        clocks = self._clocks(course, arrival)
        for number, event in enumerate(course.events):
            mine = [spell for spell in course.spells if spell.event == number]
            if event.is_leg:
                told, place = self._leg(event, place, clocks[number], mine)
            else:
                told = self._transfer(event, hours[number], clocks[number], mine)
                if event.edge.boards:
                    place = self.terminal_place(event.parts[0].terminal_id)
            found.append(told)
            clock_h += told["mean_h"]
        self._cutoffs(course, found)
        self._at_the_ends(found, corridor)
        return found

    def _clocks(self, course: Course, arrival: Arrival) -> list[list[tuple[float, float]]]:
        """Begin and length of every spell of every event, mean hours."""
        clocks: list[list[tuple[float, float]]] = [[] for _ in course.events]
        clock_h = 0.0
        for spell, mean_h in zip(course.spells, arrival.spell_mean_h.tolist(), strict=True):
            clocks[spell.event].append((clock_h, mean_h))
            clock_h += mean_h
        before = 0.0
        for listed in clocks:
            if not listed:
                listed.append((before, 0.0))
            before = listed[-1][0] + listed[-1][1]
        return clocks

    def _leg(
        self, event: Event, start: dict[str, Any], stretches: list[tuple[float, float]], spells: list[Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        question, edge = self.question, event.edge
        service = question.compiled.services.get(edge.service_id)
        mean_h = sum(length for _, length in stretches)
        p50_h, p90_h = quantiles(spells, stretches[0][0])
        track, place = self.track(event, start)
        leg: dict[str, Any] = {
            "seq": 0,
            **track,
            "service_name": service["name"] if service is not None else "",
            "operator": (service["operator"] if service is not None else None) or "",
            "start_h": stretches[0][0],
            "mean_h": mean_h,
            "p50_h": p50_h,
            "p90_h": p90_h,
            "etd_at": self.at(stretches[0][0]),
            "eta_at": self.at(stretches[-1][0] + stretches[-1][1]),
            "cutoff_at": None,
            "departs": "",
            "runs": [[begin, length] for begin, length in stretches],
            **self._carriage(event),
            "cost_usd": 0.0,
            "kg_co2e": sum(question.part_kg(part) for part in event.parts),
            "lines": [],
        }
        for fare in event.fares:
            self._charge(leg, fare, event, 0.0)
        for part, own in zip(event.parts, event.edges, strict=True):
            self._charge(leg, part, event, 0.0, own)
        hire = question.hire_of(mean_h)
        self._add(leg, "container_hire", hire, "unit_costs", question.hire.cost_id)
        return leg, place

    def _carriage(self, event: Event) -> dict[str, Any]:
        """How the boxes stand on the vehicles of a leg: their mass, booking and split."""
        question, shipment = self.question, self.question.shipment
        box = question.compiled.tables.by_key("containers")[shipment.container_type]
        booking = question.booking_of(event.edge)
        carriage: dict[str, Any] = {
            "gross_t_per_box": shipment.cargo_t / shipment.boxes + box["tare_t"],
            "booking": "",
            "fill_share": None,
            "loads": [shipment.boxes],
        }
        if not isinstance(booking, Booking):
            return carriage
        self.used["bookings", booking.row["booking_id"]] += 1
        number = question.columns.capacity_teu[
            question.columns.service == question.service_number(event.edge)
        ]
        capacity = float(number.min()) if number.size else math.inf
        carriage["booking"] = booking.booking
        if math.isfinite(capacity):
            room = max(1, int(capacity * shipment.boxes / shipment.teu + 1e-9))
            carriage["loads"] = list(loads(shipment.boxes, room))
            carriage["fill_share"] = shipment.teu / (capacity * len(carriage["loads"]))
        return carriage

    def _transfer(
        self, event: Event, hours: Mapping[str, float], clock: list[tuple[float, float]], spells: list[Any]
    ) -> dict[str, Any]:
        question, [part] = self.question, event.parts
        mean_h = sum(hours.values())
        where = (
            self.terminal_place(part.terminal_id)
            if part.terminal_id in self.terminals
            else self.end_place(question.origin, "origin")
        )
        p50_h, p90_h = quantiles(spells, clock[0][0])
        told: dict[str, Any] = {
            "seq": 0,
            "terminal_id": where["id"],
            "terminal_name": where["name"],
            "country": where["country"],
            "kind": part.kind,
            "start_h": clock[0][0],
            "mean_h": mean_h,
            "p50_h": p50_h,
            "p90_h": p90_h,
            "handling_h": hours.get("handling", 0.0) + hours.get("border", 0.0),
            "wait_h": sum(hours.get(cause, 0.0) for cause in ("fill", "wait", "split")),
            "closure_h": hours.get("closure", 0.0),
            "cutoff_at": None,
            "cost_usd": 0.0,
            "kg_co2e": question.part_kg(part),
            "note": part.note,
            "lines": [],
        }
        told |= stay_of(question, told)
        for stay in told["free_time"]:
            self.used["free_time", stay["key"]] += 1
        self._charge(told, part, event, mean_h)
        for spell in spells:
            self.rest_on_causes(spell)
        return told

    # Money.

    def _charge(self, told: dict[str, Any], part: Part, event: Event, hours: float, own: Any = None) -> None:
        """Lines of a part for the whole shipment; they sum to its cost."""
        question = self.question
        edge = own if own is not None else event.edge
        boxes = question.shipment.price_feu
        for line in part.lines:
            self._add(told, line.item, line.usd_per_feu * boxes, line.table, line.key)
        factor = question.price_factor(edge) if part.kind == "run" else 1.0
        booking = question.booking_of(edge)
        if factor != 1.0 and booking is not None:
            key = booking.row["booking_id"]
            self._add(told, "booking", part.usd_per_feu * (factor - 1.0) * boxes, "bookings", key)
        freight = part.usd_per_feu * factor * boxes
        margin = with_margin_usd(freight, question.margin.value) - freight
        self._add(told, "forwarder_margin", margin, "unit_costs", question.margin.cost_id)
        self._add(told, "container_hire", question.hire_of(hours), "unit_costs", question.hire.cost_id)
        for row in part.rows:
            self.used[row] += 1

    def _add(self, told: dict[str, Any], item: str, usd: float, table: str, key: str) -> None:
        if usd == 0.0 and item in ("forwarder_margin", "container_hire", "booking"):
            return
        told["cost_usd"] += usd
        told["lines"].append({"item": item, "usd": usd, "table": table, "key": key})
        self.used[table, key] += 1

    def _at_the_ends(self, events: list[dict[str, Any]], corridor: str) -> None:
        """What every way costs alike: the boxes where they are picked up and given back, customs
        declarations, and insurance where the cargo is taken over."""
        question = self.question
        for first, line in question.equipment:
            self._add(events[0 if first else -1], line.item, line.usd, "unit_costs", line.cost_id)
        for first, item, price in question.declarations:
            told, usd = events[0 if first else -1], price.value * question.shipment.price_feu
            self._add(told, item, usd, "unit_costs", price.cost_id)
            margin = with_margin_usd(usd, question.margin.value) - usd
            self._add(told, "forwarder_margin", margin, "unit_costs", question.margin.cost_id)
        if corridor in question.insurance:
            usd, price = question.insurance[corridor]
            self._add(events[0], "insurance", usd, "unit_costs", price.cost_id)

    def _cutoffs(self, course: Course, told: list[dict[str, Any]]) -> None:
        """The last gate-in of each departure, from the booking of its service."""
        question = self.question
        for number, event in enumerate(course.events[1:], 1):
            if not event.is_leg:
                continue
            boarding = next((at for at in range(number - 1, -1, -1) if course.events[at].edge.boards), None)
            leg = told[number]
            if boarding is None or course.events[boarding].edge.service_id != event.edge.service_id:
                continue
            part = course.events[boarding].parts[0]
            leg["departs"] = "timetable" if part.timetable else "headway" if part.headway_h else ""
            booking = question.booking_of(event.edge)
            if booking is not None:
                departs = question.shipment.ready_at + timedelta(hours=leg["start_h"])
                hours = cutoff_at(departs, booking.cutoff_h) - question.shipment.ready_at
                leg["cutoff_at"] = told[boarding]["cutoff_at"] = self.at(hours / timedelta(hours=1))


def _shares(arrival: Arrival, course: Course) -> list[float]:
    """Share of the variance that each spell makes.

    Where no timetable swallows what came before, spells are independent and their variances add up.
    """
    if any(isinstance(spell, Departures) for spell in course.spells):
        return [float(share) for share in arrival.spell_share]
    clock_h, found = 0.0, []
    for spell, mean_h in zip(course.spells, arrival.spell_mean_h.tolist(), strict=True):
        found.append(mean_var(spell, clock_h)[1])
        clock_h += mean_h
    whole = sum(found)
    return [float(var_h2 / whole) if whole else 0.0 for var_h2 in found]


def _ports(legs: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Port of loading and port of discharge of every bill of lading: ships in a row share one."""
    ports: list[list[str]] = []
    afloat = False
    for leg in legs:
        if leg["mode"] in ("sea", "inland_waterway"):
            if afloat:
                ports[-1][1] = leg["to_id"]
            else:
                ports.append([leg["from_id"], leg["to_id"]])
            afloat = True
        else:
            afloat = False
    return ports


class Shown:
    """Routes of ways, each made once, with the rows that they rest on."""

    def __init__(
        self, question: Question, goods: Goods, rules: Sequence[Hit], deadline_h: float | None
    ) -> None:
        self.question = question
        self.goods = goods
        self.rules = rules
        self.deadline_h = deadline_h
        self._routes: dict[int, tuple[Way, dict[str, Any], Counter[tuple[str, str]]]] = {}

    def route(self, way: Way) -> dict[str, Any]:
        """The route of a way."""
        if id(way) not in self._routes:
            decoder = Decoder(self.question, self.goods, self.rules, self.deadline_h)
            self._routes[id(way)] = (way, decoder.route(way), decoder.used)
        return self._routes[id(way)][1]

    def used_by(self, route: Mapping[str, Any]) -> Counter[tuple[str, str]]:
        """The rows that a route rests on, and how often."""
        return next(used for _, made, used in self._routes.values() if made is route)
