"""Sizes, languages, themes, accessibility, and how soon something is seen."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from .waiting import until

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PLAN = "/plan?ready=2026-12-01"
REFUSED = "Failed to load resource: the server responded with a status of 422"
FOUND = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
  each => each.id + ': ' + each.nodes.map(node => node.target.join(' ')).slice(0, 5).join(' | '))"""


def faults(page: Any) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate(FOUND)


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core from web/node_modules")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        PLAN,
        f"{PLAN}&tab=cost",
        f"{PLAN}&tab=carbon",
        f"{PLAN}&tab=sources",
        f"{PLAN}&sc=c:countries:RU",
        f"{PLAN}&days=5",
        f"{PLAN}&from=Nowhere+at+all",
        f"{PLAN}&pick=terminals:az-alat",
        "/compare?ready=2026-12-01",
        "/sources",
        "/invest",
    ],
)
def test_axe_finds_nothing(fresh, path, theme):
    if "Nowhere" in path:
        fresh.expected.append(REFUSED)
    page = fresh(color_scheme=theme)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    assert faults(page) == []


@pytest.mark.skipif(not AXE.is_file(), reason="needs axe-core from web/node_modules")
@pytest.mark.parametrize("what", ["scenario", "form", "phone"])
def test_axe_finds_nothing_in_what_opens(fresh, what):
    page = fresh(width=390, height=844) if what == "phone" else fresh()
    page.goto(f"{PLAN}&sc=x:services:feeder-aktau-alat:departures_per_week:0.5")
    page.wait_for_selector("article.card")
    if what == "scenario":
        page.get_by_role("button", name="Scenario").click()
        page.get_by_role("slider").wait_for()
    elif what == "form":
        page.get_by_role("button", name="Change", exact=True).click()
        page.get_by_role("combobox", name="Origin").wait_for()
    assert faults(page) == []


@pytest.mark.parametrize(
    ("lang", "title", "card"),
    [
        ("en", "Plan", "Middle Corridor"),
        ("az", "Planlaşdırma", "Orta Dəhliz"),
        ("zh", "规划", "中间走廊"),
        ("ru", "Планирование", "Срединный коридор"),
        ("tr", "Planlama", "Orta Koridor"),
    ],
)
def test_each_language_is_whole(fresh, lang, title, card):
    page = fresh()
    page.goto(f"{PLAN}&lang={lang}")
    page.wait_for_selector("article.card")
    assert page.locator("html").get_attribute("lang") == lang
    assert title in page.title()
    text = page.locator("body").inner_text()
    assert card in text
    assert not re.search(r"\b(row|card|form|nav|action|chart)\.[a-z]", text)  # no raw key is seen


@pytest.mark.parametrize("width", [1440, 1280, 768, 390, 320])
def test_nothing_scrolls_sideways(fresh, width):
    page = fresh(width=width, height=844)
    page.goto(PLAN)
    page.wait_for_selector("article.card")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_sheet_of_a_phone_has_three_stops(fresh):
    page = fresh(width=390, height=844, has_touch=True)
    page.goto(PLAN)
    page.wait_for_selector("article.card")
    heights = []
    for name in ("Show the map", "Show map and answer", "Show the answer"):
        page.get_by_role("button", name=name, exact=True).click()
        heights.append(page.locator(".panel").bounding_box()["height"])
    assert heights[0] < heights[1] < heights[2]
    page.locator("article.card h3 button").first.click()
    page.get_by_role("tab", name="Times").wait_for()
    page.get_by_role("button", name="Back").first.click()
    page.wait_for_selector("article.card")


def test_the_map_is_drawn(fresh):
    page = fresh()
    page.goto(PLAN)
    page.wait_for_selector(".maplibregl-canvas")
    until(page, "!document.querySelector('.map [role=status]')")


def test_first_paint_and_shift(fresh):
    page = fresh()
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const each of list.getEntries()) "
        "if (!each.hadRecentInput) window.shift += each.value })"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(PLAN)
    page.wait_for_selector("article.card")
    page.wait_for_timeout(1000)
    # How long it takes is the machine's; what must have come before it is ours.
    before = page.evaluate(
        "(() => { const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;"
        "return performance.getEntriesByType('resource').filter(each => each.responseEnd <= paint)"
        ".map(each => [each.name, each.encodedBodySize]) })()"
    )
    assert before
    assert not [name for name, _ in before if "/assets/controller" in name or "maplibre" in name]
    assert sum(size for _, size in before) < 500_000
    assert page.evaluate("window.shift") < 0.02


def test_the_first_script_is_small():
    dist = ROOT / "midcorridor" / "web" / "dist"
    page = (dist / "index.html").read_text("utf-8")
    first = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', page)
    assert first
    assert sum(len(gzip.compress((dist / name).read_bytes(), 9)) for name in first) <= 60_000
