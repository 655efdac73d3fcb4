"""The page on the simulation: its example runs, and it tells every step."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from midcorridor.simulate import Program, Runs

PAGE = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_runs() -> None:
    example = next(part for part in re.findall(r"(?:^    .*\n|^\n)+", PAGE, re.M) if "Model()" in part)
    found: dict[str, object] = {}
    exec(textwrap.dedent(example), found)  # noqa: S102 - our own page
    answer = found["answer"]
    assert isinstance(answer, Runs)
    assert answer.well
    assert answer.ended.filter(kind="box")["n"].min() > 5000


def test_the_page_tells_every_step() -> None:
    steps = [name for name in vars(Program) if not name.startswith("_") and callable(getattr(Program, name))]
    assert len(steps) > 20
    for name in steps:
        assert name == "label" or re.search(rf"`{name}[(`]", PAGE), name
