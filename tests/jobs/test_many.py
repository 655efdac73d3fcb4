"""Many shipments at once: the order, the rows that fail, the files, and an end in the middle."""

from __future__ import annotations

import csv
import json
import multiprocessing
import pickle
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

from midcorridor.errors import Fault, InputError, OutputError, TableError
from midcorridor.intake import shipment_of
from midcorridor.jobs import plan_many, planner
from midcorridor.jobs.planner import NESTED
from midcorridor.network import Network
from midcorridor.plan import Outline, plan
from midcorridor.schemas import schema

from .corridor import HEAD, corridor

NET = corridor()
GOOD = {
    "shipment_id": "s1", "origin": "kz-w", "destination": "az-e", "commodity": "consumer_goods",
    "container_type": "40HC", "quantity": 4, "unit": "box", "ready_at": "2026-12-01", "deadline_at": None,
}  # fmt: skip


def varied(count: int) -> list[dict[str, Any]]:
    """Shipments that differ in size and day; every seventh cannot be planned."""
    return [
        GOOD
        | {"shipment_id": f"s{n}", "quantity": n % 50 + 1, "ready_at": f"2026-12-{n % 28 + 1:02}"}
        | ({"origin": "Nowhereville"} if n % 7 == 3 else {})
        for n in range(count)
    ]


