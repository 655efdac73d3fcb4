"""The HTTP API of `midcorridor serve`: it parses, hands a question to a worker and gives its answer.

Nothing here knows freight. What a verb takes is read from its command, what it gives is what the command
prints with `--format json`, and every answer is made in a worker process, so that the front stays awake.
"""

from __future__ import annotations

from .settings import Limits, Settings

__all__ = ["Limits", "Settings"]
