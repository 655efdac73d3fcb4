"""Build the base map from the open packages: `midcorridor basemap build`.

Same inputs, same bytes: nothing here depends on the clock, the machine or chance.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from midcorridor import __version__
from midcorridor.basemap import inputs, joins, store
from midcorridor.basemap.closures import close_lines
from midcorridor.basemap.countries import FILE as OUTLINES
from midcorridor.basemap.countries import build_outlines, read_outlines
from midcorridor.basemap.gauges import Outlines, changing_edges
from midcorridor.basemap.inputs import Raw
from midcorridor.basemap.joins import Join
from midcorridor.basemap.passages import crossing_flags
from midcorridor.basemap.sphere import great_circle_km, unit_vectors
from midcorridor.errors import Fault, InputError

Progress = Callable[[int, int, str], None]

# Eurasia: a node must lie in one of the first boxes and in none of the others. (south, north, west, east)
INSIDE = ((0.5, 82.0, -25.0, 180.0),)
OUTSIDE = (
    (0.0, 37.4, -25.0, 11.9),  # north-west Africa
    (0.0, 34.4, 11.8, 32.3),  # Libya, Egypt
    (0.0, 29.4, 32.2, 34.2),  # Egypt, Sinai
    (0.0, 22.0, 33.0, 38.5),  # Sudan
    (0.0, 18.0, 38.0, 40.0),  # Eritrea
    (0.0, 12.6, 38.0, 52.0),  # Horn of Africa
    (20.0, 45.6, 129.4, 147.0),  # Japan
    (0.0, 26.0, 119.0, 180.0),  # Taiwan, Philippines
    (0.0, 8.0, 105.0, 180.0),  # Borneo, Sulawesi
    (0.0, 5.9, 95.0, 99.8),  # northern Sumatra
    (0.0, 3.0, 95.0, 101.2),  # Sumatra
    (0.0, 2.2, 95.0, 102.6),
    (0.0, 1.15, 95.0, 105.0),
    (5.8, 9.9, 79.5, 82.0),  # Sri Lanka
)
SMALLEST_PIECE_KM = {"rail": 100.0, "road": 100.0, "sea": 0.0}


def build(
    out_dir: str | Path | None = None,
    *,
    modes: Sequence[str] = ("rail", "road", "sea"),
    countries: str | Path | None = None,
    progress: Progress | None = None,
    raw: dict[str, Raw] | None = None,
) -> dict[str, Any]:
    """Build the base map into a folder, whole or not at all.

    out_dir : where to; the package's own data folder by default. Parts and files that are already there and
        not asked for stay as they are.
    countries : countries-50m.json of the npm package world-atlas 2.0.2, to make the outlines anew
    raw : graphs to use instead of the packages' (for tests)
    Returns a report: for each mode its sizes, joins and closed lines.
    Raises  DataFileError without the input packages; OutputError when the folder cannot be written.
    """
    unknown = [mode for mode in modes if mode not in inputs.FILES]
    if unknown or not modes:
        raise InputError(
            Fault(
                "unknown_mode",
                f"cannot build {', '.join(unknown) or 'nothing'}",
                where="modes",
                got=", ".join(modes),
                accepted=", ".join(inputs.FILES),
            )
        )
    target = Path(out_dir) if out_dir is not None else store.basemap_dir()
    say = progress or (lambda done, total, text: None)
    parts: dict[str, Any] = {}
    with store.writing(target) as draft:
        kept, shapes = _copy_others(target, draft, modes)
        if countries is not None:
            shapes = _build_countries(draft, Path(countries))
        elif raw is None and not (draft / OUTLINES).exists():
            shapes = _shipped_outlines(draft)  # the gauges of the rail graph need them
        for number, mode in enumerate(modes):
            say(number, len(modes), f"building {mode}")
            parts[mode] = _build_part(draft, mode, (raw or {}).get(mode))
        parts = {mode: (parts | kept)[mode] for mode in inputs.FILES if mode in parts | kept}
        manifest = {
            "format": store.FORMAT,
            "version": __version__,
            "parts": parts,
            "countries": shapes,
            "files": store.describe(draft),
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        (draft / "manifest.json").write_text(text, encoding="utf-8")
    say(len(modes), len(modes), "done")
    return {"out": str(target), "parts": {mode: parts[mode] for mode in modes}}


def _copy_others(target: Path, draft: Path, modes: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Carry over the checked files of the folder that this build does not make, and what is known of them."""
    if not (target / "manifest.json").exists():
        return {}, {}
    manifest = store.read_manifest(target)
    for name, entry in manifest["files"].items():
        if name.split("/")[0].removesuffix("_joins.csv").removesuffix("_closed.csv") in modes:
            continue
        path = store.checked(target / name, entry)
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        (draft / name).write_bytes(path.read_bytes())
    kept = {mode: info for mode, info in manifest["parts"].items() if mode not in modes}
    return kept, manifest.get("countries", {})


