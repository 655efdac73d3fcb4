"""Building: same inputs, same bytes; nothing half written; damage is noticed and named."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from midcorridor.basemap import build as building
from midcorridor.basemap import inputs, joins, store
from midcorridor.basemap.inputs import Raw
from midcorridor.basemap.routing import Router
from midcorridor.basemap.sphere import great_circle_km
from midcorridor.errors import DataFileError, InputError, OutputError


def small_raw(seed=0, side=9):
    """A square net around 45 N 60 E with bent edges, a spur, a gap of 1 km and a far piece."""
    rng = np.random.default_rng(seed)
    lat, lon = (x.ravel() for x in np.meshgrid(45 + np.arange(side) * 0.3, 60 + np.arange(side) * 0.4))
    number = np.arange(side * side).reshape(side, side)
    tail = np.r_[number[:, :-1].ravel(), number[:-1].ravel()]
    head = np.r_[number[:, 1:].ravel(), number[1:].ravel()]
    # a second line begins one kilometre from the net's corner and leads away
    more_lat = lat[-1] + 0.009 + np.arange(9) * 0.3
    more_lon = np.full(9, lon[-1])
    far = lat.size + np.arange(9)
    lat, lon = np.r_[lat, more_lat, 60.0, 60.1], np.r_[lon, more_lon, 100.0, 100.0]
    tail, head = np.r_[tail, far[:-1], lat.size - 2], np.r_[head, far[1:], lat.size - 1]
    lat, lon = np.round(lat, 3), np.round(lon, 3)
    km = great_circle_km(lat[tail], lon[tail], lat[head], lon[head]) * (1 + 0.2 * rng.random(tail.size))
    return Raw(lat, lon, tail.astype(np.int64), head.astype(np.int64), np.round(km, 3))


def files_of(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def built(tmp_path):
    out = tmp_path / "map"
    building.build(out, modes=("rail",), raw={"rail": small_raw()})
    return out


def test_same_inputs_same_bytes(tmp_path, built):
    again = tmp_path / "again"
    building.build(again, modes=("rail",), raw={"rail": small_raw()})
    assert files_of(again) == files_of(built)
    other = tmp_path / "other"
    building.build(other, modes=("rail",), raw={"rail": small_raw(seed=1)})
    assert files_of(other) != files_of(built)


def test_the_gap_is_joined_and_listed(built):
    report = json.loads((built / "manifest.json").read_text())["parts"]["rail"]
    assert report["joins"] == {"pieces": 1, "loose_end": 0, "listed": 0}
    assert report["dropped_nodes_in_small_pieces"] == 2
    rows = (built / "rail_joins.csv").read_text().splitlines()
    assert len(rows) == 2
    assert "two separate pieces" in rows[1]
    part = store.read_part("rail", built)
    assert part.joins.size == 1
    path = Router(part).route((45.0, 60.0), (49.8, 63.2))
    assert path.joins == 1
    assert path.km >= float(great_circle_km(45.0, 60.0, 49.8, 63.2))


def test_order_of_the_input_means_nothing(tmp_path, built):
    raw = small_raw()
    shuffle = np.random.default_rng(4).permutation(raw.tail.size)
    mixed = Raw(raw.lat, raw.lon, raw.tail[shuffle], raw.head[shuffle], raw.km[shuffle])
    building.build(tmp_path / "mixed", modes=("rail",), raw={"rail": mixed})
    assert files_of(tmp_path / "mixed") == files_of(built)


@pytest.mark.parametrize("name", ["edges.npy", "order.npy", "nodes.npy", "metres.npy", "joins.npy"])
@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_damage_is_named(built, name, damage):
    path = built / "rail" / name
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[:-3])
    elif damage == "flip":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    else:
        path.unlink()
    with pytest.raises(DataFileError) as caught:
        store.read_part("rail", built)
    assert str(path) in str(caught.value)
    assert "midcorridor basemap build" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99, "parts": {}, "files": {}}', '{"format": 1}'])
def test_a_bad_manifest_is_named(built, text):
    (built / "manifest.json").write_text(text)
    with pytest.raises(DataFileError, match=r"manifest\.json"):
        store.read_part("rail", built)


def test_a_part_that_was_not_built(built):
    with pytest.raises(DataFileError, match="without road"):
        store.read_part("road", built)


def test_other_parts_stay(tmp_path, built):
    before = files_of(built / "rail")
    building.build(built, modes=("road",), raw={"road": small_raw(seed=2)})
    assert files_of(built / "rail") == before
    assert sorted(json.loads((built / "manifest.json").read_text())["parts"]) == ["rail", "road"]
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_failed_build_leaves_the_old_one(tmp_path, built, monkeypatch):
    before = files_of(built)

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OutputError, match="No space left") as caught:
        building.build(built, modes=("rail",), raw={"rail": small_raw(seed=1)})
    assert str(built) in str(caught.value)
    assert files_of(built) == before
    assert [p.name for p in tmp_path.iterdir()] == ["map"]


def test_a_place_that_cannot_be_written(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(OutputError, match="could not be written"):
        building.build(blocked / "map", modes=("rail",), raw={"rail": small_raw()})
    if os.geteuid() != 0:
        (tmp_path / "locked").mkdir(mode=0o555)
        with pytest.raises(OutputError, match="could not be written"):
            building.build(tmp_path / "locked" / "map", modes=("rail",), raw={"rail": small_raw()})


def test_interrupting_a_build_leaves_nothing(tmp_path):
    def stop(done, total, text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        building.build(tmp_path / "map", modes=("rail",), raw={"rail": small_raw()}, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_unknown_mode():
    with pytest.raises(InputError, match="rail, road, sea"):
        building.build("anywhere", modes=("tram",))


def test_reading_a_package_file(tmp_path):
    path = tmp_path / "world.py"
    path.write_text(
        "graph=[{1: 2.5, 0: 0.0}, {0: 2.5, 2: 1.0}, {1: 1.0}]\n"
        "nodes=[[45.0, 60.0], [45.02, 60.0], [45.03, 60.0]]\n"
    )
    raw = inputs.read_land(path)
    assert raw.tail.tolist() == [0, 1]
    assert raw.head.tolist() == [1, 2]
    assert raw.km.tolist() == [2.5, 1.0]
    path.write_text("something else")
    with pytest.raises(DataFileError, match="not laid out"):
        inputs.read_land(path)


def test_reading_sea_lanes(tmp_path):
    path = tmp_path / "marnet.py"
    path.write_text(
        "node_list={(180, 10): {}}\n"
        "edge_list={(180, 10): {(-180, 10): {'weight': 0.0}, (170, 10): {'weight': 9}}, "
        "(170, 10): {(180, 10): {'weight': 9}}, (-180, 10): {(180, 10): {'weight': 0.0}}}"
    )
    raw = inputs.read_sea(path)
    assert sorted(raw.lon.tolist()) == [-180.0, 170.0]
    assert raw.km == pytest.approx([float(great_circle_km(10, 170, 10, 180))])


def test_listed_joins(tmp_path):
    raw = small_raw()
    path = tmp_path / "mends.csv"
    header = "graph,from_lat,from_lon,to_lat,to_lon,factor,reason,source\n"
    path.write_text(header + "rail,45.0,60.0,47.5,50.0,1.06,a line,src\nrail,47.5,50.0,45.0,49.0,1,on,src\n")
    with pytest.raises(DataFileError, match="row 3") as caught:
        joins.with_listed(raw, "rail", path)
    assert len(caught.value.faults) == 1
    path.write_text(header + "rail,45.0,60.0,47.5,50.0,1.06,a line,src\nrail,47.5,50.0,45.3,60.0,1,on,src\n")
    mended, made = joins.with_listed(raw, "rail", path)
    assert mended.lat.size == raw.lat.size + 1
    assert made[0].km == pytest.approx(1.06 * float(great_circle_km(45.0, 60.0, 47.5, 50.0)))
    assert [join.kind for join in made] == ["listed", "listed"]


def test_close_pairs_against_all_pairs():
    rng = np.random.default_rng(6)
    lat, lon = 45 + rng.random(300) * 0.3, 60 + rng.random(300) * 0.3
    raw = Raw(lat, lon, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    asking = rng.random(300) < 0.4
    a, b = joins.close_pairs(raw, asking, 2.0)
    found = sorted(zip(a.tolist(), b.tolist(), strict=True))
    i, j = np.triu_indices(300, 1)
    near = (great_circle_km(lat[i], lon[i], lat[j], lon[j]) <= 2.0) & (asking[i] | asking[j])
    assert found == sorted(zip(i[near].tolist(), j[near].tolist(), strict=True))


def test_every_mend_and_closure_says_why():
    import csv

    for name in ("mends.csv", "closed_lines.csv"):
        with (joins.MENDS.parent / name).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert rows
        assert all(row["reason"] and row["source"] for row in rows)


def test_shipped_map_is_built_from_these_lists():
    """The listed joins of the shipped map are those of the tables it was made from."""
    import csv

    manifest = store.read_manifest()
    with joins.MENDS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for mode in ("rail", "road"):
        listed = sum(row["graph"] == mode for row in rows)
        assert manifest["parts"][mode]["joins"]["listed"] == listed


def test_info_names_damaged_files(built):
    from midcorridor.basemap.info import info

    whole = info(built)
    assert whole["faults"] == []
    assert whole["parts"]["rail"]["nodes"] > 80
    (built / "rail" / "order.npy").write_bytes(b"")
    faults = info(built)["faults"]
    assert len(faults) == 1
    assert "order" in faults[0]
