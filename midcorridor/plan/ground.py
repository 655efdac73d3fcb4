"""The moves of one day's network as columns, made once for each direction of travel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..network import Compiled
from .access import Access
from .columns import WORD, Array, Columns, words_of
from .graph import Builder, vehicles_of
from .moves import TRUCK, Edge, Part, Recipe
from .shortcuts import Shortcuts, shortcuts_of


@dataclass(frozen=True, eq=False)
class Ground:
    """What every question on the same rows shares; never changed by one."""

    builder: Builder
    columns: Columns
    nodes: int
    bits: Mapping[str, int]  # the mark of each yard and customs territory
    words: int
    shortcuts: Shortcuts
    remember: Array  # (nodes, words) marks that a way is likely to come back to from a node
    left_out: Sequence[str]

    @cached_property
    def resting_on(self) -> Mapping[tuple[str, str], Sequence[int]]:
        """The moves that were computed from a row, by (table, key)."""
        found: dict[tuple[str, str], list[int]] = {}
        for at, edge in enumerate(self.columns.edges):
            rows = {row for part in edge.parts for row in part.rows}
            rows |= {(line.table, line.key) for part in edge.parts for line in part.lines}
            if edge.service_id:
                rows.add(("services", edge.service_id))
            for row in rows:
                found.setdefault(row, []).append(at)
        return found

    def remembering(self, accesses: Sequence[Access]) -> Array:
        """`remember` with the territories of the ends at every node: a way that leaves one stays out.

        Every way bears the mark of the first from its start, so that this keeps no more ways apart.
        """
        of = territories(self.builder.compiled)
        ends = {of[access.terminal_id] for access in accesses if access.terminal_id in of}
        mark = sum(self.bits[name] for name in ends)
        return np.asarray(self.remember | words_of([mark], self.words))

    def marked(self, edges: Sequence[Edge], source: int, target: int) -> Columns:
        """Columns of further moves, which lead from the source or to the target."""
        marks = [mark_of(edge, self.bits, self.builder.compiled, source, target) for edge in edges]
        return Columns.of(edges, marks, self.words)


def ground_of(compiled: Compiled, bound: str) -> Ground:
    """The ground for freight bound west or east.

    That of a scenario shares what it can with that of its base: where only figures differ, only the
    moves that rest on them are made anew. That of days on which all that moves is the same is shared.
    """

    def make() -> Ground:
        if compiled.twin is not None:
            twin = ground_of(compiled.twin, bound)
            return replace(twin, builder=twin.builder.on(compiled))
        changed = compiled.changed()
        if (
            changed is None
            or compiled.base is None
            or not (_figures_only(changed) and _gates_alike(compiled, compiled.base))
        ):
            return _make(compiled, bound)
        return _patched(ground_of(compiled.base, bound), compiled, changed)

    return compiled.once(("ground", bound), make)


# Cells that are figures of moves: another value makes the same moves with other figures.
_FIGURES = {
    "services": {"departures_per_week", "headway_cv", "capacity", "most_km_per_day"},
    "links": {"running_p50_h", "running_p90_h", "electrified_share"},
    "dwell": {"p50_h", "p90_h"},
    "handling": {"usd_per_feu", "kg_co2e_per_teu"},
    "border_procedures": {"p50_h", "p90_h", "usd_per_feu"},
    "unit_costs": {"value"},
    "grid": {"g_co2e_per_kwh"},
    "emission_factors": {"g_co2e_per_tkm_wtw", "g_co2e_per_teu_km_wtw", "wh_per_tkm"},
    "footprint_constants": {"value"},
}
# Tables that make no move: they are read when a question is put.
_READ_LATER = frozenset(
    (
        *("embargoes", "box_limits", "bookings", "free_time", "commodities", "containers", "countries"),
        *("products", "rates", "dangerous_goods", "hs_chapters", "observed_distances"),
        *("observed_stays", "observed_transits", "observed_waits"),
        *("sources", "figures", "price_index"),
    )
)
# Tables that say which territory a terminal lies in.
_PLACES = {"terminals", "links", "countries"}
# What says where a row stands and what it is worth makes no move either.
_ABOUT = {"source", "year", "confidence", "basis", "note", "name", "price_year"}


def _figures_only(changed: Mapping[str, Mapping[str, set[str]]]) -> bool:
    for table, rows in changed.items():
        if table in _READ_LATER:
            continue
        if table == "closures":
            continue
        if not all(cells <= _FIGURES.get(table, set()) | _ABOUT for cells in rows.values()):
            return False
    return True


def _gates_alike(compiled: Compiled, base: Compiled) -> bool:
    """Whether the closures that hold now and then shut the same things on the same days.

    Whole closures are no gates of moves: they are put to each question.
    """

    def told(of: Compiled) -> list[dict[str, object]]:
        free = _ABOUT | {"closed_share", "mean_closed_h"}
        rows = (row for row in of.closures if row["closed_share"] < 1)
        return [{name: cell for name, cell in row.items() if name not in free} for row in rows]

    return told(compiled) == told(base)


def _patched(ground: Ground, compiled: Compiled, changed: Mapping[str, Mapping[str, set[str]]]) -> Ground:
    tables = {table for table, rows in changed.items() if rows}
    builder = ground.builder.on(compiled, only_prices=tables <= {"unit_costs"})
    rows = {(table, key) for table, keys in changed.items() if table in _FIGURES for key in keys}
    edges = list(ground.columns.edges)
    moves = sorted({at for row in rows for at in ground.resting_on.get(row, ())})
    made: dict[Recipe, tuple[Part, ...]] = {}  # moves that begin in several nodes share their recipe
    for at in moves:
        edge = edges[at]
        if edge.recipe is None:
            continue
        if edge.recipe not in made:
            made[edge.recipe] = edge.recipe(builder)
        vehicles = vehicles_of(compiled.services[edge.service_id]) if edge.boards else {}
        edges[at] = replace(edge, parts=made[edge.recipe], **vehicles)
    return replace(ground, builder=builder, columns=ground.columns.with_edges(moves, edges))


def _make(compiled: Compiled, bound: str) -> Ground:
    builder = Builder(compiled, bound)
    graph = builder.build()
    bits = _bits(compiled)
    words = max(1, -(-max(bit.bit_length() for bit in bits.values()) // WORD)) if bits else 1
    marks = [mark_of(edge, bits, compiled, -1, -1) for edge in graph.edges]
    columns = Columns.of(graph.edges, marks, words)
    # Where the moves of the ends begin and end: the yards, and trucks that drive on.
    kept = frozenset(
        number for name, number in graph.nodes.items() if name[0] == "yard" or TRUCK in name[1:2]
    )
    shortcuts = shortcuts_of(columns, kept)
    remember = _likely(builder, shortcuts, bits, words)
    return Ground(builder, columns, len(graph.nodes), bits, words, shortcuts, remember, tuple(graph.left_out))


def _likely(builder: Builder, shortcuts: Shortcuts, bits: Mapping[str, int], words: int) -> Array:
    """Marks worth remembering at each node: of the yards one move away and of the territories next door.

    They only spare the search a second run, see `search.pareto`.
    """
    compiled, names = builder.compiled, builder.graph.nodes
    after: dict[int, list[int]] = {}
    for tail, head in zip(shortcuts.tail.tolist(), shortcuts.head.tolist(), strict=True):
        after.setdefault(tail, []).append(head)
    masks = [0] * len(names)
    for name, node in names.items():
        if name[0] == "yard" and name[2] != "origin":
            for near in (node, *after.get(node, ())):
                masks[near] |= bits[f"terminal:{name[1]}"]
    next_door: dict[str, int] = {}
    of = territories(compiled)
    for link in compiled.links.values():
        ends = [link["from_terminal"], link["to_terminal"]]
        if link["mode"] != "sea" and of[ends[0]] != of[ends[1]]:
            for here, there in (ends, ends[::-1]):
                next_door[of[here]] = next_door.get(of[here], 0) | bits[of[there]]
    for name, node in names.items():
        for word in name[1:]:
            if word in of:
                masks[node] |= next_door.get(of[word], 0)
    return words_of(masks, words)


def mark_of(edge: Edge, bits: Mapping[str, int], compiled: Compiled, source: int, target: int) -> int:
    """What a move comes to that no way comes to twice: a yard where boxes are lifted, a customs territory.

    A way may pass a place again without a stop, as boxes do that are brought to a hub and come by on its
    train; but it never goes back to a customs territory that it has left.
    """
    terminals, mark = compiled.terminals, 0
    if edge.yard:
        mark |= bits[edge.yard]
    if edge.tail == source and edge.head != target:
        # Where an origin's truck leads to, and the territory that the way begins in.
        for tag in sorted(edge.tags):
            if tag.startswith("terminal:"):
                mark |= bits[tag] | bits[territories(compiled)[tag.removeprefix("terminal:")]]
    for part in edge.parts:
        if part.kind == "run":
            link = compiled.links[part.link_id]
            ends = {link["from_terminal"], link["to_terminal"]}
            countries = {terminals[end]["country"] for end in ends}
            if len(countries) == 2 and not compiled.same_customs_union(*countries):
                mark |= bits[territories(compiled)[part.terminal_id]]
    return mark


def territories(compiled: Compiled) -> Mapping[str, str]:
    """The customs territory of each terminal, by the name of the mark of coming there.

    A territory holds together by land: southern Kyrgyzstan, Armenia and Kaliningrad are reached from the rest
    of their union through other countries. In the European Union each country is one by itself, since
    countries that are no members lie between its members.
    """

    def make() -> dict[str, str]:
        base, changed = compiled.base, compiled.changed()
        if (
            base is not None
            and changed is not None
            and not _PLACES & {name for name in changed if changed[name]}
        ):
            return dict(territories(base))
        return _territories(compiled)

    return compiled.once("territories", make)


def _territories(compiled: Compiled) -> dict[str, str]:
    terminals = compiled.terminals

    def group(country: str) -> str:
        row = compiled.tables.by_key("countries").get(country)
        union = row["customs_union"] if row is not None else None
        return country if union in (None, "EU") else str(union)

    near: dict[str, list[str]] = {}
    led_to: set[str] = set()
    for link in compiled.links.values():
        if link["mode"] not in ("rail", "road"):
            continue
        start, end = link["from_terminal"], link["to_terminal"]
        led_to |= {start, end}
        passed = (terminals[start]["country"], *(link["through_countries"] or ()), terminals[end]["country"])
        if len({group(code) for code in passed}) == 1:
            near.setdefault(start, []).append(end)
            near.setdefault(end, []).append(start)
    pieces: dict[str, list[list[str]]] = {}
    seen: set[str] = set()
    for first in sorted(terminals):
        if first in seen:
            continue
        piece, waiting = [], [first]
        seen.add(first)
        while waiting:
            here = waiting.pop()
            piece.append(here)
            fresh = set(near.get(here, ())) - seen
            seen |= fresh
            waiting += sorted(fresh)
        pieces.setdefault(group(terminals[first]["country"]), []).append(piece)
    found: dict[str, str] = {}
    for name, parts in pieces.items():
        largest = max(parts, key=len)
        for piece in parts:
            # What no line leads to, such as a port, is taken for a part of the mainland.
            own = min(piece if led_to.intersection(piece) else largest)
            found |= dict.fromkeys(piece, f"entering:{name}:{own}")
    return found


def _bits(compiled: Compiled) -> dict[str, int]:
    """A bit for each yard and each customs territory."""
    names = [f"terminal:{terminal_id}" for terminal_id in compiled.terminals]
    names += dict.fromkeys(territories(compiled).values())
    return {name: 1 << at for at, name in enumerate(names)}


def far_terminals(compiled: Compiled, ends: Sequence[tuple[float, float]], limit_km: float) -> list[str]:
    """Terminals that lie farther than a limit from any of some points (degrees)."""
    lat, lon, names = compiled.once("places", lambda: _places(compiled))
    far = np.zeros(len(names), np.bool_)
    for end in ends:
        a, b = np.radians(end)
        chord = np.sin((lat - a) / 2) ** 2 + np.cos(a) * np.cos(lat) * np.sin((lon - b) / 2) ** 2
        far |= 2 * 6371.0088 * np.arcsin(np.sqrt(np.minimum(1.0, chord))) > limit_km
    return [names[at] for at in np.flatnonzero(far)]


def _places(compiled: Compiled) -> tuple[np.ndarray, np.ndarray, list[str]]:
    rows = compiled.terminals.values()
    lat = np.radians([row["lat"] for row in rows])
    lon = np.radians([row["lon"] for row in rows])
    return lat, lon, list(compiled.terminals)
