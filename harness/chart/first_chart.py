# SPDX-License-Identifier: MIT
"""The first chart: two panels with the same rows. Left, how long did the pages
take? Right, what did the waiting cost?"""

import math

from bars import BOTTOM, TOP
from choice import promises, wait_and_cost
from drawing import new_figure, write_footer
from labels import logarithmic, stack_above, write_beside
from palette import BLUE, FAINT, INK, PALE, QUIET, REFERENCE
from results import (cpu_us, doubt, in_order_of_marks, kib_per_request, pages_of,
                     seconds, spread, too_close)
from scale import number


def rows_of(results, names, wait, cost):
    """Models in historical order, below them what they are compared with."""
    return [name for name in names
            if any(block and results.runs_of(name, block)
                   for block in (wait, cost))]


def set_title(axes, text):
    """Two lines, room for two, below them what names the columns."""
    axes.set_title(text if "\n" in text else text + "\n", loc="left",
                   fontsize=18, pad=44, linespacing=1.4)


def is_peer(results, name):
    return results.models[name]["family"] == "peer"


# ---- left: how long? ----

def overlaps_made_no_difference(results, rows, wait):
    """Are all that overlap within a quarter of the fastest of them? Of
    disturbed runs nothing is said."""
    if wait["level"] == 1 or not wait["delay_s"]:
        return False
    times = [spread([seconds(run, wait)
                     for run in results.good(name, wait)])[0]
             for name in rows if results.models[name]["overlaps"]
             and results.good(name, wait)
             and not any(run.get("disturbed")
                         for run in results.good(name, wait))]
    return len(times) > 1 and max(times) < 1.25 * min(times)


def reference_lines(axes, wait, longest):
    labels = []
    for when, text in promises(wait):
        if when > 1.05 * longest:
            continue
        left = when > longest / 2
        axes.axvline(when, color=REFERENCE, linewidth=1.5, zorder=1)
        labels.append(axes.annotate(
            "{} {:g} s".format(text, when), (when, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-4 if left else 4, 4), textcoords="offset points",
            ha="right" if left else "left", va="bottom", color=REFERENCE,
            fontsize=13))
    return labels


def draw_wait_row(axes, y, runs, wait, peer):
    """The bar, and how far it reaches; what is beside it."""
    wall, low, high = spread([seconds(run, wait) for run in runs])
    cpu = spread([cpu_us(run) for run in runs])[0] * wait["requests"] / 1e6
    mark = "!" if any(run.get("disturbed") for run in runs) else ""
    reason = doubt(runs)
    axes.barh(y, wall, height=0.62, color="#e4e4e4" if peer else PALE,
              edgecolor=FAINT if peer else BLUE, linewidth=1,
              hatch="//" if reason or mark else None, zorder=2)
    # Several cores can work at a time: more CPU than time is not nonsense.
    axes.barh(y, min(cpu, wall), height=0.62, color=FAINT if peer else BLUE,
              zorder=3)
    if len(runs) > 1:
        axes.plot([low, high], [y, y], color=INK, linewidth=2, zorder=4)
    return low, max(wall, high), "{}{:.2f} s{}".format(
        mark, wall, "  ({})".format(reason) if reason else ""), mark


def draw_wait(axes, results, rows, wait):
    """What was marked."""
    labels, marks = [], ""
    longest = wait["requests"] * wait["delay_s"] if any(
        not results.models[name]["overlaps"] for name in rows) else 0
    for y, name in enumerate(rows):
        runs = results.good(name, wait)
        if runs:
            low, high, text, mark = draw_wait_row(axes, y, runs, wait,
                                                  is_peer(results, name))
            labels.append((y, low, high, text))
            longest = max(longest, high)
            marks += mark
        else:
            labels.append((y, 0, 0, "failed" if results.runs_of(name, wait)
                           else "not measured"))
    longest = longest or 1
    axes.set_xlim(0, longest * 1.06)
    for y, low, high, text in labels:
        inside = high > 0.6 * longest
        axes.annotate(text, (low if inside else high, y),
                      xytext=(-8 if inside else 8, 0),
                      textcoords="offset points", va="center",
                      ha="right" if inside else "left", fontsize=13,
                      zorder=5, bbox=dict(facecolor="white", alpha=0.8,
                                          edgecolor="none", pad=1))
    stack_above(reference_lines(axes, wait, longest))
    axes.set_xlabel("seconds   (dark: CPU at work, pale: waiting)")
    title = "How long did {} take?".format(pages_of(wait))
    if overlaps_made_no_difference(results, rows, wait):
        title += "\nWaiting overlaps; how you wait hardly matters"
    set_title(axes, title)
    return marks


# ---- right: at what cost? ----

