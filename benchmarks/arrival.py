"""The arrival of a door-to-door route: its distribution, and samples a second, beside NumPy.

    python benchmarks/arrival.py [--out benchmarks/results]

The route has 28 spells: trains, handling and papers, a border, two seas behind storms with seasons, one
storm that is met twice, a split shipment, one timetable. The peer draws the same spells with NumPy's
generators, all samples at once; each gate is walked for those who found it closed, all of them a step
at a time. Quantiles are compared before any time is printed.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import math
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from midcorridor.arrival import (
    Cause,
    Departures,
    Duration,
    Further,
    Gate,
    Headway,
    Spell,
    Window,
    arrive,
    sample,
)

SAMPLES = 1_000_000
REPEATS = 7
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def route(change_h: float = 600.0) -> list[Spell]:
    """28 spells; invented, of the size that plans have. The season of the storms changes at change_h."""

    def season(key: str, winter: float, summer: float) -> Cause:
        windows = (Window(-9000.0, change_h, winter, 36.0), Window(change_h, 9000.0, summer, 36.0))
        return Cause(key, windows)

    storms = [season("all", 0.12, 0.06), season("north", 0.05, 0.03), season("kuryk", 0.11, 0.05)]
    return [
        Duration(9, 6, 0, "truck"),
        Duration(30, 100, 0, "handling"),
        Headway(24, 0.3),
        Duration(70, 150),
        Duration(24, 144, 1, "border"),
        Duration(20, 200, 1, "handling"),
        Headway(12, 0.5),
        Duration(60, 140),
        Duration(6, 9, 2, "border"),
        Duration(55, 130),
        Duration(26, 170, 3, "handling"),
        Headway(48, 1.0),
        Further(1, 48, 1.0),
        Gate((storms[0], storms[1])),
        Duration(30, 36),
        Gate((storms[0], storms[2])),
        Duration(20, 120, 4, "handling"),
        Headway(36, 0.6),
        Duration(25, 50),
        Duration(8, 16, 5, "border"),
        Duration(14, 20),
        Duration(30, 225, 6, "handling"),
        Departures([168.0 * week + 40 for week in range(20)]),
        Gate((Cause("poti", (Window(-9000.0, change_h, 0.13, 40.0), Window(change_h, 9000.0, 0.03, 30.0))),)),
        Duration(62, 60),
        Duration(24, 140, 7, "handling"),
        Headway(24, 0.4),
        Duration(40, 90),
    ]


def numpy_gate(gate: Gate, clock: Any, seen: dict[str, Any], rng: np.random.Generator) -> Any:
    """Walk all samples at once from event to event; windows of this route are partial and touch."""
    n, count = clock.size, len(gate.causes)
    borders = [np.array([w.from_h for w in cause.windows[1:]]) for cause in gate.causes]
    share = [np.array([w.closed_share for w in cause.windows]) for cause in gate.causes]
    mean = [np.array([w.mean_closed_h for w in cause.windows]) for cause in gate.causes]
    closed = np.empty((count, n), np.bool_)
    for i, cause in enumerate(gate.causes):
        at = np.searchsorted(borders[i], clock, side="right")
        chance = share[i][at]
        if cause.key in seen:
            then = seen[cause.key]
            left = 0.0
            for w in range(len(cause.windows)):
                hours = np.minimum(clock, cause.windows[w].until_h) - np.maximum(
                    then, cause.windows[w].from_h
                )
                rate = 1 / (mean[i][w] * (1 - share[i][w]))
                left = np.where(hours > 0, share[i][w] + (left - share[i][w]) * np.exp(-rate * hours), left)
            chance = left
        closed[i] = rng.random(n) < chance
    todo = np.flatnonzero(closed.any(axis=0))
    while todo.size:
        now = clock[todo]
        rates = np.empty((count, todo.size))
        border = np.full(todo.size, np.inf)
        for i in range(count):
            at = np.searchsorted(borders[i], now, side="right")
            opens = 1 / mean[i][at]
            rates[i] = np.where(closed[i, todo], opens, opens * share[i][at] / (1 - share[i][at]))
            border = np.minimum(border, np.append(borders[i], np.inf)[at])
        total = rates.sum(axis=0)
        then = now + rng.exponential(size=todo.size) / total
        happens = then < border
        clock[todo] = np.minimum(then, border)
        which = (rng.random(todo.size) * total > np.cumsum(rates, axis=0)).sum(axis=0).clip(max=count - 1)
        closed[which[happens], todo[happens]] ^= True
        todo = todo[closed[:, todo].any(axis=0)]
    for cause in gate.causes:
        seen[cause.key] = clock.copy()
    return clock


def numpy_sample(spells: list[Spell], n: int, seed: int) -> Any:
    """The peer: each spell for all samples at once."""
    rng = np.random.default_rng(seed)
    clock = np.zeros(n)
    seen: dict[str, Any] = {}
    for spell in spells:
        if isinstance(spell, Duration):
            sigma2 = math.log1p(spell.var_h2 / spell.mean_h**2)
            clock += rng.lognormal(math.log(spell.mean_h) - sigma2 / 2, math.sqrt(sigma2), n)
        elif isinstance(spell, Headway):
            shape = 1 / spell.cv**2
            clock += rng.random(n) * rng.gamma(shape + 1, spell.headway_h / shape, n)
        elif isinstance(spell, Further):
            shape = 1 / spell.cv**2
            clock += rng.gamma(spell.count * shape, spell.headway_h / shape, n)
        elif isinstance(spell, Departures):
            at_h = np.append(spell.at_h, np.inf)
            clock = at_h[np.searchsorted(at_h, clock)]
        else:
            clock = numpy_gate(spell, clock, seen, rng)
    return clock


def spread(work: Callable[[], Any]) -> list[float]:
    """Seconds of some work, one figure a repeat, after a first time that does not count."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    out = parser.parse_args().out

    spells = route()
    start = time.perf_counter()
    arrival = arrive(spells)
    first_s = time.perf_counter() - start
    theirs, ours = numpy_sample(spells, SAMPLES, 1), sample(spells, SAMPLES, 1)
    worst = 0.0
    for level in LEVELS:
        sigma = math.sqrt(level * (1 - level) / SAMPLES)
        chances = [float((drawn <= arrival.quantile_h(level)).mean()) for drawn in (theirs, ours)]
        assert abs(chances[0] - chances[1]) < 5 * math.sqrt(2) * sigma, (level, chances)
        assert abs(chances[1] - level) < 5 * sigma + 0.0005, (level, chances)
        worst = max(worst, abs(chances[1] - level))

    rows = [("NumPy", "1,000,000 samples", spread(lambda: numpy_sample(spells, SAMPLES, 1)))]
    for workers in (1, 2):
        what = f"1,000,000 samples, {workers} worker{'s' * (workers > 1)}"
        rows.append(("ours", what, spread(lambda w=workers: sample(spells, SAMPLES, 1, workers=w))))
    same = route(change_h=-100.0)
    rows.append(("ours", "distribution, one season", spread(lambda: arrive(same))))
    rows.append(("ours", "distribution", spread(lambda: arrive(spells))))
    rows.append(("ours", "distribution and shares", spread(lambda: arrive(spells).spell_share)))
    versions = " ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "numba"))
    versions += f" python {platform.python_version()}"
    out.mkdir(parents=True, exist_ok=True)
    with (out / "arrival.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["peer", "what", "median_s", "low_s", "high_s", "samples_per_s", "note", "versions"])
        for peer, what, times in rows:
            median = statistics.median(times)
            rate = round(SAMPLES / median) if "samples" in what else ""
            note = ""
            if what == "distribution":
                note = (
                    f"first call {first_s:.2f} s; quantiles off the samples' chances by {worst:.5f} at most"
                )
            figures = [f"{each:.6f}" for each in (median, min(times), max(times))]
            writer.writerow([peer, what, *figures, rate, note, versions])
            print(f"{peer:6} {what:30} {median * 1000:10.3f} ms {rate}")


if __name__ == "__main__":
    main()
