#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The second chart: requests per second against requests in flight.

    rate_chart.py results.json [--out DIR]

One coloured line for a family, its siblings grey; the x of a point is what the
origin saw in flight, not what was asked for. Writes rate.png and rate.svg.
Exit code 3: matplotlib is missing.
"""

import argparse
import statistics

from drawing import plt, save
from matplotlib.ticker import FuncFormatter
from results import describe, read_results

COLOURS = {
    "blocking": "#222222", "threads": "#c0392b", "processes": "#e08e0b",
    "nonblocking": "#1f5a8a", "callbacks": "#2e8b57", "deferreds": "#8e44ad",
    "coroutines": "#0f9ba8",
}
GREY, IDEAL = "#b5b5b5", "#777777"

# Who stands for a family, if it ran; else the first of it that did.
FACES = {"epoll", "tasks"}


def points_of(results, name, blocks):
    """(in flight, requests per second) for every level."""
    points = []
    for block in blocks:
        runs = results.good(name, block)
        if not runs:
            continue
        seen = [run["origin_max_in_flight"] for run in runs
                if run["origin_max_in_flight"] and block["delay_s"]]
        points.append((
            statistics.median(seen) if seen else runs[0]["concurrency"],
            statistics.median(run["requests"] / run["wall_s"]
                              for run in runs)))
    return sorted(points)


def spread_labels(labels, gap):
    """Moves labels apart that stand closer than `gap` (in decades)."""
    placed = []
    for y, text, colour in sorted(labels):
        if placed and y < placed[-1][0] * 10 ** gap:
            y = placed[-1][0] * 10 ** gap
        placed.append((y, text, colour))
    return placed


def draw_ideal(axes, blocks):
    delay = blocks[0]["delay_s"]
    if not delay or any(block["delay_s"] != delay for block in blocks):
        return
    levels = [blocks[0]["level"], blocks[-1]["level"]]
    axes.plot(levels, [level / delay for level in levels], "--",
              color=IDEAL, linewidth=1.5, zorder=1)
    middle = (levels[0] * levels[1]) ** 0.5
    axes.annotate("perfect overlap", (middle, middle / delay),
                  xytext=(-12, 12), textcoords="offset points", color=IDEAL,
                  ha="right", fontsize=14)


def draw_lines(axes, results, blocks):
    faces, lines, labels = {}, {}, []
    for name, model in results.models.items():
        points = points_of(results, name, blocks)
        if points and model["family"] != "floor":
            lines[name] = points
            if name in FACES or model["family"] not in faces:
                faces[model["family"]] = name
    for name, points in lines.items():
        family = results.models[name]["family"]
        first = faces[family] == name
        colour = COLOURS.get(family, GREY) if first else GREY
        axes.plot(*zip(*points), "o-", color=colour, zorder=4 if first else 2,
                  linewidth=3 if first else 1.5, markersize=8 if first else 5)
        if first and points[-1][0] > blocks[-2]["level"]:
            labels.append((points[-1][1], name, colour))
    return labels


def draw(results):
    blocks = results.blocks("scale")
    blocks = blocks if len(blocks) > 1 else results.blocks("own")
    blocks = sorted((block for block in blocks if block["rounds_done"]),
                    key=lambda block: block["level"])
    if len(blocks) < 2:
        return None
    figure, axes = plt.subplots(figsize=(16, 9))
    figure.subplots_adjust(left=0.08, right=0.83, top=0.9, bottom=0.17)
    labels = draw_lines(axes, results, blocks)
    draw_ideal(axes, blocks)
    axes.set_xscale("log")
    axes.set_yscale("log")
    plain = FuncFormatter(lambda value, _: f"{value:,.0f}")
    axes.xaxis.set_major_formatter(plain)
    axes.yaxis.set_major_formatter(plain)
    low, high = axes.get_ylim()
    decades = statistics.math.log10(high / low)
    for y, text, colour in spread_labels(labels, 0.04 * decades):
        axes.annotate(text, (1.01, y), xycoords=("axes fraction", "data"),
                      color=colour, va="center", fontsize=16)
    axes.set_xlabel("requests in flight, as the server saw them   "
                    "(grey: others of these families)")
    axes.set_ylabel("requests per second")
    axes.set_title("How many pages a second, with more and more in flight?",
                   loc="left", fontsize=18, pad=16)
    first, second = results.footer([])
    settings = "{}; pages per run: {}".format(
        describe(blocks[0]).split(" in flight, ")[1],
        ", ".join(str(block["requests"]) for block in blocks))
    figure.text(0.012, 0.055, first, fontsize=12, color="#555555")
    figure.text(0.012, 0.02, settings + second, fontsize=12, color="#555555")
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("results", help="results.json of a race")
    parser.add_argument("--out", default=".", help="the folder to write to")
    options = parser.parse_args()

    figure = draw(read_results(options.results))
    if not figure:
        return
    save(figure, options.out, "rate")


if __name__ == "__main__":
    main()
