# SPDX-License-Identifier: MIT
"""The command line of handout and slides: a page, and a PDF of it."""

import pathlib
import signal
import sys

import page
from course import HOUSE, Mistake, chosen
import files
from command import Usage, on_signals, read_words
from files import complain, say, see_to_files, write_whole
from results import SHELF


def options_of(name):
    """What they mean, ./lab help tells."""
    known = {"--out": True, "--html": False, "--lessons": True}
    if name == "slides":
        known["--answers"] = False
    return read_words(sys.argv[1:], known, None)


def leave(number, _frame):
    """What was begun is ended: the browser, and its folder."""
    sys.exit(128 + number)


def make(name, compose, pages=None):
    files.command = name
    on_signals((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), leave)
    try:
        options = options_of(name)
        lessons = chosen(options.get("--lessons", HOUSE / "lessons"),
                         options["words"])
        see_to_files(options.get("--out", SHELF), [name],
                     ["html"] if "--html" in options else ["html", "pdf"])
        body = compose(lessons, pathlib.Path(SHELF), "--answers" in options)
        return write(name, options, page.skeleton(f"waitlab: {name}",
                                                  f"{name}.css", body), pages)
    except (Mistake, Usage) as mistake:
        complain(str(mistake))
        return 2
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}")
        return 1


def write(name, options, text, pages):
    out = pathlib.Path(options.get("--out", SHELF))
    made, pdf = out / f"{name}.html", out / f"{name}.pdf"
    write_whole(made, text.encode())
    say(str(made))
    if "--html" in options:
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
