"""One plan for all tests of the room."""

from __future__ import annotations

from typing import Any

import pytest

from midcorridor.network import Network
from midcorridor.plan import plan


@pytest.fixture(scope="session")
def network() -> Network:
    """The shipped network."""
    return Network.load()


@pytest.fixture(scope="session")
def planned(network: Network) -> Any:
    """Every corridor between Xi'an and Budapest."""
    return plan(
        network,
        "Xi'an",
        "Budapest",
        containers="40x40HC",
        commodity="electronics",
        at="2026-12-01",
        compare=True,
    )
