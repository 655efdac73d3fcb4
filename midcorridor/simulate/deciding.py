"""What is decided while the corridor runs: by rows of `policies`, or asked of a user's policy."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from ..errors import Fault, InputError
from ..network.compiled import holds_on
from .census import COUNTLESS
from .ground import HOUR_S, Ground, Row
from .program import Program
from .routes import Leg

# What a policy is asked, by number, so that a compiled one needs no text.
DECISIONS = ("leave", "detour", "any_ferry", "berth", "crane")
LEAVE, DETOUR, ANY_FERRY, BERTH, CRANE = range(len(DECISIONS))
FIRST, IN_TURN, BEHIND = range(3)  # answers about berths and cranes, and their priorities
_SHIPS_FIRST, _TRAINS_FIRST = 1, 2  # values of crane_first


class Point(NamedTuple):
    """A step that asks: what, where, for which service (empty for none), whether for a train, and what the
    tables answer."""

    decision: int
    terminal: str
    service: str
    rail: bool
    default: int


class Deciding(Ground):
    """Steps in which something is decided. Without a row that says otherwise and without a policy to ask they
    are none; those that are there have streams of their own, so that no other step draws otherwise."""

    connects: dict[str, list[Leg]]  # legs of ships that the boxes of a train go on by
    loads_next: dict[str, str]  # port where the ship of a leg loads after it

    def policy(self, decision: str, terminal: str) -> float | None:
        """The parameter of a decision at a terminal; None where it is never decided so."""
        for row in self.tables["policies"]:
            here = row["decision"] == decision and terminal in row["terminal_ids"]
            if here and holds_on(row, self.on.day):
                return None if row["value"] is None else float(row["value"])
        return None

    def ask(
        self, program: Program, decision: int, terminal: str, service: str, rail: bool, default: int
    ) -> None:
        """Ask the run's policy and keep its answer."""
        point = Point(decision, terminal, service, rail, default)
        number = len(self.made.points)
        self.made.points.append(point)
        of = f" for {service}" if service else ""
        self.model.rules[number] = f"decision {DECISIONS[decision]} at {terminal}{of}"
        program.policy(number, "answer")

    def choice(
        self, program: Program, decision: int, terminal: str, service: str, measured: Row | None, target: str
    ) -> None:
        """Go to a label where the tables say so, or the policy does.

        measured : what the tables compare (measure, at, least); None where they never go there
        """
        nth = len(program.steps)
        if not self.made.asking:
            if measured is not None:
                program.test(measured["measure"], measured["at"], ">=", measured["least"], target)
            return
        if measured is not None:
            program.test(measured["measure"], measured["at"], ">=", measured["least"], f"told so {nth}")
        self.ask(program, decision, terminal, service, False, 0)
        if measured is not None:
            program.jump(f"asked {nth}").label(f"told so {nth}")
            self.ask(program, decision, terminal, service, False, 1)
            program.label(f"asked {nth}")
        program.test("attribute", "answer", ">=", 1, target)

    def may_leave(self, program: Program, terminal: str, service: Row) -> None:
        """A vehicle whose rule lets it go asks the policy every hour until that lets it go too."""
        if not self.made.asking:
            return
        nth = len(program.steps)
        program.set("held", 0, stream=f"{program.name}/held {nth}").label(f"may leave {nth}")
        self.ask(program, LEAVE, terminal, service["service_id"], service["mode"] == "rail", 1)
        program.test("attribute", "answer", ">=", 1, f"leaves {nth}")
        program.set("held", 1, add=True, stream=f"{program.name}/held on {nth}")
        program.delay(HOUR_S, stream=f"{program.name}/stays {nth}").jump(f"may leave {nth}")
        program.label(f"leaves {nth}")

    def seize_by(
        self,
        program: Program,
        name: str,
        many: int,
        decision: int,
        terminal: str,
        service: str,
        priority: int | None,
        rail: bool = False,
    ) -> None:
        """Take units of a place at which it is decided who goes first.

        priority : by the tables: None for as they come, 0 before, 1 behind who has 0
        """
        if not self.made.asking:
            program.seize(name, many, priority=priority)
            return
        nth = len(program.steps)
        self.ask(program, decision, terminal, service, rail, BEHIND if priority else IN_TURN)
        program.test("attribute", "answer", ">=", BEHIND, f"behind {nth}")
        program.test("attribute", "answer", ">=", IN_TURN, f"in turn {nth}")
        program.seize(name, many, priority=FIRST).jump(f"taken {nth}")
        program.label(f"in turn {nth}").seize(name, many, priority=IN_TURN).jump(f"taken {nth}")
        program.label(f"behind {nth}").seize(name, many, priority=BEHIND).label(f"taken {nth}")

    def bulk_priority(self, terminal: str) -> int | None:
        """Priority of ships of bulk at a quay that ships with boxes use too: behind them, or as they come."""
        return 1 if self.policy("boxes_first", terminal) else None

    def crane_priority(self, terminal: str, kind: str, name: str) -> int | None:
        """Priority at cranes that ships and trains share; None as they come."""
        first = self.policy("crane_first", terminal)
        if not first or name != f"{terminal} crane":
            return None
        if first not in (_SHIPS_FIRST, _TRAINS_FIRST):
            accepted = f"0 as they come, {_SHIPS_FIRST} ships, {_TRAINS_FIRST} trains"
            where = f"policies, crane_first of {terminal}"
            raise InputError(Fault("out_of_range", "nobody is so numbered", where, f"{first:g}", accepted))
        ahead = "quay_crane" if first == _SHIPS_FIRST else "rail_crane"
        return 0 if kind == ahead else 1

    def storm_factors(self, things: set[str]) -> dict[str, float]:
        """Share of the hours of each storm for which terminals are shut, where it is not all of them."""
        found = {}
        for terminal in sorted(things):
            share = self.policy("storm_factor", terminal)
            if share is not None and share > 1:
                what = "a terminal is shut in no more than the hours of a storm"
                where = f"policies, storm_factor of {terminal}"
                raise InputError(Fault("out_of_range", what, where, f"{share:g}", "0 to 1"))
            if share is not None and share < 1:
                found[terminal] = share
        return found

    def connect(self, ways: Iterable[tuple[Leg, ...]]) -> None:
        """Note which ships the boxes of each train go on by."""
        for found in ways:
            for leg, then in pairwise(found):
                onward = self.connects.setdefault(leg.name, [])
                if leg.service["mode"] == "rail" and then.service["mode"] == "sea" and then not in onward:
                    onward.append(then)

    def counter(self, name: str) -> str:
        """A resource of which there is always enough: units in use are what is counted."""
        if name not in self.model.places:
            self.model.resource(name, COUNTLESS)
        return name

    def _coming(self, leg: Leg) -> str | None:
        """What counts trains near, and boxes in papers, for the ships of a leg that wait for them."""
        hours = self.policy("hold_for_h", leg.from_terminal)
        return self.counter(f"coming for {leg.name}") if hours else None

    def calling(self, service: str, port: str) -> str | None:
        """What counts the ships that are in a port to load, or near, where trains set out for them."""
        if self.policy("bunch_trains", port) is None:
            return None
        return self.counter(f"calling {service} {port}")

    def marks(self, leg: Leg) -> list[tuple[int, str]]:
        """Counters that a vehicle on a leg takes a unit of, each with the how-manieth link it does so before
        (their number: at the end): the first from which the median hours left are within its row."""
        port = self.loads_next.get(leg.name, leg.to_terminal)
        if leg.service["mode"] == "sea":
            calling, within = self.calling(leg.service["service_id"], port), self.policy("bunch_trains", port)
            names = [calling] if calling else []
        else:
            names = [name for then in self.connects.get(leg.name, ()) if (name := self._coming(then))]
            within = self.policy("hold_for_h", port)
        running = [float(link["running_p50_h"]) for link, _ in leg.links]
        near = [nth for nth in range(len(running)) if sum(running[nth:]) <= (within or 0.0)]
        return [(near[0] if near else len(running), name) for name in names]

    def unmark(self, program: Program, leg: Leg) -> None:
        """A train has put down what it brought: its boxes are counted by themselves."""
        for then in self.connects.get(leg.name, ()):
            coming = self._coming(then)
            if coming:
                program.release(coming)

    def connection(self, leg: Leg, then: Leg | None) -> str | None:
        """What a box holds from a train to the hold of the ship that it goes on by, if ships wait for it."""
        onward = then is not None and leg.service["mode"] == "rail" and then.service["mode"] == "sea"
        return self._coming(then) if then is not None and onward else None

    def hold_for(self, program: Program, leg: Leg, room: int) -> None:
        """A ship that is not full waits while more is coming for it, no longer than its row says."""
        hours, coming = self.policy("hold_for_h", leg.from_terminal), self._coming(leg)
        if not hours or coming is None:
            return
        nth = len(program.steps)
        program.set("waits", math.ceil(hours), stream=f"{program.name}/waits {nth}").label(f"holds {nth}")
        program.test("use", leg.name, ">=", room, f"goes {nth}").test("use", coming, "<", 1, f"goes {nth}")
        program.delay(HOUR_S, stream=f"{program.name}/holds {nth}").loop("waits", f"holds {nth}")
        program.label(f"goes {nth}")

    def bunch(self, program: Program, leg: Leg) -> None:
        """A train that is ready waits until a ship is in the port or near, or a load for one is gathered
        there or where the train begins."""
        nth, ships = len(program.steps), self.connects.get(leg.name, [])
        if not ships or self.policy("bunch_trains", leg.to_terminal) is None:
            return
        program.label(f"bunched {nth}")
        for then in ships:
            calling = self.calling(then.service["service_id"], then.from_terminal)
            assert calling is not None
            fleets = [row for row in self.fleets if then.service["service_id"] in row["service_ids"]]
            mean = sum(row["teu"] for row in fleets) / max(1, len(fleets))
            load = max(1, math.ceil((self.rule(then.service)["least_share"] or 0) * mean))
            program.test("use", calling, ">=", 1, f"sets out {nth}")
            program.test("use", then.name, ">=", load, f"sets out {nth}")
            program.test("use", leg.name, ">=", load, f"sets out {nth}")
        program.delay(HOUR_S, stream=f"{program.name}/bunched {nth}").jump(f"bunched {nth}")
        program.label(f"sets out {nth}")

    def rule(self, service: Row) -> Row:
        """The departure rule of a service: its own, else that of its kind."""
        rows = [row for row in self.tables["departure_rules"] if holds_on(row, self.on.day)]
        own = [row for row in rows if service["service_id"] in (row["service_ids"] or ())]
        return (own or [row for row in rows if not row["service_ids"] and row["kind"] == service["kind"]])[0]
