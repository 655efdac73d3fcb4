"""What a quotation may hold and the price of a route does not, named so that nobody takes it for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..said import Said
from ..tables import Tables

Row = Mapping[str, Any]
# Countries whose tariffs hold the guard: the Eurasian index counts it (its questions and answers), and so
# do the Kazakh rates.
GUARDED = ("BY", "KZ", "RU")
BROAD_GAUGE_MM = 1520
EMPTIES = ("equipment_return", "soc_resale", "equipment_pickup")
# Items of unit_costs that somebody charges at times, kept as evidence and never reckoned.
SURCHARGES = {
    "bunker_surcharge": Said("bunker"),
    "congestion_surcharge": Said("congestion"),
    "navigation_seal": Said("seal"),
}


def not_included(tables: Tables, route: Row) -> list[str]:
    """What the price of a route does not hold, each with a published figure where one is known."""
    legs = route["legs"]
    items = {line["item"] for event in (*legs, *route["transfers"]) for line in event["lines"]}
    found: list[str] = [] if "insurance" in items else [Said("insurance_out")]
    if not items & set(EMPTIES):
        found.append(Said("empties_out"))
    broad = {
        code
        for leg in legs
        if leg["mode"] == "rail" and leg["gauge_mm"] == BROAD_GAUGE_MM
        for code in leg["countries"]
    }
    # A few kilometres of broad gauge lead into the Union, where nobody asks for a guard.
    union = {row["country"] for row in tables["countries"] if row["customs_union"] == "EU"}
    alone = [code for code in route["countries"] if code in broad - union and code not in GUARDED]
    if alone:
        found.append(Said("guard_out", countries=alone))
    if any(leg["mode"] == "sea" for leg in legs):
        found.append(Said("ships_out"))
    modes = {leg["mode"] for leg in legs}
    for item, charge in SURCHARGES.items():
        for row in tables.having("unit_costs", "item", item):
            here = row["country"] is None or row["country"] in route["countries"]
            if here and (row["mode"] is None or row["mode"] in modes):
                parts = {name: row[name] for name in ("value", "unit", "price_year")}
                parts |= {"charge": charge, "cost": row["cost_id"]}
                if row["country"]:
                    found.append(Said("charge_out_in", **parts, country=row["country"]))
                else:
                    found.append(Said("charge_out", **parts))
    return [*found, Said("duties_out"), Said("stays_out")]
