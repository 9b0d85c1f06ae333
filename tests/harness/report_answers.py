# SPDX-License-Identifier: MIT
"""report_answers.py FOLDER-OF-THE-REPORT FOLDER-OF-THE-CHARTS: its sentences
follow from the figures, and there is none of a figure with a mark."""

import re
import sys

sys.path[:0] = sys.argv[1:3]

import answers
from choice import lateness, ramp
from made_up_race import MadeUp
from results import Figure, Results, cpu_us, spread, too_close


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


# ---- of figures that are known, what is said is known ----

# µs of CPU for a page, and how many times as long as perfect overlap it took.
KNOWN = {"sequential": (100, 1), "threads": (80, 1.5), "epoll": (12, 1.1),
         "callbacks": (22, 1.1), "deferreds": (11, 1), "generators": (22, 1.1),
         "tasks": (33, 1.1), "floor-epoll": (10, 1), "wrk": (44, 1)}


def known_race(ramps=()):
    """All vary with the round, and one of them the other way round."""
    race = MadeUp(KNOWN)
    for name, level, requests, more in (
            ("wait", 10, 105, {}), ("cost", 100, 1000, {}),
            ("fixed", 64, 20000, dict(delay=0, keep_alive=True)),
            ("scale", 10, 100, {}), ("scale", 100, 1000, {}),
            ("own", 16, 200, dict(work_s=0.002)),
            ("open", 100, 2000, dict(rate=1000))):
        race.block(name, level, requests, rounds=5, **more)
    for rate in ramps:
        race.block("ramp-{}".format(rate), 100, rate, rate=rate, rounds=1,
                   ramp=True)
    for run in race.runs:
        cpu, longer = KNOWN[run["model"]]
        sign = -1 if run["model"] == "generators" else 1
        run["cpu_system_s"] = 0
        run["cpu_user_s"] = cpu * (1 + 0.05 * sign * (run["round"] - 3)) * \
            1e-6 * run["requests"]
        run["wall_s"] = longer * run["requests"] * run["delay_s"] / \
            run["concurrency"] or 1
        if run["work_s"]:
            run["wall_s"] = 0.2 if run["model"] == "threads" else 0.5
        slow = run["model"] == "threads"
        if run["block"] == "open":
            run["latency"].update(p50_s=0.04, p99_s=0.3 if slow else 0.05)
            run["latency_naive"]["p99_s"] = 0.1
        elif run["rate"]:
            run["latency"]["p99_s"] = 0.121 if slow and \
                run["rate"] == 10000 else 0.119
    return race


def check_known():
    race = known_race()
    for run in race.runs:
        # Neither the run that was disturbed, where there are others, nor the
        # latency that the server may have made.
        if run["model"] == "deferreds" and run["round"] == 5:
            run.update(disturbed="other programs", cpu_user_s=9e9, wall_s=9e9)
        if run["model"] == "tasks" and run["rate"]:
            run["origin_limited"] = True
            run["latency"]["p99_s"] = 9
    results = Results(race.results())
    words = {part: " ".join(lines) for part, lines in said(results).items()}
    for part, *parts in (
            ("waiting", "105 pages that take 20 ms each need 2.1 s one after "
             "another, and 220 ms with 10 at a time.", "sequential took 2.10 s",
             "took from 0.21 s (deferreds) to 0.32 s (threads)",
             "1.5 times as long"),
            ("cost", "deferreds needs the least CPU, 11 µs (9.2–13) for a page, "
             "and threads the most, 80 µs (69–93): 7.5 times as much.",
             "deferreds cannot be told from epoll: ",
             "Nearest to it is deferreds, at 1.10 times",
             "deferreds takes 11 µs (9.2–13) of CPU for a page; beside it, wrk "
             "takes 4.10 times as much."),
            ("levels", "With 100 in flight, deferreds fetched 5,000 pages a "
             "second and threads 3,333.",
             "would be 5,000: deferreds comes to 100 % of that"),
            ("reading", "More CPU than callbacks: tasks 1.50 times.",
             "Less CPU than callbacks: deferreds 0.50 times.",
             "could show: generators.", "about 11 µs more a page"),
            ("computing", "200 pages want 400 ms", "4 not in less than 100 ms",
             "more than one core: threads (0.20 s).",
             "Not in less than on one core: sequential (0.50 s), epoll"),
            ("late", "of threads came within 40 ms, and 99 of 100 within 300 "
             "ms: what is usual", "threads would have said 100 ms instead of "
             "300 ms")):
        for some in parts:
            expect(some in words[part], some, words[part])


