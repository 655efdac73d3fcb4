"""A model as the arrays of the kernel: names become numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._kernels import sim_layout as k
from .durations import Duration
from .model import Model, digest
from .program import Step

_NO_LIMIT = 2**31 - 1
_KINDS = ("constant", "exponential", "lognormal", "uniform", "weibull", "empirical")
_MEASURES = ("queue", "use", "free", "capacity", "open", "attribute", "load", "room_left", "size")
_TIMES = {"once": k.ONCE, "size": k.BY_SIZE, "moved": k.BY_MOVED}
_SETS = {"room": k.SET_ROOM, "priority": k.SET_PRIORITY, "ticket": k.SET_TICKET}
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Compiled:
    """The arrays of `sim_layout` that a run starts from and never writes to, and what their numbers mean."""

    model: Model
    steps: Array
    places: Array
    distributions: Array
    values: Array
    calendars: Array
    instants: Array
    shares: Array
    targets: Array
    arrivals: Array
    starts: Array  # rows of ARRIVAL
    identities: Array  # of the starts
    kinds: list[str]
    levels: int
    first_step: dict[str, int]  # program to its first step

    def program_of(self, pc: int) -> tuple[str, int]:
        """Program of a step, and the step's number in it from 0."""
        # Programs stand in the order of their steps.
        at = bisect_right(list(self.first_step.values()), pc) - 1
        name = list(self.first_step)[at]
        return name, pc - self.first_step[name]


