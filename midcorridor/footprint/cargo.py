"""What travels, how vehicles are shared, and what is asked of them in place of what the tables say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import Fault, InputError, did_you_mean
from ..tables import Tables

Row = Mapping[str, Any]
ALLOCATIONS = ("mass", "teu")
GRADIENTS = ("flat", "hilly", "mountain")
# Energy carriers that can take the place of diesel on rail and road, and of fuel oil at sea.
BURNT = {"diesel": ("Diesel", "HVO", "LNG"), "marine_fuel": ("HFO", "MGO", "LNG", "HVO", "Methanol")}
SPEEDS = (0.5, 1.5)  # by the usual speed; beyond, the cube law is no guide


@dataclass(frozen=True, slots=True)
class Cargo:
    """What travels, and how a vehicle is shared."""

    mass_t: float  # of the goods, without the boxes
    boxes: int
    teu: float
    box_t: float  # tare of all boxes
    reefer: bool
    allocate: str | None = None  # mass, teu; None as each factor is published
    load_factor: float = 1.0  # slots of a train's loaded wagons that are taken
    container_type: str = ""
    fuels: Mapping[str, str] = field(default_factory=dict)  # diesel, marine_fuel: fuel_id in its place
    gradient: str | None = None  # class of all lines by rail; None as the factor of each train says
    ship_speed: float = 1.0  # by the speed that the factor of a ship counts with
    ship_load: float | None = None  # share of a ship's room that is taken; None as its factor counts


def cargo_of(
    question: Row,
    tables: Tables,
    *,
    allocate: str | None = None,
    load_factor: float = 1.0,
    fuel: str | None = None,
    marine_fuel: str | None = None,
    gradient: str | None = None,
    ship_speed: float = 1.0,
    ship_load: float | None = None,
) -> Cargo:
    """The cargo of a plan's question. Raises InputError that gathers what cannot be."""
    faults = []
    box = tables.by_key("containers").get(question["container_type"], {})
    for name in ("cargo_t", "teu", "boxes"):
        value = question[name]
        if not (math.isfinite(value) and value > 0):
            faults.append(
                Fault("bad_quantity", f"{value} is no amount", name, str(value), "a number above 0")
            )
    if allocate is not None and allocate not in ALLOCATIONS:
        faults.append(
            Fault(
                "unknown_allocation",
                f"{allocate!r} is no way to share a vehicle",
                "--allocate",
                allocate,
                "mass or teu; without it as each factor is published",
                did_you_mean(allocate, ALLOCATIONS),
            )
        )
    if not (math.isfinite(load_factor) and 0 < load_factor <= 1):
        faults.append(
            Fault(
                "bad_load_factor",
                f"{load_factor} is no share of a train's slots",
                "--load-factor",
                str(load_factor),
                "a number above 0 and at most 1",
            )
        )
    if gradient is not None and gradient not in GRADIENTS:
        faults.append(
            Fault(
                "unknown_gradient",
                f"{gradient!r} is no class of line",
                "--gradient",
                gradient,
                f"{', '.join(GRADIENTS)}; without it as the factor of each train says",
                did_you_mean(gradient, GRADIENTS),
            )
        )
    low, high = SPEEDS
    if not low <= ship_speed <= high:
        accepted = f"a number from {low:g} to {high:g}; 1 is the speed that the factors count with"
        what = f"{ship_speed} is no speed by the usual one"
        faults.append(Fault("bad_quantity", what, "--ship-speed", str(ship_speed), accepted))
    if ship_load is not None and not 0 < ship_load <= 1:
        what, accepted = f"{ship_load} is no share of a ship's room", "a number above 0 and at most 1"
        faults.append(Fault("bad_load_factor", what, "--ship-load", str(ship_load), accepted))
    known = tables.by_key("fuels")
    fuels = {}
    for kind, chosen, option in (
        ("diesel", fuel, "--fuel"),
        ("marine_fuel", marine_fuel, "--marine-fuel"),
    ):
        if chosen is None:
            continue
        burnt = [name for name, row in known.items() if row["carrier"] in BURNT[kind]]
        if chosen not in burnt:
            what = f"there is no fuel {chosen!r}"
            if chosen in known:
                what = f"{known[chosen]['name']} is no fuel for this"
            hint = did_you_mean(chosen, burnt)
            faults.append(Fault("unknown_fuel", what, option, chosen, ", ".join(burnt), hint))
        fuels[kind] = chosen
    if faults:
        raise InputError(faults)
    return Cargo(
        question["cargo_t"],
        question["boxes"],
        question["teu"],
        box.get("tare_t", 0.0) * question["boxes"],
        bool(box.get("reefer")),
        allocate,
        load_factor,
        question["container_type"],
        fuels,
        gradient,
        ship_speed,
        ship_load,
    )
