"""What rules ask of the goods, in words, each with its sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..words import hurdles
from . import words
from .markup import Html, el, join


def rules_section(routes: Sequence[Mapping[str, Any]], sources: Sequence[Mapping[str, Any]]) -> Html:
    """Permits and refusals on the routes, refusals first; that none is known is told too."""
    found = hurdles(routes)
    anchors = {
        row["source_id"]: el("a", row["publisher"] or row["title"], href=f"#source-{number}")
        for number, row in enumerate(sources, 1)
    }
    return el(
        "section",
        el("h2", "Permits and rules", id="rules"),
        el("ul", [_rule(rule, len(routes), anchors) for rule in found], class_="rules")
        if found
        else el("p", "No rule in our tables stands against these goods on these routes on their days."),
        el("p", "The rules that we know are not all that there are: ask before booking.", class_="note"),
        aria_labelledby="rules",
    )


def _rule(rule: Mapping[str, Any], routes: int, anchors: Mapping[str, Html]) -> Html:
    letters = [el("span", letter, class_="letter") for letter in rule["routes"]] if routes > 1 else []
    also = f" Also {', '.join(rule['also'])}." if rule["also"] else None
    ids = list(rule.get("source") or ())
    named = list(dict.fromkeys(anchors.get(name, join(name)) for name in ids))
    certificate = [join(f"rule {rule['key']}")] if rule["key"] else []
    if named:
        certificate.append(join("source ", [join(", " if at else "", name) for at, name in enumerate(named)]))
    return el(
        "li",
        el(
            "p",
            el("span", words.EFFECTS.get(rule["effect"], words.plain(rule["effect"])), class_="flag"),
            letters,
            class_="on",
        ),
        el("p", _without_effect(rule["words"]), also),
        el("small", [join(" · " if at else "", part) for at, part in enumerate(certificate)])
        if certificate
        else None,
    )


def _without_effect(text: str) -> str:
    """A verdict whose effect is told beside it already."""
    for effect in ("Permit needed ", "Refused "):
        if text.startswith(effect):
            return words.sentence(text.removeprefix(effect))
    return text
