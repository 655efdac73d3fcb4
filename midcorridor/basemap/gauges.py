"""Where rail wagons must change gauge: at the frontier between two countries of different gauge.

The graph says nothing about gauge, so each country has its main one (``gauges.csv``, all others 1435 mm;
Finland's 1524 mm goes with 1520). Outlines are good to some 2 km, so the stations on both sides of
the busiest frontiers are listed (``gauge_places.csv``). A router takes a way with fewer changes before
a shorter one: trains from Almaty to Dostyk do not cut through China.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from midcorridor.basemap.inputs import Raw
from midcorridor.basemap.sphere import Floats, great_circle_km

TABLE = Path(__file__).parent / "gauges.csv"
PLACES = Path(__file__).parent / "gauge_places.csv"
PLACE_KM = 3.0  # how far round a listed station its gauge holds
STANDARD_MM = 1435
# Metres that a change adds while a way is sought; more than any way is long, so that the number of
# changes and the length can both be read from the sum: sum // STEP_M and sum % STEP_M.
STEP_M = 25_000_000

Outlines = list[tuple[str, str, list[Floats]]]


def gauge_of_countries() -> dict[str, int]:
    """The main gauge in mm of the countries that do not have the standard one."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return {row["iso2"]: int(row["gauge_mm"]) for row in csv.DictReader(stream)}


def changing_edges(raw: Raw, outlines: Outlines) -> NDArray[np.bool_]:
    """Which edges (m,) lead from one gauge to another.

    A node outside all outlines, on a bridge or a pier, has the gauge of its neighbours.
    """
    gauge = _gauge_of_nodes(raw.lat, raw.lon, outlines)
    if outlines:
        _at_listed_places(raw, gauge)
    while True:
        a, b = gauge[raw.tail], gauge[raw.head]
        to_head, to_tail = (b == 0) & (a > 0), (a == 0) & (b > 0)
        if not (to_head | to_tail).any():
            break
        gauge[raw.head[to_head]] = a[to_head]
        gauge[raw.tail[to_tail]] = b[to_tail]
    a, b = gauge[raw.tail], gauge[raw.head]
    return np.asarray((a != b) & (a > 0) & (b > 0))


def _at_listed_places(raw: Raw, gauge: NDArray[np.int64]) -> None:
    """Set the gauge (n,) of the nodes round the listed stations."""
    with PLACES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            near = great_circle_km(raw.lat, raw.lon, float(row["lat"]), float(row["lon"])) <= PLACE_KM
            gauge[near] = int(row["gauge_mm"])


def _gauge_of_nodes(lat: Floats, lon: Floats, outlines: Outlines) -> NDArray[np.int64]:
    """Gauge in mm (n,), 0 outside all outlines."""
    special = gauge_of_countries()
    gauge = np.zeros(lat.size, np.int64)
    for code, _, rings in outlines:
        inside = np.zeros(lat.size, bool)
        for ring in rings:
            (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
            near = np.flatnonzero((lat >= south) & (lat <= north) & (lon >= west) & (lon <= east))
            for part in np.array_split(near, near.size // 2000 + 1):
                inside[part] ^= _inside(ring, lat[part], lon[part])
        gauge[inside] = special.get(code, STANDARD_MM)
    return gauge


def _inside(ring: Floats, lat: Floats, lon: Floats) -> NDArray[np.bool_]:
    """Which points (k,) lie inside a ring, by the number of edges to their east."""
    x, y = ring[:, 0], ring[:, 1]
    level = y[:-1] != y[1:]
    x0, y0, x1, y1 = x[:-1][level], y[:-1][level], x[1:][level], y[1:][level]
    spans = (y0 > lat[:, None]) != (y1 > lat[:, None])
    cut = x0 + (lat[:, None] - y0) / (y1 - y0) * (x1 - x0)
    return np.asarray((spans & (cut > lon[:, None])).sum(axis=1) % 2 == 1)
