"""Maps: GeoJSON by RFC 7946, GeoParquet read back, GMNS by its specification, answers by their forms."""

from __future__ import annotations

import builtins
import csv
import io
import json
import struct
import sys
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from midcorridor.errors import Fault, InputError, OutputError, PlaceError
from midcorridor.geo import (
    GREAT_CIRCLE,
    TRACK,
    cut_at_antimeridian,
    export_network,
    great_circle,
    track,
)
from midcorridor.network import Network
from midcorridor.places.model import distance_km
from midcorridor.plan import PlanResult, plan
from midcorridor.schemas import schema

from .test_check import DAY, built

LON = st.floats(-180, 180)
LAT = st.floats(-85, 85)
POINT = st.tuples(LON, LAT)


@pytest.fixture
def no_base_map(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As where no base map is installed."""

    def none(mode: str, *, avoid: tuple[str, ...] = ()) -> None:
        raise PlaceError(Fault("no_base_map", f"no {mode}"))

    base_map = ModuleType("midcorridor.basemap")
    base_map.router = none
    monkeypatch.setitem(sys.modules, "midcorridor.basemap", base_map)


@pytest.fixture
def kinked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[str, ...]]]:
    """A base map whose every way has one point between; returns what was asked of it."""
    asked: list[tuple[str, tuple[str, ...]]] = []

    def router(mode: str, *, avoid: tuple[str, ...] = ()) -> Any:
        asked.append((mode, avoid))

        def route(start: tuple[float, float], end: tuple[float, float]) -> Any:
            middle = ((start[0] + end[0]) / 2 + 0.5, (start[1] + end[1]) / 2)
            lat, lon = zip(start, middle, end, strict=True)
            return SimpleNamespace(km=1.0, lat=np.array(lat), lon=np.array(lon))

        return SimpleNamespace(route=route)

    base_map = ModuleType("midcorridor.basemap")
    base_map.router = router
    monkeypatch.setitem(sys.modules, "midcorridor.basemap", base_map)
    return asked


def answer(net: Network | None = None, **options: Any) -> PlanResult:
    return plan(net or built(), "cn-a", "az-d", at="2026-12-01", containers="2x40HC", **options)


def check_geojson(content: dict[str, Any]) -> None:
    """What RFC 7946 asks of a FeatureCollection of points and lines."""
    assert content["type"] == "FeatureCollection"
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    for feature in content["features"]:
        assert set(feature) == {"type", "geometry", "properties"}
        geometry = feature["geometry"]
        if geometry["type"] == "Point":
            lines = [[geometry["coordinates"]]]
        else:
            assert geometry["type"] in ("LineString", "MultiLineString")
            several = geometry["type"] == "MultiLineString"
            lines = geometry["coordinates"] if several else [geometry["coordinates"]]
            assert all(len(line) >= 2 for line in lines)
        for line in lines:
            for lon, lat in line:
                assert -180 <= lon <= 180
                assert -90 <= lat <= 90
            for (lon, _), (after, _) in pairwise(line):
                assert abs(after - lon) <= 180, "a line crosses the antimeridian"


# Plans.


@pytest.mark.usefixtures("no_base_map")
def test_a_plan_becomes_geojson() -> None:
    result = answer()
    content = result.to_geojson()
    check_geojson(content)
    (route,) = result.routes
    assert [feature["properties"]["seq"] for feature in content["features"]] == list(
        range(1, len(route["legs"]) + len(route["transfers"]) + 1)
    )
    legs = [feature for feature in content["features"] if feature["properties"]["part"] == "leg"]
    assert [leg["properties"]["to_id"] for leg in legs] == ["kz-b", "kz-c", "az-d"]
    assert all(leg["properties"]["etd_at"] < leg["properties"]["eta_at"] for leg in legs)
    assert not any("verdicts" in leg["properties"] for leg in legs), "nested rows are nothing for a map"
    assert legs[0]["geometry"]["coordinates"][0] == [90.0, 44.0], "longitude first"
    assert legs[0]["geometry"]["coordinates"][-1] == [80.2, 44.2]
    assert {leg["properties"]["geometry_basis"] for leg in legs} == {GREAT_CIRCLE}
    assert sum(f["properties"]["cost_usd"] for f in content["features"]) == pytest.approx(route["cost_usd"])
    changed = next(f for f in content["features"] if f["properties"].get("kind") == "gauge_change")
    assert changed["geometry"] == {"type": "Point", "coordinates": [80.2, 44.2]}


def test_a_plan_follows_the_track(kinked: list[tuple[str, tuple[str, ...]]]) -> None:
    content = answer().to_geojson()
    check_geojson(content)
    first = next(f for f in content["features"] if f["properties"]["part"] == "leg")
    assert first["geometry"]["coordinates"] == [[90.0, 44.0], [85.1, 44.6], [80.2, 44.2]]
    assert first["properties"]["geometry_basis"] == TRACK
    assert [mode for mode, _ in kinked] == ["rail", "rail", "sea"]


def test_what_does_not_name_suez_does_not_pass_it(kinked: list[tuple[str, tuple[str, ...]]]) -> None:
    for passages in ((), ("cape", "malacca"), ("suez", "malacca")):
        track("sea", (120.0, 31.0), (4.0, 52.0), passages)
    assert [avoid for _, avoid in kinked] == [("suez",), ("suez",), ()]


def test_a_gap_of_the_base_map_is_no_track(monkeypatch: pytest.MonkeyPatch) -> None:
    far = SimpleNamespace(km=2000.0, lat=np.array([41.0, 50.0, 40.0]), lon=np.array([29.0, 40.0, 33.0]))
    base_map = ModuleType("midcorridor.basemap")
    base_map.router = lambda mode, avoid=(): SimpleNamespace(route=lambda a, b: far)
    monkeypatch.setitem(sys.modules, "midcorridor.basemap", base_map)
    assert track("rail", (29.0, 41.0), (33.0, 40.0))[1] == GREAT_CIRCLE
    assert track("sea", (29.0, 41.0), (33.0, 40.0))[1] == TRACK, "a sea lane may go round a continent"


def test_no_route_is_an_empty_map_and_an_empty_table() -> None:
    result = plan(built(), "cn-a", "az-d", at="2026-12-01", avoid=["caspian"])
    assert result.to_geojson() == {"type": "FeatureCollection", "features": []}
    assert len(result.to_csv().splitlines()) == 1


@pytest.mark.usefixtures("no_base_map")
def test_a_plan_becomes_one_table() -> None:
    result = answer()
    rows = list(csv.DictReader(io.StringIO(result.to_csv())))
    (route,) = result.routes
    assert [int(row["seq"]) for row in rows] == list(range(1, len(rows) + 1))
    for name in ("mean_h", "cost_usd", "kg_co2e"):
        assert sum(float(row[name]) for row in rows) == pytest.approx(route[name], rel=1e-5)
    assert sum(float(row["km"] or 0) for row in rows) == pytest.approx(route["km"])
    transfers = [row for row in rows if row["part"] == "transfer"]
    assert {row["kind"] for row in transfers} >= {"load", "border", "gauge_change", "transship", "discharge"}
    assert all(row["from_id"] == row["to_id"] for row in transfers)
    assert all(not row["mode"] for row in transfers)
    legs = [row for row in rows if row["part"] == "leg"]
    assert all(row["mode"] and not row["wait_h"] for row in legs)
    assert all(row["etd_at"] < row["eta_at"] and row["clearance"] == "accepted" for row in legs)
    assert all(sum(map(int, row["loads"].split(";"))) == 2 for row in legs)


@pytest.mark.parametrize("form", ["routes", "legs", "transfers", "lines", "spread", "frontier", "checks"])
def test_answers_have_the_fields_that_the_forms_declare(form: str) -> None:
    told = answer(deadline="60d").to_dict()
    (route,) = told["routes"]
    events = [*route["legs"], *route["transfers"]]
    rows = {
        # What stands in forms of its own, or names the codes of sentences, is no column of the route.
        "routes": [{k: v for k, v in route.items() if k not in ("legs", "transfers", "said")}],
        "legs": route["legs"],
        "transfers": route["transfers"],
        "lines": [line for event in events for line in event["lines"]],
        "spread": route["spread"],
        "frontier": told["frontier"],
        "checks": told["checks"],
    }[form]
    kinds = {
        "str": str,
        "int": int,
        "float": (int, float),
        "list": (list, dict),
        "bool": bool,
        "datetime": str,
    }
    assert rows
    for row in rows:
        assert set(row) == set(schema(form).names())
        for column in schema(form).columns:
            value = row.get(column.name)
            if value is None or value == "":
                assert not column.required or column.dtype == "str"
                continue
            assert isinstance(value, kinds[column.dtype]), column
            if column.dtype == "datetime":
                assert datetime.fromisoformat(value).tzinfo is not None
            if column.allowed.startswith("{"):
                assert value in column.allowed.strip("{}").split()
            if column.allowed.startswith(">= "):
                assert value >= float(column.allowed[3:])
            if ".." in column.allowed:
                assert 0 <= value <= 1


# Lines.


@given(POINT, POINT)
def test_a_great_circle_is_as_long_as_the_distance(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    line = great_circle(start, end)
    assert (line[0], line[-1]) == (start, end)
    straight_km = distance_km(start[1], start[0], end[1], end[0])
    if straight_km > 19_900:
        return  # nearly opposite points: any way is as good
    steps_km = [distance_km(a[1], a[0], b[1], b[0]) for a, b in pairwise(line)]
    assert sum(steps_km) == pytest.approx(straight_km, abs=0.01)
    assert max(steps_km) <= 100.001


@example([(180.0, 0.0), (-180.0, 0.0)])
@example([(-1.0, 0.0), (180.0, 0.0), (-1.0, 0.0)])
@example([(170.0, 10.0), (180.0, 11.0), (-170.0, 12.0)])
@given(st.lists(POINT, min_size=2, max_size=12))
def test_pieces_never_cross_the_antimeridian_and_lose_nothing(line: list[tuple[float, float]]) -> None:
    pieces = cut_at_antimeridian(line)
    for piece in pieces:
        assert len(piece) >= 2
        assert all(abs(b[0] - a[0]) <= 180 for a, b in pairwise(piece))
    for before, after in pairwise(pieces):
        # Mostly on the two sides of it; a line that only touches it goes on from the same side.
        assert abs(before[-1][0]) == abs(after[0][0]) == 180
        assert before[-1][1] == after[0][1]
    kept = {point for piece in pieces for point in piece}
    assert {point for point in line if abs(point[0]) < 180} <= kept


def test_the_pacific_is_cut_in_two() -> None:
    """Yokohama to Long Beach."""
    pieces = cut_at_antimeridian(great_circle((139.65, 35.44), (-118.21, 33.75)))
    assert len(pieces) == 2
    assert (pieces[0][-1][0], pieces[1][0][0]) == (180.0, -180.0)
    assert pieces[0][-1][1] == pytest.approx(48.0, abs=1.0), "the great circle goes far north"


# Networks.


@pytest.mark.usefixtures("no_base_map")
def test_network_as_geojson(tmp_path: Path) -> None:
    path = tmp_path / "network.geojson"
    assert export_network(built(), DAY, "geojson", path) == [path]
    content = json.loads(path.read_text(encoding="utf-8"))
    check_geojson(content)
    parts = [feature["properties"]["part"] for feature in content["features"]]
    assert (parts.count("terminal"), parts.count("link")) == (4, 3)
    link = next(f["properties"] for f in content["features"] if f["properties"].get("link_id") == "cd")
    assert set(schema("links").names()) <= set(link)
    assert (link["km"], link["passages"], link["geometry_basis"]) == (500.0, ["caspian"], GREAT_CIRCLE)


@pytest.mark.usefixtures("no_base_map")
def test_only_what_is_open_is_exported(tmp_path: Path) -> None:
    rows = [dict(row) for row in built().tables["links"]]
    rows[2]["valid_from"] = date(2027, 1, 1)
    net = Network(built().tables.replace(links=rows))
    for day, count in ((DAY, 2), (date(2027, 1, 1), 3)):
        (path,) = export_network(net, day, "geojson", tmp_path / "n.geojson")
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        assert sum(f["properties"]["part"] == "link" for f in features) == count


@pytest.mark.usefixtures("no_base_map")
@pytest.mark.parametrize(
    ("output", "names"),
    [
        ("net.parquet", ["net_terminals.parquet", "net_links.parquet"]),
        ("net", ["net/terminals.parquet", "net/links.parquet"]),
    ],
)
def test_network_as_geoparquet(output: str, names: list[str], tmp_path: Path) -> None:
    written = export_network(built(), DAY, "geoparquet", tmp_path / output)
    assert written == [tmp_path / name for name in names]
    terminals, links = (pq.read_table(path) for path in written)
    for table, kind in ((terminals, "Point"), (links, "LineString")):
        geo = json.loads(table.schema.metadata[b"geo"])
        assert geo["version"] == "1.1.0"
        assert geo["primary_column"] == "geometry"
        column = geo["columns"]["geometry"]
        assert (column["encoding"], column["geometry_types"]) == ("WKB", [kind])
        west, south, east, north = column["bbox"]
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90
    by_id = {row["terminal_id"]: row for row in terminals.to_pylist()}
    assert read_wkb(by_id["az-d"]["geometry"]) == (1, [(49.4, 40.0)])
    assert by_id["az-d"]["kinds"] == ["seaport", "rail_terminal"]
    link = next(row for row in links.to_pylist() if row["link_id"] == "cd")
    kind, points = read_wkb(link["geometry"])
    assert kind == 2
    assert (points[0], points[-1]) == ((51.2, 43.6), (49.4, 40.0))
    assert (link["km"], link["tracks"], link["geometry_basis"]) == (500.0, None, GREAT_CIRCLE)
    assert json.loads(links.schema.metadata[b"midcorridor"])["running_p50_h"]["unit"] == "h"


def read_wkb(content: bytes) -> tuple[int, list[tuple[float, float]]]:
    """Kind and points of well-known binary, read by hand."""
    order, kind = struct.unpack_from("<BI", content)
    assert order == 1
    count, at = (1, 5) if kind == 1 else (struct.unpack_from("<I", content, 5)[0], 9)
    assert len(content) == at + 16 * count
    return kind, [struct.unpack_from("<dd", content, at + 16 * number) for number in range(count)]


def test_geoparquet_without_pyarrow_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"midcorridor\[geo\]"):
        export_network(built(), DAY, "geoparquet", tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


# Required and optional fields of node, link and config: zephyr-data-specs/GMNS, spec/*.schema.json, 0.95.
GMNS = {
    "node.csv": (
        {"node_id", "x_coord", "y_coord"},
        {"name", "z_coord", "node_type", "ctrl_type", "zone_id", "parent_node_id"},
    ),
    "link.csv": (
        {"link_id", "from_node_id", "to_node_id", "directed"},
        {"name", "geometry_id", "geometry", "parent_link_id", "dir_flag", "length", "grade", "facility_type",
         "capacity", "free_speed", "lanes", "bike_facility", "ped_facility", "parking", "allowed_uses",
         "toll", "jurisdiction", "row_width"},
    ),
    "config.csv": (
        set(),
        {"dataset_name", "short_length", "long_length", "speed", "crs", "geometry_field_format", "currency",
         "version_number", "id_type"},
    ),
}  # fmt: skip
# Our own columns in those files; the specification allows user-defined fields.
OURS = {
    "country", "gauges_mm", "gauge_mm", "tracks", "electrified_share", "running_p50_h", "running_p90_h",
    "capacity_trains_per_day", "max_train_wagons", "passages", "geometry_basis",
}  # fmt: skip


@pytest.mark.usefixtures("no_base_map")
def test_network_as_gmns(tmp_path: Path) -> None:
    written = export_network(built(), DAY, "gmns", tmp_path / "gmns")
    assert [path.name for path in written] == list(GMNS)
    tables = {
        path.name: list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))) for path in written
    }
    for name, (required, optional) in GMNS.items():
        columns = set(tables[name][0])
        assert required <= columns
        assert columns - required - optional <= OURS
        assert all(row[column] for row in tables[name] for column in required)
    (config,) = tables["config.csv"]
    assert (config["long_length"], config["speed"], config["id_type"]) == ("km", "km/h", "string")
    nodes = {row["node_id"] for row in tables["node.csv"]}
    for row in tables["link.csv"]:
        assert {row["from_node_id"], row["to_node_id"]} <= nodes
        assert row["directed"] == "false"
        assert 0 < float(row["free_speed"]) <= 200
        assert row["geometry"].startswith("LINESTRING (")
    cd = next(row for row in tables["link.csv"] if row["link_id"] == "cd")
    assert (float(cd["length"]), float(cd["free_speed"])) == (500.0, 25.0)
    assert cd["geometry"].startswith("LINESTRING (51.20000 43.60000, ")


def test_exports_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        export_network(built(), DAY, "geojson", tmp_path / "none" / "n.geojson")
    with pytest.raises(OutputError, match="cannot be made"):
        export_network(built(), DAY, "gmns", tmp_path / "none" / "gmns")
    with pytest.raises(InputError, match="geojson, geoparquet, gmns"):
        export_network(built(), DAY, "shapefile", tmp_path / "n.shp")
    assert list(tmp_path.iterdir()) == []
