"""Answers as pages to read, print and send on."""

from __future__ import annotations

from .page import plan_page

__all__ = ["plan_page"]