def other_level(results, name, wait, cost):
    """A model that works one by one has no run at the level of the others: runs
    of another level."""
    return results.good(name, cost) or \
        (results.good(name, wait)
         if wait and not results.runs_of(name, cost) else [])


def draw_dot(axes, y, figure, hollow, peer):
    colour = FAINT if peer else BLUE
    axes.plot([figure.low, figure.high], [y, y], color=colour, linewidth=3,
              zorder=3, solid_capstyle="butt")
    axes.plot([figure.median], [y], "D" if peer else "o",
              markersize=9 if peer else 12, zorder=4, color=colour,
              markerfacecolor="white" if hollow else colour,
              markeredgewidth=2.5)


def cost_row(axes, results, y, name, wait, cost, figures):
    """Draws the dot: where it is, and what is beside it."""
    figure = figures.get(name)
    if figure:
        draw_dot(axes, y, figure, False, is_peer(results, name))
        return figure, "{}{} µs".format(figure.mark, number(figure.median))
    runs = other_level(results, name, wait, cost)
    if runs:
        block = cost if runs[0]["block"] == cost["name"] else wait
        figure = results.figure(name, block, cpu_us)
        draw_dot(axes, y, figure, True, is_peer(results, name))
        return figure, "{}{} µs, but at {} in flight".format(
            figure.mark, number(figure.median), runs[0]["concurrency"])
    return None, "failed" if results.runs_of(name, cost) else "not measured"


def draw_floor(axes, results, cost):
    floor = results.floor(cost)
    if not floor:
        return None
    axes.axvline(floor.median, color=REFERENCE, linewidth=1.5, zorder=1)
    axes.annotate("floor {}{} µs".format(floor.mark, number(floor.median)),
                  (floor.median, 1), xycoords=("data", "axes fraction"),
                  xytext=(0, 4), textcoords="offset points", ha="center",
                  va="bottom", color=REFERENCE, fontsize=13)
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


def cost_limits(axes, shown):
    values = [value for figure in shown for value in figure[:3]] or [1, 10]
    low, high = min(values) / 1.6, max(values)
    # Room for what is beside the dots, and for the column of memory.
    decades = (high / low) ** 0.62
    logarithmic(axes, low, high * max(decades, 6), "{:g}".format, high * 1.5)


def cost_title(cost, figures):
    title = ("What did the waiting cost, at {} in flight?"
             if cost["delay_s"] else
             "What does a page cost, at {} in flight?").format(cost["level"])
    least, most = (of(figures.values(), default=None) for of in (min, max))
    if least and most.median > 2 * least.median:
        title += "\nIt changes what you pay: up to {}{} times".format(
            in_order_of_marks(least.mark + most.mark),
            number(most.median / least.median))
    return title


def draw_cost(axes, results, rows, wait, cost):
    """What was marked."""
    figures = results.costs(rows, cost)
    shown, texts = [], []
    for y, name in enumerate(rows):
        figure, text = cost_row(axes, results, y, name, wait, cost, figures)
        shown += [figure] if figure else []
        texts.append((y, figure, text,
                      doubt(results.good(name, cost))
                      if name in figures else None))
    floor = draw_floor(axes, results, cost)
    shown += [floor] if floor else []
    cost_limits(axes, shown)
    write_beside(axes, texts, math.sqrt(math.prod(axes.get_xlim())))
    memory_column(axes, results, rows, cost)
    axes.set_xlabel("CPU µs per request, log scale   (line: expected "
                    "of another race)")
    set_title(axes, cost_title(cost, {
        name: figure for name, figure in figures.items()
        if not is_peer(results, name)}))
    return "".join(figure.mark for figure in shown)


# ---- the figure ----

def remark(results, rows, cost):
    groups = too_close(results.costs(rows, cost))
    return "Too close to be ranked: " + "; ".join(
        ", ".join(name for name in rows if name in group)
        for group in groups) if groups else ""


def draw_panels(results, names, wait, cost):
    rows = rows_of(results, names, wait, cost)
    if not rows:
        return None
    (figure, (left, right)), height = new_figure(
        len(rows), TOP + BOTTOM, ncols=2, sharey=True,
        gridspec_kw={"wspace": 0.08})
    figure.subplots_adjust(left=0.125, right=0.985, top=1 - TOP / height,
                           bottom=BOTTOM / height)
    marks = draw_wait(left, results, rows, wait)
    marks += draw_cost(right, results, rows, wait, cost)
    left.set_yticks(range(len(rows)), rows)
    left.set_ylim(len(rows) - 0.4, -0.6)
    for axes in (left, right):
        axes.tick_params(axis="y", length=0)
    write_footer(figure, height, results.footer(
        [wait] if wait is cost else [wait, cost]), marks,
        remark(results, rows, cost))
    return figure


def draw(results):
    blocks = wait_and_cost(results)
    return blocks and draw_panels(
        results, results.contestants() + results.peers(), *blocks)
