"""The simulation beside its peers: a row of ten M/M/2 queues, and a small corridor.

    python benchmarks/simulate.py [--horizon 4000] [--replications 8] [--out benchmarks/results]

The row: everybody simulates the same queues for the same time, from empty, on one core; the mean times in
the system of all peers must agree with ours within four standard errors before any speed is printed. An event
is an arrival or the end of a service. Ours is the kernel with all of its steps in it, as the corridor runs
on it: waits by kind, sums of queues and use, daily series. Peers: a heap and rings compiled for this
network alone, which is what any simulation could hope for, SimPy, Ciw and salabim.

The corridor: trains, a yard, a crane, a ferry and a sea that shuts (tests/simulate/corridors.py), a year of
it, beside the same with SimPy: a process a box, as its users write, and boxes as entries of lists.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import math
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.simulate_peers import (
    SERVERS,
    SERVICE,
    STATIONS,
    THEORY,
    bare_heap,
    with_ciw,
    with_salabim,
    with_simpy,
)
from midcorridor.simulate import Model, exponential, run
from midcorridor.simulate.compiled import Compiled, compile_model
from midcorridor.simulate.running import loop
from midcorridor.simulate.state import Replication
from tests.simulate.corridors import simpy_corridor, small_corridor

UNIT_S = 10_000  # seconds of our clock for one mean time between arrivals
YEAR_S = 365 * 86400


def tandem() -> Model:
    """The row of queues, ours."""
    model = Model()
    job = model.program("job")
    for number in range(STATIONS):
        model.resource(f"station {number}", SERVERS)
        job.seize(f"station {number}").delay(exponential(SERVICE * UNIT_S)).release(f"station {number}")
    job.end()
    model.generator("jobs", "job", every=exponential(UNIT_S))
    return model


def replicate(compiled: Compiled, seed: int, horizon_s: int, visits: int = 0) -> Replication:
    """One replication by the kernel; visits are collected and dropped where asked for."""
    state = Replication(compiled, seed, 0, horizon_s // 86400, limit=100_000, visits=visits)
    drive, _ = loop(None)
    while state.go(horizon_s, drive, None) != 1:
        state.new_visits()
    return state


def ours(compiled: Compiled, visits: int = 0) -> Callable[[int, float], tuple[float, int]]:
    def simulate(seed: int, horizon: float) -> tuple[float, int]:
        state = replicate(compiled, seed, int(horizon * UNIT_S), visits)
        ended = state.ended[compiled.kinds.index("job")]
        return float(ended["total"] / ended["n"] / UNIT_S), int(state.globals[0]["events"])

    return simulate


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of this thread's own processor time, and what came of it."""
    start = time.thread_time()
    result = work()
    return time.thread_time() - start, result


class Bench:
    """Gathers rows of what was timed."""

    def __init__(self) -> None:
        names = ("numpy", "numba", "simpy", "ciw", "salabim")
        versions = " ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
        self.versions = f"{versions} python {platform.python_version()}"
        self.rows: list[dict[str, Any]] = []

    def add(self, what: str, value: float, unit: str, note: str = "") -> None:
        row = {"what": what, "value": f"{value:.4g}", "unit": unit, "note": note}
        self.rows.append(row | {"load": f"{os.getloadavg()[0]:.2f}", "versions": self.versions})
        print(f"{what:58} {value:10.4g} {unit:12} {note}", flush=True)

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "simulate.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(self.rows[0]), lineterminator="\n")
            table.writeheader()
            table.writerows(self.rows)


def spread(values: list[float]) -> str:
    return f"{min(values):.4g} to {max(values):.4g}"


