# SPDX-License-Identifier: MIT
"""Many connections at one moment: what does one that waits take?"""

from bars import BOTTOM, TOP, colour_of, draw_bars, margins
from choice import simultaneous
from drawing import new_figure, write_footer
from palette import look_of
from results import bytes_each, figure_of


def draw(results):
    block = simultaneous(results)
    names = [name for name in results.contestants()
             if block and results.good(name, block)]
    if not names:
        return None
    rows, marks = [], ""
    for name in names:
        runs = results.good(name, block)
        memory = figure_of(runs, bytes_each).of_time()
        all_there = figure_of(runs, lambda run: run["filled_s"])
        marks += memory.mark
        words = "{:,.0f}   (all there after {:.2g} s)".format(
            memory.median, all_there.median)
        colour = look_of(results.models[name]["family"]).colour
        rows.append((name, memory, words, colour_of(results, name, colour)))
    (figure, axes), height = new_figure(len(rows), TOP + BOTTOM)
    figure.subplots_adjust(**margins(height))
    draw_bars(axes, rows)
    axes.set_xlabel("bytes of memory for each connection   "
                    "(line: expected of another race)")
    axes.set_title(
        "{:,} connections at one moment: what does one that waits take?"
        .format(block["level"]), loc="left", fontsize=18, pad=44)
    write_footer(figure, height, results.footer([block]), marks)
    return figure
