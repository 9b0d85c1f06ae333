# SPDX-License-Identifier: MIT
"""Charts as SVG inside the page. A mark knows what it is: what the script
shows of it when it is touched, and a browser without scripts as its title."""

import math

from markup import Markup, join, place, tag
from palette import FAMILIES
from scale import steps_to, ticks_between

WIDTH, LABEL, ROW, TOP, BOTTOM = 1000, 150, 24, 24, 26
LETTER = 7.2  # its width, about


def class_of(family):
    return family if family in FAMILIES else "other"


def mark(name, about, value, *inner):
    return tag("g", tag("title", about), *inner, class_="mark", tabindex="0",
               data_name=name, data_about=about,
               data_value="{:.9g}".format(value))


def text(x, y, words, class_=None, anchor=None):
    return tag("text", words, x=place(x), y=place(y), class_=class_,
               text_anchor=anchor)


def line(x1, y1, x2, y2, class_):
    return tag("line", x1=place(x1), y1=place(y1), x2=place(x2), y2=place(y2),
               class_=class_)


def rect(x, y, width, height, class_):
    return tag("rect", x=place(x), y=place(y), width=place(max(width, 0)),
               height=place(height), class_=class_)


def svg(height, label, *inner):
    return tag("div", tag("svg", *inner, viewBox="0 0 {} {}".format(
        WIDTH, place(height)), class_="chart", role="group",
        aria_label=label), class_="drawn")


class Scale:
    """From values to x, or y."""

    def __init__(self, low, high, start, end, log=False):
        self.low, self.high = low, high
        self.start, self.end, self.log = start, end, log

    def __call__(self, value):
        if self.log:
            part = math.log(max(value, self.low) / self.low) / \
                math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self):
        if self.log:
            return ticks_between(self.low, self.high)
        return steps_to(self.high, 8)


class Row:
    """`parts`: (end, class) of bars from the left, on each other."""

    def __init__(self, name, family, figure, words, about, parts=None):
        self.name, self.family, self.figure = name, family, figure
        self.words, self.about = words, about
        self.parts = parts or [(figure.median, "bar " + class_of(family))]


def scale_for(rows, references, log):
    """So wide that each row's words have room beside its bar."""
    room = WIDTH - LABEL - 10
    values = [value for row in rows for value in row.figure[:3]] + \
        [value for value, _ in references]
    low = min(value for value in values + [max(values)] if value > 0) / 1.5 \
        if log else 0
    high = max(values)
    for row in rows:
        end = max(row.figure.high, row.figure.median)
        part = room / max(80, room - LETTER * len(row.words) - 16)
        high = max(high, low * (max(end, low) / low) ** part if log
                   else end * part)
    return Scale(low, high * 1.02 or 1, LABEL, LABEL + room, log)


def axis(scale, bottom, unit):
    return join([join([line(scale(tick), TOP, scale(tick), bottom, "grid"),
                       text(scale(tick), bottom + 16, "{:,.10g}".format(tick),
                            "tick", "middle")]) for tick in scale.ticks()] +
                [text(WIDTH, bottom + 34, unit, "tick", "end")])


def reference_lines(scale, references, bottom):
    """Names above their lines; where two would meet, the second goes lower."""
    drawn, ends = [], []
    for value, words in sorted(references):
        x, half = scale(value), LETTER * len(words) / 2
        x_of_words = min(max(x, half), WIDTH - half)
        y = 12 if all(x_of_words - half > end for end in ends) else TOP - 14
        ends.append(x_of_words + half)
        drawn += [line(x, TOP - 4, x, bottom, "reference"),
                  text(x_of_words, y, words, "named", "middle")]
    return join(drawn)


def bars(label, unit, rows, references=(), log=False):
    """Bars from nothing; on a logarithmic scale, which has no nothing, dots."""
    scale = scale_for(rows, references, log)
    bottom = TOP + ROW * len(rows) + 6
    drawn = [axis(scale, bottom, unit)]
    drawn.append(reference_lines(scale, references, bottom))
    for i, row in enumerate(rows):
        drawn.append(draw_row(scale, TOP + ROW * i + 4, row, log))
    return svg(bottom + BOTTOM + 12, label, *drawn)


def draw_row(scale, y, row, log):
    middle = y + ROW / 2 - 2
    if log:
        shape = [tag("circle", cx=place(scale(row.figure.median)),
                     cy=place(middle), r="6",
                     class_="bar " + class_of(row.family))]
    else:
        shape = [rect(LABEL, y, scale(end) - LABEL, ROW - 6, class_)
                 for end, class_ in row.parts]
    end = scale(max(row.figure.high, row.figure.median)) + (10 if log else 6)
    return mark(
        row.name, row.about, row.figure.median,
        rect(0, y - 2, WIDTH, ROW, "touch"),
        text(LABEL - 8, middle + 4, row.name, "name", "end"), *shape,
        line(scale(row.figure.low), middle, scale(row.figure.high), middle,
             "spread"),
        rect(end - 2, y, LETTER * len(row.words) + 4, ROW - 6, "ground"),
        text(end, middle + 4, row.words, "words"))


