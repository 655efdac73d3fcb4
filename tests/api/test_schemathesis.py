"""Every path of the contract asked with what it allows and with what it does not: never an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from .process import Process

CONTRACT = schemathesis.openapi.from_path(Path(__file__).parents[2] / "docs" / "openapi.json")
# Streams of events end only with their job, and tests of their own follow them.
OPERATIONS = {
    operation.label: operation
    for found in CONTRACT.get_all_operations()
    if not (operation := found.ok()).label.endswith("/events")
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with Process(tmp_path_factory.mktemp("described"), workers=2) as process:
        yield process.ready()
        assert "Traceback" not in process.log()


# These take nothing that could be wrong.
TAKES_NOTHING = ("GET /v1/me", "GET /v1/verbs")
ASKED = [
    (label, mode)
    for label in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or label not in TAKES_NOTHING
]


@pytest.mark.parametrize(("label", "mode"), ASKED, ids=[f"{label} {mode.value}" for label, mode in ASKED])
def test_no_request_makes_a_server_error(label: str, mode: GenerationMode, served: Process) -> None:
    @settings(
        max_examples=12, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    @given(OPERATIONS[label].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict) and "origin" in case.body:
            # Texts drawn at random name no places; with places the other options are looked at too.
            case.body |= {"origin": "kz-aktau", "destination": "az-alat"}
        response = case.call(base_url=served.url, timeout=60)
        checks = [not_a_server_error, status_code_conformance, content_type_conformance]
        case.validate_response(response, checks=checks)

    ask()
