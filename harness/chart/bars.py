# SPDX-License-Identifier: MIT
"""A bar for each model, with its spread and what is beside it."""

from labels import stack_above
from palette import FAINT, INK, REFERENCE

# Inches above and below the rows.
TOP, BOTTOM = 1.5, 1.75


def draw_bars(axes, rows):
    """[(name, figure, text, colour)], top to bottom."""
    # Beside the end of each line its text has room: so much of the width.
    end = max(figure.high / (1 - min(0.6, 0.04 + 0.0085 * len(text)))
              for _, figure, text, _ in rows)
    axes.set_xlim(0, end or 1)
    for y, (_, figure, text, colour) in enumerate(rows):
        axes.barh(y, figure.median, height=0.62, color=colour, zorder=2,
                  edgecolor=INK, linewidth=0.8,
                  hatch="//" if figure.mark else None)
        axes.plot([figure.low, figure.high], [y, y], color=INK, linewidth=2,
                  zorder=4)
        axes.annotate(figure.mark + text, (figure.high, y), xytext=(8, 0),
                      textcoords="offset points", va="center", fontsize=14,
                      zorder=5, bbox=dict(facecolor="white", edgecolor="none",
                                          pad=1))
    axes.set_yticks(range(len(rows)), [name for name, _, _, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def draw_references(axes, lines):
    """[(x, text)]: vertical lines, each with its name above it."""
    stack_above([axes.annotate(
        text, (x, 1), xycoords=("data", "axes fraction"), xytext=(0, 4),
        textcoords="offset points", ha="center", va="bottom",
        color=REFERENCE, fontsize=13) for x, text in lines])
    for x, _ in lines:
        axes.axvline(x, color=REFERENCE, linewidth=1.5, zorder=3)


def colour_of(results, name, colour):
    """Peers are grey."""
    return FAINT if results.models[name]["family"] == "peer" else colour


def margins(height):
    return dict(left=0.14, right=0.985, top=1 - TOP / height,
                bottom=BOTTOM / height)
