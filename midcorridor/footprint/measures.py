"""What could be done along a route: kilograms that each measure saves, its cost a tonne where known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..emissions import abatement_usd_per_t
from ..tables import Tables

Row = Mapping[str, Any]


def measures(tables: Tables, elements: Sequence[Row], again: Callable[..., float]) -> list[dict[str, Any]]:
    """Measures that save something, the greatest first. Each is by itself: savings do not add up.

    again : kilograms of the same route with other options (grid, fuel, marine_fuel, wired)
    """
    now = sum(element["kg_co2e_wtw"] for element in elements)
    found = []

    def add(name: str, kg: float, usd: float | None, how: str) -> None:
        saved = now - kg
        if abs(saved) > 1e-6:
            cost = None if usd is None else abatement_usd_per_t(usd, saved)
            found.append(
                {"measure": name, "saved_kg_co2e": saved, "extra_usd": usd, "usd_per_t": cost, "how": how}
            )

    unpriced = "no sourced cost in the tables"
    if any(element["power_g"] > 0 for element in elements):
        add("electricity without carbon on the wires there are", again(grid="zero"), None, unpriced)
    if any(element["mode"] == "rail" and element["energy_mj"] > 0 for element in elements):
        add("wire on every section, grid as it is", again(wired=True), None, unpriced)
        add(
            "wire on every section and electricity without carbon",
            again(wired=True, grid="zero"),
            None,
            unpriced,
        )
    if any(element["mode"] in ("rail", "road") and element["energy_mj"] > 0 for element in elements):
        add("HVO in place of diesel, rail and road", again(fuel="hvo-desnz"), None, unpriced)
    fuels = tables.by_key("fuels")
    for name in ("lng-diesel-slow", "lng-otto-medium"):
        ships = [element for element in elements if element["mode"] == "sea" and element["energy_mj"] > 0]
        if not ships:
            break
        new = fuels[name]
        usd = 0.0
        for ship in ships:
            old = fuels[ship["fuel_id"]]
            if old["usd_per_t"] is None or new["usd_per_t"] is None:
                break
            each = [fuel["usd_per_t"] / fuel["mj_per_kg"] / 1000.0 for fuel in (new, old)]
            usd += ship["energy_mj"] * (each[0] - each[1])
        else:
            add(
                f"{new['name']} in the ships",
                again(marine_fuel=name),
                usd,
                "fuel only, at the prices of the table fuels; engines and tanks not counted",
            )
    return sorted(found, key=lambda row: (-row["saved_kg_co2e"], row["measure"]))
