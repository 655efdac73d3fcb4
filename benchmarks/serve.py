"""How much a server answers, how fast, and what it takes: a public load tool against `midcorridor serve`.

16 clients (Locust) plan random shipments over loopback, with 256 idle clients on event streams beside them;
first the same shipments in one process without a server, which is the rate to compare with. Answers are
compared before anything is timed. Run: python benchmarks/serve.py [seconds] [requests]
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import platform
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from midcorridor import __version__
from midcorridor.api.desk import Desk
from midcorridor.api.pool import Pool
from midcorridor.api.problems import Problem
from midcorridor.api.reading import PlanAsk
from midcorridor.api.worker import Answer, Task, answer
from midcorridor.jobs.workers import cores
from midcorridor.network import Network

OUT = Path(__file__).parent / "results" / "serve.csv"
CLIENTS, STREAMS = 16, 256
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 120.0
REQUESTS = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
SEED = 20261122
DRAWN, MOST_S = 1500, 3.0


def shipments(count: int) -> list[dict[str, Any]]:
    """Random pairs of terminals and cities that handle boxes, days of a year, boxes and goods."""
    draw = random.Random(SEED)
    tables = Network.load().tables
    kinds = {"seaport", "rail_terminal", "dry_port"}
    ends = [
        row["terminal_id"]
        for row in tables["terminals"]
        if kinds & set(row["kinds"]) and row["status"] == "open"
    ]
    ends += [
        "Xi'an",
        "Budapest",
        "Almaty",
        "Istanbul",
        "Duisburg",
        "Tashkent",
        "Warsaw",
        "Chengdu",
        "Milan",
        "Kyiv",
    ]
    goods = [row["commodity_id"] for row in tables["commodities"] if not row["temperature_controlled"]]
    made = []
    for _ in range(count):
        origin, destination = draw.sample(ends, 2)
        day = 1 + draw.randrange(28)
        made.append(
            {
                "origin": origin,
                "destination": destination,
                "containers": f"{draw.randint(1, 50)}x{draw.choice(('20', '40', '40HC'))}",
                "commodity": draw.choice(goods),
                "depart": f"2027-{1 + draw.randrange(12):02}-{day:02}",
            }
        )
    return made


def told(desk: Desk, body: dict[str, Any]) -> Answer | None:
    """The answer of a worker in this process; None where the question is refused."""
    found = answer(desk, Task("plan", PlanAsk.model_validate(body).given(), packed=True))
    return found if isinstance(found, Answer) else None


async def answered(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those answered in time, by workers: for a few the search itself takes very long."""
    pool = Pool(cores(), most_waiting=len(bodies))
    pool.start()

    async def one(body: dict[str, Any]) -> bool:
        try:
            await pool.ask(Task("plan", PlanAsk.model_validate(body).given()), MOST_S)
        except Problem:
            return False
        return True

    try:
        found = await asyncio.gather(*map(one, bodies))
    finally:
        await asyncio.to_thread(pool.stop)
    return [body for body, good in zip(bodies, found, strict=True) if good]


