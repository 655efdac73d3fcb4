"""Scenarios with a version that grows, so that nobody overwrites what somebody else has written."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update

from .accounts import Who, digest_of
from .engine import new_id, now, scenarios


@dataclass(frozen=True, slots=True)
class Kept:
    """One stored scenario."""

    number: int
    scenario_id: str
    owner_id: str | None
    parent_id: str | None
    version: int
    name: str
    content: Mapping[str, Any]  # in the shape of its file
    shared: bool
    created_at: str
    updated_at: str

    def head(self) -> dict[str, Any]:
        """What a list tells of it."""
        return {
            "scenario_id": self.scenario_id,
            "name": self.name,
            "description": self.content.get("description", ""),
            "changes": len(self.content.get("change", ())),
            "version": self.version,
            "parent_id": self.parent_id,
            "shared": self.shared,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }

    def to_dict(self) -> dict[str, Any]:
        """All of it."""
        return {**self.head(), "scenario": dict(self.content)}


class Scenarios:
    """The scenarios of a server. What somebody does not see is to them as if it were not there."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, who: Who) -> int:
        """How many somebody owns."""
        wanted = select(func.count()).where(scenarios.c.owner_id.is_not_distinct_from(who.account_id))
        with self._engine.connect() as held:
            return int(held.execute(wanted).scalar_one())

    def add(self, who: Who, content: Mapping[str, Any], parent_id: str | None = None) -> Kept:
        """Keep a new scenario."""
        at, scenario_id = now(), new_id()
        with self._engine.begin() as held:
            held.execute(
                insert(scenarios).values(
                    scenario_id=scenario_id,
                    owner_id=who.account_id,
                    parent_id=parent_id,
                    version=1,
                    name=content["name"],
                    content=json.dumps(content, ensure_ascii=False),
                    created_at=at,
                    updated_at=at,
                )
            )
        found = self.get(who, scenario_id)
        assert found is not None
        return found

    def get(self, who: Who, name: str) -> Kept | None:
        """A scenario by its id, or by the token under which it is shared, whoever asks."""
        table = scenarios.c
        with self._engine.connect() as held:
            row = held.execute(select(scenarios).where(table.scenario_id == name)).mappings().first()
            if row is not None and who.sees(row["owner_id"]):
                return _kept(row)
        return self.shared(name)

    def shared(self, token: str) -> Kept | None:
        """A scenario by the token under which it is shared."""
        wanted = select(scenarios).where(scenarios.c.share_digest == digest_of(token))
        with self._engine.connect() as held:
            row = held.execute(wanted).mappings().first()
        return None if row is None else _kept(row)

    def owned(self, who: Who, scenario_id: str) -> Kept | None:
        """A scenario that somebody may change."""
        found = self.get(who, scenario_id)
        return found if found and found.scenario_id == scenario_id and who.sees(found.owner_id) else None

    def listed(self, who: Who, most: int, before: int | None, text: str = "") -> list[Kept]:
        """Those that somebody sees, the newest first."""
        wanted = select(scenarios).order_by(scenarios.c.number.desc()).limit(most)
        if who.role != "admin":
            wanted = wanted.where(scenarios.c.owner_id == who.account_id)
        if before is not None:
            wanted = wanted.where(scenarios.c.number < before)
        if text:
            wanted = wanted.where(func.lower(scenarios.c.name).contains(text.lower(), autoescape=True))
        with self._engine.connect() as held:
            return [_kept(row) for row in held.execute(wanted).mappings()]

    def change(self, scenario_id: str, version: int, content: Mapping[str, Any]) -> bool:
        """Replace the content of a version; False where it is another version by now."""
        changed = (
            update(scenarios)
            .where(scenarios.c.scenario_id == scenario_id, scenarios.c.version == version)
            .values(
                version=version + 1,
                name=content["name"],
                content=json.dumps(content, ensure_ascii=False),
                updated_at=now(),
            )
        )
        with self._engine.begin() as held:
            return bool(held.execute(changed).rowcount)

    def remove(self, scenario_id: str, version: int) -> bool:
        """Remove a version; False where it is another version by now."""
        gone = delete(scenarios).where(scenarios.c.scenario_id == scenario_id, scenarios.c.version == version)
        with self._engine.begin() as held:
            return bool(held.execute(gone).rowcount)

    def share(self, scenario_id: str) -> str:
        """A token with which anybody may read it; the one before it ends."""
        token = "sc_" + secrets.token_urlsafe(32)
        with self._engine.begin() as held:
            held.execute(
                update(scenarios)
                .where(scenarios.c.scenario_id == scenario_id)
                .values(share_digest=digest_of(token))
            )
        return token

    def unshare(self, scenario_id: str) -> None:
        """End the sharing."""
        with self._engine.begin() as held:
            mine = scenarios.c.scenario_id == scenario_id
            held.execute(update(scenarios).where(mine).values(share_digest=None))


def _kept(row: Mapping[Any, Any]) -> Kept:
    cells = {name: row[name] for name in Kept.__slots__ if name not in ("content", "shared")}
    return Kept(**cells, content=json.loads(row["content"]), shared=row["share_digest"] is not None)
