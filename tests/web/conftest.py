"""A real server on a free port, and a browser: the system's Chromium, driven by Playwright."""

from __future__ import annotations

import os
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
# WebGL without a graphics card.
LOUD = ("error", "warning")
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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of its own; MIDCORRIDOR_TEST_SERVER names one that runs already."""
    given = os.environ.get("MIDCORRIDOR_TEST_SERVER")
    if given:
        yield given
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "MIDCORRIDOR_STATE": str(tmp_path_factory.mktemp("state"))}
    code = "from midcorridor.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--port", str(port)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait(30)


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
    """Makes pages of fresh profiles; at the end their consoles must have been silent."""
    said: list[str] = []
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

    make.said = said  # type: ignore[attr-defined]
    yield make
    for context in contexts:
        context.close()
    # What the browser says of drawing without a graphics card, and of answers that a test asked to fail.
    own = ("GPU stall", "WebGL", "Failed to load resource")
    assert [line for line in said if not any(word in line for word in own)] == []
