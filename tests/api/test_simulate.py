"""A simulated year over HTTP: always a job, as the command tells it, with where vehicles were."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from midcorridor.api.answers import components
from midcorridor.api.simulated import ANSWER
from midcorridor.network import Network
from midcorridor.simulate import simulate

from .asking import Caller, faults
from .test_jobs import ended

MOST_BYTES = 3_000_000  # packed
SHORT = {"replications": 1, "seed": 7}


@pytest.fixture(scope="module")
def answer(api: Caller) -> Any:
    response = api.post("/v1/simulate", SHORT)
    assert response.status_code == 202
    job = ended(api, response.json())
    days = 60 + 365  # with the warm-up
    assert (job["verb"], job["state"], job["done"], job["total"]) == ("simulate", "done", days, days)
    return api.get(job["links"]["result"]).json()


def test_the_answer_is_as_the_contract_says(answer: Any) -> None:
    declared = ANSWER | {"components": {"schemas": components()}}
    assert [error.message for error in Draft202012Validator(declared).iter_errors(answer)] == []


def test_it_is_what_the_verb_tells(answer: Any) -> None:
    plain = simulate(Network.load(), year=2025, replications=1, seed=7, measured=True).to_dict()
    told = {name: answer[name] for name in plain if name != "run"}
    assert told == json.loads(json.dumps({name: value for name, value in plain.items() if name != "run"}))


def test_it_is_small_enough_to_send(answer: Any) -> None:
    assert len(gzip.compress(json.dumps(answer).encode(), 6)) < MOST_BYTES


def test_vehicles_go_on_from_where_they_are(answer: Any) -> None:
    replay = answer["replay"]
    links = Network.load().tables.by_key("links")
    here: dict[int, tuple[str, int]] = {}
    for vehicle, leg, _, track in replay["trips"]:
        steps = list(zip(track[::3], track[1::3], track[2::3], strict=True))
        ends = []
        for link, begin, end in steps:
            row = links[replay["links"][abs(link) - 1]]
            ends.append((row["from_terminal"], row["to_terminal"])[:: 1 if link > 0 else -1])
            assert begin <= end
        assert all(one[1] == other[0] for one, other in pairwise(ends))
        assert all(one[2] <= other[1] for one, other in pairwise(steps))
        if steps[0][1] > 0:
            assert ends[0][0] == replay["legs"][leg]["from"]
        if vehicle in here:  # a ship or train goes on where it came to, and not before
            place, since = here[vehicle]
            assert (place, since <= steps[0][1]) == (ends[0][0], True)
        here[vehicle] = (ends[-1][1], steps[-1][2])


def test_terminals_are_told_for_the_whole_year(answer: Any) -> None:
    replay = answer["replay"]
    steps = replay["days"] * 24 // replay["step_h"]
    for terminal in replay["terminals"]:
        for name in ("yard", "room", "boxes", "ships", "trains"):
            assert len(terminal[name]) == steps
        for begin, end in terminal["shut"]:
            assert 0 <= begin < end <= replay["days"] * 86400


def test_a_scenario_changes_it(answer: Any, api: Caller) -> None:
    change = {"operation": "set", "table": "fleets", "key": "feeders-kmtf", "column": "number", "value": 1}
    body = {**SHORT, "replay": False, "scenario": {"name": "one feeder less", "change": [change]}}
    job = ended(api, api.post("/v1/simulate", body).json())
    told = api.get(job["links"]["result"]).json()
    assert told["replay"] is None
    assert told["run"]["scenario"] == "one feeder less"

    def calls(each: Any) -> float:
        return sum(row["departures_per_week"] for row in each["ships"] if row["pool"] == "ship feeders-kmtf")

    assert calls(told) < calls(answer)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"replications": 21}, "replications"),
        ({"replications": 0}, "replications"),
        ({"demand_factor": 0}, "demand_factor"),
        ({"demand_factor": 50.0}, "demand_factor"),
        ({"seed": -1}, "seed"),
        ({"year": "2025"}, "year"),
        ({"workers": 4}, "workers"),
    ],
)
def test_what_cannot_be_asked_is_told(body: dict[str, Any], field: str, api: Caller) -> None:
    response = api.post("/v1/simulate", body)
    assert response.status_code == 422
    assert field in str(faults(response)[0])


def test_a_year_without_demand_fails_with_the_years_that_have_some(api: Caller) -> None:
    job = ended(api, api.post("/v1/simulate", {**SHORT, "year": 1999}).json())
    assert job["state"] == "failed"
    assert job["error"]["faults"][0]["code"] == "no_demand"
    assert "2025" in job["error"]["faults"][0]["accepted"]


def test_it_can_be_cancelled(api: Caller) -> None:
    job = api.post("/v1/simulate", {"replications": 20}).json()
    cancelled = api.post(f"/v1/jobs/{job['job_id']}/cancel").json()
    assert ended(api, cancelled)["state"] == "cancelled"
