"""Waiting at a gate while independent causes open and close, on a grid of time."""

from __future__ import annotations

import math

import numpy as np

from midcorridor._kernels.compiling import kernel


@kernel
def wait_out(arriving, waiting, entry, weight, rate, begin, end, out):  # type: ignore[no-untyped-def]
    """Let go those who wait between two moments, and who come meanwhile.

    Time is in steps of the grid, rates are per step. The waiting are held by mode: mode j decays at
    rate[j], and its part of the mass is waiting[j] x weight[j].

    IN  arriving (n,) mass that starts to wait at each grid point in [begin, end); entry (m,) modes of
        one unit of it; weight, rate (m,); begin >= 0; end may be inf
    IN, OUT  waiting (m,) at begin, on return at end (or when nothing is left)
    OUT  out (>= n,) += mass let go, split between neighbouring grid points so that its mean is kept
    """
    modes = rate.size
    decay = np.exp(-rate)
    full_right = np.empty(modes)
    for j in range(modes):
        full_right[j] = (1.0 - decay[j] * (1.0 + rate[j])) / rate[j]
    k = math.floor(begin)
    offset = begin - k
    while k + 1 < out.size:
        if offset == 0.0 and k < arriving.size and arriving[k] != 0.0:
            for j in range(modes):
                waiting[j] += arriving[k] * entry[j]
        length = min(k + 1.0, end) - (k + offset)
        gone = 0.0
        right = 0.0
        left = 0.0
        if length == 1.0:
            for j in range(modes):
                mass = waiting[j] * weight[j]
                gone += mass * (1.0 - decay[j])
                right += mass * full_right[j]
                waiting[j] *= decay[j]
                left += mass * decay[j]
        else:
            for j in range(modes):
                mass = waiting[j] * weight[j]
                stay = math.exp(-rate[j] * length)
                gone += mass * (1.0 - stay)
                right += mass * (offset * (1.0 - stay) + (1.0 - stay * (1.0 + rate[j] * length)) / rate[j])
                waiting[j] *= stay
                left += mass * stay
        out[k] += gone - right
        out[k + 1] += right
        k += 1
        offset = 0.0
        if k >= end:
            break
        if k >= arriving.size and left < 1e-13:
            break
