"""The tables of the database, and how it is opened."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ...errors import Fault, InputError

METADATA = MetaData()
# Instants are texts of UTC, alike in both databases, which sort as they should.
accounts = Table(
    "accounts",
    METADATA,
    Column("account_id", String(40), primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("disabled_at", String(40)),
)
tokens = Table(
    "tokens",
    METADATA,
    Column("token_id", String(40), primary_key=True),
    Column("account_id", String(40), ForeignKey("accounts.account_id"), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of the token, which is not kept
    Column("created_at", String(40), nullable=False),
    Column("expires_at", String(40), nullable=False),
    Column("revoked_at", String(40)),
)
scenarios = Table(
    "scenarios",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("scenario_id", String(40), nullable=False, unique=True),
    Column("owner_id", String(40), index=True),
    Column("parent_id", String(40)),
    Column("version", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("content", Text, nullable=False),  # JSON in the shape of a scenario file
    Column("share_digest", String(64), unique=True),
    Column("created_at", String(40), nullable=False),
    Column("updated_at", String(40), nullable=False),
    sqlite_autoincrement=True,
)
jobs = Table(
    "jobs",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("job_id", String(40), nullable=False, unique=True),
    Column("owner_id", String(40), index=True),
    Column("verb", String(40), nullable=False),
    Column("request", Text, nullable=False),  # JSON: what the verb was asked
    Column("state", String(20), nullable=False),
    Column("seq", Integer, nullable=False),  # grows with every change, for who follows it
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("error", Text),  # JSON: name and faults
    Column("result", Text),  # name of the file
    Column("media_type", String(80)),
    Column("size", Integer),
    Column("attempts", Integer, nullable=False),
    Column("leased_by", String(40)),
    Column("leased_until", String(40)),
    Column("cancel", Integer, nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("started_at", String(40)),
    Column("finished_at", String(40)),
    Index("jobs_by_state", "state", "number"),
    sqlite_autoincrement=True,
)
audit = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("account", String(80), nullable=False),
    Column("address", String(80), nullable=False),
    Column("action", String(80), nullable=False),
    Column("object", String(200), nullable=False),
    Column("status", Integer, nullable=False),
    sqlite_autoincrement=True,
)


def open_engine(url: str) -> Engine:
    """The database at an address, with its tables made. Raises InputError where it cannot be opened."""
    try:
        address = make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        if address.get_backend_name() not in ("sqlite", "postgresql"):
            raise ArgumentError("neither SQLite nor PostgreSQL")
        engine = create_engine(address, pool_pre_ping=True, hide_parameters=True)
        if address.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _careful)
        METADATA.create_all(engine)
        missing = [
            f"{table.name}.{column.name}"
            for table in METADATA.sorted_tables
            for column in table.columns
            if column.name not in {each["name"] for each in inspect(engine).get_columns(table.name)}
        ]
    except ModuleNotFoundError:
        what = "PostgreSQL needs psycopg, which is not installed"
        hint = "Install it with: pip install 'midcorridor[postgres]'"
        raise InputError(Fault("missing_extra", what, "--database", hint=hint)) from None
    except (ArgumentError, SQLAlchemyError) as reason:
        accepted = "sqlite:////folder/file.db or postgresql://user@host/name"
        # The address may hold a password, so it is not repeated.
        what = f"the database cannot be opened ({type(reason).__name__})"
        raise InputError(Fault("no_database", what, "--database", accepted=accepted)) from None
    if missing:
        what = f"the database was made by another version: it lacks {', '.join(missing)}"
        raise InputError(Fault("other_database", what, "--database", hint="Use another database"))
    if engine.dialect.name == "sqlite" and address.database:
        Path(address.database).chmod(0o600)
    return engine


def _careful(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # what was answered with 201 is on the disk
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def now() -> str:
    """This instant as it is kept."""
    return instant(datetime.now(UTC))


def instant(at: datetime) -> str:
    """An instant as it is kept: UTC, to the microsecond, always of the same length."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_id() -> str:
    """A name that nobody has and nobody guesses: 128 bits."""
    return secrets.token_urlsafe(16)
