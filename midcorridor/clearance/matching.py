"""Whether a rule concerns goods, and by which tags it names what it applies to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..codes import covered, un_interval
from ..network.compiled import Row
from ..rules import country_groups
from ..tables import Tables
from .goods import Dangerous, Goods

_PREFIX = {"service_kind": "kind"}


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that concerns the goods at the places that have this tag.

    certain : False where it may concern them: a code given too coarsely, or something not known
    unless : what must be found out, in words; empty where certain
    """

    table: str
    row: Row
    tag: str
    thing: str  # as the rule names it
    certain: bool
    unless: str = ""


def hits(tables: Tables, goods: Goods) -> Iterator[Hit]:
    """Every rule of every day that concerns or may concern the goods, by tag."""
    yield from embargo_hits(tables, goods)
    yield from limit_hits(tables, goods)


def embargo_hits(tables: Tables, goods: Goods) -> Iterator[Hit]:
    """As `hits`, of what concerns the goods whatever their boxes."""
    groups = country_groups(tables)
    for row in sorted(tables["embargoes"], key=lambda row: str(row["embargo_id"])):
        certain, doubts = _concerns(row, goods)
        if not (certain or doubts):
            continue
        for thing in row["scope_ids"]:
            where, more = _direction(row, groups.get(thing, (thing,)), goods, groups)
            if where:
                unless = "; ".join((*doubts, *more))
                for tag in _tags(row, thing, groups):
                    yield Hit("embargoes", row, tag, thing, not unless, unless)


def limit_hits(tables: Tables, goods: Goods) -> Iterator[Hit]:
    """As `hits`, of what concerns their boxes."""
    groups = country_groups(tables)
    for row in sorted(tables["box_limits"], key=lambda row: str(row["limit_id"])):
        if _limits(row, goods):
            for thing in row["scope_ids"]:
                for tag in _tags(row, thing, groups):
                    yield Hit("box_limits", row, tag, thing, True)


def _tags(row: Row, thing: str, groups: dict[str, tuple[str, ...]]) -> Iterator[str]:
    scope = row["scope"]
    members = groups.get(thing, (thing,)) if scope == "country" else (thing,)
    for member in members:
        tag = f"{_PREFIX.get(scope, scope)}:{member}"
        yield from (f"{mode}@{tag}" for mode in row["modes"]) if row["modes"] else (tag,)


def _concerns(row: Row, goods: Goods) -> tuple[bool, tuple[str, ...]]:
    """Whether the goods are those of an embargo; if only perhaps, what would decide it."""
    if not any(row[name] for name in ("commodity_ids", "hs_chapters", "dg_classes", "un_numbers")):
        return True, ()
    doubts = []
    if goods.commodity_id is not None and goods.commodity_id in (row["commodity_ids"] or ()):
        return True, ()
    share = covered(goods.hs_codes, row["hs_chapters"] or ())
    if share == 1:
        return True, ()
    if share > 0:
        doubts.append(f"part of HS {_listed(goods.hs_codes)} is concerned: check your subheading")
    if goods.dangerous is not None and _dangerous(row, goods.dangerous):
        return True, ()
    possible = [entry.un_number for entry in goods.perhaps if _dangerous(row, entry)]
    if possible:
        doubts.append(f"it concerns {goods.commodity_id} that travel as UN {_listed(possible)}")
    return False, tuple(doubts)


def _dangerous(row: Row, entry: Dangerous) -> bool:
    ranges = map(un_interval, row["un_numbers"] or ())
    if any(low <= int(entry.un_number) <= high for low, high in ranges):
        return True
    for name in row["dg_classes"] or ():
        if name in ("any", entry.dg_class) or (entry.division and entry.division.startswith(name)):
            return True
        # Entries of one number may differ in division: then any division of the class may be meant.
        if not entry.division and entry.dg_class in ("1", "2") and name.split(".")[0] == entry.dg_class:
            return True
    return False


def _direction(
    row: Row, place: tuple[str, ...], goods: Goods, groups: dict[str, tuple[str, ...]]
) -> tuple[bool, list[str]]:
    """Whether goods of that origin and destination are meant; what is not known is a doubt."""
    doubts: list[str] = []
    for column, end, word in (
        ("from_countries", goods.from_country, "from"),
        ("to_countries", goods.to_country, "to"),
    ):
        named = row[column]
        if named and end is None:
            doubts.append(f"it concerns goods sent {word} {_listed(named)}")
        elif named and not any(end in groups.get(name, ()) for name in named):
            return False, []
    if row["flow"]:
        flows = _flows(place, goods)
        if not flows & set(row["flow"]):
            return False, []
        if len(flows) > 1 and not flows <= set(row["flow"]):
            doubts.append(f"it concerns {' and '.join(row['flow'])} only")
    return True, doubts


def _flows(place: tuple[str, ...], goods: Goods) -> set[str]:
    """Whether goods leave, enter or cross a country or union; several where an end is not known."""
    starts = [True, False] if goods.from_country is None else [goods.from_country in place]
    ends = [True, False] if goods.to_country is None else [goods.to_country in place]
    words = {
        (True, False): "export",
        (False, True): "import",
        (False, False): "transit",
        (True, True): "inland",
    }
    return {words[start, end] for start in starts for end in ends}


def _limits(row: Row, goods: Goods) -> bool:
    """Whether a limit concerns the box; a mass or number that is not known is judged nowhere."""
    if goods.container_type is None:
        return False
    if row["container_types"] and goods.container_type not in row["container_types"]:
        return False
    if row["gross_over_t"] is not None and (goods.gross_t is None or goods.gross_t <= row["gross_over_t"]):
        return False
    return not row["odd_number"] or (goods.boxes is not None and goods.boxes % 2 == 1)


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:4]) + (" and others" if len(names) > 4 else "")
