#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A page for each step, for the projector: what it is about, what is written,
and the question to be answered before. Its text is the lesson's own, of each
paragraph the beginning; the whole of it is below, for when it is asked for."""

import base64
import math
import re
import sys

import markdown
from make import make

# Keys turn the pages; what has an answer shows it first.
SCRIPT = """<script>
const pages = [...document.querySelectorAll('.slide')];
let at = Math.max(0, pages.findIndex(page => '#' + page.id === location.hash));
function show(to) {
    at = Math.min(Math.max(to, 0), pages.length - 1);
    pages.forEach((page, i) => page.classList.toggle('on', i === at));
    history.replaceState(null, '', '#' + pages[at].id);
}
function forth() {
    const answer = pages[at].querySelector('details.answer:not([open])');
    answer ? answer.open = true : show(at + 1);
}
addEventListener('keydown', event => {
    const notes = pages[at].querySelector('details.notes');
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (['ArrowRight', ' ', 'PageDown'].includes(event.key)) forth();
    else if (['ArrowLeft', 'PageUp'].includes(event.key)) show(at - 1);
    else if (event.key === 'Home') show(0);
    else if (event.key === 'End') show(pages.length - 1);
    else if (event.key === 'n' && notes) notes.open = !notes.open;
    else return;
    event.preventDefault();
});
document.body.classList.add('shown');
show(at);
</script>"""


# A page has room for this many lines of this many characters, at the size of
# type in slides.css; a paragraph takes a part of a line more, a picture's lines
# are smaller, a question's larger. In tight type a text takes less of the height.
LINES, COLUMNS, GAP, SMALL, LARGE, TIGHT = 15.5, 84, .35, .72, 1.15, .78


def lines_of(text, size=1.0):
    return size * math.ceil(max(len(text), 1) * size / COLUMNS)


def begin_of(block, count):
    """The first sentences of a paragraph or item, as Markdown."""
    kind, lines = block
    text = markdown.item(lines) if kind == "item" else " ".join(lines)
    return " ".join(markdown.sentences(text)[:count])


def height(told, count):
    return sum(SMALL * len(block[1]) + GAP if block[0] == "code" else
               lines_of(begin_of(block, count)) + GAP for block in told)


def points(text, room, below=0):
    """Of each paragraph and item as many sentences as there is room for, one at
    least; code as it is. Where even that is too much they are smaller. What will
    be shown below takes its part of the room later: then they are tight."""
    told = [block for block in markdown.blocks(text)
            if block[0] in ("text", "item", "code")]
    count = next((count for count in range(9, 1, -1)
                  if height(told, count) <= room), 1)
    out = []
    for block in told:
        if block[0] == "code":
            out.append(f"<pre>{markdown.code(block[1])}</pre>")
        else:
            kind = " class=item" if block[0] == "item" else ""
            out.append(f"<p{kind}>"
                       f"{markdown.inline(begin_of(block, count))}</p>")
    full = " full" if height(told, count) > room else ""
    high = height(told, count)
    tight = " tight" if high + below > room else ""
    tight += " tighter" if TIGHT * high + below > room else ""
    return f"<div class='points{full}{tight}'>{''.join(out)}</div>"


def without_commands(text):
    """The foot of the page has them."""
    return re.sub(r"^    \./lab .*\n", "", text, flags=re.M)


def slide(name, head, corner, body, foot):
    return (f"<section class=slide id='{name}'><header><h1>{head}</h1>"
            f"<span>{corner}</span></header><main>{body}</main>"
            f"<footer>{foot}</footer></section>")


def question(step, answers):
    asked = step.get("predict")
    if not asked:
        return ""
    answer = (f"<strong>{markdown.inline(asked['answer'])}.</strong> "
              f"{markdown.inline(asked.get('because', ''))}")
    shown = " open" if answers else ""
    return (f"<div class=ask><p>{markdown.inline(asked['question'])}</p>"
            f"<details class=answer{shown}><summary>answer</summary>"
            f"<p>{answer}</p></details></div>")


def asked_lines(step):
    """Of the question, and of the answer that is shown behind it."""
    asked = step.get("predict")
    if not asked:
        return 0, 0
    answer = f"{asked['answer']}. {asked.get('because', '')}"
    return lines_of(asked["question"], LARGE) + 1.5, lines_of(answer) + .5


def step_slide(lesson, number, answers):
    step, place = lesson.steps[number - 1], f"{lesson.name}.{number}"
    text = lesson.step_text(number)
    written = ", ".join(f"<code>{name}</code>" for name in step["functions"])
    spine = "" if step.get("spine", True) else "stretch, "
    question_lines, answer_lines = asked_lines(step)
    room = LINES - lines_of(" ".join(step["functions"])) - question_lines
    body = (f"{points(text, room, answer_lines)}"
            f"<p class=write>You write {written}</p>{question(step, answers)}"
            f"<details class=notes><summary>all of it</summary>"
            f"{markdown.to_html(text)}</details>")
    asks = f"./lab predict {place}    " if step.get("predict") else ""
    return slide(place, f"{place} · {markdown.inline(step['name'])}",
                 f"{spine}{step['minutes']} min", body,
                 f"<code>{asks}./lab start {place}    ./lab learn</code>")


def opening_slide(lesson):
    text = (lesson.opening.split("\n    ./lab")[0] + "\n" +
            lesson.section("What the talks say"))
    minutes = sum(step["minutes"] for step in lesson.steps)
    return slide(lesson.name, f"{lesson.name} · {markdown.inline(lesson.title)}",
                 f"{len(lesson.steps)} steps, {minutes} min",
                 points(text, LINES),
                 f"<code>./lab start {lesson.name}</code>")


def picture(results, race, *charts):
    """The newest of these charts of such a race, inside of the page; "" if there is
    none."""
    found = [path for chart in charts for path in results.glob(f"{race}/{chart}.svg")]
    if not found:
        return ""
    data = max(found, key=lambda path: path.stat().st_mtime).read_bytes()
    return (f"<img src='data:image/svg+xml;base64,"
            f"{base64.b64encode(data).decode()}' alt='chart'>")


def race_slide(lesson, results):
    command = f"./lab race --mine {lesson.name} --name {lesson.name}"
    body = (picture(results, f"{lesson.name}-*", lesson.name, "first") or
            picture(results, "latest", lesson.name))
    if not body:
        text = without_commands(lesson.section("Race it"))
        body = (f"{points(text, LINES - 2)}<p class=write>"
                "This page shows the chart when you have raced: "
                f"<code>{command}</code></p>")
    return slide(f"{lesson.name}-race", f"{lesson.name} · race it", "", body,
                 f"<code>{command}</code>")


def first_slide(results):
    chart = picture(results, "quick-*", "first") or picture(results, "*", "first")
    body = chart or ("<p class=write>This page shows the chart of "
                     "<code>./lab race --quick</code>, when that has run.</p>")
    return slide("waiting", "What waiting costs", "", body,
                 "<code>./lab race --quick</code>")


def compose(lessons, results, answers):
    out = [first_slide(results)]
    for lesson in lessons:
        out.append(opening_slide(lesson))
        out += [step_slide(lesson, number, answers)
                for number in range(1, len(lesson.steps) + 1)]
        if lesson.is_raced:
            out.append(race_slide(lesson, results))
    return "\n".join(out) + SCRIPT


if __name__ == "__main__":
    sys.exit(make("slides", compose))
