"""Where the boxes of a corridor are handled: berths, cranes, tracks, bays, posts, yards and train paths."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ..network import Compiled
from ..network.compiled import holds_on
from .durations import constant, lognormal
from .model import Model
from .routes import Leg
from .weather import seconds

Row = Mapping[str, Any]
HOUR_S, DAY_S, WEEK_S = 3600.0, 86400, 604800.0
BOX_TEU = 2  # boxes are forty-foot ones: two TEU by definition
_FACILITY_ORDER = ("seaport", "dry_port", "rail_terminal", "border_crossing", "gauge_change")


@dataclass(frozen=True, slots=True)
class Passage:
    """A link of a leg: along it or against it; leg as `routes.Leg` and holds name it."""

    leg: str
    nth: int
    link_id: str
    along: bool


@dataclass
class Corridor:
    """A model of one year, and what its names mean.

    routes : legs of each flow of boxes of `volumes` that is carried
    detours : legs of a flow round a port that is full, where `policies` let boxes go so
    crossings : flow, ports and services of wagons and trucks on ferries, by what they are called in the runs
    ships : fleet rows of each sea leg's service, with the number sailing
    wagons : wagons a train of each pool, and the days of a turn that the table tells
    tracks : which link a vehicle is on, in which direction, by program and number of the step that takes it
        over; with the leg, and the how-manieth link of the leg this is
    absent : what the tables do not hold and the model therefore leaves out, in words
    asking : whether steps ask a policy; points : what each of them decides, by its number
    """

    model: Model
    year: int
    first: date
    last: date
    routes: dict[str, tuple[Leg, ...]] = field(default_factory=dict)
    detours: dict[str, tuple[Leg, ...]] = field(default_factory=dict)
    flows: dict[str, Row] = field(default_factory=dict)
    crossings: dict[str, tuple[Row, tuple[str, str], set[str]]] = field(default_factory=dict)
    trains: list[tuple[Leg, Leg | None]] = field(default_factory=list)
    ships: dict[str, int] = field(default_factory=dict)
    wagons: dict[str, tuple[int, float]] = field(default_factory=dict)
    tracks: dict[tuple[str, int], Passage] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    asking: bool = False
    points: list[Any] = field(default_factory=list)  # of deciding.Point


def spread(row: Row, p50: str, p90: str, factor: float = 1.0) -> Any:
    """A lognormal of two columns in hours."""
    median = row[p50] * HOUR_S * factor
    return lognormal(median, max(row[p90] * HOUR_S * factor, median)) if median > 0 else constant(0)


def leaving(thing: str) -> str:
    """The gate of departures of a service or from a terminal."""
    return f"leaving {thing}"


class Ground:
    """Puts places into the model, each once, when something first needs it."""

    def __init__(self, on: Compiled, made: Corridor) -> None:
        """on: the rows of 1 July; made: what is being built."""
        self.on, self.made, self.model, self.tables = on, made, made.model, on.tables
        self.horizon = ((made.last - made.first).days + 1) * DAY_S
        self.fleets = [
            row for row in self.tables["fleets"] if row["status"] == "open" and holds_on(row, on.day)
        ]
        self.gated: set[str] = set()  # terminals, links, passages and departures that have a gate
        self.quays: set[str] = set()  # terminals whose bulk berths are in the model
        self.reserve: dict[str, int] = {}  # the largest ship of the pools, TEU, by port
        self._facilities: dict[tuple[str, str], Row | None] = {}

    def facility(self, terminal: str, kind: str) -> Row | None:
        """The row of 1 July, the terminal's own or that of its kind."""
        key = (terminal, kind)
        if key not in self._facilities:
            rows = [
                row for row in self.tables["facilities"] if row["kind"] == kind and holds_on(row, self.on.day)
            ]
            found = [row for row in rows if row["terminal_id"] == terminal]
            for each in _FACILITY_ORDER:
                if not found and each in self.on.terminals[terminal]["kinds"]:
                    found = [row for row in rows if row["terminal_kind"] == each]
            self._facilities[key] = found[0] if found else None
            if not found and kind not in ("border_post", "exit_post"):
                self.made.absent.append(f"{kind} of {terminal}: no row, no limit")
        return self._facilities[key]

    def place(self, terminal: str, kind: str) -> str | None:
        """The resource of a facility; one for rows that are the same cranes. None where there is no row."""
        row = self.facility(terminal, kind)
        if row is None:
            return None
        shared = row["shared_with"] or () if kind.endswith("crane") else ()
        name = f"{terminal} {'crane' if shared else kind}"
        if name not in self.model.places:
            if kind == "yard":
                self._yard(name, row)
            else:
                self.model.resource(name, int(row["amount"]))
        return name

    def _yard(self, name: str, row: Row) -> None:
        """Room by its days: the yard may grow within the year."""
        days = [
            r
            for r in self.tables["facilities"]
            if r["kind"] == "yard" and r["terminal_id"] == row["terminal_id"]
        ]
        days = days if row["terminal_id"] else [row]
        first, last = self.made.first, self.made.last
        dated = sorted(
            (seconds(first, r["valid_from"], 0), int(r["amount"]))
            for r in days
            if (r["valid_until"] is None or r["valid_until"] >= first)
            and (r["valid_from"] is None or r["valid_from"] <= last)
        )
        amount = dated[0][1]
        self.model.resource(name, amount, most=max(a for _, a in dated))
        for at, then in dated[1:]:
            program = self.model.program(f"{name} from {at}").capacity(name, then - amount).end()
            self.model.start(program.name, program.name, at_s=at)
            amount = then

    def paths(self, link: Row, along: bool) -> str | None:
        """Calendar of a link's train paths in one direction, by the day where disruptions change them."""
        if link["mode"] != "rail" or not link["capacity_trains_per_day"]:
            return None
        name = f"paths {link['link_id']} {'along' if along else 'against'}"
        if name in self.model.calendars:
            return name
        shut = [
            (int(row["shut_from_utc"][:2]) + int(row["shut_from_utc"][3:]) / 60, row["shut_h"])
            for row in self.tables["path_windows"]
            if holds_on(row, self.on.day)
            and (
                link["link_id"] in row["link_ids"] if row["link_ids"] else row["gauge_mm"] == link["gauge_mm"]
            )
        ]
        open_h = [
            q / 4 for q in range(96) if not any((q / 4 - begin) % 24 < length for begin, length in shut)
        ]

        def of_day(factor: float) -> list[int]:
            many = max(1, round(link["capacity_trains_per_day"] * factor)) if factor > 0 else 0
            at = [i * len(open_h) / many for i in range(many)]
            return [round((open_h[int(x)] + (x % 1) / 4) * HOUR_S) for x in at]

        cuts = [
            row
            for row in self.tables["disruptions"]
            if row["quantity"] == "paths" and row["use"] == "applied" and link["link_id"] in row["scope_ids"]
            and row["directions"] in ("both", self._bound(link, along))
        ]  # fmt: skip
        days = [self.made.first + timedelta(i) for i in range(self.horizon // DAY_S)]
        factors = [math.prod(row["factor"] for row in cuts if holds_on(row, day)) for day in days]
        if len(set(factors)) == 1:
            self.model.calendar(name, sorted(set(of_day(factors[0]))), period_s=DAY_S)
        else:
            sets = {factor: sorted(set(of_day(factor))) for factor in set(factors)}
            instants = [i * DAY_S + at for i, factor in enumerate(factors) for at in sets[factor]]
            self.model.calendar(name, [*instants, *((len(days)) * DAY_S + at for at in of_day(1.0))])
        return name

    def _bound(self, link: Row, along: bool) -> str:
        """Whether a direction of a link leads west or east."""
        start, end = (self.on.terminals[link[side]]["lon"] for side in ("from_terminal", "to_terminal"))
        return "westbound" if (end < start) == along else "eastbound"

    def side(self, port: str, which: str) -> str | None:
        """Room beside the ships or the trains of a port, for boxes that are off and not yet in the
        yard: as much as its berths and tracks hold. Without it ships and trains in a full yard wait for
        each other for ever."""
        kind = "rail_track" if which == "rail" else "container_berth"
        row = self.facility(port, kind) if port in self.reserve else None
        if row is None:
            return None
        name = f"{port} {which} side"
        if name not in self.model.places:
            runs = [leg for pair in self.made.trains for leg in pair if leg and port == leg.to_terminal]
            trains = [leg.service["capacity"] for leg in runs]
            most = max(trains, default=0) if which == "rail" else self.reserve[port]
            room = int(row["amount"]) * int(most)
            self.model.resource(name, room)
        return name
