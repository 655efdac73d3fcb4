"""Queues by day and what ships and trains did, drawn from a simulated year."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ..words import days_words
from .markup import Html, el, fixed
from .numbers import significant

if TYPE_CHECKING:
    from ..simulate import Lane, Simulated

Row = Mapping[str, Any]
_WIDE, _HIGH, _LEFT, _RIGHT, _TOP, _BOTTOM = 380, 190, 48, 8, 12, 40
_STRIP = 8  # high: the days on which the port was shut
_DAYS, _LABEL, _LANE, _CHART = 60, 170, 16, 1180
_KEY = (
    ("moving", "under way"),
    ("alongside", "alongside, or at a terminal"),
    ("roads", "in the roads, waiting for a load"),
    ("waiting", "waiting for a berth or a track"),
)
_QUEUE_NOTE = (
    "Boxes (on ferries wagons and trucks) that wait, by day. Line: mean of the replications; band: 8 in 10 "
    "of them. Marks below: the port was shut, the taller the more of the day and of the replications."
)
_LANES_NOTE = "A line is a ship, or a set of wagons that one train after the other takes."


def queue_charts(answer: Simulated, most: int) -> Html | None:
    """A chart of each of the longest queues for a train or ship, with the days on which its port was shut."""
    import polars as pl

    from ..simulate import Names, first_day, queues, shut_by_day

    names, first = Names(answer.network), first_day(answer)
    daily = queues(answer.runs, answer.corridor.first).filter(pl.col("place_kind") == "hold")
    means = (
        daily.group_by("place").agg(pl.col("queue").mean()).sort(["queue", "place"], descending=[True, False])
    )
    gates = set(answer.corridor.model.of_kind("gate"))
    figures = []
    for place in means["place"].head(most):
        rows = daily.filter(pl.col("place") == place).sort("day").to_dicts()
        leg = names.place("hold", place)
        shut = shut_by_day(answer.runs, leg.terminal_id) if leg.terminal_id in gates else []
        mean, worst = sum(row["queue"] for row in rows) / len(rows), max(row["queue"] for row in rows)
        told = f"{significant(mean)} wait in the mean, {significant(worst)} on the worst day"
        head = el("h3", f"For a {leg.words}"), el("p", told, class_="sub")
        figures.append(el("figure", head, _queue(rows, shut, first, f"For a {leg.words}: {told}")))
    if not figures:
        return None
    return el(
        "section",
        el("h2", "Where it waits", id="queues"),
        el("div", figures, class_="multiples"),
        el("p", _QUEUE_NOTE, class_="note"),
        aria_labelledby="queues",
    )


def _queue(rows: Sequence[Row], shut: Sequence[float], first: date, label: str) -> Html:
    top = _round_up(max(1.0, *(row["p90_queue"] for row in rows), *(row["queue"] for row in rows)))
    wide, high = _WIDE - _LEFT - _RIGHT, _HIGH - _TOP - _BOTTOM
    step = wide / max(1, len(rows) - 1)

    def x(at: float) -> float:
        return _LEFT + at * step

    def y(value: float) -> float:
        return _TOP + high * (1 - value / top)

    def line(name: str, order: Sequence[int]) -> str:
        return " ".join(f"{fixed(x(at))},{fixed(y(rows[at][name]))}" for at in order)

    forth = range(len(rows))
    parts: list[Html] = []
    for value in (0.0, top / 2, top):
        parts.append(el("line", x1=_LEFT, x2=_WIDE - _RIGHT, y1=y(value), y2=y(value), class_="grid"))
        parts.append(el("text", significant(value), x=_LEFT - 6, y=y(value) + 4, class_="end"))
    parts += _months(first, len(rows), x, _TOP + high + _STRIP + 16)
    parts.append(
        el("polygon", points=f"{line('p10_queue', forth)} {line('p90_queue', forth[::-1])}", class_="band")
    )
    parts.append(el("polyline", points=line("queue", forth), class_="mean"))
    below = _TOP + high + _STRIP + 2
    marks = "".join(
        f"M{fixed(x(at))} {below}v-{fixed(share * _STRIP)}"
        for at, share in enumerate(shut[: len(rows)])
        if share > 0.02
    )
    if marks:
        parts.append(el("path", d=marks, class_="shut", stroke_width=f"{fixed(step, 2)}"))
    return el(
        "svg",
        parts,
        class_="chart plot-of",
        viewbox=f"0 0 {_WIDE} {_HIGH}",
        role="img",
        aria_label=label,
    )


def _months(first: date, days: int, x: Any, y: float) -> list[Html]:
    found = []
    for at in range(days):
        day = first + timedelta(at)
        if day.day == 1 and day.month % 2 == 1:
            found.append(el("text", f"{day:%b}", x=x(at), y=y, class_="title"))
    return found


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 5, 6, 8 or 10 times a power of ten."""
    power = float(10 ** math.floor(math.log10(value)))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9))


def gantt(answer: Simulated) -> Html | None:
    """Ships and sets of wagons in the first days of the year, first replication."""
    from ..simulate import first_day, voyages

    lanes = voyages(answer, days=_DAYS)
    if not lanes:
        return None
    first = first_day(answer)
    groups: dict[str, list[Lane]] = {}
    for lane in lanes:
        groups.setdefault(lane.group, []).append(lane)
    charts = []
    for group, mine in groups.items():
        drawn = el("div", _lanes(mine, first), class_="scroll", tabindex="0", role="region", aria_label=group)
        charts.append(el("figure", el("h3", f"{group}, {len(mine)}"), drawn))
    key = [el("li", _sample(kind), words) for kind, words in _KEY]
    last = first + timedelta(_DAYS - 1)
    return el(
        "section",
        el("h2", "What ships and wagons did", id="gantt"),
        el("p", f"{days_words(first, last)}, first replication. {_LANES_NOTE}", class_="note"),
        el("ul", key, class_="key gantt-key"),
        charts,
        aria_labelledby="gantt",
    )


def _sample(kind: str) -> Html:
    thin = kind == "moving"
    box = el("rect", x=0, y=4 if thin else 0, width=22, height=4 if thin else 12, class_=f"span {kind}")
    return el("svg", box, class_="sample", viewbox="0 0 22 12", aria_hidden="true")


def _lanes(lanes: Sequence[Lane], first: date) -> Html:
    scale = (_CHART - 8) / _DAYS
    high = len(lanes) * _LANE + 22
    parts: list[Html] = []
    for at in range(0, _DAYS + 1, 10):
        x = 4 + at * scale
        parts.append(el("line", x1=x, x2=x, y1=0, y2=high - 18, class_="grid"))
        if at < _DAYS:
            parts.append(el("text", f"{first + timedelta(at):%-d %b}", x=x + 3, y=high - 4, class_="title"))
    for row, lane in enumerate(lanes):
        for span in lane.spans:
            thin = span.what == "moving"
            y, tall = row * _LANE + (6 if thin else 2), 4 if thin else 12
            days = span.end_d - span.begin_d
            where = f" {'to' if thin else 'at'} {span.where}" if span.where else ""
            said = f"{dict(_KEY)[span.what]}{where}, {days:.1f} days"
            parts.append(
                el(
                    "rect",
                    el("title", said),
                    x=4 + span.begin_d * scale,
                    y=y,
                    width=max(1.0, days * scale),
                    height=tall,
                    class_=f"span {span.what}",
                )
            )
    return el(
        "svg",
        parts,
        class_="chart gantt-of",
        viewbox=f"0 0 {_CHART} {high}",
        role="img",
        aria_label=f"{lanes[0].group}: where each was, by day",
    )
