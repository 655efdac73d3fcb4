"""What nobody would quote, judged on a finished route: the search rules these ways out while it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import networkx

from midcorridor.plan.access import End, great_circle_km

UNION = {"kz": "eaeu", "ru": "eaeu", "by": "eaeu"}


def comes_back(route: Mapping[str, Any], roads: Iterable[tuple[str, str]]) -> bool:
    """Whether boxes are lifted at a yard twice, or go back to a customs territory that they have left.

    A train may pass a place again without a stop: boxes are brought to a hub and come by on its train.
    Terminals are named after their countries, as in kz-1. What a union's links by land do not hold
    together, such as an exclave, is a territory by itself; roads are the ends of all links by land.
    """
    legs = route["legs"]
    yards = [legs[0]["path"][0], *(leg["path"][-1] for leg in legs)]
    by_land = networkx.Graph()
    led_to = set()
    for ends in roads:
        led_to |= set(ends)
        if len({_union(end) for end in ends}) == 1:
            by_land.add_edge(*ends)

    def territory(place: str) -> tuple[str, ...]:
        pieces = [
            set(piece)
            for piece in networkx.connected_components(by_land)
            if _union(min(piece)) == _union(place)
        ]
        own = next((piece for piece in pieces if place in piece), {place})
        if place not in led_to:
            own = max([*pieces, {place}], key=len)
        return tuple(sorted(own))

    places = [place for leg in legs for place in leg["path"]]
    # A coaster between two ports of one country crosses no frontier.
    entered = [territory(b) for a, b in pairwise(places) if _union(a) != _union(b)]
    entered.insert(0, territory(places[0]))
    return len(set(yards)) < len(yards) or len(set(entered)) < len(entered)


def _union(place: str) -> str:
    return UNION.get(place[:2], place[:2])


def crosses_twice(route: Mapping[str, Any]) -> bool:
    """Whether a route sails over the Caspian more than once."""
    return sum("caspian" in leg["passages"] for leg in route["legs"]) > 1


def strays(route: Mapping[str, Any], ends: Sequence[End]) -> bool:
    """Whether a route calls at a terminal far beyond either end, such as China between Aktau and Mersin.

    Beyond means farther from one end than half again the distance of the ends, and than that
    distance and 1,500 km (e); what a ship rounds on its way, such as the Cape, is no call.
    """
    origin, destination = ((end.lat, end.lon) for end in ends)
    apart_km = great_circle_km(origin, destination)
    limit_km = max(apart_km * 1.5, apart_km + 1500.0)
    return any(
        great_circle_km((point[0], point[1]), end) > limit_km
        for leg in route["legs"]
        for point in leg["points"]
        for end in (origin, destination)
    )
