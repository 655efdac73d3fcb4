"""Constants of greenhouse gases that the figures of plans and footprints both rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import Fault, InputError
from ..tables import Tables

Row = tuple[str, str]
GRID_LOSS = "grid-loss"


def constant(tables: Tables, name: str) -> float:
    """A value of the table footprint_constants. Raises InputError that names one that is not there."""
    row = tables.by_key("footprint_constants").get(name)
    if row is None:
        what, accepted = f"there is no {name}", "the shipped row, or one of your own"
        raise InputError(Fault("missing_figure", what, "footprint_constants.csv", name, accepted))
    return float(row["value"])


def distance_adjustment(tables: Tables, factor: Mapping[str, Any]) -> tuple[float, tuple[Row, ...]]:
    """What the shortest feasible kilometres are multiplied by for a factor, and the row that says so.

    1 for a factor that holds on them as it is; else the distance adjustment factor of its mode.
    """
    if factor["distance_basis"] != "actual":
        return 1.0, ()
    name = "daf-sea" if factor["mode"] == "sea" else "daf-road"
    return constant(tables, name), (("footprint_constants", name),)
