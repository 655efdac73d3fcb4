"""Files that users hand in, read and checked: shipments and demand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import Fault, TableError
from ..shipment import MOST_BOXES
from ..tables import Tables, parse_file
from .cells import further
from .made import shipment_of
from .stream import Given, Stream, stream_shipments

__all__ = ["Given", "Stream", "read_demand", "read_shipments", "shipment_of", "stream_shipments"]


def read_shipments(path: Path, tables: Tables) -> list[dict[str, Any]]:
    """Checked rows of a shipments file; `schema/inputs/shipments.csv` declares the columns.

    tables : those of the network, for commodities and container types
    Places stay text: whoever plans resolves them. Raises TableError that gathers every fault.
    """
    return _read("shipments", path, tables)


def read_demand(path: Path, tables: Tables) -> list[dict[str, Any]]:
    """Checked rows of a demand file; `schema/inputs/demand.csv` declares the columns.

    Raises TableError that gathers every fault.
    """
    return _read("demand", path, tables)


def _read(form: str, path: Path, tables: Tables) -> list[dict[str, Any]]:
    most = MOST_BOXES if form == "shipments" else None
    rows = parse_file(form, path, further=further(tables, most))
    if not rows:
        raise TableError(
            Fault(
                "empty_file",
                "the file has a header and no rows",
                path.name,
                accepted=f"a row for each {form.removesuffix('s')}",
                table=form,
            )
        )
    return rows
