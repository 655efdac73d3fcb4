"""Verdicts on a leg: accepted, permit needed or refused, with date, rule, source and words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ..network import Compiled
from ..network.compiled import Row, holds_on
from ..schemas import schema
from .goods import Dangerous, Goods
from .leg import Leg
from .matching import Hit, hits
from .wording import places_words, since_words

EFFECTS = ("accepted", "permit_needed", "refused")  # the hardest last
_EFFECT_WORDS = {"accepted": "Accepted", "permit_needed": "Permit needed", "refused": "Refused"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of goods on a leg.

    certain : False where the rule may concern the goods; a refusal is then told as a permit to be asked for
    table, key : the rule; empty where no rule is known
    """

    effect: str
    subject: (
        str  # dangerous_goods, sanction, licence, permit, telegram, mass, length, pairing, reefer, box_type
    )
    table: str
    key: str
    tags: tuple[str, ...]  # by which the leg touches what the rule names
    where: str  # the same in words
    valid_from: date | None
    valid_until: date | None
    source: tuple[str, ...]
    confidence: str
    certain: bool
    words: str


def verdicts(
    compiled: Compiled,
    goods: Goods,
    leg: Leg,
    day: date | None = None,
    known: Iterable[Hit] | None = None,
) -> list[Verdict]:
    """What the rules of a day (that of the network if None) say of goods on a leg, the hardest first.

    known : from `hits`, for who asks of many legs

    One verdict a rule. Dangerous goods of which no rule speaks are never taken for accepted: the answer is
    then a permit to be asked of the carrier, with no rule behind it. An empty list means that no rule stands
    against the goods.
    """
    day = day or compiled.day
    tags = leg.tags()
    found: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits(compiled.tables, goods) if known is None else known:
        if hit.tag in tags and holds_on(hit.row, day) and (hit.certain or hit.row["effect"] != "accepted"):
            found.setdefault((hit.table, str(hit.row[schema(hit.table).key])), []).append(hit)
    told = [_verdict(compiled, goods, key, same) for (_, key), same in found.items()]
    entry = goods.dangerous
    if entry is not None and not any(verdict.subject == "dangerous_goods" for verdict in told):
        told.append(_unknown(entry, leg))
    return sorted(told, key=lambda verdict: (-EFFECTS.index(verdict.effect), verdict.subject, verdict.key))


def worst(found: Iterable[Verdict]) -> str:
    """The hardest effect among verdicts; accepted where there is none."""
    return max((verdict.effect for verdict in found), key=EFFECTS.index, default="accepted")


def _verdict(compiled: Compiled, goods: Goods, key: str, same: Sequence[Hit]) -> Verdict:
    # What is certain at one of the places is certain for the leg.
    hit = next((hit for hit in same if hit.certain), same[0])
    row = hit.row
    where = places_words(compiled, dict.fromkeys(each.tag for each in same))
    effect = row["effect"] if hit.certain or row["effect"] != "refused" else "permit_needed"
    subject = row["kind"] if hit.table == "embargoes" else row["subject"]
    head = f"{_EFFECT_WORDS[effect]} {where}{since_words(row)}"
    about = _about(hit.table, row, goods) if hit.certain else f"Not certain: {hit.unless}"
    words = ". ".join(part.rstrip(".") for part in (head, about, row["note"] or "") if part) + "."
    return Verdict(
        effect,
        subject,
        hit.table,
        key,
        tuple(each.tag for each in same),
        where,
        row["valid_from"],
        row["valid_until"],
        tuple(row["source"]),
        row["confidence"],
        hit.certain,
        words,
    )


def _about(table: str, row: Row, goods: Goods) -> str:
    """What of the goods the rule is about, where the words of the rule do not tell it."""
    if table == "box_limits":
        mass = "" if goods.gross_t is None else f" of {goods.gross_t:.4g} t gross"
        return f"It is a box {goods.container_type}{mass}"
    return ""


def _unknown(entry: Dangerous, leg: Leg) -> Verdict:
    words = f"Permit needed: no rule for {entry.words()} is known on this leg; ask the carrier."
    tag = f"service:{leg.service_id}" if leg.service_id else f"mode:{leg.mode}"
    return Verdict(
        "permit_needed", "dangerous_goods", "", "", (tag,), "on this leg", None, None, (), "low", False, words
    )
