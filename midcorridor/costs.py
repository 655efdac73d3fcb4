"""Formulas of price: numbers in, US dollars out."""

from __future__ import annotations

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


def time_value_usd(value_usd: float, hours: float, share_per_day: float) -> float:
    """What the owner of cargo loses while it travels, USD; never part of the freight price.

    value_usd : value of the cargo     share_per_day : share of that value lost a day
    Source  Hummels and Schaur (2013), ad valorem equivalent of a day in transit.
    """
    return value_usd * share_per_day * hours / HOURS_PER_DAY
