"""The trade-off between price and time, with carbon as the size of the dots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from . import words
from .labels import Box, overlap, text_width
from .markup import Html, el, fixed
from .numbers import NBSP, duration, mass, significant, usd
from .projection import Point
from .sheet import path_text

Route = Mapping[str, Any]
_WIDTH, _HEIGHT = 460.0, 320.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 22.0, 30.0, 52.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def tradeoff_figure(question: Mapping[str, Any], routes: Sequence[Route]) -> Html:
    """Plot and its table; an empty string where there is nothing to weigh."""
    if len(routes) < 2:
        return Html("")
    beaten = {str(route["route_id"]): _beaten_by(route, routes) for route in routes}
    return el(
        "div",
        el(
            "figure",
            _plot(routes, beaten),
            el("figcaption", _finding(routes, beaten)),
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


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers that hold low and high between them."""
    span = high - low if high > low else max(abs(high), 1.0) * 0.2
    rough = span / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in _STEPS if s * power >= rough * (1 - 1e-9))
    first = math.floor(low / step) * step
    found = [first]
    while len(found) < 2 or found[-1] < high - 1e-9 * step:
        found.append(first + len(found) * step)
    return found


def _plot(routes: Sequence[Route], beaten: Mapping[str, str]) -> Html:
    costs = [route["cost_usd_per_box"] for route in routes]
    days = [route["mean_h"] / 24 for route in routes]
    across, up = _axis(costs), _axis(days)

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
    top_kg = max(route["kg_co2e"] for route in routes)
    dots, names = [], []
    spots = {
        str(r["route_id"]): (x(r["cost_usd_per_box"]), y(r["mean_h"] / 24), _radius(r["kg_co2e"], top_kg))
        for r in routes
    }
    taken: list[Box] = [(px - r, py - r, px + r, py + r) for px, py, r in spots.values()]
    steps = _steps([spots[letter] for letter in spots if not beaten[letter]], x(across[-1]), y(up[-1]))
    taken += [
        (min(ax, bx) - 2, min(ay, by) - 2, max(ax, bx) + 2, max(ay, by) + 2)
        for (ax, ay), (bx, by) in pairwise(steps)
    ]
    for route in sorted(routes, key=lambda r: -r["kg_co2e"]):
        letter = str(route["route_id"])
        px, py, r = spots[letter]
        hollow = " hollow" if beaten[letter] else ""
        dots.append(
            el(
                "g",
                el("circle", r=fixed(r)),
                el("text", letter, y=4.5),
                class_=f"spot on-{letter}{hollow}",
                transform=f"translate({fixed(px)} {fixed(py)})",
            )
        )
        names.append(_name(route, px, py, r, taken))
    return el(
        "svg",
        grid,
        el("path", d=f"M{side:g} {_TOP:g}V{foot:g}H{_WIDTH - _RIGHT:g}", class_="axis"),
        _break(across[0] > 0, up[0] > 0),
        numbers,
        el("text", "USD per box", x=_WIDTH - _RIGHT, y=_HEIGHT - 14, class_="title end"),
        el("text", "days, mean", x=4, y=13.0, class_="title"),
        el("path", d=Html(path_text(steps)), class_="stairs"),
        dots,
        names,
        viewbox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        role="img",
        aria_label="Price against time of the routes; the table beside it holds the same figures.",
        class_="chart",
    )


def _axis(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    span = max(high - low, 0.04 * high)
    return ticks(max(0.0, low - 0.18 * span), high + 0.18 * span)


def _day(value: float) -> str:
    return f"{value:.0f}" if value == round(value) else f"{value:.1f}"


def _radius(kg: float, top_kg: float) -> float:
    """Area grows with mass, from a size that still holds its letter."""
    return max(8.5, 20.0 * math.sqrt(kg / top_kg)) if top_kg > 0 else 9.0


def _name(route: Route, x: float, y: float, r: float, taken: list[Box]) -> Html:
    text = f"{words.corridor(route['corridor'])}"
    width = text_width(text, 12.5)
    for cx, cy in (
        (x + r + 5, y),
        (x - r - 5 - width, y),
        (x - width / 2, y - r - 10),
        (x - width / 2, y + r + 10),
    ):
        box = (cx, cy - 8, cx + width, cy + 8)
        inside = box[0] > _LEFT and box[2] < _WIDTH - 2 and box[1] > _TOP and box[3] < _HEIGHT - _BOTTOM
        if inside and not any(overlap(box, other) for other in taken):
            taken.append(box)
            return el("text", text, x=fixed(cx), y=fixed(cy + 4.5), class_=f"name on-{route['route_id']}")
    return Html("")


def _steps(spots: Sequence[tuple[float, float, float]], right: float, top: float) -> list[Point]:
    """Stairs through the routes that nothing beats: no mixture of two routes is on offer."""
    ranked = sorted(spots)
    steps: list[Point] = [(ranked[0][0], top)]
    for x, y, _ in ranked:
        steps += [(x, steps[-1][1]), (x, y)]
    return [*steps, (right, steps[-1][1])]


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


def _finding(routes: Sequence[Route], beaten: Mapping[str, str]) -> str:
    free = [str(r["route_id"]) for r in routes if not beaten[str(r["route_id"])]]
    first = (
        f"Route{NBSP}{free[0]} is cheapest and fastest; no other beats it in either."
        if len(free) == 1
        else f"Between routes {words.in_words(free)} price buys time; the stepped line joins them, "
        "for no mixture of routes is on offer."
    )
    return (
        f"{first} Hollow: another route is both cheaper and faster. The area of a dot grows with its "
        "emissions. The axes start near the lowest figures, not at zero, where cut strokes mark them."
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
