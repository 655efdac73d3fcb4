"""A plan and a distance as text for a terminal."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..said import CORRIDOR_WORDS, figures
from ..words import (
    CLEARANCE_WORDS,
    cause_words,
    chance_words,
    cover_usd,
    exposure_words,
    hurdles,
    load_words,
    ports_words,
    price_years_words,
    rates_words,
    short,
    step_words,
)

if TYPE_CHECKING:
    from rich.console import Console

    from ..plan import PlanResult

PLAIN_WIDTH = 100


def console() -> tuple[Console, io.StringIO]:
    """A console that writes to text, as wide as the terminal and plain when there is none."""
    from rich.console import Console

    text = io.StringIO()
    tty = sys.stdout.isatty()
    width = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if tty else PLAIN_WIDTH
    return Console(file=text, width=width, force_terminal=tty, highlight=False, markup=False), text


def plan_text(result: PlanResult) -> str:
    """The question, a line for each route, then every leg and transfer of each."""
    out, text = console()
    asked, routes = result.question, result.routes
    deadline = f", wanted by {_last_day(asked['deadline_at'])}" if asked.get("deadline_at") else ""
    out.print(
        f"{_end(asked['origin'])} to {_end(asked['destination'])}: "
        f"{asked['boxes']} x {asked['container_type']} ({figures(asked['teu'])} TEU, "
        f"{figures(asked['cargo_t'])} t of {asked['commodity_id']}), "
        f"ready {_date(asked['ready_at'])}{deadline}"
    )
    if not routes:
        _print_none(out, result)
        return text.getvalue()
    out.print(_promise(routes[0]), style="bold")
    out.print()
    _print_routes(out, routes, bool(asked.get("deadline_at")))
    out.print(
        f"Cargo ready to last box available, on the {result.run.scenario} network. Means of "
        "days, USD and CO2e (well-to-wheel) for the whole shipment; 9 times in 10 it is there by the "
        "date shown. "
        "Departures and arrivals below stand at the mean of all that comes before."
    )
    years = price_years_words(result.figures.values(), asked.get("price_year"))
    if years:
        out.print(f"{years[:1].upper()}{years[1:]}.")
    for route in routes:
        _print_route(out, route)
    _print_hurdles(out, hurdles(routes), len(routes))
    _print_checks(out, result.checks)
    for note in result.status.notes:
        out.print(f"Note: {note}")
    weakest = min((route["confidence"] for route in routes), key=("low", "medium", "high").index)
    out.print(
        f"\n{len(result.sources)} sources; weakest confidence {weakest}. "
        "Every figure: --format json, or midcorridor facts TABLE ID."
    )
    return text.getvalue()


def _date(iso: str | None, year: bool = True) -> str:
    if iso is None:
        return "never"
    at = datetime.fromisoformat(iso)
    return f"{at:%-d %b %Y}" if year else f"{at:%-d %b}"


def _last_day(iso: str) -> str:
    """A deadline as its last whole day, or with the hour: midnight belongs to the day that it ends."""
    at = datetime.fromisoformat(iso)
    if at.hour or at.minute:
        return f"{at:%-d %b %Y, %H:%M} UTC"
    return f"{at - timedelta(days=1):%-d %b %Y}"


def _end(end: Mapping[str, Any]) -> str:
    country = f", {end['country']}" if end["country"] else ""
    return f"{end['name']}{country}"


def _promise(route: Mapping[str, Any]) -> str:
    """What can be said of the first route in one line."""
    by = (
        f"promise {_date(route['available_p90_at'])} (9 times in 10)"
        if route["available_p90_at"]
        else "no date can be promised: 1 time in 10 the last departure is missed"
    )
    kept = route["on_time_probability"]
    chance = f", {chance_words(kept)} in time" if kept is not None else ""
    return (
        f"{route['route_id']} {CORRIDOR_WORDS[route['corridor']]}: {by}{chance}, "
        f"mean {route['mean_d']:.1f} days, {figures(route['cost_usd_per_box'])} USD a box"
    )


def _print_routes(out: Console, routes: Sequence[Mapping[str, Any]], deadline: bool) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "corridor", "days", "9 in 10", "by", "in time", "USD", "a box", "t CO2e", "waiting"):
        if name != "in time" or deadline:
            left = name in ("", "corridor")
            table.add_column(name, justify="left" if left else "right", no_wrap=True)
    for route in routes:
        p90_h, kept = route["p90_h"], route["on_time_probability"]
        table.add_row(
            route["route_id"],
            CORRIDOR_WORDS[route["corridor"]],
            f"{route['mean_d']:.1f}",
            "never" if p90_h is None else f"{p90_h / 24:.1f}",
            _date(route["available_p90_at"]),
            *([chance_words(kept)] if deadline and kept is not None else [""] if deadline else []),
            figures(route["cost_usd"]),
            figures(route["cost_usd_per_box"]),
            figures(route["kg_co2e"] / 1000),
            f"{route['waiting_h'] / route['mean_h']:.0%}" if route["mean_h"] else "",
        )
    out.print(table)


def _print_none(out: Console, result: PlanResult) -> None:
    out.print("\nNo route.")
    if result.status.blocked_by:
        out.print("What would have to give:")
        for reason in result.status.blocked_by:
            out.print(f"  - {reason}")
    elif result.status.reason == "only_detours":
        out.print("What joins the two places comes back to where it was, or goes far beyond them.")
    else:
        out.print("No chain of links and services joins the two places, even with everything open.")
    for note in result.status.notes:
        out.print(f"Note: {note}")


def _print_route(out: Console, route: Mapping[str, Any]) -> None:
    out.print(
        f"\n{route['route_id']}  {CORRIDOR_WORDS[route['corridor']]}  {' > '.join(route['countries'])}  "
        f"{figures(route['km'])} km",
        style="bold",
    )
    for name, told in _facts(route):
        out.print(_hanging(f"{name:9}", told, out.width))
    _print_steps(out, route)


def _facts(route: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What holds for the route as a whole, a name and a sentence each."""
    quick, half, slow = (
        f"{route[name] / 24:.1f}" if route[name] is not None else "never"
        for name in ("p10_h", "p50_h", "p90_h")
    )
    said = [("days", f"1 in 10 within {quick}, half within {half}, 9 in 10 within {slow}")]
    if route["never_probability"] >= 0.0005:
        said.append(("never", f"{chance_words(route['never_probability'])} miss the last departure known"))
    if route["mean_h"] - route["first_box_mean_h"] >= 1:
        first = route["first_box_mean_h"]
        early = f"{first / 24:.1f} days in the mean"
        if route["first_box_p90_h"] is not None:
            early += f", 9 in 10 within {route['first_box_p90_h'] / 24:.1f}"
        said.append(("first box", f"{early}; the last box counts above"))
    if route["spread"]:
        causes = ", ".join(f"{cause_words(row)} {chance_words(row['share'])}" for row in route["spread"])
        said.append(("spread", f"mostly {causes}"))
    if route["via"]:
        places = {part["terminal_id"]: short(part["terminal_name"]) for part in route["transfers"]}
        said.append(("via", ", ".join(places.get(place, place) for place in route["via"])))
    bills = ports_words(route)
    if bills:
        said.append(("by sea", "; ".join(bills)))
    if route["permits"]:
        said.append(("permits", ", ".join(route["permits"])))
    exposed = exposure_words(route)
    if exposed:
        said.append(("storage", exposed))
    said.append(("not in the price", "; ".join(route["not_included"])))
    compared = rates_words(route)
    if compared:
        said.append(("rates", compared))
    if route["time_value_usd"]:
        lost = f"{figures(route['time_value_usd'])} USD is what its owner loses on the way, not in the price"
        said.append(("cargo", lost))
    said += [("why", sentence) for sentence in route["explained"]]
    return said


