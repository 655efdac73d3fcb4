"""Files of users: what is taken, what is refused, and the examples of the page that tells how."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from midcorridor.errors import TableError
from midcorridor.folders import read_all
from midcorridor.intake import read_demand, read_shipments, shipment_of
from midcorridor.network import Network
from midcorridor.plan import deadline_hours
from midcorridor.scenario import read_scenario
from midcorridor.schemas import schema

from .plan.small import network

PAGE = Path(__file__).parents[1] / "docs" / "interfaces.md"
TABLES = network().tables
SHIPMENT = {
    "shipment_id": "s1", "origin": "Xi'an", "destination": "Baku", "commodity": "consumer_goods",
    "container_type": "40HC", "quantity": "40", "unit": "box", "ready_at": "2027-01-11", "deadline_at": "",
}  # fmt: skip
DEMAND = {
    "demand_id": "d1", "origin": "Xi'an", "destination": "Baku", "commodity": "grain",
    "container_type": "20", "quantity": "1200.5", "unit": "t", "period": "2027-03",
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Network:
    return Network.load()


def written(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "own.csv"
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_shipments_are_read(tmp_path: Path) -> None:
    second = SHIPMENT | {
        "shipment_id": "s2",
        "quantity": "2.5",
        "unit": "TEU",
        "deadline_at": "2027-02-01T12:00+04:00",
    }
    first, other = read_shipments(written(tmp_path, SHIPMENT, second), TABLES)
    assert set(first) == set(schema("shipments").names())
    assert (first["quantity"], first["unit"], first["deadline_at"]) == (40.0, "box", None)
    assert first["ready_at"] == datetime(2027, 1, 11, tzinfo=UTC)
    assert other["deadline_at"] == datetime(2027, 2, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "due"),
    [
        ("2027-02-15", "2027-02-16T00:00"),
        ("2027-01-11", "2027-01-12T00:00"),  # the day on which the cargo is ready
        ("20270215", "2027-02-16T00:00"),
        ("2040-12-31", "2041-01-01T00:00"),
        ("2027-02-15T00:00", "2027-02-15T00:00"),
        ("2027-02-15T12:00", "2027-02-15T12:00"),
    ],
)
def test_a_deadline_that_is_a_date_is_the_end_of_that_day_as_for_a_plan(
    cell: str, due: str, tmp_path: Path
) -> None:
    (row,) = read_shipments(written(tmp_path, SHIPMENT | {"deadline_at": cell}), TABLES)
    assert row["deadline_at"] == datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert row["ready_at"] == datetime(2027, 1, 11, tzinfo=UTC)
    hours = deadline_hours(cell, row["ready_at"])
    assert hours == (row["deadline_at"] - row["ready_at"]).total_seconds() / 3600


def test_codes_of_goods_are_read_where_they_are_given(tmp_path: Path, shipped: Network) -> None:
    goods = SHIPMENT | {"commodity": "machinery", "hs_code": "8458.11", "un_number": "UN 3480"}
    (row,) = read_shipments(written(tmp_path, goods), shipped.tables)
    shipment = shipment_of(row, shipped.tables)
    assert (shipment.hs_code, shipment.un_number) == ("845811", "3480")
    for without in (SHIPMENT, SHIPMENT | {"hs_code": "", "un_number": ""}):
        (row,) = read_shipments(written(tmp_path, without), shipped.tables)
        shipment = shipment_of(row, shipped.tables)
        assert (shipment.hs_code, shipment.un_number) == (None, None)


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("hs_code", "845899", ""),
        ("hs_code", "77", "the Harmonized System has no chapter 77"),
        ("hs_code", "84.5", "is no code of the Harmonized System"),
        ("hs_code", "8458.11.20", "Give its first six digits, 845811"),
        ("un_number", "3840", "there is no UN number 3840"),
        ("un_number", "348", "four digits of a UN number such as 3480"),
    ],
)
def test_a_code_that_no_table_holds_is_a_fault_of_its_row(
    column: str, cell: str, told: str, tmp_path: Path, shipped: Network
) -> None:
    path = written(tmp_path, SHIPMENT | {column: cell})
    if not told:
        assert len(read_shipments(path, shipped.tables)) == 1
        return
    with pytest.raises(TableError) as caught:
        read_shipments(path, shipped.tables)
    (fault,) = caught.value.faults
    assert (fault.row, fault.column) == (2, column)
    assert told in str(caught.value)
    assert f"own.csv row 2 (shipment_id 's1'), column {column}" in str(caught.value)


def test_demand_is_read(tmp_path: Path) -> None:
    year = DEMAND | {"demand_id": "d2", "period": "2027"}
    rows = read_demand(written(tmp_path, DEMAND, year), TABLES)
    assert [row["period"] for row in rows] == ["2027-03", "2027"]
    assert rows[0]["quantity"] == 1200.5


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("quantity", "0", "'0' is out of range"),
        ("quantity", "-3", "'-3' is out of range"),
        ("quantity", "inf", "'inf' is not a finite number"),
        ("quantity", "nan", "'nan' is not a finite number"),
        ("quantity", "1e999", "'1e999' is not a finite number"),
        ("quantity", "40.5", "40.5 boxes are no whole number"),
        ("quantity", "20001", "20,001 boxes are no shipment"),
        ("unit", "boxes", "one of box, TEU, t"),
        ("commodity", "consumer_good", "Did you mean 'consumer_goods'"),
        ("container_type", "40hc", "Did you mean '40HC'"),
        ("origin", "", "must be filled"),
        ("destination", "Xi'an", '"Xi\'an" is the origin too'),
        ("ready_at", "2027-02-30", "'2027-02-30' is not an instant"),
        ("ready_at", "soon", "'soon' is not an instant"),
        ("ready_at", "1999-01-01", "the tables say nothing about 1999"),
        ("deadline_at", "2026-12-31", "is less than ready_at"),
        ("deadline_at", "2099-12-31", "the tables say nothing about 2099"),
        ("shipment_id", "", "must be filled"),
    ],
)
def test_a_faulty_shipment_is_refused(column: str, cell: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read_shipments(written(tmp_path, SHIPMENT | {column: cell}), TABLES)
    (fault,) = caught.value.faults
    assert (fault.table, fault.row, fault.column) == ("shipments", 2, column)
    assert told in str(caught.value)
    assert "own.csv row 2" in str(caught.value)


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("period", "2027-13", "is not of the form YYYY or YYYY-MM"),
        ("period", "2027-3", "is not of the form YYYY or YYYY-MM"),
        ("period", "27", "is not of the form YYYY or YYYY-MM"),
        ("period", "1999", "the tables say nothing about 1999"),
        ("quantity", "0", "out of range"),
        ("commodity", "grains", "Did you mean 'grain'"),
    ],
)
def test_faulty_demand_is_refused(column: str, cell: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read_demand(written(tmp_path, DEMAND | {column: cell}), TABLES)
    assert [fault.column for fault in caught.value.faults] == [column]
    assert told in str(caught.value)


def test_demand_may_be_large(tmp_path: Path) -> None:
    (row,) = read_demand(written(tmp_path, DEMAND | {"quantity": "250000", "unit": "box"}), TABLES)
    assert row["quantity"] == 250_000


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    rows = [
        SHIPMENT | {"quantity": "0.5"},
        SHIPMENT | {"shipment_id": "s2", "commodity": "x", "ready_at": "2027-02-30"},
        SHIPMENT | {"shipment_id": "s2", "container_type": "60"},
        SHIPMENT | {"shipment_id": "s4", "quantity": "0.5"},
    ]
    with pytest.raises(TableError) as caught:
        read_shipments(written(tmp_path, *rows), TABLES)
    found = {(fault.row, fault.column, fault.code) for fault in caught.value.faults}
    assert found == {
        (2, "quantity", "bad_value"), (3, "commodity", "bad_value"), (3, "ready_at", "bad_value"),
        (4, "container_type", "bad_value"), (4, "shipment_id", "repeated_key"),
    }  # fmt: skip
    assert "Same fault in row 5" in str(caught.value)


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(",".join(SHIPMENT) + "\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"own\.csv: the file has a header and no rows"):
        read_shipments(path, TABLES)


# The page.


def examples() -> dict[str, str]:
    """File name to content of the examples on the page."""
    return dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S))


def test_every_form_has_an_example() -> None:
    assert set(examples()) == {
        "services.csv",
        "timetables.csv",
        "scenario.toml",
        "shipments.csv",
        "demand.csv",
    }


def test_the_example_shipments_and_demand_are_taken(tmp_path: Path, shipped: Network) -> None:
    for name, read in (("shipments.csv", read_shipments), ("demand.csv", read_demand)):
        path = tmp_path / name
        path.write_text(examples()[name], encoding="utf-8")
        assert len(read(path, shipped.tables)) == 2


def test_the_example_scenario_changes_what_it_says(tmp_path: Path, shipped: Network) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(examples()["scenario.toml"], encoding="utf-8")
    scenario = read_scenario(path)
    assert [change.operation for change in scenario.changes] == ["close", "scale", "set"]
    before, after = (
        net.tables.by_key("services")["feeder-aktau-alat"] for net in (shipped, scenario.apply(shipped))
    )
    assert after["departures_per_week"] == pytest.approx(1.5 * before["departures_per_week"])


def test_the_example_table_is_laid_over(tmp_path: Path, shipped: Network) -> None:
    for name in ("services.csv", "timetables.csv"):
        (tmp_path / name).write_text(examples()[name], encoding="utf-8")
    tables = read_all(overlays=[tmp_path])
    assert tables.by_key("services")["feeder-aktau-alat"]["departures_per_week"] == 5.5
    assert len(tables["services"]) == len(shipped.tables["services"])
