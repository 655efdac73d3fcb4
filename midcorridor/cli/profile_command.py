"""The command profile: a shipment planned for every day of a month."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..said import CORRIDOR_WORDS, figures
from ..words import chance_words, days_words
from .asking import Asked, asks
from .common import COORDINATES, DataOption, OutOption, ScenarioOption, as_json, give, load_network

if TYPE_CHECKING:
    from ..profile import Profile

Row = Mapping[str, Any]
_PROMISED = "available_p90_at"
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
    """A line for each corridor and the days in a row on which it takes the same, then the best days."""
    from .show import grid

    asked = found.question
    head = (
        f"{asked['origin']['name']} to {asked['destination']['name']}: {asked['boxes']:,} x "
        f"{asked['container_type']}, cargo ready on each of {asked['days']} days\n\n"
    )
    due = asked["deadline_at"] is not None
    rows = []
    shown = ""
    for run in _runs(found.rows, due):
        first, last = run[0], run[-1]
        there = first["outcome"] == "ok"
        name = (
            CORRIDOR_WORDS[first["corridor"]] if there else "no route: " + first["reason"].replace("_", " ")
        )
        line = [name if name != shown else "", days_words(_day(first), _day(last))]
        shown = name
        rows.append([*line, *_cells(first, due), *(_span(run, at) for at in ("available_at", _PROMISED))])
    columns = ["corridor", "cargo ready", "days", "9 in 10"]
    columns += ["in time"] if due else []
    columns += ["USD", "t CO2e", "there, mean", "9 in 10 by"]
    figures = ("days", "9 in 10", "in time", "USD", "t CO2e")
    # Figures are never cut: what gives way is words, which wrap.
    text = head + grid(columns, rows, right=figures, fold=[name for name in columns if name not in figures])
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


def _runs(rows: Sequence[Row], due: bool) -> list[list[Row]]:
    """Rows of a corridor on days in a row that show the same figures; corridors in the order of the rows."""
    runs: dict[str | None, list[list[Row]]] = {}
    for row in rows:
        of_corridor = runs.setdefault(row["corridor"], [])
        if of_corridor:
            before = of_corridor[-1][-1]
            next_day = _day(row) - _day(before) == timedelta(days=1)
            same = row["reason"] == before["reason"]
            if next_day and same and _cells(row, due) == _cells(before, due):
                of_corridor[-1].append(row)
                continue
        of_corridor.append([row])
    return [run for of_corridor in runs.values() for run in of_corridor]


def _cells(row: Row, due: bool) -> list[str]:
    """The figures of a row as they are shown."""
    if row["outcome"] != "ok":
        return [""] * (4 + due)
    return [
        f"{row['mean_d']:.1f}",
        f"{row['p90_h'] / 24:.1f}" if row["p90_h"] is not None else "never",
        *([chance_words(row["on_time_probability"])] if due else []),
        figures(row["cost_usd"]),
        figures(row["kg_co2e"] / 1000),
    ]


def _span(run: Sequence[Row], name: str) -> str:
    """The dates of the first and the last row of a run."""
    first, last = run[0][name], run[-1][name]
    return "" if first is None or last is None else days_words(first.date(), last.date())


def _day(row: Row) -> date:
    return row["ready_at"].date()  # type: ignore[no-any-return]
