"""The shipped network, and the same with some of its rows changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from midcorridor.network import Network

Rows = list[dict[str, Any]]


@cache
def shipped() -> Network:
    return Network.load()


def changed(**changes: Callable[[Rows], Rows]) -> Network:
    """changes: what to make of the rows of each table."""
    tables = shipped().tables
    made = {name: change([dict(row) for row in tables[name]]) for name, change in changes.items()}
    return Network(tables.replace(**made))
