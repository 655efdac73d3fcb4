"""Where data, cache and settings live, by the platform's convention.

Each directory can be moved with an environment variable: ``MIDCORRIDOR_DATA``,
``MIDCORRIDOR_CACHE``, ``MIDCORRIDOR_CONFIG``, ``MIDCORRIDOR_STATE``.
Nothing is created until something is written.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).parent


def shipped_data_dir() -> Path:
    """The tables and the base map that come with the package; MIDCORRIDOR_DATA replaces them."""
    override = os.environ.get("MIDCORRIDOR_DATA")
    return Path(override) if override else PACKAGE / "data"


def cache_dir() -> Path:
    """Files that can be made again, such as compiled kernels."""
    override = os.environ.get("MIDCORRIDOR_CACHE")
    return Path(override) if override else Path(platformdirs.user_cache_dir("midcorridor"))


def state_dir() -> Path:
    """What a server keeps: its database and the results of its jobs."""
    override = os.environ.get("MIDCORRIDOR_STATE")
    return Path(override) if override else Path(platformdirs.user_state_dir("midcorridor"))


def config_dir() -> Path:
    """The user's own settings."""
    override = os.environ.get("MIDCORRIDOR_CONFIG")
    return Path(override) if override else Path(platformdirs.user_config_dir("midcorridor"))
