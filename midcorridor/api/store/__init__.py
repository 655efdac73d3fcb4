"""What a server keeps: scenarios, jobs, accounts and an audit log, in SQLite or PostgreSQL."""

from __future__ import annotations

from .accounts import Accounts, Who
from .engine import open_engine
from .jobs import Job, Jobs
from .scenarios import Kept, Scenarios

__all__ = ["Accounts", "Job", "Jobs", "Kept", "Scenarios", "Who", "open_engine"]
