"""The course of every leg over land and sea, from the base map."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from ..errors import PlaceError
from .projection import Point, great_circle
from .words import leg_modes

Ring = Sequence[tuple[float, float]]
_GRAPHS = {"rail": "rail", "sea": "sea", "ferry": "sea", "road": "road"}
# A railway or road this much longer than the great circle leads round a gap in the graph; ships may.
_DETOUR, _DETOUR_KM = 2.0, 150.0


class Atlas(Protocol):
    """Land and the ways over it."""

    def outlines(self) -> Iterable[tuple[str, str, Sequence[Ring]]]:
        """Country code, name and rings of (lon, lat)."""
        ...

    def way(self, graph: str, start: Point, end: Point, avoid: tuple[str, ...]) -> tuple[float, list[Point]]:
        """Kilometres and points (lat, lon) along rail, road or sea.

        Raises PlaceError when there is no way.
        """
        ...


class ShippedAtlas:
    """The base map that ships with the package."""

    def outlines(self) -> Iterable[tuple[str, str, Sequence[Ring]]]:
        """Country shapes of Natural Earth."""
        from ..basemap.countries import outlines

        for code, name, rings in outlines():
            yield code, name, [[(lon, lat) for lon, lat in ring.tolist()] for ring in rings]

    def way(self, graph: str, start: Point, end: Point, avoid: tuple[str, ...]) -> tuple[float, list[Point]]:
        """The shortest way along one graph."""
        from ..basemap import router

        path = router(graph, avoid=avoid).route(start, end)
        return float(path.km), [(float(lat), float(lon)) for lat, lon in zip(path.lat, path.lon, strict=True)]


@dataclass(frozen=True, slots=True)
class Course:
    """One hop of a leg: points (lat, lon) and how it is known.

    straight : no way on the graph; the points are the great circle
    """

    mode: str  # rail, sea, ferry, road or inland_waterway
    points: tuple[Point, ...]
    straight: bool
    routes: str  # letters of the routes that take it, such as AB


def courses(routes: Sequence[Mapping[str, Any]], atlas: Atlas) -> list[Course]:
    """Every hop once, with the routes that take it, in the order met."""
    letters: dict[tuple[str, Point, Point, tuple[str, ...]], str] = {}
    for route in routes:
        avoid = ("suez",) if route["corridor"] == "ocean_cape" else ()
        legs = sorted((*route["legs"], *route["transfers"]), key=lambda part: part["seq"])
        for mode, leg in zip(leg_modes(legs), (p for p in legs if "mode" in p), strict=True):
            for a, b in pairwise(leg["points"]):
                start, end = (float(a[0]), float(a[1])), (float(b[0]), float(b[1]))
                if start == end:
                    continue
                hop = (mode, start, end, avoid if _GRAPHS.get(mode) == "sea" else ())
                letter = str(route["route_id"])
                if letter not in letters.setdefault(hop, ""):
                    letters[hop] += letter
    return [_course(*hop, on, atlas) for hop, on in letters.items()]


def _course(mode: str, start: Point, end: Point, avoid: tuple[str, ...], routes: str, atlas: Atlas) -> Course:
    graph = _GRAPHS.get(mode)
    if graph is not None:
        try:
            length_km, points = atlas.way(graph, start, end, avoid)
        except PlaceError:
            pass
        else:
            most_km = math.inf if graph == "sea" else _DETOUR * great_circle_km(start, end) + _DETOUR_KM
            if length_km <= most_km and len(points) > 1:
                return Course(mode, tuple(points), False, routes)
    return Course(mode, tuple(great_circle(start, end)), True, routes)


def great_circle_km(a: Point, b: Point) -> float:
    """Kilometres along the great circle, on a sphere of 6371 km."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(p[0]), math.radians(p[1])) for p in (a, b))
    chord = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(chord)))


def running_on(points: Sequence[Point], lon0: float) -> list[Point]:
    """Points (lat, lon) whose longitudes run on across 180 degrees, the first within 180 of lon0."""
    result: list[Point] = []
    before = lon0
    for lat, lon in points:
        near = lon + 360 * round((before - lon) / 360)
        result.append((lat, near))
        before = near
    return result
