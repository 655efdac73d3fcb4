"""Customs inspections: boxes that are drawn stay longer."""

from __future__ import annotations

from ..network.compiled import holds_on
from .ground import Ground, spread
from .opening import wait_for_opening
from .program import Program


def inspect(ground: Ground, program: Program, terminal: str) -> None:
    """A box is opened here with the share of `inspections`, from the next opening hour on.

    Whether and how long is drawn from streams of their own, so that other draws stay as they are.
    """
    rows = [
        row
        for row in ground.tables["inspections"]
        if terminal in row["terminal_ids"] and holds_on(row, ground.on.day)
    ]
    for row in rows[:1] if rows and rows[0]["share"] > 0 else ():
        nth, stream = len(program.steps), f"{program.name}/inspection at {terminal}"
        drawn, passed = f"drawn {nth}", f"passed {nth}"
        program.choose({drawn: row["share"], passed: 1 - row["share"]}, stream=f"{stream}, whether")
        program.label(drawn)
        wait_for_opening(ground, program, terminal, "inspection")
        program.delay(spread(row, "p50_h", "p90_h"), stream=stream).label(passed)
