"""Which ways are shown: the best of each corridor that somebody would quote, then others that differ."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from ..arrival import arrive
from ..errors import Fault, InputError
from ..times import Z90
from .events import course_of
from .question import Limits, Question, Way

OBJECTIVES = ("balanced", "time", "cost", "carbon")
MOST_ROUTES = 8
# Another route is shown when it saves so much of something, and shares at most so much of its way.
LEAST_SAVING, MOST_SHARED = 0.05, 0.8
# With timetables so many ways of each corridor are followed to their arrival.
FOLLOWED = 12


@dataclass(frozen=True, slots=True)
class Aim:
    """What a choice makes least: an objective, or the date promised with a chance."""

    by: str = "balanced"
    sure: float | None = None  # chance in percent


def check_aim(aim: Aim) -> None:
    """Raise InputError for an objective or a chance that there is not."""
    if aim.by not in OBJECTIVES:
        raise InputError(
            Fault("bad_objective", f"{aim.by!r} is no objective", "--by", aim.by, ", ".join(OBJECTIVES))
        )
    if aim.sure is not None and aim.by != "balanced":
        raise InputError(
            Fault(
                "two_aims",
                f"a route cannot be both best by {aim.by} and best by the date that can be promised",
                "--sure, --by",
                f"{aim.sure:g}, {aim.by}",
                "one of them",
            )
        )
    if aim.sure is not None and not 50 <= aim.sure <= 99:
        raise InputError(
            Fault("bad_chance", f"{aim.sure} is no chance", "--sure", str(aim.sure), "per cent from 50 to 99")
        )


Measure = Callable[[float, float, float], float]


def measure_of(question: Question, aim: Aim) -> Measure:
    """What hours, dollars and kilograms are ranked by.

    Balanced is price x hours^r, where r (unit cost time_cost_tradeoff) is how many per cent of the
    price one per cent of the hours is worth.
    """
    if aim.by == "time":
        return lambda hours, usd, kg: hours
    if aim.by == "cost":
        return lambda hours, usd, kg: usd
    if aim.by == "carbon":
        return lambda hours, usd, kg: kg
    worth = question.time_cost_tradeoff()
    return lambda hours, usd, kg: usd * hours**worth


def best_by_corridor(
    question: Question, ways: Sequence[Way], aim: Aim, routed: Callable[[Way], Mapping[str, Any]]
) -> list[tuple[float, Way]]:
    """The best way of each corridor with what it is ranked by, best first.

    routed : the route of a way. Where something goes by a timetable the best few are ranked by what their
        routes take, since a mean hour alone does not tell who catches a ship.
    """
    measure = measure_of(question, aim)
    corridors: dict[str, list[Way]] = {}
    for way in ways:
        corridors.setdefault(way.corridor, []).append(way)

    def planned(way: Way) -> tuple[float, ...]:
        least = measure(way.hours, way.usd, way.kg_co2e)
        return (least, way.hours, way.usd, way.kg_co2e, way.var_h2)

    def told(way: Way) -> float:
        route = routed(way)
        return measure(route["mean_h"], route["cost_usd"], route["kg_co2e"])

    found = []
    for listed in corridors.values():
        if aim.sure is not None:
            found.append(surest(question, listed, aim.sure / 100))
        elif question.timed:
            best = min(sorted(listed, key=planned)[:FOLLOWED], key=told)
            found.append((told(best), best))
        else:
            best = min(listed, key=planned)
            found.append((planned(best)[0], best))
    return sorted(found, key=lambda item: (item[0], item[1].corridor))


def in_time(
    question: Question,
    ways: Sequence[Way],
    aim: Aim,
    routed: Callable[[Way], Mapping[str, Any]],
    limits: Limits,
) -> tuple[list[Way], list[Way]]:
    """The best way of each corridor among those whose route keeps the limit of hours, and the ways left.

    A late train that misses a ship makes the mean later than the search counts it.
    """
    left = list(ways)
    while True:
        best = [way for _, way in best_by_corridor(question, left, aim, routed)]
        if limits.hours is None:
            return best, left
        late = {id(way) for way in best if not limits.allow(routed(way)["mean_h"])}
        if not late:
            return best, left
        left = [way for way in left if id(way) not in late]


def surest(question: Question, ways: Sequence[Way], chance: float) -> tuple[float, Way]:
    """The way with the earliest hour within which it has arrived with a chance, and that hour.

    Every way that could be the one is followed to its arrival. A quantile is at least mean - sd x
    sqrt((1 - chance) / chance) (Cantelli's inequality), which rules the others out; where something goes by a
    timetable the search's mean and spread are not those of the arrival, and every way is followed.
    """
    normal = NormalDist().inv_cdf(chance)
    bound = math.sqrt((1 - chance) / chance)
    best = (math.inf, ways[0])
    for way in sorted(ways, key=lambda way: (way.hours + normal * way.sd_h, way.usd)):
        if not question.timed and way.hours - bound * way.sd_h >= best[0]:
            continue
        hours = arrive(course_of(question, way).spells).quantile_h(chance)
        if hours < best[0]:
            best = (hours, way)
    return best


def others(question: Question, ways: Sequence[Way], shown: Sequence[Way], room: int) -> list[Way]:
    """Ways beside those shown that save much of one thing and go another way: fastest, cheapest, greenest,
    most punctual."""
    listed, found = list(shown), list[Way]()
    if not ways:
        return found
    table, own = _measures(ways), _measures(listed)
    balance = table[:, 0] * table[:, 1]
    for measure in range(table.shape[1]):
        if len(found) >= room:
            break
        at = int(np.lexsort((balance, table[:, measure]))[0])
        best = ways[at]
        if table[at, measure] > (1 - LEAST_SAVING) * own[:, measure].min():
            continue
        if all(shared(best, way) <= MOST_SHARED for way in listed):
            found.append(best)
            listed.append(best)
            own = _measures(listed)
    return found


def _measures(ways: Sequence[Way]) -> np.ndarray[Any, Any]:
    """Hours, dollars, kilograms and the hour of 9 in 10 as of a normal law, (n, 4)."""
    return np.array([(way.hours, way.usd, way.kg_co2e, way.hours + Z90 * way.sd_h) for way in ways])


def shared(one: Way, other: Way) -> float:
    """Share of the kilometres that two ways have in common, on the same service over the same link."""
    first, second = _kilometres(one), _kilometres(other)
    whole = sum({**first, **second}.values())
    return sum(km for key, km in first.items() if key in second) / whole if whole else 1.0


def _kilometres(way: Way) -> dict[tuple[str, str], float]:
    return {
        (edge.service_id, part.link_id): part.km
        for edge in way.edges
        for part in edge.parts
        if part.kind == "run"
    }


def sensible(routes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Routes that no other beats by half in time, cost and carbon alike."""
    measures = ("mean_h", "cost_usd", "kg_co2e")
    return [
        route
        for route in routes
        if not any(all(other[m] * 2 <= route[m] for m in measures) for other in routes)
    ]
