"""From a way to a route: legs and transfers with their hours, dollars, kilograms and lines."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from ..arrival import Arrival, Departures, Duration, Gate, arrive, mean_var, spell_quantiles
from ..booking import Booking
from ..clearance import Goods, Hit, leg_of, verdicts, worst
from ..costs import time_value_usd, with_margin_usd
from ..errors import Fault, InputError
from ..network.compiled import in_turn
from ..times import Z90, cutoff_at, loads
from .access import End
from .events import Course, Event, course_of, without
from .moves import Part
from .question import Question, Way
from .stays import stay_of

# Chances for which an answer tells the hours of arrival: enough to draw the distribution.
CHANCES = (0.01, 0.025, *(at / 20 for at in range(1, 20)), 0.975, 0.99)
_NO_STOP_H = 1e-6
_CAUSE_WORDS = 3  # the causes that make most of the spread, so many are told


class Decoder:
    """Turns one way into a route and counts the rows that it rests on."""

    def __init__(
        self,
        question: Question,
        goods: Goods,
        rules: Sequence[Hit],
        deadline_h: float | None = None,
    ) -> None:
        self._question = question
        self._goods = goods
        self._rules = rules
        self._deadline_h = deadline_h
        self._terminals = question.compiled.terminals
        self.used: Counter[tuple[str, str]] = Counter()

    def route(self, way: Way) -> dict[str, Any]:
        """A route with legs and transfers whose hours, dollars and kilograms sum to its own."""
        course = course_of(self._question, way)
        arrival = followed(course.spells)
        everything = self._events(course, arrival)
        # A stop for something that is shut on other days only is none.
        events = [
            event for event in everything if event.get("kind") != "halt" or event["mean_h"] > _NO_STOP_H
        ]
        for seq, event in enumerate(events, 1):
            event["seq"] = seq
        legs = [event for event in events if "mode" in event]
        transfers = [event for event in events if "mode" not in event]
        shipment = self._question.shipment
        mean_h = sum(event["mean_h"] for event in events)
        cost_usd = sum(event["cost_usd"] for event in events)
        route: dict[str, Any] = {
            "route_id": "",
            "corridor": way.corridor,
            "mean_h": mean_h,
            "mean_d": mean_h / 24,
            **self._arrival_fields(arrival, course),
            "cost_usd": cost_usd,
            "cost_usd_per_box": cost_usd / shipment.boxes,
            "kg_co2e": sum(event["kg_co2e"] for event in events),
            "km": sum(leg["km"] for leg in legs),
            "moving_h": sum(leg["mean_h"] for leg in legs),
            "waiting_h": sum(transfer["mean_h"] for transfer in transfers),
            "time_value_usd": time_value_usd(
                shipment.value_usd, mean_h, shipment.value_of_time_usd_per_h * 24 / shipment.value_usd
            ),
            "spread": self._spread(arrival, course, everything),
            "countries": list(in_turn(code for leg in legs for code in leg["countries"])),
            "via": _via(transfers),
            "ports": _ports(legs),
            "gauge_changes": sum(1 for transfer in transfers if transfer["kind"] == "gauge_change"),
        }
        self._clear(legs)
        judged = [verdict for leg in legs for verdict in leg["verdicts"]]
        route["permits"] = list(dict.fromkeys(v["key"] for v in judged if v["effect"] == "permit_needed"))
        route["legs"], route["transfers"] = legs, transfers
        return route

    def _clear(self, legs: Sequence[dict[str, Any]]) -> None:
        """What each leg does with the goods on its day."""
        question = self._question
        for leg in legs:
            day = (question.shipment.ready_at + timedelta(hours=leg["start_h"])).date()
            found = verdicts(question.compiled, self._goods, leg_of(question.compiled, leg), day, self._rules)
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
            for verdict in found:
                if verdict.key:
                    self.used[verdict.table, verdict.key] += 1

    # When it arrives.

    def _arrival_fields(self, arrival: Arrival, course: Course) -> dict[str, Any]:
        first = without(course.spells, "split")
        first_box = followed(first) if len(first) < len(course.spells) else arrival
        by_deadline = None
        if self._deadline_h is not None:
            by_deadline = arrival.probability_by(self._deadline_h) if self._deadline_h > 0 else 0.0
        return {
            "sd_h": math.sqrt(arrival.var_h2),
            "p10_h": _finite(arrival.quantile_h(0.1)),
            "p50_h": _finite(arrival.quantile_h(0.5)),
            "p90_h": _finite(arrival.quantile_h(0.9)),
            "on_time_probability": by_deadline,
            "never_probability": arrival.beyond,
            "first_box_mean_h": first_box.mean_h,
            "first_box_p90_h": _finite(first_box.quantile_h(0.9)),
            "available_at": self._at(arrival.mean_h),
            "available_p90_at": self._at(arrival.quantile_h(0.9)),
            "arrival_h": [
                [chance, arrival.quantile_h(chance)] for chance in CHANCES if chance < 1 - arrival.beyond
            ],
        }

    def _at(self, hours: float) -> str | None:
        """An instant so many hours after the cargo is ready, to the minute; None where it never comes."""
        if not math.isfinite(hours):
            return None
        at = self._question.shipment.ready_at + timedelta(hours=hours)
        return (at + timedelta(seconds=30)).replace(second=0, microsecond=0).isoformat()

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

    def _events(self, course: Course, arrival: Arrival) -> list[dict[str, Any]]:
        question = self._question
        hours: list[dict[str, float]] = [{} for _ in course.events]
        for spell, mean_h in zip(course.spells, arrival.spell_mean_h.tolist(), strict=True):
            kinds = hours[spell.event]
            kinds[spell.cause] = kinds.get(spell.cause, 0.0) + mean_h
        clock_h = 0.0
        found: list[dict[str, Any]] = []
        place = self._end_place(question.origin, "origin")
        # The stretches of a leg stand between the frontiers on its way, so the clock follows the spells.
        clocks = self._clocks(course, arrival)
        for number, event in enumerate(course.events):
            mine = [spell for spell in course.spells if spell.event == number]
            if event.is_leg:
                told, place = self._leg(event, place, clocks[number], mine)
            else:
                told = self._transfer(event, hours[number], clocks[number], mine)
                if event.edge.boards:
                    place = self._terminal_place(event.parts[0].terminal_id)
            found.append(told)
            clock_h += told["mean_h"]
        self._cutoffs(course, found)
        self._equipment(found)
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
        question, edge = self._question, event.edge
        service = question.compiled.services.get(edge.service_id)
        mean_h = sum(length for _, length in stretches)
        p50_h, p90_h = _quantiles(spells, stretches[0][0])
        leg: dict[str, Any] = {
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
            "operator": (service["operator"] if service is not None else None) or "",
            "gauge_mm": None,
            "start_h": stretches[0][0],
            "mean_h": mean_h,
            "p50_h": p50_h,
            "p90_h": p90_h,
            "etd_at": self._at(stretches[0][0]),
            "eta_at": self._at(stretches[-1][0] + stretches[-1][1]),
            "cutoff_at": None,
            "departs": "",
            "runs": [[begin, length] for begin, length in stretches],
            **self._carriage(event),
            "cost_usd": 0.0,
            "kg_co2e": 0.0,
            "km": 0.0,
            "path": [start["id"]],
            "link_ids": [],
            "countries": [],
            "passages": [],
            "lines": [],
            "points": [[start["lat"], start["lon"]]],
        }
        place = start
        for fare in event.fares:
            self._charge(leg, fare, event, 0.0)
        hire = question.hire_of(mean_h)
        countries = [start["country"]]
        for part, own in zip(event.parts, event.edges, strict=True):
            place = self._part_end(part, own.head == question.target)
            leg["to_id"], leg["to_name"], leg["to_country"] = place["id"], place["name"], place["country"]
            leg["kg_co2e"] += question.part_kg(part)
            leg["km"] += part.km
            leg["path"].append(place["id"])
            countries += [*part.through, place["country"]]
            leg["points"].append([place["lat"], place["lon"]])
            if part.link_id:
                leg["link_ids"].append(part.link_id)
                link = question.compiled.links[part.link_id]
                leg["gauge_mm"] = link["gauge_mm"]
                leg["passages"] += [word for word in link["passages"] or () if word not in leg["passages"]]
            self._charge(leg, part, event, 0.0, own)
        leg["countries"] = list(in_turn(countries))
        self._add(leg, "container_hire", hire, "unit_costs", question.hire.cost_id)
        return leg, place

    def _carriage(self, event: Event) -> dict[str, Any]:
        """How the boxes stand on the vehicles of a leg: their mass, booking and split."""
        question, shipment = self._question, self._question.shipment
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
        question, [part] = self._question, event.parts
        mean_h = sum(hours.values())
        where = (
            self._terminal_place(part.terminal_id)
            if part.terminal_id in self._terminals
            else self._end_place(question.origin, "origin")
        )
        p50_h, p90_h = _quantiles(spells, clock[0][0])
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
            for cause in getattr(spell, "causes", ()):
                for row in self._rows_of_cause(cause.key):
                    self.used["closures", row] += 1
        return told

    def _rows_of_cause(self, key: str) -> list[str]:
        closing = self._question.ground.builder.closings.get(key)
        return [row["closure_id"] for row in closing.rows] if closing is not None else []

    # Money.

    def _charge(self, told: dict[str, Any], part: Part, event: Event, hours: float, own: Any = None) -> None:
        """Lines of a part for the whole shipment; they sum to its cost."""
        question = self._question
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

    def _equipment(self, events: list[dict[str, Any]]) -> None:
        """What the boxes themselves cost: where they are picked up, and where they are given back."""
        for first, line in self._question.equipment:
            self._add(events[0 if first else -1], line.item, line.usd, "unit_costs", line.cost_id)

    def _cutoffs(self, course: Course, told: list[dict[str, Any]]) -> None:
        """The last gate-in of each departure, from the booking of its service."""
        question = self._question
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
                leg["cutoff_at"] = told[boarding]["cutoff_at"] = self._at(hours / timedelta(hours=1))

    # Places.

    def _part_end(self, part: Part, at_target: bool) -> dict[str, Any]:
        if part.kind != "run" and at_target:
            return self._end_place(self._question.destination, "destination")
        return self._terminal_place(part.terminal_id)

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


def followed(spells: Sequence[Any]) -> Arrival:
    """The arrival of a way. Raises InputError where the figures of a table give no distribution."""
    try:
        return arrive(spells)
    except ValueError as reason:
        raise InputError(
            Fault(
                "unusable_figures",
                f"the hours of a route have no distribution: {reason}",
                hint="See the medians and 90th percentiles of your own tables",
            )
        ) from None


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


def _finite(hours: float) -> float | None:
    return hours if math.isfinite(hours) else None


def _quantiles(spells: Sequence[Any], at_h: float) -> tuple[float | None, float | None]:
    """Median and 90th percentile of one event, begun at a clock hour."""
    if not spells:
        return 0.0, 0.0
    if len(spells) == 1 and isinstance(spells[0], Duration):
        mean_h, var_h2 = spells[0].mean_h, spells[0].var_h2
        sigma = math.sqrt(math.log1p(var_h2 / (mean_h * mean_h))) if mean_h else 0.0
        p50_h = mean_h * math.exp(-sigma * sigma / 2)
        return p50_h, p50_h * math.exp(Z90 * sigma)
    clocked = any(isinstance(spell, (Departures, Gate)) for spell in spells)
    p50_h, p90_h = _spell_quantiles(
        tuple(replace(spell, event=0) for spell in spells), at_h if clocked else 0.0
    )
    return _finite(p50_h), _finite(p90_h)


@lru_cache(maxsize=8192)
def _spell_quantiles(spells: tuple[Any, ...], at_h: float) -> tuple[float, ...]:
    return spell_quantiles(spells, (0.5, 0.9), at_h=at_h)


def _via(transfers: Sequence[Mapping[str, Any]]) -> list[str]:
    """Terminals where the boxes change vehicle or gauge, those at the gates of the ends left out."""
    changes = [t["terminal_id"] for t in transfers if t["kind"] not in ("border", "halt")]
    inner = changes[1:-1] if transfers and transfers[-1]["kind"] == "discharge" else changes[1:]
    return list(dict.fromkeys(inner))


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
