"""The command footprint: greenhouse gases of a shipment, element by element."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from .asking import Asked, asks
from .common import COORDINATES, DataOption, OutOption, ScenarioOption, as_json, give, load_network


class FootprintFormat(StrEnum):
    """How a footprint is shown."""

    table = "table"
    json = "json"
    ileap = "ileap"
    csv = "csv"
    html = "html"


def register(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("footprint", context_settings=COORDINATES)(footprint_command)


@asks
def footprint_command(
    origin: Annotated[str, typer.Argument(help="City, UN/LOCODE, terminal id or lat,lon.")],
    destination: Annotated[str, typer.Argument(help="The same for the other end.")],
    asked: Asked,
    compare: Annotated[
        bool, typer.Option("--compare", help="All corridors and air, with the break-even value of an hour.")
    ] = False,
    route: Annotated[
        str | None, typer.Option(help="Letter of the route, as in a plan; default the first.")
    ] = None,
    grid: Annotated[
        str | None,
        typer.Option(
            help="Electricity: a year such as 2024 or 2030, zero, or a CSV file of the columns of grid; "
            "default the year of the shipment."
        ),
    ] = None,
    allocate: Annotated[
        str | None,
        typer.Option(help="Share vehicles by mass or teu; default as each factor is published."),
    ] = None,
    load_factor: Annotated[
        float, typer.Option(help="Slots of a train's loaded wagons that are taken, at most 1.")
    ] = 1.0,
    fuel: Annotated[
        str | None, typer.Option(help="In place of diesel on rail and road; see: facts fuels.")
    ] = None,
    marine_fuel: Annotated[str | None, typer.Option(help="In place of fuel oil at sea.")] = None,
    gradient: Annotated[
        str | None,
        typer.Option(help="Lines by rail: flat, hilly or mountain; default as each train's factor says."),
    ] = None,
    ship_speed: Annotated[
        float, typer.Option(help="Speed of ships by the usual one, such as 0.9; fuel follows its square.")
    ] = 1.0,
    ship_load: Annotated[
        float | None, typer.Option(help="Share of ships' room that is taken; default as factors count.")
    ] = None,
    air_usd_per_kg: Annotated[float | None, typer.Option(help="An offer by air, to compare with.")] = None,
    air_days: Annotated[float | None, typer.Option(help="Days door to door of that offer.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the uncertainty range.")] = 0,
    scenario: ScenarioOption = None,
    data: DataOption = None,
    form: Annotated[
        FootprintFormat,
        typer.Option("--format", "-f", help="How to show it; html is a statement to hand on."),
    ] = FootprintFormat.table,
    output: OutOption = None,
) -> None:
    """Greenhouse gases of a shipment by ISO 14083: each leg and terminal, with range and sources."""
    from ..footprint import footprint
    from ..plan import plan

    network = load_network(data, scenario)
    planned = plan(network, origin, destination, compare=compare, **asked.everything)
    result = footprint(
        planned,
        network,
        route_id=route,
        compare=compare,
        grid=grid,
        allocate=allocate,
        load_factor=load_factor,
        fuel=fuel,
        marine_fuel=marine_fuel,
        gradient=gradient,
        ship_speed=ship_speed,
        ship_load=ship_load,
        air_usd_per_kg=air_usd_per_kg,
        air_days=air_days,
        seed=seed,
    )
    if form is FootprintFormat.json:
        give(as_json(result.to_dict()), output)
    elif form is FootprintFormat.csv:
        give(result.to_csv(), output)
    elif form is FootprintFormat.ileap:
        shown = [str(each["route_id"]) for each in result.routes]
        exported = {letter: result.to_ileap(letter) for letter in shown}
        give(as_json(exported[shown[0]] if len(shown) == 1 else exported), output)
    elif form is FootprintFormat.html:
        from ..brief import footprint_page

        give(footprint_page(result), output)
    else:
        from .show_footprint import footprint_text

        give(footprint_text(result), output)
