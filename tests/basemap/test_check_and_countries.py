"""The comparison with published distances, and the country outlines."""

from __future__ import annotations

import csv
import math

import pytest

from midcorridor.basemap import check
from midcorridor.basemap.countries import distance_outside_km, lands_between, outlines
from midcorridor.basemap.sphere import feet_on_arcs, great_circle_km, unit_vectors
from midcorridor.errors import DataFileError, InputError


@pytest.fixture(scope="module")
def compared():
    return check.validate_distances()


def test_shares(compared):
    """What the page reports today, with a little room; a worse map fails here."""
    scores = check.scores(compared)
    assert scores["rail"]["rows"] > 140
    assert scores["rail"]["median"] < 0.025
    assert scores["rail"]["within_10"] > 0.88
    assert scores["rail"]["free_median"] < 0.03
    assert scores["sea"]["within_10"] > 0.93
    assert scores["road"]["median"] < 0.05
    assert sum(score["without_way"] for score in scores.values()) == 0


def test_every_outlier_is_named(compared):
    page = check.markdown(compared)
    outliers = [row for row in compared if not abs(row.error) <= 0.10]
    section = page.split("### Every distance off by more than 10 %")[1].split("### What is known")[0]
    for row in outliers:
        assert f"| {row.origin} | {row.destination} |" in section
    assert section.count("\n|") == len(outliers) + 2
    assert all(check._remark(row) for row in outliers)


def test_only_independent_rows_of_some_length(compared):
    assert all(row.published_km >= 30 for row in compared)
    with check.observed_path().open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            assert not row["note"].upper().startswith(("SUSPECT", "NOT ", "FUTURE", "UNDER CONSTRUCTION"))
            assert row["source"] not in ("", "estimate")
            assert "osm" not in row["source"]


def test_no_published_length_in_the_graph():
    """No listed join is as long as a published figure, to a tenth of a per cent."""
    from midcorridor.basemap.store import basemap_dir

    with check.observed_path().open(encoding="utf-8", newline="") as stream:
        published = [float(row["km"]) for row in csv.DictReader(stream) if row["mode"] != "sea"]
    for mode in ("rail", "road"):
        with (basemap_dir() / f"{mode}_joins.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                ends = [float(row[name]) for name in ("from_lat", "from_lon", "to_lat", "to_lon")]
                straight = float(great_circle_km(*ends))
                assert float(row["km"]) <= 1.061 * straight + 0.1
                assert row["reason"]
                if float(row["km"]) > 30:
                    assert min(abs(float(row["km"]) / km - 1) for km in published) > 0.001


def test_missing_table(tmp_path):
    with pytest.raises(DataFileError, match="published distances"):
        check.validate_distances(tmp_path / "none.csv")


def test_a_row_without_a_way_counts_as_missed(tmp_path):
    table = tmp_path / "observed.csv"
    table.write_text(
        "from_name,from_lat,from_lon,to_name,to_lat,to_lon,mode,km,via,via_places,avoid,source,confidence,note\n"
        "Aktau,43.606,51.215,Poti,42.155,41.65,sea,900,,,,x,low,\n"
        "Poti,42.155,41.65,Constanta,44.165,28.66,sea,1080,,,,x,low,\n"
    )
    rows = check.validate_distances(table)
    assert rows[0].fault
    assert math.isnan(rows[0].km)
    score = check.scores(rows)["sea"]
    assert score["without_way"] == 1
    assert score["within_10"] == 0.5


@pytest.mark.parametrize(
    ("code", "lat", "lon"),
    [
        ("AZ", 40.4, 47.0),
        ("KZ", 48.0, 68.0),
        ("CN", 34.3, 108.9),
        ("TR", 39.9, 32.8),
        ("GE", 41.7, 44.8),
        ("RO", 45.9, 25.0),
    ],
)
def test_inside(code, lat, lon):
    assert distance_outside_km(code, lat, lon) == 0.0
    assert distance_outside_km("FR", lat, lon) > 500


def test_distance_to_the_border_is_right():
    """Aktau's roadstead, some 40 km west of the Kazakh shore."""
    assert distance_outside_km("KZ", 43.6, 50.6) == pytest.approx(45, abs=15)
    assert distance_outside_km("KZ", 0.0, 0.0) > 5000


def test_unknown_country():
    with pytest.raises(InputError, match="no outline"):
        distance_outside_km("XX", 0, 0)


@pytest.mark.parametrize(
    ("one", "other", "between"),
    [
        (("PL",), ("SK",), set()),
        (("PL",), ("HU",), {"SK", "UA"}),
        (("SI",), ("DE",), {"AT"}),
        (("AM",), ("RU",), {"AZ", "GE"}),
        (("GB",), ("FR",), set()),  # only the sea: there is a tunnel
        (("XX",), ("FR",), set()),
        (("AZ", (40.4, 49.8)), ("AZ", (39.2, 45.4)), {"AM"}),  # Baku and Nakhchivan
        (("BY", (53.9, 27.6)), ("RU", (55.7, 37.6)), set()),  # Minsk and Moscow
        (("BY", (53.9, 27.6)), ("RU", (54.7, 20.5)), {"LT", "PL"}),  # Minsk and Kaliningrad
        (("TR", (41.0, 28.8)), ("TR", (39.9, 32.8)), set()),  # both sides of the Bosporus
    ],
)
def test_what_lies_between_countries(one, other, between):
    (here, *at), (there, *to) = one, other
    assert set(lands_between(here, there, *(at or [None]), *(to or [None]))) == between
    assert set(lands_between(there, here, *(to or [None]), *(at or [None]))) == between


def test_rings_are_closed_and_in_range():
    for _, _, rings in outlines():
        for ring in rings:
            assert (ring[0] == ring[-1]).all()
            assert ring[:, 0].min() >= -30.01
            assert ring[:, 0].max() <= 150.01


def test_foot_on_an_arc():
    start, end = unit_vectors([0.0], [0.0]), unit_vectors([0.0], [10.0])
    _, off = feet_on_arcs(unit_vectors(1.0, 5.0), start, end)
    assert off[0] == pytest.approx(float(great_circle_km(1.0, 5.0, 0.0, 5.0)))
    _, off = feet_on_arcs(unit_vectors(0.0, 12.0), start, end)
    assert off[0] == pytest.approx(float(great_circle_km(0.0, 12.0, 0.0, 10.0)))
    _, off = feet_on_arcs(unit_vectors(1.0, 0.0), start, start)
    assert off[0] == pytest.approx(float(great_circle_km(1.0, 0.0, 0.0, 0.0)))
