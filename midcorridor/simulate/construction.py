"""Cranes, berths, tracks and ships that are missing or new for some days: works, new quays, lost ships."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable
from datetime import timedelta

from ..errors import Fault, InputError
from .breakdowns import breakdown, unit_of
from .events import applied
from .ground import HOUR_S, Ground, Row
from .weather import seconds

_CRANES = ("crane", "quay_crane", "rail_crane", "gauge_bay")
_BESIDE = {"container_berth": "ship", "rail_track": "rail"}  # room beside each of them, see `Ground.side`


def change_places(ground: Ground, terminals: Iterable[str]) -> None:
    """What disruptions of the year take from places and add to them.

    handling and ships : a share of the cranes and bays of a terminal, or of the ships of a pool
    facilities : so many of a kind of facility at a terminal
    Raises InputError for more taken than there is.
    """
    terminals = sorted(terminals)
    cranes = {
        each: [name for name in _named(each, _CRANES) if name in ground.model.places] for each in terminals
    }
    pools = {str(row["fleet_id"]): [f"fleet {row['fleet_id']}"] for row in ground.fleets}
    pools = {key: names for key, names in pools.items() if names[0] in ground.model.places}
    for quantity, places in (("handling", cranes), ("ships", pools)):
        for row in applied(ground, quantity, places):
            for thing in sorted(set(row["scope_ids"]) & set(places)):
                if quantity == "ships" and row["factor"] > 1:
                    told = "more ships than the pool has do not come; a scenario of fleets adds them"
                    ground.made.absent.append(f"disruption {row['disruption_id']}: {told}")
                    continue
                for name in places[thing]:
                    _by_share(ground, row, name)
    for row in applied(ground, "facilities", terminals):
        for thing in sorted(set(row["scope_ids"]) & set(terminals)):
            _by_units(ground, row, thing)


def _named(terminal: str, kinds: Iterable[str]) -> list[str]:
    return sorted(f"{terminal} {kind}" for kind in kinds)


def _by_share(ground: Ground, row: Row, name: str) -> None:
    place = ground.model.places[name]
    units = round(place.capacity * (row["factor"] - 1))
    if units == 0:
        what = f"{row['factor']:g} of {place.capacity} are {place.capacity}"
        ground.made.absent.append(f"disruption {row['disruption_id']}: {name}: {what}")
    else:
        _change(ground, row, name, units)


def _by_units(ground: Ground, row: Row, terminal: str) -> None:
    """Units of one kind, of what is shared with it, and of the room beside them."""
    kind, units = row["facility_kind"], row["units"]
    used = set(ground.model.places)
    name, facility = ground.place(terminal, kind), ground.facility(terminal, kind)
    where = f"disruption {row['disruption_id']}"
    if name is None or facility is None or name not in used:
        ground.model.places.pop("" if name is None else name, None)  # what nobody uses is not in the model
        ground.made.absent.append(f"{where}: no {kind} in use at {terminal}, nothing changes")
        return
    amount = int(facility["amount"])
    if amount + units < 0:
        what = f"takes {-units} of {amount} {kind} at {terminal}"
        raise InputError(Fault("out_of_range", what, where, str(units), f"{-amount} or more"))
    _change(ground, row, name, units)
    side = f"{terminal} {_BESIDE.get(kind, '')} side"
    if side in ground.model.places:
        _change(ground, row, side, units * (ground.model.places[side].capacity // amount))
    # Berths of one quay: the larger number is all of them, and what is built or shut is among them.
    others = ground.tables.by_key("facilities")
    for other in (others[each] for each in facility["shared_with"] or ()):
        shared = f"{terminal} {other['kind']}"
        if shared != name and shared in ground.model.places and other["amount"] >= facility["amount"]:
            _change(ground, row, shared, units)


def _change(ground: Ground, row: Row, name: str, units: int) -> None:
    """Take units (below zero) on the first day and give them back after the last, or the other way round.

    What may fail is taken unit by unit, each as soon as there is one that works.
    """
    place, first = ground.model.places[name], ground.made.first
    most = max(place.most or place.capacity, place.capacity) + max(units, 0)
    ground.model.places[name] = dataclasses.replace(place, most=most)
    begin = seconds(first, row["valid_from"], 0)
    last = row["valid_until"]
    after = None if last is None else seconds(first, last + timedelta(1), 0)
    called = f"disruption {row['disruption_id']} {name}"
    fails = any(breakdown(ground, kind, thing) is not None for kind, thing in unit_of(ground, name))
    parts = [math.copysign(1, units)] * abs(units) if fails else [units]
    for number, part in enumerate(map(int, parts), 1):
        _part(ground, f"{called} {number}", name, part, begin, after)


def _part(ground: Ground, called: str, name: str, units: int, begin: int, after: int | None) -> None:
    program, many = ground.model.program(called), abs(units)
    end = ground.horizon if after is None else after
    if units > 0:
        program.capacity(name, units)
    else:
        # Units that failed are taken when they are mended, if that is before the end.
        program.set("looks", max(1, math.ceil((end - begin) / HOUR_S))).label("look")
        program.test("capacity", name, "<", many, "later").capacity(name, units)
    if after is not None:
        over = f"{called} is over"
        ground.model.calendar(over, [after])  # also after the last day: what opens later is not shut for ever
        program.until(over)
        if units > 0:
            program.label("again").test("capacity", name, "<", many, "wait").capacity(name, -units)
        else:
            program.capacity(name, -units)
    program.end()
    if units < 0:
        program.label("later").delay(HOUR_S).loop("looks", "look").end()
    elif after is not None:
        program.label("wait").delay(HOUR_S).jump("again")
    ground.model.start(called, called, at_s=begin)
