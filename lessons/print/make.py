# SPDX-License-Identifier: MIT
"""The command line of handout and slides: a page, and a PDF of it."""

import argparse
import os
import pathlib
import sys

import page
from course import HOUSE, Mistake, chosen, complain


def read_words(name, help_text):
    parser = argparse.ArgumentParser(
        prog=f"./lab {name}", description=help_text, allow_abbrev=False,
        epilog="Exit code: 0; 1 when something could not be written; 2 for a "
        "call that makes no sense.")
    parser.add_argument("names", nargs="*", metavar="LESSON",
                        help="only these, as E0 E2; else all")
    parser.add_argument("--out", type=pathlib.Path, metavar="DIR",
                        default=HOUSE / "results", help="into that folder "
                        "(results)")
    parser.add_argument("--html", action="store_true",
                        help="the page alone, no PDF")
    parser.add_argument("--lessons", default=HOUSE / "lessons",
                        help=argparse.SUPPRESS)
    if name == "slides":
        parser.add_argument("--answers", action="store_true",
                            help="with the answers shown: for the teacher")
    return parser.parse_args()


def make(name, help_text, compose, pages=None):
    words = read_words(name, help_text)
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
        complain(f"{error.filename or 'standard output'}: {error.strerror}")
        # What could not be printed is not tried again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except KeyboardInterrupt:
        return 130


def write(name, words, text, pages):
    made, pdf = words.out / f"{name}.html", words.out / f"{name}.pdf"
    words.out.mkdir(parents=True, exist_ok=True)
    page.write(made, text.encode())
    print(made, flush=True)
    if words.html:
        return 0
    pdf.unlink(missing_ok=True)
    if not page.print_pdf(made, pdf):
        return 1
    if pdf.exists():
        count = page.pages_of(pdf)
        print(f"{pdf}: {count} pages", flush=True)
        if pages and count > pages:
            complain(f"that is more than {pages} pages: name the lessons of your "
                     f"course, as in ./lab {name} P3 E0 E2")
    return 0
