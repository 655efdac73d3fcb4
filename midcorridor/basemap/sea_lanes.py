"""Draw straight sea lanes between ports and capes, clear of land: makes ``sea_lanes.csv``.

searoute's lanes are coarse in the seas where short crossings matter (the Caspian, the Black Sea, the
China coast). Here every port, lane node and cape of a sea is tried with every other; where the
straight line stays clear of the land, it is a lane. Only lanes on a shortest way between ports, or from
a port to where the coarse lanes leave the sea, are kept. This runs by hand, when ports are added, and
needs Shapely and ``land-10m.json`` of the npm package world-atlas; a build reads its result.

    python -m midcorridor.basemap.sea_lanes land-10m.json
"""

from __future__ import annotations

import csv
import heapq
import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from midcorridor.basemap import inputs
from midcorridor.basemap.inputs import Raw
from midcorridor.basemap.sphere import Floats, great_circle_km

PORTS = Path(__file__).parent / "sea_ports.csv"
OUT = Path(__file__).parent / "sea_lanes.csv"

# south, north, west, east; degrees of land around a port that do not block it; lane nodes that lead out
# ("border": those with a lane that leaves the box, "all": every node in open water).
SEAS: dict[str, tuple[tuple[float, float, float, float], float, Any]] = {
    "caspian": ((36.3, 46.6, 46.5, 54.6), 0.13, "all"),
    "black": (
        (40.9, 46.8, 27.4, 42.0),
        0.13,
        ((41.242447, 29.132431), (45.2, 36.5), (45.15, 29.8), (46.6, 31.4)),
    ),
    "marmara_aegean": (
        (39.9, 41.1, 25.5, 29.6),
        0.03,
        ((40.971568, 28.977708), (40.1, 26.2), (40.82216, 28.501542)),
    ),
    "china_coast": ((20.5, 41.0, 112.5, 124.0), 0.13, "border"),
    "malacca": ((0.5, 5.6, 98.0, 104.8), 0.13, "border"),
    "gulf": ((23.8, 30.4, 47.5, 58.5), 0.13, "border"),
}
CLEAR_DEGREES = 0.02  # how far a lane keeps off the land, some 2 km
CAPE_DEGREES = 0.05  # how far off a cape the ways bend
BEND_KM = 0.3  # a tiny charge for each bend keeps the ways simple


def draw(land: Path) -> list[tuple[str, float, float, float, float]]:
    """(sea, from_lat, from_lon, to_lat, to_lon) of each lane."""
    shapely = importlib.import_module("shapely")
    polygons = _polygons(shapely, json.loads(land.read_text(encoding="utf-8")))
    lanes = inputs.read_sea(inputs.source_file("sea")[0])
    with PORTS.open(encoding="utf-8", newline="") as stream:
        ports = [(row["basin"], float(row["lat"]), float(row["lon"])) for row in csv.DictReader(stream)]
    out = []
    for sea in SEAS:
        spots = np.array([(lat, lon) for name, lat, lon in ports if name == sea])
        out += [(sea, *ends) for ends in _draw_sea(shapely, sea, spots, lanes, polygons)]
    return out


