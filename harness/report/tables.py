# SPDX-License-Identifier: MIT
"""All figures of a run as tables: of each block, and the ledger."""

from markup import join, tag
from results import cpu_us, describe, figure_of, is_good, reached, seconds
from scale import digits, number


def table(heads, rows):
    """The first column is text, the others are numbers."""
    return tag("div", tag(
        "table", tag("thead", tag("tr", *[tag("th", head) for head in heads])),
        tag("tbody", *[tag("tr", *[
            tag("td", cell, class_="number" if i else None)
            for i, cell in enumerate(row)]) for row in rows])),
        class_="wide")


def with_interval(figure):
    if not figure:
        return "–"
    words = figure.mark + digits(figure.median)
    return words if figure.low == figure.high else "{} ({}–{})".format(
        words, digits(figure.low), digits(figure.high))


def row_of(results, name, block):
    runs = results.good(name, block)
    wall = figure_of(runs, lambda run: seconds(run, block))
    ratio = results.ratio(name, results.floors(), block, cpu_us)
    seen = reached(runs) if runs else None
    return (name,
            with_interval(None if block.get("processes") else wall and
                          wall.of_time()),
            with_interval(results.figure(name, block, cpu_us)),
            ratio.mark + "{:.2f}".format(ratio.median)
            if ratio and block.get("ratios", True) else "–",
            "–" if not runs else "{:.0f} of {}".format(
                seen, runs[0]["concurrency"]) if seen is not None
            else runs[0]["concurrency"],
            sum(run["errors"] for run in results.runs_of(name, block)) +
            sum(not is_good(run) and not run["errors"]
                for run in results.runs_of(name, block)))


def of_blocks(results):
    """Closed until they are asked for; on paper, open."""
    parts = []
    for block in results.settings["blocks"]:
        if block["name"] in ("memory", "calls") or not block["rounds_done"]:
            continue
        rows = [row_of(results, name, block) for name in results.models
                if results.runs_of(name, block)]
        if rows:
            parts.append(tag(
                "details", tag("summary", "{}: {}".format(
                    block["name"], describe(block))),
                table(("model", "seconds", "CPU µs", "× floor", "in flight",
                       "errors"), rows)))
    return tag("section", tag("h2", "All figures"), *parts,
               tag("p", "Medians over the rounds (where that of another such race may "
                   "be expected, 19 times in 20). Seconds of timed "
                   "blocks are for the pages of the first try. ! the machine "
                   "was busy, ~ too little CPU to be quoted.",
                   class_="note")) if parts else None


# ---- the ledger ----

COLUMNS = (("wall_s", "ms", 1e3), ("cpu_s", "CPU µs", 1e6),
           ("wakeups", "wake-ups", 1), ("preempted", "preempted", 1),
           ("interrupts", "interrupts", 1),
           ("system_calls", "system calls", 1),
           ("peak_pss_bytes", "KiB", 1 / 1024), ("processes", "processes", 1),
           ("threads", "threads", 1), ("descriptors", "descriptors", 1))


def ledger_rows(accounts, key, signed):
    return [[account["model"]] + [
        "–" if (account.get(key) or {}).get(field) is None else
        digits(account[key][field] * scale, "+" if signed else "")
        for field, _, scale in COLUMNS] for account in accounts]


def of_ledger(results):
    """None where the race kept none."""
    accounts = results.json.get("ledger") or []
    parts = []
    settings = {(one["block"], one["level"]): None for one in accounts}
    for block, level in settings:
        some = [one for one in accounts
                if (one["block"], one["level"]) == (block, level)]
        heads = ["a page of"] + [title for _, title, _ in COLUMNS]
        parts.append(tag("h3", "{}, {} in flight".format(block, level)))
        parts.append(table(heads, ledger_rows(some, "page", False)))
        less = [one for one in some if one.get("minus_base")]
        if less:
            heads[0] = "minus {}".format(less[0]["base"])
            parts.append(table(heads, ledger_rows(less, "minus_base", True)))
    clients = of_clients(results)
    if not parts and not clients:
        return None
    return tag("section", tag("h2", "What does each way take, minus doing one "
                              "thing after another?"), *parts, clients,
               tag("div", *[tag("p", line) for line in calls_said(accounts)],
                   class_="answer"))


def calls_said(accounts):
    """System calls are counted, so they are the same on a busy machine."""
    calls = {}
    for one in accounts:
        count = (one.get("page") or {}).get("system_calls")
        if count is not None and one["block"] == accounts[0]["block"] and \
                one["level"] == accounts[0]["level"]:
            calls[one["model"]] = count
    order = sorted(calls, key=calls.get)
    if len(order) < 2 or calls[order[0]] == calls[order[-1]]:
        return []
    return ["One more page takes {} system calls of {} and {} of {}.".format(
        number(calls[order[0]]), order[0], number(calls[order[-1]]),
        order[-1])]


def of_clients(results):
    """How long the client files are, and how much of them a page passes."""
    rows = []
    for name, model in results.models.items():
        client = model.get("client")
        if client:
            rows.append([name] + [
                "–" if client.get(key) is None else
                "{:.0f}".format(client[key])
                for key in ("lines", "functions", "lines_passed",
                            "functions_passed")])
    return join([tag("h3", "The client's own file"), table(
        ("client", "lines", "functions", "lines a page passes",
         "functions it passes"), rows)]) if rows else ""


# ---- machine ----

def of_machine(results):
    machine, settings = results.machine, results.settings
    facts = [("processor", machine["cpu"]),
             ("cores", "{} of {}".format(machine["cores"],
                                         machine.get("cores_online",
                                                     machine["cores"]))),
             ("memory", "{:.1f} GB".format((machine["memory_bytes"] or 0) /
                                           1e9)),
             ("system", "{}, {}".format(machine["distribution"],
                                        machine["kernel"])),
             ("compiler", "{} {}".format(machine["compiler"],
                                         machine["flags"])),
             ("commit", results.json["commit"]),
             ("date", results.json["date"]),
             ("command", " ".join(map(str, settings["command"])))]
    if settings.get("left_out"):
        facts.append(("left out", settings["left_out"]))
    return table(("this machine", ""), facts)
