"""Run a model: replications with seeds of their own, and tables of what came of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from .._kernels import sim_layout as k
from ..errors import Fault, InputError
from .compiled import Array, Compiled, compile_model
from .deadlock import find_deadlock
from .model import Model
from .outcomes import Outcome, Runs, Stop, tables, visits_of
from .state import Policy, Replication, View

if TYPE_CHECKING:
    import polars as pl

Progress = Callable[[int, int, str], None]
Collect = Callable[[int, "pl.DataFrame"], None]


class Watch(Protocol):
    """Looks at a replication under way, from the warm-up on; it changes nothing."""

    every_s: int

    def look(self, run: Replication) -> None:
        """Called at the warm-up and then every `every_s` seconds."""


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


def loop(policy: Policy | None) -> tuple[Callable[[View, Any], int], Policy | None]:
    """What runs the kernel with this policy, and the policy as Python can ask it."""
    from .._kernels.sim_kernel import advance, driver

    plain = getattr(policy, "py_func", None)
    fast = getattr(policy, "fast", policy if plain else None)
    if fast is not None:
        # Kernels carry no annotations: see _kernels/compiling.py.
        return driver(fast), plain  # type: ignore[no-untyped-call]
    return (lambda _, arguments: int(advance(*arguments))), plain or policy


def run(
    model: Model,
    *,
    horizon_s: int,
    seed: int,
    replications: int = 1,
    first: int = 0,
    warm_up_s: int = 0,
    visits: bool | Collection[str] = False,
    collect: Collect | None = None,
    only: Collection[str] = (),
    buffer: int = 1 << 16,
    limit: int = 200_000,
    policy: Policy | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> Runs:
    """Tables of what happens from warm_up_s to horizon_s, the same for any number of workers.

    seed, replications : replication r of a seed draws numbers of its own, whatever else is run
    first : number of the first replication, so that others can be run elsewhere
    visits : keep every visit that begins in that time, or only those of the places of these names; buffer :
        how many rows at a time
    collect : is given the number and the visits of each replication in turn, those before warm_up_s too,
        which are then let go: for more of them than there is memory
    only : of the places of these names alone visits are recorded, to be collected
    limit : tokens alive at most; a replication that would have more stops there and says so
    policy : answers the model's policy steps, compiled by Numba or plain Python
        (rule, token, now_s, view) -> number; view is a `state.View`
    watch : looks at the first replication at fixed times; nothing comes out otherwise for it
    workers : threads; the kernel runs without the interpreter's lock
    Raises InputError for a model or option that cannot be; ends of runs are in `stops`, never raised.
    """
    _check(model, horizon_s, seed, replications, first, warm_up_s, buffer, limit, policy, workers)
    compiled = compile_model(model)
    drive, asked = loop(policy)
    recorded = only or (() if isinstance(visits, bool) else visits)
    places = None
    if recorded:
        names = [name for _, name in model.place_names()]
        places = np.array([number for number, name in enumerate(names) if name in recorded], np.int32)

    def one(number: int) -> Outcome:
        return _replicate(
            compiled, seed, number, horizon_s, warm_up_s, buffer if kept else 0, limit, drive, asked, places,
            watch if number == first else None,
        )  # fmt: skip

    kept = visits or collect is not None
    outcomes: list[Outcome] = []
    for outcome in _in_order(one, range(first, first + replications), workers):
        if collect is not None:
            collect(outcome.stop.replication, visits_of(compiled, [outcome]))
        rows = outcome.visits
        outcome.visits = rows[rows["arrived_s"] >= warm_up_s] if visits else rows[:0].copy()
        outcomes.append(outcome)
        if progress is not None:
            progress(len(outcomes), replications, f"replication {len(outcomes)}")
    options = {"horizon_s": horizon_s, "warm_up_s": warm_up_s, "replications": replications, "limit": limit}
    return tables(compiled, outcomes, seed, options)


def _check(
    model: Model,
    horizon_s: int,
    seed: int,
    replications: int,
    first: int,
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
        ("first", first, 0, 2**32 - 1 - replications),
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


def _in_order(one: Callable[[int], Outcome], numbers: range, workers: int) -> Iterator[Outcome]:
    if workers == 1 or len(numbers) == 1:
        yield from map(one, numbers)
        return
    pool = ThreadPoolExecutor(workers)
    try:
        yield from pool.map(one, numbers)
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
    only: Array | None = None,
    watch: Watch | None = None,
) -> Outcome:
    from .._kernels.sim_kernel import bring_up

    run = Replication(compiled, seed, number, horizon_s // k.DAY_S, limit=limit, visits=buffer)
    kept, status = [], k.HORIZON
    before = (run.places.copy(), run.waits.copy(), run.ended.copy())
    looks = set(range(warm_up_s, horizon_s, watch.every_s)) if watch else set()
    for until in sorted({*looks, warm_up_s, horizon_s} - {0}):
        while True:
            status = run.go(until, drive, policy)
            found = run.new_visits()
            kept.append(found if only is None else found[np.isin(found["place"], only)])
            if status not in (k.FULL, k.PAUSE):
                break
        if watch is not None and until in looks and status == k.HORIZON:
            watch.look(run)
        if until not in (warm_up_s, horizon_s) and status == k.HORIZON:
            continue
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
    return Outcome(stop, run.places, run.waits, run.ended, daily, rows, lasted, events)


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
