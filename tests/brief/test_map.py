"""Projections against published values, lines, and labels that keep apart."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any

import pytest

from midcorridor.brief.courses import courses, great_circle_km, running_on
from midcorridor.brief.labels import Crowd, Mark, overlap, placed, text_width
from midcorridor.brief.projection import (
    Lambert,
    Miller,
    clipped,
    great_circle,
    projection_for,
    simplified,
)
from midcorridor.brief.sheet import path_text


def test_lambert_equals_snyders_example() -> None:
    # Snyder (1987), page 295: sphere of radius 1, parallels 33 and 45 N, origin 23 N 96 W; 35 N 75 W.
    cone = Lambert(-96.0, 33.0, 45.0)
    x, y = cone(35.0, -75.0)
    _, y0 = cone(23.0, -96.0)
    assert x == pytest.approx(0.2966785, abs=1e-7)
    assert y0 - y == pytest.approx(0.2462112, abs=1e-7)


def test_miller_equals_snyders_example() -> None:
    # Snyder (1987), page 287: sphere of radius 1, central meridian 0; 50 N 75 W.
    x, y = Miller(0.0)(50.0, -75.0)
    assert x == pytest.approx(-1.3089969, abs=1e-7)
    assert -y == pytest.approx(0.9536371, abs=1e-7)


def test_the_cone_serves_eurasia_and_the_cylinder_the_cape() -> None:
    assert isinstance(projection_for([34.0, 55.0], [19.0, 109.0]), Lambert)
    assert isinstance(projection_for([-35.0, 55.0], [-18.0, 122.0]), Miller)


def test_lambert_is_conformal() -> None:
    cone = Lambert(60.0, 35.0, 55.0)
    for lat, lon in ((20.0, 10.0), (45.0, 60.0), (65.0, 120.0)):
        x, y = cone(lat, lon)
        north, east = cone(lat + 1e-4, lon), cone(lat, lon + 1e-4 / math.cos(math.radians(lat)))
        up, right = (north[0] - x, north[1] - y), (east[0] - x, east[1] - y)
        assert math.hypot(*up) == pytest.approx(math.hypot(*right), rel=1e-4)
        assert up[0] * right[0] + up[1] * right[1] == pytest.approx(0, abs=1e-10)


def test_simplified_stays_within_the_tolerance() -> None:
    random.seed(4)
    line = [(0.0, 0.0)]
    for _ in range(400):
        line.append((line[-1][0] + random.random(), line[-1][1] + random.uniform(-1, 1)))
    thin = simplified(line, 1.0)
    assert thin[0] == line[0]
    assert thin[-1] == line[-1]
    assert len(thin) < len(line) / 2
    # Thinning to half the tolerance comes first, so that much is added at most.
    assert max(min(_off(p, a, b) for a, b in pairwise(thin)) for p in line) <= 1.5


def _off(p: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    length2 = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
    share = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length2 if length2 else 0
    share = max(0.0, min(1.0, share))
    return math.dist(p, (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))


def test_clipping_leaves_the_inside() -> None:
    ring = [(-5.0, -5.0), (5.0, -5.0), (5.0, 5.0), (-5.0, 5.0)]
    assert sorted(clipped(ring, (0.0, 0.0, 10.0, 10.0))) == [(0.0, 0.0), (0.0, 5.0), (5.0, 0.0), (5.0, 5.0)]
    assert clipped(ring, (6.0, 6.0, 9.0, 9.0)) == []


def test_great_circle_has_its_ends_and_its_length() -> None:
    a, b = (34.26, 108.94), (47.5, 19.04)
    points = great_circle(a, b)
    assert (points[0], points[-1]) == (a, b)
    assert sum(great_circle_km(p, q) for p, q in pairwise(points)) == pytest.approx(
        great_circle_km(a, b), rel=1e-9
    )
    assert max(great_circle_km(p, q) for p, q in pairwise(points)) < 151


def test_lines_run_on_across_the_antimeridian() -> None:
    assert running_on([(60.0, 179.0), (61.0, -179.0)], 100.0) == [(60.0, 179.0), (61.0, 181.0)]


def test_path_text_does_not_drift() -> None:
    points = [(i * 0.37, math.sin(i) * 3) for i in range(300)]
    head, steps = path_text(points, 10).split("l")
    numbers = [float(n) for n in steps.replace("-", " -").split()]
    x, y = (float(n) for n in head[1:].split())
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
    assert (x, y) == pytest.approx(points[-1], abs=0.06)


@pytest.mark.parametrize("seed", range(20))
def test_labels_never_overlap_each_other_or_a_mark(seed: int) -> None:
    dice = random.Random(seed)
    marks = [
        Mark(
            dice.uniform(0, 400),
            dice.uniform(0, 300),
            "Place " + "n" * dice.randint(1, 9),
            5.0,
            dice.randint(0, 3),
        )
        for _ in range(30)
    ]
    crowd = Crowd(400, 300)
    labels = placed(marks, crowd, 12.0)
    assert len(labels) > 8
    boxes = [label.box for label in labels]
    around = [(m.x - 5, m.y - 5, m.x + 5, m.y + 5) for m in marks]
    for number, box in enumerate(boxes):
        assert box[0] >= 0
        assert box[2] <= 400
        assert not any(overlap(box, other) for other in boxes[number + 1 :] + around)


def test_the_most_wanted_label_is_placed_first() -> None:
    marks = [Mark(50, 50, "second", 4.0, 5), Mark(50, 50, "first", 4.0, 1)]
    assert [label.mark.text for label in placed(marks, Crowd(75, 60), 12.0)][:1] == ["first"]


def test_wide_letters_take_more_room() -> None:
    assert text_width("西安", 12) > text_width("il", 12) * 2
    assert text_width("WWW", 12) > text_width("iii", 12) * 2


def test_a_shared_hop_is_one_course_and_a_missing_way_is_straight(sample: Any, atlas: Any) -> None:
    found = courses(sample("A", "B").routes, atlas)
    shared = [course for course in found if course.routes == "AB"]
    assert {course.mode for course in shared} == {"rail", "road"}
    assert all(course.straight == (course.mode == "road") for course in found)
    assert len({(course.mode, course.points) for course in found}) == len(found)


def test_only_ships_by_the_cape_avoid_suez(sample: Any, atlas: Any) -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []
    way = atlas.way

    def spy(graph: str, start: Any, end: Any, avoid: tuple[str, ...]) -> Any:
        asked.append((graph, avoid))
        return way(graph, start, end, avoid)

    atlas.way = spy
    courses(sample("A", "C").routes, atlas)
    assert ("sea", ("suez",)) in asked
    assert ("sea", ()) in asked
    assert all(avoid == () for graph, avoid in asked if graph != "sea")


def test_a_way_round_a_gap_in_the_graph_is_drawn_straight(sample: Any, atlas: Any) -> None:
    way = atlas.way
    atlas.way = lambda *asked: (99_999.0, way(*asked)[1])
    assert {course.mode for course in courses(sample("A").routes, atlas) if not course.straight} == {"sea"}
