# SPDX-License-Identifier: MIT
"""A chart for each episode: what its reader has built, beside what came before
it."""

from choice import of_episode
from first_chart import draw_panels


def draw_episode(results, episode):
    about = of_episode(results, episode)
    figure = about and draw_panels(results, *about)
    if figure:
        figure.text(0.012, 0.985, episode, fontsize=18, va="top",
                    fontweight="bold")
    return figure
