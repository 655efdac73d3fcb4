"""Changes of gauge: few before short, and lengths that hold nothing but length."""

from __future__ import annotations

import numpy as np
import pytest

from midcorridor import basemap
from midcorridor.basemap.countries import outlines
from midcorridor.basemap.gauges import STEP_M, _gauge_of_nodes, changing_edges
from midcorridor.basemap.inputs import Raw
from midcorridor.basemap.sphere import great_circle_km

ALMATY, DOSTYK = (43.343, 76.950), (45.252, 82.484)
XIAN, BUDAPEST = (34.279, 108.957), (47.467, 19.090)


def test_kazakh_trains_stay_in_kazakhstan():
    path = basemap.router("rail").route(ALMATY, DOSTYK)
    assert path.gauge_changes == 0
    assert path.lat.max() > 46.5  # by Aktogay, not by Jinghe in China
    assert path.km == pytest.approx(850, rel=0.05)


@pytest.mark.parametrize(
    ("a", "b", "changes"),
    [
        (XIAN, (44.176, 80.252), 1),  # Altynkol
        (XIAN, BUDAPEST, 2),
        (XIAN, (36.069, 103.750), 0),  # Lanzhou
        ((40.379, 49.849), (40.598, 43.085), 1),  # Baku-Kars
        ((55.777, 37.582), (52.100, 23.681), 0),  # Moscow-Brest
        ((55.777, 37.582), (52.230, 21.012), 1),  # Moscow-Warsaw
        ((41.018, 28.766), BUDAPEST, 0),
    ],
)
def test_number_of_changes(a, b, changes):
    rail = basemap.router("rail")
    path = rail.route(a, b)
    assert path.gauge_changes == changes
    assert path.km < STEP_M / 1000
    assert rail.km(a, b) == pytest.approx(path.km)
    assert rail.table([a], [b])[0, 0] == pytest.approx(path.km)
    steps = great_circle_km(path.lat[:-1], path.lon[:-1], path.lat[1:], path.lon[1:]).sum()
    assert steps <= path.km < 1.25 * steps


def test_stations_on_both_sides_of_a_frontier():
    rail = basemap.router("rail")
    alashankou, altynkol = (45.17, 82.57), (44.176, 80.252)
    assert rail.route(alashankou, (43.783, 87.58)).gauge_changes == 0  # Urumqi
    assert rail.route(alashankou, DOSTYK).gauge_changes == 1
    assert rail.route(altynkol, alashankou).km < 600  # by Jinghe, one change either way


def test_gauge_of_places():
    places = {
        (43.3, 76.9): 1520,
        (34.3, 108.9): 1435,
        (41.7, 44.8): 1520,
        (39.9, 32.8): 1435,
        (40.4, -3.7): 1668,
        (64.96, 20.0): 1435,
        (68.3, 17.5): 1435,
        (61.5, 24.0): 1520,
        (60.0, 120.0): 1520,
        (43.0, 34.0): 0,
    }
    lat, lon = np.array(list(places)).T
    assert _gauge_of_nodes(lat, lon, outlines()).tolist() == list(places.values())


def test_a_bridge_has_its_neighbours_gauge():
    lat, lon = np.array([41.7, 41.75, 43.0, 34.3]), np.array([44.8, 44.9, 34.0, 108.9])
    raw = Raw(lat, lon, np.array([0, 1, 2]), np.array([1, 2, 3]), np.ones(3))
    assert changing_edges(raw, outlines()).tolist() in ([False, False, True], [False, True, False])
    assert not changing_edges(raw, []).any()
