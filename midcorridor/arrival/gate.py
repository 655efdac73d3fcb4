"""Passing a gate: everything that a departure needs must be open at once.

What holds at the border of two windows, here and in the sampler:

- Somebody who comes to a gate finds a partial cause closed with the share of the window he comes in,
  or less if he met it open not long ago on the same route.
- Who waits when a partial window ends: if another partial window of the same cause begins at that
  moment, the cause stays as it is and goes on with the new rates; else it opens.
- Who waits when a partial window begins meets its cause then, as if he came then.
- While any cause is closed throughout, everybody waits, and the others are not looked at: at its end
  all who waited meet them as if they came then.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from .grid import SAME_H, Grid, put
from .spells import Gate
from .steps import MOST_STEPS, Floats, Steps, fixed, on_grid, too_long
from .storms import Chain, Piece, carried, chain, pieces, product

LEFT = 1e-10  # waiting mass that no longer matters


def gate_moments(gate: Gate, at_h: float, met_h: Mapping[str, float]) -> tuple[float, float]:
    """Mean (h) and variance (h2) of the wait of somebody who comes at this clock hour.

    met_h : clock hour at which a cause was last seen open, by key
    Returns inf, inf where something stays shut for ever.
    """
    held, masses, before = 1.0, np.zeros(1), None
    total_h = total_h2 = 0.0
    for piece in pieces(tuple(gate.causes)):
        if piece.until_h <= at_h:
            continue
        if piece.shut:
            held, masses, before = held + float(masses[1:].sum()), np.zeros(1), None
            continue
        begin_h = max(piece.from_h, at_h)
        fresh = piece.closed(begin_h, met_h)
        states = held * product(fresh)
        if before is not None:
            states += carried(masses, before, piece, fresh)
        offset_h = begin_h - at_h
        total_h += states[0] * offset_h
        total_h2 += states[0] * offset_h**2
        held, masses, before = 0.0, np.zeros(states.size), piece
        if piece.causes and states[1:].any():
            modes = states[1:] @ piece.chain.to_modes
            gone, hours, squares = piece.chain.first_two(modes, piece.until_h - begin_h)
            total_h += offset_h * gone + hours
            total_h2 += offset_h**2 * gone + 2 * offset_h * hours + squares
            if piece.until_h < math.inf:
                stay = np.exp(-piece.chain.rate * (piece.until_h - begin_h))
                masses[1:] = (modes * stay) @ piece.chain.from_modes
        if masses.sum() < 1e-14:
            return total_h, max(0.0, total_h2 - total_h**2)
    return math.inf, math.inf


def steady(gate: Gate, grid: Grid, met_h: Mapping[str, float]) -> Steps | None:
    """The wait of all who come, where nothing changes at the gate while any of them is there.

    None where a window begins or ends meanwhile.
    """
    low_h = grid.start_h - grid.step_h / 2
    high_h = grid.start_h + (grid.spread.size - 0.5) * grid.step_h
    for piece in pieces(tuple(gate.causes)):
        if piece.from_h <= low_h and high_h < piece.until_h and not piece.shut:
            shares = piece.closed(grid.moments()[0] if met_h else 0.0, met_h)
            if not any(shares):
                return fixed(0.0)
            causes = tuple((share, mean_h) for _, share, mean_h in piece.causes)
            wait = _wait(causes, tuple(shares), grid.step_h)
            long_h = (wait.first + wait.p.size) * grid.step_h
            return wait if high_h + long_h <= piece.until_h else None
    return None


@lru_cache(maxsize=2048)
def _wait(causes: tuple[tuple[float, float], ...], shares: tuple[float, ...], step_h: float) -> Steps:
    joint = chain(causes)
    states = product(shares)
    modes = states[1:] @ joint.to_modes
    amount = modes * joint.weight
    _, mean_h, square = joint.first_two(modes, math.inf)
    large = np.abs(amount) > 1e-14
    amount, rate = amount[large], joint.rate[large]

    def excess(x: Floats) -> Floats:
        late = np.einsum("i,ij->j", amount / rate, np.exp(-np.outer(rate, np.maximum(x, 0.0))))
        return np.asarray(late + np.maximum(-x, 0.0))

    first, p = on_grid(excess, 0.0, _patience_h(joint, modes), step_h)
    return Steps(mean_h, square - mean_h**2, 0.0, first, p, float(states[0]))


def _patience_h(joint: Chain, modes: Floats) -> float:
    """Hours after which hardly anybody of these still waits."""
    amount = np.abs(modes * joint.weight)
    return float(np.max(np.log(np.maximum(amount * amount.size / LEFT, 1.0)) / joint.rate, initial=0.0))


def through(gate: Gate, grid: Grid, met_h: Mapping[str, float]) -> Grid:
    """The grid after a gate whose windows begin or end meanwhile.

    Mass that waits for something that stays shut for ever is in the answer no more.
    """
    return _Passing(gate, grid, met_h).run()


class _Passing:
    def __init__(self, gate: Gate, grid: Grid, met_h: Mapping[str, float]) -> None:
        self.grid, self.met_h = grid, met_h
        self.pieces = [p for p in pieces(tuple(gate.causes)) if p.until_h > grid.start_h - grid.step_h]
        n = grid.spread.size
        points = n + math.ceil(self._longer_h() / grid.step_h) + 3
        if points > MOST_STEPS:
            raise too_long(points, grid.step_h)
        self.spread, self.atom = np.zeros(points), np.zeros(points)

    def _at(self, hours: float) -> float:
        """Steps from the start of the grid; a border before it is as if at it."""
        at = (hours - self.grid.start_h) / self.grid.step_h
        near = round(at) if math.isfinite(at) else at
        return max(0.0, float(near) if abs(at - near) < SAME_H else at)

    def _longer_h(self) -> float:
        """Hours after the last arrival within which (nearly) all are through."""
        end_h = last_h = self.grid.start_h + self.grid.spread.size * self.grid.step_h
        for piece in self.pieces:
            if piece.from_h > end_h:
                break
            if piece.shut:
                end_h = max(end_h, piece.until_h) if piece.until_h < math.inf else end_h
            elif piece.causes:
                states = product([share for _, share, _ in piece.causes])
                # Whoever is carried in may be in any state, so count the slowest mode with all mass.
                slow_h = math.log(100 * states.size / LEFT) / float(piece.chain.rate.min())
                end_h = max(end_h, min(max(end_h, piece.from_h) + slow_h, piece.until_h))
        return end_h - last_h

    def _arriving(self, piece: Piece) -> tuple[Floats, Floats, float, float]:
        """Spread and atom mass that comes within a piece, at its points; and of the spread mass what
        belongs to points just before and just after it."""
        grid, n = self.grid, self.grid.spread.size
        begin = (piece.from_h - grid.start_h) / grid.step_h
        end = (piece.until_h - grid.start_h) / grid.step_h
        same = SAME_H / grid.step_h
        # Points in the piece, and the two steps that its borders may cut.
        low, high = (math.ceil(min(max(at - same, 0.0), float(n))) for at in (begin, end))
        inside = slice(low, high)
        spread, atom = np.zeros(n), np.zeros(n)
        spread[inside], atom[inside] = grid.spread[inside], grid.atom[inside]
        early = late = 0.0
        for k in {math.floor(at + 0.5) for at in (begin, end) if -0.5 <= at < n - 0.5}:
            mass = grid.spread[k] * max(0.0, min(k + 0.5, end) - max(k - 0.5, begin))
            if low <= k < high:
                spread[k] = mass
            elif k < low:
                early += mass
            else:
                late += mass
        return spread, atom, float(early), float(late)

    def _pass_at(self, hours: float, mass: float) -> None:
        if mass > 0:
            put(self.atom, np.array([self._at(hours)]), np.array([mass]))

    def run(self) -> Grid:
        grid, mean_h = self.grid, self.grid.moments()[0]
        held = late_h = 0.0  # mass behind a total closure, and its hours of waiting summed
        masses, before = np.zeros(1), None
        for piece in self.pieces:
            spread, atom, early, late = self._arriving(piece)
            coming = float(spread.sum() + atom.sum()) + early + late
            if coming + held + masses.sum() <= LEFT:
                held, late_h, masses, before = 0.0, 0.0, np.zeros(1), None
                continue
            if piece.shut:
                if piece.until_h < math.inf:
                    late_h += (held + float(masses.sum())) * (piece.until_h - max(piece.from_h, grid.start_h))
                    late_h += float(((spread + atom) * (piece.until_h - grid.hours)).sum())
                held, masses, before = held + coming + float(masses.sum()), np.zeros(1), None
                continue
            begin_h = max(piece.from_h, grid.start_h)
            start = product(piece.closed(mean_h, self.met_h))
            # Who was held comes that much later to what is partial.
            fresh = piece.closed(mean_h + (late_h / held if held > 0 else 0.0), self.met_h)
            states = held * product(fresh)
            if before is not None:
                states = states + carried(masses, before, piece, fresh)
            self._pass_at(begin_h, float(states[0]))
            # Halves of a step at either border, a little out of place.
            self._pass_between(piece, early, late, float(start[0]))
            self.spread[: spread.size] += start[0] * spread
            self.atom[: atom.size] += start[0] * atom
            masses = np.zeros(start.size)
            if piece.causes:
                waiting = (states + early * start)[1:] @ piece.chain.to_modes
                masses[1:] = self._wait(piece, spread + atom, waiting, start[1:] @ piece.chain.to_modes)
                masses[1:] += late * start[1:]
            held, late_h, before = 0.0, 0.0, piece
        return Grid(grid.start_h, grid.step_h, self.spread, self.atom).cut()

    def _pass_between(self, piece: Piece, early: float, late: float, free: float) -> None:
        for mass, hours in ((early, piece.from_h), (late, piece.until_h)):
            if mass > 0:
                put(self.spread, np.array([self._at(hours)]), np.array([mass * free]))

    def _wait(self, piece: Piece, coming: Floats, waiting: Floats, entry: Floats) -> Floats:
        from .._kernels.waiting import wait_out

        begin, end = self._at(piece.from_h), self._at(piece.until_h)
        if end > begin:
            joint = piece.chain
            rate = joint.rate * self.grid.step_h
            wait_out(coming, waiting, entry, joint.weight, rate, begin, end, self.spread)
        return np.asarray(waiting @ piece.chain.from_modes)
