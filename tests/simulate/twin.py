"""The specification of the simulation kernel: the same model with objects, lists and heapq, in plain Python.

It reads the model by its names, knows nothing of the arrays, and draws the same random numbers from its
own Philox. Whatever it does in an order, the kernel must do in the same order. What it is made of stands
in `twin_things`, how cargo and vehicles meet in `twin_cargo`.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict, deque
from typing import Any

import numpy as np

from midcorridor.simulate.durations import Duration
from midcorridor.simulate.model import Model, Start, digest
from midcorridor.simulate.program import Step

from .twin_cargo import CargoSteps
from .twin_things import DAY, NEVER, Holding, Place, Stop, Token, Wait, child, drawn, philox


class Twin(CargoSteps):
    """A replication; `run` to a horizon, then look at what there is."""

    def __init__(self, model: Model, seed: int, replication: int, policy: Any = None) -> None:
        self.model, self.key, self.policy = model, (seed, replication), policy
        self.now, self.sequence, self.serials, self.events = 0, 0, 0, 0
        limits = model.limits()
        self.places: dict[tuple[str, str], Place] = {}
        for kind, name in model.place_names():
            told = model.places[name]
            place = Place(kind, name)
            if kind == "resource":
                limit = limits[name]
                place.capacity, place.overtaking = told.capacity, told.overtaking
                place.most = NEVER if limit is None else limit
            elif kind == "gate":
                place.shut, place.in_use = told.shut, int(not told.shut)
            self.places[kind, name] = place
        self.waits: dict[tuple[str, str, str], Wait] = defaultdict(Wait)
        self.ended: dict[str, Wait] = defaultdict(Wait)
        self.visits: list[tuple[Any, ...]] = []
        self.days: list[dict[tuple[str, str], tuple[int, int, int]]] = []
        self.slots = dict.fromkeys(model.calendars, -1)
        self.agenda: list[tuple[int, int, Token]] = []
        self.ready: deque[Token] = deque()
        self.tokens: list[Token] = []
        self.status = ""
        for start in model.starts.values():
            self.begin(start)

    def begin(self, start: Start) -> None:
        token = self.new(
            digest(start.name, 64), start.program, start.kind, start.priority, start.size, start.room
        )
        token.born = start.at_s
        if start.at_s == 0:
            self.ready.append(token)
        else:
            token.waits_for = "time"
            self.schedule(token, start.at_s)

    def new(self, identity: int, program: str, kind: str, priority: int, size: int, room: int = 0) -> Token:
        token = Token(
            identity, self.serials, self.serials, program, kind, priority, size, room, self.now, done=self.now
        )
        self.serials += 1
        self.tokens.append(token)
        return token

    def make(self, parent: Token, program: str, kind: str, priority: int, size: int) -> None:
        token = self.new(child(parent.identity, parent.children), program, kind, priority, size)
        parent.children += 1
        token.attributes.update(parent.attributes)
        self.wake(token)

    def schedule(self, token: Token, at: int) -> None:
        token.due, token.event = min(at, NEVER), self.sequence
        heapq.heappush(self.agenda, (token.due, self.sequence, token))
        self.sequence += 1

    def wake(self, token: Token) -> None:
        token.waits_for = ""
        self.ready.append(token)

    def uniform(self, token: Token, stream: str) -> tuple[float, float]:
        counter = (token.lap, digest(stream, 32), token.identity % 2**32, token.identity >> 32)
        a, b, c, d = philox(counter, self.key)
        return ((a << 20 | b >> 12) + 0.5) / 2**52, ((c << 20 | d >> 12) + 0.5) / 2**52

    def wait_of(self, place: Place, token: Token) -> Wait:
        return self.waits[place.kind, place.name, token.kind]

    def tell(
        self,
        token: Token,
        place: Place,
        step: Any,
        arrived: int,
        started: int,
        finished: int,
        size: int,
        queue: int,
        vehicle: int = -1,
    ) -> None:
        self.visits.append(
            (token.serial, token.consignment, place.kind, place.name, step, token.kind, size, queue,
             arrived, started, finished, self.now, vehicle)
        )  # fmt: skip

    # The loop.

    def run(self, horizon: int) -> str:
        """Run up to this second; the status: horizon, empty, stuck, or the word of an error."""
        try:
            while True:
                if self.ready:
                    self.walk(self.ready.popleft())
                    continue
                if not self.agenda:
                    self.status = "stuck" if self.tokens else "empty"
                    break
                at, number, token = self.agenda[0]
                if at >= horizon:
                    self.status = "horizon"
                    self.pass_time(horizon)
                    break
                heapq.heappop(self.agenda)
                if token.event != number:
                    continue
                token.event = -1
                self.events += 1
                self.pass_time(at)
                self.timer(token)
                self.walk(token)
        except Stop as stop:
            self.status = str(stop)
        for place in self.places.values():
            place.touch(self.now)
        return self.status

    def pass_time(self, at: int) -> None:
        while (len(self.days) + 1) * DAY <= at:
            end = (len(self.days) + 1) * DAY
            for place in self.places.values():
                place.touch(end)
            self.days.append({key: (p.area_queue, p.area_use, p.left) for key, p in self.places.items()})
        self.now = at

    def timer(self, token: Token) -> None:
        step = self.step_of(token)
        if token.waits_for == "time":
            token.done = self.now
        elif token.waits_for == "work":
            gate = self.places["gate", step.options["gate"]]
            gate.workers.remove(token)
            self.wait_of(gate, token).note(self.now - token.since - token.need)
            token.done = self.now
            token.at += 1
        elif token.waits_for == "load":
            hold = self.places["hold", step.options["hold"]]
            self.leave_bay(token, self.places["bay", hold.name])
            if hold.claimant is None:
                hold.claimant = token
        token.waits_for = ""

    def step_of(self, token: Token) -> Step:
        return self.model.programs[token.program].steps[token.at]

    def walk(self, token: Token) -> None:
        while True:
            step = self.step_of(token)
            if getattr(self, f"do_{step.op}")(token, step, **step.options):
                return

    def go_to(self, token: Token, label: str) -> None:
        target = self.model.programs[token.program].labels[label]
        token.lap += target <= token.at
        token.at = target

    # Steps; each returns True where the token now waits (or is gone).

    def do_seize(
        self, token: Token, step: Step, resource: str, amount: int, by_size: bool, priority: int | None
    ) -> bool:
        place = self.places["resource", resource]
        asked = Holding(
            place, token.size if by_size else amount, by_size, self.now, len(place.waiting),
            (token.program, token.at),
        )  # fmt: skip
        if asked.amount > place.most:
            raise Stop("oversize")
        place.touch(self.now)
        place.arrived += 1
        token.asking = asked
        if (place.overtaking or not place.waiting) and place.in_use + asked.amount <= place.capacity:
            self.grant(token)
            return False
        token.waits_for = "units"
        place.line_up(token, token.priority if priority is None else priority)
        return True

    def grant(self, token: Token) -> None:
        asked = token.asking
        assert asked is not None
        asked.place.occupy(asked.amount)
        asked.started = self.now
        token.held.append(asked)
        token.asking = None
        self.wait_of(asked.place, token).note(self.now - asked.arrived)
        token.at += 1

    def hand_out(self, place: Place) -> None:
        place.touch(self.now)
        for token in list(place.waiting):
            if place.in_use + token.asking.amount <= place.capacity:
                place.waiting.remove(token)
                self.grant(token)
                self.wake(token)
            elif not place.overtaking:
                return

    def give_back(self, token: Token, place: Place) -> int:
        held = next((held for held in reversed(token.held) if held.place is place), None)
        if held is None:
            raise Stop("not_held")
        token.held.remove(held)
        finished = max(held.started, token.done)
        place.touch(self.now)
        place.in_use -= held.amount
        place.left += 1
        place.blocked += (self.now - finished) * held.amount
        self.tell(token, place, held.step, held.arrived, held.started, finished, held.amount, held.queue)
        return held.amount

    def do_release(self, token: Token, step: Step, resource: str, into: str | None) -> bool:
        place = self.places["resource", resource]
        amount = self.give_back(token, place)
        token.at += 1
        if into is not None:
            place.capacity -= amount
            place = self.places["resource", into]
            place.touch(self.now)
            place.capacity += amount
            if place.capacity > place.most:
                raise Stop("capacity")
        self.hand_out(place)
        return False

    def seconds(self, token: Token, step: Step, duration: Duration, times: str = "once") -> int:
        known = {"once": 1, "size": token.size, "moved": token.moved}
        number = known[times] if times in known else token.attributes[times]
        x = drawn(duration, *self.uniform(token, step.stream)) * number
        if not x >= 0:
            raise Stop("negative")
        return math.floor(min(x, float(NEVER)) + 0.5)

    def do_delay(self, token: Token, step: Step, duration: Duration, times: str) -> bool:
        length = self.seconds(token, step, duration, times)
        token.at += 1
        if length == 0:
            token.done = self.now
            return False
        token.waits_for = "time"
        self.schedule(token, self.now + length)
        return True

    def do_work(self, token: Token, step: Step, duration: Duration, gate: str, times: str) -> bool:
        place = self.places["gate", gate]
        token.need = min(self.seconds(token, step, duration, times), NEVER - self.now)
        token.since, token.waits_for = self.now, "work"
        place.workers.append(token)
        if place.shut:
            token.left = token.need
        else:
            self.schedule(token, self.now + token.need)
        return True

    def do_gate(self, token: Token, step: Step, gate: str) -> bool:
        place = self.places["gate", gate]
        place.touch(self.now)
        place.arrived += 1
        if not place.shut:
            place.left += 1
            self.wait_of(place, token).note(0)
            token.at += 1
            return False
        token.since, token.waits_for = self.now, "gate"
        place.line_up(token, token.priority)
        return True

    def do_open(self, token: Token, step: Step, gate: str) -> bool:
        place = self.places["gate", gate]
        if place.shut == 0:
            raise Stop("opened_twice")
        place.shut -= 1
        token.at += 1
        if place.shut:
            return False
        place.touch(self.now)
        place.in_use = 1
        for other in place.waiting:
            place.left += 1
            self.wait_of(place, other).note(self.now - other.since)
            other.at += 1
            self.wake(other)
        place.waiting.clear()
        for other in place.workers:
            self.schedule(other, self.now + other.left)
        return False

    def do_shut(self, token: Token, step: Step, gate: str) -> bool:
        place = self.places["gate", gate]
        place.shut += 1
        token.at += 1
        if place.shut == 1:
            place.touch(self.now)
            place.in_use = 0
            for other in place.workers:
                other.left = other.due - self.now
                other.event = -1
        return False

    def do_until(self, token: Token, step: Step, calendar: str, exclusive: bool) -> bool:
        told = self.model.calendars[calendar]
        asked = max(self.now, self.slots[calendar] + 1) if exclusive else self.now
        laps = {0} if not told.period_s else {asked // told.period_s, asked // told.period_s + 1}
        instants = (lap * told.period_s + instant for lap in laps for instant in told.instants_s)
        at = min((instant for instant in instants if instant >= asked), default=NEVER)
        at = min(at, NEVER)
        if exclusive and at < NEVER:
            self.slots[calendar] = at
        token.at += 1
        if at == self.now:
            return False
        token.waits_for = "time"
        self.schedule(token, at)
        return True

    def do_choose(self, token: Token, step: Step, branches: dict[str, float]) -> bool:
        u, _ = self.uniform(token, step.stream)
        total, target = 0.0, ""
        for target, share in branches.items():  # noqa: B007 - the one it ends on, also the last
            total += share
            if u <= total:
                break
        self.go_to(token, target)
        return False

    def do_test(
        self, token: Token, step: Step, measure: str, at: Any, comparison: str, threshold: int, target: str
    ) -> bool:
        place = next((p for p in self.places.values() if p.name == at and p.kind != "bay"), Place("", ""))
        found = {
            "queue": len(place.waiting), "use": place.in_use, "free": place.capacity - place.in_use,
            "capacity": place.capacity, "open": int(place.shut == 0), "load": token.load,
            "room_left": token.room - token.load, "size": token.size,
            "attribute": token.attributes[at] if measure == "attribute" else 0,
        }[measure]  # fmt: skip
        if (found >= threshold) == (comparison == ">="):
            self.go_to(token, target)
        else:
            token.at += 1
        return False

    def do_jump(self, token: Token, step: Step, target: str) -> bool:
        self.go_to(token, target)
        return False

    def do_loop(self, token: Token, step: Step, attribute: str, target: str) -> bool:
        token.attributes[attribute] -= 1
        if token.attributes[attribute] > 0:
            self.go_to(token, target)
        else:
            token.at += 1
        return False

    def do_spawn(
        self,
        token: Token,
        step: Step,
        program: str,
        count: int,
        kind: str | None,
        priority: int | None,
        size: int | None,
    ) -> bool:
        for _ in range(count):
            self.make(
                token, program, kind or token.kind, token.priority if priority is None else priority,
                size or token.size,
            )  # fmt: skip
        token.at += 1
        return False

    def do_capacity(self, token: Token, step: Step, resource: str, change: int) -> bool:
        place = self.places["resource", resource]
        place.touch(self.now)
        place.capacity += change
        token.at += 1
        if not 0 <= place.capacity <= place.most:
            raise Stop("capacity")
        self.hand_out(place)
        return False

    def do_set(self, token: Token, step: Step, what: str, value: Any, add: bool) -> bool:
        if isinstance(value, Duration):
            value = int(drawn(value, *self.uniform(token, step.stream)) + 0.5)
            add = False
        if what in ("room", "priority", "ticket"):
            setattr(token, what, value + (getattr(token, what) if add else 0))
        else:
            token.attributes[what] = value + (token.attributes[what] if add else 0)
        token.at += 1
        return False

    def do_policy(self, token: Token, step: Step, rule: int, attribute: str) -> bool:
        names = ("capacity", "in_use", "queue")
        places = np.zeros(len(self.places), [(name, "i4") for name in names])
        for row, place in zip(places, self.places.values(), strict=True):
            row["capacity"], row["in_use"], row["queue"] = place.capacity, place.in_use, len(place.waiting)
        tokens = np.zeros(1, [("size", "i4"), ("load", "i4"), ("room", "i4")])
        tokens[0] = token.size, token.load, token.room
        kept = np.array([[token.attributes[name] for name in self.model.attributes()]], np.int64)
        view = type("View", (), {"places": places, "tokens": tokens, "attributes": kept})
        token.attributes[attribute] = int(self.policy(rule, 0, self.now, view))
        token.at += 1
        return False

    def do_feed(self, token: Token, step: Step, arrivals: str) -> bool:
        rows = self.model.tables[arrivals]
        if not token.begun:
            token.moved, token.begun = 0, True
        while token.moved < len(rows):
            at, program, kind, priority, size = rows[token.moved]
            if at > self.now:
                token.waits_for = "time"
                self.schedule(token, at)
                return True
            self.make(token, program, kind, priority, size)
            token.moved += 1
        token.begun = False
        token.at += 1
        return False

    def do_end(self, token: Token, step: Step) -> bool:
        self.go_ashore(token)
        if token.held:
            raise Stop("held_at_end")
        if token.aboard or token.alighting:
            raise Stop("aboard_at_end")
        self.ended[token.kind].note(self.now - token.born)
        self.tokens.remove(token)
        return True
