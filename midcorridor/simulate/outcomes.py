"""What replications came to, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .._kernels.sim_layout import DAY_S
from .compiled import Array, Compiled
from .deadlock import Deadlock

if TYPE_CHECKING:
    import polars as pl

_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Stop:
    """How a replication ended.

    word : horizon or empty where all is well; otherwise what stopped it (stuck, crowded, ...)
    where : the program and step, or the place, that it is about
    deadlock : tokens that can never go on, told even where other things went on to the horizon
    """

    replication: int
    word: str
    at_s: int
    what: str
    where: str = ""
    deadlock: Deadlock | None = None

    @property
    def well(self) -> bool:
        """Whether the run went as far as asked and everything could go on."""
        return self.word in ("horizon", "empty") and self.deadlock is None


@dataclass(frozen=True, eq=False)
class Runs:
    """What replications of a model came to, one row a replication and thing; times in hours.

    places : mean, most and capacity in use of each place, its mean and longest queue, tokens that came and
        left, and hours that its units were held after the work was done (blocked)
    waits : how many waited (0 hours included) at a place, by kind of token: mean, variance, longest
    ended : tokens that left the model by kind, with their hours in it
    daily : mean queue and use of each whole day, and how many left
    visits : a row a visit with its times in whole seconds, where they were asked for; vehicle is the token
        that took it from a hold and let it off, null at a resource
    events : of all replications together
    """

    places: pl.DataFrame
    waits: pl.DataFrame
    ended: pl.DataFrame
    daily: pl.DataFrame
    visits: pl.DataFrame
    stops: tuple[Stop, ...]
    seed: int
    events: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Whether every replication went well."""
        return all(stop.well for stop in self.stops)


@dataclass
class Outcome:
    """One replication: sums from warm-up to horizon as the kernel left them."""

    stop: Stop
    places: Array
    waits: Array
    ended: Array
    daily: Array  # (days, places, 3): unit-seconds of queue and use, and how many left
    visits: Array
    seconds: int
    events: int


def _named(words: Sequence[str], codes: Array) -> pl.Series:
    """Words by their numbers, each word kept once."""
    import polars as pl

    table = pl.Series(words, dtype=pl.Enum(list(dict.fromkeys(words))))
    return table.gather(pl.Series(codes.astype(np.uint32))) if len(codes) else table.clear()


def _moments(rows: Array) -> dict[str, Array]:
    """Hours from rows of WAIT."""
    n = np.maximum(rows["n"], 1)
    mean = rows["total"] / n
    variance = np.maximum(rows["squares"] / n - mean**2, 0.0) * n / np.maximum(n - 1, 1)
    return {
        "n": np.ascontiguousarray(rows["n"]),
        "mean_h": mean / _HOUR_S,
        "variance_h2": variance / _HOUR_S**2,
        "most_h": rows["most"] / _HOUR_S,
    }


def tables(compiled: Compiled, outcomes: Sequence[Outcome], seed: int, options: dict[str, Any]) -> Runs:
    """All replications of a run."""
    import polars as pl

    names, kinds = compiled.model.place_names(), compiled.kinds
    count, many = len(names), len(outcomes)
    numbers = np.array([outcome.stop.replication for outcome in outcomes])
    lasted = np.repeat([max(outcome.seconds, 1) for outcome in outcomes], count)

    def of_place(at: Array) -> dict[str, pl.Series]:
        return {
            "place_kind": _named([kind for kind, _ in names], at),
            "place": _named([name for _, name in names], at),
        }

    p = np.concatenate([outcome.places for outcome in outcomes])
    plain = {name: np.ascontiguousarray(p[name]) for name in p.dtype.names or ()}
    places = pl.DataFrame(
        {
            "replication": np.repeat(numbers, count),
            **of_place(np.tile(np.arange(count), many)),
            "capacity": plain["capacity"],
            "mean_use": plain["area_use"] / lasted,
            "mean_capacity": plain["area_capacity"] / lasted,
            "most_use": plain["most_use"],
            "mean_queue": plain["area_queue"] / lasted,
            "most_queue": plain["most_queue"],
            "arrived": plain["arrived"],
            "left": plain["left"],
            "blocked_h": plain["blocked"] / _HOUR_S,
        }
    )
    w = np.stack([outcome.waits for outcome in outcomes])
    which, at = np.nonzero(w["n"])
    waits = pl.DataFrame(
        {
            "replication": numbers[which],
            **of_place(at // len(kinds)),
            "kind": _named(kinds, at % len(kinds)),
            **_moments(w[which, at]),
        }
    )
    ended = pl.DataFrame(
        {
            "replication": np.repeat(numbers, len(kinds)),
            "kind": _named(kinds, np.tile(np.arange(len(kinds)), many)),
            **_moments(np.concatenate([outcome.ended for outcome in outcomes])),
        }
    )
    days = np.array([outcome.daily.shape[0] for outcome in outcomes])
    sums = np.concatenate([outcome.daily.reshape(-1, 3) for outcome in outcomes])
    daily = pl.DataFrame(
        {
            "replication": np.repeat(numbers, days * count),
            "day": np.concatenate([np.repeat(np.arange(each), count) for each in days]),
            **of_place(np.tile(np.arange(count), int(days.sum()))),
            "mean_queue": sums[:, 0] / DAY_S,
            "mean_use": sums[:, 1] / DAY_S,
            "left": sums[:, 2],
        }
    )
    visits = visits_of(compiled, outcomes)
    stops = tuple(outcome.stop for outcome in outcomes)
    events = sum(outcome.events for outcome in outcomes)
    return Runs(places, waits, ended, daily, visits, stops, seed, events, options)


def visits_of(compiled: Compiled, outcomes: Sequence[Outcome]) -> pl.DataFrame:
    """The visits of all replications, with names."""
    import polars as pl

    rows, names = np.concatenate([outcome.visits for outcome in outcomes]), compiled.model.place_names()
    plain = {name: np.ascontiguousarray(rows[name]) for name in rows.dtype.names or ()}
    lengths = {name: len(compiled.model.programs[name].steps) for name in compiled.first_step}
    programs = [name for name, length in lengths.items() for _ in range(length)]
    steps = np.concatenate([np.arange(1, length + 1) for length in lengths.values()])
    numbers = [outcome.stop.replication for outcome in outcomes]
    times = ("size", "queue_on_arrival", "arrived_s", "started_s", "finished_s", "left_s")
    return pl.DataFrame(
        {
            "replication": np.repeat(numbers, [len(outcome.visits) for outcome in outcomes]),
            "token": plain["token"],
            "consignment": plain["consignment"],
            "vehicle": pl.Series(plain["vehicle"]).replace(-1, None),
            "kind": _named(compiled.kinds, plain["kind"]),
            "place_kind": _named([kind for kind, _ in names], plain["place"]),
            "place": _named([name for _, name in names], plain["place"]),
            "program": _named(programs, plain["step"]),
            "step": steps[plain["step"]],
            **{name: plain[name] for name in times},
        }
    )
