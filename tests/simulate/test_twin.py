"""The compiled kernel does what the plain one does, event for event."""

from __future__ import annotations

from collections import Counter

import pytest

from midcorridor._kernels import sim_layout as k
from midcorridor.simulate import Model, exponential

from .drawn import drawn_model, of_kernel, of_twin

STEPS = {
    *("SEIZE", "DELAY", "RELEASE", "WORK", "GATE", "OPEN", "SHUT", "JOIN", "FILL", "UNTIL", "TAKE", "ALIGHT"),
    *("LEAVE", "CHOOSE", "TEST", "JUMP", "LOOP", "SPAWN", "CAPACITY", "SET", "POLICY", "FEED", "END"),
}
COMPARED = ("status", "now", "events", "alive", "places", "waits", "ended", "days")


def assert_same(seed: int) -> Counter[str]:
    model = drawn_model(seed)
    ours, plain = of_kernel(model, seed), of_twin(model, seed)
    for at, (mine, theirs) in enumerate(zip(ours["visits"], plain["visits"], strict=False)):
        assert mine == theirs, f"seed {seed}: visit {at}"
    for what in COMPARED:
        assert ours[what] == plain[what], f"seed {seed}: {what}"
    assert len(ours["visits"]) == len(plain["visits"])
    return Counter({ours["status"]: 1, "visits": len(ours["visits"]), "events": ours["events"]})


@pytest.mark.parametrize("block", range(10))
def test_kernel_equals_twin_on_random_models(block: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(40 * block, 40 * block + 40):
        seen += assert_same(seed)
    assert seen["horizon"] > 20
    assert seen["visits"] > 1000


def test_random_models_use_every_step() -> None:
    assert sorted(getattr(k, name) for name in STEPS) == list(range(k.END + 1))
    used = {step.op for seed in range(40) for p in drawn_model(seed).programs.values() for step in p.steps}
    assert {op.upper() for op in used} == STEPS


def test_stale_events_are_dropped_without_a_trace() -> None:
    """Forty at work at a gate that shuts every minute: many times more events than the agenda holds."""
    model = Model()
    model.gate("sea")
    sky = model.program("sky").label("again").delay(50).shut("sea").delay(10).open("sea").jump("again")
    model.program("job").label("again").work(exponential(20_000), "sea").delay(5).jump("again")
    model.start("sky", "sky")
    assert sky.name == "sky"
    for number in range(40):
        model.start(f"job {number}", "job")
    ours, plain = of_kernel(model, 1, limit=41), of_twin(model, 1)
    assert ours["status"] == "horizon"
    assert ours["run"].globals[0]["seq"] > 100_000
    for what in (*COMPARED, "visits"):
        assert ours[what] == plain[what]


def test_kernel_and_twin_stop_alike() -> None:
    def wrong(number: int) -> Model:
        model = Model()
        model.resource("crane", 2)
        model.gate("sea")
        model.hold("quay")
        model.program("big").seize("crane", by_size=True).release("crane").end()
        model.program("cargo").seize("crane").join("quay", ticket=1, releasing="crane").end()
        p = model.program("p")
        if number < 4:
            steps = (p.release, p.seize, p.open, p.gate)
            steps[number]("crane" if number < 2 else "sea")
        elif number < 6:
            p.capacity("crane", 5 - 2 * number)
        elif number == 6:
            p.set("n", -2).delay(exponential(100), times="n")
        elif number == 7:
            p.spawn("big", size=5)
        else:
            model.start("cargo", "cargo", size=5)
            p.set("room", 3 if number == 8 else 9).delay(9).take("quay", split=True).alight(0)
        p.end()
        model.start("wrong", "p")
        return model

    seen = []
    for number in range(10):
        ours, plain = of_kernel(wrong(number), 1), of_twin(wrong(number), 1)
        assert (ours["status"], ours["now"], ours["events"]) == (
            plain["status"],
            plain["now"],
            plain["events"],
        )
        seen.append(ours["status"])
    assert seen == [
        "not_held", "held_at_end", "opened_twice", "empty", "capacity", "capacity", "negative", "oversize",
        "unsplit", "aboard_at_end",
    ]  # fmt: skip