# ---- lines ----

MARKS = {"s": "M-5-5h10v10h-10z", "^": "M0-6L6 5h-12z", "v": "M0 6L6-5h-12z",
         "o": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0", "D": "M0-7L7 0L0 7L-7 0z",
         "P": "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
         "X": "M-6-4l2-2l4 4l4-4l2 2l-4 4l4 4l-2 2l-4-4l-4 4l-2-2l4-4z",
         "*": "M0-6L2 0L6 2L1 3L0 7L-1 3L-6 2L-2 0z"}


def lines(label, units, series, ideal=None):
    """Log-log. [(name, look, family, [(x, y, about)], what is at its end)].
    `ideal`: [(x, y)], dashed."""
    points = [point for one in series for point in one[3]]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    x = Scale(min(xs) / 1.3, max(xs) * 1.3, 80, WIDTH - 190, True)
    y = Scale(min(ys) / 1.5, max(ys) * 2, 400, 10, True)
    drawn = [line(x(tick), 10, x(tick), 400, "grid") +
             text(x(tick), 416, "{:g}".format(tick), "tick", "middle")
             for tick in x.ticks()]
    drawn += [line(80, y(tick), WIDTH - 190, y(tick), "grid") +
              text(74, y(tick) + 4, "{:,.0f}".format(tick), "tick", "end")
              for tick in y.ticks()]
    if ideal:
        drawn.append(path([(x(a), max(10, y(b))) for a, b in ideal], "ideal"))
    for one in series:
        drawn.append(draw_line(x, y, *one[:4]))
    drawn.append(names_at_ends(series, y))
    drawn += [text(WIDTH - 190, 434, units[0], "tick", "end"),
              text(80, 8, units[1], "tick")]
    return svg(440, label, *map(Markup, drawn))


def path(points, class_, dashes=None):
    return tag("path", d="M" + "L".join(
        "{} {}".format(place(a), place(b)) for a, b in points), class_=class_,
        stroke_dasharray=dashes)


def draw_line(x, y, name, look, family, points):
    return join([path([(x(a), y(b)) for a, b, _ in points],
                      "line " + class_of(family), look.dashes or None)] + [
        mark(name, about, b, tag(
            "circle", cx=place(x(a)), cy=place(y(b)), r="14",
            class_="touch"), symbol(x(a), y(b), look, family))
        for a, b, about in points])


def symbol(x, y, look, family):
    return tag("path", d=MARKS[look.mark], class_="bar " + class_of(family),
               transform="translate({} {})".format(place(x), place(y)))


def names_at_ends(series, y):
    """From the top down, each at its line's end or below the one before."""
    drawn, last = [], 0
    for _, look, family, points, label in sorted(
            series, key=lambda one: -one[3][-1][1]):
        last = max(last + 18, y(points[-1][1]))
        drawn.append(join([symbol(WIDTH - 176, last, look, family),
                           text(WIDTH - 162, last + 4, label, "name")]))
    return join(drawn)


# ---- histograms ----

def histograms(label, rows, low, high, text_of):
    """[(name, family, about, value, bins, naive)]; bins: (from, to, height)."""
    scale = Scale(low, high, LABEL, WIDTH - 10, True)
    height = 2 * ROW
    bottom = TOP + height * len(rows)
    drawn = [join([line(scale(tick), TOP, scale(tick), bottom, "grid"),
                   text(scale(tick), bottom + 16, text_of(tick), "tick",
                        "middle")]) for tick in scale.ticks()]
    for i, (name, family, about, value, bins, naive) in enumerate(rows):
        foot = TOP + height * (i + 1) - 4
        drawn.append(mark(
            name, about, value, rect(0, foot - height + 8, WIDTH, height,
                                     "touch"),
            text(LABEL - 8, foot - 8, name, "name", "end"),
            path(outline(bins, scale, foot, height - 10),
                 "filled " + class_of(family)),
            path(outline(naive, scale, foot, height - 10), "naive")))
    return svg(bottom + BOTTOM, label, *drawn)


def outline(bins, scale, foot, height):
    points = [(scale(bins[0][0]), foot)]
    for start, end, share in bins:
        if scale(start) > points[-1][0] + 0.5:
            points += [(points[-1][0], foot), (scale(start), foot)]
        points += [(scale(start), foot - share * height),
                   (scale(end), foot - share * height)]
    return points + [(points[-1][0], foot)]
