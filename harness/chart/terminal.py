# SPDX-License-Identifier: MIT
"""Charts as text, by gnuplot: NAME.gnuplot and NAME.dat beside the results, for
a user who wants to change them, and what gnuplot makes of them on the
screen."""

import os
import textwrap
from subprocess import PIPE

from choice import (EPISODES, READERS, computing, faces, lateness, levels,
                    of_episode, ramp, ramp_words, simultaneous, wait_and_cost,
                    without_waiting)
from files import fail, say, write_whole
from palette import BLUE
from programs import run
from results import (bytes_each, cpu_us, doubt, figure_of, legend_of,
                     pages_a_second, pages_of, reached, seconds)
from scale import number, span, steps_to, ticks_between

GNUPLOT, WIDTH, RIGHT = "gnuplot", 79, 3

HEAD = """# {title}: {name}
# What gnuplot made this of is in {name}.dat. Run it in this folder:
#     gnuplot {name}.gnuplot
# As a picture:
#     gnuplot -e "picture=1" {name}.gnuplot >mine.pdf
if (exists("picture")) {{
    set terminal pdfcairo size 12.8,7.2 font ",20"
}} else {{ if (exists("colours")) {{
    set terminal dumb nofeed ansi size {width},{height}
}} else {{
    set terminal dumb nofeed mono size {width},{height}
}} }}
set encoding utf8
set termoption noenhanced
set border 3
set tics nomirror
set tmargin 2
set bmargin 3
unset key
"""

# A bar is a line from where it begins to where it ends.
BARS = """set title {title}
set xlabel {xlabel}
set lmargin {label}
set rmargin {right}
set yrange [{rows} : -1]
set xrange [{low} : {high}]
set {scale} x
set xtics {tics}
plot '{name}.dat' index {index} \\
         using ({low}):0:($2 - {low}):(0.0):yticlabels(1) \\
         with vectors nohead linewidth 8 linecolor rgb '{colour}', \\
     '' index {index} using 2:0:3 with labels left offset 1,0
"""

LINES = """set title {title}
set xlabel {xlabel}
set logscale xy
set xrange [{low} : {high}]
set key outside right
plot for [i=0:{last}] '{name}.dat' index i using 1:2 \\
         title columnheader(1) with linespoints
"""


class Panel:
    """Bars below each other. `rows`: (label, value, text)."""

    def __init__(self, title, xlabel, rows, log=False):
        self.title, self.xlabel = title, xlabel
        self.rows, self.log = rows, log

    def script(self, name, index, most):
        """`most` rows in any panel: then each has a line of its own."""
        values = [value for _, value, _ in self.rows if value > 0] or [1]
        low = min(values) / 2 if self.log else 0
        label = 2 + max(len(label) for label, _, _ in self.rows)
        high = self.end(low, WIDTH - RIGHT - label)
        return BARS.format(
            title=quoted(self.title), xlabel=quoted(self.xlabel), name=name,
            index=index, rows=most, low="{:g}".format(low),
            high="{:g}".format(high), colour=BLUE,
            label=label, right=RIGHT,
            scale="logscale" if self.log else "nologscale",
            tics="({})".format(", ".join(map(
                "{:.10g}".format, ticks_between(low, high) if self.log
                else steps_to(high, 6)))))

    def end(self, low, columns):
        """Of the scale: so far that each text has room beside its bar."""
        ends = [max(value for _, value, _ in self.rows) or 1]
        for _, value, text in self.rows:
            more = columns / max(8, columns - len(text) - 2)
            ends.append(low * (max(value, low) / low) ** more if self.log
                        else value * more)
        return 1.05 * max(ends)

    def data(self):
        return "".join('{} {:g} {}\n'.format(
            quoted(label), value, quoted(text))
            for label, value, text in self.rows)

    def row_count(self):
        return len(self.rows)


class Lines:
    """[(label, [(x, y)])]"""

    def __init__(self, title, xlabel, lines):
        self.title, self.xlabel, self.lines = title, xlabel, lines

    def script(self, name, index, most):
        ends = [x for _, points in self.lines for x, _ in points]
        return LINES.format(
            title=quoted(self.title), xlabel=quoted(self.xlabel), name=name,
            low="{:g}".format(min(ends) / 1.5),
            high="{:g}".format(max(ends) * 1.5), last=len(self.lines) - 1)

    def data(self):
        return "\n\n".join(
            quoted(label) + "\n" + "".join("{:g} {:g}\n".format(*point)
                                           for point in points)
            for label, points in self.lines)

    def row_count(self):
        return 18


def quoted(text):
    """A string of gnuplot's, in scripts and in data; one line of it, and
    nothing that gnuplot would run."""
    return '"{}"'.format("".join(
        "'" if letter in '"`' else "/" if letter == "\\" else
        letter if letter.isprintable() else "?" for letter in text))


# ---- what the charts show ----

def note_of(runs):
    reason = doubt(runs)
    return " ({})".format(reason) if reason else ""


def wait_panel(results, names, wait):
    rows = []
    for name in names:
        runs = results.good(name, wait)
        told = runs and figure_of(runs, lambda run: seconds(run, wait))
        if told:
            rows.append((name, told.median, "{}{:.2f} s{}".format(
                told.of_time().mark, told.median, note_of(runs))))
    return Panel("How long did {} take?".format(pages_of(wait)),
                 "seconds", rows)


def cost_panel(results, names, cost):
    rows = []
    for name in names:
        runs = results.good(name, cost)
        told = figure_of(runs, cpu_us)
        if not told:
            continue
        other = runs[0]["concurrency"]
        rows.append((name, told.median, "{}{} µs{}".format(
            told.mark, number(told.median),
            note_of(runs) if other == cost["level"] else
            " at {} in flight".format(other))))
    floor = results.floor(cost)
    if floor:
        rows.append(("floor", floor.median, "{}{} µs".format(
            floor.mark, number(floor.median))))
    return Panel("What does a page cost, at {} in flight?".format(
        cost["level"]), "CPU µs per request, log scale", rows, log=True)


