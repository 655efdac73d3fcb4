"""The page that compares what we compute with what others published."""

from __future__ import annotations

from ..basemap.check import markdown, validate_distances

HEAD = """# Validation

Made by `midcorridor validate`; a test fails when it is stale. So far it holds distances; times, prices and
emissions follow when they are calibrated. Until then the [expectation sheet](../tests/expectations/README.md)
holds twelve pairs within a forwarder's bands.

"""


def validation_page() -> str:
    """The whole page as Markdown."""
    return HEAD + markdown(validate_distances())
