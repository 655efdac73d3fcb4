"""Joins: short links that mend gaps in the drawn network, each listed with its reason.

Two kinds. Found by rule: where two separate pieces, or the loose end of a line and another
line, come closer than a stated distance and the way round is long. Listed by hand in ``mends.csv``:
gaps that a published line closes, with the source that says so. A join is as long as its great
circle (times a stated factor for hand-listed ones), never as long as a published figure.
"""

from __future__ import annotations

import csv
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from midcorridor.basemap.inputs import Ints, Raw
from midcorridor.basemap.sphere import EARTH_KM, Floats, arc_km, great_circle_km, unit_vectors
from midcorridor.errors import DataFileError, Fault

PIECES_KM = 2.0  # two pieces this close are one network
LOOSE_END_KM = 1.0  # a line's loose end this close to a line touches it
WAY_ROUND_KM = 20.0  # no join where the way round is shorter than this
END_KM = 1.0  # a listed end this close to a node is that node

MENDS = Path(__file__).parent / "mends.csv"
SEA_LANES = Path(__file__).parent / "sea_lanes.csv"
SEA_REASON = (
    "straight water between ports and capes, 2 km clear of land; the lanes drawn there are too coarse"
)
SEA_SOURCE = "natural_earth_land_10m"


@dataclass(frozen=True, slots=True)
class Join:
    """One link of ours between two nodes."""

    mode: str
    tail: int
    head: int
    km: float
    kind: str  # pieces, loose_end, listed
    reason: str
    source: str


def pieces(raw: Raw) -> Ints:
    """Number (n,) of the connected piece of each node; pieces are numbered by their lowest node."""
    label = np.arange(raw.lat.size)
    while True:
        low = np.minimum(label[raw.tail], label[raw.head])
        before = label.copy()
        np.minimum.at(label, label[raw.tail], low)
        np.minimum.at(label, label[raw.head], low)
        label = label[label]
        if np.array_equal(label, before):
            return np.asarray(np.unique(label, return_inverse=True)[1], dtype=np.int64)


def degrees_of(raw: Raw) -> Ints:
    """How many edges meet at each node (n,)."""
    return np.bincount(np.concatenate([raw.tail, raw.head]), minlength=raw.lat.size)


def found_by_rule(raw: Raw, mode: str) -> list[Join]:
    """Joins between pieces, and from loose ends to lines, nearest first.

    A candidate is dropped when the network, with the joins made so far, already leads from one end
    to the other within WAY_ROUND_KM: so two pieces that run side by side get a join at each place
    where they meet, not a ladder.
    """
    piece, degree = pieces(raw), degrees_of(raw)
    giant = int(np.argmax(np.bincount(piece)))
    a, b = close_pairs(raw, (piece != giant) | (degree <= 1), PIECES_KM)
    km = great_circle_km(raw.lat[a], raw.lon[a], raw.lat[b], raw.lon[b])
    apart = piece[a] != piece[b]
    wanted = apart | (((degree[a] <= 1) | (degree[b] <= 1)) & (km <= LOOSE_END_KM))
    order = np.flatnonzero(wanted)[np.lexsort((b[wanted], a[wanted], km[wanted]))]
    net = Net(raw)
    out = []
    for k in order.tolist():
        i, j, length = int(a[k]), int(b[k]), float(km[k])
        if net.reaches(i, j, WAY_ROUND_KM):
            continue
        net.add(i, j, length)
        kind, limit = ("pieces", PIECES_KM) if apart[k] else ("loose_end", LOOSE_END_KM)
        what = "two separate pieces" if apart[k] else "the loose end of a line and another line"
        reason = f"{what} come within {limit:.0f} km and the way round is over {WAY_ROUND_KM:.0f} km"
        out.append(Join(mode, i, j, length, kind, reason, "rule"))
    return out


def with_listed(raw: Raw, mode: str, path: Path = MENDS) -> tuple[Raw, list[Join]]:
    """The graph with the joins of mends.csv as its last edges, and the joins.

    An end within END_KM of a node is that node; otherwise it is a new one, such as a station on a line
    that the graph lacks, which at least two rows must share.
    Raises  DataFileError naming the rows with an end that hangs loose.
    """
    rows = _listed_rows(mode, path)
    if not rows:
        return raw, []
    near_km = 0.05 if mode == "sea" else END_KM
    vectors = unit_vectors(raw.lat, raw.lon)
    new: dict[tuple[float, float], int] = {}
    uses: dict[int, list[int]] = {}
    ends: list[list[int]] = []
    for number, row in rows:
        ends.append([])
        for side in ("from", "to"):
            place = (float(row[f"{side}_lat"]), float(row[f"{side}_lon"]))
            gap = arc_km(unit_vectors(*place), vectors)
            node = int(np.argmin(gap))
            if gap[node] > near_km:
                node = raw.lat.size + new.setdefault(place, len(new))
                uses.setdefault(node, []).append(number)
            ends[-1].append(node)
    loose = [numbers[0] for numbers in uses.values() if len(numbers) < 2 and mode != "sea"]
    if loose:
        what = f"an end lies over {END_KM:.0f} km from any node and no second row goes on from it"
        raise DataFileError(
            [Fault("loose_mend", what, where=f"{path} row {n}", table=path.name, row=n) for n in loose]
        )
    spots = np.array(list(new)).reshape(-1, 2)
    raw = Raw(
        np.concatenate([raw.lat, spots[:, 0]]),
        np.concatenate([raw.lon, spots[:, 1]]),
        raw.tail,
        raw.head,
        raw.km,
    )
    made = []
    for (_, row), (a, b) in zip(rows, ends, strict=True):
        straight = float(great_circle_km(raw.lat[a], raw.lon[a], raw.lat[b], raw.lon[b]))
        factor = float(row["factor"] or 1)
        made.append(Join(mode, a, b, straight * factor, "listed", row["reason"], row["source"]))
    return with_joins(raw, made), made


