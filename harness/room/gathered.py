# SPDX-License-Identifier: MIT
"""What a room has brought: results of many machines, and what learners thought
would happen. Of neither does anything say whose it is."""

import collections
import hashlib
import json
import os
import re
import statistics

from choice import faces, wait_and_cost
from palette import in_order
from results import Unreadable, parse_results, read_text, shown

# Legible beside each other in one row.
MODELS_MAX = 7


def fingerprint(machine):
    """What it is, shortened; two of the same make differ in what else they
    say of themselves. A kernel that a user built may carry any name: of it
    there is only its number."""
    cpu = re.sub(r"\((R|TM|r|tm)\)|\b(CPU|Processor)\b|@.*|with Radeon.*",
                 " ", str(machine["cpu"]))
    kernel = re.match(r"Linux [0-9]+(\.[0-9]+)*", str(machine["kernel"]))
    known = hashlib.sha256(json.dumps(machine, sort_keys=True).encode())
    return "{} × {}, {:.0f} GB, {} · {}".format(
        machine["cores"], " ".join(cpu.split())[:28],
        (machine["memory_bytes"] or 0) / 1e9, kernel.group() if kernel else "?",
        known.hexdigest()[:4])


# ---- machines ----

def setting(block):
    """What must be the same for figures to be set beside each other."""
    return tuple(block.get(key) for key in (
        "level", "delay_s", "keep_alive", "tls", "work_s", "pinned"))


class Room:
    """All machines whose cost was measured at the setting that most of them
    have."""

    def __init__(self, all_results):
        pairs = [(results, blocks[1]) for results in all_results
                 for blocks in [wait_and_cost(results)] if blocks]
        common = collections.Counter(setting(block) for _, block in pairs)
        self.setting = common.most_common(1)[0][0] if common else None
        pairs = [(results, block) for results, block in pairs
                 if setting(block) == self.setting]
        self.left_out = len(all_results) - len(pairs)
        self.block = pairs[0][1] if pairs else None
        self.models = {}
        for results, _ in pairs:
            self.models.update(results.models)
        rows = [(fingerprint(results.machine),
                 results.costs(results.contestants(), block))
                for results, block in pairs]
        self.names = self.shown(rows)
        # The cheapest machine first: the order of the files says whose it is.
        self.rows = sorted(rows, key=lambda row: (statistics.median(
            figure.median for figure in row[1].values())
            if row[1] else float("inf"), row[0]))

    def shown(self, rows):
        """Those that half of the machines have; of many, one of a family. A
        learner's own is another one on each machine."""
        count = collections.Counter(name for _, costs in rows
                                    for name in costs)
        names = [name for name in in_order(self.models) if name != "mine" and
                 0 < len(rows) <= 2 * count[name]]
        if len(names) <= MODELS_MAX:
            return names
        standing = set(faces(self, names).values())
        return [name for name in names if name in standing]

    def ratios(self):
        """(dearest, cheapest, the lowest, the highest of their ratios), over
        the machines on which both figures are without a mark; or None."""
        costs = [row for _, row in self.rows]
        medians = {}
        for name in self.names:
            of_name = [row[name].median for row in costs
                       if name in row and not row[name].mark]
            if of_name:
                medians[name] = statistics.median(of_name)
        if len(medians) < 2:
            return None
        least, most = (of(medians, key=medians.get) for of in (min, max))
        found = [row[most].median / row[least].median for row in costs
                 if all(name in row and not row[name].mark
                        for name in (least, most))]
        return (most, least, min(found), max(found), len(found)) \
            if found else None


# ---- predictions ----

def predictions_of(text):
    """{(lesson, step): words} of a learner's work/state: what was noted last.
    """
    found = {}
    for line in text.splitlines():
        noted = re.match(r"predicted ([A-Za-z][A-Za-z0-9]*) ([0-9]{1,3}) (.+)",
                         line)
        if noted:
            found[noted[1], int(noted[2])] = plain(noted[3])
    return found


def plain(words):
    """The same answer, however it was typed."""
    return shown(" ".join(words.casefold().strip(" .!?\"'").split()))


def count_predictions(states):
    """{(lesson, step): Counter of answers}"""
    counted = collections.defaultdict(collections.Counter)
    for state in states:
        for step, answer in state.items():
            counted[step][answer] += 1
    return counted


def asked(lessons, lesson, step):
    """(question, answer) of a lesson's step; or None where it has none."""
    path = os.path.join(lessons, lesson, "lesson.json")
    try:
        told = json.loads(read_text(path))["steps"][step - 1]["predict"]
        return told["question"], told["answer"]
    except (Unreadable, ValueError, LookupError, TypeError):
        return None


# ---- files ----

def whole_results(text, path):
    """One that is not whole must not keep the others off the chart."""
    try:
        results = parse_results(text, path)
        Room([results])
        return results
    except (LookupError, TypeError, ValueError, ArithmeticError,
            AttributeError):
        raise Unreadable("{}: these results are not as a race writes them"
                         .format(path))


def read_all(paths):
    """(results, states, what could not be read)"""
    results, states, wrong = [], [], []
    # */results.json finds a race also under the name latest.
    known = set()
    for path in paths:
        if os.path.realpath(path) in known:
            continue
        known.add(os.path.realpath(path))
        try:
            text = read_text(path)
            if text.lstrip().startswith("{"):
                results.append(whole_results(text, path))
            elif re.search(r"(?m)^(at|passed|hint|predicted) ", text):
                states.append(predictions_of(text))
            else:
                raise Unreadable("{}: neither the results of a race nor a "
                                 "learner's work/state".format(path))
        except Unreadable as why:
            wrong.append(str(why))
    return results, states, wrong
