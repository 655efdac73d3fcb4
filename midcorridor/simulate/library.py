"""Named events that ship with the package, each a scenario of the year that is simulated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ..changes import Change
from ..dirs import shipped_data_dir
from ..errors import Fault, InputError, did_you_mean
from ..said import Said
from ..scenario import Scenario, read_scenario
from .naming import Names

WRITTEN_FOR = 2025  # the year whose days stand in the files
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def event_names() -> list[str]:
    """Names of the events, as `event` takes them."""
    return sorted(path.stem for path in _folder().glob("*.toml"))


def event(name: str, year: int = WRITTEN_FOR) -> Scenario:
    """An event of the library on the same days of a year. Raises InputError for a name that is none."""
    if name not in event_names():
        hint, accepted = did_you_mean(name, event_names()), ", ".join(event_names())
        what = Said("event_unknown", got=name)
        raise InputError(Fault("unknown_event", what, "event", name, accepted, hint))
    scenario = read_scenario(_folder() / f"{name}.toml")
    return replace(scenario, changes=tuple(_moved(change, year - WRITTEN_FOR) for change in scenario.changes))


def event_list(names: Names, year: int = WRITTEN_FOR) -> list[dict[str, Any]]:
    """What there is to choose from: name, what it is called and about, its days in a year, where it acts.

    begins, ends : None where it lasts
    places : terminals, links and fleets that it names, as people call them
    """
    found = []
    for name in event_names():
        made = event(name, year)
        first, last = days_of(made)
        row: dict[str, Any] = {"event": name, "name": made.name, "description": made.description}
        row |= {"begins": first and first.isoformat(), "ends": last and last.isoformat()}
        found.append(row | {"places": list(dict.fromkeys(_places(made, names)))})
    return found


def _places(made: Scenario, names: Names) -> Iterator[str]:
    for change in made.changes:
        cells = change.value if isinstance(change.value, dict) else {}
        for each in cells.get("scope_ids", ()):
            fleet = names.fleets.get(each)
            link = names.link(each) if each in names.links else names.terminal(each)
            yield str(fleet["name"]) if fleet else link


def days_of(scenario: Scenario) -> tuple[date | None, date | None]:
    """First and last day of what a scenario adds with days of their own; None where it lasts."""
    rows = [change.value for change in scenario.changes if change.operation == "add"]
    begins = [_day(row.get("valid_from")) for row in rows]
    ends = [_day(row.get("valid_until")) for row in rows]
    dated = len(rows) == len(scenario.changes) and rows
    known = [day for day in begins if day is not None], [day for day in ends if day is not None]
    first = min(known[0]) if dated and len(known[0]) == len(rows) else None
    last = max(known[1]) if dated and len(known[1]) == len(rows) else None
    return first, last


def _folder() -> Path:
    return shipped_data_dir() / "events"


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value


def _moved(change: Change, years: int) -> Change:
    """The same change so many years later; a row that is named after its year is that of the other year."""
    if change.operation == "add":
        days = {
            name: _later(cell, years) if name in ("valid_from", "valid_until") else cell
            for name, cell in change.value.items()
        }
        return replace(change, value=days)
    return replace(change, key=re.sub(rf"-{WRITTEN_FOR}$", f"-{WRITTEN_FOR + years}", change.key))


def _later(day: Any, years: int) -> Any:
    found = _DAY.fullmatch(str(day))
    return f"{int(found[1]) + years}-{found[2]}-{found[3]}" if found else day
