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
from midcorridor.said import Said

if TYPE_CHECKING:
    import polars as pl

ACCEPTED = Said("place_wanted")
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
        raise PlaceError(Fault("empty_place", Said("no_place"), accepted=ACCEPTED))
    what: Said | None = None
    if len(clean) > MOST_CHARACTERS:
        what = Said("place_too_long", most=MOST_CHARACTERS, characters=len(clean))
    elif any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} for char in clean):
        what = Said("place_control")
    elif not fold(clean):
        what = Said("place_no_letters", got=shown(clean))
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
        options = [terminal.terminal_id for terminal in served]
        raise PlaceError(
            Fault(
                "ambiguous_place",
                Said("locode_shared", locode=code, terminals=len(served)),
                got=text,
                hint=Said("write_either", words=options),
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
            Said("code_or_name", locode=code, bearer=bearer, country=code[:2]),
            got=code,
            hint=Said("write_code_or_name", spelt=f"{code[:2]} {code[2:]}", words=options),
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
            Said("not_near", got=shown(name), within_km=_POINT_KM, point=f"{match[2]},{match[3]}"),
            got=shown(text),
            hint=Said("write_point", point=f"{match[2]},{match[3]}"),
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
    more = len(found) - len(listed)
    options = options_of(gazetteer, [one.place for one in listed])
    hint = Said("write_one_more", words=options, more=more) if more else Said("write_one", words=options)
    raise PlaceError(
        Fault(
            "ambiguous_place",
            Said("names_many", got=shown(text), places=len(found)),
            got=shown(text),
            hint=hint,
        )
    )


def options_of(gazetteer: Gazetteer, places: list[Place]) -> list[str]:
    """What to type for each."""
    return [spelt_out(gazetteer, place) for place in places]


def _did_you_mean(gazetteer: Gazetteer, places: list[Place]) -> str:
    return Said("mean_place", words=options_of(gazetteer, places)) if places else ""


def _country_error(gazetteer: Gazetteer, text: str, code: str) -> PlaceError:
    options = options_of(gazetteer, main_places(gazetteer, code, 5))
    return PlaceError(
        Fault(
            "country_not_place",
            Said("country_not_place", got=shown(text), country=code),
            got=shown(text),
            hint=Said("name_place_such", words=options) if options else Said("name_place"),
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
        last_hint = Said("country_last", spelt=f"{shown(rest)}, {first}")
        return PlaceError(
            Fault("unknown_country", Said("no_country", got=shown(rest)), got=shown(text), hint=last_hint)
        )
    last = parts[-1]
    places = [one.place for one in gazetteer.candidates(name)[:3]] if fold(name) else []
    known = list(gazetteer.store.country_keys)
    near = process.extract(fold(last), known, limit=5, score_cutoff=75) if len(fold(last)) > 2 else []
    codes = list(dict.fromkeys(gazetteer.store.country_keys[key] for key, _, _ in near))
    there = [code for code in codes if fold(name) and gazetteer.candidates(name, code)]
    if there:
        hint: str = Said("mean_place", words=[f"{shown(name)}, {code}" for code in there])
    elif places:
        hint = _did_you_mean(gazetteer, places)
    else:
        listed = [
            Said("country_code", name=gazetteer.country_name(code), got=code, country=code)
            for code in codes[:3]
        ]
        hint = Said("country_codes", listed=listed) if listed else ""
    what = Said("no_country", got=shown(last)) if last else Said("no_country_after")
    if not fold(name):
        what = Said("no_name_before")
    return PlaceError(
        Fault(
            "unknown_country",
            what,
            got=shown(text),
            hint=hint,
            accepted=Said("country_wanted"),
        )
    )


def _not_there(gazetteer: Gazetteer, text: str, name: str, code: str, parts: list[str]) -> PlaceError:
    what = Said("not_in_country", got=shown(name), name=gazetteer.country_name(code), country=code)
    if len(parts) > 2:
        inner = gazetteer.candidates(parts[0], code)
        if inner:
            what = Said("too_much_place", got=shown(name))
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
                Said("locode_unknown", locode=code, ports=ports),
                got=text,
                hint=hint or Said("write_name"),
                accepted=ACCEPTED,
            )
        )
    return PlaceError(
        Fault(
            "unknown_place",
            Said("place_unknown", got=shown(text)),
            got=shown(text),
            hint=hint or Said("coordinates_work"),
            accepted=ACCEPTED,
        )
    )
