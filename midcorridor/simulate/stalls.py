"""Entries of ports that nobody passes any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .outcomes import Runs

STALLED_D = 14  # an entry that nobody passed for so long at the end of a run is told as stalled
OPEN_D = 3  # unless the weather left the port fewer days than these


def stalled(runs: Runs) -> list[tuple[int, str]]:
    """Replications and entries of ports that were taken all the last two weeks and that nobody passed, though
    the port was open for some days."""
    import polars as pl

    daily = runs.daily.with_columns(pl.col("place").cast(pl.String))
    last = daily.filter(pl.col("day") >= pl.col("day").max().over("replication") - STALLED_D + 1)
    gates = last.filter(pl.col("place_kind") == "gate").group_by("replication", "place")
    opened = {(number, port): days for number, port, days in gates.agg(pl.col("mean_use").sum()).iter_rows()}
    entries = last.filter(pl.col("place").str.contains(" entry of "), place_kind="resource")
    ends = entries.group_by("replication", "place").agg(pl.col("mean_use").min(), pl.col("left").sum())
    return sorted(
        (number, place)
        for number, place, least, left in ends.iter_rows()
        if least >= 1
        and left == 0
        and opened.get((number, place.split(" entry of ")[0]), STALLED_D) >= OPEN_D
    )
