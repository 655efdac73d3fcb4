"""What a disruption does to a year: events beside the same base, and how long it takes to recover."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from ..costs import time_value_usd
from ..errors import Fault, InputError
from ..network import Network
from ..scenario import Scenario
from ..schemas import schema
from ..shipment import make_shipment
from ..tables import to_frame
from .ground import DAY_S
from .library import days_of, event
from .measured import CARGOES, ONWARD, Measured, flows_of, measure
from .paired import Interval, interval
from .policies import Maker, Policy
from .recovery import Array, band, quantile, recovery_d
from .running import Progress
from .tariffs import BOX

if TYPE_CHECKING:
    import polars as pl

LATE_H = 24.0
SETTLE_D = 60  # days after an event whose effects are its own, so that boxes from end to end have arrived
LEAST_PAIRS = 5  # of fewer replications nobody can say what is usual
_HOUR_S, _DAY_H = 3600.0, 24.0
Cells = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Lab:
    """Events side by side.

    events : `schema/results/recoveries.csv`, a row an event and cargo
    days : `schema/results/event_days.csv`, what was inside day by day beside the base
    notes : what the answer leaves out, in words
    """

    base: Measured
    events: pl.DataFrame
    days: pl.DataFrame
    notes: tuple[str, ...]

    def to_frame(self, what: str = "events") -> pl.DataFrame:
        """One of the tables."""
        return {"events": self.events, "days": self.days}[what]


@dataclass(frozen=True)
class _Value:
    """Value of a loaded box, its hire, and shares of the value that a day costs: own, low end, high end."""

    box_usd: float
    hire_usd_per_h: float
    shares: tuple[float, float | None, float | None]


def lab(
    network: Network,
    events: Sequence[str | Scenario],
    *,
    year: int,
    replications: int = 10,
    seed: int = 0,
    scenario: Scenario | None = None,
    commodity: str | None = None,
    late_h: float = LATE_H,
    demand_factor: float = 1.0,
    warm_up_d: int = 60,
    workers: int = 1,
    limit: int = 200_000,
    policy: Policy | Maker | None = None,
    progress: Progress | None = None,
) -> Lab:
    """Run each event beside the base with the same random numbers, and compare replication by replication.

    events : names of the library (see `event_names`) or scenarios whose added rows have days
    scenario, policy : what every run takes, the base too
    commodity : whose value and time value a loaded box has; None as in plans
    late_h : hours more than in the base after which a piece is late
    Replications that were stuck, crowded or stalled are left out and counted.
    Recovery needs five replications that went well, which show what is usual.
    Raises InputError as `simulate`.
    """
    network = scenario.apply(network) if scenario is not None else network
    asked: dict[str, Any] = {"year": year, "replications": replications, "seed": seed}
    asked |= {"demand_factor": demand_factor, "warm_up_d": warm_up_d, "workers": workers, "limit": limit}
    # All is paid by the prices of the base: an event costs what it does, not what it changes in a table.
    asked |= {"journeys": True, "prices": network, "commodity": commodity, "policy": policy}
    base = measure(network, **asked)
    value = _value(network, base, commodity)
    rows: list[Cells] = []
    days: list[Cells] = []
    notes: dict[str, None] = dict.fromkeys(base.tariffs.notes if base.tariffs is not None else ())
    for number, named in enumerate(events):
        made = event(named, year) if isinstance(named, str) else named
        if progress is not None:
            progress(number, len(events), made.name)
        other = measure(made.apply(network), **asked)
        for line in other.corridor.absent:
            if line not in base.corridor.absent:
                notes[f"{made.name}: {line}"] = None
        for line in other.tariffs.notes if other.tariffs is not None else ():
            if line not in notes:
                notes[f"{made.name}: {line}"] = None
        for cargo in CARGOES:
            if cargo in base.flows["cargo"].unique():
                found, by_day = _compared(made, cargo, base, other, late_h, value)
                rows.append(found)
                days += by_day
    if progress is not None:
        progress(len(events), len(events), "")
    return Lab(base, to_frame("recoveries", rows), to_frame("event_days", days), tuple(notes))


def _value(network: Network, base: Measured, commodity: str | None) -> _Value:
    tables = network.tables
    ends = [row["terminal_id"] for row in tables["terminals"][:2]]
    box = make_shipment(tables, *ends, containers=BOX, commodity=commodity)
    ranges = {row["cost_id"]: row["value"] for row in tables["unit_costs"] if row["item"] == "value_of_time"}
    of_goods = box.value_of_time_usd_per_h * _DAY_H / box.value_usd
    low, high = (min(ranges.values()), max(ranges.values())) if ranges else (None, None)
    known = [way for ways in (base.tariffs.of if base.tariffs is not None else {}).values() for way in ways]
    hire = known[0].given.hire_usd_per_h if known else 0.0  # the same for every box of a size
    return _Value(box.value_usd, hire, (of_goods, low, high))


def inside(measured: Measured, names: Sequence[str], column: str = "cargo") -> dict[int, Array]:
    """Number inside by day of the run, for each replication, of these kinds of cargo (or flows)."""
    import polars as pl

    rows = measured.daily.filter(pl.col(column).is_in(list(names)))
    sums = rows.group_by("replication", "day").agg(pl.col("inside").sum()).sort("replication", "day")
    return {
        int(number): part["inside"].to_numpy()
        for (number,), part in sums.group_by("replication", maintain_order=True)
    }


def _compared(
    made: Scenario, cargo: str, base: Measured, other: Measured, late_h: float, value: _Value
) -> tuple[Cells, list[Cells]]:
    """One event and one cargo."""
    bad = base.unwell | other.unwell
    counted = (cargo, ONWARD) if cargo == "box" else (cargo,)
    before = {number: series for number, series in inside(base, counted).items() if number not in bad}
    after = {number: series for number, series in inside(other, counted).items() if number not in bad}
    first_day, warm = base.corridor.first, base.warm_up_d
    begins, ends = days_of(made)
    row: Cells = dict.fromkeys(schema("recoveries").names())
    row |= {"event": made.name, "cargo": cargo, "begins": begins, "ends": ends}
    row |= {"pairs": len(before), "unwell": len(bad)}
    if not before:
        return row, []
    half = band(np.array(list(before.values()))) if len(before) >= LEAST_PAIRS else None
    begin, until = warm, dict.fromkeys(before, len(next(iter(before.values()))))
    if begins is not None and ends is not None:
        last_day = base.corridor.last
        if ends < first_day or begins > last_day:
            what = f"{made.name} is from {begins} to {ends}, outside the days that are run"
            accepted = f"days from {first_day} to {last_day}"
            raise InputError(Fault("outside_run", what, "event", made.name, accepted))
        begin = max(0, (begins - first_day).days)
        over = (min(ends, last_day) - first_day).days + 1
        until = dict.fromkeys(before, min(over + SETTLE_D, min(until.values())))
        if half is not None:
            took = {n: recovery_d(after[n], before[n], half, begin, over) for n in before}
            row["recovered_d"] = quantile(list(took.values()), 0.5)
            row["recovered_d_p90"] = quantile(list(took.values()), 0.9)
            row["recovered_share"] = sum(each is not None for each in took.values()) / len(took)
            last = len(half)
            until = {n: max(until[n], last if took[n] is None else begin + (took[n] or 0)) for n in before}
    gaps = {n: (after[n] - before[n])[begin : until[n]] for n in before}
    row |= interval([float(gap.sum()) for gap in gaps.values()]).columns("extra_d")
    row["most_inside"] = interval([float(gap.max()) for gap in gaps.values()]).mean
    late, early = lateness(base, other, cargo, late_h, bad, born_before_d=max(until.values()))
    row |= {**late.columns("late"), "early": early.mean}
    if cargo == "box":
        row |= _cost(base, other, begin, until, value)
    return row, _days(made, cargo, first_day, warm, before, after, half)


def _days(
    made: Scenario,
    cargo: str,
    first: date,
    warm: int,
    before: dict[int, Array],
    after: dict[int, Array],
    half: Array | None,
) -> list[Cells]:
    mean, then = (np.mean(list(series.values()), axis=0) for series in (before, after))
    return [
        {
            "event": made.name,
            "day": first + timedelta(day),
            "cargo": cargo,
            "base": float(mean[day]),
            "inside": float(then[day]),
            "usual": None if half is None else float(half[day]),
        }
        for day in range(warm, len(mean))
    ]


def _cost(base: Measured, other: Measured, begin: int, until: dict[int, int], value: _Value) -> Cells:
    """What an event costs, with intervals over pairs of replications: time, hire, storage and other ways."""
    loaded = [name for name, row in flows_of(base.corridor).items() if row["cargo"] == "container"]
    before, after = inside(base, loaded, "flow"), inside(other, loaded, "flow")
    hours = {n: float((after[n] - before[n])[begin:last].sum()) * _DAY_H for n, last in until.items()}
    bills = {n: bills_more(base, other, n, last) for n, last in until.items()}
    own, low, high = (
        None if share is None else {n: time_value_usd(value.box_usd, h, share) for n, h in hours.items()}
        for share in value.shares
    )
    assert own is not None, "a commodity has a value of time"
    hire = {n: value.hire_usd_per_h * h for n, h in hours.items()}
    storage, freight, kg = ({n: each[at] for n, each in bills.items()} for at in range(3))
    whole = [own[n] + hire[n] + storage[n] + freight[n] for n in until]
    cells = interval(whole).columns("cost_usd") | interval(list(own.values())).columns("time_usd")
    for name, ends in (("time_usd_least", low), ("time_usd_most", high)):
        cells[name] = None if ends is None else interval(list(ends.values())).mean
    cells["hire_usd"] = interval(list(hire.values())).mean
    cells |= interval(list(storage.values())).columns("storage_usd")
    cells |= interval(list(freight.values())).columns("detour_usd")
    return cells | {"detour_kg_co2e": interval(list(kg.values())).mean}


def bills_more(base: Measured, other: Measured, number: int, until: int) -> tuple[float, float, float]:
    """Storage, freight and kg of one replication beyond those of the base, of boxes ready before a day.

    Freight and kg are those of another way: the mean of a flow beyond that of the base, for each of its
    boxes, so that boxes of a demand that grew pay nothing for being there.
    """
    import polars as pl

    assert base.bills is not None
    assert other.bills is not None

    def of(bills: pl.DataFrame) -> pl.DataFrame:
        mine = bills.filter(pl.col("replication") == number, pl.col("born_s") < until * DAY_S)
        each = pl.col("freight_usd", "kg_co2e")
        # From the least on, so that the mean of what is alike is exactly that.
        means = (each.min() + (each - each.min()).mean(), pl.col("storage_usd").sum(), pl.len().alias("n"))
        return mine.group_by("flow").agg(*means).sort("flow")

    before, after = of(base.bills), of(other.bills)
    both = after.join(before, on="flow", suffix="_base")
    more = [
        float((both["n"] * (both[name] - both[f"{name}_base"])).sum()) for name in ("freight_usd", "kg_co2e")
    ]
    storage = [math.fsum(each["storage_usd"]) for each in (after, before)]
    return storage[0] - storage[1], more[0], more[1]


def lateness(
    base: Measured,
    other: Measured,
    cargo: str,
    late_h: float,
    without: Iterable[int] = (),
    born_before_d: float = math.inf,
) -> tuple[Interval, Interval]:
    """Pieces that took longer, and less long, than in the base by more than late_h: means over replications.

    A piece that was born at the same second is the same piece. In a flow whose demand the event changes,
    pieces are held against the last one of the base that was born before them. Pieces of the base that had
    not arrived when the run ended are late once they have been inside for long enough.
    """
    import polars as pl

    if base.journeys is None or other.journeys is None:
        raise ValueError("journeys were not measured")
    flows = base.flows.filter(pl.col("cargo") == cargo)["flow"].unique()
    keys, late_s = ["replication", "flow"], late_h * _HOUR_S

    def of(journeys: pl.DataFrame) -> pl.DataFrame:
        kept = journeys.filter(
            pl.col("flow").is_in(flows.implode()), ~pl.col("replication").is_in(list(without))
        )
        return kept.filter(pl.col("born_s") < born_before_d * DAY_S).sort("born_s")

    before, after = of(base.journeys), of(other.journeys)
    paired = after.join_asof(
        before.rename({"ended_s": "base_ended_s"}).with_columns(base_born_s="born_s"),
        on="born_s",
        by=keys,
        check_sortedness=False,
    )
    took = pl.col("ended_s") - pl.col("born_s")
    more = took - (pl.col("base_ended_s") - pl.col("base_born_s"))
    counts = paired.group_by("replication").agg(late=(more > late_s).sum(), early=(more < -late_s).sum())
    same = paired.group_by(keys).agg(same=(pl.col("born_s") == pl.col("base_born_s")).mean())
    missing = before.join(after, on=[*keys, "born_s"], how="anti").join(
        same.filter(pl.col("same") > 0.9), on=keys
    )
    inside_s = other.runs.options["horizon_s"] - pl.col("born_s")
    never = missing.filter(inside_s > took + late_s).group_by("replication").agg(never=pl.len())
    numbers = sorted({stop.replication for stop in base.runs.stops} - set(without))
    every = pl.DataFrame({"replication": numbers}, schema={"replication": pl.Int64})
    found = every.join(counts, on="replication", how="left").join(never, on="replication", how="left")
    found = found.fill_null(0).sort("replication")
    late = [float(a + b) for a, b in zip(found["late"], found["never"], strict=True)]
    return interval(late), interval([float(each) for each in found["early"]])


def told_cost(row: Mapping[str, Any]) -> str:
    """What the cost of an event is made of, in words."""
    parts = [f"cargo's time {row['time_usd']:,.0f}"]
    if row["time_usd_least"] is not None:
        parts[0] += f" ({row['time_usd_least']:,.0f} to {row['time_usd_most']:,.0f} by value of time)"
    named = (("hire_usd", "hire of boxes"), ("storage_usd", "storage"), ("detour_usd", "other ways"))
    parts += [f"{words} {row[name]:,.0f}" for name, words in named]
    return "USD: " + ", ".join(parts)


def told_lab(answer: Lab) -> str:
    """Events side by side in words and columns, for people to read."""
    made, runs = answer.base.corridor, answer.base.runs
    lines = [
        f"{made.year}, {len(runs.stops)} replications, seed {runs.seed}",
        "recovered: days from the first day, median and 90th percentile, share back when the run ended",
        "",
        f"{'event':<60} {'cargo':<6} {'recovered':>18} {'late':>8} {'early':>8} {'extra days':>11}"
        "     cost, USD",
    ]

    def cell(number: float | None, form: str = ",.0f") -> str:
        return "-" if number is None else format(number, form)

    for row in answer.events.iter_rows(named=True):
        back = (
            f"{cell(row['recovered_d'])} {cell(row['recovered_d_p90'])} {cell(row['recovered_share'], '.0%')}"
        )
        numbers = [cell(row[name]) for name in ("late", "early", "extra_d", "cost_usd")]
        widths = (8, 8, 11, 12)
        columns = " ".join(f"{number:>{width}}" for number, width in zip(numbers, widths, strict=True))
        lines.append(f"{row['event']:<60} {row['cargo']:<6} {back:>18} {columns}")
        if row["extra_d_low"] is not None:
            limits = f"extra days {row['extra_d_low']:,.0f} to {row['extra_d_high']:,.0f}"
            if row["cost_usd_low"] is not None:
                limits += f"; cost {row['cost_usd_low']:,.0f} to {row['cost_usd_high']:,.0f} USD"
            lines.append(f"    {limits}; {row['unwell']} replications left out")
        if row["cost_usd"] is not None:
            lines.append(f"    {told_cost(row)}")
    lines += ["", *answer.notes]
    return "\n".join(lines)
