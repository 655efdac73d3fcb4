"""What nobody would quote, judged on a finished route: the search rules these ways out while it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from midcorridor.plan.access import End, great_circle_km


def repeats_a_place(route: Mapping[str, Any]) -> bool:
    """Whether a route comes back to a place it has left: no forwarder would quote that.

    A change of gauge starts afresh, since the station that reloads may lie beyond the junction.
    """
    seen: list[str] = []
    gauge = None
    for leg in route["legs"]:
        if gauge and leg["gauge_mm"] and leg["gauge_mm"] != gauge:
            seen = []
        gauge = leg["gauge_mm"] or gauge
        for place in leg["path"]:
            if not seen or seen[-1] != place:
                seen.append(place)
    return len(set(seen)) < len(seen)


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
