"""The plan: 200 varied shipments over a year, scenarios, a month of departures, and its search beside peers.

    python benchmarks/plan.py [--shipments 200] [--twin 6] [--out benchmarks/results]

Every shipment is planned twice. The second time is warm: the network of its day is compiled. What the first
plan of a day costs more is told apart. Two peers are given the arrays that the search of a plan is given:

- a plain Pareto search in Python (`plain`, below) with the same bounds, on a few of the shipments with marks
  left out for both; fronts are compared before times. It stops a question after --patience seconds;
- SciPy's Dijkstra for the least dollars of all: a plan's moves wait for the clock, which a shortest-path
  library cannot do, so that dollars and not hours are compared.

Scenarios: the first and a warm plan on a network with one change, beside the plan without it.
"""

from __future__ import annotations

import argparse
import csv
import heapq
import importlib.metadata
import os
import platform
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from midcorridor.errors import MidcorridorError
from midcorridor.network import Network
from midcorridor.plan import plan, question
from midcorridor.plan.search import CORRIDORS, Moves, pareto, states
from midcorridor.profile import profile
from midcorridor.scenario import parse_scenario
from midcorridor.shipment import make_shipment, parse_day

SEED = 20270101
EAST = (
    "Xi'an",
    "Chengdu",
    "Chongqing",
    "Zhengzhou",
    "Wuhan",
    "Yiwu",
    "Urumqi",
    "Almaty",
    "Tashkent",
    "Astana",
)
WEST = (
    "Budapest",
    "Duisburg",
    "Hamburg",
    "Lodz",
    "Rotterdam",
    "Istanbul",
    "Milan",
    "Vienna",
    "Baku",
    "Tbilisi",
)
BOXES = ("20", "20OT", "20RF", "40", "40FR", "40HC", "40OT", "40RF", "45HC")
CHANGES = {
    "close a terminal": ("close", "terminals", "kz-aktau", ""),
    "slow a service": ("scale", "services", "feeder-aktau-alat", "departures_per_week"),
    "raise a price": ("scale", "unit_costs", "rail-kz-westbound", "value"),
}


def varied(count: int) -> list[dict[str, str]]:
    """Shipments both ways between real places: every type of box, 1 to 120 of them, every day of 2027."""
    draw, found = random.Random(SEED), []
    for number in range(count):
        ends = [draw.choice(EAST), draw.choice(WEST)]
        if draw.random() < 0.5:
            ends.reverse()
        boxes = f"{draw.choice((1, 2, 5, 10, 20, 40, 60, 80, 120))}x{BOXES[number % len(BOXES)]}"
        day = date(2027, 1, 1) + timedelta(days=draw.randrange(365))
        found.append({"origin": ends[0], "destination": ends[1], "containers": boxes, "at": day.isoformat()})
    return found


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall seconds, seconds of this thread's own processor time, and what came of it."""
    wall, own = time.perf_counter(), time.thread_time()
    result = work()
    return time.perf_counter() - wall, time.thread_time() - own, result


def repeated(work: Callable[[], Any], repeats: int = 7) -> float:
    """Median seconds of processor time."""
    return statistics.median(timed(work)[1] for _ in range(repeats))


@contextmanager
def searches() -> Iterator[list[tuple[Moves, Any]]]:
    """The moves and limits of every search of the plans made meanwhile."""
    kept: list[tuple[Moves, Any]] = []
    question.pareto = lambda moves, most: kept.append((moves, most)) or pareto(moves, most)
    try:
        yield kept
    finally:
        question.pareto = pareto


