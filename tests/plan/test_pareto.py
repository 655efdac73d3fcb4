"""The compiled Pareto search against every way written out, on random networks of a few nodes."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from functools import cache
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from midcorridor.plan import search
from midcorridor.plan.moves import CAPE, CASPIAN, CAUCASUS, IRAN, RIVALS, RUSSIA, SUEZ, corridor_of
from midcorridor.plan.search import CORRIDORS, STATES, Found, Moves, pareto, states
from midcorridor.plan.shortcuts import shortcuts_of

from .exhaustive import (
    Costs,
    Fronts,
    best_fronts,
    every_way,
    fronts_of,
    joined,
    leavings,
    no_worse,
    same_fronts,
)

SEEDS = range(600)
# As in a plan only the hours have an end, which nothing here comes near.
NO_LIMIT = np.array([1e6, np.inf, np.inf, np.inf])


def random_moves(seed: int, most_nodes: int = 7, most_moves: int = 14) -> Moves:
    """A few nodes and moves: loops, equal costs and none, timetables, windows, marks, must-pass bits."""
    draw = random.Random(seed)
    nodes = draw.randint(2, most_nodes)
    count = draw.randint(most_moves // 2 if most_moves > 14 else 1, most_moves)
    passes = draw.choice([0, 0, 0, 1, 2])

    def flags() -> int:
        been = draw.choice([0, 0, 0, 0, CASPIAN, CASPIAN, RUSSIA, IRAN, SUEZ, CAPE, CAUCASUS, RUSSIA | IRAN])
        return been | (draw.choice([0, 1, 1, 2, 3]) % (1 << passes)) * STATES

    def windows() -> np.ndarray:
        borders = sorted(draw.sample(range(1, 60), draw.choice([1, 2, 2, 4])))
        spans = list(zip([0.0, *borders], [*borders, math.inf], strict=True))
        kept = [span for span in spans if draw.random() < 0.7]  # none at all: closed for ever
        rows = [(*span, draw.choice([0, 0, 2, 7.5]), draw.choice([0, 0, 1, 40])) for span in kept]
        return np.array(rows, np.float64).reshape(-1, 4)

    def departures() -> np.ndarray:
        return np.array(sorted(draw.sample(range(80), draw.randint(1, 6))), np.float64)

    def some(*listed: int) -> list[int]:
        return [draw.choice(listed) for _ in range(count)]

    # Multiples of a quarter add up without rounding, so that equal is equal.
    cost = np.array(
        [[draw.choice([0, 1, 1, 2, draw.randint(0, 40) / 4]) for _ in range(4)] for _ in range(count)]
    )
    clocked = draw.random() < 0.6
    return Moves(
        nodes=nodes,
        source=0,
        target=nodes - 1,
        tail=np.array([draw.randrange(nodes - 1) for _ in range(count)], np.int32),  # none from the target
        head=np.array([draw.randrange(nodes) for _ in range(count)], np.int32),
        flags=np.array([flags() for _ in range(count)], np.int32),
        cost=cost,
        lead_h=np.array([row[0] * draw.choice([0, 0.5, 1]) for row in cost]),
        timetable=np.array(some(-1, -1, 0, 1) if clocked else some(-1), np.int32),
        gate=np.array(some(-1, -1, 0, 1, 2) if clocked else some(-1), np.int32),
        mark=np.array([some(0, 0, 1, 2, 6), some(0, 0, 0, 8)], np.uint64).T.copy(),
        departures=(departures(), departures()),
        windows=tuple(windows() for _ in range(3)),
        passes=passes,
    )


def points(found: Found) -> list[tuple[str, Costs]]:
    return [
        (corridor, tuple(row)) for corridor, row in zip(found.corridors, found.costs.tolist(), strict=True)
    ]


@cache
def expected(seed: int) -> tuple[tuple[tuple[int, ...], str, Costs], ...]:
    return tuple(every_way(random_moves(seed), NO_LIMIT))


def front(seed: int) -> Fronts:
    return fronts_of((corridor, costs) for _, corridor, costs in expected(seed))


def costs_along(moves: Moves, path: Sequence[int]) -> set[Costs]:
    """The costs that a way can have, by when each move is left for; none where it does not lead through."""
    clocks, total, node = {(0.0, 0.0)}, np.zeros(4), moves.source
    for edge in path:
        if moves.tail[edge] != node:
            return set()
        runs_h = moves.cost[edge, 0] - moves.lead_h[edge]
        clocks = {
            (left_h + extra_h + runs_h, var_h2 + extra_var)
            for clock_h, var_h2 in clocks
            for left_h, extra_h, extra_var in leavings(moves, edge, clock_h)
        }
        total += moves.cost[edge]
        node = moves.head[edge]
    return {(hours, total[1], total[2], total[3] + more) for hours, more in clocks if node == moves.target}


def test_the_networks_are_as_hard_as_they_should_be() -> None:
    several = timed = gated = looped = passed = 0
    for seed in SEEDS:
        moves, ways = random_moves(seed), expected(seed)
        several += sum(map(len, front(seed).values())) > 1
        edges = {edge for path, _, _ in ways for edge in path}
        timed += any(moves.timetable[edge] >= 0 for edge in edges)
        gated += any(moves.gate[edge] >= 0 for edge in edges)
        looped += any(len({*moves.head[list(path)].tolist()}) < len(path) for path, _, _ in ways)
        passed += bool(ways) and moves.passes > 0
    assert min(several, timed, gated, looped, passed) >= 20, (several, timed, gated, looped, passed)


def test_the_faster_specification_is_the_same() -> None:
    for seed in SEEDS:
        assert best_fronts(random_moves(seed), NO_LIMIT) == front(seed), seed


def test_equals_every_way_written_out() -> None:
    compared = 0
    for seed in SEEDS:
        moves = random_moves(seed)
        found = pareto(moves, NO_LIMIT)
        assert found.dropped == 0, seed
        assert same_fronts(fronts_of(points(found)), front(seed)), seed
        # Nothing that is found is beaten by something else, and nothing is found twice.
        got = points(found)
        assert len(got) == len(set(got)) == sum(map(len, front(seed).values())), seed
        for number, (_, costs) in enumerate(got):
            assert costs in costs_along(moves, found.path(number)), seed
        compared += bool(got)
    assert compared >= 200


def random_way(moves: Moves, draw: random.Random) -> tuple[str, Costs] | None:
    """A way that wanders from the source until it cannot go on; None where that is not the target."""
    node, clock, flags, borne, total = moves.source, 0.0, 0, 0, np.zeros(4)
    mark = list(map(joined, moves.mark))
    for _ in range(20):
        if node == moves.target:
            whole = flags // STATES == (1 << moves.passes) - 1
            return (corridor_of(flags % STATES), (clock, *total[1:].tolist())) if whole else None
        options = []
        for edge in np.flatnonzero(moves.tail == node).tolist():
            more = int(moves.flags[edge])
            twice, rivals = flags & more & CASPIAN, ((flags | more) & RIVALS).bit_count()
            if not (twice or rivals > 2 or mark[edge] & borne):
                options += [(edge, *leaving) for leaving in leavings(moves, edge, clock)]
        if not options:
            return None
        edge, left_h, extra_h, extra_var = draw.choice(options)
        clock = left_h + extra_h + moves.cost[edge, 0] - moves.lead_h[edge]
        total += moves.cost[edge] + [0, 0, 0, extra_var]
        flags, borne, node = flags | int(moves.flags[edge]), borne | mark[edge], moves.head[edge]
    return None


def put_together(moves: Moves) -> Moves:
    """The same moves with those in a row put together, as a question does it."""
    names = ("tail", "head", "flags", "timetable", "gate", "mark")
    columns: Any = SimpleNamespace(**{name: getattr(moves, name) for name in names})
    rows = shortcuts_of(columns, frozenset({moves.source, moves.target}))
    together = {name: getattr(rows, name) for name in names}
    lead_h = rows.leads(moves.cost[:, 0], moves.lead_h)
    return replace(moves, **together, cost=rows.sums(moves.cost), lead_h=lead_h)


def test_moves_put_together_are_the_same_ways() -> None:
    fewer = timed = 0
    for seed in range(2000):
        # Forward only: a row that comes back to where it began is put together to nothing.
        moves = random_moves(seed)
        low, high = np.minimum(moves.tail, moves.head), np.maximum(moves.tail, moves.head)
        moves = replace(moves, tail=low, head=high)
        moves = taken(moves, np.flatnonzero(low < high))
        free = fronts_of((name, costs) for _, name, costs in every_way(moves, NO_LIMIT))
        if not free:
            continue
        together = put_together(moves)
        assert same_fronts(fronts_of(points(pareto(together, NO_LIMIT))), free), seed
        fewer += together.tail.size < moves.tail.size
        timed += bool((together.lead_h[together.timetable >= 0] > moves.lead_h.max(initial=0)).any())
    assert fewer >= 300
    assert timed >= 10


def test_a_search_that_grows_too_large_says_what_it_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it keeps beats no way of the exact front, and is that front where nothing was left out."""
    stopped = 0
    for seed in SEEDS:
        moves = random_moves(seed)
        whole = points(pareto(moves, NO_LIMIT))
        monkeypatch.setattr(search, "MOST_LABELS", 0)
        found = pareto(moves, NO_LIMIT)
        monkeypatch.undo()
        stopped += found.dropped > 0
        if not found.dropped:
            assert sorted(points(found)) == sorted(whole), seed
        for name, costs in points(found):
            assert any(name == corridor and no_worse(best, costs) for corridor, best in whole), seed
    assert stopped >= 20


