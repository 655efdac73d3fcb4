"""The command failures: each terminal and link closed in turn for a shipment."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..said import CORRIDOR_WORDS, figures
from ..words import named, signed
from .asking import Asked, asks
from .common import COORDINATES, DataOption, OutOption, ScenarioOption, as_json, give, load_network

if TYPE_CHECKING:
    from ..failures import Failures


class FailuresFormat(StrEnum):
    """How failures are shown."""

    table = "table"
    json = "json"
    csv = "csv"


def register(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("failures", context_settings=COORDINATES)(failures_command)


@asks
def failures_command(
    origin: Annotated[str, typer.Argument(help="City, UN/LOCODE, terminal id or lat,lon.")],
    destination: Annotated[str, typer.Argument(help="The same for the other end.")],
    asked: Asked,
    every: Annotated[
        bool, typer.Option("--all", help="Also list those that no route shown touches.")
    ] = False,
    scenario: ScenarioOption = None,
    data: DataOption = None,
    form: Annotated[
        FailuresFormat, typer.Option("--format", "-f", help="How to show it.")
    ] = FailuresFormat.table,
    output: OutOption = None,
) -> None:
    """Close each terminal and link of the routes in turn: what the shipment loses, the worst first."""
    from ..failures import failures
    from .show import progress_line

    network = load_network(data, scenario)
    found = failures(
        network,
        asked.shipment(network, origin, destination),
        every=every,
        progress=progress_line if sys.stderr.isatty() else None,
        **asked.options,
    )
    if form is FailuresFormat.json:
        give(as_json(found.to_dict()), output)
    elif form is FailuresFormat.csv:
        give(found.to_csv(), output)
    else:
        give(failures_text(found), output)


def failures_text(found: Failures) -> str:
    """A line for all that have the same consequence: what is closed, and what the best route then takes."""
    from .show import grid

    asked = found.base.question
    head = (
        f"{asked['origin']['name']} to {asked['destination']['name']}: {asked['boxes']:,} x "
        f"{asked['container_type']}, ready {asked['ready_at'][:10]}, {found.base.run.scenario} network\n"
    )
    if not found.rows:
        return head + "No route even with everything open; midcorridor plan says what would have to give.\n"
    best = found.base.routes[0]
    over = _over(found, best["via"])
    head += (
        f"With everything open {CORRIDOR_WORDS[best['corridor']]}{f' over {over}' if over else ''}: "
        f"{best['mean_d']:.1f} days, {figures(best['cost_usd'])} USD, {figures(best['kg_co2e'])} kg CO2e.\n"
    )
    groups = found.alike()
    text = head
    if groups:
        columns = [
            "best route then",
            "days",
            "USD",
            "kg CO2e",
            "corridors lost",
            "when one of these is closed",
        ]
        text += "\n" + grid(
            columns,
            [_line(found, group) for group in groups],
            right=("days", "USD", "kg CO2e"),
            fold=("best route then", "corridors lost", "when one of these is closed"),
        )
    return text + "\n" + _harmless(found, sum(map(len, groups)))


def _line(found: Failures, group: Sequence[Mapping[str, Any]]) -> list[str]:
    row = group[0]
    lost = ", ".join(CORRIDOR_WORDS[each] for each in row["corridors_lost"])
    closed = _closed(found, group)
    if row["effect"] == "none_left":
        return ["no route left", "", "", "", lost, closed]
    days = f"{row['extra_d']:+.1f}" if abs(row["extra_d"]) >= 0.05 else "0"
    extra = [days, signed(row["extra_usd"]), signed(row["extra_kg_co2e"])]
    if row["effect"] == "best_stays":
        return ["the same", *extra, lost, closed]
    over = _over(found, row["via_after"])
    return [CORRIDOR_WORDS[row["corridor_after"]] + (f" over {over}" if over else ""), *extra, lost, closed]


def _closed(found: Failures, group: Sequence[Mapping[str, Any]]) -> str:
    """The terminals by name, then the links by their ends."""
    parts = []
    for kind, word in (("terminal", ""), ("link", "the line ")):
        names = named(found.names, f"{kind}s", [row["id"] for row in group if row["kind"] == kind])
        if len(names) > 1 and word:
            word = "the lines "
        if names:
            parts.append(word + ", ".join(names))
    return "; ".join(parts)


def _over(found: Failures, via: Sequence[str]) -> str:
    return ", ".join(named(found.names, "terminals", via))


def _harmless(found: Failures, told: int) -> str:
    """How many closings leave the best route and every corridor as they are."""
    unused = sum(1 for row in found.rows if row["effect"] == "unused")
    idle = len(found.rows) - told - unused
    text = ""
    if idle:
        others = "other terminals and links" if told else "terminals and links"
        text += (
            f"With any one of {idle:,} {others} closed, the best route stays and no corridor is lost "
            "(--format csv lists them).\n"
        )
    if unused:
        text += f"{unused:,} more terminals and links are on none of these routes: nothing changes.\n"
    return text
