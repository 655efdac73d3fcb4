"""Every single failure: a corridor worked out by hand, and the proof that the rest can be left out."""

from __future__ import annotations

from typing import Any

import pytest

from midcorridor.cli.failures_command import failures_text
from midcorridor.failures import Failures, failures, touched
from midcorridor.network import Network
from midcorridor.plan import plan_shipment
from midcorridor.schemas import schema
from midcorridor.shipment import make_shipment

from .jobs.corridor import corridor
from .plan.drawn import pairs

NET = corridor()


def found(net: Network = NET, ends: tuple[str, str] = ("kz-w", "az-e"), **options: Any) -> Failures:
    shipment = make_shipment(net.tables, *ends, containers="1x40HC", ready_at="2026-12-01")
    return failures(net, shipment, **options)


def test_the_harm_of_each_failure_is_that_of_the_only_other_way() -> None:
    """Both ways are alike but for the ship: half a week's wait instead of half a day's, 84 h and not 12."""
    result = found()
    rows = {row["id"]: row for row in result.rows}
    always = {"kz-w", "az-port", "port-e", "az-e"}
    either = {"kz-fast", "w-fast", "sea-fast"}
    assert set(rows) == always | either
    for thing in always:
        assert (rows[thing]["effect"], rows[thing]["corridors_lost"]) == ("none_left", ["middle"])
        assert rows[thing]["extra_d"] is None
    for thing in either:
        row = rows[thing]
        assert (row["effect"], row["via_after"], row["corridors_lost"]) == (
            "best_lost",
            ["kz-slow", "az-port"],
            [],
        )
        assert row["extra_d"] == pytest.approx(72 / 24)
        assert (row["extra_usd"], row["extra_kg_co2e"]) == (0, 0)
        # The same price, and hours^0.9 (time_cost_tradeoff of the small network).
        before = result.base.routes[0]["mean_h"]
        assert row["worse_by"] == pytest.approx(((before + 72) / before) ** 0.9 - 1, abs=1e-6)
    assert [row["effect"] for row in result.rows] == ["none_left"] * 4 + ["best_lost"] * 3
    assert [row["rank"] for row in result.rows] == list(range(1, 8))


def test_by_cost_nothing_is_lost_with_the_fast_ship() -> None:
    """The slow way costs the same, so whoever counts dollars alone loses nothing."""
    rows = {row["id"]: row for row in found(by="cost").rows}
    assert rows["sea-fast"]["worse_by"] == pytest.approx(0, abs=1e-6)
    assert rows["sea-fast"]["extra_d"] == pytest.approx(3)


def test_what_the_user_avoids_stays_avoided() -> None:
    rows = {row["id"]: row for row in found(avoid=["kz-slow"]).rows}
    assert rows["kz-fast"]["effect"] == "none_left"
    assert "kz-slow" not in rows


def test_with_all_the_rest_is_listed_and_not_tried() -> None:
    tried: list[str] = []
    result = found(every=True, progress=lambda done, total, text: tried.append(text))
    unused = {row["id"] for row in result.rows if row["effect"] == "unused"}
    assert unused == {"kz-slow", "kz-aside", "w-slow", "w-aside", "sea-slow"}
    assert len(tried) == 7 + 1
    assert {row["extra_d"] for row in result.rows if row["effect"] == "unused"} == {0}
    assert [row["effect"] for row in result.rows[-5:]] == ["unused"] * 5
    assert len(result.rows) == len(NET.tables["terminals"]) + len(NET.tables["links"])


def test_a_shipment_without_a_route_has_nothing_to_lose() -> None:
    result = found(avoid=["az-port"])
    assert (list(result.rows), result.base.status.outcome) == ([], "none")


def best_of(routes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The first route of each corridor, which is its best."""
    return {route["corridor"]: route for route in reversed(routes)}


@pytest.mark.parametrize("by", ["balanced", "time", "cost", "carbon"])
def test_closing_what_no_route_touches_does_no_harm(by: str) -> None:
    """Why only what the routes touch is tried: on random networks everything else is, too.

    The best route of each corridor stays to the last figure.
    """
    tried = 0
    for _, net, origin, destination in pairs():
        shipment = make_shipment(net.tables, origin, destination, ready_at="2026-12-01")
        base = plan_shipment(net, shipment, by=by, compare=True)
        used = {thing for _, thing in touched(base.routes)} | {origin, destination}
        compiled = net.on(shipment.ready_at.date())
        for thing in [each for each in (*compiled.terminals, *compiled.links) if each not in used]:
            without = plan_shipment(net, shipment, by=by, compare=True, avoid=[thing])
            left, right = (best_of(answer.to_dict()["routes"]) for answer in (without, base))
            for name, route in right.items():
                same = {**left[name], "route_id": route["route_id"], "explained": route["explained"]}
                assert same == route, thing
            tried += 1
    assert tried > 100


def test_rows_are_those_that_are_declared() -> None:
    result = found(every=True)
    names = schema("failures").names()
    assert all(tuple(row) == names for row in result.rows)
    effects = schema("failures").column("effect").allowed.strip("{}").split()
    assert {row["effect"] for row in result.rows} < set(effects)
    assert result.to_frame().columns == list(names)
    assert result.to_csv().splitlines()[0] == ",".join(names)
    assert len(result.to_csv().splitlines()) == 1 + len(result.rows)
    assert result.to_dict()["failures"][0]["effect"] == "none_left"


def test_what_has_the_same_consequence_shares_a_line_that_names_it() -> None:
    result = found(every=True)
    lost, other = result.alike()
    assert [row["id"] for row in lost] == ["az-e", "az-port", "kz-w", "port-e"]
    assert [row["id"] for row in other] == ["kz-fast", "sea-fast", "w-fast"]
    text = failures_text(result)
    (none_left,) = [line for line in text.splitlines() if line.startswith("no route left")]
    assert none_left.endswith("az-e, az-port, kz-w; the line az-port - az-e")
    (slow,) = [line for line in text.splitlines() if "+3.0" in line]
    assert slow.startswith("middle over kz-slow, az-port")
    assert slow.endswith("kz-fast; the lines kz-fast - az-port, kz-w - kz-fast")
    # Ids such as w-fast stand in CSV and JSON only.
    assert "w-fast" not in text
    assert text.endswith("5 more terminals and links are on none of these routes: nothing changes.\n")
    assert len(result.to_csv().splitlines()) == 1 + 12


def test_closings_with_other_figures_or_other_losses_stand_apart_and_harmless_ones_are_counted() -> None:
    result = found()
    rows = [dict(row) for row in result.rows]
    by_id = {row["id"]: row for row in rows}
    by_id["kz-fast"]["extra_usd"] = 1.0
    by_id["w-fast"]["corridors_lost"] = ["northern"]
    kept = {"effect": "best_stays", "extra_d": 0.0, "extra_usd": 0.0, "extra_kg_co2e": 0.0}
    for each in ("az-e", "az-port"):
        by_id[each] |= {**kept, "corridors_lost": []}
    by_id["kz-w"] |= {**kept, "corridors_lost": ["northern"], "corridor_after": "middle", "mean_d_after": 1.0}
    text = failures_text(Failures(result.base, rows, result.names))
    groups = [[row["id"] for row in group] for group in Failures(result.base, rows).alike()]
    assert sorted(groups) == [["kz-fast"], ["kz-w"], ["port-e"], ["sea-fast"], ["w-fast"]]
    assert "With any one of 2 other terminals and links closed, the best route stays" in text
    (line,) = [line for line in text.splitlines() if line.startswith("the same")]
    assert "northern" in line
