"""Moves as columns of numbers: what a search and a shipment's prices read, an entry a move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from .moves import Edge, Part

Array = np.ndarray[Any, Any]
WORD = 64


@dataclass(frozen=True, eq=False)
class Columns:
    """A row a move: hours without what a clock decides, prices and emissions of a unit, tags, marks."""

    tail: Array  # node
    head: Array
    flags: Array
    hours: Array  # mean
    var_h2: Array
    lead_h: Array  # mean hours up to the departure
    usd_per_feu: Array
    run_usd_per_feu: Array  # of this the tariff of runs, which a booking changes
    kg_per_t: Array
    kg_per_teu: Array
    capacity_teu: Array  # of a departure; inf where a shipment is never split
    headway_h: Array
    headway_cv: Array
    boards: Array
    joins: Array
    rail_run: Array
    service: Array  # number in services; -1 without
    gate: Array  # number in gates; -1 without
    timetable: Array  # number in timetables; -1 without
    mark: Array  # (m, words) uint64, see `ground.mark_of`
    services: Mapping[tuple[str, str], int]  # number of a service and the country whose rules hold
    gates: Mapping[frozenset[str], int]
    timetables: Mapping[str, int]
    tagged: Mapping[str, Array]  # moves by tag, and by tag with the direction of travel
    edges: tuple[Edge, ...]

    @classmethod
    def of(cls, edges: Sequence[Edge], marks: Sequence[int], words: int) -> Columns:
        """Columns of moves; marks : what each comes to, as bits."""
        numbers: dict[str, dict[Any, int]] = {"service": {}, "gate": {}, "timetable": {}}
        listed: dict[str, list[Any]] = {name: [] for name in _NUMBERS}
        tagged: dict[str, list[int]] = {}

        def number(kind: str, value: Any) -> int:
            return numbers[kind].setdefault(value, len(numbers[kind])) if value else -1

        figures = _figures(edges)
        for at, edge in enumerate(edges):
            gated = next((part for part in edge.parts if part.gate), None)
            timed = next((part for part in edge.parts if part.timetable), None)
            values = {
                "tail": edge.tail,
                "head": edge.head,
                "flags": edge.flags,
                "rail_run": edge.mode == "rail" and any(part.kind == "run" for part in edge.parts),
                "boards": edge.boards,
                "joins": edge.joins,
                "service": number("service", edge.service_id and (edge.service_id, edge.loads_in)),
                "gate": number("gate", gated and gated.gate),
                "timetable": number("timetable", timed and timed.timetable),
            }
            for name, value in values.items():
                listed[name].append(value)
            way = "" if edge.westbound is None else ":westbound" if edge.westbound else ":eastbound"
            for tag in edge.tags:
                tagged.setdefault(tag, []).append(at)
                if way:
                    tagged.setdefault(tag + way, []).append(at)
        return cls(
            **{name: np.array(values, _NUMBERS[name]) for name, values in listed.items()},
            **figures,
            mark=words_of(marks, words),
            services=numbers["service"],
            gates=numbers["gate"],
            timetables=numbers["timetable"],
            tagged={tag: np.array(at, np.int64) for tag, at in tagged.items()},
            edges=tuple(edges),
        )

    def with_edges(self, moves: Sequence[int], edges: Sequence[Edge]) -> Columns:
        """The same moves, some of them with other figures; all else about these is as it was.

        moves : which ones     edges : all of them
        """
        merged, where = {}, list(moves)
        for name, fresh in _figures([edges[at] for at in moves]).items():
            merged[name] = getattr(self, name).copy()
            merged[name][where] = fresh
        return replace(self, **merged, edges=tuple(edges))

    def plus(self, other: Columns) -> Columns:
        """These moves followed by others."""
        merged: dict[str, Any] = {}
        for kind, many in (("service", "services"), ("gate", "gates"), ("timetable", "timetables")):
            at = dict(getattr(self, many))
            renamed = [at.setdefault(name, len(at)) for name in getattr(other, many)]
            renamed.append(-1)
            moved = np.array(renamed, np.int32)[getattr(other, kind)]
            merged[kind] = np.concatenate([getattr(self, kind), moved])
            merged[many] = at
        offset = len(self.edges)
        tagged = dict(self.tagged)
        for tag, moves in other.tagged.items():
            tagged[tag] = np.concatenate([tagged.get(tag, moves[:0]), moves + offset])
        for item in fields(self):
            if item.name not in (*merged, "tagged", "edges"):
                merged[item.name] = np.concatenate([getattr(self, item.name), getattr(other, item.name)])
        return Columns(**merged, tagged=tagged, edges=self.edges + other.edges)


def _figures(edges: Sequence[Edge]) -> dict[str, Array]:
    """What rows with other figures change of moves, an array a column.

    Moves that begin in several nodes share their parts: each is summed once, told apart by identity.
    """
    sums: dict[int, tuple[float, ...]] = {}
    rows = []
    for edge in edges:
        found = sums.get(id(edge.parts))
        if found is None:
            found = sums[id(edge.parts)] = _sums(edge.parts)
        capacity = edge.capacity_teu if edge.boards else np.inf
        headway_h = 168.0 / edge.departures_per_week if edge.departures_per_week else 0.0
        rows.append((*found, capacity, headway_h, edge.headway_cv))
    table = np.array(rows, np.float64).reshape(len(rows), len(_FIGURES))
    return {name: np.ascontiguousarray(table[:, at]) for at, name in enumerate(_FIGURES)}


def _sums(parts: Sequence[Part]) -> tuple[float, ...]:
    """The first seven of `_FIGURES`, which are sums over parts."""
    hours = var_h2 = lead_h = usd = run_usd = kg_per_t = kg_per_teu = 0.0
    for part in parts:
        hours += part.hours
        var_h2 += part.var_h2
        if part.gate or part.timetable or part.headway_h:
            lead_h = hours
        price = part.usd_per_feu
        usd += price
        if part.kind == "run":
            run_usd += price
        kg_per_t += part.kg_per_t
        kg_per_teu += part.kg_per_teu
    return hours, var_h2, lead_h, usd, run_usd, kg_per_t, kg_per_teu


_FIGURES = (
    "hours", "var_h2", "lead_h", "usd_per_feu", "run_usd_per_feu", "kg_per_t", "kg_per_teu",
    "capacity_teu", "headway_h", "headway_cv",
)  # fmt: skip
_NUMBERS: dict[str, Any] = {
    **dict.fromkeys(("tail", "head", "flags", "service", "gate", "timetable"), np.int32),
    **dict.fromkeys(("boards", "joins", "rail_run"), np.bool_),
}


def words_of(marks: Sequence[int], words: int) -> Array:
    """Bit sets as rows of words, (n, words) uint64; bits beyond them fall away."""
    full = (1 << WORD) - 1
    rows = [[mark >> (WORD * word) & full for word in range(words)] for mark in marks]
    return np.array(rows, np.uint64).reshape(len(marks), words)
