"""The rows of a network that hold on one day, looked up by number and by question."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, pairwise
from threading import Lock
from typing import Any, TypeVar

from ..schemas import schema
from ..tables import Tables
from .closings import meets, spans

Row = Mapping[str, Any]
T = TypeVar("T")
_MOST_RECENT = 4096
# Tables whose rows may come and go without a change of what moves there are.
_FREE = frozenset(("closures", "embargoes", "box_limits"))
# Where boxes are lifted; a border post or a junction alone lifts none.
HANDLING_KINDS = ("seaport", "dry_port", "rail_terminal")


def countries_of(link: Row, terminals: Mapping[str, Row], along: bool = True) -> tuple[str, ...]:
    """The countries that a link passes, those of its ends included, in the order of travel.

    along : from from_terminal to to_terminal, else back      A country comes twice where a link leaves
    it and returns; what stands behind one another differs.
    """
    start, end = (terminals[link[side]]["country"] for side in ("from_terminal", "to_terminal"))
    passed = in_turn((start, *(link["through_countries"] or ()), end))
    return passed if along else passed[::-1]


def in_turn(codes: Iterable[str]) -> tuple[str, ...]:
    """Countries in their order without empty ones and without one that stands behind itself.

    >>> in_turn(["PL", "PL", "", "SK", "PL"])
    ('PL', 'SK', 'PL')
    """
    return tuple(code for code, _ in groupby(code for code in codes if code))


@dataclass(frozen=True, slots=True)
class Hop:
    """A service running from one call to the next."""

    from_terminal: str
    to_terminal: str
    links: tuple[tuple[Row, bool], ...]  # each link and whether it is run along its direction
    running_p50_h: float | None
    running_p90_h: float | None
    halt_h: float  # on board at from_terminal, for a box that passes


@dataclass(frozen=True, slots=True)
class Line:
    """A service in one direction."""

    service: Row
    forward: bool
    hops: tuple[Hop, ...]


@dataclass(frozen=True, eq=False)
class Compiled:
    """One day's network."""

    day: date  # of departure: its prices, procedures and handling
    until: date  # terminals, links, services and closures of all days up to this one
    tables: Tables
    terminals: Mapping[str, Row]
    links: Mapping[str, Row]
    services: Mapping[str, Row]  # with the departures of the day
    other_years: Mapping[tuple[str, str], Row]  # by quantity and what it is of
    lines: tuple[Line, ...]
    closures: tuple[Row, ...]
    embargoes: tuple[Row, ...]
    _dwell: Mapping[tuple[Any, ...], Row]
    _handling: Mapping[tuple[str, str], Row]
    _procedures: Mapping[tuple[str, str, str, str], Mapping[str | None, Row]]
    base: Compiled | None = field(default=None, repr=False)  # the same days without a scenario
    twin: Compiled | None = field(default=None, repr=False)  # other days on which all that moves is the same
    _made: dict[Any, Any] = field(default_factory=dict, repr=False)
    _recent: OrderedDict[Any, Any] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def changed(self) -> dict[str, dict[str, set[str]]] | None:
        """Columns that differ from the base, by table and key of the row; None where rows came or went,
        and where there is no base."""
        return self.once("changed", self._changed)

    def _changed(self) -> dict[str, dict[str, set[str]]] | None:
        if self.base is None:
            return None
        found: dict[str, dict[str, set[str]]] = {}
        for table, rows in self.tables.rows.items():
            before = self.base.tables.rows[table]
            if rows is before:
                continue
            key = schema(table).key
            if not key:
                if list(rows) != list(before):
                    return None
                continue
            old, new = self.base.tables.by_key(table), self.tables.by_key(table)
            if table not in _FREE and old.keys() != new.keys():
                return None
            for name, row in new.items():
                was = old.get(name)
                if was is None or row != was:
                    differ = {cell for cell in row if was is None or row[cell] != was[cell]}
                    found.setdefault(table, {})[name] = differ
        return found

    def form(self) -> tuple[Any, ...]:
        """What decides which moves there are and what they take: alike on other days, the moves are alike."""

        def dated(rows: Mapping[str, Row]) -> tuple[Any, ...]:
            return tuple(
                (
                    id(row),
                    row["valid_from"] is not None and row["valid_from"] > self.day,
                    row["valid_until"] is not None and row["valid_until"] < self.until,
                )
                for row in rows.values()
            )

        def held(table: str) -> tuple[int, ...]:
            rows = self.tables[table]
            dates = ((row, row["valid_from"], row["valid_until"]) for row in rows)
            return tuple(
                id(row)
                for row, start, end in dates
                if (start is None or start <= self.day) and (end is None or self.day <= end)
            )

        # As they stand in the table: what other years make of their departures is told by other_years.
        services = {name: self.tables.by_key("services")[name] for name in self.services}
        years = {row["year"] for row in self.tables["grid"] if row["year"] <= self.day.year}
        return (
            *(dated(rows) for rows in (self.terminals, self.links, services)),
            *(tuple(map(id, rows.values())) for rows in (self._dwell, self._handling)),
            tuple(id(row) for rows in self._procedures.values() for row in rows.values()),
            tuple(map(id, self.closures)),
            tuple(id(row) for row in self.tables["timetables"] if meets(row, self.day, self.until)),
            held("unit_costs"),
            held("bookings"),
            held("free_time"),
            tuple(map(id, self.other_years.values())),
            max(years, default=None),
        )

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """What a verb computes from these rows alone, made once and kept with them."""
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found

    def lately(self, key: Any, make: Callable[[], T]) -> T:
        """As `once`, for what there is no end of: only the last some thousands are kept."""
        with self._lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                found: T = self._recent[key]
                return found
        found = make()
        with self._lock:
            self._recent[key] = found
            while len(self._recent) > _MOST_RECENT:
                self._recent.popitem(last=False)
        return found

    def shared(self, key: Any, make: Callable[[], T], *rests_on: str) -> T:
        """As `lately`, for what is alike on all days on which all that moves is the same.

        rests_on : tables; what a scenario leaves as they are it takes from the network without it
        """
        changed = self.changed()
        if self.base is not None and changed is not None and not changed.keys() & set(rests_on):
            return self.base.shared(key, make, *rests_on)
        return (self.twin or self).lately(key, make)

    def handles_boxes(self, terminal_id: str) -> bool:
        """Whether boxes can be lifted there."""
        return any(kind in HANDLING_KINDS for kind in self.terminals[terminal_id]["kinds"])

    def dwell(
        self,
        terminal_id: str,
        activity: str,
        from_gauge: int | None = None,
        to_gauge: int | None = None,
        *,
        by_rail: bool = False,
    ) -> Row | None:
        """The dwell row for an activity: the terminal's own, else that of its kind, else None.

        A change of gauge has no default: somebody must perform it there.
        by_rail : the box comes or goes by train; see `_rail_side`
        """
        if activity == "gauge_change":
            return self._dwell.get((terminal_id, activity, from_gauge, to_gauge))
        if by_rail and self._rail_side(terminal_id, activity):
            return self._dwell.get(("*rail_terminal", activity, None, None))
        own = self._dwell.get((terminal_id, activity, None, None))
        return own or self._default(self._dwell, terminal_id, activity, (None, None))

    def handling(self, terminal_id: str, activity: str, *, by_rail: bool = False) -> Row | None:
        """The handling row for an activity, found as in `dwell`."""
        if by_rail and self._rail_side(terminal_id, activity):
            return self._handling.get(("*rail_terminal", activity))
        return self._handling.get((terminal_id, activity)) or self._default(
            self._handling, terminal_id, activity, ()
        )

    def _rail_side(self, terminal_id: str, activity: str) -> bool:
        """Whether a train's box does not meet the quay: loaded or discharged in the rail yard of a port."""
        kinds = self.terminals[terminal_id]["kinds"]
        return activity in ("load", "discharge") and "seaport" in kinds and "rail_terminal" in kinds

    def _default(
        self, rows: Mapping[Any, Row], terminal_id: str, activity: str, tail: tuple[None, ...]
    ) -> Row | None:
        kinds = self.terminals[terminal_id]["kinds"]
        for kind in (*HANDLING_KINDS, "border_crossing", "gauge_change"):
            if kind in kinds and (f"*{kind}", activity, *tail) in rows:
                return rows[f"*{kind}", activity, *tail]
        return None

    def procedures(self, mode: str, from_terminal: str, to_terminal: str) -> list[Row]:
        """Frontier procedures of going from one terminal to the next, exit side first.

        They belong to the frontier: a terminal without a row of its own gets the general one.
        """
        start, end = self.terminals[from_terminal]["country"], self.terminals[to_terminal]["country"]
        found = []
        for side, place in (("exit", from_terminal), ("entry", to_terminal)):
            rows = self._procedures.get((start, end, mode, side), {})
            row = rows.get(place) or rows.get(None)
            if row is not None:
                found.append(row)
        return found

    def fitted(self, quantity: str, country: str) -> tuple[float, tuple[tuple[str, str], ...]]:
        """What hours of a quantity are multiplied by on this day, and the rows that say so.

        quantity : running, frontier or handling     country : where
        The factor that was fitted to what was measured (`calibration`) times, for running, what the trains
        of the country were slower on this day than in the years that the links describe (`other_years`).
        1 and no row where there is neither.
        """
        return self.once("calibration", self._fitted).get((quantity, country), (1.0, ()))

    def stretch(self, link: Row) -> tuple[float, tuple[tuple[str, str], ...]]:
        """What was fitted to measured running times of a link, and the rows that say so; a rail link over a
        frontier is half of each country, and other modes have 1 and no row."""
        if link["mode"] != "rail":
            return 1.0, ()
        ends = (link["from_terminal"], link["to_terminal"])
        found = [self.fitted("running", self.terminals[end]["country"]) for end in ends]
        rows = dict.fromkeys(row for _, rows in found for row in rows)
        return sum(factor for factor, _ in found) / 2, tuple(rows)

    def _fitted(self) -> dict[tuple[str, str], tuple[float, tuple[tuple[str, str], ...]]]:
        found: dict[tuple[str, str], tuple[float, tuple[tuple[str, str], ...]]] = {
            (row["quantity"], country): (row["factor"], (("calibration", row["parameter_id"]),))
            for row in self.tables["calibration"]
            for country in row["countries"]
        }
        for row in self.other_years.values():
            if row["quantity"] == "speed":
                factor, rows = found.get(("running", row["country"]), (1.0, ()))
                slower = row["usual_figure"] / row["figure"]
                found["running", row["country"]] = factor * slower, (*rows, ("other_years", row["other_id"]))
        return found

    def departures_rows(self, service_id: str) -> tuple[tuple[str, str], ...]:
        """The rows that the departures of a service stand in on this day."""
        other = self.other_years.get(("departures", service_id))
        return (("services", service_id), *(() if other is None else (("other_years", other["other_id"]),)))

    def same_customs_union(self, first: str, second: str) -> bool:
        """Whether two countries are one customs territory."""
        if first == second:
            return True
        countries = self.tables.by_key("countries")
        unions = [countries[code]["customs_union"] if code in countries else None for code in (first, second)]
        return unions[0] is not None and unions[0] == unions[1]


