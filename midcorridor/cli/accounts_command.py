"""The commands accounts: who may use a server that runs with --auth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .common import TextFormat, as_json, give

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        help="Address of the database, such as postgresql://user@host/name; default SQLite in --state."
    ),
]
StateOption = Annotated[
    Path | None, typer.Option(help="Folder of the server's database and results; default that of the user.")
]
Name = Annotated[str, typer.Argument(help="Name of the account.")]


def register(app: typer.Typer) -> None:
    """Put the commands on the app."""
    accounts = typer.Typer(
        help="Accounts of a server that runs with --auth.", rich_markup_mode=None, no_args_is_help=True
    )
    accounts.command("add")(add_command)
    accounts.command("token")(token_command)
    accounts.command("list")(list_command)
    accounts.command("revoke")(revoke_command)
    accounts.command("disable")(disable_command)
    app.add_typer(accounts, name="accounts")


def _accounts(database: str | None, state: Path | None) -> Any:
    from ..api import Settings
    from ..api.store import Accounts, open_engine

    return Accounts(open_engine(Settings(database=database, state=state).database_url()))


def add_command(
    name: Name,
    role: Annotated[str, typer.Option(help="viewer, planner or admin.")] = "planner",
    database: DatabaseOption = None,
    state: StateOption = None,
) -> None:
    """Add an account; it needs a token to be used."""
    held = _accounts(database, state)
    held.add(name, role)
    held.note("command line", "local", "accounts add", f"{name} {role}", 201)
    typer.echo(f"added {name} as {role}; give it a token with: midcorridor accounts token {name}", err=True)


def token_command(
    name: Name,
    days: Annotated[float, typer.Option(help="How long it is good.")] = 90.0,
    database: DatabaseOption = None,
    state: StateOption = None,
) -> None:
    """Make a token; it is printed once and cannot be read again."""
    held = _accounts(database, state)
    token, expires_at = held.token(name, days)
    held.note("command line", "local", "accounts token", name, 201)
    typer.echo(f"a token of {name}, good until {expires_at[:10]}; it is not shown again:", err=True)
    typer.echo(token)


def list_command(
    database: DatabaseOption = None,
    state: StateOption = None,
    form: Annotated[TextFormat, typer.Option("--format", "-f", help="How to show it.")] = TextFormat.table,
) -> None:
    """List accounts with their tokens, which are known by their ids."""
    found = _accounts(database, state).listed()
    if form is TextFormat.json:
        give(as_json(found), None)
        return
    from .show import grid

    rows = []
    for account in found:
        ended = "disabled" if account["disabled_at"] else ""
        for token in account["tokens"] or [None]:
            told = ("", "", ended or "no token")
            if token is not None:
                state_of = "revoked" if token["revoked_at"] else ended or "good"
                told = (token["token_id"], token["expires_at"][:10], state_of)
            rows.append([account["name"], account["role"], *told])
    columns = ["account", "role", "token id", "until", "state"]
    give(grid(columns, rows) if rows else "no accounts\n", None)


def revoke_command(
    token_id: Annotated[str, typer.Argument(help="Id of the token, from: accounts list.")],
    database: DatabaseOption = None,
    state: StateOption = None,
) -> None:
    """End a token; a running server takes it no more within seconds."""
    held = _accounts(database, state)
    held.revoke(token_id)
    held.note("command line", "local", "accounts revoke", token_id, 200)
    typer.echo(f"revoked {token_id}", err=True)


def disable_command(name: Name, database: DatabaseOption = None, state: StateOption = None) -> None:
    """End an account with all its tokens; what it owns stays."""
    held = _accounts(database, state)
    held.disable(name)
    held.note("command line", "local", "accounts disable", name, 200)
    typer.echo(f"disabled {name}", err=True)
