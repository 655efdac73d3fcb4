"""Answers and networks as maps: GeoJSON, GeoParquet and GMNS, longitude first."""

from __future__ import annotations

import csv
import io
import json
import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from .errors import Fault, InputError, MidcorridorError, OutputError
from .files import write_bytes, write_text
from .network import Network
from .network.compiled import Compiled
from .places.model import distance_km
from .schemas import schema

Point = tuple[float, float]  # longitude, latitude in degrees
Line = list[Point]

TRACK, GREAT_CIRCLE = "track", "great_circle"
# A track this much longer than the great circle is a gap in the base map, not a way that freight takes.
_DETOUR, _DETOUR_KM = 3.0, 100.0
_STEP_KM = 100.0  # between the points of a great circle
_NESTED = ("lines", "points", "verdicts")  # of an event; a map shows one value a field
_DECIMALS = 5  # of a degree: about a metre
# A lane through Suez is shorter than one by the Cape; what is not said to pass it goes round.
_RIVAL_PASSAGE = "suez"
GEOPARQUET_VERSION = "1.1.0"
GMNS_VERSION = 0.95


def plan_geojson(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A plan as a FeatureCollection: a line a leg, a point a transfer, in the order of travel.

    answer : what PlanResult.to_dict() gives
    Lines follow the base map's track; where it has none they follow the great circle, and
    geometry_basis says so: track, or great_circle when any part of the leg is one.
    """
    features = []
    for route in answer["routes"]:
        named = {"route_id": route["route_id"], "corridor": route["corridor"]}
        places = {
            place: (point[1], point[0])
            for leg in route["legs"]
            for place, point in zip(leg["path"], leg["points"], strict=True)
        }
        events = sorted((*route["legs"], *route["transfers"]), key=lambda event: int(event["seq"]))
        for event in events:
            plain = {name: value for name, value in event.items() if name not in _NESTED}
            if "points" in event:
                lines, basis = _leg_lines(event)
                properties = {"part": "leg", **named, **plain, "geometry_basis": basis}
                features.append(_feature(_line_geometry(lines), properties))
            else:
                at = places.get(event["terminal_id"])
                geometry = {"type": "Point", "coordinates": _rounded(at)} if at else None
                features.append(_feature(geometry, {"part": "transfer", **named, **plain}))
    return {"type": "FeatureCollection", "features": features}


def track(mode: str, start: Point, end: Point, passages: Iterable[str] = ()) -> tuple[Line, str]:
    """The line between two points by a mode, and what it rests on: track or great_circle."""
    if mode in ("rail", "road", "sea"):
        try:
            from .basemap import router

            avoid = (_RIVAL_PASSAGE,) if mode == "sea" and _RIVAL_PASSAGE not in passages else ()
            path = router(mode, avoid=avoid).route((start[1], start[0]), (end[1], end[0]))
        except (MidcorridorError, ImportError):
            pass  # no base map, or no way on it: the great circle says so
        else:
            straight_km = distance_km(start[1], start[0], end[1], end[0])
            if mode == "sea" or path.km <= _DETOUR * straight_km + _DETOUR_KM:
                points = zip(path.lon.tolist(), path.lat.tolist(), strict=True)
                return [(_in_range(lon), lat) for lon, lat in points], TRACK
    return great_circle(start, end), GREAT_CIRCLE


def great_circle(start: Point, end: Point) -> Line:
    """Points along the great circle, at most 100 km apart; longitudes may jump at the antimeridian."""
    steps = max(1, math.ceil(distance_km(start[1], start[0], end[1], end[0]) / _STEP_KM))
    a, b = _vector(start), _vector(end)
    angle = math.acos(max(-1.0, min(1.0, sum(x * y for x, y in zip(a, b, strict=True)))))
    if steps == 1 or math.sin(angle) < 1e-9:
        return [start, end]
    between: Line = []
    for step in range(1, steps):
        share = step / steps
        near, far = math.sin((1 - share) * angle) / math.sin(angle), math.sin(share * angle) / math.sin(angle)
        x, y, z = (near * one + far * other for one, other in zip(a, b, strict=True))
        between.append((math.degrees(math.atan2(y, x)), math.degrees(math.asin(max(-1.0, min(1.0, z))))))
    return [start, *between, end]


def cut_at_antimeridian(line: Sequence[Point]) -> list[Line]:
    """The line in pieces that do not cross 180 degrees.

    Source  RFC 7946, 3.1.9: a line that crosses is cut in two.
    >>> cut_at_antimeridian([(170.0, 10.0), (-170.0, 20.0)])
    [[(170.0, 10.0), (180.0, 15.0)], [(-180.0, 15.0), (-170.0, 20.0)]]
    """
    pieces: list[Line] = [[line[0]]]
    for (lon, lat), (next_lon, next_lat) in pairwise(line):
        if abs(next_lon - lon) > 180:
            edge = math.copysign(180.0, lon)
            unrolled = next_lon + 2 * edge
            share = (edge - lon) / (unrolled - lon) if unrolled != lon else 0.0
            crossing = lat + share * (next_lat - lat)
            if pieces[-1][-1] != (edge, crossing):
                pieces[-1].append((edge, crossing))
            pieces.append([(-edge, crossing)])
        if pieces[-1][-1] != (next_lon, next_lat):
            pieces[-1].append((next_lon, next_lat))
    whole = [piece for piece in pieces if len(piece) > 1]
    return whole or [[line[0], line[0]]]  # a line without length


def export_network(network: Network, day: date, form: str, output: Path) -> list[Path]:
    """Write the terminals and links that are open on a day for other programs.

    form : geojson (one file), geoparquet (two files) or gmns (a folder with node.csv, link.csv and
        config.csv, General Modeling Network Specification)
    output : the file, or the folder; for geoparquet a name that ends in .parquet gives two files
        with that name before _terminals and _links, any other name a folder
    Returns the files written. Raises OutputError; InputError where the extra geo is not installed.
    """
    writers = {"geojson": _write_geojson, "geoparquet": _write_geoparquet, "gmns": _write_gmns}
    if form not in writers:
        raise InputError(
            Fault("unknown_format", f"{form!r} is no format", "--format", form, ", ".join(writers))
        )
    return writers[form](network.on(day), output)


def _write_geojson(compiled: Compiled, output: Path) -> list[Path]:
    features = [
        _feature(
            {"type": "Point", "coordinates": _rounded((row["lon"], row["lat"]))},
            {"part": "terminal", **_properties("terminals", row)},
        )
        for row in compiled.terminals.values()
    ]
    for row in compiled.links.values():
        line, basis = _link_line(compiled, row)
        properties = {"part": "link", **_properties("links", row), "geometry_basis": basis}
        features.append(_feature(_line_geometry([line]), properties))
    content = {"type": "FeatureCollection", "features": features}
    write_text(output, json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n")
    return [output]


def _write_gmns(compiled: Compiled, output: Path) -> list[Path]:
    """Nodes, links and units; fields beside those of the specification carry our own names."""
    nodes = [
        {
            "node_id": row["terminal_id"],
            "name": row["name"],
            "x_coord": row["lon"],
            "y_coord": row["lat"],
            "node_type": ";".join(row["kinds"]),
            "country": row["country"],
            "gauges_mm": ";".join(row["gauges_mm"] or ()),
        }
        for row in compiled.terminals.values()
    ]
    links = []
    for row in compiled.links.values():
        line, basis = _link_line(compiled, row)
        directed = row["direction"] == "forward"
        links.append(
            {
                "link_id": row["link_id"],
                "from_node_id": row["from_terminal"],
                "to_node_id": row["to_terminal"],
                "directed": "true" if directed else "false",
                "geometry": _wkt(cut_at_antimeridian(line)),
                "dir_flag": 1 if directed else 0,
                "length": row["km"],
                "facility_type": row["mode"],
                "free_speed": round(row["km"] / row["running_p50_h"], 3),
                "jurisdiction": row["operator"] or "",
                "geometry_basis": basis,
                **{
                    name: "" if row[name] is None else row[name]
                    for name in (
                        "gauge_mm",
                        "tracks",
                        "electrified_share",
                        "running_p50_h",
                        "running_p90_h",
                        "capacity_trains_per_day",
                        "max_train_wagons",
                    )
                },
                "passages": ";".join(row["passages"] or ()),
            }
        )
    config = {
        "dataset_name": f"midcorridor {compiled.day}",
        "short_length": "m",
        "long_length": "km",
        "speed": "km/h",
        "crs": "EPSG:4326",
        "geometry_field_format": "WKT",
        "currency": "USD",
        "version_number": GMNS_VERSION,
        "id_type": "string",
    }
    _make_folder(output)
    written = []
    for name, rows in (("node.csv", nodes), ("link.csv", links), ("config.csv", [config])):
        write_text(output / name, _csv(rows))
        written.append(output / name)
    return written


def _write_geoparquet(compiled: Compiled, output: Path) -> list[Path]:
    if output.suffix == ".parquet":
        names = [output.with_name(f"{output.stem}_{part}.parquet") for part in ("terminals", "links")]
    else:
        names = [output / "terminals.parquet", output / "links.parquet"]
    terminals, links = list(compiled.terminals.values()), list(compiled.links.values())
    points: list[list[Line]] = [[[(row["lon"], row["lat"])]] for row in terminals]
    drawn = [_link_line(compiled, row) for row in links]
    lines = [cut_at_antimeridian(line) for line, _ in drawn]
    contents = [
        _parquet("terminals", terminals, points, {}),
        _parquet("links", links, lines, {"geometry_basis": [basis for _, basis in drawn]}),
    ]
    if output.suffix != ".parquet":
        _make_folder(output)
    for name, content in zip(names, contents, strict=True):
        write_bytes(name, content)
    return names


def _parquet(
    table: str,
    rows: Sequence[Mapping[str, Any]],
    shapes: Sequence[Sequence[Line]],
    more: Mapping[str, list[str]],
) -> bytes:
    """Rows and their shapes as a GeoParquet file; a shape of one point in one piece is a Point.

    Source  GeoParquet 1.1.0: metadata under the key geo, WKB in x, y order; without crs it is OGC:CRS84.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError(
            Fault(
                "missing_extra",
                "GeoParquet needs pyarrow, which is not installed",
                "--format",
                "geoparquet",
                "geojson or gmns, which need nothing more",
                "Install it with: pip install 'midcorridor[geo]'",
            )
        ) from None
    kinds = {
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us", "UTC"),
        "list": pa.list_(pa.string()),
    }
    columns: dict[str, Any] = {
        column.name: pa.array([row[column.name] for row in rows], kinds[column.dtype])
        for column in schema(table).columns
    }
    columns |= {name: pa.array(values, pa.string()) for name, values in more.items()}
    columns["geometry"] = pa.array([_wkb(shape) for shape in shapes], pa.binary())
    every = [point for shape in shapes for piece in shape for point in piece]
    geometry: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted({_shape_type(shape) for shape in shapes}),
        "edges": "planar",
    }
    if every:
        geometry["bbox"] = [
            min(lon for lon, _ in every),
            min(lat for _, lat in every),
            max(lon for lon, _ in every),
            max(lat for _, lat in every),
        ]
    geo = {"version": GEOPARQUET_VERSION, "primary_column": "geometry", "columns": {"geometry": geometry}}
    units = {
        column.name: {"unit": column.unit, "meaning": column.meaning} for column in schema(table).columns
    }
    filled = pa.table(columns).replace_schema_metadata(
        {"geo": json.dumps(geo), "midcorridor": json.dumps(units, ensure_ascii=False)}
    )
    sink = pa.BufferOutputStream()
    pq.write_table(filled, sink, compression="zstd")
    return bytes(sink.getvalue())


