"""A simulated year as one page to hand on: volumes, times, queues, ships, use, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from ..words import days_words
from . import bars
from .markup import Child, Html, el, esc, fixed, join, table
from .numbers import NBSP, duration, percent, significant
from .simulation_charts import gantt, queue_charts
from .simulation_costs import costs
from .tokens import token_css

if TYPE_CHECKING:
    from ..simulate import Simulated

Row = Mapping[str, Any]
_HIGH = 0.85
_MOST_QUEUES, _MOST_PLACES, _MOST_WAITS = 6, 16, 6
_ROLES = {"demand": "given", "input": "lies behind what is given", "compared": "independent"}
_WHO = {"box": "boxes", "wagon or truck": "wagons and trucks"}
_PARTS = {"wait": "waiting", "ride": "moving", "stay": "handling"}
_WORDS = {
    "waiting": "waiting for a train or ship",
    "moving": "aboard",
    "handling": "papers, handling, reloading",
}
_DAYS_NOTE = (
    "Days from the loading of the first train or ship to arrival; the wait before it is in the parts below. "
    "± is half of the 95 % interval of the mean."
)
_PARTS_NOTE = (
    "Means of the parts, one after the other; they add up. Aboard are also the waits of the train or ship "
    "itself. All flows have the same scale."
)
_USE_NOTE = (
    "Per cent of the units of a place in use, mean over replications; yards that grow count with their room "
    "of the day. Bold: 85 % and more."
)


def simulation_page(answer: Simulated) -> str:
    """A whole HTML page, complete in itself and without scripts."""
    from ..simulate import summary

    told, rows = answer.to_dict(), summary(answer)
    question, run = told["question"], told["run"]
    body = join(
        bars.patterns(),
        el("a", "Skip to the answer", href="#answer", class_="skip"),
        _header(question, run),
        el(
            "main",
            _warnings(told["warnings"]),
            _carried(rows["volumes"]),
            _times(rows["transits"], rows["sections"], run["options"]["within_d"]),
            costs(rows["costs"], rows["stays"]),
            queue_charts(answer, _MOST_QUEUES),
            gantt(answer),
            _use(answer, rows["utilisation"]),
            _waits(rows["waits"]),
            _left_out(told["notes"]),
        ),
        el(
            "footer",
            el(
                "p",
                f"Made by midcorridor{NBSP}{run['version']}, network {run['network_digest'][:12]}, scenario "
                f"{run['scenario']}, seed {run['options']['seed']}",
            ),
        ),
    )
    return Template(_file("page.html")).substitute(
        title=esc(f"The corridor in {question['year']} · midcorridor"),
        style=token_css() + _file("page.css") + _file("simulation.css"),
        body=body,
        script="",
    )


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _header(question: Row, run: Row) -> Html:
    options = run["options"]
    facts = [
        ("Days", days_words(*(date.fromisoformat(question[end]) for end in ("from", "until")))),
        ("Replications", f"{options['replications']:,}"),
        ("Scenario", run["scenario"]),
        ("Demand", "as given" if options["demand_factor"] == 1 else f"×{NBSP}{options['demand_factor']:g}"),
        ("Warm-up", f"{options['warm_up_d']}{NBSP}d, not counted"),
    ]
    return el(
        "header",
        el("p", "midcorridor simulation", class_="brand"),
        el("h1", f"The trans-Caspian route in {question['year']}"),
        el("dl", [el("div", el("dt", name), el("dd", value)) for name, value in facts], class_="question"),
    )


def _warnings(lines: Sequence[str]) -> Html | None:
    if not lines:
        return None
    shown = [el("li", line) for line in lines[:10]]
    if len(lines) > 10:
        shown.append(el("li", f"and {len(lines) - 10} more"))
    head = el("b", "Not well: part of this run jammed, so that its figures are not those of a year.")
    return el("section", el("div", head, el("ul", shown), class_="warn jammed"), role="alert")


def _carried(rows: Sequence[Row]) -> Html:
    given = [row for row in rows if row["role"] == "demand"]
    others = [row for row in rows if row["role"] != "demand"]
    key = []
    for unit in dict.fromkeys(row["unit"] for row in given):
        sums = [sum(row[n] for row in given if row["unit"] == unit) for n in ("simulated", "published")]
        key.append(
            (f"{significant(sums[0])}{NBSP}{_many(unit)}", f"came through of {significant(sums[1])} given")
        )
    for row in others:
        if row["role"] == "compared":
            key.append((percent(row["share"]), f"of what was counted: {row['name']}"))
    figures = [
        el("li", el("b", value, class_=None if at else "big"), el("small", said))
        for at, (value, said) in enumerate(key)
    ]
    head = ("Counted", "Published", "Simulated", "Share", "The published figure")
    note = "A figure that lies behind what is given comes out by construction; an independent one is a test."
    every = el(
        "details",
        el("summary", el("b", f"All {len(given)} flows given")),
        table(head, [_volume(row) for row in given], (1, 2, 3), "answer"),
        class_="given",
    )
    return el(
        "section",
        el("h2", "What was carried", id="answer"),
        el("ul", figures, class_="key figures-row"),
        table(head, [_volume(row) for row in others], (1, 2, 3), "answer"),
        el("p", note, class_="note"),
        every,
        aria_labelledby="answer",
        tabindex="-1",
    )


def _many(unit: str) -> str:
    return unit if unit in ("TEU", "t") else f"{unit}s"


def _volume(row: Row) -> Html:
    return el(
        "tr",
        el("th", row["name"], scope="row"),
        el("td", f"{row['published']:,.0f}{NBSP}{_many(row['unit'])}", class_="num"),
        el("td", f"{row['simulated']:,.0f}", class_="num"),
        el("td", f"{row['share']:.2f}", class_="num"),
        el("td", _ROLES[row["role"]]),
    )


def _times(transits: Sequence[Row], sections: Sequence[Row], within_d: float | None) -> Html | None:
    if not transits:
        return None
    most = max(row["p90_d"] for row in transits) * 1.05
    head = ["From and to", "Arrived", "Mean days", "1 in 10, half and 9 in 10 within", "Median", "9 in 10"]
    if within_d is not None:
        head.append(f"Within {within_d:g}{NBSP}d")
    head.append("Published")
    body = []
    for row in transits:
        mean = f"{row['mean_d']:.1f}" + (
            "" if row["mean_d_pm"] is None else f"{NBSP}±{NBSP}{row['mean_d_pm']:.1f}"
        )
        cells: list[Child] = [
            el("th", row["name"], scope="row"),
            el("td", f"{row['journeys']:,.0f}", class_="num"),
            el("td", mean, class_="num"),
            el("td", _whisker(row, most), class_="whisk"),
            el("td", f"{row['p50_d']:.1f}", class_="num"),
            el("td", f"{row['p90_d']:.1f}", class_="num"),
        ]
        if within_d is not None:
            cells.append(el("td", percent(row["within_share"]), class_="num"))
        cells.append(el("td", el("small", row["published_d"])))
        body.append(el("tr", cells))
    folds = []
    ordered = sorted(transits, key=lambda row: -row["journeys"] * len(_of(sections, row)))
    longest = max(sum(part["mean_h"] for part in _of(sections, row)) for row in transits)
    for number, row in enumerate(ordered):
        folds.append(_waterfall(row, _of(sections, row), longest * 1.02, number == 0))
    return el(
        "section",
        el("h2", "How long it takes", id="times"),
        table(head, body, (1, 2, 4, 5, 6) if within_d is not None else (1, 2, 4, 5), "times"),
        el("p", _DAYS_NOTE, class_="note"),
        el("h3", "Where the days go"),
        el("p", _PARTS_NOTE, class_="note"),
        el("div", folds, class_="falls"),
        aria_labelledby="times",
    )


def _of(sections: Sequence[Row], row: Row) -> list[Row]:
    return [part for part in sections if part["volume_id"] == row["volume_id"]]


def _whisker(row: Row, most: float) -> Html:
    x10, x50, x90 = (f"{fixed(row[name] / most * 100, 2)}%" for name in ("p10_d", "p50_d", "p90_d"))
    return el(
        "svg",
        el("line", x1=x10, x2=x90, y1="50%", y2="50%", class_="reach"),
        el("circle", cx=x50, cy="50%", r="4", class_="median"),
        class_="strip-of",
        aria_hidden="true",
    )


def _waterfall(row: Row, parts: Sequence[Row], whole_h: float, opened: bool) -> Html:
    rows, start = [], 0.0
    sums: dict[str, float] = {}
    for part in parts:
        kind = _PARTS[part["part"]]
        sums[kind] = sums.get(kind, 0.0) + part["mean_h"]
        wide = max(0.5, part["mean_h"] / whole_h * 100)
        bar = el(
            "rect",
            x=f"{fixed(min(start / whole_h * 100, 100 - wide), 2)}%",
            y="0",
            height="100%",
            width=f"{fixed(wide, 2)}%",
            class_=f"bar {kind}",
        )
        start += part["mean_h"]
        rows.append(
            el(
                "tr",
                el("th", part["name"][:1].upper() + part["name"][1:], scope="row"),
                el("td", el("svg", bar, class_="stack", aria_hidden="true"), class_="fall"),
                el("td", duration(part["mean_h"]), class_="num"),
            )
        )
    key = el("ul", [_key(kind, hours) for kind, hours in sums.items()], class_="key")
    return el(
        "details",
        el("summary", el("b", row["name"]), f", {duration(start)} in the mean"),
        key,
        el("table", el("tbody", rows), class_="waterfall"),
        open=opened,
    )


def _key(kind: str, hours: float) -> Html:
    box = el("rect", x=0.5, y=0.5, width=21, height=11, class_=f"bar {kind}", rx=1)
    sample = el("svg", box, class_="sample", viewbox="0 0 22 12", aria_hidden="true")
    return el("li", sample, el("b", duration(hours)), f" {_WORDS[kind]}")


def _use(answer: Simulated, places: Sequence[Row]) -> Html | None:
    from ..simulate import monthly_use

    monthly = monthly_use(answer.corridor, answer.runs)
    months = sorted({row["month"] for row in monthly.iter_rows(named=True)})
    by = {(row["place"], row["month"]): row["share"] for row in monthly.iter_rows(named=True)}
    rows = []
    for place in places[:_MOST_PLACES]:
        cells = [_heat(by.get((place["place"], month))) for month in months]
        whole = el("td", percent(place["use"]), class_="num")
        rows.append(el("tr", el("th", place["name"], scope="row"), cells, whole))
    if not rows:
        return None
    head = ["Place", *(f"{month:%b}" for month in months), "Year"]
    return el(
        "section",
        el("h2", "What is in use, month by month", id="use"),
        table(head, rows, tuple(range(1, len(head))), "use", "heatmap"),
        el("p", _USE_NOTE, class_="note"),
        aria_labelledby="use",
    )


def _heat(share: float | None) -> Html:
    if share is None:
        return el("td", "", class_="heat", style="--u:0")
    told = f"{share * 100:.0f}"
    return el("td", told, style=f"--u:{told}", class_="heat high" if share >= _HIGH else "heat")


def _waits(rows: Sequence[Row]) -> Html | None:
    parts = []
    for who in dict.fromkeys(row["who"] for row in rows):
        mine = [row for row in rows if row["who"] == who][:_MOST_WAITS]
        body = [
            el(
                "tr",
                el("th", row["name"][:1].upper() + row["name"][1:], scope="row"),
                el("td", f"{row['n']:,.0f}", class_="num"),
                el("td", f"{row['mean_h']:.1f}", class_="num"),
                el("td", f"{row['longest_h']:,.0f}", class_="num"),
                el("td", significant(row["total_d"]), class_="num"),
            )
            for row in mine
        ]
        name = f"Waits of {_WHO.get(who, f'{who}s')}"
        head = (name, "A year", "Mean h", "Longest h", "Days in all")
        parts.append(table(head, body, (1, 2, 3, 4), "waits"))
    if not parts:
        return None
    return el(
        "section",
        el("h2", "Who waits for what", id="waits"),
        el("div", parts, class_="waits"),
        aria_labelledby="waits",
    )


def _left_out(notes: Sequence[str]) -> Html | None:
    if not notes:
        return None
    lines = [el("li", f"{line[:1].upper()}{line[1:]}.") for line in notes]
    head = el("h2", "Left out, or to know", id="left-out")
    return el("section", head, el("ul", lines, class_="why"), aria_labelledby="left-out")
