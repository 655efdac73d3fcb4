"""What a scenario changes, worked out by hand: in the tables on each day, and for a shipment."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from midcorridor.difference import Difference, changed_cells, difference, plan_difference, scenario_cells
from midcorridor.plan import plan
from midcorridor.scenario import Scenario, parse_scenario
from midcorridor.schemas import schema

from .jobs.corridor import corridor

NET = corridor()


def scenario(*changes: str) -> Scenario:
    """A scenario of changes written as operation, table, key and further fields."""
    blocks = ['name = "test"']
    for change in changes:
        operation, table, key, *more = change.split(" ", 3)
        blocks.append(f'[[change]]\noperation = "{operation}"\ntable = "{table}"\nkey = "{key}"')
        blocks += more
    return parse_scenario("\n".join(blocks).replace("; ", "\n"))


def compared(made: Scenario, at: str = "2026-12-01", **options: Any) -> Difference:
    return plan_difference(NET, made, "kz-w", "az-e", at=at, **options)


# A shipment.


def test_a_slower_link_is_slower_by_just_that_and_names_its_cell() -> None:
    made = scenario(
        'set links port-e column = "running_p90_h"; value = 32',
        'set links port-e column = "running_p50_h"; value = 32',
    )
    (row,) = compared(made).corridors
    assert (row["corridor"], row["change"]) == ("middle", "changed")
    assert row["mean_d_extra"] == pytest.approx(1)
    assert (row["cost_usd_extra"], row["kg_co2e_extra"]) == (0, 0)
    assert (row["terminals_gone"], row["links_new"], row["services_gone"]) == ([], [], [])
    (part,) = row["parts"]
    assert (part["kind"], part["from_id"], part["to_id"]) == ("rail", "az-port", "az-e")
    assert (part["mean_h_before"], part["mean_h_after"]) == (8, 32)
    assert row["because"] == [
        "az-port - az-e: running_p50_h 8 > 32 h (links port-e)",
        "az-port - az-e: running_p90_h 8 > 32 h (links port-e)",
    ]


def test_a_closed_port_moves_the_route_to_the_other() -> None:
    (row,) = compared(scenario("close terminals kz-fast")).corridors
    assert (row["via_before"], row["via_after"]) == (["kz-fast", "az-port"], ["kz-slow", "az-port"])
    assert row["mean_d_extra"] == pytest.approx(72 / 24)
    assert (row["terminals_gone"], row["terminals_new"]) == (["kz-fast"], ["kz-slow"])
    assert (row["links_gone"], row["links_new"]) == (["w-fast", "sea-fast"], ["w-slow", "sea-slow"])
    assert (row["services_gone"], row["services_new"]) == (["ship-fast"], ["ship-slow"])
    assert row["because"] == ["closure of kz-fast added (closures scenario-1-kz-fast)"]
    gone = [part for part in row["parts"] if part["mean_h_after"] is None]
    new = [part for part in row["parts"] if part["mean_h_before"] is None]
    assert [part["kind"] for part in gone] == [part["kind"] for part in new] == ["rail", "transship", "sea"]
    assert sum(p["mean_h_after"] for p in new) - sum(p["mean_h_before"] for p in gone) == pytest.approx(72)


def test_a_corridor_that_is_lost_says_what_blocks_it_and_one_that_is_gained_what_opened_it() -> None:
    closing = scenario("close passages caspian")
    (lost,) = compared(closing).corridors
    assert (lost["change"], lost["mean_d_after"], lost["mean_d_extra"]) == ("lost", None, None)
    assert any("caspian is closed" in reason for reason in lost["because"])
    shut = closing.apply(NET)
    (gained,) = plan_difference(
        shut, scenario("remove closures scenario-1-caspian"), "kz-w", "az-e", at="2026-12-01"
    ).corridors
    assert (gained["change"], gained["mean_d_before"]) == ("gained", None)
    assert gained["because"] == ["closure of caspian removed (closures scenario-1-caspian)"]


def test_what_the_route_does_not_touch_leaves_it_the_same() -> None:
    (row,) = compared(scenario("close links w-aside")).corridors
    assert (row["change"], row["because"], row["parts"]) == ("same", [], [])
    assert row["mean_d_extra"] == row["cost_usd_extra"] == row["kg_co2e_extra"] == 0


def test_a_price_is_followed_to_the_legs_that_pay_it() -> None:
    (row,) = compared(scenario('scale unit_costs sea column = "value"; value = 2')).corridors
    assert row["cost_usd_extra"] == pytest.approx(400)
    assert [part["kind"] for part in row["parts"]] == ["sea"]
    assert row["because"] == ["sea: value 400 > 800 (unit_costs sea)"]


def test_changes_that_do_not_hold_on_the_day_change_nothing() -> None:
    made = scenario(
        "close terminals kz-fast from = 2027-01-01; until = 2027-01-31",
        'scale services ship-fast column = "departures_per_week"; value = 2; from = 2027-02-01',
    )
    # A journey takes 90 days at most in the mean, and its arrival spreads over 60 more.
    assert [r["change"] for r in compared(made, "2026-06-01").corridors] == ["same"]
    (january,) = compared(made, "2027-01-10").corridors
    assert january["because"] == ["closure of kz-fast added (closures scenario-1-kz-fast)"]
    (february,) = compared(made, "2027-02-10").corridors
    # Half of a headway of 12 h instead of 24 h is waited for.
    assert february["mean_d_extra"] == pytest.approx(-6 / 24)
    assert february["because"] == ["Fast ship: departures_per_week 7 > 14 1/week (services ship-fast)"]


def test_a_plan_compared_with_itself_is_the_same_and_the_other_way_round_is_the_opposite() -> None:
    before = plan(NET, "kz-w", "az-e", at="2026-12-01")
    after = plan(scenario("close terminals kz-fast").apply(NET), "kz-w", "az-e", at="2026-12-01")
    assert [row["change"] for row in difference(before, before).corridors] == ["same"]
    (there,), (back,) = difference(before, after).corridors, difference(after, before).corridors
    assert there["mean_d_extra"] == -back["mean_d_extra"] != 0
    assert there["links_gone"] == back["links_new"]


def test_rows_are_those_that_are_declared() -> None:
    found = compared(scenario("close terminals kz-fast"))
    (row,) = found.corridors
    assert tuple(row) == schema("differences").names()
    assert all(tuple(part) == schema("changed_parts").names() for part in row["parts"])
    names = [name for name in schema("differences").names() if name != "parts"]
    assert found.to_csv().splitlines()[0] == ",".join(names)
    assert found.to_frame()["corridor"].to_list() == ["middle"]
    assert found.to_frame("parts")["corridor"].unique().to_list() == ["middle"]
    assert found.to_dict()["after"]["run"]["scenario"] == "test"


# The tables.


def cells_of(*changes: str) -> list[tuple[Any, ...]]:
    names = ("table", "key", "kind", "column", "before", "after", "from", "until")
    return [tuple(cell[name] for name in names) for cell in scenario_cells(NET, scenario(*changes))]


def test_cells_that_a_scenario_sets_are_told_against_the_base() -> None:
    double = 'scale services ship-fast column = "departures_per_week"; value = 2'
    what = ("services", "ship-fast", "set", "departures_per_week", 7)
    assert cells_of(double) == [(*what, 14, None, None)]
    assert cells_of(double, double) == [(*what, 28, None, None)]
    assert cells_of(double.replace("value = 2", "value = 1")) == []


def test_changes_with_dates_are_told_for_the_days_on_which_they_hold() -> None:
    first = 'scale services ship-fast column = "departures_per_week"; value = 2'
    second = first.replace("value = 2", "value = 3")
    what = ("services", "ship-fast", "set", "departures_per_week", 7)
    assert cells_of(
        f"{first}; from = 2027-01-01; until = 2027-02-28", f"{second}; from = 2027-02-01; until = 2027-03-31"
    ) == [
        (*what, 14, date(2027, 1, 1), date(2027, 1, 31)),
        (*what, 42, date(2027, 2, 1), date(2027, 2, 28)),
        (*what, 21, date(2027, 3, 1), date(2027, 3, 31)),
    ]
    # Another change in between does not part a row in two.
    other = 'set services ship-slow column = "capacity"; value = 9; from = 2027-02-01; until = 2027-02-28'
    assert cells_of(f"{first}; from = 2027-01-01", other) == [
        (*what, 14, date(2027, 1, 1), None),
        ("services", "ship-slow", "set", "capacity", 200, 9, date(2027, 2, 1), date(2027, 2, 28)),
    ]


def test_a_closure_is_a_row_that_is_added_on_its_days() -> None:
    dated = 'set services ship-slow column = "capacity"; value = 9; from = 2027-02-01'
    close = "close terminals kz-fast from = 2027-01-01; until = 2027-01-31"
    (capacity,) = cells_of(dated)
    for changes in ((close, dated), (dated, close)):
        cells = cells_of(*changes)
        assert len(cells) == 2
        (closure,) = [cell for cell in cells if cell != capacity]
        assert closure[0] == "closures"
        assert (closure[2:5], closure[6:]) == (
            ("added", None, None),
            (date(2027, 1, 1), date(2027, 1, 31)),
        )
        assert closure[5]["scope_ids"] == ["kz-fast"]


def test_rows_removed_and_added_are_told_whole() -> None:
    (gone,) = cells_of("remove closures x") if NET.tables["closures"] else [None]
    assert gone is None
    (cell,) = cells_of("remove handling gc")
    assert cell[:4] == ("handling", "gc", "removed", None)
    assert cell[4]["usd_per_feu"] == 200
    assert cell[5] is None
    after = scenario("remove handling gc").apply(NET).tables
    assert [c["kind"] for c in changed_cells(after, NET.tables)] == ["added"]
    assert tuple(scenario_cells(NET, scenario("remove handling gc"))[0]) == schema("changed_cells").names()
