"""What happens between two legs and at frontiers: rows that lack, cost nothing or take no time."""

from __future__ import annotations

from collections.abc import Iterator

from ..compiled import Compiled, Row
from .finding import ERROR, WARNING, Finding

_ACTIVITIES = ("load", "discharge", "transship")


def missing(compiled: Compiled) -> Iterator[Finding]:
    """Terminals where boxes are lifted but hours or price of it are not known: plans avoid them."""
    for terminal_id in compiled.terminals:
        if not compiled.handles_boxes(terminal_id):
            continue
        for table, lookup in (("dwell", compiled.dwell), ("handling", compiled.handling)):
            lacking = [activity for activity in _ACTIVITIES if lookup(terminal_id, activity) is None]
            if lacking:
                yield Finding(
                    ERROR,
                    f"missing_{table}",
                    f"no row of {table}.csv says {', '.join(lacking)}, so plans pass the place by",
                    f"terminals.csv {terminal_id}",
                    f"Add a row for the terminal or for its kind to {table}.csv",
                )
    for row in _gauge_changes(compiled):
        if compiled.handling(row["terminal_id"], "gauge_change") is None:
            yield Finding(
                ERROR,
                "missing_handling",
                "no row of handling.csv prices the change of gauge, so plans cannot use it",
                f"dwell.csv {row['dwell_id']}",
                "Add a gauge_change row for the terminal or for its kind to handling.csv",
            )


def _gauge_changes(compiled: Compiled) -> Iterator[Row]:
    for row in compiled.tables["dwell"]:
        if row["activity"] == "gauge_change" and row["terminal_id"] in compiled.terminals:
            change = (row["terminal_id"], "gauge_change", row["from_gauge_mm"], row["to_gauge_mm"])
            if compiled.dwell(*change) is row:
                yield row


def free_or_instant(compiled: Compiled) -> Iterator[Finding]:
    """Rows that make a transfer free of charge or instant: more likely not known than nothing."""
    for row in compiled.tables["handling"]:
        if row["usd_per_feu"] == 0:
            yield Finding(
                WARNING,
                "free_transfer",
                f"{row['activity']} costs nothing",
                f"handling.csv {row['handling_id']}",
                "Leave the row out if the price is not known",
            )
    for row in compiled.tables["dwell"]:
        if row["p90_h"] < 0.1:
            yield Finding(
                WARNING,
                "instant_transfer",
                f"{row['activity']} takes {row['p90_h']:g} h, 9 times in 10",
                f"dwell.csv {row['dwell_id']}",
                "Give the hours from arrival until available",
            )


def frontiers(compiled: Compiled) -> Iterator[Finding]:
    """Links over a customs frontier without its procedure, or with one that has no fee."""
    for link_id, link in compiled.links.items():
        if link["mode"] not in ("rail", "road"):
            continue
        ways = [(link["from_terminal"], link["to_terminal"])]
        if link["direction"] == "both":
            ways.append((link["to_terminal"], link["from_terminal"]))
        for start, end in ways:
            yield from _frontier(compiled, f"links.csv {link_id}", link["mode"], start, end)


def _frontier(compiled: Compiled, where: str, mode: str, start: str, end: str) -> Iterator[Finding]:
    first, second = (compiled.terminals[place]["country"] for place in (start, end))
    if compiled.same_customs_union(first, second):
        return
    rows = compiled.procedures(mode, start, end)
    sides = {row["side"] for row in rows}
    if not rows:
        yield Finding(
            ERROR,
            "frontier_without_procedure",
            f"{mode} from {first} to {second} crosses a customs frontier without hours for it",
            where,
            "Add rows from the one country to the other to border_procedures.csv, exit and entry",
        )
    elif len(sides) == 1:
        yield Finding(
            WARNING,
            "frontier_one_side",
            f"{mode} from {first} to {second} has the procedure of the {sides.pop()} side only",
            where,
            "Add the other side to border_procedures.csv, or say in a note that the row holds both",
        )
    if rows and all(row["usd_per_feu"] is None for row in rows):
        yield Finding(
            WARNING,
            "frontier_without_fee",
            f"{mode} from {first} to {second} enters another customs territory without a fee",
            where,
            "Fill usd_per_feu with fees, transit declaration and guard",
        )
