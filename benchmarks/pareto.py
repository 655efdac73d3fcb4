"""The Pareto kernel with two costs on the rail graph of Eurasia, beside BOA* in C on the same arrays.

    python benchmarks/pareto.py [--pairs 20] [--out benchmarks/results]

Kilometres against hours: every edge has a speed of its own, drawn between 20 and 100 km/h (the practice of
the DIMACS road instances, where length and time are the two costs; ours are drawn because the base map holds
no line speeds). Pairs of stations 400 to 600 km apart by rail. Both programs are given whole metres and
seconds, and edges already sorted; both compute the least costs to go anew for every pair. Fronts are
compared before any time is printed. The peer is our own C (boastar.c), after Hernandez et al., ICAPS 2020.
"""

from __future__ import annotations

import argparse
import csv
import ctypes
import importlib.metadata
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SEED = 20
REPEATS = 5
NEAR_M, FAR_M = 400e3, 600e3
SPEEDS_KMH = (20.0, 100.0)
LONGEST = 100_000  # ways of a front that the peer is given room for
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")


class Graph:
    """The rail graph, both ways along every edge, sorted by tail and by head."""

    def __init__(self) -> None:
        from midcorridor.basemap.store import read_part

        part = read_part("rail")
        rng = np.random.default_rng(SEED)
        self.n, m = part.lat.size, part.edges
        self.tail, self.head = np.asarray(part.tail).astype(np.int32), np.asarray(part.head).astype(np.int32)
        metres = np.maximum(np.asarray(part.metres), 1).astype(np.uint32)
        seconds = np.maximum(1, np.round(metres / rng.uniform(*SPEEDS_KMH, m) * 3.6)).astype(np.uint32)
        self.cost = np.stack([np.tile(metres, 2), np.tile(seconds, 2)])
        self.out, self.into = (np.argsort(ends, kind="stable") for ends in (self.tail, self.head))
        self.first_out, self.first_in = (
            np.searchsorted(ends[order], np.arange(self.n + 1)).astype(np.uint32)
            for ends, order in ((self.tail, self.out), (self.head, self.into))
        )

    def pairs(self, count: int) -> list[tuple[int, int]]:
        """Pairs of nodes so far apart by rail, drawn from the largest piece."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components, dijkstra

        ends = (self.tail, self.head)
        graph = coo_matrix((self.cost[0].astype(float), ends), shape=(self.n, self.n)).tocsr()
        label = connected_components(graph, directed=False)[1]
        reach = np.flatnonzero(label == np.bincount(label).argmax())
        rng, found = np.random.default_rng(SEED + 1), []
        while len(found) < count:
            source = int(rng.choice(reach))
            metres = dijkstra(graph, indices=source, limit=FAR_M)
            ring = np.flatnonzero((metres >= NEAR_M) & (metres <= FAR_M))
            if ring.size:
                found.append((source, int(rng.choice(ring))))
        return found


def peer(graph: Graph, compiler: str) -> Callable[[int, int], tuple[np.ndarray, int]]:
    """BOA* in C: from a pair to the front (f, 2) and how many labels were made."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "boastar.so"
        source = Path(__file__).with_name("boastar.c")
        subprocess.run([compiler, *FLAGS, "-o", str(library), str(source)], check=True)
        program = ctypes.CDLL(str(library))
    arrays = [graph.first_out, graph.head[graph.out], *graph.cost[:, graph.out]]
    arrays += [graph.first_in, graph.tail[graph.into], *graph.cost[:, graph.into]]
    arrays = [np.ascontiguousarray(array, np.uint32) for array in arrays]
    given = [array.ctypes.data_as(ctypes.c_void_p) for array in arrays]
    front, made = np.empty((LONGEST, 2), np.uint32), ctypes.c_uint64()
    program.boastar.restype = ctypes.c_uint32

    def solve(source: int, target: int) -> tuple[np.ndarray, int]:
        assert arrays  # held here: the program has only their addresses
        into = front.ctypes.data_as(ctypes.c_void_p)
        length = program.boastar(graph.n, *given, source, target, into, LONGEST, ctypes.byref(made))
        assert length <= LONGEST
        return front[:length].astype(float), int(made.value)

    return solve


