"""The price of a route line by line, its carbon leg by leg, and what spreads its arrival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..words import price_years_words
from . import words
from .markup import Html, el, fixed, join
from .numbers import NBSP, mass, percent, significant, usd

Route = Mapping[str, Any]
_LEVELS = ("low", "medium", "high")
_MOST_LINKS = 4  # to sources behind one line of a quotation


def plain(value: float) -> str:
    """A figure whose unit stands in the head of its column; below zero with a true minus sign."""
    if value < 0:
        return f"−{plain(-value)}"
    if 0 < value < 0.1:
        return f"<{NBSP}0.1"
    return (
        significant(value)
        if value >= 100
        else f"{value:.0f}"
        if value >= 10 or value == 0
        else f"{value:.1f}"
    )


def ends(leg: Mapping[str, Any]) -> tuple[str, str]:
    """The ends of a leg, in full where they would read alike."""
    first, last = words.short(leg["from_name"]), words.short(leg["to_name"])
    return (leg["from_name"], leg["to_name"]) if first == last else (first, last)


def by_item(events: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """The price of a route by line of the quotation, in the order of a quotation."""
    sums: dict[str, float] = {}
    for event in events:
        for line in event["lines"]:
            sums[line["item"]] = sums.get(line["item"], 0.0) + float(line["usd"])
    order = {item: number for number, item in enumerate(words.ITEMS)}
    return sorted(sums.items(), key=lambda pair: (order.get(pair[0], len(order)), pair[0]))


def price(
    question: Mapping[str, Any],
    route: Route,
    events: Sequence[Mapping[str, Any]],
    figures: Mapping[str, Mapping[str, Any]],
    sources: Sequence[Mapping[str, Any]],
) -> Html:
    """Every line of the quotation with its share of the whole; what comes back is told below zero.

    figures : the row behind each line, by "table key"; sources : those of the answer, in their order
    """
    boxes = int(question["boxes"])
    lines = by_item(events)
    whole = sum(value for _, value in lines)
    most = max((abs(value) for _, value in lines), default=0.0)
    rows = [
        _row(
            join(words.item(item), _certificate(item, events, figures, sources)),
            value / most if most else 0.0,
            plain(value / boxes),
            _share(value / whole) if whole else "",
        )
        for item, value in lines
    ]
    missing = route["not_included"]
    names = {f"{line['table']} {line['key']}" for event in events for line in event["lines"]}
    years = price_years_words(
        (row for name, row in figures.items() if name in names), question.get("price_year")
    )
    back = sum(value for _, value in lines if value < 0)
    return join(
        _bill(
            rows,
            ("Line", "USD a\u00a0box", "Share"),
            plain(whole / boxes),
            f"Price of route {route['route_id']}",
        ),
        el(
            "p",
            f"{usd(whole)} for {boxes:,} boxes. " if boxes > 1 else None,
            f"Of this {usd(-back)} comes back: hatched, below zero. " if back < 0 else None,
            f"{words.sentence(years)}. " if years else None,
            f"Not in the price: {'; '.join(missing)}. " if missing else None,
            f"Beside it, the time of the cargo is worth {usd(route['time_value_usd'])} to its owner."
            if route.get("time_value_usd")
            else None,
            class_="note",
        ),
    )


def spread(route: Route) -> Html:
    """What makes most of the variance of the arrival."""
    rows = [(words.cause(row), float(row["share"])) for row in route["spread"]]
    rest = 1.0 - sum(share for _, share in rows)
    if rest > 0.005:
        rows.append(("All else", rest))
    return _bill(
        [_row(name, share, "", percent(share)) for name, share in rows],
        ("Cause", "", "Share of the variance"),
        "",
        f"What spreads the arrival of route {route['route_id']}",
        total=False,
    )


def carbon(question: Mapping[str, Any], route: Route, events: Sequence[Mapping[str, Any]]) -> Html:
    """Emissions of every leg, and of all handling together."""
    boxes = int(question["boxes"])
    modes = iter(words.leg_modes(events))
    parts = []
    for event in events:
        if "mode" in event:
            word = words.sentence(words.MODES.get(mode := next(modes), words.plain(mode)))
            name = f"{word}, {' → '.join(ends(event))}"
            parts.append((name, float(event["kg_co2e"])))
    parts.append(("Handling at terminals", sum(float(e["kg_co2e"]) for e in events if "mode" not in e)))
    whole = sum(kg for _, kg in parts)
    most = max(kg for _, kg in parts)
    rows = [
        _row(name, kg / most if most else 0.0, plain(kg / boxes), percent(kg / whole) if whole else "")
        for name, kg in parts
    ]
    return join(
        _bill(
            rows,
            ("Leg", "kg\u00a0CO₂e a\u00a0box", "Share"),
            plain(whole / boxes),
            f"Carbon of route {route['route_id']}",
        ),
        el(
            "p",
            f"{mass(whole, 'CO₂e')} in all, well-to-wheel: fuel and power from their source on.",
            class_="note",
        ),
    )


def _certificate(
    item: str,
    events: Sequence[Mapping[str, Any]],
    figures: Mapping[str, Mapping[str, Any]],
    sources: Sequence[Mapping[str, Any]],
) -> Html | None:
    """The weakest confidence of the figures behind a line, and the numbers of their sources."""
    lines = [line for event in events for line in event["lines"] if line["item"] == item]
    names = dict.fromkeys(f"{line['table']} {line['key']}" for line in lines)
    rows = [figures[name] for name in names if name in figures]
    if not rows:
        return None
    levels = [str(row["confidence"]) for row in rows if row["confidence"]]
    weakest = min(levels, key=_LEVELS.index, default="")
    named = {source for row in rows for source in row["source"]}
    numbers = [number for number, source in enumerate(sources, 1) if source["source_id"] in named]
    links = [
        join(", " if at else " ", el("a", str(number), href=f"#source-{number}"))
        for at, number in enumerate(numbers[:_MOST_LINKS])
    ]
    rest = f" and {len(numbers) - _MOST_LINKS} more" if len(numbers) > _MOST_LINKS else None
    return el(
        "small",
        f"{weakest} confidence" if weakest else None,
        " · " if weakest and links else None,
        join(f"source{'s' if len(numbers) > 1 else ''}", links, rest) if links else None,
    )


def _share(share: float) -> str:
    return f"−{percent(-share)}" if share < 0 else percent(share)


def _row(name: Html | str, share: float, value: str, part: str) -> Html:
    back = "back" if share < 0 else None
    # Shares of the width, not of a drawing: hatches keep their shape.
    wide = f"{fixed(max(0.5, 100 * abs(share)))}%"
    bar = el("svg", el("rect", width=wide, height="100%", class_=back), class_="beam", aria_hidden="true")
    return el(
        "tr",
        el("th", name, bar, scope="row"),
        el("td", value, class_="num"),
        el("td", part, class_="num"),
    )


def _bill(
    rows: Sequence[Html], heads: tuple[str, str, str], whole: str, name: str, total: bool = True
) -> Html:
    head = el(
        "tr",
        el("th", heads[0], scope="col"),
        el("th", heads[1], scope="col" if heads[1] else None, class_="num"),
        el("th", heads[2], scope="col", class_="num"),
    )
    foot = el("tr", el("th", "All", scope="row"), el("td", whole, class_="num"), el("td", class_="num"))
    return el(
        "div",
        el(
            "table",
            el("thead", head),
            el("tbody", rows),
            el("tfoot", foot) if total else None,
            class_="bill",
            aria_label=name,
        ),
        class_="scroll",
    )
