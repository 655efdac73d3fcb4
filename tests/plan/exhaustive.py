"""Every way through a few moves, written out: what the compiled search must find, and how to compare."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from midcorridor.plan.moves import CASPIAN, RIVALS, corridor_of
from midcorridor.plan.search import STATES, Moves

Costs = tuple[float, float, float, float]
Fronts = dict[str, list[Costs]]


def joined(words: np.ndarray) -> int:
    """A row of words as one whole number."""
    return sum(int(word) << 64 * at for at, word in enumerate(words))


def leavings(moves: Moves, edge: int, at_h: float) -> Iterator[tuple[float, float, float]]:
    """When a move may be left for: the hour, the hours and the variance that this adds."""
    ready_h = at_h + float(moves.lead_h[edge])
    if moves.timetable[edge] >= 0:
        later = [hour for hour in moves.departures[moves.timetable[edge]] if hour >= ready_h]
        if not later:
            return
        ready_h = min(later)
    if moves.gate[edge] < 0:
        yield ready_h, 0.0, 0.0
        return
    for from_h, until_h, extra_h, extra_var in moves.windows[moves.gate[edge]]:
        if until_h > ready_h:
            yield max(ready_h, from_h), extra_h, extra_var


def every_way(moves: Moves, most: Iterable[float]) -> Iterator[tuple[tuple[int, ...], str, Costs]]:
    """Moves, corridor and costs of every way from source to target.

    A way never bears a mark twice, never sails over the Caspian twice, never passes three rivals; one
    that is again at a node with the same flags and marks is no better than it was and is left out.
    """
    most = tuple(most)
    rows = list(zip(moves.tail.tolist(), moves.head.tolist(), moves.flags.tolist(), strict=True))
    cost, lead = moves.cost.tolist(), moves.lead_h.tolist()
    mark = [joined(row) for row in moves.mark]
    leaving: dict[int, list[int]] = {}
    for edge, (tail, _, _) in enumerate(rows):
        leaving.setdefault(tail, []).append(edge)
    everything = (STATES << moves.passes) - STATES

    def extend(node: int, costs: Costs, flags: int, borne: int, been: Any, path: tuple[int, ...]) -> Any:
        if node == moves.target:
            within = all(cost <= limit for cost, limit in zip(costs, most, strict=True))
            if within and flags & everything == everything:
                yield path, corridor_of(flags % STATES), costs
            return
        for edge in leaving.get(node, ()):
            _, head, more = rows[edge]
            union = flags | more
            if flags & more & CASPIAN or (union & RIVALS).bit_count() > 2 or mark[edge] & borne:
                continue
            after = borne | mark[edge]
            there = (head, union, after)
            if there in been:
                continue
            for leaves_h, extra_h, extra_var in leavings(moves, edge, costs[0]):
                hours = leaves_h + extra_h + (cost[edge][0] - lead[edge])
                usd, kg = costs[1] + cost[edge][1], costs[2] + cost[edge][2]
                then = (hours, usd, kg, costs[3] + cost[edge][3] + extra_var)
                yield from extend(head, then, union, after, been | {there}, (*path, edge))

    yield from extend(moves.source, (0.0, 0.0, 0.0, 0.0), 0, 0, frozenset({(moves.source, 0, 0)}), ())


def best_fronts(moves: Moves, most: Iterable[float]) -> Fronts:
    """The fronts of `every_way` for networks with too many ways: at a node those with the same flags and
    marks may do the same, so that of them only those matter which no other beats."""
    most = tuple(most)
    mark, cost = [joined(row) for row in moves.mark], moves.cost.tolist()
    leaving: dict[int, list[tuple[int, int, int]]] = {}
    for edge, tail in enumerate(moves.tail.tolist()):
        leaving.setdefault(tail, []).append((edge, int(moves.head[edge]), int(moves.flags[edge])))
    start = (moves.source, 0, 0)
    kept: dict[tuple[int, int, int], set[Costs]] = {start: {(0.0, 0.0, 0.0, 0.0)}}
    waiting = [(start, (0.0, 0.0, 0.0, 0.0))]
    while waiting:
        (node, flags, borne), costs = waiting.pop()
        if node == moves.target or costs not in kept[node, flags, borne]:
            continue
        for edge, head, more in leaving.get(node, ()):
            union = flags | more
            if flags & more & CASPIAN or (union & RIVALS).bit_count() > 2 or mark[edge] & borne:
                continue
            there = (head, union, borne | mark[edge])
            for leaves_h, extra_h, extra_var in leavings(moves, edge, costs[0]):
                hours = leaves_h + extra_h + (cost[edge][0] - float(moves.lead_h[edge]))
                usd, kg = costs[1] + cost[edge][1], costs[2] + cost[edge][2]
                then = (hours, usd, kg, costs[3] + cost[edge][3] + extra_var)
                rivals = kept.setdefault(there, set())
                if all(a <= b for a, b in zip(then, most, strict=True)) and not any(
                    no_worse(other, then) for other in rivals
                ):
                    kept[there] = {other for other in rivals if not no_worse(then, other)} | {then}
                    waiting.append((there, then))
    everything = (STATES << moves.passes) - STATES
    return fronts_of(
        (corridor_of(flags % STATES), costs)
        for (node, flags, _), listed in kept.items()
        for costs in listed
        if node == moves.target and flags & everything == everything
    )


def no_worse(one: Costs, other: Costs, slack: float = 0.0) -> bool:
    """Whether one costs no more than other in every respect."""
    return all(a <= b + slack for a, b in zip(one, other, strict=True))


def fronts_of(found: Iterable[tuple[str, Costs]]) -> Fronts:
    """What no other of the same corridor beats, each point once."""
    listed: dict[str, set[Costs]] = {}
    for corridor, costs in found:
        listed.setdefault(corridor, set()).add(costs)
    return {
        corridor: sorted(a for a in points if not any(no_worse(b, a) for b in points if b != a))
        for corridor, points in listed.items()
    }


def same_fronts(one: Fronts, other: Fronts, rel: float = 1e-9) -> bool:
    """Whether two have the same corridors and each point of one is, but for rounding, a point of the other.

    Which way has the costs of a point does not matter: several may.
    """

    def near(a: Costs, b: Costs) -> bool:
        return all(math.isclose(x, y, rel_tol=rel, abs_tol=rel) for x, y in zip(a, b, strict=True))

    def within(first: Fronts, second: Fronts) -> bool:
        return all(any(near(a, b) for b in second[name]) for name in first for a in first[name])

    return set(one) == set(other) and within(one, other) and within(other, one)
