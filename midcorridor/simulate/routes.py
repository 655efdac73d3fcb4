"""Which services carry a flow of boxes, and which trains turn back as which."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..network import Compiled

Row = Mapping[str, Any]
_WEEK_H = 168.0
_KINDS = ("block_train", "container_feeder")


@dataclass(frozen=True)
class Leg:
    """A service between two terminals that its vehicles pass, in the direction that boxes take."""

    service: Row
    from_terminal: str
    to_terminal: str
    links: tuple[tuple[Row, bool], ...]  # each with whether it is run along its direction
    whole: bool  # from the first call of the service to the last
    back: bool  # against the direction in which the service runs: its vehicles turn back

    @property
    def name(self) -> str:
        """Service and ends, as the places and programs of the model are called."""
        return f"{self.service['service_id']} {self.from_terminal}>{self.to_terminal}"

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leg) and self.name == other.name


def legs(network: Compiled, ends: Iterable[str]) -> list[Leg]:
    """Every leg of a service for boxes between two of its calls, or from or to one of `ends` that it passes.

    Services are those that `departure_rules` or `fleets` name: the trains and ships of the route. Where no
    other service of the same wagons goes back, those of a service that runs forward turn back on its way.
    """
    named = {
        each
        for table in ("departure_rules", "fleets")
        for row in network.tables[table]
        for each in row["service_ids"] or ()
    }
    paired = {
        each
        for row in network.tables["fleets"]
        if row["kind"] == "platform_wagons" and len(row["service_ids"]) > 1
        for each in row["service_ids"]
    }
    known, found = set(ends), {}
    for line in sorted(network.lines, key=lambda line: (line.service["service_id"], not line.forward)):
        service = line.service
        if (
            service["service_id"] not in named
            or service["kind"] not in _KINDS
            or "container" not in service["accepts"]
        ):
            continue
        run = [step for hop in line.hops for step in hop.links]
        stops = [line.hops[0].from_terminal]
        for link, along in run:
            stops.append(link["to_terminal" if along else "from_terminal"])
        calls = {line.hops[0].from_terminal, *(hop.to_terminal for hop in line.hops)}
        for i in range(len(stops)):
            for j in range(i + 1, len(stops)):
                if not {stops[i], stops[j]} <= calls | known:
                    continue
                whole = (i, j) == (0, len(stops) - 1)
                leg = Leg(service, stops[i], stops[j], tuple(run[i:j]), whole, False)
                found[leg.name] = leg
                turns = service["runs"] == "forward" and service["service_id"] not in paired
                if turns and all(link["direction"] == "both" for link, _ in run):
                    turned = tuple((link, not along) for link, along in reversed(run[i:j]))
                    back = Leg(service, stops[j], stops[i], turned, whole, True)
                    found.setdefault(back.name, back)
    return list(found.values())


def hours(network: Compiled, leg: Leg) -> float:
    """Median running, half the interval of the service and the transfer at the end: for choosing only."""
    running = sum(link["running_p50_h"] for link, _ in leg.links)
    wait = _WEEK_H / leg.service["departures_per_week"] / 2
    dwell = network.dwell(leg.to_terminal, "transship")
    return float(running + wait + (dwell["p50_h"] if dwell else 0.0))


def route(network: Compiled, choices: Iterable[Leg], origin: str, destination: str) -> tuple[Leg, ...]:
    """The legs of least hours from one terminal to another; none where there are none."""
    leaving: dict[str, list[Leg]] = {}
    for leg in choices:
        leaving.setdefault(leg.from_terminal, []).append(leg)
    best = {origin: 0.0}
    queue: list[tuple[float, str, tuple[Leg, ...]]] = [(0.0, origin, ())]
    while queue:
        so_far, here, taken = heapq.heappop(queue)
        if here == destination:
            return taken
        if so_far > best[here]:
            continue
        for leg in leaving.get(here, ()):
            then = so_far + hours(network, leg)
            if then < best.get(leg.to_terminal, float("inf")):
                best[leg.to_terminal] = then
                heapq.heappush(queue, (then, leg.to_terminal, (*taken, leg)))
    return ()


def pairs(network: Compiled, used: Iterable[Leg], fleets: Iterable[Row]) -> list[tuple[Leg, Leg | None]]:
    """Trains that set out, each with what it goes back as: the way of the same wagons, where boxes use it."""
    wagons = [row for row in fleets if row["kind"] == "platform_wagons"]
    pool = {each: row["fleet_id"] for row in wagons for each in row["service_ids"]}

    def group(leg: Leg) -> str:
        service = str(leg.service["service_id"])
        return str(pool.get(service, service))

    first = {service: row["service_ids"][0] for row in wagons for service in row["service_ids"]}
    rail = sorted((leg for leg in used if leg.service["mode"] == "rail"), key=lambda leg: leg.name)
    leads: list[Leg] = []
    backs: list[Leg] = []
    for leg in rail:
        service = leg.service["service_id"]
        turned = leg.back or first.get(service, service) != service or not along(network, leg)
        (backs if turned else leads).append(leg)
    found: list[tuple[Leg, Leg | None]] = []
    for lead in sorted(leads, key=lambda leg: leg.whole):
        fits = [b for b in backs if group(b) == group(lead) and b.from_terminal == lead.to_terminal]
        fits.sort(key=lambda b: b.to_terminal != lead.from_terminal)
        if fits and not lead.whole and fits[0].to_terminal != lead.from_terminal:
            fits = []
        found.append((lead, fits[0] if fits else None))
        if fits:
            backs.remove(fits[0])
    return found + [(leg, None) for leg in backs]


def along(network: Compiled, leg: Leg) -> bool:
    """Whether a leg goes the way in which its service is written."""
    return any(
        line.forward and leg.links[0] in [step for hop in line.hops for step in hop.links]
        for line in network.lines
        if line.service["service_id"] == leg.service["service_id"]
    )
