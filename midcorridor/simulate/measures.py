"""What visits tell of a simulated year: journeys and their parts, rounds of vehicles, work in progress.

Each replication is measured by itself and let go; means and intervals are over replications.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .ground import DAY_S, Corridor
from .intervals import half_width
from .kinds import kinds_of_steps
from .naming import vehicle_of
from .warm_up import WarmUp, mser5

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]
_HOUR_S, _DAY_H = 3600.0, 24.0
SHARES = tuple(at / 20 for at in range(1, 20))  # of the distribution of a journey
# Boxes whose first ride is not over at the horizon have no visit yet, so the last days seem emptier.
_UNSEEN_D = 30


@dataclass(frozen=True, eq=False)
class Measures:
    """Measures over replications; `_pm` is half of the 95 % interval of the value before it, empty for one.

    transits : a row a flow: journeys that ended in the year, days from the loading of the first train or
        ship to arrival (mean, 10th, 50th and 90th percentile), and the share of them within `within_d` days
    spread : days of a journey of each flow by share of the journeys that took no longer
    sections : the parts of a journey in order: wait for a vehicle, ride, stay in the terminal; means add up
    kinds : the same days for each kind of box in a flow, with `wait_d`: all its waits for trains and ships
    cycles : hours of a round of a ship and of a turn of a pool of wagons
    progress : boxes, wagons and trucks under way by day from the beginning of the warm-up
    warm_up : what MSER-5 says of `progress`
    first : visits of the first replication
    """

    transits: pl.DataFrame
    spread: pl.DataFrame
    sections: pl.DataFrame
    cycles: pl.DataFrame
    kinds: pl.DataFrame
    progress: pl.DataFrame
    warm_up: WarmUp
    within_d: float | None
    first: pl.DataFrame


@dataclass
class Meter:
    """Takes the visits of one replication after the other."""

    made: Corridor
    begin_s: int
    end_s: int
    within_d: float | None = None
    first: pl.DataFrame | None = None
    _journeys: list[dict[str, Any]] = field(default_factory=list)
    _spread: list[dict[str, Any]] = field(default_factory=list)
    _sections: list[dict[str, Any]] = field(default_factory=list)
    _cycles: list[dict[str, Any]] = field(default_factory=list)
    _kinds: list[dict[str, Any]] = field(default_factory=list)
    _progress: list[Array] = field(default_factory=list)

    def add(self, number: int, visits: pl.DataFrame) -> None:
        """Measure a replication: all its visits, those before the warm-up too."""
        if self.first is None:
            self.first = visits
        days = self.end_s // DAY_S
        inside = np.zeros(days + 1, dtype=np.int64)
        for volume_id, begun, rides, steps in pieces(self.made, visits):
            for seconds, change in ((begun, 1), (rides[:, -1, 2], -1)):
                np.add.at(inside, np.minimum(seconds // DAY_S, days), change)
            ended = (rides[:, -1, 2] > self.begin_s) & (rides[:, -1, 2] <= self.end_s)
            self._measure(volume_id, rides[ended])
            self._by_kind(volume_id, rides[ended], steps[ended])
        self._progress.append(np.cumsum(inside)[:days])
        self._cycles += cycles(self.made, visits, self.begin_s)

    def _by_kind(self, volume_id: str, rides: Array, steps: Array) -> None:
        kinds = np.array(kinds_of_steps(self.made.model.programs[volume_id], steps), dtype=object)
        for kind in sorted(set(kinds) - {""}):
            mine = rides[kinds == kind]
            waited = (mine[:, :, 1] - mine[:, :, 0]).sum(axis=1) / DAY_S
            days = (mine[:, -1, 2] - mine[:, 0, 1]) / DAY_S
            row = {"journeys": len(mine), "wait_d": float(waited.mean()), **_spread_of(days, "d")}
            self._kinds.append({"volume_id": volume_id, "kind": kind, **row})

    def _measure(self, volume_id: str, rides: Array) -> None:
        if not len(rides):
            return
        waits, legs = rides[:, :, 1] - rides[:, :, 0], rides[:, :, 2] - rides[:, :, 1]
        stays = rides[:, 1:, 0] - rides[:, :-1, 2]
        days = (rides[:, -1, 2] - rides[:, 0, 1]) / DAY_S
        row = {"volume_id": volume_id, "journeys": len(rides), **_spread_of(days, "d")}
        if self.within_d is not None:
            row["within_share"] = float((days <= self.within_d).mean())
        self._journeys.append(row)
        grid = np.quantile(days, SHARES)
        self._spread += [
            {"volume_id": volume_id, "share": share, "transit_d": float(value)}
            for share, value in zip(SHARES, grid, strict=True)
        ]
        for at, (name, start, end) in enumerate(hops(self.made)[volume_id]):
            parts = [("wait", start, waits[:, at]), ("ride", start, legs[:, at])]
            if at < stays.shape[1]:
                parts.append(("stay", end, stays[:, at]))
            for part, terminal_id, seconds in parts:
                told = _spread_of(seconds / _HOUR_S, "h")
                named = {"volume_id": volume_id, "leg": name, "nth": at, "part": part}
                self._sections.append({**named, "terminal_id": terminal_id, **told})

    def measures(self) -> Measures:
        """Over all replications so far."""
        import polars as pl

        assert self.first is not None, "no replication was added"
        share = ["within_share"] if self.within_d is not None else []
        values = ["journeys", "mean_d", "p10_d", "p50_d", "p90_d", *share]
        hours = ["mean_h", "p10_h", "p50_h", "p90_h"]
        named = ["volume_id", "leg", "nth", "part", "terminal_id"]
        daily = np.array(self._progress, dtype=np.float64)
        low, high = np.quantile(daily, (0.1, 0.9), axis=0)
        mean = daily.mean(axis=0)
        progress = {"day": np.arange(len(mean)), "boxes": mean, "p10_boxes": low, "p90_boxes": high}
        return Measures(
            over(self._journeys, ["volume_id"], values, self._of_flow),
            over(self._spread, ["volume_id", "share"], ["transit_d"], self._of_flow),
            over(self._sections, named, hours, self._of_flow),
            over(self._cycles, ["what", "name"], ["n", *hours], str),
            over(self._kinds, ["volume_id", "kind"], ["journeys", "wait_d", *values[1:5]], self._of_flow),
            pl.DataFrame(progress),
            mser5(mean[:-_UNSEEN_D].tolist()),
            self.within_d,
            self.first,
        )

    def _of_flow(self, volume_id: str) -> int:
        return list(hops(self.made)).index(volume_id)


def over(rows: Sequence[Mapping[str, Any]], named: list[str], values: list[str], order: Any) -> pl.DataFrame:
    """Means of values over replications with half of their intervals, a row for each name.

    order : of the first of the names; the others stay in the order in which they came
    """
    import polars as pl

    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in named), []).append(row)
    made: dict[str, list[Any]] = {name: [] for name in named}
    for value in values:
        made |= {value: [], f"{value}_pm": []}
    for key in sorted(groups, key=lambda key: order(key[0])):
        for name, each in zip(named, key, strict=True):
            made[name].append(each)
        for value in values:
            found = [float(row[value]) for row in groups[key] if row[value] is not None]
            made[value].append(sum(found) / len(found) if found else None)
            made[f"{value}_pm"].append(half_width(found))
    text = {"volume_id", "leg", "part", "terminal_id", "what", "name", "place", "kind"}
    types = {name: pl.String if name in text else pl.Int64 if name == "nth" else pl.Float64 for name in made}
    return pl.DataFrame(made, schema=types)


def _spread_of(values: Array, unit: str) -> dict[str, float]:
    p10, p50, p90 = np.quantile(values, (0.1, 0.5, 0.9)).tolist()
    return {f"mean_{unit}": float(values.mean()), f"p10_{unit}": p10, f"p50_{unit}": p50, f"p90_{unit}": p90}


def hops(made: Corridor) -> dict[str, list[tuple[str, str, str]]]:
    """What each flow goes over, in order: name, first and last terminal. Wagons and trucks, which take a
    ferry of any kind, have one hop from port to port."""
    found = {
        volume_id: [(leg.name, leg.from_terminal, leg.to_terminal) for leg in legs]
        for volume_id, legs in made.routes.items()
    }
    for name, (_, (start, end), *_) in made.crossings.items():
        found[name] = [(f"ferry {start}>{end}", start, end)]
    return found


def journeys(made: Corridor, visits: pl.DataFrame) -> list[tuple[str, Array, Array]]:
    """Flows with the seconds at which their cargo was ready, and the rides of what has arrived:
    (pieces, hops, 3) seconds at which a piece was ready for a hop, taken, and let off."""
    return [(volume_id, begun, rides) for volume_id, begun, rides, _ in pieces(made, visits)]


def pieces(made: Corridor, visits: pl.DataFrame) -> list[tuple[str, Array, Array, Array]]:
    """`journeys` with the number of the step by which each piece waited for its first ride."""
    import polars as pl

    holds = visits.filter(pl.col("place_kind").cast(pl.String) == "hold")
    holds = holds.with_columns(pl.col("kind").cast(pl.String))
    parts = holds.partition_by("kind", as_dict=True)
    found = []
    for volume_id, way in hops(made).items():
        rows = parts.get((volume_id,))
        if rows is None:
            continue
        begun = rows.group_by("token").agg(pl.col("arrived_s").min())["arrived_s"].sort().to_numpy()
        rows = rows.filter(pl.len().over("token") == len(way)).sort("token", "arrived_s")
        times = rows.select("arrived_s", "started_s", "finished_s").to_numpy()
        steps = rows["step"].to_numpy()[:: len(way)]
        found.append((volume_id, begun, times.reshape(-1, len(way), 3), steps))
    return found


def cycles(made: Corridor, visits: pl.DataFrame, begin_s: int) -> list[dict[str, Any]]:
    """Rounds that vehicles which come again have ended since begin_s, and turns of pools of wagons."""
    import polars as pl

    rows = visits.filter(pl.col("place_kind").cast(pl.String) == "resource").with_columns(
        pl.col("kind", "place").cast(pl.String)
    )
    kinds = [kind for kind in rows["kind"].unique().sort() if vehicle_of(kind)]
    parts = rows.filter(pl.col("kind").is_in(kinds)).partition_by("kind", as_dict=True)
    found: list[tuple[str, str, pl.Series]] = []
    for kind in kinds:
        mine = parts[(kind,)]
        steps = mine.group_by("step").agg(n=pl.len(), tokens=pl.col("token").n_unique())
        most = steps.sort(["n", "step"], descending=[True, False]).row(0, named=True)
        if most["n"] > most["tokens"]:
            at = mine.filter(step=most["step"]).sort("token", "started_s")
            laps = at.select("started_s", lap=pl.col("started_s").diff().over("token")).drop_nulls()
            found.append(("round", kind, laps.filter(pl.col("started_s") > begin_s)["lap"]))
    for pool in made.wagons:
        held = rows.filter(pl.col("place") == pool, pl.col("finished_s") > begin_s)
        found.append(("turn", pool, held["finished_s"] - held["started_s"]))
    return [
        {"what": what, "name": name, "n": len(s), **_spread_of(s.sort().to_numpy() / _HOUR_S, "h")}
        for what, name, s in found
        if len(s)
    ]
