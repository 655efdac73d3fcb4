"""Long work: submitted, followed, cancelled, fetched."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any

import pytest

from midcorridor.jobs import plan_many
from midcorridor.network import Network

from .asking import Caller, faults

ROW = {
    "shipment_id": "one", "origin": "kz-aktau", "destination": "az-alat", "commodity": "consumer_goods",
    "container_type": "40HC", "quantity": 4, "unit": "box", "ready_at": "2026-12-01",
}  # fmt: skip
WRONG = {**ROW, "shipment_id": "wrong", "origin": "Atlantis"}
HEAD = "shipment_id,origin,destination,commodity,container_type,quantity,unit,ready_at\n"


def ended(api: Caller, job: dict[str, Any], within_s: float = 90) -> dict[str, Any]:
    """A job when it has ended."""
    until = time.monotonic() + within_s
    while job["state"] in ("queued", "running"):
        assert time.monotonic() < until, job
        time.sleep(0.1)
        job = api.get(job["links"]["self"]).json()
    return job


def events(text: str) -> list[dict[str, str]]:
    """The events of a stream."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            found.append(fields)
    return found


def test_many_shipments_are_planned_as_a_job(api: Caller) -> None:
    response = api.post("/v1/plan-many", {"shipments": [ROW, WRONG], "by": "time", "result": "jsonl"})
    assert response.status_code == 202
    assert response.headers["location"] == response.json()["links"]["self"]
    stream = api.get(response.json()["links"]["events"])
    assert stream.headers["content-type"].startswith("text/event-stream")
    told = events(stream.text)
    assert told[-1]["event"] == "end"
    numbers = [int(event["id"]) for event in told]
    assert numbers == sorted(set(numbers))
    job = ended(api, response.json())
    assert json.loads(told[-1]["data"]) == job
    assert (job["state"], job["done"]) == ("done", 2)
    found = [json.loads(line) for line in api.get(job["links"]["result"]).text.splitlines()]
    wanted = [row for batch in plan_many(Network.load(), [ROW, WRONG], workers=1, by="time") for row in batch]
    assert found == json.loads(json.dumps(wanted, default=lambda at: at.isoformat()))
    assert [row["outcome"] for row in found] == ["ok", "error"]


def test_a_stream_goes_on_where_it_was_left(api: Caller) -> None:
    job = ended(api, api.post("/v1/plan-many", {"shipments": [ROW]}).json())
    last = events(api.get(job["links"]["events"]).text)[-1]
    before = {"Last-Event-ID": str(int(last["id"]) - 1)}
    assert events(api.get(job["links"]["events"], headers=before).text) == [last]
    assert events(api.get(job["links"]["events"], headers={"Last-Event-ID": last["id"]}).text) == []
    assert events(api.get(job["links"]["events"], headers={"Last-Event-ID": "x"}).text) == [last]


def test_a_file_of_shipments_is_read_as_the_command_reads_it(api: Caller) -> None:
    text = HEAD + ",".join(map(str, ROW.values())) + "\n"
    job = ended(api, api.post("/v1/plan-many", {"csv": text, "routes": "corridors"}).json())
    response = api.get(job["links"]["result"])
    assert response.headers["content-type"].startswith("text/csv")
    assert "attachment" in response.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert {row["outcome"] for row in rows} == {"ok"}
    assert {row["row"] for row in rows} == {"2"}  # the line in the file


def test_a_file_that_is_wrong_as_a_whole_fails_with_its_faults(api: Caller) -> None:
    job = ended(api, api.post("/v1/plan-many", {"csv": "shipment_id,origin\na,b\n"}).json())
    assert job["state"] == "failed"
    assert {fault["code"] for fault in job["error"]["faults"]} == {"missing_column"}
    response = api.get(f"/v1/jobs/{job['job_id']}/result")
    assert (response.status_code, faults(response)[0]["code"]) == (409, "not_done")


def test_a_long_verb_may_be_a_job(api: Caller) -> None:
    ask = {"origin": "kz-aktau", "destination": "az-alat", "depart": "2026-12-01", "days": 3}
    response = api.post("/v1/profile", ask, headers={"Prefer": "respond-async"})
    assert response.status_code == 202
    job = ended(api, response.json())
    assert (job["verb"], job["done"], job["total"]) == ("profile", 3, 3)
    found = api.get(job["links"]["result"]).json()
    assert found["days"] == api.post("/v1/profile", ask).json()["days"]


def test_a_job_is_cancelled(api: Caller) -> None:
    job = api.post("/v1/plan-many", {"shipments": [ROW] * 3000, "routes": "all"}).json()
    waiting = api.post("/v1/plan-many", {"shipments": [ROW]}).json()
    assert api.post(f"{waiting['links']['self']}/cancel").json()["state"] == "cancelled"
    assert api.delete(job["links"]["self"]).status_code == 409
    until = time.monotonic() + 60
    while not (job := api.get(job["links"]["self"]).json())["done"]:
        assert time.monotonic() < until
        time.sleep(0.1)
    api.post(f"{job['links']['self']}/cancel")
    job = ended(api, job, 10)
    assert job["state"] == "cancelled"
    assert api.post(f"{job['links']['self']}/cancel").status_code == 409
    assert api.get(f"{job['links']['self']}/result").status_code == 409
    assert api.delete(job["links"]["self"]).status_code == 204
    assert api.get(job["links"]["self"]).status_code == 404
    left = [path.name for path in api.app.state.server.runner.folder.glob(f"{job['job_id']}*")]
    assert left == []


def test_jobs_are_listed_by_state(api: Caller) -> None:
    job = ended(api, api.post("/v1/plan-many", {"shipments": [ROW]}).json())
    newest = api.get("/v1/jobs", params={"limit": 1}).json()
    assert newest["items"] == [job]
    assert newest["next_cursor"]
    states = {each["state"] for each in api.get("/v1/jobs", params={"state": "done"}).json()["items"]}
    assert states == {"done"}
    assert faults(api.get("/v1/jobs", params={"state": "nothing"}))[0]["accepted"].startswith("queued")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "no_shipments"),
        ({"shipments": [], "csv": "x"}, "no_shipments"),
        ({"shipments": []}, "empty_list"),
        ({"csv": ""}, "empty_list"),
        ({"shipments": [ROW], "result": "exe"}, "bad_field"),
        ({"shipments": [ROW], "scenario_id": "nothing"}, "unknown_scenario"),
        ({"shipments": [ROW], "output": "/tmp/x.csv"}, "unknown_field"),
        ({"shipments": [ROW], "workers": 100}, "unknown_field"),
    ],
)
def test_a_job_that_cannot_be_is_refused_at_once(body: dict[str, Any], code: str, api: Caller) -> None:
    assert faults(api.post("/v1/plan-many", body))[0]["code"] == code