def _hanging(name: str, told: str, width: int) -> str:
    """Text wrapped behind a name, later lines under the first."""
    import textwrap

    indent = " " * (len(name) + 1)
    return textwrap.fill(
        told, width, initial_indent=f"{name} ", subsequent_indent=indent, break_on_hyphens=False
    )


def _print_steps(out: Console, route: Mapping[str, Any]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("step", ratio=5, overflow="fold")
    for name in ("gate-in", "departs", "arrives", "hours", "9 in 10", "USD", "kg CO2e"):
        table.add_column(name, justify="right", no_wrap=True)
    insured = 0.0
    for part in sorted((*route["legs"], *route["transfers"]), key=lambda part: int(part["seq"])):
        leg = "mode" in part
        # Insurance covers the whole way: it has a row of its own, not one of the step that it stands in.
        cover = cover_usd(part)
        insured += cover
        # The cut-off stands with the departure that it belongs to, once.
        table.add_row(
            _step(part),
            _date(part["cutoff_at"], year=False) if leg and part["cutoff_at"] else "",
            _date(part["etd_at"], year=False) if leg else "",
            _date(part["eta_at"], year=False) if leg else "",
            f"{part['mean_h']:.1f}",
            "never" if part["p90_h"] is None else f"{part['p90_h']:.1f}",
            figures(part["cost_usd"] - cover),
            figures(part["kg_co2e"]),
        )
    if insured:
        table.add_row("insurance, all the way", "", "", "", "", "", figures(insured), "")
    table.add_row(
        "total",
        "",
        "",
        _date(route["available_at"], year=False),
        f"{route['mean_h']:.1f}",
        "never" if route["p90_h"] is None else f"{route['p90_h']:.1f}",
        figures(route["cost_usd"]),
        figures(route["kg_co2e"]),
        style="bold",
    )
    out.print(table)


def _step(part: Mapping[str, Any]) -> str:
    if "mode" not in part:
        return step_words(part)
    said = [step_words(part), load_words(part)]
    if part["departs"] == "timetable":
        said.append("by timetable")
    if part["clearance"] != "accepted":
        said.append(CLEARANCE_WORDS[part["clearance"]].upper())
    return ", ".join(word for word in said if word)


def _print_hurdles(out: Console, rules: Sequence[Mapping[str, Any]], routes: int) -> None:
    if not rules:
        return
    out.print("\nWhat rules ask of the goods", style="bold")
    for rule in rules:
        letters = rule["routes"]
        many = f"Route{'s' if len(letters) > 1 else ''} {', '.join(letters)}. "
        on = "" if routes == 1 else "All routes. " if len(letters) == routes else many
        also = f" Also {', '.join(rule['also'])}." if rule["also"] else ""
        named = f" ({rule['key']})" if rule["key"] else ""
        out.print(_hanging(" -", f"{on}{rule['words']}{also}{named}", out.width))


def _print_checks(out: Console, checks: Sequence[Mapping[str, Any]]) -> None:
    if not checks:
        return
    good = [str(check["check"]) for check in checks if check["ok"]]
    bad = [str(check["check"]) for check in checks if not check["ok"]]
    if good:
        out.print("\n" + _hanging("Self-check:", "; ".join(good), out.width))
    for words in bad:
        out.print(_hanging("SELF-CHECK FAILED:", words, out.width), style="bold")


def distance_text(found: Mapping[str, Any]) -> str:
    """One line, and what it passes."""
    asked = found["question"]
    lines = [
        f"{asked['from']['name']} to {asked['to']['name']} by {found['mode']}: {found['km']:,.1f} km "
        f"(great circle {found['great_circle_km']:,.1f} km)"
    ]
    if found["passages"]:
        lines.append("passes " + ", ".join(found["passages"]))
    off = max(found["snap_from_km"], found["snap_to_km"])
    if off >= 1:
        lines.append(
            f"joined to the graph {found['snap_from_km']:.1f} km and {found['snap_to_km']:.1f} km off"
        )
    return "\n".join(lines)
