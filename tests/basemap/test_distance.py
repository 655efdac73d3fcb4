"""The distance verb."""

from __future__ import annotations

import json
import sys
import types

import pytest

from midcorridor.distance import distance
from midcorridor.errors import InputError, PlaceError

XIAN, KHORGOS = (34.279, 108.957), (44.190, 80.410)


def test_result_as_plain_values():
    result = distance((42.155, 41.650), (51.9, 4.48), "sea", avoid=["suez"])
    plain = json.loads(json.dumps(result.to_dict()))
    assert plain["km"] == pytest.approx(result.km, abs=1e-3)
    assert plain["geometry"]["type"] == "LineString"
    assert plain["geometry"]["coordinates"][0] == [41.65, 42.155]
    assert plain["geometry"]["coordinates"][-1] == [4.48, 51.9]
    assert plain["passages"] == ["bosporus", "dardanelles", "gibraltar", "dover"]
    assert plain["question"]["avoid"] == ["suez"]
    assert plain["mode"] == "sea"
    assert plain["km"] >= plain["great_circle_km"]
    assert plain["km"] == pytest.approx(
        plain["line_km"] + plain["access_from"]["km"] + plain["access_to"]["km"], abs=0.01
    )


def test_via_in_order():
    direct = distance(XIAN, KHORGOS, "rail")
    by_lanzhou = distance(XIAN, KHORGOS, "rail", via=[(36.036, 103.853)])
    assert by_lanzhou.km > direct.km
    assert by_lanzhou.to_dict()["via"] == ["36.036, 103.853"]


def test_last_mile_by_road():
    """Shusha lies off the railway; the last mile is longer than the straight line."""
    place = (40.05, 45.6)
    result = distance((41.722, 44.798), place, "rail")
    assert result.path.snap_to_km > 5
    assert result.access_to.km >= result.path.snap_to_km
    assert result.km >= result.great_circle_km


def test_names_are_resolved_lazily(monkeypatch):
    module = types.ModuleType("midcorridor.places")
    spots = {"Baku": (40.379, 49.849), "Kars": (40.598, 43.085)}

    def resolve(text):
        return types.SimpleNamespace(name=text, lat=spots[text][0], lon=spots[text][1])

    module.resolve = resolve
    monkeypatch.setitem(sys.modules, "midcorridor.places", module)
    result = distance("Baku", "Kars", "rail", via="Kars")
    assert result.to_dict()["question"]["from"]["name"] == "Baku"
    assert result.km == pytest.approx(distance(spots["Baku"], spots["Kars"], "rail").km)


def test_same_place_is_refused():
    with pytest.raises(InputError, match="same place"):
        distance(XIAN, XIAN, "rail")


@pytest.mark.parametrize("place", [(1,), (1, 2, 3), ("a", "b"), None, 7])
def test_no_place_at_all(place):
    with pytest.raises(InputError, match="neither a name nor a coordinate"):
        distance(place, XIAN, "rail")


def test_separate_networks_name_both_ends():
    with pytest.raises(PlaceError, match=r"43\.606N 51\.215E to 42\.155N 41\.650E"):
        distance((43.606, 51.215), (42.155, 41.650), "sea")
