"""The events of one replication as a log that process mining reads.

Source  OCEL (Object-Centric Event Log) specification 2.0, 2023: events and objects of declared types,
    related many to many.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .ground import DAY_S
from .measures import hops
from .naming import Names, Place, vehicle_of

if TYPE_CHECKING:
    import polars as pl

    from .simulating import Simulated

Row = Mapping[str, Any]
_HOUR_S = 3600.0
# Fleets are held from first to last; room beside ships and trains is passed in no time.
_UNTOLD = ("fleet", "rail side", "ship side")
_TOLD = {"turn": "turn to load"}


def event_log(answer: Simulated, *, days: int = 30) -> dict[str, Any]:
    """The first replication: every event of the cargo that set out in so many first days of the year, and
    of all trains and ships from that day to the last of these events, as OCEL 2.0.

    Objects are pieces of cargo (box, wagon, ...), trains, ships, terminals and services. Loading and letting
    off are related to the cargo, the train or ship that carried it, the terminal and the service.
    """
    import polars as pl

    assert answer.measures is not None, "event_log() needs an answer that was measured"
    begin = answer.runs.options["warm_up_s"]
    rows = answer.measures.first.with_columns(pl.col("kind", "place_kind", "place").cast(pl.String))
    cargo = rows.filter(pl.col("kind").is_in(list(hops(answer.corridor))))
    cargo = cargo.with_columns(out_s=pl.col("arrived_s").min().over("token"))
    cargo = cargo.filter(pl.col("out_s").is_between(begin, begin + days * DAY_S, closed="left"))
    until = int(cargo["left_s"].max() or begin)  # type: ignore[arg-type]
    moving = [kind for kind in rows["kind"].unique().sort() if vehicle_of(kind)]
    vehicles = rows.filter(
        pl.col("kind").is_in(moving), pl.col("arrived_s") >= begin, pl.col("left_s") <= until
    )
    kinds = dict(rows.filter(pl.col("kind").is_in(moving)).select("token", "kind").unique().iter_rows())
    return _Log(answer, Names(answer.network), kinds).of(pl.concat([cargo.drop("out_s"), vehicles]))


def as_text(log: Mapping[str, Any]) -> str:
    """A log as compact JSON, a line an event and an object."""
    lines = [
        json.dumps(name) + ":[\n" + ",\n".join(_line(each) for each in rows) + "\n]"
        for name, rows in log.items()
    ]
    return "{" + ",\n".join(lines) + "}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class _Log:
    def __init__(self, answer: Simulated, names: Names, vehicles: Mapping[int, str]) -> None:
        """vehicles: kinds of the tokens that carry."""
        self.names, self.vehicles = names, vehicles
        self.midnight = datetime.combine(answer.corridor.first, datetime.min.time())
        self.first_at = self.at(answer.runs.options["warm_up_s"])
        self.events: list[tuple[int, int, str, list[dict[str, Any]], list[dict[str, str]]]] = []
        self.objects: dict[str, dict[str, Any]] = {}

    def at(self, seconds: int) -> str:
        return (self.midnight + timedelta(seconds=seconds)).isoformat() + "Z"

    def of(self, visits: pl.DataFrame) -> dict[str, Any]:
        """The log of some visits."""
        known: dict[tuple[str, str], Place] = {}
        for row in visits.sort("arrived_s", "token", "step", "place").iter_rows(named=True):
            key = (row["place_kind"], row["place"])
            if key not in known:
                known[key] = self.names.place(*key)
            self._visit(row, known[key])
        self.events.sort(key=lambda event: event[:2])
        types: dict[str, dict[str, str]] = {}
        events = []
        for number, (seconds, _, name, attributes, related) in enumerate(self.events, 1):
            types.setdefault(name, {}).update({each["name"]: "float" for each in attributes})
            events.append(
                {"id": f"e{number}", "type": name, "time": self.at(seconds), "attributes": attributes,
                 "relationships": related}
            )  # fmt: skip
        kinds: dict[str, set[str]] = {}
        for each in self.objects.values():
            kinds.setdefault(each["type"], set()).update(a["name"] for a in each["attributes"])
        return {
            "objectTypes": [
                {"name": kind, "attributes": [{"name": name, "type": "string"} for name in sorted(told)]}
                for kind, told in sorted(kinds.items())
            ],
            "eventTypes": [
                {
                    "name": name,
                    "attributes": [{"name": each, "type": kind} for each, kind in sorted(told.items())],
                }
                for name, told in sorted(types.items())
            ],
            "objects": [self.objects[key] for key in sorted(self.objects)],
            "events": events,
        }

    def _visit(self, row: Row, place: Place) -> None:
        who = self._token(row["token"], row["kind"])
        if place.role == "leg":
            here, there = ((self._terminal(each), "at") for each in (place.terminal_id, place.to_terminal))
            by = [(self._service(place.service_id), "by")] if place.service_id else []
            took = self._vehicle(row["vehicle"], place.by)
            waited_s = row["started_s"] - row["arrived_s"]
            self._event(row["arrived_s"], 2, f"ready for {place.by}", [who, here, *by])
            self._event(row["started_s"], 3, f"loaded on {place.by}", [who, here, *by, took], waited_s)
            self._event(row["finished_s"], 0, f"let off {place.by}", [who, there, *by, took])
        elif place.role not in _UNTOLD:
            related = [who, (self._terminal(place.terminal_id), "at")] if place.terminal_id else [who]
            name = (
                place.words if place.role == "pool" else _TOLD.get(place.role, place.role.replace("_", " "))
            )
            self._event(row["started_s"], 1, f"{name}: taken", related, row["started_s"] - row["arrived_s"])
            self._event(row["left_s"], 4, f"{name}: left", related)

    def _event(
        self, seconds: int, order: int, name: str, related: list[tuple[str, str]], waited_s: int | None = None
    ) -> None:
        """order: which of the events of one second comes first."""
        told = [] if waited_s is None else [{"name": "waited_h", "value": round(waited_s / _HOUR_S, 3)}]
        pairs = [{"objectId": key, "qualifier": qualifier} for key, qualifier in related]
        self.events.append((seconds, order, name, told, pairs))

    def _token(self, number: int, kind: str) -> tuple[str, str]:
        token = self.names.token(kind)
        key = self._object(f"{token.who}-{number}", token.who, token.words)
        return key, "vehicle" if vehicle_of(kind) else "cargo"

    def _vehicle(self, number: int, by: str) -> tuple[str, str]:
        """by: what it is called that visits no place itself, of which no more is known."""
        if number in self.vehicles:
            return self._token(number, self.vehicles[number])
        return self._object(f"{by}-{number}", by, f"{by} {number}"), "vehicle"

    def _terminal(self, terminal_id: str) -> str:
        return self._object(terminal_id, "terminal", str(self.names.terminals[terminal_id]["name"]))

    def _service(self, service_id: str) -> str:
        return self._object(service_id, "service", str(self.names.services[service_id]["name"]))

    def _object(self, key: str, kind: str, name: str) -> str:
        if key not in self.objects:
            told = [{"name": "name", "time": self.first_at, "value": name}]
            self.objects[key] = {"id": key, "type": kind, "attributes": told, "relationships": []}
        return key
