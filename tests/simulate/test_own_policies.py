"""Policies of one's own: what they are asked, that a compiled one answers as the plain, and how they fail."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from midcorridor.cli import main
from midcorridor.errors import InputError
from midcorridor.network.compiled import holds_on
from midcorridor.scenario import Scenario
from midcorridor.simulate import (
    ANY_FERRY,
    BERTH,
    CRANE,
    DETOUR,
    LEAVE,
    Measured,
    Policy,
    measure,
    read_policy,
    simulate,
    try_policies,
)
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.deciding import BEHIND, FIRST, IN_TURN
from midcorridor.simulate.policies import Ask, Names, Seen, as_policy

from .drawn import of_kernel, of_twin
from .given import Rows, changed, shipped
from .test_decisions import ferried, few_cranes, skies, with_rows

YEAR, SEED = 2025, 5
FEEDERS = "feeder-aktau-alat"
WEST = f"{FEEDERS} kz-aktau>az-alat"
FLEETS = [
    row
    for row in shipped().tables["fleets"]
    if FEEDERS in row["service_ids"] and row["status"] == "open" and holds_on(row, date(YEAR, 7, 1))
]
Answer = Callable[[Ask, int, Seen], float]


def as_told(names: Names) -> Answer:
    return lambda ask, now_s, view: ask.default


def everything(names: Names) -> Answer:
    """A rule that looks at all that it may."""
    waiting, ships, yard = names.place(WEST), names.vehicles(WEST), names.place("kz-aktau yard")
    aktau, from_day = names.terminal("kz-aktau"), names.second(names.first) + 5 * 86_400

    def rule(ask: Ask, now_s: int, view: Seen) -> float:
        free = view.capacity[yard] - view.use[yard]
        if ask.decision == LEAVE:
            return 1.0 if ask.held_h >= 3 or ask.rail == 0 or now_s < from_day or free * 3 > 900 else 0.0
        if ask.decision == DETOUR:
            return 1.0 if view.use[waiting] > 100 and view.queue[ships] == 0 else 0.0
        if ask.decision == CRANE:
            return 2.0 * ask.rail
        if ask.decision == BERTH and ask.terminal == aktau:
            return 0.0 if ask.load + ask.room > 100 else 2.0
        return float(ask.default)

    return rule


def run(network: Any, policy: Any, **other: Any) -> Measured:
    return measure(network, year=YEAR, seed=SEED, policy=policy, **{"days": 60, "warm_up_d": 20, **other})


def assert_same(one: Any, other: Any) -> None:
    for name in ("places", "waits", "ended", "daily"):
        assert_frame_equal(getattr(one.runs, name), getattr(other.runs, name))


def differs(one: Any, other: Any) -> bool:
    return not one.runs.places.equals(other.runs.places)


def common(one: Any, other: Any) -> None:
    """Every row of the first stands in the second."""
    for name in ("places", "waits", "ended"):
        frames = []
        for table in (getattr(one.runs, name), getattr(other.runs, name)):
            keys = [key for key in ("replication", "place_kind", "place", "kind") if key in table.columns]
            named = [pl.col(key).cast(pl.String) for key in keys if key != "replication"]
            frames.append(table.with_columns(named).sort(keys))
        assert_frame_equal(frames[0], frames[1].join(frames[0].select(keys), on=keys, how="semi").sort(keys))


def test_a_policy_that_answers_what_the_tables_say_changes_nothing() -> None:
    """Not even where boxes may be sent a way that nobody else takes: its trains wait until one comes."""
    common(run(shipped(), None, replications=2), run(shipped(), as_told, replications=2))
    network = with_rows({"detour_loads": 1, "boxes_first": 1, "crane_first": 2})
    assert_same(run(network, as_told, replications=2), run(network, None, replications=2))


def test_ways_that_nobody_is_sent_change_nothing() -> None:
    common(run(shipped(), None, days=365), run(with_rows({"detour_loads": 1000}), None, days=365))


def test_a_compiled_policy_does_what_the_plain_one_does_for_any_workers() -> None:
    network = changed(facilities=few_cranes)
    compiled = run(network, everything, replications=2)
    assert_same(compiled, run(network, Policy("plain", everything, compiled=False), replications=2))
    assert_same(compiled, run(network, everything, replications=2, workers=2))
    assert differs(compiled, run(network, as_told, replications=2))
    made = corridor_model(network, YEAR, asking=True)
    assert as_policy(everything).told(as_policy(everything).bind(made))["compiled"]


def test_what_cannot_be_compiled_runs_plain() -> None:
    def with_text(names: Names) -> Answer:
        return lambda ask, now_s, view: float(f"{ask.default:d}")

    policy = as_policy(with_text)
    bound = policy.bind(corridor_model(shipped(), YEAR, asking=True))
    assert bound.fast is None
    assert policy.told(bound)["compiled"] is False
    common(run(shipped(), None, days=20, warm_up_d=5), run(shipped(), with_text, days=20, warm_up_d=5))


def detour_at(load: float) -> Callable[[Names], Answer]:
    def make(names: Names) -> Answer:
        waiting = {
            names.terminal(port): names.place(f"{FEEDERS} {port}>{other}")
            for port, other in (("kz-aktau", "az-alat"), ("az-alat", "kz-aktau"))
        }
        return lambda ask, now_s, view: (
            view.use[waiting[ask.terminal]] >= load if ask.decision == DETOUR else ask.default
        )

    return make


def first_of(decision: int, who: Callable[[Ask], bool]) -> Callable[[Names], Answer]:
    def make(names: Names) -> Answer:
        def rule(ask: Ask, now_s: int, view: Seen) -> float:
            if ask.decision != decision:
                return ask.default
            return FIRST if who(ask) else IN_TURN

        return rule

    return make


def always(decision: int, answer: float) -> Callable[[Names], Answer]:
    return lambda names: lambda ask, now_s, view: answer if ask.decision == decision else ask.default


LOAD = -(-sum(row["teu"] for row in FLEETS) // len(FLEETS))
SAME: dict[str, tuple[dict[str, float], dict[str, float], Any]] = {
    "berth": ({"boxes_first": 1}, {}, first_of(BERTH, lambda ask: ask.service >= 0)),
    "crane, ships": ({"crane_first": 1}, {}, first_of(CRANE, lambda ask: ask.rail == 0)),
    "crane, trains": ({"crane_first": 2}, {}, first_of(CRANE, lambda ask: ask.rail == 1)),
    "any ferry": ({"truck_loads": 0}, {}, always(ANY_FERRY, 1)),
    "detour": ({"detour_loads": 1}, {}, detour_at(LOAD)),
}


@pytest.mark.parametrize("name", SAME)
def test_a_policy_that_decides_as_a_row_would_gives_its_tables(name: str) -> None:
    rows, beside, policy = SAME[name]
    row = run(with_rows(rows, facilities=few_cranes), None, days=200)
    asked = run(with_rows(beside, facilities=few_cranes), Policy(name, policy, compiled=False), days=200)
    common(row, asked)
    assert differs(row, run(with_rows(beside, facilities=few_cranes), None, days=200))


def test_a_train_that_may_not_leave_does_not_and_one_that_is_held_leaves_later() -> None:
    def hold(hours: int) -> Callable[[Names], Answer]:
        def make(names: Names) -> Answer:
            mine = names.service("train-alat-poti")

            def rule(ask: Ask, now_s: int, view: Seen) -> float:
                mine_leaves = ask.decision == LEAVE and ask.service == mine
                return ask.held_h >= hours if mine_leaves else ask.default

            return rule

        return make

    at_once, later, never = (run(shipped(), hold(hours), days=120) for hours in (0, 30, 10_000))

    def of(measured: Measured) -> tuple[int, float]:
        rows = measured.runs.waits.with_columns(pl.col("place", "place_kind").cast(pl.String))
        rows = rows.filter(pl.col("place") == "train-alat-poti az-alat>ge-poti", place_kind="hold")
        n = int(rows["n"].sum())
        return n, float((rows["n"] * rows["mean_h"]).sum()) / max(n, 1)

    assert of(never)[0] <= 1  # the box around which the train is formed
    assert of(later)[0] > 100
    assert of(later)[1] > of(at_once)[1] + 15
    assert_frame_equal(skies(at_once), skies(later))
    assert_frame_equal(ferried(at_once), ferried(later))


@pytest.mark.parametrize("compiled", [True, False])
def test_a_policy_that_raises_is_told_with_the_decision_and_the_place(compiled: bool) -> None:
    def make(names: Names) -> Answer:
        aktau = names.terminal("kz-aktau")

        def rule(ask: Ask, now_s: int, view: Seen) -> float:
            if ask.decision == LEAVE and ask.terminal == aktau:
                raise ValueError("no ships today")
            return ask.default

        return rule

    policy = Policy("mine", make, compiled)
    bound = policy.bind(corridor_model(shipped(), YEAR, asking=True))
    assert (bound.fast is not None) is compiled
    words = r"leave at kz-aktau for feeder-aktau-alat, day \d+, second \d+: .*ValueError: no ships"
    with pytest.raises(InputError, match=words):
        run(shipped(), policy, workers=2, replications=2)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (lambda ask, now_s, view: None, "policy raised TypeError"),
        (lambda ask, now_s, view: view.use.__setitem__(0, 1), "read-only"),
    ],
)
def test_answers_that_are_none_and_places_that_are_written_to_are_told(rule: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        run(shipped(), lambda names: rule)


def test_an_answer_that_is_no_number_stops_the_run() -> None:
    runs = run(shipped(), lambda names: lambda ask, now_s, view: float("nan")).runs
    assert [stop.word for stop in runs.stops] == ["no_answer"]
    assert "(policy)" in runs.stops[0].where


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (
            lambda names: names.place("kz-aktau yards"),
            "'kz-aktau yards' is no place. Did you mean 'kz-aktau yard'",
        ),
        (lambda names: names.vehicles("kz-aktau yard"), "'kz-aktau yard' is no hold"),
        (lambda names: names.terminal("aktau"), "'aktau' is no terminal of a decision"),
        (lambda names: names.service("feeder"), "'feeder' is no service of a decision"),
        (lambda names: 1 // 0, "raised ZeroDivisionError before anything ran"),
        (lambda names: 3, "it returned no function"),
    ],
)
def test_what_is_wrong_with_a_maker_is_told_before_anything_runs(ask: Any, words: str) -> None:
    made = corridor_model(shipped(), YEAR, asking=True)
    with pytest.raises(InputError, match=words):
        as_policy(ask).bind(made)
    with pytest.raises(InputError, match="this is no function"):
        as_policy(3)


def small(rows: Rows) -> Rows:
    """One flow of boxes, few of them, so that the twin is done in seconds."""
    return [{**row, "value": 20_000} for row in rows if row["volume_id"] == f"demand-kazakhstan-poti-{YEAR}"]


def test_the_twin_answers_as_the_kernel_does() -> None:
    """With a plain policy, on the corridor itself with few boxes."""
    rows = {"volumes": small, "demand_months": lambda _: []}  # months name flows that are left out here
    network = with_rows({"hold_for_h": 6, "bunch_trains": 12}, **rows)
    made = corridor_model(network, YEAR, warm_up_d=0, asking=True)

    def make(names: Names) -> Answer:
        waiting = names.place(WEST)

        def rule(ask: Ask, now_s: int, view: Seen) -> float:
            if ask.decision == LEAVE:
                return ask.held_h >= 2
            if ask.decision == DETOUR:
                return view.use[waiting] >= 2
            return BEHIND if ask.rail else IN_TURN

        return rule

    policy = Policy("both", make, compiled=False).bind(made)
    days = 50 * 86_400
    ours = of_kernel(made.model, SEED, days, 1 << 20, 20_000, asked=policy)
    plain = of_twin(made.model, SEED, days, asked=policy)
    assert len(ours["visits"]) > 1000
    for what in ("status", "now", "events", "alive", "places", "waits", "ended", "days", "visits"):
        assert ours[what] == plain[what], what


def test_policies_are_held_against_the_base_pair_by_pair() -> None:
    asked: dict[str, Any] = {"year": YEAR, "replications": 3, "seed": SEED, "days": 60, "warm_up_d": 20}
    nothing = Scenario(name="nothing", changes=())
    tried = try_policies(shipped(), [as_told, nothing, always(ANY_FERRY, 1)], **asked)
    rows = tried.to_frame().to_dicts()
    assert [row["policy"] for row in rows][:2] == ["as_told", "nothing"]
    for row in rows[:2]:  # exactly nothing, with an interval of no width
        assert [row[f"saved_d{end}"] for end in ("", "_low", "_high")] == [0, 0, 0]
        assert row["pairs"] == 3
    assert rows[2]["saved_box_d"] == 0  # trucks and boxes share nothing but the weather
    assert rows[2]["saved_truck_d"] != 0
    assert rows[2]["saved_d_low"] < rows[2]["saved_d"] < rows[2]["saved_d_high"]


FILE = '''
from midcorridor.simulate import LEAVE

def trains_wait(names):
    """Trains leave six hours later."""
    def rule(ask, now_s, view):
        return ask.held_h >= 6 if ask.decision == LEAVE and ask.rail else ask.default
    return rule

NUMBER = 3
'''


def test_the_command_runs_a_file_of_ones_own_beside_the_base(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, folder = tmp_path / "mine.py", tmp_path / "made"
    file.write_text(FILE, "utf-8")
    words = ["simulate", "--replications", "1", "--warm-up-days", "5", "--levers", "0", "--seed", str(SEED)]
    with pytest.raises(SystemExit):
        main([*words, "--policy", f"{file}:trains_wait", "-f", "json", "-o", str(folder)])
    told = json.loads(capsys.readouterr().out)
    [row] = told["policies"]
    assert row["policy"] == "mine.py:trains_wait"
    assert row["pairs"] == 1
    assert row["saved_box_d"] != 0
    assert row["saved_truck_d"] == 0
    assert told["run"]["options"]["policy"]["compiled"]
    assert (folder / "summary" / "policies.csv").read_text("utf-8").startswith("policy,saved_d,")
    held = simulate(
        shipped(),
        year=YEAR,
        seed=SEED,
        replications=1,
        warm_up_d=5,
        policy=read_policy(f"{file}:trains_wait"),
    )
    arrived = {row["volume_id"]: row["simulated"] for row in told["volumes"]}
    assert arrived == dict(held.volumes.select("volume_id", "simulated").iter_rows())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("mine.py:NUMBER", "has no function 'NUMBER'"),
        ("mine.py:train_wait", "Did you mean 'trains_wait'"),
        ("mine.py", "names no function in a file"),
        ("none.py:rule", "there is no file"),
        ("bad.py:rule", "bad.py raised ModuleNotFoundError"),
    ],
)
def test_files_that_hold_no_policy_are_refused(given: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(FILE, "utf-8")
    (tmp_path / "bad.py").write_text("import not_there_at_all\n", "utf-8")
    with pytest.raises(InputError, match=words):
        read_policy(str(tmp_path / given))


def test_a_policy_is_no_option_over_http() -> None:
    """It is code that is run as it is: only who runs the command may name it."""
    pytest.importorskip("fastapi")
    from midcorridor.api.reading import SimulateAsk

    assert "replications" in SimulateAsk.model_fields
    assert "policy" not in SimulateAsk.model_fields
    with pytest.raises(ValueError, match="policy"):
        SimulateAsk.model_validate({"policy": "mine.py:rule"})
    contract = Path(__file__).parents[2] / "docs" / "openapi.json"
    ask = json.loads(contract.read_text("utf-8"))["components"]["schemas"]["SimulateAsk"]["properties"]
    assert "policy" not in ask


def test_the_example_of_the_page_runs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulation_corridor.md").read_text("utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    exec(compile(code, "simulation_corridor.md", "exec"), names)  # noqa: S102 - our own page
    assert differs(run(shipped(), names["round_aktau"], days=100), run(shipped(), None, days=100))
