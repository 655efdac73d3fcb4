"""A simulated year as a folder of files: Parquet, CSV, GeoJSON, an event log, and a manifest of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import write_text
from .event_log import as_text, event_log
from .ground import DAY_S
from .reporting import frames, to_dict
from .running import Collect

if TYPE_CHECKING:
    import polars as pl

    from .disrupted import Lab
    from .simulating import Simulated
    from .tried import Tried
    from .worth import Gains

MANIFEST = "manifest.json"
_RUNS = ("places", "waits", "ended", "daily")
_BLOCK = 1 << 20


def visits_writer(folder: Path, warm_up_d: int) -> Collect:
    """What `simulate` may be given to collect visits with: a file each replication, for Hive-style readers,
    of the visits that begin after the warm-up."""

    def write(number: int, visits: pl.DataFrame) -> None:
        import polars as pl

        part = folder / "visits" / f"replication={number:02d}"
        part.mkdir(parents=True)
        kept = visits.filter(pl.col("arrived_s") >= warm_up_d * DAY_S).drop("replication")
        kept.write_parquet(part / "visits.parquet")

    return write


def write_answer(
    answer: Simulated,
    folder: Path,
    *,
    log_days: int = 30,
    gains: Gains | None = None,
    disrupted: Lab | None = None,
    tried: Tried | None = None,
) -> None:
    """Write an answer into a folder that is there; see `files.whole_folder` to have it whole or not at all.

    tables/*.parquet are the tables of all replications, summary/*.csv what stands in the answer and what one
    more of each thing would save, events and a policy would do, where that was asked. Last comes
    manifest.json, with version, seed, options, digest of the tables and the checksum of every file.
    """
    for name in ("tables", "summary"):
        (folder / name).mkdir()
    for name in _RUNS:
        getattr(answer.runs, name).write_parquet(folder / "tables" / f"{name}.parquet")
    if answer.measures is not None:
        for name in ("spread", "progress"):
            getattr(answer.measures, name).write_parquet(folder / "tables" / f"{name}.parquet")
        write_text(folder / "events.ocel.json", as_text(event_log(answer, days=log_days)))
    if answer.costs is not None:
        answer.costs.flows.write_parquet(folder / "tables" / "flow_costs.parquet")
        answer.costs.stays.write_parquet(folder / "tables" / "flow_stays.parquet")
    for name, frame in frames(answer).items():
        frame.write_csv(folder / "summary" / f"{name}.csv")
    if gains is not None:
        for name in ("ranking", "flows", "left_out"):
            gains.to_frame(name).write_csv(folder / "summary" / f"gains_{name}.csv")
    if disrupted is not None:
        for name in ("events", "days"):
            disrupted.to_frame(name).write_csv(folder / "summary" / f"lab_{name}.csv")
    if tried is not None:
        tried.to_frame().write_csv(folder / "summary" / "policies.csv")
    _write_json(folder / "map.geojson", answer.to_geojson())
    _write_json(folder / MANIFEST, _manifest(answer, folder, log_days))


def _manifest(answer: Simulated, folder: Path, log_days: int) -> dict[str, Any]:
    told = to_dict(answer)
    run = {name: value for name, value in told["run"].items() if name != "seconds"}
    run["options"] = {name: value for name, value in run["options"].items() if name != "workers"}
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {
        "made_by": "midcorridor simulate",
        **run,
        **told["question"],
        "well": told["well"],
        "warnings": told["warnings"],
        "notes": told["notes"],
        "event_log": {"format": "OCEL 2.0 JSON", "replication": 0, "first_days": log_days},
        "units": "as names end: _h hours, _d days, _s seconds since the first day of the warm-up, _teu",
        "intervals": "_pm: half of the 95 % interval of the column before it, Student's t over replications",
        "files": [
            {
                "path": path.relative_to(folder).as_posix(),
                "bytes": path.stat().st_size,
                "sha256": _sha256(path),
            }
            for path in files
        ],
    }


def _write_json(path: Path, content: Any) -> None:
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def _sha256(path: Path) -> str:
    state = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            state.update(block)
    return state.hexdigest()