def written(path: Path, *rows: dict[str, Any]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEAD.split(","), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def rows_of(shipments: Any, **more: Any) -> list[dict[str, Any]]:
    return [row for batch in plan_many(NET, shipments, **{"workers": 1, **more}) for row in batch]


# What comes out.


def test_the_declared_columns_end_with_those_of_a_route() -> None:
    columns = schema("many").columns
    routes = [column for column in schema("routes").columns if column.name not in NESTED]
    declared = [(c.name, c.dtype, c.unit) for c in columns[-len(routes) :]]
    assert declared == [(c.name, c.dtype, c.unit) for c in routes], (
        "schema/results/many.csv ends with the columns of routes.csv, none of them required"
    )
    assert not any(column.required for column in columns[-len(routes) :])
    assert list(rows_of([GOOD])[0]) == [column.name for column in columns]


@pytest.mark.parametrize("due", ["2026-12-04", date(2026, 12, 4), "2026-12-04T00:00", "2026-12-04T18:00"])
def test_a_deadline_is_that_of_plan(due: Any) -> None:
    """Also on the days between midnight and the end of a date, where the chance of the two differs."""
    (row,) = rows_of([GOOD | {"deadline_at": due}])
    (route,) = plan(NET, "kz-w", "az-e", containers="4x40HC", at="2026-12-01", deadline=due).to_dict()[
        "routes"
    ]
    assert row["on_time_probability"] == route["on_time_probability"]
    chances = [
        rows_of([GOOD | {"deadline_at": at}])[0]["on_time_probability"]
        for at in ("2026-12-04T00:00", "2026-12-04", "2026-12-05T00:00")
    ]
    assert chances[0] < chances[1] == chances[2]


def test_codes_of_the_goods_are_judged_as_plan_judges_them_and_a_wrong_one_is_an_error_of_its_row() -> None:
    net = Network.load()
    ends = {"origin": "Xi'an", "destination": "Almaty"}
    goods = GOOD | ends | {"commodity": "batteries", "un_number": "3480"}
    plain = goods | {"shipment_id": "s2", "un_number": None}
    wrong = goods | {"shipment_id": "s3", "un_number": "3840"}
    rows = list(plan_many(net, [goods, plain, wrong], workers=1).to_frame().iter_rows(named=True))
    first, second = (next(row for row in rows if row["shipment_id"] == name) for name in ("s1", "s2"))
    options = {"containers": "4x40HC", "commodity": "batteries", "at": "2026-12-01"}
    alone = plan(net, *ends.values(), un_number="3480", **options).routes[0]
    assert list(first["permits"]) == list(alone["permits"]) != list(second["permits"])
    (bad,) = [row for row in rows if row["shipment_id"] == "s3"]
    assert bad["outcome"] == "error"
    assert "column un_number" in bad["error_message"]
    assert "there is no UN number 3840" in bad["error_message"]


def test_a_row_is_the_route_that_plan_gives() -> None:
    rows = rows_of([GOOD | {"quantity": 40}], compare=True)
    alone = plan(NET, "kz-w", "az-e", containers="40x40HC", at="2026-12-01", compare=True)
    assert len(rows) == len(alone.routes) > 0
    for row, route in zip(rows, alone.to_dict()["routes"], strict=True):
        for column in schema("routes").columns:
            if column.name not in NESTED:
                cell = row[column.name]
                plain = cell.isoformat() if column.dtype == "datetime" else cell
                assert plain == route[column.name], column.name
        assert (row["row"], row["shipment_id"], row["outcome"]) == (1, "s1", "ok")
        assert (row["boxes"], row["teu"], row["cargo_t"]) == (40, 80, 560)


def test_order_and_answers_do_not_depend_on_workers_or_chunks() -> None:
    shipments = varied(40)
    alone = plan_many(NET, shipments, workers=1).to_frame()
    assert alone["shipment_id"].unique(maintain_order=True).to_list() == [f"s{n}" for n in range(40)]
    assert alone["outcome"].value_counts(sort=True).row(0)[0] == "ok"
    for workers, chunk in ((1, 7), (2, 3)):
        assert_frame_equal(plan_many(NET, shipments, workers=workers, chunk=chunk).to_frame(), alone)


def test_every_day_has_its_own_network_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    shipments = varied(60)
    before = rows_of(shipments)
    monkeypatch.setattr(planner, "MOST_DAYS", 2)
    assert rows_of(shipments) == before


def test_no_route_is_a_row_with_its_reason() -> None:
    (row,) = rows_of([GOOD], avoid=["az-port"])
    assert (row["outcome"], row["reason"], row["blocked_by"]) == ("none", "blocked", ["--avoid az-port"])
    assert row["corridor"] is None


def test_nothing_is_kept_and_nothing_is_read_ahead_of_the_workers() -> None:
    read: list[int] = []

    def endless() -> Iterator[dict[str, Any]]:
        for n in range(10**9):
            read.append(n)
            yield GOOD | {"shipment_id": f"s{n}"}

    batches = iter(plan_many(NET, endless(), workers=1, chunk=2))
    next(batches)
    next(batches)
    assert len(read) == 4


def test_memory_does_not_grow_with_the_shipments(tmp_path: Path) -> None:
    """Rows that fail go all the way but for the plan itself; a row of the answer takes over 2 kB."""

    def most_bytes(count: int) -> int:
        path = written(
            tmp_path / "own.csv", *(GOOD | {"shipment_id": f"s{n}", "unit": "?"} for n in range(count))
        )
        tracemalloc.start()
        try:
            plan_many(NET, path, workers=1).write(tmp_path / "routes.csv")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    most_bytes(100)  # what is loaded once
    assert most_bytes(5000) - most_bytes(500) < 4500 * 100


# What goes in.


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({"origin": "Nowhereville"}, "unknown_place", "origin: 'Nowhereville'"),
        ({"origin": "az-e"}, "bad_value", "is the origin too"),
        ({"quantity": "many"}, "bad_value", "column quantity: 'many' is not a finite number"),
        ({"quantity": ""}, "missing_value", "column quantity"),
        ({"quantity": 1e9, "unit": "t"}, "bad_quantity", "quantity: "),
        ({"commodity": "grains"}, "bad_value", "Did you mean 'grain'"),
        ({"ready_at": "1999-01-01"}, "bad_value", "nothing about 1999"),
        ({"shipment_id": "before"}, "repeated_key", "'before' stands in row"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet", "frame", "mappings"])
def test_a_bad_row_becomes_a_row_with_its_error(
    form: str, change: dict[str, Any], code: str, told: str, tmp_path: Path
) -> None:
    given = [GOOD | {"shipment_id": "before"}, GOOD | change, GOOD | {"shipment_id": "after"}]
    first = 2 if form == "csv" else 1
    shipments: Any = given
    if form == "csv":
        shipments = written(tmp_path / "own.csv", *given)
    elif form != "mappings":
        shipments = pl.DataFrame([{k: v if v is None else str(v) for k, v in row.items()} for row in given])
    if form == "parquet":
        shipments.write_parquet(tmp_path / "own.parquet")
        shipments = tmp_path / "own.parquet"
    before, bad, after = rows_of(shipments)
    assert (before["outcome"], bad["outcome"], after["outcome"]) == ("ok", "error", "ok")
    assert (bad["row"], bad["error_code"]) == (first + 1, code)
    assert told in bad["error_message"]
    assert bad["mean_h"] is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (HEAD + "\n", "has a header and no rows"),
        (HEAD.replace("origin,", "") + "\n", "column 'origin' is missing"),
        (HEAD + ",colour\n", "there is no column 'colour'"),
        ("", "no header line"),
        (HEAD + '\ns1,"kz-w\n', "is not CSV (row 2"),
        (HEAD.encode() + b"\ns1,\xff\n", "is not UTF-8"),
    ],
)
def test_a_file_that_is_no_shipments_file_is_refused_before_any_work(
    content: str | bytes, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TableError) as caught:
        plan_many(NET, path)
    assert told in str(caught.value)
    assert "own.csv" in str(caught.value)


