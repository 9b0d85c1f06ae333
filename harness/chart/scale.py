# SPDX-License-Identifier: MIT
"""Numbers as they are written, and scales."""

import math


def number(value):
    """As many digits as are known."""
    return "{:.0f}".format(value) if value >= 10 else "{:.1f}".format(value)


def digits(value, sign=""):
    """Three of them, and never an exponent."""
    if value == 0:
        return "0"
    size = abs(value)
    places = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return "{:{}.{}f}".format(value, sign, places)


def span(value):
    """Of time, as short as it can be read."""
    return "{:.3g} ms".format(1000 * value) if value < 1 else \
        "{:.3g} s".format(value)


def ticks_between(low, high):
    """Round numbers: as few as are enough to read a logarithmic scale by."""
    for bases in ((1, 10), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
        ticks = sorted({base * 10 ** power for power in range(-7, 8)
                        for base in bases})
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) >= 3:
            break
    return ticks


def steps_to(high, most):
    """Round numbers from nothing on, at most `most` steps."""
    step = 10 ** math.floor(math.log10(high))
    step *= next(part for part in (0.1, 0.2, 0.5, 1, 2, 5)
                 if high / (step * part) <= most)
    return [step * i for i in range(int(high / step) + 1)]
