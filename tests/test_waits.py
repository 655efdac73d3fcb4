"""Published waits beside those of visits that were written by hand."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from midcorridor.network import Network
from midcorridor.simulate import simulate
from midcorridor.simulate.ground import DAY_S
from midcorridor.validate.waits import Waits, waits_page

SHIPPED = Network.load()
WAY = "kz-kuryk>az-alat"
# Only the names and days of its corridor are used.
ANSWER = simulate(SHIPPED, year=2024, warm_up_d=0)


def only(wait_id: str) -> Waits:
    rows = [dict(row) for row in SHIPPED.tables["observed_waits"] if row["wait_id"] == wait_id]
    return Waits(Network(SHIPPED.tables.replace(observed_waits=rows)), rows[0]["period_until"].year)


def at(day: date, hours: float = 0) -> int:
    return (day - ANSWER.corridor.first).days * DAY_S + round(hours * 3600)


def flow(cargo: str) -> str:
    volumes = SHIPPED.tables.by_key("volumes")
    ours = [name for name in ANSWER.corridor.crossings if name.endswith(WAY)]
    return next(name for name in ours if volumes[name.split()[0]]["cargo"] == cargo)


def visits(rows: list[tuple[str, int, int, int]]) -> pl.DataFrame:
    """Kind, and seconds at which a piece came, was taken and was let off."""
    made: list[dict[str, Any]] = [
        {"kind": kind, "place_kind": "hold", "place": f"ro_pax {WAY}", "token": number, "step": 0}
        | {"arrived_s": came, "started_s": taken, "finished_s": off, "left_s": off}
        for number, (kind, came, taken, off) in enumerate(rows)
    ]
    return pl.DataFrame(made)


def test_a_wait_is_of_those_who_were_taken_in_the_period() -> None:
    first, trucks, wagons = date(2024, 4, 14), flow("trailer"), flow("wagon")
    waits = only("kuryk-trucks-2024-04")
    rows = [
        (trucks, at(first), at(first, 10), at(first, 30)),
        (trucks, at(first), at(first, 20), at(first, 40)),
        (trucks, at(first, -50), at(first, -1), at(first, 20)),  # taken before
        (wagons, at(first), at(first, 90), at(first, 99)),
    ]
    waits.add(0, visits(rows))
    waits.close(ANSWER)
    assert waits.found == {"kuryk-trucks-2024-04": [pytest.approx(15)]}
    assert "| 24 h | 15 h | -38% |" in waits_page([waits])[-1]


def test_a_queue_is_a_mean_over_the_period() -> None:
    waits, trucks = only("kuryk-trucks-2024-12"), flow("trailer")
    [row] = waits.rows()
    days = (row["period_until"] - row["period_from"]).days + 1
    begin = at(row["period_from"])
    # One waits all the time, one came a day before and is taken after two days of the period.
    rows = [(trucks, begin, begin + days * DAY_S, begin + 99 * DAY_S)]
    rows.append((trucks, begin - DAY_S, begin + 2 * DAY_S, begin + 3 * DAY_S))
    waits.add(0, visits(rows))
    waits.close(ANSWER)
    assert waits.found == {"kuryk-trucks-2024-12": [pytest.approx(1 + 2 / days)]}


def test_every_row_of_a_simulated_year_finds_its_figure() -> None:
    collected = Waits(SHIPPED, 2024)
    answer = simulate(SHIPPED, year=2024, collect=collected.add)
    collected.close(answer)
    assert set(collected.found) == {row["wait_id"] for row in collected.rows()}
    [ride] = collected.found["altynkol-aktau-2024-03"]
    links = next(legs[1] for legs in answer.corridor.routes.values() if legs[1:] and len(legs) == 4).links
    assert ride > 0.8 * sum(link["running_p50_h"] for link, _ in links)
    assert "none" not in "".join(waits_page([collected]))
