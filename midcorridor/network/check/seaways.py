"""Straits that a sea link names against the straits on the base map's way."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from ...dirs import shipped_data_dir
from ...errors import InputError, PlaceError
from ...schemas import schema
from ..compiled import Compiled, Row
from .finding import WARNING, Finding


def passages_against_base_map(compiled: Compiled) -> Iterator[Finding]:
    """Sea links whose passages the base map contradicts; nothing where it is not installed."""
    if find_spec("midcorridor.basemap") is None or not (shipped_data_dir() / "basemap" / "sea").is_dir():
        return
    for link_id, link in compiled.links.items():
        if link["mode"] == "sea":
            what = _contradiction(compiled, link)
            if what:
                yield Finding(
                    WARNING,
                    "passages_contradict_base_map",
                    what,
                    f"links.csv {link_id}",
                    "Correct passages, so that closing a strait closes the link and no other",
                )


def _contradiction(compiled: Compiled, link: Row) -> str:
    """What is wrong with the passages of a sea link, in words; empty where all is well.

    Ways round Africa and through Suez are rivals; so the way is looked for with every great passage
    closed that the link does not name, and must then pass those that it names.
    """
    from ...basemap import router
    from ...basemap.passages import passages

    words = set(schema("links").column("passages").allowed.strip("{}").split()) & set(passages())
    named = set(link["passages"] or ()) & words
    start, end = (compiled.terminals[link[side]] for side in ("from_terminal", "to_terminal"))
    points: Any = ((start["lat"], start["lon"]), (end["lat"], end["lon"]))
    try:
        passed = set(router("sea", avoid=tuple(sorted(words - named))).route(*points).passages) & words
    except (PlaceError, InputError):
        try:
            passed = set(router("sea").route(*points).passages) & words
        except (PlaceError, InputError):
            return ""  # a lake or a river mouth off the chart: nothing to hold it against
        return f"it names {_words(named)}, but the base map must pass {_words(passed)}"
    if named - passed:
        return f"it names {_words(named - passed)}, which the base map's way does not pass"
    return ""


def _words(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "no passage"
