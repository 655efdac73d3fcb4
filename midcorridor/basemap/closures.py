"""Take passenger-only high-speed lines out of the rail graph.

The graph says nothing about who may use a track. ``closed_lines.csv`` therefore lists known
passenger-only lines as a row of places on each. Fast lines show in the graph: few junctions, hardly
a bend. So between two places of a row the line is the way that keeps to such long straight edges, and
just those edges are closed; short ones, which may be shared tracks in stations, stay. A line stays open
where closing it leaves no reasonable way between its ends.
"""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from midcorridor.basemap.inputs import Raw
from midcorridor.basemap.joins import Net, found_by_rule, pieces, with_joins
from midcorridor.basemap.sphere import arc_km, great_circle_km, unit_vectors
from midcorridor.errors import DataFileError, Fault

LINES = Path(__file__).parent / "closed_lines.csv"

FAST_KM = 8.0  # an edge without a junction for this long
FAST_BEND = 1.08  # and at most this much longer than the great circle belongs to a fast line
SLOW_FACTOR = 4.0  # how much dearer other edges are while a fast line is followed
NEAR_KM = 30.0  # how far from the graph a listed place may lie
LONGEST_WAY = 5.0  # the way that is left may be this much longer than the great circle
END_KM = 15.0  # the way is measured from the nearest place on the main network, at most this far


def close_lines(raw: Raw, path: Path = LINES) -> tuple[Raw, list[dict[str, str]]]:
    """The graph without the closed lines, and a row for each line: what was closed, or why not.

    Raises  DataFileError for a listed place that is far from any line.
    """
    straight = great_circle_km(raw.lat[raw.tail], raw.lon[raw.tail], raw.lat[raw.head], raw.lon[raw.head])
    fast = (raw.km >= FAST_KM) & (raw.km <= FAST_BEND * straight)
    chase = Net(raw, np.where(fast, raw.km, SLOW_FACTOR * raw.km))
    edge_of = {ends: edge for edge, ends in enumerate(zip(raw.tail.tolist(), raw.head.tolist(), strict=True))}
    lines = _read(path)
    spots = _nodes(raw, fast, lines, path)
    ways: dict[str, list[int]] = {}
    for line in lines:
        edges: set[int] = set()
        for a, b in pairwise(spots[line]):
            nodes = chase.way(a, b)[1]
            edges.update(edge_of[min(pair), max(pair)] for pair in pairwise(nodes))
        ways[line] = sorted(edge for edge in edges if fast[edge])
    gone = np.zeros(raw.tail.size, bool)
    gone[[edge for way in ways.values() for edge in way]] = True
    mended = raw.without(gone)
    mended = with_joins(mended, found_by_rule(mended, "rail"))
    rest, on_rest = Net(mended), np.flatnonzero(_main_piece(mended))
    vectors = unit_vectors(raw.lat[on_rest], raw.lon[on_rest])
    listed = []
    for line, places in lines.items():
        a, b = spots[line][0], spots[line][-1]
        beeline = float(great_circle_km(raw.lat[a], raw.lon[a], raw.lat[b], raw.lon[b]))
        gaps = [arc_km(unit_vectors(raw.lat[end], raw.lon[end]), vectors) for end in (a, b)]
        other = rest.way(*(int(on_rest[np.argmin(gap)]) for gap in gaps))[0]
        closed = other <= LONGEST_WAY * beeline and all(gap.min() <= END_KM for gap in gaps)
        if not closed:
            gone[ways[line]] = False
        listed.append(
            {
                "line": line,
                "from": places[0]["place"],
                "to": places[-1]["place"],
                "outcome": "closed" if closed else "left open: no other way between its ends",
                "closed_km": f"{raw.km[ways[line]].sum() if closed else 0:.1f}",
                "straight_km": f"{beeline:.1f}",
                "other_way_km": f"{other:.1f}",
                "reason": places[0]["reason"],
                "source": places[0]["source"],
            }
        )
    return raw.without(gone), listed


def _main_piece(raw: Raw) -> NDArray[np.bool_]:
    piece = pieces(raw)
    return np.asarray(piece == np.argmax(np.bincount(piece)))


def _read(path: Path) -> dict[str, list[dict[str, str]]]:
    lines: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            lines.setdefault(row["line"], []).append(row)
    return lines


def _nodes(
    raw: Raw, fast: NDArray[np.bool_], lines: dict[str, list[dict[str, str]]], path: Path
) -> dict[str, list[int]]:
    """For each line the nodes of its places: the nearest that a fast edge leaves."""
    ends = np.unique(np.concatenate([raw.tail[fast], raw.head[fast]]))
    vectors = unit_vectors(raw.lat[ends], raw.lon[ends])
    out: dict[str, list[int]] = {}
    faults = []
    for line, places in lines.items():
        for place in places:
            gap = arc_km(unit_vectors(float(place["lat"]), float(place["lon"])), vectors)
            nearest = int(np.argmin(gap))
            if gap[nearest] > NEAR_KM:
                what = f"{place['place']} on {line} lies {gap[nearest]:.0f} km from any fast line"
                faults.append(Fault("loose_place", what, where=str(path), table=path.name))
            out.setdefault(line, []).append(int(ends[nearest]))
    if faults:
        raise DataFileError(faults)
    return out
