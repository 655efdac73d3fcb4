"""The nearest point of a graph to any place.

An edge is known by its two ends and its length; its course between them is not in the data. Where
the length exceeds the great circle, the line bends, and it can lie anywhere inside the ellipse
around both ends whose rim is reached with just that length. So the place is brought to the nearest
edge, and the part of the way inside that edge's ellipse counts as being on the line. With this rule
no distance can fall below the great circle: from any point of the ellipse the share of the edge's
length up to an end is never less than the straight line to that end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from midcorridor.basemap.sphere import EARTH_KM, Floats, arc_km, degrees, feet_on_arcs, unit_vectors

BLOCK = 64  # edges that share one box; edges lie in spatial order, so a box is small


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a place meets the graph.

    lat, lon : the point on the line, degrees      off_km : straight from the place to that point
    edge : the edge it lies on                     nodes : the edge's ends, one of them if it is the point
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
        """The nearest point of the graph, or None when every edge is farther than limit_km."""
        place = unit_vectors(lat, lon)
        gap = np.maximum(np.maximum(self._low - place, place - self._high), 0.0)
        bound = np.sqrt((gap * gap).sum(axis=1)) - self._bulge
        best, best_edge, best_foot = limit_km, -1, place
        order = np.flatnonzero(bound * EARTH_KM <= limit_km)
        order = order[np.argsort(bound[order], kind="stable")]
        at, step = 0, 4
        while at < order.size and bound[order[at]] * EARTH_KM <= best:
            blocks = order[at : at + step]
            edges = (blocks[:, None] * BLOCK + np.arange(BLOCK)).ravel()
            edges = edges[edges < self._start.size]
            feet, off = feet_on_arcs(
                place, self._vectors[self._start[edges]], self._vectors[self._end[edges]]
            )
            least = int(np.lexsort((edges, off))[0])
            if off[least] < best or (best_edge < 0 and off[least] <= best):
                best, best_edge, best_foot = float(off[least]), int(edges[least]), feet[least]
            at, step = at + step, step * 2
        return None if best_edge < 0 else self._on_edge(place, best_edge, best_foot, best)

    def _on_edge(self, place: Floats, edge: int, foot: Floats, off_km: float) -> Snap:
        start, end = int(self._start[edge]), int(self._end[edge])
        ends = self._vectors[[start, end]]
        length_km = float(self._metres[edge]) / 1000
        straight_km = float(arc_km(ends[0], ends[1]))
        point = foot
        if off_km > 0 and length_km > straight_km > 0:
            point = _toward(foot, place, _half_width_km(ends, foot, length_km, straight_km), off_km)
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


def _half_width_km(ends: Floats, foot: Floats, length_km: float, straight_km: float) -> float:
    """Half the width of the edge's ellipse at the foot, km."""
    half = length_km / 2
    narrow = np.sqrt(half * half - straight_km * straight_km / 4)
    from_middle = float(arc_km(ends[0], foot)) - straight_km / 2
    return float(narrow * np.sqrt(max(1 - (from_middle / half) ** 2, 0.0)))


def _toward(foot: Floats, place: Floats, allowed_km: float, off_km: float) -> Floats:
    """The foot moved toward the place, at most allowed_km."""
    if allowed_km >= off_km:
        return place
    share = allowed_km / off_km
    point = foot * (1 - share) + place * share
    return np.asarray(point / np.sqrt((point * point).sum()))
