"""Programs: what a train, a ship, a consignment or the weather does, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from .durations import Duration, constant


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it was asked for, with names; `stream` names its random numbers."""

    op: str
    options: Mapping[str, Any]
    stream: str


def _duration(value: Duration | float) -> Duration:
    return value if isinstance(value, Duration) else constant(float(value))


@dataclass
class Program:
    """Steps that tokens walk through. Every method adds a step and returns the program.

    Durations are seconds or a `Duration`. `stream` gives the random numbers of a step a name of their
    own; without it they are named after the program and the how-manieth step of its kind without a name this
    is, so that a step with a name can be put in anywhere and no other draws differently.
    """

    name: str
    steps: list[Step] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)  # labels given again
    unnamed: dict[str, int] = field(default_factory=dict)  # steps without a stream of their own, by kind

    def _add(self, op: str, stream: str = "", **options: Any) -> Self:
        if not stream:
            nth = self.unnamed.get(op, 0)
            self.unnamed[op] = nth + 1
            stream = f"{self.name}/{op}/{nth}"
        self.steps.append(Step(op, options, stream))
        return self

    def label(self, name: str) -> Self:
        """Name the next step, so that others can lead to it."""
        if name in self.labels:
            self.twice.append(name)
        self.labels[name] = len(self.steps)
        return self

    def seize(
        self, resource: str, amount: int = 1, *, by_size: bool = False, priority: int | None = None
    ) -> Self:
        """Wait for units of a resource and hold them: `amount`, or as many as the token is big.

        Those who wait are served strictly by priority (the token's own unless given here, 0 first) and
        arrival; only a resource with overtaking lets a small request pass one that does not fit.
        """
        return self._add("seize", resource=resource, amount=amount, by_size=by_size, priority=priority)

    def release(self, resource: str, *, into: str | None = None) -> Self:
        """End the latest holding of this resource, whole. `into`: the units themselves move to that pool."""
        return self._add("release", resource=resource, into=into)

    def delay(self, duration: Duration | float, *, times: str = "once", stream: str = "") -> Self:
        """Pass time. times: what one draw is multiplied by: once, the token's size, moved (the units of its
        last take or alight), or the name of an attribute."""
        return self._add("delay", stream, duration=_duration(duration), times=times)

    def work(self, duration: Duration | float, gate: str, *, times: str = "once", stream: str = "") -> Self:
        """Pass time that counts only while the gate is open."""
        return self._add("work", stream, duration=_duration(duration), gate=gate, times=times)

    def gate(self, gate: str) -> Self:
        """Wait until the gate is open."""
        return self._add("gate", gate=gate)

    def open(self, gate: str) -> Self:
        """Take one cause away that keeps the gate shut."""
        return self._add("open", gate=gate)

    def shut(self, gate: str) -> Self:
        """Add a cause that keeps the gate shut; it opens when all are taken away."""
        return self._add("shut", gate=gate)

    def join(self, hold: str, *, ticket: int | None = 0, releasing: str | None = None) -> Self:
        """Park in a hold until a vehicle takes the token, and go on where it alights with this ticket.

        ticket : None keeps the token's own (see `set`)
        releasing : resource whose latest holding ends when the token is taken (its place in the yard)
        Who is still aboard the vehicle that it alighted from leaves it here.
        """
        return self._add("join", hold=hold, ticket=ticket, releasing=releasing)

    def fill(
        self,
        hold: str,
        minimum: int,
        *,
        longest: Duration | float | None = None,
        calendar: str | None = None,
        stream: str = "",
    ) -> Self:
        """Wait until so much is in the hold (or as much as there is room for), or the longest wait is over;
        then, with a calendar, until its next slot.

        One vehicle at a time counts on a hold, from here until its take; the others wait in the bay.
        """
        self._add(
            "fill",
            stream,
            hold=hold,
            minimum=minimum,
            longest=None if longest is None else _duration(longest),
        )
        return self.until(calendar) if calendar else self

    def until(self, calendar: str, *, exclusive: bool = False) -> Self:
        """Wait for the next instant of a calendar, now included. exclusive: each instant serves one token."""
        return self._add("until", calendar=calendar, exclusive=exclusive)

    def take(self, hold: str, *, split: bool = False, overtaking: bool = False) -> Self:
        """Take cargo from a hold while there is room, by priority and arrival.

        split : of the first consignment that does not fit whole, take what fits as a part of its own
        overtaking : pass what does not fit; otherwise the first that does not fit ends the loading
        """
        return self._add("take", hold=hold, split=split, overtaking=overtaking)

    def alight(self, ticket: int = 0, *, wait: bool = False) -> Self:
        """Let off the cargo with this ticket. wait: until each piece of it has left (see `leave`)."""
        return self._add("alight", ticket=ticket, wait=wait)

    def leave(self) -> Self:
        """Be off the vehicle that the token alighted from and that waits for it."""
        return self._add("leave")

    def choose(self, branches: Mapping[str, float], *, stream: str = "") -> Self:
        """Go to one of these labels at random; label to probability."""
        return self._add("choose", stream, branches=dict(branches))

    def test(self, measure: str, at: str | None, comparison: str, threshold: int, target: str) -> Self:
        """Go to a label if a number compares so with the threshold (>= or <), else on.

        measure : of the place `at`: queue (tokens waiting), use, free, capacity, open (1 or 0); attribute
            (its name is `at`); or the token's own load, room_left, size (`at` is None)
        """
        return self._add(
            "test", measure=measure, at=at, comparison=comparison, threshold=threshold, target=target
        )

    def jump(self, target: str) -> Self:
        """Go on at a label."""
        return self._add("jump", target=target)

    def loop(self, attribute: str, target: str) -> Self:
        """Lessen an attribute by one; go to the label while it is above zero."""
        return self._add("loop", attribute=attribute, target=target)

    def spawn(
        self,
        program: str,
        count: int = 1,
        *,
        kind: str | None = None,
        priority: int | None = None,
        size: int | None = None,
    ) -> Self:
        """Make new tokens that start another program, with this one's attributes."""
        return self._add("spawn", program=program, count=count, kind=kind, priority=priority, size=size)

    def capacity(self, resource: str, change: int) -> Self:
        """Add to or take from a resource; what is held beyond it ends as it would have."""
        return self._add("capacity", resource=resource, change=change)

    def set(self, what: str, value: int | Duration, *, add: bool = False, stream: str = "") -> Self:
        """Give the token's room, priority, ticket or an attribute a value, drawn if it is a Duration."""
        return self._add("set", stream, what=what, value=value, add=add)

    def policy(self, rule: int, attribute: str) -> Self:
        """Ask the run's policy by the number of the rule, and keep the answer in an attribute."""
        return self._add("policy", rule=rule, attribute=attribute)

    def feed(self, arrivals: str) -> Self:
        """Make the tokens of a table of arrivals, each at its time, then go on."""
        return self._add("feed", arrivals=arrivals)

    def end(self) -> Self:
        """Leave the model, holding nothing."""
        return self._add("end")


Arrival = tuple[int, str, str, int, int]  # second, program, kind, priority, size
Arrivals = Sequence[Arrival]
