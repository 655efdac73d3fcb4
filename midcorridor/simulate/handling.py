"""Trains and ships at the end of a leg: put down, take up, and what stands beside a full yard."""

from __future__ import annotations

from collections.abc import Callable

from .ground import HOUR_S
from .pilots import pilot
from .program import Program
from .routes import Leg
from .ways import Ways

_CRANES = {"rail": "rail", "ship": "quay"}


class Handling(Ways):
    """Steps between a vehicle and the place where it ends."""

    def bay(self, leg: Leg, at_end: bool) -> bool:
        """Whether boxes are lifted from wagon to wagon where the leg ends (or begins)."""
        terminal = leg.to_terminal if at_end else leg.from_terminal
        return "gauge_change" in self.on.terminals[terminal]["kinds"]

    def unload(self, program: Program, leg: Leg, back: Leg | None = None) -> str | None:
        """A train at the end of a leg; back: what it goes back as. Returns a label to which it has gone on
        if it was loaded again at once."""
        end, room = leg.to_terminal, int(leg.service["capacity"])
        if self.bay(leg, True):
            bay, row = self.place(end, "gauge_bay"), self.facility(end, "gauge_bay")
            assert bay is not None
            assert row is not None
            program.seize(bay).alight(wait=True).delay(row["rate"] * HOUR_S).release(bay)
            return None
        track, engine = self.place(end, "rail_track"), self.place(end, "shunting")
        if engine:
            row = self.facility(end, "shunting")
            assert row is not None
            program.seize(engine).delay((row["rate"] or 0) * HOUR_S).release(engine)

        def alongside() -> list[str]:
            if track:
                program.seize(track)
            return [track] if track else []

        return self.exchange(program, end, leg.from_terminal, room, back, alongside)

    def exchange(
        self,
        program: Program,
        port: str,
        start: str | None,
        room: int,
        back: Leg | None,
        alongside: Callable[[], list[str]],
    ) -> str | None:
        """Outside, one after the other, until a load fits beside, or as much waits to go back; then off.

        start : where a train comes from; None for a ship

        In the second case each box put down takes the place of one taken up: the vehicle takes its load
        at once and goes on at the label that is returned (None where this cannot be). Both are looked at
        again alongside, since others may have come first.
        """
        which = "ship" if start is None else "rail"
        side, nth, crane = self.side(port, which), len(program.steps), f"{_CRANES[which]}_crane"
        gate = port if which == "ship" else None
        if side is None:
            held = alongside()
            if gate is not None:
                pilot(self, program, port)
            program.alight(wait=True)
            self.off(program, port, crane, gate, held)
            return None
        # Trains of each way wait in a row of their own: who can exchange its load passes who cannot.
        entry = f"{port} entry of ships" if start is None else f"{port} entry of trains from {start}"
        if entry not in self.model.places:
            self.model.resource(entry, 1)

        def look(found: str) -> None:
            program.test("free", side, ">=", room, found)
            if back is not None:
                program.test("use", back.name, ">=", room, found)

        program.seize(entry).label(f"look {nth}")
        look(f"come {nth}")
        program.delay(HOUR_S).jump(f"look {nth}").label(f"come {nth}")
        held = alongside()
        if gate is not None:
            pilot(self, program, port)
        look(f"in {nth}")
        for name in held:
            program.release(name)
        program.delay(HOUR_S).jump(f"look {nth}")
        program.label(f"in {nth}").test("free", side, ">=", room, f"put down {nth}")
        if back is not None:
            program.alight().set("room", int(back.service["capacity"]) if which == "rail" else room)
            program.take(back.name).release(entry)
            self.lift(program, port, crane, gate)
            self.off(program, port, crane, gate, held, room, sails=gate is not None)
            program.jump(f"loaded {nth}")
        program.label(f"put down {nth}").alight(wait=True).release(entry)
        self.off(program, port, crane, gate, held)
        return f"loaded {nth}" if back is not None else None

    def off(
        self,
        program: Program,
        port: str,
        crane: str,
        gate: str | None,
        held: list[str],
        teu: int | None = None,
        sails: bool = False,
    ) -> None:
        """Crane work, and away from the quay or track; sails: out to sea, with a pilot."""
        self.lift(program, port, crane, gate, teu)
        if sails:
            pilot(self, program, port)
        for name in held:
            program.release(name)
