"""One search with its bans and limits, and what its outcome means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..results import Status
from ..said import Said
from .bans import OF_GOODS
from .calendar import HORIZON_H, Ban
from .moves import Edge
from .question import ALL_MEASURES, HOURS, KG, USD, Limits, Question, Way

# What is weighed where any way will do, such as to see what is in the way.
QUICKEST = frozenset((HOURS,))


@dataclass(eq=False)
class Search:
    """A question asked once; what would have to give is looked for only when there is no answer."""

    question: Question
    bans: Sequence[Ban]
    limits: Limits
    via: Sequence[str]
    trucks: bool
    _dropped: int = field(default=0, init=False)

    def ways(self, measures: frozenset[int] = ALL_MEASURES) -> list[Way]:
        """Every way that no other of its corridor beats in some measures."""
        more: dict[str, Any] = {"limits": self.limits, "via": self.via, "trucks": self.trucks}
        more["measures"] = measures
        found, self._dropped = self.question.ways(self.bans, **more)
        if self.question.timed:
            # Whoever comes an hour late in the mean may still catch the ship half of the time.
            others, _ = self.question.ways(self.bans, **more, by_clock=False)
            known = {way.numbers for way in found}
            fresh = (self.question.clocked(way) for way in others if way.numbers not in known)
            found += [way for way in fresh if way is not None]
        return once(found) if self.question.may_hold else found

    def closed(self, ways: Sequence[Way], *, compare: bool) -> dict[str, str]:
        """For each corridor that only rules for the goods close, the rules.

        compare : also closures and what the asker avoids, since all corridors are wanted
        """
        rules = [ban for ban in self.bans if compare or ban.key.startswith(OF_GOODS)]
        rules = [ban for ban in rules if ban.throughout and ban.tag in self.question.columns.tagged]
        if not rules or not ways:
            return {}
        others = [ban for ban in self.bans if ban not in rules]
        free, _ = self.question.ways(
            others, limits=self.limits, via=self.via, trucks=self.trucks, measures=QUICKEST
        )
        open_ones = {way.corridor for way in ways}
        told: dict[str, str] = {}
        for way in sorted(free, key=lambda way: way.hours):
            if way.corridor not in open_ones and way.corridor not in told:
                met = [ban.reason for ban in rules if any(touches(edge, ban.tag) for edge in way.edges)]
                reasons = list(dict.fromkeys(met))
                told[way.corridor] = reasons[0] if len(reasons) == 1 else Said("reasons", reasons=reasons)
        return told

    def status(
        self, found: bool, remarks: Sequence[str] = (), closed: Mapping[str, str] | None = None
    ) -> Status:
        """How it ended; without a route, the fewest things that would have to give."""
        closed = closed or {}
        shut = [Said("corridor_closed", corridor=name, reason=reason) for name, reason in closed.items()]
        notes = [*remarks, *shut, *self.question.left_out]
        if self._dropped:
            notes.append(Said("loops_left_out", ways=self._dropped))
        if found:
            return Status("ok", "optimal", notes=tuple(notes), closed=closed)
        for reason, blockers in (
            ("limits", self._over_limits()),
            ("blocked", self._blockers()),
            ("too_long", self._too_long()),
        ):
            if blockers:
                return Status("none", reason, tuple(blockers), tuple(notes))
        everything: dict[str, Any] = {"strays": True, "trucks": True, "any_booking": True}
        if self.question.ways((), measures=QUICKEST, **everything)[0]:
            return Status("none", "only_detours", notes=tuple(notes))
        return Status("none", "no_connection", notes=tuple(notes))

    def _too_long(self) -> list[str]:
        """The days that the fastest way takes, where it takes more than are planned."""
        ways, _ = self.question.ways(
            self.bans, via=self.via, trucks=self.trucks, any_length=True, measures=QUICKEST
        )
        if not ways:
            return []
        least_d = min(way.hours for way in ways) / 24
        return [Said("too_long", most_d=HORIZON_H / 24, least_d=least_d)]

    def _over_limits(self) -> list[str]:
        """What the limits would have to be, where they are what is in the way."""
        limits = self.limits
        if limits == Limits():
            return []
        limited = frozenset((HOURS, USD, KG))
        ways, _ = self.question.ways(self.bans, via=self.via, trucks=self.trucks, measures=limited)
        if not ways:
            return []
        told: list[str] = []
        for code, unit, scale, limit, least in (
            ("limit_days", "d", 24.0, limits.hours, min(way.hours for way in ways)),
            ("limit_usd", "usd", 1.0, limits.usd, min(way.usd for way in ways)),
            ("limit_kg", "kg", 1.0, limits.kg_co2e, min(way.kg_co2e for way in ways)),
        ):
            if limit is not None and least > limit:
                told.append(Said(code, **{f"limit_{unit}": limit / scale, f"least_{unit}": least / scale}))
        return told or [Said("limits_together")]

    def _blockers(self) -> list[str]:
        """The reasons that close a way which the fewest close, in the order met.

        What the asker chose is given up first, one thing at a time: the booking, what is avoided, trucks.
        """
        question, own = self.question, [ban for ban in self.bans if ban.reason.startswith("--avoid")]
        others = [ban for ban in self.bans if ban not in own]
        tries: list[tuple[Sequence[Ban], dict[str, Any]]] = []
        if question.refused_bookings.any() and question.booking is not None:
            tries.append((self.bans, {"trucks": self.trucks, "any_booking": True}))
        if own:
            tries.append((others, {"trucks": self.trucks}))
        if not self.trucks:
            tries.append((self.bans, {"trucks": True}))
        tries.append(((), {"trucks": True, "any_booking": True}))
        free: list[Way] = []
        for bans, more in tries:
            free, _ = question.ways(bans, via=self.via, measures=QUICKEST, **more)
            if free:
                break
        else:
            free, _ = question.ways((), trucks=True, any_booking=True, measures=QUICKEST)
        refused = question.refused_bookings
        told: dict[int, list[str]] = {}  # why each move is closed
        for ban in self.bans:
            for move in question.columns.tagged.get(ban.tag, ()):
                told.setdefault(int(move), []).append(ban.reason)
        best: list[str] | None = None
        for way in sorted(free, key=lambda way: way.hours):
            met: dict[str, None] = {}
            for edge, number in zip(way.edges, way.numbers, strict=True):
                met |= dict.fromkeys(told.get(number, ()))
                if refused[number]:
                    asked = question.asked(edge)
                    why = getattr(asked, "reason", "")
                    about = {"booking": question.booking, "service": edge.service_id}
                    met[Said("booking", **about, reason=why)] = None
                if not self.trucks and "long_road" in edge.tags:
                    met[Said("trucks")] = None
            for tag in self.via:
                if not any(touches(edge, tag) for edge in way.edges):
                    scope, thing = tag.split(":", 1)
                    met[Said("not_passed", scope=scope, thing=thing)] = None
            if met and (best is None or len(met) < len(best)):
                best = list(met)
        return best or []


def once(ways: Sequence[Way]) -> list[Way]:
    """Each way once, with its fewest hours: a box that is held back for a calmer season goes no other way."""
    found: dict[bytes, Way] = {}
    for way in ways:
        moves = way.found.path(way.number).tobytes()
        same = found.setdefault(moves, way)
        if way.hours < same.hours:
            found[moves] = way
    return list(found.values())


def touches(edge: Edge, tag: str) -> bool:
    """Whether a move touches a tag, which may end in a direction of travel."""
    for way, west in ((":westbound", True), (":eastbound", False)):
        if tag.endswith(way):
            return edge.westbound is west and tag.removesuffix(way) in edge.tags
    return tag in edge.tags
