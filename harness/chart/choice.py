# SPDX-License-Identifier: MIT
"""What each chart is about: whose figures, of which block."""

from results import is_good

EPISODES = {
    "P0": ("sequential",),
    "P1": ("sequential", "fork", "process-pool"),
    "P2": ("sequential", "fork", "threads", "thread-pool"),
    "P3": ("sequential", "threads", "select", "poll", "epoll", "uring"),
    "P4": ("sequential", "select", "epoll", "asyncore"),
    "E0": ("sequential", "epoll", "callbacks"),
    "E1": ("threads", "epoll", "callbacks"),
    "E2": ("epoll", "callbacks", "deferreds"),
    "E3": ("callbacks", "deferreds", "generators", "inline-callbacks"),
    "E4": ("callbacks", "deferreds", "generators", "tasks"),
    "E5": ("callbacks", "generators", "tasks", "streams", "greenlets"),
}

# All of them on one loop; what differs is how the code reads.
READERS = {"callbacks", "deferreds", "generators", "inline-callbacks", "tasks",
           "streams", "greenlets", "mine"}

# Which model represents a family, if it ran; else the first of it that did.
FACES = {"epoll", "tasks", "mine"}


def wait_and_cost(results):
    """What the panels of the first chart are about; or None."""
    wait = results.block("wait", "own")
    own = results.blocks("own")
    cost = results.block("cost") or (own[-1] if own else None) or wait
    return (wait, cost) if wait and cost else None


def promises(wait):
    """[(seconds, words)] that arithmetic says: one after another, and perfect
    overlap, which with one in flight is the same."""
    if not wait["delay_s"]:
        return []
    waves = -(-wait["requests"] // wait["level"])
    both = [(wait["requests"] * wait["delay_s"], "one after another"),
            (waves * wait["delay_s"], "perfect overlap")]
    return both[:1] if waves == wait["requests"] else both


def of_episode(results, episode):
    """(names, wait, cost), or None where fewer than two of its models were
    raced, or of a lone one none. From the loop on, where waiting costs all of
    them next to nothing, the cost is that of pages that need not be waited
    for."""
    blocks = wait_and_cost(results)
    wanted = EPISODES[episode] + ("mine",)
    names = [name for name in results.contestants() if name in wanted]
    if not blocks or len(names) < min(2, len(EPISODES[episode])):
        return None
    wait, cost = blocks
    if episode.startswith("E"):
        cost = without_waiting(results) or cost
    return names, wait, cost


def without_waiting(results):
    """The block of prebuilt answers over kept connections, 64 in flight, or the
    nearest to it that was asked for; or None."""
    own = [block for block in results.blocks("own")
           if not block["delay_s"] and block["keep_alive"] and
           not block.get("work_s") and block["rounds_done"]]
    return results.block("fixed") or min(
        own, key=lambda block: abs(block["level"] - 64), default=None)


def computing(results):
    """The block whose pages want computing, or None."""
    return next((block for block in results.blocks("own")
                 if block.get("work_s") and block["rounds_done"]), None)


def simultaneous(results):
    """The block with the most connections at one moment, or None."""
    return max((block for block in results.blocks("simultaneous")
                if block["rounds_done"]),
               key=lambda block: block["level"], default=None)


def levels(results):
    """Blocks with more and more in flight; none where there are not two."""
    blocks = results.blocks("scale")
    blocks = blocks if len(blocks) > 1 else results.blocks("own")
    blocks = sorted((block for block in blocks if block["rounds_done"]),
                    key=lambda block: block["level"])
    return blocks if len(blocks) > 1 else []


def faces(results, names):
    """{family: the model that represents it}"""
    found = {}
    for name in names:
        family = results.models[name]["family"]
        if name in FACES or family not in found:
            found[family] = name
    return found


def late_run(results, name, block):
    """One run, and not several as if they were one: the last that was not
    disturbed."""
    runs = [run for run in results.good(name, block) if run.get("latency")]
    runs = [run for run in runs if not run.get("disturbed")] or runs
    return runs[-1] if runs else None


def lateness(results):
    """(block, {name: run}) of open load; of a ramp, of the highest rate that
    most of them could bear. None where there was none."""
    found = []
    for block in results.settings["blocks"]:
        if not block.get("rate"):
            continue
        runs = {name: late_run(results, name, block)
                for name in results.contestants()}
        runs = {name: run for name, run in runs.items() if run}
        if runs:
            found.append((len(runs), block["rate"], block, runs))
    if not found:
        return None
    _, _, block, runs = max(found, key=lambda one: one[:2])
    return block, runs


# Of a hundred requests one may be later than that, in seconds.
RAMP_LATE = 0.1


def is_late(run, block):
    """As the race sees it, which takes a model out of the ramp then."""
    alone = block["delay_s"] + (block.get("work_s") or 0)
    return not is_good(run) or run["latency"]["p99_s"] > alone + RAMP_LATE


def ramp(results):
    """{name: (the highest rate that it held or 0, the one that was too high or
    None, marks)}, of a ramp; nothing where there was none."""
    steps = sorted((block for block in results.settings["blocks"]
                    if block.get("ramp")), key=lambda block: block["rate"])
    found = {}
    for name in results.contestants():
        for block in steps:
            # A run that was disturbed has been repeated. A model that keeps up
            # on a busy machine does keep up.
            for run in results.runs_of(name, block)[-1:]:
                held, _, _ = found.get(name, (0, None, ""))
                late = is_late(run, block)
                found[name] = (held if late else block["rate"],
                               block["rate"] if late else None,
                               "!" if late and run.get("disturbed") else "")
    return found


def ramp_words(held, late):
    return ", ".join(filter(None, [
        "{:,}".format(held) if held else "none",
        "late at {:,}".format(late) if late else "and was not late"]))
