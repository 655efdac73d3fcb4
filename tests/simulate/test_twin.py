"""The compiled kernel does what the plain one does, event for event."""

from __future__ import annotations

from collections import Counter

import pytest

from midcorridor._kernels import sim_layout as k

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
