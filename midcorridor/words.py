"""How an answer is said in words and figures, the same in every face."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

CORRIDOR_WORDS = {
    "middle": "middle",
    "northern": "northern",
    "southern": "southern",
    "ocean_suez": "ocean by Suez",
    "ocean_cape": "ocean by the Cape",
    "other": "other",
}
_MODE_WORDS = {"rail": "rail", "sea": "ship", "road": "truck", "inland_waterway": "barge"}


def figures(value: float, significant: int = 3) -> str:
    """A number with as many digits as a mean deserves, thousands apart.

    >>> figures(7343.2), figures(0.6123), figures(104962.0), figures(80), figures(0)
    ('7,340', '0.612', '105,000', '80', '0')
    """
    if value == 0:
        return "0"
    digits = significant - 1 - math.floor(math.log10(abs(value)))
    shown = round(value, digits)
    if digits > 0 and shown != int(shown):
        return f"{shown:,.{digits}f}"
    return f"{shown:,.0f}"


def step_words(part: Mapping[str, Any]) -> str:
    """One leg or transfer of a route in words."""
    if "mode" in part:
        named = part["service_name"] and part["mode"] != "road"
        name = f" ({part['service_name']})" if named else ""
        return f"{_MODE_WORDS[part['mode']]} {part['from_name']} - {part['to_name']}{name}"
    kind, place = part["kind"], part["terminal_name"]
    waits = []
    if part["wait_h"] >= 0.05:
        waits.append(f"{part['wait_h']:.0f} h for a departure")
    if part["closure_h"] >= 0.05:
        waits.append(f"{part['closure_h']:.0f} h for closures")
    wait = f", incl. {' and '.join(waits)}" if waits else ""
    if kind == "border":
        frontier, side, where = part["note"].split()
        return f"frontier {frontier.replace('>', ' > ')}, {side} {where} {place}"
    if kind == "gauge_change":
        before, after = (deck.removeprefix("rail") for deck in part["note"].split(" > "))
        return f"reload {before} > {after} mm at {place}{wait}"
    words = {
        "load": "load at",
        "transship": "transship at",
        "discharge": "discharge at",
        "halt": "halt at",
    }
    return f"{words[kind]} {place}{wait}"
