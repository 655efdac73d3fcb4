"""How much a network holds on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from .. import Network
from .reach import components


def summary(network: Network, day: date) -> dict[str, Any]:
    """What is open on a day, counted by kind, mode and country, and how sure its rows are."""
    compiled = network.on(day)
    terminals, links = compiled.terminals.values(), compiled.links.values()
    km: Counter[str] = Counter()
    for link in links:
        km[link["mode"]] += link["km"]
    graded = [row for rows in compiled.tables.rows.values() for row in rows if "confidence" in row]
    return {
        "day": day.isoformat(),
        "scenario": network.scenario,
        "terminals": {
            "open": len(terminals),
            "by_kind": _counted(kind for row in terminals for kind in row["kinds"]),
            "by_country": _counted(row["country"] for row in terminals),
        },
        "links": {
            "open": len(links),
            "by_mode": _counted(row["mode"] for row in links),
            "km_by_mode": {mode: round(length) for mode, length in sorted(km.items())},
        },
        "services": {
            "open": len(compiled.services),
            "by_kind": _counted(row["kind"] for row in compiled.services.values()),
            "by_mode": _counted(row["mode"] for row in compiled.services.values()),
        },
        "components": [len(group) for group in components(compiled)],
        "closures": len(compiled.closures),
        "embargoes": len(compiled.embargoes),
        "rows_by_confidence": _counted(row["confidence"] for row in graded),
        "rows_by_basis": _counted(row["basis"] for row in graded if "basis" in row),
    }


def _counted(words: Iterable[str]) -> dict[str, int]:
    """Counts, the largest first."""
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))
