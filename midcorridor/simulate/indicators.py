"""What the tables of runs tell without visits: use of places, queues by day, and what legs carried."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from .census import COUNTLESS
from .ground import BOX_TEU, DAY_S, Corridor
from .measures import over
from .model import Model
from .naming import Names
from .outcomes import Runs

if TYPE_CHECKING:
    import polars as pl

Array = np.ndarray[Any, Any]
_DAY_H = 24.0


def utilisation(runs: Runs, names: Names) -> pl.DataFrame:
    """Use of each place with units, the busiest first, with its queue and how much of the use was waiting
    to go on (blocked); means over replications, `_pm` half of the 95 % interval. Left out are fleets, which
    are always in use, room beside ships and trains, which comes and goes with them, and what only counts."""
    import polars as pl

    rows = runs.places.filter(pl.col("place_kind").cast(pl.String) == "resource", pl.col("mean_capacity") > 0)
    rows = rows.filter(pl.col("capacity") < COUNTLESS)
    rows = rows.with_columns(
        pl.col("place").cast(pl.String), use=pl.col("mean_use") / pl.col("mean_capacity")
    )
    hours = (runs.options["horizon_s"] - runs.options["warm_up_s"]) / 3600
    blocked = pl.col("blocked_h") / (pl.col("mean_use") * hours)
    rows = rows.with_columns(blocked_share=pl.when(pl.col("mean_use") > 0).then(blocked).otherwise(0.0))
    values = ["use", "mean_capacity", "mean_queue", "most_queue", "arrived", "blocked_share"]
    found = over(rows.select("place", *values).to_dicts(), ["place"], values, str)
    told = [names.place("resource", place) for place in found["place"]]
    found = found.with_columns(
        name=pl.Series([each.words for each in told], dtype=pl.String),
        role=pl.Series([each.role for each in told], dtype=pl.String),
        terminal_id=pl.Series([each.terminal_id for each in told], dtype=pl.String),
    )
    kept = (
        ~pl.col("role").str.ends_with(" side")
        & ~pl.col("role").is_in(["fleet", "turn"])
        & (pl.col("arrived") > 0)
    )
    return found.filter(kept).sort(["use", "place"], descending=[True, False])


def queues(runs: Runs, first: date) -> pl.DataFrame:
    """Boxes or vehicles that wait at each place by day, from the day after the warm-up: mean over
    replications, and what one in ten of them is below and above."""
    import polars as pl

    rows = _days(runs).filter(pl.col("place_kind").is_in(["hold", "resource"]))
    queue = pl.col("mean_queue")
    found = rows.group_by("place_kind", "place", "day").agg(
        queue=queue.mean(), p10_queue=queue.quantile(0.1, "linear"), p90_queue=queue.quantile(0.9, "linear")
    )
    on = pl.lit(first) + pl.duration(days=pl.col("day"))
    return found.with_columns(date=on.cast(pl.Date)).sort("place_kind", "place", "day")


def monthly_use(made: Corridor, runs: Runs) -> pl.DataFrame:
    """Share of the units of each place in use, month by month; the units are those of the day."""
    import polars as pl

    rows = _days(runs).filter(pl.col("place_kind") == "resource")
    rows = rows.group_by("place", "day").agg(use=pl.col("mean_use").mean())
    days = int(rows["day"].max() or 0) + 1  # type: ignore[arg-type]
    found: list[tuple[str, date, float, float]] = []
    for (place,), part in rows.partition_by("place", as_dict=True).items():
        units = capacity_by_day(made.model, str(place), days)
        for day, use in part.sort("day").select("day", "use").iter_rows():
            month = (made.first + timedelta(day)).replace(day=1)
            found.append((str(place), month, use, float(units[day])))
    table = pl.DataFrame(found, schema=["place", "month", "use", "units"], orient="row")
    total = table.group_by("place", "month").agg(pl.col("use", "units").sum())
    shown = total.filter(pl.col("units") > 0).with_columns(share=pl.col("use") / pl.col("units"))
    return shown.select("place", "month", "share").sort("place", "month")


def capacity_by_day(model: Model, place: str, days: int) -> Array:
    """Units of a resource on each day, with the changes that are fixed beforehand: yards that grow."""
    units = np.full(days, float(model.places[place].capacity))
    for start in model.starts.values():
        steps = model.programs[start.program].steps
        dated = itertools.takewhile(lambda step: step.op == "capacity", steps)
        for step in dated:
            if step.options["resource"] == place:
                units[start.at_s // DAY_S :] += step.options["change"]
    return units


def legs(made: Corridor, runs: Runs, names: Names) -> pl.DataFrame:
    """Pieces that each leg took in the year, in TEU where they are boxes, and their wait for it."""
    import polars as pl

    rows = runs.waits.with_columns(pl.col("place_kind", "place", "kind").cast(pl.String))
    boxes = rows.filter(pl.col("place_kind") == "hold")
    boxes = boxes.group_by("place", "replication", maintain_order=True).agg(
        pieces=pl.col("n").sum(),
        wait_h=(pl.col("n") * pl.col("mean_h")).sum() / pl.col("n").sum(),
        longest_h=pl.col("most_h").max(),
    )
    found = over(boxes.to_dicts(), ["place"], ["pieces", "wait_h", "longest_h"], str)
    told = [names.place("hold", place) for place in found["place"]]
    modes = [names.services[each.service_id]["mode"] if each.service_id else "ferry" for each in told]
    boxed = pl.Series([bool(each.service_id) for each in told], dtype=pl.Boolean)  # decks have no service
    return found.with_columns(
        teu=pl.when(boxed).then(pl.col("pieces") * BOX_TEU),
        name=pl.Series([each.words for each in told], dtype=pl.String),
        mode=pl.Series(modes, dtype=pl.String),
        from_terminal=pl.Series([each.terminal_id for each in told], dtype=pl.String),
        to_terminal=pl.Series([each.to_terminal for each in told], dtype=pl.String),
    ).sort(["pieces", "place"], descending=[True, False])


def train_runs(made: Corridor, runs: Runs) -> pl.DataFrame:
    """Trains a year and hours from loaded to free again, there and back where they go back: what trains
    were in the model less their waits for a load. Means only: visits do not tell when a train was made."""
    import polars as pl

    kinds = [f"train {lead.name}" for lead, _ in made.trains]
    ended = runs.ended.with_columns(pl.col("kind").cast(pl.String))
    ended = ended.filter(pl.col("kind").is_in(kinds), pl.col("n") > 0)
    waits = runs.waits.with_columns(pl.col("kind", "place_kind").cast(pl.String))
    loading = waits.filter(pl.col("place_kind") == "bay").group_by("replication", "kind")
    hours = loading.agg(for_load=(pl.col("n") * pl.col("mean_h")).sum())
    rows = ended.join(hours, on=["replication", "kind"], how="left").select(
        "n", name="kind", mean_h=pl.col("mean_h") - pl.col("for_load").fill_null(0.0) / pl.col("n")
    )
    return over(rows.to_dicts(), ["name"], ["n", "mean_h"], str)


def waits_by_cause(waits: pl.DataFrame, names: Names) -> list[dict[str, Any]]:
    """The waits of an answer in words, in their order; bays are waits of vehicles for a load."""
    causes: Mapping[str, str] = {"hold": "for a {}", "bay": "for a load, {}", "resource": "{}", "gate": "{}"}
    found = []
    for row in waits.iter_rows(named=True):
        place = names.place(row["place_kind"], row["place"])
        deck = row["place_kind"] == "hold" and not place.service_id
        who = "wagon or truck" if deck and row["who"] == "box" else row["who"]
        found.append({**row, "who": who, "name": causes[row["place_kind"]].format(place.words)})
    return found


def shut_by_day(runs: Runs, place: str) -> list[float]:
    """Share of replications' time in which a gate was shut, by day after the warm-up."""
    import polars as pl

    rows = _days(runs).filter(pl.col("place_kind") == "gate", pl.col("place") == place)
    daily = rows.group_by("day").agg(shut=1 - pl.col("mean_use").mean()).sort("day")
    return [min(1.0, max(0.0, each)) for each in daily["shut"]]


def _days(runs: Runs) -> pl.DataFrame:
    """Daily rows after the warm-up, names as text."""
    import polars as pl

    warm_up_d = -(-runs.options["warm_up_s"] // DAY_S)
    return runs.daily.filter(pl.col("day") >= warm_up_d).with_columns(
        pl.col("place_kind", "place").cast(pl.String)
    )
