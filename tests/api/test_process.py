"""A real server: killed, kept waiting, asked by many, started wrongly."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from .killing import killed
from .process import Process, alive

HEAD = b"POST /v1/plan HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with Process(tmp_path_factory.mktemp("served")) as process:
        yield process.ready()


def talk(server: Process, *parts: bytes, pause_s: float = 0.0, wait_s: float = 10.0) -> bytes:
    """What a server says to bytes that come bit by bit."""
    with socket.create_connection(("127.0.0.1", server.port), wait_s) as line:
        said = b""
        for part in parts:
            try:
                line.sendall(part)
            except OSError:
                break
            time.sleep(pause_s)
        while True:
            try:
                got = line.recv(65536)
            except ConnectionResetError:
                return said
            if not got:
                return said
            said += got


def test_a_slow_head_is_cut_off(server: Process) -> None:
    started = time.monotonic()
    assert talk(server, b"GET / HTTP/1.1\r\n", b"Host: local", b"host\r\n", pause_s=0.6) == b""
    assert talk(server) == b""  # not even a letter
    assert time.monotonic() - started < 6


def test_a_slow_body_is_answered_with_408(server: Process) -> None:
    said = talk(server, HEAD + b"Content-Length: 50\r\n\r\n", b"{", b'"a"', b":", b"1", pause_s=0.4)
    assert said.startswith(b"HTTP/1.1 408")
    assert b"slow_body" in said


def test_a_body_that_is_too_large_is_not_read(server: Process) -> None:
    said = talk(server, HEAD + b"Content-Length: 99999999999\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 413")
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    said = talk(server, chunked, *[b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 40)
    assert said.startswith(b"HTTP/1.1 413") or said == b""


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /%ff%fe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \xff\r\nConnection: close\r\n\r\n",
    ],
)
def test_malformed_requests_end_nothing(sent: bytes, server: Process) -> None:
    said = talk(server, sent)
    assert b" 500 " not in said[:20]
    assert b" 200 " not in said[:20]
    assert server.http.get("/healthz").status_code == 200


def test_the_address_and_the_documentation_are_told(server: Process) -> None:
    assert f"{server.url}/docs" in server.log()
    assert "Traceback" not in server.log()


def test_a_second_server_does_not_take_the_jobs_of_the_first(server: Process, tmp_path: Path) -> None:
    state = server.http.get("/readyz")  # it is up
    assert state.status_code == 200
    with Process(tmp_path / "state") as first:
        words = ["serve", "--port", "0", "--state", str(tmp_path / "state")]
        code = f"from midcorridor.cli import main; main({words!r})"
        second = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
        )
        assert second.returncode == 2
        assert "another server uses" in second.stderr
        assert first.stop() in (0, -15)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "--auth"),
        (["--host", "192.0.2.1", "--open"], "cannot be listened on"),
        (["--database", "mysql://x/y"], "sqlite"),
        (["--data", "/nothing"], "nothing"),
    ],
)
def test_what_cannot_be_served_is_told(words: list[str], said: str, tmp_path: Path) -> None:
    code = "import sys; from midcorridor.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, "serve", "--port", "0", "--state", str(tmp_path), *words],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_it_ends_when_asked_and_leaves_nobody(tmp_path: Path) -> None:
    with Process(tmp_path).ready() as server:
        children = server.children()
        assert children
        assert server.stop() in (0, -15)
    time.sleep(0.5)
    assert not any(alive(pid) for pid in children)


def test_workers_end_with_a_server_that_is_killed(tmp_path: Path) -> None:
    with Process(tmp_path).ready() as server:
        children = server.children()
        server.kill()
    until = time.monotonic() + 15
    while any(alive(pid) for pid in children):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_nothing_accepted_is_lost_and_nothing_half_is_served(tmp_path: Path) -> None:
    rounds = int(os.environ.get("MIDCORRIDOR_KILLS", "3"))
    found = killed(tmp_path, rounds)
    assert found.kills == rounds
    assert found.versions
    assert found.jobs
    assert found.served >= len(found.jobs)


def test_two_people_write_one_scenario(server: Process) -> None:
    content = {"name": "one", "change": []}
    made = server.http.post("/v1/scenarios", json=content)
    where, tag = made.headers["location"], made.headers["etag"]
    with httpx.Client(base_url=server.url) as other:
        found = [
            http.put(where, json=content, headers={"If-Match": tag}).status_code
            for http in (server.http, other)
        ]
    assert sorted(found) == [200, 412]
