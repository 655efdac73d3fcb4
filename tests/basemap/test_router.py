"""The shipped base map: lengths, bounds, passages, and answers that agree with another library."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midcorridor import basemap
from midcorridor.basemap.engine import FAR, make_engine
from midcorridor.basemap.passages import gates, passages
from midcorridor.basemap.routing import Router
from midcorridor.basemap.sphere import great_circle_km
from midcorridor.basemap.store import basemap_dir, read_part
from midcorridor.errors import InputError, PlaceError

ALTYNKOL, AKTAU = (44.176, 80.252), (43.606, 51.215)
ALAT, POTI, CONSTANTA = (39.977, 49.440), (42.155, 41.650), (44.165, 28.660)
SHANGHAI, ROTTERDAM = (31.22, 121.49), (51.9, 4.48)


@pytest.mark.parametrize(
    ("mode", "a", "b", "published_km", "within"),
    [
        ("rail", ALTYNKOL, AKTAU, 3128, 0.03),  # Kazakh leg of the first Xi'an-Absheron train
        ("rail", (34.746, 113.657), (34.279, 108.957), 511, 0.03),  # Longhai line; the fast line is 457 km
        ("rail", (40.379, 49.849), (40.598, 43.085), 838.6, 0.05),  # Baku-Tbilisi-Kars
        ("rail", (45.252, 82.484), (47.210, 73.360), 836, 0.03),  # Dostyk-Moyynty
        ("rail", (47.908, 106.883), (50.380, 106.110), 409, 0.06),  # Ulaanbaatar-Naushki, over a join
        ("rail", (34.345, 113.657), (39.895, 116.322), 689, 0.10),
        ("sea", SHANGHAI, ROTTERDAM, 19631, 0.03),  # by Suez, 10,600 nautical miles
        ("sea", POTI, (46.497, 30.750), 1013, 0.03),  # Poti-Odessa
        ("road", (52.230, 21.012), (52.109, 23.717), 197, 0.06),  # Warsaw-Brest, E30
        ("road", (40.378, 49.892), (41.328, 45.071), 503, 0.06),  # Baku-Red Bridge, M2
    ],
)
def test_near_published(mode, a, b, published_km, within):
    assert basemap.router(mode).km(a, b) == pytest.approx(published_km, rel=within)


def test_the_whole_corridor_is_connected():
    """No absurd detour between neighbours of the corridor: at most 1.9 times the great circle."""
    chain = {
        "Xi'an": (34.400, 109.060),
        "Lanzhou": (36.036, 103.853),
        "Urumqi": (43.783, 87.580),
        "Khorgos": (44.190, 80.410),
        "Almaty": (43.343, 76.950),
        "Shu": (43.600, 73.760),
        "Kyzylorda": (44.853, 65.509),
        "Beyneu": (45.320, 55.190),
        "Aktau": AKTAU,
    }
    west = [ALAT, (41.722, 44.798), (40.598, 43.085), (39.75, 37.02), (39.93, 32.84), (41.018, 28.766),
            (42.70, 23.32), (44.79, 20.46), (47.467, 19.09)]  # fmt: skip
    rail = basemap.router("rail")
    for places in (list(chain.values()), west):
        for a, b in itertools.pairwise(places):
            assert rail.km(a, b) < 1.9 * float(great_circle_km(*a, *b)), (a, b)


@pytest.mark.parametrize("mode", basemap.MODES)
def test_never_below_the_great_circle(mode):
    router = basemap.router(mode)
    rng = np.random.default_rng(11)
    part = router.part
    nodes = rng.choice(part.lat.size, 120)
    places = np.stack([part.lat[nodes], part.lon[nodes]], axis=1) + rng.normal(0, 0.03, (120, 2))
    km = router.table(places[:60], places[60:])
    straight = great_circle_km(
        places[:60, None, 0], places[:60, None, 1], places[None, 60:, 0], places[None, 60:, 1]
    )
    assert np.isfinite(km).any()
    assert (km >= straight - 1e-6).all()


def test_no_edge_is_below_its_great_circle():
    for mode in basemap.MODES:
        part = read_part(mode)
        tail, head = part.tail[: part.edges], part.head[: part.edges]
        straight = great_circle_km(part.lat[tail], part.lon[tail], part.lat[head], part.lon[head])
        assert (part.metres >= straight * 1000 - 1e-6).all()


@pytest.mark.parametrize("mode", basemap.MODES)
def test_table_km_and_route_agree(mode):
    router = basemap.router(mode)
    rng = np.random.default_rng(5)
    nodes = rng.choice(router.part.lat.size, 16)
    places = np.stack([router.part.lat[nodes], router.part.lon[nodes]], axis=1) + rng.normal(0, 0.02, (16, 2))
    table = router.table(places, places)
    for i in range(8):
        a, b = tuple(places[i]), tuple(places[i + 8])
        if math.isinf(table[i, i + 8]):
            with pytest.raises(PlaceError):
                router.km(a, b)
            continue
        path = router.route(a, b)
        assert router.km(a, b) == pytest.approx(table[i, i + 8], abs=1e-6)
        assert path.km == pytest.approx(table[i, i + 8], abs=1e-6)
        steps = great_circle_km(path.lat[:-1], path.lon[:-1], path.lat[1:], path.lon[1:])
        assert steps.sum() <= path.km + 1e-6
        assert (path.lat[0], path.lon[0], path.lat[-1], path.lon[-1]) == pytest.approx((*a, *b))


@pytest.mark.parametrize("mode", ["rail", "sea"])
def test_agrees_with_scipy(mode):
    from scipy import sparse
    from scipy.sparse.csgraph import dijkstra

    part = read_part(mode)
    m = part.edges
    n = part.lat.size
    graph = sparse.coo_matrix(
        (np.asarray(part.metres, float), (part.tail[:m], part.head[:m])), shape=(n, n)
    ).tocsr()
    rng = np.random.default_rng(3)
    sources, targets = rng.choice(n, 6), rng.choice(n, 40)
    theirs = dijkstra(graph, directed=False, indices=sources)[:, targets]
    ours = make_engine(part, np.asarray(part.metres)).table(
        sources.astype(np.uint32), targets.astype(np.uint32)
    )
    assert np.where(ours == FAR, np.inf, ours.astype(float)) == pytest.approx(theirs)


@pytest.mark.parametrize("mode", basemap.MODES)
def test_both_engines_give_the_same(mode):
    part = read_part(mode)
    metres = np.asarray(part.metres)
    cch, search = make_engine(part, metres, "cch"), make_engine(part, metres, "search")
    rng = np.random.default_rng(8)
    sources, targets = rng.choice(part.lat.size, (2, 8)).astype(np.uint32)
    assert (cch.table(sources, targets) == search.table(sources, targets)).all()
    for a, b in zip(sources.tolist(), targets.tolist(), strict=True):
        for engine in (cch, search):
            total, nodes, arcs = engine.path(a, b)
            if total == FAR:
                assert not nodes
                continue
            assert total == int(metres[np.array(arcs, int) % part.edges].sum())
            assert nodes[0] == a
            assert nodes[-1] == b
            assert part.tail[arcs].tolist() == nodes[:-1]
            assert part.head[arcs].tolist() == nodes[1:]
        assert cch.path(a, b)[0] == search.path(a, b)[0]


def test_via_is_passed_and_costs():
    rail = basemap.router("rail")
    direct = rail.route(ALTYNKOL, AKTAU)
    round_by = rail.route(ALTYNKOL, AKTAU, via=[(51.18, 71.45)])
    assert round_by.km > direct.km
    gaps = great_circle_km(51.18, 71.45, round_by.lat, round_by.lon)
    assert gaps.min() < 10


def test_passages_on_the_way():
    sea = basemap.router("sea")
    assert sea.route(SHANGHAI, ROTTERDAM).passages == (
        "malacca",
        "bab_el_mandeb",
        "suez",
        "gibraltar",
        "dover",
    )
    assert sea.route(POTI, (37.94, 23.61)).passages == ("bosporus", "dardanelles")
    assert sea.route(POTI, CONSTANTA).passages == ()


def test_without_suez_by_the_cape():
    path = basemap.router("sea", avoid=("suez",)).route(SHANGHAI, ROTTERDAM)
    assert "cape" in path.passages
    assert "suez" not in path.passages
    assert path.km == pytest.approx(25557.6, rel=0.03)  # 13,800 nautical miles


@pytest.mark.parametrize(
    ("closed", "a", "b"),
    [
        ("bosporus", POTI, (37.94, 23.61)),  # Black Sea to Piraeus
        ("dardanelles", CONSTANTA, (37.94, 23.61)),
        ("hormuz", (25.01, 55.05), (18.95, 72.95)),  # Jebel Ali to Nhava Sheva
        ("kerch", POTI, (47.06, 39.3)),
    ],
)
def test_a_closed_passage_stays_closed(closed, a, b):
    assert closed in basemap.router("sea").route(a, b).passages
    with pytest.raises(PlaceError, match=closed):
        basemap.router("sea", avoid=(closed,)).km(a, b)


@pytest.mark.parametrize(
    ("closed", "a", "b"),
    [
        ("gibraltar", (44.405, 8.91), ROTTERDAM),
        ("malacca", SHANGHAI, (6.95, 79.845)),
        ("bab_el_mandeb", (21.48, 39.16), (12.79, 44.98)),
        ("dover", ROTTERDAM, (38.7, -9.2)),
    ],
)
def test_another_way_is_longer_and_named(closed, a, b):
    usual = basemap.router("sea").route(a, b)
    other = basemap.router("sea", avoid=(closed,)).route(a, b)
    assert closed in usual.passages
    assert closed not in other.passages
    assert other.km > usual.km


def test_the_caspian_is_no_ocean():
    sea = basemap.router("sea")
    assert sea.km(AKTAU, ALAT) == pytest.approx(470, rel=0.05)
    with pytest.raises(PlaceError, match="separate networks"):
        sea.km(AKTAU, CONSTANTA)


def test_the_arctic_is_closed():
    for word in (gate.passage for gate in gates() if not gate.is_open):
        assert word in passages()
    path = basemap.router("sea").route(SHANGHAI, ROTTERDAM)
    assert path.lat.max() < 60


def test_lanes_keep_off_the_land():
    """Ways on the corridor's seas: no point of them lies far inside a country."""
    from midcorridor.basemap.countries import distance_outside_km, outlines

    codes = ["UA", "RU", "TR", "GE", "BG", "RO", "AZ", "KZ", "TM", "GR"]
    assert set(codes) <= {code for code, _, _ in outlines()}
    sea = basemap.router("sea")
    for a, b in [(POTI, CONSTANTA), (AKTAU, ALAT), (POTI, (40.966, 28.69)), (CONSTANTA, (37.94, 23.61))]:
        path = sea.route(a, b)
        for lat, lon in _every_km(path, 10):
            if min(great_circle_km(lat, lon, *a), great_circle_km(lat, lon, *b)) < 20 or _in_strait(lat, lon):
                continue
            assert all(distance_outside_km(code, lat, lon) > 0 for code in codes), (lat, lon)


