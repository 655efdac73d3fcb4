"""Many scenarios of a simulated year, each many times over, written to Parquet as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .. import __version__
from ..errors import Fault, InputError, OutputError
from ..files import whole_file
from ..network import Network
from ..scenario import Scenario
from ..simulate import measure
from .packing import pack
from .planner import fresh
from .progress import Report, reporting
from .workers import cores, here, in_processes, on_cluster

if TYPE_CHECKING:
    import polars as pl

TABLES = ("flows", "days", "waits", "places", "stops")
_ABOUT = "ensemble.json"
Task = tuple[int, int]  # number of the scenario, number of the replication


@dataclass(frozen=True)
class Ensemble:
    """Where the runs of an ensemble lie: `folder/table/scenario=name/replication=number/part.parquet`.

    runs : how many were made now      found : how many a former call had left there
    unwell : runs of now that were stuck, crowded or stalled
    """

    folder: Path
    scenarios: tuple[str, ...]
    replications: int
    runs: int
    found: int
    unwell: int

    def scan(self, table: str) -> pl.LazyFrame:
        """One of flows, days, waits, places and stops, read lazily with scenario and replication."""
        import polars as pl

        keys = {"scenario": pl.String, "replication": pl.Int64}
        return pl.scan_parquet(self.folder / table / "**/*.parquet", hive_partitioning=True, hive_schema=keys)


class Simulator:
    """Runs one replication of one scenario at a time; keeps the network of the last scenario."""

    def __init__(self, network: Network, scenarios: Sequence[Scenario], options: Mapping[str, Any]) -> None:
        self._network, self._scenarios, self._options = network, tuple(scenarios), dict(options)
        self._held: tuple[int, Network] | None = None

    def rows(self, task: Task) -> tuple[Task, dict[str, pl.DataFrame]]:
        """The tables of one run."""
        import polars as pl

        number, replication = task
        if self._held is None or self._held[0] != number:
            self._held = number, self._scenarios[number].apply(fresh(self._network))
        found = measure(self._held[1], first=replication, replications=1, **self._options)
        (stop,) = found.runs.stops
        ended = {
            "word": [stop.word],
            "well": [not found.unwell],
            "at_d": [stop.at_s / 86400],
            "what": [stop.what],
            "where": [stop.where],
            "events": [found.runs.events],
        }
        frames = {
            "flows": found.flows,
            "days": found.daily,
            "waits": found.runs.waits,
            "places": found.runs.places,
            "stops": pl.DataFrame(ended),
        }
        return task, {name: _plain(frame) for name, frame in frames.items()}


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts in place of numbered words; what the path of the file says is left out."""
    import polars as pl

    return frame.drop("replication", strict=False).with_columns(pl.col(pl.Enum).cast(pl.String))


