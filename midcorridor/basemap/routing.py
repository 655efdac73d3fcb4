"""Distances and paths on one graph between any two coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from midcorridor.basemap.engine import FAR, Engine, Metres, make_engine
from midcorridor.basemap.gauges import STEP_M
from midcorridor.basemap.passages import closed_edges, names_of
from midcorridor.basemap.snapping import NodeFinder, Snap, Snapper
from midcorridor.basemap.sphere import Floats, great_circle_km, unit_vectors
from midcorridor.basemap.store import Part
from midcorridor.errors import Fault, InputError, PlaceError

Place = tuple[float, float]
Ints = NDArray[np.int64]

_JOIN, _GAUGE = 1, 2

# How far a place may lie from the graph. A rail terminal has its siding, a road reaches any town;
# sea lanes are drawn coarsely and stop some way off a port.
REACH_KM = {"rail": 30.0, "road": 50.0, "sea": 100.0}


@dataclass(frozen=True, eq=False)
class Path:
    """A way along one graph.

    km : all of it, with the straight bits from the places to the line
    lat, lon : (n,) degrees       passages : straits, canals and capes passed, in order
    snap_from_km, snap_to_km : those straight bits
    joins : how many of our own joins it uses
    gauge_changes : how often wagons change gauge
    """

    km: float
    lat: Floats
    lon: Floats
    passages: tuple[str, ...] = ()
    snap_from_km: float = 0.0
    snap_to_km: float = 0.0
    joins: int = 0
    gauge_changes: int = 0


class Router:
    """Distances in kilometres on one graph. Places are (latitude, longitude) in degrees."""

    def __init__(self, part: Part, *, avoid: tuple[str, ...] = (), engine: str = "auto") -> None:
        self.mode = part.mode
        self.avoid = avoid
        self.part = part
        self._vectors = unit_vectors(part.lat, part.lon)
        closed = closed_edges(part, avoid)
        metres = np.where(closed, np.uint32(FAR), part.metres).astype(np.uint32)
        if part.gauge is not None:
            metres[part.gauge] += STEP_M
        self.engine: Engine = make_engine(part, metres, engine)
        in_use = np.flatnonzero(~closed)
        self._edge_of = None if in_use.size == closed.size else in_use
        start, end = part.tail[: part.edges], part.head[: part.edges]
        if self._edge_of is not None:
            start, end = start[in_use], end[in_use]
        self._snapper = Snapper(self._vectors, start, end, np.asarray(part.metres)[in_use])
        self._snap = lru_cache(maxsize=65536)(self._find)

    def snap(self, place: Place) -> Snap:
        """Where a place meets the graph.

        Raises  PlaceError when nothing is in reach; InputError when it is no coordinate.
        """
        found = self._snap(*place) if _is_place(place) else None
        if found is None:
            limit = REACH_KM[self.mode]
            what = f"there is no {self.mode} within {limit:.0f} km of {_words(place)}"
            raise PlaceError(
                Fault("out_of_reach", what, where=self.mode, got=_words(place), hint=_OTHER[self.mode])
            )
        return found

    def km(self, a: Place, b: Place) -> float:
        """Kilometres between two places.

        Raises  PlaceError when one is out of reach or no way leads from one to the other.
        """
        metres = self._shortest(a, self.snap(a), b, self.snap(b))[0]
        return (metres if self.part.gauge is None else metres % STEP_M) / 1000

    def route(self, a: Place, b: Place, via: Iterable[Place] = ()) -> Path:
        """The shortest path, through the places of `via` in their order.

        Raises  PlaceError as km() does, naming the two ends of the part that has no way.
        """
        stops = [a, *via, b]
        snaps = [self.snap(stop) for stop in stops]
        # A place on the way is passed on the line; only the two ends leave it.
        snaps[1:-1] = [replace(snap, off_km=0.0) for snap in snaps[1:-1]]
        legs = [
            self._leg(p, s, q, t)
            for p, s, q, t in zip(stops[:-1], snaps[:-1], stops[1:], snaps[1:], strict=True)
        ]
        lat, lon = [np.array([a[0], snaps[0].lat])], [np.array([a[1], snaps[0].lon])]
        for (_, nodes, _), snap in zip(legs, snaps[1:], strict=True):
            lat += [self.part.lat[nodes], np.array([snap.lat])]
            lon += [self.part.lon[nodes], np.array([snap.lon])]
        lats, lons = _without_repeats(np.concatenate([*lat, [b[0]]]), np.concatenate([*lon, [b[1]]]))
        edges = np.concatenate([leg[2] for leg in legs])
        marks = self._marks[edges]
        return Path(
            km=sum(leg[0] for leg in legs),
            lat=lats,
            lon=lons,
            passages=names_of(self.part, edges),
            snap_from_km=snaps[0].off_km,
            snap_to_km=snaps[-1].off_km,
            joins=int((marks & _JOIN > 0).sum()),
            gauge_changes=int((marks & _GAUGE > 0).sum()),
        )

    def table(self, sources: ArrayLike, targets: ArrayLike) -> NDArray[np.float64]:
        """Kilometres (n, m) from each source to each target, inf where there is no way.

        sources (n, 2), targets (m, 2) latitude and longitude in degrees
        """
        starts, ends = self._bring(sources), self._bring(targets)
        metres = self.engine.table(starts.nodes, ends.nodes).astype(np.float64)
        metres[metres >= FAR] = np.inf
        metres += starts.extra_m[:, None]
        metres += ends.extra_m[None, :]
        if starts.first is not None:
            metres = np.minimum.reduceat(metres, starts.first, axis=0)
        if ends.first is not None:
            metres = np.minimum.reduceat(metres, ends.first, axis=1)
        for i, j in _same_edge(starts.edges, ends.edges):
            metres[i, j] = self._metres_between(starts.snaps[i], ends.snaps[j])
        metres[starts.missing] = np.inf
        metres[:, ends.missing] = np.inf
        return self._length_km(metres)

    @cached_property
    def _marks(self) -> NDArray[np.uint8]:
        """Bits of each edge (m,): a join of ours, a change of gauge."""
        marks = np.zeros(self.part.edges, np.uint8)
        marks[self.part.joins] |= _JOIN
        if self.part.gauge is not None:
            marks[self.part.gauge] |= _GAUGE
        return marks

    @cached_property
    def _nodes(self) -> NodeFinder:
        return NodeFinder(self.part.lat, self.part.lon)

    def _find(self, lat: float, lon: float) -> Snap | None:
        node = int(self._nodes.at(np.array(lat), np.array(lon)))
        if node >= 0:
            return self._at_node(node)
        found = self._snapper.nearest(lat, lon, REACH_KM[self.mode])
        if found is not None and self._edge_of is not None:
            found = replace(found, edge=int(self._edge_of[found.edge]))
        return found

    def _at_node(self, node: int) -> Snap:
        return Snap(float(self.part.lat[node]), float(self.part.lon[node]), 0.0, -1, (node,), (0.0,))

    def _length_km(self, metres: ArrayLike) -> NDArray[np.float64]:
        """Kilometres, without what changes of gauge added while the way was sought; inf stays inf."""
        km = np.asarray(metres, float) / 1000
        if self.part.gauge is None:
            return km
        return np.asarray(np.where(km < np.inf, np.mod(np.minimum(km, 1e9), STEP_M / 1000), np.inf))

    def _metres_between(self, s: Snap, t: Snap) -> float:
        """Metres (with changes of gauge) between two snapped places; inf without a way."""
        table = self.engine.table(np.array(s.nodes, np.uint32), np.array(t.nodes, np.uint32))
        return self._choose(s, t, table)[0]

    def _choose(self, s: Snap, t: Snap, table: Metres) -> tuple[float, int, int]:
        """Metres, and through which end of either edge; (-1, -1) along the edge they share."""
        sums = np.where(table < FAR, table, np.inf) + np.array(s.to_node_m)[:, None] + np.array(t.to_node_m)
        i, j = np.unravel_index(int(np.argmin(sums)), sums.shape)
        best = (float(sums[i, j]), int(i), int(j))
        if s.edge == t.edge >= 0:
            best = min(best, (self._along(s, t), -1, -1))
        return (best[0] + (s.off_km + t.off_km) * 1000, best[1], best[2])

    def _along(self, s: Snap, t: Snap) -> float:
        """Metres along the edge that both lie on, never less than the great circle."""
        length = float(self.part.metres[s.edge])
        straight = 1000 * float(great_circle_km(s.lat, s.lon, t.lat, t.lon))
        return max(abs(self._position(s, length) - self._position(t, length)), straight)

    def _position(self, s: Snap, length: float) -> float:
        if len(s.nodes) == 2:
            return s.to_node_m[0]
        return 0.0 if s.nodes[0] == int(self.part.tail[s.edge]) else length

    def _shortest(self, a: Place, s: Snap, b: Place, t: Snap) -> tuple[float, int, int]:
        """Metres, and through which end of either edge; (-1, -1) along the edge they share."""
        table = self.engine.table(np.array(s.nodes, np.uint32), np.array(t.nodes, np.uint32))
        if table.size == 1:
            metres = int(table[0, 0])
            total, i, j = metres + (s.off_km + t.off_km) * 1000 if metres < FAR else np.inf, 0, 0
        else:
            total, i, j = self._choose(s, t, table)
        if total == np.inf:
            raise self._no_way(a, b)
        return total, i, j

    def _no_way(self, a: Place, b: Place) -> PlaceError:
        what = f"no {self.mode} leads from {_words(a)} to {_words(b)}"
        other = _OTHER[self.mode]
        hint = f"The two lie on separate networks; {other[0].lower()}{other[1:]}"
        if self.avoid:
            hint = f"With {', '.join(self.avoid)} closed there is no way; open a passage"
        return PlaceError(Fault("no_way", what, where=self.mode, got=f"{_words(a)}; {_words(b)}", hint=hint))

    def _leg(self, a: Place, s: Snap, b: Place, t: Snap) -> tuple[float, Ints, Ints]:
        """Kilometres, nodes and edges."""
        if len(s.nodes) == 1 and len(t.nodes) == 1:
            metres, nodes, arcs = self.engine.path(s.nodes[0], t.nodes[0])
            if metres >= FAR:
                raise self._no_way(a, b)
            total = metres + (s.off_km + t.off_km) * 1000
        else:
            total, i, j = self._shortest(a, s, b, t)
            nodes, arcs = [], []
            if i >= 0:
                _, nodes, arcs = self.engine.path(s.nodes[i], t.nodes[j])
        return (
            float(self._length_km(total)),
            np.array(nodes, np.int64),
            np.array(arcs, np.int64) % self.part.edges,
        )

    def _bring(self, places: ArrayLike) -> _Brought:
        points = np.asarray(places, float)
        if points.ndim != 2 or points.shape[1] != 2:
            raise InputError(
                Fault(
                    "bad_shape",
                    "places must be rows of latitude and longitude",
                    where="table",
                    got=str(points.shape),
                )
            )
        snaps = [self._snap(lat, lon) if _is_place((lat, lon)) else None for lat, lon in points.tolist()]
        return _Brought.of(snaps)


@dataclass(frozen=True, eq=False)
class _Brought:
    """Many places on the graph, flattened: a place is one node or two.

    nodes, extra_m (k,); first (n,) where each place's nodes begin, None when each has one
    missing (n,) bool: out of reach
    """

    snaps: list[Snap]
    nodes: NDArray[np.uint32]
    extra_m: Floats
    first: NDArray[np.int64] | None
    missing: NDArray[np.bool_]
    edges: NDArray[np.int64]

    @staticmethod
    def of(found: Sequence[Snap | None]) -> _Brought:
        nowhere = Snap(0.0, 0.0, 0.0, -1, (0,), (0.0,))
        snaps = [snap or nowhere for snap in found]
        nodes = [node for snap in snaps for node in snap.nodes]
        extra = [metres + 1000 * snap.off_km for snap in snaps for metres in snap.to_node_m]
        first = None
        if len(nodes) != len(snaps):
            first = np.concatenate([[0], np.cumsum([len(snap.nodes) for snap in snaps])[:-1]]).astype(
                np.int64
            )
        return _Brought(
            snaps,
            np.array(nodes, np.uint32),
            np.array(extra, float),
            first,
            np.array([snap is None for snap in found], bool),
            # Only places inside an edge can meet inside it.
            np.array([snap.edge if len(snap.nodes) == 2 else -1 for snap in snaps], np.int64),
        )


_OTHER = {
    "rail": "Name a place with a railway, or ask for road",
    "road": "Name a place on the mainland, or ask for sea",
    "sea": "Name a seaport; inland places are reached by rail or road",
}


def _same_edge(a: NDArray[np.int64], b: NDArray[np.int64]) -> list[tuple[int, int]]:
    shared = np.intersect1d(a[a >= 0], b[b >= 0])
    return [
        (int(i), int(j))
        for edge in shared
        for i in np.flatnonzero(a == edge)
        for j in np.flatnonzero(b == edge)
    ]


def _is_place(place: Place) -> bool:
    lat, lon = place
    if not (-90 <= lat <= 90 and -180 <= lon <= 360):  # also refuses NaN
        raise InputError(
            Fault(
                "bad_coordinate",
                f"{lat}, {lon} is no place on Earth",
                where="coordinates",
                got=f"{lat}, {lon}",
                accepted="latitude -90 to 90, longitude -180 to 180, latitude first",
            )
        )
    return True


def _words(place: Place) -> str:
    lat, lon = place
    return f"{abs(lat):.3f}{'N' if lat >= 0 else 'S'} {abs(lon):.3f}{'E' if lon >= 0 else 'W'}"


def _without_repeats(lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """The line without points that repeat the one before; at least two points stay."""
    keep = np.concatenate([[True], (np.abs(np.diff(lat)) > 1e-9) | (np.abs(np.diff(lon)) > 1e-9)])
    if keep.sum() < 2:
        keep[-1] = True
    return lat[keep], lon[keep]
