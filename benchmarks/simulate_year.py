"""A year of the whole corridor: seconds a replication, and a thousand replications with summaries.

    python benchmarks/simulate_year.py [--replications 1000] [--workers 2] [--out benchmarks/results]

First one core, with its tables, after compilation; then `jobs.ensemble`, which writes the summaries of every
replication to files as it ends. Before any time is printed, the tables of some replications of the ensemble
are compared with those of the same replications run by themselves.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

sys.path.insert(0, str(Path(__file__).parents[1]))

from midcorridor.jobs import ensemble
from midcorridor.network import Network
from midcorridor.scenario import Scenario
from midcorridor.simulate import measure, simulate

SEED, COMPARED = 1, 3


def main() -> None:
    """Run both and print a row each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--year", type=int, default=2025)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    network = Network.load()
    simulate(network, year=asked.year, seed=SEED)  # compiled or from the cache
    seconds = []
    for _ in range(5):
        begun = time.perf_counter()
        answer = simulate(network, year=asked.year, seed=SEED, replications=2)
        seconds.append((time.perf_counter() - begun) / 2)
    rows = [
        ["a year of the corridor, a replication: median", statistics.median(seconds), "s", _range(seconds)],
        ["events of a replication", answer.runs.events / 2, "events", ""],
    ]
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        ensemble(
            network,
            [Scenario("base", ())],
            Path(folder) / "made",
            year=asked.year,
            seed=SEED,
            replications=asked.replications,
            workers=asked.workers,
        )
        took = time.perf_counter() - begun
        own = measure(network, year=asked.year, seed=SEED, replications=COMPARED).flows
        theirs = pl.read_parquet(Path(folder) / "made" / "flows" / "**" / "*.parquet", hive_partitioning=True)
        theirs = theirs.filter(pl.col("replication") < COMPARED).select(own.columns)
        order = ["replication", "flow"]
        assert_frame_equal(own.sort(order), theirs.sort(order), check_dtypes=False, check_exact=True)
    what = f"{asked.replications} replications with summaries, {asked.workers} workers"
    rows.append([what, took, "s", f"{COMPARED} replications equal to those run alone"])
    for who, name in ((resource.RUSAGE_SELF, "parent"), (resource.RUSAGE_CHILDREN, "largest worker")):
        rows.append([f"most memory, {name}", resource.getrusage(who).ru_maxrss / 1024, "MiB", ""])
    load = f"{os.getloadavg()[0]:.2f}"
    for what, value, unit, note in rows:
        print(f"{what:<60} {value:>12,.4g} {unit:<8} {note}")
    if asked.out:
        with (asked.out / "simulate_year.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["what", "value", "unit", "note", "load", "python"])
            writer.writerows([a, f"{b:.4g}", c, d, load, platform.python_version()] for a, b, c, d in rows)


def _range(seconds: list[float]) -> str:
    return f"{min(seconds):.2f} to {max(seconds):.2f}"


if __name__ == "__main__":
    main()
