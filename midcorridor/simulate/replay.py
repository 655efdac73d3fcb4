"""Where vehicles were in one replication and how full terminals: what a map plays back.

The run is looked at every hour. A vehicle that is on a link then says to the second when it leaves it, and
when it came on it unless it waited before for weather: then the hour before is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .._kernels import sim_layout as k
from .ferries import WAGON_DM
from .ground import DAY_S, Corridor, Passage
from .naming import Names

if TYPE_CHECKING:
    from ..network import Network
    from .state import Replication

Array = np.ndarray[Any, Any]
_HOUR_S = 3600
STEP_H = 6  # use and queues of terminals are means of so many hours
UNITS = ("TEU", "wagon lengths")
_SHIP_ROLES = ("container_berth", "ferry_berth", "roro_berth", "bulk_berth", "entry of ships")
_BOX_ROLES = ("yard", "rail side", "ship side")


@dataclass(frozen=True, slots=True)
class Seen:
    """A vehicle on a link: seconds from the first day of the warm-up, units aboard."""

    passage: Passage
    from_s: int
    until_s: int
    load: int


@dataclass(frozen=True, slots=True)
class Trip:
    """One run over a leg. track : link, whether along it, and the seconds of the year on it, in order."""

    vehicle: int
    leg: str
    load: int
    track: tuple[tuple[str, bool, int, int], ...]


@dataclass(frozen=True, slots=True)
class Vehicle:
    """pool, token : what it is called in the runs and their visits; until_s : second of the year at which it
    was last there."""

    pool: str
    token: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Stand:
    """A terminal by step: units in the yard and its room, boxes that wait for a train, ship or the yard,
    ships and trains that wait for their turn; spans of seconds in which weather or a closure shut it."""

    terminal_id: str
    yard: Sequence[int]
    room: Sequence[int]
    boxes: Sequence[int]
    ships: Sequence[int]
    trains: Sequence[int]
    shut: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Replay:
    """The first replication of a year, in seconds from its first day."""

    days: int
    vehicles: Sequence[Vehicle]
    trips: Sequence[Trip]
    stands: Sequence[Stand]


@dataclass
class _Track:
    """What has been seen of one vehicle."""

    pool: str
    last_s: int
    ended_s: int = -1
    seen: list[Seen] = field(default_factory=list)


class Watcher:
    """Looks at a replication every hour from the warm-up on."""

    def __init__(
        self, made: Corridor, begin_s: int, end_s: int, progress: Callable[[int], None] | None
    ) -> None:
        """progress : told the days that are through"""
        self.every_s, self.made = _HOUR_S, made
        self.begin_s, self.end_s, self._progress = begin_s, end_s, progress
        self._tracks: dict[int, _Track] = {}
        self._use: list[Array] = []
        self._queue: list[Array] = []
        self._room: list[Array] = []
        self._names: list[tuple[str, str]] = []
        self._before = -1
        self._of_pc: Array | None = None
        self._passages: dict[int, Passage] = {}

    def look(self, run: Replication) -> None:
        """What the hour before has brought."""
        now = int(run.globals[0]["now"])
        if self._of_pc is None:
            self._begin(run)
        assert self._of_pc is not None
        rows = run.tokens[: int(run.globals[0]["tokens"])]
        for at in np.flatnonzero(self._of_pc[rows["pc"]]).tolist():
            self._one(rows[at], run.compiled.kinds, now)
        self._use.append(run.places["in_use"].copy())
        self._queue.append(run.places["queue"].copy())
        self._room.append(run.places["capacity"].copy())
        self._before = now
        if self._progress is not None and now % DAY_S == 0:
            self._progress(now // DAY_S)

    def _begin(self, run: Replication) -> None:
        """Which steps are of vehicles that move, and which mean that one is on a link."""
        compiled = run.compiled
        programs = {program for program, _ in self.made.tracks}
        self._of_pc = np.zeros(len(compiled.steps), dtype=bool)
        for program in programs:
            first = compiled.first_step[program]
            self._of_pc[first : first + len(compiled.model.programs[program].steps)] = True
        self._of_pc[compiled.steps["op"] == k.END] = False  # where rows of tokens that ended stay
        for (program, step), passage in self.made.tracks.items():
            # The kernel goes on to the next step before it waits.
            self._passages[compiled.first_step[program] + step + 1] = passage
        self._names = compiled.model.place_names()

    def _one(self, token: Any, kinds: Sequence[str], now: int) -> None:
        track = self._tracks.get(int(token["serial"]))
        if track is None:
            track = self._tracks[int(token["serial"])] = _Track(kinds[int(token["kind"])], now)
        track.last_s = now
        passage = self._passages.get(int(token["pc"]))
        if passage is None or int(token["state"]) != k.TIMER:
            return
        until = int(token["wake"]) >> 32
        last = track.seen[-1] if track.seen else None
        if last is not None and last.until_s == until and last.passage == passage:
            return
        since = max(int(token["done"]), self._before, last.until_s if last else 0)
        track.seen.append(Seen(passage, min(since, until), until, int(token["load"])))

    def replay(self, network: Network) -> Replay:
        """What was seen."""
        names = Names(network)
        lengths: dict[str, dict[int, Passage]] = {}
        for passage in self.made.tracks.values():
            lengths.setdefault(passage.leg, {})[passage.nth] = passage
        hours = {key: row["running_p50_h"] for key, row in names.links.items()}
        vehicles: list[Vehicle] = []
        trips: list[Trip] = []
        for token, track in sorted(self._tracks.items()):
            if track.seen:
                parts = _runs(track.seen)
                for part in parts:
                    # Where the year ends a vehicle may not have come to the links that are left.
                    through = part is not parts[-1] or track.last_s < self._before
                    # Nor is it known when one that was under way at the first look had set out.
                    under_way = part[0].from_s <= self.begin_s
                    links = lengths[part[0].passage.leg]
                    whole = _whole(part, links, hours, under_way=under_way, through=through)
                    told = tuple(
                        (each.passage.link_id, each.passage.along, each.from_s - self.begin_s,
                         each.until_s - self.begin_s) for each in whole
                    )  # fmt: skip
                    trips.append(Trip(len(vehicles), part[0].passage.leg, _units(part[0]), told))
                gone = max(track.last_s, track.seen[-1].until_s) - self.begin_s
                vehicles.append(Vehicle(track.pool, token, gone))
        trips.sort(key=lambda trip: (trip.track[0][2], trip.vehicle))
        days = (self.end_s - self.begin_s) // DAY_S
        return Replay(days, vehicles, trips, self._stands(names))

    def _stands(self, names: Names) -> list[Stand]:
        if not self._use:
            return []
        use, queue, room = (np.array(each) for each in (self._use, self._queue, self._room))
        parts: dict[str, dict[str, list[int]]] = {}
        gates: dict[str, int] = {}
        for at, (kind, name) in enumerate(self._names):
            place = names.place(kind, name)
            if kind == "gate" and name in names.terminals:
                gates[name] = at
            if not place.terminal_id or kind not in ("resource", "hold") or place.role == "turn":
                continue
            found = parts.setdefault(place.terminal_id, {"yard": [], "boxes": [], "ships": [], "trains": []})
            if place.role == "yard":
                found["yard"].append(at)
            if kind == "hold" or place.role in _BOX_ROLES:
                found["boxes"].append(at)
            else:
                found["ships" if place.role in _SHIP_ROLES else "trains"].append(at)
        stands = []
        for terminal_id in sorted(set(parts) | set(gates)):
            mine = parts.get(terminal_id, {"yard": [], "boxes": [], "ships": [], "trains": []})
            told = [(use, "yard"), (room, "yard"), (queue, "boxes"), (queue, "ships"), (queue, "trains")]
            yard, space, boxes, ships, trains = (_steps(of[:, mine[name]].sum(axis=1)) for of, name in told)
            shut = self._shut(use[:, gates[terminal_id]] == 0) if terminal_id in gates else []
            stands.append(Stand(terminal_id, yard, space, boxes, ships, trains, shut))
        return stands

    def _shut(self, shut: Array) -> list[tuple[int, int]]:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], shut, [False]]).astype(np.int8)))
        pairs = edges.reshape(-1, 2) * self.every_s
        return [(int(begin), int(end)) for begin, end in pairs]


def _units(seen: Seen) -> int:
    """Aboard: TEU of boxes; on ferries lengths of a wagon."""
    return round(seen.load / WAGON_DM) if _ferry(seen.passage.leg) else seen.load


def _ferry(leg: str) -> bool:
    return leg.partition(" ")[0] in ("rail_ferry", "ro_pax")


def unit_of(leg: str) -> str:
    """In what the load of a leg is told."""
    return UNITS[_ferry(leg)]


def _steps(values: Array) -> list[int]:
    """Means of every STEP_H looks."""
    whole = len(values) // STEP_H * STEP_H
    means = values[:whole].reshape(-1, STEP_H).mean(axis=1) if whole else np.zeros(0)
    return [int(each) for each in np.rint(means)]


def _runs(seen: Sequence[Seen]) -> list[list[Seen]]:
    """Links one after the other, cut where another leg or another run over the same one begins."""
    found: list[list[Seen]] = []
    for each in seen:
        last = found[-1][-1].passage if found else None
        if last is None or last.leg != each.passage.leg or each.passage.nth <= last.nth:
            found.append([])
        found[-1].append(each)
    return found


def _whole(
    seen: Sequence[Seen],
    links: Mapping[int, Passage],
    hours: Mapping[str, float],
    *,
    under_way: bool,
    through: bool,
) -> list[Seen]:
    """With the links that were passed between two looks: those between others share the time between them,
    those before the first and after the last take their median hours, an hour at most."""
    found: list[Seen] = []
    for each in seen:
        nth = found[-1].passage.nth + 1 if found else 0
        missing = [links[i] for i in range(nth, each.passage.nth)]
        if missing and found:
            gap = (each.from_s - found[-1].until_s) / len(missing)
            at = float(found[-1].until_s)
            for link in missing:
                found.append(Seen(link, round(at), round(at + gap), each.load))
                at += gap
        elif missing and not under_way:
            at = each.from_s - sum(min(hours[link.link_id], 1.0) for link in missing) * _HOUR_S
            for link in missing:
                then = at + min(hours[link.link_id], 1.0) * _HOUR_S
                found.append(Seen(link, round(at), round(then), each.load))
                at = then
        found.append(each)
    for nth in range(found[-1].passage.nth + 1, max(links) + 1 if through else 0):
        at = found[-1].until_s
        then = at + round(min(hours[links[nth].link_id], 1.0) * _HOUR_S)
        found.append(Seen(links[nth], at, then, found[-1].load))
    return found
