"""Jobs as the database keeps them: what was asked, how far it has come, and who works on it until when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, func, insert, select, update

from .accounts import Who
from .engine import instant, jobs, new_id, now

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
STATES = (QUEUED, RUNNING, DONE, FAILED, CANCELLED)
ENDED = (DONE, FAILED, CANCELLED)
# A server that says nothing for so long is taken to be gone, and its jobs are begun again by another.
LEASE_S = 30.0
# A job that ends its server so often is not begun again.
MOST_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Job:
    """One job."""

    number: int
    job_id: str
    owner_id: str | None
    verb: str
    request: Mapping[str, Any]
    state: str
    seq: int
    done: int
    total: int  # 0 where it is not known
    text: str
    error: Mapping[str, Any] | None
    result: str | None
    media_type: str | None
    size: int | None
    attempts: int
    cancel: bool
    created_at: str
    started_at: str | None
    finished_at: str | None

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in ENDED

    def to_dict(self) -> dict[str, Any]:
        """What its owner is told."""
        links = {"self": f"/v1/jobs/{self.job_id}", "events": f"/v1/jobs/{self.job_id}/events"}
        if self.state == DONE:
            links["result"] = f"/v1/jobs/{self.job_id}/result"
        return {
            "job_id": self.job_id,
            "verb": self.verb,
            "state": self.state,
            "done": self.done,
            "total": self.total or None,
            "text": self.text,
            "error": self.error,
            "media_type": self.media_type,
            "size": self.size,
            "attempts": self.attempts,
            "created_at": self.created_at,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "links": links,
        }


class Jobs:
    """The jobs of a server, or of several that share a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unfinished(self, who: Who) -> int:
        """How many jobs of somebody wait or run."""
        wanted = select(func.count()).where(
            jobs.c.owner_id.is_not_distinct_from(who.account_id), jobs.c.state.in_((QUEUED, RUNNING))
        )
        with self._engine.connect() as held:
            return int(held.execute(wanted).scalar_one())

    def counts(self) -> dict[str, int]:
        """How many jobs are in each state."""
        with self._engine.connect() as held:
            found = held.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state)).all()
        return dict.fromkeys(STATES, 0) | {str(state): int(count) for state, count in found}

    def add(self, who: Who, verb: str, request: Mapping[str, Any], job_id: str | None = None) -> Job:
        """Take a job; it waits for its turn."""
        job_id = job_id or new_id()
        values = {
            "job_id": job_id,
            "owner_id": who.account_id,
            "verb": verb,
            "request": json.dumps(request, ensure_ascii=False),
            "state": QUEUED,
            "text": "",
            "created_at": now(),
            **dict.fromkeys(("seq", "done", "total", "attempts", "cancel"), 0),
        }
        with self._engine.begin() as held:
            held.execute(insert(jobs).values(values))
        found = self.get(job_id)
        assert found is not None
        return found

    def get(self, job_id: str) -> Job | None:
        """A job, whoever owns it."""
        found = self.many((job_id,))
        return found[0] if found else None

    def many(self, job_ids: Iterable[str]) -> list[Job]:
        """Jobs by their ids."""
        with self._engine.connect() as held:
            rows = held.execute(select(jobs).where(jobs.c.job_id.in_(list(job_ids)))).mappings()
            return [_job(row) for row in rows]

    def listed(
        self, who: Who, most: int, before: int | None, states: Sequence[str] = (), verb: str | None = None
    ) -> list[Job]:
        """Those that somebody sees, the newest first."""
        wanted = select(jobs).order_by(jobs.c.number.desc()).limit(most)
        if who.role != "admin":
            wanted = wanted.where(jobs.c.owner_id == who.account_id)
        if before is not None:
            wanted = wanted.where(jobs.c.number < before)
        if states:
            wanted = wanted.where(jobs.c.state.in_(states))
        if verb is not None:
            wanted = wanted.where(jobs.c.verb == verb)
        with self._engine.connect() as held:
            return [_job(row) for row in held.execute(wanted).mappings()]

    def claim(self, server: str) -> Job | None:
        """The job whose turn it is, now run by this server; None where none waits."""
        with self._engine.begin() as held:
            waiting = (
                select(jobs.c.job_id).where(jobs.c.state == QUEUED).order_by(jobs.c.number).limit(1)
            ).with_for_update(skip_locked=True)
            job_id = held.execute(waiting).scalar()
            if job_id is None:
                return None
            taken = held.execute(
                update(jobs)
                .where(jobs.c.job_id == job_id, jobs.c.state == QUEUED)
                .values(
                    state=RUNNING,
                    seq=jobs.c.seq + 1,
                    attempts=jobs.c.attempts + 1,
                    leased_by=server,
                    leased_until=_until(),
                    started_at=now(),
                )
            )
        return self.get(job_id) if taken.rowcount else None

    def progress(self, server: str, job_id: str, done: int, total: int, text: str) -> Job | None:
        """How far it has come, and that the server still works on it; None where it does no more."""
        changed = _mine(server, job_id).values(
            seq=jobs.c.seq + 1, done=done, total=total, text=text[:500], leased_until=_until()
        )
        return self._changed(changed, job_id)

    def renew(self, server: str, job_id: str) -> Job | None:
        """Say that the server still works on it; None where it does no more."""
        return self._changed(_mine(server, job_id).values(leased_until=_until()), job_id)

    def finish(self, server: str, job_id: str, state: str, **values: Any) -> Job | None:
        """End a job; None where it is not this server's any more."""
        changed = _mine(server, job_id).values(
            state=state, seq=jobs.c.seq + 1, finished_at=now(), leased_by=None, leased_until=None, **values
        )
        return self._changed(changed, job_id)

    def cancel(self, job_id: str) -> Job | None:
        """End a job that waits, and have one that runs ended by the server that runs it."""
        with self._engine.begin() as held:
            held.execute(
                update(jobs)
                .where(jobs.c.job_id == job_id, jobs.c.state == QUEUED)
                .values(state=CANCELLED, seq=jobs.c.seq + 1, finished_at=now())
            )
            running = (jobs.c.job_id == job_id, jobs.c.state == RUNNING)
            held.execute(update(jobs).where(*running).values(cancel=1))
        return self.get(job_id)

    def remove(self, job_id: str) -> bool:
        """Forget a job that has ended."""
        gone = delete(jobs).where(jobs.c.job_id == job_id, jobs.c.state.in_(ENDED))
        with self._engine.begin() as held:
            return bool(held.execute(gone).rowcount)

    def old(self, days: float) -> list[Job]:
        """Jobs that ended so many days ago."""
        before = instant(datetime.now(UTC) - timedelta(days=days))
        wanted = select(jobs).where(jobs.c.state.in_(ENDED), jobs.c.finished_at < before).limit(1000)
        with self._engine.connect() as held:
            return [_job(row) for row in held.execute(wanted).mappings()]

    def put_back(self, *, every: bool = False) -> int:
        """Have jobs begun again whose server is gone; how many.

        every : all that run, for a server that is alone with its database and has just started
        """
        lost = [jobs.c.state == RUNNING]
        if not every:
            lost.append(jobs.c.leased_until < now())
        fault = {"code": "worker_gone", "what": f"it ended its worker {MOST_ATTEMPTS} times"}
        with self._engine.begin() as held:
            held.execute(
                update(jobs)
                .where(*lost, jobs.c.cancel == 1)
                .values(state=CANCELLED, seq=jobs.c.seq + 1, finished_at=now())
            )
            held.execute(
                update(jobs)
                .where(*lost, jobs.c.attempts >= MOST_ATTEMPTS)
                .values(
                    state=FAILED,
                    seq=jobs.c.seq + 1,
                    finished_at=now(),
                    error=json.dumps({"error": "JobError", "faults": [fault]}),
                )
            )
            return held.execute(
                update(jobs)
                .where(*lost, jobs.c.attempts < MOST_ATTEMPTS)
                .values(state=QUEUED, seq=jobs.c.seq + 1, leased_by=None, leased_until=None, done=0, text="")
            ).rowcount

    def _changed(self, statement: Any, job_id: str) -> Job | None:
        with self._engine.begin() as held:
            if not held.execute(statement).rowcount:
                return None
        return self.get(job_id)


def _mine(server: str, job_id: str) -> Any:
    return update(jobs).where(jobs.c.job_id == job_id, jobs.c.state == RUNNING, jobs.c.leased_by == server)


def _until() -> str:
    return instant(datetime.now(UTC) + timedelta(seconds=LEASE_S))


def _job(row: Mapping[Any, Any]) -> Job:
    cells = {name: row[name] for name in Job.__slots__}
    cells["request"] = json.loads(row["request"])
    cells["error"] = None if row["error"] is None else json.loads(row["error"])
    cells["cancel"] = bool(row["cancel"])
    return Job(**cells)
