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
from midcorridor.api.trying import TRIED, Stages, trying
from midcorridor.network import Network
from midcorridor.simulate import event_names, gains, lab, simulate

from .asking import Caller, faults
from .test_jobs import ended, events

MOST_BYTES = 3_000_000  # packed
SHORT = {"replications": 1, "seed": 7}
QUICK = {**SHORT, "warm_up_days": 5, "replay": False}
PLAIN: dict[str, Any] = {"year": 2025, "replications": 1, "seed": 7, "warm_up_d": 5}


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
        ({"levers": -1}, "levers"),
        ({"levers": 6}, "levers"),
        ({"levers": 3, "replications": 7}, "levers"),
        ({"event": ["no-such-thing"]}, "event"),
        ({"event": ["ferry-lost", "ferry-lost"]}, "event"),
        ({"event": "ferry-lost"}, "event"),
    ],
)
def test_what_cannot_be_asked_is_told(body: dict[str, Any], field: str, api: Caller) -> None:
    response = api.post("/v1/simulate", body)
    assert response.status_code == 422
    assert field in str(faults(response)[0])


def test_what_is_too_much_is_told_with_what_would_be_taken(api: Caller) -> None:
    (fault,) = faults(api.post("/v1/simulate", {"levers": 2, "replications": 11}))
    assert fault["code"] == "too_many_tries"
    assert fault["accepted"] == "at most 20 for levers times replications"
    assert set(fault["said"]) == {fault["what"], fault["accepted"]}
    (fault,) = faults(api.post("/v1/simulate", {"event": ["caspian-storm"]}))
    assert fault["code"] == "unknown_event"
    assert "caspian-storm-week" in fault["hint"]
    assert {fault["what"], fault["hint"]} <= set(fault["said"])


@pytest.fixture(scope="module")
def tried(api: Caller) -> Any:
    """A year with the ranking and two events."""
    body = {**QUICK, "levers": 1, "event": ["caspian-storm-week", "ferry-lost"]}
    job = api.post("/v1/simulate", body).json()
    stream = [json.loads(each["data"]) for each in events(api.get(job["links"]["events"]).text)]
    job, seen = stream[-1], [each["done"] / each["total"] for each in stream if each["total"]]
    assert (job["state"], job["done"]) == ("done", job["total"])
    assert seen == sorted(seen)
    assert len({round(share, 1) for share in seen}) > 4  # levers and events are told one by one
    return api.get(job["links"]["result"]).json()


def test_levers_and_events_are_as_the_contract_says(tried: Any, answer: Any) -> None:
    declared = ANSWER | {"components": {"schemas": components()}}
    assert [error.message for error in Draft202012Validator(declared).iter_errors(tried)] == []
    assert {name: answer[name] for name in TRIED} == dict.fromkeys(TRIED)  # where nothing was asked


def test_the_ranking_is_that_of_the_library(tried: Any) -> None:
    found = gains(Network.load(), **PLAIN, most_of_kind=1)
    ranked = json.loads(found.ranking.write_json())
    told = tried["bottlenecks"]
    assert len(told) == len(ranked) > 10
    for row, plain in zip(told, ranked, strict=True):
        assert {name: row[name] for name in plain} == pytest.approx(plain)
    assert [row["lever"] for row in tried["levers_left_out"]] == found.left_out["lever"].to_list()
    for row in (*told, *tried["levers_left_out"]):
        assert " ".join(row["reasons"]) == row["why"]
        assert set(row["said"]) == set(row["reasons"])
        assert row["bound"] == (row["kind"] == "calm")
        assert row["words"].endswith(f": {row['called']}")
    # Each place that a reason names can be worded by the list of places.
    known = {(each["kind"], each["place"]) for each in tried["places"]}
    named = [part["args"] for row in told for part in row["said"].values() if "place" in part["args"]]
    assert named
    assert {(args["place_kind"], args["place_id"]) for args in named} <= known


def test_events_are_those_of_the_library(tried: Any) -> None:
    disrupted = lab(Network.load(), ["caspian-storm-week", "ferry-lost"], **PLAIN)
    plain = json.loads(disrupted.events.write_json())
    assert len(plain) == 6
    for row, other in zip(tried["events"], plain, strict=True):
        assert row == pytest.approx(other)
    for told in tried["event_days"]:
        mine = disrupted.days.filter(event=told["event"], cargo=told["cargo"])
        assert told["base"] == pytest.approx(mine["base"].to_list(), abs=0.051)
        assert told["inside"] == pytest.approx(mine["inside"].to_list(), abs=0.051)
        assert (told["from"], told["usual"]) == (f"{mine['day'][0]}", [])


def test_of_a_year_that_jams_nothing_is_ranked() -> None:
    class Jammed:
        well = False

    given = {**PLAIN, "demand_factor": 1.0, "warm_up_days": 5, "levers": 1, "event": None}
    jammed: Any = Jammed()
    assert trying(Network.load(), given, jammed, Stages(given, None)) == dict.fromkeys(TRIED)


def test_the_form_is_told_which_events_there_are(api: Caller) -> None:
    items = api.get("/v1/events?year=2026").json()["items"]
    assert [each["event"] for each in items] == event_names()
    storm = next(each for each in items if each["event"] == "caspian-storm-week")
    assert (storm["begins"], storm["ends"]) == ("2026-03-03", "2026-03-09")
    assert "Aktau seaport" in storm["places"]
    lasting = next(each for each in items if each["event"] == "sea-level-2030")
    assert (lasting["begins"], lasting["ends"], lasting["places"]) == (None, None, [])


def test_a_year_without_demand_fails_with_the_years_that_have_some(api: Caller) -> None:
    job = ended(api, api.post("/v1/simulate", {**SHORT, "year": 1999}).json())
    assert job["state"] == "failed"
    assert job["error"]["faults"][0]["code"] == "no_demand"
    assert "2025" in job["error"]["faults"][0]["accepted"]


def test_it_can_be_cancelled(api: Caller) -> None:
    job = api.post("/v1/simulate", {"replications": 20}).json()
    cancelled = api.post(f"/v1/jobs/{job['job_id']}/cancel").json()
    assert ended(api, cancelled)["state"] == "cancelled"
