# SPDX-License-Identifier: MIT
"""Histograms of latencies, for a logarithmic scale."""

import math


def densities(histogram, per_decade):
    """[(from, to, height)]: how many answers in as much of a logarithmic scale.
    The steps of the file are wider further up."""
    bins = {}
    for end, count in histogram:
        place = math.ceil(per_decade * math.log10(max(end, 1e-6)) - 1e-9)
        bins[place] = bins.get(place, 0) + count
    highest = max(bins.values(), default=1)
    return [(10 ** ((place - 1) / per_decade), 10 ** (place / per_decade),
             count / highest) for place, count in sorted(bins.items())]


def ends_of(runs):
    """The lowest and the highest of all their histograms."""
    ends = [max(end, 1e-6) for run in runs
            for key in ("latency", "latency_naive")
            for end, _ in run[key]["histogram"]] or [1, 2]
    return min(ends), max(ends)


def bins_for(runs):
    """As many to a decade as make forty or so in all; but no more than
    the file has."""
    low, high = ends_of(runs)
    return min(60, max(8, round(40 / max(math.log10(high / low), 0.1))))
