# SPDX-License-Identifier: MIT
"""How many requests a second, until answers are late?"""

from bars import BOTTOM, TOP, draw_bars, margins
from choice import RAMP_LATE, ramp, ramp_words
from drawing import new_figure, write_footer
from palette import look_of
from results import Figure


def draw(results):
    found = ramp(results)
    if not found:
        return None
    (figure, axes), height = new_figure(len(found), TOP + BOTTOM)
    figure.subplots_adjust(**margins(height))
    draw_bars(axes, [
        (name, Figure(held, held, held, mark), ramp_words(held, late),
         look_of(results.models[name]["family"]).colour)
        for name, (held, late, mark) in found.items()])
    axes.set_xlabel("requests a second that it kept up with")
    axes.set_title("How many requests a second, until answers are late?",
                   loc="left", fontsize=18, pad=16)
    block = next(block for block in results.settings["blocks"]
                 if block.get("ramp"))
    write_footer(
        figure, height, results.footer([]),
        "".join(mark for _, _, mark in found.values()),
        "The server takes {:g} ms. Late: one of a hundred by more than {:g} ms"
        .format(1000 * block["delay_s"], 1000 * RAMP_LATE))
    return figure