def two_panels(results, names, wait, cost):
    return [panel for panel in (wait_panel(results, names, wait),
                                cost_panel(results, names, cost))
            if panel.rows], [wait] if wait is cost else [wait, cost]


def first(results):
    blocks = wait_and_cost(results)
    return blocks and two_panels(
        results, results.contestants() + results.peers(), *blocks)


def episode(results, name):
    about = of_episode(results, name)
    return about and two_panels(results, *about)


def rate(results):
    blocks = levels(results)
    names = faces(results, results.contestants() + results.peers()).values()
    lines = []
    for name in names:
        points = []
        for block in blocks:
            runs = results.good(name, block)
            told = figure_of(runs, pages_a_second)
            if told:
                points.append((reached(runs) or runs[0]["concurrency"],
                               told.median))
        if points:
            lines.append((name, sorted(points)))
    return ([Lines("How many pages a second, with more and more in flight?",
                   "requests in flight, as the server saw them", lines)],
            blocks) if lines else None


def reading(results):
    block = without_waiting(results)
    rows = []
    for name in results.contestants():
        told = block and name in READERS and \
            results.figure(name, block, cpu_us)
        if told:
            ratio = results.ratio(name, ["callbacks"], block, cpu_us)
            rows.append((name, told.median, "{}{} µs{}".format(
                told.mark, number(told.median),
                ", {}{:.2f} x callbacks".format(ratio.mark, ratio.median)
                if ratio and name != "callbacks" else "")))
    return ([Panel("What does reading from top to bottom cost?",
                   "CPU µs per page", rows)],
            [block]) if len(rows) > 1 else None


def computing_pages(results):
    block = computing(results)
    names = results.contestants() + results.peers()
    panel = block and wait_panel(results, names, block)
    if not panel or not panel.rows:
        return None
    panel.title = "{} pages, each wants {:g} ms of computing".format(
        block["requests"], 1000 * block["work_s"])
    return [panel], [block]


def latency(results):
    found = lateness(results)
    if not found:
        return None
    block, runs = found
    rows = [(name, 1000 * run["latency"]["p99_s"],
             "{}{}, half within {}".format(
                 "!" if run.get("disturbed") else "",
                 span(run["latency"]["p99_s"]), span(run["latency"]["p50_s"])))
            for name, run in runs.items()]
    return [Panel("99 of 100 answers come within so long, {} due a second"
                  .format(block["rate"]), "ms after it was due, log scale",
                  rows, log=True)], [block]


def ramp_panel(results):
    found = ramp(results)
    if not found:
        return None
    rows = [(name, held, mark + ramp_words(held, late))
            for name, (held, late, mark) in found.items()]
    return [Panel("How many requests a second, until answers are late?",
                  "requests a second that it kept up with", rows)], []


def connections(results):
    block = simultaneous(results)
    rows = []
    for name in results.contestants():
        told = block and results.figure(name, block, bytes_each)
        if told:
            rows.append((name, told.median, "{}{:,.0f}".format(
                told.of_time().mark, told.median)))
    return ([Panel("{:,} at one moment: what does one that waits take?".format(
        block["level"]), "bytes of memory for each connection", rows)],
            [block]) if rows else None


CHARTS = {"first": first, "rate": rate, "reading": reading,
          "computing": computing_pages, "latency": latency,
          "ramp": ramp_panel, "simultaneous": connections}


def panels_of(results, name):
    """(panels, blocks), or None."""
    return episode(results, name) if name in EPISODES else \
        CHARTS[name](results)


# ---- printing ----

def gnuplot(folder, name):
    words = [GNUPLOT, "--default-settings"]  # not those in ~/.gnuplot
    if os.isatty(1) and not os.environ.get("NO_COLOR"):
        words += ["-e", "colours=1"]
    try:
        drawn = run(words + [name + ".gnuplot"], cwd=folder, stdout=PIPE,
                    stderr=PIPE)
    except FileNotFoundError:
        fail("there is no gnuplot here: apt-get install gnuplot-nox (its "
             "scripts are in {})".format(folder))
    if drawn.returncode:
        fail("gnuplot: " + drawn.stderr.decode(errors="replace").strip())
    return drawn.stdout.decode(errors="replace")


def write_script(results, name, panels, folder):
    most = max(panel.row_count() for panel in panels)
    # A line for each row, one above and one below, title, numbers, their name.
    text = HEAD.format(title=quoted(panels[0].title), name=name,
                       width=WIDTH, height=most + 7)
    for index, panel in enumerate(panels):
        text += "\n" + panel.script(name, index, most)
    path = os.path.join(folder, name)
    write_whole(path + ".dat", "\n\n".join(
        panel.data() for panel in panels).encode(errors="replace"))
    write_whole(path + ".gnuplot", text.encode(errors="replace"))


def print_charts(results, names, must, folder):
    """How many there were."""
    printed = 0
    for name in names:
        found = panels_of(results, name)
        if not found and must:
            fail("{}: this race has nothing that it could show".format(name))
        if not found:
            continue
        panels, blocks = found
        write_script(results, name, panels, folder)
        text = gnuplot(folder, name)
        say("\n".join(line.rstrip() for line in text.splitlines()).strip("\n"))
        for line in list(results.footer(blocks)) + [legend_of(text)]:
            for part in textwrap.wrap(line, WIDTH):
                say(part)
        say("Script: {}.gnuplot\n".format(os.path.join(folder, name)))
        printed += 1
    return printed
