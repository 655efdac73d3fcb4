"""The app in a browser against the real server: what people do, from the first visit to the printed page."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest

from .waiting import MAP_DRAWN, until

pytestmark = pytest.mark.browser

PLAN = "/plan?ready=2026-12-01"


def opened(fresh: Any, path: str = PLAN, **options: Any) -> Any:
    page = fresh(**options)
    page.goto(path)
    page.wait_for_selector("article.card")
    return page


def corridors(page: Any) -> list[str]:
    return page.locator("article.card:not(.ghost) h3 button > span:last-child").all_inner_texts()


def close_russia(page: Any) -> None:
    page.get_by_role("button", name="Scenario").click()
    page.get_by_role("button", name="Russia closed").click()
    page.wait_for_selector("article.ghost")
    page.keyboard.press("Escape")


def test_first_visit_shows_a_computed_plan(fresh):
    page = opened(fresh, "/")
    assert page.locator("h1").inner_text() == "Xi’an → Budapest"
    assert "Middle Corridor" in corridors(page)
    assert re.search(r"\d+\sd", page.locator("article.card dd b").first.inner_text())


def test_typing_two_places_plans_them(fresh):
    page = opened(fresh)
    page.get_by_role("button", name="Change", exact=True).click()
    page.get_by_role("combobox", name="Destination").fill("Poti")
    page.locator("#to-list [role=option]").first.click()
    page.get_by_role("button", name="Find routes").click()
    until(page, "document.querySelector('h1').innerText.toLowerCase().includes('poti')")
    page.wait_for_selector("article.card")
    assert "to=" in page.url


def test_closing_russia_lifts_the_middle_corridor_and_undo_brings_it_back(fresh):
    page = opened(fresh)
    before = corridors(page)
    assert before[0] == "Northern route"
    close_russia(page)
    after = corridors(page)
    assert "Northern route" not in after
    assert after.index("Middle Corridor") < before.index("Middle Corridor")
    assert page.locator("article.ghost").count() >= 1
    assert "sc=c:countries:RU" in page.url
    page.keyboard.press("Control+z")
    until(page, "!location.search.includes('sc=')")
    page.wait_for_selector("article.ghost", state="detached")
    assert corridors(page) == before
    page.keyboard.press("Control+Shift+Z")
    until(page, "location.search.includes('sc=')")


def test_losing_half_of_the_feeders_makes_the_middle_corridor_later(fresh):
    page = opened(fresh)
    page.get_by_role("button", name="Scenario").click()
    page.get_by_role("button", name="Half of the Caspian feeders lost").click()
    middle = page.locator("article.card", has_text="Middle Corridor").first
    middle.get_by_text("later").wait_for()
    page.get_by_role("switch").first.click()
    middle.get_by_text("later").wait_for(state="detached")


def test_corridors_stand_side_by_side(fresh):
    page = opened(fresh)
    page.get_by_role("navigation", name="What to do").get_by_role("link", name="Compare").click()
    page.wait_for_url("**/compare?*")
    page.get_by_role("region", name="Corridors side by side").wait_for()
    assert page.get_by_text("No route for this shipment").count() >= 1  # a corridor without a route says so
    assert page.get_by_text("best", exact=True).count() >= 3
    page.go_back()
    page.wait_for_selector("article.card")


def test_a_limit_nobody_keeps_is_answered_with_what_would_help(fresh):
    page = fresh()
    page.goto(f"{PLAN}&days=5")
    page.get_by_role("heading", name="No route").wait_for()
    page.get_by_role("button", name=re.compile("Most days")).click()
    page.wait_for_selector("article.card")
    assert "days=" not in page.url


def test_downloads_are_the_answers_of_the_server(fresh):
    page = opened(fresh)
    for form, sign in (("CSV", "route_id"), ("GeoJSON", "FeatureCollection")):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=form, exact=True).click()
        assert sign in waiting.value.path().read_text("utf-8")


def test_sources_lie_beside_the_figures(fresh):
    page = opened(fresh)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Sources (CSV)").click()
    lines = waiting.value.path().read_text("utf-8").splitlines()
    assert waiting.value.suggested_filename == "xi-an-cn-budapest-hu-sources.csv"
    assert lines[0] == "source_id,title,publisher,date,url"
    assert len(lines) > 50


def test_charts_and_map_are_saved_as_pictures(fresh):
    page = opened(fresh)
    until(page, MAP_DRAWN)
    buttons = ["PNG: Cost against time", "PNG: When it arrives", "PNG: Day by day", "Save as image"]
    for name in buttons:
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name, exact=True).click()
        width, height, colours = picture(page, waiting.value.path())
        assert width > 300
        assert height > 300
        assert colours > 20  # lines and letters, not a blank sheet


def picture(page: Any, path: Path) -> tuple[int, int, int]:
    """Width, height and number of colours of a PNG."""
    data = base64.b64encode(path.read_bytes()).decode()
    return page.evaluate(
        """async data => {
          const image = new Image()
          image.src = `data:image/png;base64,${data}`
          await image.decode()
          const {width, height} = image
          const canvas = Object.assign(document.createElement('canvas'), {width, height})
          const pen = canvas.getContext('2d')
          pen.drawImage(image, 0, 0)
          const dots = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer)
          return [width, height, new Set(dots).size]
        }""",
        data,
    )


def test_the_way_round_the_cape_fits_beside_open_details(fresh):
    page = opened(fresh, f"{PLAN}&sc=c:countries:RU", width=1280, height=800)
    page.locator("article.card", has_text="Ocean route via the Cape").first.get_by_role("button").click()
    until(page, MAP_DRAWN)
    for name in (
        "Zoom in",
        "Zoom in",
        "Show the whole route",
    ):  # the address tells where the map came to rest
        page.wait_for_timeout(1000)
        page.get_by_role("button", name=name).click()
    until(page, "location.search.includes('map=')")
    page.wait_for_timeout(1000)
    zoom, _, lon = (float(each) for each in re.search(r"map=([\d.]+)/([-\d.]+)/([-\d.]+)", page.url).groups())
    box = page.locator("#map").bounding_box()
    middle, px_per_degree = box["width"] / 2, 512 * 2**zoom / 360
    west, east = (middle + (each - lon) * px_per_degree for each in (-18, 122))
    assert west > 0
    assert east < box["width"] - page.locator(".details-region").bounding_box()["width"]


def test_a_lost_route_says_why(fresh):
    page = opened(fresh)
    close_russia(page)
    page.locator("article.ghost", has_text="Northern route").get_by_text(
        "Because of “Russia: closed”"
    ).wait_for()


def test_a_link_of_other_data_says_so(fresh):
    page = opened(fresh)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Link copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"data=[0-9a-f]{16}", link)
    same = opened(fresh, link)
    assert same.get_by_text("This link was made with data").count() == 0
    other = opened(fresh, re.sub(r"data=[0-9a-f]+", "data=0123456789abcdef", link))
    other.get_by_text("This link was made with data 0123456789abcdef").wait_for()
    other.get_by_role("button", name="Go on with today’s data").click()
    assert "data=" not in other.url


def test_two_scenarios_are_compared(fresh):
    page = opened(fresh)
    close_russia(page)
    page.keyboard.press("s")
    page.get_by_label("Name of the scenario").fill("Closed north")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Compare with it: Closed north").first.click()
    page.get_by_role("button", name="Back to the base").click()
    page.keyboard.press("Escape")
    page.get_by_role("navigation", name="What to do").get_by_role("link", name="Compare").click()
    table = page.get_by_role("region", name="Corridors side by side").get_by_role("table")
    table.get_by_role("columnheader", name="Closed north").wait_for()
    until(page, "[...document.querySelectorAll('thead th')].map((e) => e.innerText) == 'Closed north,Base'")
    north = table.get_by_role("row", name="Northern route").first.get_by_role("cell")
    # Without Russia there is no northern route; the base has one.
    assert north.nth(0).inner_text().startswith("–")
    assert north.nth(1).inner_text()[0].isdigit()
    page.get_by_role("navigation", name="What to do").get_by_role("link", name="Plan").click()
    page.get_by_text("Marks tell the difference from “Closed north”.").wait_for()
    north = page.locator("article.card:not(.ghost)", has_text="Northern route")
    north.get_by_text("new", exact=True).wait_for()
    page.get_by_role("button", name="Compare with the base again").click()
    north.get_by_text("new", exact=True).wait_for(state="detached")


def test_a_shared_link_shows_the_same_in_a_fresh_profile(fresh):
    page = opened(fresh)
    close_russia(page)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("button", name="Link copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    other = fresh()
    other.goto(link)
    other.wait_for_selector("article.ghost")
    assert corridors(other) == corridors(page)


def test_a_scenario_is_saved_and_opened(fresh):
    page = opened(fresh)
    close_russia(page)
    page.get_by_role("button", name="Scenario").click()
    page.get_by_label("Name of the scenario").fill("Without Russia")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved", exact=True).first.wait_for()
    until(page, "location.search.includes('saved=')")
    other = fresh()
    other.goto(page.url)
    other.wait_for_selector("article.ghost")


def test_bad_values_are_said_aloud(fresh):
    page = opened(fresh, "/plan?ready=2026-12-01&containers=4O&colour=red")
    alert = page.get_by_role("alert").first
    assert "containers=4O" in alert.inner_text()
    assert "colour=red" in alert.inner_text()
    page.get_by_role("button", name="Correct the link").click()
    assert "colour" not in page.url


def test_an_unknown_place_shows_the_parts_of_the_error(fresh):
    fresh.expected.append("Failed to load resource: the server responded with a status of 422")
    page = fresh()
    page.goto(f"{PLAN}&from=Xian+Foo")
    alert = page.get_by_role("alert").filter(has_text="Xian Foo").first
    alert.wait_for()
    assert "Did you mean" in alert.inner_text()
    assert page.get_by_role("combobox", name="Origin").get_attribute("aria-invalid") == "true"


@pytest.mark.parametrize(("lang", "told"), [("az", "bizə məlum yer deyil"), ("zh", "未收录地点")])
def test_a_problem_is_said_in_the_language_of_the_page(fresh, lang, told):
    fresh.expected.append("Failed to load resource: the server responded with a status of 422")
    page = fresh()
    page.goto(f"{PLAN}&lang={lang}&from=Qqqqq")
    alert = page.get_by_role("main").get_by_role("alert").first
    alert.get_by_text(told).wait_for()
    assert alert.locator("[lang=en]").count() == 0


def test_what_the_price_leaves_out_and_the_checks_are_said_too(fresh):
    page = fresh()
    page.goto(f"{PLAN}&lang=tr&view=1&tab=cost")
    left_out = page.locator(".without")
    left_out.get_by_text("ithalat vergileri ve resimleri").wait_for()
    assert left_out.locator("[lang=en]").count() == 0
    page.get_by_role("tab", name="Kaynaklar").click()
    page.get_by_role("tabpanel").get_by_text("Sınırlara uyuldu").wait_for()


def test_a_figure_opens_its_source(fresh):
    page = opened(fresh)
    page.get_by_role("tab", name="Cost").click()
    page.locator("td.number button").first.click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_text("Where the row comes from").wait_for()
    page.keyboard.press("Escape")
    sheet.wait_for(state="detached")


def test_a_link_to_what_is_not_offered_explains_itself(fresh):
    page = fresh()
    page.goto("/invest")
    page.get_by_role("heading", name="This server does not offer “invest”").wait_for()
    assert page.get_by_role("main").get_by_role("link").all_inner_texts() == ["Plan", "Compare", "Simulate"]


def test_the_page_works_by_keyboard_alone(fresh):
    page = opened(fresh)
    page.keyboard.press("/")
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Origin").wait_for()
    page.get_by_role("combobox", name="Destination").focus()
    page.keyboard.type("Poti")
    page.locator("#to-list [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    until(page, "location.search.includes('to=')")
    page.wait_for_selector("article.card")
    first = page.locator("article.card.selected .letter").inner_text()
    # The answer may come between the key and the look, and selects its first route: then the key again.
    for _ in range(40):
        page.keyboard.press("]")
        page.wait_for_timeout(250)
        if page.locator("article.card.selected .letter").inner_text() != first:
            break
    else:
        raise AssertionError("the key ] never selected another route")
    page.keyboard.press("s")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def test_back_undoes_one_decision_at_a_time(fresh):
    page = opened(fresh)
    seen = [page.url]
    for tab in ("Cost", "Carbon", "Sources"):
        page.get_by_role("tab", name=tab).click()
        seen.append(page.url)
    for url in reversed(seen[:-1]):
        page.go_back()
        until(
            page, f"location.href.split('map=')[0].replace(/&$/, '') === '{url.split('map=')[0].rstrip('&')}'"
        )


def test_printing_makes_a_page_of_its_own(fresh):
    page = opened(fresh, color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_selector(".print-root table", state="attached")
    # Steps and lines, which are buttons on a screen, are drawn before the paper has been laid out.
    assert page.locator(".print-root .row svg").count() > 20
    page.emulate_media(media="print")
    page.wait_for_selector(".print-root table")
    assert page.locator(".print-root svg.still").count() == 1
    assert (
        page.locator(".print-root .row:visible").count() > 20
    )  # steps and lines, which are buttons on a screen
    ink = "getComputedStyle(document.querySelector('.print-root .title')).color"
    assert page.evaluate(ink) == "rgb(23, 33, 43)"
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert page.locator(".frame").is_hidden()
