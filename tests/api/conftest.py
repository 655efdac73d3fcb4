"""One application with one worker for all tests that only ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from midcorridor.api import Settings
from midcorridor.api.app import create_app

from .asking import Caller


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return create_app(Settings(workers=1, state=tmp_path_factory.mktemp("state"), quiet=True))


@pytest.fixture(scope="session")
def api(app: Any) -> Iterator[Caller]:
    with Caller(app) as caller:
        yield caller
