"""A plan and a distance as text for a terminal."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..words import CORRIDOR_WORDS, figures, step_words

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
    from rich.table import Table

    out, text = console()
    asked = result.question
    ready = datetime.fromisoformat(asked["ready_at"])
    out.print(
        f"{_end(asked['origin'])} to {_end(asked['destination'])}: "
        f"{asked['boxes']} x {asked['container_type']} ({figures(asked['teu'])} TEU, "
        f"{figures(asked['cargo_t'])} t of {asked['commodity_id']}), ready {ready:%-d %b %Y}"
    )
    out.print(
        f"Mean figures, cargo ready to available, on the {result.run.scenario} network of that day; "
        "USD and CO2e (well-to-wheel) for the whole shipment."
    )
    if not result.routes:
        _print_none(out, result)
        return text.getvalue()
    out.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, right in (
        ("", False), ("corridor", False), ("days", True), ("USD", True), ("USD a box", True),
        ("t CO2e", True), ("km", True), ("waiting", True), ("via", False),
    ):  # fmt: skip
        table.add_column(name, justify="right" if right else "left", no_wrap=name != "via")
    for route in result.routes:
        table.add_row(
            route["route_id"],
            CORRIDOR_WORDS[route["corridor"]],
            f"{route['mean_d']:.1f}",
            figures(route["cost_usd"]),
            figures(route["cost_usd_per_box"]),
            figures(route["kg_co2e"] / 1000),
            figures(route["km"]),
            f"{route['waiting_h'] / route['mean_h']:.0%}",
            ", ".join(route["via"]),
        )
    out.print(table)
    for route in result.routes:
        _print_route(out, route)
    for note in result.status.notes:
        out.print(f"Left out: {note}")
    weakest = min((route["confidence"] for route in result.routes), key=("low", "medium", "high").index)
    out.print(
        f"\n{len(result.sources)} sources; weakest confidence {weakest}. "
        "Every figure: --format json, or midcorridor facts TABLE ID."
    )
    return text.getvalue()


def _end(end: Mapping[str, Any]) -> str:
    country = f", {end['country']}" if end["country"] else ""
    return f"{end['name']}{country}"


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
        out.print(f"Left out: {note}")


def _print_route(out: Console, route: Mapping[str, Any]) -> None:
    from rich.table import Table

    out.print(
        f"\n{route['route_id']}  {CORRIDOR_WORDS[route['corridor']]}  {' > '.join(route['countries'])}",
        style="bold",
    )
    _print_permits(out, route)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("step", ratio=5, overflow="fold")
    for name in ("hours", "km", "USD", "kg CO2e"):
        table.add_column(name, justify="right", no_wrap=True)
    parts = sorted((*route["legs"], *route["transfers"]), key=lambda part: part["seq"])
    for part in parts:
        table.add_row(
            step_words(part),
            f"{part['mean_h']:.1f}",
            figures(part["km"]) if "km" in part else "",
            figures(part["cost_usd"]),
            figures(part["kg_co2e"]),
        )
    table.add_row(
        "total",
        f"{route['mean_h']:.1f}",
        figures(route["km"]),
        figures(route["cost_usd"]),
        figures(route["kg_co2e"]),
        style="bold",
    )
    out.print(table)


def _print_permits(out: Console, route: Mapping[str, Any]) -> None:
    for embargo_id in route["permits"]:
        out.print(f"needs a permit: {embargo_id} (midcorridor facts embargoes {embargo_id})")


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
