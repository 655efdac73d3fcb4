"""What a page draws of a simulated year beside its rows: places, queues, use, ships, and the replay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import indicators
from .measures import hops
from .naming import Names, vehicle_of
from .replay import STEP_H, Replay, unit_of
from .reporting import first_day

if TYPE_CHECKING:
    import polars as pl

    from .simulating import Simulated

_MOST_QUEUES, _MOST_PLACES = 12, 24
SPANS = ("moving", "alongside", "roads", "waiting")
_LEAST_S = 1800  # shorter stretches cannot be seen
_Span = tuple[int, int, int, str]  # begin and end, seconds of the year; position in SPANS; terminal


def shown(answer: Simulated) -> dict[str, Any]:
    """Parts that go with `to_dict`: plain lists, positions instead of names that come again."""
    names = Names(answer.network)
    return {
        "flows": _flows(answer, names),
        "places": _places(answer, names),
        "queues": _queues(answer),
        "months": _months(answer),
        "voyages": _voyages(answer, names),
        "replay": None if answer.replay is None else _replay(answer, answer.replay, names),
    }


def _flows(answer: Simulated, names: Names) -> list[dict[str, str]]:
    found = []
    for volume_id, way in hops(answer.corridor).items():
        ends = {"from": names.terminal(way[0][1]), "to": names.terminal(way[-1][2])}
        found.append({"volume_id": volume_id, **ends})
    return found


def _places(answer: Simulated, names: Names) -> list[dict[str, Any]]:
    """Every place by what it is about, so that it can be named in any language."""
    found = []
    kinds = answer.runs.places.filter(answer.runs.places["replication"] == 0)
    for kind, place in kinds.select("place_kind", "place").iter_rows():
        told = names.place(str(kind), str(place))
        ends = {"terminal": told.terminal_id, "to": told.to_terminal}
        row = {"kind": str(kind), "place": str(place), "role": told.role, "by": told.by, "words": told.words}
        found.append({**row, **{key: names.terminal(each) if each else "" for key, each in ends.items()}})
    return found


def _queues(answer: Simulated) -> dict[str, Any]:
    """The longest queues, day by day: mean over replications, and what one in ten is below and above."""
    import polars as pl

    rows = indicators.queues(answer.runs, answer.corridor.first)
    sums = rows.group_by("place_kind", "place").agg(total=pl.col("queue").sum()).filter(pl.col("total") > 0)
    top = sums.sort(["total", "place"], descending=[True, False]).head(_MOST_QUEUES)
    days = sorted(rows["date"].unique().to_list())
    places = []
    for kind, place, _ in top.iter_rows():
        part = rows.filter(pl.col("place_kind") == kind, pl.col("place") == place).sort("day")
        lines = {
            word: [round(each, 1) for each in part[column]]
            for word, column in (("mean", "queue"), ("p10", "p10_queue"), ("p90", "p90_queue"))
        }
        places.append({"kind": kind, "place": place, **lines})
    return {"from": days[0].isoformat() if days else None, "places": places}


def _months(answer: Simulated) -> dict[str, Any]:
    """Use of the busiest places, month by month."""
    monthly = indicators.monthly_use(answer.corridor, answer.runs)
    busiest = indicators.utilisation(answer.runs, Names(answer.network))["place"].head(_MOST_PLACES).to_list()
    months = sorted(set(monthly["month"]))
    shares = {(place, month): share for place, month, share in monthly.iter_rows()}
    places = []
    for place in busiest:
        use = [shares.get((place, month)) for month in months]
        places.append({"place": place, "use": [None if each is None else round(each, 4) for each in use]})
    return {"months": [f"{month:%Y-%m}" for month in months], "places": places}


def _voyages(answer: Simulated, names: Names) -> dict[str, Any]:
    """What each ship did, hours of the year: begin, end, which of `spans`, which of `where`."""
    where: dict[str, int] = {}
    lanes = []
    if answer.replay is not None and answer.measures is not None:
        stays = _stays(answer, answer.measures.first, names)
        crossings: dict[int, list[_Span]] = {}
        for trip in answer.replay.trips:
            end = names.place("hold", trip.leg).to_terminal
            crossings.setdefault(trip.vehicle, []).append((trip.track[0][2], trip.track[-1][3], 0, end))
        for at, vehicle in enumerate(answer.replay.vehicles):
            if vehicle_of(vehicle.pool) == "ship":
                spans = _filled([*crossings.get(at, []), *stays.get(vehicle.token, [])])
                told = [
                    (round(begin / 3600, 1), round(end / 3600, 1), what,
                     where.setdefault(names.terminal(place), len(where)))
                    for begin, end, what, place in spans if end - begin >= _LEAST_S and end > 0
                ]  # fmt: skip
                lanes.append({"pool": names.token(vehicle.pool).words, "spans": told})
    lanes.sort(key=lambda lane: str(lane["pool"]))
    return {"from": first_day(answer).isoformat(), "spans": list(SPANS), "where": list(where), "lanes": lanes}


def _stays(answer: Simulated, visits: pl.DataFrame, names: Names) -> dict[int, list[_Span]]:
    """When ships lay at berths and when they waited for one or in front of a port, by token."""
    import polars as pl

    zero = answer.runs.options["warm_up_s"]
    found: dict[int, list[_Span]] = {}
    rows = visits.filter(
        pl.col("place").cast(pl.String).str.contains(r"(berth|entry of ships)$"),
        pl.col("kind").cast(pl.String).str.starts_with("ship "),
        pl.col("left_s") > zero,
    ).select("token", pl.col("place").cast(pl.String), "arrived_s", "started_s", "left_s")
    for token, place, arrived, started, left in rows.iter_rows():
        port = names.place("resource", place).terminal_id
        spans = found.setdefault(token, [])
        spans.append((arrived - zero, started - zero, 3, port))
        if place.endswith("berth"):
            spans.append((started - zero, left - zero, 1, port))
    return found


def _filled(spans: Sequence[_Span]) -> list[_Span]:
    """One after the other; what is between them is spent in the roads."""
    found: list[_Span] = []
    for begin, end, what, place in sorted(spans):
        since = found[-1][1] if found else begin
        if begin > since:
            found.append((since, begin, 2, found[-1][3]))
        if end > max(begin, since):
            found.append((max(begin, since), end, what, place))
    return found


def _replay(answer: Simulated, replay: Replay, names: Names) -> dict[str, Any]:
    pools: dict[str, int] = {}
    vehicles = [(pools.setdefault(each.pool, len(pools)), each.until_s) for each in replay.vehicles]
    legs: dict[str, int] = {}
    links: dict[str, int] = {}
    trips = []
    for trip in replay.trips:
        track: list[int] = []
        for link_id, along, begin, end in trip.track:
            at = links.setdefault(link_id, len(links))
            # A link is told from 1 on, with a minus where it is run against.
            track += [(at + 1) * (1 if along else -1), begin, end]
        trips.append((trip.vehicle, legs.setdefault(trip.leg, len(legs)), trip.load, track))
    return {
        "replication": 1,
        "from": first_day(answer).isoformat(),
        "days": replay.days,
        "step_h": STEP_H,
        "pools": [{"kind": vehicle_of(pool), "name": names.token(pool).words} for pool in pools],
        "legs": [_leg(leg, names) for leg in legs],
        "links": list(links),
        "vehicles": vehicles,
        "trips": trips,
        "terminals": [
            {
                "terminal_id": stand.terminal_id,
                "name": names.terminal(stand.terminal_id),
                **{axis: round(names.terminals[stand.terminal_id][axis], 5) for axis in ("lat", "lon")},
                **{part: list(getattr(stand, part)) for part in ("yard", "room", "boxes", "ships", "trains")},
                "shut": [list(span) for span in stand.shut],
            }
            for stand in replay.stands
        ],
    }


def _leg(leg: str, names: Names) -> dict[str, str]:
    found = names.place("hold", leg)
    return {
        "by": found.by,
        "from": found.terminal_id,
        "to": found.to_terminal,
        "unit": unit_of(leg),
    }
