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
    bits: Mapping[str, int]  # the mark of each yard and frontier
    words: int
    shortcuts: Shortcuts
    left_out: Sequence[str]

    def marked(self, edges: Sequence[Edge], source: int, target: int) -> Columns:
        """Columns of further moves, which lead from the source or to the target."""
        marks = [mark_of(edge, self.bits, source, target) for edge in edges]
        return Columns.of(edges, marks, self.words)


def ground_of(compiled: Compiled, bound: str) -> Ground:
    """The ground for freight bound west or east."""
    return compiled.once(("ground", bound), lambda: _make(compiled, bound))


def _make(compiled: Compiled, bound: str) -> Ground:
    builder = Builder(compiled, bound)
    graph = builder.build()
    bits = _bits(compiled)
    words = max(1, -(-max(bit.bit_length() for bit in bits.values()) // WORD)) if bits else 1
    marks = [mark_of(edge, bits, -1, -1) for edge in graph.edges]
    columns = Columns.of(graph.edges, marks, words)
    # Where the moves of the ends begin and end: the yards, and trucks that drive on.
    kept = frozenset(
        number for name, number in graph.nodes.items() if name[0] == "yard" or TRUCK in name[1:2]
    )
    shortcuts = shortcuts_of(columns, kept)
    return Ground(builder, columns, len(graph.nodes), bits, words, shortcuts, tuple(graph.left_out))


def mark_of(edge: Edge, bits: Mapping[str, int], source: int, target: int) -> int:
    """What a move comes to that no way comes to twice: a yard where boxes are lifted, a frontier crossed.

    A way may pass a place again without a stop, as boxes do that are brought to a hub and come by on its
    train.
    """
    mark = 0
    if edge.yard:
        mark |= bits[edge.yard]
    elif edge.tail == source and edge.head != target:
        # The terminal that an origin's truck leads to.
        mark |= next((bits[tag] for tag in sorted(edge.tags) if tag.startswith("terminal:")), 0)
    for part in edge.parts:
        mark |= bits.get(f"frontier-link:{part.link_id}", 0)
    return mark


def _bits(compiled: Compiled) -> dict[str, int]:
    """A bit for each yard, and for each link over a frontier."""
    country = {terminal_id: row["country"] for terminal_id, row in compiled.terminals.items()}
    names = [f"terminal:{terminal_id}" for terminal_id in compiled.terminals]
    # The links of two gauges between the same places are one crossing.
    pairs: dict[frozenset[str], str] = {}
    alike = []
    for link_id, row in compiled.links.items():
        if country[row["from_terminal"]] != country[row["to_terminal"]] and row["mode"] in ("rail", "road"):
            ends = frozenset((row["from_terminal"], row["to_terminal"]))
            alike.append((f"frontier-link:{link_id}", pairs.setdefault(ends, f"frontier-link:{link_id}")))
    names += list(pairs.values())
    bits = {name: 1 << at for at, name in enumerate(names)}
    return bits | {name: bits[first] for name, first in alike}


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
