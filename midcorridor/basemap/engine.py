"""Shortest paths behind one interface: a contraction hierarchy, or our own compiled search.

Both work on whole metres, so they give the same lengths to the last digit. Which one is used is
no part of an answer: the hierarchy when pyroutingkit can be imported, otherwise the search;
``MIDCORRIDOR_ENGINE=cch`` or ``search`` decides it by hand.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from midcorridor.basemap.store import Part
from midcorridor.errors import Fault, InputError

ENGINES = ("auto", "cch", "search")
FAR = 2**31 - 1  # metres: no way; also RoutingKit's infinity

Ids = NDArray[np.uint32]
Metres = NDArray[np.uint32]


class Engine(Protocol):
    """Shortest paths between nodes of one graph under one set of lengths."""

    name: str

    def path(self, source: int, target: int) -> tuple[int, list[int], list[int]]:
        """Metres, nodes and arcs of a shortest path; (FAR, [], []) where there is none."""

    def table(self, sources: Ids, targets: Ids) -> Metres:
        """Metres (n, m) from each source to each target; FAR where there is no way."""


class Hierarchy:
    """RoutingKit's customizable contraction hierarchy, on the order that was stored at build time."""

    name = "cch"

    def __init__(self, part: Part, metres: Metres) -> None:
        import pyroutingkit

        self._topology = pyroutingkit.CCHTopology()
        with tempfile.TemporaryDirectory(prefix="midcorridor-") as folder:
            part.write_topology(Path(folder))
            self._topology.load(folder)
        self._metric = pyroutingkit.CCHMetric(self._topology)
        self._metric.customize(np.concatenate([metres, metres]))

    def path(self, source: int, target: int) -> tuple[int, list[int], list[int]]:
        metres, nodes, arcs = self._metric.query(source, target)
        return (metres, nodes, arcs) if metres < FAR else (FAR, [], [])

    def table(self, sources: Ids, targets: Ids) -> Metres:
        return np.asarray(self._metric.distances_many_to_many(sources, targets), dtype=np.uint32)


class Search:
    """Dijkstra's search in compiled code: slower, no library needed, the same answers."""

    name = "search"

    def __init__(self, part: Part, metres: Metres) -> None:
        from midcorridor._kernels import search

        self._search = search
        arcs = np.argsort(part.tail, kind="stable").astype(np.int32)
        self._first = np.concatenate([[0], np.cumsum(np.bincount(part.tail, minlength=part.lat.size))])
        self._first = self._first.astype(np.int32)
        self._arc = arcs
        self._head = np.asarray(part.head)[arcs].astype(np.int32)
        self._metres = np.concatenate([metres, metres])[arcs].astype(np.int64)

    def path(self, source: int, target: int) -> tuple[int, list[int], list[int]]:
        metres, nodes, slots = self._search.path(self._first, self._head, self._metres, source, target, FAR)
        return int(metres), nodes.tolist(), self._arc[slots].tolist()

    def table(self, sources: Ids, targets: Ids) -> Metres:
        return np.asarray(
            self._search.table(
                self._first, self._head, self._metres, sources.astype(np.int32), targets.astype(np.int32), FAR
            ),
            dtype=np.uint32,
        )


def make_engine(part: Part, metres: Metres, name: str = "auto") -> Engine:
    """The engine asked for; ``auto`` takes the hierarchy where its library is installed.

    Raises  InputError for an unknown name.
    """
    if name == "auto":
        name = os.environ.get("MIDCORRIDOR_ENGINE", "auto")
    if name not in ENGINES:
        raise InputError(
            Fault(
                "unknown_engine", f"there is no engine {name!r}", where="engine", accepted=", ".join(ENGINES)
            )
        )
    if name == "search":
        return Search(part, metres)
    try:
        return Hierarchy(part, metres)
    except (ImportError, OSError):
        # No library, or no place for its temporary files: the slower search gives the same answers.
        if name == "cch":
            raise
        return Search(part, metres)
