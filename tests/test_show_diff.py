"""The text of `midcorridor diff`: figures first, names for ids, long lists cut."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from midcorridor.cli.diff_command import cells_text
from midcorridor.cli.show_diff import difference_text
from midcorridor.difference import scenario_cells
from midcorridor.words import thing_names

from .test_difference import NET, compared, scenario

CLOSED = scenario("close terminals kz-fast")


def text(made: Any = CLOSED, **options: Any) -> str:
    form = {"as_table": True, "every": False} | {
        k: options.pop(k) for k in ("as_table", "every") if k in options
    }
    return difference_text(compared(made, **options), **form)


def test_the_best_route_before_and_after_comes_first_a_box_with_the_change() -> None:
    found = compared(CLOSED, containers="4x40HC")
    (row,) = found.corridors
    lines = difference_text(found, as_table=True).splitlines()
    head, before, after, change = (line.split("  ") for line in lines[2:6])
    cells = [[cell.strip() for cell in line if cell.strip()] for line in (head, before, after, change)]
    assert cells[0] == ["corridor", "days", "9 in 10 by", "USD a box", "kg CO2e a box", "over"]
    assert cells[1][:3] == ["middle", "before", f"{row['mean_d_before']:.1f}"]
    assert cells[2][:2] == ["after", f"{row['mean_d_after']:.1f}"]
    # The slow ship is waited for three days longer, and costs the same.
    assert cells[3][:2] == ["change", "+3.0"]
    assert cells[3][3:] == ["0", "0"]
    assert float(cells[1][4].replace(",", "")) == pytest.approx(row["cost_usd_before"] / 4, rel=0.005)
    assert float(cells[1][5].replace(",", "")) == pytest.approx(row["kg_co2e_before"] / 4, rel=0.005)
    assert [line[-1].strip() for line in (before, after)] == ["kz-fast, az-port", "kz-slow, az-port"]


def test_the_promised_date_moves_by_what_is_told() -> None:
    found = compared(CLOSED)
    (row,) = found.corridors
    lines = difference_text(found, as_table=True).splitlines()
    ready = datetime(2026, 12, 1)
    for line, when in zip(lines[3:5], ("before", "after"), strict=True):
        assert f"{ready + timedelta(hours=row[f'p90_h_{when}']):%-d %b %Y}" in line
    assert f"{row['p90_h_extra'] / 24:+.1f} days" in lines[5]


def test_what_changed_comes_after_by_name() -> None:
    told = text()
    assert told.index("before") < told.index("no longer goes by Fast ship") < told.index("because")
    assert "now goes by Slow ship\n" in told
    assert "because closure of kz-fast added (closures scenario-1-kz-fast)" in told
    assert "ship-fast" not in told


def test_a_corridor_that_stays_takes_one_line_and_one_that_is_lost_says_so() -> None:
    same = text(scenario("close links w-aside"))
    assert "middle    unchanged" in same
    assert "because" not in same
    lost = text(scenario("close passages caspian"))
    assert "after   no route" in lost
    assert "middle, no route any more" in lost


def test_long_lists_are_cut_and_all_shows_them() -> None:
    many = scenario(*(f'scale links port-e column = "running_p{n}_h"; value = 1.5' for n in (90, 50)),
                    *(f'scale unit_costs {key} column = "value"; value = 2' for key in
                      ("rail", "sea", "truck", "min", "ratio", "worth")))  # fmt: skip
    (row,) = compared(many).corridors
    assert len(row["because"]) == 8
    short, whole = text(many), text(many, every=True)
    assert short.count("because") == 6
    assert "and 2 more reasons (--all shows them)" in short
    assert whole.count("because") == 8
    assert "--all" not in whole
    spoken = text(many, as_table=False)
    assert "; and 2 more (--all shows them)." in spoken
    assert all(line.endswith(".") for line in spoken.splitlines()[1:])


def test_the_changed_cells_are_named_and_cut() -> None:
    made = scenario(*(f'set services ship-{each} column = "{column}"; value = {value}'
                      for each in ("fast", "slow")
                      for column, value in (("departures_per_week", 3), ("capacity", 7), ("headway_cv", 1))),
                    *(f'scale unit_costs {key} column = "value"; value = 3' for key in
                      ("rail", "sea", "truck", "min", "ratio", "worth")),
                    *(f'scale handling {key} column = "usd_per_feu"; value = 3' for key in
                      ("load", "dis", "ts", "pload", "pdis", "pts", "gc")),
                    *(f'scale dwell {key} column = "{column}"; value = 3' for key in ("load", "dis", "ts")
                      for column in ("p90_h", "p50_h")))  # fmt: skip
    cells = scenario_cells(NET, made)
    names = thing_names(NET.tables)
    for as_table in (True, False):
        short = cells_text("x", cells, names, as_table=as_table, every=False)
        whole = cells_text("x", cells, names, as_table=as_table, every=True)
        assert f"And {len(cells) - 20} more: --all shows them" in short
        assert len(whole.splitlines()) == len(short.splitlines()) - 1 + len(cells) - 20
        assert "Fast ship" in whole
