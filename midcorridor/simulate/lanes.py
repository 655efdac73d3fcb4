"""What ships and sets of wagons did day by day in the first replication, for a Gantt chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .ground import DAY_S
from .naming import Names, vehicle_of

if TYPE_CHECKING:
    import polars as pl

    from .simulating import Simulated

Row = Mapping[str, Any]
_TERMINAL_ROLES = ("rail_track", "gauge_bay", "crane", "rail_crane", "shunting", "entry of trains")
_BEYOND_D = 60  # how far before and after the days to look for the ends of what goes on in them


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time of one vehicle, in days from the first that is shown.

    what : moving, alongside (or at a terminal), roads (between two stays at one port), waiting (for a berth,
        or in front of a terminal); where : the terminal, or where it goes
    """

    begin_d: float
    end_d: float
    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A line of the chart: a ship, or one set of wagons after the other. group : what they belong to."""

    group: str
    spans: tuple[Span, ...]


def voyages(answer: Simulated, *, from_d: int = 0, days: int = 60) -> list[Lane]:
    """Ships that come again and sets of wagons of counted pools in some days of the year, counted from its
    first day; the first replication. Empty where nothing was measured."""
    import polars as pl

    if answer.measures is None:
        return []
    names, zero = Names(answer.network), answer.runs.options["warm_up_s"] + from_d * DAY_S
    rows = answer.measures.first.with_columns(pl.col("kind", "place_kind", "place").cast(pl.String))
    rows = rows.filter(pl.col("place_kind") == "resource", pl.col("left_s") > zero - _BEYOND_D * DAY_S)
    rows = rows.filter(pl.col("arrived_s") < zero + (days + _BEYOND_D) * DAY_S)
    lanes = _ships(rows, names) + _sets(answer, rows, names)
    shown = ((lane, _cut(lane.spans, zero, days)) for lane in lanes)
    return [Lane(lane.group, spans) for lane, spans in shown if spans]


def _cut(spans: Sequence[Span], zero: int, days: int) -> tuple[Span, ...]:
    """Spans in days from zero, inside the days asked for."""
    found = []
    for span in spans:
        begin, end = ((each - zero) / DAY_S for each in (span.begin_d, span.end_d))
        if end > 0 and begin < days and end > begin:
            found.append(Span(max(0.0, begin), min(float(days), end), span.what, span.where))
    return tuple(found)


def _ships(rows: pl.DataFrame, names: Names) -> list[Lane]:
    """A lane for each ship that is seen at more than one berth; times in seconds still."""
    import polars as pl

    found: list[Lane] = []
    kinds = [kind for kind in rows["kind"].unique().sort() if vehicle_of(kind) == "ship"]
    for kind in kinds:
        mine = rows.filter(pl.col("kind") == kind, pl.col("place").str.ends_with("berth"))
        ships = mine.sort("token", "arrived_s", "left_s").partition_by("token", maintain_order=True)
        stays = [ship.to_dicts() for ship in ships if ship["place"].n_unique() > 1]
        found += [Lane(names.token(kind).words, tuple(_ship_spans(each, names))) for each in stays]
    return found


def _ship_spans(stays: Sequence[Row], names: Names) -> list[Span]:
    spans: list[Span] = []
    before: Row | None = None
    for stay in _together(stays):
        here = names.terminal(names.place("resource", stay["place"]).terminal_id)
        if before is not None:
            what = "roads" if _port(before) == _port(stay) else "moving"
            spans.append(Span(before["left_s"], stay["arrived_s"], what, here))
        spans.append(Span(stay["arrived_s"], stay["started_s"], "waiting", here))
        spans.append(Span(stay["started_s"], stay["left_s"], "alongside", here))
        before = stay
    return spans


def _together(stays: Sequence[Row]) -> list[dict[str, Any]]:
    """Berths of one port that a ship holds at a time as one: it lies there when it has them all."""
    found: list[dict[str, Any]] = []
    for stay in stays:
        if found and _port(found[-1]) == _port(stay) and stay["arrived_s"] < found[-1]["left_s"]:
            for name, choose in (("arrived_s", min), ("started_s", max), ("left_s", max)):
                found[-1][name] = choose(found[-1][name], stay[name])
        else:
            found.append(dict(stay))
    return found


def _port(stay: Row) -> str:
    return str(stay["place"]).partition(" ")[0]


def _sets(answer: Simulated, rows: pl.DataFrame, names: Names) -> list[Lane]:
    """Trains of counted wagons, put into as few lanes as there are at a time."""
    import polars as pl

    found: list[Lane] = []
    for pool in answer.corridor.wagons:
        held = rows.filter(pl.col("place") == pool).sort("started_s", "token")
        trains = rows.filter(pl.col("token").is_in(held["token"].to_list())).sort("started_s")
        stays: dict[int, list[Row]] = {}
        for row in trains.iter_rows(named=True):
            place = names.place("resource", row["place"])
            if place.role in _TERMINAL_ROLES:
                stays.setdefault(row["token"], []).append(
                    {**row, "terminal": names.terminal(place.terminal_id)}
                )
        lanes: list[list[Span]] = []
        for row in held.iter_rows(named=True):
            lane = next((each for each in lanes if each[-1].end_d <= row["started_s"]), None)
            if lane is None:
                lane = []
                lanes.append(lane)
            lane += _train_spans(row["started_s"], row["finished_s"], stays.get(row["token"], []))
        name = names.place("resource", pool).words
        found += [Lane(name, tuple(lane)) for lane in lanes]
    return found


def _train_spans(begin: int, end: int, stays: Sequence[Row]) -> list[Span]:
    """From one terminal to the next, stays at one terminal taken together."""
    spans: list[Span] = []
    at = begin
    for nth, stay in enumerate(stays):
        here = stay["terminal"]
        if spans and spans[-1].what == "alongside" and spans[-1].where == here:
            spans[-1] = Span(spans[-1].begin_d, max(spans[-1].end_d, stay["left_s"]), "alongside", here)
        else:
            spans.append(Span(at, stay["arrived_s"], "moving", here))
            if stay["started_s"] > stay["arrived_s"] and (not nth or stays[nth - 1]["terminal"] != here):
                spans.append(Span(stay["arrived_s"], stay["started_s"], "waiting", here))
            spans.append(Span(stay["started_s"], stay["left_s"], "alongside", here))
        at = spans[-1].end_d  # type: ignore[assignment]
    spans.append(Span(at, end, "moving", ""))
    return spans
