"""The reference pages, made from the declarations: commands from the app, columns from the schemas,
the API from its routes.

`python -m midcorridor.cli.reference docs` writes them; a test fails when they are stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..files import write_text
from ..schemas import form_names, schema, table_names


def commands_page() -> str:
    """Every command with its arguments and options."""
    from typer.main import get_command

    from . import app

    lines = ["# Commands", "", "Made by `make docs` from the program itself.", ""]
    for path, command in _walk(get_command(app), "midcorridor"):
        lines += [f"## `{path}`", "", (command.help or "").strip(), ""]
        rows = [row for parameter in command.params if (row := _parameter(parameter))]
        if rows:
            lines += ["| | default | |", "| --- | --- | --- |", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from _walk(child, f"{path} {name}")


def _parameter(parameter: Any) -> str:
    if parameter.name == "help":
        return ""
    named = ", ".join(f"`{name}`" for name in parameter.opts)
    if parameter.param_type_name == "argument":
        named = f"`{(parameter.metavar or parameter.name or '').upper()}`"
    default = parameter.default
    if parameter.required:
        shown = "required"
    elif default is None or callable(default) or default in (False, ()):
        shown = ""
    else:
        shown = f"`{getattr(default, 'value', default)}`"
    return f"| {named} | {shown} | {_cell(getattr(parameter, 'help', None) or '')} |"


def tables_page() -> str:
    """Every table, input form and result with its columns."""
    lines = ["# Tables", "", "Made by `make docs` from `midcorridor/schema/`.", ""]
    for heading, names in (("Tables of the network", table_names()), ("Forms and results", form_names())):
        lines += [f"## {heading}", ""]
        for name in names:
            lines += [f"### {name}", "", "| column | type | unit | required | accepted | meaning |"]
            lines += ["| --- | --- | --- | --- | --- | --- |"]
            for column in schema(name).columns:
                required = "yes" if column.required else ""
                lines.append(
                    f"| `{column.name}` | {column.dtype} | {_cell(column.unit)} | {required} "
                    f"| {_cell(column.allowed)} | {_cell(column.meaning)} |"
                )
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def contract() -> str:
    """The contract of the API, OpenAPI 3.1."""
    import tempfile

    from ..api import Settings
    from ..api.app import create_app
    from ..api.openapi import as_text

    with tempfile.TemporaryDirectory() as folder:
        return as_text(create_app(Settings(state=Path(folder))))


PAGES = {"commands.md": commands_page, "tables.md": tables_page, "openapi.json": contract}


def main(folder: Path) -> None:
    """Write the pages."""
    for name, page in PAGES.items():
        write_text(folder / name, page())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