def test_no_random_way_through_a_larger_network_is_better() -> None:
    wandered = 0
    for seed in range(80):
        moves = random_moves(seed, 16, 80)
        found = pareto(moves, NO_LIMIT)
        if found.dropped:
            continue
        draw = random.Random(seed)
        for way in filter(None, (random_way(moves, draw) for _ in range(100))):
            assert any(name == way[0] and no_worse(costs, way[1]) for name, costs in points(found)), seed
            wandered += 1
    assert wandered >= 500


def test_one_more_move_never_worsens() -> None:
    compared = 0
    for seed in SEEDS:
        moves = random_moves(seed)
        less = taken(moves, np.arange(moves.tail.size - 1))
        before, after = points(pareto(less, NO_LIMIT)), points(pareto(moves, NO_LIMIT))
        for corridor, costs in before:
            assert any(name == corridor and no_worse(better, costs) for name, better in after), seed
        compared += bool(before)
    assert compared >= 150


def taken(moves: Moves, order: np.ndarray) -> Moves:
    """Some of the moves, in an order."""
    whole = ("departures", "windows")
    rows = {item.name: getattr(moves, item.name) for item in fields(moves) if item.name not in whole}
    return replace(moves, **{name: row[order] for name, row in rows.items() if isinstance(row, np.ndarray)})


