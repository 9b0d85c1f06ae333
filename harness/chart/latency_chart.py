# SPDX-License-Identifier: MIT
"""Open load: how late are the answers? A row for each model, since one
percentile is not a distribution."""

from bars import BOTTOM, TOP
from choice import lateness
from drawing import new_figure, write_footer
from histogram import bins_for, densities, ends_of
from labels import logarithmic
from palette import INK, QUIET, look_of
from scale import span


def draw_histogram(axes, y, latency, per_decade, colour, filled):
    for start, end, height in densities(latency["histogram"], per_decade):
        axes.fill([start, end, end, start],
                  [y + 0.38, y + 0.38, y + 0.38 - 0.8 * height,
                   y + 0.38 - 0.8 * height],
                  facecolor=colour if filled else "none", edgecolor=INK,
                  linewidth=0.6 if filled else 1.4,
                  linestyle="-" if filled else ":", zorder=2 if filled else 3)


def draw_row(axes, y, run, per_decade, colour):
    latency = run["latency"]
    draw_histogram(axes, y, latency, per_decade, colour, True)
    draw_histogram(axes, y, run["latency_naive"], per_decade, colour, False)
    for name, tick in (("p50_s", 0.5), ("p99_s", 0.8)):
        axes.plot([latency[name]] * 2, [y + 0.38, y + 0.38 - tick],
                  color=INK, linewidth=2.5, zorder=4)
    axes.annotate(
        "{}{}   {}   {}".format("!" if run.get("disturbed") else "",
                                *(span(latency[name]) for name in
                                  ("p50_s", "p99_s", "p999_s"))),
        (1.01, y), xycoords=("axes fraction", "data"), va="center",
        fontsize=13)


def draw(results):
    found = lateness(results)
    if not found:
        return None
    block, runs = found
    names, runs = list(runs), list(runs.values())
    (figure, axes), height = new_figure(len(names), TOP + BOTTOM)
    figure.subplots_adjust(left=0.14, right=0.78, top=1 - TOP / height,
                           bottom=BOTTOM / height)
    for y, (name, run) in enumerate(zip(names, runs)):
        draw_row(axes, y, run, bins_for(runs),
                 look_of(results.models[name]["family"]).colour)
    axes.annotate("half within, 99 %, 99.9 %", (1.01, 1),
                  xycoords="axes fraction", xytext=(0, 4),
                  textcoords="offset points", color=QUIET, fontsize=13)
    low, high = ends_of(runs)
    logarithmic(axes, low / 1.15, high * 1.05, span)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("from when the request was due, log scale   (dotted: from "
                    "when the client began with it)")
    axes.set_title(
        "How late are answers, if {:,} requests are due in a second{}?"
        .format(block["rate"], ", {} at a time".format(block["burst"])
                if block["burst"] > 1 else ""),
        loc="left", fontsize=18, pad=30)
    write_footer(figure, height, results.footer([block]),
                 "".join("!" for run in runs if run.get("disturbed")),
                 "The server takes {:g} ms. Strokes: half of the answers, and "
                 "99 % of them".format(1000 * block["delay_s"]))
    return figure