def _every_km(path, step):
    for k in range(path.lat.size - 1):
        length = float(great_circle_km(path.lat[k], path.lon[k], path.lat[k + 1], path.lon[k + 1]))
        for share in np.arange(0, 1, step / max(length, step)):
            yield (
                float(path.lat[k] + share * (path.lat[k + 1] - path.lat[k])),
                float(path.lon[k] + share * (path.lon[k + 1] - path.lon[k])),
            )


def _in_strait(lat, lon):
    """The Bosporus and the Dardanelles are narrower than the outlines are exact."""
    return (40.9 < lat < 41.35 and 28.8 < lon < 29.3) or (39.9 < lat < 40.6 and 26.0 < lon < 27.2)


@pytest.mark.parametrize(
    ("mode", "place"), [("rail", (64.15, -21.94)), ("rail", (35.0, -30.0)), ("sea", (47.5, 19.05))]
)
def test_out_of_reach_says_so(mode, place):
    with pytest.raises(PlaceError, match=f"no {mode} within") as caught:
        basemap.router(mode).km(place, ALTYNKOL if mode == "rail" else POTI)
    assert caught.value.faults[0].hint
    assert np.isinf(basemap.router(mode).table([place], [POTI])).all()


def test_words_that_are_not_accepted():
    with pytest.raises(InputError, match="Accepted: rail, road, sea"):
        basemap.router("air")
    with pytest.raises(InputError, match="Did you mean 'suez'") as caught:
        basemap.router("sea", avoid=("suezz",))
    assert "gibraltar" in caught.value.faults[0].accepted
    with pytest.raises(InputError, match="no passages"):
        basemap.router("rail", avoid=("suez",))
    for place in [(95.0, 10.0), (float("nan"), 10.0), (10.0, 400.0)]:
        with pytest.raises(InputError, match="no place on Earth"):
            basemap.router("rail").snap(place)
    with pytest.raises(InputError, match="rows of latitude"):
        basemap.router("rail").table([1.0, 2.0], [[1.0, 2.0]])