def _shipped_outlines(draft: Path) -> dict[str, str]:
    """The outlines that the package came with, and their birth certificate."""
    root = store.basemap_dir()
    manifest = store.read_manifest(root)
    path = store.checked(root / OUTLINES, manifest["files"].get(OUTLINES))
    (draft / OUTLINES).write_bytes(path.read_bytes())
    return dict(manifest["countries"])


def _build_countries(draft: Path, source: Path) -> dict[str, str]:
    """Make the outlines; returns their birth certificate."""
    count = build_outlines(source, draft / OUTLINES)
    with source.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "package": "world-atlas",
        "version": "2.0.2",
        "file": source.name,
        "sha256": digest,
        "licence": "data: Natural Earth, public domain; package: ISC",
        "countries": str(count),
    }


def _build_part(draft: Path, mode: str, given: Raw | None) -> dict[str, Any]:
    """Write one part; returns what the manifest says about it."""
    if given is None:
        path, birth = inputs.source_file(mode)
        raw = inputs.read(mode, path)
    else:
        raw, birth = given, {"package": "given by the caller"}
    if mode != "sea":
        raw = raw.subset(in_eurasia(raw))
    raw = without_repeats(raw)
    closed: list[dict[str, str]] = []
    if mode == "rail" and given is None:
        raw, closed = close_lines(raw)
    before = raw.tail.size
    made: list[Join] = []
    if given is None:
        raw, made = joins.with_listed(raw, mode)
    if mode != "sea":
        found = joins.found_by_rule(raw, mode)
        raw, made = joins.with_joins(raw, found), made + found
    is_join = np.arange(raw.tail.size) >= before
    _list_joins(draft / f"{mode}_joins.csv", raw, made)
    _list_closed(draft / f"{mode}_closed.csv", closed)
    keep = _large_pieces(raw, SMALLEST_PIECE_KM[mode])
    outlines = read_outlines(draft / OUTLINES) if (draft / OUTLINES).exists() else []
    info = _write_graph(draft / mode, raw, is_join, keep, mode, outlines)
    counts = {kind: sum(join.kind == kind for join in made) for kind in ("pieces", "loose_end", "listed")}
    return {
        "input": birth,
        **info,
        "joins": counts,
        "joins_km": round(sum(join.km for join in made), 1),
        "closed_lines": len(closed),
        "dropped_nodes_in_small_pieces": int((~keep).sum()),
    }


def in_eurasia(raw: Raw) -> NDArray[np.bool_]:
    """Which nodes (n,) belong to the base map."""

    def within(box: tuple[float, float, float, float]) -> NDArray[np.bool_]:
        south, north, west, east = box
        return (raw.lat >= south) & (raw.lat < north) & (raw.lon >= west) & (raw.lon < east)

    keep = np.logical_or.reduce([within(box) for box in INSIDE])
    return np.asarray(keep & ~np.logical_or.reduce([within(box) for box in OUTSIDE]))


def without_repeats(raw: Raw) -> Raw:
    """One edge a pair of nodes, the shortest, and no loops."""
    order = np.lexsort((raw.km, raw.head, raw.tail))
    tail, head = raw.tail[order], raw.head[order]
    first = np.concatenate([[True], (np.diff(tail) != 0) | (np.diff(head) != 0)]) & (tail != head)
    return Raw(raw.lat, raw.lon, tail[first], head[first], raw.km[order][first])