def plain(moves: Moves, most: Any, patience_s: float) -> set[tuple[Any, ...]] | None:
    """The peer: Pareto label setting in plain Python, marks left out; None when patience ends."""
    following, reach, corridor, *_ = (table.tolist() for table in states(moves.passes))
    leaving: list[list[int]] = [[] for _ in range(moves.nodes)]
    entering: list[list[int]] = [[] for _ in range(moves.nodes)]
    tail, head, flags = moves.tail.tolist(), moves.head.tolist(), moves.flags.tolist()
    cost, lead, gate = moves.cost.tolist(), moves.lead_h.tolist(), moves.gate.tolist()
    timetable, windows = moves.timetable.tolist(), [rows.tolist() for rows in moves.windows]
    departures = [rows.tolist() for rows in moves.departures]
    for edge, (start, end) in enumerate(zip(tail, head, strict=True)):
        leaving[start].append(edge)
        entering[end].append(edge)
    least = []
    for j in range(4):
        reached = [float("inf")] * moves.nodes
        reached[moves.target] = 0.0
        heap = [(0.0, moves.target)]
        while heap:
            key, node = heapq.heappop(heap)
            if key > reached[node]:
                continue
            for edge in entering[node]:
                if key + cost[edge][j] < reached[tail[edge]]:
                    reached[tail[edge]] = key + cost[edge][j]
                    heapq.heappush(heap, (reached[tail[edge]], tail[edge]))
        least.append(reached)
    to_go = list(zip(*least, strict=True))
    limits = most.tolist()
    front: dict[int, list[tuple[float, ...]]] = {at: [] for at in range(len(CORRIDORS))}
    settled: dict[tuple[int, int], list[tuple[float, ...]]] = {}

    def beaten(costs: tuple[float, ...], others: list[tuple[float, ...]]) -> bool:
        a, b, c, d = costs
        return any(p <= a and q <= b and r <= c and s <= d for p, q, r, s in others)

    def useless(costs: tuple[float, ...], node: int, state: int) -> bool:
        end = tuple(a + b for a, b in zip(costs, to_go[node], strict=True))
        if any(a > b for a, b in zip(end, limits, strict=True)) or beaten(
            costs, settled.get((node, state), [])
        ):
            return True
        return all(beaten(end, front[at]) for at in front if reach[state] >> at & 1)

    start = time.perf_counter()
    heap = [((0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0), moves.source, 0)]
    while heap:
        _, costs, node, state = heapq.heappop(heap)
        if time.perf_counter() - start > patience_s:
            return None
        if useless(costs, node, state):
            continue
        settled.setdefault((node, state), []).append(costs)
        if node == moves.target:
            if corridor[state] >= 0 and not beaten(costs, front[corridor[state]]):
                front[corridor[state]].append(costs)
            continue
        for edge in leaving[node]:
            then, there = following[state][flags[edge]], head[edge]
            if then < 0:
                continue
            ready_h = costs[0] + lead[edge]
            if timetable[edge] >= 0:
                later = [hour for hour in departures[timetable[edge]] if hour >= ready_h]
                if not later:
                    continue
                ready_h = later[0]
            rows = windows[gate[edge]] if gate[edge] >= 0 else [(0.0, float("inf"), 0.0, 0.0)]
            for from_h, until_h, extra_h, extra_var in rows:
                if until_h <= ready_h:
                    continue
                hours = max(ready_h, from_h) + extra_h + cost[edge][0] - lead[edge]
                usd, kg = costs[1] + cost[edge][1], costs[2] + cost[edge][2]
                new = (hours, usd, kg, costs[3] + cost[edge][3] + extra_var)
                if not useless(new, there, then):
                    key = tuple(a + b for a, b in zip(new, to_go[there], strict=True))
                    heapq.heappush(heap, (key, new, there, then))
    return {(CORRIDORS[at], *costs) for at, ways in front.items() for costs in ways}


