"""The simulation and the plan read the same hours from the tables."""

import math
from datetime import date

import pytest

from midcorridor.plan.graph import Builder
from midcorridor.simulate.corridor import corridor_model
from midcorridor.simulate.durations import Duration
from tests.simulate.given import Rows, changed, shipped

YEAR = 2025


def mean_h(duration: Duration) -> float:
    if duration.kind == "constant":
        return duration.p / 3600
    assert duration.kind == "lognormal"
    return duration.p * math.exp(duration.q**2 / 2) / 3600


def test_links_and_frontiers_take_as_long_as_in_a_plan() -> None:
    made = corridor_model(shipped(), YEAR)
    on = shipped().on(date(YEAR, 7, 1))
    running = Builder(on, "westbound").running
    fitted = set()
    for lead, back in made.trains:
        program = made.model.programs[f"train {lead.name}"]
        for leg in (lead, back):
            if leg is None:
                continue
            for nth, (link, along) in enumerate(leg.links):
                step = next(
                    number
                    for (name, number), passage in made.tracks.items()
                    if name == program.name and (passage.leg, passage.nth) == (leg.name, nth)
                )
                parts = running.parts(((link, along),), leg.service, None, None)
                run = next(part for part in parts if part.kind == "run")
                took = program.steps[step].options["duration"]
                # What is drawn are whole seconds; tables have tenths of hours.
                assert mean_h(took) == pytest.approx(run.handling_h, rel=1e-6), (leg.name, link["link_id"])
                fitted.update(row for table, row in run.rows if table == "calibration")
                ends = [link["from_terminal"], link["to_terminal"]][:: 1 if along else -1]
                papers = [part.handling_h for part in parts if part.kind == "border"]
                after = [s for s in program.steps[step + 1 : step + 1 + len(papers)] if s.op == "delay"]
                assert len(on.procedures("rail", *ends)) == len(papers)
                assert [mean_h(s.options["duration"]) for s in after] == pytest.approx(papers)
    assert {"running.central-asia", "running.caucasus-turkiye"} <= fitted


def test_boxes_do_not_wait_twice_for_platforms() -> None:
    # At Altynkol the wait for platforms is simulated; 28 h by `dwell` hold it too, the bay's hours do not.
    made = corridor_model(shipped(), YEAR)
    volume_id = "demand-china-absheron-2025"
    found = made.routes[volume_id]
    assert [leg.to_terminal for leg in found] == ["kz-altynkol", "kz-aktau", "az-alat", "az-absheron"]
    steps = [s for s in made.model.programs[volume_id].steps if s.op == "delay"]
    delays = [s.options["duration"] for s in steps if "inspection" not in s.stream]
    on = shipped().on(date(YEAR, 7, 1))
    bay = next(
        row
        for row in on.tables["facilities"]
        if row["terminal_id"] == "kz-altynkol" and row["kind"] == "gauge_bay" and row["valid_until"] is None
    )
    assert delays[0] == Duration("constant", bay["rate"] * 3600)
    kazakh, _ = on.fitted("handling", "KZ")
    aktau = on.dwell("kz-aktau", "transship")
    assert aktau is not None
    assert kazakh != 1
    assert delays[1].p == pytest.approx(aktau["p50_h"] * kazakh * 3600)


def test_platforms_go_back_when_they_have_been_worked_or_by_the_clock() -> None:
    def by_the_clock(rows: Rows) -> Rows:
        return [{**row, "rule": "headway"} if row["rule_id"] == "platforms-back" else row for row in rows]

    clock = "departures train-aktau-khorgos"
    assert clock not in corridor_model(shipped(), YEAR).model.calendars
    assert clock in corridor_model(changed(departure_rules=by_the_clock), YEAR).model.calendars


def test_customs_open_no_empty_boxes() -> None:
    def at_khorgos(rows: Rows) -> Rows:
        return [{**row, "terminal_ids": [*row["terminal_ids"], "cn-khorgos"]} for row in rows]

    made = corridor_model(changed(inspections=at_khorgos), YEAR)
    opened = {
        name: any(step.op == "choose" for step in made.model.programs[name].steps)
        for name in ("delivery cn-khorgos", "delivery cn-khorgos (empty)")
    }
    assert opened == {"delivery cn-khorgos": True, "delivery cn-khorgos (empty)": False}