def holds_on(row: Row, day: date) -> bool:
    """Whether a row's dates include the day."""
    start, end = row.get("valid_from"), row.get("valid_until")
    return (start is None or start <= day) and (end is None or day <= end)


def usable_between(row: Row, day: date, until: date) -> bool:
    """Whether a terminal, link or service is open on any day between two; history counts on its own days."""
    if row["status"] == "planned" or (row["status"] == "closed" and row["valid_until"] is None):
        return False
    return meets(row, day, until)


def compile_tables(tables: Tables, day: date, until: date | None = None) -> Compiled:
    """The rows that hold on a day, and of what moves and what is closed those of any day up to `until`.

    A service is left out when a call or link of it is not usable on any of these days.
    """
    until = day if until is None else until

    def usable(row: Row) -> bool:
        return usable_between(row, day, until)

    terminals = {row["terminal_id"]: row for row in _sorted(tables, "terminals") if usable(row)}
    links = {
        row["link_id"]: row
        for row in _sorted(tables, "links")
        if usable(row) and row["from_terminal"] in terminals and row["to_terminal"] in terminals
    }
    other_years = {
        (row["quantity"], row["country"] or row["service_id"]): row
        for row in _sorted(tables, "other_years")
        if holds_on(row, day)
    }
    services = {
        row["service_id"]: _departing(row, other_years.get(("departures", row["service_id"])))
        for row in _sorted(tables, "services")
        if usable(row)
    }
    return Compiled(
        day=day,
        until=until,
        tables=tables,
        terminals=terminals,
        links=links,
        services=services,
        other_years=other_years,
        lines=tuple(_lines(tables, terminals, links, services)),
        # Over several days a season comes and goes, so it is left to who asks for an hour.
        closures=tuple(
            row
            for row in tables["closures"]
            if (spans(row, day, day) if day == until else meets(row, day, until))
        ),
        embargoes=tuple(row for row in tables["embargoes"] if meets(row, day, until)),
        _dwell=_by_place(
            tables["dwell"], day, lambda row: (row["activity"], row["from_gauge_mm"], row["to_gauge_mm"])
        ),
        _handling=_by_place(tables["handling"], day, lambda row: (row["activity"],)),
        _procedures=_procedures(tables["border_procedures"], day),
    )


