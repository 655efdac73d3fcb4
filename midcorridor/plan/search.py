"""All Pareto-optimal ways of a question, from the compiled search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from .moves import ALL_FLAGS, CAPE, CASPIAN, CAUCASUS, IRAN, RIVALS, RUSSIA, SUEZ, corridor_of

Array = np.ndarray[Any, Any]
CORRIDORS = ("ocean_suez", "ocean_cape", "northern", "southern", "middle", "other")
STATES = ALL_FLAGS + 1
# What bars a way from each corridor, and of what it needs something: see `moves.corridor_of`.
_CLAIMS = (
    (0, SUEZ),
    (SUEZ, CAPE),
    (SUEZ | CAPE, RUSSIA),
    (SUEZ | CAPE | RUSSIA, IRAN),
    (SUEZ | CAPE | RUSSIA | IRAN, CASPIAN | CAUCASUS),
    (ALL_FLAGS, 0),
)
# Rows of the least costs to go: nothing asked, then of each corridor without and with what it needs.
BANNED = np.array([0, *(banned for banned, _ in _CLAIMS for _ in range(2))], np.int32)
NEEDED = np.array([0, *(need * still for _, need in _CLAIMS for still in (0, 1))], np.int32)
CLAIMED = (0, *(need for _, need in _CLAIMS for _ in range(2)))
# Costs are kept as whole multiples of this, so that sums are exact and ties are ties.
GRID = 2.0**-20
# A way that comes back to where it was makes the search remember more and begin again: so often, and not
# after a run of so many labels. The more is remembered the fewer labels beat another, and the next run of
# such a search may take a minute.
ROUNDS = 8
MOST_LABELS = 30_000


@dataclass(frozen=True, eq=False)
class Moves:
    """The open moves of a question, an entry each; see `_kernels.pareto.search` for the meaning."""

    nodes: int
    source: int
    target: int
    tail: Array
    head: Array
    flags: Array
    cost: Array  # (m, 4) hours, dollars, kilograms, variance
    lead_h: Array
    timetable: Array
    gate: Array
    mark: Array
    departures: tuple[Array, ...]  # sorted hours of each timetable
    windows: tuple[Array, ...]  # (w, 4) of each gate
    remember: Array | None = None  # (n, words) marks that the first nodes remember from the start
    passes: int = 0  # how many things a way must come to: bits of `flags` above the others


@dataclass(frozen=True, eq=False)
class Found:
    """Ways that no other of the same corridor beats in hours, dollars, kilograms and variance together."""

    corridors: tuple[str, ...]
    costs: Array  # (f, 4)
    dropped: int  # ways that came back to where they had been, after ROUNDS
    first: Array  # (f + 1,) where each begins in moves
    moves: Array  # of all ways, one after the other

    def path(self, number: int) -> Array:
        """The moves of a way, in order."""
        return self.moves[self.first[number] : self.first[number + 1]]


def grid(costs: Array) -> Array:
    """Costs rounded to the grid of exact sums."""
    return np.asarray(np.round(costs / GRID) * GRID)


def pareto(moves: Moves, most: Array) -> Found:
    """Every Pareto-optimal way from source to target within the greatest costs (4,).

    The first run lets a way come back to where it was; when none does among those found, they are
    all the ways that never come back and that no other beats. Else the search remembers where ways
    came back and runs again. After ROUNDS runs, or one of MOST_LABELS, such ways are dropped and counted.
    """
    from .._kernels.loops import remember_loops
    from .._kernels.pareto import search
    from .._kernels.to_go import least_to_go
    from .._kernels.unwinding import unwind

    # Edges in the order of their tails and of their heads, so that those of a node lie together.
    first, order = _by(moves.tail, moves.nodes)
    first_in, order_in = _by(moves.head, moves.nodes)
    head, mark, flags, cost = (rows[order] for rows in (moves.head, moves.mark, moves.flags, moves.cost))
    lead_h, timetable, gate = (rows[order] for rows in (moves.lead_h, moves.timetable, moves.gate))
    departures_first, departures = _rows(moves.departures, 1)
    windows_first, windows = _rows(moves.windows, 4)
    # A row whose flags no open move has is of no use to anybody.
    met = int(np.bitwise_or.reduce(moves.flags, initial=0))
    idle = np.array([claim != 0 and not claim & met for claim in CLAIMED])
    least = least_to_go(
        first_in.astype(np.uint32), moves.tail[order_in].astype(np.uint32), moves.flags[order_in],
        moves.cost[order_in].T.copy(), moves.target, BANNED, NEEDED, idle,
    )  # fmt: skip
    from_source = least[0, moves.source]
    # Weights above 0, also of what some way has for nothing: else a beaten way could come out first.
    scale = 1.0 / np.where((from_source > 0) & np.isfinite(from_source), from_source, 1.0)
    following, reach, corridor, rows, served_first, served = reachable(
        moves.passes, tuple(np.unique(moves.flags).tolist())
    )
    remember = np.zeros((moves.nodes, mark.shape[1]), np.uint64)
    if moves.remember is not None:
        remember[: len(moves.remember)] = moves.remember
    for _ in range(ROUNDS):
        ends, corridors, costs, edge_of, before = search(
            first, head, flags, cost, lead_h, timetable, gate, mark,
            departures_first, departures.ravel(), windows_first, windows,
            following, reach, corridor, rows, served_first, served, remember, least, scale, most,
            moves.source, moves.target,
        )  # fmt: skip
        loops = np.zeros(ends.size, np.bool_)
        remember_loops(ends, edge_of, before, head, mark, remember, loops)
        if not loops.any() or before.size > MOST_LABELS:
            break
    kept = np.flatnonzero(~loops)
    unwound, edges = unwind(ends[kept], edge_of, before)
    return Found(
        tuple(CORRIDORS[at] for at in corridors[kept]),
        costs[ends[kept]],
        int(loops.sum()),
        unwound,
        order[edges],
    )


def _by(nodes: Array, count: int) -> tuple[Array, Array]:
    """Where the moves of each node begin, (count + 1,), and the moves sorted by node, (m,)."""
    order = np.argsort(nodes, kind="stable").astype(np.int32)
    return np.searchsorted(nodes[order], np.arange(count + 1)).astype(np.int32), order


def _rows(listed: tuple[Array, ...], width: int) -> tuple[Array, Array]:
    """Where each array begins, (n + 1,), and all of them as rows, (k, width)."""
    first = np.cumsum([0, *(len(rows) for rows in listed)]).astype(np.int32)
    joined = [np.asarray(rows, np.float64).reshape(-1, width) for rows in listed]
    return first, np.concatenate([np.zeros((0, width)), *joined])


@cache
def states(passes: int = 0) -> tuple[Array, Array, Array, Array, Array, Array]:
    """What the flags of a way allow: (following, reach, corridor, rows, served_first, served).

    passes : how many things a way must come to; bit k above the flags says that it has come to the k-th

    A way that needs three rival passages is a detour of each of them, and nobody sails over the
    Caspian twice. The Caucasus tells a corridor only where no rival passage does, so that ways which
    differ in it alone are not kept apart. A way that has not passed everything ends in no corridor.
    """
    count = STATES << passes
    whole = count // STATES - 1
    union = np.arange(count)[:, None] | np.arange(count)[None, :]
    rivals = np.array([(flags & RIVALS).bit_count() for flags in range(STATES)])[union % STATES]
    twice = (np.arange(count)[:, None] & np.arange(count)[None, :] & CASPIAN) > 0
    following = np.where(rivals > 0, union & ~CAUCASUS, union)
    following = np.where((rivals <= 2) & ~twice, following, -1).astype(np.int32)
    ends = np.array([CORRIDORS.index(corridor_of(flags)) for flags in range(STATES)])
    corridor = np.array([ends[at % STATES] if at // STATES == whole else -1 for at in range(count)], np.int32)
    reach = np.zeros(count, np.int64)
    for at, row in enumerate(following):
        for then in set(row[row >= 0].tolist()):
            if corridor[then] >= 0:
                reach[at] |= 1 << int(corridor[then])
    flags = np.arange(count)[:, None] % STATES
    has = (flags & np.array([need for _, need in _CLAIMS])) > 0
    rows = np.where(has, 0, 1) + 2 * np.arange(len(CORRIDORS)) + 1
    rows = np.where(np.array([need for _, need in _CLAIMS]) > 0, rows, 2 * np.arange(len(CORRIDORS)) + 1)
    served = [[state, *_serving(following, ends, state)] for state in range(count)]
    first = np.cumsum([0, *map(len, served)]).astype(np.int32)
    return (
        following,
        reach,
        corridor,
        rows.astype(np.int32),
        first,
        np.array([at for row in served for at in row], np.int32),
    )


@cache
def reachable(passes: int, met: tuple[int, ...]) -> tuple[Array, Array, Array, Array, Array, Array]:
    """As `states`, of those states only that moves with the flags `met` lead to; the first has none."""
    following, reach, corridor, rows, first, served = states(passes)
    kept = {0}
    waiting = [0]
    while waiting:
        row = following[waiting.pop()]
        fresh = {int(row[flags]) for flags in met} - kept - {-1}
        kept |= fresh
        waiting += fresh
    order = np.array(sorted(kept))
    number = np.full(len(following) + 1, -1, np.int32)  # the last one stands for nowhere
    number[order] = np.arange(order.size)
    lists = [number[served[first[at] : first[at + 1]]] for at in order]
    lists = [row[row >= 0] for row in lists]
    return (
        number[following[order]],
        reach[order],
        corridor[order],
        rows[order],
        np.cumsum([0, *map(len, lists)]).astype(np.int32),
        np.concatenate(lists),
    )


def _serving(following: Array, ends: Array, state: int) -> list[int]:
    """The other states in which a way may do whatever one in this state may still do, for the same corridor.

    Flags only gather, so that one step further tells what any number of steps tells.
    """
    mine = following[state]
    allowed = mine >= 0
    own = following[:, allowed]
    fits = (following[:, 0] == np.arange(len(following))) & (own >= 0).all(axis=1)
    same = (ends[own % STATES] == ends[mine[allowed] % STATES]).all(axis=1)
    passed = (own // STATES & mine[allowed] // STATES == mine[allowed] // STATES).all(axis=1)
    return [int(at) for at in np.flatnonzero(fits & same & passed) if at != state]