def test_files_that_are_missing_or_no_parquet_are_refused(tmp_path: Path) -> None:
    (tmp_path / "own.parquet").write_text("no")
    for name, told in (
        ("own.parquet", "is not Parquet"),
        ("none.csv", "no file"),
        ("none.parquet", "no file"),
    ):
        with pytest.raises(TableError, match=told):
            plan_many(NET, tmp_path / name)


def test_options_that_fit_no_shipment_end_the_run() -> None:
    with pytest.raises(InputError, match="'fastest' is no objective"):
        rows_of(varied(3), by="fastest")
    with pytest.raises(InputError, match="names nothing that a route could pass"):
        rows_of(varied(3), workers=2, chunk=1, avoid=["atlantis"])
    with pytest.raises(InputError, match="'some' is no choice of routes"):
        rows_of(varied(3), routes="some")
    with pytest.raises(TypeError, match="colour"):
        plan_many(NET, [GOOD], colour="red")
    with pytest.raises(InputError, match="--workers: 0 is too few"):
        plan_many(NET, [GOOD], workers=0)
    with pytest.raises(InputError, match="the cluster has its own workers"):
        plan_many(NET, [GOOD], workers=2, cluster="tcp://127.0.0.1:1")


def test_one_route_each_corridor_or_all_that_a_plan_shows() -> None:
    given = varied(12)
    best, corridors, every = (rows_of(given, routes=which) for which in ("best", "corridors", "all"))
    assert [row["shipment_id"] for row in best] == [row["shipment_id"] for row in given]
    assert {name: value for name, value in best[0].items() if name != "route_id"} == {
        name: value for name, value in every[0].items() if name != "route_id"
    }
    for listed in (best, corridors):
        seen = [(row["row"], row["corridor"]) for row in listed]
        assert len(set(seen)) == len(seen)
    assert len(best) <= len(corridors) <= len(every)


def test_a_fault_of_ours_in_one_row_does_not_lose_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Outline] = planner.outline

    def broken(network: Network, shipment: Any, **options: Any) -> Outline:
        return 1 / 0 if shipment.boxes == 2 else real(network, shipment, **options)

    monkeypatch.setattr(planner, "outline", broken)
    rows = rows_of(varied(3))
    assert [row["error_code"] for row in rows] == [None, "internal_error", None]
    assert "ZeroDivisionError: division by zero" in rows[1]["error_message"]


@pytest.mark.parametrize(
    ("change", "boxes", "cargo_t"),
    [
        ({"quantity": 3}, 3, 3 * 14),
        ({"quantity": 3, "container_type": "20"}, 3, 3 * 7),
        ({"quantity": 5, "unit": "TEU"}, 3, 5 * 7),  # the third box half full
        ({"quantity": 4, "unit": "TEU"}, 2, 4 * 7),
        ({"quantity": 28.0, "unit": "t"}, 2, 28),
        ({"quantity": 28.1, "unit": "t"}, 3, 28.1),
        # 24 t of grain to a forty-foot box by volume, and 26.58 t by mass
        ({"quantity": 100, "unit": "t", "commodity": "grain"}, 5, 100),
    ],
)
def test_quantities_become_whole_boxes(change: dict[str, Any], boxes: int, cargo_t: float) -> None:
    made = shipment_of(GOOD | change, NET.tables)
    assert made.boxes == boxes
    assert made.cargo_t == pytest.approx(cargo_t)