def _departing(service: Row, other_year: Row | None) -> Row:
    """A service with the departures of a year that the table does not describe."""
    if other_year is None:
        return service
    share = other_year["figure"] / other_year["usual_figure"]
    return {**service, "departures_per_week": service["departures_per_week"] * share}


def _sorted(tables: Tables, table: str) -> list[Row]:
    """Rows in the order of their keys, so that the order of a file decides nothing."""
    return sorted(tables[table], key=lambda row: str(row[schema(table).key]))


def _by_place(rows: Iterable[Row], day: date, rest: Any) -> dict[Any, Row]:
    return {
        (row["terminal_id"] or f"*{row['kind']}", *rest(row)): row
        for row in rows
        if "valid_from" not in row or holds_on(row, day)
    }


def _procedures(rows: Iterable[Row], day: date) -> dict[tuple[str, str, str, str], dict[str | None, Row]]:
    found: dict[tuple[str, str, str, str], dict[str | None, Row]] = {}
    for row in rows:
        if holds_on(row, day):
            frontier = (row["from_country"], row["to_country"], row["mode"], row["side"])
            found.setdefault(frontier, {})[row["terminal_id"]] = row
    return found


def _lines(
    tables: Tables, terminals: Mapping[str, Row], links: Mapping[str, Row], services: Mapping[str, Row]
) -> Iterable[Line]:
    calls: dict[str, list[Row]] = {}
    for row in tables["service_calls"]:
        calls.setdefault(row["service_id"], []).append(row)
    for service_id, service in services.items():
        stops = sorted(calls.get(service_id, ()), key=lambda row: row["seq"])
        hops = _hops(stops, terminals, links)
        if not hops:
            continue
        yield Line(service, True, hops)
        if service["runs"] == "both":
            back = _reversed(hops)
            if back:
                yield Line(service, False, back)


