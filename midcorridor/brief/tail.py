"""What an answer rests on: how to read it, its sources and how it was made."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ..results import RunInfo, Status
from . import words
from .markup import Html, el, join, safe_url
from .numbers import NBSP, count, day


def reading() -> Html:
    """What kind of figures these are."""
    points = (
        "Times run from cargo ready until the last box is available. Means add up along a route; what holds "
        "9 times in 10 does not, so the 9 in 10 of a route is less than those of its parts together.",
        "Dates on a timeline are those of the mean. Only a departure that is told to run by timetable is one "
        "that somebody published.",
        "Prices are sums of tariffs, freights and charges, published or estimated; they are no offer.",
        "Carbon is well-to-wheel, by mode, country and power grid.",
        "Figures are rounded to three digits, so that parts may miss their sum by a little.",
    )
    return el(
        "section",
        el("h2", "How to read these figures", id="reading"),
        el("ul", [el("li", point) for point in points]),
        aria_labelledby="reading",
    )


def no_route(status: Status) -> Html:
    """Why there is no route and what would have to give."""
    blocked = [_blocker(text) for text in status.blocked_by]
    return el(
        "section",
        el("h2", "No route", id="none"),
        el("p", words.reason(status.reason), class_="lead"),
        join(
            el("p", "The best way if everything were open is closed by:"),
            el("ul", [el("li", text) for text in blocked], class_="blocked"),
        )
        if blocked
        else None,
        el(
            "p",
            "Ask again without what you avoid, for another day, or under a scenario that opens a line."
            if blocked
            else "Ask again for another day, or from and to a larger place nearby.",
        ),
        aria_labelledby="none",
        class_="none",
    )


def _blocker(text: str) -> str:
    if text.startswith("--avoid "):
        return f"your own choice to avoid {text.removeprefix('--avoid ')}"
    return text


def notes(status: Status) -> Html:
    """What the answer leaves out."""
    if not status.notes:
        return Html("")
    return el(
        "section",
        el("h2", "What this answer leaves out", id="left-out"),
        el("ul", [el("li", note) for note in status.notes], class_="columns"),
        aria_labelledby="left-out",
    )


def sources(rows: Sequence[Mapping[str, Any]]) -> Html:
    """Publisher, title, date, link and how often the answer uses each source."""
    if not rows:
        return Html("")
    return el(
        "section",
        el("h2", "Sources", id="sources"),
        el("p", f"{count(len(rows), 'source')} stand behind the routes above, the most used first."),
        el("ol", [_source(number, row) for number, row in enumerate(rows, 1)], class_="columns sources"),
        aria_labelledby="sources",
    )


def _source(number: int, row: Mapping[str, Any]) -> Html:
    url = safe_url(row.get("url"))
    title = row.get("title") or row["source_id"]
    named = el("a", title, href=url, rel="noopener noreferrer") if url else el("span", title)
    dated = _date(row.get("date"))
    return el(
        "li",
        named,
        el(
            "small",
            " · ".join(
                part
                for part in (
                    str(row.get("publisher") or ""),
                    dated,
                    f"used {count(int(row['uses']), 'time')}",
                )
                if part
            ),
        ),
        id=f"source-{number}",
    )


def _date(value: object) -> str:
    if isinstance(value, datetime):
        return day(value)
    if isinstance(value, date):
        return day(datetime.combine(value, datetime.min.time()))
    text = str(value or "")
    full = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)
    return day(datetime.fromisoformat(text)) if full else text or "undated"


def checks(rows: Sequence[Mapping[str, Any]]) -> Html:
    """What the program looked at in its own answer."""
    if not rows:
        return Html("")
    good = all(row["ok"] for row in rows)
    return el(
        "section",
        el("h2", "Self-check", id="checks"),
        None if good else el("p", "Something in this answer does not hold: see below.", class_="warn"),
        el(
            "ul",
            [
                el("li", "✓ " if row["ok"] else "✗ FAILED: ", words.sentence(str(row["check"])))
                for row in rows
            ],
            class_="columns",
        ),
        aria_labelledby="checks",
    )


def run_info(run: RunInfo, question: Mapping[str, Any]) -> Html:
    """What one needs to ask again and get the same."""
    options = ", ".join(
        f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in run.options.items()
    )
    facts = (
        ("Program", f"midcorridor {run.version}"),
        ("Scenario", run.scenario or "none"),
        ("Network", run.network_digest),
        ("Cargo ready", str(question["ready_at"])),
        ("Options", options or "none"),
        ("Computed in", f"{run.seconds:.2f}{NBSP}s"),
    )
    return el(
        "section",
        el("h2", "How this was made", id="made"),
        el("dl", [el("div", el("dt", name), el("dd", value)) for name, value in facts], class_="facts"),
        aria_labelledby="made",
    )
