"""Expected excess E[(X - x)+] of waiting times; its second differences put a distribution on a grid."""

from __future__ import annotations

import math

import numpy as np

from midcorridor._kernels.compiling import kernel


@kernel
def upper_gamma(shape, z):  # type: ignore[no-untyped-def]
    """P(Z > z) of a gamma variable of this shape and scale 1. shape > 0, z >= 0.

    Source  Abramowitz and Stegun 6.5.29 (series, z below shape + 1) and 6.5.31 (continued fraction,
    by Lentz's method as in Press et al., Numerical Recipes, 6.2).
    """
    if z <= 0.0:
        return 1.0
    front = math.exp(shape * math.log(z) - z - math.lgamma(shape))
    if z < shape + 1.0:
        term = 1.0 / shape
        total = term
        n = shape
        while term > total * 1e-17:
            n += 1.0
            term *= z / n
            total += term
        return max(0.0, 1.0 - front * total)
    b = z + 1.0 - shape
    c = 1e300
    d = 1.0 / b
    fraction = d
    i = 0.0
    while True:
        i += 1.0
        a = -i * (i - shape)
        b += 2.0
        d = a * d + b
        if abs(d) < 1e-300:
            d = 1e-300
        c = b + a / c
        if abs(c) < 1e-300:
            c = 1e-300
        d = 1.0 / d
        change = d * c
        fraction *= change
        if abs(change - 1.0) < 1e-15:
            return front * fraction


@kernel
def gamma_excess(shape, scale, x):  # type: ignore[no-untyped-def]
    """E[(X - x)+] of a gamma variable, for each of x (n,)."""
    out = np.empty(x.size)
    for i in range(x.size):
        if x[i] <= 0.0:
            out[i] = shape * scale - x[i]
            continue
        z = x[i] / scale
        q = upper_gamma(shape, z)
        q1 = q + math.exp(shape * math.log(z) - z - math.lgamma(shape + 1.0))
        out[i] = max(0.0, shape * scale * q1 - x[i] * q)
    return out


@kernel
def forward_excess(shape, scale, x):  # type: ignore[no-untyped-def]
    """E[(W - x)+] of the forward recurrence time W of gamma headways H, for each of x (n,):
    E[((H - x)+)^2] / (2 E[H])."""
    out = np.empty(x.size)
    mean = shape * scale
    wait = mean * (1.0 + 1.0 / shape) / 2.0
    for i in range(x.size):
        if x[i] <= 0.0:
            out[i] = wait - x[i]
            continue
        z = x[i] / scale
        q = upper_gamma(shape, z)
        step = math.exp(shape * math.log(z) - z - math.lgamma(shape + 1.0))
        q1 = q + step
        q2 = q1 + step * z / (shape + 1.0)
        second = mean * (mean + scale) * q2 - 2.0 * x[i] * mean * q1 + x[i] * x[i] * q
        out[i] = max(0.0, second / (2.0 * mean))
    return out


@kernel
def lognormal_excess(mu, sigma, x):  # type: ignore[no-untyped-def]
    """E[(X - x)+] where ln X is normal (mu, sigma), for each of x (n,)."""
    out = np.empty(x.size)
    mean = math.exp(mu + sigma * sigma / 2.0)
    root = math.sqrt(2.0)
    for i in range(x.size):
        if x[i] <= 0.0:
            out[i] = mean - x[i]
            continue
        z = (math.log(x[i]) - mu) / sigma
        out[i] = 0.5 * (mean * math.erfc((z - sigma) / root) - x[i] * math.erfc(z / root))
        out[i] = max(0.0, out[i])
    return out
