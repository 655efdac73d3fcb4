"""The network and the land as GeoJSON for a map: what lies in a box, as finely as a zoom shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ..basemap.countries import outlines
from ..geo import track
from ..network import Compiled
from ..schemas import schema

Point = tuple[float, float]  # longitude, latitude
Box = Sequence[float]  # west, south, east, north
_FINEST_ZOOM = 8
# A pixel of a map of 512 pixels a world at zoom 0, in degrees; a line may be off by half of one.
_PIXEL_DEG, _PIXELS = 360 / 512, 0.5
# Who looks at the world sees no islet: outlines that span fewer pixels are left out.
_LEAST_PIXELS = 2.0
_TRACKS = 4096


def decimals(zoom: float) -> int:
    """Digits of a coordinate after the point: 2 at zoom 3 and below, 5 at zoom 8.

    >>> [decimals(zoom) for zoom in (2, 3, 5.9, 6, 8, 11)]
    [2, 2, 3, 4, 5, 5]
    """
    return max(2, min(5, 2 + round((math.floor(zoom) - 3) * 0.6)))


def terminals(compiled: Compiled, box: Box | None, zoom: float) -> dict[str, Any]:
    """Terminals that are open on a day."""
    digits = decimals(zoom)
    return _collection(
        {
            "type": "Feature",
            "id": row["terminal_id"],
            "geometry": {
                "type": "Point",
                "coordinates": [round(row["lon"], digits), round(row["lat"], digits)],
            },
            "properties": _properties("terminals", row),
        }
        for row in compiled.terminals.values()
        if box is None or _meets(box, [(row["lon"], row["lat"])])
    )


def links(compiled: Compiled, box: Box | None, zoom: float) -> dict[str, Any]:
    """Links that are open on a day, each drawn from the terminal that comes first in the alphabet.

    Two links between the same terminals so run the same way, and lie in slots 0, 1, 2 beside each other.
    """
    slots: dict[tuple[str, str], int] = {}
    features = []
    for row in compiled.links.values():
        ends = row["from_terminal"], row["to_terminal"]
        pair = (min(ends), max(ends))
        slot = slots[pair] = slots.get(pair, -1) + 1
        line, basis = _track(compiled, row, zoom)
        if ends != pair:
            line = line[::-1]
        if box is not None and not _meets(box, line):
            continue
        more = {"reversed": ends != pair, "slot": slot, "geometry_basis": basis}
        features.append(_line_feature(row["link_id"], [line], zoom, _properties("links", row) | more))
    return _collection(features)


def services(compiled: Compiled, box: Box | None, zoom: float) -> dict[str, Any]:
    """Services that run on a day, along the links from call to call."""
    features = []
    for line in compiled.lines:
        if not line.forward:
            continue
        parts, calls = [], [line.hops[0].from_terminal]
        bases = set()
        for hop in line.hops:
            calls.append(hop.to_terminal)
            for link, along in hop.links:
                points, basis = _track(compiled, link, zoom)
                parts.append(list(points) if along else list(points[::-1]))
                bases.add(basis)
        if box is not None and not any(_meets(box, part) for part in parts):
            continue
        basis = "track" if bases == {"track"} else "great_circle"
        properties = _properties("services", line.service) | {"calls": calls, "geometry_basis": basis}
        features.append(_line_feature(line.service["service_id"], parts, zoom, properties))
    return _collection(features)


def land(zoom: float) -> dict[str, Any]:
    """Countries as outlines; below zoom 4 about as coarse as 1:110m, from there on as the data are."""
    tolerance = _PIXEL_DEG / 2 ** min(zoom, 4) * _PIXELS if zoom < 4 else 0.0
    least = _PIXEL_DEG / 2**zoom * _LEAST_PIXELS
    features = []
    for code, name, rings in outlines():
        kept = []
        for ring in rings:
            points = [(float(lon), float(lat)) for lon, lat in ring]
            wide = max(max(axis) - min(axis) for axis in zip(*points, strict=True))
            thin = _simplified(points, tolerance) if tolerance else points
            if wide >= least and len(thin) >= 4:
                kept.append([[round(lon, 2), round(lat, 2)] for lon, lat in thin])
        if kept:
            # A hole is a ring of its own in the data; it lies inside another ring of its country.
            features.append(
                {
                    "type": "Feature",
                    "id": code or name,
                    "geometry": {"type": "MultiPolygon", "coordinates": _polygons(kept)},
                    "properties": {"country": code, "name": name},
                }
            )
    return {**_collection(features), "attribution": "Natural Earth 1:50m, public domain"}


def _polygons(rings: Sequence[list[list[float]]]) -> list[list[list[list[float]]]]:
    """Rings as polygons: one that lies inside a larger one is a hole of it; outer rings go anticlockwise."""
    ordered = sorted(rings, key=lambda ring: -abs(_area(ring)))
    polygons: list[list[list[list[float]]]] = []
    for ring in ordered:
        lon, lat = ring[0]
        holder = next((one for one in polygons if _inside(one[0], lon, lat)), None)
        turned = ring if (_area(ring) > 0) == (holder is None) else ring[::-1]
        if holder is None:
            polygons.append([turned])
        else:
            holder.append(turned)
    return polygons


def _area(ring: Sequence[Sequence[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def _inside(ring: Sequence[Sequence[float]], lon: float, lat: float) -> bool:
    odd = False
    for (x, y), (x1, y1) in pairwise(ring):
        if (y > lat) != (y1 > lat) and lon < x + (lat - y) / (y1 - y) * (x1 - x):
            odd = not odd
    return odd


def _track(compiled: Compiled, link: Mapping[str, Any], zoom: float) -> tuple[Sequence[Point], str]:
    start, end = (compiled.terminals[link[side]] for side in ("from_terminal", "to_terminal"))
    ends = (start["lon"], start["lat"]), (end["lon"], end["lat"])
    return _simple_track(
        link["mode"], *ends, tuple(link["passages"] or ()), min(math.floor(zoom), _FINEST_ZOOM)
    )


@lru_cache(_TRACKS)
def _simple_track(
    mode: str, start: Point, end: Point, passages: tuple[str, ...], zoom: int
) -> tuple[Sequence[Point], str]:
    line, basis = track(mode, start, end, passages)
    line = _running_on([start, *line, end])
    return tuple(_simplified(line, _PIXEL_DEG / 2**zoom * _PIXELS)), basis


def _running_on(line: Sequence[Point]) -> list[Point]:
    """The line with longitudes that go on over the antimeridian, as renderers need them."""
    found = [line[0]]
    for lon, lat in line[1:]:
        turns = round((found[-1][0] - lon) / 360)
        point = (lon + 360 * turns, lat)
        if point != found[-1]:
            found.append(point)
    return found if len(found) > 1 else [line[0], line[-1]]


def _simplified(points: Sequence[Point], tolerance: float) -> list[Point]:
    """The line without points closer than a tolerance to what is left (Douglas and Peucker, 1973)."""
    keep = bytearray(len(points))
    keep[0] = keep[-1] = 1
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        dx, dy = bx - ax, by - ay
        length2 = dx * dx + dy * dy
        worst, at = tolerance * tolerance, -1
        for i in range(first + 1, last):
            px, py = points[i][0] - ax, points[i][1] - ay
            share = 0.0 if length2 == 0 else max(0.0, min(1.0, (px * dx + py * dy) / length2))
            ex, ey = px - share * dx, py - share * dy
            off = ex * ex + ey * ey
            if off > worst:
                worst, at = off, i
        if at > 0:
            keep[at] = 1
            stack += [(first, at), (at, last)]
    return [point for point, kept in zip(points, keep, strict=True) if kept]


def _line_feature(
    name: str, parts: Sequence[Sequence[Point]], zoom: float, properties: dict[str, Any]
) -> dict[str, Any]:
    digits = decimals(zoom)
    drawn = [[[round(lon, digits), round(lat, digits)] for lon, lat in part] for part in parts]
    single = len(drawn) == 1
    geometry = {
        "type": "LineString" if single else "MultiLineString",
        "coordinates": drawn[0] if single else drawn,
    }
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}


def _meets(box: Box, line: Sequence[Point]) -> bool:
    """Whether the box of a line meets a box."""
    west, south, east, north = box
    lons, lats = [lon for lon, _ in line], [lat for _, lat in line]
    return min(lons) <= east and max(lons) >= west and min(lats) <= north and max(lats) >= south


def _properties(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a row; what is not known is left out, so that a map does not carry it."""
    told = {}
    for column in schema(table).columns:
        value = row[column.name]
        if value is not None:
            told[column.name] = value.isoformat() if column.dtype == "date" else value
    return told


def _collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
