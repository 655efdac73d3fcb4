"""Changes and scenarios: each operation, dated changes, the base left alone, and any text whatever."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midcorridor.changes import OPERATIONS, Change, apply_changes
from midcorridor.errors import ScenarioError
from midcorridor.network import Network
from midcorridor.scenario import Scenario, parse_scenario, read_scenario

from .plan.small import network, terminals

DAY = date(2026, 12, 10)


def base() -> Network:
    return network(
        terminals=terminals([("kz-c", "KZ", "seaport", 43.6, 51.2), ("az-d", "AZ", "seaport", 40.0, 49.4)]),
        links=(
            "link_id,from_terminal,to_terminal,mode,km,running_p50_h,running_p90_h,passages\n"
            "cd,kz-c,az-d,sea,500,20,32,caspian"
        ),
        services="service_id,runs,capacity\nfeeder,both,225",
        service_calls="service_id,seq,terminal_id,link_ids\nfeeder,1,kz-c,\nfeeder,2,az-d,cd",
    )


def snapshot(net: Network) -> dict[str, list[dict[str, Any]]]:
    return {table: [dict(row) for row in rows] for table, rows in net.tables.rows.items()}


def applied(*changes: Change) -> Network:
    """The base with changes made; the base is proven to stay as it was."""
    net = base()
    before, digest = snapshot(net), net.digest()
    changed = Scenario("test", changes).apply(net)
    assert snapshot(net) == before
    assert net.digest() == digest
    assert changed.digest() != digest
    return changed


def cell(net: Network, table: str, key: str, column: str) -> Any:
    return net.tables.by_key(table)[key][column]


def test_set() -> None:
    assert cell(applied(Change("set", "links", "cd", "km", 510)), "links", "cd", "km") == 510.0
    changed = applied(Change("set", "links", "cd", "passages", ["caspian", "suez"]))
    assert cell(changed, "links", "cd", "passages") == ["caspian", "suez"]
    assert (
        cell(applied(Change("set", "links", "cd", "valid_until", DAY)), "links", "cd", "valid_until") == DAY
    )


def test_scale() -> None:
    changed = applied(Change("scale", "services", "feeder", "capacity", 1.5))
    assert cell(changed, "services", "feeder", "capacity") == 337.5


def test_add_and_remove() -> None:
    row = {
        "from_terminal": "az-d", "to_terminal": "kz-c", "direction": "forward", "mode": "sea", "km": 490,
        "running_p50_h": 20, "running_p90_h": 30, "status": "open",
    }  # fmt: skip
    changed = applied(Change("add", "links", "dc", value=row))
    assert cell(changed, "links", "dc", "km") == 490.0
    assert cell(changed, "links", "dc", "source") == ["overlay"]
    changed = applied(Change("add", "links", "dc", value=row), Change("remove", "links", "dc"),
                      Change("set", "links", "cd", "km", 1000))  # fmt: skip
    assert set(changed.tables.by_key("links")) == {"cd"}


FERRY = {"mode": "sea", "runs": "both", "capacity": 50, "status": "open"}


def test_a_service_is_added_with_its_calls() -> None:
    row = {**dict(base().tables.by_key("services")["feeder"]), **FERRY}
    for name in ("service_id", "source", "year", "confidence", "basis", "note"):
        row.pop(name, None)
    calls = [{"terminal_id": "kz-c"}, {"terminal_id": "az-d", "link_ids": ["cd"]}]
    changed = applied(Change("add", "services", "ferry", value={**row, "calls": calls}))
    assert cell(changed, "services", "ferry", "capacity") == 50
    told = [call for call in changed.tables["service_calls"] if call["service_id"] == "ferry"]
    assert [(call["seq"], call["terminal_id"], call["link_ids"]) for call in told] == [
        (1, "kz-c", None),
        (2, "az-d", ["cd"]),
    ]
    assert {line.service["service_id"] for line in changed.on(DAY).lines} == {"feeder", "ferry"}
    for wrong, code in (("kz-c", "bad_value"), ([{"terminal_id": "kz-x"}], "unknown_key")):
        with pytest.raises(ScenarioError) as caught:
            applied(Change("add", "services", "ferry", value={**row, "calls": wrong}))
        assert caught.value.faults[0].code == code


def test_changes_are_made_in_order() -> None:
    changed = applied(Change("set", "links", "cd", "km", 600), Change("scale", "links", "cd", "km", 2))
    assert cell(changed, "links", "cd", "km") == 1200.0
    changed = applied(Change("scale", "links", "cd", "km", 2), Change("set", "links", "cd", "km", 600))
    assert cell(changed, "links", "cd", "km") == 600.0


@pytest.mark.parametrize(
    ("table", "key", "scope"),
    [
        ("terminals", "az-d", "terminal"),
        ("links", "cd", "link"),
        ("services", "feeder", "service"),
        ("countries", "AZ", "country"),
        ("passages", "suez", "passage"),
    ],
)
def test_close(table: str, key: str, scope: str) -> None:
    changed = applied(Change("close", table, key, "", None, date(2026, 12, 1), date(2026, 12, 31)))
    (row,) = changed.tables["closures"]
    assert (row["scope"], row["scope_ids"], row["closed_share"]) == (scope, [key], 1.0)
    assert changed.on(date(2026, 11, 30)).closures == ()
    assert changed.on(date(2026, 12, 1)).closures == changed.on(date(2026, 12, 31)).closures == (row,)
    assert changed.on(date(2027, 1, 1)).closures == ()


def test_dated_changes_hold_on_their_days_only() -> None:
    changed = applied(
        Change("set", "links", "cd", "km", 700, date(2026, 12, 1), date(2026, 12, 31)),
        Change("set", "links", "cd", "running_p50_h", 25),
    )
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [changed.on(day).links["cd"]["km"] for day in days] == [500.0, 700.0, 700.0, 500.0]
    assert {changed.on(day).links["cd"]["running_p50_h"] for day in days} == {25.0}
    assert cell(changed, "links", "cd", "km") == 500.0


def test_scenarios_add_up() -> None:
    first = Scenario("first", (Change("set", "links", "cd", "km", 600),)).apply(base())
    second = Scenario("second", (Change("scale", "links", "cd", "km", 2),)).apply(first)
    assert second.scenario == "first + second"
    assert (cell(first, "links", "cd", "km"), cell(second, "links", "cd", "km")) == (600.0, 1200.0)


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        (Change("set", "linx", "cd", "km", 1), "unknown_table", "Did you mean 'links'"),
        (Change("set", "shipments", "cd", "quantity", 1), "unknown_table", "there is no table"),
        (Change("set", "services", "feder", "capacity", 1), "unknown_key", "Did you mean 'feeder'"),
        (Change("set", "links", "cd", "mod", 1), "unknown_column", "Did you mean 'mode'"),
        (Change("set", "links", "cd", "km", -1), "bad_value", "'-1' is out of range"),
        (Change("set", "links", "cd", "km", "far"), "bad_value", "'far' is not a finite number"),
        (Change("set", "links", "cd", "km", None), "missing_value", "must be filled"),
        (Change("set", "links", "cd", "mode", "air"), "bad_value", "one of rail, sea, road"),
        (
            Change("set", "links", "cd", "from_terminal", "kz-x"),
            "unknown_key",
            "'kz-x' is not in terminals.csv",
        ),
        (Change("set", "links", "cd", "running_p90_h", 1), "bad_order", "less than running_p50_h"),
        (Change("set", "service_calls", "feeder", "halt_h", 1), "no_key", "use an overlay folder instead"),
        (Change("scale", "links", "cd", "tracks", 2), "not_a_number", "use set to give it a value"),
        (Change("scale", "links", "cd", "mode", 2), "not_a_number", "cannot be scaled"),
        (Change("scale", "links", "cd", "km", 0), "bad_value", "out of range"),
        (Change("scale", "links", "cd", "km", 1e400), "bad_value", "not a finite number"),
        (Change("add", "links", "cd", value={}), "repeated_key", "use set to change it"),
        (Change("add", "links", "new", value={}), "missing_column", "from_terminal"),
        (Change("add", "links", "new", value={"kilometres": 1}), "unknown_column", "there is no column"),
        (Change("remove", "links", "CD"), "unknown_key", "Did you mean 'cd'"),
        (Change("remove", "links", "cd"), "unknown_key", "service_calls.csv"),
        (Change("close", "commodities", "grain"), "bad_scope", "cannot be closed"),
        (Change("close", "passages", "suz"), "unknown_key", "Did you mean 'suez'"),
        (Change("close", "countries", "az"), "unknown_key", "Did you mean 'AZ'"),
    ],
)
def test_changes_that_cannot_be_made(change: Change, code: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario("test", (change,)).apply(base())
    assert code in {fault.code for fault in caught.value.faults}
    assert told in str(caught.value)


def test_every_faulty_change_is_told_at_once() -> None:
    changes = (Change("set", "links", "x", "km", 1), Change("set", "links", "cd", "y", 1))
    with pytest.raises(ScenarioError) as caught:
        apply_changes(base().tables, changes)
    assert [fault.where for fault in caught.value.faults] == [
        "change 1 (set links x)",
        "change 2 (set links cd)",
    ]


def test_a_dated_change_is_checked_before_its_day() -> None:
    with pytest.raises(ScenarioError, match="links has no column"):
        Scenario("test", (Change("set", "links", "cd", "x", 1, DAY),)).apply(base())


# Files.

NETWORK = base()
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
DATES = st.dates(date(2020, 1, 1), date(2040, 1, 1))
VALUES = st.one_of(
    WORDS,
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    DATES,
    st.lists(WORDS, max_size=3),
)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Any change that a file could hold."""
    operation = draw(st.sampled_from(OPERATIONS))
    value: Any = None
    if operation == "set":
        value = draw(VALUES)
    elif operation == "scale":
        value = draw(st.floats(0, 1e6))
    elif operation == "add":
        value = draw(st.dictionaries(WORDS, VALUES, max_size=3))
    start, end = draw(st.tuples(st.none() | DATES, st.none() | DATES))
    if start and end and end < start:
        start, end = end, start
    column = draw(WORDS) if operation in ("set", "scale") else ""
    return Change(operation, draw(WORDS), draw(WORDS), column, value, start, end)


