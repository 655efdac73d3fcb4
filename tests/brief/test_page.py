"""The page says what the answer says, is complete in itself and escapes what it is given."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midcorridor.brief import bars, plan_page, words
from midcorridor.brief.arrivals import DOTS, dots_h, stacked
from midcorridor.brief.bills import by_item, plain
from midcorridor.brief.cards import best_at
from midcorridor.brief.frontier import stairs
from midcorridor.brief.markup import el, esc, safe_url
from midcorridor.brief.numbers import date_of, percent
from midcorridor.brief.tokens import TOKENS
from midcorridor.brief.tradeoff import ticks
from midcorridor.results import Status

from .conftest import with_rule

_VOID = {"br", "meta", "input", "link"}


class Reader(HTMLParser):
    """Reads a page: elements in order, ids, text; complains about tags left open."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"an attribute twice on {tag}"
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "script"):
            self.text.append(data)
        if any(re.fullmatch("h[1-6]", tag) for tag in self._open):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    def said(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))


@pytest.mark.parametrize("letters", ["ABC", "AB", "A", "C", ""])
def test_the_page_is_sound(letters: str, sample: Any, atlas: Any) -> None:
    page = plan_page(sample(*letters), atlas=atlas)
    read = Reader(page)
    ids = [attrs["id"] for _, attrs in read.elements if "id" in attrs]
    assert len(set(ids)) == len(ids)
    for _, attrs in read.elements:
        for name in ("href", "for", "aria-labelledby"):
            target = attrs.get(name) or ""
            if name == "href" and not target.startswith("#"):
                continue
            assert not target or target.removeprefix("#") in ids, (name, target)
    assert next(attrs["lang"] for tag, attrs in read.elements if tag == "html") == "en"
    assert [level for level, _ in read.headings].count(1) == 1
    levels = [level for level, _ in read.headings]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert all(text.strip() for _, text in read.headings)
    assert "<title>Xi&#x27;an to Budapest" in page
    assert len(page.encode()) < 300_000


def test_nothing_is_fetched(sample: Any, atlas: Any) -> None:
    page = plan_page(sample("A", "B", "C"), atlas=atlas)
    read = Reader(page)
    assert not [tag for tag, _ in read.elements if tag in ("img", "link", "iframe", "object", "base", "form")]
    assert not [attrs for _, attrs in read.elements if "src" in attrs or "srcset" in attrs]
    assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttpRequest", page)
    outside = {
        attrs["href"] for tag, attrs in read.elements if tag == "a" and not attrs["href"].startswith("#")
    }
    assert outside == {"https://www.openstreetmap.org/copyright", "https://example.org/tariffs?a=1&b=2"}
    # Links are the only addresses on the page.
    assert len(re.findall(r"https?://", page)) == len(outside)
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    "nasty", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\x00b\ud800 & ${x}"]
)
def test_names_are_escaped(nasty: str, sample: Any, atlas: Any, renamed: Any) -> None:
    page = plan_page(renamed(sample("A", "B"), nasty), atlas=atlas)
    page.encode("utf-8")
    read = Reader(page)
    assert [tag for tag, _ in read.elements].count("script") == 1
    assert not any(name.startswith("on") for _, attrs in read.elements for name in attrs)
    assert "img" not in {tag for tag, _ in read.elements}
    assert "\x00" not in page


def test_attributes_and_links_are_guarded() -> None:
    assert el("a", "x", title='"><b>') == '<a title="&quot;&gt;&lt;b&gt;">x</a>'
    assert el("p", "<", el("b", "&")) == "<p>&lt;<b>&amp;</b></p>"
    assert esc("\x07") == "\ufffd"
    assert safe_url("javascript:alert(1)") is None
    assert safe_url("https://a.example/?q=1") == "https://a.example/?q=1"
    assert safe_url(None) is None


def test_the_figures_of_the_answer_stand_on_the_page(sample: Any, atlas: Any) -> None:
    result = sample("A", "B", "C")
    said = Reader(plan_page(result, atlas=atlas)).said()
    middle = result.routes[0]
    assert (round(middle["mean_h"]), round(middle["cost_usd_per_box"])) == (1084, 7954)
    for text in ("45 d", "USD 7,950", "USD 318,000", "10,100 km", "1.87 t", "Middle Corridor"):
        assert text in said, text
    for text in (
        "Reload from 1435 to 1520 mm gauge",
        "Exit from China to Kazakhstan",
        "Load onto train (1435 mm)",
    ):
        assert text in said, text
    for text in ("80 TEU", "consumer goods", "1 Dec 2026 (UTC)", "4f1c9e0ab27d55aa", "used 41 times"):
        assert text in said, text
    assert "Figures are rounded" in said
    assert "Times run from cargo ready" in said
    assert "no price (a row names it)" in said


