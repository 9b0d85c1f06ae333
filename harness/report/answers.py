# SPDX-License-Identifier: MIT
"""What a teacher would be asked, and what this run answers. Each sentence
follows from figures and is true for any; of figures that are marked, too short
or disturbed, there is none."""

from choice import RAMP_LATE, READERS, faces
from results import (cpu_us, doubt, figure_of, pages_a_second, reached,
                     seconds)
from scale import number, span

NOTHING = "This run cannot tell: none of these figures is beyond doubt."


def listed(words):
    words = list(words)
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def told(figure, form="{}", unit=""):
    """With its interval, where it is known."""
    words = form.format(number(figure.median)) + unit
    return words if figure.low == figure.high else "{} ({}–{})".format(
        words, number(figure.low), number(figure.high))


def cannot_tell(all_of_them, sure):
    return [NOTHING] if all_of_them and not sure else []


def apart(one, other):
    """Do their intervals not meet?"""
    return one.low > other.high or other.low > one.high


# ---- how long ----

def walls(results, names, block):
    """{name: seconds}, of those that have any."""
    found = {name: figure_of(results.good(name, block),
                             lambda run: seconds(run, block))
             for name in names}
    return {name: figure for name, figure in found.items() if figure}


def sure_walls(results, names, block):
    return {name: figure for name, figure in
            walls(results, names, block).items()
            if "!" not in figure.mark and not doubt(results.good(name, block))}


def of_waiting(results, block):
    """(question, answers)"""
    names = results.contestants()
    sure = sure_walls(results, names, block)
    overlap = {name: sure[name] for name in sure
               if results.models[name]["overlaps"]}
    alone = {name: sure[name] for name in sure if name not in overlap}
    answers = cannot_tell(walls(results, names, block), sure)
    if block["delay_s"]:
        answers.append(arithmetic(block))
    answers += ["{} took {:.2f} s, one page after another.".format(
        name, figure.median) for name, figure in alone.items()]
    question = "How long does it take, and why?"
    if len(overlap) > 1:
        fast, slow = (of(overlap, key=lambda name: overlap[name].median)
                      for of in (min, max))
        ratio = overlap[slow].median / overlap[fast].median
        answers.append(
            "{} took from {:.2f} s ({}) to {:.2f} s ({}).".format(
                "Those that wait for many pages at a time"
                if block["level"] > 1 else "The others", overlap[fast].median,
                fast, overlap[slow].median, slow))
        if block["delay_s"] and block["level"] > 1:
            alike = ratio < 1.25
            question = "Why are they all alike?" if alike else \
                "Why are they not alike?"
            answers.append(
                "They differ by less than a quarter: where waiting overlaps, "
                "how a program waits hardly matters for the time." if alike
                else "The slowest of them took {:.1f} times as long as the "
                "fastest: here, what they do between their waits can be seen."
                .format(ratio))
    return question, answers


