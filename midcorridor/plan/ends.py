"""The moves of the first and last mile: from a door to terminals and back."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

from ..clearance import widened
from ..costs import truck_usd
from ..emissions import per_tkm_kg_co2e
from ..errors import Fault, InputError
from ..network import distance_adjustment
from ..times import DAILY_DRIVING_H, truck_h
from .access import Access, End
from .graph import Builder, headway_of, hours_of
from .moves import COUNTRY_FLAGS, DRAYAGE_KM, LONG_ROAD, TRUCK, Edge, Part, QuoteLine


@dataclasses.dataclass(eq=False)
class Ends:
    """Moves between the ends of a shipment and a graph, which stays as it is."""

    builder: Builder
    source: int
    target: int

    def leaving(self, origin: End, accesses: list[Access]) -> list[Edge]:
        """From the origin to the yards that its trucks reach, or on a truck that drives on."""
        nodes, found = self.builder.graph.nodes, []
        for access in accesses:
            place = access.terminal_id
            parts = self._truck(origin, access)
            touched = self._touches(access)
            yard = nodes.get(("yard", place, "origin"))
            if access.lifts and yard is not None:
                found.append(Edge(self.source, yard, parts, **touched, mode="road", service_id=TRUCK))
            drives_on = nodes.get(("aboard", TRUCK, "road", place))
            if drives_on is not None:
                parts = (self._pick_up(place), *parts)
                found.append(Edge(self.source, drives_on, parts, **touched, mode="road", service_id=TRUCK))
        return found

    def arriving(self, destination: End, accesses: list[Access]) -> list[Edge]:
        """From the yards near the destination, or from a truck that has driven there."""
        graph, found = self.builder.graph, []
        for access in accesses:
            place = access.terminal_id
            parts = self._truck(destination, access, coming=True)
            touched = self._touches(access, coming=True)
            for came, node in self.builder.yards.get(place, ()):
                if came in ("origin", "road"):
                    continue
                out = self.discharge(place, came)
                if out is not None:
                    edge = Edge(node, self.target, (out, *parts), **touched, mode="road", service_id=TRUCK)
                    found.append(edge)
            drove_here = graph.nodes.get(("arrived", TRUCK, "road", place))
            if drove_here is not None:
                # At a door the truck is the end; at a terminal the box is lifted off it.
                out = self.discharge(place, "road") if destination.terminal_id else None
                done = (out, *parts) if out is not None else parts
                found.append(Edge(drove_here, self.target, done, **touched, mode="road", service_id=TRUCK))
        return found

    def direct(self, origin: End, access: Access) -> Edge:
        """The truck all the way."""
        parts = (self._pick_up(""), *self._truck(origin, access))
        return Edge(self.source, self.target, parts, **self._touches(access), mode="road", service_id=TRUCK)

    def _touches(self, access: Access, *, coming: bool = False) -> dict[str, Any]:
        """Tags and flags of a truck at an end, as for any other move."""
        countries = access.countries[::-1] if coming else access.countries
        tags = {f"country:{code}" for code in countries}
        tags |= {f"frontier:{a}>{b}" for a, b in pairwise(countries)}
        if access.terminal_id:
            row = self.builder.compiled.terminals[access.terminal_id]
            tags |= {f"terminal:{access.terminal_id}", f"country:{row['country']}"}
        if access.km:
            tags.add("mode:road")
        if not access.terminal_id and access.km > DRAYAGE_KM:
            tags.add(LONG_ROAD)
        flags = 0
        for code in countries:
            flags |= COUNTRY_FLAGS.get(code, 0)
        truck = self.builder.compiled.tables.by_key("services")[TRUCK]
        return {
            "tags": widened(tags, "road", truck["kind"]) if access.km else frozenset(tags),
            "flags": flags,
        }

    def _truck(self, end: End, access: Access, *, coming: bool = False) -> tuple[Part, ...]:
        terminal_id, km = access.terminal_id, access.km
        if km == 0:
            return ()
        compiled, prices = self.builder.compiled, self.builder.prices
        country = end.country or compiled.terminals[terminal_id]["country"]
        row = compiled.tables.by_key("countries").get(country)
        if row is None or row["truck_km_per_day"] is None:
            raise InputError(
                Fault(
                    "missing_figure",
                    f"no truck speed for {country}",
                    "countries.csv",
                    accepted="truck_km_per_day of the country",
                )
            )
        rate = prices.need("truck_rate", country=country)
        least = prices.need("drayage_minimum", country=country)
        usd = truck_usd(km, rate.value, least.value)
        used = rate if usd > least.value else least
        factor = compiled.tables.by_key("emission_factors")[
            compiled.tables.by_key("services")[TRUCK]["factor_id"]
        ]
        adjusted, rows = distance_adjustment(compiled.tables, factor)
        return (
            Part(
                "truck",
                terminal_id,
                through=access.countries[::-1] if coming else access.countries,
                km=km,
                handling_h=truck_h(km, row["truck_km_per_day"] / DAILY_DRIVING_H),
                kg_per_t=per_tkm_kg_co2e(km * adjusted, factor["g_co2e_per_tkm_wtw"]),
                lines=(QuoteLine("trucking", usd, "unit_costs", used.cost_id),),
                rows=(("countries", country), ("emission_factors", factor["factor_id"]), *rows),
            ),
        )

    def _pick_up(self, terminal_id: str) -> Part:
        return Part(
            "load",
            terminal_id,
            **headway_of(self.builder.compiled.services[TRUCK]),
            lines=self.builder.booking_lines(),
            rows=(("services", TRUCK),),
            note="origin > road",
        )

    def discharge(self, terminal_id: str, came: str) -> Part | None:
        """What is done with a box where it is fetched; None without figures."""
        by_rail = came.startswith("rail")
        dwell = self.builder.compiled.dwell(terminal_id, "discharge", by_rail=by_rail)
        handling = self.builder.compiled.handling(terminal_id, "discharge", by_rail=by_rail)
        if dwell is None or handling is None:
            return None
        compiled = self.builder.compiled
        stretch, fits = compiled.fitted("handling", compiled.terminals[terminal_id]["country"])
        return Part(
            "discharge",
            terminal_id,
            **hours_of(dwell, stretch),
            kg_per_teu=handling["kg_co2e_per_teu"],
            lines=(QuoteLine("handling", handling["usd_per_feu"], "handling", handling["handling_id"]),),
            rows=(("dwell", dwell["dwell_id"]), ("handling", handling["handling_id"]), *fits),
            note=f"{came} > end",
        )
