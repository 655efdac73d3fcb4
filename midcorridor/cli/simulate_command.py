"""The command simulate: a year of the corridor, several times over."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from .common import DataOption, ScenarioOption, TextFormat, as_json, give, load_network

EXIT_FLAWED, EXIT_INTERRUPTED = 1, 130


def register(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("simulate")(simulate_command)


def simulate_command(
    year: Annotated[int, typer.Option(help="Year to run, one with demand in the table volumes.")] = 2025,
    replications: Annotated[
        int,
        typer.Option(help="How often, each with a chance of its own; 30 take minutes, without --levers one."),
    ] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same tables.")] = 0,
    demand_factor: Annotated[float, typer.Option(help="What all demand is multiplied by, such as 2.")] = 1.0,
    warm_up_days: Annotated[
        int, typer.Option(help="Days before the year that are run and not counted.")
    ] = 60,
    within_days: Annotated[
        float | None, typer.Option(help="Tell the share of boxes that took no longer, such as 20.")
    ] = None,
    levers: Annotated[
        int,
        typer.Option(help="Places of each kind (crane, berth, ship) at which to try one more; 0 for none."),
    ] = 1,
    event_names_asked: Annotated[
        list[str] | None,
        typer.Option(
            "--event",
            help="What a disruption would do, such as caspian-storm-week; may stand several times.",
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            help="Decide by a function of your own, file.py:function, or a scenario of decisions, file.toml: "
            "the year runs so and is held against the same year without. The file is run: name only yours.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Threads, as many as processors unless told; any number gives the same."),
    ] = None,
    scenario: ScenarioOption = None,
    data: DataOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="New folder for all tables: Parquet, CSV, GeoJSON, event log."),
    ] = None,
    visits: Annotated[
        bool, typer.Option("--visits", help="Also every visit of every box and vehicle, into the folder.")
    ] = False,
    log_days: Annotated[
        int, typer.Option(help="The event log holds the boxes that set out in so many first days.")
    ] = 30,
    html: Annotated[Path | None, typer.Option(help="Page with plots to write, complete in itself.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Long lists in full; JSON and the folder are.")
    ] = False,
    form: Annotated[TextFormat, typer.Option("--format", "-f", help="How to show it.")] = TextFormat.table,
) -> None:
    """A year of the trans-Caspian route, event by event: volumes, times, queues; exit code 1 when it jams."""
    from ..errors import Fault, InputError
    from ..files import whole_folder
    from ..jobs.progress import reporting
    from ..scenario import read_scenario
    from ..simulate import (
        event,
        further,
        gains,
        lab,
        read_policy,
        simulate,
        try_policies,
        visits_writer,
        write_answer,
    )
    from .show import progress_line

    faults = []
    if visits and output is None:
        what = "there is no folder to write visits to"
        faults.append(Fault("no_folder", what, "--visits", accepted="--visits together with --output FOLDER"))
    if log_days < 1:
        what = f"{log_days} cannot be used"
        faults.append(Fault("out_of_range", what, "--log-days", str(log_days), "whole days from 1"))
    if levers < 0:
        what = f"{levers} cannot be used"
        faults.append(Fault("out_of_range", what, "--levers", str(levers), "whole numbers from 0"))
    if faults:
        raise InputError(faults)
    threads = workers if workers is not None else os.cpu_count() or 1
    # A request to end (SIGTERM) is taken like Ctrl-C, so that nothing half is left.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    network = load_network(data, scenario)
    before, decided = network, None if policy is None or policy.endswith(".toml") else read_policy(policy)
    rows = read_scenario(Path(policy)) if policy is not None and decided is None else None
    network = rows.apply(network) if rows is not None else network
    asked: dict[str, Any] = {"year": year, "replications": replications, "seed": seed, "workers": threads}
    asked |= {"demand_factor": demand_factor, "warm_up_d": warm_up_days}
    events = [event(name, year) for name in event_names_asked or ()]
    terminal = True if sys.stderr.isatty() else progress_line
    found, disrupted, tried = None, None, None
    try:
        with whole_folder(output) if output else nullcontext() as folder:
            with reporting(terminal) as report:
                answer = simulate(
                    network,
                    **asked,
                    policy=decided,
                    within_d=within_days,
                    measured=True,
                    collect=visits_writer(folder, warm_up_days) if folder and visits else None,
                    progress=report,
                )
            if levers and answer.well:  # of a year that jams no mean tells what more would save
                with reporting(terminal) as report:
                    found = gains(network, **asked, policy=decided, most_of_kind=levers, progress=report)
            if events:
                with reporting(terminal) as report:
                    disrupted = lab(network, events, **asked, policy=decided, progress=report)
            if decided is not None or rows is not None:
                with reporting(terminal) as report:
                    tried = try_policies(
                        before, [each for each in (decided, rows) if each], **asked, progress=report
                    )
            if folder:
                write_answer(answer, folder, log_days=log_days, gains=found, disrupted=disrupted, tried=tried)
    except KeyboardInterrupt:
        typer.echo("stopped; nothing was written", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    if output:
        typer.echo(f"wrote {output}", err=True)
    if html is not None:
        from ..brief import simulation_page

        give(simulation_page(answer), html)
    if form is TextFormat.json:
        give(as_json(answer.to_dict() | further(found, disrupted, tried)), None)
    else:
        from .show_simulate import bottlenecks_text, events_text, policies_text, simulation_text

        give(simulation_text(answer, every=every), None)
        if found is not None:
            give(bottlenecks_text(found, every=every), None)
        if disrupted is not None:
            give(events_text(disrupted), None)
        if tried is not None:
            give(policies_text(tried), None)
    if not answer.well:
        raise typer.Exit(EXIT_FLAWED)
