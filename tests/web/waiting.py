"""Waiting for what a page shows."""

from __future__ import annotations

import time
from typing import Any

# The map has come and what it waited for.
MAP_DRAWN = "document.querySelector('.map canvas') && !document.querySelector('.map [role=status]')"


def until(page: Any, expression: str, most_s: float = 30) -> None:
    """Wait for an expression; Playwright's own way needs eval, which the page's policy forbids."""
    end = time.monotonic() + most_s
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(100)
