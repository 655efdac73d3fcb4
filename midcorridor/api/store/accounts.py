"""Accounts and their tokens. A token is shown once; only its digest is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from ...errors import Fault, InputError, did_you_mean
from .engine import accounts, audit, instant, new_id, now, tokens

# Each may do what those before it may.
ROLES = ("viewer", "planner", "admin")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,79}")
_TOKEN_BYTES = 32
PREFIX = "mc_"  # so that a token that leaks is recognised


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks."""

    account_id: str | None  # None where the server is open to all who reach it, or nobody said who they are
    name: str
    role: str  # none, or one of ROLES

    def may(self, role: str) -> bool:
        """Whether this one may do what a role may."""
        return self.role in ROLES and ROLES.index(self.role) >= ROLES.index(role)

    def sees(self, owner_id: str | None) -> bool:
        """Whether this one sees what an account owns."""
        return self.role == "admin" or (self.account_id is not None and self.account_id == owner_id)


LOCAL = Who(None, "local", "admin")
NOBODY = Who(None, "nobody", "none")


def digest_of(token: str) -> str:
    """What is kept of a token. It is random and long, so one round of a hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Accounts:
    """The accounts of a server."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, name: str, role: str) -> str:
        """A new account; its id. Raises InputError for a name that is taken or none, or another role."""
        if not _NAME.fullmatch(name):
            accepted = "1 to 80 letters, digits and . _ @ + -, the first a letter or digit"
            raise InputError(
                Fault("bad_name", f"{name[:80]!r} is no name of an account", "NAME", name[:80], accepted)
            )
        if role not in ROLES:
            what = f"{role[:40]!r} is no role"
            hint = did_you_mean(role[:40], ROLES)
            raise InputError(Fault("bad_role", what, "--role", role[:40], ", ".join(ROLES), hint))
        account_id = new_id()
        try:
            with self._engine.begin() as held:
                held.execute(
                    insert(accounts).values(account_id=account_id, name=name, role=role, created_at=now())
                )
        except IntegrityError:
            what = f"there is an account {name!r} already"
            raise InputError(Fault("repeated_name", what, "NAME", name, "another name")) from None
        return account_id

    def token(self, name: str, days: float) -> tuple[str, str]:
        """A new token of an account, with the instant when it ends. It cannot be read again later."""
        if not 0 < days <= 3650:
            what = f"{days:g} days are no life of a token"
            raise InputError(Fault("bad_days", what, "--days", f"{days:g}", "above 0 and at most 3650"))
        account = self._named(name)
        token = PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
        expires_at = instant(datetime.now(UTC) + timedelta(days=days))
        with self._engine.begin() as held:
            held.execute(
                insert(tokens).values(
                    token_id=new_id(),
                    account_id=account["account_id"],
                    digest=digest_of(token),
                    created_at=now(),
                    expires_at=expires_at,
                )
            )
        return token, expires_at

    def revoke(self, token_id: str) -> None:
        """End a token now. Raises InputError for one that is not there."""
        with self._engine.begin() as held:
            changed = held.execute(
                update(tokens)
                .where(tokens.c.token_id == token_id, tokens.c.revoked_at.is_(None))
                .values(revoked_at=now())
            )
        if not changed.rowcount:
            what = f"there is no token {token_id[:40]!r} that could be revoked"
            raise InputError(
                Fault("unknown_token", what, "TOKEN_ID", token_id[:40], "an id of: accounts list")
            )

    def disable(self, name: str) -> None:
        """End an account with all its tokens; what it owns stays. Raises InputError."""
        account = self._named(name)
        with self._engine.begin() as held:
            mine = accounts.c.account_id == account["account_id"]
            held.execute(update(accounts).where(mine).values(disabled_at=now()))

    def listed(self) -> list[dict[str, Any]]:
        """Every account with its tokens, which are known by their ids."""
        with self._engine.connect() as held:
            found = held.execute(select(accounts).order_by(accounts.c.name)).mappings().all()
            every = held.execute(select(tokens).order_by(tokens.c.created_at)).mappings().all()
        return [
            {
                **account,
                "tokens": [
                    {name: value for name, value in token.items() if name not in ("digest", "account_id")}
                    for token in every
                    if token["account_id"] == account["account_id"]
                ],
            }
            for account in found
        ]

    def of(self, token: str) -> Who | None:
        """Whose token it is; None for one that is unknown, expired or revoked."""
        digest = digest_of(token)
        with self._engine.connect() as held:
            row = (
                held.execute(
                    select(accounts, tokens.c.digest, tokens.c.expires_at, tokens.c.revoked_at)
                    .join(tokens, tokens.c.account_id == accounts.c.account_id)
                    .where(tokens.c.digest == digest)
                )
                .mappings()
                .first()
            )
        if row is None or not hmac.compare_digest(row["digest"], digest):
            return None
        if row["revoked_at"] is not None or row["disabled_at"] is not None or row["expires_at"] <= now():
            return None
        return Who(row["account_id"], row["name"], row["role"])

    def note(self, account: str, address: str, action: str, thing: str, status: int) -> None:
        """Write a line of the audit log."""
        with self._engine.begin() as held:
            held.execute(
                insert(audit).values(
                    at=now(),
                    account=account[:80],
                    address=address[:80],
                    action=action[:80],
                    object=thing[:200],
                    status=status,
                )
            )

    def audited(self, before: int | None, most: int) -> list[dict[str, Any]]:
        """Lines of the audit log, the newest first."""
        wanted = select(audit).order_by(audit.c.number.desc()).limit(most)
        if before is not None:
            wanted = wanted.where(audit.c.number < before)
        with self._engine.connect() as held:
            return [dict(row) for row in held.execute(wanted).mappings()]

    def _named(self, name: str) -> dict[str, Any]:
        with self._engine.connect() as held:
            row = held.execute(select(accounts).where(accounts.c.name == name)).mappings().first()
        if row is None:
            known = [account["name"] for account in self.listed()]
            what = f"there is no account {name[:80]!r}"
            hint = did_you_mean(name[:80], known)
            raise InputError(
                Fault("unknown_account", what, "NAME", name[:80], "a name of: accounts list", hint)
            )
        return dict(row)
