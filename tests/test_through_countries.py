"""The shipped links against the tracks of the base map: which countries they pass between their terminals."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
import pytest

from midcorridor.basemap import router
from midcorridor.basemap.countries import countries_along
from midcorridor.basemap.sphere import great_circle_km
from midcorridor.errors import PlaceError
from midcorridor.network import Network
from midcorridor.network.check.countries import countries_do_not_touch
from midcorridor.plan import plan

NETWORK = Network.load()
LINKS, TERMINALS = NETWORK.tables.by_key("links"), NETWORK.tables.by_key("terminals")
DAY = "2026-12-01"
# A track of about the length in the table is taken for the way of the trains; of a shorter stretch the
# outlines, good to about 2 km, say nothing where the line follows a frontier.
SAME_LENGTH, LEAST_KM = 0.05, 15.0
# Here the shortest track of that length is not the way of the trains; the notes of the rows say why.
ANOTHER_WAY = {
    "hu-budapest_si-ljubljana": {"HR"},  # by Hodos
    "it-trieste_at-vienna": {"SI"},  # by Tarvisio
    "kz-tobol_kz-kandyagash": {"RU"},  # by Altynsarino, which the base map lacks
    "sk-bratislava_cz-prague": {"AT"},  # by Kuty and Breclav
    "uz-miskin_uz-nukus": {"TM"},  # along the frontier
    "uz-samarkand_uz-termez": {"TM"},  # by Boysun
}


@pytest.mark.parametrize(
    ("link_id", "passed"),
    [
        ("pl-malaszewicze_hu-budapest", ["SK"]),
        ("pl-slawkow_at-vienna", ["CZ"]),
        ("si-ljubljana_de-munich", ["AT"]),
        ("it-milan_de-mannheim", ["CH"]),
        ("by-minsk_ru-kaliningrad", ["LT"]),
        ("ru-saratov_ru-astrakhan", ["KZ"]),
        ("it-trieste_at-vienna_road", ["SI"]),
        ("hu-budapest_at-vienna_water", ["SK"]),  # the canal and locks of Gabcikovo
        ("at-vienna_hu-budapest_water", ["SK"]),
        *((link_id, None) for link_id in ANOTHER_WAY),
        ("pl-slawkow_cz-prague", None),
        ("tr-kapikule_bg-svilengrad", None),  # off Greece since 1971
        ("kz-taraz_kz-shymkent", None),  # 11 km of the Kazakh railway along the frontier
    ],
)
def test_known_lines(link_id: str, passed: list[str] | None) -> None:
    assert LINKS[link_id]["through_countries"] == passed


def traced(link: Any) -> tuple[float, dict[str, float]] | None:
    """Kilometres of the shortest track of a link, and of each country on it, in order; None without one."""
    ends = [(TERMINALS[link[side]]["lat"], TERMINALS[link[side]]["lon"]) for side in _ENDS]
    try:
        path = router(link["mode"]).route(*ends)
    except PlaceError:
        return None
    steps = np.asarray(great_circle_km(path.lat[:-1], path.lon[:-1], path.lat[1:], path.lon[1:]))
    along = np.concatenate([[0.0], np.cumsum(steps)])
    marks = np.arange(0.0, along[-1], 1.0)
    codes = countries_along(np.interp(marks, along, path.lat), np.interp(marks, along, path.lon))
    km: dict[str, float] = {}
    for code, stretch in groupby(codes):
        km[code] = km.get(code, 0.0) + len(list(stretch))
    return float(path.km), km


_ENDS = ("from_terminal", "to_terminal")


def test_the_track_passes_what_the_table_tells() -> None:
    """Of every link by land whose length is that of its track, in order."""
    differ = {}
    compared = 0
    for link_id, link in LINKS.items():
        found = traced(link) if link["mode"] in ("rail", "road") else None
        if found is None or abs(found[0] / link["km"] - 1) > SAME_LENGTH:
            continue
        compared += 1
        own = {"", *(TERMINALS[link[side]]["country"] for side in _ENDS)}
        passed = [code for code, km in found[1].items() if code not in own and km >= LEAST_KM]
        passed = [code for code in passed if code not in ANOTHER_WAY.get(link_id, ())]
        if passed != (link["through_countries"] or []):
            differ[link_id] = passed
    assert differ == {}
    assert compared > 200


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2031, 7, 1)], ids=str)
def test_no_link_jumps_over_a_country(day: date) -> None:
    assert list(countries_do_not_touch(NETWORK.on(day))) == []


def test_who_avoids_slovakia_goes_round_it() -> None:
    ends = ("pl-malaszewicze", "hu-budapest")
    [usual, *_] = plan(NETWORK, *ends, at=DAY).routes
    assert usual["countries"] == ["PL", "SK", "HU"]
    [back, *_] = plan(NETWORK, *ends[::-1], at=DAY).routes
    assert back["countries"] == ["HU", "SK", "PL"]
    for route in plan(NETWORK, *ends, at=DAY, avoid=["SK"]).routes:
        assert "SK" not in route["countries"]
        used = {link for leg in route["legs"] for link in leg["link_ids"]}
        assert "pl-malaszewicze_hu-budapest" not in used
