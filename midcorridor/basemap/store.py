"""The base map's files: written whole or not at all, checked when they are read.

A part is a folder ``rail``, ``road`` or ``sea`` of plain arrays, small enough to map into memory:

    nodes.npy       (n, 2) int32   latitude and longitude in millionths of a degree
    metres.npy      (m,)  uint32   length of each undirected edge
    joins.npy       (j,)  uint32   the edges that are joins of ours
    gauge.npy       (g,)  uint32   rail only: the edges that lead from one gauge to another
    flags.npy       (m,)  uint32   sea only: one bit for each passage
    edges.npy       (m, 2) uint32  the two nodes of each edge, the lower first
    order.npy       (n,)  uint32   order in which the contraction hierarchy removes the nodes

Arcs run both ways: edge i forward is arc i, backward is arc m + i. They are not stored; with the
order they make up a topology as RoutingKit reads it (see `Part.write_topology`).
``manifest.json`` lists every file with its size and SHA-256.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from midcorridor import dirs
from midcorridor.errors import DataFileError, Fault, OutputError

FORMAT = 2
ARRAYS = ("edges.npy", "joins.npy", "metres.npy", "nodes.npy", "order.npy")
GO_ON = "Install the package again, or make the files with 'midcorridor basemap build'"


def basemap_dir() -> Path:
    """Where the built base map lies."""
    return dirs.shipped_data_dir() / "basemap"


@dataclass(frozen=True, eq=False)
class Part:
    """One graph as it lies on disk.

    lat, lon (n,) degrees; metres (m,); tail, head (2m,): arc m + i is edge i backward
    flags (m,) one bit a passage, None on land; joins (j,) edges; gauge (g,) edges, None off the rails
    """

    mode: str
    folder: Path
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    metres: NDArray[np.uint32]
    flags: NDArray[np.uint32] | None
    joins: NDArray[np.uint32]
    gauge: NDArray[np.uint32] | None
    tail: NDArray[np.uint32]
    head: NDArray[np.uint32]
    order: NDArray[np.uint32]
    info: dict[str, Any]

    @property
    def edges(self) -> int:
        return int(self.metres.size)

    def write_topology(self, folder: Path) -> None:
        """The files that RoutingKit loads a topology from: raw uint32, without a header.

        Its fifth file, rank, is the order turned round and is not read. Raises OSError.
        """
        for name, values in (
            ("tail", self.tail),
            ("head", self.head),
            ("order", self.order),
            ("node_count", np.array([self.order.size])),
        ):
            np.asarray(values, np.uint32).tofile(folder / name)


def part_files(mode: str) -> tuple[str, ...]:
    """The files of one part."""
    special = {"sea": ("flags.npy",), "rail": ("gauge.npy",)}
    return (*ARRAYS, *special.get(mode, ()))


def data_fault(path: Path, what: str) -> DataFileError:
    return DataFileError(Fault("data_file", what, where=str(path), hint=GO_ON))


def read_manifest(folder: Path | None = None) -> dict[str, Any]:
    """The list of files, inputs and licences.

    Raises  DataFileError when it is missing, not JSON, or of another format.
    """
    path = (folder or basemap_dir()) / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        made = manifest["format"]
        manifest["parts"], manifest["files"]
    except FileNotFoundError:
        raise data_fault(path, "the base map is not here") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise data_fault(path, f"the list of base map files cannot be read ({error})") from None
    if made != FORMAT:
        raise data_fault(path, f"the base map has format {made}, this version reads {FORMAT}")
    return dict(manifest)


def checked(path: Path, entry: dict[str, Any] | None) -> Path:
    """The path itself, once size and checksum agree with the manifest.

    Raises  DataFileError naming the file.
    """
    if entry is None:
        raise data_fault(path, "the file is not listed in manifest.json")
    try:
        size = path.stat().st_size
        if size != entry["bytes"]:
            raise data_fault(path, f"the file is cut short or altered: {size} bytes, not {entry['bytes']}")
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise data_fault(path, f"the file cannot be read ({error.strerror})") from None
    if digest != entry["sha256"]:
        raise data_fault(path, "the file is altered: its checksum is not the one in manifest.json")
    return path


def read_part(mode: str, folder: Path | None = None) -> Part:
    """One graph, mapped into memory after its files were checked.

    Raises  DataFileError naming the file that is missing, cut short or altered.
    """
    root = folder or basemap_dir()
    manifest = read_manifest(root)
    if mode not in manifest["parts"]:
        raise data_fault(root / mode, f"the base map was built without {mode}")
    files = manifest["files"]
    at = {name: checked(root / mode / name, files.get(f"{mode}/{name}")) for name in part_files(mode)}
    nodes = np.load(at["nodes.npy"], mmap_mode="r")
    ends = np.load(at["edges.npy"], mmap_mode="r")
    return Part(
        mode=mode,
        folder=root / mode,
        lat=nodes[:, 0] / 1e6,
        lon=nodes[:, 1] / 1e6,
        metres=np.load(at["metres.npy"], mmap_mode="r"),
        flags=np.load(at["flags.npy"], mmap_mode="r") if "flags.npy" in at else None,
        joins=np.load(at["joins.npy"]),
        gauge=np.load(at["gauge.npy"]) if "gauge.npy" in at else None,
        tail=np.concatenate([ends[:, 0], ends[:, 1]]),
        head=np.concatenate([ends[:, 1], ends[:, 0]]),
        order=np.load(at["order.npy"], mmap_mode="r"),
        info=dict(manifest["parts"][mode]),
    )


def describe(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of every file below a folder, by relative path."""
    out = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json"):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        out[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": digest}
    return out


@contextlib.contextmanager
def writing(target: Path) -> Iterator[Path]:
    """A fresh folder beside the target that takes its place only when the block ends well.

    Raises  OutputError when the disk is full or the place cannot be written; the target is then as it was.
    """
    draft: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        yield draft
        draft.chmod(0o755)
        old = draft.with_name(draft.name + "-old")
        if target.exists():
            target.rename(old)
        try:
            draft.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        what = f"the base map could not be written ({os.strerror(error.errno) if error.errno else error})"
        hint = "Choose a folder with at least 60 MB free that you may write to"
        raise OutputError(Fault("cannot_write", what, where=str(target), hint=hint)) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
