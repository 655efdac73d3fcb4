"""The verbs as a worker answers them: the fields of a request in, the text of an answer out.

Each calls the function that its command calls, and its JSON is what the command prints with
`--format json`. The names of parameters are those of the command.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..cli.asking import SHARED, Asked
from ..errors import Fault, InputError
from .desk import Content, Desk

Given = Mapping[str, Any]
Report = Callable[[int, int, str], None]  # done, total, text
MEDIA_TYPES = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ileap": "application/json",
    "brief": "application/json",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An answer in each form that it has: text, or what becomes JSON. It is made when asked for."""

    forms: Mapping[str, Callable[[], Any]]

    def text(self, form: str) -> str:
        """The answer in one form."""
        made = self.forms[form]()
        return made if isinstance(made, str) else as_json(made)


def as_json(content: Any) -> str:
    """JSON in one line."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _asked(given: Given) -> tuple[Asked, dict[str, Any]]:
    """The shared options of a question, and the verb's own."""
    own = {name: value for name, value in given.items() if name not in SHARED}
    return Asked({name: given[name] for name in SHARED}), own


def plan(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """The best routes of a shipment."""
    from ..brief import plan_page

    result = _planned(desk, given, scenario)
    return Told(
        {
            "json": result.to_dict,
            "geojson": result.to_geojson,
            "csv": result.to_csv,
            "html": lambda: plan_page(result),
            "brief": lambda: shorter(result.to_dict()),
        }
    )


# What a reader of text has no use for, or would drown in.
_LONG = frozenset(
    ("points", "path", "link_ids", "lines", "loads", "arrival_h", "frontier", "checks", "figures", "factors",
     "rows", "rests_on", "published_rates", "free_time", "carriers", "schedule", "said")
)  # fmt: skip


# The sources that most figures rest on come first; the API tells all.
_MOST_SOURCES = 12


def shorter(answer: Any) -> Any:
    """An answer without its long parts and without what is not known, numbers to four figures."""
    if isinstance(answer, dict):
        told = {name: shorter(value) for name, value in answer.items() if name not in _LONG}
        if isinstance(told.get("sources"), list):
            told["sources"] = told["sources"][:_MOST_SOURCES]
        return {name: value for name, value in told.items() if value not in (None, "", [], {})}
    if isinstance(answer, list):
        return [shorter(value) for value in answer]
    return float(f"{answer:.4g}") if isinstance(answer, float) else answer


def compare(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """A plan that shows every corridor that has a route."""
    return plan(desk, {**given, "compare": True}, scenario)


def explain(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """The price of a route line by line, each with its figure and source."""
    from ..cli.show_explain import explained

    question = {name: value for name, value in given.items() if name != "route"}
    result = _planned(desk, question, scenario)
    return Told({"json": lambda: json.loads(explained(result, given["route"], as_text=False))})


def _planned(desk: Desk, given: Given, scenario: Content | None) -> Any:
    from ..plan import plan as plan_verb

    asked, own = _asked(given)
    network = desk.under(scenario, own["basis"])
    return plan_verb(network, own["origin"], own["destination"], compare=own["compare"], **asked.everything)


def footprint(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """Greenhouse gases of a shipment by ISO 14083."""
    from ..brief import footprint_page
    from ..footprint import footprint as footprint_verb
    from ..plan import plan as plan_verb

    asked, own = _asked(given)
    network = desk.under(scenario)
    ends = own.pop("origin"), own.pop("destination")
    planned = plan_verb(network, *ends, compare=own["compare"], **asked.everything)
    result = footprint_verb(planned, network, route_id=own.pop("route"), **own)

    def ileap() -> Any:
        letters = [str(route["route_id"]) for route in result.routes]
        exported = {letter: result.to_ileap(letter) for letter in letters}
        return exported[letters[0]] if len(letters) == 1 else exported

    return Told(
        {
            "json": result.to_dict,
            "csv": result.to_csv,
            "ileap": ileap,
            "html": lambda: footprint_page(result),
            "brief": lambda: shorter(result.to_dict()),
        }
    )


def check(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """What may go where, leg by leg."""
    from ..checking import check as check_verb

    result = check_verb(
        desk.under(scenario),
        given["origin"],
        given["destination"],
        containers=given["containers"],
        commodity=given["commodity"],
        hs_code=given["hs"],
        un_number=given["un"],
        tonnes_per_box=given["tonnes_per_box"],
        at=given["depart"],
        through=[word for words in given["through"] or () for word in words.split(",")],
        from_country=given["from_country"] and given["from_country"].upper(),
        to_country=given["to_country"] and given["to_country"].upper(),
        trucks=given["trucks"],
    )
    return Told({"json": result.to_dict})


def diff(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """What a scenario changes: for a shipment, or without one in the tables."""
    from ..cli.diff_command import cells_csv, told_cell
    from ..difference import plan_difference, scenario_cells
    from .desk import scenario_of

    if scenario is None:
        what = "a difference needs a scenario"
        raise InputError(Fault("missing_scenario", what, "scenario", accepted="scenario or scenario_id"))
    made, network = scenario_of(scenario), desk.network
    asked, own = _asked(given)
    ends = own["origin"], own["destination"]
    if ends == (None, None):
        cells = scenario_cells(network, made)
        return Told(
            {
                "json": lambda: {"scenario": made.name, "cells": [told_cell(cell) for cell in cells]},
                "csv": lambda: cells_csv(cells),
            }
        )
    for end in ("origin", "destination"):
        if own[end] is None:
            what = "one end alone is no shipment"
            raise InputError(Fault("missing_end", what, end, accepted="both ends, or none of them"))
    found = plan_difference(network, made, *ends, **asked.everything)
    return Told({"json": found.to_dict, "csv": found.to_csv})


def failures(desk: Desk, given: Given, scenario: Content | None, progress: Report | None = None) -> Told:
    """What the shipment loses when a terminal or a link is closed, each in turn."""
    from ..failures import failures as failures_verb

    network = desk.under(scenario)
    asked, own = _asked(given)
    shipment = asked.shipment(network, own["origin"], own["destination"])
    found = failures_verb(network, shipment, every=own["every"], progress=progress, **asked.options)
    return Told({"json": found.to_dict, "csv": found.to_csv})


def profile(desk: Desk, given: Given, scenario: Content | None, progress: Report | None = None) -> Told:
    """A shipment planned for every day of some: when to leave."""
    from ..profile import profile as profile_verb

    network = desk.under(scenario)
    asked, own = _asked(given)
    shipment = asked.shipment(network, own["origin"], own["destination"])
    found = profile_verb(network, shipment, days=own["days"], progress=progress, **asked.options)
    return Told({"json": found.to_dict, "csv": found.to_csv})


def simulate(desk: Desk, given: Given, scenario: Content | None, progress: Report | None = None) -> Told:
    """A year of the trans-Caspian route, several times over, and where everything was in one of them."""
    from ..simulate import shown
    from ..simulate import simulate as simulate_verb
    from .trying import Stages, trying

    network = desk.under(scenario)
    stages = Stages(given, progress)
    answer = simulate_verb(
        network,
        year=given["year"],
        replications=given["replications"],
        seed=given["seed"],
        demand_factor=given["demand_factor"],
        warm_up_d=given["warm_up_days"],
        within_d=given["within_days"],
        measured=True,
        replay=given["replay"],
        progress=stages.of_year,
    )
    more = trying(network, given, answer, stages)
    return Told({"json": lambda: answer.to_dict() | shown(answer) | more})


def events(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """The named events that a year can be simulated with, on the days of that year."""
    from ..simulate import Names, event_list

    listed = event_list(Names(desk.network), given["year"])
    return Told({"json": lambda: {"items": listed}})


def distance(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """How far it is by rail, road or sea lane."""
    from ..distance import distance as distance_verb

    result = distance_verb(
        given["origin"], given["destination"], given["mode"],
        via=given["via"] or (), avoid=given["avoid"] or (),
    )  # fmt: skip
    return Told({"json": result.to_dict})


def places(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """Places for a text as it is typed, the best first, each with what to type to get exactly it."""
    from ..places import search, spelling

    terminals = desk.network.terminals
    found = search(given["text"], limit=given["limit"], terminals=terminals)
    listed = [{**asdict(place), "spelling": spelling(place, terminals=terminals)} for place in found]
    return Told({"json": lambda: {"items": listed}})


def place(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """The one place that a text names, as a plan would take it."""
    from ..places import resolve, spelling

    terminals = desk.network.terminals
    found = resolve(given["text"], terminals=terminals)
    return Told({"json": lambda: {**asdict(found), "spelling": spelling(found, terminals=terminals)}})


def network_summary(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """What is open on a day, counted."""
    from ..network.check import summary
    from ..shipment import parse_day

    day = parse_day(given["day"], "on").date()
    return Told({"json": lambda: summary(desk.under(scenario), day)})


def network_check(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """What would make plans silently wrong."""
    from ..network.check import check as check_network
    from ..shipment import parse_day

    day = parse_day(given["day"], "on").date()
    findings = check_network(desk.under(scenario), day)
    return Told({"json": lambda: [asdict(finding) for finding in findings]})


def scenario_check(desk: Desk, given: Given, scenario: Content | None) -> Told:
    """Whether a scenario can be applied; raises ScenarioError with every fault that it has."""
    desk.under(scenario)
    return Told({"json": lambda: {"ok": True}})
