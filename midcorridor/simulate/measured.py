"""What a simulated stretch of the corridor did for each flow of cargo, replication by replication."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Fault, InputError
from ..network import Network
from .census import count_inside, counter
from .corridor import corridor_model
from .costs import Priced, places_priced, priced
from .ground import BOX_TEU, DAY_S, Corridor
from .outcomes import Runs
from .policies import Maker, Policy, as_policy
from .running import Progress, run
from .stalls import stalled
from .tariffs import Tariff, Tariffs, tariffs

if TYPE_CHECKING:
    import polars as pl

    from ..scenario import Scenario

_DAY_H = 24.0
# What one token of a flow is, by the unit in which `volumes` counts it, and how much of that unit.
UNITS = {"TEU": ("box", float(BOX_TEU)), "wagon": ("wagon", 1.0), "vehicle": ("truck", 1.0)}
CARGOES = ("box", "wagon", "truck")
ONWARD = "onward"  # boxes that have arrived and wait for a ship: their days count, they themselves only once


@dataclass(frozen=True, eq=False)
class Measured:
    """Runs of the corridor and what came of each flow; one row a replication and flow.

    flows : tokens that arrived, their mean days from source to arrival, the mean number inside and the days
        that all spent inside (those that wait or never arrive too); of each flow of cargo, and of boxes
        that go on by ship from where they arrived
    daily : mean number inside by day of the run; the year begins on day warm_up_d
    journeys : a row a token that arrived: when it came to its source and when it arrived (where asked for)
    bills : a row a loaded box that arrived: its flow, when it was ready, its storage, and freight and kg of
        its way (where asked for); tariffs : by which
    """

    corridor: Corridor
    runs: Runs
    flows: pl.DataFrame
    daily: pl.DataFrame
    journeys: pl.DataFrame | None
    warm_up_d: int
    bills: pl.DataFrame | None = None
    tariffs: Tariffs | None = None

    @property
    def days(self) -> float:
        """Days that were measured."""
        return float(self.runs.options["horizon_s"] / DAY_S - self.warm_up_d)

    @property
    def unwell(self) -> set[int]:
        """Replications that did not come to their end with everything able to go on, or were stalled."""
        stuck = {stop.replication for stop in self.runs.stops if not stop.well}
        return stuck | {number for number, _ in stalled(self.runs)}


def measure(
    network: Network,
    *,
    year: int,
    replications: int = 1,
    seed: int = 0,
    first: int = 0,
    scenario: Scenario | None = None,
    demand_factor: float = 1.0,
    warm_up_d: int = 60,
    days: int | None = None,
    journeys: bool = False,
    prices: Network | None = None,
    commodity: str | None = None,
    workers: int = 1,
    limit: int = 200_000,
    policy: Policy | Maker | None = None,
    progress: Progress | None = None,
) -> Measured:
    """Run the corridor and count what is inside.

    first : number of the first replication      days : measured from 1 January, None for the whole year
    journeys : keep those      prices : keep bills, by the prices of this network
    commodity : what is in the boxes that are priced, None as in plans
    Other options are those of `simulate`. Two calls with the same seed draw the same storms, running
    times and stays, whatever the scenario.
    Raises InputError as `simulate`.
    """
    import polars as pl

    network = scenario.apply(network) if scenario is not None else network
    given = as_policy(policy) if policy is not None else None
    factor, asking = demand_factor, given is not None
    made = corridor_model(network, year, warm_up_d=warm_up_d, demand_factor=factor, asking=asking)
    most = (made.last - made.first).days + 1 - warm_up_d
    if days is not None and not 1 <= days <= most:
        what = f"a run of {days} days"
        raise InputError(Fault("out_of_range", what, "days", str(days), f"1 to {most}"))
    kinds = {name: unit_of(row)[0] for name, row in flows_of(made).items()}
    kinds |= dict.fromkeys(_onward(made), ONWARD)
    count_inside(made.model, kinds)
    horizon_s, warm_up_s = (warm_up_d + (days or most)) * DAY_S, warm_up_d * DAY_S
    known = tariffs(prices, made, commodity) if prices is not None else None
    kg = {}
    if known is not None and prices is not None:
        kg = {way: way.kg_co2e(prices) for ways in known.of.values() for way in ways}
    ended: list[pl.DataFrame] = []
    bills: list[pl.DataFrame] = []

    def collect(number: int, visits: pl.DataFrame) -> None:
        if journeys:
            ended.append(_journeys(visits, kinds, warm_up_s))
        if known is not None:
            bills.append(_bills(number, priced(made, known, visits, horizon_s), kg))

    collected = [counter(name) for name in kinds] + (places_priced(made) if known is not None else [])
    runs = run(
        made.model,
        horizon_s=horizon_s,
        warm_up_s=warm_up_s,
        seed=seed,
        replications=replications,
        first=first,
        collect=collect if journeys or known is not None else None,
        only=collected,
        workers=workers,
        limit=limit,
        policy=given.bind(made) if given else None,
        progress=progress,
    )
    flows, daily = by_flow(runs, kinds)
    return Measured(
        made,
        runs,
        flows,
        daily,
        pl.concat(ended) if journeys else None,
        warm_up_d,
        pl.concat(bills) if known is not None else None,
        known,
    )


def flows_of(made: Corridor) -> dict[str, Mapping[str, Any]]:
    """Programs of the cargo of `volumes` that comes from a source and arrives, with their rows."""
    rows = {**made.flows, **{name: row for name, (row, *_) in made.crossings.items()}}
    return {name: row for name, row in rows.items() if name in made.model.programs}


def _onward(made: Corridor) -> list[str]:
    """Programs of boxes that have come to a port and leave it by another ship."""
    return [
        name
        for name, program in made.model.programs.items()
        if name.startswith("delivery ") and any(step.op == "join" for step in program.steps)
    ]


def unit_of(row: Mapping[str, Any]) -> tuple[str, float]:
    """What one token of a flow is, and how much of the row's unit."""
    return UNITS.get(row["unit"], (str(row["unit"]), 1.0))


