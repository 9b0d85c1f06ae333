# SPDX-License-Identifier: MIT
"""chart_labels.py FOLDER-OF-THE-CHARTS FOLDER-OF-THE-ROOM: draws races of many
kinds and prints which texts lie on each other or leave the figure; checks whom
a room sets beside each other. Exit code 3: matplotlib is missing."""

import sys

sys.path[:0] = sys.argv[1:3]

import computing_chart
import episodes
import first_chart
import latency_chart
import rate_chart
import ramp_chart
import reading_chart
import room_chart
import simultaneous_chart
from drawing import plt
from gathered import Room, count_predictions, predictions_of
from labels import collisions
from made_up_race import ALL, MadeUp
from results import Results

FEW = ["sequential", "epoll", "callbacks", "floor-epoll"]


def spoil(race):
    """Every third run is not to be trusted, one way or another."""
    for number, run in enumerate(race.runs):
        run["too_short"] = True
        run["disturbed"] = "other programs" if number % 3 == 0 else None
        run["origin_limited"] = number % 7 == 0
        if number % 5 == 0 and run["origin_max_in_flight"] > 1:
            run["origin_max_in_flight"] -= 1
        if run["model"] == "poll":
            run["error"] = "it crashed"
    return race


def races():
    yield "spoiled", spoil(MadeUp(noise=0.8).usual())
    yield "few", MadeUp(FEW).block("wait", 10, 100).block("cost", 100, 1000)
    yield "one in flight", MadeUp(FEW).block("own", 1, 50)
    yield "mine", MadeUp(["callbacks", "mine"]).block(
        "own", 64, 5000, delay=0, keep_alive=True)
    yield "computing", spoil(MadeUp().block("own", 16, 200, work_s=0.002))
    yield "late", spoil(MadeUp(ALL[:-5]).block("open", 100, 2000, rate=1000,
                                               burst=10))
    for times in (5, 20, 50, 100, 300):
        wide = MadeUp(["sequential", "fork", "epoll", "floor-epoll"]).block(
            "wait", 10, 100).block("cost", 100, 1000)
        for run in wide.runs:
            if run["model"] == "fork":
                run["cpu_user_s"] *= times
                run["cpu_system_s"] *= times
        yield "{} times".format(times), wide
    ramp = MadeUp(ALL[:-5])
    for step, rate in enumerate((1000, 10000, 100000)):
        ramp.block("ramp-{}".format(rate), 100, rate, rate=rate, rounds=1,
                   ramp=True)
        ramp.names = ramp.names[:len(ramp.names) // 2]
        for run in ramp.runs[-len(ramp.names) // 2:] if step else ():
            run["latency"]["p99_s"] = 3.0
    ramp.names = ALL[:-5]
    yield "ramp", spoil(ramp)
    crowded = MadeUp(["callbacks", "deferreds", "generators", "tasks"]).block(
        "simultaneous", 100000, 100000, delay=0, processes=10)
    for run in crowded.runs:
        run["filled_s"], run["peak_pss_bytes"] = 3.5, 120e6
    yield "simultaneous", spoil(crowded)
    yield "room", None


def drawings(results):
    for module in (first_chart, rate_chart, reading_chart, computing_chart,
                   latency_chart, ramp_chart, simultaneous_chart):
        yield module.__name__, module.draw
    # They share one drawing.
    for episode in ("P0", "E5"):
        yield episode, lambda results: episodes.draw_episode(results, episode)


def check_room():
    """Who is beside whom: one machine has other settings, one has a model that
    the others have not, and of one the figures have marks."""
    races = [MadeUp(FEW, seed).block("own", 100, 1000) for seed in range(3)]
    races.append(MadeUp(FEW + ["tasks"], 3).block("own", 100, 1000))
    races.append(MadeUp(FEW, 4).block("own", 100, 1000, delay=0.1))
    for times, race in enumerate(races, 2):
        for run in race.runs:
            run["cpu_system_s"] = 0
            run["cpu_user_s"] = times if run["model"] == "callbacks" else 1
            run["too_short"] = times == 2
    gathered = Room([Results(race.results()) for race in races])
    told = gathered.names, gathered.left_out, gathered.ratios()
    if told != (["epoll", "callbacks"], 1, ("callbacks", "epoll", 3, 5, 3)):
        sys.exit("room: {}".format(told))


def room():
    results = []
    for seed in range(9):
        race = MadeUp(FEW, seed).block("wait", 10, 100).block(
            "cost", 100, 1000)
        race = spoil(race).results(cpu="A Processor With a Name " * seed)
        race["machine"]["kernel"] = "Linux 6.1.0-of-alice"
        results.append(Results(race))
    gathered = Room(results)
    fingerprints = "".join(name for name, _ in gathered.rows)
    if len(gathered.rows) != 9 or "alice" in fingerprints:
        print("room: " + fingerprints)
        sys.exit(1)
    states = [predictions_of(
        "at E0 1\npredicted E0 1 first thoughts\npredicted E0 1 {}\n".format(
            answer)) for answer in ("a b z", "A  B z.", "z a b " * 20)]
    counted = count_predictions(states)["E0", 1]
    if counted["a b z"] != 2 or "first thoughts" in counted:
        print("room: {}".format(counted))
        sys.exit(1)
    yield "machines", lambda results: room_chart.draw_machines(gathered)
    yield "predictions", lambda results: room_chart.draw_predictions(
        "E0", [(step, ("Why? " * step * 9, "so " * 40), counted)
               for step in range(1, 7)])


check_room()
found = 0
for race_name, race in races():
    results = race and Results(race.results(cpu="A Processor With a Name " *
                                            6))
    for name, draw in drawings(results) if race else room():
        figure = draw(results)
        for pair in collisions(figure) if figure else ():
            print("{}, {}: {}".format(race_name, name, pair))
            found += 1
        plt.close(figure)
sys.exit(1 if found else 0)
