"""Thousands of shipments planned in one call, in the order in which they were given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import Fault, InputError
from ..intake import Given, Stream, stream_shipments
from ..network import Network
from ..tables import to_frame
from .planner import ROUTES, Planner, Row, check_options, pack
from .progress import Report, reporting
from .workers import cores, here, in_processes, on_cluster
from .writing import write_batches

if TYPE_CHECKING:
    import polars as pl

# How many of the rows that failed are told one by one.
TOLD = 20


@dataclass(eq=False)
class Summary:
    """How many shipments ended how."""

    outcomes: Counter[str] = field(default_factory=Counter)  # shipments that ended ok, none or error
    errors: Counter[str] = field(default_factory=Counter)  # shipments by the code of their error
    failed: list[Row] = field(default_factory=list)  # the first rows with an error
    routes: int = 0

    def add(self, rows: list[Row]) -> None:
        """Count the rows of one shipment."""
        outcome = rows[0]["outcome"]
        self.outcomes[outcome] += 1
        if outcome == "ok":
            self.routes += len(rows)
        elif outcome == "error":
            self.errors[rows[0]["error_code"]] += 1
            if len(self.failed) < TOLD:
                self.failed.append(rows[0])

    @property
    def shipments(self) -> int:
        """All that were planned or tried."""
        return self.outcomes.total()

    def __str__(self) -> str:
        ok, none, error = (self.outcomes[word] for word in ("ok", "none", "error"))
        return f"{ok:,} planned, {none:,} without a route, {error:,} with an error"


class ManyPlans:
    """The answers of `plan_many`: batches of rows as `schema/results/many.csv` declares them.

    Iterate once, or write to a file. Nothing is kept: memory does not grow with the number of shipments.
    """

    def __init__(
        self,
        network: Network,
        stream: Stream,
        options: Mapping[str, Any],
        *,
        routes: str,
        workers: int,
        cluster: str | None,
        progress: Report | bool | None,
        chunk: int,
    ) -> None:
        self.total = stream.total  # shipments, None where that is known only at the end
        self.summary = Summary()  # of what has been done so far
        self.about = {  # what one needs to ask again and get the same
            "version": __version__,
            "scenario": network.scenario,
            "network_digest": network.digest(),
            "routes": routes,
            "options": dict(options),
        }
        self._network, self._stream, self._options, self._routes = network, stream, options, routes
        self._workers, self._cluster, self._progress, self._chunk = workers, cluster, progress, chunk

    def __iter__(self) -> Iterator[list[Row]]:
        """Batches in the order of the input: all rows of a few shipments at a time.

        Raises InputError for options that no shipment could be planned with; JobError when a worker or
        the cluster is gone.
        """
        with reporting(self._progress) as report:
            answers = self._answers(_chunks(iter(self._stream), self._chunk))
            try:
                for batch in answers:
                    for rows in batch:
                        self.summary.add(rows)
                    report(self.summary.shipments, self.total or 0, str(self.summary))
                    yield [row for rows in batch for row in rows]
            finally:
                answers.close()

    def _answers(self, chunks: Iterator[list[Given]]) -> Any:
        task = self._network, self._options, self._routes
        if self._cluster is not None:
            return on_cluster(pack(*task), chunks, self._cluster)
        if self._workers == 1:
            return here(Planner(*task), chunks)
        return in_processes(pack(*task), chunks, self._workers)

    def to_frame(self) -> pl.DataFrame:
        """All rows as one frame; for answers that fit into memory."""
        return to_frame("many", [row for batch in self for row in batch])

    def write(self, path: Path | str) -> Summary:
        """Write the rows as they come to a file that ends in .parquet, .csv or .jsonl; what was done.

        The file appears whole at the end or, after an error or an interrupt, not at all.
        Raises InputError for another ending, OutputError when it cannot be written.
        """
        write_batches(Path(path), iter(self), self.about)
        return self.summary


def plan_many(
    network: Network,
    shipments: Path | str | pl.DataFrame | Iterable[Mapping[str, Any]],
    *,
    routes: str = "best",
    workers: int | None = None,
    cluster: str | None = None,
    progress: Report | bool | None = None,
    chunk: int = 16,
    **options: Any,
) -> ManyPlans:
    """The routes of many shipments, a row a route, in the order of the shipments.

    shipments : a CSV or Parquet file, a frame, or mappings with the columns of
        `schema/inputs/shipments.csv`; read piece by piece
    routes : best, the one ranked first; corridors, the best of each corridor; all, also others that differ,
        as a plan shows them, which takes three times as long
    workers : processes of this machine, None for one a core, 1 for this process alone
    cluster : instead of them, the address of a Dask scheduler such as tcp://10.0.0.5:8786
    progress : function of (done, total, text); True shows a bar
    chunk : shipments that a worker takes at once
    options : as for `plan_shipment`, the same for all shipments
    The rows are the same for any number of workers. A shipment that cannot be planned becomes a row
    with its error. With several workers call it from a script below ``if __name__ == "__main__":``,
    since each worker starts as a new Python.
    Raises TableError for a file that is wrong as a whole; TypeError for an option that is none;
    InputError for a number that is out of range.
    """
    check_options(options)
    if routes not in ROUTES:
        what = f"{routes!r} is no choice of routes"
        raise InputError(Fault("bad_routes", what, "--routes", routes, ", ".join(ROUTES)))
    if "avoid" in options:
        options["avoid"] = tuple(options["avoid"])
    for name, number in (("workers", workers), ("chunk", chunk)):
        if number is not None and number < 1:
            raise InputError(
                Fault(
                    "bad_number", f"{number} is too few", f"--{name}", str(number), "a whole number above 0"
                )
            )
    if workers is not None and cluster is not None:
        what = "the cluster has its own workers"
        raise InputError(Fault("two_options", what, "--workers", str(workers), "--workers or --cluster"))
    stream = stream_shipments(shipments, network.tables)
    most = cores() if workers is None else workers
    if stream.total is not None:
        most = max(1, min(most, -(-stream.total // chunk)))
    return ManyPlans(
        network,
        stream,
        options,
        routes=routes,
        workers=most,
        cluster=cluster,
        progress=progress,
        chunk=chunk,
    )


def _chunks(stream: Iterator[Given], size: int) -> Iterator[list[Given]]:
    while chunk := list(islice(stream, size)):
        yield chunk
