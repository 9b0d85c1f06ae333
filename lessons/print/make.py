# SPDX-License-Identifier: MIT
"""The command line of handout and slides: a page, and a PDF of it."""

import argparse
import pathlib
import signal
import sys

import page
from course import HOUSE, Mistake, chosen, complain
from files import say, write_whole


def read_words(name):
    """What the options mean, ./lab help tells."""
    usage = f"./lab {name} [LESSON ...] [--html] [--out DIR]"
    parser = argparse.ArgumentParser(prog=f"./lab {name}", usage=usage,
                                     add_help=False, allow_abbrev=False)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--out", type=pathlib.Path, default=HOUSE / "results")
    parser.add_argument("--html", action="store_true")
    parser.add_argument("--lessons", default=HOUSE / "lessons")
    if name == "slides":
        parser.add_argument("--answers", action="store_true")
    return parser.parse_args()


def leave(number, _frame):
    """What was begun is ended: the browser, and its folder."""
    sys.exit(128 + number)


def make(name, compose, pages=None):
    words = read_words(name)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as by nohup
            signal.signal(number, leave)
    if sys.stdout is None:
        complain("nothing can be printed: standard output is closed")
        return 1
    try:
        lessons = chosen(words.lessons, words.names)
        body = compose(lessons, HOUSE / "results",
                       getattr(words, "answers", False))
        return write(name, words, page.skeleton(f"waitlab: {name}",
                                                f"{name}.css", body), pages)
    except Mistake as mistake:
        complain(mistake)
        return 2
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}")
        return 1


def write(name, words, text, pages):
    made, pdf = words.out / f"{name}.html", words.out / f"{name}.pdf"
    words.out.mkdir(parents=True, exist_ok=True)
    write_whole(made, text.encode())
    say(str(made))
    if words.html:
        return 0
    pdf.unlink(missing_ok=True)
    if not page.print_pdf(made, pdf):
        return 1
    if pdf.exists():
        count = page.pages_of(pdf)
        say(f"{pdf}: {count} pages")
        if pages and count > pages:
            complain(f"that is more than {pages} pages: name the lessons of your "
                     f"course, as in ./lab {name} P3 E0 E2")
    return 0
