"""What the places and tokens of a corridor model are about, from their names; and what people call them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..words import short

if TYPE_CHECKING:
    from ..network import Network

Row = Mapping[str, Any]
LEG = re.compile(r"(?P<what>\S+) (?P<start>[\w-]+)>(?P<end>[\w-]+)")
_BY = {"rail": "train", "sea": "ship", "road": "truck", "inland_waterway": "barge"}
_ROOM = {"rail side": "room beside the trains", "ship side": "room beside the ships"}
_TURN, _STOPPED, _POOL, _HOURS = "loading ", "leaving ", "fleet ", "hours "
_DONE = {"border": "frontier", "inspection": "inspections"}
_VEHICLES = ("train", "ship", "truck", "ferry", "barge")
_PIECES = {"container": "box", "empty_container": "box", "bulk": "cargo"}
_OWN = "own boxes "
# Cargo that has come to where the model's way of it ends.
_LANDED = {"delivery": ("box", "boxes arrived"), "landed": ("wagon", "wagons and trucks landed")}
_WORD = re.compile(r"[A-Za-z][\w]*(?:-[\w]+)+")


def vehicle_of(kind: str) -> str:
    """Which vehicle a kind of token is: train, ship, ...; empty for cargo, weather and sources.

    >>> vehicle_of("ship feeder-aktau-alat"), vehicle_of("demand-china-poti-2025")
    ('ship', '')
    """
    first, _, rest = kind.partition(" ")
    return first if rest and first in _VEHICLES else ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the model.

    words : as people call it
    role : kind of facility such as yard; leg, turn (who loads next), pool (of wagons or engines), fleet (of
        ships), gate or other
    terminal_id, link_id, service_id : what of the tables it belongs to, empty where it does not
    to_terminal, by : where a leg ends, which begins at terminal_id, and what runs on it
    """

    words: str
    role: str
    terminal_id: str = ""
    link_id: str = ""
    service_id: str = ""
    to_terminal: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A kind of token. who: box, train, ship, wagon, ..., or empty for weather, sources and the like."""

    words: str
    who: str


class Names:
    """Reads the names that a corridor model gives: terminals, links, services, fleets and rows of volumes."""

    def __init__(self, network: Network) -> None:
        tables = network.tables
        rows = {name: tables.by_key(name) for name in ("terminals", "links", "services", "fleets", "volumes")}
        self.terminals, self.links, self.services, self.fleets, self.volumes = rows.values()
        self.passages = {each for link in self.links.values() for each in link["passages"] or ()}
        self._short = {key: short(row["name"]) for key, row in self.terminals.items()}

    def terminal(self, terminal_id: str) -> str:
        """A terminal without what stands in brackets behind its name."""
        return self._short.get(terminal_id, terminal_id)

    def leg(self, name: str) -> Place | None:
        """A service or kind of ferry with the ends of its run; None for what is none."""
        found = LEG.fullmatch(name)
        if found is None or not {found["start"], found["end"]} <= set(self.terminals):
            return None
        what, start, end = found.groups()
        service = self.services.get(what)
        by = what.replace("_", " ") if service is None else _BY.get(service["mode"], "")
        words = f"{by} {self.terminal(start)} to {self.terminal(end)}".strip()
        return Place(words, "leg", start, "", what if service else "", end, by)

    def ends(self, name: str) -> str:
        """Where a leg leads, without what runs there."""
        leg = self.leg(name)
        return (
            name if leg is None else f"{self.terminal(leg.terminal_id)} to {self.terminal(leg.to_terminal)}"
        )

    def place(self, kind: str, name: str) -> Place:
        """A place by its kind and name."""
        leg = self.leg(name.removeprefix(_TURN))
        if leg is not None:
            turn = name.startswith(_TURN)
            return replace(leg, role="turn", words=f"turn to load a {leg.words}") if turn else leg
        if kind == "gate":
            return self._gate(name)
        first, _, rest = name.partition(" ")
        if first in self.terminals:
            rest, _, start = rest.partition(" from ")
            told = _ROOM.get(rest, rest.replace("_", " "))
            told += f" from {self.terminal(start)}" if start else ""
            return Place(f"{self.terminal(first)}: {told}", rest or "other", first)
        fleet = name.removeprefix(_POOL)
        if fleet in self.fleets:
            return Place(str(self.fleets[fleet]["name"]), "pool" if fleet == name else "fleet")
        if first in self.links:
            return Place(f"{self.link(first)}: {rest.replace('_', ' ')}", rest or "other", link_id=first)
        return Place(name.replace("_", " "), "other")

    def _gate(self, name: str) -> Place:
        if name in self.terminals:
            return Place(f"{self.terminal(name)} shut", "gate", name)
        if name in self.links:
            return Place(f"{self.link(name)} shut", "gate", link_id=name)
        thing, _, done = name.removeprefix(_HOURS).rpartition(" ")
        if name.startswith(_HOURS) and thing in self.terminals:
            return Place(f"{self.terminal(thing)}: {_DONE[done]} out of hours", "gate", thing)
        thing = name.removeprefix(_STOPPED)
        if thing != name:
            service = self.services.get(thing)
            told = service["name"] if service else self.terminal(thing)
            return Place(f"no departures: {told}", "gate", service_id=thing if service else "")
        role = "gate" if name in self.passages else "other"
        return Place(f"{name.replace('_', ' ').capitalize()} shut", role)

    def link(self, link_id: str) -> str:
        """A link by its ends."""
        row = self.links[link_id]
        return f"{self.terminal(row['from_terminal'])} - {self.terminal(row['to_terminal'])}"

    def token(self, kind: str) -> Token:
        """A kind of token by its name."""
        first, _, rest = kind.partition(" ")
        if vehicle_of(kind):
            leg = self.leg(rest)
            if leg is not None:
                return Token(leg.words, first)
            fleet = next((word for word in rest.split() if word in self.fleets), "")
            if fleet:
                return Token(short(self.fleets[fleet]["name"]), first)
            return Token(
                str(self.services[rest]["name"]) if rest in self.services else self.plain(kind), first
            )
        if first in self.volumes:
            row, way = self.volumes[first], self.leg(f"x {rest.rpartition(' ')[2]}")
            words = self.flow(first) if way is None else way.words.replace("x ", "") + self._cargo(row)
            return Token(words, _PIECES.get(row["cargo"], str(row["cargo"])))
        if first in _LANDED and rest in self.terminals:
            return Token(f"{_LANDED[first][1]} in {self.terminal(rest)}", _LANDED[first][0])
        if kind.startswith(_OWN) and kind.removeprefix(_OWN) in self.terminals:
            return Token(f"own boxes of {self.terminal(kind.removeprefix(_OWN))}", "box")
        return Token(kind.replace("_", " "), "")

    def _cargo(self, row: Row) -> str:
        cargo = row["cargo"].replace("_container", "").replace("container", "")
        return f" ({cargo})" if cargo else ""

    def flow(self, volume_id: str) -> str:
        """A row of volumes by where it is counted: its ends, terminals, services, or the route."""
        row = self.volumes[volume_id]
        cargo = self._cargo(row)
        if row["counted"] == "flow":
            return f"{self.terminal(row['from_terminal'])} to {self.terminal(row['to_terminal'])}{cargo}"
        if row["counted"] == "route":
            return f"trans-Caspian route{cargo}"
        known = {"terminal": self._short, "service": {k: r["name"] for k, r in self.services.items()}}
        names = known.get(row["counted"], {k: self.link(k) for k in self.links})
        return ", ".join(str(names.get(each, each)) for each in row["place_ids"] or ()) + cargo

    def plain(self, text: str) -> str:
        """A sentence of the model with names in place of the ids of legs, terminals, services and rows."""

        def of_leg(found: re.Match[str]) -> str:
            leg = self.leg(found.group())
            return found.group() if leg is None else leg.words

        text = LEG.sub(of_leg, text)
        text = re.sub(r"\b(train|ship) (?=\1 )", "", text)

        def of_word(found: re.Match[str]) -> str:
            word = found.group()
            for table in (self.services, self.fleets):
                if word in table:
                    return str(table[word]["name"])
            if word in self.volumes:
                row = self.volumes[word]
                unit = row["unit"] if row["unit"] in ("TEU", "t") else f"{row['unit']}s"
                return f"{self.flow(word)} {row['value']:,.0f} {unit}"
            return self._short.get(word, word)

        return _WORD.sub(of_word, text).replace("_", " ")
