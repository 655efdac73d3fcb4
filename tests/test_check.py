"""Every finding of the network check: a small network that must have it, and one that must not."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from midcorridor.errors import Fault, PlaceError
from midcorridor.network import Network
from midcorridor.network.check import CHECKS, Finding, check, summary
from midcorridor.network.check.reach import ROAMING
from midcorridor.plan.moves import ORDINARY_RAIL, TRUCK
from midcorridor.tables import Tables

from .plan.small import network, terminals

DAY = date(2026, 11, 20)
PLACES = terminals(
    [
        ("cn-a", "CN", "rail_terminal", 44.0, 90.0),
        ("kz-b", "KZ", "rail_terminal;gauge_change", 44.2, 80.2),
        ("kz-c", "KZ", "seaport;rail_terminal", 43.6, 51.2),
        ("az-d", "AZ", "seaport;rail_terminal", 40.0, 49.4),
    ]
)
SOUND: dict[str, str] = {
    "terminals": PLACES,
    "links": (
        "link_id,from_terminal,to_terminal,mode,km,gauge_mm,electrified_share,running_p50_h,running_p90_h,passages\n"
        "ab,cn-a,kz-b,rail,850,1435,1,20,24,\n"
        "bc,kz-b,kz-c,rail,2600,1520,0,60,70,\n"
        "cd,kz-c,az-d,sea,500,,,20,32,caspian"
    ),
    "services": (
        "service_id,runs,mode,kind,factor_id\nfeeder,both,sea,container_feeder,ship\n"
        "block,forward,rail,block_train,rail-electric"
    ),
    "service_calls": (
        "service_id,seq,terminal_id,link_ids\n"
        "feeder,1,kz-c,\nfeeder,2,az-d,cd\nblock,1,cn-a,\nblock,2,kz-b,ab"
    ),
    "border_procedures": (
        "procedure_id,from_country,to_country,mode,side,p50_h,p90_h,usd_per_feu\n"
        "out,CN,KZ,rail,exit,3,6,30\nin,CN,KZ,rail,entry,4,8,\n"
        "back-out,KZ,CN,rail,exit,3,6,30\nback-in,KZ,CN,rail,entry,4,8,"
    ),
    "dwell": (
        "dwell_id,terminal_id,activity,from_gauge_mm,to_gauge_mm,p50_h,p90_h\n"
        "west,kz-b,gauge_change,1435,1520,30,60\nalat,az-d,discharge,,,36,84"
    ),
    "closures": (
        "closure_id,cause,scope,scope_ids,season_from,season_until,closed_share,mean_closed_h\n"
        "storm,weather,terminal,az-d;kz-c,11-01,03-31,0.1,48"
    ),
}


def built(**more: str) -> Network:
    """The sound network with tables replaced by others."""
    return network(**{**SOUND, **more})


def found(net: Network, day: date = DAY) -> set[tuple[str, str, str]]:
    """Severity, code and place of the findings."""
    return {(finding.severity, finding.code, finding.where) for finding in check(net, day)}


def with_row(net: Network, table: str, key: str, **cells: Any) -> Network:
    """The network with cells of one row changed past every check of tables."""
    rows = [
        {**row, **cells} if key in (next(iter(row.values())), row.get("cost_id")) else row
        for row in net.tables[table]
    ]
    assert rows != list(net.tables[table])
    return Network(Tables({**net.tables.rows, table: rows}))


def test_a_sound_network_has_no_findings() -> None:
    assert found(built()) == set()


def test_roaming_services_are_those_that_plans_know() -> None:
    assert ROAMING == {ORDINARY_RAIL: "rail", TRUCK: "road"}


# The feeder has 7 departures a week, as every service of the small networks.
SAILS = "departure_id,service_id,terminal_id,direction,weekdays,time_utc,departs_at,valid_from,valid_until"
DAILY = f"{SAILS}\nd,feeder,kz-c,forward,mon;tue;wed;thu;fri;sat;sun,12:00,"
PASSING = (
    SOUND["links"]
    .replace("passages", "passages,through_countries")
    .replace("20,24,", "20,24,,{ab}")
    .replace("60,70,", "60,70,,{bc}")
)
# Tables to replace, and what must then be found; nothing else may be.
BROKEN: dict[str, tuple[dict[str, str], set[tuple[str, str, str]]]] = {
    "unknown scopes": (
        {
            "closures": (
                "closure_id,cause,scope,scope_ids,closed_share\n"
                "a,war,terminal,kz-d,1\nb,war,passage,caspain,1\nc,war,country,XX,1\nd,war,link,ab,1"
            ),
            "embargoes": (
                "embargo_id,kind,scope,scope_ids,effect\n"
                "e,permit,frontier,CN>KZ,refused\nf,permit,frontier,CN-KZ,refused\ng,permit,frontier,CN>XX,refused"
            ),
        },
        {("error", "unknown_scope", f"closures.csv {name}") for name in "abc"}
        | {("error", "unknown_scope", f"embargoes.csv {name}") for name in "fg"},
    ),
    "closure of unknown length": (
        {"closures": "closure_id,cause,scope,scope_ids,closed_share\na,war,link,ab,0.5"},
        {("error", "closure_without_length", "closures.csv a")},
    ),
    "shorter than the globe allows": (
        {"links": SOUND["links"].replace("sea,500", "sea,380").replace(",20,32", ",16,22")},
        {("error", "shorter_than_great_circle", "links.csv cd")},
    ),
    "its own country passed on the way": (
        {"links": PASSING.format(ab="", bc="RU;KZ")},
        {("error", "through_its_own_country", "links.csv bc")},
    ),
    "countries on the way that do not touch": (
        {"links": PASSING.format(ab="GE", bc="RU")},
        {("warning", "countries_do_not_touch", "links.csv ab")},
    ),
    "too fast": (
        {"links": SOUND["links"].replace("60,70", "20,24")},
        {("warning", "speed_out_of_band", "links.csv bc")},
    ),
    "too slow": (
        {"links": SOUND["links"].replace("20,32", "60,70")},
        {("warning", "speed_out_of_band", "links.csv cd")},
    ),
    "nothing runs there": (
        {"terminals": PLACES + "\naz-e,az-e,AZ,seaport,40.3,49.8\naz-f,az-f,AZ,city,40.4,49.9"},
        {
            ("error", "unreached_terminal", "terminals.csv az-e"),
            ("warning", "unreached_terminal", "terminals.csv az-f"),
        },
    ),
    "two networks": (
        {
            "terminals": PLACES
            + "\nge-e,ge-e,GE,rail_terminal,41.7,44.8\nge-f,ge-f,GE,rail_terminal,42.1,41.7",
            "links": SOUND["links"] + "\nef,ge-e,ge-f,rail,310,1520,0,10,12,",
        },
        {("error", "separate_component", "terminals.csv ge-e")},
    ),
    "nobody sails": (
        {"links": SOUND["links"] + "\ndc2,az-d,kz-c,sea,520,,,20,30,caspian"},
        {("warning", "unserved_water", "links.csv dc2")},
    ),
    "nobody reloads": (
        {"dwell": "dwell_id,terminal_id,activity,p50_h,p90_h\nalat,az-d,discharge,36,84"},
        {
            ("error", "gauge_unperformed", "terminals.csv kz-b"),
            ("error", "gauge_dead_end", "services.csv block"),
        },
    ),
    "reloaded the other way only": (
        {"dwell": SOUND["dwell"].replace("1435,1520", "1520,1435")},
        {("error", "gauge_dead_end", "services.csv block")},
    ),
    "no calls": (
        {"services": SOUND["services"] + "\nghost,both,sea,container_feeder,ship"},
        {("error", "service_without_calls", "services.csv ghost")},
    ),
    "links do not join": (
        {"service_calls": SOUND["service_calls"].replace("kz-b,ab", "kz-b,bc")},
        {("error", "service_links_do_not_join", "services.csv block")},
    ),
    "no links": (
        {"service_calls": SOUND["service_calls"].replace("kz-b,ab", "kz-b,")},
        {("error", "service_without_links", "services.csv block")},
    ),
    "closed link": (
        {
            "links": SOUND["links"].replace("passages", "passages,status").replace("24,", "24,,planned")
            + "\nab2,cn-a,kz-b,rail,860,1435,1,20,24,"
        },
        {("error", "service_over_closed_link", "services.csv block")},
    ),
    "closed terminal": (
        {
            "terminals": PLACES.replace("lon\n", "lon,status\n")
            + "\ncn-z,cn-z,CN,rail_terminal,44.0,91.0,planned",
            "service_calls": SOUND["service_calls"].replace("block,1,cn-a,", "block,1,cn-z,"),
        },
        {("error", "service_over_closed_terminal", "services.csv block")},
    ),
    "cannot come back": (
        {
            "links": SOUND["links"]
            .replace("passages", "passages,direction")
            .replace("32,caspian", "32,caspian,forward")
        },
        {("error", "service_cannot_return", "services.csv feeder")},
    ),
    "capacity of something else": (
        {
            "services": "service_id,runs,mode,kind,factor_id,capacity_unit,capacity_direction\n"
            "feeder,both,sea,container_feeder,ship,trailer,forward\n"
            "block,forward,rail,block_train,rail-electric,TEU,forward"
        },
        {
            ("warning", "capacity_of_something_else", "services.csv feeder"),
            ("warning", "capacity_one_way", "services.csv feeder"),
        },
    ),
    "no hours and no price": (
        {"terminals": PLACES.replace("az-d,az-d,AZ,seaport;rail_terminal", "az-d,az-d,AZ,dry_port")},
        {
            ("error", "missing_dwell", "terminals.csv az-d"),
            ("error", "missing_handling", "terminals.csv az-d"),
        },
    ),
    "gauge change without a price": (
        {"terminals": PLACES.replace("kz-b,kz-b,KZ,rail_terminal", "kz-b,kz-b,KZ,junction")},
        {("error", "missing_handling", "dwell.csv west")},
    ),
    "free transfer": (
        {"handling": "handling_id,terminal_id,activity,usd_per_feu\nfree,az-d,load,0"},
        {("warning", "free_transfer", "handling.csv free")},
    ),
    "instant transfer": (
        {"dwell": SOUND["dwell"] + "\nnow,az-d,load,,,0.01,0.02"},
        {("warning", "instant_transfer", "dwell.csv now")},
    ),
    "no frontier procedure": (
        {"border_procedures": "\n".join(SOUND["border_procedures"].splitlines()[:3])},
        {("error", "frontier_without_procedure", "links.csv ab")},
    ),
    "one side of a frontier": (
        {"border_procedures": "\n".join(SOUND["border_procedures"].splitlines()[:4])},
        {("warning", "frontier_one_side", "links.csv ab")},
    ),
    "no fee at a frontier": (
        {"border_procedures": SOUND["border_procedures"].replace(",30", ",")},
        {("warning", "frontier_without_fee", "links.csv ab")},
    ),
    "storms in dwell": (
        {"dwell": SOUND["dwell"].replace("36,84", "36,150")},
        {("warning", "delay_twice", "dwell.csv alat")},
    ),
    "storms in running": (
        {"links": SOUND["links"].replace("20,32", "20,48")},
        {("warning", "delay_twice", "links.csv cd")},
    ),
    "slow service": (
        {
            "service_calls": SOUND["service_calls"]
            .replace("link_ids", "link_ids,running_p50_h")
            .replace("az-d,cd", "az-d,cd,31")
        },
        {("warning", "delay_twice", "service_calls.csv feeder at az-d")},
    ),
    "timetable ends": (
        {"timetables": f"{DAILY},,2027-02-17"},
        {("warning", "timetable_ends", "timetables.csv feeder at kz-c forward")},
    ),
    "timetable of another product": (
        {"timetables": DAILY.replace(";wed;thu;fri;sat;sun", "")},
        {("warning", "timetable_departures_differ", "timetables.csv feeder at kz-c forward")},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_fault_is_found_and_nothing_else(name: str) -> None:
    tables, expected = BROKEN[name]
    assert found(built(**tables)) == expected


def test_storms_may_widen_dwell_where_no_closure_counts_them() -> None:
    calm = built(closures="closure_id,cause,scope,scope_ids,closed_share\na,war,link,ab,1")
    wide = built(
        closures="closure_id,cause,scope,scope_ids,closed_share\na,war,link,ab,1",
        dwell=SOUND["dwell"].replace("36,84", "36,150"),
        links=SOUND["links"].replace("20,32", "20,48"),
    )
    assert found(calm) == found(wide) == set()


@pytest.mark.parametrize(
    ("cost_id", "expected"),
    [
        ("sea", {("error", "ship_without_price", "services.csv feeder")}),
        ("rail", {("error", "country_without_tariff", f"countries.csv {c}") for c in ("CN", "KZ")}),
        ("min", {("error", "country_without_tariff", f"countries.csv {c}") for c in ("AZ", "CN", "KZ")}),
        ("hire", {("error", "missing_price", "unit_costs.csv")}),
        ("ratio", {("error", "missing_price", "unit_costs.csv")}),
    ],
)
def test_a_price_outside_the_model_is_missed(cost_id: str, expected: set[tuple[str, str, str]]) -> None:
    assert found(with_row(built(), "unit_costs", cost_id, in_model=False)) == expected


def test_a_ship_priced_one_way_is_missed_the_other_way() -> None:
    net = built()
    one_way = with_row(net, "unit_costs", "sea", direction="forward")
    assert [finding.what for finding in check(one_way, DAY)] == [
        "no sea_freight row prices its calls backward, so plans leave it out"
    ]
    # Forward it goes west, from Kazakhstan to Azerbaijan.
    westbound = with_row(net, "unit_costs", "sea", direction="westbound")
    assert found(westbound) == found(one_way)


def test_two_prices_of_one_thing_are_found() -> None:
    net = built(unit_costs="cost_id,item,mode,country,value,unit\nrail2,rail_tariff,rail,,0.6,USD/FEU-km")
    assert found(net) == {("error", "two_prices", "unit_costs.csv rail2")}
    assert found(with_row(net, "unit_costs", "rail2", container="20")) == set()
    assert found(with_row(net, "unit_costs", "rail2", country="KZ")) == set()
    assert found(with_row(net, "unit_costs", "rail2", valid_from=date(2027, 1, 1))) == set()


def test_capacity_without_unit_is_an_error() -> None:
    assert found(with_row(built(), "services", "feeder", capacity_unit=None)) == {
        ("error", "capacity_without_unit", "services.csv feeder")
    }


def test_missing_carbon_is_found() -> None:
    net = built()
    grid = [row for row in net.tables["grid"] if row["country"] not in ("CN", "KZ")]
    assert found(Network(Tables({**net.tables.rows, "grid": grid}))) == {
        ("error", "country_without_grid", "countries.csv CN")
    }
    assert found(with_row(net, "emission_factors", "ship", g_co2e_per_teu_km_wtw=None)) == {
        ("error", "missing_factor", "services.csv feeder")
    }
    # Electric alone will do on a wired section only.
    assert found(with_row(net, "emission_factors", "rail-diesel", g_co2e_per_tkm_wtw=None)) == {
        ("error", "missing_factor", "services.csv rail-ordinary")
    }


def test_a_country_without_truck_speed_is_found() -> None:
    assert found(with_row(built(), "countries", "AZ", truck_km_per_day=None)) == {
        ("error", "country_without_truck_speed", "countries.csv AZ")
    }


def test_reversed_dates_are_found() -> None:
    net = with_row(built(), "grid", "kz", valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 1))
    assert found(net) == {("error", "dates_reversed", "grid.csv kz")}


def test_every_check_is_proven_here() -> None:
    """A check that no test can trigger would be a check that finds nothing."""
    days = [built(**tables).on(DAY) for tables, _ in BROKEN.values()]
    idle = {each.__name__ for each in CHECKS if not any(list(each(compiled)) for compiled in days)}
    apart = {"ships", "twice", "tariffs", "needed_everywhere", "factors", "electricity", "dates_reversed"}
    assert idle == apart | {"passages_against_base_map"}


class FakeRouter:
    """A sea with two ways from east to west: by Suez, or by the Cape when Suez is closed."""

    def __init__(self, avoid: tuple[str, ...]) -> None:
        self.avoid = avoid

    def route(self, start: object, end: object) -> SimpleNamespace:
        for way in (("malacca", "suez", "gibraltar"), ("malacca", "cape", "gibraltar")):
            if not set(way) & set(self.avoid):
                return SimpleNamespace(passages=way)
        raise PlaceError(Fault("no_way", "no sea leads there"))


@pytest.mark.parametrize(
    ("passages", "what"),
    [
        ("malacca;suez;gibraltar", ""),
        ("malacca;cape;gibraltar", ""),
        ("malacca;suez;gibraltar;bosporus", "it names bosporus, which the base map's way does not pass"),
        (
            "malacca;gibraltar",
            "it names gibraltar, malacca, but the base map must pass gibraltar, malacca, suez",
        ),
        ("", "it names no passage, but the base map must pass gibraltar, malacca, suez"),
    ],
)
def test_passages_are_held_against_the_base_map(
    passages: str, what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = ("suez", "cape", "malacca", "gibraltar", "bosporus", "panama")
    base_map = ModuleType("midcorridor.basemap")
    vars(base_map)["router"] = lambda mode, avoid=(): FakeRouter(avoid)
    base_map.__spec__ = ModuleSpec("midcorridor.basemap", None)
    straits = ModuleType("midcorridor.basemap.passages")
    straits.passages = lambda: words
    monkeypatch.setitem(sys.modules, "midcorridor.basemap", base_map)
    monkeypatch.setitem(sys.modules, "midcorridor.basemap.passages", straits)
    monkeypatch.setenv("MIDCORRIDOR_DATA", str(tmp_path))
    net = built(links=SOUND["links"].replace("32,caspian", f"32,{passages}"))
    assert found(net) == set(), "without base map nothing is compared"
    (tmp_path / "basemap" / "sea").mkdir(parents=True)
    findings = [finding for finding in check(net, DAY) if finding.code == "passages_contradict_base_map"]
    assert [finding.what for finding in findings] == ([what] if what else [])


def sailings(*days: int) -> str:
    """Dated departures, so many days after the day of the check."""
    dates = [(DAY + timedelta(days=days)).isoformat() for days in days]
    return "\n".join([SAILS, *(f"d{each},feeder,kz-c,forward,,,{each}T12:00Z,," for each in dates)])


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (f"{DAILY},,", set()),
        (f"{DAILY},,2027-02-18", set()),  # 90 days from now
        (f"{DAILY},,2026-11-19", set()),  # history: the headway counts again
        (f"{DAILY},2027-02-18,2027-02-27", set()),  # not yet
        (f"{DAILY.replace('sat;sun', 'sat')},,2026-11-29\nn{DAILY.splitlines()[1]},2026-11-30,", set()),
        (f"{DAILY.replace(';thu;fri;sat;sun', '')},,", {"timetable_departures_differ"}),  # 3 of 7
        (f"{DAILY.replace(';fri;sat;sun', '')},,", set()),  # 4 of 7
        (sailings(*range(91)), set()),
        (sailings(*range(89)), {"timetable_ends"}),
        (sailings(*range(0, 100, 3)), {"timetable_departures_differ"}),
        (sailings(-1), {"timetable_ends"}),  # a row without end whose only ship has left
    ],
)  # fmt: skip
def test_timetables_must_last_and_list_every_departure(rows: str, codes: set[str]) -> None:
    findings = check(built(timetables=rows), DAY)
    assert {finding.code for finding in findings} == codes
    assert len(findings) == len(codes)


def test_findings_say_how_to_go_on() -> None:
    for tables, _ in BROKEN.values():
        for finding in check(built(**tables), DAY):
            assert isinstance(finding, Finding)
            assert finding.hint
            assert not finding.what.endswith(".")


def test_summary_counts_what_is_open() -> None:
    counted = summary(built(), DAY)
    assert counted["terminals"]["open"] == 4
    assert counted["terminals"]["by_kind"] == {"rail_terminal": 4, "seaport": 2, "gauge_change": 1}
    assert counted["terminals"]["by_country"] == {"KZ": 2, "AZ": 1, "CN": 1}
    assert counted["links"]["by_mode"] == {"rail": 2, "sea": 1}
    assert counted["links"]["km_by_mode"] == {"rail": 3450, "sea": 500}
    assert counted["services"]["by_kind"] == {
        "block_train": 1, "container_feeder": 1, "ordinary_train": 1, "shuttle": 1,
    }  # fmt: skip
    assert counted["components"] == [4]
    assert counted["closures"] == 1
    assert summary(built(), date(2026, 7, 1))["closures"] == 0
    assert set(counted["rows_by_confidence"]) == {"high"}
