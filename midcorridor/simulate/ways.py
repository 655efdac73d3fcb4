"""How trains and ships get from place to place: engines, paths, frontiers, gates and sailings."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..network import Compiled
from ..network.compiled import holds_on
from .borders import enter_country, leave_country
from .breakdowns import in_service
from .deciding import BERTH, CRANE, Deciding
from .durations import constant
from .events import add_source, demand_factors
from .ground import BOX_TEU, DAY_S, HOUR_S, WEEK_S, Corridor, Passage, Row, leaving, spread
from .months import flow_by_day
from .program import Program
from .routes import Leg


class Ways(Deciding):
    """Steps of programs that several kinds of vehicles share."""

    def __init__(self, on: Compiled, made: Corridor, factor: float) -> None:
        """on: the rows of 1 July; made: what is being built; factor: what all demand is multiplied by."""
        super().__init__(on, made)
        self.factor = factor
        self.connects, self.loads_next = {}, {}

    def source(
        self, name: str, row: Row, amount: float, *, size: int, touches: set[str], each: float = 1.0
    ) -> None:
        """Tokens of the program of this name for an amount of a flow, `each` a token, at even intervals
        between the counts that it follows (`demand_months`); disruptions of demand at the terminals that
        it touches change them."""
        days = (row["period_until"] - row["period_from"]).days + 1
        every = days * DAY_S * each / (amount * self.factor)
        parts = demand_factors(self, touches, row["direction"], flow_by_day(self.tables, row))
        add_source(self, name, every, size, parts, name)

    def gates(self, program: Program, things: Iterable[str]) -> None:
        """Wait until those of these things that can be shut are open."""
        for thing in things:
            if thing in self.gated:
                program.gate(thing)

    def rest(self, program: Program, terminal: str, row: Row | None) -> None:
        """Hours of a row of `dwell` at a terminal; none where there is no row."""
        if row is not None:
            stretch, _ = self.on.fitted("handling", self.on.terminals[terminal]["country"])
            program.delay(spread(row, "p50_h", "p90_h", stretch))

    def afloat(self, row: Row) -> str:
        """The resource of the ships of a pool, each taken for a round; disruptions take some away."""
        name = f"fleet {row['fleet_id']}"
        if name not in self.model.places:
            self.model.resource(name, self.fit(row))
        return name

    def fit(self, row: Row) -> int:
        """Ships or engines of a pool that serve these services and are not laid up, one at least."""
        return fit(row, in_service(self, row))

    def sail(self, row: Row, program: str) -> None:
        """Start each ship of a pool."""
        for i in range(self.fit(row)):
            self.model.start(f"{program} {i + 1}", program)
        self.made.ships[program] = self.fit(row)

    def sea_loss(self, row: Row) -> float:
        """Share of the full load that low water takes from a ship."""
        falls = [each["fall_cm"] for each in self.tables["sea_levels"] if holds_on(each, self.on.day)]
        if not falls or not row["load_lost_per_10cm"]:
            return 0.0
        below = max(0.0, max(falls) - (row["full_until_fall_cm"] or 0.0))
        return min(1.0, float(below / 10 * row["load_lost_per_10cm"]))

    def sails(self, service: Row, port: str) -> list[str]:
        """Gates of the departures of a service and from a terminal, where disruptions stop them."""
        return [name for thing in (service["service_id"], port) if (name := leaving(thing)) in self.gated]

    def run(self, program: Program, leg: Leg) -> None:
        """Over the links of a leg: gates, engines, paths, hours, frontiers."""
        engines = {row["operator"]: row for row in self.fleets if row["kind"] == "locomotives"}
        held, marks = "", self.marks(leg)
        for nth, (link, along) in enumerate(leg.links):
            start, end = (link["from_terminal"], link["to_terminal"])[:: 1 if along else -1]
            rail = link["mode"] == "rail"
            for name in (name for at, name in marks if at == nth):
                program.seize(name)
            here = link["operator"] if rail and link["operator"] in engines else ""
            if held and here != held:
                program.release(held_name(engines[held]))
            if rail:
                leave_country(self, program, start, end)
            self.gates(program, [link["link_id"], *(link["passages"] or ())])
            if here and here != held:
                name = held_name(engines[here])
                if name not in self.model.places:
                    self.model.resource(name, self.fit(engines[here]))
                program.seize(name)
            held = here
            slots = self.paths(link, along)
            if slots:
                program.until(slots, exclusive=True)
            self.over(program, Passage(leg.name, nth, link["link_id"], along), link)
            if rail:
                enter_country(self, program, start, end)
        if held:
            program.release(held_name(engines[held]))
        for name in (name for at, name in marks if at == len(leg.links)):
            program.seize(name)

    def over(self, program: Program, passage: Passage, link: Row) -> None:
        """Over a link, in its hours."""
        self.made.tracks[program.name, len(program.steps)] = passage
        stretch, _ = self.on.stretch(link)
        program.delay(spread(link, "running_p50_h", "running_p90_h", stretch))

    def lift(
        self, program: Program, terminal: str, kind: str, gate: str | None = None, teu: int | None = None
    ) -> None:
        """Crane work for so many TEU, or for what the vehicle last took or let off."""
        name, row = self.place(terminal, kind), self.facility(terminal, kind)
        if name is None or row is None:
            return
        many = int(row["most_at_once"] or 1)
        each = constant(HOUR_S / (row["rate"] * many) / BOX_TEU * (teu or 1))
        times = "once" if teu else "moved"
        self.seize_crane(program, terminal, kind, name, many)
        if gate is not None and gate in self.gated:
            program.work(each, gate, times=times)
        else:
            program.delay(each, times=times)
        program.release(name)

    def seize_crane(self, program: Program, terminal: str, kind: str, name: str, many: int) -> None:
        """Take cranes; where ships and trains share them it may be decided who goes first."""
        if name == f"{terminal} crane":
            priority = self.crane_priority(terminal, kind, name)
            self.seize_by(program, name, many, CRANE, terminal, "", priority, kind == "rail_crane")
        else:
            program.seize(name, many)

    def berth(self, program: Program, port: str, service: str) -> list[str]:
        """A container ship comes alongside; returns what it then holds, last first. Where bulk is worked at
        the same quay, it takes one of the berths for boxes and one of the quay."""
        names = [self.place(port, "container_berth")]
        row = self.facility(port, "container_berth")
        if row is not None and row["shared_with"] and port in self.quays:
            names.append(self.place(port, "bulk_berth"))
        held = [name for name in names if name]
        for name in held:
            self.seize_by(program, name, 1, BERTH, port, service, None)
        return held[::-1]

    def crowded(
        self, program: Program, rule: Row, terminal: str, target: str, back: str | None, room: int
    ) -> bool:
        """Go to a label while the yard of a terminal is too full to load for it and no whole load waits there
        to come back in its place; False where loading never stops."""
        yard, nth = self.place(terminal, "yard"), len(program.steps)
        if yard is None or rule["stop_share"] is None:
            return False
        least = math.ceil((1 - rule["stop_share"]) * self.model.places[yard].capacity)
        if back is not None:
            program.test("use", back, ">=", room, f"exchanged {nth}")
        program.test("free", yard, "<", least, target).label(f"exchanged {nth}")
        return True

    def wait_for_room(self, program: Program, rule: Row, terminal: str, back: str | None, room: int) -> None:
        """Look every hour whether there is room where a train goes."""
        nth = len(program.steps)
        program.label(f"room {nth}")
        if self.crowded(program, rule, terminal, f"no room {nth}", back, room):
            program.jump(f"goes {nth}").label(f"no room {nth}").delay(HOUR_S).jump(f"room {nth}")
            program.label(f"goes {nth}")

    def headway(self, service: Row) -> str:
        """A calendar of a service's departures at even intervals."""
        name = f"departures {service['service_id']}"
        if name not in self.model.calendars:
            self.model.calendar(name, [0], period_s=round(WEEK_S / service["departures_per_week"]))
        return name


def held_name(fleet: Row) -> str:
    """The resource of a pool of engines."""
    return str(fleet["fleet_id"])


def fit(row: Row, in_service: float = 1.0) -> int:
    """Ships, wagons or engines of a pool that serve these services, one at least.

    in_service : share of the time for which one of these works; those that fail in between are there too
    """
    number: float = row["number"]
    return max(1, round(number * float(row["fit_share"]) / in_service * float(row["share_here"])))
