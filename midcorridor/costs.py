"""Formulas of price: numbers in, US dollars out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

HOURS_PER_DAY = 24.0


def distance_tariff_usd(km: float, usd_per_km: float) -> float:
    """Price of a tariff per kilometre, USD for one box.

    >>> distance_tariff_usd(3000, 0.5)
    1500.0
    """
    return km * usd_per_km


def truck_usd(km: float, usd_per_km: float, minimum_usd: float) -> float:
    """Price of a truck for one box: by the kilometre, but never under the minimum of a drayage.

    >>> truck_usd(20, 1.5, 150.0), truck_usd(400, 1.5, 150.0)
    (150.0, 600.0)
    """
    return max(minimum_usd, km * usd_per_km)


def hire_usd(hours: float, usd_per_day: float) -> float:
    """Hire of one container for these hours, USD."""
    return hours / HOURS_PER_DAY * usd_per_day


def with_margin_usd(usd: float, margin_share: float) -> float:
    """A cost with the forwarder's margin, which is a share of the cost (not of the price)."""
    return usd * (1 + margin_share)


def insurance_usd(value_usd: float, share: float) -> float:
    """Premium for cargo of this value, USD.

    share : of the value of the cargo, for the whole way

    >>> insurance_usd(66_000, 0.0025)
    165.0
    """
    return value_usd * share


def time_value_usd(value_usd: float, hours: float, share_per_day: float) -> float:
    """What the owner of cargo loses while it travels, USD; never part of the freight price.

    value_usd : value of the cargo     share_per_day : share of that value lost a day
    Source  Hummels and Schaur (2013), ad valorem equivalent of a day in transit.
    """
    return value_usd * share_per_day * hours / HOURS_PER_DAY


def block_price_usd(slot_usd: float, slots: float, boxes: float) -> float:
    """Price of one box when whole trains are booked: the empty slots are paid by those that are filled.

    slot_usd : price of a slot, full or empty     slots : slots of all trains booked, >= boxes
    boxes : boxes sent, > 0
    Raises ValueError for other values.
    Source  counting; a train booked whole is paid whole.
    >>> block_price_usd(1000, 50, 50), block_price_usd(1000, 50, 40)
    (1000.0, 1250.0)
    """
    if not 0 < boxes <= slots:
        raise ValueError(f"{boxes} boxes cannot fill {slots} slots")
    return slot_usd * slots / boxes


def overstay_usd(
    days: float, free_days: float, tiers: Sequence[tuple[float, float]], once_usd: float = 0.0
) -> float:
    """Storage, demurrage or detention of one box that stays these days, USD.

    days : length of the stay, >= 0; a day begun counts whole
    free_days : >= 0     tiers : (first day charged so, USD a day) in rising order, day 1 being the first
        of the stay; a rate holds until the next begins, the last one without end
    once_usd : charged once when the free time is over
    Raises ValueError for a stay or free time below 0, or tiers that do not rise.
    Source  the form of the published tariffs in free_time.csv, progressive by calendar day.
    >>> overstay_usd(5, 5, [(6, 63), (12, 93)])
    0.0
    >>> overstay_usd(13, 5, [(6, 63), (12, 93)])      # six days at 63 and two at 93
    564.0
    """
    first_days = [first for first, _ in tiers]
    if not (days >= 0 and free_days >= 0) or any(a >= b for a, b in itertools.pairwise(first_days)):
        raise ValueError(f"a stay of {days} days with {free_days} free and tiers {tiers} has no price")
    charged = range(math.floor(free_days + 1e-9) + 1, math.ceil(days - 1e-9) + 1)
    if not charged:
        return 0.0
    total = once_usd
    for day in charged:
        total += next((usd for first, usd in reversed(tiers) if first <= day), 0.0)
    return float(total)