def arithmetic(block):
    waves = -(-block["requests"] // block["level"])
    one = "{} pages that take {} each need {} one after another".format(
        block["requests"], span(block["delay_s"]),
        span(block["requests"] * block["delay_s"]))
    return one + ("." if waves == block["requests"] else
                  ", and {} with {} at a time.".format(
                      span(waves * block["delay_s"]), block["level"]))


# ---- at what cost ----

def sure_costs(results, names, block):
    return {name: figure for name, figure in
            results.costs(names, block).items()
            if not figure.mark and not doubt(results.good(name, block))}


def of_cost(results, block):
    """Who needs how much CPU?"""
    names = results.contestants()
    sure = sure_costs(results, names, block)
    answers = cannot_tell(results.costs(names, block), sure)
    if len(sure) > 1:
        order = sorted(sure, key=lambda name: sure[name].median)
        least, most = sure[order[0]], sure[order[-1]]
        if apart(least, most):
            answers.append(
                "With {} in flight, {} needs the least CPU, {} for a page, and "
                "{} the most, {}: {:.1f} times as much.".format(
                    block["level"], order[0], told(least, unit=" µs"),
                    order[-1], told(most, unit=" µs"),
                    most.median / least.median))
        alike = [name for name in order[1:] if not apart(sure[name], least)]
        if alike:
            answers.append("{} cannot be told from {}: their intervals "
                           "overlap.".format(order[0], listed(alike)))
        answers += beside_floor(results, block, order)
    return answers


def beside_floor(results, block, order):
    ratios = {name: results.ratio(name, results.floors(), block, cpu_us)
              for name in order}
    ratios = {name: ratio for name, ratio in ratios.items()
              if ratio and not ratio.mark}
    near = min(ratios, key=lambda name: ratios[name].median, default=None)
    # A client that noise puts below the floor does not show the least cost.
    if not near or ratios[near].median < 1:
        return []
    return ["The least that a client can do is the floor, prebuilt bytes and "
            "no parsing. Nearest to it is {}, at {:.2f} times as much, each "
            "beside the other in the same round.".format(
                near, ratios[near].median)]


def of_peers(results, block):
    """Is that fast?"""
    peers = sure_costs(results, results.peers(), block)
    ours = sure_costs(results, results.contestants(), block)
    answers = cannot_tell(results.costs(results.peers(), block), peers)
    if ours and peers:
        best = min(ours, key=lambda name: ours[name].median)
        answers.append("{} takes {} of CPU for a page; beside it, {}.".format(
            best, told(ours[best], unit=" µs"), listed(
                "{} takes {:.2f} times as much".format(
                    name, figure.median / ours[best].median)
                for name, figure in peers.items())))
    return answers


# ---- more and more ----

def of_levels(results, blocks):
    """Does it stay like that?"""
    last, answers = blocks[-1], []
    names = faces(results, results.contestants()).values()
    rates = {}
    for name in names:
        runs = [run for run in results.good(name, last)
                if run["concurrency"] == last["level"]]
        rate = figure_of(runs, pages_a_second)
        if rate and "!" not in rate.mark and not doubt(runs):
            rates[name] = rate
    if len(rates) > 1:
        order = sorted(rates, key=lambda name: -rates[name].median)
        answers.append("With {:,} in flight, {} fetched {:,.0f} pages a "
                       "second and {} {:,.0f}.".format(
                           last["level"], order[0], rates[order[0]].median,
                           order[-1], rates[order[-1]].median))
        if last["delay_s"]:
            answers.append("Perfect overlap would be {:,.0f}: {} comes to "
                           "{:.0f} % of that.".format(
                               last["level"] / last["delay_s"], order[0],
                               100 * rates[order[0]].median *
                               last["delay_s"] / last["level"]))
    answers += not_reached(results, last)
    return answers or cannot_tell(blocks, rates)


def not_reached(results, block):
    short = {}
    for name in results.contestants():
        runs = results.good(name, block)
        if any(run.get("disturbed") for run in runs):
            continue
        seen = reached(runs) if runs else None
        if seen is not None and int(seen) < min(runs[0]["concurrency"],
                                                runs[0]["requests"]):
            short[name] = int(seen)
    return ["In every second round or more the server saw fewer than {} at a "
            "time of {}.".format(block["level"], listed(
                "{} ({})".format(name, seen)
                for name, seen in short.items()))] \
        if short else []


# ---- reading from top to bottom ----

def readers(results, block):
    """{name: its ratio to callbacks}, of those that read otherwise."""
    found = {name: results.ratio(name, ["callbacks"], block, cpu_us)
             for name in results.contestants()
             if name in READERS and name != "callbacks"}
    return {name: ratio for name, ratio in found.items() if ratio}


def of_reading(results, block):
    ratios = readers(results, block)
    sure = {name: ratio for name, ratio in ratios.items() if not ratio.mark}
    answers = cannot_tell(ratios, sure)
    more = {name: ratio for name, ratio in sure.items() if ratio.low > 1}
    less = {name: ratio for name, ratio in sure.items() if ratio.high < 1}
    same = [name for name in sure if name not in more and name not in less]
    for which, words in ((more, "more"), (less, "less")):
        if which:
            answers.append("{} CPU than callbacks: {}.".format(
                words.capitalize(), listed(
                    "{} {:.2f} times".format(name, ratio.median)
                    for name, ratio in which.items())))
    if same:
        answers.append("No difference from callbacks that this run could "
                       "show: {}.".format(listed(same)))
    callbacks = sure_costs(results, ["callbacks"], block).get("callbacks")
    if more and callbacks:
        answers.append("Callbacks take {}; so the dearest of them asks for "
                       "about {} µs more a page, beside which a wait of a "
                       "millisecond is long.".format(
                           told(callbacks, unit=" µs"), number(
                               callbacks.median * (max(
                                   ratio.median for ratio in more.values())
                                   - 1))))
    return answers


# ---- computing ----

def of_computing(results, block):
    work, cores = block["requests"] * block["work_s"], \
        results.machine["cores"]
    names = results.contestants()
    sure = sure_walls(results, names, block)
    answers = cannot_tell(walls(results, names, block), sure)
    answers.append("{} pages want {} of computing in all. One core cannot do "
                   "it in less{}.".format(
                       block["requests"], span(work),
                       ", and {} not in less than {}".format(
                           cores, span(work / cores)) if cores > 1 else ""))
    below = [name for name, figure in sure.items() if figure.high < work]
    above = [name for name in sure if name not in below]
    if below:
        answers.append("So these used more than one core: {}.".format(
            listed("{} ({:.2f} s)".format(name, sure[name].median)
                   for name in below)))
    if above:
        answers.append("Not in less than on one core: {}.".format(listed(
            "{} ({:.2f} s)".format(name, sure[name].median)
            for name in above)))
    return answers


# ---- lateness ----

def of_lateness(block, runs):
    sure = {name: run for name, run in runs.items()
            if not run.get("disturbed") and not run["origin_limited"]}
    answers = cannot_tell(runs, sure)
    if sure:
        name = max(sure, key=lambda name: sure[name]["latency"]["p99_s"])
        late, naive = sure[name]["latency"], sure[name]["latency_naive"]
        answers.append(
            "Half of the answers of {} came within {}, and 99 of 100 within "
            "{}{}.".format(name, span(late["p50_s"]), span(late["p99_s"]),
                           ": what is usual says little about the last of "
                           "them" if late["p99_s"] > 2 * late["p50_s"]
                           else ""))
        if naive and naive["p99_s"] < 0.9 * late["p99_s"]:
            answers.append(
                "Counted from when it began with a request, and not from when "
                "that was due, {} would have said {} instead of {}: what is "
                "held up does not count what waits behind.".format(
                    name, span(naive["p99_s"]), span(late["p99_s"])))
    return answers


def of_ramp(found):
    """{name: (held, late, mark)}"""
    sure = {name: (held, late) for name, (held, late, mark) in found.items()
            if not mark}
    answers = cannot_tell(found, sure)
    for name, (held, late) in sorted(sure.items(),
                                     key=lambda item: -item[1][0]):
        answers.append("{} {}{}.".format(
            name, "kept up with {:,} requests a second".format(held) if held
            else "kept up with none of these rates",
            ", and at {:,} one of a hundred was more than {} late".format(
                late, span(RAMP_LATE)) if late else
            ", the highest that it was asked for"))
    return answers


# ---- memory ----

def of_memory(weights, level):
    """{name: KiB}: memory does not depend on how busy a machine was."""
    order = sorted(weights, key=weights.get)
    answers = []
    if len(order) > 1 and weights[order[-1]] > weights[order[0]]:
        answers.append("With {} in flight, a request takes {} KiB of {} and {} "
                       "KiB of {}.".format(
                           level, number(weights[order[0]]), order[0],
                           number(weights[order[-1]]), order[-1]))
    return answers


# ---- can it be trusted ----

def of_trust(results):
    runs = results.runs
    spoiled = [run for run in runs if run.get("disturbed")]
    limited = sum(bool(run["origin_limited"]) for run in runs)
    failed = [run for run in runs if run["error"] or run["errors"]]
    short = sum(bool(run.get("too_short")) for run in runs)
    answers = ["The race had {} runs. {}".format(
        len(runs), "None was disturbed." if not spoiled else
        "The machine disturbed {} of them; such a run counts only where fewer "
        "than three others are left, and then the figure is marked !.".format(len(spoiled)))]
    if spoiled:
        answers.append("Of {}, for one: {}.".format(
            spoiled[-1]["model"], str(spoiled[-1]["disturbed"]).rstrip(".")))
    if short:
        answers.append("{} took less than half a second of CPU: what a page "
                       "cost there is marked ~, and no sentence here is made "
                       "of it.".format(short))
    if limited:
        answers.append("In {} the server may have been the limit.".format(
            limited))
    if failed:
        answers.append("{} failed, of {}.".format(len(failed), listed(
            sorted({run["model"] for run in failed}))))
    if not results.json["complete"]:
        answers.append("It was interrupted: more had been planned.")
    return answers