def memory_mb(pid: int) -> float:
    """Resident memory of a process and of all that it started."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if pid in (parent, int(path.name)):
                found = re.search(r"VmRSS:\s+(\d+)", (path / "status").read_text())
                total += int(found[1]) / 1024 if found else 0
        except OSError:
            continue
    return total


def cpu_s(pid: int) -> float:
    """Processor time of a process and of all that it started, which others on the machine do not lengthen."""
    total = 0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if pid in (int(fields[1]), int(path.name)):
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


class Streams:
    """Idle clients on the events of a job that waits."""

    def __init__(self, port: int, path: str, count: int) -> None:
        self.lines = []
        for _ in range(count):
            line = socket.create_connection(("127.0.0.1", port))
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            self.lines.append(line)
        self.said = [line.recv(4096) for line in self.lines]

    def still_open(self) -> int:
        """Streams that were answered and not closed."""
        count = 0
        for line, first in zip(self.lines, self.said, strict=True):
            line.setblocking(False)
            try:
                alive = bool(line.recv(1 << 20))
            except BlockingIOError:
                alive = True
            count += alive and b" 200 " in first[:20]
        return count


def load(url: str, wanted: Path, seconds: float, folder: Path) -> dict[str, Any]:
    """What Locust measured."""
    started = time.monotonic()
    subprocess.run(
        [
            sys.executable, "-m", "locust", "-f", str(OUT.parents[1] / "serve_clients.py"), "--headless",
            "--host", url, "-u", str(CLIENTS), "-r", str(CLIENTS), "-t", f"{seconds:.0f}s", "--only-summary",
            "--csv", str(folder / "locust"), "--exit-code-on-error", "0", "--loglevel", "WARNING",
        ],
        env={**os.environ, "SHIPMENTS": str(wanted)}, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with (folder / "locust_stats.csv").open(encoding="utf-8", newline="") as file:
        row = next(each for each in csv.DictReader(file) if each["Name"] == "plan")
    return {
        "requests": int(row["Request Count"]),
        "errors": int(row["Failure Count"]),
        "per_s": float(row["Requests/s"]),
        "p50_ms": float(row["50%"]),
        "p95_ms": float(row["95%"]),
        "p99_ms": float(row["99%"]),
        "most_ms": float(row["Max Response Time"]),
        "wall_s": round(time.monotonic() - started, 1),
    }


def main() -> None:
    """Measure, print and write."""
    drawn = shipments(DRAWN)
    good = asyncio.run(answered(drawn))
    desk = Desk()
    timed = good[:600]
    for body in timed[:40]:
        told(desk, body)  # what a worker does once is not what is compared
    started, busy = time.perf_counter(), time.process_time()
    for body in timed:
        told(desk, body)
    rate = len(timed) / (time.perf_counter() - started)
    alone_ms = 1000 * (time.process_time() - busy) / len(timed)
    folder = Path(tempfile.mkdtemp())
    wanted = folder / "shipments.json"
    wanted.write_text(json.dumps(good), encoding="utf-8")
    words = ["serve", "--port", "0", "--quiet", "--jobs", "0", "--state", str(folder / "state")]
    code = f"from midcorridor.cli import main; main({words!r})"
    server = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        first = server.stderr.readline()
        address = re.search(r"http://\S+?:\d+", first)
        if address is None:
            raise RuntimeError(f"the server did not tell its address: {first!r}")
        url = address[0]
        threading.Thread(target=server.stderr.read, daemon=True).start()
        with httpx.Client(base_url=url, timeout=120) as http:
            while http.get("/readyz").json()["workers"]["ready"] < cores():
                time.sleep(0.2)
            for body in good[:40]:
                plain = answer(desk, Task("plan", PlanAsk.model_validate(body).given()))
                assert isinstance(plain, Answer)
                ours, theirs = json.loads(plain.body), http.post("/v1/plan", json=body).json()
                ours["run"]["seconds"] = theirs["run"]["seconds"]
                assert ours == theirs, body
            job = http.post("/v1/plan-many", json={"csv": "a\nb\n"}).json()
            streams = Streams(int(url.rpartition(":")[2]), job["links"]["events"], STREAMS)
            before = cpu_s(server.pid)
            measured = load(url, wanted, SECONDS, folder)
            served_ms = 1000 * (cpu_s(server.pid) - before) / measured["requests"]
            after, asked = memory_mb(server.pid), measured["requests"]
            more_s = max(0.0, REQUESTS - asked) / measured["per_s"]
            more = load(url, wanted, more_s + 5, folder) if more_s else measured
            grown = memory_mb(server.pid)
            numbers = http.get("/readyz").json()["workers"]
            rows = [
                ("in_process_per_s", rate, "plans a second of one process without a server"),
                (
                    "left_out",
                    len(drawn) - len(good),
                    f"of {len(drawn)} drawn: one plan takes over {MOST_S:g} s",
                ),
                ("cores", cores(), "workers of the server"),
                ("clients", CLIENTS, "each asks again as soon as it is answered"),
                *((f"load_{name}", value, "Locust") for name, value in measured.items()),
                (
                    "share_of_cores",
                    measured["per_s"] / (rate * cores()),
                    "of cores x the rate in one process",
                ),
                ("in_process_cpu_ms", alone_ms, "processor time of a plan in one process"),
                (
                    "served_cpu_ms",
                    served_ms,
                    "processor time of a plan over HTTP, server and workers together",
                ),
                ("machine_load", os.getloadavg()[0], "processes that wanted a core in the last minute"),
                ("streams_open", streams.still_open(), f"of {STREAMS} idle clients on events, at the end"),
                ("memory_mb_after_load", after, f"server and workers after {asked} requests"),
                ("memory_mb_at_end", grown, f"after {asked + more['requests']} requests"),
                ("errors_in_all", measured["errors"] + more["errors"], "answers that were none"),
                ("workers_replaced", numbers["replaced"], "died or were too slow"),
            ]
    finally:
        server.terminate()
        server.wait(30)
    about = f"midcorridor {__version__}, Python {platform.python_version()}, {platform.machine()}"
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("measure", "value", "what"))
        for name, value, what in (*rows, ("versions", about, "")):
            shown = f"{value:.4g}" if isinstance(value, float) else value
            writer.writerow((name, shown, what))
            print(f"{name:24} {shown!s:>12}  {what}")


if __name__ == "__main__":
    main()
