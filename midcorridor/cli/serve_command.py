"""The command serve: the API, its documentation and the web app on one port."""

from __future__ import annotations

from typing import Annotated

import typer

from .accounts_command import DatabaseOption, StateOption
from .common import DataOption


def register(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("serve")(serve_command)


def serve_command(
    host: Annotated[
        str, typer.Option(help="Address to listen on; by default only this machine can reach it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that answer; default one a core.")
    ] = None,
    auth: Annotated[
        bool, typer.Option("--auth", help="Only for accounts with a token; see: accounts.")
    ] = False,
    to_all: Annotated[
        bool, typer.Option("--open", help="Without --auth also on an address that others can reach.")
    ] = False,
    rate: Annotated[
        float | None,
        typer.Option(min=0, help="Requests a second of one caller, 0 for any; default 20, any if local."),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=0, help="Jobs that run at once; 0 leaves them to other servers.")
    ] = 1,
    job_minutes: Annotated[float, typer.Option(min=0.1, help="How long a job may run.")] = 60.0,
    quiet: Annotated[bool, typer.Option("--quiet", help="No line of log for each request.")] = False,
    database: DatabaseOption = None,
    state: StateOption = None,
    data: DataOption = None,
) -> None:
    """Serve the API under /v1, its documentation under /docs and the web app at /."""
    from ..api import Limits, Settings
    from ..api.running import run

    run(
        Settings(
            host=host,
            port=port,
            workers=workers,
            data=tuple(data or ()),
            state=state,
            database=database,
            auth=auth,
            rate_per_s=rate,
            quiet=quiet,
            limits=Limits(jobs_running=jobs, job_s=job_minutes * 60),
        ),
        to_all=to_all,
    )
