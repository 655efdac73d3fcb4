"""The command serve: the API, its documentation and the web app on one port."""

from __future__ import annotations

from typing import Annotated

import typer

from .common import DataOption


def register(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("serve")(serve_command)


def serve_command(
    host: Annotated[
        str, typer.Option(help="Address to listen on; by default only this machine.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that answer; default one a core.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Serve the API under /v1, its documentation under /docs and the web app at /."""
    from ..api import Settings
    from ..api.running import run

    run(Settings(host=host, port=port, workers=workers, data=tuple(data or ())))
