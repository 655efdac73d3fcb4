"""What the climate rules of the European Union ask for: allowances and FuelEU of ships, CBAM of goods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ..emissions import ets_eur, fueleu_eur
from ..tables import Tables
from .chain import SHIP_FUEL

Row = Mapping[str, Any]
# Chapters and headings of the Harmonized System that hold the goods of CBAM.
CBAM_GOODS = ("2507", "2523", "2716", "2804", "2808", "2814", "31", "72", "73", "76")


def charges(tables: Tables, elements: Sequence[Row], question: Row) -> list[dict[str, Any]]:
    """A line for each rule that applies, dated by the day on which the leg begins."""
    lines = []
    union = {code for code, row in tables.by_key("countries").items() if row["customs_union"] == "EU"}
    for element in elements:
        if element["mode"] != "sea":
            continue
        inside = [element[f"{side}_country"] in union for side in ("from", "to")]
        if not any(inside):
            continue
        day = datetime.fromisoformat(element["depart_at"]).date()
        share = "share_inside" if all(inside) else "share_outside"
        lines += _ship_lines(tables, element, day, share)
    line = _cbam(tables, question, union)
    return [*lines, *([line] if line else [])]


def rule(tables: Tables, scheme: str, item: str, day: date) -> Row | None:
    """The row of a rule that holds on a day."""
    held = [
        row
        for row in tables["climate_rules"]
        if row["scheme"] == scheme
        and row["item"] == item
        and row["valid_from"] <= day
        and (row["valid_until"] is None or day <= row["valid_until"])
    ]
    return max(held, key=lambda row: row["valid_from"]) if held else None


def _ship_lines(tables: Tables, element: Row, day: date, share: str) -> list[dict[str, Any]]:
    where = f"{element['from_name']} to {element['to_name']}"
    long_way = " if the ship calls nowhere outside on the way, else less" if share == "share_outside" else ""
    lines = []
    part_row, phase = (rule(tables, "eu_ets_maritime", item, day) for item in (share, "phase_in"))
    price = rule(tables, "eu_ets_maritime", "allowance_price", day) or _first_price(tables)
    if part_row and phase and price:
        of_year = "" if price["valid_from"] <= day else f" (the price of {price['valid_from'].year})"
        part, paid, eur_per_t = part_row["value"], phase["value"], price["value"]
        lines.append(
            {
                "scheme": "eu_ets_maritime",
                "seq": element["seq"],
                "where": where,
                "day": day.isoformat(),
                "eur": ets_eur(element["kg_co2e_ttw"], part, paid, eur_per_t),
                "how": f"{element['kg_co2e_ttw'] / 1000:,.1f} t tank-to-wheel x {part:.0%} of the voyage x "
                f"{paid:.0%} phase-in x {eur_per_t:g} EUR/t{of_year}{long_way}; ships of 5,000 GT and more",
                "rules": [row["rule_id"] for row in (part_row, phase, price)],
            }
        )
    limit, counted = (rule(tables, "fueleu_maritime", item, day) for item in ("intensity_limit", share))
    fuel = tables.by_key("fuels").get(element["fuel_id"] or SHIP_FUEL)
    if limit and counted and fuel and element["energy_mj"] > 0:
        intensity = fuel["wtt_g_per_mj"] + fuel["ttw_g_per_mj"]
        energy = element["energy_mj"] * counted["value"]
        lines.append(
            {
                "scheme": "fueleu_maritime",
                "seq": element["seq"],
                "where": where,
                "day": day.isoformat(),
                "eur": fueleu_eur(energy, intensity, limit["value"]),
                "how": f"{energy / 1000:,.0f} GJ in scope of {fuel['name']} at {intensity:.2f} g/MJ against "
                f"{limit['value']:g}{long_way}; a ship may pool, bank or use other fuel",
                "rules": [limit["rule_id"], counted["rule_id"]],
            }
        )
    return lines


def _first_price(tables: Tables) -> Row | None:
    """The earliest price that there is, for voyages before it."""
    prices = [row for row in tables["climate_rules"] if row["item"] == "allowance_price"]
    return min(prices, key=lambda row: row["valid_from"]) if prices else None


def _cbam(tables: Tables, question: Row, union: set[str]) -> dict[str, Any] | None:
    codes = [question["hs_code"]] if question.get("hs_code") else []
    codes = codes or list(tables.by_key("commodities")[question["commodity_id"]]["hs_chapters"] or ())
    day = datetime.fromisoformat(question["ready_at"]).date()
    share = rule(tables, "cbam", "phase_in_cbam", day)
    touched = [
        code for code in codes if any(code.startswith(own) or own.startswith(code) for own in CBAM_GOODS)
    ]
    inward = question["destination"]["country"] in union and question["origin"]["country"] not in union
    if not (touched and inward and share):
        return None
    price = rule(tables, "eu_ets_maritime", "allowance_price", day)
    told = f", an allowance being {price['value']:g} EUR/t" if price else ""
    return {
        "scheme": "cbam",
        "seq": None,
        "where": f"import of {', '.join(touched)} into {question['destination']['country']}",
        "day": day.isoformat(),
        "eur": None,
        "how": f"the goods may be CBAM goods: {share['value']:.1%} of the benchmark and all embedded "
        f"emissions above it count in {day.year}{told}; it prices the goods and not their transport, and "
        "needs their embedded emissions",
        "rules": [share["rule_id"]],
    }