def check_ramp():
    race = known_race((1000, 10000))
    found = ramp(Results(race.results()))
    expect(found["threads"] == (1000, 10000, ""), found)
    expect(found["epoll"] == (10000, None, ""), found)
    lines = answers.of_ramp(dict(threads=found["threads"],
                                 epoll=found["epoll"], wrk=(1, 2, "!")))
    expect(len(lines) == 2 and lines[0].startswith("epoll kept up with 10,000")
           and "threads kept up with 1,000 requests a second, and at 10,000 "
           in lines[1], lines)


def check_memory():
    lines = answers.of_memory({"threads": 40, "epoll": 9}, 100)
    expect("takes 9.0 KiB of epoll and 40 KiB of threads" in lines[0], lines)


def check_doubts():
    """What did not come to the level of the others is not set beside them; and
    clients that are alike are not ranked."""
    race = known_race()
    for run in race.runs:
        if run["model"] == "deferreds":
            run["origin_max_in_flight"] -= 1
    words = said(Results(race.results()))
    expect("epoll needs the least" in words["cost"][0], words["cost"])
    expect("deferreds" not in " ".join(words["waiting"]), words["waiting"])
    expect("deferreds (99)" in words["levels"][-1], words["levels"])
    race = known_race()
    for run in race.runs:
        run["cpu_user_s"] = (11 + run["round"]) * 1e-6 * run["requests"]
        run["wall_s"] = run["requests"] * 0.02 / run["concurrency"]
        if run["model"] == "floor-epoll":
            run["cpu_user_s"] *= 1.1
    words = said(Results(race.results()))
    expect("needs the least" not in words["cost"][0], words["cost"])
    expect("floor" not in " ".join(words["cost"]), words["cost"])
    expect("differ by less than a quarter" in words["waiting"][-1],
           words["waiting"])
    race.runs[0].update(errors=1)
    race.runs[1].update(disturbed="other programs")
    words = answers.of_trust(Results(race.results()))
    expect("disturbed 1 of them" in words[0] and
           words[-1] == "1 failed, of sequential.", words)


def check_odd():
    """A short run on a coarse clock has a cost; one below 0 is a mistake."""
    expect(cpu_us(dict(cpu_user_s=0, cpu_system_s=0, requests=10)) == 0.1)
    try:
        cpu_us(dict(cpu_user_s=-1, cpu_system_s=0, requests=10))
    except ValueError:
        return
    expect(False, "less CPU than none")


def check_intervals():
    """The same numbers as in race_ledger_test.cc: the table computes its."""
    for values, high in (([90, 95, 100, 105, 110], 116.6), ([90, 110], 280.8),
                         ([100] * 5, 105), ([7], 7)):
        median, low, found = spread(values)
        expect(abs(found - high) < 1e-9, values, found)
        expect(abs(low - median * median / found) < 1e-9, values, low)


def check_ranks():
    """Spreads that meet, in the order of cost; each counts as a tenth."""
    groups = too_close({
        "c": Figure(20, 20, 20, ""), "a": Figure(10, 9, 10, ""),
        "b": Figure(10.9, 10.9, 12, ""), "d": Figure(30, 11, 31, ""),
        "e": Figure(50, 50, 50, "")})
    expect(groups == [["a", "b"], ["c", "d"]], groups)


def spoil(run):
    run["disturbed"] = "other programs"


def shorten(run):
    run["too_short"] = True


check_known()
check_ramp()
check_memory()
check_odd()
check_intervals()
check_ranks()
check_doubts()
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
