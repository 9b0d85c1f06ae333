# SPDX-License-Identifier: MIT
"""results.json, read: what charts and report ask of it."""

import json
import math
import os
import re
import statistics
from typing import NamedTuple

from files import fail
from palette import REFERENCES, in_order

TOO_SHORT, DISTURBED = "~", "!"
MARKS = {TOO_SHORT: "too little CPU to be quoted",
         DISTURBED: "the machine was busy"}


# Of the format: in another one, the same names mean something else.
VERSION = 1

SHELF, LATEST = "results", "latest"


def find_results(named):
    """The file that is meant by its path, by that of its folder, or by the name
    of a race on the shelf; None is the last race."""
    paths = [named, os.path.join(SHELF, named)] if named else \
        [os.path.join(SHELF, LATEST)]
    for path in paths:
        if os.path.isdir(path):
            path = os.path.join(path, "results.json")
        if os.path.exists(path):
            return path
    if named:
        fail("{}: there are no results of a race".format(named))
    fail("there is no {}/{} here: ./lab race --quick makes one".format(
        SHELF, LATEST))


class Unreadable(Exception):
    """Why, in a sentence."""


def read_text(path):
    """What is not UTF-8, in a file that was edited by hand, is read all the
    same."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError as error:
        raise Unreadable("{}: {}".format(path, error.strerror))


# Those of base/text.c: also what shows text in another order than it has.
CONTROLS = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e"
                      "\u2066-\u2069]")


def shown(value):
    """JSON, or a text, that another machine wrote: it controls no terminal."""
    if isinstance(value, str):
        return CONTROLS.sub(lambda found: "".join(
            "\\x{:02x}".format(byte) for byte in found[0].encode()), value)
    if isinstance(value, list):
        return [shown(element) for element in value]
    if isinstance(value, dict):
        return {shown(key): shown(element) for key, element in value.items()}
    return value


def finite(text):
    """A number of JSON. Python would take NaN and 1e999, too."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def parse_results(text, path):
    try:
        results = Results(shown(json.loads(text, parse_float=finite,
                                           parse_constant=finite)))
        known = results.json["version"] == VERSION
    except (ValueError, LookupError, TypeError, AttributeError,
            RecursionError):
        raise Unreadable("{}: these are not the results of a race".format(
            path))
    if not known:
        raise Unreadable("{}: these results are of another version of the lab"
                         .format(path))
    return results


def read_results(path):
    """Ends with a sentence where there are none."""
    try:
        return parse_results(read_text(path), path)
    except Unreadable as why:
        fail(str(why))


# As in harness/race/ledger.c: undisturbed runs without which all count.
ENOUGH = 3


class Figure(NamedTuple):
    """Over the rounds, with what must be said beside it: "" or marks. `low` and
    `high`: where the median of another such race may be expected."""
    median: float
    low: float
    high: float
    mark: str

    def of_time(self):
        """Of times it matters whether a run was disturbed, and not how much
        CPU it took."""
        return self._replace(mark=self.mark.replace(TOO_SHORT, ""))


class Results:
    def __init__(self, results):
        self.json = results
        self.settings = self.json["settings"]
        self.machine = self.json["machine"]
        self.runs = self.json["runs"]
        models = {model["name"]: model for model in self.json["models"]}
        self.models = {name: models[name] for name in in_order(models)}

    def contestants(self):
        """Which are neither floors nor there for comparison."""
        return [name for name, model in self.models.items()
                if model["family"] not in REFERENCES]

    def peers(self):
        return [name for name, model in self.models.items()
                if model["family"] == "peer"]

    def block(self, *names):
        """The first block of one of these names in which something was
        measured; None when there is none."""
        for name in names:
            for block in self.blocks(name):
                if any(is_of(run, block) for run in self.runs):
                    return block
        return None

    def blocks(self, name):
        return [block for block in self.settings["blocks"]
                if block["name"] == name]

    def runs_of(self, model, block):
        return [run for run in self.runs
                if run["model"] == model and is_of(run, block)]

    def good(self, model, block):
        """Without errors; and without the disturbed ones, where there are
        enough others."""
        good = [run for run in self.runs_of(model, block) if is_good(run)]
        undisturbed = [run for run in good if not run.get("disturbed")]
        return undisturbed if len(undisturbed) >= ENOUGH else good

    def figure(self, model, block, of):
        """`of` each good run; None when there is none."""
        return figure_of(self.good(model, block), of)

    def costs(self, names, block):
        """{name: CPU µs}, of those that ran at the level of the block."""
        found = {name: self.figure(name, block, cpu_us) for name in names
                 if all(run["concurrency"] == block["level"]
                        for run in self.good(name, block))}
        return {name: figure for name, figure in found.items() if figure}

    def floors(self):
        """The floor, and others that do the same work."""
        return [name for name, model in self.models.items()
                if "floor-epoll" in (name, model.get("instead_of"))]

    def floor(self, block):
        """What the one costs that costs least; or None."""
        figures = [self.figure(name, block, cpu_us) for name in self.floors()]
        return min(filter(None, figures), default=None)

    def ratio(self, model, others, block, of):
        """Paired within the rounds, with the least of the others; or None."""
        ratios, marks = [], ""
        for run in self.good(model, block):
            beside = [other for name in others
                      for other in self.good(name, block)
                      if other["round"] == run["round"] and
                      other["concurrency"] == run["concurrency"] and
                      other["keep_alive"] == run["keep_alive"]]
            least = min(beside, key=of, default=None)
            if least and of(least) > 0:
                ratios.append(of(run) / of(least))
                marks += mark_of([run, least])
        return Figure(*spread(ratios), in_order_of_marks(marks)) \
            if ratios else None

    def memory(self, model, level):
        """The run that looked at memory, or None."""
        for run in self.runs:
            if (run["model"], run["block"], run["level"]) == \
                    (model, "memory", level) and is_good(run):
                return run
        return None

    def footer(self, blocks):
        """Two lines without which a figure is of no use."""
        first = "{cpu}, {cores} core{s} · {kernel} · {compiler} {flags}".format(
            **self.machine, s="" if self.machine["cores"] == 1 else "s")
        second = ["; ".join(describe(block) for block in blocks if block),
                  "commit {}".format(self.json["commit"]),
                  self.json["date"][:10],
                  "" if self.json["complete"] else "interrupted"]
        return first, " · ".join(filter(None, second))