def _listed_rows(mode: str, path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows of mends.csv for one graph; for the sea also its lanes, with their common reason."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [(number, row) for number, row in enumerate(csv.DictReader(stream), 2) if row["graph"] == mode]
    if mode == "sea" and path == MENDS:
        common = {"factor": "1", "reason": SEA_REASON, "source": SEA_SOURCE}
        with SEA_LANES.open(encoding="utf-8", newline="") as stream:
            rows += [(number, row | common) for number, row in enumerate(csv.DictReader(stream), 2)]
    return rows


def close_pairs(raw: Raw, asking: NDArray[np.bool_], radius_km: float) -> tuple[Ints, Ints]:
    """Pairs of nodes (k,), (k,) closer than the radius, at least one of them asking; each pair once."""
    xyz = unit_vectors(raw.lat, raw.lon) * EARTH_KM
    cell = np.floor(xyz / radius_km).astype(np.int64) + 8192
    key = (cell[:, 0] << 28) | (cell[:, 1] << 14) | cell[:, 2]
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    who = np.flatnonzero(asking)
    found_a, found_b = [], []
    for step in _neighbours():
        want = key[who] + step
        first = np.searchsorted(sorted_key, want, "left")
        count = np.searchsorted(sorted_key, want, "right") - first
        a = np.repeat(who, count)
        offsets = np.arange(a.size) - np.repeat(np.cumsum(count) - count, count)
        b = order[np.repeat(first, count) + offsets]
        near = ((xyz[a] - xyz[b]) ** 2).sum(axis=1) <= radius_km**2
        near &= (a < b) | ((b < a) & ~asking[b])
        found_a.append(np.minimum(a, b)[near])
        found_b.append(np.maximum(a, b)[near])
    return np.concatenate(found_a), np.concatenate(found_b)


def with_joins(raw: Raw, joins: list[Join]) -> Raw:
    """The graph with the joins as its last edges."""
    if not joins:
        return raw
    ends: Floats = np.array([sorted((join.tail, join.head)) for join in joins])
    return Raw(
        raw.lat,
        raw.lon,
        np.concatenate([raw.tail, ends[:, 0].astype(np.int64)]),
        np.concatenate([raw.head, ends[:, 1].astype(np.int64)]),
        np.concatenate([raw.km, [join.km for join in joins]]),
    )


def _neighbours() -> Iterator[int]:
    for x in (-1, 0, 1):
        for y in (-1, 0, 1):
            for z in (-1, 0, 1):
                yield (x << 28) + (y << 14) + z


class Net:
    """A growing network that knows whether two nodes are near along it."""

    def __init__(self, raw: Raw, km_of_edges: Floats | None = None) -> None:
        lengths = raw.km if km_of_edges is None else km_of_edges
        self._next: list[dict[int, float]] = [{} for _ in range(raw.lat.size)]
        for a, b, km in zip(raw.tail.tolist(), raw.head.tolist(), lengths.tolist(), strict=True):
            self.add(a, b, km)

    def add(self, a: int, b: int, km: float) -> None:
        if km < self._next[a].get(b, np.inf):
            self._next[a][b] = self._next[b][a] = km

    def reaches(self, source: int, target: int, limit_km: float) -> bool:
        """Whether a way of at most limit_km leads from source to target."""
        best = {source: 0.0}
        queue = [(0.0, source)]
        while queue:
            km, node = heapq.heappop(queue)
            if node == target:
                return True
            if km > best[node]:
                continue
            for other, step in self._next[node].items():
                reach = km + step
                if reach <= limit_km and reach < best.get(other, np.inf):
                    best[other] = reach
                    heapq.heappush(queue, (reach, other))
        return False

    def way(self, source: int, target: int) -> tuple[float, list[int]]:
        """Kilometres and nodes of the shortest way; (inf, []) where there is none."""
        best, before = {source: 0.0}, {source: source}
        queue = [(0.0, source)]
        while queue:
            km, node = heapq.heappop(queue)
            if node == target:
                nodes = [node]
                while nodes[-1] != source:
                    nodes.append(before[nodes[-1]])
                return km, nodes[::-1]
            if km > best[node]:
                continue
            for other, step in self._next[node].items():
                reach = km + step
                if reach < best.get(other, np.inf):
                    best[other], before[other] = reach, node
                    heapq.heappush(queue, (reach, other))
        return np.inf, []
