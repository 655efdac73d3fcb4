"""Tokens that will never move again, though other things go on: reduction of the graph of who waits for whom.

Take away, one after the other, every token that can go on, or could if those taken away before gave back
all they hold. Who is left is deadlocked (Holt, Some deadlock properties of computer systems, ACM Computing
Surveys 4(3), 1972). What a program could do at all counts as done: a parked box is not stuck while any
token that can go on has a step in its program, or in one that it starts, that takes from that hold. So a
deadlock that is told is one, while one that such a token would in fact never mend may go untold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .._kernels import sim_layout as k
from .compiled import Compiled
from .state import Replication

_Ability = tuple[str, int]  # what a token can do, to which place


@dataclass(frozen=True, slots=True)
class Deadlock:
    """Who can never go on."""

    tokens: int  # how many
    cycle: tuple[str, ...]  # in words, each waiting for the next and the last for the first
    places: tuple[str, ...]  # what those of the cycle wait for

    def __str__(self) -> str:
        return f"{self.tokens} tokens can never go on: " + "; ".join(self.cycle)


def _abilities(compiled: Compiled) -> dict[str, set[_Ability]]:
    """What the tokens of each program, and those that they make, have steps for."""
    steps, model = compiled.steps, compiled.model
    own: dict[str, set[_Ability]] = {}
    makes: dict[str, set[str]] = {}
    for name, begin in compiled.first_step.items():
        own[name], makes[name] = set(), set()
        for number, step in enumerate(model.programs[name].steps):
            a, b = int(steps[begin + number]["a"]), int(steps[begin + number]["b"])
            if step.op in ("take", "open", "join"):
                own[name].add((step.op, a))
            elif step.op == "capacity" and b > 0:
                own[name].add(("raise", a))
            elif step.op == "release" and b >= 0:
                own[name].add(("move", b))
            elif step.op == "spawn":
                makes[name].add(step.options["program"])
            elif step.op == "feed":
                makes[name].update(row[1] for row in model.tables[step.options["arrivals"]])
    changed = True
    while changed:
        changed = False
        for name, others in makes.items():
            for other in others:
                if not own[other] <= own[name]:
                    own[name] |= own[other]
                    changed = True
    return own


class _Graph:
    """The tokens of a replication that has come to rest, by row."""

    def __init__(self, run: Replication) -> None:
        self.run, self.compiled = run, run.compiled
        self.tokens, self.places = run.tokens, run.places
        self.abilities = _abilities(self.compiled)
        self.names = self.compiled.model.place_names()
        self.bays = len(self.compiled.model.of_kind("hold"))
        self.rows = run.alive()
        self.pc = {row: int(self.tokens[row]["pc"]) for row in self.rows}
        self.program = {row: self.compiled.program_of(self.pc[row])[0] for row in self.rows}
        self.state = {row: int(self.tokens[row]["state"]) for row in self.rows}
        self.landing: dict[int, list[int]] = defaultdict(list)
        for row in self.rows:
            carrier = int(self.tokens[row]["carrier"])
            if carrier >= 0 and self.state[row] != k.ABOARD:
                self.landing[carrier].append(row)

    def holdings(self, row: int) -> Iterable[tuple[int, int]]:
        """Place and units of all that a token holds."""
        at = int(self.tokens[row]["held"])
        while at >= 0:
            held = self.run.holdings[at]
            yield int(held["place"]), int(held["amount"])
            at = int(held["next"])

    def waiting(self, place: int) -> list[int]:
        """Tokens in the queue of a place, in their order."""
        found, levels = [], self.compiled.levels
        for level in range(levels):
            at = int(self.run.first[place * levels + level])
            while at >= 0:
                found.append(at)
                at = int(self.tokens[at]["next"])
        return found

    def stuck(self) -> list[int]:
        """The tokens that are left when all that can go on are taken away."""
        can: set[_Ability] = set()
        gone: set[int] = set()
        free = {
            number: int(place["capacity"]) - int(place["in_use"]) for number, place in enumerate(self.places)
        }
        queues = {number: self.waiting(number) for number in range(len(self.places))}
        served: dict[int, int] = defaultdict(int)

        def reducible(row: int) -> bool:
            token, state = self.tokens[row], self.state[row]
            place = int(self.compiled.steps[self.pc[row]]["a"])
            if state in (k.READY, k.TIMER) or int(token["wake"]) >= 0:
                return True
            if state == k.QUEUED:
                queue = queues[place]
                while served[place] < len(queue) and queue[served[place]] in gone:
                    served[place] += 1
                first = queue[served[place]] == row
                asked = int(self.run.holdings[int(token["asking"])]["amount"])
                more = 0
                if ("raise", place) in can:
                    more = int(self.places[place]["most"]) - int(self.places[place]["capacity"])
                fits = asked <= free[place] + more or ("move", place) in can
                return fits and (first or bool(self.places[place]["overtaking"]))
            if state == k.GATED:
                return ("open", place) in can
            if state == k.WORKING:
                return ("open", int(self.compiled.steps[self.pc[row]]["c"])) in can
            if state == k.PARKED:
                return ("take", place) in can
            if state == k.FILLING:
                return int(self.places[place]["claimant"]) in gone or ("join", place) in can
            if state == k.ABOARD:
                return int(token["carrier"]) in gone
            return all(cargo in gone for cargo in self.landing[row])  # unloading

        left = [*self.rows]
        # In the order of the queues, so that one pass serves a whole queue.
        order = {row: at for queue in queues.values() for at, row in enumerate(queue)}
        left.sort(key=lambda row: order.get(row, -1))
        changed = True
        while changed:
            changed, waiting = False, []
            for row in left:
                if reducible(row):
                    changed = True
                    gone.add(row)
                    can |= self.abilities[self.program[row]]
                    for place, amount in self.holdings(row):
                        free[place] += amount
                else:
                    waiting.append(row)
            left = waiting
        return sorted(left)

    def waits_for(self, row: int, stuck: Iterable[int]) -> list[int]:
        """Those of the stuck tokens that would have to move first."""
        state, place = self.state[row], int(self.compiled.steps[self.pc[row]]["a"])
        others = [other for other in stuck if other != row]

        def able(what: str, at: int) -> list[int]:
            return [other for other in others if (what, at) in self.abilities[self.program[other]]]

        if state == k.QUEUED:
            holders = [other for other in others if any(p == place for p, _ in self.holdings(other))]
            queue = self.waiting(place)
            return holders + queue[: queue.index(row)]
        if state == k.GATED:
            return able("open", place)
        if state == k.WORKING:
            return able("open", int(self.compiled.steps[self.pc[row]]["c"]))
        if state == k.PARKED:
            return able("take", place)
        if state == k.FILLING:
            claimant = int(self.places[place]["claimant"])
            return [claimant] if claimant >= 0 else able("join", place)
        if state == k.ABOARD:
            return [int(self.tokens[row]["carrier"])]
        return [cargo for cargo in self.landing[row] if cargo in others]

    def words(self, row: int) -> tuple[str, str]:
        """A token in words, and the name of what it waits for."""
        token, step = self.tokens[row], self.compiled.steps[self.pc[row]]
        what = {
            k.QUEUED: "waits for {}",
            k.GATED: "waits for {} to open",
            k.WORKING: "works when {} is open",
            k.PARKED: "waits in {} for a vehicle",
            k.FILLING: "waits for a load in {}",
            k.ABOARD: "is aboard, loaded from {}",
            k.UNLOADING: "waits for its cargo to leave",
        }[self.state[row]]
        number = int(step["c"] if self.state[row] == k.WORKING else step["a"])
        place = "" if self.state[row] == k.UNLOADING else self.names[number][1]
        held = ", ".join(f"{amount} of {self.names[p][1]}" for p, amount in self.holdings(row))
        kind = self.compiled.kinds[int(token["kind"])]
        text = f"{kind} {int(token['serial'])} {what.format(repr(place))}"
        return text + (f" and holds {held}" if held else ""), place


def find_deadlock(run: Replication) -> Deadlock | None:
    """The tokens of a replication that can never go on, with one cycle among them; None where all can."""
    graph = _Graph(run)
    stuck = graph.stuck()
    if not stuck:
        return None
    # Follow who waits for whom from each, until somebody comes again; a walk that ends shows no cycle.
    left, path = set(stuck), [stuck[0]]
    while True:
        nexts = [row for row in graph.waits_for(path[-1], stuck) if row in left]
        if not nexts:
            left.discard(path.pop())
            if not path:
                if not left:
                    break
                path = [min(left)]
            continue
        if nexts[0] in path:
            path = path[path.index(nexts[0]) :]
            break
        path.append(nexts[0])
    told: list[tuple[str, Any]] = [graph.words(row) for row in path or stuck[:1]]
    return Deadlock(len(stuck), tuple(text for text, _ in told), tuple(p for _, p in told if p))
