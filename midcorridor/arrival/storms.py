"""Causes that open and close at random: their joint chain, and the pieces of time in which it holds.

Each cause is a Markov chain of two states with rates 1/m out of closed and share / ((1 - share) m)
into it. A gate lets go when all of its causes are open at once. The chains are reversible, so the
joint one has real modes, and somebody who starts in the stationary state waits a mixture of
exponential times: S(x) = sum_j c_j exp(-rate_j x) with c_j >= 0.
Source  Keilson, Markov Chain Models: Rarity and Exponentiality (1979), chapter 3 (spectral form).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np

from .spells import Cause
from .steps import Floats


@dataclass(frozen=True)
class Chain:
    """The joint chain of some partial causes; bit i of a state says that cause i is closed.

    A row of masses over the states that are closed somehow (1, 2, ...) is `masses @ to_modes` by
    mode; mode j decays at rate[j] per hour, weighs weight[j], and goes back by from_modes.
    """

    to_modes: Floats  # (states - 1, modes)
    from_modes: Floats  # (modes, states - 1)
    weight: Floats  # (modes,)
    rate: Floats  # (modes,)

    def first_two(self, modes: Floats, within_h: float) -> tuple[float, float, float]:
        """Mass that is let go within these hours, and its hours and square hours summed."""
        amount, rate = modes * self.weight, self.rate
        if math.isinf(within_h):
            return float(amount.sum()), float((amount / rate).sum()), float((2 * amount / rate**2).sum())
        x = rate * within_h
        stay = np.exp(-x)
        return (
            float((amount * (1 - stay)).sum()),
            float((amount * (1 - stay * (1 + x)) / rate).sum()),
            float((amount * (2 - stay * (2 + 2 * x + x * x)) / rate**2).sum()),
        )


@lru_cache(maxsize=512)
def chain(causes: tuple[tuple[float, float], ...]) -> Chain:
    """The joint chain of causes (closed share, mean closed hours); at least one of them."""
    states = 1 << len(causes)
    rates = np.zeros((states, states))
    stationary = np.ones(states)
    for bit, (share, mean_h) in enumerate(causes):
        for state in range(states):
            closed = state >> bit & 1
            rate = 1 / mean_h if closed else share / ((1 - share) * mean_h)
            rates[state, state ^ (1 << bit)] += rate
            rates[state, state] -= rate
            stationary[state] *= share if closed else 1 - share
    root = np.sqrt(stationary[1:])
    # Reversible, so symmetric after scaling with the root of the stationary masses.
    symmetric = rates[1:, 1:] * root[:, None] / root
    values, vectors = np.linalg.eigh((symmetric + symmetric.T) / 2)
    return Chain(vectors / root[:, None], vectors.T * root, vectors.T @ root, -values)


@dataclass(frozen=True)
class Piece:
    """A stretch of time in which nothing of a gate changes."""

    from_h: float
    until_h: float
    shut: bool  # a cause is closed throughout
    causes: tuple[tuple[str, float, float], ...]  # partial ones: key, closed share, mean closed hours
    # For each of these, since when it runs: the first of the partial windows that touch.
    since_h: tuple[float, ...]

    @cached_property
    def chain(self) -> Chain:
        return chain(tuple((share, mean_h) for _, share, mean_h in self.causes))

    def closed(self, at_h: float, met_h: Mapping[str, float]) -> list[float]:
        """Chance that each cause is closed for somebody who comes at this hour.

        met_h : clock hour at which a cause was last seen open, by key. From there its chance rises
            again towards its share; a season that began later knows nothing of that.
        """
        shares = []
        for (key, share, mean_h), since_h in zip(self.causes, self.since_h, strict=True):
            if key in met_h and since_h <= met_h[key]:
                rate = 1 / (mean_h * (1 - share))  # 1/m + share / ((1 - share) m)
                share *= -math.expm1(-rate * max(0.0, at_h - met_h[key]))
            shares.append(share)
        return shares


def product(shares: Sequence[float]) -> Floats:
    """Masses of the joint states of independent causes with these chances of being closed."""
    masses = np.ones(1)
    for share in shares:
        masses = np.concatenate([masses * (1 - share), masses * share])
    return masses


def carried(masses: Floats, before: Piece, after: Piece, fresh: Sequence[float]) -> Floats:
    """Masses of the states of `after`, of those who wait in the states of `before` at its end.

    A cause whose partial windows touch stays as it is. One that begins is closed with its fresh
    chance. One that ends opens.
    """
    places = {key: bit for bit, (key, _, _) in enumerate(before.causes)}
    table = masses.reshape((2,) * len(before.causes))  # the last axis is bit 0
    axis = len(before.causes) - 1
    stays = [
        key in places and since_h < after.from_h
        for (key, _, _), since_h in zip(after.causes, after.since_h, strict=True)
    ]
    kept = [key for (key, _, _), stay in zip(after.causes, stays, strict=True) if stay]
    ended = tuple(axis - bit for key, bit in places.items() if key not in kept)
    left = [key for key in reversed(list(places)) if key in kept]  # the axes that are left
    table = table.sum(axis=ended)
    # Axes in the order of the new bits, the highest first.
    table = table.transpose([left.index(key) for key in reversed(kept)])
    for bit, (stay, share) in enumerate(zip(stays, fresh, strict=True)):
        if not stay:
            table = np.stack([table * (1 - share), table * share], axis=table.ndim - bit)
    return np.asarray(table.reshape(-1))


@lru_cache(maxsize=2048)
def pieces(causes: tuple[Cause, ...]) -> tuple[Piece, ...]:
    """All time, cut where any cause of a gate changes."""
    windows = {cause.key: [w for w in cause.windows if w.closed_share > 0] for cause in causes}
    inner = {h for each in windows.values() for w in each for h in (w.from_h, w.until_h)}
    borders = [-math.inf, *sorted(inner - {-math.inf, math.inf}), math.inf]
    found = []
    for from_h, until_h in pairwise(borders):
        shut, partial, since = False, [], []
        for key, each in windows.items():
            since_h, end_h = -math.inf, -math.inf
            for window in each:
                share, mean_h = window.closed_share, window.mean_closed_h
                if share == 1:
                    shut |= window.from_h <= from_h and until_h <= window.until_h
                    end_h = math.nan  # nothing carries over a total closure
                    continue
                since_h = since_h if window.from_h == end_h else window.from_h
                end_h = window.until_h
                if window.from_h <= from_h and until_h <= window.until_h:
                    partial.append((key, share, mean_h))
                    since.append(since_h)
        if shut:
            partial, since = [], []
        found.append(Piece(from_h, until_h, shut, tuple(partial), tuple(since)))
    return tuple(found)
