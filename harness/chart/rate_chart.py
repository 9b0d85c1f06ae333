# SPDX-License-Identifier: MIT
"""Requests per second against requests in flight. One coloured line for a
family, its siblings grey; the x of a point is what the origin saw in flight,
not what was asked for."""

import math

from choice import faces, levels
from drawing import new_figure, plt, write_footer
from labels import spread_out
from palette import QUIET, look_of
from results import figure_of, pages_a_second, reached, settings_of


def points_of(results, name, blocks):
    """(in flight, pages per second, mark) for every level."""
    points = []
    for block in blocks:
        runs = results.good(name, block)
        if not runs:
            continue
        seen = reached(runs) if block["delay_s"] else None
        rate = figure_of(runs, pages_a_second).of_time()
        points.append((seen or runs[0]["concurrency"], rate.median, rate.mark))
    return sorted(points)


def dashes_of(look):
    numbers = [float(number) / 2 for number in look.dashes.split()]
    return (0, tuple(numbers)) if numbers else "-"


def draw_ideal(axes, blocks):
    delay = blocks[0]["delay_s"]
    if not delay or any(block["delay_s"] != delay for block in blocks):
        return
    ends = [blocks[0]["level"], blocks[-1]["level"]]
    axes.plot(ends, [level / delay for level in ends], "--",
              color=QUIET, linewidth=1.5, zorder=1)
    middle = math.sqrt(math.prod(ends))
    axes.annotate("perfect overlap", (middle, middle / delay),
                  xytext=(-12, 12), textcoords="offset points", color=QUIET,
                  ha="right", fontsize=14)


def draw_lines(axes, results, blocks):
    """[(y, name, family)] at the ends of lines, and what was marked."""
    lines = {name: points_of(results, name, blocks)
             for name in results.contestants() + results.peers()}
    lines = {name: points for name, points in lines.items() if points}
    standing, labels, marks = faces(results, lines), [], ""
    for name, points in lines.items():
        family = results.models[name]["family"]
        look, first = look_of(family), standing[family] == name
        x, y, mark = zip(*points)
        marks += "".join(mark)
        axes.plot(x, y, color=look.colour if first else "#c4c4c4",
                  marker=look.mark if first else ".",
                  linestyle=dashes_of(look) if first else "-",
                  zorder=4 if first else 2, linewidth=2.5 if first else 1.2,
                  markersize=9 if first else 5)
        if first and x[-1] > blocks[-2]["level"]:
            labels.append((y[-1], mark[-1] + name, look))
    return labels, marks


def write_at_ends(axes, labels):
    """A name at its line's height, or above; the mark of its line before it."""
    low, high = (math.log10(limit) for limit in axes.get_ylim())
    placed = spread_out([(math.log10(y), text, look)
                         for y, text, look in labels], 0.042 * (high - low))
    for y, text, look in placed:
        place = (y - low) / (high - low)
        axes.plot([1.015], [place], marker=look.mark, color=look.colour,
                  markersize=9, transform=axes.transAxes, clip_on=False)
        axes.annotate(text, (1.03, place), xycoords="axes fraction",
                      va="center", fontsize=16)


def draw(results):
    """None where nothing was raced at several levels."""
    blocks = levels(results)
    if not blocks:
        return None
    (figure, axes), height = new_figure()
    figure.subplots_adjust(left=0.08, right=0.83, top=0.92, bottom=0.19)
    labels, marks = draw_lines(axes, results, blocks)
    draw_ideal(axes, blocks)
    axes.set_xscale("log")
    axes.set_yscale("log")
    plain = plt.FuncFormatter(lambda value, _: f"{value:,.0f}")
    axes.xaxis.set_major_formatter(plain)
    axes.yaxis.set_major_formatter(plain)
    axes.xaxis.set_minor_formatter(plt.NullFormatter())
    axes.yaxis.set_minor_formatter(plt.NullFormatter())
    write_at_ends(axes, labels)
    axes.set_xlabel("requests in flight, as the server saw them   "
                    "(grey: others of these families)")
    axes.set_ylabel("pages per second")
    axes.set_title("How many pages a second, with more and more in flight?",
                   loc="left", fontsize=18, pad=16)
    first, second = results.footer([])
    write_footer(figure, height, (
        first, "{}; pages per run: {}; rounds: {} · {}".format(
            settings_of(blocks[0]),
            ", ".join(str(block["requests"]) for block in blocks),
            ", ".join(str(block["rounds_done"]) for block in blocks),
            second)), marks)
    return figure
