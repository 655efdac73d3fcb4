"""Stored scenarios: versions, forks, links, and files that are no scenarios."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midcorridor.errors import ScenarioError
from midcorridor.scenario import make_scenario, parse_scenario

from .asking import Caller, faults

ENDS = {"origin": "kz-aktau", "destination": "az-alat", "depart": "2026-12-01"}


def scenario(name: str = "Winter", factor: float = 1.5) -> dict[str, Any]:
    change = {
        "operation": "scale", "table": "services", "key": "feeder-aktau-alat",
        "column": "departures_per_week", "value": factor, "note": "a seventh ship",
    }  # fmt: skip
    return {"name": name, "change": [change]}


def test_a_scenario_is_kept_changed_and_removed(api: Caller) -> None:
    made = api.post("/v1/scenarios", scenario())
    assert made.status_code == 201
    where, tag = made.headers["location"], made.headers["etag"]
    assert made.json()["scenario"] == scenario()
    assert api.get(where).json() == made.json()
    assert api.get(where, headers={"If-None-Match": tag}).status_code == 304
    changed = api.put(where, scenario("Spring", 2.0), headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert changed.headers["etag"] != tag
    late = api.put(where, scenario("Autumn"), headers={"If-Match": tag})
    assert late.status_code == 412
    assert faults(late)[0]["code"] == "changed_meanwhile"
    assert api.put(where, scenario("Autumn")).status_code == 428
    assert api.get(where).json()["name"] == "Spring"
    assert api.delete(where, headers={"If-Match": tag}).status_code == 412
    assert api.delete(where).status_code == 204
    assert api.get(where).status_code == 404


def test_a_stored_scenario_answers_as_the_same_one_inline(api: Caller) -> None:
    stored = api.post("/v1/scenarios", scenario()).json()["scenario_id"]
    inline = api.post("/v1/plan", {**ENDS, "scenario": scenario()}).json()
    by_id = api.post("/v1/plan", {**ENDS, "scenario_id": stored}).json()
    assert by_id["run"]["network_digest"] == inline["run"]["network_digest"]
    assert by_id["routes"] == inline["routes"]
    both = api.post("/v1/plan", {**ENDS, "scenario": scenario(), "scenario_id": stored})
    assert faults(both)[0]["code"] == "two_scenarios"
    row = api.get(f"/v1/facts/services/feeder-aktau-alat?scenario_id={stored}").json()
    base = api.get("/v1/facts/services/feeder-aktau-alat").json()
    assert row != base


def test_a_scenario_that_cannot_be_applied_is_not_kept(api: Caller) -> None:
    wrong = scenario()
    wrong["change"] += [{"operation": "close", "table": "links", "key": "nothing"}, {"operation": "no"}]
    response = api.post("/v1/scenarios", wrong)
    assert response.status_code == 422
    assert len(faults(response)) >= 2


def test_a_fork_remembers_where_it_comes_from(api: Caller) -> None:
    parent = api.post("/v1/scenarios", scenario()).json()
    fork = api.post(f"/v1/scenarios/{parent['scenario_id']}/fork", {"name": "Mine"})
    assert fork.status_code == 201
    assert fork.json()["parent_id"] == parent["scenario_id"]
    assert fork.json()["scenario"] == {**parent["scenario"], "name": "Mine"}
    api.put(fork.headers["location"], scenario("Other", 3.0), headers={"If-Match": fork.headers["etag"]})
    assert api.get(f"/v1/scenarios/{parent['scenario_id']}").json() == parent
    assert api.post(f"/v1/scenarios/{parent['scenario_id']}/fork").json()["name"] == parent["name"]


def test_the_list_is_paged_and_filtered(api: Caller) -> None:
    names = [f"Listed {number}" for number in range(5)]
    for name in names:
        api.post("/v1/scenarios", scenario(name))
    found, cursor = [], None
    while True:
        params = {"name": "listed", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = api.get("/v1/scenarios", params=params).json()
        found += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == names[::-1]
    assert api.get("/v1/scenarios", params={"name": "%"}).json()["items"] == []


def test_as_a_file_it_is_read_back(api: Caller) -> None:
    where = api.post("/v1/scenarios", scenario("Zəfər \"x\" 'y'")).headers["location"]
    text = api.get(f"{where}?format=toml").text
    [change] = parse_scenario(text).changes
    assert (change.key, change.value) == ("feeder-aktau-alat", 1.5)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..%2F..%2Fetc%2Fpasswd", "%00", "a" * 5000, "%", "'--"]
)
def test_a_name_is_no_path(name: str, api: Caller) -> None:
    for path in (
        f"/v1/scenarios/{name}",
        f"/v1/shared/{name}",
        f"/v1/jobs/{name}",
        f"/v1/jobs/{name}/result",
    ):
        assert api.get(path).status_code in (404, 422)


WORDS = st.sampled_from(
    ["set", "scale", "add", "remove", "close", "services", "links", "countries", "passages", "suez", "RU",
     "feeder-aktau-alat", "departures_per_week", "capacity", "status", "2026-12-01", "2026-13-01", "", "x"]
)  # fmt: skip
CELLS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = ("operation", "table", "key", "column", "value", "from", "until", "note")
CHANGES = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), WORDS | CELLS, max_size=8)
CONTENTS = st.fixed_dictionaries(
    {"name": st.text(max_size=20)},
    optional={"description": CELLS, "change": st.lists(CHANGES, max_size=4) | CELLS},
)


@settings(max_examples=300, deadline=None)
@given(CONTENTS | st.dictionaries(st.text(max_size=8), CELLS, max_size=4))
def test_any_content_is_a_scenario_or_is_refused(content: dict[str, Any]) -> None:
    try:
        made = make_scenario(content)
    except ScenarioError:
        return
    again = make_scenario(made.to_dict())
    assert again == made
    assert parse_scenario(made.to_toml()).changes == made.changes or "value" in json.dumps(
        content, default=str
    )


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200) | st.builds("[[change]]\n{}".format, st.text(max_size=100)))
def test_any_text_is_a_scenario_file_or_is_refused(text: str) -> None:
    try:
        made = parse_scenario(text)
    except ScenarioError:
        return
    assert make_scenario(made.to_dict()) == made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=CONTENTS)
def test_any_content_sent_to_the_api_is_answered(content: dict[str, Any], api: Caller) -> None:
    body = json.dumps(content).encode("utf-8", "surrogatepass")
    headers = {"Content-Type": "application/json"}
    response = api.request("POST", "/v1/scenarios", content=body, headers=headers)
    assert response.status_code in (201, 400, 422), response.text
    if response.status_code == 201:
        assert api.get(response.headers["location"]).status_code == 200
    else:
        assert faults(response)
