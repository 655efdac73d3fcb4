"""Ensembles: the same files for any number of workers, gone on with where they were left."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from midcorridor.changes import Change
from midcorridor.errors import InputError
from midcorridor.jobs import Ensemble, ensemble
from midcorridor.jobs.ensembles import TABLES
from midcorridor.network import Network
from midcorridor.scenario import Scenario
from midcorridor.simulate import measure

ASKED: dict[str, Any] = {"year": 2025, "replications": 3, "seed": 4, "warm_up_d": 5, "days": 10}
MORE = Scenario("feeders: 6/7", (Change("set", "fleets", "feeders-kmtf", "number", 6),))
SCENARIOS = (Scenario("base", ()), MORE)


@cache
def shipped() -> Network:
    return Network.load()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    """Everything run in this process."""
    folder = tmp_path_factory.mktemp("alone") / "runs"
    return ensemble(shipped(), SCENARIOS, folder, workers=1, **ASKED)


def rows(answer: Ensemble, table: str) -> pl.DataFrame:
    frame = answer.scan(table).collect()
    return frame.sort([name for name in frame.columns if not frame[name].dtype.is_float()])


def test_every_run_lies_in_its_own_folder(alone: Ensemble) -> None:
    assert (alone.runs, alone.found) == (6, 0)
    parts = sorted(alone.folder.rglob("*.parquet"))
    assert len(parts) == 6 * len(TABLES)
    assert (alone.folder / "flows" / "scenario=feeders%3A 6%2F7" / "replication=2" / "part.parquet") in parts
    flows = rows(alone, "flows")
    assert flows["scenario"].unique().sort().to_list() == ["base", "feeders: 6/7"]
    # What lies there is what one call measures.
    wanted = measure(MORE.apply(shipped()), **{**ASKED, "replications": 1, "first": 2}).flows
    found = flows.filter(pl.col("scenario") == MORE.name, pl.col("replication") == 2)
    assert_frame_equal(found.select(wanted.columns), wanted.sort("flow"))
    assert rows(alone, "stops")["well"].all()


def test_two_processes_write_the_same(alone: Ensemble, tmp_path: Path) -> None:
    both = ensemble(shipped(), SCENARIOS, tmp_path / "runs", workers=2, **ASKED)
    for table in TABLES:
        assert_frame_equal(rows(both, table), rows(alone, table))


def test_what_was_left_unfinished_is_gone_on_with(alone: Ensemble, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    shutil.copytree(alone.folder, folder)
    # A run is whole when its stop is there: take one away, and damage what it had written before.
    part = Path("scenario=base") / "replication=1"
    shutil.rmtree(folder / "stops" / part)
    (folder / "flows" / part / "part.parquet").write_bytes(b"half")
    seen: list[str] = []
    again = ensemble(
        shipped(), SCENARIOS, folder, workers=1, progress=lambda *told: seen.append(told[2]), **ASKED
    )
    assert (again.runs, again.found) == (1, 5)
    assert seen == ["base, replication 1"]
    for table in TABLES:
        assert_frame_equal(rows(again, table), rows(alone, table))


def test_another_question_does_not_mix_with_what_lies_there(alone: Ensemble, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds something else"):
        ensemble(shipped(), SCENARIOS, alone.folder, workers=1, **{**ASKED, "seed": 5})
    (tmp_path / "letter").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        ensemble(shipped(), SCENARIOS, tmp_path, workers=1, **ASKED)
    with pytest.raises(InputError, match="names two scenarios"):
        ensemble(shipped(), [MORE, MORE], tmp_path / "new", workers=1, **ASKED)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    if not os.environ.get("MIDCORRIDOR_REQUIRE_ALL"):
        pytest.importorskip("distributed", reason="needs the extra cluster")
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    ) as made:
        yield made


def test_a_worker_that_is_lost_on_the_way_changes_nothing(
    alone: Ensemble, cluster: Any, tmp_path: Path
) -> None:
    from distributed import Client

    with Client(cluster.scheduler_address, set_as_default=False) as client:
        workers = list(client.run(os.getpid).values())
    lost: list[int] = []

    def lose_one(done: int, total: int, text: str) -> None:
        if done >= 2 and not lost:
            lost.append(workers[0])
            os.kill(workers[0], signal.SIGKILL)

    there = ensemble(
        shipped(),
        SCENARIOS,
        tmp_path / "runs",
        cluster=cluster.scheduler_address,
        progress=lose_one,
        **ASKED,
    )
    assert lost
    assert there.runs == 6
    for table in TABLES:
        assert_frame_equal(rows(there, table), rows(alone, table))
