"""The part of the validation page on simulated years: what was carried, how long, where more would jam."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from ..network import Network
from ..simulate import Names, Simulated, simulate
from .page_stays import told_median
from .waits import Waits, waits_page

YEARS = (2022, 2023, 2024, 2025)  # those with counts of every kind of freight
REPLICATIONS, SEED = 5, 1
DOUBLED, LIMIT = 2.0, 60_000
_SHOWN = 8


def simulated_years(network: Network) -> str:
    """Counts of the years beside ours, journeys, and where twice the freight would stand."""
    waits = {year: Waits(network, year) for year in YEARS}
    answers = {}
    for year in YEARS:
        # Visits are kept only where a row asks for them.
        collect = waits[year].add if waits[year].rows() else None
        answers[year] = simulate(
            network, year=year, replications=REPLICATIONS, seed=SEED, workers=2, collect=collect
        )
        waits[year].close(answers[year])
    more = simulate(
        network, year=YEARS[-1], seed=SEED, demand_factor=DOUBLED, limit=LIMIT, replications=2, workers=2
    )
    lines = [
        "## Simulated years",
        "",
        f"The corridor of docs/simulation_corridor.md, {REPLICATIONS} replications of each year from seed "
        f"{SEED}. Compared are counts on which neither demand nor another table rests; a part of a year "
        "with what ours took in those days.",
        "",
        *_counts(answers),
        "",
        *_journeys(answers),
        "",
        "Waits, queues, rides and rounds (`observed_waits`), means of the period; a difference in brackets "
        "is not scored. Demand is what was carried, so that what a jam turned away or held back is not in "
        "ours, nor who still waits at the end of the year.",
        "",
        *waits_page(list(waits.values())),
        "",
        *_doubled(answers[YEARS[-1]], more),
    ]
    return "\n".join(lines) + "\n\n"


def _counts(answers: dict[int, Simulated]) -> Sequence[str]:
    rows = [
        row
        for answer in answers.values()
        for row in answer.volumes.iter_rows(named=True)
        if row["role"] == "compared"
    ]
    errors = [row["share"] - 1 for row in rows]
    lines = [
        f"Median of the absolute error over {len(rows)} counts: {told_median(errors)}.",
        "",
        "| count | published | ours | difference | what the source counts |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for row in sorted(rows, key=lambda row: str(row["volume_id"])):
        counted = f"{row['published']:,.0f} {row['unit']}"
        told = f"{row['definition']}. {row['note'] or ''}".strip()
        ours = f"{float(format(row['simulated'], '.3g')):,.0f}"
        lines.append(f"| {row['volume_id']} | {counted} | {ours} | {row['share'] - 1:+.0%} | {told} |")
    unwell = [
        f"{year}: {sum(not stop.well for stop in answer.runs.stops)} of {REPLICATIONS} replications came "
        "to rest with something stuck"
        for year, answer in answers.items()
        if not answer.runs.well
    ]
    left = {line for answer in answers.values() for line in answer.corridor.absent if "no service" in line}
    if unwell or left:
        lines += ["", *(f"- {line}." for line in unwell), *(f"- {line}." for line in sorted(left))]
    return lines


def _journeys(answers: dict[int, Simulated]) -> Sequence[str]:
    lines = [
        "| flow | mean days | one box | published days |",
        "| --- | ---: | ---: | --- |",
    ]
    for answer in answers.values():
        for row in answer.transits.iter_rows(named=True):
            if row["published_d"] and row["transit_d"] is not None:
                days = f"{row['transit_d']:.0f} | ± {row['spread_d']:.0f}"
                lines.append(f"| {row['volume_id']} | {days} | {row['published_d']} |")
    return lines


def _queued(answer: Simulated) -> dict[str, float]:
    """Days that trains and ships waited a day of the year, by place."""
    days = statistics.fmean(stop.at_s for stop in answer.runs.stops) / 86_400
    rows = answer.waits.filter(answer.waits["who"] != "box")
    rows = rows.filter(rows["place_kind"] == "resource")
    return {place: float(total) / days for place, total in zip(rows["place"], rows["total_d"], strict=True)}


def _doubled(base: Simulated, more: Simulated) -> Sequence[str]:
    """Where trains and ships wait when all freight is doubled."""
    before, after = _queued(base), _queued(more)
    growth = {place: after[place] - before.get(place, 0.0) for place in after}
    names = Names(base.network)
    first = sorted(growth, key=lambda place: -growth[place])[:_SHOWN]
    ends = [f"day {stop.at_s // 86_400}" for stop in more.runs.stops if stop.word == "crowded"]
    told = (
        f"It does not go through: with {LIMIT:,} things alive the runs were stopped ({', '.join(ends)})."
        if ends
        else "It goes through."
    )
    said = [
        "In March 2026 five to six times the usual freight took three times as long at Aktau and Baku, and",
        "the line to Kars was under strain; carriers name the wait for berths at Aktau and platforms, the",
        "railway of Kazakhstan ships and ferries, the World Bank the crossing as a whole",
        "(docs/simulation_data.md).",
    ]
    return [
        f"### {DOUBLED:g} times the freight of {YEARS[-1]}",
        "",
        f"{told} Vehicles that wait, in the mean of the days that were run:",
        "",
        "| place | once | doubled |",
        "| --- | ---: | ---: |",
        *(
            f"| {names.place('resource', place).words} | {before.get(place, 0.0):.1f} | {after[place]:.1f} |"
            for place in first
        ),
        "",
        " ".join(said),
    ]
