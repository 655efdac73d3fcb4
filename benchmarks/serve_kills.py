"""A server killed with -9 in the middle of jobs and writes, again and again: nothing accepted may be lost.

Each round writes scenarios and jobs, kills the server, starts it again and compares what it had
confirmed; at the end every job must be done and every result whole.
Run: python benchmarks/serve_kills.py [rounds]
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks" / "results" / "serve_kills.csv"
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Kill, compare, write."""
    from tests.api.killing import killed

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    found = killed(Path(tempfile.mkdtemp()), rounds, seed=5)
    rows = (
        ("kills", found.kills, "rounds; an assertion ends the run at the first loss"),
        ("kills_in_work", found.kills_in_work, "while a job was running"),
        ("scenarios", len(found.versions), "confirmed, and found again as they were after each kill"),
        ("versions", sum(found.versions.values()), "confirmed changes of them, the first included"),
        ("jobs", len(found.jobs), "confirmed, all done at the end"),
        ("results_read", found.served, "results that were served; each had a good row for each shipment"),
    )
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("measure", "value", "what"))
        writer.writerows(rows)
    for name, value, what in rows:
        print(f"{name:16} {value:>6}  {what}")


if __name__ == "__main__":
    main()
