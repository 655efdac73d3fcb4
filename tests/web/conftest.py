"""A real server on a free port, and a browser: the system's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
LOUD = ("error", "warning")
# What Chromium says where it draws without a graphics card and a picture of the map is taken.
HARMLESS = re.compile(
    r"GL Driver Message \(OpenGL, Performance, GL_CLOSE_PATH_NV, High\): GPU stall due to ReadPixels"
)
# WebGL without a graphics card.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium or the built app these tests say so instead of failing, but where all is required."""
    from midcorridor.web import built

    if os.environ.get("MIDCORRIDOR_REQUIRE_ALL"):
        return

    reason = None if CHROMIUM else "needs Chromium"
    reason = reason or (None if built() else "needs the built web app")
    for item in items:
        if "tests/web" in item.path.as_posix() and "fresh" in getattr(item, "fixturenames", ()) and reason:
            item.add_marker(pytest.mark.skip(reason=reason))


class Server:
    """A server of its own on a free port, which a test may stop and start again."""

    def __init__(self, state: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.env = {**os.environ, "MIDCORRIDOR_STATE": str(state)}
        self.start()

    def start(self) -> None:
        code = "from midcorridor.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait(self.address)
        except TimeoutError:
            self.stop()
            raise

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server for all tests; MIDCORRIDOR_TEST_SERVER names one that runs already."""
    given = os.environ.get("MIDCORRIDOR_TEST_SERVER")
    if given:
        yield given
        return
    started = Server(tmp_path_factory.mktemp("state"))
    yield started.address
    started.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server that a test may stop."""
    started = Server(tmp_path)
    yield started
    started.stop()


def _wait(address: str, most_s: float = 240) -> None:
    end = time.monotonic() + most_s
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError(f"the server at {address} was not ready in {most_s} s")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def fresh(browser: Any, server: str) -> Iterator[Any]:
    """Makes pages of fresh profiles; at the end their consoles must have been silent.

    A test that makes something fail adds what Chromium then says to `fresh.expected`.
    """
    said: list[str] = []
    expected: list[str] = []
    contexts = []

    def make(width: int = 1440, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", base_url=server, **options
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda line: said.append(line.text) if line.type in LOUD else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    make.expected = expected
    yield make
    for context in contexts:
        context.close()
    known = [re.compile(re.escape(line)) for line in expected] + [HARMLESS]
    assert [line for line in said if not any(each.search(line) for each in known)] == []
