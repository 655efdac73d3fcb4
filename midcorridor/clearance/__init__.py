"""What may go where: verdicts on a leg, and what is closed to goods, by the tables of rules."""

from .closing import closed_tags, dated_tags
from .goods import Goods, goods_of, make_goods
from .leg import Leg, leg_of, widened
from .matching import Hit, embargo_hits, hits, limit_hits
from .verdict import EFFECTS, Verdict, verdicts, worst

__all__ = [
    "EFFECTS",
    "Goods",
    "Hit",
    "Leg",
    "Verdict",
    "closed_tags",
    "dated_tags",
    "embargo_hits",
    "goods_of",
    "hits",
    "leg_of",
    "limit_hits",
    "make_goods",
    "verdicts",
    "widened",
    "worst",
]
