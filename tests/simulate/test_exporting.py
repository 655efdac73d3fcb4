"""A folder of results read back with other programs: DuckDB, Polars, a JSON schema."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from midcorridor.errors import OutputError
from midcorridor.files import whole_folder
from midcorridor.simulate import summary
from midcorridor.simulate.ground import BOX_TEU, DAY_S
from midcorridor.simulate.reporting import TABLES

from .measured import REPLICATIONS, SEED, WARM_UP_D, YEAR, folder, measured

_NAMED = {"type": "object", "required": ["name", "attributes"], "additionalProperties": False, "properties": {
    "name": {"type": "string"},
    "attributes": {"type": "array", "items": {
        "type": "object", "required": ["name", "type"], "additionalProperties": False, "properties": {
            "name": {"type": "string"},
            "type": {"enum": ["string", "time", "integer", "float", "boolean"]}}}}}}  # fmt: skip
_RELATED = {"type": "array", "items": {
    "type": "object", "required": ["objectId", "qualifier"], "additionalProperties": False,
    "properties": {"objectId": {"type": "string"}, "qualifier": {"type": "string"}}}}  # fmt: skip
_VALUE = {"type": ["string", "number", "boolean"]}
# The structure of the OCEL 2.0 specification, chapter on JSON, written down from its text.
OCEL = {"type": "object", "required": ["eventTypes", "objectTypes", "events", "objects"],
    "additionalProperties": False, "properties": {
    "eventTypes": {"type": "array", "items": _NAMED},
    "objectTypes": {"type": "array", "items": _NAMED},
    "events": {"type": "array", "items": {
        "type": "object", "required": ["id", "type", "time"], "additionalProperties": False, "properties": {
            "id": {"type": "string"}, "type": {"type": "string"},
            "time": {"type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$"},
            "attributes": {"type": "array", "items": {
                "type": "object", "required": ["name", "value"], "additionalProperties": False,
                "properties": {"name": {"type": "string"}, "value": _VALUE}}},
            "relationships": _RELATED}}},
    "objects": {"type": "array", "items": {
        "type": "object", "required": ["id", "type"], "additionalProperties": False, "properties": {
            "id": {"type": "string"}, "type": {"type": "string"},
            "attributes": {"type": "array", "items": {
                "type": "object", "required": ["name", "value", "time"], "additionalProperties": False,
                "properties": {"name": {"type": "string"}, "value": _VALUE, "time": {"type": "string"}}}},
            "relationships": _RELATED}}}}}  # fmt: skip


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("simulated"))


@pytest.fixture(scope="module")
def log(year: Path) -> dict[str, Any]:
    return json.loads((year / "events.ocel.json").read_text("utf-8"))


@pytest.mark.parametrize("table", ["places", "waits", "ended", "daily"])
def test_tables_come_back_as_they_were(year: Path, table: str) -> None:
    answer, _ = measured()
    theirs = getattr(answer.runs, table)
    ours = duckdb.sql(f"SELECT * FROM '{year}/tables/{table}.parquet'").pl()
    assert ours.height == theirs.height > 0
    words = [name for name in theirs.columns if theirs[name].dtype == pl.Enum]
    plain = theirs.with_columns(pl.col(words).cast(pl.String))
    assert_frame_equal(ours.with_columns(pl.col(words).cast(pl.String)), plain)


def test_partitions_of_visits_are_read_as_one_table_by_duckdb(year: Path) -> None:
    _, collected = measured()
    query = f"""
        SELECT replication::INT AS replication, count(*) AS n, sum(started_s - arrived_s)::BIGINT AS waited_s,
               min(arrived_s) AS first_s
        FROM read_parquet('{year}/visits/*/*.parquet', hive_partitioning = true)
        GROUP BY ALL ORDER BY ALL"""
    rows = duckdb.sql(query).fetchall()
    assert [row[0] for row in rows] == list(range(REPLICATIONS))
    for number, n, waited_s, first_s in rows:
        kept = collected[number].filter(pl.col("arrived_s") >= WARM_UP_D * DAY_S)
        assert (n, waited_s) == (kept.height, (kept["started_s"] - kept["arrived_s"]).sum())
        assert n < collected[number].height
        assert first_s >= WARM_UP_D * DAY_S
    back = pl.read_parquet(year / "visits" / "replication=00" / "visits.parquet", hive_partitioning=False)
    first = collected[0].filter(pl.col("arrived_s") >= WARM_UP_D * DAY_S).drop("replication")
    assert_frame_equal(back, first)


def test_csv_holds_the_rows_of_the_answer(year: Path) -> None:
    answer, _ = measured()
    rows = summary(answer)
    assert set(rows) == set(TABLES)
    for name in TABLES:
        with (year / "summary" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            back = list(csv.DictReader(file))
        assert len(back) == len(rows[name]) > 0
        for ours, theirs in zip(back, rows[name], strict=True):
            for column, value in theirs.items():
                told = ours[column]
                assert told == "" if value is None else isinstance(value, float) or told == str(value), column
                if isinstance(value, float):
                    assert float(told) == value


def test_the_manifest_tells_what_was_run_and_every_file(year: Path) -> None:
    answer, _ = measured()
    told = json.loads((year / "manifest.json").read_text("utf-8"))
    assert (told["year"], told["options"]["seed"], told["options"]["warm_up_d"]) == (YEAR, SEED, WARM_UP_D)
    assert told["network_digest"] == answer.network.digest()
    assert told["well"] is answer.well
    files = {path.relative_to(year).as_posix() for path in year.rglob("*") if path.is_file()}
    assert {each["path"] for each in told["files"]} == files - {"manifest.json"}
    for each in told["files"]:
        content = (year / each["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (each["bytes"], each["sha256"])


def test_the_log_has_the_structure_of_ocel(log: dict[str, Any]) -> None:
    # The schema is slow: every fifth event and object; all of them are looked at below.
    jsonschema.validate({**log, "events": log["events"][::5], "objects": log["objects"][::5]}, OCEL)
    objects = {each["id"]: each["type"] for each in log["objects"]}
    assert len(objects) == len(log["objects"])
    assert len({each["id"] for each in log["events"]}) == len(log["events"]) > 5_000
    kinds = {each["name"]: {a["name"] for a in each["attributes"]} for each in log["objectTypes"]}
    assert set(objects.values()) == set(kinds) >= {"box", "train", "ship", "terminal", "service"}
    types = {each["name"]: {a["name"] for a in each["attributes"]} for each in log["eventTypes"]}
    assert {each["type"] for each in log["events"]} == set(types)
    for event in log["events"]:
        assert {a["name"] for a in event["attributes"]} <= types[event["type"]]
        assert {each["objectId"] for each in event["relationships"]} <= set(objects)
    times = [event["time"] for event in log["events"]]
    assert times == sorted(times)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**log, "events": [{"id": "e1", "type": "x"}]}, OCEL)


def test_boxes_of_the_log_are_ready_loaded_and_let_off_in_turn(log: dict[str, Any]) -> None:
    answer, collected = measured()
    steps: dict[str, list[str]] = {}
    waited_h: dict[str, float] = {}
    for event in log["events"]:
        for each in event["relationships"]:
            key = each["objectId"]
            if each["qualifier"] == "cargo" and event["type"].split()[0] in ("ready", "loaded", "let"):
                steps.setdefault(key, []).append(event["type"].split()[0])
                waited_h[key] = waited_h.get(key, 0.0) + sum(a["value"] for a in event["attributes"])
    assert len(steps) > 400
    for told in steps.values():
        assert told == list(itertools.islice(itertools.cycle(["ready", "loaded", "let"]), len(told)))
    key = max((each for each in steps if each.startswith("box-")), key=lambda each: waited_h[each])
    visits = collected[0].filter(pl.col("token") == int(key.removeprefix("box-")))
    holds = visits.filter(pl.col("place_kind").cast(pl.String) == "hold")
    hours = (holds["started_s"] - holds["arrived_s"]).sum() / 3600
    assert waited_h[key] == pytest.approx(hours, abs=0.01)
    first = datetime.combine(answer.corridor.first, datetime.min.time(), UTC)
    begun = first + timedelta(seconds=int(visits["arrived_s"].to_list()[0]))
    assert WARM_UP_D <= (begun - first).days < WARM_UP_D + 3


def test_boxes_are_let_off_by_the_train_or_ship_that_took_them(log: dict[str, Any]) -> None:
    kinds = {each["id"]: each["type"] for each in log["objects"]}
    aboard: dict[str, str] = {}
    loads: dict[str, int] = {}
    for event in log["events"]:
        what = event["type"].split()
        if what[0] not in ("loaded", "let"):
            continue
        of = {each["qualifier"]: each["objectId"] for each in event["relationships"]}
        assert kinds[of["vehicle"]] == what[-1] or what[-1] not in ("train", "ship")
        if what[0] == "loaded":
            assert of["cargo"] not in aboard
            aboard[of["cargo"]] = of["vehicle"]
            loads[of["vehicle"]] = loads.get(of["vehicle"], 0) + 1
        else:
            assert aboard.pop(of["cargo"]) == of["vehicle"]
    ships = [n for key, n in loads.items() if kinds[key] == "ship"]
    assert max(ships) > 50  # a ship carries many boxes, on many trips
    assert sum(loads.values()) > 400


def test_the_map_has_what_went_over_links_and_through_terminals(year: Path) -> None:
    answer, _ = measured()
    told = json.loads((year / "map.geojson").read_text("utf-8"))
    terminals = {
        f["properties"]["terminal_id"]: f for f in told["features"] if f["properties"]["part"] == "terminal"
    }
    links = {f["properties"]["link_id"]: f for f in told["features"] if f["properties"]["part"] == "link"}
    legs = {leg for found in answer.corridor.routes.values() for leg in found}
    assert set(links) == {link["link_id"] for leg in legs for link, _ in leg.links}
    assert {end for leg in legs for end in (leg.from_terminal, leg.to_terminal)} <= set(terminals)
    waits = answer.runs.waits.filter(pl.col("place_kind").cast(pl.String) == "hold")
    sea = [leg.name for leg in legs if leg.service["mode"] == "sea" and leg.from_terminal == "kz-aktau"]
    taken = waits.filter(pl.col("place").cast(pl.String).is_in(sea))["n"].sum() * BOX_TEU / REPLICATIONS
    assert terminals["kz-aktau"]["properties"]["teu_out_by_sea"] == pytest.approx(taken, abs=1)
    lon, lat = terminals["kz-aktau"]["geometry"]["coordinates"]
    assert 50 < lon < 53
    assert 42 < lat < 45
    crossing = next(leg for leg in legs if leg.name in sea)
    (link, along), *_ = crossing.links
    over = links[link["link_id"]]["properties"]
    assert over["teu_along" if along else "teu_against"] >= round(taken / len(sea)) - 1 > 0
    for feature in links.values():
        told_use = [
            v
            for name, v in feature["properties"].items()
            if name.startswith("use_of_paths") and v is not None
        ]
        assert all(0 <= share <= 1 for share in told_use)
        assert feature["geometry"]["type"] in ("LineString", "MultiLineString")
    busy = [
        f["properties"]["use_of_paths_along"]
        for f in links.values()
        if f["properties"].get("use_of_paths_along")
    ]
    assert busy


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("keep")
    with pytest.raises(OutputError, match="is there already"), whole_folder(tmp_path / "mine"):
        raise AssertionError("the block must not begin")
    with pytest.raises(OutputError, match="cannot be written"), whole_folder(tmp_path / "no" / "such"):
        raise AssertionError("the block must not begin")
    assert (tmp_path / "mine" / "note.txt").read_text() == "keep"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_ends_early_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "empty").mkdir()

    def write() -> None:
        with whole_folder(tmp_path / "empty") as made:
            (made / "half.csv").write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert list(tmp_path.rglob("*")) == [tmp_path / "empty"]
    with whole_folder(tmp_path / "empty") as made:
        (made / "whole.csv").write_text("whole")
    assert [path.name for path in tmp_path.rglob("*")] == ["empty", "whole.csv"]
