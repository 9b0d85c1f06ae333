#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: ./lab chart [RESULTS] [--only NAME[,NAME...]] [--out DIR] [--terminal]
Draws the charts of a race, each as .png, .svg and .pdf, beside its results.

  RESULTS      a results.json, its folder, or the name of one in results/
               (results/latest)
  --only NAMES these alone: first, rate, reading, computing, latency, ramp,
               simultaneous, or an episode, P0 to E5, for its own models.
               usual: those that a race draws itself; quick: of --quick
  --out DIR    to that folder
  --terminal   as text, 79 columns wide, by gnuplot; its scripts are left
               in DIR, to be changed and run again: gnuplot first.gnuplot

first      how long did the pages take, and what did the waiting cost?
rate       pages per second, with more and more in flight
reading    what does reading from top to bottom cost? (block fixed)
computing  pages that want computing (race --work)
latency    how late answers are (race --rate)
ramp       how many requests a second, until they are late (race --ramp)
simultaneous  what a connection that waits takes (race --processes)
"""

import os

from choice import EPISODES
from command import Usage, read_words, run
from files import CHART_KINDS, fail, see_to_files
from results import find_results, read_results

NAMES = ("first", "rate", "reading", "computing", "latency", "ramp",
         "simultaneous")
GROUPS = {"quick": ("first", "computing", "latency", "ramp", "simultaneous"),
          "usual": NAMES}


def drawer(name):
    """The function that draws it; matplotlib is needed from here on."""
    import computing_chart
    import episodes
    import first_chart
    import latency_chart
    import ramp_chart
    import rate_chart
    import reading_chart
    import simultaneous_chart
    modules = {"first": first_chart, "rate": rate_chart,
               "reading": reading_chart, "computing": computing_chart,
               "latency": latency_chart, "ramp": ramp_chart,
               "simultaneous": simultaneous_chart}
    if name in modules:
        return modules[name].draw
    return lambda results: episodes.draw_episode(results, name)


def chosen(only):
    """Names, and whether each of them must be drawn."""
    known = NAMES + tuple(EPISODES)
    if not only:
        return known, False
    if only in GROUPS:
        return GROUPS[only], False
    names = [name.upper() if name.upper() in known else name
             for name in only.split(",")]
    for name in names:
        if name not in known:
            raise Usage("there is no chart '{}' (--help names them)".format(
                name))
    return names, True


def draw(results, names, must, folder):
    drawn = 0
    for name in names:
        figure = drawer(name)(results)
        if figure:
            from drawing import save
            save(figure, folder, name)
            drawn += 1
        elif must:
            fail("{}: this race has nothing that it could show".format(name))
    return drawn


def main(words):
    options = read_words(words, {"--only": True, "--out": True,
                                 "--terminal": False}, 1)
    names, must = chosen(options.get("--only"))
    path = find_results(options["words"][0] if options["words"] else None)
    results = read_results(path)
    folder = options.get("--out") or os.path.dirname(path) or "."
    see_to_files(folder, names, ("dat", "gnuplot") if "--terminal" in options
                 else CHART_KINDS)
    if "--terminal" in options:
        from terminal import print_charts
        drawn = print_charts(results, names, must, folder)
    else:
        drawn = draw(results, names, must, folder)
    if not drawn and not options.get("--only") in GROUPS:
        fail("there is nothing in these results that a chart shows")


if __name__ == "__main__":
    run(main, "chart")
