"""An answer as one page that needs nothing else: no network, no fonts, no tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from . import bars, cards, rules, tail, timeline, words
from .arrivals import arrivals_figure
from .courses import Atlas, ShippedAtlas
from .markup import Html, el, esc, join
from .numbers import NBSP, last_day, mass, significant, usd, when
from .tokens import token_css
from .tradeoff import tradeoff_figure
from .worldmap import map_figure

if TYPE_CHECKING:
    from ..plan import PlanResult


def plan_page(result: PlanResult, *, atlas: Atlas | None = None) -> str:
    """A whole HTML page for a plan, complete in itself and without scripts.

    atlas : land and ways to draw; None takes the base map that ships with the package
    Raises DataFileError when the base map is damaged.
    """
    question, routes = result.question, result.routes
    title = f"{question['origin']['name']} to {question['destination']['name']}"
    aim = words.aim(result.run.options)
    body = join(
        el("a", "Skip to the answer", href="#answer", class_="skip"),
        _header(question, routes, result.run.options),
        el(
            "main",
            bars.patterns(),
            el(
                "section",
                el("h2", "Answer", id="answer-title"),
                cards.summary(question, routes, aim) if routes else None,
                _partial(result.status.outcome, result.status.reason) if routes else None,
                tail.no_route(result.status) if not routes else None,
                map_figure(question, routes, atlas or ShippedAtlas()),
                cards.cards(question, routes) if routes else None,
                id="answer",
                aria_labelledby="answer-title",
                tabindex="-1",
            ),
            el(
                "section",
                el("h2", "When it arrives", id="arrivals"),
                arrivals_figure(question, routes),
                aria_labelledby="arrivals",
            )
            if routes
            else None,
            el(
                "section",
                el("h2", "Price against time", id="tradeoff"),
                tradeoff_figure(question, routes, result.frontier),
                aria_labelledby="tradeoff",
            )
            if len(routes) > 1
            else None,
            [timeline.route_section(question, route, result.figures, result.sources) for route in routes],
            rules.rules_section(routes, result.sources) if routes else None,
            tail.reading() if routes else None,
            tail.notes(result.status),
            tail.checks(result.checks),
            tail.sources(result.sources),
            tail.run_info(result.run, question),
        ),
        el(
            "footer",
            el(
                "p",
                f"Made by midcorridor{NBSP}{result.run.version}, network ",
                result.run.network_digest[:12],
            ),
        ),
    )
    return Template(_file("page.html")).substitute(
        title=esc(f"{title} · midcorridor plan"),
        style=token_css() + _file("page.css") + _choice_css([str(route["route_id"]) for route in routes]),
        body=body,
        script=_file("page.js"),
    )


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _partial(outcome: str, reason: str) -> Html | None:
    if outcome == "ok":
        return None
    return el("p", f"This answer is {outcome}: {words.reason(reason)}", class_="warn")


def _header(
    question: Mapping[str, Any], routes: Sequence[Mapping[str, Any]], options: Mapping[str, Any]
) -> Html:
    origin, destination = question["origin"], question["destination"]
    boxes = int(question["boxes"])
    gross_t = max((leg["gross_t_per_box"] for route in routes for leg in route["legs"]), default=0.0)
    equipment = words.EQUIPMENT.get(str(options.get("equipment", "")))
    avoid = [str(word) for word in options.get("avoid", ())]
    facts = [
        ("From", _end(origin)),
        ("To", _end(destination)),
        (
            "Boxes",
            join(
                f"{boxes:,}{NBSP}×{NBSP}{question['container_type']} ({question['teu']:,g}{NBSP}TEU)",
                f", {significant(gross_t)}{NBSP}t gross each" if gross_t else None,
                f", {equipment}" if equipment else None,
            ),
        ),
        (
            "Cargo",
            join(
                words.plain(str(question["commodity_id"])),
                f", {mass(question['cargo_t'] * 1000)}, worth {usd(question['value_usd'])}",
            ),
        ),
        ("Ready", when(str(question["ready_at"]))),
    ]
    if question.get("deadline_at"):
        facts.append(("Deadline", last_day(question["deadline_at"])))
    facts.append(("Best by", words.aim(options)))
    if options.get("booking"):
        facts.append(("Booked as", str(options["booking"])))
    if options.get("via"):
        facts.append(("By way of", ", ".join(str(word) for word in options["via"])))
    if avoid:
        facts.append(("Avoiding", ", ".join(avoid)))
    return el(
        "header",
        el("p", "midcorridor plan", class_="brand"),
        el("h1", words.short(origin["name"]), " → ", words.short(destination["name"])),
        el("dl", [el("div", el("dt", name), el("dd", value)) for name, value in facts], class_="question"),
    )


def _end(end: Mapping[str, Any]) -> Html:
    """A place as understood, with what was typed where that differs."""
    name = join(end["name"], f", {words.country(end['country'])}" if end.get("country") else None)
    given = str(end.get("given") or "")
    if _folded(given) in (_folded(str(end["name"])), ""):
        return name
    return join(name, " ", el("small", "asked as ", el("bdi", given)))


def _folded(text: str) -> str:
    return text.casefold().replace("’", "'").strip()


def _choice_css(letters: list[str]) -> str:
    """Rules that draw out on the map the route that is chosen, pointed at or in focus."""
    rules = []
    for letter in letters:
        root = (
            f"main:is(:has(#show-{letter}:checked),:has(.card-{letter}:hover),"
            f":has(.card-{letter} :focus-visible))"
        )
        rules.append(f"{root} .view .on-{letter},{root} .chart .on-{letter}{{--seen:1}}")
        rules.append(f"{root} .line.on-{letter}{{--wide:1.6}}")
        rules.append(f"{root} .casing.on-{letter}{{stroke-opacity:1}}")
    return "@media screen{" + "\n".join(rules) + "}\n"
