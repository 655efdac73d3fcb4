"""On what terms every service takes the boxes of a shipment, all services at once (see `booking`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..booking import BOOKINGS, booking_row, capacity_feu
from ..network import Compiled
from ..times import fill_wait_h

Array = np.ndarray[Any, Any]
_ORDER = {"group": 0, "single": 1, "block": 2}


@dataclass(frozen=True, eq=False)
class Rules:
    """A row a service and a column a way to book, (s, 3); what no booking concerns takes any: trucks."""

    booked: Array  # (s,) whether the service is booked at all
    slots_feu: Array  # (s,) of one departure
    accepted: Array
    least_feu: Array
    least_share: Array
    fill_mean_h: Array
    fill_var_h2: Array
    price_factor: Array
    pays_departures: Array


@dataclass(frozen=True, eq=False)
class Terms:
    """What one shipment gets from each service, (s,)."""

    way: Array  # number in BOOKINGS; -1 where nothing is booked or it is refused
    refused: Array
    factor_per_box: Array
    fill_mean_h: Array
    fill_var_h2: Array


def rules_of(compiled: Compiled, services: tuple[tuple[str, str], ...]) -> Rules:
    """The rules of booking of services, each with the country where its boxes are loaded.

    Those of a scenario that left the bookings alone are its base's, but for the services it changed.
    """
    base = compiled.base
    if base is not None and compiled.tables.rows["bookings"] is base.tables.rows["bookings"]:
        before = booking_rules(base, services)
        changed = [
            at
            for at, (service_id, _) in enumerate(services)
            if compiled.services.get(service_id) != base.services.get(service_id)
        ]
        if not changed:
            return before
        rules = Rules(*(getattr(before, item.name).copy() for item in fields(Rules)))
        _fill(rules, compiled, services, changed)
        return rules
    shape = (len(services), len(BOOKINGS))
    rules = Rules(
        booked=np.zeros(shape[0], np.bool_),
        slots_feu=np.full(shape[0], np.inf),
        accepted=np.zeros(shape, np.bool_),
        least_feu=np.zeros(shape),
        least_share=np.zeros(shape),
        fill_mean_h=np.zeros(shape),
        fill_var_h2=np.zeros(shape),
        price_factor=np.ones(shape),
        pays_departures=np.zeros(shape, np.bool_),
    )
    _fill(rules, compiled, services, range(len(services)))
    return rules


def booking_rules(compiled: Compiled, services: tuple[tuple[str, str], ...]) -> Rules:
    """As `rules_of`, kept with the network."""
    if compiled.twin is not None:
        return booking_rules(compiled.twin, services)
    return compiled.once(("booking", services), lambda: rules_of(compiled, services))


def _fill(
    rules: Rules, compiled: Compiled, services: tuple[tuple[str, str], ...], numbers: Iterable[int]
) -> None:
    for at in numbers:
        service_id, country = services[at]
        service = compiled.services.get(service_id)
        if service is None or service["mode"] == "road":
            continue
        rules.booked[at] = True
        rules.slots_feu[at] = capacity_feu(service)
        for way, booking in enumerate(BOOKINGS):
            rules.accepted[at, way] = False
            row = booking_row(compiled.tables, service, booking, compiled.day, country)
            if row is None or not row["accepted"]:
                continue
            rules.accepted[at, way] = True
            rules.least_feu[at, way] = row["least_boxes_feu"] or 0.0
            rules.least_share[at, way] = row["least_share"] or 0.0
            rules.fill_mean_h[at, way], rules.fill_var_h2[at, way] = fill_wait_h(
                row["fill_p50_h"], row["fill_p90_h"]
            )
            rules.price_factor[at, way] = row["price_factor"]
            rules.pays_departures[at, way] = row["pays_for"] == "departures"


def terms_of(rules: Rules, boxes_feu: float, booking: str | None, *, alone: bool = False) -> Terms:
    """What boxes_feu boxes of 40 ft get; booking None takes the cheapest, and the soonest of these.

    alone : there is one box only
    """
    vehicles = np.maximum(1.0, np.ceil(boxes_feu / rules.slots_feu - 1e-9))
    slots = np.where(np.isfinite(rules.slots_feu), rules.slots_feu, 0.0) * vehicles
    least = np.maximum(rules.least_feu, rules.least_share * slots[:, None])
    taken = rules.accepted & (boxes_feu >= least - 1e-9)
    paid = np.where(rules.pays_departures & (slots > 0)[:, None], slots[:, None], boxes_feu)
    factor = rules.price_factor * paid / boxes_feu
    if booking is not None:
        taken &= np.array([word == booking for word in BOOKINGS])
    # Ties in price go by the wait; where that ties too, nobody books whole trains, nor one box as a group.
    plainest = np.array([_ORDER[word] for word in BOOKINGS])
    if alone:
        plainest = np.where(plainest == _ORDER["single"], -1, plainest)
    rank = np.where(taken, factor + 1e-9 * rules.fill_mean_h + 1e-12 * plainest, np.inf)
    way = rank.argmin(axis=1)
    at = np.arange(way.size)
    got = taken[at, way]
    return Terms(
        np.where(rules.booked & got, way, -1),
        rules.booked & ~got,
        np.where(rules.booked & got, factor[at, way], 1.0),
        np.where(rules.booked & got, rules.fill_mean_h[at, way], 0.0),
        np.where(rules.booked & got, rules.fill_var_h2[at, way], 0.0),
    )
