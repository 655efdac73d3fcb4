"""Straits, canals and capes: which sea lanes pass them, and what is left when they close.

Each passage is a gate, a line on the chart from shore to shore. A lane passes the passage when it
crosses its gate. Names attached to single lanes would leave a hidden lane beside them open; a gate
cannot be sailed round, so a closed passage stays closed.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from midcorridor.basemap.sphere import Floats, unit_vectors
from midcorridor.basemap.store import Part
from midcorridor.errors import Fault, InputError, did_you_mean

_TABLE = Path(__file__).parent / "passages.csv"


class Gate(NamedTuple):
    """One gate: a passage's name, its two ends, and whether it is open unless closed by the user."""

    passage: str
    from_lat: float
    from_lon: float
    to_lat: float
    to_lon: float
    is_open: bool


@cache
def gates() -> tuple[Gate, ...]:
    """The gates of passages.csv; a passage may have several."""
    with _TABLE.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Gate(
                row["passage"],
                float(row["from_lat"]),
                float(row["from_lon"]),
                float(row["to_lat"]),
                float(row["to_lon"]),
                row["open"] == "yes",
            )
            for row in csv.DictReader(stream)
        )


def passages() -> tuple[str, ...]:
    """The words that `avoid` takes, in the order of their bits."""
    return tuple(dict.fromkeys(gate.passage for gate in gates()))


def check_words(avoid: tuple[str, ...], mode: str) -> None:
    """Raises  InputError for a word that names no passage, or for a mode that has none."""
    if avoid and mode != "sea":
        raise InputError(
            Fault(
                "no_passages",
                f"{mode} has no passages to close",
                where="avoid",
                got=", ".join(avoid),
                accepted="sea",
            )
        )
    faults = [
        Fault(
            "unknown_passage",
            f"there is no passage {word!r}",
            where="avoid",
            got=word,
            accepted=", ".join(passages()),
            hint=did_you_mean(word, passages()),
        )
        for word in avoid
        if word not in passages()
    ]
    if faults:
        raise InputError(faults)


def crossing_flags(start: Floats, end: Floats) -> NDArray[np.uint32]:
    """Which gates each lane crosses, one bit a passage; start, end (m, 3) unit vectors."""
    flags = np.zeros(start.shape[0], np.uint32)
    for gate in gates():
        one, other = unit_vectors([gate.from_lat, gate.to_lat], [gate.from_lon, gate.to_lon])
        crossed = _crosses(start, end, one, other)
        flags[crossed] |= np.uint32(1 << passages().index(gate.passage))
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
    """Which edges (m,) a set of closed passages takes away; the Arctic ones are never open."""
    check_words(avoid, part.mode)
    if part.flags is None:
        return np.zeros(part.edges, bool)
    shut = {*avoid, *(gate.passage for gate in gates() if not gate.is_open)}
    bits = sum(1 << passages().index(word) for word in shut)
    return np.asarray((np.asarray(part.flags) & np.uint32(bits)) != 0)


def names_of(part: Part, edges: NDArray[np.int64]) -> tuple[str, ...]:
    """The passages along a row of edges, in order."""
    if part.flags is None:
        return ()
    flags = np.asarray(part.flags)[edges]
    names: dict[str, None] = {}
    for flag in flags[flags != 0].tolist():
        names.update((name, None) for bit, name in enumerate(passages()) if flag >> bit & 1)
    return tuple(names)