def ours(graph: Graph) -> Callable[[int, int], tuple[np.ndarray, int]]:
    """The kernel of the plan with one state, no clock and no marks; its two other costs are 0."""
    from midcorridor._kernels.pareto import search
    from midcorridor._kernels.to_go import COSTS, least_to_go

    m = graph.tail.size
    cost, cost_in = np.zeros((m, COSTS)), np.zeros((COSTS, m))
    cost[:, :2], cost_in[:2] = graph.cost[:, graph.out].T, graph.cost[:, graph.into]
    head, tail = graph.head[graph.out], graph.tail[graph.into].astype(np.uint32)
    first = graph.first_out.astype(np.int32)
    zeros, none, no_wait = np.zeros(m, np.int32), np.full(m, -1, np.int32), np.zeros(m)
    no_rows, one = np.zeros(1, np.int32), np.zeros(1, np.int32)
    # following, reach, corridor, rows, served_first, served
    state = (np.zeros((1, 1), np.int32), np.ones(1, np.int64), one, np.zeros((1, 1), np.int32),
             np.array([0, 1], np.int32), one)  # fmt: skip
    unmarked, remember = np.zeros((m, 0), np.uint64), np.zeros((graph.n, 0), np.uint64)
    no_limit, asked = np.full(COSTS, np.inf), np.zeros(1, np.bool_)

    def solve(source: int, target: int) -> tuple[np.ndarray, int]:
        least = least_to_go(graph.first_in, tail, zeros, cost_in, target, one, one, asked)
        scale = 1.0 / np.where(least[0, source] > 0, least[0, source], 1.0)
        ends, _, costs, edges, _ = search(
            first, head, zeros, cost, no_wait, none, none, unmarked, no_rows, np.zeros(0), no_rows,
            np.zeros((0, 4)), *state, remember, least, scale, no_limit, source, target,
        )  # fmt: skip
        return costs[ends][:, :2], edges.size

    return solve


def seconds(work: Callable[[], Any]) -> tuple[float, float]:
    """Medians of the wall clock and of this thread's own processor time."""
    taken = []
    for _ in range(REPEATS):
        wall, own = time.perf_counter(), time.thread_time()
        work()
        taken.append((time.perf_counter() - wall, time.thread_time() - own))
    return statistics.median(w for w, _ in taken), statistics.median(o for _, o in taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    compiler = shutil.which("cc")
    if compiler is None:
        print("no C compiler (cc) here: nothing to compare with, so nothing is timed")
        return
    graph = Graph()
    solvers = {"BOA* in C": peer(graph, compiler), "ours": ours(graph)}
    pairs = graph.pairs(options.pairs)
    fronts = {name: [solve(*pair) for pair in pairs] for name, solve in solvers.items()}
    for number, (theirs, own) in enumerate(zip(*fronts.values(), strict=True)):
        assert theirs[0].shape == own[0].shape, f"pair {number}: fronts of different length"
        assert (theirs[0] == own[0]).all(), f"pair {number}: fronts differ"
    ways = [len(front) for front, _ in fronts["ours"]]
    versions = " ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "numba"))
    versions += f" python {platform.python_version()}, cc {' '.join(FLAGS[:2])}"
    print(f"{graph.n:,} nodes, {graph.tail.size:,} arcs; {len(pairs)} pairs; {versions}")
    print(f"fronts equal: {min(ways)} to {max(ways)} ways, median {statistics.median(ways):g}")
    own_s: dict[str, list[float]] = {}
    rows = []
    for name, solve in solvers.items():
        taken = [seconds(lambda pair=pair, solve=solve: solve(*pair)) for pair in pairs]
        own_s[name] = [own for _, own in taken]
        for number, (wall, own) in enumerate(taken):
            rows.append(
                {
                    "peer": name,
                    "pair": number,
                    "ways": ways[number],
                    "labels": fronts[name][number][1],
                    "wall_s": f"{wall:.6f}",
                    "cpu_s": f"{own:.6f}",
                    "load": f"{os.getloadavg()[0]:.2f}",
                    "versions": versions,
                }
            )
        print(
            f"{name:>10}: median {statistics.median(own_s[name]) * 1e3:.1f} ms of processor time a pair "
            f"(wall {statistics.median(wall for wall, _ in taken) * 1e3:.1f} ms), "
            f"worst {max(own_s[name]) * 1e3:.1f} ms; load {os.getloadavg()[0]:.1f}"
        )
    ratios = [mine / theirs for theirs, mine in zip(*own_s.values(), strict=True)]
    print(
        f"ours in times of the peer's time: median of pairs {statistics.median(ratios):.2f}, "
        f"least {min(ratios):.2f}, most {max(ratios):.2f}, "
        f"all pairs together {sum(own_s['ours']) / sum(own_s['BOA* in C']):.2f}"
    )
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "pareto.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()
