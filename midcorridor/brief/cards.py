"""The routes side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import bars, words
from .markup import Html, el, join
from .numbers import NBSP, count, date_of, duration, km, last_day, mass, percent, usd

Route = Mapping[str, Any]
_BEST = (("mean_h", "fastest"), ("cost_usd", "cheapest"), ("kg_co2e", "lowest carbon"))
_LEVELS = {"high": 2, "medium": 1, "low": 0}


def events_of(route: Route) -> list[Mapping[str, Any]]:
    """Legs and transfers of a route in their order."""
    return sorted((*route["legs"], *route["transfers"]), key=lambda part: part["seq"])


def best_at(routes: Sequence[Route]) -> dict[str, list[str]]:
    """What each route is best at, at most two words; a tie gives the word to nobody."""
    tags: dict[str, list[str]] = {str(route["route_id"]): [] for route in routes}
    if len(routes) < 2:
        return tags
    for field, word in _BEST:
        ranked = sorted(routes, key=lambda route: route[field])
        if ranked[0][field] < ranked[1][field]:
            tags[str(ranked[0]["route_id"])].append(word)
    return {
        letter: ["best in time, price and carbon"] if len(found) == 3 else found
        for letter, found in tags.items()
    }


def summary(question: Mapping[str, Any], routes: Sequence[Route], aim: str) -> Html:
    """The answer in a few sentences, the date that can be promised first."""
    first, boxes = routes[0], int(question["boxes"])
    by = first["available_p90_at"]
    promise = f"There by {date_of(by)}, 9 times in 10," if by else "No date can be promised 9 times in 10"
    said = [
        f" by route{NBSP}{first['route_id']}, {_through(first['corridor'])}: {duration(first['mean_h'])} in "
        f"the mean from cargo ready to the last box, {usd(first['cost_usd_per_box'])} a box"
    ]
    if first["on_time_probability"] is not None:
        said.append(
            f", {percent(first['on_time_probability'])} by the deadline {last_day(question['deadline_at'])}"
        )
    head = join(el("b", promise), "".join(said), ". ")
    if len(routes) == 1:
        return el("p", head, "It is the only route found.", class_="lead")
    corridors = len({route["corridor"] for route in routes})
    counted = f"{count(len(routes), 'route')} over {count(corridors, 'corridor')}"
    shown = (
        f"{counted}, the best of each corridor first"
        if corridors < len(routes)
        else f"{count(len(routes), 'route')}, the best of each corridor"
    )
    found: dict[str, list[str]] = {}
    for field, word in _BEST:
        least = min(routes, key=lambda route: route[field])
        figure = {
            "mean_h": duration(least["mean_h"]),
            "cost_usd": f"{usd(least['cost_usd_per_box'])} a box",
            "kg_co2e": f"{mass(least['kg_co2e'] / boxes, 'CO₂e')} a box",
        }[field]
        found.setdefault(str(least["route_id"]), []).append(f"{word} ({figure})")
    best = "; ".join(f"{letter}{NBSP}is {words.in_words(texts)}" for letter, texts in found.items())
    return el("p", head, f"{shown}; {first['route_id']}{NBSP}comes first by {aim}. {best}.", class_="lead")


def _through(corridor: str) -> str:
    name = words.corridor(corridor)
    return (
        f"the {name}"
        if corridor in ("middle", "northern", "southern")
        else f"the {name[:1].lower()}{name[1:]}"
    )


def cards(question: Mapping[str, Any], routes: Sequence[Route]) -> Html:
    """A card a route; choosing one draws it out on the map."""
    tags = best_at(routes)
    longest = max(route["mean_h"] for route in routes)
    every = el(
        "p",
        el("input", type="radio", name="show", id="show-all", checked=True),
        el("label", "All routes on the map", for_="show-all"),
        class_="all",
    )
    return el(
        "fieldset" if len(routes) > 1 else "div",
        el("legend", "Choose a route to draw it out on the map", class_="hint") if len(routes) > 1 else None,
        every if len(routes) > 1 else None,
        el(
            "div",
            [
                _card(question, route, tags[str(route["route_id"])], longest, len(routes) > 1)
                for route in routes
            ],
            class_="cards",
        ),
        class_="chooser",
    )


def _card(
    question: Mapping[str, Any], route: Route, tags: Sequence[str], longest_h: float, many: bool
) -> Html:
    letter = str(route["route_id"])
    boxes = int(question["boxes"])
    events = events_of(route)
    sums = bars.totals(events)
    still = sum(hours for kind, hours in sums.items() if kind != "moving")
    kind = str(question["container_type"])
    return el(
        "article",
        el("input", type="radio", name="show", id=f"show-{letter}", class_="pick") if many else None,
        el(
            "h3",
            el(
                "label" if many else "span",
                el("span", letter, class_="letter"),
                el("span", words.corridor(route["corridor"]), class_="corridor"),
                for_=f"show-{letter}" if many else None,
                class_="named",
            ),
        ),
        el("p", [el("span", tag, class_="tag") for tag in tags], class_="tags") if many else None,
        el(
            "dl",
            _figure(
                "9 in 10 by",
                date_of(route["available_p90_at"]) if route["available_p90_at"] else "never",
                f"{duration(route['p90_h'])} from cargo ready" if route["p90_h"] is not None else "",
            ),
            _figure(
                "Time",
                duration(route["mean_h"]),
                f"mean; half within {duration(route['p50_h'])}"
                if route["p50_h"] is not None
                else "mean of those that arrive",
            ),
            _figure(
                "In time",
                percent(route["on_time_probability"]),
                f"by {last_day(question['deadline_at'])}, the deadline",
            )
            if route["on_time_probability"] is not None
            else None,
            _figure(
                "Price",
                usd(route["cost_usd_per_box"]),
                f"a {kind} box; {usd(route['cost_usd'])} for {boxes:,}"
                if boxes > 1
                else f"for the {kind} box",
            ),
            _figure(
                "Carbon, CO₂e",
                mass(route["kg_co2e"] / boxes),
                f"a box; {mass(route['kg_co2e'])} for {boxes:,}" if boxes > 1 else "for the box",
            ),
            class_="figures",
        ),
        el(
            "div",
            bars.stacked(sums, longest_h),
            el(
                "p",
                f"{duration(sums.get('moving', 0.0))} moving, {duration(still)} handling and waiting",
            ),
            class_="split",
        ),
        el(
            "dl",
            _fact("Way", " – ".join(_chain(events))),
            _fact("Through", _countries(route["countries"])),
            _fact("Via", _via(route)),
            _fact("Length", km(route["km"])),
            _fact(
                "Changes",
                _changes(route),
            ),
            _fact(
                "Permits",
                el("a", f"asked for by {count(len(route['permits']), 'rule')}", href="#rules", class_="over"),
            )
            if route["permits"]
            else None,
            _fact("Weakest input", join(trust(str(route["confidence"])), _rests_on(route))),
            class_="facts",
        ),
        el(
            "p", el("a", f"Timeline and costs of route{NBSP}{letter}", href=f"#route-{letter}"), class_="more"
        ),
        class_=f"card card-{letter}",
        data_route=letter,
    )


def _figure(name: str, value: str, note: str) -> Html:
    return el("div", el("dt", name), el("dd", el("b", value), " ", el("span", note)))


def _fact(name: str, value: Html | str) -> Html:
    return el("div", el("dt", name), el("dd", value))


def _chain(events: Sequence[Mapping[str, Any]]) -> list[str]:
    chain: list[str] = []
    for mode in words.leg_modes(events):
        word = words.MODES.get(mode, words.plain(mode))
        if not chain or chain[-1] != word:
            chain.append(word)
    return chain


def _countries(codes: Sequence[str]) -> str:
    return ", ".join(words.country(code) for code in codes)


def _changes(route: Route) -> str:
    gauges = int(route["gauge_changes"])
    moves = sum(1 for t in route["transfers"] if t["kind"] in ("transship", "gauge_change"))
    text = count(moves, "transfer") if moves else "no transfer"
    return (
        f"{text}, {count(gauges, 'change of gauge', 'changes of gauge') if gauges else 'no change of gauge'}"
    )


def _via(route: Route) -> str:
    names = {t["terminal_id"]: words.short(t["terminal_name"]) for t in route["transfers"]}
    return ", ".join(names.get(place, place) for place in route["via"]) or "no transfer on the way"


def _rests_on(route: Route) -> str:
    """How many of the rows behind a route are as weak as its weakest."""
    counts = route["rests_on"]
    return f" ({counts[route['confidence']]} of {sum(counts.values())} rows)"


def trust(level: str) -> Html:
    """Confidence by shape and word: filled dot high, half dot medium, ring low."""
    filled = _LEVELS.get(level)
    inside = {
        2: el("circle", cx=6, cy=6, r=5, class_="full"),
        1: el("path", d="M6 1a5 5 0 0 1 0 10z", class_="full"),
    }
    mark = el(
        "svg",
        el("circle", cx=6, cy=6, r=4.5, class_="ring"),
        inside.get(filled or 0),
        class_="trust",
        viewbox="0 0 12 12",
        aria_hidden="true",
    )
    return join(mark, " ", words.CONFIDENCE.get(level, level))
