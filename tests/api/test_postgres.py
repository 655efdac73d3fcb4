"""The same in PostgreSQL: a cluster of its own, started for these tests and thrown away."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from midcorridor.api.store import Accounts, Jobs, Scenarios, open_engine
from midcorridor.api.store.accounts import LOCAL
from midcorridor.errors import InputError

from .process import Process


def programs() -> Path | None:
    """Where the programs of PostgreSQL lie."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    bin_dir = programs()
    if bin_dir is None:
        assert "MIDCORRIDOR_REQUIRE_ALL" not in os.environ, "install postgresql"
        pytest.skip("needs the programs of PostgreSQL")
    # PostgreSQL does not run as root; it then gets a user of its own.
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as folder:
        if user is not None:
            shutil.chown(folder, user)
        data = f"{folder}/data"

        def run(*words: str) -> None:
            subprocess.run(words, check=True, capture_output=True, user=user, cwd=folder, timeout=120)

        run(str(bin_dir / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        start = f"-k {folder} -c listen_addresses= -c fsync=off"
        run(str(bin_dir / "pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log", "-o", start, "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run(str(bin_dir / "pg_ctl"), "-D", data, "-m", "immediate", "stop")


def test_what_is_kept_is_kept_there(database: str) -> None:
    engine = open_engine(database)
    scenarios, accounts = Scenarios(engine), Accounts(engine)
    made = scenarios.add(LOCAL, {"name": "Ələt", "change": []})
    assert scenarios.change(made.scenario_id, 1, {"name": "Aktau", "change": []})
    assert not scenarios.change(made.scenario_id, 1, {"name": "late", "change": []})
    assert [kept.name for kept in scenarios.listed(LOCAL, 10, None, "akt")] == ["Aktau"]
    token = scenarios.share(made.scenario_id)
    assert scenarios.shared(token) is not None
    accounts.add("ann", "planner")
    with pytest.raises(InputError):
        accounts.add("ann", "viewer")
    who = accounts.of(accounts.token("ann", 1)[0])
    assert who is not None
    assert scenarios.get(who, made.scenario_id) is None
    engine.dispose()


def test_two_servers_never_take_one_job(database: str) -> None:
    engine = open_engine(database)
    jobs = Jobs(engine)
    names = {jobs.add(LOCAL, "plan", {"n": n}).job_id for n in range(40)}

    def take(server: str) -> list[str]:
        found = []
        while (job := jobs.claim(server)) is not None:
            found.append(job.job_id)
        return found

    with ThreadPoolExecutor(8) as pool:
        taken = [name for found in pool.map(take, map(str, range(8))) for name in found]
    assert sorted(taken) == sorted(names)
    assert jobs.put_back() == 0  # their servers are alive
    assert jobs.put_back(every=True) == 40
    for name in names:
        jobs.cancel(name)
    engine.dispose()


def test_a_server_runs_with_it(database: str, tmp_path: Path) -> None:
    with Process(tmp_path, database=database).ready() as server:
        row = {"origin": "kz-aktau", "destination": "az-alat", "depart": "2026-12-01"}
        job = server.http.post("/v1/plan", json=row, headers={"Prefer": "respond-async"}).json()
        text = server.http.get(job["links"]["events"], timeout=60).text
        assert "event: end" in text
        assert server.http.get(f"{job['links']['self']}/result").json()["routes"]
        made = server.http.post("/v1/scenarios", json={"name": "kept", "change": []})
        server.kill()
    with Process(tmp_path, database=database).ready() as server:
        assert server.http.get(made.headers["location"]).json()["name"] == "kept"


def test_a_database_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(InputError) as told:
        open_engine("postgresql://ann:secret@127.0.0.1:1/x?connect_timeout=2")
    assert "secret" not in str(told.value)
