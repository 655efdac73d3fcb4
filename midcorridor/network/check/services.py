"""Services that the tables announce and the compiled network does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from ..compiled import Compiled, Row, walk
from .finding import ERROR, WARNING, Finding
from .reach import ROAMING

_TAKES = {"TEU": "container", "trailer": "trailer", "wagon_14m": "wagon"}


def left_out(compiled: Compiled) -> Iterator[Finding]:
    """Open services that were silently left out because their calls and links do not hold together."""
    made = {line.service["service_id"] for line in compiled.lines}
    calls: dict[str, list[Row]] = {}
    for row in compiled.tables["service_calls"]:
        calls.setdefault(row["service_id"], []).append(row)
    known = compiled.tables.by_key("links")
    for service_id in compiled.services:
        stops = sorted(calls.get(service_id, ()), key=lambda row: int(row["seq"]))
        if service_id in made or (service_id in ROAMING and not stops):
            continue
        code, what, hint = _reason(compiled, known, stops)
        yield Finding(ERROR, code, what, f"services.csv {service_id}", hint)


def _reason(compiled: Compiled, known: Mapping[str, Row], stops: Sequence[Row]) -> tuple[str, str, str]:
    """Code, sentence and hint of why calls make no line."""
    if len(stops) < 2:
        return (
            "service_without_calls",
            f"it has {len(stops)} calls; a service needs two or more",
            "Add its calls to service_calls.csv",
        )
    for before, after in pairwise(stops):
        for stop in (before, after):
            if stop["terminal_id"] not in compiled.terminals:
                return (
                    "service_over_closed_terminal",
                    f"it calls at {stop['terminal_id']}, which is not open on {compiled.day}",
                    "Give the service the same dates, or the status planned or closed",
                )
        ids = after["link_ids"] or ()
        if not ids:
            return (
                "service_without_links",
                f"no links lead from {before['terminal_id']} to {after['terminal_id']}",
                "Fill link_ids of the call",
            )
        for link_id in ids:
            if link_id not in compiled.links:
                return (
                    "service_over_closed_link",
                    f"it runs over {link_id}, which is not open on {compiled.day}",
                    "Give the service the same dates, or the status planned or closed",
                )
        if walk([known[link_id] for link_id in ids], before["terminal_id"], after["terminal_id"]) is None:
            return (
                "service_links_do_not_join",
                f"links {', '.join(ids)} do not lead from {before['terminal_id']} to {after['terminal_id']}",
                "Give the links in the order of travel, none of them one-way against it",
            )
    return "service_left_out", "it was left out", "Look at its calls in service_calls.csv"


def one_way_only(compiled: Compiled) -> Iterator[Finding]:
    """Services said to run both ways that cannot come back."""
    ways = {(line.service["service_id"], line.forward) for line in compiled.lines}
    for service_id, service in compiled.services.items():
        if service["runs"] == "both" and (service_id, True) in ways and (service_id, False) not in ways:
            yield Finding(
                ERROR,
                "service_cannot_return",
                "it runs both ways, but a link of it is one-way",
                f"services.csv {service_id}",
                "Make runs forward and add a service for the way back",
            )


def capacities(compiled: Compiled) -> Iterator[Finding]:
    """Capacities whose unit or direction says something that the service does not do."""
    for service_id, service in compiled.services.items():
        where = f"services.csv {service_id}"
        unit, direction = service["capacity_unit"], service["capacity_direction"]
        if unit is None or direction is None:
            yield Finding(
                ERROR,
                "capacity_without_unit",
                f"capacity {service['capacity']:g} has no {'unit' if unit is None else 'direction'}",
                where,
                "Fill capacity_unit and capacity_direction",
            )
            continue
        if _TAKES[unit] not in service["accepts"]:
            yield Finding(
                WARNING,
                "capacity_of_something_else",
                f"capacity counts {unit}, but it accepts {', '.join(service['accepts'])} only",
                where,
                "State the capacity in a unit that the service takes",
            )
        if direction == "forward" and service["runs"] == "both":
            yield Finding(
                WARNING,
                "capacity_one_way",
                "it runs both ways, but capacity_direction is forward only",
                where,
                "State each_way, or make the way back a service of its own",
            )
