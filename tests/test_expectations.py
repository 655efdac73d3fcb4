"""Plans of twelve pairs against the expectation sheet, and the judge of the sheet against made-up answers."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from typing import Any

import pytest

from .expectation_sheet import (
    COLUMNS,
    CORRIDORS,
    COUNTRIES,
    ENDS,
    FOREIGN_TO_CORRIDOR,
    HERE,
    NEEDED_BY_CORRIDOR,
    PRESENCES,
    TERMINALS,
    Expectation,
    answer_for,
    chain_matches,
    countries_of,
    country_of,
    expected_by_pair,
    load_bans,
    load_pairs,
    missing_port,
    sheet_rows,
    terminals_of,
    violations,
)


def test_plans_hold_the_expectations():
    faults = [
        fault
        for rows in expected_by_pair().values()
        for answer in (answer_for(rows[0]),)
        for row in rows
        for fault in violations(row, answer)
    ]
    assert not faults, f"{len(faults)} violations of the expectation sheet\n" + "\n".join(faults)


# ------------------------------------------------------------------ the sheet against itself


def test_columns_are_those_of_the_readme():
    with (HERE / "pairs.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == COLUMNS


def test_each_pair_has_each_corridor_once_and_at_least_one_must():
    pairs = expected_by_pair()
    assert len(pairs) == 12
    for pair_id, rows in pairs.items():
        assert sorted(row.corridor for row in rows) == sorted(CORRIDORS), pair_id
        assert any(row.presence == "must" for row in rows), pair_id
        assert len({(row.origin, row.destination) for row in rows}) == 1, pair_id
        assert {row.presence for row in rows} <= set(PRESENCES), pair_id


def test_what_is_closed_in_december_2026_never_appears():
    for row in load_pairs():
        if row.corridor in ("southern", "ocean_suez", "other"):
            assert row.presence == "never", row.pair_id


def test_bands_are_ordered_and_must_rows_have_them():
    for row in load_pairs():
        for band in (row.days, row.usd_per_feu):
            where = f"{row.pair_id}, {row.corridor}"
            assert (band is not None) or row.presence != "must", where
            assert (band is None) or row.presence != "never", where
            if band is not None:
                assert 0 < band.low < band.high, where
                assert band.high <= 4 * band.low, f"{where}: too wide to catch anything"


def test_country_chains_run_from_origin_to_destination():
    for row in load_pairs():
        where = f"{row.pair_id}, {row.corridor}"
        assert bool(row.countries) == (row.presence != "never"), where
        for chain in row.countries:
            assert set(chain) <= COUNTRIES | {"*"}, where
            assert (chain[0], chain[-1]) == (ENDS[row.origin], ENDS[row.destination]), where
            assert all(one != other for one, other in pairwise(chain)), where
            assert not set(chain) & FOREIGN_TO_CORRIDOR.get(row.corridor, set()), where
            assert set(chain) >= NEEDED_BY_CORRIDOR.get(row.corridor, set()), where


def test_terminals_exist():
    named = {terminal for row in load_pairs() for position in row.ports for terminal in position}
    assert all(
        re.fullmatch(r"[a-z]{2}(-[a-z0-9]+)+", terminal) and country_of(terminal) for terminal in named
    )
    with TERMINALS.open(encoding="utf-8", newline="") as file:
        known = {row["terminal_id"] for row in csv.DictReader(file)}
    assert named <= known, f"no such terminals: {sorted(named - known)}"


def test_sources_exist_and_each_is_used():
    listed = sheet_rows("sources.csv")
    cited = {source for row in (*load_pairs(), *load_bans()) for source in row.sources}
    assert cited == {row["source_id"] for row in listed}
    assert len(listed) == len(cited)
    for row in listed:
        assert all(row[name] for name in ("title", "publisher", "date")), row["source_id"]
        assert row["url"].startswith("http") or row["source_id"] == "estimate"


def test_every_row_says_why():
    assert all(len(row.note) > 40 for row in load_pairs())
    assert all(ban.reason and ban.kind in ("country", "terminal", "service") for ban in load_bans())


def test_readme_explains_every_pair():
    text = (HERE / "README.md").read_text(encoding="utf-8")
    assert all(f"### {row.origin} - {row.destination}" in text for row in load_pairs())


# ------------------------------------------------------------------ violations() on hand-made answers


def _leg(mode: str, *terminals: str, service_id: str = "") -> dict[str, Any]:
    return {
        "from_id": terminals[0], "to_id": terminals[-1], "mode": mode, "service_id": service_id,
        "path": list(terminals),
    }  # fmt: skip


def _route(
    corridor: str, days: float, usd_per_feu: float, *legs: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return {
        "route_id": f"{corridor}-1", "corridor": corridor, "mean_h": days * 24, "cost_usd": usd_per_feu * 40,
        "legs": list(legs), "transfers": [], **more,
    }  # fmt: skip


def _answer(*routes: dict[str, Any]) -> dict[str, Any]:
    outcome = ("ok", "optimal") if routes else ("none", "no_service")
    return {
        "question": {},
        "status": dict(zip(("outcome", "reason"), outcome, strict=True)),
        "routes": list(routes),
    }


def _row(pair_id: str, corridor: str) -> Expectation:
    return next(row for row in expected_by_pair()[pair_id] if row.corridor == corridor)


XIAN_AKTAU = _leg("rail", "cn-xian", "cn-khorgos", "kz-altynkol", "kz-almaty", "kz-aktau")
FEEDER = _leg("sea", "kz-aktau", "az-alat")
SEA_BY_PIRAEUS = _leg("sea", "cn-shanghai-port", "sg-singapore", "gr-piraeus", "ge-poti")
ALAT_ABSHERON = _leg("rail", "az-alat", "az-absheron")
XIAN_BAKU_LEGS = (XIAN_AKTAU, FEEDER, ALAT_ABSHERON)


def test_a_good_answer_has_no_violations():
    by_cape = (
        _leg("rail", "cn-xian", "cn-shanghai-port"),
        _leg("sea", "cn-shanghai-port", "tr-ambarli"),
        _leg("sea", "tr-ambarli", "ge-poti"),
        _leg("rail", "ge-poti", "ge-tbilisi", "az-boyuk-kesik", "az-absheron"),
    )
    answer = _answer(
        _route("middle", 22, 6000, *XIAN_BAKU_LEGS, transfers=[
            {"terminal_id": "kz-altynkol", "kind": "gauge_change", "mean_h": 40.0}
        ]),
        _route("ocean_cape", 58, 5200, *by_cape),
    )  # fmt: skip
    assert [fault for row in expected_by_pair()["xian-baku"] for fault in violations(row, answer)] == []


def test_a_missing_must_is_said_with_the_reason():
    (fault,) = violations(_row("xian-baku", "middle"), _answer())
    assert "would quote it" in fault
    assert "no_service" in fault


def test_a_missing_may_or_never_is_no_fault():
    assert violations(_row("xian-baku", "northern"), _answer()) == []
    assert violations(_row("xian-baku", "southern"), _answer()) == []


def test_a_never_is_a_fault_whatever_its_figures():
    route = _route("ocean_suez", 40, 4000, _leg("sea", "cn-shanghai-port", "nl-rotterdam"))
    (fault,) = violations(_row("shanghai-rotterdam", "ocean_suez"), _answer(route))
    assert "must not appear" in fault
    assert "1 March 2026" in fault


@pytest.mark.parametrize(
    ("days", "usd", "word"),
    [
        (11, 6000, "days 11.0 d, below"),
        (40, 6000, "days 40.0 d, above"),
        (22, 900, "price 900.0 USD per FEU, below"),
        (22, 20000, "price 20,000.0 USD per FEU, above"),
    ],
)
def test_a_figure_outside_its_band(days: float, usd: float, word: str):
    (fault,) = violations(_row("xian-baku", "middle"), _answer(_route("middle", days, usd, *XIAN_BAKU_LEGS)))
    assert word in fault


def test_the_ends_of_a_band_are_inside():
    for days, usd in ((17, 4200), (32, 8500)):
        route = _route("middle", days, usd, *XIAN_BAKU_LEGS)
        assert violations(_row("xian-baku", "middle"), _answer(route)) == []


def test_all_faults_of_all_routes_are_given_at_once():
    wild = _route(
        "middle",
        5,
        100,
        _leg("rail", "cn-xian", "kz-dostyk", "ru-samara"),
        _leg("rail", "ru-samara", "az-absheron"),
    )
    faults = violations(_row("xian-baku", "middle"), _answer(wild, {**wild, "route_id": "middle-2"}))
    assert len(faults) == 10
    for word in ("countries CN>KZ>RU>AZ", "does not pass kz-aktau", "days", "price", "touches RU"):
        assert sum(word in fault for fault in faults) == 2, word


def test_ports_in_the_wrong_order_are_seen():
    swapped = _route(
        "middle", 22, 6000, _leg("rail", "cn-xian", "az-alat", "kz-aktau", "kz-altynkol", "az-absheron")
    )
    faults = violations(_row("xian-baku", "middle"), _answer(swapped))
    assert any("does not pass" in fault for fault in faults)
    assert any(fault.endswith("az-absheron") for fault in faults)


def test_iran_is_seen_also_inside_a_leg():
    by_iran = _route(
        "middle", 30, 4000,
        _leg("sea", "kz-aktau", "az-alat"),
        _leg("rail", "az-alat", "ir-tehran", "tr-kars", "tr-mersin"),
    )  # fmt: skip
    faults = violations(_row("aktau-mersin", "middle"), _answer(by_iran))
    assert any("uses country IR" in fault for fault in faults)
    assert any("countries KZ>AZ>IR>TR" in fault for fault in faults)


def test_a_sea_leg_jumps_the_countries_and_keeps_the_ports():
    route = _route("ocean_cape", 50, 3000, SEA_BY_PIRAEUS)
    assert countries_of(route) == ["CN", "GE"]
    assert "gr-piraeus" in terminals_of(route)
    assert violations(_row("lianyungang-poti", "ocean_cape"), _answer(route)) == []


def test_gauge_is_changed_by_the_receiving_railway():
    west = _route("middle", 22, 6000, *XIAN_BAKU_LEGS, transfers=[
        {"terminal_id": "cn-khorgos", "kind": "gauge_change", "mean_h": 20.0}
    ])  # fmt: skip
    (fault,) = violations(_row("xian-baku", "middle"), _answer(west))
    assert "so in Kazakhstan" in fault
    legs = (
        _leg("rail", "az-absheron", "az-alat"),
        _leg("sea", "az-alat", "kz-aktau"),
        _leg("rail", "kz-aktau", "kz-altynkol", "cn-khorgos", "cn-xian"),
    )
    east = _route("middle", 24, 4500, *legs, transfers=[
        {"terminal_id": "kz-altynkol", "kind": "gauge_change", "mean_h": 20.0}
    ])  # fmt: skip
    (fault,) = violations(_row("baku-xian", "middle"), _answer(east))
    assert "so in China" in fault


def test_a_service_that_cannot_be_booked_is_seen():
    legs = (
        _leg("rail", "kz-almaty", "kz-aktau"),
        FEEDER,
        _leg("rail", "az-alat", "ge-tbilisi", "ge-poti"),
        _leg("sea", "ge-poti", "ro-constanta", service_id="roro-poti-constanta"),
    )
    (fault,) = violations(_row("almaty-constanta", "middle"), _answer(_route("middle", 35, 5000, *legs)))
    assert "takes trailers" in fault


def test_a_leg_without_a_path_counts_its_ends():
    bare = {"from_id": "cn-xian", "to_id": "kz-aktau", "mode": "rail"}
    (fault,) = violations(
        _row("xian-baku", "middle"), _answer(_route("middle", 22, 6000, bare, FEEDER, ALAT_ABSHERON))
    )
    assert "does not pass kz-altynkol or kz-dostyk or kz-khorgos-gateway" in fault


@pytest.mark.parametrize(
    ("chain", "countries", "fits"),
    [
        ("CN>KZ>AZ", "CN>KZ>AZ", True),
        ("CN>KZ>AZ", "CN>KZ>AZ>GE", False),
        ("CN>KZ>AZ", "KZ>AZ", False),
        ("CN>*>DE", "CN>DE", True),
        ("CN>*>DE", "CN>KZ>RU>BY>PL>DE", True),
        ("CN>*>RU>BY>PL>*>DE", "CN>KZ>RU>KZ>RU>BY>PL>DE", True),
        ("CN>*>RU>BY>PL>*>DE", "CN>KZ>RU>PL>DE", False),
    ],
)
def test_chains_with_a_star(chain: str, countries: str, fits: bool):
    assert chain_matches(tuple(chain.split(">")), countries.split(">")) is fits


def test_ports_match_as_an_ordered_choice():
    ports = (("a", "b"), ("c",))
    assert missing_port(ports, ["x", "b", "y", "c"]) is None
    assert missing_port(ports, ["c", "a"]) == ("c",)
    assert missing_port(ports, ["c"]) == ("a", "b")
