"""How trains and ships get from place to place: engines, paths, frontiers, gates and sailings."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta

from ..network import Compiled
from ..network.compiled import holds_on
from .durations import constant
from .events import add_source, demand_factors
from .ground import BOX_TEU, DAY_S, HOUR_S, WEEK_S, Corridor, Ground, Passage, Row, leaving, spread
from .months import departures_by_day, flow_by_day
from .program import Program
from .routes import Leg


class Ways(Ground):
    """Steps of programs that several kinds of vehicles share."""

    def __init__(self, on: Compiled, made: Corridor, factor: float) -> None:
        """on: the rows of 1 July; made: what is being built; factor: what all demand is multiplied by."""
        super().__init__(on, made)
        self.factor = factor

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

    def policy(self, decision: str, terminal: str) -> float | None:
        """The parameter of a decision at a terminal; None where it is never decided so."""
        for row in self.tables["policies"]:
            here = row["decision"] == decision and terminal in row["terminal_ids"]
            if here and holds_on(row, self.on.day):
                return None if row["value"] is None else float(row["value"])
        return None

    def bulk_priority(self, terminal: str) -> int | None:
        """Priority of ships of bulk at a quay that ships with boxes use too: behind them, or as they come."""
        return 1 if self.policy("boxes_first", terminal) else None

    def rule(self, service: Row) -> Row:
        """The departure rule of a service: its own, else that of its kind."""
        rows = [row for row in self.tables["departure_rules"] if holds_on(row, self.on.day)]
        own = [row for row in rows if service["service_id"] in (row["service_ids"] or ())]
        return (own or [row for row in rows if not row["service_ids"] and row["kind"] == service["kind"]])[0]

    def afloat(self, row: Row) -> str:
        """The resource of the ships of a pool, each taken for a round; disruptions take some away."""
        name = f"fleet {row['fleet_id']}"
        if name not in self.model.places:
            self.model.resource(name, fit(row))
        return name

    def sail(self, row: Row, program: str) -> None:
        """Start each ship of a pool."""
        for i in range(fit(row)):
            self.model.start(f"{program} {i + 1}", program)
        self.made.ships[program] = fit(row)

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
        held = ""
        for nth, (link, along) in enumerate(leg.links):
            start, end = (link["from_terminal"], link["to_terminal"])[:: 1 if along else -1]
            rail = link["mode"] == "rail"
            here = link["operator"] if rail and link["operator"] in engines else ""
            if held and here != held:
                program.release(held_name(engines[held]))
            self.gates(program, [link["link_id"], *(link["passages"] or ())])
            if here and here != held:
                name = held_name(engines[here])
                if name not in self.model.places:
                    self.model.resource(name, fit(engines[here]))
                program.seize(name)
            held = here
            slots = self.paths(link, along)
            if slots:
                program.until(slots, exclusive=True)
            self.over(program, Passage(leg.name, nth, link["link_id"], along), link)
            if rail:
                for row in self.on.procedures("rail", start, end):
                    program.delay(spread(row, "p50_h", "p90_h"))
                if "border_crossing" in self.on.terminals[end]["kinds"] and self.place(end, "border_post"):
                    post = self.facility(end, "border_post")
                    assert post is not None
                    program.seize(f"{end} border_post").delay(24 / post["rate"] * HOUR_S)
                    program.release(f"{end} border_post")
        if held:
            program.release(held_name(engines[held]))

    def over(self, program: Program, passage: Passage, link: Row) -> None:
        """Over a link, in its hours."""
        self.made.tracks[program.name, len(program.steps)] = passage
        program.delay(spread(link, "running_p50_h", "running_p90_h"))

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
        program.seize(name, many)
        if gate is not None and gate in self.gated:
            program.work(each, gate, times=times)
        else:
            program.delay(each, times=times)
        program.release(name)

    def berth(self, program: Program, port: str) -> list[str]:
        """A container ship comes alongside; returns what it then holds, last first. Where bulk is worked at
        the same quay, it takes one of the berths for boxes and one of the quay."""
        names = [self.place(port, "container_berth")]
        row = self.facility(port, "container_berth")
        if row is not None and row["shared_with"] and port in self.quays:
            names.append(self.place(port, "bulk_berth"))
        held = [name for name in names if name]
        for name in held:
            program.seize(name)
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
        """A calendar of a service's departures at even intervals, between the counts that they follow."""
        name, every = f"departures {service['service_id']}", WEEK_S / service["departures_per_week"]
        usual = departures_by_day(self.tables, service["service_id"], self.made.year)
        if name not in self.model.calendars and usual is None:
            self.model.calendar(name, [0], period_s=round(every))
        elif name not in self.model.calendars:
            assert usual is not None
            instants, due = [0], 0.0
            for day in range(self.horizon // DAY_S):
                per_day = usual(self.made.first + timedelta(day)) * DAY_S / every
                due, before = due + per_day, due
                instants += [
                    int((day + (nth - before) / per_day) * DAY_S)
                    for nth in range(math.floor(before) + 1, math.floor(due) + 1)
                ]
            self.model.calendar(name, instants)
        return name


def held_name(fleet: Row) -> str:
    """The resource of a pool of engines."""
    return str(fleet["fleet_id"])


def fit(row: Row) -> int:
    """Ships, wagons or engines of a pool that serve these services, one at least."""
    number: float = row["number"]
    return max(1, round(number * float(row["fit_share"]) * float(row["share_here"])))
