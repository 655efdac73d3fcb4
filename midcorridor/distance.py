"""How far is it: kilometres and the way from one place to another by rail, road or sea."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from midcorridor import basemap
from midcorridor.basemap.routing import Path, Place
from midcorridor.basemap.sphere import great_circle_km
from midcorridor.errors import Fault, InputError, PlaceError

BY_ROAD_FROM_KM = 5.0  # a shorter way to the line is taken straight: coordinates are no better than that
LONGEST_ROAD_FACTOR = 3.0  # a road much longer than the straight way is not the last mile of anybody


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as it was asked for and as it was understood."""

    asked: str
    name: str
    lat: float
    lon: float

    def to_dict(self) -> dict[str, Any]:
        return {"asked": self.asked, "name": self.name, "lat": self.lat, "lon": self.lon}


@dataclass(frozen=True, slots=True)
class Access:
    """The first or last mile: from a place to the line.

    km : its length      by : road, straight (off the road network or very short)
    """

    km: float
    by: str


@dataclass(frozen=True, eq=False)
class DistanceResult:
    """One distance. km is everything, line_km the part on the mode's own network."""

    origin: Spot
    destination: Spot
    mode: str
    via: tuple[Spot, ...]
    avoid: tuple[str, ...]
    km: float
    line_km: float
    access_from: Access
    access_to: Access
    great_circle_km: float
    path: Path

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; the geometry is GeoJSON, longitude first."""
        line = [[round(x, 6), round(y, 6)] for x, y in zip(self.path.lon, self.path.lat, strict=True)]
        return {
            "question": {
                "from": self.origin.to_dict(),
                "to": self.destination.to_dict(),
                "mode": self.mode,
                "via": [spot.to_dict() for spot in self.via],
                "avoid": list(self.avoid),
            },
            "km": round(self.km, 3),
            "via": [spot.name for spot in self.via],
            "geometry": {"type": "LineString", "coordinates": line},
            "mode": self.mode,
            "passages": list(self.path.passages),
            "line_km": round(self.line_km, 3),
            "snap_from_km": round(self.path.snap_from_km, 3),
            "snap_to_km": round(self.path.snap_to_km, 3),
            "access_from": {"km": round(self.access_from.km, 3), "by": self.access_from.by},
            "access_to": {"km": round(self.access_to.km, 3), "by": self.access_to.by},
            "great_circle_km": round(self.great_circle_km, 3),
            "joins": self.path.joins,
            "gauge_changes": self.path.gauge_changes,
        }


def distance(
    a: Place | str, b: Place | str, mode: str, *, via: Iterable[Place | str] = (), avoid: Iterable[str] = ()
) -> DistanceResult:
    """Kilometres and the way from a to b by rail, road or sea.

    a, b, via : (latitude, longitude) in degrees, or the name of a place
    avoid : passages to close, sea only, such as ("suez",)
    The first and last mile, from a place to the railway or the sea lane, go by road where it is
    over 5 km and a road is known, else straight.
    Raises  InputError for an unknown mode or passage and where both ends are one place; PlaceError for an
        unknown place, one out of reach, or a pair without a way.
    """
    words = (avoid,) if isinstance(avoid, str) else tuple(avoid)
    router = basemap.router(mode, avoid=words)
    origin, destination = _spot(a), _spot(b)
    stops = tuple(_spot(place) for place in ((via,) if isinstance(via, str) else via))
    at, to = (origin.lat, origin.lon), (destination.lat, destination.lon)
    straight = float(great_circle_km(*at, *to))
    if straight < 0.001:
        raise InputError(
            Fault(
                "same_place",
                f"origin and destination are the same place ({origin.name})",
                where="from, to",
                got=f"{origin.asked}; {destination.asked}",
                hint="Name two different places",
            )
        )
    path = router.route(at, to, [(stop.lat, stop.lon) for stop in stops])
    line_km = path.km - path.snap_from_km - path.snap_to_km
    ends = (
        _access(mode, at, path.snap_from_km, _line_point(path, 0)),
        _access(mode, to, path.snap_to_km, _line_point(path, -1)),
    )
    return DistanceResult(
        origin=origin,
        destination=destination,
        mode=mode,
        via=stops,
        avoid=words,
        km=max(line_km + ends[0].km + ends[1].km, straight),
        line_km=line_km,
        access_from=ends[0],
        access_to=ends[1],
        great_circle_km=straight,
        path=path,
    )


def _line_point(path: Path, end: int) -> Place:
    """Where the line begins or ends: the second point from that end when the place is off the line."""
    off = path.snap_from_km if end == 0 else path.snap_to_km
    index = end if off < 1e-6 or path.lat.size < 3 else (1 if end == 0 else -2)
    return float(path.lat[index]), float(path.lon[index])


def _access(mode: str, place: Place, off_km: float, line: Place) -> Access:
    if mode == "road" or off_km <= BY_ROAD_FROM_KM:
        return Access(off_km, "straight")
    try:
        road_km = basemap.router("road").km(place, line)
    except PlaceError:
        return Access(off_km, "straight")
    return Access(road_km, "road") if road_km <= LONGEST_ROAD_FACTOR * off_km else Access(off_km, "straight")


def _spot(place: Place | str) -> Spot:
    if isinstance(place, str):
        from midcorridor.places import resolve

        found = resolve(place)
        return Spot(place, str(found.name), float(found.lat), float(found.lon))
    try:
        lat, lon = (float(x) for x in place)
    except (TypeError, ValueError):
        raise InputError(
            Fault(
                "bad_coordinate",
                f"{place!r} is neither a name nor a coordinate",
                where="place",
                got=str(place),
                accepted="a name, or latitude and longitude in degrees",
            )
        ) from None
    name = f"{lat:g}, {lon:g}"
    return Spot(name, name, lat, lon)
