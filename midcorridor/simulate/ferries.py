"""Ferries that carry wagons and trucks: ships of a pool share the lines that lead from one port."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Fault, InputError
from .deciding import ANY_FERRY
from .ground import HOUR_S, Passage, Row, spread
from .pilots import pilot
from .program import Program
from .ways import Ways

WAGON_DM = 140  # deck of a wagon of 14 m, as `wagons_14m` of fleets counts them
_BERTHS = {"rail_ferry": "ferry_berth", "ro_pax": "roro_berth"}
_LOOK_S = 3600.0


@dataclass(frozen=True)
class Crossing:
    """Two ports with a flow of wagons or trucks between them.

    services : those of `services` that join the ports, by kind
    flows : demand of wagons and of trailers, both directions together
    """

    port: str
    hub: str
    links: tuple[tuple[Row, bool], ...]  # from port to hub
    services: Mapping[str, Row]
    flows: tuple[Row, ...]

    def ways(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """From port to hub and back."""
        return (self.port, self.hub), (self.hub, self.port)

    def steps(self, origin: str) -> list[tuple[Row, bool]]:
        """Links from one of the ends."""
        if origin == self.port:
            return list(self.links)
        return [(link, not along) for link, along in reversed(self.links)]


def deck(kind: str, way: tuple[str, str]) -> str:
    """The hold of those who wait for a ferry of a kind."""
    return f"{kind} {way[0]}>{way[1]}"


def crossings(ground: Ways, demand: Iterable[Row]) -> list[Crossing]:
    """Every pair of ports with demand of wagons or trailers and a ferry between them."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in demand:
        if row["cargo"] in ("wagon", "trailer") and row["from_terminal"]:
            found.setdefault((row["from_terminal"], row["to_terminal"]), []).append(row)
    made = []
    for (port, hub), flows in sorted(found.items()):
        lines = {
            line.service["kind"]: line
            for line in ground.on.lines
            if line.service["kind"] in _BERTHS
            and (line.hops[0].from_terminal, line.hops[-1].to_terminal) == (port, hub)
        }
        carriers = {kind: line for kind, line in lines.items() if _pools(ground, line.service)}
        carries = {"wagon": "rail_ferry" in carriers, "trailer": bool(carriers)}
        kept = tuple(row for row in flows if carries[row["cargo"]])
        if kept:
            links = tuple(step for hop in next(iter(carriers.values())).hops for step in hop.links)
            services = {kind: line.service for kind, line in carriers.items()}
            made.append(Crossing(port, hub, links, services, kept))
    return made


def _pools(ground: Ways, service: Row) -> list[Row]:
    return [row for row in ground.fleets if service["service_id"] in row["service_ids"]]


