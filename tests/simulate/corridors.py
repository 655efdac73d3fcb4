"""One small corridor as a model of ours and, written apart, with SimPy.

Boxes gather inland, trains take them to a port with one crane and a small yard, a ferry that fills up or
loses patience takes them on when the sea is open. Times in seconds.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from midcorridor.simulate import Model, exponential, lognormal
from midcorridor.simulate.durations import Z90

HOUR, DAY = 3600.0, 86400.0
BOX_EVERY = 1.0 * HOUR
TRAINS, TRAIN_ROOM, TRAIN_MINIMUM, TRAIN_PATIENCE = 3, 30, 20, 18 * HOUR
RUN = (20 * HOUR, 30 * HOUR)  # median and 90th percentile
CRANES, LIFT, YARD = 1, 300.0, 60
FERRY_ROOM, FERRY_MINIMUM, FERRY_PATIENCE = 60, 40, 48 * HOUR
CROSSING = (18 * HOUR, 26 * HOUR)
SEA_OPEN, SEA_SHUT = 4 * DAY, 0.8 * DAY


def small_corridor() -> Model:
    """Ours."""
    m = Model()
    m.hold("inland")
    m.hold("port")
    m.gate("sea")
    m.resource("crane", CRANES)
    m.resource("yard", YARD)
    box = m.program("box").join("inland").seize("yard").leave()
    box.join("port", releasing="yard").end()
    train = m.program("train").set("room", TRAIN_ROOM).label("again")
    train.fill("inland", TRAIN_MINIMUM, longest=TRAIN_PATIENCE).take("inland").delay(lognormal(*RUN))
    train.alight(wait=True).seize("crane").delay(LIFT, times="moved").release("crane")
    train.delay(lognormal(*RUN)).jump("again")
    ferry = m.program("ferry").set("room", FERRY_ROOM).label("again")
    ferry.fill("port", FERRY_MINIMUM, longest=FERRY_PATIENCE).gate("sea").seize("crane").take("port")
    ferry.delay(LIFT, times="moved").release("crane").delay(lognormal(*CROSSING))
    ferry.alight().delay(lognormal(*CROSSING)).jump("again")
    sky = m.program("sky").label("again").delay(exponential(SEA_OPEN)).shut("sea")
    sky.delay(exponential(SEA_SHUT)).open("sea").jump("again")
    m.start("sky", "sky")
    for number in range(TRAINS):
        m.start(f"train {number}", "train")
    m.start("ferry", "ferry")
    m.generator("boxes", "box", every=exponential(BOX_EVERY))
    return m


class _Hold:
    """Boxes in a row and one vehicle at a time that counts on them."""

    def __init__(self, env: Any) -> None:
        import simpy

        self.env, self.boxes = env, deque[Any]()
        self.bay = simpy.Resource(env, 1)
        self.wanted: tuple[int, Any] | None = None

    def add(self, box: Any) -> None:
        self.boxes.append(box)
        if self.wanted is not None and len(self.boxes) >= self.wanted[0]:
            self.wanted[1].succeed()
            self.wanted = None

    def fill(self, minimum: int, patience: float) -> Iterator[Any]:
        """Waits for the bay and then for the load, together no longer than the patience."""
        begun = self.env.now
        request = self.bay.request()
        yield request | self.env.timeout(patience)
        if not request.triggered:
            request.cancel()
            return None
        if len(self.boxes) < minimum:
            enough = self.env.event()
            self.wanted = (minimum, enough)
            yield enough | self.env.timeout(max(begun + patience - self.env.now, 0))
            self.wanted = None
        return request

    def take(self, room: int, request: Any) -> list[Any]:
        taken = [self.boxes.popleft() for _ in range(min(room, len(self.boxes)))]
        if request is not None:
            self.bay.release(request)
        return taken


class _Box:
    """A box that is a process: it waits to be let off, and then for a place in the yard."""

    def __init__(self, env: Any) -> None:
        self.born, self.since, self.off = env.now, 0.0, env.event()


def simpy_corridor(seed: int, horizon: float, *, processes: bool = False) -> dict[str, float]:
    """The same with SimPy: hours of a box, mean use of the yard and the crane, boxes over the sea.

    processes : every box is a process that waits for its events, as in SimPy's own examples; without, the
        boxes are entries of lists that the vehicles handle, which is the quickest that we could write
    """
    import simpy

    rng, env = np.random.default_rng(seed), simpy.Environment()
    inland, port = _Hold(env), _Hold(env)
    crane, yard = simpy.Resource(env, CRANES), simpy.Container(env, YARD, init=YARD)
    sea = {"open": True, "opened": env.event()}
    done: list[float] = []
    sums = {"yard": 0.0, "crane": 0.0}

    def draw(median_p90: tuple[float, float]) -> float:
        median, p90 = median_p90
        return float(rng.lognormal(math.log(median), math.log(p90 / median) / Z90))

    def boxes() -> Iterator[Any]:
        while True:
            yield env.timeout(rng.exponential(BOX_EVERY))
            box = _Box(env)
            inland.add(box)
            if processes:
                env.process(alone(box))

    def alone(box: _Box) -> Iterator[Any]:
        train = yield box.off
        yield yard.get(1)
        box.since, box.off = env.now, env.event()
        train["left"] -= 1
        if not train["left"]:
            train["empty"].succeed()
        port.add(box)
        yield box.off
        done.append(env.now - box.born)

    def unload(load: list[_Box]) -> Iterator[Any]:
        if processes:
            train = {"left": len(load), "empty": env.event()}
            for box in load:
                box.off.succeed(train)
            if load:
                yield train["empty"]
            return
        for box in load:
            slot = yard.get(1)
            if not slot.triggered:  # otherwise all boxes are ashore before anything else happens
                yield slot
            box.since = env.now
            port.add(box)

    def train() -> Iterator[Any]:
        while True:
            request = yield from inland.fill(TRAIN_MINIMUM, TRAIN_PATIENCE)
            load = inland.take(TRAIN_ROOM, request)
            yield env.timeout(draw(RUN))
            yield from unload(load)
            with crane.request() as lift:
                yield lift
                yield env.timeout(LIFT * len(load))
                sums["crane"] += LIFT * len(load)
            yield env.timeout(draw(RUN))

    def ferry() -> Iterator[Any]:
        while True:
            request = yield from port.fill(FERRY_MINIMUM, FERRY_PATIENCE)
            while not sea["open"]:
                yield sea["opened"]
            with crane.request() as lift:
                yield lift
                load = port.take(FERRY_ROOM, request)
                sums["yard"] += sum(env.now - box.since for box in load)
                if load:
                    yard.put(len(load))
                yield env.timeout(LIFT * len(load))
                sums["crane"] += LIFT * len(load)
            yield env.timeout(draw(CROSSING))
            if processes:
                for box in load:
                    box.off.succeed()
            else:
                done.extend(env.now - box.born for box in load)
            yield env.timeout(draw(CROSSING))

    def sky() -> Iterator[Any]:
        while True:
            yield env.timeout(rng.exponential(SEA_OPEN))
            sea["open"] = False
            yield env.timeout(rng.exponential(SEA_SHUT))
            sea["open"] = True
            sea["opened"].succeed()
            sea["opened"] = env.event()

    env.process(sky())
    for _ in range(TRAINS):
        env.process(train())
    env.process(ferry())
    env.process(boxes())
    env.run(until=horizon)
    sums["yard"] += sum(horizon - box.since for box in port.boxes)
    return {
        "hours": float(np.mean(done)) / HOUR,
        "yard": sums["yard"] / horizon,
        "crane": sums["crane"] / horizon,
        "delivered": float(len(done)),
    }
