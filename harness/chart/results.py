# SPDX-License-Identifier: MIT
"""results.json, read: what the charts ask of it."""

import json
import statistics
import sys


def read_results(path):
    """Ends with a sentence where there are none."""
    try:
        # What is not UTF-8, in a file that was edited by hand, is drawn all
        # the same.
        with open(path, encoding="utf-8", errors="replace") as file:
            return Results(json.load(file))
    except OSError as error:
        sys.exit("{}: {}".format(path, error.strerror))
    except (ValueError, LookupError, TypeError):
        sys.exit("{}: these are not the results of a race".format(path))


class Results:
    def __init__(self, results):
        self.json = results
        self.settings = self.json["settings"]
        self.runs = self.json["runs"]
        self.models = {model["name"]: model for model in self.json["models"]}

    def block(self, *names):
        """The first block of one of these names in which something was
        measured, as (name, level, settings); None when there is none."""
        for name in names:
            for block in self.settings["blocks"]:
                key = (block["name"], block["level"])
                if block["name"] == name and any(
                        (run["block"], run["level"]) == key
                        for run in self.runs):
                    return block
        return None

    def blocks(self, name):
        return [block for block in self.settings["blocks"]
                if block["name"] == name]

    def runs_of(self, model, block):
        return [run for run in self.runs
                if run["model"] == model and run["block"] == block["name"]
                and run["level"] == block["level"]]

    def good(self, model, block):
        """Without errors; and without the disturbed ones, where there are
        others."""
        good = [run for run in self.runs_of(model, block) if is_good(run)]
        return [run for run in good if not run.get("disturbed")] or good

    def floor(self, name, block):
        """The runs of the floor, or of another that does the same work and
        costs less."""
        return min((self.good(model, block)
                    for model, told in self.models.items()
                    if name in (model, told.get("instead_of"))
                    and self.good(model, block)), default=[],
                   key=lambda runs: spread([cpu_us(run) for run in runs])[0])

    def memory(self, model, level):
        """The run that looked at memory, or None."""
        for run in self.runs:
            if (run["model"], run["block"], run["level"]) == \
                    (model, "memory", level) and is_good(run):
                return run
        return None

    def footer(self, blocks):
        """Two lines without which a figure is gossip."""
        machine = self.json["machine"]
        settings = "; ".join(describe(block) for block in blocks if block)
        first = "{cpu}, {cores} cores · {kernel} · {compiler} {flags}".format(
            **machine)
        second = "{} · commit {} · {}{}".format(
            settings, self.json["commit"], self.json["date"][:10],
            "" if self.json["complete"] else " · interrupted")
        return first, second


def is_good(run):
    return (run["error"] is None and run["errors"] == 0 and
            run["finished"] == run["requests"])


def describe(block):
    return "{}{} in flight, {}, {}{}, {} round{}{}".format(
        "" if block.get("timed") else "{} pages, ".format(block["requests"]),
        block["level"],
        "{:g} ms".format(block["delay_s"] * 1000)
        if block["delay_s"] else "prebuilt answers",
        "kept connections" if block["keep_alive"] else "a connection each",
        ", TLS" if block.get("tls") else "",
        block["rounds_done"], "" if block["rounds_done"] == 1 else "s",
        ", pinned" if block["pinned"] else "")


def seconds(run, block):
    """How long it took, or would have taken for the pages of the block: a run
    may have had more."""
    return run["wall_s"] * block["requests"] / run["requests"]


def cpu_us(run):
    """CPU of a request in microseconds."""
    return ((run["cpu_user_s"] + run["cpu_system_s"]) * 1e6 /
            run["requests"])


def spread(values):
    """Median, lowest, highest."""
    return statistics.median(values), min(values), max(values)


def doubt(runs):
    """Why the bar of these runs is not to be trusted; None when it is."""
    if any(run.get("disturbed") for run in runs):
        return "the machine was busy"
    if any(run["origin_limited"] for run in runs):
        return "the server was the limit"
    reached = [run["origin_max_in_flight"] for run in runs
               if run["origin_max_in_flight"] is not None and run["delay_s"]]
    asked = min(runs[0]["concurrency"], runs[0]["requests"])
    if reached and statistics.median(reached) < asked:
        return "only {:.0f} of {} in flight".format(
            statistics.median(reached), asked)
    return None
