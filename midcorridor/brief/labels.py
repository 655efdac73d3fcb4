"""Labels on a map that do not lie over each other."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .projection import Point

Box = tuple[float, float, float, float]  # x0, y0, x1, y1

_NARROW = frozenset("fijlrtI'’.,:;()|! -")
_WIDE = frozenset("mwMWQOGÖ@%&")
# Where a label may stand about its mark: to the right first, as cartographers do.
_SPOTS = ((1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1))


@dataclass(frozen=True, slots=True)
class Mark:
    """A thing to be named: where, its text and what it keeps free about itself."""

    x: float
    y: float
    text: str
    radius: float
    rank: int = 0  # the lowest is placed first
    extra: float = 0.0  # room after the text, for badges
    routes: str = ""
    strong: bool = False
    gauge: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A placed label: its box, and the mark that it names."""

    mark: Mark
    box: Box
    far: bool  # so far from the mark that a line must join them


@dataclass(eq=False)
class Crowd:
    """What is on the map already.

    taken : boxes that nothing may cover; lines : points of the routes, better left bare
    """

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)
    _cells: dict[tuple[int, int], list[Point]] = field(default_factory=lambda: defaultdict(list))

    def add_lines(self, points: Iterable[Point], step: float = 4.0) -> None:
        """Fill in a line so that a box that crosses it always meets a point."""
        before: Point | None = None
        for point in points:
            if before is not None:
                pieces = max(1, math.ceil(math.dist(before, point) / step))
                for piece in range(pieces):
                    share = piece / pieces
                    self._add(
                        (
                            before[0] + share * (point[0] - before[0]),
                            before[1] + share * (point[1] - before[1]),
                        )
                    )
            before = point
        if before is not None:
            self._add(before)

    def _add(self, point: Point) -> None:
        self._cells[int(point[0] // 16), int(point[1] // 16)].append(point)

    def crossed(self, box: Box) -> int:
        """How many points of routes lie in a box."""
        x0, y0, x1, y1 = box
        return sum(
            1
            for i in range(int(x0 // 16), int(x1 // 16) + 1)
            for j in range(int(y0 // 16), int(y1 // 16) + 1)
            for x, y in self._cells.get((i, j), ())
            if x0 <= x <= x1 and y0 <= y <= y1
        )

    def is_free(self, box: Box) -> bool:
        """Whether a box lies inside the map and over nothing."""
        if box[0] < 2 or box[1] < 2 or box[2] > self.width - 2 or box[3] > self.height - 2:
            return False
        return not any(overlap(box, other) for other in self.taken)


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share more than an edge."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def text_width(text: str, size: float) -> float:
    """About the width of a text in a grotesque typeface, rather too much than too little."""
    return size * sum(
        1.02
        if ord(letter) > 0x2E7F
        else 0.36
        if letter in _NARROW
        else 0.92
        if letter in _WIDE
        else 0.72
        if letter.isupper()
        else 0.6
        for letter in text
    )


def placed(marks: Sequence[Mark], crowd: Crowd, size: float) -> list[Label]:
    """Labels for the marks that find room, the lowest rank first; the others go without."""
    crowd.taken.extend(_around(mark) for mark in marks)
    labels = []
    for mark in sorted(marks, key=lambda m: (m.rank, m.text)):
        label = _spot(mark, crowd, size)
        if label is not None:
            crowd.taken.append(label.box)
            labels.append(label)
    return labels


def _around(mark: Mark) -> Box:
    r = mark.radius
    return (mark.x - r, mark.y - r, mark.x + r, mark.y + r)


def _spot(mark: Mark, crowd: Crowd, size: float) -> Label | None:
    width = text_width(mark.text, size * (1.06 if mark.strong else 1.0)) + mark.extra
    height = size * 1.3
    best: tuple[float, Box, bool] | None = None
    for ring, gap in enumerate((3.0, 14.0, 26.0, 40.0)):
        for turn, (dx, dy) in enumerate(_SPOTS):
            reach = mark.radius + gap
            # Diagonal spots sit closer, so that the corner of the box and not its edge is at the gap.
            along = reach * (0.72 if dx and dy else 1.0)
            cx = mark.x + dx * (along + width / 2)
            cy = mark.y + dy * (along + height / 2)
            box = (cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2)
            if not crowd.is_free(box):
                continue
            penalty = 3.0 * crowd.crossed(box) + 7.0 * ring + 0.4 * turn
            if best is None or penalty < best[0]:
                best = (penalty, box, ring > 0)
    return None if best is None else Label(mark, best[1], best[2])
