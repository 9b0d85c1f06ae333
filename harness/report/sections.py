# SPDX-License-Identifier: MIT
"""The parts of the report: a question, a chart that answers when it is touched,
and what this run says. A part that the run has nothing for is None."""

import answers
import drawn
from choice import (READERS, computing, faces, lateness, levels, promises,
                    ramp, ramp_words, wait_and_cost, without_waiting)
from histogram import bins_for, densities, ends_of
from markup import tag
from palette import look_of
from results import (cpu_us, describe, doubt, figure_of, kib_per_request,
                     legend_of, pages_a_second, pages_of, reached, seconds,
                     Figure)
from scale import digits, number, span


def section(question, chart, said, blocks=(), marks=""):
    """Whatever is said of figures, what they were taken at is said below it."""
    # Two parts of an answer may both have nothing to say.
    said = dict.fromkeys(said)
    notes = [describe(block) for block in blocks]
    if legend_of(marks):
        notes.append(legend_of(marks))
    return tag(
        "section", tag("h2", question), chart,
        tag("p", "Touch a mark to read what it is; touch another one to "
            "compare them.", class_="about", aria_live="polite")
        if chart else "",
        tag("div", *[tag("p", sentence) for sentence in said],
            class_="answer"),
        *[tag("p", note, class_="note") for note in notes], class_="part")


def about(results, name, block, figure, unit):
    """What a mark says of itself."""
    runs = results.good(name, block)
    reason = doubt(runs)
    count = len(runs)
    return "{}: {}{}{}{}{}".format(
        name, figure.mark, digits(figure.median), unit,
        ", from {} to {} in {} rounds".format(
            digits(figure.low), digits(figure.high), count)
        if count > 1 else ", one round",
        ", " + reason if reason else "")


def words_of(results, name, block, figure, unit):
    reason = doubt(results.good(name, block))
    return figure.mark + digits(figure.median) + unit + \
        (" ({})".format(reason) if reason else "")


def family_of(results, name):
    return results.models[name]["family"]


def rows_of(results, names, block, figures, unit):
    return [drawn.Row(name, family_of(results, name), figures[name],
                      words_of(results, name, block, figures[name], unit),
                      about(results, name, block, figures[name], unit))
            for name in names if name in figures]


def marks_of(figures):
    return "".join(figure.mark for figure in figures.values())


def of_time(figures):
    return {name: figure.of_time() for name, figure in figures.items()}


# ---- the parts ----

def waiting(results):
    blocks = wait_and_cost(results)
    if not blocks:
        return None
    block = blocks[0]
    figures = of_time(answers.walls(
        results, results.contestants() + results.peers(), block))
    rows = rows_of(results, figures, block, figures, " s")
    for row in rows:
        cpu = results.figure(row.name, block, cpu_us).median * \
            block["requests"] / 1e6
        row.parts = [(row.figure.median, "waiting " + drawn.class_of(
            row.family)), (min(cpu, row.figure.median),
                           "bar " + drawn.class_of(row.family))]
    question, said = answers.of_waiting(results, block)
    return rows and section(
        question, drawn.bars(
            "how long {} took".format(pages_of(block)),
            "seconds for {}; full colour: CPU at work".format(
                pages_of(block)), rows, promised(block, rows)),
        said, [block], marks_of(figures))


def promised(block, rows):
    longest = max(row.figure.high for row in rows)
    return [(when, "{} {:g} s".format(words, when))
            for when, words in promises(block) if when < 1.05 * longest]


def cost(results):
    blocks = wait_and_cost(results)
    if not blocks:
        return None
    block = blocks[1]
    return costs_at(results, block, "If the time is the same, what is it that "
                    "we pay for?" if block["delay_s"] else
                    "What does a page cost?")


def costs_at(results, block, question):
    figures = results.costs(results.contestants() + results.peers(), block)
    return section(
        question, drawn.bars(
            "CPU for a page", "µs of CPU for a page, log scale",
            rows_of(results, figures, block, figures, " µs"),
            floor_of(results, block), log=True),
        answers.of_cost(results, block) + answers.of_peers(results, block),
        [block], marks_of(figures)) if figures else None


def prebuilt(results):
    block = without_waiting(results)
    blocks = wait_and_cost(results)
    return costs_at(results, block, "And if there is nothing to wait for?") \
        if block and not (blocks and blocks[1] is block) else None


def floor_of(results, block):
    floor = results.floor(block)
    return [(floor.median, "floor {}{} µs".format(
        floor.mark, digits(floor.median)))] if floor else []


