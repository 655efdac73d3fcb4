"""What happens on a route from cargo ready to delivery, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import bars, words
from .cards import events_of
from .markup import Html, el, fixed, join
from .numbers import NBSP, day_after, duration, km, mass, percent, significant, usd, when

Route = Mapping[str, Any]


def route_section(question: Mapping[str, Any], route: Route) -> Html:
    """Timeline, price by line and carbon by leg of one route."""
    letter = str(route["route_id"])
    events = events_of(route)
    sums = bars.totals(events)
    return el(
        "section",
        el(
            "h2",
            el("span", letter, class_="letter"),
            f"Route{NBSP}{letter}: {words.corridor(route['corridor'])}",
            id=f"route-{letter}-title",
        ),
        el(
            "p",
            f"{duration(route['mean_h'])} over {km(route['km'])}, "
            f"{words.CORRIDOR_WHERE.get(route['corridor'], '')}: "
            f"ready {when(question['ready_at'])}, there about "
            f"{day_after(question['ready_at'], route['mean_h'])}.",
            class_="lead",
        ),
        el("div", bars.stacked(sums, route["mean_h"]), bars.key(sums), class_="hours"),
        el("h3", "Timeline"),
        _timeline(question, route, events),
        el(
            "div",
            el("div", el("h3", "Price by line"), _price(question, route, events)),
            el("div", el("h3", "Carbon by leg"), _carbon(question, route, events)),
            class_="pair",
        ),
        class_="route",
        id=f"route-{letter}",
        aria_labelledby=f"route-{letter}-title",
    )


def _timeline(question: Mapping[str, Any], route: Route, events: Sequence[Mapping[str, Any]]) -> Html:
    boxes = int(question["boxes"])
    modes = iter(words.leg_modes(events))
    rows = []
    for event in events:
        if "mode" in event:
            where, what = _leg(event, next(modes))
            kind = "run"
        else:
            where, what = _transfer(event)
            kind = "stop"
        rows.append(
            el(
                "tr",
                el("th", where, scope="row"),
                el("td", what, class_="what"),
                el("td", duration(event["mean_h"]), class_="num"),
                el("td", bars.span(event, route["mean_h"]), class_="gantt"),
                el("td", _plain(event["cost_usd"] / boxes), class_="num"),
                el("td", _plain(event["kg_co2e"] / boxes), class_="num"),
                class_=kind,
            )
        )
    head = el(
        "tr",
        el("th", "Where", scope="col"),
        el("th", "What happens", scope="col"),
        el("th", "Time", scope="col", class_="num"),
        el("th", f"In the whole {duration(route['mean_h'])}", scope="col", class_="gantt"),
        el("th", "USD a\u00a0box", scope="col", class_="num"),
        el("th", "kg\u00a0CO₂e a\u00a0box", scope="col", class_="num"),
    )
    foot = el(
        "tr",
        el("th", "All", scope="row"),
        el("td", class_="what"),
        el("td", duration(route["mean_h"]), class_="num"),
        el("td", class_="gantt"),
        el("td", _plain(route["cost_usd"] / boxes), class_="num"),
        el("td", _plain(route["kg_co2e"] / boxes), class_="num"),
    )
    return el(
        "div",
        el("table", el("thead", head), el("tbody", rows), el("tfoot", foot), class_="timeline"),
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=f"Timeline of route {route['route_id']}",
    )


def _plain(value: float) -> str:
    """A figure whose unit stands in the head of its column."""
    if 0 < value < 0.1:
        return f"<{NBSP}0.1"
    return (
        significant(value)
        if value >= 100
        else f"{value:.0f}"
        if value >= 10 or value == 0
        else f"{value:.1f}"
    )


def _leg(leg: Mapping[str, Any], mode: str) -> tuple[Html, Html]:
    where = join(" → ".join(_ends(leg)))
    gauge = f", {leg['gauge_mm']}{NBSP}mm" if leg["gauge_mm"] else ""
    # A truck leg has no service of its own beyond its mode.
    name = leg["service_name"] if leg["service_name"] and mode != "road" else ""
    between = len(leg["path"]) - 2
    way = [words.country(leg["from_country"])]
    if leg["to_country"] != leg["from_country"]:
        way.append(words.country(leg["to_country"]))
    small = [name, " → ".join(way), f"past {between} more places" if between > 1 else ""]
    return where, join(
        el("b", f"{words.sentence(words.MODES.get(mode, words.plain(mode)))}{gauge}, {km(leg['km'])}"),
        el("small", " · ".join(part for part in small if part)),
    )


def _ends(leg: Mapping[str, Any]) -> tuple[str, str]:
    """The ends of a leg, in full where they would read alike."""
    first, last = words.short(leg["from_name"]), words.short(leg["to_name"])
    return (leg["from_name"], leg["to_name"]) if first == last else (first, last)


def _transfer(row: Mapping[str, Any]) -> tuple[Html, Html]:
    where = join(el("span", words.short(row["terminal_name"])))
    split = [
        f"{text}{NBSP}{duration(row[field])}"
        for field, text in (("handling_h", "handling"), ("wait_h", "waiting"), ("closure_h", "closures"))
        if row[field] > 0
    ]
    # At a frontier the text names the countries already.
    shown = words.country(row["country"]) if row["country"] and row["kind"] != "border" else ""
    small = " · ".join(part for part in (shown, ", ".join(split) if len(split) > 1 else "") if part)
    return where, join(words.transfer(row), el("small", small) if small else None)


def by_item(events: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """The price of a route by line of the quotation, in the order of a quotation."""
    sums: dict[str, float] = {}
    for event in events:
        for line in event["lines"]:
            sums[line["item"]] = sums.get(line["item"], 0.0) + float(line["usd"])
    order = {item: number for number, item in enumerate(words.ITEMS)}
    return sorted(sums.items(), key=lambda pair: (order.get(pair[0], len(order)), pair[0]))


def _price(question: Mapping[str, Any], route: Route, events: Sequence[Mapping[str, Any]]) -> Html:
    boxes = int(question["boxes"])
    lines = by_item(events)
    whole = sum(value for _, value in lines)
    most = max((value for _, value in lines), default=0.0)
    rows = [
        _row(words.item(item), value / most if most else 0.0, _plain(value / boxes), percent(value / whole))
        for item, value in lines
    ]
    missing = [text for item, text in words.NOT_PRICED.items() if item not in dict(lines)]
    return join(
        _bill(
            rows,
            ("Line", "USD a\u00a0box", "Share"),
            _plain(whole / boxes),
            f"Price of route {route['route_id']}",
        ),
        el(
            "p",
            f"{usd(whole)} for {boxes:,} boxes. " if boxes > 1 else None,
            f"Not in the price: {words.in_words(missing)}. " if missing else None,
            f"Beside it, the time of the cargo is worth {usd(route['time_value_usd'])} to its owner."
            if route.get("time_value_usd")
            else None,
            class_="note",
        ),
    )


def _carbon(question: Mapping[str, Any], route: Route, events: Sequence[Mapping[str, Any]]) -> Html:
    boxes = int(question["boxes"])
    modes = iter(words.leg_modes(events))
    parts = []
    for event in events:
        if "mode" in event:
            word = words.sentence(words.MODES.get(mode := next(modes), words.plain(mode)))
            name = f"{word}, {' → '.join(_ends(event))}"
            parts.append((name, float(event["kg_co2e"])))
    parts.append(("Handling at terminals", sum(float(e["kg_co2e"]) for e in events if "mode" not in e)))
    whole = sum(kg for _, kg in parts)
    most = max(kg for _, kg in parts)
    rows = [
        _row(name, kg / most if most else 0.0, _plain(kg / boxes), percent(kg / whole) if whole else "")
        for name, kg in parts
    ]
    return join(
        _bill(
            rows,
            ("Leg", "kg\u00a0CO₂e a\u00a0box", "Share"),
            _plain(whole / boxes),
            f"Carbon of route {route['route_id']}",
        ),
        el(
            "p",
            f"{mass(whole, 'CO₂e')} in all, well-to-wheel: fuel and power from their source on.",
            class_="note",
        ),
    )


def _row(name: str, share: float, value: str, part: str) -> Html:
    bar = el(
        "svg",
        el("rect", width=fixed(max(0.5, 100 * share)), height=8),
        class_="beam",
        viewbox="0 0 100 8",
        preserveaspectratio="none",
        aria_hidden="true",
    )
    return el(
        "tr",
        el("th", name, bar, scope="row"),
        el("td", value, class_="num"),
        el("td", part, class_="num"),
    )


def _bill(rows: Sequence[Html], heads: tuple[str, str, str], whole: str, name: str) -> Html:
    head = el(
        "tr",
        el("th", heads[0], scope="col"),
        el("th", heads[1], scope="col", class_="num"),
        el("th", heads[2], scope="col", class_="num"),
    )
    foot = el("tr", el("th", "All", scope="row"), el("td", whole, class_="num"), el("td", class_="num"))
    return el(
        "div",
        el("table", el("thead", head), el("tbody", rows), el("tfoot", foot), class_="bill", aria_label=name),
        class_="scroll",
    )
