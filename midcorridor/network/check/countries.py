"""Countries that links pass: those that are told against those that the outlines of the base map show."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise

from ...dirs import shipped_data_dir
from ..compiled import Compiled, Row
from .finding import ERROR, WARNING, Finding


def own_countries_told(compiled: Compiled) -> Iterator[Finding]:
    """Links that tell a country of their terminals as passed on the way."""
    for link_id, link in compiled.links.items():
        ends = {compiled.terminals[link[side]]["country"] for side in ("from_terminal", "to_terminal")}
        own = sorted(ends & set(link["through_countries"] or ()))
        if own:
            yield Finding(
                ERROR,
                "through_its_own_country",
                f"through_countries names {', '.join(own)}, where a terminal of it lies",
                f"links.csv {link_id}",
                "Name only countries that are neither at its start nor at its end",
            )


def countries_do_not_touch(compiled: Compiled) -> Iterator[Finding]:
    """Links by land between countries that do not touch; nothing where the base map has no outlines.

    Goods pass what lies between, and nobody is told: neither rules of that country nor who avoids it.
    """
    outlines = shipped_data_dir() / "basemap" / "countries.json"
    if find_spec("midcorridor.basemap") is None or not outlines.is_file():
        return
    for link_id, link in compiled.links.items():
        for one, other, between in _gaps(compiled, link) if link["mode"] != "sea" else ():
            yield Finding(
                WARNING,
                "countries_do_not_touch",
                f"{one} and {other} do not touch there: {', '.join(between)} between them",
                f"links.csv {link_id}",
                "Name in through_countries what it passes, in the order from from_terminal",
            )


def _gaps(compiled: Compiled, link: Row) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Countries that follow on one another without touching, and what lies between them."""
    from ...basemap.countries import lands_between

    start, end = (compiled.terminals[link[side]] for side in ("from_terminal", "to_terminal"))
    passed = (start["country"], *(link["through_countries"] or ()), end["country"])
    places = ((start["lat"], start["lon"]), *(None for _ in passed[1:-1]), (end["lat"], end["lon"]))
    for (one, at), (other, to) in pairwise(zip(passed, places, strict=True)):
        between = lands_between(one, other, at, to)
        if between:
            yield one, other, between
