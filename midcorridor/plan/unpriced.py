"""What a quotation may hold and the price of a route does not, named so that nobody takes it for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..tables import Tables
from ..words import figures

Row = Mapping[str, Any]
# Countries whose tariffs hold the guard: the Eurasian index counts it (its questions and answers), and so
# do the Kazakh rates.
GUARDED = ("BY", "KZ", "RU")
BROAD_GAUGE_MM = 1520
EMPTIES = ("equipment_return", "soc_resale", "equipment_pickup")
# Items of unit_costs that somebody charges at times, kept as evidence and never reckoned.
SURCHARGES = {
    "bunker_surcharge": "emergency bunker surcharge",
    "congestion_surcharge": "congestion surcharge",
    "navigation_seal": "navigation seal where the customs ask for one",
}


def not_included(tables: Tables, route: Row) -> list[str]:
    """What the price of a route does not hold, each with a published figure where one is known."""
    legs = route["legs"]
    items = {line["item"] for event in (*legs, *route["transfers"]) for line in event["lines"]}
    found = [] if "insurance" in items else ["insurance"]
    if not items & set(EMPTIES):
        found.append("return of the empty boxes")
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
        found.append(f"guard on the rails of {', '.join(alone)}, for which no tariff is published")
    if any(leg["mode"] == "sea" for leg in legs):
        found.append("fuel, low-sulphur, season and war-risk surcharges of ships beyond the freight")
    modes = {leg["mode"] for leg in legs}
    for item, name in SURCHARGES.items():
        for row in tables.having("unit_costs", "item", item):
            here = row["country"] is None or row["country"] in route["countries"]
            if here and (row["mode"] is None or row["mode"] in modes):
                where = f" in {row['country']}" if row["country"] else ""
                usd = f"{figures(row['value'])} {row['unit']} in {row['price_year']}"
                found.append(f"{name}{where} ({usd}, {row['cost_id']})")
    return [*found, "import duties and taxes", "storage, demurrage and detention after the free days"]
