#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Two pages for all in the room: on the front how the lab is used and the
five steps of an event loop, on the back the cards "You know Python"."""

import math
import re
import sys

import markdown
from course import HOUSE
from make import make

# FULL characters fill a page with the smallest type.
SMALLEST, LARGEST, FULL = 6.3, 10, 9500

COMMANDS = (
    ("start E0", "begins a lesson; start E0.3 at a later step, with our solution "
                 "of what comes before"),
    ("predict", "say first what you think; predict --reveal shows it"),
    ("learn", "waits for a save, checks, tells; single keys for the rest"),
    ("check", "the same, once"),
    ("hint", "each time a nearer one"),
    ("next", "goes on in your file"),
    ("diff", "yours against ours; solution prints ours"),
    ("reset", "begins the step anew; restore brings back what was set aside"),
    ("status", "where you are"),
    ("wrong", "known mistakes, to see them happen"),
    ("race --mine E0", "yours against ours"),
    ("timeline --mine E0", "what yours did, as a picture"),
    ("talk", "what the talks show, as programs of a page"),
    ("ps PID", "what a running program waits for; pstree: what awaits"),
    ("help lessons", "all commands"),
)

MESSAGES = (
    ("It does not compile", "the first error, with its line"),
    ("Not written yet", "a function still has its YOUR_CODE"),
    ("Not right yet", "what was promised, what is, what should be"),
    ("It crashed", "and where; what the sanitizer says of it"),
    ("It does not end", "and what it waits for"),
    ("A data race", "two threads at the same memory, with both lines"),
)


def two_columns(pairs, code):
    mark = "code" if code else "strong"
    return "<table>" + "".join(
        f"<tr><td><{mark}>{left}</{mark}></td><td>{right}</td></tr>"
        for left, right in pairs) + "</table>"


def five_steps(lessons):
    """The loop's, as the lesson E0 has them; "" without that lesson."""
    for lesson in lessons:
        for kind, lines in markdown.blocks(
                lesson.section("What the talks say")):
            if lesson.name == "E0" and kind == "code":
                return f"<pre>{markdown.code(lines)}</pre>"
    return ""


def card(lesson, seen):
    """What was on an earlier card is not said again."""
    out = []
    for kind, lines in markdown.blocks(lesson.section("You know Python")):
        for row in markdown.rows(lines) if kind == "table" else ():
            if len(row) == 2 and row[0] not in seen:
                seen.add(row[0])
                out.append(f"<div><dt>{markdown.inline(row[0])}</dt>"
                           f"<dd>{markdown.inline(row[1])}</dd></div>")
    if not out:
        return ""
    return (f"<section class=card><h3>{lesson.name} · "
            f"{markdown.inline(lesson.title)}</h3><dl>{''.join(out)}</dl>"
            "</section>")


def size_of(cards):
    """Of type, in points, at which so much text fills a page."""
    count = max(len(re.sub(r"<[^>]*>", "", cards)), 1)
    return max(SMALLEST, min(LARGEST, SMALLEST * math.sqrt(FULL / count)))


def chapters(lessons):
    return "<table>" + "".join(
        f"<tr><td><strong>{lesson.name}</strong></td>"
        f"<td>{markdown.inline(lesson.title)}</td><td>"
        + " · ".join(markdown.inline(step["name"]) for step in lesson.steps)
        + "</td></tr>" for lesson in lessons) + "</table>"


def compose(lessons, _results, _answers):
    from course import lessons_in
    steps = five_steps(lessons) or five_steps(lessons_in(HOUSE / "lessons"))
    seen = set()
    cards = "".join(card(lesson, seen) for lesson in lessons)
    return f"""<div class=front>
<h1>waitlab
<small>one HTTP client, written for every way a program can wait</small></h1>
<div class=columns>
<section><h2>Commands</h2><p>Each behind <code>./lab</code>. Your files are in
<code>work/</code>. Nothing of yours is lost: what a command replaces is kept in
<code>aside/</code> beside it.</p>{two_columns(COMMANDS, True)}</section>
<section><h2>What a check says</h2>{two_columns(MESSAGES, False)}</section>
<section><h2>An event loop, in five steps</h2>{steps}</section>
<section><h2>The lessons, step by step</h2>{chapters(lessons)}</section>
</div></div>
<div class=back><h2>You know Python</h2>
<div class=columns style="font-size: {size_of(cards):.2f}pt">{cards}</div></div>"""


if __name__ == "__main__":
    sys.exit(make("handout", compose, pages=2))
