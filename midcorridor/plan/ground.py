"""The moves of one day's network as columns, made once for each direction of travel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..network import Compiled
from .columns import WORD, Columns
from .graph import Builder
from .moves import TRUCK, Edge
from .shortcuts import Shortcuts, shortcuts_of


@dataclass(frozen=True, eq=False)
class Ground:
    """What every question on the same rows shares; never changed by one."""

    builder: Builder
    columns: Columns
    nodes: int
    bits: Mapping[str, int]  # the mark of each terminal
    words: int
    shortcuts: Shortcuts
    left_out: Sequence[str]

    def marked(self, edges: Sequence[Edge], source: int, target: int) -> Columns:
        """Columns of further moves, which lead from the source or to the target."""
        marks = [mark_of(edge, self.bits, self.builder.compiled, source, target) for edge in edges]
        return Columns.of(edges, marks, self.words)


def ground_of(compiled: Compiled, bound: str) -> Ground:
    """The ground for freight bound west or east."""
    return compiled.once(("ground", bound), lambda: _make(compiled, bound))


def _make(compiled: Compiled, bound: str) -> Ground:
    builder = Builder(compiled, bound)
    graph = builder.build()
    bits = {terminal_id: 1 << at for at, terminal_id in enumerate(compiled.terminals)}
    words = max(1, -(-len(bits) // WORD))
    marks = [mark_of(edge, bits, compiled, -1, -1) for edge in graph.edges]
    columns = Columns.of(graph.edges, marks, words)
    # Where the moves of the ends begin and end: the yards, and trucks that drive on.
    kept = frozenset(
        number for name, number in graph.nodes.items() if name[0] == "yard" or TRUCK in name[1:2]
    )
    shortcuts = shortcuts_of(columns, kept)
    return Ground(builder, columns, len(graph.nodes), bits, words, shortcuts, tuple(graph.left_out))


def mark_of(
    edge: Edge, bits: Mapping[str, int], compiled: Compiled, source: int, target: int
) -> tuple[int, int]:
    """What a move comes to, and the marks that a way still bears when it makes it.

    A change of gauge starts afresh in its country: the station that reloads may lie beyond the
    junction where the way turns.
    """
    keep = (1 << len(bits)) - 1
    if any(part.kind == "gauge_change" for part in edge.parts):
        here = edge.parts[0].terminal_id
        country = compiled.terminals[here]["country"]
        for terminal_id, bit in bits.items():
            if compiled.terminals[terminal_id]["country"] == country:
                keep &= ~bit
        return bits[here], keep
    mark = 0
    for part in edge.parts:
        if part.kind == "run":
            mark |= bits.get(part.terminal_id, 0)
    if edge.tail == source and edge.head != target:
        # The terminal that an origin's truck leads to.
        mark |= next((bits[tag[9:]] for tag in edge.tags if tag.startswith("terminal:")), 0)
    return mark, keep


def far_terminals(compiled: Compiled, ends: Sequence[tuple[float, float]], limit_km: float) -> list[str]:
    """Terminals that lie farther than a limit from any of some points (degrees)."""
    lat, lon, names = compiled.once("places", lambda: _places(compiled))
    far = np.zeros(len(names), np.bool_)
    for end in ends:
        a, b = np.radians(end)
        chord = np.sin((lat - a) / 2) ** 2 + np.cos(a) * np.cos(lat) * np.sin((lon - b) / 2) ** 2
        far |= 2 * 6371.0088 * np.arcsin(np.sqrt(np.minimum(1.0, chord))) > limit_km
    return [names[at] for at in np.flatnonzero(far)]


def _places(compiled: Compiled) -> tuple[np.ndarray, np.ndarray, list[str]]:
    rows = compiled.terminals.values()
    lat = np.radians([row["lat"] for row in rows])
    lon = np.radians([row["lon"] for row in rows])
    return lat, lon, list(compiled.terminals)
