"""What the boxes themselves cost, by whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..costs import HOURS_PER_DAY, hire_usd
from ..errors import Fault, InputError, did_you_mean
from ..network.compiled import holds_on
from ..tables import Tables
from .choosing import Row, fits, most_particular

EQUIPMENT = ("coc", "soc", "lease")


@dataclass(frozen=True, slots=True)
class EquipmentLine:
    """What the boxes themselves cost, all of them together."""

    item: str
    usd: float  # below 0 where a box is sold
    cost_id: str


def equipment_lines(
    tables: Tables,
    equipment: str,
    *,
    boxes: int,
    price_feu: float,
    days: float,
    loaded_in: str,
    emptied_in: str,
    bound: str,
    day: date,
    size: str = "40",
) -> list[EquipmentLine]:
    """What the boxes themselves cost on one way; nothing here is part of the freight.

    equipment : coc, a carrier's box: its hire for the days on the way and the drop-off fee; after the free
        days detention takes the place of the hire. soc, a box bought where loading is and sold where it is
        emptied. lease, a box leased one way for a pick-up charge in place of the hire
    boxes : number of boxes     price_feu : the same in 40 ft equivalents of price     size : 20 or 40
    days : on the way     loaded_in, emptied_in : countries     bound : westbound or eastbound
    Raises InputError for other words and where a price is missing.
    """
    check_equipment(equipment)

    def need(item: str, country: str, wanted: str = "40") -> Row:
        return _price_row(tables, item, country, bound, day, wanted)

    def line(item: str, country: str, sign: float = 1.0) -> EquipmentLine:
        row = need(item, country)
        return EquipmentLine(item, sign * float(row["value"]) * price_feu, row["cost_id"])

    if equipment == "soc":
        return [line("soc_purchase", loaded_in), line("soc_resale", emptied_in, -1.0)]
    if equipment == "lease":
        return [line("equipment_pickup", loaded_in)]
    hire = need("container_hire", loaded_in, size)
    usd = hire_usd(days * HOURS_PER_DAY, float(hire["value"])) * boxes
    return [
        EquipmentLine("container_hire", usd, hire["cost_id"]),
        line("equipment_return", emptied_in),
    ]


def check_equipment(equipment: str) -> None:
    """Raise InputError for a word that names no kind of box."""
    if equipment not in EQUIPMENT:
        raise InputError(
            Fault(
                "unknown_equipment",
                f"{equipment!r} is no kind of equipment",
                "--equipment",
                equipment,
                ", ".join(EQUIPMENT),
                did_you_mean(equipment, EQUIPMENT),
            )
        )


def _price_row(tables: Tables, item: str, country: str, bound: str, day: date, size: str) -> Row:
    row = most_particular(
        (
            row
            for row in tables.having("unit_costs", "item", item)
            if row["in_model"] and holds_on(row, day) and ("20" if row["container"] == "20" else "40") == size
        ),
        lambda row: (
            fits(row["country"], (country,)),
            fits(None if row["direction"] == "any" else row["direction"], (bound,)),
        ),
        "unit_costs",
    )
    if row is None:
        raise InputError(
            Fault(
                "missing_figure",
                f"no price for {item} in {country} {bound}",
                "unit_costs.csv",
                accepted=f"a row with item {item}, in_model true and country {country} or empty",
            )
        )
    return row