def is_of(run, block):
    return (run["block"], run["level"]) == (block["name"], block["level"])


def is_good(run):
    return (run["error"] is None and run["errors"] == 0 and
            run["finished"] == run["requests"])


def pages_of(block):
    count = block["requests"]
    return "{} page{}".format(count, "" if count == 1 else "s")


def describe(block):
    if block.get("processes"):
        return "{} connections at one moment, in {} process{}".format(
            block["level"], block["processes"],
            "" if block["processes"] == 1 else "es")
    return "{}{} in flight, {}, {} round{}".format(
        "" if block.get("timed") else pages_of(block) + ", ",
        block["level"], settings_of(block),
        block["rounds_done"], "" if block["rounds_done"] == 1 else "s")


def settings_of(block):
    """What blocks that differ in their level have in common."""
    return "{}, {}{}{}{}".format(
        "{:g} ms".format(block["delay_s"] * 1000)
        if block["delay_s"] else "prebuilt answers",
        "kept connections" if block["keep_alive"] else "a connection each",
        ", TLS" if block.get("tls") else "",
        ", {:g} ms to compute".format(block["work_s"] * 1000)
        if block.get("work_s") else "",
        ", pinned" if block["pinned"] else "")


def seconds(run, block):
    """How long it took, or would have taken for the pages of the block: a run
    may have had more."""
    return run["wall_s"] * block["requests"] / run["requests"]


def pages_a_second(run):
    return run["requests"] / run["wall_s"]


def cpu_us(run):
    """CPU of a request in microseconds. A system that counts it coarsely says 0
    of a short run; a logarithmic scale has no 0."""
    used = (run["cpu_user_s"] + run["cpu_system_s"]) * 1e6
    if used < 0:
        raise ValueError("CPU below 0")
    return max(used, 1) / run["requests"]


def bytes_each(run):
    """Of each connection that waits: memory that was not there before."""
    return (run["peak_pss_bytes"] - run["base_pss_bytes"]) / run["requests"]


# As in harness/race/ledger.c: how far from the median of N runs, in parts of
# their range, that of another race may be expected, 19 times in 20.
REACH = (0, 0, 9.04, 2.02, 1.09, 0.83, 0.63, 0.56, 0.46, 0.43, 0.38)
STEADY = 0.05


def spread(values):
    """The median, and between what that of another race may be expected."""
    median = statistics.median(values)
    if len(values) == 1 or median <= 0:
        return median, median, median
    reach = REACH[min(len(values), len(REACH) - 1)]
    within = max(STEADY, reach * (max(values) - min(values)) / median)
    return median, median / (1 + within), median * (1 + within)


def in_order_of_marks(marks):
    return "".join(mark for mark in (DISTURBED, TOO_SHORT) if mark in marks)


def mark_of(runs):
    return in_order_of_marks(
        DISTURBED * any(bool(run.get("disturbed")) for run in runs) +
        TOO_SHORT * any(bool(run.get("too_short")) for run in runs))


def legend_of(marks):
    """What those that occur mean."""
    return ",  ".join("{} {}".format(mark, meaning)
                      for mark, meaning in MARKS.items() if mark in marks)


def figure_of(runs, of):
    return Figure(*spread([of(run) for run in runs]), mark_of(runs)) \
        if runs else None


def reached(runs):
    """In flight, as the origin saw it; None where it cannot."""
    seen = [run["origin_max_in_flight"] for run in runs
            if run["origin_max_in_flight"] is not None and run["delay_s"]]
    return statistics.median(seen) if seen else None


def doubt(runs):
    """Why the bar of these runs is not to be trusted, beside its mark; None
    when it is."""
    if any(run["origin_limited"] for run in runs):
        return "the server was the limit"
    asked = min(runs[0]["concurrency"], runs[0]["requests"])
    seen = reached(runs)
    if seen is not None and seen < asked:
        return "only {} of {} in flight".format(int(seen), asked)
    return None


def kib_per_request(results, name, level):
    """Memory that a request in flight takes; None when it was not looked at.
    """
    run = results.memory(name, level)
    if not run or run["peak_pss_bytes"] is None or \
            run["base_pss_bytes"] is None:
        return None
    return max(0, run["peak_pss_bytes"] - run["base_pss_bytes"]) / 1024 / \
        run["concurrency"]


def too_close(figures):
    """Neighbours in cost whose spreads meet: groups that must not be ranked.
    Few rounds show too little of the spread: it counts as a tenth at least."""
    groups, highest = [], 0
    for name, (median, low, high, _) in sorted(figures.items(),
                                               key=lambda item: item[1][0]):
        if groups and min(low, 0.95 * median) <= highest:
            groups[-1].append(name)
        else:
            groups.append([name])
            highest = 0
        highest = max(highest, high, 1.05 * median)
    return [group for group in groups if len(group) > 1]
