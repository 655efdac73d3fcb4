"""A replication that is looked at runs as one that is not; what was not seen of a run is filled in."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

from midcorridor.network import Network
from midcorridor.simulate.ground import Passage
from midcorridor.simulate.replay import Seen, _runs, _whole
from midcorridor.simulate.simulating import simulate

HOUR = 3600
LEG = {nth: Passage("train a>d", nth, name, along=True) for nth, name in enumerate(("ab", "bc", "cd"))}
HOURS = {"ab": 5.0, "bc": 0.5, "cd": 0.25}


def seen(nth: int, begin_h: float, end_h: float) -> Seen:
    return Seen(LEG[nth], round(begin_h * HOUR), round(end_h * HOUR), 40)


def told(parts: list[Seen]) -> list[tuple[str, float, float]]:
    return [(each.passage.link_id, each.from_s / HOUR, each.until_s / HOUR) for each in parts]


def test_looking_changes_nothing() -> None:
    plain, looked = (simulate(Network.load(), year=2025, seed=3, replay=replay) for replay in (False, True))
    assert looked.runs.events == plain.runs.events
    for name in ("places", "waits", "ended", "daily"):
        assert_frame_equal(getattr(looked.runs, name), getattr(plain.runs, name))
    assert plain.replay is None
    assert looked.replay is not None
    leg = "feeder-aktau-alat kz-aktau>az-alat"
    held = looked.runs.waits["place_kind"].cast(str) == "hold"  # ships wait in the bay of the same name
    boxes = looked.runs.waits.filter((looked.runs.waits["place"].cast(str) == leg) & held)["n"].sum()
    aboard = sum(trip.load for trip in looked.replay.trips if trip.leg == leg)
    assert aboard == pytest.approx(2 * boxes, rel=0.02)  # ships are at sea at either end of the year


def test_links_between_two_looks_are_filled_in() -> None:
    whole = _whole([seen(0, 0, 4), seen(2, 5, 5.5)], LEG, HOURS, under_way=False, through=True)
    assert told(whole) == [("ab", 0, 4), ("bc", 4, 5), ("cd", 5, 5.5)]


def test_short_links_at_the_ends_take_their_median() -> None:
    whole = _whole([seen(1, 10, 10.5)], LEG, HOURS, under_way=False, through=True)
    assert told(whole) == [("ab", 9, 10), ("bc", 10, 10.5), ("cd", 10.5, 10.75)]


def test_nothing_is_made_up_for_who_was_under_way() -> None:
    assert told(_whole([seen(1, 0, 0.5)], LEG, HOURS, under_way=True, through=False)) == [("bc", 0, 0.5)]


def test_a_run_ends_where_the_next_begins() -> None:
    parts = [seen(0, 0, 4), seen(2, 5, 5.5), seen(0, 9, 13), seen(1, 13, 14)]
    assert [len(run) for run in _runs(parts)] == [2, 2]