def test_an_empty_table():
    assert basemap.router("rail").table(np.empty((0, 2)), [ALAT]).shape == (0, 1)
    assert basemap.router("rail").table([ALAT], np.empty((0, 2))).shape == (1, 0)


def test_the_same_router_each_time():
    assert basemap.router("rail") is basemap.router("rail")
    assert basemap.router("sea", avoid=("suez", "cape")) is basemap.router("sea", avoid=("cape", "suez"))


@settings(max_examples=60, deadline=None)
@given(st.floats(36, 55), st.floats(20, 120), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_two_places_on_one_edge(lat, lon, step_lat, step_lon):
    rail = basemap.router("rail")
    a, b = (lat, lon), (lat + step_lat, lon + step_lon)
    table = rail.table([a], [b])
    if math.isinf(table[0, 0]):
        return
    assert table[0, 0] >= float(great_circle_km(*a, *b)) - 1e-6
    assert rail.km(a, b) == pytest.approx(table[0, 0], abs=1e-6)
    assert rail.km(b, a) == pytest.approx(rail.km(a, b), abs=1e-6)


def test_loading_is_quick():
    """Each part loads in half a second on an ordinary machine; three times that on a busy one."""
    import time

    for mode in basemap.MODES:
        best = math.inf
        for _ in range(3):
            start = time.perf_counter()
            Router(read_part(mode))
            best = min(best, time.perf_counter() - start)
        assert best < 1.5, mode


def test_shipped_size():
    assert sum(path.stat().st_size for path in basemap_dir().rglob("*") if path.is_file()) < 24e6
