"""Trains over a frontier: each side with its hours, its papers and its post."""

from __future__ import annotations

from .durations import constant
from .ground import HOUR_S, Ground, spread
from .opening import wait_for_opening
from .program import Program

_BORDER = "border"


def leave_country(ground: Ground, program: Program, start: str, end: str) -> None:
    """Before the last link in a country: wait until its side is open, and pass its post.

    A post of this side is a row of kind exit_post in `facilities`, if there is one. The hours of both sides'
    papers are counted after the link (see `enter_country`).
    """
    if not ground.on.procedures("rail", start, end):
        return
    wait_for_opening(ground, program, start, _BORDER)
    if "border_crossing" in ground.on.terminals[start]["kinds"]:
        _post(ground, program, start, "exit_post")


def enter_country(ground: Ground, program: Program, start: str, end: str) -> None:
    """After a link: papers of both sides where it crosses a frontier, and the post where it ends.

    Hours of papers are those from coming to going, nights included; opening hours hold up only who comes
    while it is shut.
    """
    rows = ground.on.procedures("rail", start, end)
    if rows:
        wait_for_opening(ground, program, end, _BORDER)
    for row in rows:
        side = ground.on.terminals[start if row["side"] == "exit" else end]
        stretch, _ = ground.on.fitted("frontier", side["country"])
        program.delay(spread(row, "p50_h", "p90_h", stretch))
    if "border_crossing" in ground.on.terminals[end]["kinds"]:
        _post(ground, program, end, "border_post")


def _post(ground: Ground, program: Program, terminal: str, kind: str) -> None:
    place, row = ground.place(terminal, kind), ground.facility(terminal, kind)
    if place is not None and row is not None:
        cleared = constant(24 / row["rate"] * HOUR_S)
        named = (
            f"{program.name}/{place}" if kind == "exit_post" else ""
        )  # no draw of other steps shifts by it
        program.seize(place).delay(cleared, stream=named).release(place)
