"""Random numbers: one stream a block of samples, so that they do not depend on who draws which block.

xoshiro256++ seeded by splitmix64 (Blackman and Vigna, Scrambled linear pseudorandom number generators,
ACM TOMS 47, 2021); normal and exponential by the ziggurat (Marsaglia and Tsang, J. Stat. Software 5(8),
2000, with separate random bits for the layer, as Doornik 2005 advises); gamma by Marsaglia and Tsang,
A simple method for generating gamma variables, ACM TOMS 26 (2000).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from midcorridor._kernels.compiling import kernel

_LAYERS = 256
_NORMAL_TAIL = 3.6541528853610088
_EXPONENTIAL_TAIL = 7.69711747013104972


def _layers(
    tail: float, density: Callable[[float], float], inverse: Callable[[float], float], area: float
) -> tuple[Any, Any]:
    """Right edges (257,) of layers of equal area under a falling density, and its height there."""
    x = np.zeros(_LAYERS + 1)
    x[0] = area / density(tail)  # the lowest layer, tail included, as wide as a box of its area
    x[1] = tail
    for i in range(2, _LAYERS):
        x[i] = inverse(density(x[i - 1]) + area / x[i - 1])
    return x, np.array([density(each) for each in x])


_NX, _NF = _layers(
    _NORMAL_TAIL,
    lambda x: math.exp(-x * x / 2),
    lambda f: math.sqrt(-2 * math.log(f)),
    _NORMAL_TAIL * math.exp(-(_NORMAL_TAIL**2) / 2)
    + math.sqrt(math.pi / 2) * math.erfc(_NORMAL_TAIL / math.sqrt(2)),
)
_EX, _EF = _layers(
    _EXPONENTIAL_TAIL,
    lambda x: math.exp(-x),
    lambda f: -math.log(f),
    (_EXPONENTIAL_TAIL + 1) * math.exp(-_EXPONENTIAL_TAIL),
)
_UNIT = 2.0**-53


@kernel
def seeded(seed, block, state):  # type: ignore[no-untyped-def]
    """Set state (4,) uint64 to the stream of a block. seed, block : uint64"""
    z = seed
    for i in range(5):
        # The first round mixes the seed, before the block is added to it.
        z += np.uint64(0x9E3779B97F4A7C15)
        y = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        y = (y ^ (y >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        y ^= y >> np.uint64(31)
        if i == 0:
            z = y + block * np.uint64(0xD1342543DE82EF95)
        else:
            state[i - 1] = y


@kernel
def bits(state):  # type: ignore[no-untyped-def]
    """64 random bits."""
    total = state[0] + state[3]
    out = ((total << np.uint64(23)) | (total >> np.uint64(41))) + state[0]
    t = state[1] << np.uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= t
    state[3] = (state[3] << np.uint64(45)) | (state[3] >> np.uint64(19))
    return out


@kernel
def uniform(state):  # type: ignore[no-untyped-def]
    """In [0, 1)."""
    return np.float64(bits(state) >> np.uint64(11)) * _UNIT


@kernel
def normal(state):  # type: ignore[no-untyped-def]
    """Standard normal."""
    while True:
        word = bits(state)
        layer = np.int64(word & np.uint64(255))
        # 53 bits from the top, the layer from the bottom: no bit twice.
        u = np.float64(word >> np.uint64(11)) * (2.0 * _UNIT) - 1.0
        x = u * _NX[layer]
        if abs(x) < _NX[layer + 1]:
            return x
        if layer == 0:
            while True:
                a = -math.log(1.0 - uniform(state)) / _NORMAL_TAIL
                b = -math.log(1.0 - uniform(state))
                if b + b > a * a:
                    return _NORMAL_TAIL + a if u > 0.0 else -_NORMAL_TAIL - a
        low, high = _NF[layer], _NF[layer + 1]
        if low + uniform(state) * (high - low) < math.exp(-0.5 * x * x):
            return x


@kernel
def exponential(state):  # type: ignore[no-untyped-def]
    """Exponential of mean 1."""
    base = 0.0
    while True:
        word = bits(state)
        layer = np.int64(word & np.uint64(255))
        x = np.float64(word >> np.uint64(11)) * _UNIT * _EX[layer]
        if x < _EX[layer + 1]:
            return base + x
        if layer == 0:
            base += _EXPONENTIAL_TAIL  # it has no memory: beyond the tail it begins again
            continue
        low, high = _EF[layer], _EF[layer + 1]
        if low + uniform(state) * (high - low) < math.exp(-x):
            return base + x


@kernel
def gamma(shape, state):  # type: ignore[no-untyped-def]
    """Gamma of this shape > 0 and scale 1."""
    if shape == 1.0:
        return exponential(state)
    boost = 1.0
    if shape < 1.0:
        boost = (1.0 - uniform(state)) ** (1.0 / shape)
        shape += 1.0
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = normal(state)
        v = 1.0 + c * x
        if v <= 0.0:
            continue
        v = v * v * v
        u = 1.0 - uniform(state)
        if u < 1.0 - 0.0331 * x * x * x * x or math.log(u) < 0.5 * x * x + d * (1.0 - v + math.log(v)):
            return boost * d * v
