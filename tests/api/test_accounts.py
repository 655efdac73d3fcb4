"""Who may do what: tokens, roles, what belongs to whom, and how often one may ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from midcorridor.api import Limits, Settings
from midcorridor.api.app import create_app
from midcorridor.api.identify import Buckets
from midcorridor.api.store import Accounts, open_engine
from midcorridor.errors import InputError

from .asking import Caller, faults
from .test_scenarios import scenario

ENDS = {"origin": "kz-aktau", "destination": "az-alat", "depart": "2026-12-01"}


class Guarded:
    """A server with accounts, and headers of some of them."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(
            workers=1, state=folder, auth=True, quiet=True, rate_per_s=1000, limits=Limits(scenarios=3)
        )
        self.engine = open_engine(self.settings.database_url())
        self.accounts = Accounts(self.engine)
        self.headers: dict[str, dict[str, str]] = {}
        for name, role in (("ann", "planner"), ("bob", "planner"), ("vera", "viewer"), ("root", "admin")):
            self.accounts.add(name, role)
            self.headers[name] = {"Authorization": f"Bearer {self.accounts.token(name, 1)[0]}"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    return Guarded(tmp_path_factory.mktemp("guarded"))


@pytest.fixture(scope="module")
def api(guarded: Guarded) -> Iterator[Caller]:
    with Caller(create_app(guarded.settings)) as caller:
        yield caller


def test_without_a_token_only_what_is_open_to_all(api: Caller, guarded: Guarded) -> None:
    api.post("/v1/plan", ENDS, headers=guarded.headers["ann"])  # the worker is ready
    for path in ("/", "/docs", "/healthz", "/readyz", "/v1/verbs", "/v1/openapi.json"):
        assert api.get(path).status_code == 200
    for path in (
        "/v1/places?text=Baku",
        "/v1/facts",
        "/v1/scenarios",
        "/v1/jobs",
        "/v1/me",
        "/v1/audit",
        "/metrics",
    ):
        response = api.get(path)
        assert response.status_code == 401, path
        assert response.headers["www-authenticate"] == "Bearer"
    for verb in ("plan", "compare", "footprint", "plan-many"):
        assert api.post(f"/v1/{verb}", {**ENDS} if verb != "plan-many" else {"csv": "a\n"}).status_code == 401


def test_roles(api: Caller, guarded: Guarded) -> None:
    vera, ann, root = (guarded.headers[name] for name in ("vera", "ann", "root"))
    assert api.post("/v1/plan", ENDS, headers=vera).status_code == 200
    assert api.post("/v1/scenarios", scenario(), headers=vera).status_code == 403
    assert api.post("/v1/plan-many", {"csv": "a\n"}, headers=vera).status_code == 403
    assert api.post("/v1/plan", ENDS, headers={**vera, "Prefer": "respond-async"}).status_code == 403
    assert api.get("/v1/audit", headers=ann).status_code == 403
    assert api.get("/metrics", headers=ann).status_code == 403
    assert b"midcorridor_requests_total" in api.get("/metrics", headers=root).content
    assert api.get("/v1/me", headers=ann).json() == {"name": "ann", "role": "planner", "auth": True}


@pytest.mark.parametrize(
    "header",
    [
        "Bearer nonsense", "Bearer ", "Bearer", "Basic YW5uOmFubg==", "mc_nonsense", "Bearer mc_" + "A" * 43,
        "Bearer " + "x" * 5000, "Bearer é", "Bearer ' or 1=1 --",
    ],
)  # fmt: skip
def test_a_guessed_token_is_none(header: str, tmp_path: Path) -> None:
    guarded = Guarded(tmp_path)
    with Caller(create_app(guarded.settings)) as api:
        value = header.encode("latin-1")
        response = api.request("GET", "/v1/me", headers=[(b"Authorization", value)])
        assert response.status_code == 401
        assert faults(response)[0]["code"] == "bad_token"
        assert header[7:40] not in response.text or len(header) < 12


def test_who_guesses_is_slowed_down(tmp_path: Path) -> None:
    guarded = Guarded(tmp_path)
    with Caller(create_app(guarded.settings)) as api:
        found = [
            api.get("/v1/me", headers={"Authorization": f"Bearer mc_{number}"}).status_code
            for number in range(15)
        ]
        assert found == [401] * 10 + [429] * 5
        assert "retry-after" in api.get("/v1/me", headers={"Authorization": "Bearer mc_x"}).headers


def test_a_token_ends(api: Caller, guarded: Guarded) -> None:
    short, _ = guarded.accounts.token("ann", 1e-9)
    assert guarded.accounts.of(short) is None
    token, _ = guarded.accounts.token("ann", 1)
    who = guarded.accounts.of(token)
    assert who is not None
    assert who.name == "ann"
    [account] = [each for each in guarded.accounts.listed() if each["name"] == "ann"]
    guarded.accounts.revoke(account["tokens"][-1]["token_id"])
    assert guarded.accounts.of(token) is None
    assert api.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    with pytest.raises(InputError, match="no token"):
        guarded.accounts.revoke(account["tokens"][-1]["token_id"])
    guarded.accounts.add("gone", "viewer")
    token, _ = guarded.accounts.token("gone", 1)
    guarded.accounts.disable("gone")
    assert guarded.accounts.of(token) is None


def test_no_token_is_kept(guarded: Guarded) -> None:
    token = guarded.headers["ann"]["Authorization"].split()[1]
    files = [path for path in guarded.settings.state_dir().iterdir() if path.is_file()]
    assert files
    assert all(token.encode() not in path.read_bytes() for path in files)
    assert guarded.settings.state_dir().joinpath("midcorridor.db").stat().st_mode & 0o077 == 0


def test_what_is_anothers_is_not_there(api: Caller, guarded: Guarded) -> None:
    ann, bob, root = (guarded.headers[name] for name in ("ann", "bob", "root"))
    made = api.post("/v1/scenarios", scenario("Ann's"), headers=ann)
    where, name = made.headers["location"], made.json()["scenario_id"]
    tag = {"If-Match": made.headers["etag"]}
    for method, path, more in (
        ("GET", where, {}),
        ("PUT", where, {"json": scenario(), "headers": {**bob, **tag}}),
        ("DELETE", where, {}),
        ("POST", f"{where}/fork", {}),
        ("POST", f"{where}/share", {}),
        ("DELETE", f"{where}/share", {}),
        ("POST", "/v1/plan", {"json": {**ENDS, "scenario_id": name}}),
        ("GET", f"/v1/facts/links?scenario_id={name}", {}),
    ):
        response = api.request(method, path, **{"headers": bob, **more})
        # As if it were not there at all, so that ids cannot be tried.
        missing = api.request(method, path.replace(name, "x"), **{"headers": bob, **_renamed(more, name)})
        assert (response.status_code, missing.status_code) == (404, 404), path
        assert response.json()["detail"].replace(name, "x") == missing.json()["detail"]
    assert api.get("/v1/scenarios", headers=bob).json()["items"] == []
    assert api.get(where, headers=root).status_code == 200
    assert api.get(where, headers=ann).json()["name"] == "Ann's"


def _renamed(more: dict[str, Any], name: str) -> dict[str, Any]:
    body = more.get("json", {})
    return {**more, "json": {**body, "scenario_id": "x"}} if body.get("scenario_id") == name else more


def test_a_link_is_enough_to_read(api: Caller, guarded: Guarded) -> None:
    ann, bob = guarded.headers["ann"], guarded.headers["bob"]
    made = api.post("/v1/scenarios", scenario("Shared"), headers=ann)
    where = made.headers["location"]
    link = api.post(f"{where}/share", headers=ann).json()
    assert api.get(link["href"]).json()["name"] == "Shared"  # without any token
    assert api.post("/v1/plan", {**ENDS, "scenario_id": link["token"]}, headers=bob).status_code == 200
    fork = api.post(f"/v1/scenarios/{link['token']}/fork", headers=bob)
    assert fork.json()["parent_id"] == made.json()["scenario_id"]
    change = {**bob, "If-Match": made.headers["etag"]}
    assert api.put(f"/v1/scenarios/{link['token']}", scenario(), headers=change).status_code == 404
    assert api.delete(f"{where}/share", headers=ann).status_code == 204
    assert api.get(link["href"]).status_code == 404


def test_one_keeps_so_many_scenarios(api: Caller, guarded: Guarded) -> None:
    bob = guarded.headers["bob"]
    found = [api.post("/v1/scenarios", scenario(), headers=bob).status_code for _ in range(4)]
    assert found[-1] == 429


def test_anothers_job_is_not_there(api: Caller, guarded: Guarded) -> None:
    ann, bob = guarded.headers["ann"], guarded.headers["bob"]
    job = api.post("/v1/plan", ENDS, headers={**ann, "Prefer": "respond-async"}).json()
    for path in (job["links"]["self"], job["links"]["events"], f"{job['links']['self']}/result"):
        assert api.get(path, headers=bob).status_code == 404
        assert api.get(path).status_code == 401
    assert api.post(f"{job['links']['self']}/cancel", headers=bob).status_code == 404
    assert api.get("/v1/jobs", headers=bob).json()["items"] == []
    api.post(f"{job['links']['self']}/cancel", headers=ann)


def test_changes_and_refusals_stand_in_the_audit_log(api: Caller, guarded: Guarded) -> None:
    root, vera = guarded.headers["root"], guarded.headers["vera"]
    api.post("/v1/scenarios", scenario("Audited"), headers=vera)
    made = api.post("/v1/scenarios", scenario("Audited"), headers=root).json()
    api.delete(f"/v1/scenarios/{made['scenario_id']}", headers=root)
    lines = api.get("/v1/audit", params={"limit": 3}, headers=root).json()
    told = [(each["account"], each["action"], each["object"], each["status"]) for each in lines["items"]]
    assert told == [
        ("root", "DELETE /v1/scenarios/{scenario_id}", made["scenario_id"], 204),
        ("root", "POST /v1/scenarios", "", 201),
        ("vera", "POST /v1/scenarios", "", 403),
    ]
    assert lines["next_cursor"]


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 81, "-a"])
def test_a_name_of_an_account_is_plain(name: str, guarded: Guarded) -> None:
    with pytest.raises(InputError):
        guarded.accounts.add(name, "viewer")


def test_accounts_that_cannot_be(guarded: Guarded) -> None:
    with pytest.raises(InputError, match="already"):
        guarded.accounts.add("ann", "viewer")
    with pytest.raises(InputError, match="planner"):
        guarded.accounts.add("new", "planer")
    with pytest.raises(InputError, match="ann"):
        guarded.accounts.token("an", 1)
    with pytest.raises(InputError, match="days"):
        guarded.accounts.token("ann", 0)


def test_a_bucket_fills_at_its_rate() -> None:
    buckets = Buckets(2.0, 3.0)
    assert [buckets.wait_s("a", at=0.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.wait_s("b", at=0.0) == 0
    assert buckets.wait_s("a", at=0.5) == 0
    assert buckets.wait_s("a", at=0.5) == 0.5
    assert [buckets.wait_s("a", at=100.0) for _ in range(4)] == [0, 0, 0, 0.5]


def test_too_many_requests_are_sent_away(tmp_path: Path) -> None:
    settings = Settings(workers=1, state=tmp_path, rate_per_s=1, quiet=True)
    with Caller(create_app(settings)) as api:
        found = [api.get("/v1/verbs").status_code for _ in range(12)]
        assert found[:10] == [200] * 10
        assert found[-1] == 429
