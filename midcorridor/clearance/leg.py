"""What a leg touches, as tags: the words in which rules and the search name places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..network import Compiled

# A rule may hold for one mode in a country or over a frontier only.
_BY_MODE = ("country:", "frontier:")


@dataclass(frozen=True, slots=True)
class Leg:
    """One move: by what, and what it passes."""

    mode: str
    service_id: str = ""
    service_kind: str = ""
    link_ids: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    frontiers: tuple[str, ...] = ()  # CN>KZ
    passages: tuple[str, ...] = ()

    def tags(self) -> frozenset[str]:
        """Everything that a rule could name this leg by."""
        named = {
            "service": (self.service_id,) if self.service_id else (),
            "link": self.link_ids,
            "terminal": self.terminals,
            "country": self.countries,
            "frontier": self.frontiers,
            "passage": self.passages,
        }
        plain = {f"{kind}:{name}" for kind, names in named.items() for name in names}
        return widened({*plain, f"mode:{self.mode}"}, self.mode, self.service_kind)


def widened(tags: Iterable[str], mode: str, service_kind: str = "") -> frozenset[str]:
    """Tags of a move with those added that rules of this module may close.

    ``rail@country:CN`` and ``rail@frontier:CN>KZ`` for its mode, ``kind:ro_pax`` for its kind of service.

    >>> sorted(widened({"country:CN", "terminal:x"}, "rail", "block_train"))
    ['country:CN', 'kind:block_train', 'rail@country:CN', 'terminal:x']
    """
    tags = set(tags)
    found = tags | {f"{mode}@{tag}" for tag in tags if tag.startswith(_BY_MODE)}
    return frozenset(found | ({f"kind:{service_kind}"} if service_kind else set()))


def leg_of(compiled: Compiled, row: Mapping[str, Any]) -> Leg:
    """The leg that a row of a plan describes (`schema/results/legs.csv`)."""
    terminals = compiled.terminals
    service = compiled.services.get(row["service_id"])
    return Leg(
        row["mode"],
        row["service_id"],
        service["kind"] if service is not None else "",
        tuple(row["link_ids"]),
        tuple(place for place in row["path"] if place in terminals),
        tuple(dict.fromkeys(row["countries"])),
        tuple(dict.fromkeys(f"{a}>{b}" for a, b in pairwise(row["countries"]))),
        tuple(row["passages"]),
    )
