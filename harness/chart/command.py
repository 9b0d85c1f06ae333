# SPDX-License-Identifier: MIT
"""Command lines, and how commands end."""

import __main__
import os
import signal
import sys

import files
from files import complain, fail, say


class Usage(Exception):
    """A command line that makes no sense, in a sentence."""


# What reading results comes to in which something is missing, or is of another
# type or size.
NOT_AS_WRITTEN = (LookupError, TypeError, ValueError, ArithmeticError,
                  AttributeError)


def read_words(words, options, most):
    """{option: its value, or True; "words": the others}. `options`: does it take
    a value? `most`: how many others there may be; None: any number."""
    found, words = {"words": []}, list(words)
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            found["words"] += words
            break
        if not word.startswith("-") or word == "-":
            found["words"].append(word)
        elif name not in options or (equals and not options[name]):
            raise Usage("there is no option '{}' (--help lists them)".format(
                word))
        elif not options[name]:
            found[name] = True
        elif value if equals else words and words[0]:
            found[name] = value if equals else words.pop(0)
        else:
            raise Usage("{} wants a value".format(name))
    if most is not None and len(found["words"]) > most:
        raise Usage("'{}' is one word too many".format(found["words"][most]))
    return found


def on_signals(numbers, action):
    """What was ignored when the command was started, as by nohup, stays so."""
    for number in numbers:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, action)


def run(main, name):
    """Ends the program: 0, 1 with a sentence, 2 for a wrong command line."""
    files.command = name
    on_signals([signal.SIGINT], signal.SIG_DFL)
    if sys.argv[1:2] in (["--help"], ["-h"]):
        say(__main__.__doc__.rstrip())
        sys.exit(0)
    try:
        main(sys.argv[1:])
    except Usage as wrong:
        complain(str(wrong))
        sys.exit(2)
    except NOT_AS_WRITTEN:
        fail("these results are not as a race writes them")
