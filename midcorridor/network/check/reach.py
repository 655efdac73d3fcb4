"""Places that nothing reaches, and changes of gauge that nobody performs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..compiled import Compiled, Line
from .finding import ERROR, WARNING, Finding

# Services without calls that may use any link of their mode.
ROAMING = {"rail-ordinary": "rail", "truck": "road"}


def _edges(compiled: Compiled) -> Iterator[tuple[str, str]]:
    """Pairs of terminals between which something runs."""
    modes = {mode for service_id, mode in ROAMING.items() if service_id in compiled.services}
    for link in compiled.links.values():
        if link["mode"] in modes:
            yield link["from_terminal"], link["to_terminal"]
    for line in compiled.lines:
        for hop in line.hops:
            for link, _ in hop.links:
                yield link["from_terminal"], link["to_terminal"]


def unreached_terminals(compiled: Compiled) -> Iterator[Finding]:
    """Open terminals that no service reaches."""
    reached = {place for edge in _edges(compiled) for place in edge}
    for terminal_id in compiled.terminals:
        if terminal_id not in reached:
            yield Finding(
                ERROR if compiled.handles_boxes(terminal_id) else WARNING,
                "unreached_terminal",
                "no service runs there, so no plan can use it",
                f"terminals.csv {terminal_id}",
                "Add a link and a service, or give the row the status planned or closed",
            )


def components(compiled: Compiled) -> list[set[str]]:
    """Groups of terminals between which freight can move, the largest first."""
    neighbours: dict[str, set[str]] = {}
    for one, other in _edges(compiled):
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    groups, left = [], dict.fromkeys(neighbours)
    while left:
        start = next(iter(left))
        group, border = {start}, [start]
        while border:
            fresh = neighbours[border.pop()] - group
            group |= fresh
            border += sorted(fresh)
        for member in group:
            del left[member]
        groups.append(group)
    return sorted(groups, key=lambda group: (-len(group), min(group)))


def separate_components(compiled: Compiled) -> Iterator[Finding]:
    """Groups of terminals that no service joins to the rest."""
    for group in components(compiled)[1:]:
        members = sorted(group)
        yield Finding(
            ERROR,
            "separate_component",
            f"{len(group)} terminals are joined to each other but not to the rest: {', '.join(members[:8])}"
            + (" and more" if len(members) > 8 else ""),
            f"terminals.csv {members[0]}",
            "Add the link or service that joins them",
        )


def unserved_waters(compiled: Compiled) -> Iterator[Finding]:
    """Sea lanes and rivers that no service runs on: freight never sails by itself."""
    used = {link["link_id"] for line in compiled.lines for hop in line.hops for link, _ in hop.links}
    for link_id, link in compiled.links.items():
        if link["mode"] in ("sea", "inland_waterway") and link_id not in used:
            yield Finding(
                WARNING,
                "unserved_water",
                "no service sails it, so no plan can use it",
                f"links.csv {link_id}",
                "Add a service, or give the row the status planned or closed",
            )


def _gauges(compiled: Compiled) -> dict[str, Counter[int]]:
    """How many open rail links of each gauge end at each terminal."""
    found: dict[str, Counter[int]] = {}
    for link in compiled.links.values():
        if link["mode"] == "rail" and link["gauge_mm"] is not None:
            for side in ("from_terminal", "to_terminal"):
                found.setdefault(link[side], Counter())[link["gauge_mm"]] += 1
    return found


def _changes(compiled: Compiled, terminal_id: str) -> set[tuple[int, int]]:
    """The changes of gauge performed at a terminal, (from, to)."""
    widths = sorted({link["gauge_mm"] for link in compiled.links.values() if link["gauge_mm"] is not None})
    return {
        (one, other)
        for one in widths
        for other in widths
        if one != other and compiled.dwell(terminal_id, "gauge_change", one, other) is not None
    }


def gauges_without_change(compiled: Compiled) -> Iterator[Finding]:
    """Terminals where lines of two gauges meet and neither railway reloads."""
    for terminal_id, gauges in _gauges(compiled).items():
        if len(gauges) > 1 and not _changes(compiled, terminal_id):
            yield Finding(
                ERROR,
                "gauge_unperformed",
                f"lines of {' and '.join(map(str, sorted(gauges)))} mm meet, and nobody reloads",
                f"terminals.csv {terminal_id}",
                "Add a gauge_change row to dwell.csv for the receiving railway",
            )


def gauge_dead_ends(compiled: Compiled) -> Iterator[Finding]:
    """Trains that end where the only way on has another gauge and their boxes are not reloaded to it."""
    gauges = _gauges(compiled)
    sailed = {
        place
        for line in compiled.lines
        if line.service["mode"] != "rail"
        for hop in line.hops
        for place in (hop.from_terminal, hop.to_terminal)
    }
    driven = {
        link[side]
        for link in compiled.links.values()
        if link["mode"] == "road"
        for side in ("from_terminal", "to_terminal")
    }
    for line in compiled.lines:
        end, last = line.hops[-1].to_terminal, line.hops[-1].links[-1][0]
        if line.service["mode"] != "rail" or end in sailed | driven:
            continue
        onward = set(gauges[end] - Counter([last["gauge_mm"]]))
        reloaded = {to for start, to in _changes(compiled, end) if start == last["gauge_mm"]}
        if onward and last["gauge_mm"] not in onward and not onward & reloaded:
            yield Finding(
                ERROR,
                "gauge_dead_end",
                f"it ends at {end} on {last['gauge_mm']} mm, where the way on is "
                f"{' or '.join(map(str, sorted(onward)))} mm and nobody reloads to it",
                f"services.csv {line.service['service_id']}{_way(line)}",
                "Add a gauge_change row there to dwell.csv, or end the service where boxes are reloaded",
            )


def _way(line: Line) -> str:
    return "" if line.forward else " (backward)"
