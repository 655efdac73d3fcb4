"""First and last mile: from a place to the terminals that a truck can take its boxes to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

import numpy as np

from ..errors import Fault, PlaceError
from ..network import Compiled
from ..network.compiled import in_turn
from ..said import Said

# A place beyond this from any terminal is not served; within it the nearest few are tried.
REACH_KM = 900.0
NEAREST_RAIL, NEAREST_PORTS, NEAREST_ROAD = 6, 4, 3
_EARTH_KM = 6371.0088


# A road is looked at this often for the country that it runs in; a shorter stretch is the outline's error.
_SAMPLE_KM = 8.0
Point = tuple[float, float]


class RoadPath(Protocol):
    """A way along roads: points (n,), degrees."""

    @property
    def lat(self) -> np.ndarray: ...
    @property
    def lon(self) -> np.ndarray: ...


class Roads(Protocol):
    """What is needed of the base map."""

    def table(self, sources: list[Point], targets: list[Point]) -> np.ndarray:
        """Kilometres by road, (n, m), inf where there is no road."""

    def route(self, a: Point, b: Point) -> RoadPath:
        """The way itself."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a shipment starts or ends."""

    name: str
    lat: float
    lon: float
    country: str  # empty where not known
    terminal_id: str | None = None  # set: at this terminal and no other, no truck needed


@dataclass(frozen=True, slots=True)
class Access:
    """A truck between an end and a terminal; 0 km at the terminal itself."""

    terminal_id: str
    km: float
    lifts: bool  # false: only for trucks that drive on, since no boxes are lifted there
    countries: tuple[str, ...] = ()  # that the road runs through on the way there, both ends included


def great_circle_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Kilometres on a sphere between two (latitude, longitude) points in degrees.

    >>> round(great_circle_km((43.6, 51.2), (39.97, 49.44)))      # Aktau to Alat
    429
    """
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    chord = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def limit_km(origin: End, destination: End) -> float:
    """How far from either end a route may call: half again the distance of the ends, or 1,500 km more (e).

    What a ship rounds on its way, such as the Cape, is no call.
    """
    apart_km = great_circle_km((origin.lat, origin.lon), (destination.lat, destination.lon))
    return max(apart_km * 1.5, apart_km + 1500.0)


def accesses(
    compiled: Compiled, end: End, roads: Roads | None, *, drayage_km: float = math.inf
) -> list[Access]:
    """The terminals that an end can use, nearest first.

    drayage_km : how far a truck goes at the ends; where no terminal is so near, the nearest few count
    Only terminals in the same customs territory: a truck over another frontier needs a procedure
    that a mere distance does not have. Raises PlaceError where there is none in reach.
    """
    if end.terminal_id is not None:
        lifts = compiled.handles_boxes(end.terminal_id)
        return [Access(end.terminal_id, 0.0, lifts)]
    key = ("accesses", end, drayage_km, roads)
    made_of = ("terminals", "links", "countries")
    return compiled.shared(key, lambda: _accesses(compiled, end, roads, drayage_km), *made_of)


def _accesses(compiled: Compiled, end: End, roads: Roads | None, drayage_km: float) -> list[Access]:
    near: list[tuple[float, str]] = []
    beyond: tuple[float, str] | None = None
    for terminal_id, row in compiled.terminals.items():
        km = great_circle_km((end.lat, end.lon), (row["lat"], row["lon"]))
        if km > REACH_KM:
            continue
        if end.country and not compiled.same_customs_union(end.country, row["country"]):
            beyond = min(beyond or (km, terminal_id), (km, terminal_id))
            continue
        near.append((km, terminal_id))
    near.sort()
    road_ends = {
        place
        for link in compiled.links.values()
        if link["mode"] == "road"
        for place in (link["from_terminal"], link["to_terminal"])
    }
    chosen = _nearest(compiled, near, road_ends)
    if chosen and roads is not None:
        points = [(compiled.terminals[t]["lat"], compiled.terminals[t]["lon"]) for t in chosen]
        km = roads.table([(end.lat, end.lon)], points)[0]
        ranked = sorted(
            (float(length), terminal_id, point)
            for terminal_id, length, point in zip(chosen, km, points, strict=True)
            if math.isfinite(length)
        )
        found: list[Access] = []
        for length, terminal_id, point in ranked:
            if length > drayage_km and any(access.lifts for access in found):
                break
            passed = countries_passed(roads, (end.lat, end.lon), point)
            ends = (end.country, str(compiled.terminals[terminal_id]["country"]))
            if inside_one_union(compiled, (*ends, *passed)):
                countries = in_turn((ends[0], *passed, ends[1]))
                found.append(Access(terminal_id, length, compiled.handles_boxes(terminal_id), countries))
        if any(access.lifts for access in found):
            return found
    hint = Said("give_joined")
    if beyond is not None:
        hint = Said("give_beyond", terminal=beyond[1])
    raise PlaceError(
        Fault(
            "no_terminal_in_reach",
            Said("no_road", got=end.name, within_km=REACH_KM),
            got=end.name,
            accepted=Said("mainland_wanted"),
            hint=hint,
        )
    )


def countries_passed(roads: Roads, start: Point, end: Point) -> list[str]:
    """The countries that a road runs through, in order, as the outlines tell."""
    from ..basemap.countries import countries_along

    path = roads.route(start, end)
    lat, lon = np.asarray(path.lat, float), np.asarray(path.lon, float)
    steps = np.hypot(np.diff(lat), np.diff(lon) * np.cos(np.radians(lat[:-1]))) * math.radians(1) * _EARTH_KM
    along = np.concatenate([[0.0], np.cumsum(steps)])
    marks = np.arange(0.0, along[-1] + _SAMPLE_KM, _SAMPLE_KM)
    codes = countries_along(np.interp(marks, along, lat), np.interp(marks, along, lon))
    runs = [(code, len(list(group))) for code, group in groupby(codes)]
    return [code for code, _ in groupby(code for code, samples in runs if code and samples > 1)]


def country_at(lat: float, lon: float) -> str:
    """The country of a point, as the outlines tell; empty at sea."""
    from ..basemap.countries import countries_along

    return countries_along(np.array([lat]), np.array([lon]))[0]


def inside_one_union(compiled: Compiled, countries: Sequence[str]) -> bool:
    """Whether a truck through these countries meets no customs frontier."""
    known = [code for code in countries if code]
    return bool(known) and all(compiled.same_customs_union(known[0], code) for code in known[1:])


def _nearest(compiled: Compiled, near: list[tuple[float, str]], road_ends: set[str]) -> list[str]:
    chosen: dict[str, None] = {}
    counts = {"rail": 0, "port": 0, "road": 0}
    limits = {"rail": NEAREST_RAIL, "port": NEAREST_PORTS, "road": NEAREST_ROAD}
    for _, terminal_id in near:
        kinds = compiled.terminals[terminal_id]["kinds"]
        for group, member in (
            ("rail", "rail_terminal" in kinds or "dry_port" in kinds),
            ("port", "seaport" in kinds),
            ("road", terminal_id in road_ends),
        ):
            if member and counts[group] < limits[group]:
                counts[group] += 1
                chosen[terminal_id] = None
    return list(chosen)
