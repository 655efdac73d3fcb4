"""Published hours and queues of a simulated year beside ours, from the visits of its replications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from ..network import Network
from ..simulate import Simulated, journeys
from ..times import lognormal_mean_h

if TYPE_CHECKING:
    import polars as pl

Row = Mapping[str, Any]
Array = np.ndarray[Any, Any]
_DAY_S, _HOUR_S, _DAY_H = 86_400, 3600.0, 24.0


@dataclass
class Waits:
    """Collects what rows of `observed_waits` of one year ask for; `add` is for `collect` of `simulate`.

    found : figures by wait_id in the unit of the row, one a replication
    """

    network: Network
    year: int
    found: dict[str, list[float]] = field(default_factory=dict)
    _kept: list[tuple[int, pl.DataFrame]] = field(default_factory=list)

    def rows(self) -> list[Row]:
        """Rows whose period ends in the year."""
        return [row for row in self.network.tables["observed_waits"] if row["period_until"].year == self.year]

    def add(self, number: int, visits: pl.DataFrame) -> None:
        """Keep the visits to holds of one replication."""
        import polars as pl

        holds = visits.filter(pl.col("place_kind").cast(pl.String) == "hold")
        self._kept.append((number, holds))

    def close(self, answer: Simulated) -> None:
        """Find the figures of all replications kept, in the unit of each row."""
        for row in self.rows():
            if row["measure"] == "round":
                self.found[row["wait_id"]] = [_round_d(answer, row)]
        for _, holds in self._kept:
            for row in self.rows():
                if row["measure"] != "round":
                    value = self._of(answer, holds, row)
                    if value is not None:
                        self.found.setdefault(row["wait_id"], []).append(value)
        self._kept.clear()

    def _of(self, answer: Simulated, holds: pl.DataFrame, row: Row) -> float | None:
        made = answer.corridor
        begin, end = (
            (day - made.first).days * _DAY_S
            for day in (row["period_from"], row["period_until"] + timedelta(1))
        )
        if row["measure"] == "journey":
            return _journey_d(answer, holds, row, begin, end)
        if row["cargo"] == "container":
            return _box_h(answer, holds, row, begin, end)
        return self._ferry(holds, row, begin, end)

    def _ferry(self, holds: pl.DataFrame, row: Row, begin: int, end: int) -> float | None:
        """Wagons or trucks that wait for any ferry of a line."""
        import polars as pl

        volumes = self.network.tables.by_key("volumes")
        end_of = f"{row['from_terminal']}>{row['to_terminal']}"
        kinds = [
            kind
            for kind in holds["kind"].cast(pl.String).unique()
            if kind.endswith(f" {end_of}") and volumes[kind.split()[0]]["cargo"] == row["cargo"]
        ]
        mine = holds.filter(pl.col("kind").cast(pl.String).is_in(kinds))
        waited = mine.select("arrived_s", "started_s").to_numpy()
        if row["measure"] == "queue":
            within = np.clip(waited[:, 1], begin, end) - np.clip(waited[:, 0], begin, end)
            return float(within.sum()) / (end - begin)
        inside = (waited[:, 1] >= begin) & (waited[:, 1] < end)
        return float((waited[inside, 1] - waited[inside, 0]).mean()) / _HOUR_S if inside.any() else None


def _box_h(answer: Simulated, holds: pl.DataFrame, row: Row, begin: int, end: int) -> float | None:
    """Hours of boxes of every flow: aboard from one terminal to the next, or ashore before that ride."""
    hours = []
    for volume_id, _, rides in journeys(answer.corridor, holds):
        for nth, leg in enumerate(answer.corridor.routes.get(volume_id, ())):
            if (leg.from_terminal, leg.to_terminal) != (row["from_terminal"], row["to_terminal"]):
                continue
            loaded = rides[:, nth, 1]
            inside = (loaded >= begin) & (loaded < end)
            if row["measure"] == "ride":
                seconds = rides[inside, nth, 2] - loaded[inside]
            elif nth:
                seconds = loaded[inside] - rides[inside, nth - 1, 2]
            else:
                continue
            hours.append(seconds / _HOUR_S)
    every = np.concatenate(hours) if hours else np.empty(0)
    return float(every.mean()) if every.size else None


def _journey_d(answer: Simulated, holds: pl.DataFrame, row: Row, begin: int, end: int) -> float | None:
    """Days from the departure of the first train, whose hours before the model begins are the network's."""
    made, days = answer.corridor, []
    for volume_id, _, rides in journeys(made, holds):
        legs = made.routes.get(volume_id, ())
        if not legs or legs[-1].to_terminal != row["to_terminal"]:
            continue
        before = _before_h(answer, row["from_terminal"], legs[0].service["service_id"], legs[0].from_terminal)
        if before is None:
            continue
        arrived = rides[:, -1, 2]
        inside = (arrived >= begin) & (arrived < end)
        days.append((arrived[inside] - rides[inside, 0, 1]) / _DAY_S + before / _DAY_H)
    every = np.concatenate(days) if days else np.empty(0)
    return float(every.mean()) if every.size else None


def _before_h(answer: Simulated, start: str, service_id: str, until: str) -> float | None:
    """Mean hours of a service over its links from one terminal to another; None where it does not go so."""
    on = answer.network.on(date(answer.corridor.year, 7, 1))
    for line in on.lines:
        if line.service["service_id"] != service_id or line.hops[0].from_terminal != start:
            continue
        hours = 0.0
        for hop in line.hops:
            for link, along in hop.links:
                stretch, _ = on.stretch(link)
                hours += lognormal_mean_h(link["running_p50_h"], link["running_p90_h"]) * stretch
                if link["to_terminal" if along else "from_terminal"] == until:
                    return hours
    return None


def _round_d(answer: Simulated, row: Row) -> float:
    """Days of a round of the ships of all pools of a line, from how often they set out."""
    rows = answer.ships.filter(
        answer.ships["leg"].str.ends_with(f" {row['from_terminal']}>{row['to_terminal']}")
    )
    ships, weekly = float(rows["ships"].sum()), float(rows["departures_per_week"].sum())
    return ships / weekly * 7


def waits_page(collected: Sequence[Waits]) -> list[str]:
    """A table of every row, scored or shown."""
    lines = [
        "| where | published | ours | difference | why |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for waits in collected:
        for row in sorted(waits.rows(), key=lambda row: str(row["wait_id"])):
            values, unit = waits.found.get(row["wait_id"]), "" if row["unit"] == "1" else f" {row['unit']}"
            when = f"{row['period_from']} to {row['period_until']}"
            published = f"{row['value']:,g}{unit}"
            if values is None:
                ours, difference = "none", ""
            else:
                mean = float(np.mean(values))
                ours, difference = f"{float(format(mean, '.3g')):,g}{unit}", f"{mean / row['value'] - 1:+.0%}"
            if row["use"] == "aside":
                difference = f"({difference})" if difference else ""
            lines.append(
                f"| {row['what']}, {when} | {published} | {ours} | {difference} | {row['why'] or ''} |"
            )
    return lines
