"""How a server was asked to run."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """What one caller may ask of a server, and how long anything may take."""

    body_bytes: int = 2_000_000  # of a question; a file of shipments has its own
    shipments_bytes: int = 50_000_000
    depth: int = 20  # of brackets in a JSON body
    shipments: int = 100_000  # in one job
    changes: int = 500  # in one scenario
    answer_s: float = 30.0  # a worker that takes longer is ended and replaced
    body_s: float = 20.0  # for a body to arrive
    waiting: int = 64  # questions that wait for a worker; more are sent away with 503


@dataclass(frozen=True, slots=True)
class Settings:
    """One server."""

    host: str = "127.0.0.1"
    port: int = 8765
    workers: int | None = None  # processes that answer; None: one a core
    data: tuple[Path, ...] = ()  # folders of tables laid over the shipped ones
    limits: Limits = field(default_factory=Limits)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("[::1]"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    bare = host.strip("[]").rstrip(".").lower()
    if bare == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False
