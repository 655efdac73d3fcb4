"""Latitude and longitude out of a text, or the reason why not."""

from __future__ import annotations

import re
import unicodedata

from midcorridor.errors import Fault, PlaceError
from midcorridor.said import Said

ACCEPTED = Said("point_wanted")

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_PLAIN = re.compile(rf"\(?({_NUMBER})\s*°?(?:\s*[,;/]\s*|\s+)({_NUMBER})\s*°?\)?", re.ASCII)
_ANGLE = rf"({_NUMBER})\s*°?\s*(?:(\d+(?:\.\d+)?)\s*['′]\s*)?(?:(\d+(?:\.\d+)?)\s*(?:\"|″|'')\s*)?"
_TAIL_LETTER = re.compile(rf"{_ANGLE}([NSEW])[\s,;]*{_ANGLE}([NSEW])", re.ASCII)
_HEAD_LETTER = re.compile(rf"([NSEW])\s*{_ANGLE}[\s,;]*([NSEW])\s*{_ANGLE}", re.ASCII)
_WORD = r"[+-]?(?:\d[\d.eE+-]*|\.\d+|nan|inf(?:inity)?)"
_NUMBERLIKE = re.compile(rf"({_WORD})(?:\s*[,;]\s*|\s+)({_WORD})", re.ASCII | re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)(?:\s*[,;]\s*|\s+)([+-]?\d+),(\d+)", re.ASCII)


def _error(what: str, got: str, hint: str = "") -> PlaceError:
    return PlaceError(Fault("bad_coordinates", what, got=got, accepted=ACCEPTED, hint=hint))


def parse_coordinates(text: str) -> tuple[float, float] | None:
    """(lat, lon) in degrees, or None where the text is not meant as coordinates.

    Raises  PlaceError (bad_coordinates) where it is, and they are not on this planet.

    >>> parse_coordinates("34.4, 109.06"), parse_coordinates("109°E 34°30'N"), parse_coordinates("Baku")
    ((34.4, 109.06), (34.5, 109.0), None)
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    plain = plain.replace("’", "'").replace("”", '"')
    for pattern, letters in ((_TAIL_LETTER, (4, 8)), (_HEAD_LETTER, (1, 5))):
        match = pattern.fullmatch(plain.upper())
        if match:
            return _lettered(match, letters, plain)
    match = _PLAIN.fullmatch(plain)
    if match:
        return check_point(float(match[1]), float(match[2]), plain)
    match = _DECIMAL_COMMA.fullmatch(plain)
    if match:
        raise _error(
            Said("decimal_commas", got=plain),
            plain,
            Said("write_spelt", spelt=f"{match[1]}.{match[2]},{match[3]}.{match[4]}"),
        )
    match = _NUMBERLIKE.fullmatch(plain)
    if match:
        try:
            lat, lon = float(match[1]), float(match[2])
        except ValueError:
            raise _error(Said("not_two_numbers", got=plain), plain) from None
        return check_point(lat, lon, plain)
    return None


def _lettered(match: re.Match[str], letters: tuple[int, int], got: str) -> tuple[float, float]:
    values: dict[str, float] = {}
    for letter_at in letters:
        first = letter_at - 3 if letters[0] == 4 else letter_at + 1
        degrees = float(match[first])
        minutes, seconds = float(match[first + 1] or 0), float(match[first + 2] or 0)
        if degrees < 0 or minutes >= 60 or seconds >= 60:
            raise _error(Said("signs_and_letters", got=got), got)
        value = degrees + minutes / 60 + seconds / 3600
        letter = match[letter_at]
        axis = "lat" if letter in "NS" else "lon"
        if axis in values:
            raise _error(Said("same_axis", got=got), got)
        values[axis] = -value if letter in "SW" else value
    return check_point(values["lat"], values["lon"], got)


def check_point(lat: float, lon: float, got: str = "") -> tuple[float, float]:
    """The point itself; raises PlaceError (bad_coordinates) where it is not on this planet."""
    got = got or f"{lat},{lon}"
    # Written so that NaN fails it too.
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        if abs(lat) <= 180 and abs(lon) <= 90:
            hint = Said("latitude_first", spelt=f"{lon:g},{lat:g}")
            raise _error(Said("latitude_off", degrees=f"{lat:g}"), got, hint)
        if not abs(lat) <= 90:
            raise _error(Said("latitude_off", degrees=f"{lat:g}"), got)
        raise _error(Said("longitude_off", degrees=f"{lon:g}"), got)
    if lat == 0 and lon == 0:
        raise _error(
            Said("open_sea"),
            got,
            Said("empty_cell"),
        )
    return lat, lon
