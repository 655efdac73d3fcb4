"""Published hours at frontiers and terminals beside ours."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..network import Compiled, Network
from ..times import lognormal_mean_h

Row = Mapping[str, Any]
_MONTH_UNKNOWN = 7


@dataclass(frozen=True, slots=True)
class Stay:
    """One published stay and ours.

    mean_h, p90_h : ours of the parts that the published figure holds, None with a fault. The 90th percentile
        is told only of one part, since percentiles do not add up.
    rests_on : sources of these parts
    """

    row: Row
    mean_h: float | None
    p90_h: float | None = None
    fault: str = ""
    rests_on: frozenset[str] = frozenset()

    @property
    def error(self) -> float | None:
        """Our mean over the published hours, less 1."""
        return None if self.mean_h is None else self.mean_h / self.row["hours"] - 1

    @property
    def scored(self) -> bool:
        """Whether it counts: none of our figures rests on it."""
        return self.row["use"] == "compared" and self.mean_h is not None


def compare_stays(network: Network, rows: Iterable[Row] | None = None) -> list[Stay]:
    """Every published stay with what the network has there on a day of its month, or of July of its year.

    rows : of `observed_stays`, all where None
    Ours are without the factors of `calibration`: sources of stays are among those that these were fitted to.
    """
    network = network.as_claimed()
    listed = network.tables["observed_stays"] if rows is None else rows
    return [_compared(network, row) for row in listed]


def _compared(network: Network, row: Row) -> Stay:
    month = int(row["year_month"][5:]) if row["year_month"] else _MONTH_UNKNOWN
    parts = list(_parts(network.on(date(row["year"], month, 1)), row))
    if None in parts or not parts:
        return Stay(row, None, fault="the network has no such hours there")
    known = [part for part in parts if part is not None]
    means = [lognormal_mean_h(part["p50_h"], part["p90_h"]) for part in known]
    rests_on = frozenset(source for part in known for source in part["source"])
    return Stay(row, sum(means), known[0]["p90_h"] if len(known) == 1 else None, rests_on=rests_on)


def _parts(compiled: Compiled, row: Row) -> Iterable[Row | None]:
    """The rows of hours that a stay holds; None for one that the network does not have."""
    ends = {"exit": row["exit_terminal"], "entry": row["entry_terminal"]}
    if row["sides"]:
        found = {one["side"]: one for one in compiled.procedures(row["mode"], ends["exit"], ends["entry"])}
        for side in row["sides"]:
            yield found.get(side)
    if row["activity"]:
        gauges = _gauges(compiled, row) if row["activity"] == "gauge_change" else ()
        yield compiled.dwell(ends["entry"], row["activity"], *gauges)


def _gauges(compiled: Compiled, row: Row) -> tuple[int, int]:
    """The gauges before and after a frontier: of the trains that reach either end."""
    gauges = (1435, 1520)
    there = compiled.dwell(row["entry_terminal"], "gauge_change", *gauges)
    return gauges if there is not None else gauges[::-1]


def median_stay_error(stays: Sequence[Stay]) -> float | None:
    """Median of the absolute error over what is scored; None where nothing is."""
    errors = [abs(stay.error) for stay in stays if stay.scored and stay.error is not None]
    return statistics.median(errors) if errors else None
