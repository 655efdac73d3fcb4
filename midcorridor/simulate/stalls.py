"""Entries of ports that nobody passes any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .outcomes import Runs

STALLED_D = 14  # an entry that nobody passed for so long at the end of a run is told as stalled
OPEN_D = 3  # unless the weather left the port fewer days than these


def stalled(runs: Runs) -> list[tuple[int, str]]:
    """Replications and entries of ports that were taken all the last two weeks while nothing came or
    went at the berths or tracks behind them, though the port was open for some days."""
    import polars as pl

    daily = runs.daily.with_columns(pl.col("place").cast(pl.String))
    last = daily.filter(pl.col("day") >= pl.col("day").max().over("replication") - STALLED_D + 1)
    use = pl.col("mean_use")
    gates = last.filter(pl.col("place_kind") == "gate").group_by("replication", "place").agg(days=use.sum())
    opened = {(number, port): days for number, port, days in gates.iter_rows()}
    last = last.filter(pl.col("place_kind") == "resource")
    ends = last.group_by("replication", "place").agg(least=use.min(), most=use.max())
    behind = {"ships": ("container_berth", "ship side"), "trains": ("rail_track", "rail side")}
    found = []
    for number, place, least, _ in ends.filter(pl.col("place").str.contains(" entry of ")).iter_rows():
        port, who = place.split(" entry of ")
        names = [f"{port} {each}" for each in behind[who.split()[0]]]
        still = ends.filter(pl.col("replication") == number, pl.col("place").is_in(names))
        fair = opened.get((number, port), STALLED_D) >= OPEN_D
        if fair and least >= 1 and (still["least"] == still["most"]).all():
            found.append((number, place))
    return sorted(found)
