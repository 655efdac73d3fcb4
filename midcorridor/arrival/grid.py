"""Where a shipment is in time: its distribution over the clock, and what adds to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .steps import MOST_STEPS, Floats, Steps, too_long, trimmed

# A clock hour and a departure are the same moment when they differ by less: rounding of sums.
SAME_H = 1e-6


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """Masses at start_h + k x step_h, in two arrays of one length.

    Mass in `spread` stands for a continuous part: evenly over the step around its point. Mass in
    `atom` is exactly at its point: what leaves with a timetable, or when a closure ends. A departure
    or a border treats the two differently. Together they may be less than 1: the rest never arrives.
    """

    start_h: float
    step_h: float
    spread: Floats
    atom: Floats

    @classmethod
    def at(cls, hours: float, step_h: float) -> Grid:
        return cls(hours, step_h, np.zeros(1), np.ones(1))

    @property
    def mass(self) -> Floats:
        return self.spread + self.atom

    @property
    def hours(self) -> Floats:
        return self.start_h + self.step_h * np.arange(self.spread.size, dtype=np.float64)

    def moments(self) -> tuple[float, float]:
        """Mean and variance of those who arrive; inf where nobody does."""
        mass = self.mass
        total = float(mass.sum())
        if total <= 0:
            return math.inf, math.inf
        k = np.arange(mass.size)
        # Sums of products, not @: a linear algebra library would wake its threads for so little.
        mean = float((mass * k).sum()) / total
        var = float((mass * (k - mean) ** 2).sum()) / total
        return self.start_h + self.step_h * mean, self.step_h * self.step_h * var

    def cut(self) -> Grid:
        """Without its tails, which are added to the ends."""
        mass = self.mass
        if mass.sum() <= 0:
            return self
        low, kept = trimmed(mass)
        high = low + kept.size
        spread, atom = self.spread[low:high].copy(), self.atom[low:high]
        if low:
            spread[0] += mass[:low].sum()
        if high < mass.size:
            spread[-1] += mass[high:].sum()
        return Grid(self.start_h + low * self.step_h, self.step_h, spread, atom)

    def before(self, hours: Floats) -> Floats:
        """Mass that has come by each of these clock hours, that very moment included."""
        n = self.spread.size
        at = (hours - self.start_h) / self.step_h
        sums = np.concatenate([[0.0], np.cumsum(self.spread)])
        spread = np.interp(at, np.arange(n + 1) - 0.5, sums)
        reached = np.floor(at + SAME_H / self.step_h).astype(np.int64)
        sums = np.concatenate([[0.0], np.cumsum(self.atom)])
        return np.asarray(spread + sums[np.clip(reached + 1, 0, n)])


def add(grid: Grid, spells: Sequence[Steps]) -> Grid:
    """The grid after independent spells: a convolution, by whichever way is the faster."""
    shift_h = sum(spell.shift_h for spell in spells)
    stay = math.prod(spell.stay for spell in spells)
    wide = sorted((spell for spell in spells if spell.p.size > 1 or spell.first), key=lambda s: s.p.size)
    if not wide:
        return Grid(grid.start_h + shift_h, grid.step_h, grid.spread, grid.atom)
    first = sum(spell.first for spell in wide)
    mass = grid.mass
    size = mass.size + sum(spell.p.size - 1 for spell in wide)
    if size <= 4096 and _direct_cost(mass.size, wide) < _fft_cost(
        _fft_size(mass.size, wide, grid.step_h), len(wide)
    ):
        for spell in wide:
            mass = np.convolve(mass, spell.p)
    else:
        mass = _by_fft(mass, wide, size, grid.step_h)
    # Who does not wait at all stays exactly where he was.
    atom = np.zeros(mass.size)
    if stay > 0 and first == 0:
        atom[: grid.atom.size] = stay * grid.atom
    return Grid(
        grid.start_h + shift_h + first * grid.step_h, grid.step_h, np.maximum(mass - atom, 0.0), atom
    ).cut()


def _direct_cost(size: int, spells: Sequence[Steps]) -> float:
    """Products that the plain way multiplies, and a fixed price of each call."""
    cost = 0.0
    for spell in spells:
        cost += spell.p.size * size + 4000.0
        size += spell.p.size - 1
    return cost


def _fft_cost(size: int, count: int) -> float:
    return 12.0 * size * (math.log2(size) / 4 + 0.25 * count) + 20_000.0


def _fft_size(size: int, spells: Sequence[Steps], step_h: float) -> int:
    """A length that holds the sum but for a negligible tail: less than all supports laid end to end.

    Nine standard deviations of the sum and the longest tail of one spell, as one large value makes
    the tail of a sum; _by_fft looks whether that was enough.
    """
    means = sum(spell.mean_h / step_h - spell.first for spell in spells)
    spread = math.sqrt(sum(spell.var_h2 for spell in spells)) / step_h
    return _round_up(int(size + means + 9 * spread) + max(spell.p.size for spell in spells))


def _round_up(size: int) -> int:
    """The next power of two, or three quarters of it: few sizes, so that spectra are met again."""
    power = 1 << max(6, (size - 1).bit_length())
    return power * 3 // 4 if size <= power * 3 // 4 else power


@lru_cache(maxsize=512)
def _spectrum(spell: Steps, size: int) -> Any:
    return np.fft.rfft(spell.p, size)


def _by_fft(mass: Floats, spells: Sequence[Steps], full: int, step_h: float) -> Floats:
    size = min(_fft_size(mass.size, spells, step_h), _round_up(full))
    while True:
        if size > 2 * MOST_STEPS:
            raise too_long(size, step_h)
        product = np.fft.rfft(mass, size)
        for spell in spells:
            product *= _spectrum(spell, size)
        total = np.maximum(np.fft.irfft(product, size), 0.0)
        # What does not fit comes round to the front; then the end of the array is not empty either.
        if size >= full or total[-max(1, size // 64) :].sum() < 1e-10:
            return np.asarray(total[: min(size, full)])
        size = _round_up(size + 1)


def board(grid: Grid, at_h: Floats) -> Grid:
    """The grid after a timetable: everybody leaves with the first departure at or after his arrival.

    Who comes after the last departure is in no mass any more. The new grid begins at the first
    departure that anybody takes; departures between its points are split so that the mean is kept.
    """
    taken = np.diff(grid.before(at_h), prepend=0.0)
    used = np.flatnonzero(taken > 1e-13)
    if not used.size:
        return Grid(math.inf, grid.step_h, np.zeros(1), np.zeros(1))
    start_h = float(at_h[used[0]])
    atom = np.zeros(math.ceil((at_h[used[-1]] - start_h) / grid.step_h) + 2)
    put(atom, (at_h[used] - start_h) / grid.step_h, taken[used])
    return Grid(start_h, grid.step_h, np.zeros(atom.size), atom).cut()


def put(atom: Floats, at: Floats, mass: Floats) -> None:
    """Add masses at places in steps, each split between the two points around it."""
    point = np.floor(at + 1e-9).astype(np.int64)
    above = np.maximum(at - point, 0.0)
    above[above < 1e-9] = 0.0
    np.add.at(atom, point, mass * (1 - above))
    np.add.at(atom, point + 1, mass * above)
