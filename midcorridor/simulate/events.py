"""Dated disruptions of a year: departures that stop, demand that grows."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta

from ..network.closings import meets
from ..network.compiled import holds_on
from .durations import constant
from .ground import DAY_S, Ground, Row, leaving
from .program import Program
from .weather import seconds


def applied(ground: Ground, quantity: str, things: Collection[str]) -> Iterator[Row]:
    """Rows of `disruptions` that change this of any of these things in the days of the model."""
    for row in ground.tables["disruptions"]:
        same = row["use"] == "applied" and row["quantity"] == quantity and set(row["scope_ids"]) & set(things)
        if same and meets(row, ground.made.first, ground.made.last):
            yield row


def _during(ground: Ground, name: str, row: Row, change: Callable[[Program, int], Program]) -> None:
    """Programs at the first and after the last day of a row; `change` is told 1 and -1."""
    first, made = seconds(ground.made.first, row["valid_from"], 0), ground.made
    begin = ground.model.program(f"{name} begins")
    change(begin, 1).end()
    ground.model.start(begin.name, begin.name, at_s=first)
    if row["valid_until"] is not None:  # also after the last day: what opens later is not shut for ever
        over = ground.model.program(f"{name} is over")
        change(over, -1).end()
        after = seconds(made.first, row["valid_until"] + timedelta(1), 0)
        ground.model.start(over.name, over.name, at_s=after)


def stop_departures(ground: Ground, things: Collection[str]) -> None:
    """Gates of services and terminals whose departures stop for some days of the year."""
    for row in applied(ground, "departures", things):
        if row["factor"] > 0:
            what = "departures are stopped by this model, not thinned out"
            ground.made.absent.append(f"disruption {row['disruption_id']}: {what}")
            continue
        for thing in sorted(set(row["scope_ids"]) & set(things)):
            gate = leaving(thing)
            if gate not in ground.gated:
                ground.model.gate(gate)
                ground.gated.add(gate)

            def change(program: Program, way: int, gate: str = gate) -> Program:
                return program.shut(gate) if way > 0 else program.open(gate)

            _during(ground, f"disruption {row['disruption_id']} {thing}", row, change)


def demand_factors(
    ground: Ground, touches: set[str], bound: str, usual: Callable[[date], float] = lambda _: 1.0
) -> list[tuple[int, float]]:
    """Days of the model in runs of the same demand: number of days and what demand is multiplied by.

    usual : the same of each day without disruptions
    """
    made = ground.made
    rows = [
        row
        for row in applied(ground, "demand", touches)
        if "both" in (row["directions"], bound) or row["directions"] == bound
    ]
    days = [made.first + timedelta(i) for i in range(ground.horizon // DAY_S)]
    found: list[tuple[int, float]] = []
    for day in days:
        factor = usual(day) * math.prod(row["factor"] for row in rows if holds_on(row, day))
        if found and found[-1][1] == factor:
            found[-1] = (found[-1][0] + 1, factor)
        else:
            found.append((1, factor))
    return found


def add_source(
    ground: Ground, name: str, every_s: float, size: int, parts: list[tuple[int, float]], cargo: str
) -> None:
    """Tokens of a program at even intervals, more or fewer of them in days of another demand.

    What is left of an interval when the demand changes counts in the next days, so that no token is lost.
    """
    if len(parts) == 1 and parts[0][1] > 0:
        ground.model.generator(f"{name} source", name, every=every_s / parts[0][1], kind=cargo, size=size)
        return
    source = ground.model.program(f"{name} source (by days)")
    begun = 0.0  # share of a token that is due
    for nth, (days, factor) in enumerate(parts):
        length = days * DAY_S
        due = begun + length * factor / every_s
        many = int(due)
        begun, before = due - many, begun
        if many:
            interval = every_s / factor
            first, each = int((1 - before) * interval), int(interval)
            source.delay(constant(first)).spawn(name, kind=cargo, size=size)
            if many > 1:
                source.set("left", many - 1).label(f"again {nth}").delay(constant(each))
                source.spawn(name, kind=cargo, size=size).loop("left", f"again {nth}")
            length -= first + (many - 1) * each
        if length:
            source.delay(constant(length))
    ground.model.start(f"{name} source", source.end().name)
