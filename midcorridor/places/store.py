"""The file of places: how it is written, checked and read.

One file ``places.bin`` beside ``manifest.json``, which holds its size and sha256. Places stand in
order of population, the largest first, so the number of a place is also its rank. Names are filed
under folded keys (``folding.fold``), sorted, front-coded and compressed in blocks, so that one
look-up unpacks one block and no dictionary of all names is ever built.

Layout: 8 bytes magic, 4 bytes little-endian length of a JSON header, the header (offset and length
of each section, counts), the sections.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from midcorridor.errors import DataFileError, Fault

MAGIC = b"MCPLACE1"
DATA_NAME = "places.bin"
MANIFEST_NAME = "manifest.json"
KEYS_PER_BLOCK = 512
NAMES_PER_BLOCK = 256


@dataclass(frozen=True, slots=True)
class Country:
    """A country as the data file has it."""

    code: str  # ISO 3166 alpha-2
    iso3: str  # alpha-3
    name: str  # in English
    capital: str


@dataclass(frozen=True, slots=True)
class LocodeRow:
    """A row of the UN/LOCODE table."""

    code: str
    name: str
    lat: float
    lon: float


def _fault(path: Path, what: str) -> DataFileError:
    return DataFileError(
        Fault(
            "bad_data_file",
            what,
            where=str(path),
            hint="Install the package again, or build the file anew with build_places()",
        )
    )


def pack_ints(values: list[int]) -> bytes:
    """int32 as four planes of bytes, compressed: neighbours in a plane are alike."""
    raw = array("i", values)
    data = raw.tobytes() if _little_endian() else _swapped(raw).tobytes()
    return zlib.compress(b"".join(data[plane::4] for plane in range(4)), 9)


def unpack_ints(blob: bytes) -> array[int]:
    """The inverse of ``pack_ints``."""
    planes = zlib.decompress(blob)
    count = len(planes) // 4
    data = bytearray(4 * count)
    for plane in range(4):
        data[plane::4] = planes[plane * count : (plane + 1) * count]
    values = array("i")
    values.frombytes(bytes(data))
    return values if _little_endian() else _swapped(values)


def _little_endian() -> bool:
    return struct.pack("=i", 1) == struct.pack("<i", 1)


def _swapped(values: array[int]) -> array[int]:
    copy = values[:]
    copy.byteswap()
    return copy


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def pack_keys(entries: list[tuple[str, list[int]]]) -> bytes:
    """A block of sorted keys with their postings.

    A posting is 2 x place number, + 1 if the key is the place's own name or nearly so.
    """
    prefixes, suffixes, text, postings = bytearray(), bytearray(), bytearray(), bytearray()
    before = b""
    for key, numbers in entries:
        raw = key.encode()
        shared = 0
        while shared < min(len(raw), len(before), 255) and raw[shared] == before[shared]:
            shared += 1
        prefixes.append(shared)
        suffixes.append(len(raw) - shared)
        text += raw[shared:]
        postings += _varint(len(numbers))
        last = 0
        for number in sorted(numbers):
            postings += _varint(number - last)
            last = number
        before = raw
    head = struct.pack("<HI", len(entries), len(text))
    return zlib.compress(head + bytes(prefixes) + bytes(suffixes) + bytes(text) + bytes(postings), 9)


def unpack_keys(blob: bytes) -> tuple[list[bytes], list[tuple[int, ...]]]:
    """Keys (UTF-8) and postings of a block."""
    data = zlib.decompress(blob)
    count, text_length = struct.unpack_from("<HI", data)
    prefixes = data[6 : 6 + count]
    suffixes = data[6 + count : 6 + 2 * count]
    at = 6 + 2 * count
    end = at + text_length
    names: list[bytes] = []
    before = b""
    for shared, length in zip(prefixes, suffixes, strict=True):
        before = before[:shared] + data[at : at + length]
        at += length
        names.append(before)
    postings: list[tuple[int, ...]] = []
    at = end
    for _ in range(count):
        numbers: list[int] = []
        wanted, at = _read_varint(data, at)
        last = 0
        for _ in range(wanted):
            step, at = _read_varint(data, at)
            last += step
            numbers.append(last)
        postings.append(tuple(numbers))
    return names, postings


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def read_sections(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Header and sections of a file whose size and sha256 agree with its manifest.

    Raises  DataFileError when a file is missing, cut short or altered.
    """
    manifest_path = path.parent / MANIFEST_NAME
    try:
        manifest = json.loads(manifest_path.read_text("utf-8"))
        expected_bytes, expected_sha = manifest["bytes"], manifest["sha256"]
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise _fault(Path(str(error.filename)), "the file is missing") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _fault(manifest_path, f"the file cannot be read ({error})") from None
    if len(data) != expected_bytes:
        raise _fault(path, f"the file has {len(data)} bytes, its manifest says {expected_bytes}")
    if hashlib.sha256(data).hexdigest() != expected_sha:
        raise _fault(path, "the file differs from its manifest (sha256)")
    if data[:8] != MAGIC:
        raise _fault(path, "the file is of another version of midcorridor")
    (length,) = struct.unpack_from("<I", data, 8)
    header: dict[str, Any] = json.loads(data[12 : 12 + length])
    start = 12 + length
    return header, {
        name: data[start + offset : start + offset + size]
        for name, (offset, size) in header["sections"].items()
    }


