"""When each route arrives: one dot for one chance in twenty, on days that all routes share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from ..said import CORRIDOR_WORDS
from . import words
from .labels import text_width
from .markup import Html, el, fixed
from .numbers import NBSP, date_of, duration, instant, last_day, percent, short_date
from .tradeoff import ticks

Route = Mapping[str, Any]
DOTS = 20
_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class _Size:
    name: str
    width: float
    dot: float  # radius
    most_ticks: int


_SIZES = (_Size("wide", 1200, 7.0, 12), _Size("medium", 700, 5.0, 8), _Size("narrow", 326, 3.4, 5))
_SIDE = 12.0
_HEAD, _BAR, _GAP, _FOOT, _TOP = 20.0, 26.0, 14.0, 40.0, 22.0


def arrivals_figure(question: Mapping[str, Any], routes: Sequence[Route]) -> Html:
    """A strip a route with its table; an empty string where no route tells its distribution."""
    told = [route for route in routes if route["arrival_h"]]
    if not told:
        return Html("")
    return el(
        "figure",
        [_chart(question, told, size) for size in _SIZES],
        el("figcaption", _caption(question, told)),
        _table(question, told),
        class_="arrivals",
    )


def dots_h(route: Route) -> list[float]:
    """Hours of arrival for the chances 1/40, 3/40 ... 39/40; those that never come are left out.

    Between the chances that the answer tells, hours are interpolated; beyond them they are not drawn out.
    """
    told = [(float(chance), float(hours)) for chance, hours in route["arrival_h"]]
    found = []
    for number in range(DOTS):
        wanted = (number + 0.5) / DOTS
        if wanted > 1.0 - route["never_probability"]:
            break
        if wanted <= told[0][0] or wanted >= told[-1][0]:
            found.append(told[0][1] if wanted <= told[0][0] else told[-1][1])
            continue
        (low, from_h), (high, to_h) = next(
            (a, b) for a, b in pairwise(told) if a[0] <= wanted <= b[0] and a[0] < b[0]
        )
        found.append(from_h + (wanted - low) / (high - low) * (to_h - from_h))
    return found


def stacked(places: Sequence[float], wide: float) -> list[tuple[float, int]]:
    """Dots (place, how many lie under it) that never overlap: close ones stand on each other.

    places in units of the paper, wide the width of a dot. No dot is further than its width off its place.
    Source  Wilkinson, Dot plots, The American Statistician 53 (1999), 276: groups from the left, each no
            wider than a dot, drawn at its mean; here moved on where the column before is in the way.
    >>> stacked([0.0, 1.0, 9.0], 4.0)
    [(0.5, 0), (0.5, 1), (9.0, 0)]
    """
    groups: list[list[float]] = []
    for place in sorted(places):
        if groups and place - groups[-1][0] < wide:
            groups[-1].append(place)
        else:
            groups.append([place])
    found: list[tuple[float, int]] = []
    before = -math.inf
    for group in groups:
        before = max(sum(group) / len(group), before + wide)
        found += [(before, level) for level in range(len(group))]
    return found


def _deadline_d(question: Mapping[str, Any]) -> float | None:
    if not question.get("deadline_at"):
        return None
    return (instant(question["deadline_at"]) - instant(question["ready_at"])) / timedelta(days=1)


def _chart(question: Mapping[str, Any], routes: Sequence[Route], size: _Size) -> Html:
    deadline = _deadline_d(question)
    days = [hours / 24 for route in routes for hours in dots_h(route)]
    low, high = min(days), max(days)
    span = max(high - low, 2.0)
    inside = deadline is not None and low - span <= deadline <= high + span
    if deadline is not None and inside:
        low, high = min(low, deadline), max(high, deadline)
    # Room for the figures beside the bars.
    room = (high - low or 2.0) * 46 / size.width
    axis = ticks(max(0.0, low - room), high + room, size.most_ticks, _STEPS)

    def x(day: float) -> float:
        return _SIDE + (day - axis[0]) / (axis[-1] - axis[0]) * (size.width - 2 * _SIDE)

    parts: list[Html] = []
    y = _TOP if deadline is not None else 4.0
    for route in routes:
        row, y = _row(route, size, x, y, deadline)
        parts.append(row)
    foot = y + 2
    return el(
        "svg",
        [el("path", d=f"M{fixed(x(t))} {fixed(_TOP - 6)}V{fixed(foot)}", class_="grid") for t in axis],
        _deadline(question, deadline, size, x, foot, inside) if deadline is not None else None,
        parts,
        _axis(question, axis, size, x, foot),
        viewbox=f"0 0 {size.width:g} {fixed(foot + _FOOT)}",
        role="img",
        aria_label="When each route arrives; the table below holds the same figures.",
        class_=f"chart dots {size.name}",
    )


def _row(route: Route, size: _Size, x: Any, y: float, deadline: float | None) -> tuple[Html, float]:
    """One route: its name, its dots, its bar; and where the next row begins."""
    spots = stacked([x(hours / 24) for hours in dots_h(route)], 2 * size.dot)
    tall = (max((level for _, level in spots), default=0) + 1) * 2 * size.dot
    base = y + _HEAD + tall + 2
    late_x = x(deadline) if deadline is not None else None
    dots = [
        el(
            "circle",
            cx=fixed(px),
            cy=fixed(base - size.dot - level * 2 * size.dot),
            r=fixed(size.dot - 0.7),
            class_="late" if late_x is not None and px > late_x else None,
        )
        for px, level in spots
    ]
    middle = base + 9
    letter = str(route["route_id"])
    narrow = size.name == "narrow"
    name = CORRIDOR_WORDS[route["corridor"]] if narrow else words.corridor(route["corridor"])
    by = route["available_p90_at"]
    said = f"9 in 10 by {short_date(by) if narrow else date_of(by)}" if by else "no date 9 times in 10"
    if route["on_time_probability"] is not None:
        said += f" · {percent(route['on_time_probability'])}" + ("" if narrow else " by the deadline")
    return (
        el(
            "g",
            el("circle", cx=_SIDE + 8, cy=fixed(y + 8), r=9, class_="badge"),
            el("text", letter, x=_SIDE + 8, y=fixed(y + 12.5), class_="letters middle"),
            el("text", words.sentence(name), x=_SIDE + 23, y=fixed(y + 12.5), class_="name strong"),
            el("text", said, x=size.width - _SIDE, y=fixed(y + 12.5), class_="name end"),
            dots,
            _bar(route, x, middle),
            class_=f"strip on-{letter}",
        ),
        base + _BAR + _GAP,
    )


def _bar(route: Route, x: Any, y: float) -> list[Html | None]:
    """From once in ten to nine in ten, with the middle marked and the figures at its ends."""
    quick, half, slow = (route[name] for name in ("p10_h", "p50_h", "p90_h"))
    if quick is None or half is None:
        return []
    x0, xm = x(quick / 24), x(half / 24)
    # Where nine in ten never come the bar has no end: it stops at the middle.
    x1 = x(slow / 24) if slow is not None else xm
    return [
        el("path", d=f"M{fixed(x0)} {fixed(y)}H{fixed(x1)}M{fixed(x0)} {fixed(y - 4)}v8", class_="range"),
        el("path", d=f"M{fixed(x1)} {fixed(y - 4)}v8", class_="range") if slow is not None else None,
        el("path", d=f"M{fixed(xm)} {fixed(y - 5)}l5 5l-5 5l-5-5z", class_="half"),
        el("text", _days(quick), x=fixed(x0 - 5), y=fixed(y + 4), class_="end"),
        el("text", _days(half), x=fixed(xm), y=fixed(y + 18), class_="middle"),
        el("text", _days(slow), x=fixed(x1 + 5), y=fixed(y + 4)) if slow is not None else None,
    ]


def _days(hours: float) -> str:
    """Days to a half below ten, as everywhere, but never hours: the axis counts days."""
    days = hours / 24
    return f"{round(days * 2) / 2:g}{NBSP}d" if days < 10 else f"{round(days)}{NBSP}d"


def _axis(question: Mapping[str, Any], axis: Sequence[float], size: _Size, x: Any, foot: float) -> list[Html]:
    """Days after cargo ready, and the dates that they fall on."""
    ready = instant(question["ready_at"])
    parts = [el("path", d=f"M{_SIDE:g} {fixed(foot)}H{size.width - _SIDE:g}", class_="axis")]
    for number, tick in enumerate(axis):
        side = "" if number == 0 else " end" if number == len(axis) - 1 else " middle"
        date = short_date((ready + timedelta(days=tick)).isoformat())
        parts.append(
            el("text", f"{tick:g}{NBSP}d", x=fixed(x(tick)), y=fixed(foot + 16), class_=f"tick{side}")
        )
        parts.append(el("text", date, x=fixed(x(tick)), y=fixed(foot + 31), class_=f"title{side}"))
    return parts


def _deadline(
    question: Mapping[str, Any], day: float, size: _Size, x: Any, foot: float, inside: bool
) -> list[Html]:
    text = f"deadline {last_day(question['deadline_at'])}"
    if not inside:
        # Far off the arrivals: said at the side on which it lies, without a line.
        left = x(day) < size.width / 2
        side = _SIDE if left else size.width - _SIDE
        told = f"← {text}" if left else f"{text} →"
        return [el("text", told, x=side, y=11, class_="deadline" if left else "deadline end")]
    at = x(day)
    wide = text_width(text, 12.5)
    fits = at + 6 + wide < size.width - 2
    return [
        el("path", d=f"M{fixed(at)} 0V{fixed(foot)}", class_="deadline-line"),
        el(
            "text",
            text,
            x=fixed(at + 6 if fits else at - 6),
            y=11,
            class_="deadline" if fits else "deadline end",
        ),
    ]


def _caption(question: Mapping[str, Any], routes: Sequence[Route]) -> str:
    rings = " Filled: by the deadline; ring: after it." if question.get("deadline_at") else ""
    never = " A strip with fewer than twenty dots has a chance to miss the last departure known."
    return (
        f"Each dot is one chance in twenty.{rings} The bar reaches from 1 time in 10 to 9 times in 10; half "
        "the time the last box is there by the diamond. The axis counts days from cargo ready, but need "
        "not start there." + (never if any(route["never_probability"] >= 0.025 for route in routes) else "")
    )


def _table(question: Mapping[str, Any], routes: Sequence[Route]) -> Html:
    deadline = question.get("deadline_at")
    split = any(route["mean_h"] - route["first_box_mean_h"] >= 1 for route in routes)
    rows = [
        el(
            "tr",
            el(
                "th",
                el("span", route["route_id"], class_="letter"),
                " ",
                words.corridor(route["corridor"]),
                scope="row",
            ),
            el(
                "td",
                date_of(route["available_p90_at"]) if route["available_p90_at"] else "never",
                class_="num strong",
            ),
            el("td", percent(route["on_time_probability"]), class_="num") if deadline else None,
            [
                el("td", duration(route[name]) if route[name] is not None else "never", class_="num")
                for name in ("p10_h", "p50_h", "mean_h", "p90_h")
            ],
            el("td", duration(route["first_box_mean_h"]), class_="num") if split else None,
        )
        for route in routes
    ]
    heads = ["9 in 10 by"]
    if deadline:
        heads.append(f"By {last_day(deadline)}")
    heads += ["1 in 10 within", "Half within", "Mean", "9 in 10 within"]
    if split:
        heads.append("First box, mean")
    head = el(
        "tr", el("th", "Route", scope="col"), [el("th", name, scope="col", class_="num") for name in heads]
    )
    return el("div", el("table", el("thead", head), el("tbody", rows)), class_="scroll")
