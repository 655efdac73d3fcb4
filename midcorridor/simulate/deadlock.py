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


class _Walk:
    """Who of the stuck tokens would have to move before another can.

    Tokens that show no cycle are discarded for good, so that every list is gone through once only,
    however many tokens stand in a queue.
    """

    def __init__(self, graph: _Graph, stuck: list[int]) -> None:
        self.graph, self.left, self.order = graph, set(stuck), stuck
        self.lists: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.begun: dict[tuple[str, int], int] = defaultdict(int)
        for row in stuck:
            for place, _ in graph.holdings(row):
                self.lists["held", place].append(row)
            for what, at in graph.abilities[graph.program[row]]:
                self.lists[what, at].append(row)
        for number in range(len(graph.places)):
            self.lists["queue", number] = [row for row in graph.waiting(number) if row in self.left]
        self.at = {
            row: at
            for (what, _), rows in self.lists.items()
            if what == "queue"
            for at, row in enumerate(rows)
        }

    def _first(self, what: str, at: int, row: int) -> int | None:
        rows, begun = self.lists[what, at], self.begun[what, at]
        while begun < len(rows) and rows[begun] not in self.left:
            begun += 1
        self.begun[what, at] = begun
        return next((other for other in rows[begun:] if other != row and other in self.left), None)

    def next(self, row: int) -> int | None:
        """One that has to move first, among those that are left."""
        graph, state = self.graph, self.graph.state[row]
        step = graph.compiled.steps[graph.pc[row]]
        place = int(step["a"])
        if state == k.QUEUED:
            holder = self._first("held", place, row)
            before = self._first("queue", place, row) if holder is None else holder
            ahead = holder is not None or (before is not None and self.at[before] < self.at[row])
            return before if ahead else None
        if state == k.FILLING and int(graph.places[place]["claimant"]) >= 0:
            return self._kept([int(graph.places[place]["claimant"])])
        if state == k.ABOARD:
            return self._kept([int(graph.tokens[row]["carrier"])])
        if state == k.UNLOADING:
            return self._kept(graph.landing[row])
        what = {k.GATED: "open", k.WORKING: "open", k.PARKED: "take", k.FILLING: "join"}[state]
        return self._first(what, int(step["c"]) if state == k.WORKING else place, row)

    def _kept(self, rows: Iterable[int]) -> int | None:
        return next((row for row in rows if row in self.left), None)

    def cycle(self) -> list[int]:
        """Tokens that wait for each other in a ring; none where every walk ends."""
        for start in self.order:
            path, on = [start], {start}
            while path and path[-1] in self.left:
                other = self.next(path[-1])
                if other is None:
                    self.left.discard(path[-1])
                    on.discard(path.pop())
                elif other in on:
                    return path[path.index(other) :]
                else:
                    path.append(other)
                    on.add(other)
        return []


def find_deadlock(run: Replication) -> Deadlock | None:
    """The tokens of a replication that can never go on, with one cycle among them; None where all can."""
    graph = _Graph(run)
    stuck = graph.stuck()
    if not stuck:
        return None
    told: list[tuple[str, Any]] = [graph.words(row) for row in _Walk(graph, stuck).cycle() or stuck[:1]]
    return Deadlock(len(stuck), tuple(text for text, _ in told), tuple(p for _, p in told if p))
