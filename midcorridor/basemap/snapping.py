"""The nearest point of a graph to any place.

An edge is known by its two ends and its length; its course between them is not in the data. Where
the length exceeds the great circle, the line bends, and it can lie anywhere inside the ellipse
around both ends whose rim is reached with just that length. So the place is brought to the nearest
edge, and the part of the way inside that ellipse (or rather inside the rhombus within it, which is
pointed at the ends) counts as being on the line. With this rule
no distance can fall below the great circle: from any point of the ellipse the share of the edge's
length up to an end is never less than the straight line to that end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from midcorridor.basemap.sphere import EARTH_KM, Floats, arc_km, degrees, feet_on_arcs, unit_vectors

CHORD_SHARE = 0.3  # what a kilometre off an edge's chord weighs against one off its ellipse
FARTHEST_CHORD_KM = 100.0  # an edge whose chord is farther than this is never the nearest
BLOCK = 64  # edges that share one box; edges lie in spatial order, so a box is small


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a place meets the graph.

    lat, lon : the point on the line, degrees      off_km : straight from the place to that point
    edge : the edge it lies on, -1 for a place that is a node
    nodes : the edge's ends, or the node that it is
    to_node_m : metres along the edge from the point to each of those nodes
    """

    lat: float
    lon: float
    off_km: float
    edge: int
    nodes: tuple[int, ...]
    to_node_m: tuple[float, ...]

    @property
    def km(self) -> float:
        """How far the place is from the line."""
        return self.off_km


class NodeFinder:
    """Knows the node at exactly given coordinates."""

    def __init__(self, lat: Floats, lon: Floats) -> None:
        self._key = self._packed(lat, lon)
        self._order = np.argsort(self._key, kind="stable")
        self._key = self._key[self._order]

    @staticmethod
    def _packed(lat: Floats, lon: Floats) -> NDArray[np.int64]:
        micro = (np.rint(np.asarray(x) * 1e6).astype(np.int64) for x in (lat, lon))
        return np.asarray((next(micro) << 32) + next(micro))

    def at(self, lat: Floats, lon: Floats) -> NDArray[np.int64]:
        """The node (k,) at each place to a tenth of a metre, -1 where there is none."""
        key = self._packed(lat, lon)
        slot = np.minimum(np.searchsorted(self._key, key), self._key.size - 1)
        return np.where(self._key[slot] == key, self._order[slot], -1)


class Snapper:
    """Finds nearest edges through boxes around blocks of consecutive edges."""

    def __init__(
        self, vectors: Floats, start: NDArray[np.uint32], end: NDArray[np.uint32], metres: NDArray[np.uint32]
    ) -> None:
        """vectors (n, 3) unit vectors of the nodes; start, end, metres (m,) of the edges in use."""
        self._vectors, self._start, self._end, self._metres = vectors, start, end, metres
        points = vectors.astype(np.float32)
        heads = np.arange(0, start.size, BLOCK)
        low = np.minimum(points[start], points[end])
        high = np.maximum(points[start], points[end])
        self._low = np.minimum.reduceat(low, heads, axis=0).astype(np.float64)
        self._high = np.maximum.reduceat(high, heads, axis=0).astype(np.float64)
        # An arc bulges out of the box around its ends by at most its sagitta.
        reach = points[start] - points[end]
        chord = np.sqrt(np.maximum.reduceat((reach * reach).sum(axis=1), heads))
        self._bulge = (1.0 - np.sqrt(np.maximum(1.0 - chord * chord / 4, 0.0)) + 1e-6).astype(np.float64)

    def nearest(self, lat: float, lon: float, limit_km: float) -> Snap | None:
        """The nearest point of the graph, or None when every edge is farther than limit_km.

        Between edges the choice falls on the shortest way off the line, plus a share of the distance to
        the edge's chord: a long bent edge whose ellipse holds the place loses to a line close by.
        """
        place = unit_vectors(lat, lon)
        gap = np.maximum(np.maximum(self._low - place, place - self._high), 0.0)
        bound = (np.sqrt((gap * gap).sum(axis=1)) - self._bulge) * EARTH_KM
        best, best_edge, best_foot, best_off = np.inf, -1, place, 0.0
        order = np.flatnonzero(bound <= max(limit_km, FARTHEST_CHORD_KM))
        order = order[np.argsort(bound[order], kind="stable")]
        bound *= CHORD_SHARE
        at, step = 0, 4
        while at < order.size and bound[order[at]] <= best:
            edges = (order[at : at + step, None] * BLOCK + np.arange(BLOCK)).ravel()
            edges = edges[edges < self._start.size]
            start, end = self._vectors[self._start[edges]], self._vectors[self._end[edges]]
            feet, off = feet_on_arcs(place, start, end)
            outside = np.maximum(off - _half_width_km(start, end, feet, self._metres[edges] / 1000), 0.0)
            key = outside + CHORD_SHARE * (off - outside)
            key[outside > limit_km] = np.inf
            least = int(np.lexsort((edges, key))[0])
            if key[least] < best:
                best, best_edge = float(key[least]), int(edges[least])
                best_foot, best_off = feet[least], float(off[least])
            at, step = at + step, step * 2
        return None if best_edge < 0 else self._on_edge(place, best_edge, best_foot, best_off)

    def _on_edge(self, place: Floats, edge: int, foot: Floats, off_km: float) -> Snap:
        start, end = int(self._start[edge]), int(self._end[edge])
        ends = self._vectors[[start, end]]
        length_km = float(self._metres[edge]) / 1000
        straight_km = float(arc_km(ends[0], ends[1]))
        point = foot
        if off_km > 0 and length_km > straight_km > 0:
            width = _half_width_km(ends[:1], ends[1:], foot[None], np.array([length_km]))
            point = _toward(foot, place, float(width[0]), off_km)
        legs = arc_km(point, ends)
        lat, lon = degrees(point)
        for node, leg in zip((start, end), legs, strict=True):
            if leg < 1e-4:  # ten centimetres: the point is the node
                return Snap(float(lat), float(lon), float(arc_km(place, point)), edge, (node,), (0.0,))
        total = float(legs.sum())
        along = [max(float(leg), length_km * float(leg) / total) * 1000 for leg in legs]
        return Snap(
            float(lat), float(lon), float(arc_km(place, point)), edge, (start, end), (along[0], along[1])
        )


def _half_width_km(start: Floats, end: Floats, feet: Floats, length_km: Floats) -> Floats:
    """Half the width (k,) of each edge's rhombus at the foot on its chord, km.

    The rhombus between both ends and the flanks of the ellipse lies inside the ellipse, and
    narrows to nothing at the ends, where the line's place is known.
    """
    straight = arc_km(start, end)
    flank = np.sqrt(np.maximum(length_km * length_km - straight * straight, 0.0)) / 2
    from_middle = np.abs(arc_km(start, feet) - straight / 2)
    return np.asarray(flank * np.maximum(1 - from_middle / np.maximum(straight / 2, 1e-9), 0.0))


def _toward(foot: Floats, place: Floats, allowed_km: float, off_km: float) -> Floats:
    """The foot moved toward the place, at most allowed_km."""
    if allowed_km >= off_km:
        return place
    share = allowed_km / off_km
    point = foot * (1 - share) + place * share
    return np.asarray(point / np.sqrt((point * point).sum()))
