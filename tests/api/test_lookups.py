"""Places, maps, tables and sources."""

from __future__ import annotations

import gzip
from itertools import pairwise
from typing import Any

import pytest

from midcorridor.api.shapes import decimals
from midcorridor.network import Network

from .asking import Caller, faults


def test_places_are_found_as_they_are_typed(api: Caller) -> None:
    found = api.get("/v1/places", params={"text": "Budap"}).json()["items"]
    assert found[0]["name"] == "Budapest"
    again = api.get("/v1/place", params={"text": found[0]["spelling"]}).json()
    assert (again["name"], again["country"]) == ("Budapest", "HU")
    assert api.get("/v1/places", params={"text": "qqqqqqq"}).json() == {"items": []}


def test_an_ambiguous_place_lists_the_choices(api: Caller) -> None:
    response = api.get("/v1/place", params={"text": "Tripoli"})
    assert response.status_code == 422
    assert "Tripoli" in faults(response)[0]["hint"]


def digits(coordinates: Any) -> int:
    if isinstance(coordinates, float):
        return len(str(coordinates).partition(".")[2])
    return max((digits(each) for each in coordinates), default=0) if isinstance(coordinates, list) else 0


@pytest.mark.parametrize("what", ["terminals", "links", "services"])
def test_a_map_is_as_fine_as_its_zoom(what: str, api: Caller) -> None:
    sizes = {}
    for zoom in (3, 8):
        response = api.get(f"/v1/network/{what}", params={"zoom": zoom, "on": "2026-12-01"})
        assert response.headers["content-type"] == "application/geo+json"
        features = response.json()["features"]
        most = digits([feature["geometry"]["coordinates"] for feature in features])
        assert most == decimals(zoom) or (what == "terminals" and most < decimals(zoom))
        sizes[zoom] = len(response.content)
    assert sizes[3] < sizes[8] or what == "terminals"
    assert sizes[3] <= 400_000


def test_links_run_in_one_direction(api: Caller) -> None:
    terminals = {row["terminal_id"]: row for row in Network.load().tables["terminals"]}
    slots = set()
    for feature in api.get("/v1/network/links", params={"zoom": 8}).json()["features"]:
        told, line = feature["properties"], feature["geometry"]["coordinates"]
        ends = told["from_terminal"], told["to_terminal"]
        first = min(ends)
        assert told["reversed"] == (ends[0] != first)
        start = terminals[first]
        assert line[0] == [round(start["lon"], 5), round(start["lat"], 5)]
        # Longitudes run on over the antimeridian.
        assert all(abs(a[0] - b[0]) < 180 for a, b in pairwise(line))
        slots.add((*sorted(ends), told["slot"]))
    assert len(slots) == len(api.get("/v1/network/links", params={"zoom": 8}).json()["features"])


def test_a_box_leaves_out_what_is_elsewhere(api: Caller) -> None:
    near = api.get("/v1/network/terminals", params={"bbox": "49,39,52,45"}).json()["features"]
    names = {feature["id"] for feature in near}
    assert {"az-alat", "kz-aktau"} <= names
    assert "cn-xian" not in names
    for box in ("1,2,3", "5,0,1,1", "nan,0,1,1", "a,b,c,d"):
        assert faults(api.get("/v1/network/terminals", params={"bbox": box}))[0]["field"] == "bbox"


def test_a_tag_saves_sending_it_again(api: Caller) -> None:
    for path in ("/v1/network/links?zoom=4", "/v1/basemap?zoom=2", "/v1/facts/links", "/v1/places?text=Baku"):
        first = api.get(path)
        again = api.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_answers_are_packed_for_those_who_unpack(api: Caller) -> None:
    packed = api.get("/v1/basemap?zoom=2", headers={"Accept-Encoding": "gzip"})
    plain = api.get("/v1/basemap?zoom=2", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert len(gzip.compress(plain.content, 4)) >= int(packed.headers["content-length"]) - 20
    assert packed.headers["etag"] != plain.headers["etag"]


def test_land_has_valid_rings(api: Caller) -> None:
    coarse, fine = (api.get(f"/v1/basemap?zoom={zoom}").json() for zoom in (2, 5))
    assert len(str(coarse)) * 3 < len(str(fine))
    assert "Natural Earth" in fine["attribution"]
    countries = {feature["properties"]["country"] for feature in coarse["features"]}
    assert {"KZ", "AZ", "CN", "TR"} <= countries
    for feature in fine["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            for ring in polygon:
                assert ring[0] == ring[-1]
                assert len(ring) >= 4


def test_rows_are_filtered_sorted_and_paged(api: Caller) -> None:
    rows = Network.load().tables["links"]
    sea = [row for row in rows if row["mode"] == "sea"]
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        params = {"mode": "sea", "sort": "-km", "limit": 50} | ({"cursor": cursor} if cursor else {})
        page = api.get("/v1/facts/links", params=params).json()
        assert page["total"] == len(sea)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [row["km"] for row in found] == sorted((row["km"] for row in sea), reverse=True)
    assert {row["link_id"] for row in found} == {row["link_id"] for row in sea}
    assert api.get("/v1/facts/terminals", params={"kinds": "seaport", "country": "AZ"}).json()["total"] >= 1
    either = api.get("/v1/facts/links", params=[("mode", "sea"), ("mode", "road")]).json()["total"]
    assert either == sum(row["mode"] in ("sea", "road") for row in rows)


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/v1/facts/nothing", 404, ""),
        ("/v1/facts/links?nothing=1", 422, "nothing"),
        ("/v1/facts/links?sort=nothing", 422, "sort"),
        ("/v1/facts/links?limit=0", 422, "query.limit"),
        ("/v1/facts/links?cursor=x", 422, "cursor"),
        ("/v1/facts/terminals/nothing", 404, ""),
        ("/v1/facts/..%2F..%2Fetc%2Fpasswd", 404, "path"),
        ("/v1/sources/nothing", 404, ""),
        ("/v1/network/links?on=yesterday", 422, "on"),
        ("/v1/network/links?scenario_id=nothing", 404, "scenario_id"),
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(path: str, status: int, field: str, api: Caller) -> None:
    response = api.get(path)
    assert response.status_code == status, response.text
    assert faults(response)[0].get("field", "") in (field, field.removeprefix("query."))


def test_a_figure_has_its_source(api: Caller) -> None:
    row = api.get("/v1/facts/terminals/az-alat").json()
    source = row["parts"][0]["sources"][0]["source_id"]
    told = api.get(f"/v1/sources/{source}").json()
    assert told["publisher"]
    assert sum(told["used_in"].values()) > 0


def test_the_navigation_is_drawn_from_what_is_offered(api: Caller) -> None:
    told = api.get("/v1/verbs").json()
    assert [verb["verb"] for verb in told["verbs"]][:2] == ["plan", "compare"]
    for verb in told["verbs"]:
        assert api.post(verb["href"], {"nothing": 1}).status_code == 422
