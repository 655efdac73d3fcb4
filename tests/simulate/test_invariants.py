"""What holds in every model: nothing is lost, nothing is overfull, causes come first, Little's law."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midcorridor._kernels import sim_layout as k

from .drawn import HORIZON, drawn_model, of_kernel

SEEDS = st.integers(min_value=1000, max_value=1_000_000)


def held(run: Any) -> dict[int, int]:
    """Units held of each place by the tokens that are still there."""
    found: dict[int, int] = defaultdict(int)
    for row in run.alive():
        at = int(run.tokens[row]["held"])
        while at >= 0:
            found[int(run.holdings[at]["place"])] += int(run.holdings[at]["amount"])
            at = int(run.holdings[at]["next"])
    return found


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_nothing_is_lost_and_nothing_overfull(seed: int) -> None:
    model = drawn_model(seed)
    answer = of_kernel(model, seed)
    run, g = answer["run"], answer["run"].globals[0]
    ended = int(run.ended["n"].sum())
    assert int(g["serials"]) == ended + len(run.alive()) == ended + int(g["alive"])
    units = held(run)
    parked: dict[int, int] = defaultdict(int)
    for row in run.alive():
        if run.tokens[row]["state"] == k.PARKED:
            parked[int(run.compiled.steps[run.tokens[row]["pc"]]["a"])] += int(run.tokens[row]["size"])
    names = model.place_names()
    for number, (kind, name) in enumerate(names):
        place = run.places[number]
        if kind == "resource":
            assert units[number] == place["in_use"]
            if name not in ("r0", "pool a", "pool b"):  # whose capacity changes
                steady = all(
                    step.options.get("resource") != name
                    for program in model.programs.values()
                    for step in program.steps
                    if step.op == "capacity"
                )
                assert not steady or place["most_use"] <= model.places[name].capacity
        elif kind == "hold":
            assert parked[number] == place["in_use"]
        assert place["arrived"] == place["left"] + place["queue"] + (
            sum(1 for row in run.alive() for p in _places_held(run, row) if p == number)
            if kind == "resource"
            else 0
        )
    pools = [number for number, (_, name) in enumerate(names) if name in ("pool a", "pool b")]
    before = sum(model.places[name].capacity for name in ("pool a", "pool b"))
    assert sum(int(run.places[number]["capacity"]) for number in pools) == before


def _places_held(run: Any, row: int) -> list[int]:
    found, at = [], int(run.tokens[row]["held"])
    while at >= 0:
        found.append(int(run.holdings[at]["place"]))
        at = int(run.holdings[at]["next"])
    return found


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_causes_come_first_and_little_holds(seed: int) -> None:
    answer = of_kernel(drawn_model(seed), seed)
    run, now = answer["run"], answer["now"]
    use: dict[Any, int] = defaultdict(int)
    queue: dict[Any, int] = defaultdict(int)
    for _, _, kind, name, _, _, size, found, arrived, started, finished, left, _ in answer["visits"]:
        assert 0 <= arrived <= started <= finished <= left <= now
        assert size >= 1
        assert found >= 0
        if kind == "resource":
            use[kind, name] += size * (left - started)
            queue[kind, name] += started - arrived
    # What is still held or still waits counts up to now. Then the sums are equal to the second.
    names = run.compiled.model.place_names()
    for row in run.alive():
        at = int(run.tokens[row]["held"])
        while at >= 0:
            h = run.holdings[at]
            use[names[h["place"]]] += int(h["amount"]) * (now - int(h["started"]))
            queue[names[h["place"]]] += int(h["started"] - h["arrived"])
            at = int(h["next"])
        asking = int(run.tokens[row]["asking"])
        if asking >= 0 and run.tokens[row]["state"] == k.QUEUED:
            queue[names[run.holdings[asking]["place"]]] += now - int(run.holdings[asking]["arrived"])
    split = any(visit[0] != visit[1] for visit in answer["visits"])
    for number, name in enumerate(names):
        if name[0] == "resource":
            place = run.places[number]
            assert use[name] == place["area_use"]
            if not split:  # the parts of a split consignment share one wait
                assert queue[name] == place["area_queue"]


@pytest.mark.parametrize("room", [1, 2, 10, 1000])
def test_a_small_buffer_of_visits_changes_nothing(room: int) -> None:
    for seed in range(5):
        model = drawn_model(seed)
        whole, pieces = of_kernel(model, seed, visits=1 << 20), of_kernel(model, seed, visits=room)
        for what in ("visits", "places", "waits", "ended", "days", "events", "now"):
            assert whole[what] == pieces[what]


def test_a_run_in_pieces_is_the_whole_run() -> None:
    from midcorridor._kernels.sim_kernel import advance
    from midcorridor.simulate.compiled import compile_model
    from midcorridor.simulate.state import Replication

    from .drawn import policy

    for seed in range(5):
        compiled = compile_model(drawn_model(seed))
        runs = [Replication(compiled, seed, 0, 4, limit=5000, visits=1 << 16) for _ in range(2)]
        for run, ends in zip(runs, ((HORIZON,), range(9999, HORIZON, 9999)), strict=True):
            for end in (*ends, HORIZON):
                assert run.go(end, lambda _, arguments: advance(*arguments), policy) != k.FULL
        assert np.array_equal(runs[0].new_visits(), runs[1].new_visits())
        assert np.array_equal(runs[0].waits, runs[1].waits)