@given(WORDS, st.text(max_size=20).filter(lambda t: t.isprintable()), st.lists(changes(), max_size=4))
def test_a_scenario_survives_its_file(name: str, description: str, listed: list[Change]) -> None:
    scenario = Scenario(name, tuple(listed), description)
    assert parse_scenario(scenario.to_toml()) == scenario


@given(st.text(max_size=200))
def test_any_text_is_a_scenario_or_a_scenario_error(text: str) -> None:
    with_errors(text)


TOML_WORDS = [
    "name",
    "change",
    "operation",
    "table",
    "key",
    "column",
    "value",
    "from",
    "until",
    "set",
    "links",
    "cd",
]
PIECES = st.sampled_from(
    [
        *TOML_WORDS,
        " = ",
        "\n",
        "[[change]]\n",
        '"x"',
        "[",
        "]",
        "{",
        "}",
        "1",
        "-1.5",
        "nan",
        "2026-12-01",
        ",",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_almost_toml_is_a_scenario_or_a_scenario_error(text: str) -> None:
    with_errors('name = "x"\n' + text)


@given(st.lists(changes(), max_size=3))
def test_any_change_applies_or_is_a_scenario_error(listed: list[Change]) -> None:
    with_errors(Scenario("x", tuple(listed)).to_toml())


def with_errors(text: str) -> None:
    """Read and apply; anything but a ScenarioError fails the test."""
    with contextlib.suppress(ScenarioError):
        parse_scenario(text).apply(NETWORK).on(DAY)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the scenario has no name"),
        ('name = "x"\nnane = 1', "Did you mean 'name'"),
        ('name = "x"\nchange = 1', "change is not a list"),
        ('name = "x"\n[[change]]', "is no operation"),
        ('name = "x"\n[[change]]\noperation = "sett"', "Did you mean 'set'"),
        ('name = "x"\n[[change]]\noperation = "set"\ntable = "links"\nkey = "cd"', "set needs a column"),
        (
            'name = "x"\n[[change]]\noperation = "scale"\ntable = "links"\nkey = "cd"\n'
            'column = "km"\nvalue = -1',
            "-1 is no factor",
        ),
        (
            'name = "x"\n[[change]]\noperation = "close"\ntable = "links"\nkey = "cd"\nfrom = 2026-02-30',
            "is not TOML",
        ),
        (
            'name = "x"\n[[change]]\noperation = "close"\ntable = "links"\nkey = "cd"\nfrom = "soon"',
            "from is no date",
        ),
        (
            'name = "x"\n[[change]]\noperation = "close"\ntable = "links"\nkey = "cd"\n'
            "from = 2026-02-02\nuntil = 2026-01-01",
            "is before from",
        ),
        ('name = "x"\n[[change]]\nwhen = 1', "there is no field 'when'"),
    ],
)
def test_faulty_files_are_told_in_words(text: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text)
    assert told in str(caught.value)
    assert "scenario.toml" in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="there is no file"):
        read_scenario(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "K\xf6ln"')
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_scenario(tmp_path / "latin.toml")
