"""Cranes, berths, engines and ships that fail and come back."""

from __future__ import annotations

from ..network.compiled import holds_on
from .durations import exponential
from .ground import HOUR_S, Ground, Row

_POOL = "fleet "
_ALL_CRANES = "crane"  # where ship and rail share them they fail as those of the quay


def breakdown(ground: Ground, kind: str, thing: str) -> Row | None:
    """The row of 1 July for a kind of facility or fleet: the thing's own, else the general one."""
    rows = [
        row for row in ground.tables["breakdowns"] if row["kind"] == kind and holds_on(row, ground.on.day)
    ]
    own = [row for row in rows if thing in (row["thing_ids"] or ())]
    return next(iter(own or (row for row in rows if row["thing_ids"] is None)), None)


def in_service(ground: Ground, fleet: Row) -> float:
    """Share of the time for which one of a fleet that is fit works: the rest is in `breakdowns`.

    `fit_share` counts all that are in repair. What fails within the year is part of them, so that a pool
    begins with so many more that its mean stays that of the table.
    """
    row = breakdown(ground, fleet["kind"], fleet["fleet_id"])
    if row is None:
        return 1.0
    between, repair = float(row["mean_between_h"]), float(row["mean_repair_h"])
    return max(between / (between + repair), float(fleet["fit_share"]))


def add_breakdowns(ground: Ground) -> None:
    """A token for each unit of the places that are there: it takes the unit away and gives it back.

    Times to a failure and of a repair are exponential. Work that has begun ends as it would have: hours of
    ships and trains in the tables are measured with the stops in them. Where a disruption has taken all units
    nothing can fail.
    """
    for name in sorted(ground.model.of_kind("resource")):
        for kind, thing in unit_of(ground, name):
            row, place = breakdown(ground, kind, thing), ground.model.places[name]
            if row is None:
                continue
            program = ground.model.program(f"breakdown of {name}").label("again")
            program.delay(exponential(row["mean_between_h"] * HOUR_S))
            program.test("capacity", name, "<", 1, "again").capacity(name, -1)
            program.delay(exponential(row["mean_repair_h"] * HOUR_S)).capacity(name, 1).jump("again")
            for number in range(place.capacity):
                ground.model.start(f"{program.name} {number + 1}", program.name, kind="breakdown")


def unit_of(ground: Ground, name: str) -> list[tuple[str, str]]:
    """What a unit of a resource is: kind of facility or fleet, with its terminal or fleet; or nothing."""
    terminal, _, kind = name.partition(" ")
    if terminal in ground.on.terminals:
        return [("quay_crane" if kind == _ALL_CRANES else kind, terminal)]
    fleet = name.removeprefix(_POOL)
    return [(row["kind"], fleet) for row in ground.fleets if row["fleet_id"] == fleet][:1]