def more_and_more(results):
    blocks = levels(results)
    series, marks = [], ""
    names = results.contestants() + results.peers()
    for name in faces(results, names).values() if blocks else ():
        points = []
        for block in blocks:
            runs = results.good(name, block)
            rate = figure_of(runs, pages_a_second)
            if rate:
                rate = rate.of_time()
                points.append((reached(runs) or runs[0]["concurrency"],
                               rate.median, "{:g} in flight, {}".format(
                    reached(runs) or runs[0]["concurrency"],
                    about(results, name, block, rate, " pages a second"))))
        if points:
            family = family_of(results, name)
            marks += rate_mark(results, name, blocks)
            series.append((name, look_of(family), family, sorted(points),
                           rate_mark(results, name, blocks) + name))
    if not series:
        return None
    delay = blocks[0]["delay_s"]
    ideal = [(block["level"], block["level"] / delay) for block in blocks] \
        if delay else None
    return section(
        "Does it stay like that with more in flight?", drawn.lines(
            "pages a second", ("in flight, as the server saw them",
                               "pages a second; dashed: perfect overlap"
                               if delay else "pages a second"),
            series, ideal), answers.of_levels(results, blocks), blocks[-1:],
        marks)


def rate_mark(results, name, blocks):
    """Of a line, if one of its points has it."""
    return "!" if any(run.get("disturbed") for block in blocks
                      for run in results.good(name, block)) else ""


def top_to_bottom(results):
    block = without_waiting(results)
    figures = results.costs(
        [name for name in results.contestants() if name in READERS],
        block) if block else {}
    return section(
        "What does reading from top to bottom cost?", drawn.bars(
            "CPU for a page without waiting", "µs of CPU for a page",
            rows_of(results, figures, block, figures, " µs"),
            floor_of(results, block)), answers.of_reading(results, block),
        [block], marks_of(figures)) if len(figures) > 1 else None


def pages_that_compute(results):
    block = computing(results)
    figures = of_time(answers.walls(
        results, results.contestants() + results.peers(), block)) \
        if block else {}
    if not figures:
        return None
    work = block["requests"] * block["work_s"]
    return section(
        "And if the pages want computing?", drawn.bars(
            "how long pages that compute take", "seconds",
            rows_of(results, figures, block, figures, " s"),
            [(work, "all of it on one core {:.2g} s".format(work))]),
        answers.of_computing(results, block), [block], marks_of(figures))


def late(results):
    found = lateness(results)
    if not found:
        return None
    block, runs = found
    per_decade, (low, high) = bins_for(runs.values()), ends_of(runs.values())
    rows = [(name, family_of(results, name), about_lateness(name, run),
             run["latency"]["p99_s"],
             densities(run["latency"]["histogram"], per_decade),
             densities(run["latency_naive"]["histogram"], per_decade))
            for name, run in runs.items()]
    return section(
        "How late are the answers, if {:,} requests are due in a second?"
        .format(block["rate"]), drawn.histograms(
            "how late answers are", rows, low / 1.1, high * 1.05, span),
        answers.of_lateness(block, runs) +
        ["Dotted: counted from when the client began with a request."],
        [block], "".join("!" for run in runs.values() if run.get("disturbed")))


def until_late(results):
    found = ramp(results)
    if not found:
        return None
    rows = [drawn.Row(name, family_of(results, name),
                      Figure(held, held, held, mark),
                      mark + ramp_words(held, late),
                      "{}: kept up with {}{} a second".format(
                          name, mark, ramp_words(held, late)))
            for name, (held, late, mark) in found.items()]
    return section(
        "How many requests a second, until answers are late?", drawn.bars(
            "rates that were kept up with", "requests a second", rows),
        answers.of_ramp(found), (), "".join(
            mark for _, _, mark in found.values()))


def about_lateness(name, run):
    latency = run["latency"]
    return "{}: {}half within {}, 99 % within {}, 99.9 % within {}".format(
        name, "!" if run.get("disturbed") else "",
        *(span(latency[key]) for key in ("p50_s", "p99_s", "p999_s")))


def memory(results):
    """At the highest level at which it was looked at."""
    level = max((run["level"] for run in results.runs
                 if run["block"] == "memory"), default=0)
    weights = {name: kib_per_request(results, name, level)
               for name in results.contestants()
               if results.models[name]["overlaps"]}
    weights = {name: kib for name, kib in weights.items() if kib is not None}
    if not weights:
        return None
    rows = [drawn.Row(name, family_of(results, name),
                      Figure(kib, kib, kib, ""), number(kib) + " KiB",
                      "{}: {} KiB for each of {} in flight".format(
                          name, number(kib), level))
            for name, kib in weights.items()]
    return section(
        "What does one more open request weigh?", drawn.bars(
            "memory for a request in flight", "KiB for each of {} in flight"
            .format(level), rows), answers.of_memory(weights, level))


PARTS = (waiting, cost, more_and_more, prebuilt, top_to_bottom, pages_that_compute,
         until_late, late, memory)