def test_a_tighter_limit_keeps_what_is_within_it() -> None:
    cut = 0
    for seed in SEEDS:
        moves, free = random_moves(seed), front(seed)
        draw = random.Random(seed)
        every = [costs for listed in free.values() for costs in listed]
        if not every:
            continue
        # The limit is a cost that some way has, so that a way may stand on it.
        most = np.array([draw.choice([math.inf, draw.choice(every)[at]]) for at in range(4)])
        within = {name: [costs for costs in listed if (costs <= most).all()] for name, listed in free.items()}
        within = {name: listed for name, listed in within.items() if listed}
        assert same_fronts(fronts_of(points(pareto(moves, most))), within), seed
        cut += within != free
    assert cut >= 100


def test_order_and_numbers_change_nothing() -> None:
    for seed in SEEDS:
        moves, draw = random_moves(seed), random.Random(seed)
        names = np.array(draw.sample(range(moves.nodes), moves.nodes), np.int32)
        renamed = replace(
            taken(moves, np.array(draw.sample(range(moves.tail.size), moves.tail.size))),
            source=int(names[moves.source]),
            target=int(names[moves.target]),
        )
        renamed = replace(renamed, tail=names[renamed.tail], head=names[renamed.head])
        assert same_fronts(fronts_of(points(pareto(renamed, NO_LIMIT))), front(seed)), seed


def test_eight_threads_at_once_find_the_same_as_one() -> None:
    alone = [pareto(random_moves(seed), NO_LIMIT) for seed in range(200)]
    with ThreadPoolExecutor(8) as pool:
        together = pool.map(lambda seed: pareto(random_moves(seed), NO_LIMIT), range(200))
    for one, other in zip(alone, together, strict=True):
        assert points(one) == points(other)
        paths = ([found.path(at).tolist() for at in range(len(found.corridors))] for found in (one, other))
        assert next(paths) == next(paths)


def test_inputs_come_back_unchanged() -> None:
    for seed in range(100):
        moves, untouched, most = random_moves(seed), random_moves(seed), np.full(4, 30.0)
        pareto(moves, most)
        for item in fields(moves):
            np.testing.assert_equal(getattr(moves, item.name), getattr(untouched, item.name))
        assert most.tolist() == [30.0] * 4


