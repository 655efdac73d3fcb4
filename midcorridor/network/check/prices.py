"""Figures without which a move has no price or no carbon."""

from __future__ import annotations

from collections.abc import Iterator

from ..compiled import Compiled, Line, Row, holds_on
from .finding import ERROR, Finding
from .reach import ROAMING

# Items of unit_costs that every quotation needs, whatever the route.
NEEDED = ("container_hire", "forwarder_margin", "size_ratio")


def _prices(compiled: Compiled, item: str) -> list[Row]:
    return [row for row in compiled.tables["unit_costs"] if row["item"] == item and _counts(compiled, row)]


def _counts(compiled: Compiled, row: Row) -> bool:
    """Whether plans use the row; a 20 ft box is priced as a share of a 40 ft one, its size_ratio."""
    sized = row["container"] != "20" or row["item"] == "size_ratio"
    return bool(row["in_model"]) and sized and holds_on(row, compiled.day)


def twice(compiled: Compiled) -> Iterator[Finding]:
    """Two rows that price the same thing on the same day: nobody could tell which one a quotation used."""
    first: dict[tuple[str, ...], str] = {}
    for row in compiled.tables["unit_costs"]:
        if not _counts(compiled, row):
            continue
        thing = tuple(str(row[name]) for name in ("item", "service_id", "country", "corridor", "direction"))
        other = first.setdefault(thing, row["cost_id"])
        if other != row["cost_id"]:
            yield Finding(
                ERROR,
                "two_prices",
                f"{other} prices the same thing on {compiled.day}, so plans fail",
                f"unit_costs.csv {row['cost_id']}",
                "Keep one in_model, or part them by dates",
            )


def ships(compiled: Compiled) -> Iterator[Finding]:
    """Ships without freight: plans leave them out."""
    rows = _prices(compiled, "sea_freight")
    for line in compiled.lines:
        service = line.service
        if service["mode"] not in ("sea", "inland_waterway"):
            continue
        fits = {"any", "forward" if line.forward else "backward", _bound(compiled, line)}
        if not any(
            row["service_id"] in (None, service["service_id"]) and row["direction"] in fits for row in rows
        ):
            way = "forward" if line.forward else "backward"
            yield Finding(
                ERROR,
                "ship_without_price",
                f"no sea_freight row prices its calls {way}, so plans leave it out",
                f"services.csv {service['service_id']}",
                "Add a row to unit_costs.csv with its service_id and direction any, forward or backward",
            )


def _bound(compiled: Compiled, line: Line) -> str:
    start = compiled.terminals[line.hops[0].from_terminal]["lon"]
    return "westbound" if compiled.terminals[line.hops[-1].to_terminal]["lon"] < start else "eastbound"


def tariffs(compiled: Compiled) -> Iterator[Finding]:
    """Countries that trains or trucks run in without a tariff: plans through them fail."""
    trucked = {
        row["country"]
        for terminal_id, row in compiled.terminals.items()
        if compiled.handles_boxes(terminal_id)
    }
    for mode, item, others in (
        ("rail", "rail_tariff", set()),
        ("road", "truck_rate", trucked),
        ("road", "drayage_minimum", trucked),
    ):
        priced = {row["country"] for row in _prices(compiled, item) if row["service_id"] is None}
        for country in sorted(_crossed(compiled, mode) | others):
            if country not in priced and None not in priced:
                yield Finding(
                    ERROR,
                    "country_without_tariff",
                    f"freight goes by {mode} there, and it has no {item}",
                    f"countries.csv {country}",
                    "Add a row with that item for the country to unit_costs.csv",
                )
    countries = compiled.tables.by_key("countries")
    for country in sorted(trucked):
        if countries[country]["truck_km_per_day"] is None:
            yield Finding(
                ERROR,
                "country_without_truck_speed",
                "it has terminals, and no truck speed for the first and last mile",
                f"countries.csv {country}",
                "Fill truck_km_per_day",
            )


def _crossed(compiled: Compiled, mode: str) -> set[str]:
    return {
        compiled.terminals[link[side]]["country"]
        for link in compiled.links.values()
        if link["mode"] == mode
        for side in ("from_terminal", "to_terminal")
    }


def needed_everywhere(compiled: Compiled) -> Iterator[Finding]:
    """Prices that every plan needs."""
    for item in NEEDED:
        if not any(row["country"] is None and row["service_id"] is None for row in _prices(compiled, item)):
            yield Finding(
                ERROR, "missing_price", f"no row in the model has the item {item}", "unit_costs.csv", "Add it"
            )


def factors(compiled: Compiled) -> Iterator[Finding]:
    """Services whose emission factor lacks the value that their moves are multiplied by: plans fail."""
    known = compiled.tables.by_key("emission_factors")
    wireless = _services_without_wire(compiled)
    for service_id, service in compiled.services.items():
        factor = known[service["factor_id"]]
        if service["mode"] != "rail":
            lacks = factor["g_co2e_per_tkm_wtw"] is None and factor["g_co2e_per_teu_km_wtw"] is None
            what = f"{service['factor_id']} has no value per tonne-km or per TEU-km"
        else:
            diesel = known[factor["no_wire_factor_id"] or service["factor_id"]]
            runs_diesel = factor["wh_per_tkm"] is None or service_id in wireless
            lacks = runs_diesel and diesel["g_co2e_per_tkm_wtw"] is None
            what = f"{service['factor_id']} has no value for sections without wire"
        if lacks:
            yield Finding(
                ERROR,
                "missing_factor",
                what,
                f"services.csv {service_id}",
                "Fill the factor or its no_wire_factor_id, or name another",
            )


def _services_without_wire(compiled: Compiled) -> set[str]:
    """Rail services that run over a link that is not wired all along."""
    bare = {
        link_id
        for link_id, link in compiled.links.items()
        if link["mode"] == "rail" and (link["electrified_share"] or 0.0) < 1
    }
    lines = {
        line.service["service_id"]
        for line in compiled.lines
        for hop in line.hops
        for link, _ in hop.links
        if link["link_id"] in bare
    }
    return lines | (set(ROAMING) if bare else set())


def electricity(compiled: Compiled) -> Iterator[Finding]:
    """Countries with electric railways and no grid intensity."""
    known = {row["country"] for row in compiled.tables["grid"]}
    lacking: dict[str, str] = {}
    for link_id, link in compiled.links.items():
        if link["mode"] == "rail" and link["electrified_share"]:
            ends = {compiled.terminals[link[side]]["country"] for side in ("from_terminal", "to_terminal")}
            if not ends & known:
                lacking.setdefault(min(ends), link_id)
    for country, link_id in sorted(lacking.items()):
        yield Finding(
            ERROR,
            "country_without_grid",
            f"{link_id} is electric there, and grid.csv has no row for the country",
            f"countries.csv {country}",
            "Add the intensity of its electricity to grid.csv",
        )
