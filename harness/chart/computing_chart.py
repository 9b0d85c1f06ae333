# SPDX-License-Identifier: MIT
"""The page that computes: waiting overlaps on one processor, work does not."""

from bars import (BOTTOM, TOP, colour_of, draw_bars, draw_references, margins)
from choice import computing
from drawing import new_figure, write_footer
from palette import look_of
from results import doubt, figure_of, seconds


def promises(results, block):
    """All of the work on one core, and spread over those that there are."""
    work, cores = block["requests"] * block["work_s"], results.machine["cores"]
    lines = [(work, "the work alone, on one core {:.2g} s".format(work))]
    if cores > 1:
        lines.append((work / cores, "on {} cores {:.2g} s".format(
            cores, work / cores)))
    return lines


def draw(results):
    block = computing(results)
    names = [name for name in results.contestants() + results.peers()
             if block and results.good(name, block)]
    if not names:
        return None
    rows, marks = [], ""
    for name in names:
        runs = results.good(name, block)
        told = figure_of(runs, lambda run: seconds(run, block)).of_time()
        reason = doubt(runs)
        marks += told.mark
        rows.append((name, told, "{:.2f} s{}".format(
            told.median, "  ({})".format(reason) if reason else ""),
            colour_of(results, name,
                      look_of(results.models[name]["family"]).colour)))
    (figure, axes), height = new_figure(len(rows), TOP + BOTTOM)
    figure.subplots_adjust(**margins(height))
    draw_bars(axes, rows)
    draw_references(axes, promises(results, block))
    axes.set_xlabel("seconds   (line: expected of another race)")
    axes.set_title(
        "How long do {} pages take, if each wants {:g} ms of computing?"
        .format(block["requests"], 1000 * block["work_s"]),
        loc="left", fontsize=18, pad=44)
    write_footer(figure, height, results.footer([block]), marks)
    return figure
