"""Queues whose answers are known: means, and variances where there are formulas, within their intervals.

A mean over replications must lie within four standard errors of the theory, and the standard error must
be small enough for that to say something. Seeds are fixed, so a test never fails by chance.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from midcorridor.simulate import (
    Duration,
    Model,
    Runs,
    constant,
    empirical,
    exponential,
    lognormal,
    run,
    uniform,
    weibull,
)
from midcorridor.simulate.durations import Z90

# Seconds; long, so that rounding to whole ones is nothing.
MEAN = 10_000.0
HOURS = MEAN / 3600
MEDIAN = 0.7 * MEAN * math.exp(-0.32)  # of a lognormal with mean 0.7 MEAN and sigma 0.8


def queue(model: Model, name: str, service: Duration, servers: int) -> None:
    model.resource(name, servers)
    model.program("job").seize(name).delay(service).release(name).end()


def answer(model: Model, *, jobs: float = 40_000, replications: int = 24, seed: int = 1) -> Runs:
    horizon = min(int(jobs * MEAN * 1.1), 2**31 - 2)
    runs = run(
        model, horizon_s=horizon, warm_up_s=horizon // 11, seed=seed, replications=replications, workers=2
    )
    assert runs.well
    return runs


def within(values: pl.Series, expected: float, precision: float = 0.03) -> None:
    """The mean over replications agrees with the theory, and closely enough to tell."""
    numbers = values.to_numpy()
    error = numbers.std(ddof=1) / math.sqrt(len(numbers))
    assert error < precision * abs(expected), "too few replications to tell"
    assert abs(numbers.mean() - expected) <= 4 * error, f"{numbers.mean()} +- {error}, theory {expected}"


def waits(runs: Runs, place: str, kind: str = "job") -> pl.DataFrame:
    return runs.waits.filter(pl.col("place") == place, pl.col("kind") == kind)


def erlang_c(servers: int, load: float) -> float:
    """Probability to wait in M/M/c; load = arrival rate x mean service."""
    terms = [load**n / math.factorial(n) for n in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(terms) + last)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (1, 0.8), (2, 0.8), (5, 0.7)])
def test_mmc_mean_and_variance_of_wait(servers: int, load: float) -> None:
    model = Model()
    queue(model, "desk", exponential(MEAN * servers * load), servers)
    model.generator("jobs", "job", every=exponential(MEAN))
    runs = answer(model)
    delayed = erlang_c(servers, servers * load)
    rate = servers * (1 - load) / (servers * load * MEAN) * 3600  # of the wait of those who wait, per hour
    found = waits(runs, "desk")
    within(found["mean_h"], delayed / rate)
    within(found["variance_h2"], (2 - delayed) * delayed / rate**2, 0.06)
    places = runs.places.filter(pl.col("place") == "desk")
    within(places["mean_use"], servers * load)
    within(places["mean_queue"], delayed / rate / HOURS)


@pytest.mark.parametrize(
    ("service", "squares"),
    [
        (constant(0.7 * MEAN), 1.0),
        (lognormal(MEDIAN, MEDIAN * math.exp(0.8 * Z90)), math.exp(0.64)),
    ],
    ids=["M/D/1", "M/G/1"],
)  # fmt: skip
def test_pollaczek_khinchine(service: Duration, squares: float) -> None:
    """squares: second moment of the service over the square of its mean."""
    model = Model()
    queue(model, "desk", service, 1)
    model.generator("jobs", "job", every=exponential(MEAN))
    runs = answer(model, jobs=60_000)
    within(waits(runs, "desk")["mean_h"], 0.7**2 * squares / 2 / 0.3 * HOURS)


def test_mg1_variance_of_wait() -> None:
    """Takacs: E[W^2] = 2 E[W]^2 + rate E[S^3] / (3 (1 - load)); for constant service."""
    model = Model()
    queue(model, "desk", constant(0.6 * MEAN), 1)
    model.generator("jobs", "job", every=exponential(MEAN))
    mean = 0.36 / 2 / 0.4
    variance = mean**2 + 0.6**3 / 3 / 0.4
    within(waits(answer(model), "desk")["variance_h2"], variance * HOURS**2, 0.05)


def test_jackson_tandem() -> None:
    model = Model()
    job = model.program("job")
    loads = {"one": (1, 0.6), "two": (2, 0.75), "three": (3, 0.5)}
    for name, (servers, load) in loads.items():
        model.resource(name, servers)
        job.seize(name).delay(exponential(MEAN * servers * load)).release(name)
    job.end()
    model.generator("jobs", "job", every=exponential(MEAN))
    runs = answer(model)
    total = 0.0
    for name, (servers, load) in loads.items():
        wait = erlang_c(servers, servers * load) / (servers * (1 - load)) * servers * load
        within(waits(runs, name)["mean_h"], wait * HOURS)
        total += wait + servers * load
    within(runs.ended.filter(pl.col("kind") == "job")["mean_h"], total * HOURS)


def test_priority_without_interruption() -> None:
    """Cobham: W_k = W_0 / ((1 - load above)(1 - load above and own))."""
    model = Model()
    model.resource("desk", 1)
    for kind in ("first", "second", "third"):
        model.program(kind).seize("desk").delay(exponential(0.8 * MEAN / 3)).release("desk").end()
    for priority, kind in enumerate(("first", "second", "third")):
        model.generator(f"{kind}s", kind, every=exponential(MEAN), priority=priority)
    runs = answer(model)
    load = 0.8 / 3
    residual = 0.8 * load  # rate 3 x E[S^2] / 2 = 3 x 2 x load^2 / 2, in units of MEAN
    for place, kind in enumerate(("first", "second", "third")):
        mean = residual / (1 - place * load) / (1 - (place + 1) * load)
        within(waits(runs, "desk", kind)["mean_h"], mean * HOURS)


def test_finite_room_turns_away() -> None:
    """M/M/1/K: those who find K = 4 there go away; shares of a truncated geometric law."""
    model = Model()
    model.resource("room", 4)
    model.resource("desk", 1)
    job = model.program("job").test("free", "room", "<", 1, "full").seize("room")
    job.seize("desk").delay(exponential(0.9 * MEAN)).release("desk").release("room")
    job.jump("out").label("full").spawn("lost").label("out").end()
    model.program("lost").end()
    model.generator("jobs", "job", every=exponential(MEAN))
    runs = answer(model)
    weights = np.array([0.9**n for n in range(5)])
    shares = weights / weights.sum()
    places = runs.places.filter(pl.col("place") == "room")
    within(places["mean_use"], float(shares @ np.arange(5)))
    served = runs.places.filter(pl.col("place") == "desk")
    within(served["left"] / runs.options["horizon_s"] * 1.1 * MEAN, float(1 - shares[4]), 0.01)


def test_blocking_travels_back() -> None:
    """Two desks without room between: who is served at the first keeps it until the second is free.

    Saturated at the entry; a chain of three states (Hunt, Sequential arrays of waiting lines, 1956): the
    first desk finishes jobs at 2/3 of its rate where both are alike.
    """
    model = Model()
    model.resource("one", 1)
    model.resource("two", 1)
    job = model.program("job").seize("one").delay(exponential(MEAN)).seize("two").release("one")
    job.spawn("job").delay(exponential(MEAN)).release("two").end()
    model.start("the first", "job")
    runs = answer(model)
    two = runs.places.filter(pl.col("place") == "two")
    within(two["left"] / runs.options["horizon_s"] * 1.1 * MEAN, 2 / 3, 0.01)
    # A third of the time one is blocked: full while two still works on.
    one = runs.places.filter(pl.col("place") == "one")
    hours = runs.options["horizon_s"] / 1.1 / 3600
    within(one["blocked_h"] / hours, 1 / 3, 0.02)
    within(one["mean_use"], 1.0, 0.01)


def test_machine_repair() -> None:
    """Six machines, two repairers, a closed loop: shares from the birth and death chain."""
    model = Model()
    model.resource("repairer", 2)
    machine = model.program("machine").label("again").delay(exponential(2 * MEAN)).seize("repairer")
    machine.delay(exponential(MEAN)).release("repairer").jump("again")
    for number in range(6):
        model.start(f"machine {number}", "machine")
    runs = answer(model, jobs=30_000)
    weights = [1.0]
    for down in range(6):
        weights.append(weights[-1] * (6 - down) / 2 / min(down + 1, 2))
    shares = np.array(weights) / sum(weights)
    busy = float(shares @ np.minimum(np.arange(7), 2))
    broken = float(shares @ np.arange(7))
    places = runs.places.filter(pl.col("place") == "repairer")
    within(places["mean_use"], busy)
    within(places["mean_queue"], broken - busy)
    within(waits(runs, "repairer", "machine")["mean_h"], (broken - busy) / busy * HOURS)


def test_work_counts_only_while_open() -> None:
    """Open 12 h of 24: work of 6 h begun at any hour takes 6 h or 18 h, half and half, or in between."""
    model = Model()
    model.gate("hours")
    model.calendar("opens", [0], period_s=86400)
    model.calendar("shuts", [43200], period_s=86400)
    model.program("clock").label("again").until("shuts").shut("hours").until("opens").open("hours").jump(
        "again"
    )
    model.start("clock", "clock")
    model.program("job").work(21600, "hours").end()
    model.generator("jobs", "job", every=exponential(1000))
    runs = run(model, horizon_s=400 * 86400, seed=3, replications=10, warm_up_s=10 * 86400)
    # Begun at hour u of the day: 6 below 6; 18 from 6 to 12 (the night comes between); then 12 - u + 6 + 12.
    mean = (6 * 6 + 6 * 18 + sum((24 - u) + 6 for u in np.arange(12.0005, 24, 0.001)) * 0.001) / 24
    within(runs.ended.filter(pl.col("kind") == "job")["mean_h"], float(mean), 0.005)
    # Closed half the time: what is not the six hours of work is waiting for the gate.
    within(waits(runs, "hours")["mean_h"], float(mean) - 6, 0.01)


def test_waits_for_random_closures() -> None:
    """A gate shut a third of the time, without memory: a third wait, on average a whole closure more."""
    model = Model()
    model.gate("sea")
    sky = model.program("sky").label("again").delay(exponential(2 * MEAN)).shut("sea")
    sky.delay(exponential(MEAN)).open("sea").jump("again")
    model.start("sky", "sky")
    model.program("job").gate("sea").end()
    model.generator("jobs", "job", every=exponential(MEAN / 4))
    within(waits(answer(model), "sea")["mean_h"], HOURS / 3)


def _drawn(duration: Duration, moments: tuple[float, float]) -> None:
    model = Model()
    model.program("job").delay(duration).end()
    model.generator("jobs", "job", every=100)
    runs = run(model, horizon_s=20_000_000, seed=5, replications=8)
    found = runs.ended.filter(pl.col("kind") == "job")
    within(found["mean_h"], moments[0] / 3600)
    within(found["variance_h2"], moments[1] / 3600**2, 0.05)


def test_moments_of_what_is_drawn() -> None:
    _drawn(exponential(5000), (5000, 5000**2))
    sigma = math.log(2) / 1.2815515655446004
    mean = 5000 * math.exp(sigma**2 / 2)
    _drawn(lognormal(5000, 10_000), (mean, mean**2 * (math.exp(sigma**2) - 1)))
    _drawn(uniform(1000, 7000), (4000, 6000**2 / 12))
    mean = 5000 * math.gamma(1.5)
    _drawn(weibull(2.0, 5000), (mean, 5000**2 * math.gamma(2) - mean**2))
    variance = 0.5 * 1e6 + 0.25 * 90e6 - 3500**2
    _drawn(empirical([1000, 3000, 9000], [0.5, 0.25, 0.25]), (3500, variance))
