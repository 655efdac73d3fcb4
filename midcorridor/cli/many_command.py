"""The command plan-many: a file of shipments in, a file of routes out."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .asking import Asked, asks_of_many
from .common import Basis, BasisOption, DataOption, ScenarioOption, load_network

if TYPE_CHECKING:
    from ..jobs import Summary

EXIT_INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("plan-many")(plan_many_command)


@asks_of_many
def plan_many_command(
    shipments: Annotated[
        Path, typer.Argument(help="CSV or Parquet; its columns: midcorridor facts shipments --schema.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File for the routes: .parquet, .csv or .jsonl.")
    ],
    asked: Asked,
    routes: Annotated[
        str,
        typer.Option(
            help="best: the one ranked first; corridors: the best of each; all: as plan shows them."
        ),
    ] = "best",
    compare: Annotated[bool, typer.Option("--compare", help="Every corridor that has a route.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes of this machine; default one a core.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help="Run on a Dask cluster instead: tcp://HOST:PORT of its scheduler.")
    ] = None,
    basis: BasisOption = Basis.measured,
    scenario: ScenarioOption = None,
    data: DataOption = None,
) -> None:
    """Plan a file of shipments; what cannot be planned becomes a row with its error."""
    from ..jobs import plan_many
    from .show import progress_line

    # A request to end (SIGTERM) is taken like Ctrl-C, so that workers stop and nothing half is left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    many = plan_many(
        load_network(data, scenario, basis),
        shipments,
        routes=routes,
        workers=workers,
        cluster=cluster,
        progress=True if sys.stderr.isatty() else progress_line,
        compare=compare,
        **asked.options,
    )
    try:
        summary = many.write(output)
    except KeyboardInterrupt:
        typer.echo(f"stopped after {many.summary.shipments:,} shipments; nothing was written", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    typer.echo(summary_text(summary), err=True)
    typer.echo(f"wrote {output}", err=True)


def summary_text(summary: Summary) -> str:
    """How many shipments ended how, the errors by code, and the first rows that failed."""
    lines = [f"{summary.shipments:,} shipments: {summary}; {summary.routes:,} routes"]
    lines += [f"  {code}: {count:,}" for code, count in summary.errors.most_common()]
    lines += [_failed(row) for row in summary.failed]
    more = summary.errors.total() - len(summary.failed)
    if more:
        lines.append(f"  and {more:,} more rows with an error: outcome is error in the file")
    return "\n".join(lines)


def _failed(row: dict[str, Any]) -> str:
    named = f" ({row['shipment_id']})" if row["shipment_id"] else ""
    return f"  row {row['row']}{named}: {row['error_message']}"
