"""Every Pareto-optimal way as a small mark: a shape and a hue for each corridor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from . import words
from .markup import Html, el, fixed, join
from .projection import Point

# Shape beside hue, so that corridors are told apart without seeing colours. Paths about the origin.
SHAPES = {
    "middle": "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
    "northern": "M0-3.6L3.4 2.6H-3.4z",
    "southern": "M-2.7-2.7H2.7V2.7H-2.7z",
    "ocean_suez": "M0-3.9L3.9 0L0 3.9L-3.9 0z",
    "ocean_cape": "M0 3.6L3.4-2.6H-3.4z",
    "other": "M-.9-3.4h1.8v2.5h2.5v1.8h-2.5v2.5h-1.8v-2.5h-2.5v-1.8h2.5z",
}


def _mark(corridor: str, transform: str | None = None) -> Html:
    known = corridor if corridor in SHAPES else "other"
    return el("path", d=SHAPES[known], transform=transform, class_=f"way c-{known}")


def marks(ways: Sequence[tuple[float, float, str]]) -> list[Html]:
    """A mark a way (x, y, corridor); the corridor with the most ways lies lowest."""
    crowd = Counter(corridor for _, _, corridor in ways)
    ranked = sorted(ways, key=lambda way: (-crowd[way[2]], way))
    return [_mark(corridor, f"translate({fixed(x)} {fixed(y)})") for x, y, corridor in ranked]


def legend(corridors: Sequence[str]) -> Html | None:
    """What the marks mean, with how many there are of each; None without any."""
    if not corridors:
        return None
    entries = [
        el(
            "li",
            el("svg", _mark(corridor), class_="sample mark", viewbox="-6 -6 12 12", aria_hidden="true"),
            join(words.corridor(corridor), f", {number:,} way{'s' if number > 1 else ''}"),
        )
        for corridor, number in Counter(corridors).most_common()
    ]
    return el("ul", entries, class_="legend ways")


def stairs(places: Sequence[Point], right: float, top: float) -> list[Point]:
    """Stairs through the places (x, y on paper) that none beats to the left and below.

    No mixture of two ways is on offer, so the line has steps.
    >>> stairs([(1, 9), (2, 9.5), (3, 20), (2, 5)], 10, 0)
    [(1, 0), (1, 0), (1, 9), (2, 9), (2, 9.5), (3, 9.5), (3, 20), (10, 20)]
    """
    best: list[Point] = []
    for x, y in sorted(places, key=lambda place: (place[0], -place[1])):
        # Paper counts downwards: a greater y is fewer days.
        if not best or y > best[-1][1]:
            best.append((x, y))
    steps: list[Point] = [(best[0][0], top)]
    for x, y in best:
        steps += [(x, steps[-1][1]), (x, y)]
    return [*steps, (right, steps[-1][1])]
