"""What every answer carries: how it ended, and how it was made."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Status:
    """How a question ended. An empty answer is an answer, with its reason."""

    outcome: str  # ok, partial or none
    reason: str  # optimal, no_route, ...
    blocked_by: tuple[str, ...] = ()  # what would have to give
    notes: tuple[str, ...] = ()  # what the answer leaves out

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What one needs to ask again and get the same."""

    version: str
    scenario: str
    network_digest: str
    options: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def rounded(value: Any, digits: int = 6) -> Any:
    """Numbers of an answer without the noise of binary fractions; NaN and inf never pass."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} has no place in an answer")
        return round(value, digits)
    if isinstance(value, dict):
        return {name: rounded(item, digits) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item, digits) for item in value]
    return value
