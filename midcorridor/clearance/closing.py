"""What is closed to goods, as tags that a search leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from ..network import Compiled
from ..network.compiled import holds_on
from ..said import Said
from .goods import Goods
from .matching import Hit, hits


def closed_tags(compiled: Compiled, goods: Goods, day: date | None = None) -> dict[str, str]:
    """What refuses the goods on a day (that of the network if None): reason by tag.

    Tags are those of `leg.widened`. Only what certainly refuses closes; what may refuse stays open and is
    shown as a verdict. Closures are not among them: they concern no goods.
    """
    day = day or compiled.day
    found: dict[str, str] = {}
    for hit in _refusals(compiled, goods):
        if holds_on(hit.row, day):
            found.setdefault(hit.tag, _reason(hit, goods))
    return found


def dated_tags(
    compiled: Compiled,
    goods: Goods,
    from_day: date,
    until_day: date,
    known: Iterable[Hit] | None = None,
) -> list[tuple[str, date, date, str]]:
    """As `closed_tags`, for all days of a span: tag, first day, last day, reason; by tag and day.

    known : from `hits`, for who has them already
    Spans of different rules for one tag may overlap; the days are cut to the span asked for.
    """
    found = []
    for hit in _refusals(compiled, goods, known):
        start = max(hit.row["valid_from"] or date.min, from_day)
        end = min(hit.row["valid_until"] or date.max, until_day)
        if start <= end:
            found.append((hit.tag, start, end, _reason(hit, goods)))
    return sorted(found)


def _refusals(compiled: Compiled, goods: Goods, known: Iterable[Hit] | None = None) -> Iterator[Hit]:
    every = hits(compiled.tables, goods) if known is None else known
    return (hit for hit in every if hit.certain and hit.row["effect"] == "refused")


def _reason(hit: Hit, goods: Goods) -> Said:
    about = {"scope": hit.row["scope"], "thing": hit.thing}
    if hit.table == "box_limits":
        about |= {"limit": hit.row["limit_id"], "container": goods.container_type}
        if goods.gross_t is None:
            return Said("box_refused", **about)
        return Said("mass_refused", **about, gross_t=goods.gross_t)
    about["embargo"] = hit.row["embargo_id"]
    if hit.row["kind"] == "dangerous_goods" and goods.dangerous is not None:
        return Said("dangerous_refused", **about, un_number=goods.dangerous.un_number)
    return Said("cargo_refused", **about)
