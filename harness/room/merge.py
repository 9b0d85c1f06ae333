#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: ./lab merge FILE... [--out DIR]
One chart of the results of a whole room: a row for each machine, with what it
is and not whose; and for each lesson what its people thought would happen.

  FILE       results.json of a race, or a learner's work/state, which has
             the predictions; as many as there are
  --out DIR  to that folder (the one where you are):
             room.png, .svg and .pdf; room-E0.png … for predictions
"""

import os
import statistics
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.append(os.path.join(HERE, os.pardir, "chart"))

from command import Usage, read_words, run
from files import CHART_KINDS, complain, fail, say, see_to_files
from gathered import Room, asked, count_predictions, read_all
from scale import number

LESSONS = os.path.join(HERE, os.pardir, os.pardir, "lessons")


def print_machines(room):
    say("{} machine{}; CPU µs per request at {} in flight:".format(
        len(room.rows), "" if len(room.rows) == 1 else "s",
        room.block["level"]))
    for name in room.names:
        values = [costs[name].median for _, costs in room.rows
                  if name in costs]
        marked = sum(bool(costs[name].mark) for _, costs in room.rows
                     if name in costs)
        say("  {:<18} {:>6}  ({}–{}){}".format(
            name, number(statistics.median(values)), number(min(values)),
            number(max(values)), "  {} of {} too short or disturbed".format(
                marked, len(values)) if marked else ""))
    if room.left_out:
        say("  {} left out, with other settings".format(room.left_out))


def print_predictions(counted):
    for (lesson, step), answers in sorted(counted.items()):
        say("{}.{}: {}".format(lesson, step, ", ".join(
            "{} {}".format(count, answer)
            for answer, count in answers.most_common())))


def by_lesson(counted):
    lessons = {}
    for (lesson, step), answers in sorted(counted.items()):
        lessons.setdefault(lesson, []).append(
            (step, asked(LESSONS, lesson, step), answers))
    return lessons


def main(words):
    options = read_words(words, {"--out": True}, None)
    if not options["words"]:
        raise Usage("which files? as in ./lab merge */results.json")
    folder = options.get("--out", ".")
    results, states, wrong = read_all(options["words"])
    room, counted = Room(results), count_predictions(states)
    lessons = by_lesson(counted)
    if room.names or counted:
        see_to_files(folder, ["room"] * bool(room.names) +
                     ["room-" + lesson for lesson in lessons], CHART_KINDS)
    if room.names:
        print_machines(room)
    print_predictions(counted)
    if room.names or counted:
        from drawing import save
        import room_chart
        if room.names:
            save(room_chart.draw_machines(room), folder, "room")
        for lesson, steps in lessons.items():
            save(room_chart.draw_predictions(lesson, steps), folder,
                 "room-" + lesson)
    elif not wrong:
        fail("there is nothing in these files that could be drawn")
    for why in wrong:
        complain(why)
    if wrong:
        sys.exit(1)


if __name__ == "__main__":
    run(main, "merge")
