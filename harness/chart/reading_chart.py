# SPDX-License-Identifier: MIT
"""What does reading from top to bottom cost? Only where nothing waits and
connections are kept is it large enough to be seen."""

from bars import BOTTOM, TOP, draw_bars, draw_references, margins
from choice import READERS, without_waiting
from drawing import new_figure, write_footer
from palette import look_of
from results import cpu_us, too_close
from scale import number


def figures_of(results, block):
    """{name: (µs, × callbacks or None)}"""
    found = {}
    for name in results.contestants():
        figure = name in READERS and results.figure(name, block, cpu_us)
        if figure:
            found[name] = (figure, results.ratio(
                name, ["callbacks"], block, cpu_us))
    return found


def title_of(figures):
    title = "What does reading from top to bottom cost?"
    ratios = [ratio.median for name, (_, ratio) in figures.items()
              if ratio and not ratio.mark and name not in ("callbacks", "mine")]
    if ratios and len(ratios) + 1 >= len(figures):
        title += "\n{:.2f} to {:.2f} times what callbacks take".format(
            min(ratios), max(ratios))
    return title


def draw(results):
    block = without_waiting(results)
    figures = figures_of(results, block) if block else {}
    if len(figures) < 2:
        return None
    (figure, axes), height = new_figure(len(figures), TOP + BOTTOM)
    figure.subplots_adjust(**margins(height))
    draw_bars(axes, [
        (name, told, "{} µs{}".format(
            number(told.median),
            "    {}{:.2f} × callbacks".format(ratio.mark, ratio.median)
            if ratio and name != "callbacks" else ""),
         look_of(results.models[name]["family"]).colour)
        for name, (told, ratio) in figures.items()])
    floor = results.floor(block)
    if floor:
        draw_references(axes, [(floor.median, "floor {}{} µs".format(
            floor.mark, number(floor.median)))])
    axes.set_xlabel("CPU µs per page   (line: expected of another race)")
    axes.set_title(title_of(figures), loc="left", fontsize=18, pad=30)
    groups = too_close({name: told for name, (told, _) in figures.items()})
    write_footer(figure, height, results.footer([block]),
                 "".join(told.mark + (ratio.mark if ratio else "")
                         for told, ratio in figures.values()) +
                 (floor.mark if floor else ""),
                 "Too close to be ranked: " + "; ".join(
                     ", ".join(group) for group in groups) if groups else "")
    return figure
