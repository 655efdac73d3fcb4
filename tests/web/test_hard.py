"""The app where something is missing: a graphics card, room, motion, the server, the connection, patience."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .waiting import MAP_DRAWN, until

pytestmark = pytest.mark.browser

PLAN = "/plan?ready=2026-12-01"
NO_WEBGL = """const held = HTMLCanvasElement.prototype.getContext
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return /webgl/.test(kind) ? null : held.call(this, kind, ...rest)
}"""
GONE = "Failed to load resource: net::ERR_"


def ask_for_poti(page: Any) -> None:
    page.get_by_role("button", name="Change", exact=True).click()
    page.get_by_role("combobox", name="Destination").fill("Poti")
    page.get_by_role("button", name="Find routes").click()


def test_without_webgl_a_still_map_stands_in_and_says_so(fresh):
    page = fresh()
    page.add_init_script(NO_WEBGL)
    page.goto(PLAN)
    page.wait_for_selector("article.card")
    page.get_by_text("This browser draws no interactive maps; here is a still one.").wait_for()
    still = page.locator("svg.still")
    still.get_by_role("button", name="Dostyk").first.press("Enter")
    page.get_by_role("complementary", name="Facts").get_by_text("Dostyk").first.wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as image").click()
    assert waiting.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_still_map_can_be_drawn_larger_and_moved(fresh):
    page = fresh()
    page.add_init_script(NO_WEBGL)
    page.goto(PLAN)
    page.wait_for_selector("article.card")
    # How wide the selected route is drawn, and where its badge is.
    seen = """() => {
      const parts = [...document.querySelectorAll('svg.still path[stroke-width="9"]')].map((e) => e.getBBox())
      const ends = [Math.min(...parts.map((b) => b.x)), Math.max(...parts.map((b) => b.x + b.width))]
      return [ends[1] - ends[0], +document.querySelector('svg.still .badge circle').getAttribute('cx')]
    }"""
    page.wait_for_selector("svg.still .badge")
    wide, _ = page.evaluate(seen)
    page.get_by_role("button", name="Zoom in").click()
    grown, before = page.evaluate(seen)
    assert grown == pytest.approx(2 * wide, rel=0.02)
    page.locator("svg.still [role=button]").first.press("ArrowLeft")
    assert page.evaluate(seen)[1] == pytest.approx(before + 80, abs=1)
    page.get_by_role("button", name="Zoom out").click()
    page.get_by_role("button", name="Zoom out").click()
    assert page.evaluate(seen)[0] == pytest.approx(wide / 2, rel=0.02)
    page.get_by_role("button", name="Show the whole route").click()
    assert page.evaluate(seen)[0] == pytest.approx(wide, rel=0.02)


@pytest.mark.parametrize(
    "path",
    [
        PLAN,
        f"{PLAN}&view=1&tab=cost",
        f"{PLAN}&view=1&tab=times",
        f"{PLAN}&days=5",
        "/compare?ready=2026-12-01",
        "/sources",
    ],
)
def test_at_400_per_cent_nothing_scrolls_sideways_and_the_answer_has_room(fresh, path):
    page = fresh(width=320, height=256)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.locator("main h1").first.wait_for(state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    shown = page.locator(".details-region" if "view=1" in path else "main").first
    assert shown.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    assert min(shown.bounding_box()["height"], 256) >= 120


def test_at_400_per_cent_the_scenario_can_be_changed(fresh):
    page = fresh(width=320, height=256)
    page.goto(PLAN)
    page.wait_for_selector("article.card")
    page.get_by_role("button", name="Base", exact=True).click()
    page.get_by_role("button", name="Russia closed").click()
    page.wait_for_selector("article.ghost", state="attached")
    assert page.evaluate("document.querySelector('dialog').scrollWidth") <= 320


@pytest.mark.parametrize(("motion", "animation"), [("reduce", "none"), ("no-preference", "wait")])
def test_nothing_moves_for_who_wants_no_motion(fresh, motion, animation):
    page = fresh(reduced_motion=motion)
    page.route("**/v1/plan", lambda route: None)  # never answered: the page waits
    page.goto(PLAN)
    page.wait_for_selector(".skeleton div")
    name = page.evaluate("getComputedStyle(document.querySelector('.skeleton div')).animationName")
    assert name == animation or name.endswith(f"-{animation}")


def test_a_server_that_stops_is_told_and_one_that_is_back_is_asked_again(fresh, own_server):
    fresh.expected.append(GONE)
    page = fresh()
    page.goto(own_server.address + PLAN)
    page.wait_for_selector("article.card")
    until(page, MAP_DRAWN)  # its parts are loaded
    own_server.stop()
    ask_for_poti(page)
    alert = page.get_by_role("alert").filter(has_text="No connection to the server")
    alert.wait_for()
    assert page.locator("article.card").count() > 0  # what was found stays
    page.get_by_text("before the change").wait_for()
    own_server.start()
    alert.get_by_role("button", name="Try again").click()
    until(page, "document.querySelector('h1').innerText.includes('Poti')")
    alert.wait_for(state="detached")
    page.get_by_text("before the change").wait_for(state="detached")
    page.wait_for_selector("article.card")


def test_without_a_connection_what_was_found_stays_and_the_question_waits(fresh):
    fresh.expected.append(GONE)
    page = fresh()
    page.goto(PLAN)
    page.wait_for_selector("article.card")
    until(page, MAP_DRAWN)  # its parts are loaded
    page.context.set_offline(True)
    page.locator("article.card h3 button").nth(1).click()
    page.get_by_role("heading", name=re.compile("Route B")).wait_for()
    page.get_by_role("tab", name="Carbon").click()
    page.get_by_role("tabpanel").get_by_text("No connection to the server").wait_for()
    ask_for_poti(page)
    alert = page.get_by_role("main").get_by_role("alert")
    alert.get_by_text("New questions wait for the connection").wait_for()
    page.context.set_offline(False)  # nobody has to press anything
    alert.wait_for(state="detached")
    page.wait_for_selector("article.card")


def test_a_question_can_be_given_up_and_asked_again(fresh):
    page = fresh()
    held: list[Any] = []
    page.route("**/v1/plan", lambda route: held.append(route))
    page.goto(PLAN)
    page.get_by_text(re.compile("Looking for routes: [2-9]")).wait_for()
    page.get_by_role("main").get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled; this question has no answer yet.").wait_for()
    assert page.locator(".skeleton").count() == 0
    page.unroute("**/v1/plan")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector("article.card")


def test_a_late_answer_of_an_older_question_is_dropped(fresh):
    page = fresh()
    page.goto(PLAN)
    page.wait_for_selector("article.card")
    held: list[Any] = []
    page.route("**/v1/plan", lambda route: held.append(route))
    ask_for_poti(page)
    until(page, "location.search.includes('to=')")
    while not held:
        page.wait_for_timeout(50)
    page.go_back()  # that answer is at hand
    page.get_by_text("before the change").wait_for(state="detached")
    for route in held:
        route.continue_()
    page.wait_for_timeout(1000)
    assert "Budapest" in page.locator("h1").inner_text()
    assert page.get_by_role("alert").count() == 0
