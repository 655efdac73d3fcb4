"""What could be done along a route: kilograms that each measure saves, its cost a tonne where known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..emissions import WH_PER_KWH, abatement_usd_per_t, annuity
from ..network import GRID_LOSS, constant
from ..tables import Tables

Row = Mapping[str, Any]
KWH_PER_MWH = WH_PER_KWH
L_PER_M3 = 1000.0
SLOWER = 0.9
HVO, LNGS = "hvo-desnz", ("lng-diesel-slow", "lng-otto-medium")


def measures(tables: Tables, elements: Sequence[Row], again: Callable[..., float]) -> list[dict[str, Any]]:
    """Measures that save something, the greatest first. Each is by itself: savings do not add up.

    again : kilograms of the same route with other options (grid, fuel, marine_fuel, wired, slower)
    Each has saved_kg_co2e, extra_usd (below 0 where it pays), usd_per_t, how its cost was made, and the
    rows that the cost rests on.
    """
    now = sum(element["kg_co2e_wtw"] for element in elements)
    found = []

    def add(name: str, kg: float, usd: float | None, how: str, *rows: str) -> None:
        saved = now - kg
        if abs(saved) > 1e-6:
            cost = None if usd is None else abatement_usd_per_t(usd, saved)
            found.append(
                {
                    "measure": name,
                    "saved_kg_co2e": saved,
                    "extra_usd": usd,
                    "usd_per_t": cost,
                    "how": how,
                    "rows": [f"footprint_constants {row}" for row in rows],
                }
            )

    rails = [element for element in elements if element["mode"] == "rail"]
    trucks = [element for element in elements if element["mode"] == "road"]
    ships = [element for element in elements if element["mode"] == "sea" and element["energy_mj"] > 0]
    bare = [element for element in rails if element["energy_mj"] > 0]

    kwh = sum(element["energy_kwh"] for element in elements)
    if any(element["power_g"] > 0 for element in elements):
        usd = _clean_usd(tables, kwh)
        how = "certificates of renewable electricity at a price in Europe; new plants cost more"
        add("electricity without carbon on the wires there are", again(grid="zero"), usd, how, _CLEAN)
    if bare:
        wires, more_kwh = _wires(tables, bare)
        told = "wires by the kilometre, paid in 30 years by the mean traffic of Kazakh lines; diesel saved "
        told += "not counted"
        add("wire on every section, grid as it is", again(wired=True), wires, told, *_WIRES)
        add(
            "wire on every section and electricity without carbon",
            again(wired=True, grid="zero"),
            wires + _clean_usd(tables, kwh + more_kwh),
            f"{told}; certificates as above",
            *_WIRES,
            _CLEAN,
        )
    burnt_mj = sum(element["energy_mj"] for element in (*bare, *trucks))
    if burnt_mj > 0:
        fuel = tables.by_key("fuels")[HVO]
        m3 = burnt_mj / fuel["mj_per_kg"] / fuel["kg_per_l"] / L_PER_M3
        usd = m3 * constant(tables, _HVO)
        how = "premium above gasoil in Rotterdam, without taxes and carriage"
        add("HVO in place of diesel, rail and road", again(fuel=HVO), usd, how, _HVO)
    if ships:
        old_usd = _fuel_usd(tables, ships)
        kg = again(slower=SLOWER)
        share = 1 - SLOWER ** constant(tables, _SPEED)
        how = "fuel saved at the prices of the table fuels; more days of ships and cargo not counted"
        add("ships a tenth slower", kg, None if old_usd is None else -share * old_usd, how, _SPEED)
        for name in LNGS:
            new_usd = _fuel_usd(tables, ships, name)
            how = "fuel only, at the prices of the table fuels; engines and tanks not counted"
            add(
                f"{tables.by_key('fuels')[name]['name']} in the ships",
                again(marine_fuel=name),
                None if old_usd is None or new_usd is None else new_usd - old_usd,
                how,
            )
    return sorted(found, key=lambda row: (-row["saved_kg_co2e"], row["measure"]))


_CLEAN, _HVO, _SPEED = "measure-clean-power", "measure-hvo-premium", "ship-speed-power"
_WIRES = ("measure-wire-cost", "measure-wire-traffic", "measure-wire-rate", "measure-wire-years")


def _clean_usd(tables: Tables, kwh: float) -> float:
    return kwh * constant(tables, GRID_LOSS) / KWH_PER_MWH * constant(tables, _CLEAN)


def wire_usd_per_tkm(tables: Tables) -> float:
    """What a wire costs a tonne-km that runs under it, USD: its yearly share over the yearly traffic."""
    cost, traffic, rate, years = (constant(tables, name) for name in _WIRES)
    return cost * annuity(rate, int(years)) / traffic


def _wires(tables: Tables, bare: Sequence[Row]) -> tuple[float, float]:
    """Dollars of the wires over the sections without, and the electricity that trains take there, kWh."""
    usd = kwh = 0.0
    for element in bare:
        without = 1 - next((share for name, share in element["carriers"] if name == "Electric"), 0.0)
        usd += without * element["distance_km"] * element["mass_t"] * wire_usd_per_tkm(tables)
        # The same work at the pantograph as the diesel does.
        kwh += element["energy_mj"] * constant(tables, "diesel-efficiency") / 3.6
    return usd, kwh


def _fuel_usd(tables: Tables, ships: Sequence[Row], name: str | None = None) -> float | None:
    """What the energy of ships costs as their own fuel, or as another; None without a price."""
    fuels, usd = tables.by_key("fuels"), 0.0
    for ship in ships:
        fuel = fuels[name or ship["fuel_id"]]
        if fuel["usd_per_t"] is None:
            return None
        usd += ship["energy_mj"] * fuel["usd_per_t"] / fuel["mj_per_kg"] / 1000.0
    return usd
