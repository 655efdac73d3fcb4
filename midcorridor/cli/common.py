"""What the commands share: options, the network asked for, and where an answer goes."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..network import Network

DataOption = Annotated[
    list[Path] | None,
    typer.Option("--data", help="Folder of your own tables, laid over the shipped ones; repeatable."),
]
ScenarioOption = Annotated[Path | None, typer.Option("--scenario", help="Scenario file (TOML).")]
OutOption = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")]
# A coordinate such as -20.2,57.5 is no option.
COORDINATES = {"ignore_unknown_options": True}


class Basis(StrEnum):
    """Whose hours count."""

    measured = "measured"
    claimed = "claimed"


BasisOption = Annotated[
    Basis,
    typer.Option(help="Hours as fitted to what was measured, or as the tables claim them."),
]


class TextFormat(StrEnum):
    """How a lookup is shown."""

    table = "table"
    json = "json"


def load_network(
    data: list[Path] | None, scenario: Path | None = None, basis: Basis = Basis.measured
) -> Network:
    """The network with a user's tables laid over it and a scenario applied."""
    from ..network import Network

    network = Network.load(overlays=data or ())
    if basis is Basis.claimed:
        network = network.as_claimed()
        typer.echo("hours as the tables claim them, not as measured", err=True)
    if scenario is not None:
        from ..scenario import read_scenario

        network = read_scenario(scenario).apply(network)
    return network


def give(text: str, output: Path | None) -> None:
    """Print an answer, or write it to a file."""
    if output is None:
        typer.echo(text, nl=not text.endswith("\n"))
    else:
        from ..files import write_text

        write_text(output, text if text.endswith("\n") else text + "\n")
        typer.echo(f"wrote {output}", err=True)


def as_json(content: Any) -> str:
    """Content as JSON to read."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
