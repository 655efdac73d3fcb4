"""What cannot be run is refused with every fault named; what goes wrong on the way stops and says where."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from midcorridor.errors import InputError
from midcorridor.simulate import Model, Stop, constant, empirical, exponential, lognormal, run, uniform

DAY = 86400


def base() -> Model:
    model = Model()
    model.resource("crane", 2)
    model.hold("quay")
    model.gate("sea")
    model.calendar("slots", [0, 100], period_s=1000)
    model.program("box").seize("crane").delay(100).release("crane").end()
    model.start("a box", "box")
    return model


WRONG: list[tuple[str, Callable[[Model], Any], str]] = [
    ("unknown_resource", lambda m: m.program("p").seize("cranes").end(), "Did you mean 'crane'?"),
    ("unknown_hold", lambda m: m.program("p").join("crane").end(), "'crane' is no hold"),
    ("unknown_gate", lambda m: m.program("p").work(1, "see").end(), "program 'p' step 1 (work)"),
    ("unknown_calendar", lambda m: m.program("p").until("slot").end(), "Did you mean 'slots'?"),
    ("unknown_label", lambda m: m.program("p").jump("there"), "'there' is no label"),
    ("unknown_label", lambda m: m.program("p").choose({"there": 1.0}), "'there' is no label"),
    ("unknown_program", lambda m: m.program("p").spawn("boxes").end(), "Did you mean 'box'?"),
    ("unknown_program", lambda m: m.start("b", "bux"), "token 'b'"),
    ("unknown_attribute", lambda m: m.program("p").delay(1, times="sise").end(), "'sise'"),
    ("unknown_measure", lambda m: m.program("p").test("length", "crane", "<", 1, "l").end(), "room_left"),
    ("unknown_place", lambda m: m.program("p").test("open", "crane", "<", 1, "l").label("l").end(), "open"),
    ("unknown_comparison", lambda m: m.program("p").test("size", None, "<=", 1, "l").label("l").end(), ">="),
    ("bad_duration", lambda m: m.program("p").delay(-5).end(), "negative duration"),
    ("bad_duration", lambda m: m.program("p").delay(constant(float("nan"))).end(), "not finite"),
    ("bad_duration", lambda m: m.program("p").delay(lognormal(200, 100)).end(), "90th percentile"),
    ("bad_duration", lambda m: m.program("p").delay(uniform(5, 1)).end(), "last value before"),
    ("bad_duration", lambda m: m.program("p").delay(empirical([-1, 2])).end(), "negative duration"),
    ("bad_duration", lambda m: m.program("p").delay(empirical([1, 2], [0.5, 0.4])).end(), "sum to 0.9"),
    ("bad_shares", lambda m: m.program("p").label("l").choose({"l": 0.9}), "probabilities do not sum"),
    ("over_capacity", lambda m: m.program("p").seize("crane", 3).end(), "1 to 2"),
    (
        "over_capacity",
        lambda m: (m.program("p").seize("crane", by_size=True).end(), m.start("big", "p", size=9)),
        "bigger than all of 'crane'",
    ),
    (
        "no_capacity",
        lambda m: (m.resource("ships", 0), m.program("p").seize("ships").release("ships").end()),
        "resource 'ships'",
    ),
    ("out_of_range", lambda m: m.resource("more", 5, most=4), "a capacity that cannot be"),
    ("out_of_range", lambda m: m.calendar("late", [2000], period_s=1000), "0 to 999"),
    ("out_of_range", lambda m: m.start("c", "box", priority=16), "0 to 15"),
    ("out_of_range", lambda m: m.start("c", "box", size=0), "1 or more"),
    ("out_of_range", lambda m: m.arrivals("t", [(-1, "box", "box", 0, 1)]), "arrivals 't' row 1"),
    ("no_take", lambda m: m.program("p").fill("quay", 5).end(), "its bay would stay taken"),
    ("no_end", lambda m: m.program("p").delay(5), "leads nowhere"),
    ("no_end", lambda m: m.program("p"), "leads nowhere"),
    ("twice", lambda m: m.resource("crane", 1), "'crane' is given twice"),
    ("twice", lambda m: m.program("p").label("l").delay(1).label("l").end(), "label 'l'"),
]


@pytest.mark.parametrize(
    ("code", "spoil", "text"), WRONG, ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_model_that_cannot_be_is_refused(code: str, spoil: Callable[[Model], Any], text: str) -> None:
    model = base()
    run(model, horizon_s=1000, seed=1)
    spoil(model)
    with pytest.raises(InputError, match=re.escape(text)) as caught:
        run(model, horizon_s=1000, seed=1)
    assert code in [fault.code for fault in caught.value.faults]


def test_all_faults_come_at_once() -> None:
    model = base()
    model.program("p").seize("cranes").delay(-1).jump("nowhere")
    with pytest.raises(InputError) as caught:
        run(model, horizon_s=1000, seed=1)
    assert [fault.code for fault in caught.value.faults] == [
        "unknown_resource",
        "bad_duration",
        "unknown_label",
    ]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"warm_up_s": 1000}, "short_horizon"),
        ({"horizon_s": 0}, "out_of_range"),
        ({"seed": -1}, "out_of_range"),
        ({"replications": 0}, "out_of_range"),
        ({"workers": 0}, "out_of_range"),
        ({"limit": 0}, "out_of_range"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        run(base(), **{"horizon_s": 1000, "seed": 1, **options})
    assert code in [fault.code for fault in caught.value.faults]


def stopped(model: Model, horizon_s: int = DAY, **options: Any) -> Stop:
    runs = run(model, horizon_s=horizon_s, seed=1, **options)
    assert not runs.well
    return runs.stops[0]


def test_demand_that_no_capacity_can_serve_says_where_it_piles_up() -> None:
    model = base()
    model.generator("flood", "box", every=10)
    stop = stopped(model, horizon_s=365 * DAY, limit=1000)
    assert stop.word == "crowded"
    assert stop.where.startswith("99")
    assert "wait at crane resource" in stop.where
    assert stop.at_s < DAY


def test_runtime_faults_name_the_step() -> None:
    cases: list[tuple[str, Callable[[Any], Any]]] = [
        ("not_held", lambda p: p.release("crane").end()),
        ("held_at_end", lambda p: p.seize("crane").end()),
        ("opened_twice", lambda p: p.open("sea").end()),
        ("capacity", lambda p: p.capacity("crane", 1).end()),
        ("capacity", lambda p: p.capacity("crane", -3).end()),
        ("endless", lambda p: p.label("l").jump("l")),
        ("negative_duration", lambda p: p.set("n", -2).delay(5, times="n").end()),
        ("over_capacity", lambda p: p.spawn("big", size=5).end()),
    ]
    for word, make in cases:
        model = base()
        model.program("big").seize("crane", by_size=True).release("crane").end()
        make(model.program("p"))
        model.start("wrong", "p")
        stop = stopped(model)
        assert stop.word == word
        assert "program 'p'" in stop.where or word == "over_capacity"


def test_cargo_that_holds_what_does_not_divide_is_not_split() -> None:
    model = base()
    model.program("cargo").seize("crane").join("quay", releasing="crane").end()
    model.program("ship").take("quay", split=True).alight().end()
    model.start("cargo", "cargo", size=5)
    model.start("ship", "ship", at_s=10, room=3)
    assert stopped(model).word == "unsplit"


def test_a_vehicle_does_not_end_with_cargo_aboard() -> None:
    model = base()
    model.program("cargo").join("quay", ticket=1).end()
    model.program("ship").take("quay").alight(0).end()
    model.start("cargo", "cargo")
    model.start("ship", "ship", at_s=10, room=3)
    assert stopped(model).word == "aboard_at_end"


def deadlocked(trains: int, *, weather: bool) -> Model:
    """Two single lines between two stations, entered from both ends."""
    model = Model()
    for line in ("east", "west"):
        model.resource(line, 1)
    for name, one, other in (("up", "east", "west"), ("down", "west", "east")):
        train = model.program(name).seize(one).delay(100).seize(other).release(one).delay(100)
        train.release(other).end()
        for number in range(trains):
            model.start(f"{name} {number}", name)
    if weather:
        model.gate("sea")
        sky = model.program("sky").label("again").delay(exponential(3600)).shut("sea").delay(60).open("sea")
        sky.jump("again")
        model.start("sky", "sky")
    return model


@pytest.mark.parametrize("weather", [False, True])
def test_a_deadlock_is_named_with_its_cycle(weather: bool) -> None:
    stop = stopped(deadlocked(2, weather=weather))
    assert stop.word == ("horizon" if weather else "stuck")
    assert stop.deadlock is not None
    assert stop.deadlock.tokens == 4
    assert sorted(stop.deadlock.places) == ["east", "west"]
    assert "up 0 waits for 'west' and holds 1 of east" in str(stop.deadlock)
    assert "down 2 waits for 'east' and holds 1 of west" in str(stop.deadlock)


def test_a_deadlock_of_full_yards_through_a_ferry() -> None:
    """Both yards full of cargo for the other side; the ferry waits for its cargo to find a place ashore."""
    model = Model()
    for side in ("a", "b"):
        model.hold(f"quay {side}")
        model.resource(f"yard {side}", 2)
    for side, other in (("a", "b"), ("b", "a")):
        box = model.program(f"box to {other}").seize(f"yard {side}")
        box.join(f"quay {side}", releasing=f"yard {side}").seize(f"yard {other}").leave()
        box.delay(10_000).release(f"yard {other}").end()
        model.generator(f"boxes to {other}", f"box to {other}", every=100)
    # It fetches from the far side only when it is empty, and the near yard is full by then.
    ferry = model.program("ferry").label("again").fill("quay a", 2).take("quay a").delay(500)
    ferry.alight(wait=True).fill("quay b", 2).take("quay b").delay(500).alight(wait=True).jump("again")
    model.start("ferry", "ferry", room=2)
    stop = stopped(model, horizon_s=5 * DAY, limit=20_000)
    assert stop.deadlock is not None
    words = str(stop.deadlock)
    assert "waits for its cargo to leave" in words
    assert "waits in 'quay b' for a vehicle and holds 1 of yard b" in words


def test_long_queues_and_closed_gates_are_no_deadlock() -> None:
    model = base()
    model.program("sky").delay(10 * DAY).shut("sea").delay(5 * DAY).open("sea").end()
    model.start("sky", "sky")
    model.program("sailor").gate("sea").work(100, "sea").end()
    model.generator("sailors", "sailor", every=exponential(3000))
    model.generator("boxes", "box", every=exponential(51))
    runs = run(model, horizon_s=14 * DAY, seed=1)
    assert runs.well


def test_breakdowns_that_may_be_mended_are_no_deadlock_and_others_are() -> None:
    for mended in (True, False):
        model = base()
        broken = model.program("broken").delay(50).capacity("crane", -2)
        if mended:
            broken.delay(30 * DAY).capacity("crane", 2)
        broken.end()
        model.start("luck", "broken")
        model.generator("boxes", "box", every=3000)
        runs = run(model, horizon_s=DAY, seed=1)
        deadlock = runs.stops[0].deadlock
        assert (deadlock is None) == mended
        if deadlock is not None:
            assert deadlock.places == ("crane",)
