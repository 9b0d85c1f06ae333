#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The first chart: two panels with the same rows.

    first_chart.py results.json [--out DIR]

Left, how long did the pages take? Right, what did the waiting cost? Writes
first.png and first.svg. Exit code 3: matplotlib is missing.
"""

import argparse
import os
import sys

try:
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter, NullFormatter
except ImportError:
    sys.exit(3)

from results import Results, cpu_us, doubt, spread

DARK, PALE, EDGE = "#1f5a8a", "#c9dcec", "#1f5a8a"
LINE, TEXT, QUIET = "#b03a2e", "#222222", "#555555"

# Inches at 100 dots: 1600 dots wide. Sizes of type are in points.
WIDTH, ROW, MARGINS = 16, 0.52, 3.55
plt.rcParams.update({
    "font.size": 15, "font.family": "DejaVu Sans",
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": QUIET, "text.color": TEXT, "axes.labelcolor": TEXT,
    "xtick.color": TEXT, "ytick.color": TEXT, "hatch.linewidth": 1.2,
    "hatch.color": "#7a8b99", "svg.hashsalt": "waitlab",
})


def rows_of(results, wait, cost):
    """Models in historical order, which is the order of the file."""
    return [name for name, model in results.models.items()
            if model["family"] != "floor" and
            any(block and results.runs_of(name, block)
                for block in (wait, cost))]


# ---- left: how long? ----

def overlaps_made_no_difference(results, rows, wait):
    """Are all who overlap within a quarter of the fastest of them?"""
    times = [spread([run["wall_s"] for run in results.good(name, wait)])[0]
             for name in rows if results.models[name]["overlaps"]
             and results.good(name, wait)]
    return len(times) > 1 and max(times) < 1.25 * min(times)


def reference_lines(axes, wait):
    """One after another, and perfect overlap: what arithmetic promises."""
    if not wait["delay_s"]:
        return
    waves = -(-wait["requests"] // wait["level"])
    for seconds, text, align in (
            (wait["requests"] * wait["delay_s"], "one after another", "right"),
            (waves * wait["delay_s"], "perfect overlap", "left")):
        axes.axvline(seconds, color=LINE, linewidth=1.5, zorder=1)
        axes.annotate("{} {:g} s".format(text, seconds), (seconds, 1),
                      xycoords=("data", "axes fraction"),
                      xytext=(-4 if align == "right" else 4, 4),
                      textcoords="offset points", ha=align, va="bottom",
                      color=LINE, fontsize=13)


def draw_wait_row(axes, y, runs):
    wall, low, high = spread([run["wall_s"] for run in runs])
    cpu = spread([run["cpu_user_s"] + run["cpu_system_s"]
                  for run in runs])[0]
    reason = doubt(runs)
    axes.barh(y, wall, height=0.62, color=PALE, edgecolor=EDGE, linewidth=1,
              hatch="//" if reason else None, zorder=2)
    # Several cores can work at a time: more CPU than time is no nonsense.
    axes.barh(y, min(cpu, wall), height=0.62, color=DARK, zorder=3)
    if len(runs) > 1:
        axes.plot([low, high], [y, y], color=TEXT, linewidth=2, zorder=4)
    return max(wall, high), "{:.2f} s{}".format(
        wall, "  ({})".format(reason) if reason else "")


def draw_wait(axes, results, rows, wait):
    labels, longest = [], wait["requests"] * wait["delay_s"] if any(
        not results.models[name]["overlaps"] for name in rows) else 0
    for y, name in enumerate(rows):
        runs = results.good(name, wait)
        if runs:
            end, text = draw_wait_row(axes, y, runs)
            labels.append((y, end, text))
            longest = max(longest, end)
        else:
            labels.append((y, 0, "failed" if results.runs_of(name, wait)
                           else "not measured"))
    longest = longest or 1
    for y, end, text in labels:
        inside = end > 0.75 * longest
        axes.annotate(text, (end, y), xytext=(-8 if inside else 8, 0),
                      textcoords="offset points", va="center",
                      ha="right" if inside else "left", fontsize=13,
                      zorder=5)
    reference_lines(axes, wait)
    axes.set_xlim(0, longest * 1.06)
    axes.set_xlabel("seconds   (dark: CPU at work, pale: waiting)")
    title = "How long did {} pages take?".format(wait["requests"])
    if overlaps_made_no_difference(results, rows, wait):
        title += "\nWaiting overlaps; how you wait hardly matters"
    axes.set_title(title, loc="left", fontsize=18, pad=30, linespacing=1.4)


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
    runs = results.good("floor-epoll", cost)
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


def cost_limits(axes, shown, floor):
    values = [value for figures in shown for value in figures]
    values += [floor] if floor else []
    values = values or [1, 10]
    low, high = min(values) / 1.6, max(values)
    # Room for what stands beside the dots, and for the column of memory.
    decades = (high / low) ** 0.62
    axes.set_xscale("log")
    axes.set_xlim(low, high * max(decades, 6))
    ticks = [base * 10 ** power for power in range(-1, 6)
             for base in (1, 2, 5) if low <= base * 10 ** power <= high * 1.5]
    axes.set_xticks(ticks[::2] if len(ticks) > 7 else ticks)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())


def draw_cost(axes, results, rows, wait, cost):
    figures = comparable(results, rows, cost)
    shown = []
    for y, name in enumerate(rows):
        where, text = cost_row(axes, results, y, name, wait, cost, figures)
        shown += [where] if where else []
        reason = doubt(results.good(name, cost)) if name in figures else None
        axes.annotate(text + ("  ({})".format(reason) if reason else ""),
                      (where[2], y) if where else (0.02, y),
                      xycoords="data" if where else ("axes fraction", "data"),
                      xytext=(12, 0), textcoords="offset points",
                      va="center", fontsize=13)
    floor = draw_floor(axes, results, cost)
    cost_limits(axes, shown, floor)
    memory_column(axes, results, rows, cost)
    axes.set_xlabel("CPU µs per request, log scale   (line: lowest to "
                    "highest)")
    title = "What did the waiting cost, at {} in flight?".format(
        cost["level"])
    medians = [figure[0] for figure in figures.values()]
    if len(medians) > 1 and max(medians) > 2 * min(medians):
        title += "\nIt changes what you pay: up to {:.0f} times".format(
            max(medians) / min(medians))
    axes.set_title(title, loc="left", fontsize=18, pad=48 if floor else 48,
                   linespacing=1.4)


# ---- the figure ----

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
                           bottom=1.55 / height)
    draw_wait(left, results, rows, wait)
    draw_cost(right, results, rows, wait, cost)
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

    figure = draw(Results(options.results))
    for kind in ("png", "svg"):
        path = os.path.join(options.out, "first." + kind)
        figure.savefig(path, dpi=100,
                       metadata={"Date": None} if kind == "svg" else None)
        print("Chart: " + path)


if __name__ == "__main__":
    main()
