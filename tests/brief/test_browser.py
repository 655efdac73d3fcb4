"""The page in Chromium: it renders, fits a phone, keeps its labels apart and answers a choice."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

from midcorridor.brief import plan_page, simulation_page
from tests.simulate.measured import measured

pytestmark = pytest.mark.browser

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-first-run",
    "--hide-scrollbars",
    "--enable-logging=stderr",
)
# Written into the page once it has been laid out, and read back from the DOM.
_MEASURE = """
<script>
addEventListener("load", () => {
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.getClientRects().length);
  const box = (e) => e.getBoundingClientRect();
  const names = all(".view .name").map((e) => {
    const [r, view] = [box(e), box(e.closest("svg"))];
    const across = r.left >= view.left && r.right <= view.right;
    const inside = across && r.top >= view.top && r.bottom <= view.bottom;
    return {text: e.textContent, x0: r.left, y0: r.top, x1: r.right, y1: r.bottom, inside};
  });
  const strips = all(".dots text").map((e) => {
    const [r, view] = [box(e), box(e.closest("svg"))];
    const inside = r.left >= view.left - 1 && r.right <= view.right + 1 && r.bottom <= view.bottom + 1;
    return {text: e.textContent, x0: r.left, y0: r.top, x1: r.right, y1: r.bottom, inside};
  });
  const bigger = all(".card dd b").filter((e) => box(e).right > box(e.closest(".card")).right);
  const wide = all("body *").filter((e) => !e.closest(".scroll") && !(e instanceof SVGElement))
    .filter((e) => box(e).right > innerWidth + 1).map((e) => e.tagName + "." + e.className);
  const opacity = (selector) => all(selector).map((e) => Number(getComputedStyle(e).opacity));
  const before = opacity(".view .badge");
  if (document.getElementById("show-A")) document.querySelector("label[for=show-A]").click();
  const chosen = opacity(".view .badge.on-A"), others = opacity(".view .badge:not(.on-A)");
  document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
  const after = opacity(".view .badge");
  const badge = all(".view .badge.on-B")[0];
  if (badge) badge.dispatchEvent(new MouseEvent("click", {bubbles: true}));
  const radio = document.querySelector("input[name=show]:checked");
  const clicked = radio ? radio.id : "";
  parent.postMessage(JSON.stringify({
    inner: innerWidth, scroll: root.scrollWidth, names, strips, wide, before, chosen, others, after, clicked,
    bigger: bigger.map((e) => e.textContent), charts: all(".dots").length,
    views: all(".view").length,
    filled: all(".view").map((e) => box(e).width / box(e.closest(".sheet")).width),
    ground: getComputedStyle(document.body).backgroundColor,
  }), "*");
});
</script>
"""
# A frame, because a window of the browser has a least width that is above that of a phone.
_FRAME = """<!DOCTYPE html><script>
addEventListener("message", (event) => { document.documentElement.dataset.measured = event.data; });
</script><iframe src="page.html" style="width:%dpx;height:1600px;border:0"></iframe>
"""


@pytest.fixture(scope="module")
def chromium() -> str:
    """The browser. Missing it is a failure where everything is required, else a skip."""
    found = os.environ.get("MIDCORRIDOR_CHROMIUM") or shutil.which("chromium")
    if not found:
        if os.environ.get("MIDCORRIDOR_REQUIRE_ALL"):
            pytest.fail("Chromium is required: install it or name it in MIDCORRIDOR_CHROMIUM")
        pytest.skip("no Chromium; name it in MIDCORRIDOR_CHROMIUM")
    return found


def _run(chromium: str, folder: Path, name: str, *flags: str) -> tuple[str, str]:
    """What the browser wrote: the document and its log."""
    profile = f"--user-data-dir={folder / 'profile'}"
    done = subprocess.run(
        [chromium, *_FLAGS, profile, *flags, (folder / name).as_uri()],
        capture_output=True,
        timeout=120,
        check=True,
    )
    return done.stdout.decode(), done.stderr.decode(errors="replace")


def _measured(chromium: str, folder: Path, page: str, width: int) -> tuple[dict[str, Any], str]:
    (folder / "page.html").write_text(page.replace("</body>", _MEASURE + "</body>"), encoding="utf-8")
    (folder / "frame.html").write_text(_FRAME % width, encoding="utf-8")
    document, log = _run(chromium, folder, "frame.html", "--window-size=1400,1700", "--dump-dom")
    found = re.search(r'data-measured="([^"]*)"', document)
    assert found, "the page did not finish loading"
    return json.loads(html.unescape(found[1])), log


def _complaints(log: str) -> list[str]:
    return [line for line in log.splitlines() if "CONSOLE" in line]


@pytest.mark.parametrize("width", [1280, 820, 390])
@pytest.mark.parametrize("letters", ["ABC", "A", ""])
def test_layout(chromium: str, tmp_path: Path, sample: Any, atlas: Any, width: int, letters: str) -> None:
    page = plan_page(sample(*letters), atlas=atlas)
    seen, log = _measured(chromium, tmp_path, page, width)
    assert seen["inner"] == width
    assert seen["scroll"] <= width, seen["wide"][:5]
    assert seen["wide"] == []
    assert _complaints(log) == []
    assert seen["views"] == (2 if letters == "ABC" else 1)
    assert seen["filled"] == pytest.approx([1.0] * seen["views"], abs=0.01)
    assert {"Xi'an", "Budapest"} <= {box["text"] for box in seen["names"]}
    assert_apart(seen["names"])


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_a_simulated_year_fits_and_is_silent(chromium: str, tmp_path: Path, width: int) -> None:
    seen, log = _measured(chromium, tmp_path, simulation_page(measured()[0]), width)
    assert seen["inner"] == width
    assert seen["scroll"] <= width, seen["wide"][:5]
    assert seen["wide"] == []
    assert _complaints(log) == []


@pytest.mark.parametrize("deadline_d", [None, 25, 40, 400])
@pytest.mark.parametrize("width", [1280, 820, 390])
def test_arrivals_can_be_read(
    chromium: str, tmp_path: Path, sample: Any, atlas: Any, width: int, deadline_d: float | None
) -> None:
    page = plan_page(sample("A", "B", "C", deadline_d=deadline_d), atlas=atlas)
    seen, _ = _measured(chromium, tmp_path, page, width)
    assert seen["charts"] == 1, "one of the three sizes"
    assert seen["bigger"] == [], "a figure runs out of its card"
    assert len(seen["strips"]) > 3 * 6
    assert_apart(seen["strips"])


def assert_apart(boxes: list[dict[str, Any]]) -> None:
    """No text runs out of its drawing or over another."""
    for number, a in enumerate(boxes):
        assert a["inside"], a
        for b in boxes[number + 1 :]:
            apart = (
                a["x1"] <= b["x0"] or b["x1"] <= a["x0"] or a["y1"] <= b["y0"] + 3 or b["y1"] <= a["y0"] + 3
            )
            assert apart, (a, b)


def test_a_choice_draws_out_one_route_and_escape_undoes_it(
    chromium: str, tmp_path: Path, sample: Any, atlas: Any
) -> None:
    seen, _ = _measured(chromium, tmp_path, plan_page(sample("A", "B"), atlas=atlas), 1280)
    assert set(seen["before"]) == {1}
    assert set(seen["chosen"]) == {1}
    assert set(seen["others"]) == {0.4}
    assert set(seen["after"]) == {1}
    assert seen["clicked"] == "show-B"


def test_dark_surroundings_darken_the_page(chromium: str, tmp_path: Path, sample: Any, atlas: Any) -> None:
    page = plan_page(sample("A"), atlas=atlas)
    light, _ = _measured(chromium, tmp_path, page, 1280)
    dark, _ = _measured(chromium, tmp_path, page.replace("<html ", '<html data-theme="dark" ', 1), 1280)
    assert (light["ground"], dark["ground"]) == ("rgb(246, 247, 249)", "rgb(14, 22, 32)")


def test_the_console_is_heard(chromium: str, tmp_path: Path) -> None:
    """A page with an error must show up, else the silence above proves nothing."""
    (tmp_path / "wrong.html").write_text("<script>nothing.here()</script>", encoding="utf-8")
    _, log = _run(chromium, tmp_path, "wrong.html", "--dump-dom")
    assert _complaints(log)


def test_the_picture_is_not_blank(chromium: str, tmp_path: Path, sample: Any, atlas: Any) -> None:
    picture = tmp_path / "picture.png"
    (tmp_path / "page.html").write_text(plan_page(sample("A", "B"), atlas=atlas), encoding="utf-8")
    _run(chromium, tmp_path, "page.html", "--window-size=390,1600", f"--screenshot={picture}")
    colours = _colours(picture)
    assert len(colours) > 100
    # Land, water and the badges of the routes are there.
    assert {(0xF3, 0xF0, 0xE9), (0xDC, 0xE6, 0xEC), (0x00, 0x5A, 0x9C)} <= colours


def _colours(path: Path) -> set[tuple[int, ...]]:
    """The colours of a PNG of 8-bit RGB or RGBA without interlacing (ISO/IEC 15948)."""
    data = path.read_bytes()
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    assert (depth, interlaced) == (8, 0)
    size = {2: 3, 6: 4}[kind]
    at, packed = 8, b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += 12 + length
    raw, stride = zlib.decompress(packed), width * size
    before, colours = bytearray(stride), set()
    for row in range(height):
        start = row * (stride + 1)
        line = bytearray(raw[start + 1 : start + 1 + stride])
        _unfilter(raw[start], line, before, size)
        colours.update(zip(*(line[part::size] for part in range(3)), strict=True))
        before = line
    return colours


def _unfilter(kind: int, line: bytearray, above: bytearray, size: int) -> None:
    for i in range(len(line)):
        left = line[i - size] if i >= size else 0
        corner = above[i - size] if i >= size else 0
        if kind == 1:
            add = left
        elif kind == 2:
            add = above[i]
        elif kind == 3:
            add = (left + above[i]) // 2
        elif kind == 4:
            guess = left + above[i] - corner
            add = min((left, above[i], corner), key=lambda value: abs(guess - value))
        else:
            return
        line[i] = (line[i] + add) & 255
