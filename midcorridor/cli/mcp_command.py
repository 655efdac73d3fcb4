"""The command mcp: the verbs as tools of a language-model client on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from .common import DataOption


def register(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("mcp")(mcp_command)


def mcp_command(
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 1,
    data: DataOption = None,
) -> None:
    """Offer plan, compare, footprint, facts and places to a client of the Model Context Protocol (stdio)."""
    from ..api.running import run_tools

    run_tools(workers, tuple(data or ()))
