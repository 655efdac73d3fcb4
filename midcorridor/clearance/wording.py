"""Places and dates of rules in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ..network import Compiled
from ..network.compiled import Row

_PASSAGES = {
    "suez": "through the Suez Canal",
    "cape": "round the Cape",
    "bosporus": "through the Bosporus",
    "gibraltar": "past Gibraltar",
    "malacca": "through the Strait of Malacca",
    "hormuz": "through the Strait of Hormuz",
    "bab_el_mandeb": "through Bab el-Mandeb",
    "caspian": "over the Caspian Sea",
    "black_sea": "over the Black Sea",
    "marmaray": "through the Marmaray tunnel",
}
_MODES = {"rail": "by rail ", "sea": "by ship ", "road": "by truck ", "inland_waterway": "by barge "}
_KINDS = {
    "deep_sea": "on ocean ships",
    "container_feeder": "on container feeders",
    "rail_ferry": "on rail ferries",
    "ro_pax": "on ro-pax ferries",
    "ro_ro": "on ro-ro ships",
    "barge": "on barges",
    "block_train": "on container trains",
    "ordinary_train": "on ordinary trains",
    "shuttle": "on trucks",
}


def places_words(compiled: Compiled, tags: Iterable[str]) -> str:
    """What several tags name, the countries of one mode together: ``by rail in Belarus and Russia``."""
    parts: dict[str, list[str]] = {}
    for tag in tags:
        words = place_words(compiled, tag)
        lead = words[: words.index("in ") + 3] if "country:" in tag else ""
        parts.setdefault(lead or words, []).append(words.removeprefix(lead) if lead else "")
    return ", ".join(lead + _and(names) for lead, names in parts.items())


def _and(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def place_words(compiled: Compiled, tag: str) -> str:
    """What a tag names, such as ``by rail in China``."""
    mode, _, rest = tag.rpartition("@")
    scope, _, name = rest.partition(":")
    by = _MODES.get(mode, "")
    if scope == "country":
        return f"{by}in {_country(compiled, name)}"
    if scope == "frontier":
        start, _, end = name.partition(">")
        return f"{by}from {_country(compiled, start)} to {_country(compiled, end)}"
    if scope == "passage":
        return _PASSAGES[name]
    if scope == "kind":
        return _KINDS[name]
    if scope == "mode":
        return _MODES[name].strip()
    tables = {"terminal": "terminals", "service": "services"}
    if scope in tables:
        row = compiled.tables.by_key(tables[scope]).get(name)
        title = row["name"] if row is not None else name
        return f"at {title}" if scope == "terminal" else f"on {title}"
    return f"on {name}"


def _country(compiled: Compiled, code: str) -> str:
    row = compiled.tables.by_key("countries").get(code)
    return str(row["name"]) if row is not None else code


def since_words(row: Row) -> str:
    """The days of a rule, with the space before them; empty where none are told."""
    start, end = row["valid_from"], row["valid_until"]
    if start and end:
        return f" from {day_words(start)} to {day_words(end)}"
    if start:
        return f" since {day_words(start)}"
    return f" to {day_words(end)}" if end else ""


def day_words(day: date) -> str:
    """A day as one says it.

    >>> day_words(date(2024, 10, 5))
    '5 October 2024'
    """
    return f"{day.day} {day:%B %Y}"
