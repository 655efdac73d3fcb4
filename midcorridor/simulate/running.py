"""Run a model: replications with seeds of their own, and tables of what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .._kernels import sim_layout as k
from ..errors import Fault, InputError
from .compiled import Array, Compiled, compile_model
from .deadlock import Deadlock, find_deadlock
from .model import Model
from .state import Policy, Replication, View

if TYPE_CHECKING:
    import polars as pl

Progress = Callable[[int, int, str], None]

# Status of the kernel to one word, and to a sentence about the token, step or place.
_REASONS = {
    k.HORIZON: ("horizon", "the horizon was reached"),
    k.EMPTY: ("empty", "every token has ended and nothing is left to happen"),
    k.STUCK: ("stuck", "nothing is left to happen, yet tokens wait"),
    k.CROWDED: ("crowded", "more tokens are alive than the stated limit"),
    k.NEGATIVE: ("negative_duration", "a duration is negative or no number"),
    k.OVERSIZE: ("over_capacity", "more is asked for than there can ever be"),
    k.NOT_HELD: ("not_held", "something is released that the token does not hold"),
    k.HELD_AT_END: ("held_at_end", "a token ends while it holds something"),
    k.ABOARD_AT_END: ("aboard_at_end", "a vehicle ends with cargo aboard"),
    k.ENDLESS: ("endless", "steps go round and no time passes"),
    k.EXHAUSTED: ("too_many_events", "a run has at most 4.2 thousand million events"),
    k.UNSPLIT: ("unsplit", "cargo is split that holds something that does not divide"),
    k.CAPACITY_RANGE: ("capacity", "a capacity goes below 0 or above what was stated as most"),
    k.NO_ANSWER: ("no_answer", "a policy answered with something that is no number or too great"),
    k.OPENED_TWICE: ("opened_twice", "a gate is opened more often than it was shut"),
}


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
    daily : mean queue and use of each whole day
    visits : a row a visit with its times in whole seconds, where they were asked for
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


def loop(policy: Policy | None) -> tuple[Callable[[View, Any], int], Policy | None]:
    """What runs the kernel with this policy, and the policy if it is to be asked from Python."""
    from .._kernels.sim_kernel import advance, driver

    if hasattr(policy, "py_func"):
        return driver(policy), None
    return (lambda _, arguments: int(advance(*arguments))), policy


def run(
    model: Model,
    *,
    horizon_s: int,
    seed: int,
    replications: int = 1,
    warm_up_s: int = 0,
    visits: bool = False,
    buffer: int = 1 << 16,
    limit: int = 200_000,
    policy: Policy | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Runs:
    """Tables of what happens from warm_up_s to horizon_s, the same for any number of workers.

    seed, replications : replication r of a seed draws numbers of its own, whatever else is run
    visits : keep every visit that begins in that time; buffer : how many rows at a time
    limit : tokens alive at most; a replication that would have more stops there and says so
    policy : answers the model's policy steps, compiled by Numba or plain Python
        (rule, token, now_s, view) -> number; view is a `state.View`
    workers : threads; the kernel runs without the interpreter's lock
    Raises InputError for a model or option that cannot be; ends of runs are in `stops`, never raised.
    """
    _check(model, horizon_s, seed, replications, warm_up_s, buffer, limit, policy, workers)
    compiled = compile_model(model)
    drive, asked = loop(policy)

    def one(number: int) -> _Outcome:
        return _replicate(
            compiled, seed, number, horizon_s, warm_up_s, buffer if visits else 0, limit, drive, asked
        )

    outcomes: list[_Outcome] = []
    for outcome in _in_order(one, replications, workers):
        outcomes.append(outcome)
        if progress is not None:
            progress(len(outcomes), replications, f"replication {len(outcomes)}")
    options = {"horizon_s": horizon_s, "warm_up_s": warm_up_s, "replications": replications, "limit": limit}
    return _tables(compiled, outcomes, seed, options)


def _check(
    model: Model,
    horizon_s: int,
    seed: int,
    replications: int,
    warm_up_s: int,
    buffer: int,
    limit: int,
    policy: Policy | None,
    workers: int,
) -> None:
    faults = []
    for name, value, least, most in (
        ("horizon_s", horizon_s, 1, k.NEVER - 1),
        ("seed", seed, 0, 2**32 - 1),
        ("replications", replications, 1, 2**32 - 1),
        ("warm_up_s", warm_up_s, 0, k.NEVER - 1),
        ("buffer", buffer, 1, 2**31 - 1),
        ("limit", limit, max(1, len(model.starts)), 2**29),
        ("workers", workers, 1, 1024),
    ):
        if value != int(value) or not least <= value <= most:
            accepted = f"a whole number from {least} to {most}"
            faults.append(Fault("out_of_range", f"{value} cannot be used", name, str(value), accepted))
    if warm_up_s >= horizon_s:
        what, accepted = "the run ends before it has warmed up", f"less than the horizon, {horizon_s}"
        faults.append(Fault("short_horizon", what, "warm_up_s", str(warm_up_s), accepted))
    asks = any(step.op == "policy" for program in model.programs.values() for step in program.steps)
    if asks and policy is None:
        faults.append(Fault("no_policy", "steps of the model ask a policy and none is given", "policy"))
    if faults:
        raise InputError(faults)


@dataclass
class _Outcome:
    """One replication: sums from warm-up to horizon as the kernel left them."""

    stop: Stop
    places: Array
    waits: Array
    ended: Array
    daily: Array
    visits: Array
    seconds: int
    events: int


def _in_order(one: Callable[[int], _Outcome], count: int, workers: int) -> Iterator[_Outcome]:
    if workers == 1 or count == 1:
        yield from map(one, range(count))
        return
    pool = ThreadPoolExecutor(workers)
    try:
        yield from pool.map(one, range(count))
    finally:
        pool.shutdown(cancel_futures=True)


def _replicate(
    compiled: Compiled,
    seed: int,
    number: int,
    horizon_s: int,
    warm_up_s: int,
    buffer: int,
    limit: int,
    drive: Callable[[View, Any], int],
    policy: Policy | None,
) -> _Outcome:
    from .._kernels.sim_kernel import bring_up

    run = Replication(compiled, seed, number, horizon_s // k.DAY_S, limit=limit, visits=buffer)
    kept, status = [], k.HORIZON
    before = (run.places.copy(), run.waits.copy(), run.ended.copy())
    for until in (warm_up_s, horizon_s) if warm_up_s else (horizon_s,):
        while True:
            status = run.go(until, drive, policy)
            kept.append(run.new_visits())
            if status not in (k.FULL, k.PAUSE):
                break
        bring_up(run.globals, run.places, run.series)
        if until < horizon_s and status == k.HORIZON:
            before = (run.places.copy(), run.waits.copy(), run.ended.copy())
            run.places["most_queue"], run.places["most_use"] = run.places["queue"], run.places["in_use"]
            run.waits["most"] = run.ended["most"] = 0
        elif status != k.HORIZON:
            break
    for now, then, columns in (
        (run.places, before[0], ("area_use", "area_queue", "area_capacity", "arrived", "left", "blocked")),
        (run.waits, before[1], ("n", "total", "squares")),
        (run.ended, before[2], ("n", "total", "squares")),
    ):
        for column in columns:
            now[column] -= then[column]
    rows = np.concatenate(kept)
    days = run.series[: int(run.globals[0]["day"])]
    daily = np.diff(days, axis=0, prepend=np.zeros((1, *days.shape[1:]), np.int64))
    at = int(run.globals[0]["now"])
    stop = _stop(run, number, status)
    events = int(run.globals[0]["events"])
    lasted = max(at - warm_up_s, 0)
    rows = rows[rows["arrived_s"] >= warm_up_s]
    return _Outcome(stop, run.places, run.waits, run.ended, daily, rows, lasted, events)


def _stop(run: Replication, number: int, status: int) -> Stop:
    """The end of a replication in words."""
    word, what = _REASONS[status]
    g, compiled, where = run.globals[0], run.compiled, ""
    names = compiled.model.place_names()
    if status == k.CROWDED:
        most = int(np.argmax(run.places["queue"]))
        queue, parked = int(run.places[most]["queue"]), " ".join(reversed(names[most]))
        where = f"{queue} of the {run.limit} tokens wait at {parked}"
    elif int(g["fault_place"]) >= 0:
        kind, name = names[int(g["fault_place"])]
        where = f"{kind} {name!r}"
    if int(g["current"]) >= 0:
        token = run.tokens[int(g["current"])]
        program, step = compiled.program_of(int(token["pc"]))
        step = min(step, len(compiled.model.programs[program].steps) - 1)
        told = f"program {program!r} step {step + 1} ({compiled.model.programs[program].steps[step].op})"
        where = f"{where}; {told}" if where else told
    resting = status in (k.HORIZON, k.STUCK, k.CROWDED)
    return Stop(number, word, int(g["now"]), what, where, find_deadlock(run) if resting else None)


def _tables(compiled: Compiled, outcomes: list[_Outcome], seed: int, options: dict[str, Any]) -> Runs:
    import polars as pl

    names, kinds, hour = compiled.model.place_names(), compiled.kinds, 3600.0
    word = pl.Enum(["resource", "hold", "bay", "gate"])
    of_place = {"place_kind": [kind for kind, _ in names], "place": [name for _, name in names]}

    def moments(rows: Array) -> dict[str, Array]:
        n = np.maximum(rows["n"], 1)
        mean = rows["total"] / n
        variance = np.maximum(rows["squares"] / n - mean**2, 0.0) * n / np.maximum(n - 1, 1)
        return {
            "n": rows["n"],
            "mean_h": mean / hour,
            "variance_h2": variance / hour**2,
            "most_h": rows["most"] / hour,
        }

    places, waits, ended, daily, visits = [], [], [], [], []
    for outcome in outcomes:
        number, p = outcome.stop.replication, outcome.places
        lasted = max(outcome.seconds, 1)
        places.append(
            pl.DataFrame(
                {
                    "replication": np.full(len(p), number),
                    **of_place,
                    "capacity": p["capacity"],
                    "mean_use": p["area_use"] / lasted,
                    "mean_capacity": p["area_capacity"] / lasted,
                    "most_use": p["most_use"],
                    "mean_queue": p["area_queue"] / lasted,
                    "most_queue": p["most_queue"],
                    "arrived": p["arrived"],
                    "left": p["left"],
                    "blocked_h": p["blocked"] / hour,
                }
            )
        )
        some = np.flatnonzero(outcome.waits["n"])
        waits.append(
            pl.DataFrame(
                {
                    "replication": np.full(len(some), number),
                    "place_kind": [names[at // len(kinds)][0] for at in some],
                    "place": [names[at // len(kinds)][1] for at in some],
                    "kind": [kinds[at % len(kinds)] for at in some],
                    **moments(outcome.waits[some]),
                },
                schema_overrides={"place_kind": pl.String, "place": pl.String, "kind": pl.String},
            )
        )
        ended.append(
            pl.DataFrame(
                {"replication": np.full(len(kinds), number), "kind": kinds, **moments(outcome.ended)}
            )
        )
        days, count = outcome.daily.shape[0], len(names)
        daily.append(
            pl.DataFrame(
                {
                    "replication": np.full(days * count, number),
                    "day": np.repeat(np.arange(days), count),
                    "place_kind": of_place["place_kind"] * days,
                    "place": of_place["place"] * days,
                    "mean_queue": outcome.daily[:, :, 0].ravel() / k.DAY_S,
                    "mean_use": outcome.daily[:, :, 1].ravel() / k.DAY_S,
                },
                schema_overrides={"place_kind": pl.String, "place": pl.String},
            )
        )
        visits.append(_visits(compiled, outcome))
    frames = [pl.concat(each) for each in (places, waits, ended, daily)]
    frames = [
        frame.with_columns(pl.col("place_kind").cast(word)) if "place_kind" in frame.columns else frame
        for frame in frames
    ]
    events = sum(outcome.events for outcome in outcomes)
    stops = tuple(outcome.stop for outcome in outcomes)
    return Runs(*frames, pl.concat(visits), stops, seed, events, options)


def _visits(compiled: Compiled, outcome: _Outcome) -> pl.DataFrame:
    """The visits of one replication, with names."""
    import polars as pl

    rows, names = outcome.visits, compiled.model.place_names()

    def named(column: str, words: list[str]) -> pl.Series:
        codes = pl.Series(np.ascontiguousarray(rows[column]).astype(np.uint32))
        unique = list(dict.fromkeys(words))
        table = pl.Series(words, dtype=pl.Enum(unique))
        return table.gather(codes) if len(rows) else pl.Series([], dtype=pl.Enum(unique))

    steps, programs = [], []
    for name in compiled.first_step:
        for number in range(len(compiled.model.programs[name].steps)):
            programs.append(name)
            steps.append(number + 1)
    return pl.DataFrame(
        {
            "replication": np.full(len(rows), outcome.stop.replication),
            **{name: np.ascontiguousarray(rows[name]) for name in ("token", "consignment")},
            "kind": named("kind", compiled.kinds),
            "place_kind": named("place", [kind for kind, _ in names]),
            "place": named("place", [name for _, name in names]),
            "program": named("step", programs),
            "step": np.array(steps, np.int32)[rows["step"]],
            **{
                name: np.ascontiguousarray(rows[name])
                for name in ("size", "queue_on_arrival", "arrived_s", "started_s", "finished_s", "left_s")
            },
        }
    )
