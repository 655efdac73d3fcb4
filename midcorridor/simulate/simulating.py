"""A year of the corridor, several times over, and what came of it beside what was published."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import Fault, InputError
from ..network import Network
from ..results import RunInfo
from .compared import volumes
from .corridor import corridor_model
from .costs import Costs, Till
from .ground import DAY_S, Corridor
from .measures import Measures, Meter
from .outcomes import Runs
from .policies import Maker, Policy, as_policy
from .replay import Replay, Watcher
from .running import Collect, Progress, run
from .stalls import STALLED_D, stalled

if TYPE_CHECKING:
    import polars as pl

    from ..scenario import Scenario

Row = Mapping[str, Any]
_DAY_H = 24.0
_STEADY = 0.1  # share by which boxes that arrive and that set out may differ for a mean transit to be told


@dataclass(frozen=True, eq=False)
class Simulated:
    """A simulated year; means over replications, with their standard deviations (`_sd`).

    volumes : TEU, wagons, trucks and calls beside the rows of `volumes` that count the same, with their role
    transits : days of each flow from the loading of its first train or ship to arrival, the wait before it,
        and observed days between the same ends; no transit where queues grow
    ships : departures a week of each pool and hours from one departure to the next of the same ship
    waits : where boxes and vehicles waited, most unit-hours first
    network : the tables that were simulated, changed by the scenario; info : version, seed and options
    measures : journeys, their parts and rounds of vehicles from visits, where they were asked for
    replay : where vehicles of the first replication were, where it was asked for
    costs : what boxes cost and emitted, from visits as `measures`
    """

    corridor: Corridor
    runs: Runs
    volumes: pl.DataFrame
    transits: pl.DataFrame
    ships: pl.DataFrame
    waits: pl.DataFrame
    network: Network
    info: RunInfo
    measures: Measures | None = None
    replay: Replay | None = None
    costs: Costs | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        from .reporting import to_dict

        return to_dict(self)

    def to_geojson(self) -> dict[str, Any]:
        """Terminals and links with use and queues."""
        from .mapping import to_geojson

        return to_geojson(self)

    @property
    def well(self) -> bool:
        """Whether every replication came to its end with nothing stuck or stalled."""
        return self.runs.well and not self.stalled

    @property
    def turns(self) -> list[tuple[str, float, float]]:
        """Days in use of a pool of wagons for each train that it makes, and `turn_d` of `fleets`."""
        import polars as pl

        runs, found = self.runs, []
        days = (runs.options["horizon_s"] - runs.options["warm_up_s"]) / DAY_S
        for fleet_id, (wagons, turn_d) in self.corridor.wagons.items():
            use = runs.places.filter(pl.col("place") == fleet_id, place_kind="resource")["mean_use"].sum()
            trains = int(runs.waits.filter(pl.col("place") == fleet_id, place_kind="resource")["n"].sum())
            if trains:
                found.append((fleet_id, float(use) / wagons * days / trains, turn_d))
        return found

    @property
    def stalled(self) -> list[tuple[int, str]]:
        """Replications and entries of ports that were taken all the last two weeks while nothing came or
        went at the berths or tracks behind them."""
        return stalled(self.runs)


def simulate(
    network: Network,
    *,
    year: int,
    replications: int = 1,
    seed: int = 0,
    scenario: Scenario | None = None,
    demand_factor: float = 1.0,
    warm_up_d: int = 60,
    workers: int = 1,
    limit: int = 200_000,
    measured: bool = False,
    within_d: float | None = None,
    collect: Collect | None = None,
    replay: bool = False,
    policy: Policy | Maker | None = None,
    progress: Progress | None = None,
) -> Simulated:
    """A year of the trans-Caspian route.

    scenario : changes of tables, applied first; demand_factor : what all demand is multiplied by
    warm_up_d : days before the year that are run and cut; limit : tokens alive at most, then a run stops
    measured : keep what visits tell, in `measures`, and what it costs, in `costs`
    within_d : days of which the share kept is told
    collect : is given the number and visits of each replication, see `run`
    replay : keep where the vehicles of the first replication were, in `replay`; progress is then told in days
    policy : one of your own, asked beside the tables (docs/simulation_corridor.md); a function that makes it
    Raises InputError for a year without demand, options that cannot be, and a policy that raises. A run that
    was stuck or crowded is told in runs.stops, never raised.
    """
    started = time.perf_counter()
    _check(demand_factor, warm_up_d, within_d)
    network = scenario.apply(network) if scenario is not None else network
    given = as_policy(policy) if policy is not None else None
    factor, asking = demand_factor, given is not None
    made = corridor_model(network, year, warm_up_d=warm_up_d, demand_factor=factor, asking=asking)
    bound = given.bind(made) if given else None
    horizon = ((made.last - made.first).days + 1) * DAY_S
    told: dict[str, Any] = {"seed": seed, "replications": replications, "workers": workers, "limit": limit}
    meter = Meter(made, warm_up_d * DAY_S, horizon, within_d) if measured else None
    till = Till(made, network, warm_up_d * DAY_S, horizon) if measured else None
    days = horizon // DAY_S if replay else 1

    def of_first(day: int) -> None:
        if progress is not None:
            progress(day, replications * days, f"replication 1, day {day}")

    def of_all(done: int, total: int, text: str) -> None:
        if progress is not None:
            progress(done * days, total * days, text)

    watcher = Watcher(made, warm_up_d * DAY_S, horizon, of_first) if replay else None

    def pass_on(number: int, visits: pl.DataFrame) -> None:
        for take in (meter.add if meter else None, till.add if till else None, collect):
            if take is not None:
                take(number, visits)

    runs = run(
        made.model,
        horizon_s=horizon,
        warm_up_s=warm_up_d * DAY_S,
        progress=of_all if progress is not None else None,
        collect=pass_on if meter or collect else None,
        watch=watcher,
        policy=bound,
        **told,
    )
    options: dict[str, Any] = {**told, "year": year, "demand_factor": demand_factor}
    options |= {"warm_up_d": warm_up_d, "within_d": within_d}
    if given and bound:
        options["policy"] = given.told(bound)
    seconds = time.perf_counter() - started
    return Simulated(
        made,
        runs,
        volumes(network, made, runs),
        _transits(network, made, runs),
        _ships(made, runs),
        _waits(runs),
        network,
        RunInfo(__version__, network.scenario, network.digest(), options, seconds),
        meter.measures() if meter else None,
        watcher.replay(network) if watcher else None,
        till.costs(runs) if till else None,
    )


def _check(demand_factor: float, warm_up_d: int, within_d: float | None) -> None:
    faults = []
    for name, value, good, accepted in (
        ("demand_factor", demand_factor, 0 < demand_factor <= 100, "a number above 0, at most 100"),
        ("warm_up_d", warm_up_d, 0 <= warm_up_d <= 3650, "whole days from 0 to 3650"),
        ("within_d", within_d, within_d is None or 0 < within_d < math.inf, "days above 0"),
    ):
        if not good:
            faults.append(Fault("out_of_range", f"{value} cannot be used", name, str(value), accepted))
    if faults:
        raise InputError(faults)


def _transits(network: Network, made: Corridor, runs: Runs) -> pl.DataFrame:
    """Days of each flow; published ones between the same ends, of this year or the one before."""
    import polars as pl

    found: list[tuple[Any, ...]] = []
    for volume_id, legs in made.routes.items():
        row, first = made.flows[volume_id], legs[0].name
        ended = runs.ended.filter((pl.col("kind") == volume_id) & (pl.col("n") > 0))
        begun = runs.waits.filter((pl.col("kind") == volume_id) & (pl.col("place") == first))
        if not ended.height:
            found.append((volume_id, 0.0, None, None, None, None, ""))
            continue
        means = [hours / _DAY_H for hours in ended["mean_h"]]
        waited = float((begun["mean_h"] * begun["n"]).sum()) / _DAY_H
        wait = waited / max(1, int(begun["n"].sum()))
        spread = math.sqrt(sum(ended["variance_h2"]) / len(means)) / _DAY_H
        told = [
            f"{o['days']:g} ({o['year_month'] or o['year']}, {o['basis']})"
            for o in network.tables["observed_transits"]
            if (o["from_id"], o["to_id"]) == (row["from_terminal"], row["to_terminal"])
            and made.year - 1 <= o["year"] <= made.year
        ]
        mean = sum(means) / len(means)
        over = statistics.stdev(means) if len(means) > 1 else None
        boxes = ended["n"].sum() / len(runs.stops)
        # Where queues grow, those who arrived are not those who set out, and their means do not subtract.
        steady = abs(int(ended["n"].sum()) / max(1, int(begun["n"].sum())) - 1) < _STEADY
        days = (mean - wait, spread, over) if steady else (None, None, None)
        found.append((volume_id, boxes, wait, *days, "; ".join(told)))
    columns = ["volume_id", "boxes", "wait_before_d", "transit_d", "spread_d", "transit_d_sd", "published_d"]
    return pl.DataFrame(found, schema=columns, orient="row")


def _ships(made: Corridor, runs: Runs) -> pl.DataFrame:
    """How often the ships of each pool set out, from the waits for a load that each voyage has once."""
    import polars as pl

    hours = (runs.options["horizon_s"] - runs.options["warm_up_s"]) / 3600
    found = []
    for kind, number in made.ships.items():
        rows = runs.waits.filter((pl.col("kind") == kind) & (pl.col("place_kind") == "bay"))
        for (port,), part in sorted(rows.group_by("place"), key=lambda item: str(item[0])):
            counts = (part["n"] / 1).to_list()
            n = sum(counts) / len(runs.stops)
            here = pl.col("place") == port
            load = runs.waits.filter(here & (pl.col("place_kind") == "hold"))["n"].sum()
            each = int(load) / int(runs.waits.filter(here & (pl.col("place_kind") == "bay"))["n"].sum())
            found.append(
                (kind, str(port), number, n / hours * 168, number * hours / n, part["mean_h"].mean(), each)
            )
    columns = [
        "pool",
        "leg",
        "ships",
        "departures_per_week",
        "round_h",
        "wait_for_load_h",
        "units_a_departure",
    ]
    return pl.DataFrame(found, schema=columns, orient="row")


def _waits(runs: Runs) -> pl.DataFrame:
    """Where who waited how long, all kinds of token of a place together."""
    import polars as pl

    box = pl.col("kind").cast(pl.String)
    cargo = box.str.starts_with("demand-") | box.str.starts_with("delivery ")
    who = (
        pl.when(box.str.starts_with("train "))
        .then(pl.lit("train"))
        .when(box.str.starts_with("ship "))
        .then(pl.lit("ship"))
        .when(cargo)
        .then(pl.lit("box"))
        .otherwise(None)
    )
    many = len(runs.stops)
    forming = box.str.starts_with("train ") & (pl.col("place_kind") == "bay")  # one always stands there
    return (
        runs.waits.filter(~forming)
        .with_columns(who=who, total=pl.col("n") * pl.col("mean_h"))
        .filter(pl.col("who").is_not_null() & (pl.col("total") > 0))
        .group_by("who", pl.col("place_kind").cast(pl.String), pl.col("place").cast(pl.String))
        .agg(
            n=pl.col("n").sum() / many,
            mean_h=pl.col("total").sum() / pl.col("n").sum(),
            longest_h=pl.col("most_h").max(),
            total_d=pl.col("total").sum() / many / _DAY_H,
        )
        .sort(["who", "total_d", "place"], descending=[False, True, False])
    )


def told(answer: Simulated, *, most: int = 12) -> str:
    """The answer in words and columns, for people to read."""
    made, lines = answer.corridor, []
    first = made.first + timedelta(answer.runs.options["warm_up_s"] // DAY_S)
    lines.append(f"{first} to {made.last}, {len(answer.runs.stops)} replications, seed {answer.runs.seed}")
    bad = [stop for stop in answer.runs.stops if not stop.well]
    for stop in bad:
        where = f"replication {stop.replication} {stop.word} at day {stop.at_s // DAY_S}"
        lines.append(f"  NOT WELL: {where}: {stop.what} {stop.where}")
        if stop.deadlock is not None:
            lines.append(
                f"    {stop.deadlock.tokens} tokens can never go on: {'; '.join(stop.deadlock.cycle)}"
            )
    for number, place in answer.stalled:
        lines.append(
            f"  NOT WELL: replication {number}: {place}: nobody came in for the last {STALLED_D} days"
        )
    lines.append("\nvolume                                         published  simulated  share  role")
    for volume_id, role, unit, published, ours, share, definition, note in answer.volumes.iter_rows():
        what = f": {definition}. {note or ''}" if role == "compared" else ""
        lines.append(
            f"{volume_id:<38} {unit:<7} {published:>10,.0f} {ours:>10,.0f} {share:>6.2f}  {role}{what}"
        )
    lines.append("\ndays                                 before  transit  +-one box  published")
    for volume_id, _, before, transit, each, _, published in answer.transits.iter_rows():
        days = (
            "queues grow: no mean transit  "
            if transit is None
            else f"{before:>6.1f} {transit:>8.1f} {each:>10.1f}"
        )
        lines.append(f"{volume_id:<36} {days}  {published}")
    lines.append("\nships                                      number  a week  round_h  for load_h  units")
    for _, leg, number, week, hours, wait, each in answer.ships.iter_rows():
        lines.append(f"{leg:<44} {number:>4} {week:>7.1f} {hours:>8.0f} {wait:>11.0f} {each:>5.0f}")
    for pool, ours, published in answer.turns:
        lines.append(
            f"{pool}: a turn of {ours:.1f} days; {published:g} told, from which the pool's share was made"
        )
    for who in ("box", "train", "ship"):
        lines.append(f"\nwaits of a {who:<40} {'n':>16} {'mean_h':>8} {'longest_h':>10} {'days':>10}")
        rows = answer.waits.filter(answer.waits["who"] == who).head(most)
        for _, kind, place, n, mean, longest, total in rows.iter_rows():
            lines.append(f"{kind:<9}{place:<54} {n:>9,.0f} {mean:>6.1f} {longest:>10.0f} {total:>10,.0f}")
    lines.append("\nleft out:")
    lines += [f"  {line}" for line in made.absent]
    return "\n".join(lines)