def least_dollars(moves: Moves) -> Callable[[], float]:
    """SciPy's Dijkstra over the dollars of the moves, the cheapest of parallel ones."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    order = np.lexsort((moves.cost[:, 1], moves.head, moves.tail))
    tail, head = moves.tail[order], moves.head[order]
    first = np.append(True, (np.diff(tail) != 0) | (np.diff(head) != 0))
    kept = order[first]
    entries = (moves.cost[kept, 1], (moves.tail[kept], moves.head[kept]))
    graph = csr_matrix(entries, shape=(moves.nodes, moves.nodes))
    return lambda: float(dijkstra(graph, indices=moves.source)[moves.target])


def percentile(values: list[float], share: float) -> float:
    return float(np.percentile(values, share))


class Bench:
    """Gathers rows of what was timed."""

    def __init__(self) -> None:
        names = ("numpy", "numba", "scipy")
        versions = " ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
        self.versions = f"{versions} python {platform.python_version()}"
        self.rows: list[dict[str, Any]] = []

    def add(self, what: str, value: float, unit: str, note: str = "") -> None:
        load = f"{os.getloadavg()[0]:.2f}"
        row = {"what": what, "value": f"{value:.4g}", "unit": unit, "note": note, "load": load}
        self.rows.append(row | {"versions": self.versions})
        print(f"{what:52} {value:10.4g} {unit:6} {note}", flush=True)

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "plan.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(self.rows[0]), lineterminator="\n")
            table.writeheader()
            table.writerows(self.rows)


def plans(bench: Bench, network: Network, shipments: list[dict[str, str]]) -> list[dict[str, str]]:
    """Times of all plans; returns the shipments that have an answer."""
    fresh, wall, own, answered, refused = [], [], [], [], 0
    for shipment in shipments:
        try:
            fresh.append(timed(lambda shipment=shipment: plan(network, **shipment))[1])
        except MidcorridorError:
            refused += 1
            continue
        answered.append(shipment)
        taken = timed(lambda shipment=shipment: plan(network, **shipment))
        wall.append(taken[0])
        own.append(taken[1])
    note = f"{len(answered)} shipments, {refused} refused as questions"
    for name, times in (
        ("plan, warm, processor", own),
        ("plan, warm, wall", wall),
        ("plan, first, processor", fresh),
    ):
        for label, share in (("median", 50), ("p90", 90), ("p99", 99), ("max", 100)):
            bench.add(f"{name}: {label}", percentile(times, share) * 1e3, "ms", note)
    bench.add("most memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB")
    return answered


def peers(
    bench: Bench, network: Network, shipments: list[dict[str, str]], count: int, patience_s: float
) -> None:
    """The search beside plain Python and SciPy on the arrays of a few plans."""
    kernel_s, plain_s, scipy_s, least_s, gave_up = [], [], [], [], 0
    for shipment in shipments:
        if len(plain_s) == count:
            break
        with searches() as kept:
            plan(network, **shipment)
        moves, most = kept[0]
        moves = replace(moves, mark=np.zeros((moves.tail.size, 1), np.uint64), remember=None)
        found = pareto(moves, most)
        ours = {(name, *row) for name, row in zip(found.corridors, found.costs.tolist(), strict=True)}
        if not ours:
            continue
        _, seconds, theirs = timed(lambda moves=moves, most=most: plain(moves, most, patience_s))
        if theirs is None:
            gave_up += 1
            continue
        assert theirs == ours, f"{shipment}: the fronts differ"
        kernel_s.append(repeated(lambda moves=moves, most=most: pareto(moves, most)))
        plain_s.append(seconds)
        cheapest = least_dollars(moves)
        usd = cheapest()
        if all(row[2] > usd for row in ours):
            # The cheapest of all passes three rivals or the Caspian twice, or takes over 90 days.
            continue
        assert min(row[2] for row in ours) == usd, f"{shipment}: SciPy finds {usd}"
        scipy_s.append(repeated(cheapest))
        least_s.append(kernel_s[-1])
    factors = [slow / quick for slow, quick in zip(plain_s, kernel_s, strict=True)]
    note = f"{len(plain_s)} questions, equal fronts; {gave_up} more given up by the plain search"
    bench.add("search, ours: median", statistics.median(kernel_s) * 1e3, "ms", note)
    bench.add("search, plain Python: median", statistics.median(plain_s) * 1e3, "ms", note)
    bench.add("plain Python in times of ours: median", statistics.median(factors), "times", note)
    bench.add("plain Python in times of ours: least", min(factors), "times", note)
    if scipy_s:
        note = f"{len(scipy_s)} questions, equal least dollars; one cost, no clock, set-up apart"
        bench.add("SciPy Dijkstra, dollars only: median", statistics.median(scipy_s) * 1e3, "ms", note)


def scenarios(bench: Bench, network: Network, shipment: dict[str, str]) -> None:
    """A change to the network: the first plan after it and a warm one, beside the plan without it."""
    base = repeated(lambda: plan(network, **shipment))
    bench.add("plain plan, warm", base * 1e3, "ms", str(shipment["origin"]))
    for name, (operation, table, key, column) in CHANGES.items():
        text = f'name = "bench"\n[[change]]\noperation = "{operation}"\ntable = "{table}"\nkey = "{key}"\n'
        text += f'column = "{column}"\nvalue = 0.5\n' if column else ""
        scenario = parse_scenario(text)

        def first(scenario: Any = scenario) -> Any:
            return plan(scenario.apply(network), **shipment)

        first()
        after = repeated(first)
        changed = scenario.apply(network)
        plan(changed, **shipment)
        warm = repeated(lambda changed=changed: plan(changed, **shipment))
        bench.add(
            f"{name}: apply and first plan", after * 1e3, "ms", f"{after / base:.2f} plain plans; {key}"
        )
        bench.add(f"{name}: warm plan", warm * 1e3, "ms", f"{warm / base:.2f} plain plans")


def departures(bench: Bench, network: Network) -> None:
    """A shipment planned for every day of a month, twice."""
    day = parse_day("2028-02-01")
    shipment = make_shipment(
        network.tables_on(day.date()), "Xi'an", "Budapest", containers="40x40HC", ready_at=day
    )
    for note in ("on days not planned before", "the same again"):
        seconds = timed(lambda: profile(network, shipment, days=30))[1]
        bench.add("departures of 30 days", seconds * 1e3, "ms", f"{seconds / 30 * 1e3:.0f} ms a day, {note}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shipments", type=int, default=200)
    parser.add_argument("--twin", type=int, default=6, help="questions for the plain search")
    parser.add_argument("--patience", type=float, default=60.0, help="seconds for one of them")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    bench, network, shipments = Bench(), Network.load(), varied(options.shipments)
    warm_up = {"origin": "Xi'an", "destination": "Budapest", "containers": "40x40HC", "at": "2027-03-01"}
    plan(network, **warm_up)
    answered = plans(bench, network, shipments)
    scenarios(bench, network, warm_up)
    departures(bench, network)
    peers(bench, network, answered, options.twin, options.patience)
    bench.write(options.out)


if __name__ == "__main__":
    main()