def ensemble(
    network: Network,
    scenarios: Sequence[Scenario],
    folder: Path | str,
    *,
    year: int,
    replications: int = 10,
    seed: int = 0,
    demand_factor: float = 1.0,
    warm_up_d: int = 60,
    days: int | None = None,
    limit: int = 200_000,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Report | bool | None = None,
) -> Ensemble:
    """Run every scenario so many times and write what each run came to.

    scenarios : one without changes is the base; their names name the partitions
    folder : new, or one that a call with the same arguments left unfinished, which is then gone on with
    workers : processes of this machine, None for one a core, 1 for this process alone
    cluster : instead of them, the address of a Dask scheduler such as tcp://10.0.0.5:8786; the files are
        written here, so that its workers need no common disk
    progress : function of (done, total, text); True shows a bar
    Replication r of all scenarios draws the same random numbers. The tables are the same for any number of
    workers and on a cluster, also where one of its workers is lost on the way. Memory holds some runs a
    worker, whatever the number of runs. With several workers call it from a script below
    ``if __name__ == "__main__":``, since each worker starts as a new Python.
    Raises InputError for options that cannot be, names that are given twice, or a folder that holds
    something else; OutputError where it cannot be written; JobError when workers or the cluster are gone.
    """
    names = [scenario.name for scenario in scenarios]
    _check(names, replications, workers, cluster)
    options: dict[str, Any] = {"year": year, "seed": seed, "demand_factor": demand_factor}
    options |= {"warm_up_d": warm_up_d, "days": days, "limit": limit}
    about = {
        "version": __version__,
        "network_digest": network.digest(),
        "options": options,
        "scenarios": [scenario.to_dict() for scenario in scenarios],
    }
    root = Path(folder)
    _begin(root, about)
    tasks = [(number, r) for number in range(len(names)) for r in range(replications)]
    left = [task for task in tasks if not _part(root, "stops", names, task).exists()]
    made_with = fresh(network), tuple(scenarios), options
    chunks: Iterator[list[Task]] = ([task] for task in left)
    most = max(1, min(cores() if workers is None else workers, len(left)))
    if cluster is not None:
        answers = on_cluster(pack(Simulator, *made_with), chunks, cluster)
    elif most == 1:
        answers = here(Simulator(*made_with), chunks)
    else:
        answers = in_processes(pack(Simulator, *made_with), chunks, most)
    done = unwell = 0
    with reporting(progress) as report:
        try:
            for batch in answers if left else ():
                for task, frames in batch:
                    for table in TABLES:  # stops come last: a run with its stop is whole
                        _write(_part(root, table, names, task), frames[table])
                    done, unwell = done + 1, unwell + (not frames["stops"]["well"][0])
                    report(done, len(left), f"{names[task[0]]}, replication {task[1]}")
        finally:
            close = getattr(answers, "close", None)
            if close is not None:
                close()
    return Ensemble(root, tuple(names), replications, done, len(tasks) - len(left), unwell)


def _check(names: Sequence[str], replications: int, workers: int | None, cluster: str | None) -> None:
    faults = []
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(Fault("repeated_key", f"{name!r} names two scenarios", "scenarios", name))
    if not names:
        faults.append(Fault("no_scenario", "there is no scenario to run", "scenarios"))
    for option, number in (("replications", replications), ("workers", workers)):
        if number is not None and number < 1:
            accepted = "a whole number above 0"
            faults.append(Fault("bad_number", f"{number} is too few", option, str(number), accepted))
    if workers is not None and cluster is not None:
        accepted = "workers or cluster"
        faults.append(
            Fault("two_options", "the cluster has its own workers", "workers", str(workers), accepted)
        )
    if faults:
        raise InputError(faults)


def _begin(root: Path, about: Mapping[str, Any]) -> None:
    """Make the folder, or make sure that what lies there belongs to the same question."""
    text = json.dumps(about, indent=1, sort_keys=True, default=str) + "\n"
    path = root / _ABOUT
    try:
        if path.exists():
            if path.read_text(encoding="utf-8") != text:
                raise _taken(root)
            return
        if root.exists() and any(root.iterdir()):
            raise _taken(root)
        root.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(text.encode())
    except OSError as reason:
        raise OutputError(Fault("unwritable", f"cannot be written ({reason})", str(root))) from None


def _taken(root: Path) -> InputError:
    what, hint = "the folder holds something else", "Name a new folder, or ask what was asked before"
    return InputError(Fault("folder_taken", what, "folder", str(root), "an empty folder", hint))


def _part(root: Path, table: str, names: Sequence[str], task: Task) -> Path:
    number, replication = task
    scenario = quote(names[number], safe=" ")
    return root / table / f"scenario={scenario}" / f"replication={replication}" / "part.parquet"


def _write(path: Path, frame: pl.DataFrame) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as reason:
        raise OutputError(Fault("unwritable", f"cannot be written ({reason})", str(path))) from None
    with whole_file(path) as file:
        frame.write_parquet(file)
