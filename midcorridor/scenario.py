"""Changes to a network: a name and an ordered list, kept as TOML."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from .changes import OPERATIONS, Change, apply_changes
from .errors import Fault, ScenarioError, did_you_mean
from .network import Network

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIELDS = ("operation", "table", "key", "column", "value", "from", "until", "note")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A name and changes in the order in which they are made."""

    name: str
    changes: tuple[Change, ...]
    description: str = ""

    def apply(self, network: Network) -> Network:
        """A new network with the changes made; the one given stays as it is.

        Changes with dates are checked now and take effect on their days only.
        Raises ScenarioError that gathers every change that names what is not there.
        """
        tables = apply_changes(network.tables, self.changes)
        # From the first change with dates on, all wait for the day, so that they keep their order.
        first = next((at for at, change in enumerate(self.changes) if _dated(change)), len(self.changes))
        if network.dated:
            first = 0
        dated = self.changes[first:]
        if dated:
            tables = apply_changes(network.tables, self.changes[:first])
        name = self.name if network.scenario == "base" else f"{network.scenario} + {self.name}"
        return Network(tables, name, network.dated + dated, network, network.money_of)

    def to_dict(self) -> dict[str, Any]:
        """The same in the shape of its file, for JSON; `make_scenario` reads it back."""
        return {
            "name": self.name,
            "description": self.description,
            "change": [_block(change) for change in self.changes],
        }

    def to_toml(self) -> str:
        """The scenario as a file that `read_scenario` reads back."""
        lines = [f"name = {_toml(self.name)}"]
        if self.description:
            lines.append(f"description = {_toml(self.description)}")
        for change in self.changes:
            lines += ["", "[[change]]", f"operation = {_toml(change.operation)}"]
            lines += [f"table = {_toml(change.table)}", f"key = {_toml(change.key)}"]
            if change.column:
                lines.append(f"column = {_toml(change.column)}")
            if change.value is not None:
                lines.append(f"value = {_toml(change.value)}")
            if change.valid_from:
                lines.append(f"from = {change.valid_from.isoformat()}")
            if change.valid_until:
                lines.append(f"until = {change.valid_until.isoformat()}")
        return "\n".join(lines) + "\n"


