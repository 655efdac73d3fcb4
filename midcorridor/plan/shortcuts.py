"""Moves in a row put together where all ways into or out of a node are one: fewer nodes, the same ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .columns import Columns
from .moves import CASPIAN

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Shortcuts:
    """A row a shortcut, which stands for one move or for several in a row.

    members[first[i] : first[i + 1]] are the moves of shortcut i, in order. At most one of them looks at the
    clock; the hours of those in early are spent before.
    """

    tail: Array
    head: Array
    flags: Array
    timetable: Array
    gate: Array
    mark: Array
    first: Array
    members: Array
    clocked: Array  # the member that looks at the clock, -1 for none
    early_first: Array
    early: Array

    def sums(self, values: Array) -> Array:
        """Values of moves, (m,) or (m, k), added up over each shortcut."""
        return np.add.reduceat(values[self.members], self.first[:-1], axis=0)

    def any_of(self, marked: Array) -> Array:
        """Whether any move of each shortcut is marked."""
        return np.logical_or.reduceat(marked[self.members], self.first[:-1])

    def leads(self, hours: Array, lead_h: Array) -> Array:
        """Hours of each shortcut before it looks at the clock, (s,), from those of the moves, (m,)."""
        before = np.concatenate([[0.0], np.cumsum(hours[self.early])])
        early = before[self.early_first[1:]] - before[self.early_first[:-1]]
        return np.where(self.clocked >= 0, early + lead_h[self.clocked], 0.0)

    def path(self, shortcuts: Sequence[int]) -> tuple[int, ...]:
        """The moves that some shortcuts in a row stand for."""
        first = self.first
        runs = [self.members[first[at] : first[at + 1]] for at in shortcuts]
        return tuple(np.concatenate(runs).tolist()) if runs else ()

    def plus(self, columns: Columns, start: int) -> Shortcuts:
        """These and the moves of columns from number `start` on, each by itself."""
        more = singles(columns, start)
        return Shortcuts(
            tail=np.concatenate([self.tail, more.tail]),
            head=np.concatenate([self.head, more.head]),
            flags=np.concatenate([self.flags, more.flags]),
            timetable=np.concatenate([self.timetable, more.timetable]),
            gate=np.concatenate([self.gate, more.gate]),
            mark=np.concatenate([self.mark, more.mark]),
            first=np.concatenate([self.first, more.first[1:] + self.first[-1]]),
            members=np.concatenate([self.members, more.members]),
            clocked=np.concatenate([self.clocked, more.clocked]),
            early_first=np.concatenate([self.early_first, more.early_first[1:] + self.early_first[-1]]),
            early=np.concatenate([self.early, more.early]),
        )


def singles(columns: Columns, start: int = 0) -> Shortcuts:
    """Every move from number `start` on by itself."""
    at = np.arange(start, columns.tail.size)
    looks = (columns.gate[at] >= 0) | (columns.timetable[at] >= 0)
    return Shortcuts(
        tail=columns.tail[at],
        head=columns.head[at],
        flags=columns.flags[at],
        timetable=columns.timetable[at],
        gate=columns.gate[at],
        mark=columns.mark[at],
        first=np.arange(at.size + 1),
        members=at,
        clocked=np.where(looks, at, -1),
        early_first=np.zeros(at.size + 1, np.int64),
        early=np.zeros(0, np.int64),
    )


def shortcuts_of(columns: Columns, kept: frozenset[int]) -> Shortcuts:
    """Shortcuts of moves; kept : nodes that further moves may begin or end at."""
    clocked = (columns.gate >= 0) | (columns.timetable >= 0)
    masks = [_as_int(row) for row in columns.mark]
    tail, head = columns.tail.tolist(), columns.head.tolist()
    flags = columns.flags.tolist()
    rows: dict[int, _Row] = {}
    out: dict[int, set[int]] = {}
    into: dict[int, set[int]] = {}

    def add(row: _Row) -> None:
        number = len(numbered)
        numbered.append(row)
        rows[number] = row
        out.setdefault(row.tail, set()).add(number)
        into.setdefault(row.head, set()).add(number)

    def drop(number: int) -> None:
        row = rows.pop(number)
        out[row.tail].discard(number)
        into[row.head].discard(number)

    numbered: list[_Row] = []
    for at in range(len(tail)):
        clock = 0 if clocked[at] else -1
        add(_Row(tail[at], head[at], (at,), clock, flags[at], masks[at]))
    waiting = sorted({*tail, *head} - kept, reverse=True)
    while waiting:
        node = waiting.pop()
        before, after = sorted(into.get(node, ())), sorted(out.get(node, ()))
        if not before or not after:
            # Nobody comes here, or nobody leaves: no way leads through.
            near = {rows[at].tail for at in before} | {rows[at].head for at in after}
            for at in (*before, *after):
                drop(at)
        elif 1 not in (len(before), len(after)):
            continue
        else:
            pairs = [(rows[a], rows[b]) for a in before for b in after]
            if not all(min(one.clock, two.clock) < 0 for one, two in pairs):
                continue
            near = {rows[at].tail for at in before} | {rows[at].head for at in after}
            for at in (*before, *after):
                drop(at)
            for one, two in pairs:
                if one.tail != two.head and not one.flags & two.flags & CASPIAN and not one.mark & two.mark:
                    add(one.then(two))
        waiting += [other for other in near if other not in kept and other != node]
    return _as_arrays(columns, list(rows.values()))


@dataclass(frozen=True, slots=True)
class _Row:
    tail: int
    head: int
    members: tuple[int, ...]
    clock: int  # place of the member that looks at the clock, -1 for none
    flags: int
    mark: int

    def then(self, other: _Row) -> _Row:
        """This one followed by another."""
        clock = self.clock if other.clock < 0 else len(self.members) + other.clock
        members = self.members + other.members
        return _Row(self.tail, other.head, members, clock, self.flags | other.flags, self.mark | other.mark)


def _as_int(words: Array) -> int:
    return sum(int(word) << (64 * at) for at, word in enumerate(words))


def _as_arrays(columns: Columns, rows: list[_Row]) -> Shortcuts:
    clocked = np.array([row.members[row.clock] if row.clock >= 0 else -1 for row in rows], np.int64)
    lengths = [len(row.members) for row in rows]
    first = np.cumsum([0, *lengths])
    members = np.array([at for row in rows for at in row.members], np.int64)
    early_first = np.cumsum([0, *(max(row.clock, 0) for row in rows)])
    early = np.array([at for row in rows for at in row.members[: max(row.clock, 0)]], np.int64)
    starts = first[:-1]
    none = np.array([-1], np.int32)
    return Shortcuts(
        tail=np.array([row.tail for row in rows], np.int32),
        head=np.array([row.head for row in rows], np.int32),
        flags=np.array([row.flags for row in rows], np.int32),
        timetable=np.concatenate([columns.timetable, none])[clocked],
        gate=np.concatenate([columns.gate, none])[clocked],
        mark=np.bitwise_or.reduceat(columns.mark[members], starts, axis=0),
        first=first,
        members=members,
        clocked=clocked,
        early_first=early_first,
        early=early,
    )
