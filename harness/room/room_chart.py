# SPDX-License-Identifier: MIT
"""All machines of a room on one chart; and what its people thought."""

import textwrap

from bars import TOP
from drawing import new_figure, write_footer
from labels import extent, logarithmic
from palette import BLUE, FAINT, INK, QUIET, look_of
from results import describe
from scale import number


def draw_machines(room):
    # One line more for the legend.
    (figure, axes), height = new_figure(len(room.rows), TOP + 1.6)
    figure.subplots_adjust(right=0.98, top=1 - TOP / height,
                           bottom=1.6 / height)
    marks, ends = draw_dots(axes, room)
    logarithmic(axes, min(ends) / 1.3, max(ends) * 1.3, "{:g}".format)
    size = min(13, 60 * height / (len(room.rows) + 4))
    axes.set_yticks(range(len(room.rows)), [name for name, _ in room.rows],
                    fontsize=size)
    axes.set_ylim(len(room.rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#e8e8e8")
    axes.set_xlabel("CPU µs per request, log scale")
    widest = max(extent(label).width for label in axes.get_yticklabels())
    figure.subplots_adjust(left=(widest + 30) / figure.bbox.width)
    figure.legend(loc="lower left", frameon=False, fontsize=13,
                  bbox_to_anchor=(0, 1 - (TOP - 0.05) / height),
                  ncols=len(room.names), handletextpad=0.2, columnspacing=1.2)
    figure.text(0.012, 1 - 0.2 / height, title_of(room), fontsize=18,
                va="top")
    write_footer(figure, height, (describe(room.block), ""), marks,
                 "    ".join(filter(None, [
                     "{} left out, with other settings".format(room.left_out)
                     if room.left_out else "", "pale:" if marks else ""])))
    return figure


def title_of(room):
    machines = "{} machine{}".format(len(room.rows),
                                     "" if len(room.rows) == 1 else "s")
    title = "What did the waiting cost, on {}?".format(machines)
    told = room.ratios()
    if told:
        most, least, low, high, count = told
        title += "  {} takes {} times what {} takes{}".format(
            most, number(low) if number(low) == number(high) else
            "{} to {}".format(number(low), number(high)), least,
            "" if count == len(room.rows) else " (on {} of them)".format(count))
    return title


def draw_dots(axes, room):
    """Whose family has two, the second is hollow. A figure with a mark is
    pale."""
    marks, ends, seen = "", [], set()
    for name in room.names:
        family = room.models[name]["family"]
        look, hollow = look_of(family), family in seen
        seen.add(family)
        for sure in (True, False):
            points = [(costs[name].median, y)
                      for y, (_, costs) in enumerate(room.rows)
                      if name in costs and (not costs[name].mark) == sure]
            marks += "".join(costs[name].mark for _, costs in room.rows
                             if name in costs)
            ends += [x for x, _ in points]
            axes.plot([x for x, _ in points], [y for _, y in points],
                      look.mark, color=look.colour, markersize=10,
                      markerfacecolor="white" if hollow else look.colour,
                      markeredgecolor=look.colour if hollow else INK,
                      markeredgewidth=2 if hollow else 0.6,
                      alpha=1 if sure else 0.45, linestyle="none")
        axes.plot([], [], look.mark, color=look.colour, label=name,
                  markersize=10, linestyle="none",
                  markerfacecolor="white" if hollow else look.colour)
    return marks, ends


# ---- predictions ----

STEPS_MAX, ANSWERS_MAX = 6, 5


def shortened(words, width):
    return textwrap.shorten(words, width, placeholder="…")


def draw_predictions(lesson, steps):
    """`steps`: [(number, (question, answer) or None, Counter)]"""
    steps = steps[:STEPS_MAX]
    (figure, _), height = new_figure()
    figure.clear()
    figure.text(0.012, 0.975, "{}: what did the room think would happen?"
                .format(lesson), fontsize=18, va="top")
    for place, (step, told, counted) in enumerate(steps):
        axes = figure.add_axes([0.25 + 0.5 * (place % 2),
                                0.66 - 0.3 * (place // 2), 0.2, 0.15])
        draw_step(axes, step, told, counted)
    return figure


def draw_step(axes, step, told, counted):
    rows = counted.most_common(ANSWERS_MAX)
    others = sum(counted.values()) - sum(count for _, count in rows)
    if others:
        rows.append(("other answers", others))
    for y, (answer, count) in enumerate(rows):
        axes.barh(y, count, height=0.66, edgecolor=INK, linewidth=0.8,
                  color=FAINT if others and y == len(rows) - 1 else BLUE)
        axes.annotate(str(count), (count, y), xytext=(6, 0), fontsize=12,
                      textcoords="offset points", va="center")
    axes.set_yticks(range(len(rows)), [shortened(answer, 26)
                                       for answer, _ in rows], fontsize=12)
    axes.set_ylim(max(len(rows), 3) - 0.4, -0.6)
    axes.set_xlim(0, max(counted.values()) * 1.25)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.annotate(question_of(step, told), (-1.15, 1.06),
                  xycoords="axes fraction", fontsize=11.5, va="bottom",
                  color=INK)
    if told:
        axes.annotate("so it is: " + shortened(told[1], 60), (-1.15, -0.04),
                      xycoords="axes fraction", fontsize=11.5, va="top",
                      color=QUIET)


def question_of(step, told):
    lines = textwrap.wrap("{}  {}".format(step, told[0] if told else "?"), 74)
    return "\n".join(lines[:2]) + ("…" if len(lines) > 2 else "")
