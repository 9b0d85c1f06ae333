# SPDX-License-Identifier: MIT
"""Text on a chart that must not lie on other text; scales."""

from drawing import matplotlib
from scale import ticks_between


def extent(text):
    return text.get_window_extent(text.figure.canvas.get_renderer())


def stack_above(labels):
    """Annotations along one edge: each that would lie on one before it goes
    above that."""
    placed = []
    for label in labels:
        while any(extent(label).overlaps(extent(other)) for other in placed):
            x, y = label.get_position()
            label.set_position((x, y + 1.25 * label.get_fontsize()))
        placed.append(label)


def write_beside(axes, texts, middle):
    """(y, figure, text, reason): to the right of a dot; a reason for doubt to
    where there is room."""
    for y, where, text, reason in texts:
        beside = dict(xycoords="data", textcoords="offset points",
                      va="center", fontsize=13,
                      bbox=dict(facecolor="white", edgecolor="none", pad=1))
        if not where:
            axes.annotate(text, (axes.get_xlim()[0], y), xytext=(12, 0),
                          **beside)
            continue
        if reason and where.median < middle:
            text += "  ({})".format(reason)
        elif reason:
            axes.annotate("({})".format(reason), (where.low, y),
                          xytext=(-12, 0), ha="right", **beside)
        axes.annotate(text, (where.high, y), xytext=(12, 0), **beside)


def spread_out(labels, gap):
    """[(y, …)] on a scale where `gap` is the height of a line: moved up where
    they would lie on each other."""
    placed = []
    for y, *more in sorted(labels, key=lambda label: label[0]):
        if placed and y < placed[-1][0] + gap:
            y = placed[-1][0] + gap
        placed.append((y, *more))
    return placed


def touch(text, other):
    return extent(text).padded(3).overlaps(extent(other).padded(3))


def collisions(figure):
    """Pairs of texts that lie on each other, numbers of a scale that touch,
    and texts that leave the figure: for those who draw charts, and for the
    tests."""
    figure.canvas.draw()
    beyond, found = set(), []
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            ticks = axis.get_major_ticks() + axis.get_minor_ticks()
            low, high = sorted(axis.get_view_interval())
            shown = [tick.label1 for tick in ticks
                     if low <= tick.get_loc() <= high and
                     tick.label1.get_visible() and tick.label1.get_text()]
            beyond.update(id(tick.label1) for tick in ticks
                          if tick.label1 not in shown)
            found += [(text.get_text(), other.get_text())
                      for text, other in zip(shown, shown[1:])
                      if touch(text, other)]
    texts = [(text.get_text(), extent(text))
             for text in figure.findobj(matplotlib.text.Text)
             if text.get_visible() and text.get_text().strip() and
             id(text) not in beyond]
    whole = figure.bbox
    found += [(text, "leaves the figure") for text, box in texts
              if box.x0 < 0 or box.y0 < 0 or
              box.x1 > whole.width or box.y1 > whole.height]
    for i, (text, box) in enumerate(texts):
        for other, beside in texts[i + 1:]:
            if box.shrunk(0.98, 0.9).overlaps(beside.shrunk(0.98, 0.9)):
                found.append((text, other))
    return found


def logarithmic(axes, low, high, text_of, last=None):
    """The scale of x from `low` to `high`, with numbers up to `last`."""
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
    axes.set_xticks(ticks_between(low, last or high))
    axes.xaxis.set_major_formatter(
        matplotlib.ticker.FuncFormatter(lambda x, _: text_of(x)))
