"""A verb of the API gives what its command prints, and takes what it takes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator

from midcorridor.api.answers import VERBS, components
from midcorridor.api.reading import PlanAsk
from midcorridor.cli import main
from midcorridor.cli.asking import SHARED

from .asking import Caller, faults

ENDS = {"origin": "kz-aktau", "destination": "az-alat"}
DAY = "2026-12-01"
SUEZ = {"operation": "close", "table": "passages", "key": "suez", "from": DAY, "until": "2027-03-31"}
FEEDER = {
    "operation": "scale", "table": "services", "key": "feeder-aktau-alat", "column": "departures_per_week",
    "value": 1.5,
}  # fmt: skip
SCENARIO = {"name": "Winter", "change": [SUEZ, FEEDER]}
TOML = """
name = "Winter"
[[change]]
operation = "close"
table = "passages"
key = "suez"
from = 2026-12-01
until = 2027-03-31
[[change]]
operation = "scale"
table = "services"
key = "feeder-aktau-alat"
column = "departures_per_week"
value = 1.5
"""


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command prints."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    assert ended.value.code in (0, None)
    return capsys.readouterr().out


def timeless(answer: Any) -> Any:
    """An answer without how long it took."""
    if isinstance(answer, dict):
        return {name: timeless(value) for name, value in answer.items() if name != "seconds"}
    return [timeless(value) for value in answer] if isinstance(answer, list) else answer


ENDED = {**ENDS, "depart": DAY}
GOODS = {"containers": "4x40HC", "commodity": "electronics", "hs": "8507"}
WISHES = {"deadline": "35d", "by": "time", "avoid": ["RU", "IR"], "max_days": 60.0}
# A verb, what the API is asked, and the words of the command that mean the same.
CASES: list[tuple[str, dict[str, Any], str]] = [
    (
        "plan",
        {**ENDED, **GOODS, **WISHES},
        f"plan kz-aktau az-alat --containers 4x40HC --commodity electronics --hs 8507 --depart {DAY} "
        "--deadline 35d --by time --avoid RU --avoid IR --max-days 60",
    ),
    (
        "compare",
        {"origin": "Almaty", "destination": "Budapest", "depart": DAY, "basis": "claimed"},
        f"plan Almaty Budapest --depart {DAY} --compare --basis claimed",
    ),
    ("explain", {**ENDED, "route": "A"}, f"plan kz-aktau az-alat --depart {DAY} --explain A"),
    (
        "footprint",
        {**ENDED, "grid": "2030", "allocate": "teu", "seed": 3},
        f"footprint kz-aktau az-alat --depart {DAY} --grid 2030 --allocate teu --seed 3",
    ),
    (
        "check",
        {"through": ["CN>KZ,KZ"], "from": "cn", "to": "az", "hs": "8507", "un": "3480", "depart": DAY},
        f"check --through CN>KZ,KZ --hs 8507 --un 3480 --from cn --to az --depart {DAY}",
    ),
    ("diff", {"scenario": SCENARIO}, "diff --scenario FILE"),
    ("diff", {**ENDED, "scenario": SCENARIO}, f"diff kz-aktau az-alat --scenario FILE --depart {DAY}"),
    ("failures", {**ENDED, "trucks": True}, f"failures kz-aktau az-alat --depart {DAY} --trucks"),
    ("profile", {**ENDED, "days": 3}, f"profile kz-aktau az-alat --depart {DAY} --days 3"),
    (
        "distance",
        {"origin": "Almaty", "destination": "Aktau", "mode": "rail", "via": ["Astana"]},
        "distance Almaty Aktau --mode rail --via Astana",
    ),
]


@pytest.mark.parametrize(
    ("verb", "body", "words"), CASES, ids=[f"{n} {case[0]}" for n, case in enumerate(CASES)]
)
def test_the_answer_is_that_of_the_command(
    verb: str,
    body: dict[str, Any],
    words: str,
    api: Caller,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(TOML, encoding="utf-8")
    told = printed(
        capsys, *(str(path) if word == "FILE" else word for word in words.split()), "--format", "json"
    )
    response = api.post(f"/v1/{verb}", body)
    assert response.status_code == 200, response.text
    assert timeless(response.json()) == timeless(json.loads(told))
    assert broken(verb, response.json()) == []


def broken(verb: str, answer: Any) -> list[str]:
    """Where an answer is not as the contract says."""
    declared = VERBS[verb] | {"components": {"schemas": components()}}
    return [error.message for error in Draft202012Validator(declared).iter_errors(answer)]


AFAR = {"origin": "Xi'an", "destination": "Hamburg", "depart": "2027-03-01", "containers": "2x40HC"}
MORE: list[tuple[str, dict[str, Any]]] = [
    ("plan", {**ENDED, "max_days": 0.1}),
    ("explain", {**AFAR, "route": "A", "price_year": 2024}),
    ("footprint", {**AFAR, "compare": True, "commodity": "electronics"}),
    ("footprint", {**AFAR, "compare": True, "air_usd_per_kg": 4.0, "air_days": 6.0, "hs": "7214"}),
    ("footprint", {**ENDED, "max_days": 0.1, "compare": True}),
    ("check", {**AFAR, "commodity": "electronics", "un": "3480"}),
    ("check", {"through": ["marmaray"], "commodity": "electronics", "depart": DAY}),
    ("distance", {"origin": "Aktau", "destination": "Baku", "mode": "sea"}),
]


@pytest.mark.parametrize(("verb", "body"), MORE, ids=[f"{n} {case[0]}" for n, case in enumerate(MORE)])
def test_the_answer_is_as_the_contract_says(verb: str, body: dict[str, Any], api: Caller) -> None:
    response = api.post(f"/v1/{verb}", body)
    assert response.status_code == 200, response.text
    assert broken(verb, response.json()) == []


def test_the_contract_says_what_every_verb_answers(api: Caller) -> None:
    told = {each["verb"] for each in api.get("/v1/verbs").json()["verbs"]}
    assert told - {"simulate"} == set(VERBS)  # which is the result of a job
    for each in told & set(VERBS):
        content = api.get("/v1/openapi.json").json()["paths"][f"/v1/{each}"]["post"]["responses"]["200"][
            "content"
        ]
        assert content["application/json"]["schema"] == VERBS[each]


def test_the_declared_shapes_refuse_what_differs() -> None:
    leg = components()["Legs"]
    assert leg["properties"]["km"]["minimum"] == 0
    assert leg["properties"]["lines"]["items"] == {"$ref": "#/components/schemas/Lines"}
    assert leg["additionalProperties"] is False
    assert "eta_at" in leg["required"]


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        (verb, body)
        for verb, body, _ in CASES
        if "scenario" not in body and verb not in ("failures", "profile")
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_a_link_asks_the_same(verb: str, fields: dict[str, Any], api: Caller) -> None:
    linked = api.get(f"/v1/{verb}?{urlencode(fields, doseq=True)}")
    assert linked.status_code == 200, linked.text
    assert timeless(linked.json()) == timeless(api.post(f"/v1/{verb}", fields).json())


def test_a_link_gives_other_forms_and_stored_scenarios(api: Caller) -> None:
    ends = urlencode({**ENDED, "format": "csv"})
    assert api.get(f"/v1/plan?{ends}").text == api.post("/v1/plan?format=csv", ENDED).text
    stored = api.post("/v1/scenarios", SCENARIO).json()["scenario_id"]
    under = api.get(f"/v1/plan?{urlencode({**ENDED, 'scenario_id': stored})}").json()
    assert under["run"]["scenario"] == "Winter"


@pytest.mark.parametrize(
    ("words", "status", "where"),
    [
        ("origin=kz-aktau", 422, "destination"),
        ("origin=kz-aktau&destination=az-alat&max_days=soon", 422, "max_days"),
        ("origin=kz-aktau&destination=az-alat&max_days=nan", 422, "max_days"),
        ("origin=kz-aktau&destination=az-alat&compare=perhaps", 422, "compare"),
        ("origin=kz-aktau&destination=az-alat&speed=2", 422, "speed"),
        ("origin=kz-aktau&destination=az-alat&scenario=x", 422, "scenario"),
        ("origin=kz-aktau&destination=az-alat&format=pdf", 406, "format"),
    ],
)
def test_a_bad_link_says_which_word(words: str, status: int, where: str, api: Caller) -> None:
    response = api.get(f"/v1/plan?{words}")
    assert response.status_code == status
    assert where in str(faults(response))


@pytest.mark.parametrize("verb", ["failures", "profile"])
def test_long_work_is_not_begun_by_a_link(verb: str, api: Caller) -> None:
    response = api.get(f"/v1/{verb}?{urlencode(ENDED)}")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_a_plan_under_a_scenario_is_that_of_the_command(
    api: Caller, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(TOML, encoding="utf-8")
    told = printed(
        capsys, "plan", *ENDS.values(), "--depart", DAY, "--scenario", str(path), "--format", "json"
    )
    answer = api.post("/v1/plan", {**ENDS, "depart": DAY, "scenario": SCENARIO}).json()
    assert timeless(answer) == timeless(json.loads(told))
    assert answer["run"]["scenario"] == "Winter"


OTHERS = (
    ("plan", "csv"), ("plan", "geojson"), ("plan", "html"), ("footprint", "csv"), ("footprint", "ileap"),
    ("profile", "csv"), ("failures", "csv"),
)  # fmt: skip


@pytest.mark.parametrize(("verb", "form"), OTHERS)
def test_other_forms_are_those_of_the_command(
    verb: str, form: str, api: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    days = {"days": 2} if verb == "profile" else {}
    more = ["--days", "2"] if days else []
    told = printed(capsys, verb, *ENDS.values(), "--depart", DAY, *more, "--format", form)
    response = api.post(f"/v1/{verb}?format={form}", {**ENDS, "depart": DAY, **days})
    assert response.status_code == 200, response.text
    if form in ("geojson", "ileap"):
        assert response.json() == json.loads(told)
    else:
        found, wanted = (re.sub(r"\d+\.\d+\ss<", "s<", text.rstrip("\n")) for text in (response.text, told))
        assert found == wanted


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/geo+json", "application/geo+json"),
        ("text/html,application/json;q=0.5", "text/html; charset=utf-8"),
        ("application/json;q=0.9, text/csv;q=0.1", "application/json"),
        ("*/*", "application/json"),
        ("text/*;q=0.5, */*;q=0.1", "text/csv; charset=utf-8"),
    ],
)
def test_accept_chooses_the_form(accept: str, given: str, api: Caller) -> None:
    response = api.post("/v1/plan", {**ENDS, "depart": DAY}, headers={"Accept": accept})
    assert response.headers["content-type"] == given


def test_a_form_that_is_none_is_refused(api: Caller) -> None:
    [fault] = faults(api.post("/v1/plan?format=pdf", {**ENDS}))
    assert (fault["field"], fault["accepted"]) == ("format", "json, geojson, csv, html")
    response = api.post("/v1/plan", {**ENDS}, headers={"Accept": "image/png"})
    assert response.status_code == 406


def test_the_fields_are_the_options_of_the_command() -> None:
    words = {field.alias for field in PlanAsk.model_fields.values()}
    assert set(SHARED) < words
    assert {"origin", "destination", "compare", "basis"} < words


def test_an_error_has_its_parts_and_names_the_field(api: Caller) -> None:
    response = api.post("/v1/plan", {**ENDS, "tonnes_per_box": 99.0})
    assert response.status_code == 422
    [fault] = faults(response)
    assert fault["field"] == "tonnes_per_box"
    assert "at most" in fault["accepted"]
    assert "--" not in response.text


def test_a_misspelt_place_is_answered_with_what_was_meant(api: Caller) -> None:
    [fault] = faults(api.post("/v1/plan", {**ENDS, "origin": "Budapestt"}))
    assert fault["code"] == "unknown_place"
    assert "Budapest" in fault["hint"]


def test_all_faults_of_a_request_come_at_once(api: Caller) -> None:
    found = faults(api.post("/v1/plan", {"origin": 5, "destinatio": "x", "compare": "yes"}))
    assert {fault["field"] for fault in found} == {"origin", "destination", "destinatio", "compare"}


def test_a_grid_is_no_file_of_the_server(api: Caller) -> None:
    for grid in ("/etc/passwd", "../grid.csv", "grid.csv"):
        [fault] = faults(api.post("/v1/footprint", {**ENDS, "grid": grid}))
        assert fault["field"] == "grid"


def test_every_fault_of_a_scenario_is_told(api: Caller) -> None:
    scenario = {"name": "x", "change": [{"operation": "close", "table": "links", "key": "no"}] * 2}
    found = faults(api.post("/v1/plan", {**ENDS, "scenario": scenario}))
    assert [fault["code"] for fault in found] == ["unknown_key", "unknown_key"]


def test_no_route_is_an_answer(api: Caller) -> None:
    response = api.post("/v1/plan", {**ENDS, "max_days": 0.1})
    assert response.status_code == 200
    assert response.json()["status"]["outcome"] == "none"
