"""How long a box may stay for nothing, what the days after that cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from ..errors import Fault, InputError, did_you_mean
from ..network.compiled import HANDLING_KINDS, holds_on
from ..tables import Tables
from .choosing import Row, fits, most_particular
from .equipment import check_equipment

CHARGES = ("storage", "demurrage", "detention", "combined")
DIRECTIONS = ("import", "export", "transit")


@dataclass(frozen=True, slots=True)
class FreeTime:
    """Days that cost nothing at a place and what the days after them cost."""

    charge: str  # storage, demurrage, detention or combined
    row: Row  # of free_time.csv
    free_days: float
    tiers: tuple[tuple[float, float], ...]  # first day charged so, USD a 40 ft box and day
    once_usd: float


def free_time_for(
    tables: Tables,
    terminal: Row,
    charge: str,
    direction: str,
    day: date,
    *,
    operator: str | None = None,
    by_rail: bool = False,
) -> FreeTime | None:
    """Free days and rates of one charge at a terminal on a day; None where no tariff is known.

    terminal : row of terminals.csv     charge : storage, demurrage, detention or combined
    direction : import, export or transit     operator : whose tariff; None: any row in the model
    by_rail : the box comes or goes by train and lies in the rail yard of a port that has one
    The most particular row counts: of the terminal, then of its country, its kind and the direction.
    Raises InputError for another charge or direction.
    """
    for word, known, what in (
        (charge, CHARGES, "charge"),
        (direction, DIRECTIONS, "direction"),
    ):
        if word not in known:
            hint = did_you_mean(word, known)
            raise InputError(
                Fault(
                    f"unknown_{what}",
                    f"{word!r} is no {what}",
                    got=word,
                    accepted=", ".join(known),
                    hint=hint,
                )
            )
    kinds = [kind for kind in HANDLING_KINDS if kind in terminal["kinds"]]
    if by_rail and "rail_terminal" in kinds:
        kinds = [kind for kind in kinds if kind != "seaport"]
    row = most_particular(
        (
            row
            for row in tables["free_time"]
            if row["charge"] == charge
            and holds_on(row, day)
            and (row["in_model"] if operator is None else row["operator"] == operator)
        ),
        lambda row: (
            fits(row["terminal_id"], (terminal["terminal_id"],)),
            fits(row["country"], (terminal["country"],)),
            fits(row["kind"], kinds),
            fits(None if row["direction"] == "any" else row["direction"], (direction,)),
        ),
        "free_time",
    )
    if row is None:
        return None
    tiers = [(math.floor(row["free_days"]) + 1.0, float(row["usd_per_feu_day"]))]
    for number in (2, 3, 4):
        if row[f"from_day_{number}"] is not None:
            tiers.append((float(row[f"from_day_{number}"]), float(row[f"usd_per_feu_day_{number}"])))
    return FreeTime(charge, row, row["free_days"], tuple(tiers), row["once_usd_per_feu"] or 0.0)


def free_times_at(
    tables: Tables, terminal: Row, direction: str, day: date, *, equipment: str = "coc", by_rail: bool = False
) -> dict[str, FreeTime]:
    """Every charge that can fall due on a box at a terminal, none of it twice.

    A shipper's own box pays the terminal only. A carrier's box pays demurrage and detention or one
    combined count, whichever tariff is the more particular; storage falls away where it is part of it.
    """
    check_equipment(equipment)
    found = {
        charge: free
        for charge in CHARGES
        if (free := free_time_for(tables, terminal, charge, direction, day, by_rail=by_rail)) is not None
    }
    if equipment != "coc":
        return {charge: free for charge, free in found.items() if charge == "storage"}
    combined = found.pop("combined", None)
    if combined is not None:
        apart = [found[charge] for charge in ("demurrage", "detention") if charge in found]
        if all(_place(combined.row) >= _place(free.row) for free in apart):
            found = {charge: free for charge, free in found.items() if charge == "storage"}
            found["combined"] = combined
    if any(free.row["includes_storage"] for charge, free in found.items() if charge != "storage"):
        found.pop("storage", None)
    return found


def _place(row: Row) -> tuple[bool, bool, bool]:
    return row["terminal_id"] is not None, row["country"] is not None, row["kind"] is not None