def test_every_event_has_its_row_in_order(sample: Any, atlas: Any) -> None:
    result = sample("A")
    page = plan_page(result, atlas=atlas)
    body = page.split('class="timeline"')[1].split("</tbody>")[0]
    route = result.routes[0]
    assert body.count("<tr") - 1 == len(route["legs"]) + len(route["transfers"])
    kinds = re.findall(r'<tr class="(run|stop)"', body)
    expected = ["run" if "mode" in e else "stop" for e in sorted(
        (*route["legs"], *route["transfers"]), key=lambda e: e["seq"])]  # fmt: skip
    assert kinds == expected


def test_order_of_legs_in_the_answer_does_not_matter(sample: Any, atlas: Any) -> None:
    result = sample("A", "B")
    turned = replace(
        result,
        routes=[{**r, "legs": r["legs"][::-1], "transfers": r["transfers"][::-1]} for r in result.routes],
    )
    assert plan_page(turned, atlas=atlas) == plan_page(result, atlas=atlas)


def test_lines_and_hours_sum_to_the_route(sample: Any) -> None:
    for route in sample("A", "B", "C").routes:
        events = [*route["legs"], *route["transfers"]]
        assert sum(value for _, value in by_item(events)) == pytest.approx(route["cost_usd"])
        assert sum(bars.totals(events).values()) == pytest.approx(route["mean_h"])


def test_what_comes_back_is_told_below_zero(sample: Any, atlas: Any) -> None:
    result = sample("A")
    (route,) = result.routes
    resale = {"item": "soc_resale", "usd": -32_000.0, "table": "unit_costs", "key": "resale"}
    last = route["legs"][-1]
    last["lines"].append(resale)
    for told in (last, route):
        told["cost_usd"] -= 32_000.0
    route["cost_usd_per_box"] = route["cost_usd"] / 40
    route["not_included"] = ["guard on the rails of GE"]
    said = Reader(plan_page(result, atlas=atlas)).said()
    assert "Resale of the boxes at the end −800" in said
    assert "USD 32,000 comes back" in said
    assert plain(last["cost_usd"] / 40).startswith("−")
    assert f"All {plain(route['cost_usd'] / 40)}" in said
    assert "return of the empty boxes" not in said, "a box that is sold is not returned"
    assert "return of the empty boxes" in Reader(plan_page(sample("A"), atlas=atlas)).said()


def test_dates_and_chances_are_those_of_the_answer(sample: Any, atlas: Any) -> None:
    result = sample("A", "B", "C", deadline_d=40)
    page = plan_page(result, atlas=atlas)
    said = Reader(page).said()
    # A deadline at midnight is the end of the day before: 40 days from 1 December.
    assert "Deadline 9 Jan 2027" in said
    promise = date_of(result.routes[0]["available_p90_at"]).replace("\xa0", " ")
    assert f"There by {promise}, 9 times in 10" in said
    for route in result.routes:
        card = page.split(f'data-route="{route["route_id"]}"')[1].split("</article>")[0]
        assert date_of(route["available_p90_at"]) in card
        assert f"<b>{percent(route['on_time_probability'])}</b>" in card
        strip = page.split(f'class="strip on-{route["route_id"]}"')[1].split("</g>")[0]
        late = strip.count('class="late"')
        assert strip.count("<circle") == DOTS + 1, "the letter has a circle of its own"
        assert late == pytest.approx(DOTS * (1 - route["on_time_probability"]), abs=1)
    plain_page = plan_page(sample("A", "B", "C"), atlas=atlas)
    assert ('class="deadline-line"' in page, 'class="deadline-line"' in plain_page) == (True, False)
    assert "In time" not in plain_page