class _Maker:
    """Numbers given to names while the arrays are made."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.kinds = {name: number for number, name in enumerate(model.kinds())}
        names = [name for kind, name in model.place_names() if kind != "bay"]
        holds = len(model.of_kind("hold"))
        beyond = len(model.of_kind("resource")) + holds
        self.place = {name: at if at < beyond else at + holds for at, name in enumerate(names)}
        self.calendar = {name: at for at, name in enumerate(model.calendars)}
        self.attribute = {name: at for at, name in enumerate(model.attributes())}
        self.first: dict[str, int] = {}
        at = 0
        for program in model.programs.values():
            self.first[program.name] = at
            at += len(program.steps)
        self.distributions: dict[Duration, int] = {}
        self.branches: list[tuple[float, int]] = []
        self.rows: list[tuple[int, int, int, int, int, int]] = []
        self.tables: dict[str, tuple[int, int]] = {}
        for name, table in model.tables.items():
            begin = len(self.rows)
            for second, program_name, kind, priority, size in table:
                self.rows.append((second, self.first[program_name], self.kinds[kind], priority, size, 0))
            self.tables[name] = begin, len(self.rows)

    def duration(self, duration: Duration) -> int:
        return self.distributions.setdefault(duration, len(self.distributions))

    def step(self, name: str, step: Step) -> tuple[int, ...]:
        """op, a, b, c, d, e, stream of a step of the program of this name."""
        values = self.operands(name, step.op, step.options)
        padded = (*values, *(0,) * (5 - len(values)))
        return (getattr(k, step.op.upper()), *padded, digest(step.stream, 32))

    def operands(self, name: str, op: str, o: Mapping[str, Any]) -> tuple[int, ...]:
        def none(number: int | None) -> int:
            return -1 if number is None else number

        def place(what: str) -> int:
            return self.place[o[what]] if o[what] is not None else -1

        def label(target: str) -> int:
            return self.first[name] + self.model.programs[name].labels[target]

        if op == "seize":
            return place("resource"), o["amount"], int(o["by_size"]), none(o["priority"])
        if op == "release":
            return place("resource"), place("into")
        if op in ("delay", "work"):
            times = o["times"]
            factor = _TIMES[times] if times in _TIMES else k.BY_ATTRIBUTE + self.attribute[times]
            gate = (place("gate"),) if op == "work" else ()
            return self.duration(o["duration"]), factor, *gate
        if op in ("gate", "open", "shut"):
            return (place("gate"),)
        if op == "join":
            return place("hold"), none(o["ticket"]), place("releasing")
        if op == "fill":
            longest = o["longest"]
            return place("hold"), o["minimum"], -1 if longest is None else self.duration(longest)
        if op == "until":
            return self.calendar[o["calendar"]], int(o["exclusive"])
        if op == "take":
            return place("hold"), int(o["split"]), int(o["overtaking"])
        if op == "alight":
            return o["ticket"], int(o["wait"])
        if op == "choose":
            begin, total = len(self.branches), 0.0
            for target, share in o["branches"].items():
                total += share
                self.branches.append((total, label(target)))
            return begin, len(o["branches"])
        if op == "test":
            at = 0
            if o["measure"] == "attribute":
                at = self.attribute[o["at"]]
            elif o["at"] is not None:
                at = self.place[o["at"]]
            comparison = (">=", "<").index(o["comparison"])
            return _MEASURES.index(o["measure"]), at, comparison, o["threshold"], label(o["target"])
        if op == "jump":
            return (label(o["target"]),)
        if op == "loop":
            return self.attribute[o["attribute"]], label(o["target"])
        if op == "spawn":
            kind = self.kinds[o["kind"]] if o["kind"] else -1
            return self.first[o["program"]], o["count"], kind, none(o["priority"]), o["size"] or 0
        if op == "capacity":
            return place("resource"), o["change"]
        if op == "set":
            what = _SETS[o["what"]] if o["what"] in _SETS else self.attribute[o["what"]]
            if isinstance(o["value"], Duration):
                return what, k.TO_DRAW, self.duration(o["value"])
            return what, k.BY_VALUE if o["add"] else k.TO_VALUE, o["value"]
        if op == "policy":
            return o["rule"], self.attribute[o["attribute"]]
        if op == "feed":
            return self.tables[o["arrivals"]]
        return ()


def compile_model(model: Model) -> Compiled:
    """Check a model and make its arrays. Raises InputError with all of its faults."""
    model.check()
    maker = _Maker(model)
    steps = [maker.step(program.name, step) for program in model.programs.values() for step in program.steps]
    limits = model.limits()
    places = np.zeros(len(model.place_names()), k.PLACE)
    places["claimant"] = -1
    for name, number in maker.place.items():
        place = model.places[name]
        places[number]["capacity"] = place.capacity
        limit = limits.get(name)
        places[number]["most"] = _NO_LIMIT if limit is None else limit
        places[number]["overtaking"] = place.overtaking
        places[number]["shut"] = place.shut
        places[number]["in_use"] = place.kind == "gate" and not place.shut
    values: list[tuple[float, float]] = []
    distributions = []
    for each in maker.distributions:
        distributions.append((_KINDS.index(each.kind), len(values), len(each.values), each.p, each.q))
        values += zip(each.values, each.cumulated, strict=True)
    calendars: list[tuple[int, ...]] = []
    instants: list[int] = []
    for calendar in model.calendars.values():
        calendars.append((len(instants), len(calendar.instants_s), calendar.period_s, -1))
        instants += calendar.instants_s
    starts = [
        (each.at_s, maker.first[each.program], maker.kinds[each.kind], each.priority, each.size, each.room)
        for each in model.starts.values()
    ]
    priorities = [row[3] for row in (*starts, *maker.rows)]
    for program in model.programs.values():
        for step in program.steps:
            priorities.append(step.options.get("priority") or 0)
            if step.op == "set" and step.options["what"] == "priority":
                priorities.append(step.options["value"])
    return Compiled(
        model,
        np.array(steps, k.STEP),
        places,
        np.array(distributions, k.DISTRIBUTION),
        np.array(values, np.float64).reshape(-1, 2),
        np.array(calendars, k.CALENDAR),
        np.array(instants, np.int64),
        np.array([share for share, _ in maker.branches], np.float64),
        np.array([target for _, target in maker.branches], np.int32),
        np.array(maker.rows, k.ARRIVAL),
        np.array(starts, k.ARRIVAL),
        np.array([digest(name, 64) for name in model.starts], np.uint64),
        list(maker.kinds),
        max(priorities) + 1,
        maker.first,
    )
