"""Opening hours as gates: who comes when it is shut waits until it opens."""

from __future__ import annotations

from ..network.compiled import holds_on
from .ground import DAY_S, HOUR_S, Ground
from .program import Program

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK_S = 7 * DAY_S
SHUT = "hours "  # gates are named so, with the terminal and what is done there


def opening(ground: Ground, terminal: str, activity: str) -> str | None:
    """The gate of the hours in which something is done at a terminal, by the rows of 1 July.

    None where no row tells them, or where they are all the hours of the week: it is open always.
    """
    name = f"{SHUT}{terminal} {activity}"
    if name in ground.model.places:
        return name
    spans = _spans(ground, terminal, activity)
    if not spans or spans == [(0, _WEEK_S)]:
        return None
    begin = ground.made.first.weekday() * DAY_S
    changes = sorted((at - begin) % _WEEK_S for span in spans for at in span)
    shut = not any(a <= begin < b or a <= begin + _WEEK_S < b for a, b in spans)
    ground.model.gate(name, shut=shut)
    program = ground.model.program(f"{name} (by the clock)").label("again")
    for at, before in zip(changes, (0, *changes[:-1]), strict=True):
        if at == 0:  # what changes in the first second is told by how the gate begins
            continue
        program.delay(at - before)
        program = program.open(name) if shut else program.shut(name)
        shut = not shut
    program.delay(_WEEK_S - changes[-1])
    if changes[0] == 0:
        program = program.open(name) if shut else program.shut(name)
    ground.model.start(program.jump("again").name, program.name, kind="opening hours")
    return name


def _spans(ground: Ground, terminal: str, activity: str) -> list[tuple[int, int]]:
    """Seconds of the week from Monday 00:00 UTC; what goes on after Sunday ends beyond the week."""
    found = []
    for row in ground.tables["opening_hours"]:
        here = row["activity"] == activity and terminal in row["terminal_ids"]
        if not here or not holds_on(row, ground.on.day):
            continue
        hour, minute = map(int, row["open_from_utc"].split(":"))
        for day in row["days"] or _DAYS:
            begin = _DAYS.index(day) * DAY_S + hour * 3600 + minute * 60
            found.append((begin, begin + round(row["open_h"] * HOUR_S)))
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    # What goes on beyond Sunday meets what begins on Monday.
    while len(merged) > 1 and merged[-1][1] - _WEEK_S >= merged[0][0]:
        last = merged.pop()
        first = merged.pop(0)
        merged.append((last[0], max(last[1], first[1] + _WEEK_S)))
        merged.sort()
    return [(0, _WEEK_S)] if merged and merged[-1][1] - merged[-1][0] >= _WEEK_S else merged


def wait_for_opening(ground: Ground, program: Program, terminal: str, activity: str) -> None:
    """Wait until it is open; what has begun by then goes on after it shuts."""
    gate = opening(ground, terminal, activity)
    if gate is not None:
        program.gate(gate)
