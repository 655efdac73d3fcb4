"""What a reader of the app may be told by a problem comes with its code and parts beside the English."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import Caller, faults

ENDS = {"origin": "kz-aktau", "destination": "az-alat", "depart": "2026-12-01"}


def close(table: str, key: str) -> dict[str, Any]:
    """A scenario of one closing."""
    return {"scenario": {"name": "x", "change": [{"operation": "close", "table": table, "key": key}]}}


@pytest.mark.parametrize(
    "body",
    [
        {"origin": "Nowhereville"},
        {"origin": "Springfield"},
        {"origin": "Azerbaijan"},
        {"origin": "Baku, TR"},
        {"origin": "Baku, XX"},
        {"origin": "GEXXX"},
        {"origin": "100,50"},
        {"origin": "41,5 49,9"},
        {"origin": "40.0,-30.0"},
        {"destination": "kz-aktau"},
        {"depart": "1999-01-01"},
        {"depart": "soon"},
        {"deadline": "2026-11-01"},
        {"deadline": "soon"},
        {"containers": "0x40HC"},
        {"containers": "two"},
        {"max_days": 900.0},
        {"max_usd": -1.0},
        {"via": ["ru", "kz-beineu", "kz-dostyk", "kz-almaty"]},
        {"avoid": ["rail", "road", "sea", "inland_waterway"]},
        {"avoid": ["azz"]},
        {"commodity": "eletronics"},
        {"commodity": "food_fresh"},
        close("links", "aktau-alatt"),
        close("passages", "suezz"),
        {"scenario_id": "nothing"},
    ],
    ids=str,
)
def test_a_problem_of_the_form_is_worded(body: dict[str, Any], api: Caller) -> None:
    response = api.post("/v1/plan", ENDS | body)
    assert response.status_code in (404, 422), response.text
    for fault in faults(response):
        for name in ("what", "hint"):
            if name in fault:
                assert fault[name] in fault["said"], name
        # What is accepted is words of ours, or ids that are alike in every language.
        ids = {"unknown_container", "unknown_commodity", "unknown_key", "needs_reefer"}
        if "accepted" in fault and fault["code"] not in ids:
            assert fault["accepted"] in fault["said"]


def test_what_is_said_fills_with_its_parts(api: Caller) -> None:
    (fault,) = faults(api.post("/v1/plan", ENDS | {"avoid": ["azz"]}))
    assert fault["said"]["'azz' names nothing that a route could pass"] == {
        "code": "names_nothing",
        "args": {"got": "azz"},
    }
    assert fault["said"][fault["hint"]]["code"] == "did_you_mean"


def test_an_answer_words_its_checks_and_what_its_price_leaves_out(api: Caller) -> None:
    told = api.post("/v1/plan", ENDS | {"containers": "2x40HC"}).json()
    assert told["routes"]
    for check in told["checks"]:
        assert check["check"] in told["status"]["said"]
    for route in told["routes"]:
        assert set(route["not_included"]) <= set(route["said"])
