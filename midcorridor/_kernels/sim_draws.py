"""Random numbers of a simulation: a pure function of who draws, where, and on which lap.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3, SC 2011). The key
is (seed, replication), the counter (lap, stream of the step, identity of the token). A token comes to the
same step again only by going back, and each way back is a lap, so that no counter comes twice; and what
one token draws changes nothing for any other.
"""

from __future__ import annotations

import math

import numpy as np

from midcorridor._kernels.compiling import inner_kernel
from midcorridor._kernels.sim_layout import CONSTANT, EXPONENTIAL, LOGNORMAL, UNIFORM, WEIBULL

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _32, _12 = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(12)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX1, _MIX2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@inner_kernel
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Four random words (uint64 below 2^32) of a counter and a key; all arguments uint64 below 2^32."""
    for _ in range(10):
        p0, p1 = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@inner_kernel
def child_identity(identity, number):  # type: ignore[no-untyped-def]
    """Identity (uint64) of the token that this one made as its number-th (splitmix64)."""
    z = identity + (np.uint64(number) + np.uint64(1)) * _GOLDEN
    z = (z ^ (z >> _30)) * _MIX1
    z = (z ^ (z >> _27)) * _MIX2
    return z ^ (z >> _31)


@inner_kernel
def uniforms(key0, key1, lap, stream, identity):  # type: ignore[no-untyped-def]
    """Two independent numbers above 0 and below 1."""
    a, b, c, d = philox(
        np.uint64(lap) & _LOW, np.uint64(stream), identity & _LOW, identity >> _32, key0, key1
    )
    one = (np.float64(((a << _32) | b) >> _12) + 0.5) * 2.0**-52
    other = (np.float64(((c << _32) | d) >> _12) + 0.5) * 2.0**-52
    return one, other


@inner_kernel
def draw(row, values, one, other):  # type: ignore[no-untyped-def]
    """A number from a row of DISTRIBUTION and two uniform ones.

    values (v, 2): value, and probability of it or a lesser one, of empirical distributions
    """
    kind, x = row.kind, row.p
    if kind == EXPONENTIAL:
        x = -math.log(one) * row.p
    elif kind == LOGNORMAL:
        x = row.p * math.exp(row.q * math.sqrt(-2.0 * math.log(one)) * math.cos(2.0 * math.pi * other))
    elif kind == UNIFORM:
        x = row.p + (row.q - row.p) * one
    elif kind == WEIBULL:
        x = row.p * (-math.log(one)) ** row.q
    elif kind != CONSTANT:
        low, high = row.first, row.first + row.count - 1
        while low < high:
            middle = (low + high) // 2
            if values[middle, 1] < one:
                low = middle + 1
            else:
                high = middle
        x = values[low, 0]
    return x
