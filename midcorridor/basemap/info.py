"""What the base map holds, and whether its files are whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from midcorridor.basemap.store import basemap_dir, checked, read_manifest
from midcorridor.errors import DataFileError


def info(folder: Path | None = None) -> dict[str, Any]:
    """Sizes, joins, inputs and licences of each part, and every file that is missing or altered.

    Returns {"folder", "bytes", "parts", "countries", "faults"}; faults is empty when all files are whole.
    Raises  DataFileError when there is no readable manifest.
    """
    root = folder or basemap_dir()
    manifest = read_manifest(root)
    faults = []
    for name, entry in manifest["files"].items():
        try:
            checked(root / name, entry)
        except DataFileError as error:
            faults.append(str(error.faults[0]))
    return {
        "folder": str(root),
        "bytes": sum(entry["bytes"] for entry in manifest["files"].values()),
        "parts": manifest["parts"],
        "countries": manifest.get("countries", {}),
        "faults": faults,
    }