def read_scenario(path: Path) -> Scenario:
    """A scenario from a TOML file. Raises ScenarioError that gathers every fault of the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ScenarioError(Fault("missing_file", f"there is no file {str(path)!r}", "--scenario")) from None
    except (OSError, UnicodeDecodeError) as reason:
        raise ScenarioError(Fault("unreadable_file", f"cannot be read ({reason})", path.name)) from None
    return parse_scenario(text, path.name)


def parse_scenario(text: str, where: str = "scenario.toml") -> Scenario:
    """A scenario from TOML text; see `read_scenario`."""
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as reason:
        raise ScenarioError(Fault("malformed_toml", f"is not TOML ({reason})", where)) from None
    return make_scenario(content, where)


def make_scenario(content: Mapping[str, Any], where: str = "scenario") -> Scenario:
    """A scenario from what its file holds, or the same as JSON, where days are texts such as 2026-12-01.

    Raises ScenarioError that gathers every fault.
    """
    faults: list[Fault] = []
    for word in content:
        if word not in ("name", "description", "change"):
            faults.append(
                Fault(
                    "unknown_field",
                    f"there is no field {word!r}",
                    where,
                    word,
                    "name, description and [[change]] blocks",
                    did_you_mean(word, ("name", "description", "change")),
                )
            )
    name = content.get("name")
    if not isinstance(name, str) or not name.strip():
        faults.append(Fault("missing_field", "the scenario has no name", where, accepted='name = "..."'))
    blocks = content.get("change", [])
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        faults.append(Fault("bad_field", "change is not a list", where, accepted="[[change]] blocks"))
        blocks = []
    changes = []
    for number, block in enumerate(blocks, 1):
        place = f"{where} change {number}"
        found = _read_change(_with_days(block), place)
        faults.extend(found[1])
        if found[0] is not None:
            changes.append(found[0])
    if faults:
        raise ScenarioError(faults)
    return Scenario(str(name), tuple(changes), str(content.get("description", "")))


def _with_days(block: Mapping[str, Any]) -> dict[str, Any]:
    """A block whose texts of days are days; what is none stays and is refused."""
    found = dict(block)
    for word in ("from", "until"):
        text = found.get(word)
        if isinstance(text, str) and _DAY.fullmatch(text):
            with suppress(ValueError):
                found[word] = date.fromisoformat(text)
    return found


def _read_change(block: Mapping[str, Any], place: str) -> tuple[Change | None, list[Fault]]:
    faults = []
    for word in block:
        if word not in _FIELDS:
            faults.append(
                Fault(
                    "unknown_field",
                    f"there is no field {word!r}",
                    place,
                    word,
                    ", ".join(_FIELDS),
                    did_you_mean(word, _FIELDS),
                )
            )
    operation = block.get("operation")
    if operation not in OPERATIONS:
        faults.append(
            Fault(
                "bad_operation",
                f"{operation!r} is no operation",
                place,
                str(operation),
                ", ".join(OPERATIONS),
                did_you_mean(str(operation), OPERATIONS),
            )
        )
    for word in ("table", "key"):
        if not isinstance(block.get(word), str) or not block.get(word):
            faults.append(Fault("missing_field", f"{word} is missing", place, accepted=f'{word} = "..."'))
    if operation in ("set", "scale") and not isinstance(block.get("column"), str):
        faults.append(Fault("missing_field", f"{operation} needs a column", place, accepted='column = "..."'))
    takes = {"set": ("column", "value"), "scale": ("column", "value"), "add": ("value",)}
    for word in ("column", "value"):
        if operation in OPERATIONS and word in block and word not in takes.get(str(operation), ()):
            faults.append(
                Fault("bad_field", f"{operation} takes no {word}", place, str(block[word]), "to leave it out")
            )
    if operation in ("set", "scale", "add") and "value" not in block:
        faults.append(Fault("missing_field", f"{operation} needs a value", place, accepted="value = ..."))
    factor = block.get("value")
    if operation == "scale" and (
        isinstance(factor, bool)
        or not isinstance(factor, (int, float))
        or not math.isfinite(factor)
        or factor < 0
    ):
        faults.append(
            Fault("bad_value", f"{factor!r} is no factor", place, str(factor), "a number of 0 or more")
        )
    if operation == "add" and not isinstance(factor, dict):
        faults.append(
            Fault("bad_value", "add needs the cells of the row", place, accepted="value = { column = ... }")
        )
    for word in ("from", "until"):
        if word in block and type(block[word]) is not date:
            faults.append(
                Fault("bad_date", f"{word} is no date", place, str(block[word]), f"{word} = 2026-12-01")
            )
    start, end = block.get("from"), block.get("until")
    if not faults and start and end and end < start:
        faults.append(Fault("bad_order", f"until {end} is before from {start}", place))
    if faults:
        return None, faults
    return (
        Change(str(operation), block["table"], block["key"], block.get("column", ""), factor, start, end),
        [],
    )


def _block(change: Change) -> dict[str, Any]:
    days = {"from": change.valid_from, "until": change.valid_until}
    block: dict[str, Any] = {
        "operation": change.operation,
        "table": change.table,
        "key": change.key,
        "column": change.column or None,
        "value": change.value,
        **{word: day and day.isoformat() for word, day in days.items()},
    }
    return {word: value for word, value in block.items() if value is not None}


def _dated(change: Change) -> bool:
    # A close carries its dates into the closure that it makes.
    return change.operation != "close" and bool(change.valid_from or change.valid_until)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(str(key))} = {_toml(item)}" for key, item in value.items()) + " }"
    # JSON and TOML escape alike, but for the delete character, which TOML takes only escaped.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
