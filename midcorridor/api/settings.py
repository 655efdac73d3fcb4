"""How a server was asked to run."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from ..dirs import state_dir

# Typing and dragging on a map come to some ten requests a second.
_RATE_PER_S = 20.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one caller may ask of a server, and how long anything may take."""

    head_bytes: int = 16_384  # the address and the headers of a request
    body_bytes: int = 2_000_000  # of a question; a file of shipments has its own
    shipments_bytes: int = 20_000_000
    depth: int = 20  # of brackets in a JSON body
    shipments: int = 100_000  # in one job
    changes: int = 500  # in one scenario
    answer_s: float = 30.0  # a worker that takes longer is ended and replaced
    body_s: float = 20.0  # for a body to arrive
    waiting: int = 64  # questions that wait for a worker; more are sent away with 503
    jobs_running: int = 1
    jobs_waiting: int = 50  # of one account; more are refused
    job_s: float = 3600.0
    job_days: float = 7.0  # after so many days a finished job is removed with its result
    scenarios: int = 1000  # of one account


@dataclass(frozen=True, slots=True)
class Settings:
    """One server."""

    host: str = "127.0.0.1"
    port: int = 8765
    workers: int | None = None  # processes that answer; None: one a core
    data: tuple[Path, ...] = ()  # folders of tables laid over the shipped ones
    state: Path | None = None  # folder of the database and of results; None: that of the user
    database: str | None = None  # address of another database, such as postgresql://...
    auth: bool = False  # who asks must have a token; else everybody who reaches the server may do everything
    rate_per_s: float | None = None  # requests of one caller; None: no bound where all are local
    quiet: bool = False  # no line for each request
    limits: Limits = field(default_factory=Limits)

    def rate(self) -> float:
        """Requests a second that one caller may make in the long run; 0 for any number."""
        if self.rate_per_s is not None:
            return self.rate_per_s
        return 0.0 if self.is_local and not self.auth else _RATE_PER_S

    def state_dir(self) -> Path:
        """The folder of what the server keeps, made when it is not there, for the owner alone."""
        folder = self.state or state_dir()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def database_url(self) -> str:
        """Where scenarios, jobs and accounts are kept."""
        return self.database or f"sqlite:///{self.state_dir() / 'midcorridor.db'}"

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
