"""Greenhouse gases of the routes of a plan, as ISO 14083 counts them: element by element, with a range."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import Fault, InputError
from ..network import Network
from ..plan import PlanResult
from ..results import RunInfo
from ..said import Said
from ..tables import Tables
from .answer import FootprintResult
from .cargo import Cargo, cargo_of
from .cases import published_cases
from .chain import Chain, shares
from .chance import interval, sampled
from .charges import charges
from .compare import break_even, by_air
from .electricity import Grid, grid_of
from .ileap import ileap_faults
from .measures import measures

__all__ = ["FootprintResult", "footprint", "ileap_faults", "published_cases", "shares"]

BOUNDARY = (
    "From the first pick-up to the last delivery: energy of the vehicles with its making, empty running of "
    "rail and of published factors, handling in container terminals. Not counted: waiting at frontiers, "
    "heating and light of offices, making of vehicles and tracks, leaks of refrigerants, black carbon, "
    "contrails."
)


def footprint(
    plan: PlanResult,
    network: Network,
    *,
    route_id: str | None = None,
    compare: bool = False,
    grid: str | Path | None = None,
    allocate: str | None = None,
    load_factor: float = 1.0,
    fuel: str | None = None,
    marine_fuel: str | None = None,
    gradient: str | None = None,
    ship_speed: float = 1.0,
    ship_load: float | None = None,
    air_usd_per_kg: float | None = None,
    air_days: float | None = None,
    seed: int = 0,
) -> FootprintResult:
    """The greenhouse gases of the first route of a plan, of one that is named, or of all with compare.

    network : the one that the plan was made with
    grid : a year, zero, or a CSV file with the columns of the table grid; None the year of the shipment
    allocate : mass or teu; None shares each vehicle as its factor is published
    load_factor : slots of a train's loaded wagons that are taken, above 0 and at most 1
    fuel, marine_fuel : fuel_id in place of the diesel of trains and trucks, and of the fuel of ships
    gradient : flat, hilly or mountain for all rails; None as the factor of each train says
    ship_speed : of all ships, by the speed that their factors count with
    ship_load : share of every ship's room that is taken; None as the factors count
    air_usd_per_kg, air_days : an offer by air, to compare with
    Raises InputError that names what cannot be.
    """
    started = time.perf_counter()
    ready_at = datetime.fromisoformat(plan.question["ready_at"])
    tables = network.tables_on(ready_at.date())
    _check_offer(air_usd_per_kg, air_days, seed)
    cargo = cargo_of(
        plan.question,
        tables,
        allocate=allocate,
        load_factor=load_factor,
        fuel=fuel,
        marine_fuel=marine_fuel,
        gradient=gradient,
        ship_speed=ship_speed,
        ship_load=ship_load,
    )
    asked = grid_of(tables, grid, ready_at.year)
    chosen = list(plan.routes) if compare else list(plan.routes[:1])
    if route_id is not None:
        chosen = [route for route in plan.routes if route["route_id"] == route_id]
        if not chosen:
            known = ", ".join(str(route["route_id"]) for route in plan.routes) or "none: no route was found"
            raise InputError(
                Fault("unknown_route", f"there is no route {route_id!r}", "--route", route_id, known)
            )
    chain = Chain(tables, cargo, asked)
    sigmas = {name: chain.constant(f"spread-{name}") for name in ("primary", "modelled", "default")}
    elements: list[dict[str, Any]] = []
    routes: list[dict[str, Any]] = []
    for route in chosen:
        own = chain.elements(route)
        for element in own:
            low, high = interval(element["kg_co2e_wtw"], sigmas[element["quality"]])
            element |= {"p05_kg_co2e": low, "p95_kg_co2e": high}
        elements += own
        told = _told(route, own, sampled(own, sigmas, seed))
        told["charges"] = charges(tables, own, plan.question)
        told["measures"] = measures(tables, own, _again(tables, cargo, asked, route, ready_at.year))
        routes.append(told)
    air = by_air(plan.question, chain.constant, air_usd_per_kg, air_days) if compare else None
    ways: list[Mapping[str, Any]] = [
        route | {"name": f"{route['route_id']} {route['corridor']}"} for route in routes
    ]
    used = {row: tables.by_key(row[0])[row[1]] for element in elements for row in element["rows"]}
    if air is not None:
        ways.append(air | {"name": "air"})
        used |= {row: tables.by_key(row[0])[row[1]] for row in air["rows"]}
    for route in routes:
        for line in route["charges"]:
            used |= {("climate_rules", key): tables.by_key("climate_rules")[key] for key in line["rules"]}
        for measure in route["measures"]:
            for row in measure["rows"]:
                table, _, key = row.partition(" ")
                used[table, key] = tables.by_key(table)[key]
    for name in sigmas:
        key = f"spread-{name}"
        used["footprint_constants", key] = tables.by_key("footprint_constants")[key]
    options = {
        "grid": str(grid) if grid is not None else None,
        "allocate": allocate,
        "load_factor": load_factor,
        "fuel": fuel,
        "marine_fuel": marine_fuel,
        "gradient": gradient,
        "ship_speed": ship_speed,
        "ship_load": ship_load,
        "air_usd_per_kg": air_usd_per_kg,
        "air_days": air_days,
        "seed": seed,
        "compare": compare,
        "plan": dict(plan.run.options),
    }
    notes = list(plan.status.notes)
    if compare and routes and not any(str(route["corridor"]).startswith("ocean") for route in routes):
        notes.append(Said("no_ocean"))
    return FootprintResult(
        {
            **plan.question,
            "grid": asked.name,
            "electricity": asked.told,
            "boundary": BOUNDARY,
            "standard": "ISO 14083:2023",
        },
        replace(plan.status, notes=tuple(notes)),
        routes,
        elements,
        air,
        break_even(ways) if compare else [],
        _sources(tables, used.values()),
        {f"{table} {key}": row for (table, key), row in used.items()},
        RunInfo(
            __version__,
            network.scenario,
            network.digest(),
            options,
            round(time.perf_counter() - started, 4),
        ),
    )


def _told(
    route: Mapping[str, Any], elements: list[dict[str, Any]], spread: Mapping[str, float]
) -> dict[str, Any]:
    wtw = sum(element["kg_co2e_wtw"] for element in elements)
    fallbacks: dict[str, float] = {}
    for element in elements:
        for what, kg in element["fallbacks"].items():
            # A gap in the electricity of one country is one gap, whichever section it is met on.
            fallbacks[what] = fallbacks.get(what, 0.0) + kg
    quality = {
        name: sum(e["kg_co2e_wtw"] for e in elements if e["quality"] == name) / wtw if wtw else 0.0
        for name in ("primary", "modelled", "default")
    }
    tkm = sum(element["distance_km"] * element["mass_t"] for element in elements)
    classes = [e["class_kg_co2e"] if e["class_kg_co2e"] is not None else e["kg_co2e_wtw"] for e in elements]
    return {
        "route_id": route["route_id"],
        "corridor": route["corridor"],
        "via": list(route["via"]),
        "km": route["km"],
        "mean_h": route["mean_h"],
        "cost_usd": route["cost_usd"],
        "kg_co2e_wtw": wtw,
        "kg_co2e_ttw": sum(element["kg_co2e_ttw"] for element in elements),
        **spread,
        "class_kg_co2e": sum(classes),
        "plan_kg_co2e": route["kg_co2e"],
        "tkm": tkm,
        "g_per_tkm_wtw": wtw * 1000.0 / tkm if tkm else 0.0,
        "quality": quality,
        "fallbacks": [
            {"what": what, "share": kg / wtw if wtw else 0.0}
            for what, kg in sorted(fallbacks.items(), key=lambda item: (-item[1], item[0]))
        ],
    }


def _again(tables: Tables, cargo: Cargo, asked: Grid, route: Mapping[str, Any], year: int) -> Any:
    """Kilograms of a route with other options."""

    def kilograms(
        *,
        grid: str | None = None,
        fuel: str | None = None,
        marine_fuel: str | None = None,
        wired: bool = False,
        slower: float = 1.0,
    ) -> float:
        fuels = dict(cargo.fuels) | {
            kind: name for kind, name in (("diesel", fuel), ("marine_fuel", marine_fuel)) if name
        }
        held = tables
        if wired:
            links = [
                {**row, "electrified_share": 1.0} if row["mode"] == "rail" else row for row in tables["links"]
            ]
            held = Tables({**tables.rows, "links": links})
        power = grid_of(tables, grid, year) if grid else asked
        sent = replace(cargo, fuels=fuels, ship_speed=cargo.ship_speed * slower)
        own = Chain(held, sent, power).elements(route)
        return float(sum(element["kg_co2e_wtw"] for element in own))

    return kilograms


def _sources(tables: Tables, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    known = tables.by_key("sources")
    uses: dict[str, int] = {}
    for row in rows:
        for source_id in row.get("source") or ():
            uses[source_id] = uses.get(source_id, 0) + 1
    own = {"title": "The user's own table", "publisher": "user", "date": None, "url": None}
    return [
        {
            "source_id": source_id,
            **{name: known.get(source_id, own)[name] for name in ("title", "publisher", "date", "url")},
            "uses": count,
        }
        for source_id, count in sorted(uses.items(), key=lambda item: (-item[1], item[0]))
    ]


def _check_offer(usd_per_kg: float | None, days: float | None, seed: int) -> None:
    faults = [
        Fault("bad_quantity", f"{value} is no offer", option, str(value), "a number above 0")
        for value, option in ((usd_per_kg, "--air-usd-per-kg"), (days, "--air-days"))
        if value is not None and not 0 < value < float("inf")
    ]
    if seed < 0:
        faults.append(Fault("bad_seed", f"{seed} is no seed", "--seed", str(seed), "a whole number from 0"))
    if faults:
        raise InputError(faults)
