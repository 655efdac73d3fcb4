"""What a way is as a whole: where it goes, when it arrives, on which rows it rests."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

from ..arrival import Arrival, Departures, Duration, Gate, arrive, spell_quantiles
from ..booking import Booking
from ..clearance import Goods, Hit, Verdict, leg_of, verdicts
from ..costs import time_value_usd
from ..errors import Fault, InputError
from ..network.compiled import in_turn
from ..times import Z90
from .access import End
from .events import Course, Event, Path, course_of, without
from .moves import Part
from .question import Question, Way
from .stays import exposure_of, free_time_of, stay_of

# Chances for which an answer tells the hours of arrival: enough to draw the distribution.
CHANCES = (0.01, 0.025, *(at / 20 for at in range(1, 20)), 0.975, 0.99)
NO_STOP_H = 1e-6  # a stop for something that is shut on other days only is none
Row = dict[str, Any]


@dataclass(eq=False)
class Teller:
    """Tells of one way, and counts the rows that it rests on."""

    question: Question
    goods: Goods
    rules: Sequence[Hit]
    deadline_h: float | None = None

    def __post_init__(self) -> None:
        self.terminals = self.question.compiled.terminals
        self.used: Counter[tuple[str, str]] = Counter()

    def outline(self, way: Way) -> Row:
        """The route of a way as a whole: the fields of `schema/results/many.csv`, without its letter.

        The same figures as those of the route with its legs, from the moves and not from the legs' lines.
        """
        question = self.question
        course = course_of(question, way)
        arrival = followed(course.spells)
        hours = [0.0] * len(course.events)
        for spell, spell_h in zip(course.spells, arrival.spell_mean_h.tolist(), strict=True):
            hours[spell.event] += spell_h
        legs: list[Row] = []
        stops: list[Row] = []
        place = self.end_place(question.origin, "origin")
        clock_h = 0.0
        for number, (event, event_h) in enumerate(zip(course.events, hours, strict=True)):
            if event.is_leg:
                leg, place = self.track(event, place)
                legs.append(leg | {"start_h": clock_h, "mean_h": event_h})
            elif event.kind != "halt" or event_h > NO_STOP_H:
                [part] = event.parts
                where = part.terminal_id or "origin"
                stop: Row = {"kind": part.kind, "terminal_id": where, "note": part.note}
                stops.append(stop | self._stay(course, number, stop, clock_h))
                if event.edge.boards:
                    place = self.terminal_place(part.terminal_id)
            clock_h += event_h
        self._rest_on(course, stops, way.corridor)
        judged = [verdict for leg in legs for verdict in self.judge(leg)] if self.judges else []
        # The search counts the hire of the boxes for the hours that it foresees.
        cost_usd = way.usd + question.hire_of(clock_h - way.hours)
        kg_co2e = sum(question.part_kg(part) for event in course.events for part in event.parts)
        return {
            **self.whole(way, course, arrival, legs, stops, (clock_h, cost_usd, kg_co2e)),
            "permits": permits(judged),
        }

    def _stay(self, course: Course, number: int, stop: Row, at_h: float) -> Row:
        """What a stop says of its stay; its percentiles are made only where something may fall due."""
        question, p50_h, p90_h = self.question, None, None
        if free_time_of(question, stop["terminal_id"], stop["kind"], stop["note"]):
            p50_h, p90_h = quantiles([spell for spell in course.spells if spell.event == number], at_h)
        return stay_of(question, stop | {"p50_h": p50_h, "p90_h": p90_h})

    @property
    def judges(self) -> bool:
        """Whether any rule may have a word on a leg."""
        return bool(self.rules) or self.goods.dangerous is not None

    def whole(
        self,
        way: Path,
        course: Course,
        arrival: Arrival,
        legs: Sequence[Row],
        stops: Sequence[Row],
        costs: tuple[float, float, float],
    ) -> Row:
        """What a route is as a whole.

        legs : of each mean_h, km and path     stops : of each kind, terminal_id and what `stay_of` says
        costs : mean hours, dollars and kilograms
        """
        shipment, (mean_h, cost_usd, kg_co2e) = self.question.shipment, costs
        moving_h = sum(leg["mean_h"] for leg in legs)
        return {
            "route_id": "",
            "corridor": way.corridor,
            "mean_h": mean_h,
            "mean_d": mean_h / 24,
            **self._arrival_fields(arrival, course),
            "cost_usd": cost_usd,
            "cost_usd_per_box": cost_usd / shipment.boxes,
            "kg_co2e": kg_co2e,
            "km": sum(leg["km"] for leg in legs),
            "moving_h": moving_h,
            "waiting_h": mean_h - moving_h,
            "time_value_usd": time_value_usd(
                shipment.value_usd, mean_h, shipment.value_of_time_usd_per_h * 24 / shipment.value_usd
            ),
            **exposure_of(stops, shipment.price_feu),
            "countries": list(in_turn(code for leg in legs for code in leg["countries"])),
            "via": _via(stops),
            "gauge_changes": sum(1 for stop in stops if stop["kind"] == "gauge_change"),
        }

    def judge(self, leg: Mapping[str, Any]) -> list[Verdict]:
        """What the rules say of the goods on a leg, on its day."""
        question = self.question
        day = (question.shipment.ready_at + timedelta(hours=leg["start_h"])).date()
        found = verdicts(question.compiled, self.goods, leg_of(question.compiled, leg), day, self.rules)
        for verdict in found:
            if verdict.key:
                self.used[verdict.table, verdict.key] += 1
        return found

    # On what it rests.

    def _rest_on(self, course: Course, stops: Sequence[Row], corridor: str) -> None:
        question = self.question
        for event in course.events:
            for part in (*event.fares, *event.parts):
                self.rest_on_part(part)
            if event.is_leg:
                booking = question.booking_of(event.edge)
                if isinstance(booking, Booking):
                    self.used["bookings", booking.row["booking_id"]] += 1
            else:
                [part] = event.parts
                for free in free_time_of(question, part.terminal_id, part.kind, part.note).values():
                    self.used["free_time", free.row["free_time_id"]] += 1
        for spell in course.spells:
            self.rest_on_causes(spell)
        for _, line in question.equipment:
            self.used["unit_costs", line.cost_id] += 1
        for _, _, price in question.declarations:
            self.used["unit_costs", price.cost_id] += 1
        if corridor in question.insurance:
            self.used["unit_costs", question.insurance[corridor][1].cost_id] += 1
        self.used["unit_costs", question.margin.cost_id] += 1
        if question.hire_of(1.0):
            self.used["unit_costs", question.hire.cost_id] += 1

    def rest_on_part(self, part: Part) -> None:
        """The rows of a part and of its lines."""
        for row in part.rows:
            self.used[row] += 1
        for line in part.lines:
            self.used[line.table, line.key] += 1

    def rest_on_causes(self, spell: Any) -> None:
        """The closures that a spell waits for."""
        closings = self.question.ground.builder.closings
        for cause in getattr(spell, "causes", ()):
            closing = closings.get(cause.key)
            for row in closing.rows if closing is not None else ():
                self.used["closures", row["closure_id"]] += 1

    # When it arrives.

    def _arrival_fields(self, arrival: Arrival, course: Course) -> Row:
        first = without(course.spells, "split")
        first_box = followed(first) if len(first) < len(course.spells) else arrival
        by_deadline = None
        if self.deadline_h is not None:
            by_deadline = arrival.probability_by(self.deadline_h) if self.deadline_h > 0 else 0.0
        p90_h = arrival.quantile_h(0.9)
        return {
            "sd_h": math.sqrt(arrival.var_h2),
            "p10_h": finite(arrival.quantile_h(0.1)),
            "p50_h": finite(arrival.quantile_h(0.5)),
            "p90_h": finite(p90_h),
            "on_time_probability": by_deadline,
            "never_probability": arrival.beyond,
            "first_box_mean_h": first_box.mean_h,
            "first_box_p90_h": finite(first_box.quantile_h(0.9)),
            "available_at": self.at(arrival.mean_h),
            "available_p90_at": self.at(p90_h),
        }

    def at(self, hours: float) -> str | None:
        """An instant so many hours after the cargo is ready, to the minute; None where it never comes."""
        if not math.isfinite(hours):
            return None
        at = self.question.shipment.ready_at + timedelta(hours=hours)
        return (at + timedelta(seconds=30)).replace(second=0, microsecond=0).isoformat()

    # Where it goes.

    def track(self, event: Event, start: Row) -> tuple[Row, Row]:
        """Where a leg goes, and the place that it ends at."""
        question, edge = self.question, event.edge
        leg: Row = {
            "from_id": start["id"],
            "from_name": start["name"],
            "from_country": start["country"],
            "mode": edge.mode,
            "service_id": edge.service_id,
            "gauge_mm": None,
            "path": [start["id"]],
            "link_ids": [],
            "countries": [],
            "passages": [],
            "points": [[start["lat"], start["lon"]]],
            "km": 0.0,
        }
        place, countries = start, [start["country"]]
        for part, own in zip(event.parts, event.edges, strict=True):
            place = self._part_end(part, own.head == question.target)
            leg["km"] += part.km
            leg["path"].append(place["id"])
            countries += [*part.through, place["country"]]
            leg["points"].append([place["lat"], place["lon"]])
            if part.link_id:
                leg["link_ids"].append(part.link_id)
                link = question.compiled.links[part.link_id]
                leg["gauge_mm"] = link["gauge_mm"]
                leg["passages"] += [word for word in link["passages"] or () if word not in leg["passages"]]
        leg["countries"] = list(in_turn(countries))
        leg["to_id"], leg["to_name"], leg["to_country"] = place["id"], place["name"], place["country"]
        return leg, place

    def _part_end(self, part: Part, at_target: bool) -> Row:
        if part.kind != "run" and at_target:
            return self.end_place(self.question.destination, "destination")
        return self.terminal_place(part.terminal_id)

    def terminal_place(self, terminal_id: str) -> Row:
        """A terminal as a place on the way."""
        row = self.terminals[terminal_id]
        return {
            "id": terminal_id,
            "name": row["name"],
            "country": row["country"],
            "lat": row["lat"],
            "lon": row["lon"],
        }

    def end_place(self, end: End, role: str) -> Row:
        """An end as a place on the way."""
        if end.terminal_id is not None:
            return self.terminal_place(end.terminal_id)
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


def quantiles(spells: Sequence[Any], at_h: float) -> tuple[float | None, float | None]:
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
    return finite(p50_h), finite(p90_h)


@lru_cache(maxsize=8192)
def _spell_quantiles(spells: tuple[Any, ...], at_h: float) -> tuple[float, ...]:
    return spell_quantiles(spells, (0.5, 0.9), at_h=at_h)


def finite(hours: float) -> float | None:
    """Hours, or None where they never end."""
    return hours if math.isfinite(hours) else None


def permits(judged: Iterable[Verdict]) -> list[str]:
    """The rules that let the cargo pass with a permit only."""
    return list(dict.fromkeys(verdict.key for verdict in judged if verdict.effect == "permit_needed"))


def _via(stops: Sequence[Mapping[str, Any]]) -> list[str]:
    """Terminals where the boxes change vehicle or gauge, those at the gates of the ends left out."""
    changes = [stop["terminal_id"] for stop in stops if stop["kind"] not in ("border", "halt")]
    inner = changes[1:-1] if stops and stops[-1]["kind"] == "discharge" else changes[1:]
    return list(dict.fromkeys(inner))
