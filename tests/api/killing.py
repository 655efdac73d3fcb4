"""A server that is killed again and again while others write: what it has accepted must be there."""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from .process import Process

SHIPMENT = {
    "origin": "kz-aktau", "destination": "az-alat", "commodity": "consumer_goods", "container_type": "40HC",
    "quantity": 4, "unit": "box", "ready_at": "2026-12-01",
}  # fmt: skip


@dataclass
class Accepted:
    """What a server has said yes to."""

    versions: dict[str, int] = field(default_factory=dict)  # scenario to the last version it confirmed
    contents: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)  # a change was sent and no answer came
    jobs: dict[str, int] = field(default_factory=dict)  # job to the number of its shipments
    kills: int = 0
    kills_in_work: int = 0  # while a job was running
    served: int = 0  # results that were read whole


def scenario(text: str) -> dict[str, Any]:
    """A scenario that says when it was written, many times over, so that half of one is seen."""
    change = {"operation": "scale", "table": "services", "key": "feeder-aktau-alat"}
    change |= {"column": "departures_per_week", "value": 1.5}
    return {"name": text, "description": text * 50, "change": [change] * 5}


def write(url: str, accepted: Accepted, stop: threading.Event, seed: int, most_jobs: int) -> None:
    """Write until told to stop or until the server is gone."""
    draw = random.Random(seed)
    with httpx.Client(base_url=url, timeout=20) as http:
        try:
            while not stop.is_set():
                kind = draw.random()
                if kind < 0.15 and len(accepted.jobs) < most_jobs:
                    count = draw.randint(1, 40)
                    rows = [{**SHIPMENT, "shipment_id": str(n), "quantity": n + 1} for n in range(count)]
                    response = http.post("/v1/plan-many", json={"shipments": rows, "result": "jsonl"})
                    if response.status_code == 202:
                        accepted.jobs[response.json()["job_id"]] = count
                elif kind < 0.5 or not accepted.versions:
                    content = scenario(f"made {draw.random()}")
                    response = http.post("/v1/scenarios", json=content)
                    if response.status_code == 201:
                        name = response.json()["scenario_id"]
                        accepted.contents[name, 1] = content
                        accepted.versions[name] = 1
                else:
                    _change(http, accepted, draw)
                time.sleep(0.01)
        except httpx.TransportError:
            return


def _change(http: httpx.Client, accepted: Accepted, draw: random.Random) -> None:
    name = draw.choice(list(accepted.versions))
    if name in accepted.unsure:
        return
    version = accepted.versions[name]
    content = scenario(f"changed {draw.random()}")
    accepted.contents[name, version + 1] = content
    accepted.unsure.add(name)
    response = http.put(f"/v1/scenarios/{name}", json=content, headers={"If-Match": f'"v{version}"'})
    if response.status_code == 200:
        accepted.versions[name] = version + 1
    else:
        del accepted.contents[name, version + 1]
    accepted.unsure.discard(name)


def check(http: httpx.Client, accepted: Accepted) -> None:
    """All that was accepted is there, and all that is there is whole."""
    for name, version in accepted.versions.items():
        told = http.get(f"/v1/scenarios/{name}")
        assert told.status_code == 200, (name, told.text)
        found = told.json()
        # What was sent and not confirmed may have been taken or not, but not by half.
        assert found["version"] in ((version, version + 1) if name in accepted.unsure else (version,))
        assert found["scenario"] == accepted.contents[name, found["version"]]
        accepted.versions[name] = found["version"]
    accepted.unsure.clear()
    for name, count in accepted.jobs.items():
        job = http.get(f"/v1/jobs/{name}")
        assert job.status_code == 200, (name, job.text)
        result = http.get(f"/v1/jobs/{name}/result")
        if result.status_code == 200:
            whole(result.text, count)
            accepted.served += 1
        else:
            assert result.status_code == 409, result.text
            assert job.json()["state"] in ("queued", "running"), job.text


def whole(text: str, count: int) -> None:
    """A result has a good row for each shipment, in their order."""
    rows = [json.loads(line) for line in text.splitlines()]
    assert [row["shipment_id"] for row in rows] == [str(n) for n in range(count)]
    assert {row["outcome"] for row in rows} == {"ok"}


def killed(state: Path, rounds: int, seed: int = 0, database: str | None = None) -> Accepted:
    """Start, write, kill and check so many times; then let all jobs end and check once more."""
    # A few jobs a round: each takes seconds, and at the end all must be done.
    most_jobs = 3 * rounds
    accepted, draw = Accepted(), random.Random(seed)
    for number in range(rounds):
        with Process(state, database=database).ready() as server:
            check(server.http, accepted)
            stop = threading.Event()
            writer = threading.Thread(
                target=write, args=(server.url, accepted, stop, seed * 1000 + number, most_jobs)
            )
            writer.start()
            time.sleep(draw.uniform(0.3, 4.0))
            running = server.http.get("/v1/jobs", params={"state": "running"}).json()["items"]
            server.kill()
            accepted.kills += 1
            accepted.kills_in_work += bool(running)
            stop.set()
            writer.join()
    with Process(state, database=database).ready() as server:
        check(server.http, accepted)
        until = time.monotonic() + 300
        while server.http.get("/v1/jobs", params={"state": ["queued", "running"]}).json()["items"]:
            assert time.monotonic() < until
            time.sleep(0.5)
        check(server.http, accepted)
        states = {job["state"] for job in server.http.get("/v1/jobs", params={"limit": 200}).json()["items"]}
        assert states <= {"done"}, states
    return accepted
