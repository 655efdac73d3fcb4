"""Which ways are shown: the best of each corridor that somebody would quote."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .answer import Decoder
from .moves import RIVALS, corridor_of
from .question import CARBON, COST, TIME, Objective, Question, Way

OBJECTIVES = ("balanced", "time", "cost", "carbon")
_LINEAR = {"time": TIME, "cost": COST, "carbon": CARBON}
# The price of an hour is tried on a grid this fine, and a corridor's is followed at most so often.
_GRID = 1.25
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
        corridor = corridor_of(way.flags)
        if corridor not in found:
            decoder = Decoder(question)
            found[corridor] = Choice(way.weight, decoder.route(way), decoder.used)
    return found


def _detours(way: Way) -> int:
    """How many rival passages a way uses: one that needs two of them is a detour of either corridor."""
    return (way.flags & RIVALS).bit_count()


def sensible(routes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Routes that no other beats by half in time, cost and carbon alike."""
    measures = ("mean_h", "cost_usd", "kg_co2e")
    return [
        route
        for route in routes
        if not any(all(other[m] * 2 <= route[m] for m in measures) for other in routes)
    ]