def by_flow(runs: Runs, cargo: Mapping[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Flows and days of any runs whose programs of these names were counted by `count_inside`."""
    import polars as pl

    names = pl.DataFrame(
        {
            "flow": list(cargo),
            "cargo": list(cargo.values()),
            "place": [counter(name) for name in cargo],
        },
        schema={"flow": pl.String, "cargo": pl.String, "place": pl.String},
    )
    # A run that was stuck, or empty, ended before its horizon.
    lasted = [max(stop.at_s - runs.options["warm_up_s"], 0) / DAY_S for stop in runs.stops]
    ends = pl.DataFrame({"replication": [stop.replication for stop in runs.stops], "lasted_d": lasted})
    inside = runs.places.with_columns(pl.col("place").cast(pl.String)).join(names, on="place")
    inside = inside.join(ends, on="replication")
    ended = runs.ended.select("replication", flow=pl.col("kind").cast(pl.String), n="n", mean_h="mean_h")
    flows = inside.join(ended, on=["replication", "flow"], how="left").select(
        "replication",
        "flow",
        "cargo",
        arrived=pl.col("n").fill_null(0),
        mean_d=pl.when(pl.col("n") > 0).then(pl.col("mean_h") / _DAY_H),
        inside=pl.col("mean_use"),
        inside_d=pl.col("mean_use") * pl.col("lasted_d"),
    )
    daily = runs.daily.with_columns(pl.col("place").cast(pl.String)).join(names, on="place")
    daily = daily.select("replication", "day", "flow", "cargo", inside="mean_use")
    order = ["replication", "flow"]
    return flows.sort(order), daily.sort("replication", "day", "flow")


def _journeys(visits: pl.DataFrame, flows: Iterable[str], since_s: int) -> pl.DataFrame:
    """Of one replication, those that began at since_s or later."""
    import polars as pl

    names = list(flows)
    found = pl.DataFrame({"flow": names, "place": [counter(name) for name in names]})
    rows = visits.lazy().filter(pl.col("arrived_s") >= since_s).with_columns(pl.col("place").cast(pl.String))
    made = rows.join(found.lazy(), on="place").select(
        "replication", "flow", born_s="arrived_s", ended_s="left_s"
    )
    return made.sort("replication", "flow", "born_s", "ended_s").collect()


def _bills(number: int, boxes: Iterable[Priced], kg: Mapping[Tariff, float]) -> pl.DataFrame:
    """A row a box of one replication."""
    import polars as pl

    shape = {"replication": pl.Int64, "flow": pl.String, "born_s": pl.Int64}
    shape |= dict.fromkeys(("storage_usd", "freight_usd", "kg_co2e"), pl.Float64)
    found = [pl.DataFrame(schema=shape)]
    for each in boxes:
        cells = {"replication": number, "flow": each.volume_id, "born_s": each.born_s}
        cells |= {"storage_usd": each.storage_usd.sum(axis=1), "freight_usd": each.freight_usd}
        found.append(pl.DataFrame(cells | {"kg_co2e": kg[each.tariff]}, schema=shape))
    return pl.concat(found)


def totals(flows: pl.DataFrame, cargoes: Sequence[str] = CARGOES) -> pl.DataFrame:
    """A row a replication: tokens that arrived and days inside, by cargo and (`all_d`) together."""
    import polars as pl

    def of(column: str, *cargo: str) -> pl.Expr:
        return pl.col(column).filter(pl.col("cargo").is_in(cargo)).sum()

    sums = [of("arrived", cargo).alias(f"{cargo}_n") for cargo in cargoes]
    days = {cargo: (cargo, ONWARD) if cargo == "box" else (cargo,) for cargo in cargoes}
    sums += [of("inside_d", *counted).alias(f"{cargo}_d") for cargo, counted in days.items()]
    return flows.group_by("replication").agg(*sums, all_d=pl.col("inside_d").sum()).sort("replication")
