"""From a text to the one place it names, or an error that says how to go on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midcorridor.errors import Fault, PlaceError, did_you_mean
from midcorridor.places.coordinates import parse_coordinates
from midcorridor.places.folding import fold, keys
from midcorridor.places.gazetteer import Candidate, Gazetteer, dominant, open_gazetteer, spelt_out
from midcorridor.places.model import Place, distance_km
from midcorridor.places.suggest import like, main_places, starting

if TYPE_CHECKING:
    import polars as pl

ACCEPTED = (
    "a terminal id such as az-alat, a UN/LOCODE such as GEPTI, coordinates such as 34.4,109.06, "
    "or a name such as 'Baku, AZ'"
)
MOST_CHARACTERS = 200
MOST_CANDIDATES = 6
SHORTEST_START = 4  # letters from which a text may be the beginning of a name
LEAST_SHARE = 0.005  # candidates with less of the largest one's weight are not listed

_LOCODE = re.compile(r"([A-Za-z]{2})[ -]?([A-Za-z2-9]{3})", re.ASCII)
_POINT = re.compile(r"(.*?)\s*\(\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)\s*(.*)", re.ASCII)
_TERMINAL_ID = re.compile(r"[a-z]{2}-[a-z0-9-]+", re.ASCII)
_COMMAS = str.maketrans("，、،؛;", ",,,,,")
_POINT_KM = 30.0


def resolve(
    text: str,
    *,
    terminals: pl.DataFrame | Sequence[Mapping[str, Any]] | None = None,
    data_dir: Path | None = None,
) -> Place:
    """The place that a text names.

    Tried in this order: terminal id; UN/LOCODE of a terminal, then of the table; ``lat,lon``;
    'Name, CC' or 'Name, Country'; a bare name, which is a city where there is one and else a terminal.
    Of several cities the dominant one is taken (see ``gazetteer.dominant``).
    terminals : frame with terminal_id, name, country, lat, lon, locode, aliases; else the shipped table
    Raises  PlaceError with code unknown_place, ambiguous_place, country_not_place, unknown_country,
            unknown_locode, bad_coordinates, empty_place or bad_text.
            DataFileError where the shipped file is missing or damaged.
    """
    return resolve_in(open_gazetteer(terminals, data_dir), text)


def shown(text: str) -> str:
    """A text as an error may quote it: short, and without control characters."""
    clean = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:60])
    return f"{clean}..." if len(text) > 60 else clean


def resolve_in(gazetteer: Gazetteer, text: str) -> Place:
    """``resolve`` within an open gazetteer."""
    clean = checked_text(text)
    by_code = _by_id(gazetteer, clean) or _by_locode(gazetteer, clean)
    if by_code:
        return by_code
    point = parse_coordinates(clean)
    if point:
        return coordinate(*point, clean)
    return _by_name(gazetteer, clean)


def checked_text(text: str) -> str:
    """The text trimmed; raises PlaceError where it is empty, too long or holds control characters."""
    if not isinstance(text, str):
        raise PlaceError(Fault("bad_text", "a place is a text", got=shown(repr(text)), accepted=ACCEPTED))
    clean = " ".join(text.split())
    if not clean:
        raise PlaceError(Fault("empty_place", "no place is given", accepted=ACCEPTED))
    what = ""
    if len(clean) > MOST_CHARACTERS:
        what = f"a place has at most {MOST_CHARACTERS} characters, this has {len(clean)}"
    elif any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} for char in clean):
        what = "the place holds control characters"
    elif not fold(clean):
        what = f"'{shown(clean)}' holds no letters or digits"
    if what:
        raise PlaceError(Fault("bad_text", what, got=shown(clean), accepted=ACCEPTED))
    return clean


def coordinate(lat: float, lon: float, matched: str) -> Place:
    """A bare point as a place."""
    return Place(f"{lat:.4f},{lon:.4f}", lat, lon, "", "coordinate", matched=matched)


def _by_id(gazetteer: Gazetteer, text: str) -> Place | None:
    terminal = gazetteer.terminals.by_id.get(text.lower())
    return terminal.place(text) if terminal else None


def _by_locode(gazetteer: Gazetteer, text: str) -> Place | None:
    match = _LOCODE.fullmatch(text)
    if match is None:
        return None
    code = (match[1] + match[2]).upper()
    served = gazetteer.terminals.by_locode.get(code, [])
    row = gazetteer.store.locodes.get(code)
    if not served and row is None:
        return None
    if not (len(text) == 6 and text.isupper()):  # 'SE STO' can only be a code
        names = [one for one in gazetteer.candidates(text) if one.own_name]
        if names and not text.isupper():
            return None
        if names:
            raise _code_or_name(gazetteer, code, names)
    if len(served) == 1:
        return served[0].place(text)
    if served:
        options = " or ".join(f"'{terminal.terminal_id}'" for terminal in served)
        raise PlaceError(
            Fault(
                "ambiguous_place",
                f"UN/LOCODE {code} belongs to {len(served)} terminals",
                got=text,
                hint=f"Write {options}",
            )
        )
    if row is None:
        return None
    return Place(row.name, row.lat, row.lon, code[:2], "locode", locode=code, matched=text)


def _code_or_name(gazetteer: Gazetteer, code: str, names: list[Candidate]) -> PlaceError:
    served, row = gazetteer.terminals.by_locode.get(code), gazetteer.store.locodes.get(code)
    bearer = served[0].name if served else row.name if row else ""
    options = options_of(gazetteer, [one.place for one in names[:3]])
    return PlaceError(
        Fault(
            "ambiguous_place",
            f"'{code}' is the UN/LOCODE of {bearer} ({code[:2]}) and also a name",
            got=code,
            hint=f"Write '{code[:2]} {code[2:]}' for the code, or {options} for the name",
        )
    )


def _by_name(gazetteer: Gazetteer, text: str) -> Place:
    point = _POINT.fullmatch(text)
    if point and (point[1] or point[4]):
        return _near_point(gazetteer, text, point)
    whole = gazetteer.candidates(text)
    spread = text.translate(_COMMAS)
    if "," in spread:
        return _with_country(gazetteer, spread, whole)
    code = gazetteer.means_country(text, whole)
    if code is not None:
        raise _country_error(gazetteer, text, code)
    if whole:
        return _chosen(gazetteer, text, whole)
    return _trailing_country(gazetteer, text)


def _near_point(gazetteer: Gazetteer, text: str, match: re.Match[str]) -> Place:
    """'Suzhou, CN (33.64,116.98)': the place of that name at that point."""
    point = parse_coordinates(f"{match[2]},{match[3]}")
    name, _, country = f"{match[1]}{match[4]}".translate(_COMMAS).rpartition(",")
    code = gazetteer.country_part(country) if name else None
    name = name.strip() if code else f"{match[1]}{match[4]}"
    if point:
        found = unmerged(gazetteer, name, code)
        near = [place for place in found if distance_km(*point, place.lat, place.lon) <= _POINT_KM]
        if near:
            return min(near, key=lambda place: (distance_km(*point, place.lat, place.lon), place.name))
    raise PlaceError(
        Fault(
            "unknown_place",
            f"there is no '{shown(name)}' within {_POINT_KM:.0f} km of {match[2]},{match[3]}",
            got=shown(text),
            hint=f"Write {match[2]},{match[3]} for the point itself",
            accepted=ACCEPTED,
        )
    )


def unmerged(gazetteer: Gazetteer, name: str, country: str | None) -> list[Place]:
    """Every city and terminal of a name, also those close to a larger one."""
    wanted = keys(name)
    numbers = dict.fromkeys(posting >> 1 for key in wanted for posting in gazetteer.store.find(key))
    cities = [gazetteer.city(number, name) for number in numbers]
    places = [*cities, *(terminal.place(name) for terminal in gazetteer.terminals.named(wanted))]
    return [place for place in places if country is None or place.country == country]


def _chosen(gazetteer: Gazetteer, text: str, found: list[Candidate]) -> Place:
    place = dominant(found)
    if place is not None:
        return place
    found = [one for one in found if one.namesake or one.weight >= LEAST_SHARE * found[0].weight]
    listed = found[:MOST_CANDIDATES]
    more = f", and {len(found) - len(listed)} more" if len(found) > len(listed) else ""
    options = options_of(gazetteer, [one.place for one in listed])
    raise PlaceError(
        Fault(
            "ambiguous_place",
            f"'{shown(text)}' names {len(found)} places",
            got=shown(text),
            hint=f"Write one of {options}{more}; coordinates will do too",
        )
    )


def options_of(gazetteer: Gazetteer, places: list[Place]) -> str:
    """What to type for each, quoted, as a list."""
    return ", ".join(f"'{spelt_out(gazetteer, place)}'" for place in places)


def _did_you_mean(gazetteer: Gazetteer, places: list[Place]) -> str:
    return "Did you mean " + options_of(gazetteer, places).replace("', '", "' or '") + "?" if places else ""


def _country_error(gazetteer: Gazetteer, text: str, code: str) -> PlaceError:
    options = options_of(gazetteer, main_places(gazetteer, code, 5))
    return PlaceError(
        Fault(
            "country_not_place",
            f"'{shown(text)}' is a country ({code}), not a place to load or unload",
            got=shown(text),
            hint=f"Name a place there, such as {options}" if options else "Name a place there",
        )
    )


def _with_country(gazetteer: Gazetteer, text: str, whole: list[Candidate]) -> Place:
    """'Name, CC'; the whole text may also be a name with a comma in it."""
    parts = [part.strip() for part in text.split(",")]
    code = gazetteer.country_part(parts[-1]) if parts[-1] else None
    name = ", ".join(part for part in parts[:-1] if part)
    if code is None and any(one.own_name for one in whole):
        return _chosen(gazetteer, text, whole)
    if code is None or not fold(name):
        raise _unknown_country(gazetteer, text, parts, name)
    found = gazetteer.candidates(name, code)
    if found:
        return _chosen(gazetteer, text, found)
    if whole:
        return _chosen(gazetteer, text, whole)
    raise _not_there(gazetteer, text, name, code, parts)


def _unknown_country(gazetteer: Gazetteer, text: str, parts: list[str], name: str) -> PlaceError:
    from rapidfuzz import process

    first = gazetteer.country(parts[0]) if parts[0] else None
    rest = ", ".join(part for part in parts[1:] if part)
    if first and rest and gazetteer.candidates(rest, first):
        hint = f"The country comes last: write '{shown(rest)}, {first}'"
        return PlaceError(
            Fault("unknown_country", f"'{shown(rest)}' is not a country", got=shown(text), hint=hint)
        )
    last = parts[-1]
    places = [one.place for one in gazetteer.candidates(name)[:3]] if fold(name) else []
    known = list(gazetteer.store.country_keys)
    near = process.extract(fold(last), known, limit=5, score_cutoff=75) if len(fold(last)) > 2 else []
    codes = list(dict.fromkeys(gazetteer.store.country_keys[key] for key, _, _ in near))
    there = [code for code in codes if fold(name) and gazetteer.candidates(name, code)]
    if there:
        options = " or ".join(f"'{shown(name)}, {code}'" for code in there)
        hint = f"Did you mean {options}?"
    elif places:
        hint = _did_you_mean(gazetteer, places)
    else:
        hint = ", ".join(f"{gazetteer.country_name(code)} is {code}" for code in codes[:3])
    what = f"'{shown(last)}' is not a country" if last else "no country stands after the comma"
    if not fold(name):
        what = "no name stands before the comma"
    return PlaceError(
        Fault(
            "unknown_country",
            what,
            got=shown(text),
            hint=hint,
            accepted="a country code or name after the comma, such as 'Baku, AZ' or 'Baku, Azerbaijan'",
        )
    )


def _not_there(gazetteer: Gazetteer, text: str, name: str, code: str, parts: list[str]) -> PlaceError:
    country = f"{gazetteer.country_name(code)} ({code})"
    what = f"there is no '{shown(name)}' in {country}"
    if len(parts) > 2:
        inner = gazetteer.candidates(parts[0], code)
        if inner:
            what = f"'{shown(name)}' gives more than a name and a country"
            return PlaceError(
                Fault(
                    "unknown_place",
                    what,
                    got=shown(text),
                    hint=_did_you_mean(gazetteer, [one.place for one in inner[:3]]),
                )
            )
    elsewhere = [one.place for one in gazetteer.candidates(name)[:3]]
    near = elsewhere or like(gazetteer, name, 3, country=code) or like(gazetteer, name, 3)
    return PlaceError(
        Fault("unknown_place", what, got=shown(text), hint=_did_you_mean(gazetteer, near), accepted=ACCEPTED)
    )


_PREFIX = re.compile(r"(?:(?:sea\s?)?port|city|town|station|terminal)\s+(?:of\s+)?(.+)", re.IGNORECASE)
_SUFFIX = re.compile(r"(.+?)\s+(?:(?:sea\s?)?port|city|town|station|terminal|railway station)", re.IGNORECASE)


def _trailing_country(gazetteer: Gazetteer, text: str) -> Place:
    """Second chances for a name nobody bears: 'Baku AZ', 'Baku Azerbaijan', 'Port of Poti', 'Baku (AZ)'."""
    words = text.replace("(", " ").replace(")", " ").split()
    for cut in range(len(words) - 1, max(0, len(words) - 4), -1):
        code = gazetteer.country(" ".join(words[cut:]))
        name = " ".join(words[:cut])
        if code and fold(name):
            found = gazetteer.candidates(name, code)
            if found:
                return _chosen(gazetteer, text, found)
    for pattern in (_PREFIX, _SUFFIX):
        match = pattern.fullmatch(text)
        if match:
            found = gazetteer.candidates(match[1])
            if found:
                return _chosen(gazetteer, match[1], found)
    raise _unknown(gazetteer, text)


def _unknown(gazetteer: Gazetteer, text: str) -> PlaceError:
    match = _LOCODE.fullmatch(text)
    code = (match[1] + match[2]).upper() if match else ""
    airport = gazetteer.store.airports.get(code)
    near = [gazetteer.city(airport, text)] if airport is not None else like(gazetteer, text, 3)
    near = near or (starting(gazetteer, text, 3, None) if len(fold(text)) >= SHORTEST_START else [])
    hint = _did_you_mean(gazetteer, near)
    if _TERMINAL_ID.fullmatch(text):
        hint = did_you_mean(text, gazetteer.terminals.by_id) or hint
    if match and (airport is not None or text.isupper()) and code[:2] in gazetteer.store.countries:
        ports = len(gazetteer.store.locodes)
        return PlaceError(
            Fault(
                "unknown_locode",
                f"UN/LOCODE '{code}' is not among the {ports} ports and the terminals we know",
                got=text,
                hint=hint or "Write the name and the country, or the coordinates",
                accepted=ACCEPTED,
            )
        )
    return PlaceError(
        Fault(
            "unknown_place",
            f"'{shown(text)}' is not a place we know",
            got=shown(text),
            hint=hint or "Coordinates always work, such as 40.38,49.89",
            accepted=ACCEPTED,
        )
    )
