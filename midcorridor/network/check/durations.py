"""Delays that are counted twice. Each cause lives once: storms in closures, queues in dwell, no more."""

from __future__ import annotations

from collections.abc import Iterator

from ..compiled import Compiled, Row, holds_on
from .finding import WARNING, Finding

# Beyond these ratios of 90th percentile to median a duration tells of storms and queues: a feeder
# without them runs 20 h and 9 times in 10 within 32; a terminal's yard stays below four times (ours).
MOST_DWELL_SPREAD, MOST_RUNNING_SPREAD = 4.0, 1.6
# A service may be slower than its links by its stops, not by half as much again.
MOST_SERVICE_EXCESS = 1.5
_SLACK = 1e-9


def _passing(compiled: Compiled) -> list[Row]:
    """Closures that come and go, in their season or out of it."""
    return [
        row for row in compiled.tables["closures"] if row["closed_share"] < 1 and holds_on(row, compiled.day)
    ]


def storms_in_dwell(compiled: Compiled) -> Iterator[Finding]:
    """Dwell of a terminal that seems to hold the closures which are counted beside it."""
    shut = {
        name: row["closure_id"]
        for row in _passing(compiled)
        if row["scope"] == "terminal" and row["season_from"] is not None
        for name in row["scope_ids"]
    }
    for row in compiled.tables["dwell"]:
        closure = shut.get(row["terminal_id"])
        if (
            closure
            and holds_on(row, compiled.day)
            and row["p90_h"] > MOST_DWELL_SPREAD * row["p50_h"] + _SLACK
        ):
            yield Finding(
                WARNING,
                "delay_twice",
                f"the 90th percentile is {row['p90_h'] / row['p50_h']:.1f} times the median, and closure "
                f"{closure} counts the storms of that terminal again",
                f"dwell.csv {row['dwell_id']}",
                "Take the days of closure out of the 90th percentile",
            )


def storms_in_running(compiled: Compiled) -> Iterator[Finding]:
    """Sea links whose hours seem to hold the closures which are counted beside them."""
    shut = {
        (row["scope"], name): row["closure_id"] for row in _passing(compiled) for name in row["scope_ids"]
    }
    for link_id, link in compiled.links.items():
        if link["mode"] != "sea":
            continue
        touched = [
            ("link", link_id),
            ("terminal", link["from_terminal"]),
            ("terminal", link["to_terminal"]),
            *(("passage", passage) for passage in link["passages"] or ()),
        ]
        closure = next((shut[thing] for thing in touched if thing in shut), None)
        spread = link["running_p90_h"] / link["running_p50_h"]
        if closure and spread > MOST_RUNNING_SPREAD + _SLACK:
            yield Finding(
                WARNING,
                "delay_twice",
                f"the 90th percentile is {spread:.1f} times the median, and closure {closure} counts the "
                "storms of that passage again",
                f"links.csv {link_id}",
                "Keep running time only in the 90th percentile",
            )


def slow_services(compiled: Compiled) -> Iterator[Finding]:
    """Calls of services that take much longer than the links they run over."""
    for line in compiled.lines:
        for hop in line.hops if line.forward else ():
            links_h = sum(link["running_p50_h"] for link, _ in hop.links)
            if hop.running_p50_h is not None and hop.running_p50_h > MOST_SERVICE_EXCESS * links_h:
                yield Finding(
                    WARNING,
                    "delay_twice",
                    f"{hop.running_p50_h:g} h is more than {MOST_SERVICE_EXCESS} times the {links_h:g} h of "
                    "its links; dwell and waiting are counted elsewhere",
                    f"service_calls.csv {line.service['service_id']} at {hop.to_terminal}",
                    "Keep running time only, or leave the cell empty",
                )
