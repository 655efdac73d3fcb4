"""What one more of each thing would be worth: levers moved one by one, each beside the same base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..network import Network
from ..said import Said
from ..tables import to_frame
from .ground import BOX_TEU
from .levers import Lever, levers_of
from .measured import CARGOES, Measured, measure, totals
from .paired import Interval, differences, interval
from .policies import Maker, Policy
from .reasons import Reasons
from .running import Progress

if TYPE_CHECKING:
    import polars as pl

    from ..scenario import Scenario

LEAST_WAITED_D = 1.0  # a lever whose place sees less waiting than this in a year is not run
_YEAR_D = 365.0
Cells = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Gains:
    """Levers by what they save, beside the base.

    ranking : `schema/results/gains.csv`, most days saved first
    flows : `schema/results/flow_gains.csv`, each lever and flow
    left_out : `schema/results/levers_left_out.csv`, levers that were not run: too little is waited there
    levers, reasons : each lever and the sentences of `why`, by its name
    """

    base: Measured
    ranking: pl.DataFrame
    flows: pl.DataFrame
    left_out: pl.DataFrame
    levers: Mapping[str, Lever]
    reasons: Mapping[str, list[Said]]

    def to_frame(self, what: str = "ranking") -> pl.DataFrame:
        """One of the tables."""
        return {"ranking": self.ranking, "flows": self.flows, "left_out": self.left_out}[what]


def gains(
    network: Network,
    *,
    year: int,
    replications: int = 10,
    seed: int = 0,
    scenario: Scenario | None = None,
    kinds: Collection[str] | None = None,
    demand_factor: float = 1.0,
    warm_up_d: int = 60,
    days: int | None = None,
    least_waited_d: float = LEAST_WAITED_D,
    most_of_kind: int | None = None,
    workers: int = 1,
    limit: int = 200_000,
    policy: Policy | Maker | None = None,
    progress: Progress | None = None,
) -> Gains:
    """The ranking of what holds a simulated year up.

    scenario, policy : what every run takes, the base too
    kinds : lever_id of the levers to move, None for all
    least_waited_d : days a year that must be waited at a place for its lever to be run
    most_of_kind : run no more levers of a kind than these, those at whose places most is waited
    Base and levers draw the same storms, running times and stays, so that their difference is what the
    lever did, and is taken replication by replication. Replications that were stuck, crowded or stalled
    in either are left out and counted. One lever at a time: what two of them save together is not their sum.
    Raises InputError as `simulate`.
    """
    network = scenario.apply(network) if scenario is not None else network
    asked: dict[str, Any] = {"year": year, "replications": replications, "seed": seed, "limit": limit}
    asked |= {"demand_factor": demand_factor, "warm_up_d": warm_up_d, "days": days, "workers": workers}
    asked |= {"policy": policy}
    base = measure(network, **asked)
    reasons = Reasons(network, base)
    wanted = [each for each in levers_of(network, base.corridor) if kinds is None or each.kind in kinds]
    waited = {lever.name: reasons.waited_d(lever) for lever in wanted}
    order = sorted(wanted, key=lambda lever: (-waited[lever.name], lever.name))
    kinds_run: Counter[str] = Counter()
    run: list[Lever] = []
    left: list[Lever] = []
    for lever in order:
        kinds_run[lever.kind] += 1
        many = most_of_kind is not None and kinds_run[lever.kind] > most_of_kind
        (left if many or waited[lever.name] < least_waited_d else run).append(lever)
    why = {each.name: reasons.why(each) for each in wanted}
    found, flows = [], []
    for number, lever in enumerate(run):
        if progress is not None:
            progress(number, len(run), lever.words)
        other = measure(lever.scenario.apply(network), **asked)
        found.append(_row(lever, base, other, " ".join(why[lever.name])))
        flows += _flow_rows(lever, base, other)
    if progress is not None:
        progress(len(run), len(run), "")
    found.sort(key=lambda row: (row["saved_d"] is None, -(row["saved_d"] or 0.0), row["lever"]))
    ranked = [{"rank": rank, **row} for rank, row in enumerate(found, 1)]
    out: list[Cells] = [
        {
            "lever": each.name,
            "words": each.words,
            "waited_d": waited[each.name],
            "why": " ".join(why[each.name]),
        }
        for each in left
    ]
    tables = to_frame("gains", ranked), to_frame("flow_gains", flows), to_frame("levers_left_out", out)
    return Gains(base, *tables, {each.name: each for each in wanted}, why)


def _row(lever: Lever, base: Measured, other: Measured, why: str) -> Cells:
    named = {"lever": lever.name, "kind": lever.kind, "thing": lever.thing, "words": lever.words}
    return {**named, **saved_columns(base, other), "why": why}


def saved_columns(base: Measured, other: Measured) -> Cells:
    """What the second of two runs on the same random numbers saves, with paired intervals, as cells of a
    row of `schema/results/gains.csv`."""
    bad = base.unwell | other.unwell
    numbers = [stop.replication for stop in base.runs.stops]
    year = _YEAR_D / base.days

    def of(measured: Measured, column: str, factor: float) -> dict[int, float]:
        rows = totals(measured.flows)
        pairs = zip(rows["replication"], rows[column], strict=True)
        return {number: value * factor for number, value in pairs if number not in bad}

    def saved(column: str, factor: float = year) -> Interval:
        return interval(differences(of(base, column, factor), of(other, column, factor)))

    return {
        **saved("all_d").columns("saved_d"),
        "saved_box_d": saved("box_d").mean,
        "saved_wagon_d": saved("wagon_d").mean,
        "saved_truck_d": saved("truck_d").mean,
        # A difference is base less lever, and what arrives more is its opposite.
        **saved("box_n", -BOX_TEU * year).columns("more_teu"),
        "more_wagons": saved("wagon_n", -year).mean,
        "more_trucks": saved("truck_n", -year).mean,
        **interval(sooner_d(base.flows, other.flows, bad)).columns("sooner_d"),
        "pairs": len(set(numbers) - bad),
        "unwell_base": len(base.unwell),
        "unwell_then": len(other.unwell),
    }


def sooner_d(base: pl.DataFrame, other: pl.DataFrame, without: Collection[int] = ()) -> list[float]:
    """Days that a journey takes less, one number a replication: the mean over the flows, each weighed by
    what it carries in the base, so that a flow that grows does not look like a journey that changed."""
    import polars as pl

    weights = base.group_by("flow").agg(weight=pl.col("arrived").mean())
    both = base.join(other, on=["replication", "flow"], suffix="_then").join(weights, on="flow")
    both = both.filter(
        pl.col("cargo").is_in(CARGOES),
        ~pl.col("replication").is_in(list(without)),
        pl.col("mean_d").is_not_null() & pl.col("mean_d_then").is_not_null(),
    )
    less = (pl.col("mean_d") - pl.col("mean_d_then")) * pl.col("weight")
    means = both.group_by("replication").agg(less=less.sum() / pl.col("weight").sum()).sort("replication")
    return [float(value) for value in means["less"]]


def _flow_rows(lever: Lever, base: Measured, other: Measured) -> list[Cells]:
    bad, year = base.unwell | other.unwell, _YEAR_D / base.days

    def by_flow(measured: Measured, column: str) -> Mapping[str, dict[int, float]]:
        found: dict[str, dict[int, float]] = {}
        for number, flow, value in measured.flows.select("replication", "flow", column).iter_rows():
            if number not in bad and value is not None:
                found.setdefault(flow, {})[number] = float(value)
        return found

    before, after = by_flow(base, "mean_d"), by_flow(other, "mean_d")
    came, then = by_flow(base, "arrived"), by_flow(other, "arrived")
    cargo = dict(base.flows.select("flow", "cargo").iter_rows())
    return [
        {
            "lever": lever.name,
            "flow": flow,
            "cargo": cargo[flow],
            "base_d": interval(list(before.get(flow, {}).values())).mean,
            **interval(differences(before.get(flow, {}), after.get(flow, {}))).columns("sooner_d"),
            "more": interval(
                [-year * each for each in differences(came.get(flow, {}), then.get(flow, {}))]
            ).mean,
        }
        for flow in sorted(cargo)
    ]


def told_gains(answer: Gains, *, most: int = 20) -> str:
    """The ranking in words and columns, for people to read."""
    made, runs = answer.base.corridor, answer.base.runs
    lines = [
        f"{made.year}, {len(runs.stops)} replications, seed {runs.seed}: what one more of each would save",
        "",
        "days saved a year [95 % interval]           TEU more  sooner_d  lever",
    ]
    for row in answer.ranking.head(most).iter_rows(named=True):
        saved = "not one pair went well"
        if row["saved_d"] is not None:
            saved = f"{row['saved_d']:>9,.0f}"
            if row["saved_d_low"] is not None:
                saved += f" [{row['saved_d_low']:>9,.0f} to {row['saved_d_high']:>9,.0f}]"
        lines.append(
            f"{saved:<42} {row['more_teu'] or 0:>9,.0f} {row['sooner_d'] or 0:>9.2f}  {row['words']}"
        )
        lines.append(f"    {row['why']}")
        if row["unwell_base"] or row["unwell_then"]:
            counts = f"{row['unwell_base']} replications of the base and {row['unwell_then']} with it"
            lines.append(f"    NOT WELL and left out: {counts} were stuck, crowded or stalled")
    left = answer.left_out.height
    lines.append(f"\n{left} levers not run: less is waited at their places in the base")
    return "\n".join(lines)