def _draw_sea(
    shapely: Any, sea: str, ports: Floats, lanes: Raw, polygons: list[Any]
) -> list[tuple[float, float, float, float]]:
    (south, north, west, east), around, leave = SEAS[sea]
    box = shapely.box(west - 1, south - 1, east + 1, north + 1)
    land = shapely.union_all([p.buffer(0).intersection(box) for p in polygons if p.intersects(box)])
    inside = (lanes.lat > south) & (lanes.lat < north) & (lanes.lon > west) & (lanes.lon < east)
    nodes = np.flatnonzero(inside)
    capes = _capes(land, (south, north, west, east))
    points = np.concatenate([ports, np.stack([lanes.lat[nodes], lanes.lon[nodes]], axis=1), capes])
    discs = shapely.union_all([shapely.Point(lon, lat).buffer(around) for lat, lon in ports])
    block = land.buffer(CLEAR_DEGREES).difference(discs)
    ashore = shapely.contains_xy(land.difference(discs), points[:, 1], points[:, 0])
    a, b = np.triu_indices(len(points), 1)
    a, b = a[~ashore[a] & ~ashore[b]], b[~ashore[a] & ~ashore[b]]
    lines = shapely.linestrings(np.stack([points[a][:, ::-1], points[b][:, ::-1]], axis=1))
    shapely.prepare(block)
    seen = ~shapely.intersects(block, lines)
    a, b = a[seen], b[seen]
    km = great_circle_km(points[a, 0], points[a, 1], points[b, 0], points[b, 1]) + BEND_KM
    net: list[list[tuple[int, float]]] = [[] for _ in points]
    for i, j, length in zip(a.tolist(), b.tolist(), km.tolist(), strict=True):
        net[i].append((j, length))
        net[j].append((i, length))
    exits = [len(ports) + k for k in _exits(lanes, inside, nodes, ashore[len(ports) :], leave)]
    used: set[tuple[int, int]] = set()
    for port in range(len(ports)):
        before = _tree(net, port)
        for end in [*range(len(ports)), *exits]:
            node = end
            while node != port and node in before:
                used.add((min(node, before[node]), max(node, before[node])))
                node = before[node]
    return [(*points[i], *points[j]) for i, j in sorted(used)]


def _exits(lanes: Raw, inside: Any, nodes: Any, ashore: Any, leave: Any) -> list[int]:
    """Places in `nodes` from which the coarse lanes go on."""
    water = [k for k in range(nodes.size) if not ashore[k]]
    if leave == "all":
        return water
    if leave == "border":
        crossing = inside[lanes.tail] != inside[lanes.head]
        border = {*lanes.tail[crossing].tolist(), *lanes.head[crossing].tolist()}
        return [k for k in water if int(nodes[k]) in border]
    gaps = [great_circle_km(lanes.lat[nodes], lanes.lon[nodes], *place) for place in leave]
    return sorted({water[int(np.argmin(gap[water]))] for gap in gaps})


def _tree(net: list[list[tuple[int, float]]], source: int) -> dict[int, int]:
    """The node before each node on the shortest ways from the source."""
    best, before = {source: 0.0}, {source: source}
    queue = [(0.0, source)]
    while queue:
        km, node = heapq.heappop(queue)
        if km > best[node]:
            continue
        for other, step in net[node]:
            if km + step < best.get(other, np.inf):
                best[other], before[other] = km + step, node
                heapq.heappush(queue, (km + step, other))
    return before


def _capes(land: Any, box: tuple[float, float, float, float]) -> Floats:
    """Corners of the land, a little way off."""
    south, north, west, east = box
    around = land.buffer(CAPE_DEGREES)
    corners = []
    for polygon in getattr(around, "geoms", [around]):
        for ring in (polygon.exterior, *polygon.interiors):
            for lon, lat in np.array(ring.simplify(0.03).coords):
                if south < lat < north and west < lon < east:
                    corners.append((round(lat, 3), round(lon, 3)))
    return np.array(corners)


def _polygons(shapely: Any, topology: dict[str, Any]) -> list[Any]:
    """The polygons of a TopoJSON file."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> Floats:
        parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    out = []
    shapes = list(topology["objects"]["land"]["geometries"])
    for shape in shapes:
        groups = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        out += [shapely.Polygon(ring(group[0]), [ring(hole) for hole in group[1:]]) for group in groups]
    return out


def main() -> None:
    rows = draw(Path(sys.argv[1]))
    with OUT.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["basin", "from_lat", "from_lon", "to_lat", "to_lon"])
        table.writerows([sea, *(f"{x:.6f}" for x in ends)] for sea, *ends in rows)


if __name__ == "__main__":
    main()
