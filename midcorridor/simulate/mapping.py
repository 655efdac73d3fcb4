"""A simulated year on a map: terminals with queues and use, links with what went over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..geo import cut_at_antimeridian, track
from . import indicators
from .ground import DAY_S
from .naming import Names

if TYPE_CHECKING:
    from .simulating import Simulated

Row = Mapping[str, Any]
_DECIMALS = 5  # of a degree: about a metre


def to_geojson(answer: Simulated) -> dict[str, Any]:
    """A FeatureCollection: a point a terminal and a line a link that something of the year went over.

    Of a terminal: TEU (on ferries wagons and trucks) taken away and brought by each mode, how many wait
    there for a vehicle in the mean and on the worst day, and the share in use of each kind of facility.
    Of a link: TEU a year in either direction, trains a day beside the paths there are, and the share of
    the time in which weather shut it.
    """
    names = Names(answer.network)
    features = [*_links(answer, names), *_terminals(answer, names)]
    return {"type": "FeatureCollection", "features": features}


def _terminals(answer: Simulated, names: Names) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for leg in indicators.legs(answer.corridor, answer.runs, names).iter_rows(named=True):
        for side, word in (("from_terminal", "out"), ("to_terminal", "in")):
            told = found.setdefault(leg[side], {})
            unit = "pieces" if leg["teu"] is None else "teu"
            key = f"{unit}_{word}_by_{leg['mode']}"
            told[key] = round(told.get(key, 0.0) + leg[unit])
    daily = indicators.queues(answer.runs, answer.corridor.first)
    for (kind, name), part in daily.partition_by("place_kind", "place", as_dict=True).items():
        place = names.place(str(kind), str(name))
        if place.role == "leg" and place.terminal_id in found:
            told = found[place.terminal_id]
            mean, most = told.get("waiting", 0.0), told.get("waiting_most", 0.0)
            told["waiting"] = round(mean + float(part["queue"].sum()) / part.height, 1)
            told["waiting_most"] = round(most + float(part["queue"].to_numpy().max()), 1)
    for row in indicators.utilisation(answer.runs, names).iter_rows(named=True):
        if row["terminal_id"]:
            here = found.setdefault(row["terminal_id"], {})
            here[f"use_of_{row['role'].replace(' ', '_')}"] = round(row["use"], 4)
    shut = _shut(answer)
    features = []
    for terminal_id in sorted(found):
        terminal = names.terminals[terminal_id]
        properties = {"part": "terminal", "terminal_id": terminal_id, "name": terminal["name"]}
        properties |= found[terminal_id]
        if terminal_id in shut:
            properties["shut_share"] = shut[terminal_id]
        point = [round(terminal["lon"], _DECIMALS), round(terminal["lat"], _DECIMALS)]
        geometry = {"type": "Point", "coordinates": point}
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    return features


def _links(answer: Simulated, names: Names) -> list[dict[str, Any]]:
    made, runs = answer.corridor, answer.runs
    teu = {
        row["place"]: row["teu"] or 0.0 for row in indicators.legs(made, runs, names).iter_rows(named=True)
    }
    days = (runs.options["horizon_s"] - runs.options["warm_up_s"]) / DAY_S
    loads: dict[tuple[str, bool], float] = {}
    trains: dict[tuple[str, bool], float] = {}
    for leg in {leg for legs in made.routes.values() for leg in legs}:
        for link, along in leg.links:
            key = (link["link_id"], along)
            loads[key] = loads.get(key, 0.0) + teu.get(leg.name, 0.0)
    trips = {row["name"]: row["n"] for row in indicators.train_runs(made, runs).iter_rows(named=True)}
    for lead, back in made.trains:
        number = trips.get(f"train {lead.name}", 0.0) / days
        for train in (lead, *([back] if back else [])):
            for link, along in train.links:
                key = (link["link_id"], along)
                trains[key] = trains.get(key, 0.0) + number
    shut = _shut(answer)
    features = []
    for link_id in sorted({link_id for link_id, _ in loads}):
        row = names.links[link_id]
        told: dict[str, Any] = {
            "part": "link",
            "link_id": link_id,
            "name": names.link(link_id),
            "mode": row["mode"],
        }
        for along, word in ((True, "along"), (False, "against")):
            key = (link_id, along)
            told[f"teu_{word}"] = round(loads.get(key, 0.0))
            if row["mode"] == "rail":
                told[f"trains_{word}_per_day"] = round(trains.get(key, 0.0), 3)
                paths = row["capacity_trains_per_day"]
                told[f"use_of_paths_{word}"] = round(trains.get(key, 0.0) / paths, 4) if paths else None
        closed = [shut[each] for each in (link_id, *(row["passages"] or ())) if each in shut]
        told["shut_share"] = max(closed, default=None)
        ends = [
            (names.terminals[row[side]]["lon"], names.terminals[row[side]]["lat"])
            for side in ("from_terminal", "to_terminal")
        ]
        line, basis = track(row["mode"], ends[0], ends[1], row["passages"] or ())
        pieces = [
            [[round(x, _DECIMALS), round(y, _DECIMALS)] for x, y in piece]
            for piece in cut_at_antimeridian(line)
        ]
        shape = "LineString" if len(pieces) == 1 else "MultiLineString"
        geometry = {"type": shape, "coordinates": pieces[0] if len(pieces) == 1 else pieces}
        features.append(
            {"type": "Feature", "geometry": geometry, "properties": {**told, "geometry_basis": basis}}
        )
    return features


def _shut(answer: Simulated) -> dict[str, float]:
    """Share of the year in which each gate was shut, mean over replications."""
    import polars as pl

    gates = answer.runs.places.filter(pl.col("place_kind").cast(pl.String) == "gate")
    shut = gates.group_by(pl.col("place").cast(pl.String)).agg(shut=1 - pl.col("mean_use").mean())
    return {place: round(min(1.0, max(0.0, share)), 4) for place, share in shut.sort("place").iter_rows()}