def _large_pieces(raw: Raw, least_km: float) -> NDArray[np.bool_]:
    piece = joins.pieces(raw)
    km = np.bincount(piece[raw.tail], weights=raw.km, minlength=int(piece.max()) + 1)
    return np.asarray(km[piece] >= least_km)


def _write_graph(
    folder: Path,
    joined: Raw,
    is_join: NDArray[np.bool_],
    keep: NDArray[np.bool_],
    mode: str,
    outlines: Outlines,
) -> dict[str, Any]:
    """Write nodes, edges and topology; returns their numbers."""
    import pyroutingkit

    folder.mkdir()
    is_join = is_join[keep[joined.tail] & keep[joined.head]]
    graph = joined.subset(keep)
    order = np.argsort(spatial_key(graph.lat, graph.lon), kind="stable")
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    micro = np.rint(np.stack([graph.lat, graph.lon], axis=1)[order] * 1e6).astype(np.int32)
    ends = np.sort(np.stack([rank[graph.tail], rank[graph.head]], axis=1), axis=1)
    by_place = np.lexsort((is_join, graph.km, ends[:, 1], ends[:, 0]))
    # A join may repeat an edge: the shorter stays, the published one where they are equal.
    first = np.concatenate([[True], (np.diff(ends[by_place], axis=0) != 0).any(axis=1)])
    by_place = by_place[first]
    tail, head = ends[by_place].T
    lat, lon = micro.T / 1e6
    straight = great_circle_km(lat[tail], lon[tail], lat[head], lon[head])
    # Published lengths are rounded to a metre and so may fall a little short of the great circle.
    metres = np.maximum(np.rint(graph.km[by_place] * 1000), np.ceil(straight * 1000)).astype(np.uint32)
    topology = pyroutingkit.CCHTopology()
    topology.build(
        np.concatenate([tail, head]).astype(np.uint32),
        np.concatenate([head, tail]).astype(np.uint32),
        lat.astype(np.float32),
        lon.astype(np.float32),
        int(order.size),
    )
    topology.save(str(folder))
    np.save(folder / "order.npy", np.fromfile(folder / "order", np.uint32))
    for name in ("head", "node_count", "order", "rank", "tail"):
        (folder / name).unlink()
    np.save(folder / "edges.npy", np.stack([tail, head], axis=1).astype(np.uint32))
    np.save(folder / "nodes.npy", micro)
    np.save(folder / "metres.npy", metres)
    np.save(folder / "joins.npy", np.flatnonzero(is_join[by_place]).astype(np.uint32))
    if mode == "rail":
        changes = changing_edges(Raw(lat, lon, tail, head, metres / 1000), outlines)
        np.save(folder / "gauge.npy", np.flatnonzero(changes).astype(np.uint32))
    if mode == "sea":
        vectors = unit_vectors(lat, lon)
        np.save(folder / "flags.npy", crossing_flags(vectors[tail], vectors[head]))
    return {"nodes": int(order.size), "edges": int(metres.size), "km": round(float(metres.sum()) / 1000)}


def spatial_key(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.int64]:
    """A number (n,) that puts neighbours near each other: the bits of both coordinates in turn (Z order)."""

    def spread(value: NDArray[np.int64]) -> NDArray[np.int64]:
        for shift, mask in ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F)):
            value = (value | (value << shift)) & mask
        value = (value | (value << 2)) & 0x3333333333333333
        return (value | (value << 1)) & 0x5555555555555555

    y = np.rint((lat + 90) / 180 * (2**26 - 1)).astype(np.int64)
    x = np.rint((lon + 180) / 360 * (2**26 - 1)).astype(np.int64)
    return np.asarray(spread(x) | (spread(y) << 1))


def _list_joins(path: Path, raw: Raw, made: list[Join]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(
            ["graph", "from_lat", "from_lon", "to_lat", "to_lon", "km", "kind", "reason", "source"]
        )
        for join in made:
            ends = [f"{x:.3f}" for node in (join.tail, join.head) for x in (raw.lat[node], raw.lon[node])]
            table.writerow([join.mode, *ends, f"{join.km:.3f}", join.kind, join.reason, join.source])


def _list_closed(path: Path, closed: list[dict[str, str]]) -> None:
    if not closed:
        return
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(closed[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(closed)
