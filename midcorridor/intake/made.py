"""A shipment made of a row of the shipments form."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import Fault, InputError
from ..shipment import MOST_BOXES, Shipment, make_shipment
from ..tables import Tables

# Where a row says what the command line says by an option.
_COLUMNS = {
    "--containers": "container_type",
    "--commodity": "commodity",
    "--depart": "ready_at",
    "--tonnes-per-box": "quantity",
    "--hs": "hs_code",
    "--un": "un_number",
}


def shipment_of(row: Mapping[str, Any], tables: Tables) -> Shipment:
    """The shipment that a checked row of the form means. Boxes are whole.

    unit box : so many boxes with the commodity's usual load
    unit TEU : as many boxes as hold them, rounded up, with the usual load of just these TEU
    unit t : as many boxes as the tonnes fill at the usual load, rounded up, all alike
    Raises InputError that names the column at fault.
    """
    kind = tables.by_key("containers")[row["container_type"]]
    goods = tables.by_key("commodities")[row["commodity"]]
    payload_t = kind["max_gross_t"] - kind["tare_t"]
    quantity, each_t = row["quantity"], None
    if row["unit"] == "box":
        boxes = int(quantity)
    elif row["unit"] == "TEU":
        boxes = _whole(quantity / kind["teu"])
        each_t = min(goods["t_per_teu"] * quantity / boxes, payload_t)
    else:
        boxes = _whole(quantity / min(goods["t_per_teu"] * kind["teu"], payload_t))
        each_t = quantity / boxes
    if boxes > MOST_BOXES:
        raise InputError(
            Fault(
                "bad_quantity",
                f"{quantity:g} {row['unit']} fill {boxes:,} boxes, which are no shipment",
                "quantity",
                f"{quantity:g}",
                f"at most {MOST_BOXES:,} boxes in a row",
                column="quantity",
            )
        )
    try:
        return make_shipment(
            tables,
            row["origin"],
            row["destination"],
            containers=f"{boxes}x{row['container_type']}",
            commodity=row["commodity"],
            ready_at=row["ready_at"],
            tonnes_per_box=each_t,
            hs_code=row.get("hs_code"),
            un_number=row.get("un_number"),
        )
    except InputError as error:
        raise InputError([replace(f, where=_COLUMNS.get(f.where, f.where)) for f in error.faults]) from None


def _whole(boxes: float) -> int:
    """Rounded up, a binary fraction too much forgiven."""
    return max(1, math.ceil(boxes - 1e-9))
