"""What no move may touch: total closures, refusals of the cargo, and what the asker avoids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..clearance import Goods, Hit, dated_tags
from ..errors import Fault, InputError, did_you_mean
from ..network import Compiled
from ..said import Said
from .calendar import CLOSED, Ban, Calendar
from .moves import operators

# Before the key of a ban that concerns the goods alone.
OF_GOODS = f"{CLOSED}goods:"
ALWAYS = (float("-inf"), float("inf"))


def total_closures(compiled: Compiled, calendar: Calendar) -> list[Ban]:
    """What closures close throughout on some days of the journey."""
    found = []
    for row in compiled.closures:
        if row["closed_share"] < 1:
            continue
        suffix = "" if row["directions"] == "both" else f":{row['directions']}"
        for thing in row["scope_ids"]:
            about = {"closure": row["closure_id"], "cause": row["cause"]}
            reason = Said("closure", **about, scope=row["scope"], thing=thing)
            found += calendar.bans_of(row["closure_id"], row, (f"{row['scope']}:{thing}{suffix}",), reason)
    return found


def refusals(compiled: Compiled, calendar: Calendar, goods: Goods, rules: Sequence[Hit]) -> list[Ban]:
    """What certainly refuses the goods on some days of the journey."""
    first, last = calendar.first_day, calendar.last_day
    found = []
    for number, (tag, start, end, reason) in enumerate(dated_tags(compiled, goods, first, last, rules)):
        from_h, until_h = calendar.hours_of((start, end))
        found.append(Ban(f"{OF_GOODS}{number}", tag, from_h, until_h, reason))
    return found


def named_tags(compiled: Compiled, words: Iterable[str], option: str) -> dict[str, str]:
    """The word for each tag that an option names. Raises InputError for a word that names nothing.

    A word is a country code, a mode, a passage, an operator, or the id of a terminal, link or service.
    """
    words = tuple(words)
    if not words:
        return {}
    kinds = (
        ("country", {name.lower(): name for name in compiled.tables.by_key("countries")}),
        ("terminal", {name: name for name in compiled.tables.by_key("terminals")}),
        ("mode", {name: name for name in _modes(compiled)}),
        ("passage", {word: word for row in compiled.tables["links"] for word in row["passages"] or ()}),
        ("service", {name: name for name in compiled.tables.by_key("services")}),
        ("link", {name: name for name in compiled.tables.by_key("links")}),
        ("operator", {name.lower(): name for row in compiled.tables["services"] for name in operators(row)}),
    )
    tags, faults = {}, []
    for word in words:
        text = word.strip().lower()
        for kind, known in kinds:
            if text in known:
                tags[f"{kind}:{known[text]}"] = word
                break
        else:
            every = [name for _, known in kinds for name in known]
            passages, modes = sorted(kinds[3][1]), sorted(kinds[2][1])
            faults.append(
                Fault(
                    f"unknown_{option.strip('-')}",
                    Said("names_nothing", got=word),
                    option,
                    word,
                    Said("passable", passages=passages, modes=modes),
                    did_you_mean(text, every),
                )
            )
    if faults:
        raise InputError(faults)
    return tags


def avoided(compiled: Compiled, words: Iterable[str]) -> list[Ban]:
    """What the asker avoids. Raises InputError as `named_tags`, and where every mode is avoided."""
    tags = named_tags(compiled, words, "--avoid")
    modes = _modes(compiled) if tags else {""}
    if modes <= {tag.removeprefix("mode:") for tag in tags}:
        listed = ", ".join(sorted(modes))
        raise InputError(
            Fault(
                "nothing_left",
                Said("all_avoided"),
                "--avoid",
                listed,
                Said("leave_one", modes=sorted(modes)),
            )
        )
    found = []
    for tag, word in tags.items():
        scope, thing = tag.split(":", 1)
        found.append(Ban(tag, tag, *ALWAYS, Said("avoided", word=word, scope=scope, thing=thing)))
    return found


def _modes(compiled: Compiled) -> set[str]:
    return {row["mode"] for row in compiled.tables["links"]} | {"road"}