def test_dots_are_quantiles_and_leave_out_what_never_comes(sample: Any) -> None:
    (route,) = sample("A").routes
    normal = NormalDist(route["mean_h"], route["sd_h"])
    expected = [normal.inv_cdf((number + 0.5) / DOTS) for number in range(DOTS)]
    assert dots_h(route) == pytest.approx(expected, rel=0.01)
    missed = {**route, "never_probability": 0.2, "arrival_h": [p for p in route["arrival_h"] if p[0] < 0.8]}
    assert len(dots_h(missed)) == 16


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(0.5, 20))
def test_dots_never_overlap_and_stay_near_their_place(places: list[float], wide: float) -> None:
    found = stacked(places, wide)
    assert len(found) == len(places)
    for number, (x, level) in enumerate(found):
        assert all(abs(x - a) >= wide - 1e-9 or level != b for a, b in found[number + 1 :])
    for place, (x, _) in zip(sorted(places), found, strict=True):
        assert abs(x - place) <= wide + 1e-9


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20))
def test_the_stepped_line_joins_what_nothing_beats(places: list[tuple[int, int]]) -> None:
    """On paper y counts downwards, so that the best lie to the left and low."""
    best = {(x, y) for x, y in places if not any(a <= x and b >= y and (a, b) != (x, y) for a, b in places)}
    assert best <= set(stairs(places, 20, -5))
    assert all(step in best or (step not in places) or _corner(step, best) for step in stairs(places, 20, -5))


def _corner(step: tuple[float, float], best: set[tuple[int, int]]) -> bool:
    """Whether a point of the line is a corner between two of the best."""
    return any(step[0] == x for x, _ in best) and any(step[1] == y for _, y in best)


def test_every_way_worth_a_look_is_drawn(sample: Any, atlas: Any) -> None:
    page = plan_page(sample("A", "B", "C"), atlas=atlas)
    plot = page.split("</svg>")
    drawn = next(part for part in plot if "days, mean" in part)
    assert drawn.count('class="way ') == 12
    assert drawn.count('class="way c-northern"') == 4
    assert "Northern route, 4 ways" in Reader(page).said()


def test_rules_are_told_once_with_their_source(sample: Any, atlas: Any) -> None:
    result = sample("A", "B")
    assert "No rule in our tables stands against these goods" in Reader(plan_page(result, atlas=atlas)).said()
    ruled = replace(result, routes=[with_rule(r, source=["trend-2025", "gone"]) for r in result.routes])
    page = plan_page(ruled, atlas=atlas)
    said = Reader(page).said()
    assert said.count("Ask the railway.") == 1
    assert "permit needed A B By rail in Kazakhstan. Ask the railway. rule length-45" in said
    assert '<a href="#source-1">Trend</a>, gone' in page
    assert '<li id="source-1">' in page
    assert page.count('class="flag"') == 1 + 4, "the rule, and two legs on each route"


def test_bookings_spread_and_bills_of_lading_are_told(sample: Any, atlas: Any) -> None:
    result = sample("A")
    result.routes[0]["legs"][1]["loads"] = [33, 7]
    said = Reader(plan_page(result, atlas=atlas)).said()
    assert "Group booking, 33 + 7 boxes, takes 80 % of the room of each" in said
    assert "Waiting for a departure at Aktau 40 %" in said
    assert "All else 35 %" in said
    assert "Bills of lading Aktau to Alat; Poti to Constanta" in said
    assert "First box" not in said


def test_reasons_and_checks_are_shown(sample: Any, atlas: Any) -> None:
    result = sample("A", "B")
    told = replace(result, routes=[{**r, "explained": [f"Why {r['route_id']}?"]} for r in result.routes])
    said = Reader(plan_page(told, atlas=atlas)).said()
    assert "Why A?" in said
    assert "✓ Sums agree" in said
    assert "does not hold" not in said
    wrong = replace(result, checks=[{"check": "sums agree", "ok": False}])
    said = Reader(plan_page(wrong, atlas=atlas)).said()
    assert "✗ FAILED: Sums agree" in said
    assert "does not hold" in said


def test_a_line_of_the_price_names_its_sources(sample: Any, atlas: Any) -> None:
    page = plan_page(sample("A"), atlas=atlas)
    said = Reader(page).said()
    assert "Railway tariff medium confidence · sources 1 , 2" in said
    assert "Forwarder’s margin medium" not in said, "its row is not in the sample"
    assert 'href="#source-2">2</a>' in page
    assert "(3 of 30 rows)" in said


def test_no_date_is_promised_that_is_never_met(sample: Any, atlas: Any) -> None:
    result = sample("A", "B", deadline_d=40)
    never = {"available_p90_at": None, "p90_h": None, "first_box_p90_h": None, "never_probability": 0.12}
    first = {**result.routes[0], **never, "arrival_h": result.routes[0]["arrival_h"][:19]}
    said = Reader(plan_page(replace(result, routes=[first, result.routes[1]]), atlas=atlas)).said()
    assert "No date can be promised 9 times in 10 by route A" in said
    assert "12 % miss the last departure that the timetable holds" in said
    assert "fewer than twenty dots" in said


