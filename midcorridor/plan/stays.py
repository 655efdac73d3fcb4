"""How long boxes may stay for nothing where they are handled, and what the stay may cost beside the price."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ..booking import FreeTime, free_times_at
from ..costs import HOURS_PER_DAY, overstay_usd
from .question import Question

# What the stay at a terminal is part of, by kind of transfer.
_DIRECTIONS = {"load": "export", "transship": "transit", "gauge_change": "transit", "discharge": "import"}
# Charges for the hours that a box lies in the terminal; detention begins when it has left.
INSIDE = ("storage", "demurrage", "combined")


def stay_of(question: Question, told: Mapping[str, Any]) -> dict[str, Any]:
    """Free days at a transfer and the exposure to charges when it takes its median or 90th percentile.

    free_time : a row a charge: free days, the first daily rate of a 40 ft box, the row of the tariff
    exposure_p50_usd, exposure_p90_usd : storage and demurrage of the whole shipment; None where the
        terminal has no tariff here; never part of the price
    """
    nothing: dict[str, Any] = {"free_time": [], "exposure_p50_usd": None, "exposure_p90_usd": None}
    found = free_time_of(question, told["terminal_id"], told["kind"], told["note"])
    if not found:
        return nothing
    inside = [free for charge, free in found.items() if charge in INSIDE]
    boxes = question.shipment.price_feu

    def exposure(hours: float | None) -> float | None:
        if hours is None or not inside:
            return None
        return boxes * sum(
            overstay_usd(hours / HOURS_PER_DAY, free.free_days, free.tiers, free.once_usd) for free in inside
        )

    return {
        "free_time": [
            {
                "charge": charge,
                "free_days": free.free_days,
                "usd_per_feu_day": free.tiers[0][1],
                "key": free.row["free_time_id"],
            }
            for charge, free in found.items()
        ],
        "exposure_p50_usd": exposure(told["p50_h"]),
        "exposure_p90_usd": exposure(told["p90_h"]),
    }


def exposure_of(stays: Sequence[Mapping[str, Any]], price_feu: float) -> dict[str, float | None]:
    """What long stays may cost on a whole route beside its price.

    stays : what `stay_of` says of every transfer, in the order of travel     price_feu : of the shipment
    Percentiles do not add up: the sum over the stays at their 90th is an upper bound.
    """
    charged = [stay for stay in stays if stay["exposure_p50_usd"] is not None]
    late = [stay["exposure_p90_usd"] for stay in charged]
    last = stays[-1]["free_time"] if stays else []
    held = next((row for row in last if row["charge"] in ("detention", "combined")), None)
    return {
        "exposure_p50_usd": math.fsum(stay["exposure_p50_usd"] for stay in charged) if charged else None,
        "exposure_p90_usd": math.fsum(late) if charged and None not in late else None,
        "detention_free_days": held["free_days"] if held else None,
        "detention_usd_per_day": held["usd_per_feu_day"] * price_feu if held else None,
    }


def free_time_of(question: Question, terminal_id: str, kind: str, note: str) -> dict[str, FreeTime]:
    """Every charge that can fall due at a transfer, by name; looked up once for a question.

    kind, note : of the transfer; the note tells what the boxes come by and go on by
    """
    direction = _DIRECTIONS.get(kind)
    if direction is None:
        return {}
    by_rail = "rail" in note.split(" > ")[0 if kind == "discharge" else -1]
    asked = (terminal_id, direction, by_rail)
    if asked not in question.free_times:
        question.free_times[asked] = _look(question, *asked)
    found: dict[str, FreeTime] = question.free_times[asked]
    return found


def _look(question: Question, terminal_id: str, direction: str, by_rail: bool) -> dict[str, FreeTime]:
    compiled, whose, day = question.compiled, question.whose, question.shipment.ready_at.date()
    row = compiled.terminals.get(terminal_id)
    if row is None:
        return {}
    return compiled.shared(
        ("free time", terminal_id, direction, whose, by_rail),
        lambda: free_times_at(compiled.tables, row, direction, day, equipment=whose, by_rail=by_rail),
        *("free_time", "terminals"),
    )
