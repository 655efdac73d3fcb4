"""Transport chain elements: each leg and handling of a route with category, activity and intensity."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..emissions import (
    diesel_mj_per_tkm,
    electric_g_per_tkm,
    gross_per_net,
    mixed_g_per_tkm,
    rail_wh_per_gtkm,
    slower_ship,
)
from ..errors import Fault, InputError
from ..network import GRID_LOSS, constant, distance_adjustment
from ..tables import Tables
from .cargo import Cargo
from .electricity import Grid

Row = Mapping[str, Any]
MODES = {"rail": "Rail", "road": "Road", "sea": "Sea", "inland_waterway": "InlandWaterway"}
HANDLED = ("load", "transship", "gauge_change", "discharge")
BORDER_PARTS = ("border", "halt")
WHOLE = math.inf  # a fallback that all of an element rests on
RAIL_DIESEL, SHIP_FUEL = "diesel-en16258", "vlsfo"


@dataclass(eq=False)
class Chain:
    """Makes the elements of routes."""

    tables: Tables
    cargo: Cargo
    grid: Grid

    def __post_init__(self) -> None:
        self._services = self.tables.by_key("services")
        self._links = self.tables.by_key("links")
        self._factors = self.tables.by_key("emission_factors")
        self._fuels = self.tables.by_key("fuels")
        self._terminals = self.tables.by_key("terminals")

    def constant(self, name: str) -> float:
        """A constant of the table footprint_constants."""
        return constant(self.tables, name)

    def elements(self, route: Row) -> list[dict[str, Any]]:
        """The elements of a route in the order of travel; frontiers and halts move and lift nothing."""
        found = []
        for part in sorted((*route["legs"], *route["transfers"]), key=lambda part: int(part["seq"])):
            if "mode" in part:
                found.append(self._leg(part))
            elif part["kind"] in HANDLED and part["terminal_id"] in self._terminals and part["kg_co2e"] > 0:
                found.append(self._hub(part))
        for element in found:
            # In kilograms: how much of the element rests on what was taken in place of something.
            element["fallbacks"] = {
                what: min(g_per_unit, element["g_wtw"]) * element["activity"] / 1000.0
                for what, g_per_unit in element["fallbacks"].items()
            }
        return [
            {"route_id": route["route_id"], "corridor": route["corridor"], **element} for element in found
        ]

    # Legs.

    def _leg(self, leg: Row) -> dict[str, Any]:
        service = self._services[leg["service_id"]]
        factor, fallbacks = self._factor(service)
        if leg["mode"] == "rail":
            made = self._rail(leg, factor, fallbacks)
        else:
            made = self._vehicle(leg, factor, fallbacks)
        units = made["activity"]
        told = {
            "seq": leg["seq"],
            "element": "leg",
            "category_id": f"{factor['factor_id']}.{leg['from_id']}.{leg['to_id']}",
            "group": f"{made['quality']}:{factor['factor_id']}",
            "mode": leg["mode"],
            "vehicle": factor["vehicle"],
            "service_id": leg["service_id"],
            "from_id": leg["from_id"],
            "from_name": leg["from_name"],
            "from_country": leg["from_country"],
            "to_id": leg["to_id"],
            "to_name": leg["to_name"],
            "to_country": leg["to_country"],
            "depart_at": leg["etd_at"],
            "arrive_at": leg["eta_at"],
            "mass_t": self.cargo.mass_t,
            "distance_km": leg["km"],
            "distance_basis": "shortest feasible",
            "standard": factor["standard"] or "",
            "plan_kg_co2e": leg["kg_co2e"],
        }
        return {
            **told,
            **made,
            "kg_co2e_wtw": made["g_wtw"] * units / 1000.0,
            "kg_co2e_ttw": made["g_ttw"] * units / 1000.0,
            "class_kg_co2e": None if made["class_g_wtw"] is None else made["class_g_wtw"] * units / 1000.0,
        }

    def _factor(self, service: Row) -> tuple[Row, dict[str, float]]:
        """The factor of a service, or a published one of its mode, which is then named."""
        factor = self._factors.get(service["factor_id"])
        measures = ("g_co2e_per_tkm_wtw", "g_co2e_per_teu_km_wtw", "wh_per_tkm")
        if factor is not None and any(factor[name] is not None for name in measures):
            return factor, {}
        others = [
            row
            for row in self.tables["emission_factors"]
            if row["mode"] == service["mode"] and row["g_co2e_per_tkm_wtw"] is not None
        ]
        if not others:
            raise InputError(
                Fault(
                    "missing_figure",
                    f"no factor for {service['mode']} of service {service['service_id']}",
                    "emission_factors.csv",
                    service["factor_id"],
                    "a row of that mode with g_co2e_per_tkm_wtw",
                )
            )
        # The greatest of the mode, so that a gap never flatters.
        taken = max(others, key=lambda row: (row["g_co2e_per_tkm_wtw"], row["factor_id"]))
        told = f"factor {service['factor_id']}: empty, the greatest of its mode {taken['factor_id']}"
        return taken, {told: WHOLE}

    def _activity(self, km: float, unit: str) -> float:
        return km * (self.cargo.teu if unit == "TEU-km" else self.cargo.mass_t)

    def _rail(self, leg: Row, factor: Row, fallbacks: dict[str, float]) -> dict[str, Any]:
        """By energy: Wh per gross tonne-km times what the train weighs for the cargo; else by class."""
        cargo, unit = self.cargo, "TEU-km" if self.cargo.allocate == "teu" else "tkm"
        mean_t = self.constant("cargo-t-per-teu")
        own = cargo.allocate is None
        cargo_t = cargo.mass_t / cargo.teu if own else mean_t
        box_t = cargo.box_t / cargo.teu if own else self.constant("box-t-per-teu")
        per_unit = mean_t if unit == "TEU-km" else 1.0
        uplift = self.constant("reefer-rail") if cargo.reefer else 1.0
        loss, efficiency = self.constant(GRID_LOSS), self.constant("diesel-efficiency")
        wagon_t = self.constant("wagon-t-per-teu") / cargo.load_factor
        empty_share = self.constant("rail-empty-share")
        rows = [("emission_factors", factor["factor_id"])]
        wh = class_wh = None
        if factor["train_gross_t"] is not None:
            gross = gross_per_net(cargo_t, box_t, wagon_t, empty_share)
            gradient = cargo.gradient or factor["gradient"] or "flat"
            hills = 1.0 if gradient == "flat" else self.constant(f"gradient-{gradient}")
            if hills != 1.0:
                rows.append(("footprint_constants", f"gradient-{gradient}"))
            wh = rail_wh_per_gtkm(factor["train_gross_t"], hills) * gross * per_unit * uplift
            used = ("wagon-t-per-teu", "rail-empty-share", GRID_LOSS, "diesel-efficiency")
            rows += [("footprint_constants", name) for name in used]
            if own:
                rows.append(("containers", cargo.container_type))
            else:
                rows += [("footprint_constants", name) for name in ("cargo-t-per-teu", "box-t-per-teu")]
        if factor["wh_per_tkm"] is not None:
            class_wh = factor["wh_per_tkm"] * per_unit * uplift
        no_wire = self._factors.get(factor["no_wire_factor_id"] or "", factor)
        fuel = self._fuels[cargo.fuels.get("diesel", RAIL_DIESEL)]
        usual = self._fuels[RAIL_DIESEL]
        sums = {"wtw": 0.0, "ttw": 0.0, "class": 0.0, "wire_km": 0.0, "power_g": 0.0}
        kwh = mj = 0.0
        for link_id in leg["link_ids"]:
            link = self._links[link_id]
            share = link["electrified_share"] or 0.0
            ends = (link["from_terminal"], link["to_terminal"])
            # As in a plan: a link over a frontier is half of each country of its ends.
            powers = [self.grid.of(self._terminals[place]["country"]) for place in ends]
            g_per_kwh = sum(power.g_per_kwh for power in powers) / 2
            if share > 0:
                rows += [row for power in powers for row in power.rows]
            km = link["km"]
            if wh is not None:
                diesel_mj = diesel_mj_per_tkm(wh, efficiency)
                electric = electric_g_per_tkm(wh, g_per_kwh, loss)
                full = diesel_mj * (fuel["wtt_g_per_mj"] + fuel["ttw_g_per_mj"])
                sums["wtw"] += km * (share * electric + (1 - share) * full)
                sums["ttw"] += km * (1 - share) * diesel_mj * fuel["ttw_g_per_mj"]
                sums["power_g"] += km * share * electric
                for power in powers:
                    if power.instead_of and share > 0:
                        part = km * share * electric_g_per_tkm(wh, power.g_per_kwh / 2, loss)
                        fallbacks[power.instead_of] = fallbacks.get(power.instead_of, 0.0) + part / leg["km"]
                kwh += km * share * wh / 1000.0
                mj += km * (1 - share) * diesel_mj
            sums["wire_km"] += km * share
            diesel_g = no_wire["g_co2e_per_tkm_wtw"]
            if class_wh is not None and diesel_g is not None:
                electric = electric_g_per_tkm(class_wh, g_per_kwh, loss)
                sums["class"] += km * mixed_g_per_tkm(share, electric, diesel_g * per_unit * uplift)
            elif diesel_g is not None:
                sums["class"] += km * diesel_g * per_unit * uplift
        km = leg["km"]
        wire = sums["wire_km"] / km
        if wire < 1:
            rows.append(("fuels", fuel["fuel_id"]))
        if cargo.reefer:
            rows.append(("footprint_constants", "reefer-rail"))
        quality = "modelled"
        if wh is None:
            quality = _quality(factor)
            fallbacks[f"train mass of {factor['factor_id']}: not known, its published class factor"] = WHOLE
            sums["wtw"] = sums["class"]
            ttw = no_wire["g_co2e_per_tkm_ttw"]
            electric_class = factor["energy"] == "electricity" and class_wh is None
            sums["ttw"] = 0.0 if electric_class else (km - sums["wire_km"]) * (ttw or 0.0) * per_unit * uplift
            if ttw is None and not electric_class:
                ratio = usual["ttw_g_per_mj"] / (usual["wtt_g_per_mj"] + usual["ttw_g_per_mj"])
                sums["ttw"] = sums["wtw"] * ratio
                fallbacks[f"tank-to-wheel of {no_wire['factor_id']}: share of mineral diesel"] = WHOLE
        units = self._activity(km, unit)
        return {
            "activity_unit": unit,
            "activity": units,
            "daf": 1.0,
            "g_wtw": sums["wtw"] / km,
            "g_ttw": sums["ttw"] / km,
            "class_g_wtw": sums["class"] / km,
            "power_g": sums["power_g"] / km,
            "carriers": [
                (name, share)
                for name, share in (("Electric", wire), (fuel["carrier"], 1 - wire))
                if share > 1e-9
            ],
            "energy_kwh": kwh / km * units,
            "energy_mj": mj / km * units,
            "fuel_id": fuel["fuel_id"] if wire < 1 else "",
            "method": "energy" if wh is not None else "class",
            "quality": quality,
            "rows": list(dict.fromkeys(rows)),
            "fallbacks": fallbacks,
        }

    def _vehicle(self, leg: Row, factor: Row, fallbacks: dict[str, float]) -> dict[str, Any]:
        """Trucks, ships and barges: a published or estimated factor, adjusted for distance and cooling."""
        cargo, mode = self.cargo, leg["mode"]
        afloat = mode in ("sea", "inland_waterway")
        rows: list[tuple[str, str]] = []
        uplift = 1.0
        if cargo.reefer:
            cool = self._factors.get(factor["reefer_factor_id"] or "")
            if cool is not None:
                factor = cool
            else:
                name = "reefer-sea" if afloat else "reefer-road"
                uplift = self.constant(name)
                rows.append(("footprint_constants", name))
                fallbacks[f"cooling on {factor['factor_id']}: no factor of its own, {name}"] = WHOLE
        rows.insert(0, ("emission_factors", factor["factor_id"]))
        daf, adjusted = distance_adjustment(self.tables, factor)
        rows += adjusted
        kind = "marine_fuel" if afloat else "diesel"
        usual = self._fuels[SHIP_FUEL if afloat else RAIL_DIESEL]
        fuel = self._fuels[cargo.fuels.get(kind, usual["fuel_id"])]
        mean_t = self.constant("cargo-t-per-teu")
        per_teu = factor["g_co2e_per_teu_km_wtw"] is not None
        native = "TEU-km" if per_teu else "tkm"
        unit = {"mass": "tkm", "teu": "TEU-km", None: native}[cargo.allocate]
        turned = 1.0 if unit == native else (1 / mean_t if native == "TEU-km" else mean_t)
        if unit != native:
            rows.append(("footprint_constants", "cargo-t-per-teu"))
        by = turned * daf * uplift
        if afloat:
            sailing, used = self._sailing(factor, fallbacks)
            by, rows = by * sailing, [*rows, *used]
        power_g = kwh = mj = 0.0
        if factor["energy"] == "electricity" and factor["wh_per_tkm"] is not None:
            powers = [self.grid.of(code) for code in (leg["from_country"], leg["to_country"])]
            loss = self.constant(GRID_LOSS)
            mean = sum(power.g_per_kwh for power in powers) / 2
            wtw = electric_g_per_tkm(factor["wh_per_tkm"], mean, loss) * by
            ttw, power_g = 0.0, wtw
            rows += [row for power in powers for row in power.rows]
            fallbacks |= {power.instead_of: WHOLE for power in powers if power.instead_of}
            kwh = factor["wh_per_tkm"] / 1000.0 * by * self._activity(leg["km"], unit)
            carriers = [("Electric", 1.0)]
        else:
            prefix = "g_co2e_per_teu_km" if per_teu else "g_co2e_per_tkm"
            wtw, ttw = factor[f"{prefix}_wtw"], factor[f"{prefix}_ttw"]
            whole = usual["wtt_g_per_mj"] + usual["ttw_g_per_mj"]
            if ttw is None:
                ttw = wtw * usual["ttw_g_per_mj"] / whole
                rows.append(("fuels", usual["fuel_id"]))
                fallbacks[f"tank-to-wheel of {factor['factor_id']}: share of {usual['fuel_id']}"] = WHOLE
            if fuel is not usual:
                # The same energy from another fuel.
                wtw *= (fuel["wtt_g_per_mj"] + fuel["ttw_g_per_mj"]) / whole
                ttw *= fuel["ttw_g_per_mj"] / usual["ttw_g_per_mj"]
                rows.append(("fuels", fuel["fuel_id"]))
            wtw, ttw = wtw * by, ttw * by
            if fuel["ttw_g_per_mj"] > 0:
                mj = ttw / fuel["ttw_g_per_mj"] * self._activity(leg["km"], unit)
            carriers = [(fuel["carrier"], 1.0)]
        return {
            "activity_unit": unit,
            "activity": self._activity(leg["km"], unit),
            "daf": daf,
            "g_wtw": wtw,
            "g_ttw": ttw,
            "class_g_wtw": wtw,
            "power_g": power_g,
            "carriers": carriers,
            "energy_kwh": kwh,
            "energy_mj": mj,
            "fuel_id": "" if carriers[0][0] == "Electric" else fuel["fuel_id"],
            "method": "class",
            "quality": _quality(factor),
            "rows": list(dict.fromkeys(rows)),
            "fallbacks": fallbacks,
        }

    def _sailing(self, factor: Row, fallbacks: dict[str, float]) -> tuple[float, list[tuple[str, str]]]:
        """What the speed and the load that are asked for make of a ship's factor; 1 without them."""
        by, rows, load = 1.0, [], self.cargo.ship_load
        if self.cargo.ship_speed != 1.0:
            by *= slower_ship(self.cargo.ship_speed, self.constant("ship-speed-power"))
            rows.append(("footprint_constants", "ship-speed-power"))
        if load is not None and factor["fill_share"] is not None:
            # A ship's fuel hardly follows its load: fewer boxes share the same.
            by *= factor["fill_share"] / load
        elif load is not None:
            fallbacks[f"load of {factor['factor_id']}: its own is not published, left as it is"] = WHOLE
        return by, rows

    # Hubs.

    def _hub(self, stop: Row) -> dict[str, Any]:
        """A handling in a container terminal. Its fuel is not published: tank-to-wheel as if all diesel."""
        name = "hub-container-reefer" if self.cargo.reefer else "hub-container"
        g_wtw = self.constant(name) * 1000.0
        diesel = self._fuels[RAIL_DIESEL]
        g_ttw = g_wtw * diesel["ttw_g_per_mj"] / (diesel["wtt_g_per_mj"] + diesel["ttw_g_per_mj"])
        terminal = self._terminals[stop["terminal_id"]]
        port = "seaport" in terminal["kinds"]
        boxes = float(self.cargo.boxes)
        return {
            "seq": stop["seq"],
            "element": "hub",
            "category_id": f"{name}.{stop['terminal_id']}",
            "group": f"default:{name}",
            "mode": "",
            "vehicle": "sea container terminal" if port else "inland container terminal",
            "service_id": "",
            "from_id": stop["terminal_id"],
            "from_name": stop["terminal_name"],
            "from_country": stop["country"],
            "to_id": stop["terminal_id"],
            "to_name": stop["terminal_name"],
            "to_country": stop["country"],
            "depart_at": None,
            "arrive_at": None,
            "mass_t": self.cargo.mass_t,
            "distance_km": 0.0,
            "distance_basis": "",
            "standard": "GLEC v3.2",
            "plan_kg_co2e": stop["kg_co2e"],
            "activity_unit": "container",
            "activity": boxes,
            "daf": 1.0,
            "g_wtw": g_wtw,
            "g_ttw": g_ttw,
            "class_g_wtw": g_wtw,
            "power_g": 0.0,
            "carriers": [("Diesel", 1.0)],
            "energy_kwh": 0.0,
            "energy_mj": 0.0,
            "fuel_id": "",
            "method": "class",
            "quality": "default",
            "rows": [("footprint_constants", name)],
            "fallbacks": {"tank-to-wheel of terminals: not published, as if all of it were diesel": g_wtw},
            "kg_co2e_wtw": g_wtw * boxes / 1000.0,
            "kg_co2e_ttw": g_ttw * boxes / 1000.0,
            "class_kg_co2e": g_wtw * boxes / 1000.0,
        }


def _quality(factor: Row) -> str:
    """primary: measured; modelled: a physical estimate; default: a published class."""
    return {"measured": "primary", "estimate": "modelled"}.get(str(factor["basis"]), "default")


def shares(total_kg: float, amounts: Sequence[float]) -> list[float]:
    """A vehicle's total shared over its shippers by their mass or TEU; the shares sum to it.

    Raises InputError for an amount below 0 and where all are 0.
    >>> shares(100.0, [1, 3])
    [25.0, 75.0]
    """
    faults = [
        Fault("bad_quantity", f"{amount} is no amount", f"shipper {at}", str(amount), "a number of 0 or more")
        for at, amount in enumerate(amounts, 1)
        if not (math.isfinite(amount) and amount >= 0)
    ]
    if faults:
        raise InputError(faults)
    whole = math.fsum(amounts)
    if whole <= 0:
        raise InputError(Fault("bad_quantity", "nobody has anything on board", accepted="an amount above 0"))
    found = [total_kg * amount / whole for amount in amounts]
    largest = max(range(len(found)), key=lambda at: found[at])
    found[largest] = total_kg - math.fsum(kg for at, kg in enumerate(found) if at != largest)
    return found
