"""The open data that the base map is made of, as the published packages hold it.

scgraph_data 2.0.0 holds OpenStreetMap's railways and main roads as Python source; it does not
import beside scgraph 3, so its files are read as text. Each length was measured along the track; the
ends are rounded to a thousandth of a degree. searoute holds sea lanes.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from midcorridor.basemap.sphere import Floats, great_circle_km
from midcorridor.errors import DataFileError, Fault

Ints = NDArray[np.int64]

FILES = {
    "rail": ("scgraph_data", "world_railways.py"),
    "road": ("scgraph_data", "world_highways.py"),
    "sea": ("searoute", "data/marnet_dict.py"),
}
LICENCES = {
    "scgraph_data": "data: OpenStreetMap contributors, ODbL 1.0; package: MIT",
    "searoute": "Apache-2.0",
}


@dataclass(frozen=True, eq=False)
class Raw:
    """One undirected graph: lat, lon (n,) degrees; tail < head (m,); km (m,) as published."""

    lat: Floats
    lon: Floats
    tail: Ints
    head: Ints
    km: Floats

    def subset(self, keep: NDArray[np.bool_]) -> Raw:
        """The graph on some of the nodes."""
        number = np.cumsum(keep) - 1
        edges = keep[self.tail] & keep[self.head]
        return Raw(
            self.lat[keep], self.lon[keep], number[self.tail[edges]], number[self.head[edges]], self.km[edges]
        )

    def without(self, gone: NDArray[np.bool_]) -> Raw:
        """The graph with some edges taken out."""
        return Raw(self.lat, self.lon, self.tail[~gone], self.head[~gone], self.km[~gone])


def source_file(mode: str) -> tuple[Path, dict[str, str]]:
    """Where the package keeps its table, and its birth certificate: package, version, sha256, licence.

    Raises  DataFileError when the package is not installed.
    """
    package, name = FILES[mode]
    found = importlib.util.find_spec(package)
    path = (
        Path(found.submodule_search_locations[0]) / name
        if found and found.submodule_search_locations
        else None
    )
    if path is None or not path.is_file():
        raise DataFileError(
            Fault(
                "missing_package",
                f"building {mode} needs the package {package}",
                where=f"basemap build {mode}",
                hint="Install it with: pip install 'midcorridor[basemap]'",
            )
        )
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return path, {
        "package": package,
        "version": importlib.metadata.version(package),
        "file": name,
        "sha256": digest,
        "licence": LICENCES[package],
    }


def read(mode: str, path: Path) -> Raw:
    """The graph in one package file."""
    return read_sea(path) if mode == "sea" else read_land(path)


def read_land(path: Path) -> Raw:
    """scgraph_data's text: a list of {neighbour: km}, then a list of [latitude, longitude]."""
    text = path.read_text(encoding="utf-8")
    try:
        nodes_at = text.index("\nnodes=")
        rows = text[text.index("graph=") + 6 : nodes_at].strip()[1:-1].split("}")
        lat, lon = np.array(json.loads(text[nodes_at + 7 : text.index("]]", nodes_at) + 2])).T
        tail, head, km = [], [], []
        for node, row in enumerate(rows):
            for item in filter(None, row.strip(" ,{").split(",")):
                to, length = item.split(":")
                if node < int(to):
                    tail.append(node)
                    head.append(int(to))
                    km.append(float(length))
    except (ValueError, IndexError) as error:
        raise DataFileError(
            Fault(
                "bad_input", f"the file is not laid out as in scgraph_data 2.0.0 ({error})", where=str(path)
            )
        ) from error
    return Raw(lat, lon, np.array(tail), np.array(head), np.array(km))


def read_sea(path: Path) -> Raw:
    """searoute's dictionaries of (longitude, latitude); lengths are measured anew on the sphere.

    The table holds each lane twice, and joins both sides of the 180th meridian by lanes of no length.
    """
    text = path.read_text(encoding="utf-8")
    try:
        at = text.index("edge_list=")
        end = text.find("\n", at)
        lanes = ast.literal_eval(text[at + len("edge_list=") : end if end > 0 else None])
        number: dict[tuple[float, float], int] = {}
        pairs: set[tuple[int, int]] = set()
        for start, ends in lanes.items():
            for stop in ends:
                a, b = (
                    number.setdefault((lat, (lon + 180) % 360 - 180), len(number))
                    for lon, lat in (start, stop)
                )
                if a != b:
                    pairs.add((min(a, b), max(a, b)))
        lat, lon = np.array(list(number)).T
        tail, head = np.array(sorted(pairs)).T
    except (ValueError, SyntaxError, AttributeError) as error:
        raise DataFileError(
            Fault("bad_input", f"the file is not laid out as in searoute 1.6 ({error})", where=str(path))
        ) from error
    return Raw(lat, lon, tail, head, great_circle_km(lat[tail], lon[tail], lat[head], lon[head]))
