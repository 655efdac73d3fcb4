"""Codes of an answer in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..words import cause_words
from ..words import short as short

CORRIDORS = {
    "middle": "Middle Corridor",
    "northern": "Northern route",
    "southern": "Southern route",
    "ocean_suez": "Ocean route via Suez",
    "ocean_cape": "Ocean route via the Cape",
    "other": "Other route",
}
CORRIDOR_WHERE = {
    "middle": "across the Caspian or the Caucasus",
    "northern": "through Russia or Belarus",
    "southern": "through Iran",
    "ocean_suez": "by ship through the Suez Canal",
    "ocean_cape": "by ship round the Cape of Good Hope",
    "other": "by none of the named corridors",
}
MODES = {"rail": "rail", "sea": "ship", "ferry": "ferry", "road": "truck", "inland_waterway": "barge"}
MODE_LINES = {
    "rail": "Rail",
    "sea": "Ship",
    "ferry": "Rail or ro-pax ferry",
    "road": "Truck",
    "inland_waterway": "Inland waterway",
}
OBJECTIVES = {
    "balanced": "best balance of price and time",
    "time": "shortest time",
    "cost": "lowest price",
    "carbon": "lowest emissions",
}
# In the order in which a forwarder quotes them.
ITEMS = {
    "soc_purchase": "Purchase of the boxes",
    "equipment_pickup": "Pick-up of leased boxes",
    "rail_tariff": "Railway tariff",
    "rail_fixed": "Railway fixed charge",
    "booking": "Group or single boxes instead of whole trains",
    "platform_hire": "Platform hire",
    "gauge_transfer": "Gauge transfer",
    "handling": "Terminal handling",
    "sea_freight": "Sea freight",
    "truck_rate": "Trucking between terminals",
    "trucking": "Pick-up and delivery by truck",
    "truck_fixed": "Trucking, fixed charge",
    "border_fees": "Border and customs fees",
    "export_declaration": "Customs declaration at the origin",
    "import_declaration": "Customs declaration at the destination",
    "insurance": "Insurance",
    "forwarding_fee": "Forwarding fee",
    "forwarder_margin": "Forwarder’s margin",
    "container_hire": "Hire of the boxes",
    "storage": "Storage",
    "equipment_return": "Return of the empty boxes",
    "soc_resale": "Resale of the boxes at the end",
}
EQUIPMENT = {
    "coc": "carrier’s boxes",
    "soc": "shipper’s own boxes",
    "lease": "leased one way",
}
EFFECTS = {"refused": "refused", "permit_needed": "permit needed", "accepted": "accepted"}
REASONS = {
    "optimal": "",
    "no_connection": "No chain of services that are open on this day connects the two places.",
    "only_detours": "Every way that is open strays far from both places or comes back to where it has been.",
    "limits": "Every way is over a limit of this question.",
    "too_long": "Every way that is open takes more days than plans go.",
    "blocked": "Every way between the two places is closed on this day or avoided by this question.",
}
CONFIDENCE = {
    "high": "high: primary sources, or two that agree",
    "medium": "medium: one decent source",
    "low": "low: estimates of ours among them",
}
_COUNTRIES = (
    "AE:United Arab Emirates AF:Afghanistan AL:Albania AM:Armenia AT:Austria AZ:Azerbaijan "
    "BA:Bosnia and Herzegovina BD:Bangladesh BE:Belgium BG:Bulgaria BY:Belarus CH:Switzerland CN:China "
    "CY:Cyprus CZ:Czechia DE:Germany DJ:Djibouti DK:Denmark EE:Estonia EG:Egypt ES:Spain FI:Finland "
    "FR:France GB:United Kingdom GE:Georgia GR:Greece HK:Hong Kong HR:Croatia HU:Hungary ID:Indonesia "
    "IE:Ireland IL:Israel IN:India IQ:Iraq IR:Iran IT:Italy JO:Jordan JP:Japan KG:Kyrgyzstan KR:South Korea "
    "KZ:Kazakhstan LA:Laos LK:Sri Lanka LT:Lithuania LU:Luxembourg LV:Latvia MA:Morocco MD:Moldova "
    "ME:Montenegro MK:North Macedonia MM:Myanmar MN:Mongolia MT:Malta MY:Malaysia NL:Netherlands NO:Norway "
    "OM:Oman PK:Pakistan PL:Poland PT:Portugal QA:Qatar RO:Romania RS:Serbia RU:Russia SA:Saudi Arabia "
    "SE:Sweden SG:Singapore SI:Slovenia SK:Slovakia SY:Syria TH:Thailand TJ:Tajikistan TM:Turkmenistan "
    "TR:Türkiye UA:Ukraine US:United States UZ:Uzbekistan VN:Viet Nam YE:Yemen ZA:South Africa"
)
COUNTRIES: dict[str, str] = dict(re.findall(r"([A-Z]{2}):(.+?)(?= [A-Z]{2}:|$)", _COUNTRIES))
_DECKS = {"ship": "ship", "road": "truck", "barge": "barge", "origin": "origin", "end": "end"}


def plain(code: str) -> str:
    """A code that has no words of its own, readable."""
    return code.replace("_", " ").replace("-", " ")


def sentence(text: str) -> str:
    """Text that starts with a capital letter, the rest as it was."""
    return text[:1].upper() + text[1:]


def country(code: str) -> str:
    """The English short name; the code where it has none here."""
    return COUNTRIES.get(code, code)


def corridor(code: str) -> str:
    """A corridor by name."""
    return CORRIDORS.get(code, sentence(plain(code)))


def item(code: str) -> str:
    """A line of a quotation by name."""
    return ITEMS.get(code, sentence(plain(code)))


def cause(row: Mapping[str, Any]) -> str:
    """What makes some of the spread of the arrival, with its place or service."""
    return sentence(cause_words(row))


def deck(code: str) -> str:
    """How a box stands on a vehicle."""
    gauge = re.fullmatch(r"rail(\d+)", code)
    return f"train ({gauge[1]} mm)" if gauge else _DECKS.get(code, plain(code))


def decks(note: str) -> tuple[str, str] | None:
    """From what to what a transfer moves a box, out of a note such as ``rail1435 > rail1520``."""
    match = re.fullmatch(r"\s*(\S+)\s*>\s*(\S+)\s*", note or "")
    return (match[1], match[2]) if match else None


def transfer(row: Mapping[str, Any]) -> str:
    """What happens at a terminal, in words."""
    kind, note = row["kind"], str(row.get("note") or "")
    moved = decks(note)
    if kind == "load":
        return f"Load onto {deck(moved[1])}" if moved else "Load"
    if kind == "discharge":
        return f"Unload from {deck(moved[0])}" if moved else "Unload"
    if kind == "transship":
        return _transship(*moved) if moved else "Transfer"
    if kind == "gauge_change":
        gauges = re.findall(r"rail(\d+)", note)
        if len(gauges) == 2:
            return f"Reload from {gauges[0]} to {gauges[1]} mm gauge"
        return "Reload to another gauge"
    if kind == "border":
        return _frontier(note)
    if kind == "halt":
        return "Stop on the way; boxes stay on board"
    return sentence(plain(kind))


def _transship(came: str, goes: str) -> str:
    if came == goes == "road":
        return "Drive on; nothing is lifted"
    if came == goes:
        return f"Change from {deck(came)} to the next"
    return f"Transfer from {deck(came)} to {deck(goes)}"


def _frontier(note: str) -> str:
    match = re.fullmatch(r"([A-Z]{2})>([A-Z]{2}) (exit|entry)(?: (at|before|after))?", note)
    if not match:
        return "Frontier formalities"
    first, second, side, where = match.groups()
    text = (
        f"Exit from {country(first)} to {country(second)}"
        if side == "exit"
        else f"Entry into {country(second)}"
    )
    # The procedure may lie on the way rather than at the terminal that stands beside it.
    return (
        text
        if where in (None, "at")
        else f"{text}, {'short of this place' if where == 'before' else 'past this place'}"
    )


def leg_modes(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """The mode of each leg in order; a ship that takes wagons or trailers counts as a ferry."""
    modes: list[str] = []
    aboard = ""
    for event in events:
        if "mode" not in event:
            moved = decks(str(event.get("note") or ""))
            if moved and event["kind"] in ("load", "transship", "gauge_change"):
                aboard = moved[1]
            continue
        rolls = event["mode"] == "sea" and (aboard == "road" or aboard.startswith("rail"))
        modes.append("ferry" if rolls else event["mode"])
    return modes


def aim(options: Mapping[str, Any]) -> str:
    """What makes a route the best, from the options of a question."""
    sure = options.get("sure")
    if sure:
        return f"earliest date that holds {sure:g} times in 100"
    by = str(options.get("by", "balanced"))
    return OBJECTIVES.get(by, plain(by))


def reason(code: str) -> str:
    """Why there is no route, as a sentence."""
    return REASONS.get(code, sentence(plain(code)) + ".")


def in_words(names: Sequence[str]) -> str:
    """A list as prose: a, b and c."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
