"""The text of `midcorridor profile`: days in a row with the same figures share a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from midcorridor.cli.profile_command import profile_text
from midcorridor.profile import Profile, profile
from midcorridor.results import RunInfo
from midcorridor.shipment import make_shipment

from .jobs.corridor import corridor

NET = corridor()
FIRST = datetime(2026, 12, 28, tzinfo=UTC)
ASKED = {"origin": {"name": "W"}, "destination": {"name": "E"}, "boxes": 1, "container_type": "40HC"}


def row(
    day: int, corridor: str, days: float, usd: float = 1000.0, chance: float | None = None
) -> dict[str, Any]:
    ready = FIRST + timedelta(days=day)
    return {
        "ready_at": ready, "weekday": "Mon", "outcome": "ok", "reason": "optimal", "corridor": corridor,
        "mean_d": days, "sd_h": 1.0, "p50_h": days * 24, "p90_h": days * 24 + 24,
        "on_time_probability": chance,
        "available_at": ready + timedelta(days=days), "available_p90_at": ready + timedelta(days=days + 1),
        "cost_usd": usd, "kg_co2e": 500.0, "via": [],
    }  # fmt: skip


def none(day: int, reason: str) -> dict[str, Any]:
    return dict.fromkeys(row(0, "middle", 1)) | {
        "ready_at": FIRST + timedelta(days=day), "outcome": "none", "reason": reason,
    }  # fmt: skip


def lines(rows: list[dict[str, Any]], deadline: str | None = None) -> list[list[str]]:
    """The cells of each line of the table, the corridor in every line."""
    found = Profile({**ASKED, "days": 9, "deadline_at": deadline}, rows, RunInfo("0", "base", ""))
    table = profile_text(found).split("\n\n")[1].splitlines()
    at = [table[0].index(word) for word in ("corridor", "cargo ready")]
    end = table[0].index("days", at[1] + len("cargo ready")) - 1
    return [[line[: at[1]].strip(), line[at[1] : end].strip(), *line[end:].split("  ")] for line in table[1:]]


def told(rows: list[dict[str, Any]], deadline: str | None = None) -> list[tuple[str, str]]:
    return [(line[0], line[1]) for line in lines(rows, deadline)]


def test_days_in_a_row_with_the_same_figures_are_one_line_a_corridor() -> None:
    rows = [row(day, name, days) for day in range(6) for name, days in
            (("northern", 10.0), ("middle", 12.0 if day < 2 else 13.0))]  # fmt: skip
    assert told(rows) == [
        ("northern", "28 Dec 2026 - 2 Jan 2027"),
        ("middle", "28-29 Dec 2026"),
        ("", "30 Dec 2026 - 2 Jan 2027"),
    ]


def test_other_figures_a_gap_or_another_reason_begin_a_new_line() -> None:
    assert told([row(0, "middle", 10), row(1, "middle", 10, usd=1100), row(2, "middle", 10)]) == [
        ("middle", "28 Dec 2026"),
        ("", "29 Dec 2026"),
        ("", "30 Dec 2026"),
    ]
    assert told([row(0, "middle", 10), row(2, "middle", 10)]) == [
        ("middle", "28 Dec 2026"),
        ("", "30 Dec 2026"),
    ]
    chances = [row(day, "middle", 10, chance=chance) for day, chance in enumerate((1.0, 1.0, 0.8))]
    assert [line[1] for line in told(chances, "2027-01-20T00:00:00+00:00")] == [
        "28-29 Dec 2026",
        "30 Dec 2026",
    ]
    assert told([none(0, "limits"), none(1, "limits"), none(2, "blocked")]) == [
        ("no route: limits", "28-29 Dec 2026"),
        ("no route: blocked", "30 Dec 2026"),
    ]


def test_the_dates_there_are_those_of_the_first_and_last_day() -> None:
    ((*_, by),) = lines([row(day, "middle", 10) for day in range(3)])
    text = profile_text(
        Profile({**ASKED, "days": 3, "deadline_at": None}, [row(day, "middle", 10) for day in range(3)],
                RunInfo("0", "base", ""))
    )  # fmt: skip
    assert by.strip() == "8-10 Jan 2027"
    assert "7-9 Jan 2027" in text


def test_the_table_is_joined_and_the_rest_keeps_a_row_a_day() -> None:
    shipment = make_shipment(NET.tables, "kz-w", "az-e", ready_at="2026-12-01")
    found = profile(NET, shipment, days=14)
    text = profile_text(found)
    assert text.count("1-14 Dec 2026") == 1
    assert len(text.split("\n\n")[1].splitlines()) == 2
    assert len(found.to_csv().splitlines()) == 15
    assert len(found.to_dict()["days"]) == found.to_frame().height == 14
