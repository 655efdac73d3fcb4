"""What a place is, and how far two of them lie apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map that a text named."""

    name: str
    lat: float  # degrees, WGS 84
    lon: float
    country: str  # ISO 3166 alpha-2; empty for bare coordinates
    kind: str  # terminal, city, locode, country or coordinate
    terminal_id: str | None = None  # only where the text named a terminal, never for a city near one
    locode: str | None = None
    geoname_id: int | None = None
    population: int | None = None
    matched: str = ""  # the part of the text that named it

    def __str__(self) -> str:
        return f"{self.name}, {self.country}" if self.country else self.name


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great circle between two points in degrees, km (haversine formula)."""
    a, b = math.radians(lat), math.radians(other_lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))
