# SPDX-License-Identifier: MIT
"""report_answers.py FOLDER-OF-THE-REPORT FOLDER-OF-THE-CHARTS: its sentences
follow from the figures, and there is none of a figure with a mark."""

import re
import sys

sys.path[:0] = sys.argv[1:3]

import answers
from choice import lateness
from made_up_race import MadeUp
from results import Results, cpu_us


def results_of(seed, change=None):
    race = MadeUp(seed=seed, noise=1.5).usual().block(
        "own", 16, 200, work_s=0.002).block("open", 100, 2000, rate=1000)
    for run in race.runs:
        if change:
            change(run)
    return Results(race.results())


def said(results):
    def block(name, level):
        return next(block for block in results.blocks(name)
                    if block["level"] == level)
    return {
        "waiting": answers.of_waiting(results, block("wait", 10))[1],
        "cost": answers.of_cost(results, block("cost", 100)) +
        answers.of_peers(results, block("cost", 100)),
        "levels": answers.of_levels(results, results.blocks("scale")),
        "reading": answers.of_reading(results, block("fixed", 64)),
        "computing": answers.of_computing(results, block("own", 16)),
        "late": answers.of_lateness(*lateness(results))}


def expect(good, *why):
    if not good:
        sys.exit("not so: {}".format(why))


def check_figures(results):
    """The model that is named as the first is it."""
    block = results.block("cost")
    costs = {name: results.figure(name, block, cpu_us).median
             for name in results.contestants() if name != "sequential"}
    least = min(costs, key=costs.get)
    words = said(results)
    expect(all(least in sentence for sentence in words["cost"][:1]), least,
           words["cost"])
    for sentence in words["reading"]:
        for name, times in re.findall(r"([a-z-]+) ([0-9.]+) times", sentence):
            expect((float(times) >= 1) == sentence.startswith("More"),
                   sentence)


def spoil(run):
    run["disturbed"] = "other programs"


def shorten(run):
    run["too_short"] = True


for seed in range(8):
    check_figures(results_of(seed))
for name, sentences in said(results_of(1, spoil)).items():
    expect(sentences[0] == answers.NOTHING, name, sentences)
    # What arithmetic says is not a figure of the run.
    expect(not any(model in sentence for sentence in sentences
                   for model in ("threads", "callbacks", "sequential")),
           name, sentences)
short = said(results_of(1, shorten))
for name in ("cost", "reading"):
    expect(short[name][0] == answers.NOTHING and not any(
        "µs" in sentence for sentence in short[name]), name, short[name])
expect(any("sequential took" in line for line in short["waiting"]), short)
