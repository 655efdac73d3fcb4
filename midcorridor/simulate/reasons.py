"""Why a lever helps or does not: what the base says about the place where it is moved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from ..network import Network
from ..network.compiled import holds_on
from ..said import Said
from .durations import lognormal
from .levers import Lever, Place
from .measured import CARGOES, Measured, flows_of, unit_of
from .naming import Names

Row = Mapping[str, Any]
_DAY_H = 24.0
_YEAR_D = 365.0
_TOLD = 2  # waits of a lever that are told one by one
# Kinds of token that are nobody who waits: the weather, sources, seasons.
_VEHICLES = ("train", "ship")


class Reasons:
    """Waits and use of a base run, summed once, asked lever by lever."""

    def __init__(self, network: Network, base: Measured) -> None:
        import polars as pl

        self.base, self.tables, self.names = base, network.tables, Names(network)
        runs, many = base.runs, len(base.runs.stops)
        self.year = _YEAR_D / base.days
        self.who = {name: unit_of(row)[0] for name, row in flows_of(base.corridor).items()}
        kind = pl.col("kind").cast(pl.String)
        waits = runs.waits.group_by("place_kind", "place", "kind").agg(
            n=pl.col("n").sum() / many * self.year,
            total_d=(pl.col("n") * pl.col("mean_h")).sum() / many / _DAY_H * self.year,
            most_h=pl.col("most_h").max(),
        )
        waits = waits.with_columns(pl.col("place_kind", "place").cast(pl.String), kind=kind)
        self.waits: dict[Place, dict[str, tuple[float, float, float]]] = {}
        for place_kind, place, name, n, total, most in waits.sort("place_kind", "place", "kind").iter_rows():
            who = self._who(name)
            if who:
                of_place = self.waits.setdefault((place_kind, place), {})
                before = of_place.get(who, (0.0, 0.0, 0.0))
                of_place[who] = (before[0] + n, before[1] + total, max(before[2], most))
        places = runs.places.group_by("place_kind", "place").agg(pl.col("mean_use", "mean_capacity").mean())
        places = places.with_columns(pl.col("place_kind", "place").cast(pl.String))
        self.use = {(k, p): (use, capacity) for k, p, use, capacity in places.iter_rows()}
        self.trains = self._trains_a_day()

    def _who(self, kind: str) -> str:
        """What kind of thing a token is that waits; empty for what is no cargo and no vehicle."""
        if kind in self.who:
            return self.who[kind]
        first = kind.split(" ")[0]
        if first in _VEHICLES:
            return first
        return "box" if kind.startswith(("delivery ", "own boxes ")) else ""

    def _called(self, place: Place) -> str:
        """A place as people call it."""
        return self.names.place(*place).words

    def _trains_a_day(self) -> dict[str, float]:
        """Trains that pass each link in a day, both directions together."""
        import polars as pl

        runs, made = self.base.runs, self.base.corridor
        ended = runs.ended.group_by(pl.col("kind").cast(pl.String)).agg(pl.col("n").sum())
        came = dict(ended.iter_rows())
        found: dict[str, float] = {}
        for lead, back in made.trains:
            trains = came.get(f"train {lead.name}", 0) / len(runs.stops) / self.base.days
            for link, _ in (*lead.links, *(back.links if back is not None else ())):
                found[link["link_id"]] = found.get(link["link_id"], 0.0) + trains
        return found

    def waited_d(self, lever: Lever) -> float:
        """Days a year that all together wait where the lever is moved.

        Waits for a train path are not counted by the model: of a path more, what it takes from half of the
        time between two paths, for each train.
        """
        if lever.opened:
            return self._opened(lever.opened)[1]
        if lever.link_id:
            paths = float(self.tables.by_key("links")[lever.link_id]["capacity_trains_per_day"])
            trains = self.trains.get(lever.link_id, 0.0) * self.base.days * self.year
            return trains * (1 / paths - 1 / (paths + 1)) / 2
        return sum(total for place in lever.watches for _, total, _ in self.waits.get(place, {}).values())

    def _opened(self, terminal: str) -> tuple[float, float]:
        """Boxes a year that customs open at a terminal, and the days that this takes, by share and mean."""
        import polars as pl

        made = self.base.corridor
        passed = {
            name: sum(leg.to_terminal == terminal for leg in legs)
            for name, legs in made.routes.items()
            if made.flows[name]["cargo"] != "empty_container"
        }
        came = dict(self.base.flows.group_by("flow").agg(pl.col("arrived").mean()).iter_rows())
        boxes = sum(came.get(name, 0.0) * times for name, times in passed.items()) * self.year
        day = date(made.year, 7, 1)
        rows = (each for each in self.tables["inspections"] if holds_on(each, day))
        row = next(each for each in rows if terminal in each["terminal_ids"])
        length = lognormal(row["p50_h"], row["p90_h"])
        mean_h = length.p * math.exp(length.q**2 / 2)
        return boxes * row["share"], boxes * row["share"] * mean_h / _DAY_H

    def why(self, lever: Lever) -> list[Said]:
        """A few sentences from the numbers of the base."""
        told = []
        if lever.link_id:
            paths = float(self.tables.by_key("links")[lever.link_id]["capacity_trains_per_day"])
            trains = self.trains.get(lever.link_id, 0.0) / 2
            told.append(Said("lever_paths", trains_mean=trains, paths=paths, used_share=trains / paths))
        if lever.place:
            used, units = self.use[("resource", lever.place)]
            if units > 0:  # nothing is there while works or a strike have taken all
                told.append(Said("lever_use", used_mean=used, units_mean=units, used_share=used / units))
        if lever.opened:
            boxes, days = self._opened(lever.opened)
            told.append(Said("lever_opened", many=boxes, days=days))
        if lever.fails:
            units = self.base.corridor.model.places[lever.fails].capacity
            told.append(Said("lever_away", away_mean=units * lever.away_share, units=units))
        waits: list[tuple[float, Said]] = []
        for place in lever.watches:
            at: dict[str, Any] = {"place": self._called(place), "place_kind": place[0], "place_id": place[1]}
            gate = place[0] == "gate" and place in self.use
            if gate:  # which is in use while it is open
                told.append(Said("lever_shut", shut_share=1 - self.use[place][0], **at))
            code = "lever_wait_gate" if gate else "lever_wait_at"
            if not gate and place[1] == lever.place:
                code, at = "lever_wait", {}
            of_place = self.waits.get(place, {})
            for who in (*_VEHICLES, *CARGOES):
                n, days, most_h = of_place.get(who, (0.0, 0.0, 0.0))
                if days > 0 and n > 0:
                    numbers = {"many": n, "mean_h": days * _DAY_H / n, "most_h": most_h, "days": days}
                    waits.append((days, Said(code, who=who, **numbers, **at)))
        waits.sort(key=lambda wait: -wait[0])
        told += [sentence for _, sentence in waits[:_TOLD]]
        if len(waits) > _TOLD:
            told.append(Said("lever_rest", days=sum(days for days, _ in waits[_TOLD:])))
        if not lever.link_id and not lever.opened and not waits:
            told.append(Said("lever_nobody"))
        return told