# What the flags of a way allow.


@pytest.mark.parametrize("passes", [0, 1])
def test_states_tell_all_that_matters_of_where_a_way_has_been(passes: int) -> None:
    following, reach, corridor, _, served_first, served = states(passes)
    steps = [0, RUSSIA, IRAN, CASPIAN, CAUCASUS, SUEZ, CAPE, CASPIAN | CAUCASUS, RUSSIA | IRAN | SUEZ]
    steps += [STATES, STATES | CAPE] if passes else []

    def outcome(sequence: tuple[int, ...]) -> str:
        """The corridor that a sequence of moves ends in; empty where it may not go or has not passed all."""
        union = 0
        for step in sequence:
            if union & step & CASPIAN:
                return ""
            union |= step
        if (union & RIVALS).bit_count() > 2 or union >> 6 != (1 << passes) - 1:
            return ""
        return corridor_of(union % STATES)

    def state(sequence: tuple[int, ...]) -> int:
        at = 0
        for step in sequence:
            at = int(following[at, step]) if at >= 0 else -1
        return at

    sequences = [way for length in range(4) for way in product(steps, repeat=length)]
    futures: dict[int, tuple[str, ...]] = {}
    for past in sequences:
        at = state(past)
        ends = tuple(outcome(past + then) for then in sequences if len(then) <= 2)
        if at < 0:
            assert not any(ends), past
            continue
        # Two pasts of one state have the same futures.
        assert futures.setdefault(at, ends) == ends, past
        here = CORRIDORS[corridor[at]] if corridor[at] >= 0 else ""
        assert here == outcome(past), past
    # Nothing yet, one of five rivals, two of them, the Caucasus alone.
    assert len(futures) == (1 + 5 + 10 + 1) << passes
    for at, ends in futures.items():
        assert {CORRIDORS[bit] for bit in range(6) if reach[at] >> bit & 1} == {*ends} - {""}
        # A state serves another where every future of the other is one of its own, with the same end.
        mine = {int(other) for other in served[served_first[at] : served_first[at + 1]]} & set(futures)
        pairs = {other: zip(ends, theirs, strict=True) for other, theirs in futures.items()}
        assert mine == {other for other, both in pairs.items() if all(a in ("", b) for a, b in both)}, at


# The comparison itself.


TWO: Fronts = {"middle": [(1.0, 2.0, 3.0, 4.0), (2.0, 1.0, 3.0, 4.0)], "other": [(5.0, 5.0, 5.0, 5.0)]}


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({**TWO, "middle": TWO["middle"][::-1]}, True),  # order
        ({**TWO, "middle": [*TWO["middle"], (1.0, 2.0, 3.0, 4.0)]}, True),  # a tie: another way, same costs
        ({**TWO, "other": [(5.0, 5.0, 5.0 + 1e-12, 5.0)]}, True),  # rounding
        ({**TWO, "other": [(5.0, 5.0, 5.0 + 1e-6, 5.0)]}, False),
        ({**TWO, "middle": TWO["middle"][:1]}, False),  # one is missing
        ({**TWO, "middle": [*TWO["middle"], (1.5, 1.5, 3.0, 4.0)]}, False),  # one too many
        ({"middle": TWO["middle"]}, False),
        ({**TWO, "northern": TWO["other"]}, False),
        ({"middle": TWO["other"], "other": TWO["middle"]}, False),
        ({**TWO, "other": [(math.nan, 5.0, 5.0, 5.0)]}, False),
    ],
)  # fmt: skip
def test_fronts_are_compared_by_their_costs(other: Fronts, same: bool) -> None:
    assert same_fronts(TWO, other) is same
    assert same_fronts(other, TWO) is same


def test_a_front_keeps_what_nothing_beats() -> None:
    ways: list[tuple[str, Any]] = [
        ("middle", (1, 2, 3, 4)), ("middle", (1, 2, 3, 4)), ("middle", (1, 2, 3, 5)),
        ("middle", (0, 9, 9, 9)), ("other", (9, 9, 9, 9)),
    ]  # fmt: skip
    assert fronts_of(ways) == {"middle": [(0, 9, 9, 9), (1, 2, 3, 4)], "other": [(9, 9, 9, 9)]}
