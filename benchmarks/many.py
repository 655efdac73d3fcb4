"""Shipments a second and core: `plan_many` with one and with two workers beside a plain loop of plans.

    python benchmarks/many.py [shipments] [most workers]

Random shipments between places of the network, with their sizes, goods and days; the plain loop is the
peer: `plan_shipment` in a for loop, on a network loaded once. Its answers are compared with ours, figure by
figure, before any time is printed. Set-up (processes, the road graph, first compilation) is told apart: it is
the time until the first batch. Writes benchmarks/results/many.csv.
"""

from __future__ import annotations

import csv
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
from midcorridor.results import rounded

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


def plain_loop(network: Network, shipments: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What anybody would write: a plan after the other. Rows of (shipment, corridor, figures) or error."""
    found: list[tuple[Any, ...]] = []
    for given in stream_shipments(shipments, network.tables):
        assert given.row is not None, given.faults
        try:
            shipment = shipment_of(given.row, network.on(given.row["ready_at"].date()).tables)
            routes = plan_shipment(network, shipment).routes
        except MidcorridorError as error:
            found.append((given.shipment_id, error.faults[0].code))
            continue
        found += [(given.shipment_id, *figures(route)) for route in routes] or [(given.shipment_id, "none")]
    return found


def figures(route: Any) -> tuple[Any, ...]:
    """The figures of a route that are compared."""
    return tuple(rounded(route[name]) for name in ("corridor", "mean_h", "cost_usd", "kg_co2e"))


def timed(network: Network, shipments: list[dict[str, Any]], workers: int) -> tuple[float, float, list[Any]]:
    """Seconds until the first batch, seconds in all, and the rows as the plain loop has them."""
    started = time.perf_counter()
    first, found = 0.0, []
    for batch in plan_many(network, shipments, workers=workers):
        first = first or time.perf_counter() - started
        for row in batch:
            told = {"ok": figures(row), "none": ("none",), "error": (row["error_code"],)}[row["outcome"]]
            found.append((row["shipment_id"], *told))
    return first, time.perf_counter() - started, found


def main(count: int = 1000, most: int = 2) -> None:
    """Compare, time and print."""
    network = Network.load()
    shipments = varied(network, count)
    plain_loop(network, shipments[:2])  # the road graph and whatever is compiled on first use
    started = time.perf_counter()
    expected = plain_loop(Network.load(), shipments)
    seconds = time.perf_counter() - started
    rows = [{"what": "plain loop", "workers": 1, "first_s": "", "all_s": seconds}]
    for workers in range(1, most + 1):
        first, whole, found = timed(network, shipments, workers)
        assert found == expected, "answers differ from those of the plain loop"
        rows.append({"what": "plan_many", "workers": workers, "first_s": first, "all_s": whole})
    errors = len({row[0] for row in expected if len(row) == 2})
    print(f"midcorridor {__version__}, Python {platform.python_version()}, {platform.machine()}")
    print(f"{count} shipments on {len({s['ready_at'] for s in shipments})} days, {errors} without a route")
    for row in rows:
        row["per_s_and_core"] = count / row["all_s"] / row["workers"]
        print(
            f"{row['what']:>10}, {row['workers']} worker(s): {row['all_s']:.1f} s, "
            f"{row['per_s_and_core']:.1f} shipments a second and core"
            + (f", first batch after {row['first_s']:.1f} s" if row["first_s"] else "")
        )
    own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in (0, -1))
    print(f"most memory: {own:.0f} MiB here, {others:.0f} MiB in the largest worker")
    out = Path(__file__).parent / "results" / "many.csv"
    out.parent.mkdir(exist_ok=True)
    with out.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
