"""The trade-off between price and time: every way worth a look, and the routes shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from . import words
from .frontier import legend, marks, stairs
from .labels import Box, overlap, text_width
from .markup import Html, el, fixed
from .numbers import NBSP, duration, mass, significant, usd
from .projection import Point
from .sheet import path_text

Route = Mapping[str, Any]
_WIDTH, _HEIGHT = 460.0, 320.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 22.0, 30.0, 52.0
_R = 10.0  # of the letters
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def tradeoff_figure(
    question: Mapping[str, Any], routes: Sequence[Route], frontier: Sequence[Mapping[str, Any]] = ()
) -> Html:
    """Plot and its table; an empty string where there is nothing to weigh.

    frontier : every way that no other of its corridor beats, shown or not
    """
    if len(routes) < 2:
        return Html("")
    beaten = {str(route["route_id"]): _beaten_by(route, routes) for route in routes}
    ways = [
        (float(way["cost_usd"]) / int(question["boxes"]), way["mean_h"] / 24, str(way["corridor"]))
        for way in frontier
    ]
    return el(
        "div",
        el(
            "figure",
            _plot(routes, beaten, ways),
            legend([corridor for _, _, corridor in ways]),
            el("figcaption", _finding(routes, beaten, len(ways))),
            class_="plot",
        ),
        _table(question, routes, beaten),
        class_="tradeoff",
    )


def _beaten_by(route: Route, routes: Sequence[Route]) -> str:
    """The letter of a route that is at least as cheap and as fast, and better in one; or nothing."""
    for other in routes:
        if other is route:
            continue
        cheap = other["cost_usd"] <= route["cost_usd"] and other["mean_h"] <= route["mean_h"]
        if cheap and (other["cost_usd"] < route["cost_usd"] or other["mean_h"] < route["mean_h"]):
            return str(other["route_id"])
    return ""


def ticks(low: float, high: float, most: int = 6, steps: Sequence[float] = _STEPS) -> list[float]:
    """Round numbers that hold low and high between them."""
    span = high - low if high > low else max(abs(high), 1.0) * 0.2
    rough = span / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in steps if s * power >= rough * (1 - 1e-9))
    first = math.floor(low / step) * step
    found = [first]
    while len(found) < 2 or found[-1] < high - 1e-9 * step:
        found.append(first + len(found) * step)
    return found


def _plot(
    routes: Sequence[Route], beaten: Mapping[str, str], ways: Sequence[tuple[float, float, str]]
) -> Html:
    costs = [*(route["cost_usd_per_box"] for route in routes), *(cost for cost, _, _ in ways)]
    days = [*(route["mean_h"] / 24 for route in routes), *(day for _, day, _ in ways)]
    across, up = _axis(costs, 6), _axis(days, 8)

    def x(value: float) -> float:
        share = (value - across[0]) / (across[-1] - across[0])
        return _LEFT + 14 + share * (_WIDTH - _LEFT - _RIGHT - 14)

    def y(value: float) -> float:
        share = (value - up[0]) / (up[-1] - up[0])
        return _HEIGHT - _BOTTOM - 14 - share * (_HEIGHT - _TOP - _BOTTOM - 14)

    foot, side = _HEIGHT - _BOTTOM, _LEFT
    grid = [el("path", d=f"M{fixed(x(t))} {_TOP:g}V{foot:g}", class_="grid") for t in across] + [
        el("path", d=f"M{side:g} {fixed(y(t))}H{_WIDTH - _RIGHT:g}", class_="grid") for t in up
    ]
    numbers = [el("text", f"{t:,.0f}", x=fixed(x(t)), y=foot + 16, class_="tick middle") for t in across] + [
        el("text", _day(t), x=side - 7, y=fixed(y(t) + 4), class_="tick end") for t in up
    ]
    dots, names = [], []
    true = {str(r["route_id"]): (x(r["cost_usd_per_box"]), y(r["mean_h"] / 24)) for r in routes}
    spots = _apart(true)
    taken: list[Box] = [(px - _R, py - _R, px + _R, py + _R) for px, py in spots.values()]
    small = [(x(cost), y(day), corridor) for cost, day, corridor in ways]
    places = [*true.values(), *((px, py) for px, py, _ in small)]
    steps = stairs(places, x(across[-1]), y(up[-1]))
    taken += [
        (min(ax, bx) - 2, min(ay, by) - 2, max(ax, bx) + 2, max(ay, by) + 2)
        for (ax, ay), (bx, by) in pairwise(steps)
    ]
    for route in reversed(routes):
        letter = str(route["route_id"])
        px, py = spots[letter]
        hollow = " hollow" if beaten[letter] else ""
        if spots[letter] != true[letter]:
            tx, ty = true[letter]
            dots.append(el("path", d=f"M{fixed(tx)} {fixed(ty)}L{fixed(px)} {fixed(py)}", class_="pointer"))
            dots.append(el("circle", cx=fixed(tx), cy=fixed(ty), r=2.6, class_="point"))
        dots.append(
            el(
                "g",
                el("circle", r=fixed(_R)),
                el("text", letter, y=4.5),
                class_=f"spot on-{letter}{hollow}",
                transform=f"translate({fixed(px)} {fixed(py)})",
            )
        )
        names.append(_name(route, px, py, _R, taken, small))
    return el(
        "svg",
        grid,
        el("path", d=f"M{side:g} {_TOP:g}V{foot:g}H{_WIDTH - _RIGHT:g}", class_="axis"),
        _break(across[0] > 0, up[0] > 0),
        numbers,
        el("text", "USD per box", x=_WIDTH - _RIGHT, y=_HEIGHT - 14, class_="title end"),
        el("text", "days, mean", x=4, y=13.0, class_="title"),
        el("path", d=Html(path_text(steps)), class_="stairs"),
        marks(small),
        dots,
        names,
        viewbox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        role="img",
        aria_label="Price against time of the routes; the table beside it holds the same figures.",
        class_="chart",
    )


def _axis(values: Sequence[float], most: int) -> list[float]:
    low, high = min(values), max(values)
    span = max(high - low, 0.04 * high)
    return ticks(max(0.0, low - 0.1 * span), high + 0.1 * span, most)


def _day(value: float) -> str:
    return f"{value:.0f}" if value == round(value) else f"{value:.1f}"


def _apart(true: Mapping[str, Point]) -> dict[str, Point]:
    """Where the letters of routes stand: at their points, or beside them where another letter is."""
    found: dict[str, Point] = {}
    for letter, (px, py) in true.items():
        for reach, turn in [(0.0, 0.0), *((far, t) for far in (24.0, 36.0, 48.0) for t in range(8))]:
            at = px + reach * math.cos(turn * math.pi / 4), py - reach * math.sin(turn * math.pi / 4)
            inside = _LEFT + _R < at[0] < _WIDTH - _R and _TOP + _R < at[1] < _HEIGHT - _BOTTOM - _R
            if inside and all(math.dist(at, other) > 2 * _R + 1 for other in found.values()):
                found[letter] = at
                break
        else:
            found[letter] = (px, py)
    return found


def _name(
    route: Route, x: float, y: float, r: float, taken: list[Box], small: Sequence[tuple[float, float, str]]
) -> Html:
    """The corridor beside its dot, where it covers no other name and the fewest small marks."""
    text = f"{words.corridor(route['corridor'])}"
    width = text_width(text, 12.5)
    best: tuple[int, Box] | None = None
    for cx, cy in (
        (x + r + 5, y),
        (x - r - 5 - width, y),
        (x - width / 2, y - r - 10),
        (x - width / 2, y + r + 10),
        (x + 4, y - r - 9),
        (x + 4, y + r + 9),
        (x - width - 4, y - r - 9),
        (x - width - 4, y + r + 9),
    ):
        box = (cx, cy - 8, cx + width, cy + 8)
        inside = box[0] > _LEFT and box[2] < _WIDTH - 2 and box[1] > _TOP and box[3] < _HEIGHT - _BOTTOM
        if not inside or any(overlap(box, other) for other in taken):
            continue
        covered = sum(1 for px, py, _ in small if box[0] <= px <= box[2] and box[1] <= py <= box[3])
        if best is None or covered < best[0]:
            best = (covered, box)
    if best is None:
        return Html("")
    box = best[1]
    taken.append(box)
    return el("text", text, x=fixed(box[0]), y=fixed(box[1] + 12.5), class_=f"name on-{route['route_id']}")


def _break(across: bool, up: bool) -> list[Html]:
    """Two short strokes where an axis does not start at zero."""
    foot = _HEIGHT - _BOTTOM
    marks = []
    if across:
        marks.append(
            el("path", d=f"M{_LEFT + 3:g} {foot + 4:g}l4-8M{_LEFT + 7:g} {foot + 4:g}l4-8", class_="cut")
        )
    if up:
        marks.append(
            el("path", d=f"M{_LEFT - 4:g} {foot - 3:g}l8-4M{_LEFT - 4:g} {foot - 7:g}l8-4", class_="cut")
        )
    return marks


def _finding(routes: Sequence[Route], beaten: Mapping[str, str], ways: int) -> str:
    free = [str(r["route_id"]) for r in routes if not beaten[str(r["route_id"])]]
    first = (
        f"Route{NBSP}{free[0]} is cheapest and fastest; no other beats it in either."
        if len(free) == 1
        else f"Between routes {words.in_words(free)} price buys time."
    )
    others = (
        f" Small marks: the {ways} ways that no other of their corridor beats in price, time, carbon and "
        "spread at once; the stepped line joins those that nothing beats in price and time."
        if ways
        else " The stepped line joins them, for no mixture of routes is on offer."
    )
    return (
        f"{first}{others} Hollow: another route is both cheaper and faster. A letter that would cover "
        "another stands beside its point. The axes start near the lowest figures, not at zero, where cut "
        "strokes mark them."
    )


def _table(question: Mapping[str, Any], routes: Sequence[Route], beaten: Mapping[str, str]) -> Html:
    boxes = int(question["boxes"])
    fast = min(route["mean_h"] for route in routes)
    cheap = min(route["cost_usd_per_box"] for route in routes)
    rows = []
    for route in routes:
        letter = str(route["route_id"])
        extra_h, extra_usd = route["mean_h"] - fast, route["cost_usd_per_box"] - cheap
        other = beaten[letter]
        verdict = [
            "fastest" if extra_h == 0 else f"+{duration(extra_h)}, slower",
            "cheapest" if extra_usd == 0 else f"+{usd(extra_usd)}, dearer",
            f"{other} is cheaper and faster" if other else "",
        ]
        rows.append(
            el(
                "tr",
                el(
                    "th",
                    el("span", letter, class_="letter"),
                    " ",
                    words.corridor(route["corridor"]),
                    scope="row",
                ),
                el("td", duration(route["mean_h"]), class_="num"),
                el("td", significant(route["cost_usd_per_box"]), class_="num"),
                el("td", mass(route["kg_co2e"] / boxes), class_="num"),
                el("td", "; ".join(word for word in verdict if word), class_="words"),
            )
        )
    head = el(
        "tr",
        el("th", "Route", scope="col"),
        el("th", "Time", scope="col", class_="num"),
        el("th", "USD per box", scope="col", class_="num"),
        el("th", "CO₂e per box", scope="col", class_="num"),
        el("th", "Against the best", scope="col"),
    )
    return el(
        "div",
        el("table", el("caption", "The same in figures"), el("thead", head), el("tbody", rows)),
        class_="scroll",
    )
