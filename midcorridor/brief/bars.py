"""Bars of hours: moving solid, handling hatched, waiting dotted, closures cross-hatched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .markup import Html, el, fixed, join
from .numbers import duration

KINDS = (
    ("moving", "moving"),
    ("handling", "handling, papers and yard"),
    ("waiting", "waiting for a departure"),
    ("closure", "waiting out closures"),
)


def hours_of(event: Mapping[str, Any]) -> dict[str, float]:
    """The hours of a leg or a transfer by kind."""
    if "mode" in event:
        return {"moving": float(event["mean_h"])}
    return {
        "handling": float(event["handling_h"]),
        "waiting": float(event["wait_h"]),
        "closure": float(event["closure_h"]),
    }


def totals(events: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The hours of a whole route by kind; kinds that do not occur are left out."""
    sums = dict.fromkeys((kind for kind, _ in KINDS), 0.0)
    for event in events:
        for kind, hours in hours_of(event).items():
            sums[kind] += hours
    return {kind: hours for kind, hours in sums.items() if hours > 0}


def patterns() -> Html:
    """The fills of the bars, once a page."""
    ink, ground = "var(--ink)", "var(--surface)"
    return Html(
        '<svg class="defs" aria-hidden="true"><defs>'
        '<pattern id="p-handling" width="5" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="5" height="5" style="fill:{ground}"/>'
        '<rect width="2" height="5" style="fill:var(--accent)"/></pattern>'
        '<pattern id="p-waiting" width="5" height="5" patternUnits="userSpaceOnUse">'
        f'<rect width="5" height="5" style="fill:{ground}"/>'
        '<circle cx="2.5" cy="2.5" r="1.15" style="fill:var(--ink-2)"/></pattern>'
        '<pattern id="p-closure" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" style="fill:{ground}"/>'
        f'<path d="M0 3H6M3 0V6" style="stroke:{ink};stroke-width:1.1"/></pattern>'
        '<pattern id="p-back" width="5" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="5" height="5" style="fill:{ground}"/>'
        '<rect width="2.2" height="5" style="fill:var(--worse)"/></pattern>'
        "</defs></svg>"
    )


def stacked(sums: Mapping[str, float], whole_h: float) -> Html:
    """One bar of all hours; whole_h is what the full width stands for."""
    parts, start = [], 0.0
    for kind, _ in KINDS:
        hours = sums.get(kind, 0.0)
        if hours > 0:
            parts.append(_rect(kind, start, hours, whole_h))
            start += hours
    return el("svg", parts, class_="stack", aria_hidden="true")


def span(event: Mapping[str, Any], whole_h: float) -> Html:
    """The bar of one event where it stands in the whole time; a leg has one for each stretch it runs.

    A whisker runs from where its median ends it to where its 90th percentile does.
    """
    start_h = float(event["start_h"])
    parts = [_rect("moving", start, hours, whole_h) for start, hours in event.get("runs", ())]
    for kind, hours in hours_of(event).items():
        if hours > 0 and kind != "moving":
            parts.append(_rect(kind, start_h, hours, whole_h))
            start_h += hours
    return el("svg", parts, _whisker(event, whole_h), class_="span", aria_hidden="true")


def end_h(event: Mapping[str, Any]) -> float:
    """Mean hours from cargo ready to the end of an event; a leg ends after the stops on its way."""
    runs = event.get("runs")
    return float(sum(runs[-1])) if runs else float(event["start_h"]) + float(event["mean_h"])


def reach_h(events: Sequence[Mapping[str, Any]]) -> float:
    """Hours that bars and whiskers of these events reach to."""
    return max(
        max(end_h(event), end_h(event) + float(event["p90_h"] or 0.0) - float(event["mean_h"]))
        for event in events
    )


def _whisker(event: Mapping[str, Any], whole_h: float) -> Html | None:
    half, most = event["p50_h"], event["p90_h"]
    if half is None or most is None or most - half < 0.012 * whole_h:
        return None
    # Both are told from the end at the mean, for a leg stops on its way.
    x1, x2 = (f"{fixed((end_h(event) + h - event['mean_h']) / whole_h * 100, 2)}%" for h in (half, most))
    return join(
        el("line", x1=x1, x2=x2, y1="50%", y2="50%", class_="halo"),
        el("line", x1=x1, x2=x2, y1="50%", y2="50%", class_="whisker"),
        el("line", x1=x2, x2=x2, y1="15%", y2="85%", class_="whisker"),
    )


def _rect(kind: str, start: float, hours: float, whole_h: float) -> Html:
    # A sliver stays visible: at least 0.7 per cent wide. Shares, not pixels, keep the patterns in shape.
    wide = max(0.7, hours / whole_h * 100)
    x = min(start / whole_h * 100, 100 - wide)
    return el(
        "rect", x=f"{fixed(x, 2)}%", y="0", width=f"{fixed(wide, 2)}%", height="100%", class_=f"bar {kind}"
    )


def key(sums: Mapping[str, float]) -> Html:
    """What the fills mean, with the hours of each."""
    entries = [
        el(
            "li",
            el(
                "svg",
                el("rect", x=0.5, y=0.5, width=21, height=11, class_=f"bar {kind}", rx=1),
                class_="sample",
                viewbox="0 0 22 12",
                aria_hidden="true",
            ),
            join(el("b", duration(sums[kind])), " ", text),
        )
        for kind, text in KINDS
        if kind in sums
    ]
    return el("ul", entries, class_="key")
