"""Other years were otherwise: the rows of a day's own year count, and an answer says where it has none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from midcorridor.errors import TableError
from midcorridor.network import Network
from midcorridor.plan import plan
from midcorridor.plan.request import years_told
from midcorridor.rules import check_rules
from midcorridor.times import headway_h, lognormal_mean_h

from .plan.small import network, terminals

SHIPPED = Network.load()
PLACES = terminals(
    [
        ("kz-1", "KZ", "rail_terminal", 45.0, 80.0),
        ("ru-1", "RU", "rail_terminal", 50.0, 60.0),
        ("ru-2", "RU", "rail_terminal", 50.0, 55.0),
    ]
)
LINKS = (
    "link_id,from_terminal,to_terminal,mode,km,gauge_mm,running_p50_h,running_p90_h\n"
    "one,kz-1,ru-1,rail,400,1520,10,10\ntwo,ru-1,ru-2,rail,400,1520,20,20"
)
YEARS = (
    "other_id,quantity,country,service_id,figure,usual_figure,unit,valid_from,valid_until,year\n"
    "slow,speed,RU,,30,40,km/h,2024-01-01,2024-12-31,2024\n"
    "fast,speed,RU,,50,40,km/h,2020-01-01,2020-12-31,2020\n"
    "rare,departures,,rail-ordinary,1,2,1/week,2024-01-01,2024-12-31,2024"
)


def asked(net: Network, day: str) -> Any:
    return plan(net, "kz-1", "ru-2", at=day)


def legs_h(net: Network, day: str) -> float:
    [route] = asked(net, day).routes
    return float(sum(hours for leg in route["legs"] for _, hours in leg["runs"]))


def small(years: str = YEARS) -> Network:
    return network(terminals=PLACES, links=LINKS, other_years=years)


def test_trains_run_as_fast_as_in_the_year() -> None:
    """By hand: 20 h in Russia and half of the 10 h over the frontier, times 40/30 or 40/50."""
    net, plain = small(), legs_h(small("other_id"), "2025-06-01")
    assert legs_h(net, "2025-06-01") == pytest.approx(plain)
    assert legs_h(net, "2022-06-01") == pytest.approx(plain)
    assert legs_h(net, "2024-06-01") == pytest.approx(plain + 25 * (40 / 30 - 1))
    assert legs_h(net, "2020-06-01") == pytest.approx(plain + 25 * (40 / 50 - 1))


def test_a_service_departs_as_often_as_in_the_year() -> None:
    """Half as often: with a headway as irregular as chance the wait is a whole headway, so twice as long."""

    def wait_h(day: str) -> float:
        [route] = asked(small(), day).routes
        return float(sum(stop["wait_h"] for stop in route["transfers"]))

    assert wait_h("2024-06-01") == pytest.approx(2 * wait_h("2025-06-01"))
    assert wait_h("2024-12-31") == pytest.approx(2 * wait_h("2025-01-01"))


def test_the_answer_names_the_row_of_the_year() -> None:
    compiled = small().on(date(2024, 6, 1))
    assert compiled.departures_rows("rail-ordinary") == (
        ("services", "rail-ordinary"),
        ("other_years", "rare"),
    )
    assert compiled.fitted("running", "RU") == (pytest.approx(40 / 30), (("other_years", "slow"),))
    assert compiled.fitted("running", "KZ") == (1.0, ())
    assert small().on(date(2025, 6, 1)).departures_rows("rail-ordinary") == (("services", "rail-ordinary"),)


@pytest.mark.parametrize(
    "row",
    [
        "x,speed,,,30,40,km/h,,,2024",
        "x,speed,RU,rail-ordinary,30,40,km/h,,,2024",
        "x,departures,RU,,30,40,km/h,,,2024",
    ],
)
def test_a_speed_is_of_a_country_and_departures_of_a_service(row: str) -> None:
    with pytest.raises(TableError) as raised:
        check_rules(small(f"{YEARS.splitlines()[0]}\n{row}").tables)
    assert "other_years.csv" in str(raised.value)
    assert "leave" in str(raised.value)


def test_two_rows_of_the_same_days_are_refused() -> None:
    twice = f"{YEARS}\nagain,speed,RU,,31,40,km/h,2024-12-31,2025-01-31,2024"
    with pytest.raises(TableError, match=r"'again'.*same days|same days"):
        check_rules(small(twice).tables)


def exit_mean_h(day: date, start: str, end: str) -> float:
    [row] = [row for row in SHIPPED.on(day).procedures("rail", start, end) if row["side"] == "exit"]
    return lognormal_mean_h(row["p50_h"], row["p90_h"])


@pytest.mark.parametrize(
    ("year", "start", "end", "published_h"),
    [
        (2021, "cn-khorgos", "kz-altynkol", 58.7),
        (2022, "cn-khorgos", "kz-altynkol", 34.8),
        (2021, "cn-alashankou", "kz-dostyk", 80.2),
        (2022, "cn-alashankou", "kz-dostyk", 30.5),
        (2020, "cn-khorgos", "kz-altynkol", 18.7),
        (2022, "kz-altynkol", "cn-khorgos", 6.8),
        (2021, "kz-altynkol", "cn-khorgos", 11.4),
    ],
)
def test_frontiers_take_the_published_mean_of_the_year(
    year: int, start: str, end: str, published_h: float
) -> None:
    """CAREC CPMM 2022, tables 3.3 and 3.7; a table with the row of another year fails here."""
    for day in (date(year, 1, 1), date(year, 12, 31)):
        assert exit_mean_h(day, start, end) == pytest.approx(published_h, rel=0.02)


@pytest.mark.parametrize(
    ("year", "departures"), [(2020, 1.5), (2022, 1.96), (2023, 1.38), (2024, 3.89), (2025, 4.5), (2026, 4.5)]
)
def test_feeders_over_the_caspian_follow_the_traffic_of_the_year(year: int, departures: float) -> None:
    """4.5 a week in 2025, times 33,600 / 77,000 TEU in 2022 and 51,400 / 59,400 TEU in 2024."""
    service = SHIPPED.on(date(year, 6, 1)).services["feeder-aktau-alat"]
    assert service["departures_per_week"] == pytest.approx(departures, abs=0.01)
    assert headway_h(service["departures_per_week"]) == pytest.approx(168 / departures, rel=0.01)


def test_every_day_since_2019_has_its_hours() -> None:
    """Rows of single years leave no gap: what there is today was there on every day."""
    today = SHIPPED.on(date(2026, 6, 1))
    for day in (date(2019, 6, 1), *(date(year, month, 15) for year in range(2020, 2027) for month in (1, 9))):
        then = SHIPPED.on(day)
        assert then._dwell.keys() == today._dwell.keys()
        assert {k: v.keys() for k, v in then._procedures.items()} == {
            k: v.keys() for k, v in today._procedures.items()
        }


def test_2022_is_slower_than_2026_over_the_caspian() -> None:
    """As the facts say: jammed in 2022 (38 to 53 days to the Black Sea), 19 to 23 days in 2025."""

    def middle(year: int) -> Any:
        answer = plan(
            SHIPPED, "cn-xian", "az-baku", at=f"{year}-06-10", containers="50x40HC", via=["kz-aktau"]
        )
        return answer, next(route for route in answer.routes if route["corridor"] == "middle")

    then, slow = middle(2022)
    now, fast = middle(2026)
    assert slow["mean_h"] > fast["mean_h"] + 48
    waits = [
        next(stop["wait_h"] for stop in route["transfers"] if stop["terminal_id"] == "kz-aktau")
        for route in (slow, fast)
    ]
    assert waits[0] > 2 * waits[1]
    assert any("hold for 2022 because none of that year was published" in note for note in then.status.notes)
    assert not any("was published" in note for note in now.status.notes)
    assert "tels2023" in {source["source_id"] for source in then.sources}
    assert "tels2023" not in {source["source_id"] for source in now.sources}


def test_no_scored_time_is_an_input() -> None:
    """A published time is no measure of what was made from it."""
    tables = ("border_procedures", "dwell", "other_years", "closures")
    inputs = {source for table in tables for row in SHIPPED.tables[table] for source in row["source"]}
    rows = [row for row in SHIPPED.tables["observed_transits"] if not row["not_scored"]]
    assert rows
    for row in rows:
        assert not inputs & set(row["source"]), row["observation_id"]


def test_only_what_is_of_later_years_is_told() -> None:
    """Departures count by the row of the year; a figure of the year after is near enough."""
    compiled = SHIPPED.on(date(2022, 6, 1))
    feeder = [("services", "feeder-aktau-alat"), ("other_years", "departures-feeder-aktau-alat-2022")]
    told = years_told(compiled, [*feeder, ("dwell", "ge-poti-transship")], 2022)
    assert told[0].startswith("of the 2 figures")
    assert "1 are of 2025" in told[0]
    assert years_told(compiled, [*feeder, ("dwell", "ge-poti-transship")], 2024) == []
    assert years_told(compiled, feeder, 2022) == []
