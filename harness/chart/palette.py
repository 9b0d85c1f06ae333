# SPDX-License-Identifier: MIT
"""One order, one palette, for all that the lab draws of a race.

The colours are those of Okabe and Ito, as on the page of the timeline: people
who see fewer colours tell them apart. In grey it is the mark and the line that
say which family it is, and there is always a name beside them.
"""

from typing import NamedTuple

INK, QUIET, FAINT, RULE = "#111111", "#555555", "#8a8a8a", "#dddddd"
BLUE, PALE, SKY = "#0072b2", "#cfe3f2", "#56b4e9"
VERMILION, ORANGE, GREEN, PINK = "#d55e00", "#e69f00", "#009e73", "#cc79a7"
REFERENCE = "#a34700"  # of lines and their names: vermilion, dark enough to read


class Look(NamedTuple):
    colour: str
    mark: str  # as matplotlib names it
    dashes: str  # of a line, as SVG and gnuplot count them; "" is none


# In historical order.
FAMILIES = {
    "blocking": Look(INK, "s", "2 2"),
    "threads": Look(VERMILION, "^", ""),
    "processes": Look(ORANGE, "v", "8 3"),
    "nonblocking": Look(BLUE, "o", ""),
    "callbacks": Look(GREEN, "D", "6 2 2 2"),
    "deferreds": Look(PINK, "P", "8 3"),
    "coroutines": Look(SKY, "X", ""),
}
OTHERS = Look(FAINT, "*", "1 2")

# What is there to be compared with; never in a colour.
REFERENCES = ("floor", "peer")


def look_of(family):
    return FAMILIES.get(family, OTHERS)


def in_order(models):
    """Names of {name: {"family": ...}}, by family and within one as they come,
    which is the order of history; references at the end."""
    order = list(FAMILIES) + [None] + list(REFERENCES)

    def place(name):
        family = models[name]["family"]
        return order.index(family if family in order else None)
    return sorted(models, key=place)
