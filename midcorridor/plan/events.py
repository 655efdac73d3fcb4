"""What happens on a way, in order: legs and transfers, each with the spells of its hours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from ..arrival import Departures, Duration, Further, Gate, Headway
from .moves import Edge, Part
from .question import Question

Spell = Duration | Headway | Further | Departures | Gate
RUNS = ("run", "truck")


class Path(Protocol):
    """Moves one after the other: a way that a search has found, or one that was given."""

    corridor: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its moves, by number."""

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Its moves."""


@dataclass(eq=False)
class Event:
    """A leg, or what happens at one place between legs."""

    edge: Edge  # the first move of a leg, the move that a transfer is part of
    kind: str  # leg, or the kind of the part
    parts: list[Part]
    fares: list[Part] = field(default_factory=list)  # of a leg: freight that is not by the link
    edges: list[Edge] = field(default_factory=list)  # of a leg: the move of each part
    vehicles: int = 1  # departures that the boxes need, for a boarding

    @property
    def is_leg(self) -> bool:
        """Whether boxes move."""
        return self.kind == "leg"


@dataclass(eq=False)
class Course:
    """Events in order, and all spells of the way; spells[i].event is the number of an event."""

    events: list[Event]
    spells: list[Spell]


def course_of(question: Question, way: Path) -> Course:
    """The events and spells of a way."""
    course = Course([], [])
    leg: Event | None = None
    leg_number = -1
    fares: list[Part] = []
    for edge, number in zip(way.edges, way.numbers, strict=True):
        keys = _gate_keys(question, number)
        if edge.boards:
            leg = None
        gated = any(part.gate or part.kind not in (*RUNS, "fare", "border") for part in edge.parts)
        parts = edge.parts
        if keys and not gated and parts:
            # Something on the way of a vehicle is shut: it stands where it is.
            parts = (Part("halt", _stands_at(course, edge)), *parts)
        for part in parts:
            if part.kind == "fare":
                fares.append(part)
                continue
            if part.kind not in RUNS:
                if part.kind not in ("border", "halt"):
                    leg = None
                event = Event(edge, part.kind, [part])
                course.events.append(event)
                at = len(course.events) - 1
                shut = keys if part.kind != "border" else frozenset[str]()
                _spells_of_transfer(question, course, event, at, number, shut)
                if shut:
                    keys = frozenset()
                continue
            if leg is None or leg.edge.service_id != edge.service_id:
                leg = Event(edge, "leg", [], fares)
                course.events.append(leg)
                leg_number = len(course.events) - 1
                fares = []
            leg.parts.append(part)
            leg.edges.append(edge)
            _run(course, part, leg_number)
    return course


def _gate_keys(question: Question, number: int) -> frozenset[str]:
    gate = int(question.gate[number])
    return question.gates[gate] if gate >= 0 else frozenset()


def _stands_at(course: Course, edge: Edge) -> str:
    for event in reversed(course.events):
        for part in reversed(event.parts):
            if part.terminal_id:
                return part.terminal_id
    return edge.parts[0].terminal_id


def _run(course: Course, part: Part, event: int) -> None:
    """A stretch without a stop is one spell: its links' means and variances add up."""
    if part.handling_h <= 0:
        return
    cause = "truck" if part.kind == "truck" else "running"
    last = course.spells[-1] if course.spells else None
    mean_h, var_h2 = part.handling_h, part.handling_var_h2
    if isinstance(last, Duration) and last.event == event:
        course.spells[-1] = Duration(last.mean_h + mean_h, last.var_h2 + var_h2, event, cause)
    else:
        course.spells.append(Duration(mean_h, var_h2, event, cause))


def _spells_of_transfer(
    question: Question, course: Course, event: Event, at: int, number: int, gate: frozenset[str]
) -> None:
    [part], edge, spells = event.parts, event.edge, course.spells
    if part.handling_h > 0:
        cause = "border" if part.kind == "border" else "handling"
        spells.append(Duration(part.handling_h, part.handling_var_h2, at, cause))
    boards = edge.boards and part is edge.parts[0]
    if boards and edge.joins:
        booking = question.booking_of(edge)
        if booking is not None and booking.fill_mean_h > 0:
            spells.append(Duration(booking.fill_mean_h, booking.fill_var_h2, at, "fill"))
    if part.timetable:
        spells.append(Departures(question.calendar.departures(part.timetable), at))
    elif part.headway_h > 0:
        spells.append(Headway(part.headway_h, part.headway_cv, at))
    if gate:
        causes = question.calendar.gate(gate, at)
        if causes.causes:
            spells.append(causes)
    if boards:
        further = int(question.further[number])
        event.vehicles = further + 1
        if further:
            spells.append(Further(further, 168.0 / edge.departures_per_week, edge.headway_cv, at))


def without(spells: list[Any], cause: str) -> list[Any]:
    """The spells but those of a cause."""
    return [spell for spell in spells if spell.cause != cause]
