"""What happens on a route from cargo ready to delivery, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..words import cover_usd, exposure_words, load_words, ports_words, rates_words
from . import bars, bills, words
from .bills import ends, plain
from .cards import events_of
from .markup import Html, el, join
from .numbers import NBSP, count, date_of, day_after, duration, km, last_day, percent, short_date, when

Route = Mapping[str, Any]


def route_section(
    question: Mapping[str, Any],
    route: Route,
    figures: Mapping[str, Mapping[str, Any]],
    sources: Sequence[Mapping[str, Any]],
) -> Html:
    """Dates, timeline, spread, price by line and carbon by leg of one route.

    figures, sources : as in the answer; the price names them
    """
    letter = str(route["route_id"])
    events = events_of(route)
    sums = bars.totals(events)
    explained = [str(text) for text in route["explained"]]
    return el(
        "section",
        el(
            "h2",
            el("span", letter, class_="letter"),
            f"Route{NBSP}{letter}: {words.corridor(route['corridor'])}",
            id=f"route-{letter}-title",
        ),
        el("p", _dates(question, route), class_="lead"),
        el("ul", [el("li", text) for text in explained], class_="why") if explained else None,
        _facts(route),
        el("div", bars.stacked(sums, route["mean_h"]), bars.key(sums), class_="hours"),
        el("h3", "Timeline"),
        _timeline(question, route, events),
        el(
            "p",
            "Departures, arrivals and gate-ins stand at the mean of all that comes before them. The line on "
            "a bar reaches from where 5 in 10 end to where 9 in 10 do.",
            class_="note",
        ),
        el(
            "div",
            el("div", el("h3", "Price by line"), bills.price(question, route, events, figures, sources)),
            el(
                "div",
                join(el("h3", "What makes the date uncertain"), bills.spread(route))
                if route["spread"]
                else None,
                el("h3", "Carbon by leg"),
                bills.carbon(question, route, events),
            ),
            class_="pair",
        ),
        class_="route",
        id=f"route-{letter}",
        aria_labelledby=f"route-{letter}-title",
    )


def _dates(question: Mapping[str, Any], route: Route) -> Html:
    """When it is there, in a sentence."""
    text = (
        f"Ready {when(question['ready_at'])}, {words.CORRIDOR_WHERE.get(route['corridor'], '')} over "
        f"{km(route['km'])}: there about {day_after(question['ready_at'], route['mean_h'])} in the mean "
        f"({duration(route['mean_h'])})"
    )
    by = route["available_p90_at"]
    promise = (
        join(", ", el("b", f"9 times in 10 by {date_of(by)}"), f" ({duration(route['p90_h'])})")
        if by
        else Html(", and no date can be promised 9 times in 10")
    )
    kept = route["on_time_probability"]
    chance = (
        f"; {percent(kept)} by the deadline of {last_day(question['deadline_at'])}"
        if kept is not None
        else ""
    )
    return join(text, promise, chance, ".")


def _facts(route: Route) -> Html | None:
    """First box, chance to come never, bills of lading, permits to be asked for, what long stays may cost."""
    facts: list[tuple[str, Html | str]] = []
    if route["mean_h"] - route["first_box_mean_h"] >= 1:
        p90_h = route["first_box_p90_h"]
        within = f", 9 in 10 within {duration(p90_h)}" if p90_h is not None else ""
        text = f"{duration(route['first_box_mean_h'])} in the mean{within}; the last box counts above"
        facts.append(("First box", text))
    if route["never_probability"] >= 0.0005:
        text = f"{percent(route['never_probability'])} miss the last departure that the timetable holds"
        facts.append(("Never", text))
    sailed = ports_words(route)
    if sailed:
        facts.append(("Bill of lading" if len(sailed) == 1 else "Bills of lading", "; ".join(sailed)))
    if route["permits"]:
        link = el("a", f"{count(len(route['permits']), 'rule')} ask for a permit or consent", href="#rules")
        facts.append(("Permits", link))
    exposed = exposure_words(route)
    if exposed:
        facts.append(("Storage and detention", words.sentence(exposed)))
    compared = rates_words(route)
    if compared:
        facts.append(("To compare with", words.sentence(compared)))
    if not facts:
        return None
    return el("dl", [el("div", el("dt", name), el("dd", said)) for name, said in facts], class_="facts told")


def _timeline(question: Mapping[str, Any], route: Route, events: Sequence[Mapping[str, Any]]) -> Html:
    boxes = int(question["boxes"])
    modes = iter(words.leg_modes(events))
    reach_h = bars.reach_h(events)
    rows = []
    for event in events:
        if "mode" in event:
            date, (where, what), kind = _departure(event), _leg(event, next(modes)), "run"
        else:
            date, (where, what), kind = None, _transfer(event), "stop"
        rows.append(
            el(
                "tr",
                el("td", date, class_="date"),
                el("th", where, scope="row"),
                el("td", what, class_="what"),
                el("td", duration(event["mean_h"]), class_="num"),
                el("td", _most(event), class_="num most"),
                el("td", bars.span(event, reach_h), class_="gantt"),
                el("td", plain((event["cost_usd"] - cover_usd(event)) / boxes), class_="num"),
                el("td", plain(event["kg_co2e"] / boxes), class_="num kg"),
                class_=kind,
            )
        )
    insured = sum(cover_usd(event) for event in events)
    if insured:
        rows.append(
            el(
                "tr",
                el("td", class_="date"),
                el("th", "Insurance", scope="row"),
                el("td", "of the cargo, all the way", class_="what"),
                *(el("td", class_=name) for name in ("num", "num most", "gantt")),
                el("td", plain(insured / boxes), class_="num"),
                el("td", class_="num kg"),
                class_="stop",
            )
        )
    head = el(
        "tr",
        el("th", "Departs, arrives", scope="col", class_="date"),
        el("th", "Where", scope="col"),
        el("th", "What happens", scope="col"),
        el("th", "Mean", scope="col", class_="num"),
        el("th", "9 in 10 within", scope="col", class_="num most"),
        el("th", f"In the first {duration(reach_h)}", scope="col", class_="gantt"),
        el("th", "USD a\u00a0box", scope="col", class_="num"),
        el("th", "kg\u00a0CO₂e a\u00a0box", scope="col", class_="num kg"),
    )
    foot = el(
        "tr",
        el("td", short_date(route["available_at"]) if route["available_at"] else None, class_="date"),
        el("th", "All", scope="row"),
        el("td", class_="what"),
        el("td", duration(route["mean_h"]), class_="num"),
        el("td", _most(route), class_="num most"),
        el("td", class_="gantt"),
        el("td", plain(route["cost_usd"] / boxes), class_="num"),
        el("td", plain(route["kg_co2e"] / boxes), class_="num kg"),
    )
    return el(
        "div",
        el("table", el("thead", head), el("tbody", rows), el("tfoot", foot), class_="timeline"),
        class_="scroll",
        tabindex=0,
        role="region",
        aria_label=f"Timeline of route {route['route_id']}",
    )


def _most(event: Mapping[str, Any]) -> str:
    return "never" if event["p90_h"] is None else duration(event["p90_h"])


def _departure(leg: Mapping[str, Any]) -> Html:
    """Departure and arrival, and the gate-in to meet."""
    leaves, comes = (short_date(leg[name]) if leg[name] else "never" for name in ("etd_at", "eta_at"))
    gate = el("small", f"gate-in {short_date(leg['cutoff_at'])}") if leg["cutoff_at"] else None
    return join(leaves if leaves == comes else f"{leaves} → {comes}", gate)


def _leg(leg: Mapping[str, Any], mode: str) -> tuple[Html, Html]:
    where = join(" → ".join(ends(leg)))
    gauge = f", {leg['gauge_mm']}{NBSP}mm" if leg["gauge_mm"] else ""
    # A truck leg has no service of its own beyond its mode.
    name = leg["service_name"] if leg["service_name"] and mode != "road" else ""
    between = len(leg["path"]) - 2
    way = [words.country(leg["from_country"])]
    if leg["to_country"] != leg["from_country"]:
        way.append(words.country(leg["to_country"]))
    small = [
        name,
        leg["operator"].replace(";", ", "),
        " → ".join(way),
        f"past {between} more places" if between > 1 else "",
    ]
    clearance = leg["clearance"]
    return where, join(
        el("b", f"{words.sentence(words.MODES.get(mode, words.plain(mode)))}{gauge}, {km(leg['km'])}"),
        join(" ", el("a", words.EFFECTS.get(clearance, words.plain(clearance)), href="#rules", class_="flag"))
        if clearance != "accepted"
        else None,
        el("small", " · ".join(part for part in small if part)),
        el("small", _booked(leg)) if _booked(leg) else None,
    )


def _booked(leg: Mapping[str, Any]) -> str:
    """How the boxes are booked, how they split, and what room they take."""
    said = [load_words(leg)]
    share = leg["fill_share"]
    if leg["booking"] and share is not None:
        said.append(f"takes {percent(share)} of the room" + (" of each" if len(leg["loads"]) > 1 else ""))
    if leg["departs"] == "timetable":
        said.append("by timetable")
    return words.sentence(", ".join(word for word in said if word))


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
