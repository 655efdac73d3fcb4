"""Ships that go in and out of port with a pilot and tugs."""

from __future__ import annotations

from .durations import constant
from .ground import HOUR_S, Ground
from .program import Program


def pilot(ground: Ground, program: Program, port: str) -> None:
    """A ship takes a pilot for one move, in or out, that counts only while its port is open.

    Nothing where `facilities` has no pilot. Moves between berth and roads within a call are without.
    """
    place, row = ground.place(port, "pilot"), ground.facility(port, "pilot")
    if place is None or row is None:
        return
    move, stream = constant(row["rate"] * HOUR_S), f"{program.name}/pilot"
    program.seize(place)
    if port in ground.gated:
        program.work(move, port, stream=stream)
    else:
        program.delay(move, stream=stream)
    program.release(place)