def _hops(stops: Sequence[Row], terminals: Mapping[str, Row], links: Mapping[str, Row]) -> tuple[Hop, ...]:
    hops = []
    for before, after in pairwise(stops):
        ids = after["link_ids"] or ()
        if before["terminal_id"] not in terminals or after["terminal_id"] not in terminals:
            return ()
        if not ids or any(link_id not in links for link_id in ids):
            return ()
        run = walk([links[link_id] for link_id in ids], before["terminal_id"], after["terminal_id"])
        if run is None:
            return ()
        hops.append(
            Hop(
                before["terminal_id"],
                after["terminal_id"],
                run,
                after["running_p50_h"],
                after["running_p90_h"],
                before["halt_h"] or 0.0,
            )
        )
    return tuple(hops)


def walk(links: Sequence[Row], start: str, end: str) -> tuple[tuple[Row, bool], ...] | None:
    """Links in order from start to end with the direction each is run in, or None if they do not join."""
    run, here = [], start
    for link in links:
        if link["from_terminal"] == here:
            run.append((link, True))
            here = link["to_terminal"]
        elif link["to_terminal"] == here and link["direction"] == "both":
            run.append((link, False))
            here = link["from_terminal"]
        else:
            return None
    return tuple(run) if here == end else None


def _reversed(hops: Sequence[Hop]) -> tuple[Hop, ...]:
    """The same calls in reverse; none if a link on the way is one-way."""
    if any(link["direction"] == "forward" for hop in hops for link, _ in hop.links):
        return ()
    # The halt belongs to the call where a hop starts, so it moves to the hop that starts there now.
    halts = {hop.from_terminal: hop.halt_h for hop in hops}
    return tuple(
        Hop(
            hop.to_terminal,
            hop.from_terminal,
            tuple((link, not along) for link, along in reversed(hop.links)),
            hop.running_p50_h,
            hop.running_p90_h,
            halts.get(hop.to_terminal, 0.0),
        )
        for hop in reversed(hops)
    )
