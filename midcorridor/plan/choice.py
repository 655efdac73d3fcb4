"""Which ways are shown: the best of each corridor that somebody would quote."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .access import End, great_circle_km
from .answer import Decoder
from .graph import CAPE, CASPIAN, IRAN, RUSSIA, SUEZ
from .question import CARBON, COST, TIME, Objective, Question, Way

OBJECTIVES = ("balanced", "time", "cost", "carbon")
_LINEAR = {"time": TIME, "cost": COST, "carbon": CARBON}
# The price of an hour is tried on a grid this fine, and a corridor's is followed at most so often.
_GRID = 1.1
_ROUNDS = 4


@dataclass(frozen=True, eq=False)
class Choice:
    """A route, what it was ranked by, and how often each row was used for it."""

    rank: float
    route: dict[str, Any]
    used: Counter[tuple[str, str]]


def best_by_corridor(question: Question, by: str, blocked: dict[str, str]) -> list[Choice]:
    """The best route of each corridor, best first.

    Balanced ranks by price x hours^r, where r (unit cost time_cost_tradeoff) is how many per cent of
    the price one per cent of the hours is worth. The product is not a sum over moves, so for each
    corridor the price of an hour that it implies, r x price / hours, is put into the search until
    the route stays: the best of all routes that are cheapest at some price of an hour.
    """
    if by != "balanced":
        found = _corridors(question, _LINEAR[by], blocked)
        return sorted(found.values(), key=lambda choice: choice.rank)
    worth = question.time_cost_tradeoff()
    tried: dict[int, dict[str, Choice]] = {}

    def at(usd_per_h: float) -> dict[str, Choice]:
        step = round(math.log(usd_per_h) / math.log(_GRID))
        if step not in tried:
            tried[step] = _corridors(question, Objective(_GRID**step, 1.0, 0.0), blocked)
        return tried[step]

    def product(choice: Choice) -> float:
        return float(choice.route["cost_usd"] * choice.route["mean_h"] ** worth)

    def implied(choice: Choice) -> float:
        return float(worth * choice.route["cost_usd"] / choice.route["mean_h"])

    cheapest = _corridors(question, COST, blocked)
    best = dict(cheapest)
    for corridor, choice in cheapest.items():
        for _ in range(_ROUNDS):
            following = at(implied(choice)).get(corridor)
            if following is None or product(following) >= product(best[corridor]) * (1 - 1e-9):
                break
            best[corridor] = choice = following
    # A run for one corridor may hold a better route of another.
    for found in tried.values():
        for corridor, choice in found.items():
            if corridor not in best or product(choice) < product(best[corridor]):
                best[corridor] = choice
    return sorted((Choice(product(c), c.route, c.used) for c in best.values()), key=lambda c: c.rank)


def _corridors(question: Question, objective: Objective, blocked: dict[str, str]) -> dict[str, Choice]:
    found: dict[str, Choice] = {}
    ways = question.ways(question.weights(objective, blocked))
    for way in sorted(ways, key=_detours):
        decoder = Decoder(question)
        route = decoder.route(way)
        if (
            route["corridor"] in found
            or repeats_a_place(route)
            or crosses_twice(route)
            or strays(route, (question.origin, question.destination))
        ):
            continue
        found[route["corridor"]] = Choice(way.weight, route, decoder.used)
    return found


def _detours(way: Way) -> int:
    """How many rival passages a way uses: one that needs two of them is a detour of either corridor."""
    return (way.flags & (RUSSIA | IRAN | CASPIAN | SUEZ | CAPE)).bit_count()


def repeats_a_place(route: Mapping[str, Any]) -> bool:
    """Whether a route comes back to a place it has left: no forwarder would quote that.

    A change of gauge starts afresh, since the station that reloads may lie beyond the junction.
    """
    seen: list[str] = []
    gauge = None
    for leg in route["legs"]:
        if gauge and leg["gauge_mm"] and leg["gauge_mm"] != gauge:
            seen = []
        gauge = leg["gauge_mm"] or gauge
        for place in leg["path"]:
            if not seen or seen[-1] != place:
                seen.append(place)
    return len(set(seen)) < len(seen)


def crosses_twice(route: Mapping[str, Any]) -> bool:
    """Whether a route sails over the Caspian more than once."""
    return sum("caspian" in leg["passages"] for leg in route["legs"]) > 1


def strays(route: Mapping[str, Any], ends: Sequence[End]) -> bool:
    """Whether a route calls at a terminal far beyond either end, such as China between Aktau and Mersin.

    Beyond means farther from one end than half again the distance of the ends, and than that
    distance and 1,500 km (e); what a ship rounds on its way, such as the Cape, is no call.
    """
    origin, destination = ((end.lat, end.lon) for end in ends)
    apart_km = great_circle_km(origin, destination)
    limit_km = max(apart_km * 1.5, apart_km + 1500.0)
    return any(
        great_circle_km((point[0], point[1]), end) > limit_km
        for leg in route["legs"]
        for point in leg["points"]
        for end in (origin, destination)
    )


def sensible(routes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Routes that no other beats by half in time, cost and carbon alike."""
    measures = ("mean_h", "cost_usd", "kg_co2e")
    return [
        route
        for route in routes
        if not any(all(other[m] * 2 <= route[m] for m in measures) for other in routes)
    ]
