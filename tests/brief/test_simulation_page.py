"""The page of a simulated year: complete in itself, sound markup, and the figures of the answer."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from midcorridor.brief import simulation_page
from midcorridor.network import Network
from midcorridor.simulate import summary, voyages
from tests.simulate.measured import measured, shipped

VOID = {"meta", "link", "br", "img", "input", "hr", "col", "wbr"}


class Reader(HTMLParser):
    """Checks nesting, and keeps tags with their attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@cache
def page() -> str:
    return simulation_page(measured()[0])


@cache
def read() -> Reader:
    reader = Reader()
    reader.feed(page())
    assert reader.open == []
    return reader


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    for tag, attributes in read().tags:
        assert tag not in ("img", "link", "iframe", "object", "embed", "use", "image")
        for name in ("src", "href", "xlink:href", "srcset"):
            assert str(attributes.get(name) or "#").startswith("#"), (tag, attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert not re.search(r"url\((?!#)|@import|https?://", page())
    assert re.search(r"<script>\s*</script>", page())
    assert "default-src 'none'" in page()


def test_ids_are_there_once_and_labels_lead_to_them() -> None:
    ids = Counter(attributes["id"] for _, attributes in read().tags if attributes.get("id"))
    assert set(ids.values()) == {1}
    for _, attributes in read().tags:
        for name in ("aria-labelledby", "href"):
            target = attributes.get(name)
            assert target is None or target.removeprefix("#") in ids
    for found in re.findall(r"url\(#([\w-]+)\)", page()):
        assert found in ids


def test_the_page_tells_the_figures_of_the_answer() -> None:
    rows, text = summary(measured()[0]), " ".join(read().text)
    for row in rows["volumes"]:
        assert row["name"] in text
        assert f"{row['simulated']:,.0f}" in text
    for row in rows["transits"]:
        assert row["name"] in text
        assert f"{row['p90_d']:.1f}" in text
    for row in rows["utilisation"][:16]:
        assert row["name"] in text
    ids = {row["terminal_id"] for row in shipped().tables["terminals"]}
    assert not ids & set(re.findall(r"[a-z]+(?:-[a-z]+)+", text))


def test_shapes_stand_inside_their_charts() -> None:
    charts = re.findall(r'<svg class="chart[^>]*viewBox="0 0 (\d+) (\d+)"[^>]*>(.*?)</svg>', page(), re.S)
    assert len(charts) >= 8
    for wide, high, inner in charts:
        assert "nan" not in inner
        for x, width in re.findall(r'<rect x="([-\d.]+)"[^>]*? width="([-\d.]+)"', inner):
            assert -0.1 <= float(x) <= float(x) + float(width) <= float(wide) + 1
        for points in re.findall(r'points="([^"]+)"', inner):
            for point in points.split():
                x, y = map(float, point.split(","))
                assert 0 <= x <= float(wide)
                assert 0 <= y <= float(high)
    spans = sum(len(lane.spans) for lane in voyages(measured()[0], days=60))
    assert page().count("<title>") == spans + 1  # and that of the page


def test_parts_of_a_journey_follow_each_other_on_one_scale() -> None:
    answer = measured()[0]
    assert answer.measures is not None
    falls = re.findall(r'<table class="waterfall">(.*?)</table>', page(), re.S)
    assert len(falls) == answer.measures.transits.height
    for fall in falls:
        bars = [(float(x), float(w)) for x, w in re.findall(r'<rect x="([\d.]+)%".*?width="([\d.]+)%"', fall)]
        assert len(bars) >= 2
        for (x, wide), (then, _) in pairwise(bars):
            # Slivers are widened to half a per cent so that they can be seen.
            assert then == pytest.approx(x + wide, abs=0.51)
        assert bars[-1][0] + bars[-1][1] <= 100.01


def test_names_of_a_users_tables_are_escaped() -> None:
    answer = measured()[0]
    rows = [
        {**row, "name": '<b>Aktau</b> & "co"'} if row["terminal_id"] == "kz-aktau" else row
        for row in shipped().tables["terminals"]
    ]
    told = simulation_page(replace(answer, network=Network(shipped().tables.replace(terminals=rows))))
    assert "&lt;b&gt;Aktau&lt;/b&gt; &amp; &quot;co&quot;" in told
    assert "<b>Aktau" not in told
