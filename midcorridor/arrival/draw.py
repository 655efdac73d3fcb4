"""Arrivals drawn at random: the same spells, simulated one shipment at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from .spells import Departures, Duration, Gate, Headway, Spell, Window, check_route
from .steps import Floats

CHUNK = 1 << 16  # samples that one worker takes at a time; whole blocks of a stream


def sample(spells: Sequence[Spell], n: int, seed: int, *, workers: int = 1) -> Floats:
    """Hours (n,) from cargo ready to the end of the last spell, of n independent shipments.

    Each shipment has its own clock. A cause met at several gates of a route is one process, followed
    along the time that passes between them. inf: a missed last departure, or shut for ever.

    seed : 0 to 2^64 - 1; the same seed gives the same numbers for any number of workers, and n
        samples are the first n of any longer draw
    Raises ValueError for another n, seed or workers, or a key that stands for two different causes.
    >>> sample([Duration(10, 0), Departures([12, 36]), Duration(5, 0)], 2, seed=1).tolist()
    [17.0, 17.0]
    """
    for what, value, least in (("n", n, 0), ("seed", seed, 0), ("workers", workers, 1)):
        if value != int(value) or value < least:
            raise ValueError(f"{what} must be a whole number, {least} or more, not {value!r}")
    if seed >= 1 << 64:
        raise ValueError(f"seed must be below 2^64, not {seed}")
    check_route(spells)
    from .._kernels.walking import BLOCK, walk

    route = _arrays(spells)
    out = np.empty(n)

    def fill(start: int) -> None:
        walk(*route, np.uint64(seed), start // BLOCK, out[start : start + CHUNK])

    starts = range(0, n, CHUNK)
    if workers == 1 or len(starts) == 1:
        for start in starts:
            fill(start)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(fill, starts))
    return out


def _row(spell: Spell) -> tuple[int, float, float]:
    """Kind and two numbers of a spell, as the kernel wants them."""
    from .._kernels import walking as w

    if isinstance(spell, Duration):
        if spell.var_h2 == 0:
            return w.FIXED, spell.mean_h, 0.0
        sigma2 = math.log1p(spell.var_h2 / spell.mean_h**2)
        return w.LOGNORMAL, math.log(spell.mean_h) - sigma2 / 2, math.sqrt(sigma2)
    if isinstance(spell, Departures):
        return w.TIMETABLE, 0.0, 0.0
    if isinstance(spell, Gate):
        return w.GATE, 0.0, 0.0
    cv2 = spell.cv * spell.cv
    if isinstance(spell, Headway):
        if cv2 == 0:
            return w.UNIFORM, spell.headway_h, 0.0
        # The headway that one falls into is drawn by its length: gamma of a shape one larger.
        return w.FORWARD, 1 / cv2 + 1, spell.headway_h * cv2
    if cv2 == 0 or spell.count == 0:
        return w.FIXED, spell.count * spell.headway_h, 0.0
    return w.GAMMA, spell.count / cv2, spell.headway_h * cv2


def _arrays(spells: Sequence[Spell]) -> tuple[np.ndarray[Any, Any], ...]:
    """The route as `_kernels.walking` describes it."""
    numbers: dict[str, int] = {}
    ranges: list[tuple[int, int]] = []
    at_h: list[float] = []
    member: list[int] = []
    window = [0]
    windows: list[Window] = []
    for spell in spells:
        if isinstance(spell, Departures):
            ranges.append((len(at_h), len(at_h) + len(spell.at_h)))
            at_h += spell.at_h
        elif isinstance(spell, Gate):
            ranges.append((len(member), len(member) + len(spell.causes)))
            for cause in spell.causes:
                if cause.key not in numbers:
                    numbers[cause.key] = len(numbers)
                    windows += [each for each in cause.windows if each.closed_share > 0]
                    window.append(len(windows))
                member.append(numbers[cause.key])
        else:
            ranges.append((0, 0))
    kind, a, b = zip(*map(_row, spells), strict=True) if spells else ((), (), ())
    return (
        np.array(kind, np.int64),
        np.array(a, np.float64),
        np.array(b, np.float64),
        np.array(ranges, np.int64).reshape(-1, 2),
        np.array(at_h, np.float64),
        np.array(member, np.int64),
        np.array(window, np.int64),
        np.array(windows, np.float64).reshape(-1, 4),
    )
