"""Terminals as look-ups need them: by id, by UN/LOCODE, by any of their names."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midcorridor.errors import DataFileError, Fault
from midcorridor.places.folding import fold, keys
from midcorridor.places.model import Place

if TYPE_CHECKING:
    import polars as pl

_WORD_END = re.compile(r"[\s(),/.-]+")
_PARTS = re.compile(r"\s+/\s+|[()]|,\s")


@dataclass(frozen=True, slots=True)
class Terminal:
    """The columns of the terminals table that name a place."""

    terminal_id: str
    name: str
    country: str
    lat: float
    lon: float
    locode: str | None
    aliases: tuple[str, ...]

    def place(self, matched: str) -> Place:
        """This terminal as an answer."""
        return Place(
            self.name, self.lat, self.lon, self.country, "terminal", self.terminal_id, self.locode,
            matched=matched,
        )  # fmt: skip

    def spellings(self) -> Iterable[str]:
        """All that may be typed for it: name, its parts, aliases, and the id without the country."""
        yield self.name
        yield from (part for part in map(str.strip, _PARTS.split(self.name)) if len(part) > 2)
        yield from self.aliases
        yield self.terminal_id.partition("-")[2]


class TerminalIndex:
    """Terminals by id, code and key."""

    def __init__(self, terminals: list[Terminal]) -> None:
        self.terminals = sorted(terminals, key=lambda terminal: terminal.terminal_id)
        self.by_id = {terminal.terminal_id.lower(): terminal for terminal in self.terminals}
        self.by_locode: dict[str, list[Terminal]] = {}
        self.by_key: dict[str, list[Terminal]] = {}
        self.keys_of: dict[str, frozenset[str]] = {}
        self.words_of: dict[str, frozenset[str]] = {}
        for terminal in self.terminals:
            if terminal.locode:
                code = terminal.locode.replace(" ", "").upper()
                self.by_locode.setdefault(code, []).append(terminal)
            own = dict.fromkeys(key for text in terminal.spellings() for key in keys(text))
            self.keys_of[terminal.terminal_id] = frozenset(own)
            words = (word for text in terminal.spellings() for word in _WORD_END.split(text))
            self.words_of[terminal.terminal_id] = frozenset(key for word in words for key in keys(word))
            for key in own:
                self.by_key.setdefault(key, []).append(terminal)

    def named(self, found: Iterable[str], country: str | None = None) -> list[Terminal]:
        """Terminals that bear one of these keys, in order of their id."""
        by_id = {
            terminal.terminal_id: terminal
            for key in found
            for terminal in self.by_key.get(key, ())
            if country is None or terminal.country == country
        }
        return [by_id[terminal_id] for terminal_id in sorted(by_id)]


def from_table(frame: pl.DataFrame | Sequence[Mapping[str, Any]]) -> TerminalIndex:
    """Index of a Polars frame or of rows with terminal_id, name, country, lat, lon, locode, aliases."""
    global _last  # one slot, so that a batch of names indexes its frame once
    if _last is not None and _last[0] is frame:
        return _last[1]
    rows = frame if isinstance(frame, Sequence) else frame.to_dicts()
    index = TerminalIndex([_terminal(row, row.get("aliases") or ()) for row in rows])
    _last = (frame, index)
    return index


_last: tuple[Any, TerminalIndex] | None = None


def from_csv(path: Path) -> TerminalIndex:
    """Index of a terminals.csv, read without Polars; aliases are separated by ``;``.

    Raises  DataFileError where a needed column is missing or a coordinate is not a number.
    """
    return _from_csv(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _from_csv(path: Path, _changed: int) -> TerminalIndex:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                _terminal(row, (alias.strip() for alias in (row.get("aliases") or "").split(";")))
                for row in csv.DictReader(file)
            ]
    except (KeyError, ValueError, TypeError) as error:
        fault = Fault(
            "bad_data_file",
            f"the table of terminals cannot be read ({error!r})",
            where=str(path),
            accepted="columns terminal_id, name, country, lat, lon, locode, aliases",
        )
        raise DataFileError(fault) from None
    return TerminalIndex(rows)


def _terminal(row: Mapping[str, Any], aliases: Iterable[str]) -> Terminal:
    return Terminal(
        str(row["terminal_id"]),
        str(row["name"]),
        str(row["country"]),
        float(row["lat"]),
        float(row["lon"]),
        row.get("locode") or None,
        tuple(alias for alias in aliases if alias and fold(alias)),
    )


NO_TERMINALS = TerminalIndex([])
