"""What the ways of a model's boxes cost and emit by the tables that `plan` reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from ..costs import time_value_usd
from ..errors import InputError
from ..footprint import footprint
from ..network import Compiled, Network
from ..plan import Given, Ride, Stay, given_way
from ..shipment import Shipment, make_shipment
from .ground import Corridor
from .routes import Leg, along

Array = np.ndarray[Any, Any]
BOX = "1x40HC"  # what one box of the simulation is
HIRE = "container_hire"
_DAY_S, _DAY_H = 86400.0, 24.0


@dataclass(eq=False)
class Charge:
    """Storage at one terminal by whole days, each looked up once."""

    stay: Stay
    _by_day: list[float] = field(default_factory=list)

    def usd(self, seconds: Array) -> Array:
        """Storage of a box that lies there so long, USD: a day begun counts whole."""
        days = np.ceil(seconds / _DAY_S - 1e-9).astype(np.int64)
        for day in range(len(self._by_day), int(days.max(initial=0)) + 1):
            self._by_day.append(self.stay.usd(day))
        return np.array(self._by_day)[days]


@dataclass(frozen=True, eq=False)
class Tariff:
    """One box over one way.

    freight_usd : all lines of the quotation but the hire of the box, which time decides
    charges : of each stay, before the first ride, between rides and after the last
    planned_p50_d, planned_p90_d : days that `plan` foresees from cargo ready to box available; None where it
        sees the way shut for more of its chances than that
    """

    legs: tuple[Leg, ...]
    shipment: Shipment
    given: Given
    freight_usd: float
    charges: tuple[Charge, ...]
    planned_p50_d: float | None
    planned_p90_d: float | None

    def hire_usd(self, hours: Array) -> Array:
        """Hire of the box for these hours, USD."""
        return hours * self.given.hire_usd_per_h

    def time_value_usd(self, hours: Array) -> Array:
        """What its owner loses while the cargo is on the way, USD; never part of the price."""
        share_per_day = self.shipment.value_of_time_usd_per_h * _DAY_H / self.shipment.value_usd
        return hours * time_value_usd(self.shipment.value_usd, 1.0, share_per_day)

    def kg_co2e(self, network: Network, ship_load: float | None = None) -> float:
        """Well-to-wheel kg of the box by `footprint`.

        ship_load : share of the room of the ships that is taken; None as the factors count. Factors that do
            not publish the load that they count stay as they are
        """
        found = footprint(self.given.plan, network, ship_load=ship_load)
        return float(found.routes[0]["kg_co2e_wtw"])


@dataclass(frozen=True, eq=False)
class Tariffs:
    """Tariffs of the ways of each flow of loaded boxes, the way of its own first; why others have none."""

    of: Mapping[str, tuple[Tariff, ...]]
    notes: tuple[str, ...]


def tariffs(network: Network, made: Corridor, commodity: str | None = None) -> Tariffs:
    """What boxes of the model's flows cost on 1 July of its year, the day for which its services stand.

    network : whose prices hold; it may be another than the model was made of
    commodity : what is in the boxes, None as in plans
    A flow that cannot be priced is left out and told in notes.
    """
    ready_at = datetime(made.year, 7, 1, tzinfo=UTC)
    compiled = network.on(ready_at.date())
    found: dict[str, tuple[Tariff, ...]] = {}
    notes: list[str] = []
    for volume_id, row in made.flows.items():
        if row["cargo"] != "container":
            notes.append(f"{volume_id}: not priced, since tariffs and factors are those of loaded boxes")
            continue
        ways = [made.routes[volume_id]]
        if volume_id in made.detours:
            ways.append(made.detours[volume_id])
        try:
            found[volume_id] = tuple(_tariff(network, compiled, way, ready_at, commodity) for way in ways)
        except InputError as error:
            notes.append(f"{volume_id}: not priced: {error}")
    return Tariffs(found, tuple(notes))


def _tariff(
    network: Network, compiled: Compiled, legs: tuple[Leg, ...], ready_at: datetime, commodity: str | None
) -> Tariff:
    ends = legs[0].from_terminal, legs[-1].to_terminal
    tables = network.tables_on(ready_at.date())
    shipment = make_shipment(tables, *ends, containers=BOX, commodity=commodity, ready_at=ready_at)
    rides = [
        Ride(
            leg.service["service_id"],
            leg.from_terminal,
            leg.to_terminal,
            tuple((link["link_id"], ahead) for link, ahead in leg.links),
            along(compiled, leg),
        )
        for leg in legs
    ]
    given = given_way(network, shipment, rides)
    [route] = given.plan.routes
    lines = [line for part in (*route["legs"], *route["transfers"]) for line in part["lines"]]
    return Tariff(
        legs,
        shipment,
        given,
        sum(line["usd"] for line in lines if line["item"] != HIRE),
        tuple(Charge(stay) for stay in given.stays),
        *(None if route[name] is None else route[name] / _DAY_H for name in ("p50_h", "p90_h")),
    )
