"""The page that compares what we compute with what others published."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Any

from ..basemap.check import markdown, validate_distances
from ..calibrate import PRICE, TIME, Calibration, Scored, calibrate
from ..footprint import published_cases
from ..network import Network
from .intervals import median_interval
from .page_stays import between_countries, frontiers, spread_of_times
from .prices import Rate, compare_rates, median_error
from .simulated import simulated_years
from .stays import compare_stays
from .transits import Transit, compare_transits

HEAD = """# Validation

Made by `midcorridor validate`; a test fails when it is stale. It compares what others published with what we
compute. Fitted figures are scored on observations of other sources than those that they were fitted to.

## Summary

"""
FEWEST = 10  # below so many rows a median says little
WORST = 10
CASES_WITHIN = 0.10
MONEY_OF = 2025  # most tariffs are of this year
# Medians of the absolute error that we want to be within, over rows that nothing was fitted to.
TARGETS = {TIME: 0.15, PRICE: 0.20, "rail": 0.03}
_WORDS = {TIME: "travel times, end to end and border to border", PRICE: "through rates, middle and northern"}


def validation_page(network: Network | None = None) -> str:
    """The whole page as Markdown."""
    network = network or Network.load()
    distances = validate_distances()
    found = calibrate(network)
    transits, rates = compare_transits(network), compare_rates(network)
    return (
        HEAD
        + _summary(found, distances)
        + _times(found, transits)
        + frontiers(compare_stays(network))
        + _prices(found, rates, median_error(rates, network, MONEY_OF))
        + _emissions(network)
        + simulated_years(network)
        + _factors(found)
        + markdown(distances)
    )


def _summary(found: Calibration, distances: Sequence[Any]) -> str:
    errors: list[tuple[str, list[float], float]] = []
    for kind, words in _WORDS.items():
        # Tariffs are not stretched by what was fitted, so that prices are scored as they are.
        column = "left_out" if kind == TIME else "plain"
        own = [abs(row.error(column)) for row in found.scored if row.seen.kind == kind]
        errors.append((words, own, TARGETS[kind]))
    rail = [abs(row.error) for row in distances if row.mode == "rail" and row.error == row.error]
    errors.append(("lengths by rail", rail, TARGETS["rail"]))
    lines = [
        "| published | rows | median of the absolute error | 95 % interval | wanted | |",
        "| --- | ---: | ---: | --- | ---: | --- |",
    ]
    for words, own, target in errors:
        told, share, within = "insufficient evidence", "", ""
        if own:
            error, interval = statistics.median(own), median_interval(own)
            share = f"{error:.1%}"
            within = "" if interval is None else f"{interval[0]:.1%} to {interval[1]:.1%}"
            if len(own) >= FEWEST:
                told = "reached" if error <= target else "missed"
        lines.append(f"| {words} | {len(own)} | {share} | {within} | {target:.0%} | {told} |")
    lines += [
        "",
        "The intervals are exact binomial ones of a median: where one holds the wanted figure, the rows "
        "are too few to "
        "tell whether it is reached.",
    ]
    return "\n".join(lines) + "\n\n"


def _times(found: Calibration, transits: Sequence[Transit]) -> str:
    rows = [row for row in found.scored if row.seen.kind == TIME]
    medians = {name: found.median_error(TIME, name) for name in ("plain", "fitted", "left_out", "baseline")}
    lines = [
        "## Travel times",
        "",
        "Published times (`observed_transits`) against the mean of our best route of the same "
        "corridor: of a train "
        "from its first departure to its last arrival, of a liner from port to port, of a "
        "shipment from cargo ready "
        "to boxes available, of a section between two stops of a through route. The cargo is "
        "fifty boxes, ready on "
        "the tenth of the month of the row, in its own year from 2020 on and in 2020 before; delays, "
        "departures and "
        "speeds are those of that year where they were published. Trains of the Middle Corridor are "
        "regular since "
        "2024: its older rows are asked for in 2025. Published minima and maxima are no percentiles and "
        "are not compared.",
        "",
        f"Scored are {len(rows)} rows: regular trains that ran, between places that we have. "
        "First and test runs, "
        "bounds, plans and claims are shown below but not scored.",
        "",
        "| hours | median of the absolute error | mean |",
        "| --- | ---: | ---: |",
        *(
            f"| {what} | {_share(medians[name])} | {_share(found.mean_error(TIME, name))} |"
            for name, what in (
                ("plain", "as the tables claim (`--basis claimed`)"),
                ("fitted", "fitted to these rows"),
                ("left_out", "fitted without the sources of the row that is scored"),
                ("baseline", "kilometres at the mean speed of the other rows"),
            )
        ),
        "",
        *_of_use(found),
        *_by_corridor(found, transits),
        "",
        *_why_missed(medians["left_out"]),
        "### The worst ten",
        "",
        *_scored_rows(_worst(rows), lambda name: _remark(name, transits), "days", 1),
        "",
        "### Every time",
        "",
        "| observation | published days | ours | difference | basis | why not scored | source |",
        "| --- | ---: | ---: | ---: | --- | --- | --- |",
    ]
    for transit in transits:
        row = transit.row
        ours = "" if transit.days is None else f"{transit.days:.1f}"
        difference = "" if transit.error is None else f"{transit.error:+.0%}"
        why = row["not_scored"] or transit.fault
        lines.append(
            f"| {row['observation_id']} | {row['days']:g} | {ours} | {difference} | {row['basis']} | {why} "
            f"| {'; '.join(row['source'])} |"
        )
    return "\n".join(lines) + "\n\n" + between_countries(transits) + spread_of_times(transits)


def _of_use(found: Calibration) -> list[str]:
    """A warning where the factors do no better than none on rows of other sources."""
    plain, left_out = (found.mean_error(TIME, name) for name in ("plain", "left_out"))
    if plain is None or left_out is None or left_out < 0.95 * plain:
        return []
    return [
        "On rows of other sources the factors do as well as the tables alone and no better: they bring the "
        "mean of what was measured into the plans, but do not yet foretell a time that nobody has published.",
        "",
    ]


def _why_missed(error: float | None) -> list[str]:
    """What keeps the median of times above what is wanted, where it is."""
    if error is None or error <= TARGETS[TIME]:
        return []
    return [
        f"The {TARGETS[TIME]:.0%} that are wanted are missed. For the queues before Poland in 2023 and "
        "2024 no source was found but those whose times are scored, so that they cannot stand in the "
        "tables; single trains of 2021 met a ship for which ours waits in the mean; the index of ocean "
        "freight counts the wait for room on board. Nothing was fitted to make up for it: no factor is "
        "one of a route or a year.",
        "",
    ]


def _by_corridor(found: Calibration, transits: Sequence[Transit]) -> list[str]:
    corridors = {transit.row["observation_id"]: transit.row["corridor"] for transit in transits}
    lines = ["| corridor | rows | median of the absolute error, sources left out |", "| --- | ---: | ---: |"]
    for corridor in sorted(set(corridors.values())):
        names = {name for name, own in corridors.items() if own == corridor}
        count = sum(row.seen.name in names for row in found.scored)
        if count:
            lines.append(f"| {corridor} | {count} | {_share(found.median_error(TIME, 'left_out', names))} |")
    return lines


def _prices(found: Calibration, rates: Sequence[Rate], inflated: float | None) -> str:
    rows = [row for row in found.scored if row.seen.kind == PRICE]
    notes = {rate.row["rate_id"]: str(rate.row["note"] or "") for rate in rates}
    lines = [
        "## Prices",
        "",
        "Published through rates (`rates`) between our terminals, none of them an estimate, "
        "against our best route of "
        "the same corridor, in dollars a box of its size. A tariff or an index is of the way "
        "alone: then neither the "
        "boxes, nor the forwarder, nor the lifts at the ends count. Ocean rates are dated inputs "
        "and not scored. Where the publisher names the way (column `via`), ours is asked to take it too. "
        "Nothing was fitted to any of them that plans use, and none is inflated but where it is said.",
        "",
        f"Scored are {len(rows)} rows.",
        "",
        "| prices | median of the absolute error |",
        "| --- | ---: |",
        f"| as the tables hold them, which plans use | {_share(found.median_error(PRICE, 'plain'))} |",
        f"| the same against published prices in the money of {MONEY_OF} | {_share(inflated)} |",
        f"| tariffs of railways fitted to these rows | {_share(found.median_error(PRICE, 'fitted'))} |",
        "| the same without the sources of the row that is scored | "
        f"{_share(found.median_error(PRICE, 'left_out'))} |",
        "| kilometres at the mean price of the other rows | "
        f"{_share(found.median_error(PRICE, 'baseline'))} |",
        "",
        _tariffs_words(found),
        "",
        "### The worst ten",
        "",
        *_scored_rows(_worst(rows, "plain"), lambda name: notes.get(name, ""), "USD", 0, "plain"),
        "",
        "### Every rate",
        "",
        "| rate | way | published USD | ours | difference | scored | source |",
        "| --- | --- | ---: | ---: | ---: | --- | --- |",
    ]
    for rate in rates:
        row = rate.row
        ours = rate.fault if rate.usd is None else f"{rate.usd:,.0f}"
        difference = "" if rate.error is None else f"{rate.error:+.0%}"
        scored = "yes" if rate.scored else "no"
        lines.append(
            f"| {row['rate_id']} | {', '.join(row['via'] or ())} | {row['usd']:,.0f} | {ours} | {difference} "
            f"| {scored} | {'; '.join(row['source'])} |"
        )
    return "\n".join(lines) + "\n\n"


def _tariffs_words(found: Calibration) -> str:
    """Whether what was fitted to rates would serve plans."""
    fitted = [row for row in found.factors if row.parameter.startswith("rail_tariff.")]
    sure = [row.parameter.partition(".")[2] for row in fitted if not row.low <= 1 <= row.high]
    plain, left_out = (found.median_error(PRICE, name) for name in ("plain", "left_out"))
    gain = "" if plain is None or left_out is None else f"{plain - left_out:+.1%} of the price"
    told = f"of {', '.join(sure)} does not hold 1" if sure else "of each factor holds 1"
    return (
        f"Factors of tariffs, told below, stretch no plan: the interval {told}, and on rows of other sources "
        f"they gain {gain}. The rows that move a factor most are of 2018 and 2020 and no prices of today; a "
        "few sources that agree would be needed for the tariffs of now."
    )


def _emissions(network: Network) -> str:
    lines = [
        "## Emissions",
        "",
        "Published worked examples (`emission_cases`) against `midcorridor footprint`, kilograms CO2e. A "
        "case is scored where its boundary and its inputs are published and are ours; there we want to be "
        f"within {CASES_WITHIN:.0%}.",
        "",
        "| case | boundary | published | ours | difference | scored | remark | source |",
        "| --- | --- | ---: | ---: | ---: | --- | --- | --- |",
    ]
    for case in published_cases(network.tables):
        ours = "" if case["ours_kg"] is None else _kg(case["ours_kg"])
        difference = "" if case["difference"] is None else f"{case['difference']:+.1%}"
        scored = "no"
        if case["scored"]:
            scored = "within" if abs(case["difference"]) <= CASES_WITHIN else "outside"
        lines.append(
            f"| {case['title']} | {case['boundary']} | {_kg(case['published_kg'])} | {ours} | {difference} "
            f"| {scored} | {case['remark']} | {case['source']} |"
        )
    return "\n".join(lines) + "\n\n"


def _kg(kg: float) -> str:
    return f"{kg:,.0f}" if kg >= 1 else f"{kg:.3g}"


def _factors(found: Calibration) -> str:
    lines = [
        "## Factors",
        "",
        "What `midcorridor calibrate` found, with 95 % intervals. Those of hours stand in the "
        "table `calibration` and "
        "stretch every plan; those of tariffs do not, since each interval holds 1.",
        "",
        "| factor | fitted | from | to | rows |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for row in found.factors:
        what = row.parameter.replace("_", " ").replace(".", ", ")
        lines.append(f"| {what} | {row.factor:.2f} | {row.low:.2f} | {row.high:.2f} | {row.rows} |")
    lines += [
        "",
        "Hours and fees at frontiers are inputs and no results: what was published and not taken stands "
        "beside what was in the table `figures` (`midcorridor facts figures`).",
    ]
    return "\n".join(lines) + "\n\n"


def _worst(rows: Sequence[Scored], column: str = "left_out") -> list[Scored]:
    return sorted(rows, key=lambda row: -abs(row.error(column)))[:WORST]


def _scored_rows(
    rows: Sequence[Scored], remark: Callable[[str], str], unit: str, digits: int, column: str = "left_out"
) -> list[str]:
    lines = [
        f"| observation | published {unit} | claimed | fitted | sources left out | difference | why |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        figures = (row.seen.published, row.plain, row.fitted, row.left_out)
        told = " | ".join(f"{figure:,.{digits}f}" for figure in figures)
        why = remark(row.seen.name) or "unexplained"
        lines.append(f"| {row.seen.name} | {told} | {row.error(column):+.0%} | {why} |")
    return lines


def _remark(name: str, transits: Sequence[Transit]) -> str:
    return next((str(t.row["remark"] or "") for t in transits if t.row["observation_id"] == name), "")


def _share(error: float | None) -> str:
    return "no rows" if error is None else f"{error:.1%}"
