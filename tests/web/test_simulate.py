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

PARTS = ("Jams", "Bottlenecks", "Disruptions", "Carried", "Use", "Queues", "Ships", "Journey", "Terminals")
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


def done(server: str, body: dict[str, Any], most_s: float = 240) -> str:
    """The id of a job that is done."""
    job = ask(f"{server}/v1/simulate", body)
    until_s = time.monotonic() + most_s
    while job["state"] in ("queued", "running"):
        assert time.monotonic() < until_s, job
        time.sleep(0.5)
        job = ask(f"{server}/v1/jobs/{job['job_id']}")
    assert job["state"] == "done", job
    return str(job["job_id"])


@pytest.fixture(scope="module")
def year(server: str) -> str:
    """A link to a run that is done."""
    return f"/simulate?runs=1&seed=1&job={done(server, {'replications': 1, 'seed': 1})}"


@pytest.fixture(scope="module")
def trials(server: str) -> dict[str, str]:
    """Jobs of a ranking and of an event."""
    asked = {"seed": 1, "warm_up_days": 30, "replay": False}
    event = {"replications": 5, "event": ["caspian-storm-week"]}
    ranked = {"replications": 2, "levers": 1}
    return {"ranked": done(server, asked | ranked), "lab": done(server, asked | event)}


@pytest.fixture(scope="module")
def path(year: str, trials: dict[str, str]) -> str:
    """A link to a run with its ranking and an event."""
    return f"{year}&ranked={trials['ranked']}&lab={trials['lab']}"


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


def test_what_holds_the_year_up_is_ranked_with_intervals(fresh, server, path, trials):
    told = ask(f"{server}/v1/jobs/{trials['ranked']}/result")["bottlenecks"]
    page = opened(fresh, f"{path}&show=levers", width=1280, height=800)
    part = page.get_by_role("tabpanel")
    part.get_by_role("button", name="Show all").click()
    rows = part.locator("ol > li")
    real, bounds = ([row for row in told if row["bound"] == bound] for bound in (False, True))
    assert (rows.count(), len(bounds)) == (len(real), 1)
    # Bars begin at the one zero of all rows, and end where their figures are on the same scale.
    drawn = part.evaluate("""part => [...part.querySelectorAll('ol > li')].map(row => {
      const of = selector => row.querySelector(selector);
      const [, from, to] = /^M([-\\d.]+) 7H([-\\d.]+)/.exec(of('.whisker').getAttribute('d')).map(Number);
      const bar = of('rect'), edge = bar.classList.contains('sure') ? 0 : 0.5;
      const left = +bar.getAttribute('x') - edge, right = left + +bar.getAttribute('width') + 2 * edge;
      return {zero: +of('.zero').getAttribute('x1'), left, right, from, to, sure: edge === 0};
    })""")
    span = max(row["saved_d_high"] for row in real)
    top = next(each for each, row in zip(drawn, real, strict=True) if row["saved_d_high"] == span)
    a_day = (top["to"] - top["zero"]) / span
    for each, row in zip(drawn, real, strict=True):
        assert each["zero"] == top["zero"]
        for at, days in (("from", row["saved_d_low"]), ("to", row["saved_d_high"])):
            assert each[at] == pytest.approx(each["zero"] + a_day * days, abs=0.2)
        end = "right" if row["saved_d"] > 0 else "left"
        assert each[end] == pytest.approx(each["zero"] + a_day * row["saved_d"], abs=2.1)
        assert each["sure"] == (row["saved_d_low"] > 0 or row["saved_d_high"] < 0)
    assert "Nobody can take the weather away" in part.inner_text()
    assert "within chance" in part.inner_text()
    assert part.locator("[lang=en]").filter(has_text="a year wait").count() == 0  # every reason has its words


def test_an_event_says_when_what_and_how_long(fresh, path):
    page = opened(fresh, f"{path}&show=lab", width=1280, height=800)
    part = page.get_by_role("tabpanel")
    part.get_by_text("3 Mar 2025 to 9 Mar 2025").first.wait_for()
    part.get_by_text("All ports of the Caspian shut for seven days in March").wait_for()
    head = part.get_by_role("region", name="What the event does").get_by_role("columnheader")
    assert [each.inner_text() for each in head.all()] == ["boxes", "wagons", "trucks"]
    assert part.locator("svg[role=img]").count() == 3
    part.get_by_label("What happens").select_option("sea-level-2030")
    part.get_by_text("It lasts the whole year").wait_for()
    assert "event=sea-level-2030" in page.url


@pytest.mark.parametrize(
    ("show", "button", "key"),
    [("levers", "Try one more of each", "ranked"), ("lab", "Run it beside the year", "lab")],
)
def test_a_trial_is_asked_for_followed_and_cancelled(fresh, server, year, show, button, key):
    page = opened(fresh, f"{year}&show={show}", width=1280, height=800)
    page.get_by_role("button", name=button).focus()
    page.keyboard.press("Enter")
    page.get_by_role("progressbar").wait_for()
    until(page, f"location.search.includes('{key}=')")
    found = re.search(rf"{key}=([\w-]+)", page.url)
    assert found is not None
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("progressbar").wait_for(state="detached")
    assert f"{key}=" not in page.url
    page.get_by_role("button", name=button).wait_for()
    # A run that is told to stop does so when it next says how far it is.
    until_s = time.monotonic() + 120
    while (state := ask(f"{server}/v1/jobs/{found[1]}")["state"]) == "running":
        assert time.monotonic() < until_s
        time.sleep(0.5)
    assert state == "cancelled"


def test_another_year_has_no_trials_of_the_last_one(fresh, path):
    page = opened(fresh, f"{path}&show=levers", width=1280, height=800)
    page.get_by_role("tabpanel").locator("figcaption").wait_for()
    page.get_by_role("button", name="Run the year").click()
    until(page, "!location.search.includes('ranked=')")
    page.get_by_role("button", name="Try one more of each").wait_for()


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
            part.locator("figure summary").click()
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
