"""A model of what moves and what holds it up, by name; checked whole, then made into arrays.

m = Model()
m.resource("crane", 2)
m.program("box").seize("crane").delay(exponential(600)).release("crane").end()
m.generator("boxes", "box", every=exponential(400))
answer = run(m, horizon_s=30 * 86400, seed=1)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import Fault, InputError, did_you_mean
from .durations import Duration
from .program import Arrivals, Program

LEVELS = 16  # priorities 0 to 15


@dataclass(frozen=True, slots=True)
class Place:
    """A resource, hold or gate. most: units that a resource may ever have; None for no limit."""

    name: str
    kind: str
    capacity: int = 0
    most: int | None = None
    overtaking: bool = False
    shut: int = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """Instants, seconds from the start, again every period_s; once only for 0."""

    name: str
    instants_s: tuple[int, ...]
    period_s: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """A token that is there from a second on: a ship, the weather, a source of demand."""

    name: str
    program: str
    at_s: int
    kind: str
    priority: int
    size: int
    room: int


def digest(name: str, bits: int) -> int:
    """A number of so many bits that stands for a name, the same on every machine."""
    whole = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(whole, "little") >> (64 - bits)


@dataclass
class Model:
    """Places, programs and the tokens that start them."""

    places: dict[str, Place] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)
    starts: dict[str, Start] = field(default_factory=dict)
    tables: dict[str, Arrivals] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)  # names given again
    rules: dict[int, str] = field(default_factory=dict)  # what policy steps decide, in words for errors

    def _new(self, known: Mapping[str, Any], what: str, name: str) -> None:
        if name in known:
            self.twice.append(f"{what} {name!r}")

    def resource(
        self, name: str, capacity: int, *, most: int | None = None, overtaking: bool = False
    ) -> None:
        """Units that are held one by one or several together: cranes, berths, yard slots, wagons, paths.

        most : what steps may raise the capacity to; the capacity itself unless units move in from pools
        """
        self._new(self.places, "place", name)
        self.places[name] = Place(name, "resource", capacity, most, overtaking)

    def hold(self, name: str) -> None:
        """Where cargo waits for a vehicle."""
        self._new(self.places, "place", name)
        self.places[name] = Place(name, "hold")

    def gate(self, name: str, *, shut: bool = False) -> None:
        """What is open or shut: opening hours, weather, a strike."""
        self._new(self.places, "place", name)
        self.places[name] = Place(name, "gate", shut=int(shut))

    def calendar(self, name: str, instants_s: Iterable[int], *, period_s: int = 0) -> None:
        """Departures or opening times. With a period all instants must lie within the first one."""
        self._new(self.calendars, "calendar", name)
        self.calendars[name] = Calendar(name, tuple(sorted(instants_s)), period_s)

    def program(self, name: str) -> Program:
        """A new program, empty."""
        self._new(self.programs, "program", name)
        self.programs[name] = Program(name)
        return self.programs[name]

    def start(
        self,
        name: str,
        program: str,
        *,
        at_s: int = 0,
        kind: str = "",
        priority: int = 0,
        size: int = 1,
        room: int = 0,
    ) -> None:
        """Put one token into the model. Its name gives it random numbers of its own; its kind (the
        program unless told) is what waits are told apart by."""
        self._new(self.starts, "token", name)
        self.starts[name] = Start(name, program, at_s, kind or program, priority, size, room)

    def generator(
        self,
        name: str,
        program: str,
        *,
        every: Duration | float,
        kind: str = "",
        size: int = 1,
        priority: int = 0,
    ) -> None:
        """A token that makes others without end, the first after one interval."""
        source = self.program(f"{name} (source)").label("again").delay(every)
        source.spawn(program, kind=kind or program, size=size, priority=priority).jump("again")
        self.start(name, source.name)

    def arrivals(self, name: str, rows: Arrivals) -> None:
        """Tokens from a table of (second, program, kind, priority, size), in any order."""
        self._new(self.tables, "table", name)
        self.tables[name] = sorted(rows, key=lambda row: row[0])
        self.start(name, self.program(f"{name} (table)").feed(name).end().name)

    def kinds(self) -> list[str]:
        """Kinds of tokens, in the order in which they are first named."""
        found = {start.kind: None for start in self.starts.values()}
        for table in self.tables.values():
            found.update((row[2], None) for row in table)
        for program in self.programs.values():
            for step in program.steps:
                if step.op == "spawn" and step.options["kind"]:
                    found[step.options["kind"]] = None
        return list(found)

    def attributes(self) -> list[str]:
        """Names of the attributes that any step sets, counts or asks for."""
        found: dict[str, None] = {}
        for program in self.programs.values():
            for step in program.steps:
                options = step.options
                if step.op in ("policy", "loop"):
                    found[options["attribute"]] = None
                elif step.op == "set" and options["what"] not in ("room", "priority", "ticket"):
                    found[options["what"]] = None
        return list(found)

    def of_kind(self, kind: str) -> list[str]:
        """Names of the resources, holds or gates in the order of their declaration."""
        return [place.name for place in self.places.values() if place.kind == kind]

    def place_names(self) -> list[tuple[str, str]]:
        """Kind and name of each numbered place: resources, holds, their bays, gates."""
        holds = self.of_kind("hold")
        return [
            *(("resource", name) for name in self.of_kind("resource")),
            *(("hold", name) for name in holds),
            *(("bay", name) for name in holds),
            *(("gate", name) for name in self.of_kind("gate")),
        ]

    def limits(self) -> dict[str, int | None]:
        """How many units each resource may ever have; None where units move in and nothing was said."""
        filled = {
            step.options["into"]
            for program in self.programs.values()
            for step in program.steps
            if step.op == "release" and step.options["into"]
        }
        found: dict[str, int | None] = {}
        for place in self.places.values():
            if place.kind == "resource":
                told = place.most if place.most is not None or place.name in filled else place.capacity
                found[place.name] = told
        return found

    def check(self) -> None:
        """Raise InputError with every fault of the model."""
        faults = [Fault("twice", f"{each} is given twice", "model") for each in self.twice]
        faults += _place_faults(self)
        known, limits = _known(self), self.limits()
        for program in self.programs.values():
            faults += _program_faults(program, {**known, "label": list(program.labels)}, limits)
        faults += _token_faults(self)
        if not self.starts:
            faults.append(Fault("empty_model", "nothing ever moves", "model", hint="Start a token"))
        if faults:
            raise InputError(faults)


def _place_faults(model: Model) -> list[Fault]:
    found = []
    raised = {
        step.options["resource" if step.op == "capacity" else "into"]
        for program in model.programs.values()
        for step in program.steps
        if (step.op == "capacity" and step.options["change"] > 0)
        or (step.op == "release" and step.options["into"])
    }
    asked = {
        step.options["resource"]: program.name
        for program in model.programs.values()
        for step in program.steps
        if step.op == "seize"
    }
    for place in model.places.values():
        where = f"{place.kind} {place.name!r}"
        most = 2**31 - 1 if place.most is None else place.most
        if not 0 <= place.capacity <= most <= 2**31 - 1:
            got = f"{place.capacity} of at most {most}"
            found.append(Fault("out_of_range", "a capacity that cannot be", where, got, "0 to `most`"))
        if (
            place.kind == "resource"
            and place.capacity == 0
            and place.name in asked
            and place.name not in raised
        ):
            what = f"no unit, ever, yet program {asked[place.name]!r} asks for some"
            found.append(Fault("no_capacity", what, where, "0", "1 or more, or a step that adds units"))
    for calendar in model.calendars.values():
        where, instants = f"calendar {calendar.name!r}", calendar.instants_s
        if not instants or instants[0] < 0 or calendar.period_s < 0:
            found.append(
                Fault("out_of_range", "instants that are none or negative", where, str(instants[:3]))
            )
        elif calendar.period_s and instants[-1] >= calendar.period_s:
            accepted = f"0 to {calendar.period_s - 1}"
            found.append(
                Fault("out_of_range", "an instant beyond the period", where, str(instants[-1]), accepted)
            )
    return found


# What the options of steps name: option to where such names are declared.
_NAMED = {
    "resource": "resource",
    "into": "resource",
    "releasing": "resource",
    "hold": "hold",
    "gate": "gate",
    "calendar": "calendar",
    "program": "program",
    "arrivals": "table of arrivals",
    "target": "label",
    "attribute": "attribute",
}
_ON_PLACES = {"queue": None, "use": None, "free": "resource", "capacity": "resource", "open": "gate"}
_ON_TOKENS = ("load", "room_left", "size")


_Names = Mapping[str, Sequence[str]]


def _known(model: Model) -> dict[str, Sequence[str]]:
    """Names by what they are of."""
    return {
        "resource": model.of_kind("resource"),
        "hold": model.of_kind("hold"),
        "gate": model.of_kind("gate"),
        "place": list(model.places),
        "calendar": list(model.calendars),
        "program": list(model.programs),
        "table of arrivals": list(model.tables),
        "attribute": model.attributes(),
    }


def _program_faults(program: Program, names: _Names, limits: Mapping[str, int | None]) -> list[Fault]:
    found = [
        Fault("twice", f"label {each!r} is given twice", f"program {program.name!r}")
        for each in program.twice
    ]

    def name(what: str, got: str, where: str) -> None:
        known = names[what]
        if got not in known:
            accepted = ", ".join(known[:12]) or "none is declared"
            hint = did_you_mean(got, known)
            found.append(
                Fault(f"unknown_{what.split()[0]}", f"{got!r} is no {what}", where, got, accepted, hint)
            )

    for number, step in enumerate(program.steps):
        where, options = f"program {program.name!r} step {number + 1} ({step.op})", step.options
        for option, what in _NAMED.items():
            if options.get(option) is not None:
                name(what, options[option], where)
        for option in ("duration", "longest", "value"):
            wrong = options[option].fault() if isinstance(options.get(option), Duration) else ""
            if wrong:
                found.append(Fault("bad_duration", wrong, where, str(options[option]), "seconds, 0 or more"))
        if options.get("times", "once") not in ("once", "size", "moved"):
            name("attribute", options["times"], where)
        amount = options.get("amount", 1) if not options.get("by_size") else 1
        most = limits.get(options.get("resource", ""))
        if amount < 1 or (most is not None and amount > most):
            accepted = "1 or more" if most is None else f"1 to {most}"
            found.append(Fault("over_capacity", "more than there can be", where, str(amount), accepted))
        priorities = [options.get("priority"), options["value"] if options.get("what") == "priority" else 0]
        for priority in priorities:
            if priority is not None and (not isinstance(priority, int) or not 0 <= priority < LEVELS):
                accepted = f"0 to {LEVELS - 1}"
                found.append(Fault("out_of_range", "a priority that is none", where, str(priority), accepted))
        if options.get("what") == "priority" and options["add"]:
            found.append(Fault("out_of_range", "a priority cannot be added to", where, accepted="a new one"))
        if step.op == "choose":
            shares = options["branches"]
            for target in shares:
                name("label", target, where)
            if not shares or min(shares.values()) < 0 or abs(sum(shares.values()) - 1) > 1e-9:
                got = " + ".join(map(str, shares.values()))
                found.append(Fault("bad_shares", "probabilities do not sum to 1", where, got, "a sum of 1"))
        elif step.op == "test":
            found += _test_faults(names, options, where)
        elif step.op == "fill":
            later = program.steps[number + 1 :]
            if not any(each.op == "take" and each.options["hold"] == options["hold"] for each in later):
                what = f"no later step takes from hold {options['hold']!r}, so that its bay would stay taken"
                found.append(Fault("no_take", what, where))
            if options["minimum"] < 0:
                found.append(Fault("out_of_range", "a negative minimum", where, str(options["minimum"])))
        elif step.op == "spawn" and (options["count"] < 0 or (options["size"] or 1) < 1):
            found.append(Fault("out_of_range", "a count or size that is none", where, accepted="1 or more"))
    if not program.steps or program.steps[-1].op not in ("end", "jump", "choose"):
        where, accepted = f"program {program.name!r}", "a last step end, jump or choose"
        found.append(Fault("no_end", "its last step leads nowhere", where, accepted=accepted))
    for label, at in program.labels.items():
        if at >= len(program.steps):
            found.append(
                Fault("no_end", f"label {label!r} stands after the last step", f"program {program.name!r}")
            )
    return found


def _test_faults(names: _Names, options: Mapping[str, Any], where: str) -> list[Fault]:
    found, measure, at = [], options["measure"], options["at"]
    if measure in _ON_PLACES:
        known = names[_ON_PLACES[measure] or "place"]
    elif measure == "attribute":
        known = names["attribute"]
    elif measure in _ON_TOKENS:
        known = [at]
    else:
        accepted = ", ".join((*_ON_PLACES, "attribute", *_ON_TOKENS))
        return [Fault("unknown_measure", f"{measure!r} is no measure", where, measure, accepted)]
    if at not in known:
        hint = did_you_mean(str(at), known)
        found.append(
            Fault("unknown_place", f"{at!r} has no {measure}", where, str(at), ", ".join(known[:12]), hint)
        )
    if options["comparison"] not in (">=", "<"):
        got = str(options["comparison"])
        found.append(Fault("unknown_comparison", f"{got!r} is no comparison", where, got, ">= or <"))
    return found


def _token_faults(model: Model) -> list[Fault]:
    found = []
    limits = model.limits()
    # The least that a program may ever ask for by size.
    tightest: dict[str, tuple[int, str]] = {}
    for program in model.programs.values():
        asked = [step.options for step in program.steps if step.op == "seize"]
        for name in (options["resource"] for options in asked if options["by_size"]):
            most = limits.get(name)
            if most is not None and (program.name not in tightest or most < tightest[program.name][0]):
                tightest[program.name] = (most, name)
    rows: list[tuple[str, int, str, int, int]] = [
        (f"token {start.name!r}", start.at_s, start.program, start.priority, start.size)
        for start in model.starts.values()
    ]
    for table, arrivals in model.tables.items():
        rows += [
            (f"arrivals {table!r} row {number + 1}", at, program, priority, size)
            for number, (at, program, _, priority, size) in enumerate(arrivals)
        ]
    for where, at, name, priority, size in rows:
        if name not in model.programs:
            hint = did_you_mean(name, model.programs)
            found.append(Fault("unknown_program", f"{name!r} is no program", where, name, hint=hint))
        if not 0 <= at < 2**31 - 1:
            found.append(Fault("out_of_range", "a second before the start or too late", where, str(at)))
        if not 0 <= priority < LEVELS:
            accepted = f"0 to {LEVELS - 1}"
            found.append(Fault("out_of_range", "a priority that is none", where, str(priority), accepted))
        if size < 1:
            found.append(Fault("out_of_range", "a size that is none", where, str(size), "1 or more"))
        most, resource = tightest.get(name, (size, ""))
        if size > most:
            what = f"bigger than all of {resource!r}, which its program asks for by size"
            found.append(Fault("over_capacity", what, where, str(size), f"1 to {most}"))
    return found
