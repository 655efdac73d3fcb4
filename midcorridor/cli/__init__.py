"""The command line: it parses, calls a verb and shows the answer."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from .. import __version__
from ..errors import MidcorridorError

app = typer.Typer(
    name="midcorridor",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Plan, simulate and improve a whole freight corridor: the Middle Corridor and its rivals.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
EXIT_USER_ERROR = 2


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; also after a command.")
    ] = False,
) -> None:
    if version:
        typer.echo(f"midcorridor {__version__}")
        raise typer.Exit


from . import accounts_command as _accounts  # noqa: E402 - the commands register themselves on the app above
from . import commands as _commands  # noqa: E402
from . import diff_command as _diff  # noqa: E402
from . import failures_command as _failures  # noqa: E402
from . import footprint_command as _footprint  # noqa: E402
from . import many_command as _many  # noqa: E402
from . import mcp_command as _mcp  # noqa: E402
from . import profile_command as _profile  # noqa: E402
from . import serve_command as _serve  # noqa: E402
from . import simulate_command as _simulate  # noqa: E402

__all__ = ["app", "main"]
for _each in (_commands, _footprint, _many, _simulate, _diff, _failures, _profile, _serve, _accounts, _mcp):
    _each.register(app)


def main(argv: list[str] | None = None) -> Any:
    """Run the command line; errors of the user end with exit code 2 and no traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words
    try:
        try:
            return app([word for word in words if word != "--debug"])
        finally:
            sys.stdout.flush()
    except MidcorridorError as error:
        if debug:
            raise
        typer.echo(str(error), err=True)
        sys.exit(EXIT_USER_ERROR)
    except BrokenPipeError:
        # The reader, such as head, has gone; say nothing and leave no second error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as reason:
        if debug:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        typer.echo(f"OutputError: the answer cannot be written ({reason.strerror}).", err=True)
        sys.exit(EXIT_USER_ERROR)
