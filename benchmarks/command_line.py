"""How long a plan takes from a cold shell: one process a question, no daemon, no stored answers.

    python benchmarks/command_line.py [pairs]

Prints median, spread and worst of the wall time of `midcorridor plan` on random pairs of cities near our
terminals, beside the time of a bare interpreter, and writes benchmarks/results/command_line.csv.
"""

from __future__ import annotations

import csv
import platform
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from midcorridor import __version__
from midcorridor.network import Network

SEED = 20261201


def seconds(command: list[str]) -> tuple[float, int]:
    """Wall time and exit code of one process."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    return time.perf_counter() - started, done.returncode


def main(pairs: int = 30) -> None:
    """Time the pairs and print what they took."""
    draw = random.Random(SEED)
    ends = [
        row
        for row in Network.load().tables["terminals"]
        if row["status"] == "open" and "rail_terminal" in row["kinds"]
    ]
    command = [sys.executable, "-c", "from midcorridor.cli import main; main()"]
    rows = []
    seconds([*command, "plan", "Xi'an", "Budapest", "--depart", "2026-12-01"])  # warms the file cache
    for _ in range(pairs):
        start, end = draw.sample(ends, 2)
        question = [f"{place['lat']:.3f},{place['lon']:.3f}" for place in (start, end)]
        took, code = seconds(
            [*command, "plan", *question, "--containers", "40x40HC", "--depart", "2026-12-01"]
        )
        bare, _ = seconds([sys.executable, "-c", ""])
        rows.append(
            {
                "from": start["terminal_id"],
                "to": end["terminal_id"],
                "seconds": took,
                "exit": code,
                "bare": bare,
            }
        )
    times = sorted(row["seconds"] for row in rows)
    failed = [row for row in rows if row["exit"] != 0]
    print(f"midcorridor {__version__}, Python {platform.python_version()}, {platform.machine()}")
    print(f"{pairs} plans from a cold shell, file cache warm; {len(failed)} ended with an error")
    print(
        f"median {statistics.median(times):.2f} s, 90th percentile {times[int(0.9 * len(times))]:.2f} s, "
        f"worst {times[-1]:.2f} s; a bare interpreter {statistics.median(row['bare'] for row in rows):.2f} s"
    )
    out = Path(__file__).parent / "results" / "command_line.csv"
    out.parent.mkdir(exist_ok=True)
    with out.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
