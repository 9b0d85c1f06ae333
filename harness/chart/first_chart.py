#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The first chart: two panels with the same rows.

    first_chart.py results.json [--out DIR]

Left, how long did the pages take? Right, what did the waiting cost? Writes
first.png and first.svg. Exit code 3: matplotlib is missing.
"""

import argparse
import math
import sys

from drawing import plt, save
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator
from results import cpu_us, doubt, read_results, seconds, spread

DARK, PALE, EDGE = "#1f5a8a", "#c9dcec", "#1f5a8a"
LINE, TEXT, QUIET = "#b03a2e", "#222222", "#555555"

# Inches at 100 dots: 1600 dots wide. Sizes of type are in points.
WIDTH, ROW, MARGINS = 16, 0.52, 3.75
plt.rcParams.update({
    "axes.edgecolor": QUIET, "text.color": TEXT, "axes.labelcolor": TEXT,
    "xtick.color": TEXT, "ytick.color": TEXT, "hatch.linewidth": 1.2,
    "hatch.color": "#7a8b99",
})


def rows_of(results, wait, cost):
    """Models in historical order, which is the order of the file."""
    return [name for name, model in results.models.items()
            if model["family"] != "floor" and
            any(block and results.runs_of(name, block)
                for block in (wait, cost))]


def set_title(axes, text):
    """Two lines, room for two, below them what names the columns."""
    axes.set_title(text if "\n" in text else text + "\n", loc="left",
                   fontsize=18, pad=44, linespacing=1.4)


# ---- left: how long? ----

def overlaps_made_no_difference(results, rows, wait):
    """Are all who overlap within a quarter of the fastest of them?"""
    times = [spread([seconds(run, wait)
                     for run in results.good(name, wait)])[0]
             for name in rows if results.models[name]["overlaps"]
             and results.good(name, wait)]
    return len(times) > 1 and max(times) < 1.25 * min(times)


def reference_lines(axes, wait, longest):
    """One after another, and perfect overlap: what arithmetic promises."""
    if not wait["delay_s"]:
        return
    waves = -(-wait["requests"] // wait["level"])
    for seconds, text in (
            (wait["requests"] * wait["delay_s"], "one after another"),
            (waves * wait["delay_s"], "perfect overlap")):
        if seconds > 1.05 * longest:
            continue
        align = "right" if seconds > longest / 2 else "left"
        axes.axvline(seconds, color=LINE, linewidth=1.5, zorder=1)
        axes.annotate("{} {:g} s".format(text, seconds), (seconds, 1),
                      xycoords=("data", "axes fraction"),
                      xytext=(-4 if align == "right" else 4, 4),
                      textcoords="offset points", ha=align, va="bottom",
                      color=LINE, fontsize=13)


def draw_wait_row(axes, y, runs, wait):
    wall, low, high = spread([seconds(run, wait) for run in runs])
    cpu = spread([cpu_us(run) for run in runs])[0] * wait["requests"] / 1e6
    reason = doubt(runs)
    axes.barh(y, wall, height=0.62, color=PALE, edgecolor=EDGE, linewidth=1,
              hatch="//" if reason else None, zorder=2)
    # Several cores can work at a time: more CPU than time is no nonsense.
    axes.barh(y, min(cpu, wall), height=0.62, color=DARK, zorder=3)
    if len(runs) > 1:
        axes.plot([low, high], [y, y], color=TEXT, linewidth=2, zorder=4)
    return low, max(wall, high), "{:.2f} s{}".format(
        wall, "  ({})".format(reason) if reason else "")


def draw_wait(axes, results, rows, wait):
    labels, longest = [], wait["requests"] * wait["delay_s"] if any(
        not results.models[name]["overlaps"] for name in rows) else 0
    for y, name in enumerate(rows):
        runs = results.good(name, wait)
        if runs:
            low, high, text = draw_wait_row(axes, y, runs, wait)
            labels.append((y, low, high, text))
            longest = max(longest, high)
        else:
            labels.append((y, 0, 0, "failed" if results.runs_of(name, wait)
                           else "not measured"))
    longest = longest or 1
    for y, low, high, text in labels:
        inside = high > 0.75 * longest
        axes.annotate(text, (low if inside else high, y),
                      xytext=(-8 if inside else 8, 0),
                      textcoords="offset points", va="center",
                      ha="right" if inside else "left", fontsize=13,
                      zorder=5)
    reference_lines(axes, wait, longest)
    axes.set_xlim(0, longest * 1.06)
    axes.set_xlabel("seconds   (dark: CPU at work, pale: waiting)")
    title = "How long did {} pages take?".format(wait["requests"])
    if overlaps_made_no_difference(results, rows, wait):
        title += "\nWaiting overlaps; how you wait hardly matters"
    set_title(axes, title)


# ---- right: at what cost? ----

def comparable(results, rows, cost):
    return {name: spread([cpu_us(run) for run in results.good(name, cost)])
            for name in rows if results.good(name, cost)}


def other_level(results, name, wait):
    """Who works one by one has no run at the level of the others."""
    runs = results.good(name, wait) if wait else []
    return (spread([cpu_us(run) for run in runs]),
            runs[0]["concurrency"]) if runs else None


def kib_per_request(results, name, level):
    run = results.memory(name, level)
    if not run or run["peak_pss_bytes"] is None or \
            run["base_pss_bytes"] is None:
        return None
    return max(0, run["peak_pss_bytes"] - run["base_pss_bytes"]) / 1024 / \
        run["concurrency"]


def draw_dot(axes, y, figures, hollow):
    median, low, high = figures
    axes.plot([low, high], [y, y], color=DARK, linewidth=3, zorder=3,
              solid_capstyle="butt")
    axes.plot([median], [y], "o", markersize=12, zorder=4, color=DARK,
              markerfacecolor="white" if hollow else DARK,
              markeredgewidth=2.5)


def cost_row(axes, results, y, name, wait, cost, figures):
    """Draws the dot; what stands beside it."""
    if name in figures:
        draw_dot(axes, y, figures[name], False)
        text = number(figures[name][0]) + " µs"
        return figures[name], text
    runs = results.runs_of(name, cost)
    other = None if runs else other_level(results, name, wait)
    if other:
        draw_dot(axes, y, other[0], True)
        return other[0], "{} µs, but at {} in flight".format(
            number(other[0][0]), other[1])
    return None, "failed" if runs else "not measured"


def number(value):
    return "{:.0f}".format(value) if value >= 10 else "{:.1f}".format(value)


def draw_floor(axes, results, cost):
    runs = results.floor("floor-epoll", cost)
    if not runs:
        return None
    floor = spread([cpu_us(run) for run in runs])[0]
    axes.axvline(floor, color=LINE, linewidth=1.5, zorder=1)
    axes.annotate("floor {} µs".format(number(floor)), (floor, 1),
                  xycoords=("data", "axes fraction"), xytext=(0, 4),
                  textcoords="offset points", ha="center", va="bottom",
                  color=LINE, fontsize=13)
    return floor


def memory_column(axes, results, rows, cost):
    known = [(y, kib_per_request(results, name, cost["level"]))
             for y, name in enumerate(rows)
             if results.models[name]["overlaps"]]
    known = [(y, kib) for y, kib in known if kib is not None]
    if not known:
        return
    axes.annotate("KiB per\nopen request", (1.0, 1), xytext=(0, 4),
                  xycoords="axes fraction", textcoords="offset points",
                  ha="right", va="bottom", color=QUIET, fontsize=13)
    for y, kib in known:
        axes.annotate(number(kib), (1.0, y), ha="right", va="center",
                      xycoords=("axes fraction", "data"), color=QUIET,
                      fontsize=14)


def ticks_between(low, high):
    """Round numbers: as few as are enough to read a logarithmic scale by."""
    for bases in ((1, 10), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
        ticks = sorted({base * 10 ** power for power in range(-1, 6)
                        for base in bases})
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) >= 3:
            break
    return ticks


def cost_limits(axes, shown, floor):
    values = [value for figures in shown for value in figures]
    values += [floor] if floor else []
    values = values or [1, 10]
    low, high = min(values) / 1.6, max(values)
    # Room for what stands beside the dots, and for the column of memory.
    decades = (high / low) ** 0.62
    axes.set_xscale("log")
    axes.set_xlim(low, high * max(decades, 6))
    axes.set_xticks(ticks_between(low, high * 1.5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_minor_locator(NullLocator())


def write_beside(axes, texts):
    """To the right of a dot; a reason for doubt to where there is room."""
    middle = math.sqrt(math.prod(axes.get_xlim()))
    for y, where, text, reason in texts:
        beside = dict(xycoords="data", textcoords="offset points",
                      va="center", fontsize=13,
                      bbox=dict(facecolor="white", edgecolor="none", pad=1))
        if not where:
            axes.annotate(text, (axes.get_xlim()[0], y), xytext=(12, 0),
                          **beside)
            continue
        if reason and where[0] < middle:
            text += "  ({})".format(reason)
        elif reason:
            axes.annotate("({})".format(reason), (where[1], y),
                          xytext=(-12, 0), ha="right", **beside)
        axes.annotate(text, (where[2], y), xytext=(12, 0), **beside)


def too_close(figures):
    """Neighbours in cost whose spreads meet: groups that must not be ranked.
    Few rounds show too little of the spread: it counts as a tenth at least."""
    groups, highest = [], 0
    for name, (median, low, high) in sorted(figures.items(),
                                            key=lambda item: item[1][0]):
        if groups and min(low, 0.95 * median) <= highest:
            groups[-1].append(name)
        else:
            groups.append([name])
            highest = 0
        highest = max(highest, high, 1.05 * median)
    return [group for group in groups if len(group) > 1]


def draw_cost(axes, results, rows, wait, cost):
    figures = comparable(results, rows, cost)
    shown, texts = [], []
    for y, name in enumerate(rows):
        where, text = cost_row(axes, results, y, name, wait, cost, figures)
        shown += [where] if where else []
        reason = doubt(results.good(name, cost)) if name in figures else None
        texts.append((y, where, text, reason))
    floor = draw_floor(axes, results, cost)
    cost_limits(axes, shown, floor)
    write_beside(axes, texts)
    memory_column(axes, results, rows, cost)
    axes.set_xlabel("CPU µs per request, log scale   (line: lowest to "
                    "highest)")
    title = "What did the waiting cost, at {} in flight?".format(
        cost["level"])
    medians = [figure[0] for figure in figures.values()]
    if len(medians) > 1 and max(medians) > 2 * min(medians):
        title += "\nIt changes what you pay: up to {} times".format(
            number(max(medians) / min(medians)))
    set_title(axes, title)


# ---- the figure ----

def remark(figure, results, rows, cost, height):
    groups = too_close(comparable(results, rows, cost))
    if groups:
        text = "Too close to be ranked: " + "; ".join(
            ", ".join(name for name in rows if name in group)
            for group in groups)
        figure.text(0.012, 0.69 / height, text, fontsize=12, color=TEXT,
                    va="bottom")


def draw(results):
    wait = results.block("wait", "own")
    own = results.blocks("own")
    cost = results.block("cost") or (own[-1] if own else None) or wait
    if not wait or not cost:
        sys.exit("there is nothing in these results that the first chart "
                 "shows")
    rows = rows_of(results, wait, cost)
    height = MARGINS + ROW * len(rows)
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(WIDTH, height), sharey=True,
        gridspec_kw={"wspace": 0.08})
    figure.subplots_adjust(left=0.125, right=0.985, top=1 - 1.5 / height,
                           bottom=1.75 / height)
    draw_wait(left, results, rows, wait)
    draw_cost(right, results, rows, wait, cost)
    remark(figure, results, rows, cost, height)
    left.set_yticks(range(len(rows)), rows)
    left.set_ylim(len(rows) - 0.4, -0.6)
    for axes in (left, right):
        axes.tick_params(axis="y", length=0)
    for line, text in enumerate(results.footer(
            [wait] if wait is cost else [wait, cost])):
        figure.text(0.012, (0.42 - 0.27 * line) / height, text, fontsize=12,
                    color=QUIET, va="bottom")
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("results", help="results.json of a race")
    parser.add_argument("--out", default=".", help="the folder to write to")
    options = parser.parse_args()

    figure = draw(read_results(options.results))
    save(figure, options.out, "first")


if __name__ == "__main__":
    main()
