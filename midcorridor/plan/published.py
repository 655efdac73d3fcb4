"""Published through rates that stand beside the price of a route, and are never part of it."""

from __future__ import annotations

from typing import Any

from ..tables import Tables
from .access import End, great_circle_km
from .question import Question

# A rate for a terminal no farther than this from an end is one for that place.
NEAR_KM = 100.0


def published_rates(question: Question, corridor: str) -> list[dict[str, Any]]:
    """The rows of `rates` for a corridor, the ends and the size of box of a question, the newest first.

    Rates are as published: from terminal to terminal or to the door, each of its own month.
    """
    tables, shipment = question.compiled.tables, question.shipment
    size = "20" if shipment.teu <= shipment.boxes else "40"
    found = [
        row
        for row in tables["rates"]
        if row["corridor"] == corridor
        and row["container"] == size
        and _near(tables, row["from_id"], question.origin)
        and _near(tables, row["to_id"], question.destination)
    ]
    return [
        {name: row[name] for name in ("rate_id", "usd", "year_month", "rate_kind", "basis", "source")}
        for row in sorted(found, key=lambda row: (row["year_month"], row["rate_id"]), reverse=True)
    ]


def _near(tables: Tables, terminal_id: str, end: End) -> bool:
    row = tables.by_key("terminals").get(terminal_id)
    if row is None:
        return False  # the publisher's own words, such as a region
    return great_circle_km((row["lat"], row["lon"]), (end.lat, end.lon)) <= NEAR_KM
