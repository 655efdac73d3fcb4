"""What the plain twin of the kernel is made of: its random numbers, places, holdings and tokens."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from midcorridor.simulate.durations import Duration

NEVER = 2**31 - 1
DAY = 86400
M64 = 2**64 - 1


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Philox4x32-10 as the paper writes it."""
    (x0, x1, x2, x3), (k0, k1) = counter, key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * x0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * x2, 2**32)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return x0, x1, x2, x3


def child(identity: int, number: int) -> int:
    """splitmix64."""
    z = (identity + (number + 1) * 0x9E3779B97F4A7C15) & M64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M64
    return z ^ (z >> 31)


def drawn(duration: Duration, u: float, v: float) -> float:
    """A number from two uniform ones."""
    if duration.kind == "constant":
        return duration.p
    if duration.kind == "exponential":
        return -math.log(u) * duration.p
    if duration.kind == "lognormal":
        normal = math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)
        return duration.p * math.exp(duration.q * normal)
    if duration.kind == "uniform":
        return duration.p + (duration.q - duration.p) * u
    if duration.kind == "weibull":
        return float(duration.p * (-math.log(u)) ** duration.q)
    for value, below in zip(duration.values, duration.cumulated, strict=True):
        if below >= u:
            return value
    return duration.values[-1]


class Stop(Exception):  # noqa: N818 - an end, not always an error
    """The run ends here, with this status."""


@dataclass
class Wait:
    n: int = 0
    total: int = 0
    squares: float = 0.0
    most: int = 0

    def note(self, seconds: int) -> None:
        self.n += 1
        self.total += seconds
        self.squares += float(seconds) ** 2
        self.most = max(self.most, seconds)


@dataclass(eq=False)
class Place:
    kind: str
    name: str
    capacity: int = 0
    most: int = NEVER
    overtaking: bool = False
    in_use: int = 0
    shut: int = 0
    claimant: Any = None
    waiting: list[Any] = field(default_factory=list)  # by (priority, arrival)
    workers: list[Any] = field(default_factory=list)
    changed: int = 0
    area_use: int = 0
    area_queue: int = 0
    area_capacity: int = 0
    arrived: int = 0
    left: int = 0
    blocked: int = 0
    most_queue: int = 0
    most_use: int = 0

    def touch(self, now: int) -> None:
        passed = now - self.changed
        self.area_use += passed * self.in_use
        self.area_queue += passed * len(self.waiting)
        self.area_capacity += passed * self.capacity
        self.changed = now

    def line_up(self, token: Any, level: int) -> None:
        token.level = level
        at = sum(other.level <= level for other in self.waiting)
        self.waiting.insert(at, token)
        self.most_queue = max(self.most_queue, len(self.waiting))

    def occupy(self, units: int) -> None:
        self.in_use += units
        self.most_use = max(self.most_use, self.in_use)


@dataclass(eq=False)
class Holding:
    place: Place
    amount: int
    by_size: bool
    arrived: int
    queue: int
    step: tuple[str, int]
    started: int = -1


@dataclass(eq=False)
class Token:
    identity: int
    serial: int
    consignment: int
    program: str
    kind: str
    priority: int
    size: int
    room: int
    born: int
    at: int = 0  # its step in the program
    done: int = 0
    lap: int = 0
    load: int = 0
    children: int = 0
    level: int = 0
    ticket: int = 0
    moved: int = 0
    begun: bool = False
    waits_for: str = ""
    since: int = 0
    need: int = 0
    left: int = 0
    taken: int = 0
    queue: int = 0
    due: int = 0  # when its event comes
    event: int = -1  # number of the event that is its own
    asking: Holding | None = None
    held: list[Holding] = field(default_factory=list)  # the latest last
    aboard: list[Token] = field(default_factory=list)
    carrier: Token | None = None
    alighting: int = 0
    attributes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
