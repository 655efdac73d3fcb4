"""The simulated year in a browser: a short run, its parts, and the playback over the map."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from typing import Any

import pytest

from .test_looks import AXE, faults
from .waiting import MAP_DRAWN, until

pytestmark = pytest.mark.browser

PARTS = ("Jams", "Carried", "Use", "Queues", "Ships", "Journey", "Terminals")
CLOCK = "document.querySelector('output.clock').innerText.replaceAll('\u00a0', ' ')"
MOVING = "Number(document.querySelector('canvas.vehicles')?.dataset.moving)"
# A map without WebGL, as where it is switched off.
NO_WEBGL = """const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest);
};"""


def ask(address: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


@pytest.fixture(scope="module")
def path(server: str) -> str:
    """A link to a run that is done."""
    job = ask(f"{server}/v1/simulate", {"replications": 1, "seed": 1})
    until_s = time.monotonic() + 120
    while job["state"] in ("queued", "running"):
        assert time.monotonic() < until_s, job
        time.sleep(0.5)
        job = ask(f"{server}/v1/jobs/{job['job_id']}")
    assert job["state"] == "done", job
    return f"/simulate?runs=1&seed=1&job={job['job_id']}"


def opened(fresh: Any, path: str, **options: Any) -> Any:
    page = fresh(**options)
    page.goto(path)
    page.get_by_role("tab", name="Jams").wait_for()
    page.locator("output.clock").wait_for()  # with the map
    return page


def test_a_year_is_run_followed_and_played(fresh):
    page = fresh(width=1280, height=800)
    page.goto("/simulate?runs=1&seed=1")
    assert page.get_by_role("tab").count() == 0  # nothing runs by itself
    page.get_by_role("button", name="Run the year").click()
    page.get_by_role("progressbar").wait_for()
    page.get_by_role("tab", name="Jams").wait_for()
    assert re.search(r"job=[\w-]+", page.url)
    until(page, MAP_DRAWN)
    until(page, f"{MOVING} > 20")
    before = page.evaluate(CLOCK)
    page.wait_for_timeout(1200)
    assert page.evaluate(CLOCK) == before  # it does not begin to play by itself
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, f"{CLOCK} !== {json.dumps(before)}")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="6 hours later").click()
    page.get_by_role("button", name="Jump to the jam").last.click()
    until(page, "location.search.includes('day=')")
    worst = page.locator(".jam p").inner_text().replace("\u00a0", " ")
    day = re.search(r"day=(\d+)-(\d+)-(\d+)", page.url)
    assert day is not None
    assert re.search(rf"\b{int(day[3])} \w+ {day[1]}", worst)


def test_a_run_can_be_cancelled(fresh):
    page = fresh()
    page.goto("/simulate?runs=20")
    page.get_by_role("button", name="Run the year").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("progressbar").wait_for(state="detached")
    assert "job=" not in page.url
    assert page.get_by_role("button", name="Run the year").is_enabled()


def test_a_link_shows_the_same_day_and_part(fresh, path):
    page = opened(fresh, f"{path}&show=use&day=2025-08-14")
    assert page.get_by_role("tab", name="Use", exact=True).get_attribute("aria-selected") == "true"
    assert page.evaluate(CLOCK) == "14 Aug 2025, 12:00"
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    until(page, "location.search.includes('day=2025-08-15')")


def test_a_run_that_is_gone_can_be_made_again(fresh):
    fresh.expected.append("Failed to load resource: the server responded with a status of 404")
    page = fresh()
    page.goto("/simulate?runs=1&job=nothing")
    page.get_by_text("no longer keeps this run").wait_for()
    assert page.get_by_role("button", name="Run the year").is_enabled()


def test_a_year_without_demand_says_which_have_some(fresh):
    # The map has no network for it either.
    fresh.expected.append("Failed to load resource: the server responded with a status of 422")
    page = fresh()
    page.goto("/simulate?runs=1&year=1999")
    page.get_by_role("button", name="Run the year").click()
    page.get_by_role("alert").get_by_text("2025").wait_for()


def test_every_part_is_drawn_and_has_its_table(fresh, path):
    page = opened(fresh, path)
    for name in PARTS:
        page.get_by_role("tab", name=name, exact=True).click()
        part = page.get_by_role("tabpanel")
        if name != "Terminals":
            part.locator("figcaption").wait_for()
            part.locator("summary").click()
        assert part.get_by_role("row").count() > 3, name


def test_without_webgl_the_still_map_shows_the_same(fresh, path):
    page = fresh()
    page.add_init_script(NO_WEBGL)
    page.goto(f"{path}&day=2025-08-14&show=now")
    page.locator("svg.still").wait_for()
    until(page, f"{MOVING} > 20")
    told = page.get_by_text("On the way").inner_text()
    assert sum(map(int, re.findall(r"\d+", told))) == page.evaluate(MOVING)


def test_who_wants_no_motion_gets_steps(fresh, path):
    page = opened(fresh, f"{path}&day=2025-03-01", reduced_motion="reduce")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(400)
    assert page.evaluate(CLOCK).startswith("1 Mar")
    until(page, f"{CLOCK}.startsWith('2 Mar')")


@pytest.mark.parametrize("width", [1280, 768, 390, 320])
def test_nothing_scrolls_sideways(fresh, path, width):
    page = opened(fresh, path, width=width, height=844)
    for name in PARTS:
        page.get_by_role("tab", name=name, exact=True).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        panel = page.locator(".panel")
        assert panel.evaluate("box => box.scrollWidth - box.clientWidth") <= 0, name
    page.get_by_role("button", name="Play", exact=True).wait_for()


@pytest.mark.parametrize(
    ("lang", "run", "tab"),
    [
        ("az", "İli işə sal", "Tıxaclar"),
        ("zh", "运行这一年", "拥堵"),
        ("ru", "Проиграть год", "Заторы"),
        ("tr", "Yılı çalıştır", "Tıkanmalar"),
    ],
)
def test_each_language_is_whole(fresh, path, lang, run, tab):
    page = fresh(width=1280, height=800)
    page.goto(f"{path}&lang={lang}")
    page.get_by_role("tab", name=tab).wait_for()
    assert page.get_by_role("button", name=run).count() == 1
    for each in page.get_by_role("tab").all():
        each.click()
        text = page.locator("body").inner_text()
        assert not re.search(r"\b(sim|chart|verb|state)\.[a-z]", text)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core from web/node_modules")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(fresh, path, theme):
    page = fresh(color_scheme=theme)
    page.goto("/simulate")
    page.get_by_role("button", name="Run the year").wait_for()
    assert faults(page) == []
    page.goto(path)
    for name in PARTS:
        page.get_by_role("tab", name=name, exact=True).click()
        assert faults(page) == [], name


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core from web/node_modules")
def test_axe_finds_nothing_on_a_phone(fresh, path):
    page = opened(fresh, path, width=390, height=844)
    assert faults(page) == []
