# SPDX-License-Identifier: MIT
"""matplotlib as it is delivered, whatever its user has told it: a chart of the
lab looks the same on every machine. Ends with exit code 3 where matplotlib is
missing."""

import io
import os
import sys

from files import CHART_KINDS, say, write_whole
from palette import INK, QUIET
from results import legend_of


def import_pyplot():
    """Reads no settings of the user: those are named by variables, or lie in
    the working folder."""
    os.environ["MATPLOTLIBRC"] = os.devnull
    os.environ["MPLBACKEND"] = "Agg"
    os.environ.pop("SOURCE_DATE_EPOCH", None)
    before = os.open(".", os.O_PATH | os.O_DIRECTORY)
    os.chdir("/")
    try:
        import matplotlib
        import matplotlib.pyplot as pyplot
    except ImportError:
        sys.exit(3)
    finally:
        os.fchdir(before)
        os.close(before)
    matplotlib.rcdefaults()
    return matplotlib, pyplot


matplotlib, plt = import_pyplot()
plt.rcParams.update({
    "font.size": 15, "font.family": "DejaVu Sans",
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": QUIET, "text.color": INK, "axes.labelcolor": INK,
    "xtick.color": INK, "ytick.color": INK, "hatch.linewidth": 1.2,
    "svg.hashsalt": "waitlab", "pdf.fonttype": 42,
})
if "text.parse_math" in plt.rcParams:
    # A dollar sign in the name of a machine is a dollar sign.
    plt.rcParams["text.parse_math"] = False

# Inches at 100 dots: on a projector of 1280 by 720, type of 13 points is 14
# dots high.
WIDTH, HEIGHT = 16, 9


def new_figure(rows=None, margins=0.0, **more):
    """A figure as high as a screen; lower for few rows, and higher if the rows
    would be too many to read."""
    height = HEIGHT if rows is None else \
        margins + rows * min(0.52, max(0.25, (HEIGHT - margins) / rows))
    return plt.subplots(figsize=(WIDTH, height), **more), height


def write_footer(figure, height, lines, marks="", remark=""):
    """Two lines about machine and settings, above them what there is to be
    remarked, all of it as wide as the figure at most."""
    above = "    ".join(filter(None, [remark, legend_of(marks)]))
    for line, (text, colour) in enumerate(
            [(lines[1], QUIET), (lines[0], QUIET), (above, INK)]):
        shrink(figure, figure.text(
            0.012, (0.15 + 0.27 * line) / height, text, fontsize=12,
            color=colour, va="bottom"))


def shrink(figure, text):
    """The name of a processor may have any length."""
    most = 0.976 * figure.get_figwidth() * figure.dpi
    wide = text.get_window_extent(figure.canvas.get_renderer()).width
    if wide > most:
        text.set_fontsize(text.get_fontsize() * most / wide)


def save(figure, folder, name):
    """Writes NAME.png, NAME.svg and NAME.pdf, and says so."""
    path = os.path.join(folder, name)
    undated = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
    for kind in CHART_KINDS:
        drawn = io.BytesIO()
        figure.savefig(drawn, format=kind, dpi=100, metadata=undated[kind])
        write_whole(path + "." + kind, drawn.getvalue())
    plt.close(figure)
    say("Chart: {}.png (.svg, .pdf)".format(path))
