"""The command profile: a shipment planned for every day of a month."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import CORRIDOR_WORDS, figures
from .asking import Asked, asks
from .common import COORDINATES, DataOption, OutOption, ScenarioOption, as_json, give, load_network

if TYPE_CHECKING:
    from ..profile import Profile

_BEST = {
    "soonest": "Earliest date that can be promised 9 times in 10",
    "fastest": "Shortest mean time",
    "cheapest": "Lowest price",
    "greenest": "Least CO2e",
    "latest": "Latest day that keeps the deadline 9 times in 10",
}


class ProfileFormat(StrEnum):
    """How a profile is shown."""

    table = "table"
    json = "json"
    csv = "csv"


def register(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("profile", context_settings=COORDINATES)(profile_command)


@asks
def profile_command(
    origin: Annotated[str, typer.Argument(help="City, UN/LOCODE, terminal id or lat,lon.")],
    destination: Annotated[str, typer.Argument(help="The same for the other end.")],
    asked: Asked,
    days: Annotated[int, typer.Option(help="How many days, from --depart on.")] = 30,
    scenario: ScenarioOption = None,
    data: DataOption = None,
    form: Annotated[
        ProfileFormat, typer.Option("--format", "-f", help="How to show it.")
    ] = ProfileFormat.table,
    output: OutOption = None,
) -> None:
    """Plan a shipment for every day of a month: when to leave."""
    from ..profile import profile
    from .show import progress_line

    network = load_network(data, scenario)
    found = profile(
        network,
        asked.shipment(network, origin, destination),
        days=days,
        progress=progress_line if sys.stderr.isatty() else None,
        **asked.options,
    )
    if form is ProfileFormat.json:
        give(as_json(found.to_dict()), output)
    elif form is ProfileFormat.csv:
        give(found.to_csv(), output)
    else:
        give(profile_text(found), output)


def profile_text(found: Profile) -> str:
    """A line a day: the best route, and what the other corridors take."""
    from .show import grid

    asked = found.question
    head = (
        f"{asked['origin']['name']} to {asked['destination']['name']}: {asked['boxes']} x "
        f"{asked['container_type']}, cargo ready on each of {asked['days']} days\n\n"
    )
    due = asked["deadline_at"] is not None
    seen: set[str] = set()
    rows = []
    for row in found.rows:
        day = f"{row['ready_at']:%a %-d %b %Y}"
        first = day not in seen
        seen.add(day)
        if row["outcome"] != "ok":
            rows.append([day, f"no route: {row['reason']}", *[""] * (5 + due)])
            continue
        line = [
            day if first else "",
            CORRIDOR_WORDS[row["corridor"]],
            f"{row['mean_d']:.1f}",
            f"{row['available_at']:%-d %b}",
            f"{row['available_p90_at']:%-d %b}" if row["available_p90_at"] is not None else "never",
        ]
        line += [f"{row['on_time_probability']:.0%}"] if due else []
        rows.append([*line, figures(row["cost_usd"]), figures(row["kg_co2e"] / 1000)])
    columns = ["cargo ready", "corridor", "days", "there, mean", "9 in 10 by"]
    columns += ["in time"] if due else []
    columns += ["USD", "t CO2e"]
    right = ("days", "there, mean", "9 in 10 by", "in time", "USD", "t CO2e")
    text = head + grid(columns, rows, right=right)
    best = found.best()
    if best:
        text += "\n"
    for name, row in best.items():
        words = f"{row['ready_at']:%a %-d %b %Y}, {CORRIDOR_WORDS[row['corridor']]}"
        text += f"{_BEST[name]}: cargo ready {words}\n"
    alike = {(row["corridor"], f"{row['mean_d']:.1f}") for row in found.rows if row["outcome"] == "ok"}
    if alike and len(alike) == len({corridor for corridor, _ in alike}):
        text += (
            "Every day is alike: no service of these routes has a timetable here, and no season changes.\n"
        )
    return text
