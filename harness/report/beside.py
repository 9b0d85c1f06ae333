# SPDX-License-Identifier: MIT
"""What other commands have left beside the results: a page of the timeline, and
verdicts on claims. What is not there, or cannot be read, is left out."""

import json
import os
import re
import time

import drawn
from markup import tag
from results import Figure, Unreadable, read_text
from scale import digits


def found(folder, name):
    """In the folder of the race, or in the one above it; or None."""
    for place in (folder, os.path.join(folder, os.pardir),
                  os.path.join(os.path.realpath(folder), os.pardir)):
        path = os.path.join(place, name)
        if os.path.isfile(path):
            return path
    return None


def read(path):
    try:
        return read_text(path)
    except Unreadable:
        return None


# ---- timeline ----

def timeline(folder):
    """The whole page, apart from this one: what it does cannot reach us."""
    path = found(folder, "timeline.html")
    page = path and read(path)
    if not page:
        return None
    # A chart is as wide as the frame.
    heights = re.findall(r'viewBox="0 0 1240 (\d+)"', page)
    height = 380 + sum(int(height) + 90 for height in heights)
    date = time.strftime("%Y-%m-%d %H:%M",
                         time.localtime(os.stat(path).st_mtime))
    return tag("section", tag("h2", "What was the program doing all that "
                              "time?"),
               tag("iframe", srcdoc=page, sandbox="allow-scripts",
                   title="timeline", style="height:{}px".format(
                       min(height, 4000))),
               tag("p", "A run of its own, recorded {}: ./lab timeline."
                   .format(date), class_="note"))


# ---- claims ----

def claims(folder):
    path = found(folder, "claims.json")
    text = path and read(path)
    try:
        all_of_them = json.loads(text)["claims"] if text else []
        parts = [claim(one) for one in all_of_them]
    except (ValueError, LookupError, TypeError, AttributeError,
            ArithmeticError, RecursionError):
        return None
    return tag("section", tag("h2", "Is it true what the slides say?"),
               *parts) if parts else None


def claim(one):
    chart = []
    for heading, figures in by_heading(one["figures"]):
        rows = [drawn.Row(
            figure["label"], "callbacks", Figure(
                figure["median"], figure["min"], figure["max"],
                "!" if figure.get("disturbed") else ""),
            "{}{}".format("!" if figure.get("disturbed") else "",
                          digits(figure["median"])),
            "{}: {}, from {} to {}".format(
                figure["label"], digits(figure["median"]),
                digits(figure["min"]), digits(figure["max"])))
            for figure in figures if figure["median"] is not None]
        if rows and max(row.figure.high for row in rows) > 0 and \
                min(row.figure.low for row in rows) >= 0:
            chart.append(drawn.bars(heading, heading, rows))
    return tag("div", tag("h3", "{}: {}".format(one["claim"], one["says"])),
               *chart, tag("p", tag("b", one["verdict"] + ". "),
                           one["sentence"]),
               tag("p", "{}; depends on: {}".format(
                   one["slide"], one["depends_on"]), class_="note"),
               tag("p", "", class_="about", aria_live="polite"),
               class_="claim")


def by_heading(figures):
    """Those that follow each other and share a scale."""
    groups = []
    for figure in figures:
        if not groups or groups[-1][0] != figure["heading"]:
            groups.append((figure["heading"], []))
        groups[-1][1].append(figure)
    return groups
