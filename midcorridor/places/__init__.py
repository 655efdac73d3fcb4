"""Any spelling of a place, a code or a coordinate, to the one place it names; offline.

>>> from midcorridor.places import resolve
>>> resolve("Gəncə").geoname_id == resolve("Ganja, Azerbaijan").geoname_id == resolve("Гянджа").geoname_id
True

Which of several places of one name is taken, and when to ask, is told in ``gazetteer.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from midcorridor.errors import PlaceError
from midcorridor.places import lookup
from midcorridor.places.coordinates import check_point
from midcorridor.places.folding import fold
from midcorridor.places.gazetteer import open_gazetteer, spelt_out
from midcorridor.places.lookup import resolve, resolve_in
from midcorridor.places.model import Place, distance_km
from midcorridor.places.suggest import like, main_places, starting

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Place", "distance_km", "fold", "nearest", "resolve", "search", "spelling"]


def search(
    text: str,
    *,
    limit: int = 10,
    terminals: pl.DataFrame | None = None,
    data_dir: Path | None = None,
) -> list[Place]:
    """Places for a text as it is being typed, best first; empty where nothing fits.

    Exact names come first, then names that start so, the larger ones before; when few are found,
    names that are nearly so. 'Bak, AZ' and 'Bak, Azer' keep to a country; a country lists its main places.
    """
    gazetteer = open_gazetteer(terminals, data_dir)
    try:
        clean = lookup.checked_text(text)
    except PlaceError:
        return []
    if limit < 1:
        return []
    first: list[Place] = []
    try:
        first = [resolve_in(gazetteer, clean)]
    except PlaceError as error:
        if error.faults[0].code == "bad_coordinates":
            return []
    if first and first[0].kind == "coordinate":
        return first
    country = gazetteer.country(clean)
    if country is not None and len(clean) > 2:
        first += main_places(gazetteer, country, limit)
    name, comma, rest = clean.rpartition(",")
    countries: frozenset[str] | None = None
    if comma and fold(name):
        code, start = gazetteer.country_part(rest), fold(rest)
        keys = gazetteer.store.country_keys
        countries = frozenset(
            {code} if code else (keys[key] for key in keys if start and key.startswith(start))
        )
        countries = countries if fold(rest) else None
    else:
        name = clean
    found = [*first, *starting(gazetteer, name, limit, countries)]
    if len(found) < min(limit, 5) and len(fold(name)) > 3 and (countries is None or len(countries) == 1):
        only = next(iter(countries)) if countries else None
        found += like(gazetteer, name, limit, country=only)
    unique = {(one.terminal_id, one.locode, one.geoname_id): one for one in reversed(found)}
    ordered = {(one.terminal_id, one.locode, one.geoname_id): None for one in found}
    return [unique[key] for key in ordered][:limit]


def spelling(place: Place, *, terminals: pl.DataFrame | None = None, data_dir: Path | None = None) -> str:
    """What to type to get exactly this place back: an id, a code, 'Name, CC', 'Name, CC (lat,lon)'."""
    return spelt_out(open_gazetteer(terminals, data_dir), place)


def nearest(
    lat: float,
    lon: float,
    limit: int = 1,
    *,
    least_population: int = 0,
    data_dir: Path | None = None,
) -> list[tuple[Place, float]]:
    """The cities nearest to a point with their great-circle distance in km, nearest first.

    least_population : leave out places known to be smaller, so that an answer says '8 km from Ganja, AZ'
    Raises  PlaceError (bad_coordinates) where the point is not on this planet.
    """
    import numpy as np

    check_point(lat, lon)
    gazetteer = open_gazetteer(data_dir=data_dir)
    store = gazetteer.store
    lats = np.radians(np.frombuffer(store.lat, dtype=np.int32) / 1e4)
    lons = np.radians(np.frombuffer(store.lon, dtype=np.int32) / 1e4)
    half = np.sin((lats - np.radians(lat)) / 2) ** 2
    half += np.cos(lats) * np.cos(np.radians(lat)) * np.sin((lons - np.radians(lon)) / 2) ** 2
    people = np.frombuffer(store.population, dtype=np.int32)
    half[people < least_population] = np.inf
    order = [number for number in np.argsort(half, kind="stable")[: max(0, limit)] if half[number] <= 1]
    found = [gazetteer.city(int(number), f"{lat},{lon}") for number in order]
    return [(place, distance_km(lat, lon, place.lat, place.lon)) for place in found]
