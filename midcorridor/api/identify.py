"""Who asks, how often, and what they changed: tokens, a bucket for each caller, the audit log."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import Fault
from ..said import Said
from .guards import refuse
from .problems import Problem
from .settings import Settings
from .store import Accounts, Who
from .store.accounts import LOCAL, NOBODY

# So many callers are remembered; who has not come for long has a full bucket anyway.
_MOST_BUCKETS = 10_000
# Seconds of requests that may come at once.
_BURST_S = 5.0
# Wrong tokens from one address: 256 bits are not guessed, but each try costs a look.
_WRONG_PER_S, _WRONG_BURST = 0.2, 10.0
# A token that was good a moment ago is not looked up again; it may so outlive its end by this.
_FRESH_S = 5.0
_NOTED = ("/v1/scenarios", "/v1/jobs", "/v1/plan-many", "/v1/accounts")


class Buckets:
    """A bucket of tokens for each caller, refilled at a rate."""

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_s, self._burst = per_s, burst
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()  # level, and when it was so

    def level(self, caller: str, at: float | None = None) -> float:
        """What is in a bucket; a caller that was not seen before has a full one."""
        at = time.monotonic() if at is None else at
        level, before = self._held.get(caller, (self._burst, at))
        return min(self._burst, level + (at - before) * self._per_s)

    def wait_s(self, caller: str, at: float | None = None) -> float:
        """Take one from a bucket; 0, or how long until there is one in it, when nothing is taken."""
        at = time.monotonic() if at is None else at
        level = self.level(caller, at)
        enough = level >= 1.0
        self._held[caller] = (level - 1.0 if enough else level, at)
        self._held.move_to_end(caller)
        while len(self._held) > _MOST_BUCKETS:
            self._held.popitem(last=False)
        return 0.0 if enough else (1.0 - level) / self._per_s


class Identify:
    """Finds who asks, and refuses who asks too often or with a token that is none."""

    def __init__(self, app: ASGIApp, settings: Settings, accounts: Accounts) -> None:
        self.app = app
        self._auth, self._accounts = settings.auth, accounts
        rate = settings.rate()
        self._buckets = Buckets(rate, max(10.0, rate * _BURST_S)) if rate else None
        self._wrong = Buckets(_WRONG_PER_S, _WRONG_BURST)
        self._fresh: OrderedDict[str, tuple[float, Who]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with who asks in its state, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        address = str((scope.get("client") or ("unknown",))[0])
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        who = NOBODY
        try:
            who = await self._who(scope, address)
            scope.setdefault("state", {})["who"] = who
            self._slow_down(who, address)
            await self.app(scope, receive, sending)
        except Problem as problem:
            await refuse(sending, problem)
        finally:
            if _is_noted(scope, status):
                action = f"{scope['method']} {getattr(scope.get('route'), 'path', '')}"
                thing = " ".join(map(str, scope.get("path_params", {}).values()))
                if "shared" in scope["path"]:
                    thing = ""  # a link is a secret
                with suppress(SQLAlchemyError):
                    await asyncio.to_thread(self._accounts.note, who.name, address, action, thing, status)

    async def _who(self, scope: Scope, address: str) -> Who:
        if not self._auth:
            return LOCAL
        header = next((v for name, v in scope["headers"] if name == b"authorization"), b"").decode("latin-1")
        if not header:
            return NOBODY
        kind, _, token = header.partition(" ")
        token = token.strip()
        found = self._fresh.get(token)
        if found is not None and time.monotonic() - found[0] < _FRESH_S:
            return found[1]
        if self._wrong.level(address) < 1.0:
            raise _slower(1 / _WRONG_PER_S)
        who = None
        if kind.lower() == "bearer" and 0 < len(token) <= 200:
            who = await asyncio.to_thread(self._accounts.of, token)
        if who is None:
            self._wrong.wait_s(address)
            fault = Fault("bad_token", Said("bad_token"), "Authorization",
                          accepted="Bearer and a token of: midcorridor accounts token NAME")  # fmt: skip
            raise Problem(401, fault, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        self._fresh[token] = (time.monotonic(), who)
        while len(self._fresh) > _MOST_BUCKETS:
            self._fresh.popitem(last=False)
        return who

    def _slow_down(self, who: Who, address: str) -> None:
        if self._buckets is None:
            return
        wait_s = self._buckets.wait_s(who.account_id or address)
        if wait_s:
            raise _slower(wait_s)


def _slower(wait_s: float) -> Problem:
    fault = Fault("too_often", Said("too_often"), hint=Said("wait_told"))
    return Problem(429, fault, headers={"Retry-After": str(max(1, round(wait_s + 0.5)))})


def _is_noted(scope: Scope, status: int) -> bool:
    changes = scope["method"] not in ("GET", "HEAD", "OPTIONS")
    return (changes and scope["path"].startswith(_NOTED)) or status in (401, 403)
