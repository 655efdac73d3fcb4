"""Every path of the contract asked with what it allows and with what it does not: never an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from .process import Process

contract = schemathesis.pytest.from_fixture("described")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with Process(tmp_path_factory.mktemp("described")) as process:
        yield process.ready()


@pytest.fixture(scope="module")
def described(served: Process) -> Any:
    # Streams of events end only with their job.
    return schemathesis.openapi.from_url(f"{served.url}/v1/openapi.json").exclude(path_regex="events$")


@contract.parametrize()
@settings(
    max_examples=12, deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_no_request_makes_a_server_error(case: Any) -> None:
    response = case.call(timeout=60)
    checks = (not_a_server_error, status_code_conformance, content_type_conformance)
    case.validate_response(response, checks=checks)
