"""The map of an answer: an SVG drawing at three sizes, its legend and what it says in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import words
from .courses import Atlas, Course, courses
from .labels import Crowd, Label, Mark, placed
from .markup import Html, el, fixed, join
from .projection import Point, simplified
from .sheet import LARGER, SMALLER, WHOLE, Sheet, Size, View, extent, path_text

_MODES = ("road", "inland_waterway", "sea", "ferry", "rail")  # drawn in this order, rail on top
_BADGE = {"wide": 9.0, "medium": 9.0, "narrow": 7.0}
_SIZE = {"wide": 13.0, "medium": 12.5, "narrow": 11.5}
Route = Mapping[str, Any]
_TRANSFERS = ("load", "transship", "gauge_change", "discharge")


@dataclass(frozen=True, eq=False)
class _Panel:
    """One map: the routes drawn, those that get names and badges, and its sizes."""

    name: str
    title: str
    drawn: Sequence[Route]
    named: Sequence[Route]
    sizes: Sequence[Size]


def map_figure(question: Mapping[str, Any], routes: Sequence[Route], atlas: Atlas) -> Html:
    """The map with its legend and attribution.

    Where routes over land and over the ocean are compared there are two maps, for a map that holds
    the Cape shows little of the Caspian.
    """
    panels = _panels(routes)
    found = {panel.name: courses(panel.drawn, atlas) for panel in panels}
    ends = [(float(question[end]["lat"]), float(question[end]["lon"])) for end in ("origin", "destination")]
    sheets = {
        panel.name: Sheet.holding([ends, *(course.points for course in found[panel.name])], panel.sizes)
        for panel in panels
    }
    lands = [sheets[panel.name].land(atlas.outlines(), f"land-{panel.name}") for panel in panels]
    projections = dict.fromkeys(sheets[panel.name].projection.name for panel in panels)
    return el(
        "figure",
        el("svg", el("defs", lands), class_="defs", aria_hidden="true"),
        el(
            "div",
            [_sheet(panel, sheets[panel.name], found[panel.name], question) for panel in panels],
            class_="sheets" if len(panels) == 1 else "sheets two",
        ),
        el(
            "figcaption",
            _legend([(sheets[panel.name], found[panel.name]) for panel in panels], routes),
            el(
                "p",
                "Map data © ",
                el("a", "OpenStreetMap contributors", href="https://www.openstreetmap.org/copyright"),
                " (ODbL), Natural Earth, GeoNames; sea lanes by searoute. "
                f"{words.in_words(list(projections))} projection{'s' if len(projections) > 1 else ''}.",
                class_="credit",
            ),
        ),
        class_="map",
        id="map",
    )


def _panels(routes: Sequence[Route]) -> list[_Panel]:
    ocean = [route for route in routes if route["corridor"].startswith("ocean")]
    land = [route for route in routes if route not in ocean]
    if not (ocean and land):
        return [_Panel("all", "", routes, routes, WHOLE)]
    return [
        _Panel("near", "Routes over land", land, land, LARGER),
        _Panel("far", "All routes", routes, ocean, SMALLER),
    ]


def _sheet(panel: _Panel, sheet: Sheet, found: Sequence[Course], question: Mapping[str, Any]) -> Html:
    title = f"{panel.title}. " if panel.title else ""
    return el(
        "div",
        el("p", panel.title, class_="chip", aria_hidden="true") if panel.title else None,
        el(
            "div",
            [_view(panel, view, sheet, found, question) for view in sheet.views],
            role="img",
            aria_label=title + _sentence(question, panel.named),
        ),
        class_=f"sheet {panel.name}",
    )


def _sentence(question: Mapping[str, Any], routes: Sequence[Route]) -> str:
    ends = f"Map, {question['origin']['name']} to {question['destination']['name']}"
    if not routes:
        return f"{ends}: no route to draw."
    ways = []
    for route in routes:
        legs = sorted((*route["legs"], *route["transfers"]), key=lambda part: part["seq"])
        modes = words.leg_modes(legs)
        hops = [
            f"{words.MODES.get(mode, words.plain(mode))} to {words.short(leg['to_name'])}"
            for mode, leg in zip(modes, (p for p in legs if "mode" in p), strict=True)
        ]
        ways.append(f"Route {route['route_id']}, {words.corridor(route['corridor'])}: {', '.join(hops)}.")
    return f"{ends}. {' '.join(ways)}"


def _view(
    panel: _Panel, view: View, sheet: Sheet, found: Sequence[Course], question: Mapping[str, Any]
) -> Html:
    lines = [(course, [view.at(point) for point in sheet.plane(course.points)]) for course in found]
    marks = _marks(view, sheet, question, panel.named)
    crowd = Crowd(view.width, view.height)
    for _, line in lines:
        crowd.add_lines(line)
    badges = _line_badges(view, lines, marks, panel.named)
    crowd.taken.extend((x - 10, y - 10, x + 10, y + 10) for x, y, _ in badges)
    size, radius = _SIZE[view.name], _BADGE[view.name]
    labels = placed(marks, crowd, size)
    return el(
        "svg",
        el("rect", width=view.width, height=view.height, class_="water"),
        el("use", href=f"#land-{panel.name}", transform=sheet.land_transform(view), class_="land"),
        _strokes(lines),
        [_pointer(label) for label in labels if label.far],
        [_dot(mark) for mark in marks],
        [_badge(x, y, letter, radius) for x, y, letter in badges],
        [_label(label, size, radius) for label in labels],
        class_=f"view {view.name}",
        viewbox=f"0 0 {view.width:g} {view.height:g}",
        aria_hidden="true",
        focusable="false",
    )


def _strokes(lines: Sequence[tuple[Course, list[Point]]]) -> Html:
    """The lines by mode and by the routes that share them: casings first, then what shows."""
    groups: dict[tuple[int, str, bool, str], list[list[Point]]] = {}
    for course, line in lines:
        order = _MODES.index(course.mode) if course.mode in _MODES else 0
        chain = groups.setdefault((order, course.mode, course.straight, course.routes), [])
        thin = simplified(line, 0.5)
        if chain and math.dist(chain[-1][-1], thin[0]) < 0.05:
            chain[-1].extend(thin[1:])
        else:
            chain.append(list(thin))
    casings, shown = [], []
    for (_, mode, straight, on), chain in sorted(groups.items()):
        data = Html("".join(path_text(line) for line in chain))
        of = " ".join(f"on-{letter}" for letter in on)
        casings.append(el("path", d=data, class_=f"casing {of}", data_on=on))
        kind = f"line {mode}{' straight' if straight else ''} {of}"
        if mode == "road" and not straight:
            shown.append(el("path", d=data, class_=f"edge {of}"))
        shown.append(el("path", d=data, class_=kind))
    return el("g", casings, shown, class_="lines")


def _marks(view: View, sheet: Sheet, question: Mapping[str, Any], routes: Sequence[Route]) -> list[Mark]:
    def spot(lat: float, lon: float) -> Point:
        return view.at(sheet.plane([(lat, lon)])[0])

    letters = "".join(str(route["route_id"]) for route in routes)
    marks = []
    for rank, end in enumerate(("origin", "destination")):
        x, y = spot(question[end]["lat"], question[end]["lon"])
        extra = 4.0 + 2 * _BADGE[view.name] * len(letters) if letters else 0.0
        name = words.short(question[end]["name"])
        marks.append(
            Mark(x, y, name, 6.0 if view.name != "narrow" else 5.0, rank - 9, extra, letters, strong=True)
        )
    taken = {mark.text for mark in marks}
    for place in _transfer_places(routes):
        x, y = spot(place["lat"], place["lon"])
        on = place["on"]
        if place["name"] in taken or any(math.hypot(m.x - x, m.y - y) < 5 and m.strong for m in marks):
            continue
        gauge = place["gauge"]
        radius = (5.5 if gauge else 4.5) - (1.0 if view.name == "narrow" else 0.0)
        marks.append(Mark(x, y, place["name"], radius, 0 if gauge else 2 - len(on), 0.0, on, gauge=gauge))
    return marks


def _transfer_places(routes: Sequence[Route]) -> list[dict[str, Any]]:
    """Terminals where boxes are handled, once each, with the routes that do so."""
    found: dict[str, dict[str, Any]] = {}
    for route in routes:
        spots = {
            place: point
            for leg in route["legs"]
            for place, point in zip(leg["path"], leg["points"], strict=True)
        }
        for transfer in sorted(route["transfers"], key=lambda part: part["seq"]):
            place = transfer["terminal_id"]
            if transfer["kind"] not in _TRANSFERS or place not in spots:
                continue
            row = found.setdefault(
                place,
                {
                    "name": words.short(transfer["terminal_name"]),
                    "lat": float(spots[place][0]),
                    "lon": float(spots[place][1]),
                    "gauge": False,
                    "on": "",
                },
            )
            row["gauge"] |= transfer["kind"] == "gauge_change"
            if route["route_id"] not in row["on"]:
                row["on"] += route["route_id"]
    return list(found.values())


def _line_badges(
    view: View,
    lines: Sequence[tuple[Course, list[Point]]],
    marks: Sequence[Mark],
    routes: Sequence[Route],
) -> list[tuple[float, float, str]]:
    """A badge on every route where it is farthest from the others, clear of marks and edges."""
    points = {
        str(route["route_id"]): [
            p for course, line in lines if route["route_id"] in course.routes for p in _beads(line, 14.0)
        ]
        for route in routes
    }
    badges: list[tuple[float, float, str]] = []
    for letter, own in points.items():
        others = [p for other, theirs in points.items() if other != letter for p in theirs]
        best: tuple[float, Point] | None = None
        for number, (x, y) in enumerate(own):
            if not (18 < x < view.width - 18 and 18 < y < view.height - 18):
                continue
            clear = min((math.hypot(m.x - x, m.y - y) - m.radius for m in marks), default=99.0)
            clear = min([clear, *(math.hypot(bx - x, by - y) - 10 for bx, by, _ in badges)])
            if clear < 15:
                continue
            apart = min((math.hypot(ox - x, oy - y) for ox, oy in others), default=0.0)
            # Far from the other routes; among equals near the middle of its way.
            score = min(apart, 120.0) + min(clear, 40.0) / 4 - 20 * abs(number / len(own) - 0.5)
            if best is None or score > best[0]:
                best = (score, (x, y))
        if best is not None:
            badges.append((*best[1], letter))
    return badges


def _beads(line: Sequence[Point], step: float) -> list[Point]:
    beads = [line[0]]
    for point in line[1:]:
        if math.dist(point, beads[-1]) >= step:
            beads.append(point)
    return beads


def _on(letters: str) -> str:
    return " ".join(f"on-{letter}" for letter in letters)


def _dot(mark: Mark) -> Html:
    kind = "end" if mark.strong else "gauge" if mark.gauge else "transfer"
    title = el("title", mark.text)
    if kind == "gauge":
        r = mark.radius
        shape = f"M{fixed(mark.x)} {fixed(mark.y - r)}l{r:g} {r:g}-{r:g} {r:g}-{r:g}-{r:g}z"
        return el("path", title, d=Html(shape), class_=f"dot gauge {_on(mark.routes)}")
    return el(
        "circle",
        title,
        cx=fixed(mark.x),
        cy=fixed(mark.y),
        r=mark.radius - 0.5,
        class_=f"dot {kind} {_on(mark.routes)}",
    )


def _badge(x: float, y: float, letter: str, radius: float) -> Html:
    return el(
        "g",
        el("circle", r=radius),
        el("text", letter, y=fixed(radius * 0.47), font_size=fixed(radius * 1.35)),
        class_=f"badge on-{letter}",
        transform=f"translate({fixed(x)} {fixed(y)})",
        data_on=letter,
    )


def _label(label: Label, size: float, radius: float) -> Html:
    mark, (x0, y0, x1, y1) = label.mark, label.box
    middle = (y0 + y1) / 2
    # Text stands at the side of its box that is nearer to the mark, for its width is only estimated.
    room = x1 - x0 - mark.extra
    anchor, x = ("start", x0)
    if not mark.extra:
        if x0 >= mark.x:
            anchor, x = ("start", x0)
        elif x1 <= mark.x:
            anchor, x = ("end", x1)
        else:
            anchor, x = ("middle", (x0 + x1) / 2)
    text = el(
        "text",
        mark.text,
        x=fixed(x),
        y=fixed(middle + size * 0.36),
        text_anchor=None if anchor == "start" else anchor,
        font_size=size,
        class_=f"name{' strong' if mark.strong else ''} {_on(mark.routes)}",
    )
    if not mark.extra:
        return text
    start = x0 + room + 4 + radius
    badges = [_badge(start + 2 * radius * i, middle, letter, radius) for i, letter in enumerate(mark.routes)]
    return join(text, badges)


def _pointer(label: Label) -> Html:
    x0, y0, x1, y1 = label.box
    x, y = min(max(label.mark.x, x0), x1), min(max(label.mark.y, y0 + 3), y1 - 3)
    return el(
        "path",
        d=Html(path_text([(label.mark.x, label.mark.y), (x, y)])),
        class_=f"pointer {_on(label.mark.routes)}",
    )


def _legend(drawn: Sequence[tuple[Sheet, Sequence[Course]]], routes: Sequence[Route]) -> Html:
    """What is in view and nothing else; a line of a few pixels is not."""
    seen = {
        (course.mode, course.straight)
        for sheet, found in drawn
        for course in found
        if extent([sheet.views[0].at(point) for point in sheet.plane(course.points)]) > 4
    }
    entries = [
        _entry(f"line {mode}", words.MODE_LINES.get(mode, words.plain(mode)))
        for mode in sorted({mode for mode, straight in seen if not straight}, key=lambda mode: -_order(mode))
    ]
    if any(straight for _, straight in seen):
        entries.append(_entry("line straight rail", "Course not known, drawn straight"))
    kinds = {transfer["kind"] for route in routes for transfer in route["transfers"]}
    if kinds & {"load", "transship", "discharge"}:
        entries.append(_shape("transfer", "Terminal where boxes are handled"))
    if "gauge_change" in kinds:
        entries.append(_shape("gauge", "Change of gauge"))
    entries.append(_shape("end", "Origin and destination"))
    return el("ul", entries, class_="legend", aria_label="Legend: colour and pattern show the mode")


def _order(mode: str) -> int:
    return _MODES.index(mode) if mode in _MODES else -1


def _entry(kind: str, text: str) -> Html:
    edge = el("path", d="M1 6H43", class_="edge") if "road" in kind else None
    sample = el("svg", edge, el("path", d="M1 6H43", class_=kind), class_="sample", viewbox="0 0 44 12")
    return el("li", sample, text)


def _shape(kind: str, text: str) -> Html:
    shape = (
        el("path", d="M8 1.5l5.5 5.5-5.5 5.5-5.5-5.5z", class_="dot gauge")
        if kind == "gauge"
        else el("circle", cx=8, cy=7, r=5 if kind == "end" else 4, class_=f"dot {kind}")
    )
    return el("li", el("svg", shape, class_="sample small", viewbox="0 0 16 14"), text)
