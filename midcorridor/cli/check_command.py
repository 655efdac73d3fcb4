"""The command `midcorridor check`: what may go where, leg by leg."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from .common import DataOption, OutOption, ScenarioOption, TextFormat, as_json, give, load_network

_EFFECTS = {"accepted": "accepted", "permit_needed": "permit needed", "refused": "refused"}


def register(app: typer.Typer) -> None:
    """Put the command on the app."""
    # A coordinate such as -20.2,57.5 is no option.
    app.command("check", context_settings={"ignore_unknown_options": True})(check_command)


def check_command(
    origin: Annotated[str | None, typer.Argument(help="City, UN/LOCODE, terminal id or lat,lon.")] = None,
    destination: Annotated[str | None, typer.Argument(help="The same for the other end.")] = None,
    containers: Annotated[str | None, typer.Option(help="Number and type of boxes.")] = None,
    commodity: Annotated[str | None, typer.Option(help="What is in them; see: facts commodities.")] = None,
    hs: Annotated[str | None, typer.Option(help="Code of the Harmonized System, 2, 4 or 6 digits.")] = None,
    un: Annotated[str | None, typer.Option(help="UN number of dangerous goods, such as 3480.")] = None,
    tonnes_per_box: Annotated[float | None, typer.Option(help="Cargo in each box.")] = None,
    depart: Annotated[
        str | None, typer.Option(help="When the cargo is ready, such as 2026-12-01; default tomorrow.")
    ] = None,
    through: Annotated[
        list[str] | None,
        typer.Option(
            help="Instead of two ends: countries, frontiers such as 'CN>KZ', passages, kinds of service, "
            "terminals, services or links, separated by commas; repeatable."
        ),
    ] = None,
    from_country: Annotated[
        str | None, typer.Option("--from", help="With --through: country that the goods come from.")
    ] = None,
    to_country: Annotated[
        str | None, typer.Option("--to", help="With --through: country that they go to.")
    ] = None,
    trucks: Annotated[
        bool, typer.Option("--trucks", help="Also by road over frontiers and far, not only at the ends.")
    ] = False,
    scenario: ScenarioOption = None,
    data: DataOption = None,
    form: Annotated[TextFormat, typer.Option("--format", "-f", help="How to show it.")] = TextFormat.table,
    output: OutOption = None,
) -> None:
    """What may go where, leg by leg: dangerous goods, sanctions, licences, embargoes, mass and length."""
    from ..checking import check

    result = check(
        load_network(data, scenario),
        origin,
        destination,
        containers=containers,
        commodity=commodity,
        hs_code=hs,
        un_number=un,
        tonnes_per_box=tonnes_per_box,
        at=depart,
        through=[word for words in through or () for word in words.split(",")],
        from_country=from_country and from_country.upper(),
        to_country=to_country and to_country.upper(),
        trucks=trucks,
    ).to_dict()
    give(as_json(result) if form is TextFormat.json else check_text(result), output)


def check_text(answer: Mapping[str, Any]) -> str:
    """Routes with their legs, each with its effect, the words of each rule and where it stands."""
    from ..said import CORRIDOR_WORDS
    from .show import width

    def wrapped(text: str, first: str, later: str) -> list[str]:
        return textwrap.wrap(
            text, width(), initial_indent=first, subsequent_indent=later, break_long_words=False,
            break_on_hyphens=False,
        )  # fmt: skip

    lines = [_question_words(answer["question"]), ""]
    told: dict[tuple[str, str], int] = {}  # each rule is told once, then named by its number
    if not answer["routes"]:
        lines.append(f"no route ({answer['status']['reason']})")
        lines += [f"  {reason}" for reason in answer["status"]["blocked_by"]]
    for route in answer["routes"]:
        if route["route_id"]:
            corridor = CORRIDOR_WORDS[route["corridor"]]
            lines.append(f"{route['route_id']} {corridor}: {_EFFECTS[route['effect']]}")
        for leg in route["legs"]:
            lines += wrapped(f"{leg['words']}, {leg['day']}: {_EFFECTS[leg['effect']]}", "  ", "    ")
            for verdict in leg["verdicts"]:
                rule = (verdict["table"], verdict["key"])
                if rule in told:
                    effect = _EFFECTS[verdict["effect"]]
                    lines += wrapped(f"{effect} {verdict['where']}: rule {told[rule]}", "    - ", "      ")
                    continue
                if not verdict["key"]:
                    lines += wrapped(verdict["words"], "    - ", "      ")
                else:
                    told[rule] = len(told) + 1
                    lines += wrapped(f"({told[rule]}) {verdict['words']}", "    - ", "      ")
                    titles = "; ".join(verdict["source_titles"]) or ", ".join(verdict["source"])
                    name = f"{verdict['table']} {verdict['key']}, {verdict['confidence']} confidence"
                    lines += wrapped(f"[{name}: {titles}]", "      ", "      ")
        lines.append("")
    for note in answer["notes"]:
        lines += wrapped(note, "", "  ")
    return "\n".join(lines).rstrip("\n") + "\n"


def _question_words(question: Mapping[str, Any]) -> str:
    """What was asked about, in one line; what nobody named is said to be not named."""
    parts = []
    if question["boxes"]:
        mass = f" of {question['gross_t']:.4g} t gross" if question["gross_t"] else ""
        assumed = "" if question["boxes_given"] else " (boxes not named)"
        parts.append(f"{question['boxes']:,} x {question['container_type']}{mass}{assumed}")
    goods = []
    codes = question["hs_codes"]
    listed = "HS " + ", ".join(codes[:6]) + (" and others" if len(codes) > 6 else "")
    if question["commodity_id"]:
        taken = f", taken as {listed}" if codes and not question["hs_code_given"] else ""
        goods.append(question["commodity_id"].replace("_", " ") + taken)
    if codes and question["hs_code_given"]:
        goods.append(listed)
    if question["dangerous"]:
        entry = question["dangerous"]
        name = entry["name"].split(" (")[0].lower()
        goods.append(f"UN {entry['un_number']} {name}, class {entry['division'] or entry['dg_class']}")
    parts += goods or ["goods not named"]
    for word, end in (("from", question["from_country"]), ("to", question["to_country"])):
        parts += [f"{word} {end}"] if end else []
    return "; ".join([*parts, question["day"]])