# Files.


def read_back(path: Path) -> list[dict[str, Any]]:
    """The rows of a file with their declared types, without what its form cannot tell."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        instants = [c.name for c in schema("many").columns if c.dtype == "datetime"]
        return [
            row | {name: datetime.fromisoformat(row[name]) for name in instants if row[name]} for row in rows
        ]
    kinds = {
        "datetime": datetime.fromisoformat,
        "int": int,
        "float": float,
        "list": lambda cell: cell.split(";"),
    }
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                c.name: kinds.get(c.dtype, str)(row[c.name]) if row[c.name] else None
                for c in schema("many").columns
            }
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_every_form_holds_the_same_rows(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"routes{ending}"
    shipments = varied(20)
    many = plan_many(NET, shipments, workers=1, chunk=3)
    summary = many.write(path)
    expected = rows_of(shipments)
    if ending == ".csv":  # an empty list and nothing are the same empty cell
        expected = [{k: None if v == [] else v for k, v in row.items()} for row in expected]
    assert read_back(path) == expected
    assert (summary.shipments, summary.outcomes["error"]) == (20, 3)
    assert (summary.errors, summary.failed[0]["row"]) == ({"unknown_place": 3}, 4)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_parquet_file_tells_units_and_how_it_was_made(tmp_path: Path) -> None:
    plan_many(NET, [GOOD], workers=1, by="cost").write(tmp_path / "routes.parquet")
    about = json.loads(pq.read_schema(tmp_path / "routes.parquet").metadata[b"midcorridor"])
    assert about["columns"]["mean_h"]["unit"] == "h"
    assert about["run"]["options"] == {"by": "cost"}
    assert about["run"]["network_digest"] == NET.digest()


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_leaves_what_was_there_and_no_process(workers: int, tmp_path: Path) -> None:
    path = tmp_path / "routes.csv"
    path.write_text("old")
    others = set(multiprocessing.active_children())  # of tests whose server is still up

    def interrupt(done: int, total: int, text: str) -> None:
        assert total == 40
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plan_many(NET, varied(40), workers=workers, chunk=4, progress=interrupt).write(path)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["routes.csv"]
    assert set(multiprocessing.active_children()) <= others


def test_a_wrong_name_is_refused_before_any_work(tmp_path: Path) -> None:
    def unread() -> Iterator[dict[str, Any]]:
        raise AssertionError("read")
        yield {}

    with pytest.raises(InputError, match=r"ends in \.parquet, \.csv, \.jsonl"):
        plan_many(NET, unread()).write(tmp_path / "routes.xlsx")
    with pytest.raises(OutputError):
        plan_many(NET, unread()).write(tmp_path / "none" / "routes.csv")


def test_progress_tells_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[tuple[int, int, str]] = []
    rows_of(varied(10), chunk=4, progress=lambda *each: told.append(each))
    assert [(done, total) for done, total, _ in told] == [(4, 10), (8, 10), (10, 10)]
    assert told[-1][2] == "9 planned, 0 without a route, 1 with an error"
    rows_of(varied(2), progress=True)
    assert "2 planned" in capsys.readouterr().err


def test_an_error_comes_whole_from_another_process() -> None:
    error = InputError([Fault("a", "first", "--by"), Fault("b", "second")])
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.faults, str(again)) == (InputError, error.faults, str(error))


def test_prices_of_many_stand_in_the_money_of_a_year() -> None:
    net = Network.load()
    ends = {"origin": "Xi'an", "destination": "Almaty"}
    alone = plan(net, *ends.values(), containers="4x40HC", at="2026-12-01", price_year=2024).routes[0]
    [row] = [row for batch in plan_many(net, [GOOD | ends], workers=1, price_year=2024) for row in batch]
    assert row["cost_usd"] == pytest.approx(alone["cost_usd"])
    [plain] = [row for batch in plan_many(net, [GOOD | ends], workers=1) for row in batch]
    assert row["cost_usd"] < plain["cost_usd"]
    with pytest.raises(InputError, match="--price-year"):
        list(plan_many(net, [GOOD | ends], workers=1, price_year=2030))
