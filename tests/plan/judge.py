"""What nobody would quote, judged on a finished route: the search rules these ways out while it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from midcorridor.plan.access import End, great_circle_km

UNION = {"kz": "eaeu", "ru": "eaeu", "by": "eaeu"}


def comes_back(route: Mapping[str, Any]) -> bool:
    """Whether boxes are lifted at a yard twice, or go back to a customs territory that they have left.

    A train may pass a place again without a stop: boxes are brought to a hub and come by on its train.
    Terminals are named after their countries, as in kz-1.
    """
    legs = route["legs"]
    yards = [legs[0]["path"][0], *(leg["path"][-1] for leg in legs)]
    territories = [UNION.get(place[:2], place[:2]) for leg in legs for place in leg["path"]]
    stays = [territory for territory, _ in groupby(territories)]
    return len(set(yards)) < len(yards) or len(set(stays)) < len(stays)


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
