"""Distances and nearest points on the sphere, in plain NumPy.

Every length that the base map hands out is compared with the great circle, so there is one radius
for all of them: the mean radius of the Earth, 6,371.0088 km (IUGG).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_KM = 6371.0088

Floats = NDArray[np.float64]


def unit_vectors(lat: ArrayLike, lon: ArrayLike) -> Floats:
    """Points as unit vectors (n, 3); lat, lon in degrees (n,)."""
    phi, lam = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float))
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def degrees(vectors: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude of unit vectors (n, 3), degrees."""
    lat = np.degrees(np.arctan2(vectors[..., 2], np.hypot(vectors[..., 0], vectors[..., 1])))
    return lat, np.degrees(np.arctan2(vectors[..., 1], vectors[..., 0]))


def cross(a: Floats, b: Floats) -> Floats:
    """Cross product of vectors in the last axis; NumPy's own takes several times as long on short arrays."""
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=-1)


def arc_km(a: Floats, b: Floats) -> Floats:
    """Great-circle kilometres between unit vectors (n, 3); exact for near and far points alike."""
    across = cross(a, b)
    sine, cosine = np.sqrt((across * across).sum(axis=-1)), (a * b).sum(axis=-1)
    return np.asarray(EARTH_KM * np.arctan2(sine, cosine), dtype=np.float64)


def great_circle_km(lat_a: ArrayLike, lon_a: ArrayLike, lat_b: ArrayLike, lon_b: ArrayLike) -> Floats:
    """Great-circle kilometres (haversine) between points in degrees; shapes broadcast.

    >>> round(float(great_circle_km(0.0, 0.0, 0.0, 90.0)), 1)
    10007.6
    """
    phi_a, lam_a, phi_b, lam_b = (np.radians(np.asarray(x, float)) for x in (lat_a, lon_a, lat_b, lon_b))
    half = np.sin((phi_b - phi_a) / 2) ** 2 + np.cos(phi_a) * np.cos(phi_b) * np.sin((lam_b - lam_a) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))), dtype=np.float64)


def feet_on_arcs(point: Floats, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Nearest points of great-circle arcs to one point.

    point (3,); start, end (n, 3) unit vectors of the arcs' ends
    Returns the feet (n, 3) and the distances to them in km (n,).
    """
    normal = cross(start, end)
    length = np.sqrt((normal * normal).sum(axis=1, keepdims=True))
    straight = length[:, 0] > 1e-12
    normal = np.where(length > 1e-12, normal / np.maximum(length, 1e-300), 0.0)
    foot = point - normal * (normal @ point)[:, None]
    foot /= np.maximum(np.sqrt((foot * foot).sum(axis=1, keepdims=True)), 1e-300)
    inside = (
        straight
        & ((cross(start, foot) * normal).sum(axis=1) >= 0)
        & ((cross(foot, end) * normal).sum(axis=1) >= 0)
    )
    to_start, to_end = arc_km(point, start), arc_km(point, end)
    nearer = np.where((to_start <= to_end)[:, None], start, end)
    foot = np.where(inside[:, None], foot, nearer)
    return foot, np.where(inside, arc_km(point, foot), np.minimum(to_start, to_end))