def row_of_queues(bench: Bench, horizon: float, replications: int) -> None:
    """Answers compared first, then events a second."""
    compiled = compile_model(tandem())
    first_s, _ = timed(lambda: ours(compiled)(0, 500.0))
    bench.add("ours, first run, compiled or from the cache", first_s, "s")
    # Name to how it simulates, and how often while the slow ones do so once.
    peers: dict[str, tuple[Callable[[int, float], tuple[float, int]], int]] = {
        "ours": (ours(compiled), 50),
        "ours, every visit written": (ours(compiled, 1 << 16), 10),
        "bare heap": (bare_heap(), 50),
        "SimPy": (with_simpy, 1),
        "Ciw": (with_ciw, 1),
        "salabim": (with_salabim, 1),
    }
    means: dict[str, list[float]] = {name: [] for name in peers}
    speeds: dict[str, list[float]] = {name: [] for name in peers}
    # In rounds, so that whatever else the machine does meets all alike.
    for turn in range(replications):
        for name, (simulate, times) in peers.items():
            for seed in range(turn * times + 1, (turn + 1) * times + 1):
                seconds, (mean, events) = timed(lambda simulate=simulate, seed=seed: simulate(seed, horizon))
                means[name].append(mean)
                speeds[name].append(events / seconds)

    def error(name: str) -> float:
        return statistics.stdev(means[name]) / math.sqrt(len(means[name]))

    center = statistics.fmean(means["ours"])
    for name, values in means.items():
        apart = abs(statistics.fmean(values) - center)
        assert apart <= 4 * math.hypot(error(name), error("ours")), f"{name} differs from ours by {apart}"
    long = [ours(compiled)(seed, 200_000.0) for seed in range(1, 9)]
    found = [mean for mean, _ in long]
    apart = abs(statistics.fmean(found) - THEORY)
    assert apart < 4 * statistics.stdev(found) / math.sqrt(len(found)), f"the theory is {apart} away"
    for name, values in means.items():
        note = f"standard error {error(name):.2g}, {len(values)} replications"
        bench.add(f"mean time in system, {name}", statistics.fmean(values), "intervals", note)
    for name, rates in speeds.items():
        bench.add(f"tandem, {name}: median", statistics.median(rates), "events/s", spread(rates))
    long_s = [timed(lambda seed=seed: ours(compiled)(seed, 200_000.0)) for seed in range(1, 6)]
    rates = [events / seconds for seconds, (_, events) in long_s]
    bench.add(
        "tandem, ours, 2.2 million events a run: median", statistics.median(rates), "events/s", spread(rates)
    )
    mine = statistics.median(speeds["ours"])
    for name in ("bare heap", "SimPy", "Ciw", "salabim"):
        bench.add(f"tandem, ours in times of {name}", mine / statistics.median(speeds[name]), "times")


def corridor(bench: Bench, repeats: int) -> None:
    """A year of the small corridor; hours of a box compared first."""
    model = small_corridor()
    compiled = compile_model(model)
    replicate(compiled, 0, 86400)
    box = compiled.kinds.index("box")
    peers = {"SimPy, a process a box": True, "SimPy, boxes in lists": False}
    ours_s: list[float] = []
    hours: list[float] = []
    found: dict[str, list[float]] = {name: [] for name in peers}
    theirs: dict[str, list[float]] = {name: [] for name in peers}
    for turn in range(2 * repeats):
        for seed in range(10 * turn, 10 * turn + 10):
            seconds, state = timed(lambda seed=seed: replicate(compiled, seed, YEAR_S))
            ours_s.append(seconds)
            hours.append(float(state.ended[box]["total"] / state.ended[box]["n"]) / 3600)
        for name, processes in peers.items():
            seconds, answer = timed(lambda p=processes, seed=turn: simpy_corridor(seed, YEAR_S, processes=p))
            found[name].append(seconds)
            theirs[name].append(answer["hours"])
    for name, values in theirs.items():
        error = math.hypot(np.std(values) / math.sqrt(len(values)), np.std(hours) / math.sqrt(len(hours)))
        apart = abs(statistics.fmean(values) - statistics.fmean(hours))
        assert apart < 4 * error, f"{name}: hours of a box differ by {apart}"
    bench.add("small corridor, hours of a box", statistics.fmean(hours), "h", "agrees with SimPy")
    mine = statistics.median(ours_s)
    bench.add("small corridor, a year, ours: median", mine * 1e3, "ms", spread([s * 1e3 for s in ours_s]))
    run(model, horizon_s=86400, seed=1)  # loads what makes tables
    whole, _ = timed(lambda: run(model, horizon_s=YEAR_S, seed=1, replications=50))
    bench.add(
        "small corridor, a year with its tables, ours", whole / 50 * 1e3, "ms", "50 replications by run()"
    )
    for name, seconds in found.items():
        middle = statistics.median(seconds)
        bench.add(
            f"small corridor, a year, {name}: median", middle * 1e3, "ms", spread([s * 1e3 for s in seconds])
        )
        bench.add(f"small corridor, {name} in times of ours", middle / mine, "times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--horizon", type=float, default=4000.0, help="mean times between arrivals")
    parser.add_argument("--replications", type=int, default=8, help="of the slow peers")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    bench = Bench()
    row_of_queues(bench, options.horizon, options.replications)
    corridor(bench, options.replications)
    bench.add("most memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB")
    bench.write(options.out)


if __name__ == "__main__":
    main()
