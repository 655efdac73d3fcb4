"""One doubtful thing in a network."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is doubtful, where, and how to go on."""

    severity: str  # error or warning
    code: str  # short stable word, such as gauge_dead_end
    what: str  # the fault in one sentence, without the place where it stands
    where: str  # table and row, as one would look for it
    hint: str = ""
