"""Corridors side by side: air beside them, and the value of an hour from which the faster one pays."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..basemap.sphere import great_circle_km
from ..emissions import break_even_usd_per_h

Row = Mapping[str, Any]


def by_air(
    question: Row, constant: Callable[[str], float], usd_per_kg: float | None, days: float | None
) -> dict[str, Any]:
    """The same goods by air: great circle and 95 km, without the boxes and without the way to the airports.

    usd_per_kg, days : what an offer says; no published figure is in the tables
    """
    ends = [question[end][part] for end in ("origin", "destination") for part in ("lat", "lon")]
    km = float(great_circle_km(*ends)) + constant("air-extra-km")
    size = "short" if km <= constant("air-short-km") else "long"
    tkm = km * question["cargo_t"]
    return {
        "mode": "air",
        "km": km,
        "distance_basis": "great circle + 95 km",
        "activity_tkm": tkm,
        "g_wtw": constant(f"air-{size}-wtw"),
        "g_ttw": constant(f"air-{size}-ttw"),
        "kg_co2e_wtw": tkm * constant(f"air-{size}-wtw") / 1000.0,
        "kg_co2e_ttw": tkm * constant(f"air-{size}-ttw") / 1000.0,
        "cost_usd": None if usd_per_kg is None else usd_per_kg * question["cargo_t"] * 1000.0,
        "mean_h": None if days is None else days * 24.0,
        "rows": [("footprint_constants", f"air-{size}-wtw"), ("footprint_constants", "air-extra-km")],
        "note": "price and days are the offer's that was given"
        if usd_per_kg is not None and days is not None
        else "no published price and time by air is in the tables: give an offer with --air-usd-per-kg and "
        "--air-days",
    }


def break_even(ways: Sequence[Row]) -> list[dict[str, Any]]:
    """For each two ways the value of an hour of the whole shipment from which the faster is worth its price.

    ways : of each name, mean_h, cost_usd and kg_co2e_wtw; one without hours or price is left out
    """
    known = [way for way in ways if way["mean_h"] is not None and way["cost_usd"] is not None]
    found = []
    for at, first in enumerate(known):
        for second in known[at + 1 :]:
            fast, slow = sorted((first, second), key=lambda way: (way["mean_h"], way["cost_usd"]))
            value = break_even_usd_per_h(fast["cost_usd"], fast["mean_h"], slow["cost_usd"], slow["mean_h"])
            found.append(
                {
                    "faster": fast["name"],
                    "slower": slow["name"],
                    "hours_saved": slow["mean_h"] - fast["mean_h"],
                    "extra_usd": fast["cost_usd"] - slow["cost_usd"],
                    "extra_kg_co2e": fast["kg_co2e_wtw"] - slow["kg_co2e_wtw"],
                    "usd_per_h": value,
                }
            )
    return sorted(found, key=lambda row: math.inf if row["usd_per_h"] is None else row["usd_per_h"])
