"""Straits, canals and capes: which sea lanes pass them, and what is left when they close.

Each passage is a gate, a line on the chart from shore to shore. A lane passes the passage when it
crosses its gate. Names attached to single lanes would leave a hidden lane beside them open; a gate
cannot be sailed round, so a closed passage stays closed.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from midcorridor.basemap.sphere import Floats, unit_vectors
from midcorridor.basemap.store import Part
from midcorridor.errors import Fault, InputError, did_you_mean

_TABLE = Path(__file__).parent / "passages.csv"


@cache
def gates() -> tuple[tuple[str, float, float, float, float], ...]:
    """(name, lat, lon, lat, lon) of each gate; a passage may have several."""
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        return tuple(
            (row["passage"], *(float(row[c]) for c in ("from_lat", "from_lon", "to_lat", "to_lon")))  # type: ignore[misc]
            for row in csv.DictReader(stream)
        )


PASSAGES: tuple[str, ...] = tuple(dict.fromkeys(gate[0] for gate in gates()))


def check_words(avoid: tuple[str, ...], mode: str) -> None:
    """Raises  InputError for a word that names no passage, or for a mode that has none."""
    if avoid and mode != "sea":
        raise InputError(
            Fault("no_passages", f"{mode} has no passages to close", where="avoid", got=", ".join(avoid), accepted="sea")
        )
    faults = [
        Fault(
            "unknown_passage",
            f"there is no passage {word!r}",
            where="avoid",
            got=word,
            accepted=", ".join(PASSAGES),
            hint=did_you_mean(word, PASSAGES),
        )
        for word in avoid
        if word not in PASSAGES
    ]
    if faults:
        raise InputError(faults)


def crossing_flags(start: Floats, end: Floats) -> NDArray[np.uint16]:
    """Which gates each lane crosses, one bit a passage; start, end (m, 3) unit vectors."""
    flags = np.zeros(start.shape[0], np.uint16)
    for name, *corners in gates():
        one, other = unit_vectors(corners[0::2], corners[1::2])
        crossed = _crosses(start, end, one, other)
        flags[crossed] |= np.uint16(1 << PASSAGES.index(name))
    return flags


def _crosses(start: Floats, end: Floats, one: Floats, other: Floats) -> NDArray[np.bool_]:
    """Whether arcs start-end cross the arc one-other."""
    gate = np.cross(one, other)
    side_a, side_b = start @ gate, end @ gate
    lane = np.cross(start, end)
    side_c, side_d = lane @ one, lane @ other
    # All four signs agree only where the arcs meet on this side of the Earth.
    ahead = ((start + end) @ (one + other)) > 0
    return np.asarray((side_a * side_b <= 0) & (side_c * side_d <= 0) & (side_a != side_b) & ahead)


def closed_edges(part: Part, avoid: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which edges (m,) a set of closed passages takes away."""
    check_words(avoid, part.mode)
    if part.flags is None or not avoid:
        return np.zeros(part.edges, bool)
    bits = sum(1 << PASSAGES.index(word) for word in avoid)
    return np.asarray((np.asarray(part.flags) & np.uint16(bits)) != 0)


def names_of(part: Part, edges: list[int]) -> tuple[str, ...]:
    """The passages along a row of edges, in order."""
    if part.flags is None or not edges:
        return ()
    flags = np.asarray(part.flags)[edges]
    names: dict[str, None] = {}
    for flag in flags[flags != 0].tolist():
        names.update((name, None) for bit, name in enumerate(PASSAGES) if flag >> bit & 1)
    return tuple(names)
