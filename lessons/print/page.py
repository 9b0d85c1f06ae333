# SPDX-License-Identifier: MIT
"""A page of one file, and what a browser without a window prints of it."""

import html
import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile
from subprocess import PIPE, STDOUT, TimeoutExpired

from course import HOUSE

sys.path.append(str(HOUSE / "harness" / "chart"))

import palette
import programs
from files import complain, write_whole

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser",
            "google-chrome")


def colours():
    """Those of the charts: the style sheets have no others."""
    return ":root {" + "".join(
        f" --{name}: {getattr(palette, name.upper())};"
        for name in ("ink", "quiet", "rule", "blue", "pale", "orange")) + " }\n"


def skeleton(title, style, body):
    css = pathlib.Path(__file__).with_name(style).read_text("utf-8")
    return (f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width">\n'
            f"<title>{html.escape(title)}</title>\n<style>\n{colours()}{css}</style>\n"
            f"</head>\n<body>\n{body}\n</body>\n</html>\n")


def browser():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def run(words):
    """Says what it is doing where that takes its time. The browser's words, if
    it fails; else None."""
    with programs.start(words, stdout=PIPE, stderr=STDOUT,
                        start_new_session=True) as child:
        try:
            try:
                said = child.communicate(timeout=2)[0]
            except TimeoutExpired:
                complain("the browser prints it ...")
                said = child.communicate(timeout=118)[0]
        except BaseException as error:
            os.killpg(child.pid, signal.SIGKILL)  # and its own children
            if isinstance(error, TimeoutExpired):
                return "it takes longer than two minutes"
            raise
    lines = said.decode("utf-8", "replace").strip().split("\n")
    return lines[-1] if child.returncode else None


def print_pdf(page, pdf):
    """True if there is a PDF now, or no browser to make one; what is missing is
    said."""
    program = browser()
    if not program:
        complain("no PDF without a browser: apt-get install "
                 "chromium-headless-shell (or print the page from any other)")
        return True
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder) / "page.pdf"
        words = [program, "--headless", "--disable-gpu", "--no-pdf-header-footer",
                 f"--user-data-dir={folder}/browser", f"--print-to-pdf={made}",
                 page.resolve().as_uri()]
        if os.geteuid() == 0:  # it refuses to shut root in
            words.insert(1, "--no-sandbox")
        why = run(words)
        if why or not made.exists():
            complain(f"{program} has made no PDF: {why or 'it says nothing'}")
            return False
        write_whole(pdf, made.read_bytes())
    return True


def pages_of(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))
