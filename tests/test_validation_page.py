"""What the validation page says of a median: reached, missed, or too few rows to tell."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from midcorridor.calibrate import Calibration, Scored, Seen
from midcorridor.validate.page import FEWEST, TARGETS, _summary, _worst


def rows(kind: str, count: int, ratio: float) -> list[Scored]:
    return [
        Scored(
            Seen(f"{kind}-{at}", kind, 10.0, {"": 10.0 * ratio}, 0.1, frozenset(), 1.0),
            *[10.0 * ratio] * 3,
            None,
        )
        for at in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "ratio", "told"),
    [
        (FEWEST, 1.149, "reached"),
        (FEWEST, 1.151, "missed"),
        (FEWEST, 0.849, "missed"),
        (FEWEST - 1, 1.0, "insufficient evidence"),
        (FEWEST - 1, 3.0, "insufficient evidence"),
    ],
)
def test_a_target_counts_from_ten_rows_on(count: int, ratio: float, told: str) -> None:
    distances = [SimpleNamespace(mode="rail", error=0.0)]
    text = _summary(Calibration([], rows("time", count, ratio) + rows("price", 1, 1.0), []), distances)
    line = next(line for line in text.splitlines() if "travel times" in line)
    assert line.endswith(f"| {TARGETS['time']:.0%} | {told} |")
    assert f"| {count} | {abs(ratio - 1):.1%} |" in line


def test_the_worst_come_first_on_either_side() -> None:
    listed = [*rows("time", 1, 1.2), *rows("time", 1, 0.5), *rows("time", 1, 1.4)]
    assert [round(row.error("left_out"), 2) for row in _worst(listed)] == [-0.5, 0.4, 0.2]
