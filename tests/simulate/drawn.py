"""Random small models that use every step, and what becomes of them in the kernel and in the twin."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from midcorridor._kernels import sim_layout as k
from midcorridor._kernels.sim_kernel import advance, bring_up
from midcorridor.simulate.compiled import compile_model
from midcorridor.simulate.durations import (
    Duration,
    constant,
    empirical,
    exponential,
    lognormal,
    uniform,
    weibull,
)
from midcorridor.simulate.model import Model
from midcorridor.simulate.program import Program
from midcorridor.simulate.state import Replication

from .twin import Twin

HORIZON = 4 * 86400
STATUS = {
    k.HORIZON: "horizon",
    k.EMPTY: "empty",
    k.STUCK: "stuck",
    k.NEGATIVE: "negative",
    k.OVERSIZE: "oversize",
    k.NOT_HELD: "not_held",
    k.HELD_AT_END: "held_at_end",
    k.ABOARD_AT_END: "aboard_at_end",
    k.UNSPLIT: "unsplit",
    k.CAPACITY_RANGE: "capacity",
    k.OPENED_TWICE: "opened_twice",
    k.CROWDED: "crowded",
    k.ENDLESS: "endless",
}


def policy(rule: int, token: int, now: int, view: Any) -> float:
    """A rule that looks at everything it may."""
    seen = now % 5 + view.tokens[token]["size"]
    for place in range(len(view.places)):
        seen += view.places[place]["queue"] + view.places[place]["in_use"]
    return float((seen + rule) % 4)


class _Drawer:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.model = Model()
        self.label = 0

    def duration(self, mean: int = 1500) -> Duration:
        r = self.random
        return r.choice(
            (
                constant(r.randrange(mean)),
                exponential(mean),
                lognormal(mean, 2 * mean),
                uniform(0, 2 * mean),
                weibull(1.5, mean),
                empirical([0, mean / 2, mean * 2], [0.2, 0.5, 0.3]),
            )
        )

    def new_label(self) -> str:
        self.label += 1
        return f"l{self.label}"

    def places(self) -> None:
        r, m = self.random, self.model
        for number in range(r.randint(2, 4)):
            m.resource(f"r{number}", r.randint(3, 5), overtaking=r.random() < 0.3, most=12)
        m.resource("pool a", 4)
        m.resource("pool b", r.randint(0, 2))
        for number in range(r.randint(1, 2)):
            m.hold(f"h{number}")
            m.resource(f"yard {number}", r.randint(6, 30))
        for number in range(2):
            m.gate(f"g{number}", shut=r.random() < 0.2)
        m.calendar("slots", r.sample(range(7200), 4), period_s=7200)
        m.calendar("once", r.sample(range(HORIZON), 30))

    def block(self, p: Program, depth: int = 0) -> None:
        """A piece of a program that leaves nothing held."""
        r = self.random
        kind = r.choice(
            [
                "seize",
                "seize",
                "seize",
                "gate",
                "choose",
                "test",
                "set",
                "policy",
                "loop",
                "pool",
                "until",
                "delay",
                "capacity",
                "nothing",
            ]
        )
        resource = r.choice([name for name in self.model.places if name.startswith("r")])
        gate = r.choice(("g0", "g1"))
        times = r.choice(("once", "once", "size", "n"))
        if kind == "seize":
            priority = r.choice((None, None, 0, 2))
            p.seize(resource, r.randint(1, 2), by_size=r.random() < 0.3, priority=priority)
            if r.random() < 0.3:
                p.work(self.duration(), gate, times=times)
            else:
                p.delay(self.duration(), times=times)
            if depth < 2 and r.random() < 0.5:
                self.block(p, depth + 1)
            p.release(resource)
        elif kind == "gate":
            p.gate(gate)
        elif kind in ("choose", "test"):
            one, other = self.new_label(), self.new_label()
            if kind == "choose":
                share = r.choice((0.0, 0.25, 0.5))
                p.choose({one: share, other: 1 - share})
            else:
                measure, at = r.choice(
                    (("queue", resource), ("use", resource), ("free", resource), ("open", gate),
                     ("capacity", resource), ("attribute", "n"), ("size", None), ("load", None),
                     ("room_left", None), ("queue", "h0"), ("use", "h0"))
                )  # fmt: skip
                p.test(measure, at, r.choice((">=", "<")), r.randint(0, 4), other)
            p.label(one)
            p.delay(self.duration(300))
            p.label(other)
            p.delay(self.duration(200))
        elif kind == "set":
            p.set("n", r.choice((0, 1, 3, uniform(0, 3))), add=r.random() < 0.3)
            p.set("priority", r.randint(0, 2))
        elif kind == "policy":
            p.policy(r.randint(0, 3), "n")
        elif kind == "loop":
            again = self.new_label()
            p.set("i", r.randint(1, 3)).label(again).delay(self.duration(400)).loop("i", again)
        elif kind == "pool":
            one, other = r.sample(("pool a", "pool b"), 2)
            p.seize(one).delay(self.duration()).release(one, into=other)
            p.seize(other).delay(self.duration(300)).release(other, into=one)
        elif kind == "until":
            p.until(r.choice(("slots", "slots", "once")), exclusive=r.random() < 0.5)
        elif kind == "capacity":
            p.capacity(resource, 1).delay(self.duration()).capacity(resource, -1)
        else:
            p.delay(self.duration(500))

    def cargo(self, name: str) -> None:
        r, p = self.random, self.model.program(name)
        p.set("n", r.randint(0, 2))
        for _ in range(r.randint(0, 2)):
            self.block(p)
        hold = r.choice([place for place in self.model.places if place.startswith("h")])
        yard = f"yard {hold[1:]}" if r.random() < 0.7 else None
        if yard:
            p.seize(yard, by_size=True)
        p.join(hold, ticket=r.choice((0, 1)), releasing=yard)
        if r.random() < 0.5:
            p.seize("yard 0", by_size=True)
            if r.random() < 0.5:
                p.leave()
            p.delay(self.duration(600)).release("yard 0")
        for _ in range(r.randint(0, 2)):
            self.block(p)
        if r.random() < 0.3:
            p.spawn("errand", r.randint(0, 2), priority=r.choice((None, 1)), size=r.choice((None, 1)))
        p.end()

    def vehicle(self, name: str) -> None:
        r, p = self.random, self.model.program(name)
        p.label("again").set("room", r.choice((5, 8, 15, uniform(4, 12))))
        for place in [place for place in self.model.places if place.startswith("h")]:
            if r.random() < 0.6:
                longest = r.choice((None, self.duration(20000), self.duration(4000)))
                p.fill(place, r.randint(0, 10), longest=longest, calendar=r.choice((None, "slots")))
            p.take(place, split=r.random() < 0.6, overtaking=r.random() < 0.4)
        p.delay(self.duration(60), times="moved")
        p.delay(self.duration(5000))
        p.alight(0, wait=r.random() < 0.5)
        p.delay(self.duration(60), times="moved")
        p.alight(1, wait=r.random() < 0.5)
        self.block(p)
        p.delay(600).jump("again")

    def whole(self) -> Model:
        r, m = self.random, self.model
        self.places()
        p = m.program("errand").set("n", 0)
        self.block(p)
        p.end()
        for number in range(2):
            self.cargo(f"cargo {number}")
            self.vehicle(f"vehicle {number}")
            for copy in range(r.randint(1, 2)):
                m.start(
                    f"ship {number}.{copy}", f"vehicle {number}", at_s=r.choice((0, 0, 5000)), priority=copy
                )
        for gate in ("g0", "g1"):
            weather = m.program(f"weather {gate}").set("n", 0)
            if m.places[gate].shut:
                weather.delay(self.duration(4000)).open(gate)
            weather.label("again").delay(self.duration(9000)).delay(10).shut(gate)
            weather.delay(self.duration(3000)).open(gate).jump("again")
            m.start(f"sky {gate}", f"weather {gate}")
            if r.random() < 0.3:
                m.start(f"strike {gate}", f"weather {gate}", at_s=7000) if not m.places[gate].shut else None
        broken = m.program("breakdown").label("again").delay(self.duration(9000)).delay(1)
        broken.capacity("r0", -1).delay(self.duration(4000)).capacity("r0", 1).jump("again")
        m.start("luck", "breakdown")
        every = r.choice((4000, 7000))
        m.generator(
            "demand", "cargo 0", every=exponential(every), size=r.randint(1, 4), priority=r.randint(0, 2)
        )
        m.arrivals(
            "book",
            [
                (r.randrange(HORIZON), f"cargo {at % 2}", r.choice(("box", "bulk")), at % 3, r.randint(1, 6))
                for at in range(r.randint(0, 60))
            ],
        )  # fmt: skip
        return m


def drawn_model(seed: int) -> Model:
    """The model of a seed."""
    return _Drawer(seed).whole()


def of_kernel(
    model: Model,
    seed: int,
    horizon: int = HORIZON,
    visits: int = 1 << 16,
    limit: int = 5000,
    asked: Any = policy,
) -> dict[str, Any]:
    """What the kernel makes of a model: all that is compared with the twin."""
    compiled = compile_model(model)
    run = Replication(compiled, seed, 3, horizon // 86400, limit=limit, visits=visits)
    rows = []
    while True:
        status = run.go(horizon, lambda view, arguments: advance(*arguments), asked)
        rows.append(run.new_visits())
        if status not in (k.FULL, k.PAUSE):
            break
    g = run.globals[0]
    bring_up(run.globals, run.places, run.series)
    names, kinds = model.place_names(), compiled.kinds
    told = []
    for row in np.concatenate(rows):
        told.append(
            (
                *(int(row["token"]), int(row["consignment"]), *names[row["place"]]),
                *(compiled.program_of(int(row["step"])), kinds[row["kind"]], int(row["size"])),
                int(row["queue_on_arrival"]),
                *(int(row[f"{name}_s"]) for name in ("arrived", "started", "finished", "left")),
                int(row["vehicle"]),
            )
        )
    sums = ("in_use", "queue", "area_use", "area_queue", "area_capacity", "arrived", "left", "blocked")
    return {
        "status": STATUS[status],
        "now": int(g["now"]),
        "events": int(g["events"]),
        "alive": int(g["alive"]),
        "visits": told,
        "places": {
            name: tuple(int(row[each]) for each in (*sums, "most_queue", "most_use"))
            for name, row in zip(names, run.places, strict=True)
        },
        "waits": {
            (*names[at // len(kinds)], kinds[at % len(kinds)]): tuple(wait.tolist())
            for at, wait in enumerate(run.waits)
            if wait["n"]
        },
        "ended": {
            kind: tuple(wait.tolist()) for kind, wait in zip(kinds, run.ended, strict=True) if wait["n"]
        },
        "days": run.series[: int(g["day"])].tolist(),
        "run": run,
    }


def of_twin(model: Model, seed: int, horizon: int = HORIZON, asked: Any = policy) -> dict[str, Any]:
    """The same of the twin."""
    twin = Twin(model, seed, 3, asked)
    status = twin.run(horizon)

    def sums(place: Any) -> tuple[int, ...]:
        return (
            place.in_use, len(place.waiting), place.area_use, place.area_queue, place.area_capacity,
            place.arrived, place.left, place.blocked, place.most_queue, place.most_use,
        )  # fmt: skip

    def tuples(waits: Any) -> dict[Any, Any]:
        return {name: (w.n, w.total, w.squares, w.most) for name, w in waits.items() if w.n}

    return {
        "status": status,
        "now": twin.now,
        "events": twin.events,
        "alive": len(twin.tokens),
        "visits": twin.visits,
        "places": {name: sums(place) for name, place in twin.places.items()},
        "waits": tuples(twin.waits),
        "ended": tuples(twin.ended),
        "days": [[list(day[name]) for name in model.place_names()] for day in twin.days],
        "twin": twin,
    }
