"""The command failures: each terminal and link closed in turn for a shipment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..words import CORRIDOR_WORDS, figures
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
    """A line a failure: what is closed and what the best route then takes."""
    from .show import grid

    asked = found.base.question
    head = (
        f"{asked['origin']['name']} to {asked['destination']['name']}: {asked['boxes']} x "
        f"{asked['container_type']}, ready {asked['ready_at'][:10]}, {found.base.run.scenario} network\n"
    )
    if not found.rows:
        return head + "No route even with everything open; midcorridor plan says what would have to give.\n"
    best = found.base.routes[0]
    head += (
        f"With everything open {CORRIDOR_WORDS[best['corridor']]}: {best['mean_d']:.1f} days, "
        f"{figures(best['cost_usd'])} USD, {figures(best['kg_co2e'])} kg CO2e. With one thing closed:\n\n"
    )
    tried = [row for row in found.rows if row["effect"] != "unused"]
    rows = [_line(row) for row in tried]
    columns = ["", "closed", "kind", "best route", "days", "USD", "kg CO2e", "corridors lost"]
    text = head + grid(columns, rows, right=("", "days", "USD", "kg CO2e"))
    unused = len(found.rows) - len(tried)
    if unused:
        text += f"\n{unused:,} more terminals and links are on none of these routes: nothing changes.\n"
    return text


def _line(row: Mapping[str, Any]) -> list[str]:
    lost = ", ".join(CORRIDOR_WORDS[each] for each in row["corridors_lost"])
    start = [str(row["rank"]), row["id"], row["kind"]]
    if row["effect"] == "none_left":
        return [*start, "no route left", "", "", "", lost]
    extra = [f"{row['extra_d']:+.1f}", _signed(row["extra_usd"]), _signed(row["extra_kg_co2e"])]
    kept = row["effect"] == "best_stays"
    return [*start, "stays" if kept else CORRIDOR_WORDS[row["corridor_after"]], *extra, lost]


def _signed(value: float) -> str:
    return ("+" if value > 0 else "-" if value < 0 else "") + figures(abs(value))
