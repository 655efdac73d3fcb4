"""Formulas of greenhouse gases: numbers in, kilograms CO2 equivalent out (well-to-wheel)."""

from __future__ import annotations

G_PER_KG = 1000.0
WH_PER_KWH = 1000.0


def per_tkm_kg_co2e(km: float, g_per_tkm: float) -> float:
    """Emissions of moving one tonne of cargo over a distance.

    Source  ISO 14083:2023, 7: activity (tonne-km) times emission intensity.
    >>> per_tkm_kg_co2e(1000, 25.0)
    25.0
    """
    return km * g_per_tkm / G_PER_KG


def per_teu_km_kg_co2e(km: float, g_per_teu_km: float) -> float:
    """Emissions of moving one TEU over a distance; never added to a factor per tonne-km."""
    return km * g_per_teu_km / G_PER_KG


def electric_g_per_tkm(wh_per_tkm: float, grid_g_per_kwh: float) -> float:
    """Emission intensity of electric traction.

    wh_per_tkm : energy at the pantograph per tonne-km of cargo
    grid_g_per_kwh : intensity of the electricity that the railway buys
    >>> electric_g_per_tkm(20, 500)
    10.0
    """
    return wh_per_tkm * grid_g_per_kwh / WH_PER_KWH


def mixed_g_per_tkm(electrified_share: float, electric_g: float, diesel_g: float) -> float:
    """Emission intensity of a section that is electric over a share of its length."""
    return electrified_share * electric_g + (1 - electrified_share) * diesel_g
