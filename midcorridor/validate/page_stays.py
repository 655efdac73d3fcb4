"""The part of the validation page on hours at frontiers, and on how far times scatter."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from .intervals import median_interval
from .stays import Stay
from .transits import COUNTRIES_ONLY, Transit

# A stay at a frontier is of one mode, at a port of the sea.
_KINDS = {"rail": "frontiers by rail", "road": "frontiers by road", "sea": "ports"}


def told_median(errors: Sequence[float]) -> str:
    """Median of absolute errors with its 95 % interval, as shares."""
    if not errors:
        return "no rows"
    sizes = [abs(error) for error in errors]
    interval = median_interval(sizes)
    told = f"{statistics.median(sizes):.1%}"
    return told if interval is None else f"{told} ({interval[0]:.1%} to {interval[1]:.1%})"


def between_countries(transits: Sequence[Transit]) -> str:
    """Measured times whose sources name countries only, between the largest hub of each."""
    rows = [
        row
        for row in transits
        if row.row["not_scored"] == COUNTRIES_ONLY
        and row.row["basis"] == "measured"
        and row.error is not None
    ]
    lines = [
        "### Between countries",
        "",
        "Measured times whose sources name countries and no places. They are neither fitted nor in the "
        "median "
        "above: Xi'an stands for China, Malaszewicze for Poland, Duisburg for Germany, Shanghai and "
        "Rotterdam for "
        "the index of ocean freight from China to northern Europe.",
        "",
        f"Median of the absolute error over {len(rows)} rows: "
        f"{told_median([row.error for row in rows if row.error is not None])}.",
        "",
        "| observation | published days | ours | difference |",
        "| --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row.row['observation_id']} | {row.row['days']:g} | {row.days:.1f} | {row.error:+.0%} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n\n"


def spread_of_times(transits: Sequence[Transit]) -> str:
    """Published ranges of measured times against ours."""
    rows = [
        row
        for row in transits
        if row.row["days_low"] and row.row["days_high"] and row.row["basis"] == "measured"
        and row.row["regular"] and row.row["days_high"] > row.row["days_low"] and row.width_days is not None
    ]  # fmt: skip
    lines = [
        "### How far times scatter",
        "",
        "Lowest and highest of what was measured against the width of our distribution between the 10th "
        "and the 90th "
        "percentile, from cargo ready to the last box available. A published range is no percentile: it "
        "grows "
        "with the number of trips, which hardly any source tells.",
        "",
        "| observation | from | to | width, days | ours, 10th to 90th |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for transit in rows:
        row = transit.row
        lines.append(
            f"| {row['observation_id']} | {row['days_low']:g} | {row['days_high']:g} | "
            f"{row['days_high'] - row['days_low']:.1f} | {transit.width_days:.1f} |"
        )
    if rows:
        ratio = statistics.median(
            (transit.width_days or 0.0) / (transit.row["days_high"] - transit.row["days_low"])
            for transit in rows
        )
        lines += ["", f"The median of ours over theirs is {ratio:.1f}, over {len(rows)} rows."]
    return "\n".join(lines) + "\n\n"


def frontiers(stays: Sequence[Stay]) -> str:
    """Published hours at frontiers and ports against those of the network."""
    lines = [
        "## Frontiers and ports",
        "",
        "Published hours (`observed_stays`) against what the network has there in the month or year of "
        "the row: means, "
        "without fitted factors. Compared are figures that nothing of ours rests on; inputs are told as "
        "inputs and not "
        "scored, whatever year they were taken for.",
        "",
        "| kind | rows | median of the absolute error, with its 95 % interval |",
        "| --- | ---: | --- |",
    ]
    for mode, words in _KINDS.items():
        own = [stay.error for stay in stays if stay.scored and stay.row["mode"] == mode]
        if own:
            lines.append(f"| {words} | {len(own)} | {told_median([e for e in own if e is not None])} |")
    means = [s.error for s in stays if s.scored and not s.row["year_month"] and s.error is not None]
    weeks = [s.error for s in stays if s.scored and s.row["year_month"] and s.error is not None]
    lines += [
        f"| of these, means of a year | {len(means)} | {told_median(means)} |",
        f"| of these, a jammed week or month | {len(weeks)} | {told_median(weeks)} |",
        "",
        "| stay | published h | range | ours, mean h | ours, 90th | difference | use | why | source |",
        "| --- | ---: | --- | ---: | ---: | ---: | --- | --- | --- |",
    ]
    for stay in stays:
        row = stay.row
        low, high = row["hours_low"], row["hours_high"]
        spread = "" if high is None else f"{'' if low is None else f'{low:g}'} to {high:g}".strip()
        ours = "" if stay.mean_h is None else f"{stay.mean_h:.1f}"
        p90 = "" if stay.p90_h is None else f"{stay.p90_h:.1f}"
        difference = f"{stay.error:+.0%}" if stay.scored and stay.error is not None else ""
        why = "; ".join(word for word in (row["why"], stay.fault) if word)
        lines.append(
            f"| {row['stay_id']} | {row['hours']:g} | {spread} | {ours} | {p90} | {difference} "
            f"| {row['use']} | {why} | {'; '.join(row['source'])} |"
        )
    return "\n".join(lines) + "\n\n"
