"""How many tokens of a kind are inside a model, counted while it runs."""

from __future__ import annotations

from collections.abc import Iterable

from .model import Model
from .program import Step

COUNTLESS = 1 << 30  # units of what only counts: there is always one more


def counter(program: str) -> str:
    """The resource whose units in use are the tokens of a program that are inside."""
    return f"inside {program}"


def count_inside(model: Model, programs: Iterable[str]) -> None:
    """Let every token of these programs hold a unit of `counter(program)` from its first step to its end.

    The unit never runs out and passes no time. Random numbers keep the names of their steps, so that the
    model does what it did before; `mean_use` of the resource is now the number inside, by replication
    and by day, also of tokens that wait, ride in a vehicle or never come out.
    """
    for name in programs:
        program, place = model.programs[name], counter(name)
        model.resource(place, COUNTLESS)
        ask = {"resource": place, "amount": 1, "by_size": False, "priority": None}
        steps = [Step("seize", ask, f"{name}/inside/seize")]
        moved: dict[int, int] = {}
        for number, step in enumerate(program.steps):
            moved[number] = len(steps)
            if step.op == "end":
                steps.append(Step("release", {"resource": place, "into": None}, f"{name}/inside/release"))
            steps.append(step)
        program.labels = {label: moved.get(at, len(steps)) for label, at in program.labels.items()}
        program.steps = steps
