"""One more of each thing that can hold a corridor up: a scenario for each place of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ..changes import Change
from ..network import Compiled, Network
from ..network.closings import Closing, closings, meets
from ..network.compiled import holds_on
from ..scenario import Scenario
from .breakdowns import breakdown, in_service, unit_of
from .ground import Corridor, Ground
from .opening import SHUT
from .ways import fit

Row = Mapping[str, Any]
Place = tuple[str, str]  # kind of place (resource, hold, bay, gate) and its name in the model
_CRANES = ("quay_crane", "rail_crane")
_MADE = "made by a lever"
_DAY_H = 24.0


@dataclass(frozen=True, slots=True)
class Lever:
    """One more of something at one place.

    thing : terminal, fleet, link, service, rule or storm that it is about; called : what people call it
    table : whose rows it changes; bound : it takes away what nobody can, so that no real thing gains more
    watches : where those wait who would gain by it; place : the resource that has more, empty for none
    link_id : the link whose train paths it adds
    fails : the resource whose units fail less often; opened : the terminal where fewer boxes are opened
    away_share : of the time that each of them is in repair now
    """

    kind: str  # lever_id of its row
    thing: str
    words: str
    scenario: Scenario
    watches: tuple[Place, ...] = ()
    place: str = ""
    link_id: str = ""
    fails: str = ""
    away_share: float = 0.0
    called: str = ""
    table: str = ""
    bound: bool = False
    opened: str = ""

    @property
    def name(self) -> str:
        """Kind and thing, one of a kind."""
        return f"{self.kind} {self.thing}"


def levers_of(network: Network, made: Corridor) -> list[Lever]:
    """Every lever of the table that touches what a model holds, in the order of their names.

    made : the corridor of the same network. Rows that are the same cranes are one lever.
    """
    found: dict[str, Lever] = {}
    seen: set[frozenset[str]] = set()
    finder = _Finder(network, made)
    for row in sorted(network.tables["levers"], key=lambda row: str(row["lever_id"])):
        for lever in finder.of(row):
            same = frozenset(map(repr, lever.scenario.changes))
            if same not in seen:
                found[lever.name] = lever
            seen.add(same)
    return [found[name] for name in sorted(found)]


class _Finder:
    def __init__(self, network: Network, made: Corridor) -> None:
        self.made, self.tables = made, network.tables
        self.on: Compiled = network.on(date(made.year, 7, 1))
        self.ground = Ground(self.on, replace(made, absent=[]))
        self.holds = made.model.of_kind("hold")

    def of(self, row: Row) -> Iterator[Lever]:
        table = row["table"]
        if table == "facilities":
            yield from self._facilities(row)
        elif table == "fleets":
            yield from self._fleets(row)
        elif table == "links":
            yield from self._links(row)
        elif table == "closures":
            yield from self._storms(row)
        elif table == "breakdowns":
            yield from self._breakdowns(row)
        elif table == "inspections":
            yield from self._inspections(row)
        elif table == "opening_hours":
            yield from self._opening_hours(row)
        else:
            yield from self._departures(row)

    def _lever(
        self, row: Row, thing: str, called: str, changes: Sequence[Change], **more: Any
    ) -> Iterator[Lever]:
        if changes:
            words = f"{row['words']}: {called}"
            more |= {"called": called, "table": row["table"], "bound": row["operation"] == "remove"}
            yield Lever(str(row["lever_id"]), thing, words, Scenario(words, tuple(changes)), **more)

    def _facilities(self, row: Row) -> Iterator[Lever]:
        kind = row["kind"]
        for name in self.made.model.of_kind("resource"):
            terminal, _, what = name.partition(" ")
            if terminal not in self.on.terminals or what not in (kind, "crane" if kind in _CRANES else kind):
                continue
            facility = self.ground.facility(terminal, kind)
            if facility is None:
                continue
            # Of places shared with others the larger amount is all of them: it grows with the smaller.
            rows = self.tables.by_key("facilities")
            shared = [rows[each] for each in facility["shared_with"] or ()]
            shared = [each for each in shared if each["amount"] >= facility["amount"]]
            if facility["terminal_id"]:
                keys = [
                    each["facility_id"]
                    for each in self.tables["facilities"]
                    if each["kind"] == kind
                    and each["terminal_id"] == terminal
                    and meets(each, self.made.first, self.made.last)
                ]
                keys += [each["facility_id"] for each in shared]
                changes = [self._changed(row, "facilities", key) for key in keys]
            else:
                changes = [self._own_row(row, facility, terminal)]
            around = {
                "container_berth": ("ship side", "entry of ships"),
                "rail_track": ("rail side", "entry of trains"),
                "yard": ("ship side", "entry of ships", "rail side", "entry of trains"),
            }.get(kind, ())
            parts = [*around, *(each["kind"] for each in shared)]
            near = [
                each
                for part in parts
                for each in self.made.model.of_kind("resource")
                if each == f"{terminal} {part}" or each.startswith(f"{terminal} {part} from ")
            ]
            watches = [("resource", each) for each in dict.fromkeys((name, *near))]
            called = self._called(terminal)
            yield from self._lever(row, terminal, called, changes, watches=tuple(watches), place=name)

    def _own_row(self, row: Row, facility: Row, terminal: str) -> Change:
        """A row of the terminal's own, in place of that of its kind of terminal."""
        more = {"terminal_id": terminal, "terminal_kind": None, "note": f"{facility['note'] or ''} {_MADE}"}
        amount = _moved(row, facility["amount"])
        cells = {**facility, **more, "amount": amount}
        key = f"{terminal}-{row['lever_id']}"
        del cells["facility_id"]
        return Change("add", "facilities", key, value=cells)

    def _changed(self, row: Row, table: str, key: str) -> Change:
        """A row with its cell moved by the lever."""
        cell = self.tables.by_key(table)[key][row["column"]]
        return Change("set", table, key, row["column"], _moved(row, cell))

    def _fleets(self, row: Row) -> Iterator[Lever]:
        seen: set[tuple[str, ...]] = set()
        for fleet in sorted(self.ground.fleets, key=lambda each: -each["number"]):
            fleet_id, services = fleet["fleet_id"], tuple(fleet["service_ids"])
            pool = fleet["kind"] in ("platform_wagons", "locomotives")
            there = fleet_id in self.made.model.places if pool else self._sails(fleet_id)
            if fleet["kind"] != row["kind"] or not there or services in seen:
                continue
            seen.add(services)
            if row["operation"] == "add_here":
                works = in_service(self.ground, fleet)
                others = fleet["number"] * fleet["fit_share"] / works
                share = min(1.0, (fit(fleet, works) + row["step"]) / others)
                changes = [Change("set", "fleets", fleet_id, row["column"], share)]
            else:
                changes = [self._changed(row, "fleets", fleet_id)]
            watches: tuple[Place, ...] = (("resource", fleet_id),) if pool else self._of(services)
            place = fleet_id if pool else ""
            yield from self._lever(row, fleet_id, fleet["name"], changes, watches=watches, place=place)

    def _sails(self, fleet_id: str) -> bool:
        """Whether ships of a pool are in the model."""
        return any(fleet_id in start.program.split() for start in self.made.model.starts.values())

    def _links(self, row: Row) -> Iterator[Lever]:
        used = {link["link_id"]: link for lead, back in self.made.trains for link, _ in _links_of(lead, back)}
        for link_id, link in sorted(used.items()):
            if link["mode"] == row["kind"] and link[row["column"]]:
                ends = " - ".join(self._called(link[side]) for side in ("from_terminal", "to_terminal"))
                changes = [self._changed(row, "links", link_id)]
                yield from self._lever(row, link_id, ends, changes, link_id=link_id)

    def _departures(self, row: Row) -> Iterator[Lever]:
        rules = [each for each in self.tables["departure_rules"] if holds_on(each, self.on.day)]
        if row["table"] == "departure_rules":
            for rule in rules:
                holds = self._of(rule["service_ids"] or ())
                if rule["rule"] == row["kind"] and holds:
                    changes = [self._changed(row, "departure_rules", rule["rule_id"])]
                    called = str(rule["rule_id"]).replace("-", " ")
                    yield from self._lever(row, rule["rule_id"], called, changes, watches=holds)
            return
        full = {each for rule in rules if rule["rule"] != row["kind"] for each in rule["service_ids"] or ()}
        services = {hold.partition(" ")[0] for hold in self.holds} - full
        for service_id in sorted(services & set(self.tables.by_key("services"))):
            changes = [self._changed(row, "services", service_id)]
            called = self.tables.by_key("services")[service_id]["name"]
            yield from self._lever(row, service_id, called, changes, watches=self._of([service_id]))

    def _breakdowns(self, row: Row) -> Iterator[Lever]:
        """Fewer failures of one terminal or fleet: a row of its own in place of the general one."""
        for name in self.made.model.of_kind("resource"):
            for kind, thing in unit_of(self.ground, name):
                fails = breakdown(self.ground, kind, thing) if kind == row["kind"] else None
                if fails is None:
                    continue
                cells = {**fails, "thing_ids": [thing], "note": f"{fails['note'] or ''} {_MADE}"}
                cells[row["column"]] = _moved(row, fails[row["column"]])
                del cells["breakdown_id"]
                changes = [Change("add", "breakdowns", f"{thing}-{row['lever_id']}", value=cells)]
                if fails["thing_ids"] is not None:
                    others = [each for each in fails["thing_ids"] if each != thing]
                    key = fails["breakdown_id"]
                    gone = Change("set", "breakdowns", key, "thing_ids", others)
                    changes.insert(0, gone if others else Change("remove", "breakdowns", key))
                fleet = self.tables.by_key("fleets").get(thing)
                watches: tuple[Place, ...] = (("resource", name),)
                if fleet is not None and fleet["kind"] != "locomotives":
                    watches = self._of(fleet["service_ids"])
                if fleet is not None:  # the pool stays as large: who fails less is fit more of the time
                    works = in_service(self.ground, fleet)
                    then = cells["mean_between_h"] / (cells["mean_between_h"] + cells["mean_repair_h"])
                    share = min(1.0, fleet["fit_share"] * max(1.0, then / works))
                    changes.append(Change("set", "fleets", thing, "fit_share", share))
                called = self._called(thing) if fleet is None else fleet["name"]
                away = fails["mean_repair_h"] / (fails["mean_between_h"] + fails["mean_repair_h"])
                more: dict[str, Any] = {"watches": watches, "fails": name, "away_share": away}
                yield from self._lever(row, thing, called, changes, **more)

    def _inspections(self, row: Row) -> Iterator[Lever]:
        """Fewer boxes opened at one terminal: a row of its own; the one that named it does so no more."""
        ends = {leg.to_terminal for legs in self.made.routes.values() for leg in legs}
        for each in self.tables["inspections"]:
            if not holds_on(each, self.on.day):
                continue
            for terminal in sorted(ends & set(each["terminal_ids"])):
                key, others = each["inspection_id"], [t for t in each["terminal_ids"] if t != terminal]
                cells = {**each, "terminal_ids": [terminal], "note": f"{each['note'] or ''} {_MADE}"}
                cells[row["column"]] = _moved(row, each[row["column"]])
                del cells["inspection_id"]
                changes = [
                    Change("set", "inspections", key, "terminal_ids", others)
                    if others
                    else Change("remove", "inspections", key),
                    Change("add", "inspections", f"{terminal}-{row['lever_id']}", value=cells),
                ]
                yield from self._lever(row, terminal, self._called(terminal), changes, opened=terminal)

    def _opening_hours(self, row: Row) -> Iterator[Lever]:
        """An hour more at each place whose hours hold somebody up; of several rows a day all grow."""
        gates = {
            name: name.removeprefix(SHUT).partition(" ")
            for name in self.made.model.of_kind("gate")
            if name.startswith(SHUT)
        }
        for name, (terminal, _, activity) in gates.items():
            hours = [
                each
                for each in self.tables["opening_hours"]
                if each["activity"] == activity == row["kind"]
                and terminal in each["terminal_ids"]
                and each["open_h"] < _DAY_H
            ]
            changes = []
            for each in hours:
                cells = {**each, "terminal_ids": [terminal], "note": f"{each['note'] or ''} {_MADE}"}
                cells[row["column"]] = min(_DAY_H, _moved(row, each[row["column"]]))
                del cells["hours_id"]
                changes.append(
                    Change(
                        "add",
                        "opening_hours",
                        f"{each['hours_id']}-{terminal}-{row['lever_id']}",
                        value=cells,
                    )
                )
            yield from self._lever(row, terminal, self._called(terminal), changes, watches=(("gate", name),))

    def _of(self, services: Sequence[str]) -> tuple[Place, ...]:
        """Holds of cargo that waits for these services: of each, or of all ferries of a kind on its line."""
        decks = set()
        for line in self.on.lines:
            if line.service["service_id"] in services:
                ends = line.hops[0].from_terminal, line.hops[-1].to_terminal
                decks |= {f"{line.service['kind']} {a}>{b}" for a, b in (ends, ends[::-1])}
        prefixes = tuple(f"{each} " for each in services)
        return tuple(("hold", each) for each in self.holds if each.startswith(prefixes) or each in decks)

    def _storms(self, row: Row) -> Iterator[Lever]:
        rows = [each for each in self.tables["closures"] if each["cause"] == row["kind"]]
        gates = set(self.made.model.of_kind("gate"))
        groups: dict[tuple[str, ...], list[Closing]] = {}
        for closing in closings(rows, self.made.first, self.made.last).values():
            shut = tuple(each for each in closing.rows[0]["scope_ids"] if each in gates)
            if shut:
                groups.setdefault(shut, []).append(closing)
        for shut, alike in sorted(groups.items()):
            keys = sorted(each["closure_id"] for closing in alike for each in closing.rows)
            changes = [Change("remove", "closures", key) for key in keys]
            watches = tuple(("gate", each) for each in shut)
            called = ", ".join(self._called(each) for each in shut)
            yield from self._lever(row, keys[0], called, changes, watches=watches)

    def _called(self, thing: str) -> str:
        terminal = self.on.terminals.get(thing)
        return str(terminal["name"]).partition(" (")[0] if terminal else thing


def _moved(row: Row, cell: Any) -> Any:
    """A cell after the lever; counts stay whole."""
    value = cell + row["step"] if row["operation"] == "add" else cell * row["step"]
    return round(value) if isinstance(cell, int) or float(value).is_integer() else value


def _links_of(*legs: Any) -> Iterator[tuple[Row, bool]]:
    for leg in legs:
        if leg is not None:
            yield from leg.links
