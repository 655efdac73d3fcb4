"""The commands. Each imports what it needs when it runs, so that help is quick."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .asking import Asked, asks
from .common import (
    COORDINATES,
    Basis,
    BasisOption,
    DataOption,
    OutOption,
    ScenarioOption,
    TextFormat,
    as_json,
    give,
    load_network,
)


class PlanFormat(StrEnum):
    """How a plan is shown."""

    table = "table"
    json = "json"
    csv = "csv"
    geojson = "geojson"
    html = "html"


class ExportFormat(StrEnum):
    """Formats of a network."""

    geojson = "geojson"
    geoparquet = "geoparquet"
    gmns = "gmns"


class Mode(StrEnum):
    """Modes of the base map."""

    rail = "rail"
    road = "road"
    sea = "sea"


def register(app: typer.Typer) -> None:
    """Put every command on the app."""
    from . import check_command  # imports this module

    check_command.register(app)
    app.command("plan", context_settings=COORDINATES)(plan_command)
    app.command("distance", context_settings=COORDINATES)(distance_command)
    app.command("places", context_settings=COORDINATES)(places_command)
    app.command("facts")(facts_command)
    app.command("calibrate")(calibrate_command)
    app.command("validate")(validate_command)
    network = typer.Typer(help="What the network holds, its faults, its export.", rich_markup_mode=None)
    network.callback(invoke_without_command=True)(network_command)
    network.command("check")(network_check_command)
    network.command("export")(network_export_command)
    app.add_typer(network, name="network")
    basemap = typer.Typer(help="The rail, road and sea graphs.", rich_markup_mode=None, no_args_is_help=True)
    basemap.command("info")(basemap_info_command)
    basemap.command("build")(basemap_build_command)
    app.add_typer(basemap, name="basemap")


@asks
def plan_command(
    origin: Annotated[str, typer.Argument(help="City, UN/LOCODE, terminal id or lat,lon.")],
    destination: Annotated[str, typer.Argument(help="The same for the other end.")],
    asked: Asked,
    compare: Annotated[bool, typer.Option("--compare", help="Show every corridor that has a route.")] = False,
    explain: Annotated[
        str | None, typer.Option(help="Letter of a route whose price to tell line by line.")
    ] = None,
    basis: BasisOption = Basis.measured,
    scenario: ScenarioOption = None,
    data: DataOption = None,
    form: Annotated[PlanFormat, typer.Option("--format", "-f", help="How to show it.")] = PlanFormat.table,
    output: OutOption = None,
) -> None:
    """Plan a shipment: the best route of each corridor and others that differ, leg by leg."""
    from ..plan import plan

    network = load_network(data, scenario, basis)
    result = plan(network, origin, destination, compare=compare, **asked.everything)
    if explain is not None:
        from .show_explain import explained

        give(explained(result, explain, as_text=form is not PlanFormat.json), output)
    elif form is PlanFormat.json:
        give(as_json(result.to_dict()), output)
    elif form is PlanFormat.csv:
        give(result.to_csv(), output)
    elif form is PlanFormat.geojson:
        give(as_json(result.to_geojson()), output)
    elif form is PlanFormat.html:
        from ..brief import plan_page

        give(plan_page(result), output)
    else:
        from .show_plan import plan_text

        give(plan_text(result), output)


def distance_command(
    origin: Annotated[str, typer.Argument(metavar="FROM", help="City, terminal id or lat,lon.")],
    destination: Annotated[str, typer.Argument(metavar="TO", help="The same for the other end.")],
    mode: Annotated[Mode, typer.Option(help="Which graph to go by.")] = Mode.rail,
    via: Annotated[list[str] | None, typer.Option(help="Place to pass; repeatable, in order.")] = None,
    avoid: Annotated[list[str] | None, typer.Option(help="Sea passage to close, such as suez.")] = None,
    form: Annotated[TextFormat, typer.Option("--format", "-f", help="How to show it.")] = TextFormat.table,
    output: OutOption = None,
) -> None:
    """Distance along rail, road or sea lanes between two places."""
    from ..distance import distance

    result = distance(origin, destination, mode.value, via=via or (), avoid=avoid or ())
    if form is TextFormat.json:
        give(as_json(result.to_dict()), output)
    else:
        from .show_plan import distance_text

        give(distance_text(result.to_dict()), output)


def places_command(
    text: Annotated[str, typer.Argument(help="Name, code, terminal id or lat,lon in any script.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most so many.")] = 10,
    form: Annotated[TextFormat, typer.Option("--format", "-f", help="How to show it.")] = TextFormat.table,
) -> None:
    """Look up a place; the first is what a plan would take."""
    from dataclasses import asdict

    from ..network import Network
    from ..places import resolve, search

    terminals = Network.load().terminals
    taken = resolve(text, terminals=terminals)
    others = [place for place in search(text, limit=limit, terminals=terminals) if place != taken]
    found = [taken, *others][:limit]
    if form is TextFormat.json:
        give(as_json([asdict(place) for place in found]), None)
    else:
        from .show import places_text

        give(places_text(found), None)


def facts_command(
    table: Annotated[str | None, typer.Argument(help="A table; without one they are listed.")] = None,
    key: Annotated[str | None, typer.Argument(help="A row; without one they are listed.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Show what the columns mean.")] = False,
    data: DataOption = None,
    form: Annotated[TextFormat, typer.Option("--format", "-f", help="How to show it.")] = TextFormat.table,
) -> None:
    """Any figure with its source, year and confidence."""
    from .. import facts
    from . import show

    if schema and table is not None:
        declared = facts.declared(table)
        give(as_json(declared) if form is TextFormat.json else show.schema_text(table, declared), None)
        return
    tables = load_network(data).tables
    if table is None:
        listed = facts.tables_listed(tables)
        give(as_json(listed) if form is TextFormat.json else show.tables_text(listed), None)
    elif key is None:
        rows = facts.rows_of(tables, table)
        give(as_json(rows) if form is TextFormat.json else show.rows_text(table, rows), None)
    else:
        row = facts.row_of(tables, table, key)
        give(as_json(row) if form is TextFormat.json else show.row_text(row), None)


def network_command(
    context: typer.Context,
    data: DataOption = None,
    day: Annotated[
        str | None, typer.Option("--on", help="Day, such as 2026-12-01; default tomorrow.")
    ] = None,
    form: Annotated[TextFormat, typer.Option("--format", "-f", help="How to show it.")] = TextFormat.table,
) -> None:
    """How many terminals, links and services are open on a day."""
    if context.invoked_subcommand is not None:
        return
    from ..network.check import summary
    from ..shipment import parse_day
    from .show import summary_text

    counted = summary(load_network(data), parse_day(day, "--on").date())
    give(as_json(counted) if form is TextFormat.json else summary_text(counted), None)


def network_check_command(
    data: DataOption = None,
    scenario: ScenarioOption = None,
    day: Annotated[
        str | None, typer.Option("--on", help="Day, such as 2026-12-01; default tomorrow.")
    ] = None,
    form: Annotated[TextFormat, typer.Option("--format", "-f", help="How to show it.")] = TextFormat.table,
) -> None:
    """Report what would make plans silently wrong; exit code 1 when there is an error."""
    from dataclasses import asdict

    from ..network.check import check
    from ..shipment import parse_day
    from .show import findings_text

    findings = check(load_network(data, scenario), parse_day(day, "--on").date())
    if form is TextFormat.json:
        give(as_json([asdict(finding) for finding in findings]), None)
    else:
        give(findings_text(findings), None)
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)


def network_export_command(
    output: Annotated[Path, typer.Option("--output", "-o", help="File, or folder for gmns.")],
    form: Annotated[ExportFormat, typer.Option("--format", "-f", help="How.")] = ExportFormat.geojson,
    data: DataOption = None,
    scenario: ScenarioOption = None,
    day: Annotated[
        str | None, typer.Option("--on", help="Day, such as 2026-12-01; default tomorrow.")
    ] = None,
) -> None:
    """Write the network for other programs."""
    from ..geo import export_network
    from ..shipment import parse_day

    written = export_network(load_network(data, scenario), parse_day(day, "--on").date(), form.value, output)
    for path in written:
        typer.echo(f"wrote {path}", err=True)


def calibrate_command(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Table to write, such as calibration.csv.")
    ] = None,
    data: DataOption = None,
    form: Annotated[TextFormat, typer.Option("--format", "-f", help="How to show it.")] = TextFormat.table,
) -> None:
    """Fit factors of hours to published times, and say how well they do on rows they were not fitted to."""
    from datetime import UTC, datetime

    from ..calibrate import calibrate
    from .show_calibration import calibration_csv, calibration_text

    found = calibrate(load_network(data))
    if output is not None:
        give(calibration_csv(found, datetime.now(UTC).date()), output)
    give(as_json(found.to_dict()) if form is TextFormat.json else calibration_text(found), None)


def validate_command(
    output: Annotated[Path, typer.Option("--output", "-o", help="Page to write.")] = Path(
        "docs/validation.md"
    ),
    check: Annotated[bool, typer.Option("--check", help="Only say whether the page is current.")] = False,
) -> None:
    """Compare with published observations and write the validation page."""
    from ..validate.page import validation_page

    page = validation_page()
    if check:
        if not output.is_file() or output.read_text(encoding="utf-8") != page:
            typer.echo(f"{output} is stale: run midcorridor validate", err=True)
            raise typer.Exit(1)
        typer.echo(f"{output} is current", err=True)
        return
    give(page, output)


def basemap_info_command(
    form: Annotated[TextFormat, typer.Option("--format", "-f", help="How to show it.")] = TextFormat.table,
) -> None:
    """What the base map was built from."""
    from ..basemap.info import info
    from .show import mapping_text

    found = info()
    give(as_json(found) if form is TextFormat.json else mapping_text(found), None)


def basemap_build_command(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder; default the package's.")
    ] = None,
    countries: Annotated[
        Path | None,
        typer.Option(help="countries-50m.json of the npm package world-atlas; default the outlines at hand."),
    ] = None,
) -> None:
    """Build the base map again from the open packages (install the extra named basemap first)."""
    from ..basemap.build import build
    from ..dirs import shipped_data_dir
    from .show import mapping_text, progress_line

    report = build(output or shipped_data_dir() / "basemap", countries=countries, progress=progress_line)
    give(mapping_text(report), None)