def _leg_lines(leg: Mapping[str, Any]) -> tuple[list[Line], str]:
    points = [(lon, lat) for lat, lon in leg["points"]]
    line: Line = []
    bases = set()
    for start, end in pairwise(points):
        part, basis = track(leg["mode"], start, end, leg.get("passages", ()))
        bases.add(basis)
        line += part if not line else part[1:] if part[0] == line[-1] else part
    return [line], GREAT_CIRCLE if GREAT_CIRCLE in bases else TRACK


def _link_line(compiled: Compiled, link: Mapping[str, Any]) -> tuple[Line, str]:
    start, end = (compiled.terminals[link[side]] for side in ("from_terminal", "to_terminal"))
    return track(link["mode"], (start["lon"], start["lat"]), (end["lon"], end["lat"]), link["passages"] or ())


def _feature(geometry: dict[str, Any] | None, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _line_geometry(lines: Iterable[Line]) -> dict[str, Any]:
    pieces = [[_rounded(point) for point in piece] for line in lines for piece in cut_at_antimeridian(line)]
    if len(pieces) == 1:
        return {"type": "LineString", "coordinates": pieces[0]}
    return {"type": "MultiLineString", "coordinates": pieces}


def _rounded(point: Point) -> list[float]:
    return [round(point[0], _DECIMALS), round(point[1], _DECIMALS)]


def _properties(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a row for JSON; their names carry the units."""
    return {column.name: _plain(row[column.name]) for column in schema(table).columns}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _vector(point: Point) -> tuple[float, float, float]:
    lon, lat = math.radians(point[0]), math.radians(point[1])
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def _in_range(lon: float) -> float:
    return lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180


def _shape_type(shape: Sequence[Line]) -> str:
    if len(shape) == 1:
        return "Point" if len(shape[0]) == 1 else "LineString"
    return "MultiLineString"


def _wkb(shape: Sequence[Line]) -> bytes:
    """Well-known binary, little-endian. Source  OGC Simple Features, part 1, 8.2."""
    kind = _shape_type(shape)
    if kind == "Point":
        return struct.pack("<BIdd", 1, 1, *shape[0][0])
    if kind == "LineString":
        line = shape[0]
        flat = [number for point in line for number in point]
        return struct.pack(f"<BII{len(flat)}d", 1, 2, len(line), *flat)
    return struct.pack("<BII", 1, 5, len(shape)) + b"".join(_wkb([piece]) for piece in shape)


def _wkt(shape: Sequence[Line]) -> str:
    """Well-known text."""
    pieces = [
        "(" + ", ".join(f"{lon:.{_DECIMALS}f} {lat:.{_DECIMALS}f}" for lon, lat in piece) + ")"
        for piece in shape
    ]
    return f"LINESTRING {pieces[0]}" if len(pieces) == 1 else f"MULTILINESTRING ({', '.join(pieces)})"


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as reason:
        raise OutputError(
            Fault(
                "cannot_write",
                f"the folder {str(folder)!r} cannot be made ({reason.strerror})",
                accepted="a folder, or a name for one in a folder that may be written to",
            )
        ) from None
