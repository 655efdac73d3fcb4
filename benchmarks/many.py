"""Shipments a second and core: `plan_many` with one and with two workers beside a plain loop of plans.

    python benchmarks/many.py [shipments] [most workers]

Random shipments between places of the network, with their sizes, goods and days over a year; the plain
loop is the peer: `plan_shipment` in a for loop, on a network loaded once. Its answers are compared with
ours, figure by figure, before any time is printed. A network compiles each day that it meets for the first
time, so that the second half of the shipments is told apart: that is the speed of thousands. Writes
benchmarks/results/many.csv.
"""

from __future__ import annotations

import csv
import math
import platform
import random
import resource
import sys
import time
from pathlib import Path
from typing import Any

from midcorridor import __version__
from midcorridor.errors import MidcorridorError
from midcorridor.intake import shipment_of, stream_shipments
from midcorridor.jobs import plan_many
from midcorridor.network import Network
from midcorridor.plan import plan_shipment

SEED = 20261201
GOODS = ("consumer_goods", "machinery", "grain")


def varied(network: Network, count: int) -> list[dict[str, Any]]:
    """Shipments between terminals and the towns around them, over a year."""
    draw = random.Random(SEED)
    ends = [
        row
        for row in network.tables["terminals"]
        if row["status"] == "open" and "rail_terminal" in row["kinds"]
    ]
    goods = [name for name in GOODS if name in network.tables.by_key("commodities")]
    rows = []
    for number in range(count):
        start, end = draw.sample(ends, 2)
        # One in four starts at a door somewhere in the town and not in the terminal.
        door = draw.random() < 0.25
        rows.append(
            {
                "shipment_id": f"s{number}",
                "origin": f"{start['lat']:.3f},{start['lon']:.3f}" if door else start["terminal_id"],
                "destination": end["terminal_id"],
                "commodity": draw.choice(goods),
                "container_type": draw.choice(("40HC", "20")),
                "quantity": draw.randint(1, 60),
                "unit": "box",
                "ready_at": f"2027-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
                "deadline_at": None,
            }
        )
    return rows


def plain_loop(network: Network, shipments: list[dict[str, Any]]) -> tuple[float, dict[str, list[Any]]]:
    """What anybody would write: a plan after the other. Seconds of the second half; figures of the routes."""
    found: dict[str, list[Any]] = {}
    half_at = 0.0
    for number, given in enumerate(stream_shipments(shipments, network.tables)):
        if number == len(shipments) // 2:
            half_at = time.perf_counter()
        assert given.row is not None, given.faults
        try:
            shipment = shipment_of(given.row, network.on(given.row["ready_at"].date()).tables)
            found[given.shipment_id] = [figures(route) for route in plan_shipment(network, shipment).routes]
        except MidcorridorError as error:
            found[given.shipment_id] = [(error.faults[0].code,)]
    return time.perf_counter() - half_at, found


def wanted(routes: list[Any], which: str) -> list[Any]:
    """Of the routes of a plan those that `plan_many` is asked for."""
    if which == "best":
        return routes[:1]
    first = {corridor: number for number, (corridor, *_) in reversed(list(enumerate(routes)))}
    return [routes[number] for number in sorted(first.values())] if which == "corridors" else routes


def figures(route: Any) -> tuple[Any, ...]:
    """The figures of a route that are compared."""
    return (route["corridor"], *(route[name] for name in ("mean_h", "p90_h", "cost_usd", "kg_co2e")))


def alike(some: list[Any], others: list[Any]) -> bool:
    """Whether routes are the same, but for the rounding of figures in a table."""
    return len(some) == len(others) and all(
        one[0] == other[0]
        and all(
            math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-3) for a, b in zip(one[1:], other[1:], strict=True)
        )
        for one, other in zip(some, others, strict=True)
    )


def timed(
    network: Network, shipments: list[dict[str, Any]], workers: int, which: str
) -> tuple[float, float, dict[str, list[Any]]]:
    """Seconds in all and of the second half, and the figures of the routes."""
    started = time.perf_counter()
    half_at, found = 0.0, dict[str, list[Any]]()
    for batch in plan_many(network, shipments, workers=workers, routes=which, chunk=10):
        for row in batch:
            told = found.setdefault(row["shipment_id"], [])
            if row["outcome"] == "ok":
                told.append(figures(row))
            elif row["outcome"] == "error":
                told.append((row["error_code"],))
        if not half_at and len(found) >= len(shipments) // 2:
            half_at = time.perf_counter()
    ended = time.perf_counter()
    return ended - started, ended - half_at, found


def main(count: int = 1000, most: int = 2) -> None:
    """Compare, time and print."""
    network = Network.load()
    shipments = varied(network, count)
    plain_loop(network, shipments[:2])  # the road graph and whatever is compiled on first use
    started = time.perf_counter()
    half_s, expected = plain_loop(Network.load(), shipments)
    rows = [{"routes": "plain loop", "workers": 1, "all_s": time.perf_counter() - started, "half_s": half_s}]
    for which, workers in (("all", 1), ("corridors", 1), ("best", 1), ("best", most)):
        whole_s, half_s, found = timed(network, shipments, workers, which)
        differ = [name for name, routes in expected.items() if not alike(wanted(routes, which), found[name])]
        assert not differ, f"answers differ from those of the plain loop: {differ[:5]}"
        rows.append({"routes": which, "workers": workers, "all_s": whole_s, "half_s": half_s})
    none = sum(not routes or len(routes[0]) == 1 for routes in expected.values())
    print(f"midcorridor {__version__}, Python {platform.python_version()}, {platform.machine()}")
    print(f"{count} shipments on {len({s['ready_at'] for s in shipments})} days, {none} without a route")
    for row in rows:
        row["per_s_and_core"] = count / row["all_s"] / row["workers"]
        row["second_half_per_s_and_core"] = count / 2 / row["half_s"] / row["workers"]
        print(
            f"{row['routes']:>10}, {row['workers']} worker(s): {row['all_s']:.1f} s; shipments a second "
            f"and core: {row['per_s_and_core']:.0f} from the start, "
            f"{row['second_half_per_s_and_core']:.0f} in the second half"
        )
    own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in (0, -1))
    print(f"most memory: {own:.0f} MiB here, {others:.0f} MiB in the largest worker")
    with (Path(__file__).parent / "results" / "many.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()} for row in rows
        )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
