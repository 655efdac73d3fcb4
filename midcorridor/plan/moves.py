"""What a graph of moves is made of: quotation lines, parts, edges, and the marks of where a way goes.

A node is a box in a state at a terminal: lying there after arriving by some kind of vehicle, or on
board of a service. An edge is one move, made of parts; each part is hours, dollars and kilograms at
one place or over one link, with the rows that it was computed from. Totals are sums of parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..times import renewal_var_h2, renewal_wait_h

# Where a route has been; the corridor is derived from these and never typed in.
RUSSIA, IRAN, CASPIAN, CAUCASUS, SUEZ, CAPE = (1 << bit for bit in range(6))
RIVALS = RUSSIA | IRAN | CASPIAN | SUEZ | CAPE
ALL_FLAGS = RIVALS | CAUCASUS
COUNTRY_FLAGS = {"RU": RUSSIA, "BY": RUSSIA, "IR": IRAN}

# A box on a truck is a drayage up to this length inside one country; farther, or on a trailer over
# the sea, its chassis and the empty must come back, which is another trade (e).
DRAYAGE_KM = 350.0
LONG_ROAD = "long_road"
ORDINARY_RAIL = "rail-ordinary"
TRUCK = "truck"


def corridor_of(flags: int) -> str:
    """The corridor of a route that has been where the flags say."""
    if flags & SUEZ:
        return "ocean_suez"
    if flags & CAPE:
        return "ocean_cape"
    if flags & RUSSIA:
        return "northern"
    if flags & IRAN:
        return "southern"
    if flags & (CASPIAN | CAUCASUS):
        return "middle"
    return "other"


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a quotation, for one 40 ft box."""

    item: str
    usd_per_feu: float
    table: str
    key: str


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that happens: a run over a link, or something at a terminal."""

    kind: str  # run, truck, fare (of the run that follows); load, transship, gauge_change, discharge, border
    terminal_id: str = ""
    link_id: str = ""
    through: tuple[str, ...] = ()  # countries on the way in the order of travel, with or without its ends'
    km: float = 0.0
    handling_h: float = 0.0  # mean; running hours, for a run
    handling_var_h2: float = 0.0
    headway_h: float = 0.0  # of the departures waited for; 0 without a wait
    headway_cv: float = 0.0
    timetable: str = ""  # key of the departures waited for, in place of a headway
    gate: frozenset[str] = frozenset()  # keys of the closures of which none may hold at departure
    kg_per_t: float = 0.0
    kg_per_teu: float = 0.0
    lines: tuple[QuoteLine, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()  # (table, key) of every row used
    note: str = ""

    @property
    def wait_h(self) -> float:
        """Mean wait for a departure that goes by a headway."""
        return renewal_wait_h(self.headway_h, self.headway_cv)

    @property
    def hours(self) -> float:
        """Mean hours of the part, without what the clock decides: a timetable, a closure."""
        return self.handling_h + self.wait_h

    @property
    def var_h2(self) -> float:
        """Variance of the same."""
        return self.handling_var_h2 + renewal_var_h2(self.headway_h, self.headway_cv)

    @property
    def usd_per_feu(self) -> float:
        """All lines of the part, for one 40 ft box."""
        return sum(line.usd_per_feu for line in self.lines)


# Makes the parts of a move with the prices and rows of a builder.
Recipe = Callable[[Any], tuple[Part, ...]]


@dataclass(frozen=True, slots=True)
class Edge:
    """One move between two nodes."""

    tail: int
    head: int
    parts: tuple[Part, ...]
    flags: int = 0
    tags: frozenset[str] = frozenset()  # what the move touches: country:KZ, terminal:kz-aktau, ...
    westbound: bool | None = None  # None where a move has no direction of its own
    service_id: str = ""
    mode: str = ""
    capacity_teu: float = 0.0  # of one departure, for boardings
    departures_per_week: float = 0.0
    headway_cv: float = 0.0
    boards: bool = False
    joins: bool = False  # boards where boxes gather anew: not by a mere change of trains
    yard: str = ""  # tag of the terminal where a box is lifted off by it
    recipe: Recipe | None = field(default=None, compare=False)  # makes the parts anew for other figures
    loads_in: str = ""  # country whose rules of booking hold on this service


@dataclass(eq=False)
class Graph:
    """Nodes by name and edges; grown by the functions of this module, then left alone."""

    nodes: dict[tuple[str, ...], int] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # what could not be used, and why

    def node(self, *name: str) -> int:
        """The number of a node, made when it is new."""
        return self.nodes.setdefault(name, len(self.nodes))

    def add(self, tail: int, head: int, parts: Iterable[Part] = (), **more: Any) -> None:
        """Add an edge."""
        self.edges.append(Edge(tail, head, tuple(parts), **more))


def operators(service: Mapping[str, Any]) -> Iterator[str]:
    """The names of who runs a service, without what stands in brackets behind them."""
    for name in (service["operator"] or "").split(";"):
        plain = re.sub(r"\s*\(.*?\)", "", name).strip()
        if plain:
            yield plain
