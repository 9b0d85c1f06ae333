#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: ./lab report [RESULTS] [--out FILE]
One page of a race: its charts, which answer when they are touched, under each
a question that is usually asked and what this run answers; all figures, and
the machine. It needs no network, and can be printed.

  RESULTS     a results.json, its folder, or the name of one in results/
              (results/latest)
  --out FILE  the page (report.html beside the results)

What ./lab timeline has left beside the results or in the folder above, and
./lab claims --json results/claims.json, becomes part of it.
"""

import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.append(os.path.join(HERE, os.pardir, "chart"))

import beside
import sections
import tables
from answers import of_trust
from command import read_words, run
from files import say, try_whole, write_whole
from markup import Markup, join, tag
from palette import FAMILIES
from results import find_results, read_results


# Whatever becomes part of the page, it brings nothing from elsewhere.
META = """<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';
 style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
"""


def part(name):
    """A file of ours: it is not escaped."""
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return Markup(file.read())


def colours():
    """The palette, for the page."""
    return Markup("".join(".{} {{ --family: {}; }}\n".format(
        family, look.colour) for family, look in FAMILIES.items()))


def trust(results):
    return tag("section", tag("h2", "Can it be trusted?"),
               tag("div", *[tag("p", line) for line in of_trust(results)],
                   class_="answer"), tables.of_machine(results))


def body(results, folder):
    parts = [draw(results) for draw in sections.PARTS]
    parts += [tables.of_ledger(results), beside.timeline(folder),
              beside.claims(folder), tables.of_blocks(results),
              trust(results)]
    first, _ = results.footer([])
    return join([
        tag("h1", "What waiting costs"),
        tag("p", "{} · commit {} · {}".format(
            first, results.json["commit"], results.json["date"]))] +
        [part_ for part_ in parts if part_])


def page(results, folder):
    return join([
        Markup('<!DOCTYPE html>\n<html lang="en">\n'), tag(
            "head", Markup(META),
            tag("title", "What waiting costs: {}".format(
                results.json["date"][:10])),
            tag("style", part("page.css"), colours())),
        "\n", tag("body", body(results, folder),
                  tag("script", part("page.js"))), Markup("\n</html>\n")])


def main(words):
    options = read_words(words, {"--out": True}, 1)
    path = find_results(options["words"][0] if options["words"] else None)
    folder = os.path.dirname(path) or "."
    out = options.get("--out") or os.path.join(folder, "report.html")
    try_whole(out)
    text = page(read_results(path), folder)
    write_whole(out, text.encode(errors="replace"))
    say("Report: " + out)


if __name__ == "__main__":
    run(main, "report")
