"""The same answers from a Dask cluster. Its workers are processes of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from midcorridor.changes import Change
from midcorridor.errors import InputError, JobError
from midcorridor.jobs import plan_many
from midcorridor.scenario import Scenario

from .corridor import corridor
from .test_many import GOOD, varied

if not os.environ.get("MIDCORRIDOR_REQUIRE_ALL"):
    pytest.importorskip("distributed", reason="needs the extra cluster")

NET = corridor()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=2, processes=True, dashboard_address=":0", host="127.0.0.1"
    ) as made:
        yield made


def test_a_cluster_answers_as_one_process_does(cluster: Any) -> None:
    shipments = varied(30)
    there = plan_many(NET, shipments, cluster=cluster.scheduler_address, chunk=3)
    assert_frame_equal(there.to_frame(), plan_many(NET, shipments, workers=1).to_frame())
    # Another network on the same workers, which keep one.
    slower = Scenario(
        "slower", tuple(Change("set", "links", "port-e", f"running_{p}_h", 80) for p in ("p90", "p50"))
    )
    there = plan_many(slower.apply(NET), [GOOD], cluster=cluster.scheduler_address)
    (here,) = plan_many(NET, [GOOD], workers=1).to_frame()["mean_h"]
    assert there.to_frame()["mean_h"].to_list() == [here + 72]


def test_wrong_options_come_back_from_a_cluster_whole(cluster: Any) -> None:
    with pytest.raises(InputError, match="'fastest' is no objective"):
        plan_many(NET, varied(3), cluster=cluster.scheduler_address, by="fastest").to_frame()


def test_a_cluster_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(JobError, match="no Dask scheduler at 'nonsense://x'"):
        plan_many(NET, varied(3), cluster="nonsense://x").to_frame()
