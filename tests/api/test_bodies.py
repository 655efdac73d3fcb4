"""Bodies that are too large, too deep, malformed or of another kind."""

from __future__ import annotations

import json

import pytest

from midcorridor.api.guards import depth

from .asking import Caller, faults

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "missing_field"),
        (b"{", 400, "malformed_json"),
        (b"nonsense", 400, "malformed_json"),
        (b'{"origin": NaN}', 422, None),
        (b"\xff\xfe", 400, None),
        (b'{"origin": "\xff"}', 400, None),
        (b"[]", 422, None),
        (b"null", 422, None),
        (b'"text"', 422, None),
        (b"[" * 100_000, 400, "too_deep"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400, "too_deep"),
        (b'{"origin": "' + b"x" * 2_000_001 + b'"}', 413, "too_large"),
        (b'{"origin": "a\\u0000b", "destination": "Baku"}', 422, None),
        (b'{"origin": "\\ud800", "destination": "Baku"}', 422, None),
        (b'{"origin": "Baku", "destination": "Alat", "tonnes_per_box": 1e999}', 422, None),
        (b'{"origin": "Baku", "destination": "Alat", "price_year": ' + b"9" * 5000 + b"}", None, None),
        (b'{"origin": "Baku", "destination": "Alat", "price_year": 99999999999999999999}', 422, None),
    ],
)
def test_a_bad_body_is_told_what_is_wrong(
    body: bytes, status: int | None, code: str | None, api: Caller
) -> None:
    response = api.request("POST", "/v1/plan", content=body, headers=JSON)
    assert status is None or response.status_code == status, response.text
    assert 400 <= response.status_code < 500
    found = faults(response)
    assert code is None or code in {fault["code"] for fault in found}


def test_another_kind_of_body_is_refused(api: Caller) -> None:
    body = json.dumps({"origin": "kz-aktau", "destination": "az-alat"})
    response = api.request("POST", "/v1/plan", content=body, headers={"Content-Type": "text/plain"})
    assert 400 <= response.status_code < 500


def test_depth_counts_brackets_outside_texts() -> None:
    assert depth(b'{"a": [1, [2]], "b": "[[[[\\"[["}') == 3
    assert depth(b"[[[]]]") == 3
    assert depth(b"") == 0
    assert depth(b'["[[[[') == 1  # a text without an end
    assert depth(b'"\\' + b"\\" * 100_000) == 0


def test_a_long_list_is_refused(api: Caller) -> None:
    body = {"origin": "kz-aktau", "destination": "az-alat", "avoid": ["RU"] * 51}
    assert faults(api.post("/v1/plan", body))[0]["field"] == "avoid"


def test_too_many_changes_are_refused(api: Caller) -> None:
    change = {"operation": "close", "table": "passages", "key": "suez"}
    body = {
        "origin": "kz-aktau",
        "destination": "az-alat",
        "scenario": {"name": "x", "change": [change] * 501},
    }
    assert api.post("/v1/plan", body).status_code == 413
