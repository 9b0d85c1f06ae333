# SPDX-License-Identifier: MIT
"""results_changed.py CHARTS REPORT ROOM, their folders: results of a race in
which something was changed, hundreds of them. Each is read, or refused in a
sentence: charts as text, the report and a room's table are made of it, or end as
a command does."""

import json
import random
import sys
import traceback

sys.path[:0] = sys.argv[1:4]

from choice import EPISODES
from command import NOT_AS_WRITTEN
from gathered import Room
from made_up_race import MadeUp
from report import page
from results import Unreadable, parse_results
from terminal import CHARTS, panels_of

COPIES = 300
NAMES = ["sequential", "threads", "epoll", "callbacks", "tasks", "floor-epoll",
         "wrk"]
ODD = (None, True, False, 0, -1, 1, 7, 0.5, 1e308, -1e308, 1e-308, 2 ** 63,
       10 ** 300, 10 ** 400, "", "$x", "wait", "epoll", "own", "floor",
       "\ud800", "\0\x1b[2J", "1e999", "x" * 5000, [], {}, [[]], [None] * 3,
       {"name": "wait"}, {"": {}})
BYTES = ("", "NaN", "-Infinity", "1e999", "{", "}", "[" * 3000, "]", '"', ",",
         "\0", "\\u0000", "\\ud83d", "9" * 6000, "null", "-", "\ufeff")


def races():
    """Of all kinds, so that each chart has something to show."""
    race = MadeUp(NAMES).block("wait", 10, 100).block("cost", 100, 1000)
    race.block("fixed", 64, 2000, delay=0, keep_alive=True, rounds=1)
    race.block("memory", 100, 100, delay=0.2, rounds=1)
    race.block("scale", 10, 100, rounds=1).block("scale", 100, 400, rounds=1)
    yield race
    own = MadeUp(NAMES).block("own", 16, 200, work_s=0.002)
    own.block("open", 100, 2000, rate=1000, burst=10)
    for rate in (1000, 10000):
        own.block("ramp-{}".format(rate), 100, rate, rate=rate, rounds=1,
                  ramp=True)
    own.block("simultaneous", 1000, 1000, delay=0, processes=10)
    for run in own.runs:
        run["filled_s"] = 3.5
    yield own


def place(chance, value):
    """(container, key) of something in it: step by step, since nearly all that
    there is are the fields of runs."""
    container, key = None, None
    while isinstance(value, (dict, list)) and value and \
            (container is None or chance.randrange(5)):
        container = value
        key = chance.choice(sorted(value) if isinstance(value, dict)
                            else range(len(value)))
        value = container[key]
    return container, key


def change_value(chance, results):
    """Another value, that of another place, or none."""
    container, key = place(chance, results)
    way = chance.randrange(4)
    if way == 0:
        del container[key]
    elif way == 1:
        other, there = place(chance, results)
        container[key] = json.loads(json.dumps(other[there]))
    else:
        container[key] = chance.choice(ODD)


def change_text(chance, text):
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(BYTES) + \
        text[at + chance.choice((0, 1, 1, 20, len(text))):]


def changed(chance, text):
    if chance.randrange(4) == 0:
        return change_text(chance, text)
    results = json.loads(text)
    for _ in range(chance.choice((1, 1, 1, 3))):
        change_value(chance, results)
    return json.dumps(results)


def use(results):
    for name in list(CHARTS) + list(EPISODES):
        found = panels_of(results, name)
        if found:
            for index, panel in enumerate(found[0]):
                panel.script(name, index, panel.row_count())
                panel.data().encode(errors="replace")
            results.footer(found[1])
    page(results, "/nowhere").encode(errors="replace")
    Room([results])


def outcome(text):
    try:
        results = parse_results(text, "changed")
    except Unreadable as why:
        return "refused" if str(why).startswith("changed: ") else str(why)
    try:
        use(results)
        return "read"
    except NOT_AS_WRITTEN:
        return "not as written"


def main():
    chance, counts = random.Random(1), {}
    texts = [json.dumps(race.results()) for race in races()]
    for text in texts:
        if outcome(text) != "read":
            sys.exit("what a race writes is refused")
    for number in range(COPIES):
        text = changed(chance, texts[number % len(texts)])
        try:
            came_to = outcome(text)
        except BaseException:
            traceback.print_exc()
            with open("results_changed.json", "w", errors="replace") as file:
                file.write(text)
            sys.exit("copy {}, in results_changed.json".format(number))
        counts[came_to] = counts.get(came_to, 0) + 1
    print(counts)
    # Were nearly all refused, or nearly none, this would show little.
    if set(counts) != {"read", "refused", "not as written"} or \
            min(counts.values()) < COPIES / 20:
        sys.exit("too little of one kind")


main()
