"""A page from the tables and the base map that ship with the package."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from midcorridor.brief import plan_page
from midcorridor.brief.courses import ShippedAtlas, courses, great_circle_km
from midcorridor.cli import main
from midcorridor.network import Network
from midcorridor.plan import plan


@pytest.fixture(scope="module")
def result() -> Any:
    """Every corridor between Xi'an and Budapest."""
    return plan(Network.load(), "Xi'an", "Budapest", containers="40x40HC", at="2026-12-01", compare=True)


def test_nearly_all_of_the_way_is_on_true_track_or_sea_lanes(result: Any) -> None:
    found = courses(result.routes, ShippedAtlas())
    length = {
        straight: sum(
            great_circle_km(a, b) for c in found if c.straight == straight for a, b in pairwise(c.points)
        )
        for straight in (True, False)
    }
    assert length[False] > 10_000
    assert length[True] < 0.03 * length[False], [c for c in found if c.straight]


def test_the_page_is_light_and_holds_every_route(result: Any) -> None:
    page = plan_page(result)
    assert len(page.encode()) < 320_000
    assert len(result.routes) >= 2
    for route in result.routes:
        assert f'id="route-{route["route_id"]}"' in page


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    target = tmp_path / "plan.html"
    with pytest.raises(SystemExit) as stopped:
        main(["plan", "Baku", "Tbilisi", "--depart", "2026-12-01", "--format", "html", "-o", str(target)])
    assert stopped.value.code == 0
    assert target.read_text(encoding="utf-8").startswith('<!DOCTYPE html>\n<html lang="en">')
