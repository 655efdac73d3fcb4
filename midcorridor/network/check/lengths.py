"""Lengths against the globe, and lengths against hours."""

from __future__ import annotations

from collections.abc import Iterator

from ...places.model import distance_km
from ..compiled import Compiled
from .finding import ERROR, WARNING, Finding

# The sphere is up to 0.56 % longer than the ellipsoid between two points.
_SPHERE_TOLERANCE = 0.9944
# Mean km/h from departure to arrival that freight of a mode can have, technical stops included. Below,
# the hours hold a queue that is counted elsewhere; above, they are a wish. Ours, from the trade's own
# limits: freight trains run at 80 to 120 km/h at most, container ships at up to 24 knots, trucks at 90.
SPEED_BANDS_KM_H = {
    "rail": (12.0, 90.0),
    "sea": (9.0, 45.0),
    "road": (15.0, 85.0),
    "inland_waterway": (4.0, 25.0),
}
# A short hop is all shunting and signals; its speed says nothing.
_SHORT_KM = 25.0


def shorter_than_great_circle(compiled: Compiled) -> Iterator[Finding]:
    """Links shorter than the globe allows."""
    for link_id, link in compiled.links.items():
        start, end = (compiled.terminals[link[side]] for side in ("from_terminal", "to_terminal"))
        least_km = distance_km(start["lat"], start["lon"], end["lat"], end["lon"])
        if link["km"] < least_km * _SPHERE_TOLERANCE:
            yield Finding(
                ERROR,
                "shorter_than_great_circle",
                f"{link['km']:g} km is less than the great circle of {least_km:.1f} km",
                f"links.csv {link_id}",
                "Correct the length, or the coordinates of an end",
            )


def speeds_out_of_band(compiled: Compiled) -> Iterator[Finding]:
    """Links and calls of services that imply a speed no freight of that mode runs at."""
    for link_id, link in compiled.links.items():
        yield from _speed(link["mode"], link["km"], link["running_p50_h"], f"links.csv {link_id}")
    for line in compiled.lines:
        if not line.forward:
            continue
        for hop in line.hops:
            if hop.running_p50_h is not None:
                km = sum(link["km"] for link, _ in hop.links)
                where = f"service_calls.csv {line.service['service_id']} at {hop.to_terminal}"
                yield from _speed(line.service["mode"], km, hop.running_p50_h, where)


def _speed(mode: str, km: float, hours: float, where: str) -> Iterator[Finding]:
    low, high = SPEED_BANDS_KM_H[mode]
    km_per_h = km / hours
    if km >= _SHORT_KM and not low <= km_per_h <= high:
        yield Finding(
            WARNING,
            "speed_out_of_band",
            f"{km:g} km in {hours:g} h is {km_per_h:.0f} km/h; freight by {mode} runs at {low:g} to {high:g}",
            where,
            "See whether the hours hold stops that are counted elsewhere, or the wrong unit",
        )