class Ferries:
    """Puts wagons, trucks and the ships of their pools into the model."""

    def __init__(self, ground: Ways, lines: list[Crossing]) -> None:
        self.ground, self.model, self.lines = ground, ground.model, lines
        both = [row for row in ground.fleets if row["wagons_14m"] and row["trailers"]]
        # A mixed load shares the deck in proportion, so that a trailer is as long as it displaces wagons.
        ratios = [row["wagons_14m"] / row["trailers"] for row in both]
        self.trailer_dm = math.ceil(WAGON_DM * sum(ratios) / len(ratios)) if ratios else WAGON_DM

    def build(self) -> None:
        """Everything of the lines."""
        pools: dict[str, tuple[Row, list[Crossing]]] = {}
        for line in self.lines:
            for kind, service in line.services.items():
                for way in line.ways():
                    self.model.hold(deck(kind, way))
                for row in _pools(self.ground, service):
                    pools.setdefault(row["fleet_id"], (row, []))[1].append(line)
            for flow in line.flows:
                for way in line.ways():
                    self._cargo(flow, line, way)
        for fleet_id, (row, lines) in sorted(pools.items()):
            if len({line.hub for line in lines}) > 1:
                what = "a pool of ferries whose lines do not meet in one port"
                where, got = f"fleets {fleet_id}", ", ".join(f"{each.port}-{each.hub}" for each in lines)
                raise InputError(Fault("no_hub", what, where, got, "lines of one port, or a pool each"))
            self._pool(row, lines)

    def _cargo(self, flow: Row, line: Crossing, way: tuple[str, str]) -> None:
        """Wagons or trucks of one direction, at even intervals: half of the flow."""
        name = f"{flow['volume_id']} {way[0]}>{way[1]}"
        program, wagon = self.model.program(name), flow["cargo"] == "wagon"
        size = WAGON_DM if wagon else self.trailer_dm
        if wagon or "ro_pax" not in line.services:
            program.join(deck("rail_ferry", way))
        elif "rail_ferry" not in line.services:
            program.join(deck("ro_pax", way))
        else:
            # A truck takes the ro-pax unless so many loads wait there; then the next ferry of any kind.
            ships = _pools(self.ground, line.services["ro_pax"])
            loads = self.ground.policy("truck_loads", way[0])
            load = sum(self.room_dm(row) for row in ships) / len(ships) / size
            least = None if loads is None else int(load * loads)
            told = None if least is None else {"measure": "queue", "at": deck("ro_pax", way), "least": least}
            service = line.services["ro_pax"]["service_id"]
            self.ground.choice(program, ANY_FERRY, way[0], service, told, "any")
            program.join(deck("ro_pax", way)).jump("across")
            program.label("any").join(deck("rail_ferry", way)).label("across")
        program.spawn(self._landed(way[1]), kind=f"landed {way[1]}").end()
        self.ground.source(name, flow, flow["value"] / 2, size=size, touches=set(way))
        services = {str(service["service_id"]) for service in line.services.values()}
        self.ground.made.crossings[name] = (flow, way, services)

    def _landed(self, port: str) -> str:
        """What is ashore has left the model: its wagons and roads inland are not in it."""
        name = f"landed {port}"
        if name not in self.model.programs:
            self.model.program(name).end()
        return name

    def room_dm(self, row: Row) -> int:
        """Deck of a ship in its year's water."""
        whole = max((row["wagons_14m"] or 0) * WAGON_DM, (row["trailers"] or 0) * self.trailer_dm)
        return int(whole * (1 - self.ground.sea_loss(row)))

    def _pool(self, row: Row, lines: list[Crossing]) -> None:
        kind = next(
            kind for kind, service in lines[0].services.items() if service["service_id"] in row["service_ids"]
        )
        name, room = f"ship {row['fleet_id']}", self.room_dm(row)
        rule = self.ground.rule(lines[0].services[kind])
        least = math.ceil(rule["least_share"] * room)
        program = self.model.program(name).set("room", room)
        looks = math.ceil(rule["longest_wait_h"] * HOUR_S / _LOOK_S)
        program.label("again").seize(self.ground.afloat(row)).set("looks", looks)
        if len(lines) > 1:
            self._look(program, lines, kind, max(1, least // self.trailer_dm))
        for line in lines:
            out, home = line.ways()[1], line.ways()[0]
            turn = f"loading {deck(kind, out)}"
            if turn not in self.model.places:
                self.model.resource(turn, 1)
            program.label(f"to {line.port}")
            if len(lines) == 1:
                program.fill(deck(kind, out), least, longest=rule["longest_wait_h"] * HOUR_S)
            else:
                program.seize(turn)
            self._load(program, row, line, kind, out)
            if len(lines) > 1:
                program.release(turn)
            self._cross(program, row, line, kind, out)
            program.fill(deck(kind, home), least, longest=rule["longest_wait_h"] * HOUR_S)
            self._load(program, row, line, kind, home)
            self._cross(program, row, line, kind, home)
            program.release(self.ground.afloat(row)).jump("again")
        self.ground.sail(row, name)

    def _look(self, program: Program, lines: list[Crossing], kind: str, least: int) -> None:
        """In the roads: every hour look, in a random order, for a line with a load that nobody else takes;
        after the longest wait any line will do."""
        hub, orders = lines[0].hub, [lines[i:] + lines[:i] for i in range(len(lines))]
        program.label("look").choose({f"look {i}": 1 / len(orders) for i in range(len(orders))})
        for i, order in enumerate(orders):
            program.label(f"look {i}")
            for j, line in enumerate(order):
                out = line.ways()[1]
                turn, skip = f"loading {deck(kind, out)}", f"not {i} {j}"
                if turn not in self.model.places:
                    self.model.resource(turn, 1)
                program.test("free", turn, "<", 1, skip)
                for gate in self.ground.sails(line.services[kind], out[0]):
                    program.test("open", gate, "<", 1, skip)
                program.test("queue", deck(kind, out), ">=", least, f"to {line.port}")
                program.label(skip)
            program.delay(_LOOK_S).loop("looks", "look")
            for j, line in enumerate(order):
                skip = f"shut {i} {j}"
                for gate in self.ground.sails(line.services[kind], hub):
                    program.test("open", gate, "<", 1, skip)
                program.jump(f"to {line.port}").label(skip)
            program.set("looks", 1).jump("look")

    def _load(self, program: Program, row: Row, line: Crossing, kind: str, way: tuple[str, str]) -> None:
        """Alongside: those of the own hold first, then who waits for the other kind if there is room."""
        port, service = way[0], line.services[kind]
        self.ground.may_leave(program, port, service)
        self.ground.gates(program, [port, *self.ground.sails(service, port)])
        berth = self.ground.place(port, _BERTHS[kind])
        if berth:
            program.seize(berth)
        program.take(deck(kind, way))
        if kind == "rail_ferry" and "ro_pax" in line.services and row["trailers"]:
            program.take(deck("ro_pax", way))
        program.delay(self._alongside(row))
        self._pilot(program, port)
        if berth:
            program.release(berth)

    def _cross(self, program: Program, row: Row, line: Crossing, kind: str, way: tuple[str, str]) -> None:
        """Over the sea and off at the other side."""
        self.ground.gates(program, [way[0]])
        for nth, (link, along) in enumerate(line.steps(way[0])):
            self.ground.gates(program, [link["link_id"], *(link["passages"] or ())])
            self.ground.over(program, Passage(deck(kind, way), nth, link["link_id"], along), link)
        self.ground.gates(program, [way[1]])
        berth = self.ground.place(way[1], _BERTHS[kind])
        if berth:
            program.seize(berth)
        self._pilot(program, way[1])
        program.delay(self._alongside(row)).alight()
        if berth:
            program.release(berth)

    def _pilot(self, program: Program, port: str) -> None:
        """A pilot, where masters do not bring ferries in themselves."""
        if self.ground.policy("ferry_pilots", port):
            pilot(self.ground, program, port)

    def _alongside(self, row: Row) -> Any:
        """Half of a turnaround: off, or on."""
        return spread(row, "turnaround_p50_h", "turnaround_p90_h", 0.5)
