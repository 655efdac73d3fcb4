"""Errors that a person can act on: what, where, what is accepted, how to go on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .said import Said


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one input.

    code : short stable word, such as ``unknown_place`` or ``out_of_range``
    what : the fault in one sentence, without the place where it stands
    where : file, row, column or option, as the user would look for it
    got : the value as it was given
    accepted : what would be accepted instead
    hint : how to go on
    table, row, column, key : the same place for a program (row counts from 2, the header being 1)
    """

    code: str
    what: str
    where: str = ""
    got: str = ""
    accepted: str = ""
    hint: str = ""
    table: str = ""
    row: int | None = None
    column: str = ""
    key: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        parts = [head.rstrip(".") + "."]
        if self.hint:
            parts.append(self.hint.rstrip(".") + ("" if self.hint.endswith("?") else "."))
        if self.accepted:
            parts.append(f"Accepted: {self.accepted.rstrip('.')}.")
        return " ".join(parts)


class MidcorridorError(Exception):
    """Base of every error that a user can cause and mend; the command line exits with 2."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        if not self.faults:
            raise ValueError("an error needs at least one fault")
        super().__init__(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.faults,)  # whole from one process to the next, not as its text

    def __str__(self) -> str:
        name = type(self).__name__
        if len(self.faults) == 1:
            return f"{name}: {self.faults[0]}"
        lines = "\n".join(f"  {number}. {fault}" for number, fault in enumerate(self.faults, 1))
        return f"{name}: {len(self.faults)} faults\n{lines}"

    def to_dict(self) -> dict[str, Any]:
        """The parts of the message, for JSON."""
        return {
            "error": type(self).__name__,
            "faults": [
                {name: value for name, value in asdict(fault).items() if value not in ("", None)}
                for fault in self.faults
            ],
        }


class InputError(MidcorridorError):
    """An option or argument has a value that cannot be used."""


class PlaceError(MidcorridorError):
    """A place is unknown, ambiguous, or out of reach of the mode asked for."""


class TableError(MidcorridorError):
    """A table breaks its schema."""


class ScenarioError(MidcorridorError):
    """A scenario names something that is not there or cannot be changed so."""


class DataFileError(MidcorridorError):
    """A shipped or cached data file is missing, cut short or altered."""


class OutputError(MidcorridorError):
    """A result could not be written."""


class JobError(MidcorridorError):
    """Work could not be carried out: a worker ended, or a cluster cannot be reached."""


def did_you_mean(got: str, candidates: Iterable[str], most: int = 3) -> str:
    """A hint that lists the nearest accepted words, or an empty string."""
    # Capitals are the commonest slip of all, as in az for AZ.
    folded: dict[str, list[str]] = {}
    for word in candidates:
        folded.setdefault(word.casefold(), []).append(word)
    near = difflib.get_close_matches(got.casefold(), list(folded), n=most, cutoff=0.6)
    if not near:
        return ""
    words = [word for key in near for word in dict.fromkeys(folded[key])]
    return Said("did_you_mean", words=words[:most])