def test_no_route_is_an_answer(sample: Any, atlas: Any) -> None:
    said = Reader(plan_page(sample(), atlas=atlas)).said()
    assert "No route" in said
    assert "your own choice to avoid KZ" in said
    assert "closure ru-transit (sanctions): RU is closed" in said
    assert "Route A" not in said
    unconnected = replace(sample(), status=Status("none", "no_connection"))
    assert "No chain of services" in Reader(plan_page(unconnected, atlas=atlas)).said()


def test_a_partial_answer_says_so(sample: Any, atlas: Any) -> None:
    result = replace(sample("A", "B"), status=Status("partial", "time_limit"))
    assert "This answer is partial: Time limit." in Reader(plan_page(result, atlas=atlas)).said()


def test_best_tags_go_to_the_best(sample: Any) -> None:
    routes = sample("A", "B", "C").routes
    assert best_at(routes) == {"A": [], "B": ["fastest", "lowest carbon"], "C": ["cheapest"]}
    assert best_at(routes[:1]) == {"A": []}
    assert best_at([routes[0], {**routes[0], "route_id": "B"}]) == {"A": [], "B": []}


def test_the_legend_lists_what_is_in_view(sample: Any, atlas: Any) -> None:
    def legend(*letters: str) -> str:
        page = plan_page(sample(*letters), atlas=atlas)
        return page.split('class="legend"')[1].split("</ul>")[0]

    assert "Ship" in legend("A")
    assert "Ship" not in legend("B")
    assert "Change of gauge" not in legend("C")
    assert "Rail" not in legend()


def test_ferries_are_told_from_ships_by_what_rolls_on_board(sample: Any) -> None:
    events = [
        {"kind": "transship", "note": "rail1520 > rail1520"},
        {"mode": "sea"},
        {"kind": "transship", "note": "rail1520 > ship"},
        {"mode": "sea"},
        {"kind": "transship", "note": "ship > road"},
        {"mode": "road"},
    ]
    assert words.leg_modes(events) == ["ferry", "sea", "road"]


def test_words_of_transfers() -> None:
    def said(kind: str, note: str) -> str:
        return words.transfer({"kind": kind, "note": note})

    assert said("border", "KZ>RU entry before") == "Entry into Russia, short of this place"
    assert said("border", "??") == "Frontier formalities"
    assert said("discharge", "ship > end") == "Unload from ship"
    assert said("transship", "road > road") == "Drive on; nothing is lifted"
    assert said("gauge_change", "") == "Reload to another gauge"
    assert said("new_kind", "") == "New kind"


@pytest.mark.parametrize(("low", "high"), [(3, 17), (0.2, 0.9), (7000, 7001), (5, 5), (0, 12)])
def test_ticks_hold_the_values_and_are_few(low: float, high: float) -> None:
    found = ticks(low, high)
    assert found[0] <= low + 1e-9
    assert found[-1] >= high - 1e-9
    assert 2 <= len(found) <= 9


def test_axes_say_that_they_do_not_start_at_zero(sample: Any, atlas: Any) -> None:
    page = plan_page(sample("A", "B", "C"), atlas=atlas)
    assert page.count('class="cut"') == 2
    assert "not at zero" in page


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1])
def test_contrast_of_text_and_lines(theme: int) -> None:
    for ink in ("ink", "ink-2", "ink-3", "accent", "warn"):
        ground = "warn-bg" if ink == "warn" else "surface"
        assert _contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5, ink
    assert _contrast(TOKENS["ink"][theme], TOKENS["land"][theme]) >= 4.5
    assert _contrast(TOKENS["on-accent"][theme], TOKENS["accent"][theme]) >= 4.5
    for corridor in words.CORRIDORS:
        assert _contrast(TOKENS[f"c-{corridor}"][theme], TOKENS["surface"][theme]) >= 3, corridor
    for line in ("rail", "sea", "ferry", "road", "inland"):
        assert min(_contrast(TOKENS[line][theme], TOKENS[on][theme]) for on in ("land", "water")) >= 3, line


def test_the_answer_is_not_changed(sample: Any, atlas: Any) -> None:
    result = sample("A", "B", "C")
    before = json.dumps(result.to_dict(), default=str)
    plan_page(result, atlas=atlas)
    assert json.dumps(result.to_dict(), default=str) == before
