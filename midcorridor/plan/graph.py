"""Builds the moves that freight can make on a day: boardings, runs and transfers (see `moves`)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..costs import distance_tariff_usd
from ..emissions import electric_g_per_tkm, mixed_g_per_tkm, per_teu_km_kg_co2e, per_tkm_kg_co2e
from ..errors import Fault, InputError
from ..network import Compiled
from ..network.compiled import Line, Row
from ..times import HOURS_PER_DAY, closures_wait_h, headway_wait_h, lognormal_mean_h
from .moves import (
    CAPE,
    CASPIAN,
    CAUCASUS,
    COUNTRY_FLAGS,
    DRAYAGE_KM,
    LONG_ROAD,
    ORDINARY_RAIL,
    SUEZ,
    TRUCK,
    Graph,
    Part,
    QuoteLine,
)
from .prices import Prices

_Boarding = tuple[str, "_Deck", int, Row, tuple[tuple[Row, bool], ...], bool]
_PASSAGE_FLAGS = {"caspian": CASPIAN, "suez": SUEZ, "cape": CAPE}
_CAUCASUS_FRONTIER = {frozenset(("AZ", "GE"))}
# A conventional 14 m wagon and a trailer each take one 40 ft box.
_TEU_PER_UNIT = {"TEU": 1.0, "wagon_14m": 2.0, "trailer": 2.0}


@dataclass(frozen=True, slots=True)
class _Deck:
    """How a box stands on a vehicle: it decides what a change to the next vehicle takes."""

    name: str  # rail1435, rail1520, ship, road, trailer
    mode: str
    gauge_mm: int | None = None


class Builder:
    """Makes the graph of one day and one direction of travel."""

    def __init__(self, compiled: Compiled, bound: str) -> None:
        self.compiled = compiled
        self.prices = Prices(compiled, bound)
        self.graph = Graph()
        self._factors = compiled.tables.by_key("emission_factors")
        self._grid = _latest_grid(compiled)
        self._partial = [row for row in compiled.closures if row["closed_share"] < 1]
        self._decks: dict[str, set[_Deck]] = {}

    def build(self) -> Graph:
        """The graph without origin and destination."""
        boardings: list[_Boarding] = []
        for line in self.compiled.lines:
            boardings.extend(self._line(line))
        for service_id, mode in ((ORDINARY_RAIL, "rail"), (TRUCK, "road")):
            if service_id in self.compiled.services:
                boardings.extend(self._roaming(self.compiled.services[service_id], mode))
        for terminal_id, deck, node, service, run, forward in boardings:
            self._board(terminal_id, deck, node, service, run, forward)
        return self.graph

    # Runs.

    def _line(self, line: Line) -> Iterable[_Boarding]:
        service = line.service
        service_id = service["service_id"]
        fixed = self.prices.find("sea_freight", service_id=service_id, forward=line.forward)
        if service["mode"] in ("sea", "inland_waterway") and fixed is None:
            missing = f"service {service_id}: no price (a sea_freight row of unit_costs.csv names it)"
            if missing not in self.graph.left_out:
                self.graph.left_out.append(missing)
            return
        way = "+" if line.forward else "-"
        for number, hop in enumerate(line.hops):
            deck = self._deck(service, hop.links[0][0])
            aboard = self.graph.node("aboard", service_id + way, str(number))
            ends = self.graph.node("arrived", service_id + way, str(number))
            parts = self._run_parts(hop.links, service, hop.running_p50_h, hop.running_p90_h, line.forward)
            self.graph.add(
                aboard, ends, parts, service_id=service_id, mode=service["mode"], **self._touches(hop.links)
            )
            if number + 1 < len(line.hops):
                following = line.hops[number + 1]
                shut_h, shut_rows = self._closure("", service, following.links)
                stop = Part(
                    "halt",
                    hop.to_terminal,
                    handling_h=following.halt_h,
                    closure_h=shut_h,
                    rows=shut_rows,
                )
                stay = (stop,) if stop.hours else ()
                onward = self.graph.node("aboard", service_id + way, str(number + 1))
                self.graph.add(ends, onward, stay, service_id=service_id, mode=service["mode"])
            self._alight(hop.to_terminal, deck, ends, service)
            yield hop.from_terminal, deck, aboard, service, hop.links, line.forward

    def _roaming(self, service: Row, mode: str) -> Iterable[_Boarding]:
        """Ordinary trains and trucks, which may use any link of their mode."""
        seen: set[tuple[str, _Deck]] = set()
        seen_ends: set[tuple[str, _Deck]] = set()
        for link in self.compiled.links.values():
            if link["mode"] != mode:
                continue
            deck = self._deck(service, link)
            ways = ((True, "from_terminal", "to_terminal"), (False, "to_terminal", "from_terminal"))
            for along, tail_end, head_end in ways[: 2 if link["direction"] == "both" else 1]:
                start, end = link[tail_end], link[head_end]
                run = ((link, along),)
                parts = self._run_parts(run, service, None, None)
                shut_h, shut_rows = self._closure("", service, run)
                if shut_h:
                    parts.insert(0, Part("halt", start, closure_h=shut_h, rows=shut_rows))
                arrived = self.graph.node("arrived", service["service_id"], deck.name, end)
                self.graph.add(
                    self.graph.node("aboard", service["service_id"], deck.name, start),
                    arrived,
                    parts,
                    service_id=service["service_id"],
                    mode=mode,
                    **self._touches(run),
                )
                if (end, deck) not in seen_ends:
                    seen_ends.add((end, deck))
                    onward = self.graph.node("aboard", service["service_id"], deck.name, end)
                    self.graph.add(arrived, onward, service_id=service["service_id"], mode=mode)
                    self._alight(end, deck, arrived, service)
                if (start, deck) not in seen:
                    seen.add((start, deck))
                    aboard = self.graph.node("aboard", service["service_id"], deck.name, start)
                    yield start, deck, aboard, service, (), True

    def _run_parts(
        self,
        run: tuple[tuple[Row, bool], ...],
        service: Row,
        p50_h: float | None,
        p90_h: float | None,
        forward: bool = True,
    ) -> list[Part]:
        sums_h = [lognormal_mean_h(link["running_p50_h"], link["running_p90_h"]) for link, _ in run]
        slowest = service["most_km_per_day"]
        if slowest is not None:
            sums_h = [
                max(hours, HOURS_PER_DAY * link["km"] / slowest)
                for hours, (link, _) in zip(sums_h, run, strict=True)
            ]
        if p50_h is not None:
            # The service's own time for the hop replaces the links' and is shared out over them.
            whole_h = lognormal_mean_h(p50_h, p90_h if p90_h is not None else p50_h)
            sums_h = [whole_h * hours / sum(sums_h) for hours in sums_h]
        parts: list[Part] = []
        for (link, along), hours in zip(run, sums_h, strict=True):
            start = link["from_terminal"] if along else link["to_terminal"]
            end = link["to_terminal"] if along else link["from_terminal"]
            lines = self._run_lines(link, service, start, end, forward)
            kg_per_t, kg_per_teu, factor_rows = self._run_carbon(link, service, start, end)
            borders = self._border_parts(link["mode"], start, end) if link["mode"] in ("rail", "road") else []
            parts.extend(part for part in borders if part.terminal_id == start)
            parts.append(
                Part(
                    "run",
                    terminal_id=end,
                    link_id=link["link_id"],
                    km=link["km"],
                    handling_h=hours,
                    kg_per_t=kg_per_t,
                    kg_per_teu=kg_per_teu,
                    lines=lines,
                    rows=(("links", link["link_id"]), *factor_rows),
                )
            )
            parts.extend(part for part in borders if part.terminal_id != start)
        return parts

    def _run_lines(
        self, link: Row, service: Row, start: str, end: str, forward: bool
    ) -> tuple[QuoteLine, ...]:
        """Tariff lines of one link. A link over a frontier is tariffed half by each railway."""
        if service["mode"] in ("sea", "inland_waterway"):
            return ()  # the freight of a ship is for the whole voyage: see _board
        item = "rail_tariff" if link["mode"] == "rail" else "truck_rate"
        countries = [self.compiled.terminals[place]["country"] for place in (start, end)]
        halves = [(countries[0], 1.0)] if countries[0] == countries[1] else [(c, 0.5) for c in countries]
        lines = []
        for country, part in halves:
            price = self.prices.need(item, country=country, service_id=service["service_id"], forward=forward)
            usd = distance_tariff_usd(link["km"] * part, price.value)
            lines.append(QuoteLine(item, usd, "unit_costs", price.cost_id))
        return tuple(lines)

    def _run_carbon(
        self, link: Row, service: Row, start: str, end: str
    ) -> tuple[float, float, tuple[tuple[str, str], ...]]:
        factor = self._factors[service["factor_id"]]
        used = [("emission_factors", factor["factor_id"])]
        km = link["km"]
        if link["mode"] == "rail":
            return self._rail_carbon(link, factor, start, end)
        if factor["g_co2e_per_teu_km_wtw"] is not None:
            return 0.0, per_teu_km_kg_co2e(km, factor["g_co2e_per_teu_km_wtw"]), tuple(used)
        return per_tkm_kg_co2e(km, factor["g_co2e_per_tkm_wtw"]), 0.0, tuple(used)

    def _rail_carbon(
        self, link: Row, factor: Row, start: str, end: str
    ) -> tuple[float, float, tuple[tuple[str, str], ...]]:
        """Electric over the share of the section under wire, on that country's grid; diesel elsewhere."""
        countries = [self.compiled.terminals[place]["country"] for place in (start, end)]
        share = link["electrified_share"] or 0.0
        used: list[tuple[str, str]] = []
        electric_g = diesel_g = 0.0
        if share > 0 and factor["wh_per_tkm"] is not None:
            grids = [self._grid_of(country) for country in countries]
            # As with the tariff, a link over a frontier is half of each country.
            intensity = sum(grid["g_co2e_per_kwh"] for grid in grids) / 2
            electric_g = electric_g_per_tkm(factor["wh_per_tkm"], intensity)
            used.append(("emission_factors", factor["factor_id"]))
            used += dict.fromkeys(("grid", grid["grid_id"]) for grid in grids)
        else:
            share = 0.0
        if share < 1:
            diesel = factor
            if factor["no_wire_factor_id"] is not None:
                diesel = self._factors[factor["no_wire_factor_id"]]
            if diesel["g_co2e_per_tkm_wtw"] is None:
                raise InputError(
                    Fault(
                        "missing_figure",
                        f"{factor['factor_id']} has no factor where there is no wire",
                        "emission_factors.csv",
                        accepted="no_wire_factor_id of a row with g_co2e_per_tkm_wtw",
                    )
                )
            diesel_g = diesel["g_co2e_per_tkm_wtw"]
            used.append(("emission_factors", diesel["factor_id"]))
        kg_per_t = per_tkm_kg_co2e(link["km"], mixed_g_per_tkm(share, electric_g, diesel_g))
        return kg_per_t, 0.0, tuple(used)

    def _grid_of(self, country: str) -> Row:
        row = self._grid.get(country)
        if row is None:
            raise InputError(
                Fault(
                    "missing_figure",
                    f"no grid intensity for {country}",
                    "grid.csv",
                    accepted="a row of the country",
                )
            )
        return row

    def _border_parts(self, mode: str, start: str, end: str) -> list[Part]:
        terminals = self.compiled.terminals
        first, second = terminals[start]["country"], terminals[end]["country"]
        if first == second:
            return []
        parts = []
        for row in self.compiled.procedures(mode, start, end):
            key = row["procedure_id"]
            usd = row["usd_per_feu"]
            parts.append(
                Part(
                    "border",
                    terminal_id=start if row["side"] == "exit" else end,
                    handling_h=lognormal_mean_h(row["p50_h"], row["p90_h"]),
                    lines=(QuoteLine("border_fees", usd, "border_procedures", key),)
                    if usd is not None
                    else (),
                    rows=(("border_procedures", key),),
                    note=f"{first}>{second} {row['side']} {_where(row)}",
                )
            )
        return parts

    def _touches(self, run: Iterable[tuple[Row, bool]]) -> dict[str, Any]:
        """Flags, tags and direction of a run."""
        flags, tags = 0, set()
        west = 0.0
        for link, along in run:
            start = self.compiled.terminals[link["from_terminal"] if along else link["to_terminal"]]
            end = self.compiled.terminals[link["to_terminal"] if along else link["from_terminal"]]
            for place in (start, end):
                tags |= {f"terminal:{place['terminal_id']}", f"country:{place['country']}"}
                flags |= COUNTRY_FLAGS.get(place["country"], 0)
            if start["country"] != end["country"]:
                tags.add(f"frontier:{start['country']}>{end['country']}")
            if frozenset((start["country"], end["country"])) in _CAUCASUS_FRONTIER:
                flags |= CAUCASUS
            for passage in link["passages"] or ():
                flags |= _PASSAGE_FLAGS.get(passage, 0)
                tags.add(f"passage:{passage}")
            tags |= {f"link:{link['link_id']}", f"mode:{link['mode']}"}
            if link["mode"] == "road" and (start["country"] != end["country"] or link["km"] > DRAYAGE_KM):
                tags.add(LONG_ROAD)
            west += start["lon"] - end["lon"]
        return {"flags": flags, "tags": frozenset(tags), "westbound": west > 0}

    # What happens at terminals.

    def _deck(self, service: Row, link: Row) -> _Deck:
        if link["mode"] == "rail":
            return _Deck(f"rail{link['gauge_mm']}", "rail", link["gauge_mm"])
        if link["mode"] == "road":
            return _Deck("road", "road")
        accepts = service["accepts"]
        if "container" in accepts:
            return _Deck("ship", link["mode"])
        # A ferry takes the wagon or trailer with the box on it, so the box leaves as it came.
        if "wagon" not in accepts:
            return _Deck("trailer", link["mode"])
        gauge = self._ferry_gauge(link)
        return _Deck(f"rail{gauge}", link["mode"], gauge)

    def _ferry_gauge(self, link: Row) -> int:
        """The gauge of the wagons on a ferry: that of the tracks at both its ends, the broad one first."""
        ends = (self.compiled.terminals[link[end]] for end in ("from_terminal", "to_terminal"))
        common = set.intersection(*(set(end["gauges_mm"] or ()) for end in ends))
        if not common:
            raise InputError(
                Fault(
                    "no_common_gauge",
                    f"wagons cannot roll over {link['link_id']}: its ends have no gauge in common",
                    "terminals.csv",
                    accepted="gauges_mm of both ends that share one",
                )
            )
        return max(int(gauge) for gauge in common)

    def _alight(self, terminal_id: str, deck: _Deck, node: int, service: Row) -> None:
        if not self.compiled.handles_boxes(terminal_id) and deck.name != "road":
            gauges = {row["from_gauge_mm"] for row in self._gauge_rows(terminal_id)}
            if deck.gauge_mm not in gauges:
                return
        self._decks.setdefault(terminal_id, set()).add(deck)
        yard = self.graph.node("yard", terminal_id, deck.name)
        self.graph.add(node, yard, service_id=service["service_id"], mode=service["mode"])

    def _gauge_rows(self, terminal_id: str) -> list[Row]:
        return [
            row
            for row in self.compiled.tables["dwell"]
            if row["terminal_id"] == terminal_id and row["activity"] == "gauge_change"
        ]

    def _board(
        self,
        terminal_id: str,
        deck: _Deck,
        node: int,
        service: Row,
        run: tuple[tuple[Row, bool], ...],
        forward: bool,
    ) -> None:
        """Edges from lying at a terminal to being on board, for every way of having come there."""
        service_id = service["service_id"]
        wait_h = headway_wait_h(service["departures_per_week"], service["headway_cv"])
        closure_h, closure_rows = self._closure(terminal_id, service, run)
        extra: list[QuoteLine] = []
        if service["mode"] in ("sea", "inland_waterway"):
            price = self.prices.find("sea_freight", service_id=service_id, forward=forward)
            assert price is not None
            extra.append(QuoteLine("sea_freight", price.value, "unit_costs", price.cost_id))
        elif service["mode"] == "rail":
            country = self.compiled.terminals[terminal_id]["country"]
            fixed = self.prices.find("rail_fixed", country=country)
            if fixed is not None:
                extra.append(QuoteLine("rail_fixed", fixed.value, "unit_costs", fixed.cost_id))
        # Trucks go side by side, so a shipment never waits for the next one of them.
        per_unit = math.inf if service_id == TRUCK else _TEU_PER_UNIT[service["capacity_unit"]]
        capacity_teu = service["capacity"] * per_unit
        fare = (Part("fare", terminal_id, lines=tuple(extra)),) if extra else ()
        comes = ["origin", *sorted({came.name for came in self._decks.get(terminal_id, ())})]
        for came in comes:
            activity = self._activity(came, deck)
            if activity is None:
                continue
            handled = self._handled(terminal_id, activity, came, deck)
            if handled is None:
                continue
            handling_h, lines, kg_per_teu, rows = handled
            if came == "origin":
                lines = (*lines, *self.booking_lines())
            part = Part(
                activity,
                terminal_id,
                handling_h=handling_h,
                wait_h=wait_h,
                closure_h=closure_h,
                kg_per_teu=kg_per_teu,
                lines=lines,
                rows=(*rows, ("services", service_id), *closure_rows),
                note=f"{came} > {deck.name}",
            )
            self.graph.add(
                self.graph.node("yard", terminal_id, came),
                node,
                (part, *fare),
                tags=frozenset(
                    {f"terminal:{terminal_id}", f"service:{service_id}"}
                    | ({LONG_ROAD} if deck.name == "trailer" else set())
                ),
                westbound=self._touches(run)["westbound"] if run else None,
                service_id=service_id,
                mode=service["mode"],
                capacity_teu=capacity_teu,
                departures_per_week=service["departures_per_week"],
                boards=True,
            )

    def booking_lines(self) -> tuple[QuoteLine, ...]:
        """What the forwarder charges once for papers and booking, where there is a quotation of it."""
        fee = self.prices.find("forwarding_fee")
        return (QuoteLine("forwarding_fee", fee.value, "unit_costs", fee.cost_id),) if fee else ()

    def _activity(self, came: str, deck: _Deck) -> str | None:
        """What a box that came so needs before it leaves so; None where it cannot.

        A truck comes and goes by the gate: what it brings is loaded, what it fetches discharged.
        """
        if came == deck.name == "road":
            return None  # a truck that drives on has not been left
        if deck.name == "trailer":
            return {"road": "load", "trailer": "transship"}.get(came)
        if deck.mode == "sea" and deck.name != "ship":
            return "transship" if came == deck.name else None  # only wagons roll on board of a rail ferry
        if came in ("origin", "road"):
            return "load"
        if deck.name == "road":
            return "discharge"
        if came.startswith("rail") and deck.mode == "rail" and came != deck.name:
            return "gauge_change"
        return "transship"

    def _handled(
        self, terminal_id: str, activity: str, came: str, deck: _Deck
    ) -> tuple[float, tuple[QuoteLine, ...], float, tuple[tuple[str, str], ...]] | None:
        gauges = (int(came[4:]), deck.gauge_mm) if activity == "gauge_change" else (None, None)
        by_rail = deck.mode == "rail" or (deck.name == "road" and came.startswith("rail"))
        dwell = self.compiled.dwell(terminal_id, activity, *gauges, by_rail=by_rail)
        handling = self.compiled.handling(terminal_id, activity, by_rail=by_rail)
        if dwell is None or handling is None:
            return None
        return (
            lognormal_mean_h(dwell["p50_h"], dwell["p90_h"]),
            (QuoteLine("handling", handling["usd_per_feu"], "handling", handling["handling_id"]),),
            handling["kg_co2e_per_teu"],
            (("dwell", dwell["dwell_id"]), ("handling", handling["handling_id"])),
        )

    def _closure(
        self, terminal_id: str, service: Row, run: tuple[tuple[Row, bool], ...]
    ) -> tuple[float, tuple[tuple[str, str], ...]]:
        """Mean wait for what a departure needs to be open: its ports, links, passages and itself.

        Weather shuts a port for its ships; a train that starts there does not wait for it.
        """
        ports = {terminal_id}
        links: set[str] = set()
        passages: set[str] = set()
        for link, along in run:
            ports.add(link["to_terminal"] if along else link["from_terminal"])
            links.add(link["link_id"])
            passages |= set(link["passages"] or ())
        needs = {"link": links, "passage": passages, "service": {service["service_id"]}}
        afloat = service["mode"] in ("sea", "inland_waterway")
        west = bool(run) and self._touches(run)["westbound"]
        shut = []
        for row in self._partial:
            if row["directions"] not in ("both", "westbound" if west else "eastbound"):
                continue
            if row["scope"] == "terminal":
                needed = ports if afloat else set() if row["cause"] == "weather" else {terminal_id}
            else:
                needed = needs.get(row["scope"], set())
            if needed & set(row["scope_ids"]):
                shut.append(row)
        wait_h = closures_wait_h([(row["closed_share"], row["mean_closed_h"]) for row in shut])
        return wait_h, tuple(("closures", row["closure_id"]) for row in shut)


def _where(procedure: Row) -> str:
    """A procedure is at a terminal of its own, else somewhere between the ends of the link."""
    if procedure["terminal_id"] is not None:
        return "at"
    return "after" if procedure["side"] == "exit" else "before"


def _latest_grid(compiled: Compiled) -> Mapping[str, Row]:
    """The grid row of each country that is the latest not after the day's year, else the earliest."""
    found: dict[str, Row] = {}
    for row in sorted(compiled.tables["grid"], key=lambda row: row["year"]):
        country = row["country"]
        if country not in found or row["year"] <= compiled.day.year:
            found[country] = row
    return found
