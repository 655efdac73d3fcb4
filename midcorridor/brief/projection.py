"""From degrees to the plane, and lines that keep their shape with fewer points.

Two projections serve: Lambert's conformal conic for the land routes of Eurasia, and Miller's
cylindrical where a route goes near or over the equator, as by the Cape. Source of both: J. P. Snyder,
Map Projections - A Working Manual, USGS Professional Paper 1395 (1987), pages 107-109 and 88.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Point = tuple[float, float]

_SOUTH_OF_CONE = 8.0  # degrees; a conic spreads far beyond its southern parallel
_WIDEST_CONE = 150.0


class Projection(Protocol):
    """A projection of the sphere of radius 1; y grows to the south, as on screens."""

    @property
    def name(self) -> str:
        """As cartographers call it."""
        ...

    @property
    def lon0(self) -> float:
        """The meridian in the middle, degrees."""
        ...

    def __call__(self, lat: float, lon: float) -> Point: ...


@dataclass(frozen=True, slots=True)
class Miller:
    """Miller's cylindrical projection about a meridian."""

    lon0: float
    name: str = "Miller cylindrical"

    def __call__(self, lat: float, lon: float) -> Point:
        """x and y of a place in degrees."""
        phi = math.radians(max(-89.0, min(89.0, lat)))
        return math.radians(lon - self.lon0), -1.25 * math.log(math.tan(math.pi / 4 + 0.4 * phi))


class Lambert:
    """Lambert's conformal conic projection with two standard parallels, north of the equator."""

    name = "Lambert conformal conic"

    def __init__(self, lon0: float, south: float, north: float) -> None:
        first, second = math.radians(south), math.radians(north)
        self.lon0 = lon0
        if abs(first - second) < 1e-6:
            self._n = math.sin(first)
        else:
            self._n = math.log(math.cos(first) / math.cos(second)) / math.log(_half(second) / _half(first))
        self._f = math.cos(first) * _half(first) ** self._n / self._n

    def __call__(self, lat: float, lon: float) -> Point:
        """x and y of a place in degrees."""
        rho = self._f / _half(math.radians(max(-60.0, min(89.0, lat)))) ** self._n
        theta = self._n * math.radians(lon - self.lon0)
        return rho * math.sin(theta), rho * math.cos(theta)


def _half(phi: float) -> float:
    return math.tan(math.pi / 4 + phi / 2)


def projection_for(lats: Sequence[float], lons: Sequence[float]) -> Projection:
    """The projection that suits places in degrees, with its meridian in their middle."""
    low, high = min(lats), max(lats)
    west, east = min(lons), max(lons)
    lon0 = (west + east) / 2
    if low < _SOUTH_OF_CONE or east - west > _WIDEST_CONE:
        return Miller(lon0)
    span = max(high - low, 6.0)
    return Lambert(
        lon0, max(12.0, low + span / 6), min(72.0, high - span / 6 if high - low > 6 else low + span)
    )


def simplified(points: Sequence[Point], tolerance: float) -> list[Point]:
    """The line without points closer than tolerance to what is left (Douglas and Peucker, 1973).

    The ends stay. Points are thinned first to half the tolerance, which bounds the work.
    """
    near: list[Point] = []
    least = (tolerance / 2) ** 2
    for number, (x, y) in enumerate(points):
        last = number == len(points) - 1
        if near and not last and (x - near[-1][0]) ** 2 + (y - near[-1][1]) ** 2 < least:
            continue
        near.append((x, y))
    if len(near) < 3:
        return near
    keep = bytearray(len(near))
    keep[0] = keep[-1] = 1
    stack = [(0, len(near) - 1)]
    while stack:
        first, end = stack.pop()
        worst, at = tolerance * tolerance, -1
        for i in range(first + 1, end):
            off = _off2(near[i], near[first], near[end])
            if off > worst:
                worst, at = off, i
        if at > 0:
            keep[at] = 1
            stack += [(first, at), (at, end)]
    return [point for point, kept in zip(near, keep, strict=True) if kept]


def _off2(point: Point, start: Point, end: Point) -> float:
    """Square of the distance from a point to a stretch."""
    (px, py), (ax, ay), (bx, by) = point, start, end
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    share = 0.0 if length2 == 0 else max(0.0, min(1.0, ((px - ax) * dx + (py - ay) * dy) / length2))
    ex, ey = px - ax - share * dx, py - ay - share * dy
    return ex * ex + ey * ey


def clipped(ring: Sequence[Point], box: tuple[float, float, float, float]) -> list[Point]:
    """The part of a ring inside a box (Sutherland and Hodgman, 1974); box is x0, y0, x1, y1."""
    x0, y0, x1, y1 = box
    result = list(ring)
    for axis, bound, sign in ((0, x0, 1), (0, x1, -1), (1, y0, 1), (1, y1, -1)):
        if not result:
            return []
        kept: list[Point] = []
        before = result[-1]
        was_in = sign * (before[axis] - bound) >= 0
        for point in result:
            is_in = sign * (point[axis] - bound) >= 0
            if is_in != was_in:
                share = (bound - before[axis]) / (point[axis] - before[axis])
                other = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
                kept.append((bound, other) if axis == 0 else (other, bound))
            if is_in:
                kept.append(point)
            before, was_in = point, is_in
        result = kept
    return result


def great_circle(a: Point, b: Point, most_km: float = 150.0) -> list[Point]:
    """Points (lat, lon) along the great circle from a to b, at most so far apart."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(p[0]), math.radians(p[1])) for p in (a, b))
    chord = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    angle = 2 * math.asin(min(1.0, math.sqrt(chord)))
    steps = max(1, math.ceil(angle * 6371.0 / most_km))
    if angle < 1e-9 or steps == 1:
        return [a, b]
    points = []
    for step in range(steps + 1):
        f = step / steps
        p, q = math.sin((1 - f) * angle) / math.sin(angle), math.sin(f * angle) / math.sin(angle)
        x = p * math.cos(lat1) * math.cos(lon1) + q * math.cos(lat2) * math.cos(lon2)
        y = p * math.cos(lat1) * math.sin(lon1) + q * math.cos(lat2) * math.sin(lon2)
        z = p * math.sin(lat1) + q * math.sin(lat2)
        points.append((math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))))
    points[0], points[-1] = a, b
    return points