class Store:
    """The places of one data directory, unpacked piece by piece as they are asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header, self._sections = read_sections(path)
        self.count: int = self.header["places"]
        self._key_block = lru_cache(maxsize=64)(self._read_key_block)
        self._name_block = lru_cache(maxsize=256)(self._read_name_block)

    @cached_property
    def lat(self) -> array[int]:
        """Latitude of each place in 1e-4 degrees."""
        return unpack_ints(self._sections["lat"])

    @cached_property
    def lon(self) -> array[int]:
        """Longitude of each place in 1e-4 degrees."""
        return unpack_ints(self._sections["lon"])

    @cached_property
    def population(self) -> array[int]:
        """People in each place; 0 where GeoNames does not know."""
        return unpack_ints(self._sections["population"])

    @cached_property
    def geoname_id(self) -> array[int]:
        """GeoNames number of each place."""
        return unpack_ints(self._sections["geoname_id"])

    @cached_property
    def _country(self) -> bytes:
        return zlib.decompress(self._sections["country"])

    @cached_property
    def _country_meta(self) -> dict[str, Any]:
        meta: dict[str, Any] = json.loads(zlib.decompress(self._sections["countries"]))
        return meta

    @cached_property
    def countries(self) -> dict[str, Country]:
        """Countries by their ISO code."""
        rows = self._country_meta["countries"]
        return {row[0]: Country(*row) for row in rows}

    @cached_property
    def country_by_iso3(self) -> dict[str, str]:
        """ISO 3166 alpha-2 code by alpha-3 code."""
        return {country.iso3: country.code for country in self.countries.values()}

    @cached_property
    def _country_codes(self) -> list[str]:
        return [row[0] for row in self._country_meta["countries"]]

    @cached_property
    def country_keys(self) -> dict[str, str]:
        """ISO code by folded country name, in every language of the build."""
        found: dict[str, str] = self._country_meta["keys"]
        return found

    @cached_property
    def plain_country_keys(self) -> frozenset[str]:
        """Keys of the names that mean the country even where a city bears them: the English ones."""
        return frozenset(self._country_meta["plain"])

    @cached_property
    def locodes(self) -> dict[str, LocodeRow]:
        """The UN/LOCODE table by code."""
        table = {}
        for line in zlib.decompress(self._sections["locodes"]).decode().splitlines():
            code, name, lat, lon = line.split("\t")
            table[code] = LocodeRow(code, name, float(lat), float(lon))
        return table

    @cached_property
    def airports(self) -> dict[str, int]:
        """Place number by country code and airport code, such as KZALA; a hint, not a UN/LOCODE."""
        lines = zlib.decompress(self._sections["airports"]).decode().splitlines()
        return {line[:5]: int(line[6:]) for line in lines}

    @cached_property
    def fuzzy_lines(self) -> list[str]:
        """Keys to compare a misspelt name with; line i holds those of place i, space between."""
        return zlib.decompress(self._sections["fuzzy"]).decode().split("\n")

    @cached_property
    def _first_keys(self) -> list[bytes]:
        return zlib.decompress(self._sections["first_keys"]).split(b"\n")

    @cached_property
    def _key_offsets(self) -> array[int]:
        return unpack_ints(self._sections["key_offsets"])

    @cached_property
    def _name_offsets(self) -> array[int]:
        return unpack_ints(self._sections["name_offsets"])

    def _read_key_block(self, block: int) -> tuple[list[bytes], list[tuple[int, ...]]]:
        start, end = self._key_offsets[block], self._key_offsets[block + 1]
        return unpack_keys(self._sections["keys"][start:end])

    def _read_name_block(self, block: int) -> list[str]:
        start, end = self._name_offsets[block], self._name_offsets[block + 1]
        return zlib.decompress(self._sections["names"][start:end]).decode().split("\n")

    def name(self, number: int) -> str:
        """The name of a place as GeoNames spells it."""
        return self._name_block(number // NAMES_PER_BLOCK)[number % NAMES_PER_BLOCK]

    def country_of(self, number: int) -> str:
        """ISO 3166 alpha-2 code of a place."""
        return self._country_codes[self._country[number]]

    def find(self, key: str) -> tuple[int, ...]:
        """Postings of exactly this key: 2 x place number + (1 if it is the place's own name)."""
        wanted = key.encode()
        block = bisect_right(self._first_keys, wanted) - 1
        if block < 0:
            return ()
        names, postings = self._key_block(block)
        at = bisect_right(names, wanted) - 1
        return postings[at] if at >= 0 and names[at] == wanted else ()

    def find_prefix(self, key: str, most_keys: int = 40_000) -> list[int]:
        """Postings of all keys that start so, unsorted; stops after ``most_keys`` keys."""
        wanted = key.encode()
        block = max(bisect_right(self._first_keys, wanted) - 1, 0)
        found: list[int] = []
        seen = 0
        while block < len(self._first_keys) and seen < most_keys:
            if self._first_keys[block][: len(wanted)] > wanted:
                break
            names, postings = self._read_key_block(block)
            for name, numbers in zip(names, postings, strict=True):
                if name.startswith(wanted):
                    found.extend(numbers)
                    seen += 1
            block += 1
        return found

    @cached_property
    def by_geoname_id(self) -> dict[int, int]:
        """Place number by GeoNames number."""
        return {identity: number for number, identity in enumerate(self.geoname_id)}


@lru_cache(maxsize=4)
def open_store(folder: Path) -> Store:
    """The store of a places folder, read once a process."""
    return Store(folder / DATA_NAME)
