"""Distances, paths and tables on our rail graph of Eurasia: ours and its peers.

    python benchmarks/distance.py [--mode rail] [--out benchmarks/results]

All work on the same graph with the same lengths in metres. The answers are compared before any time is
printed; set-up is timed apart from queries. pyroutingkit is called directly on node numbers; ours takes
coordinates, finds the nodes, checks reach and adds up the whole answer.
"""

from __future__ import annotations

import argparse
import csv
import gc
import importlib.metadata
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SEED = 20
PAIRS = 300  # distances and paths
SLOW_PAIRS = 12  # for peers that search the whole graph
SIDE = 200  # the table has SIDE x SIDE distances
SCGRAPH_SIDE = 20  # part of the table that scgraph is given; its time is scaled up
REPEATS = 7


def memory_mib() -> float:
    """Memory that the process holds now, MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def spread(work: Callable[[], Any], units: int, repeats: int = REPEATS) -> list[float]:
    """Seconds a unit of work, one figure a repeat."""
    work()
    return [timed(work)[0] / units for _ in range(repeats)]


class Bench:
    def __init__(self, mode: str) -> None:
        from midcorridor.basemap.engine import FAR
        from midcorridor.basemap.gauges import STEP_M
        from midcorridor.basemap.store import read_part

        self.mode = mode
        self.part = read_part(mode)
        part, rng = self.part, np.random.default_rng(SEED)
        self.m, self.n = part.edges, part.lat.size
        # As the router has them: a change of gauge adds a step that is taken off the answer again.
        self.metres = np.array(part.metres)
        self.step = STEP_M if part.gauge is not None else FAR
        if part.gauge is not None:
            self.metres[part.gauge] += STEP_M
        reach = self._largest_piece()
        self.pairs = rng.choice(reach, (PAIRS, 2))
        self.sources, self.targets = rng.choice(reach, (2, SIDE), replace=False).astype(np.uint32)
        self.rows: list[dict[str, Any]] = []
        self.distance: dict[str, np.ndarray] = {}
        self.tables: dict[str, np.ndarray] = {}
        self.times: list[tuple[str, str, list[float], str]] = []

    def _largest_piece(self) -> np.ndarray:
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        label = connected_components(self.scipy_graph(coo_matrix), directed=False)[1]
        return np.flatnonzero(label == np.bincount(label).argmax())

    def scipy_graph(self, coo_matrix: Any) -> Any:
        part = self.part
        ends = (np.asarray(part.tail[: self.m]), np.asarray(part.head[: self.m]))
        return coo_matrix((self.metres.astype(float), ends), shape=(self.n, self.n)).tocsr()

    def km(self, sums: Any) -> np.ndarray:
        """Kilometres of a peer's sums."""
        return np.mod(np.asarray(sums, float), self.step) / 1000

    def add(self, peer: str, what: str, times: list[float], note: str = "") -> None:
        self.times.append((peer, what, times, note))

    def set_up(self, peer: str, work: Callable[[], Any]) -> Any:
        gc.collect()
        before = memory_mib()
        seconds, made = timed(work)
        self.rows.append(
            {
                "peer": peer,
                "what": "set up",
                "median_s": seconds,
                "memory_mib": round(memory_mib() - before, 1),
            }
        )
        return made

    def pyroutingkit(self) -> None:
        import pyroutingkit

        part = self.part
        metres = np.concatenate([self.metres, self.metres])
        with tempfile.TemporaryDirectory() as folder:

            def make() -> Any:
                topology = pyroutingkit.CCHTopology()
                topology.build(
                    part.tail, part.head, part.lat.astype(np.float32), part.lon.astype(np.float32), self.n
                )
                topology.save(folder)
                metric = pyroutingkit.CCHMetric(topology)
                metric.customize(metres)
                return metric

            metric = self.set_up("pyroutingkit, called directly", make)
        pairs = self.pairs.tolist()
        name = "pyroutingkit, called directly"
        self.distance[name] = self.km([metric.query(a, b)[0] for a, b in pairs])
        self.tables[name] = self.km(metric.distances_many_to_many(self.sources, self.targets))
        ends = [(np.array([a], np.uint32), np.array([b], np.uint32)) for a, b in pairs]
        one = spread(lambda: [metric.distances_many_to_many(a, b)[0, 0] for a, b in ends], PAIRS)
        self.add(name, "distance", one, "a table of one; its query, which unpacks the path, takes longer")
        self.add(name, "path", spread(lambda: [metric.query(a, b) for a, b in pairs], PAIRS))
        self.add(name, "table", spread(lambda: metric.distances_many_to_many(self.sources, self.targets), 1))

    def ours(self, engine: str, name: str, pairs_used: int, repeats: int) -> None:
        from midcorridor.basemap.routing import Router
        from midcorridor.basemap.store import read_part

        part = self.part
        router = self.set_up(name, lambda: Router(read_part(self.mode), engine=engine))
        at = np.stack([part.lat, part.lon], axis=1)
        pairs = [(tuple(at[a]), tuple(at[b])) for a, b in self.pairs[:pairs_used].tolist()]
        from_, to = at[self.sources], at[self.targets]
        cold = timed(lambda: [router.snap(place) for pair in pairs for place in pair])[0] / (2 * pairs_used)
        self.add(name, "finding a place first seen", [cold])
        self.distance[name] = np.array([router.km(a, b) for a, b in pairs])
        self.tables[name] = router.table(from_, to)
        self.add(name, "distance", spread(lambda: [router.km(a, b) for a, b in pairs], pairs_used, repeats))
        self.add(name, "path", spread(lambda: [router.route(a, b) for a, b in pairs], pairs_used, repeats))
        self.add(name, "table", spread(lambda: router.table(from_, to), 1, repeats))

    def scgraph(self) -> None:
        import scgraph

        name = "scgraph 3 contraction hierarchy"

        def make() -> Any:
            net: list[dict[int, float]] = [{} for _ in range(self.n)]
            part = self.part
            for a, b, w in zip(
                part.tail[: self.m].tolist(), part.head[: self.m].tolist(), self.metres.tolist(), strict=True
            ):
                net[a][b] = net[b][a] = w
            graph = scgraph.Graph(net)
            graph.create_contraction_hierarchy()
            return graph

        graph = self.set_up(name, make)
        pairs = self.pairs.tolist()

        def length(a: int, b: int) -> float:
            return float(graph.contraction_hierarchy(a, b, length_only=True)["length"])

        self.distance[name] = self.km([length(a, b) for a, b in pairs])
        few_s, few_t = self.sources[:SCGRAPH_SIDE].tolist(), self.targets[:SCGRAPH_SIDE].tolist()
        self.tables[name] = self.km([[length(a, b) for b in few_t] for a in few_s])
        self.add(name, "distance", spread(lambda: [length(a, b) for a, b in pairs], PAIRS, 3))
        self.add(
            name, "path", spread(lambda: [graph.contraction_hierarchy(a, b) for a, b in pairs], PAIRS, 3)
        )
        scale = (SIDE / SCGRAPH_SIDE) ** 2
        table = spread(lambda: [[length(a, b) for b in few_t] for a in few_s], 1, 3)
        self.add(
            name, "table", [x * scale for x in table], f"{SCGRAPH_SIDE} x {SCGRAPH_SIDE} pairs, scaled up"
        )

    def scipy(self) -> None:
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import dijkstra

        name = "SciPy dijkstra"
        graph = self.set_up(name, lambda: self.scipy_graph(coo_matrix))
        pairs = self.pairs[:SLOW_PAIRS].tolist()

        def one(a: int, b: int) -> float:
            return float(dijkstra(graph, directed=False, indices=a)[b])

        self.distance[name] = self.km([one(a, b) for a, b in pairs])
        self.add(name, "distance", spread(lambda: [one(a, b) for a, b in pairs], len(pairs), 3))
        few = self.sources[:SCGRAPH_SIDE]
        self.tables[name] = self.km(dijkstra(graph, directed=False, indices=few)[:, self.targets])
        table = spread(lambda: dijkstra(graph, directed=False, indices=few), 1, 3)
        self.add(
            name, "table", [x * SIDE / SCGRAPH_SIDE for x in table], f"{SCGRAPH_SIDE} sources, scaled up"
        )

    def networkx(self) -> None:
        import networkx

        name = "networkx bidirectional dijkstra"

        def make() -> Any:
            graph = networkx.Graph()
            part = self.part
            graph.add_weighted_edges_from(
                zip(
                    part.tail[: self.m].tolist(),
                    part.head[: self.m].tolist(),
                    self.metres.tolist(),
                    strict=True,
                )
            )
            return graph

        graph = self.set_up(name, make)
        pairs = self.pairs[: SLOW_PAIRS // 2].tolist()
        found = [networkx.bidirectional_dijkstra(graph, a, b) for a, b in pairs]
        self.distance[name] = self.km([length for length, _ in found])
        times = spread(
            lambda: [networkx.bidirectional_dijkstra(graph, a, b) for a, b in pairs], len(pairs), 3
        )
        self.add(name, "path", times)

    def compare(self) -> None:
        """Raises  AssertionError when any two peers differ by more than a metre."""
        reference = "pyroutingkit, called directly"
        for name, km in self.distance.items():
            gap = np.abs(km - self.distance[reference][: km.size]).max()
            assert gap <= 0.001, f"{name}: distances differ by {gap} km"
        for name, km in self.tables.items():
            rows, columns = km.shape
            gap = np.abs(km - self.tables[reference][:rows, :columns]).max()
            assert gap <= 0.001, f"{name}: tables differ by {gap} km"

    def finish(self, out: Path) -> None:
        for peer, what, times, note in self.times:
            self.rows.append(
                {
                    "peer": peer,
                    "what": f"{what} {SIDE} x {SIDE}" if what == "table" else what,
                    "median_s": statistics.median(times),
                    "low_s": min(times),
                    "high_s": max(times),
                    "note": note,
                }
            )
        packages = ("numpy", "pyroutingkit", "scgraph", "scipy", "networkx", "numba")
        versions = " ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)
        python = platform.python_version()
        print(f"{self.mode}: {self.n:,} nodes, {self.m:,} edges; seed {SEED}; Python {python}")
        print(versions)
        print("answers agree to a metre\n")
        print(f"{'':34s} {'':30s} {'median':>12s} {'low':>12s} {'high':>12s} {'MiB':>7s}")
        for row in self.rows:
            figures = [f"{row[k] * 1e3:9.4f} ms" if k in row else "" for k in ("median_s", "low_s", "high_s")]
            print(
                f"{row['peer']:34s} {row['what']:30s} {figures[0]:>12s} {figures[1]:>12s} {figures[2]:>12s} "
                f"{row.get('memory_mib', '')!s:>7s} {row.get('note', '')}"
            )
        self._ratios()
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"distance_{self.mode}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            columns = ["peer", "what", "median_s", "low_s", "high_s", "memory_mib", "note", "versions"]
            table = csv.DictWriter(stream, columns, lineterminator="\n")
            table.writeheader()
            table.writerows({**row, "versions": versions} for row in self.rows)
        print(f"\nwritten to {path}")

    def _ratios(self) -> None:
        median = {(peer, what): statistics.median(times) for peer, what, times, _ in self.times}
        print("\nours in times of its peers' time (below 1: ours is faster)")
        for what in ("distance", "path", "table"):
            own = median["ours", what]
            peers = {peer: t for (peer, w), t in median.items() if w == what and peer != "ours"}
            print(f"  {what:10s}" + "  ".join(f"{own / t:9.5f} of {peer}" for peer, t in peers.items()))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mode", default="rail", choices=["rail", "road"])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    bench = Bench(options.mode)
    bench.pyroutingkit()
    bench.ours("cch", "ours", PAIRS, REPEATS)
    bench.ours("search", "ours, fallback search", SLOW_PAIRS, 3)
    bench.scipy()
    bench.networkx()
    bench.scgraph()
    bench.compare()
    bench.finish(options.out)


if __name__ == "__main__":
    main()
