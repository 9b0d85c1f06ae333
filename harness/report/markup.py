# SPDX-License-Identifier: MIT
"""HTML and SVG in which all text is escaped, since it is made in one place:
only what tag() and join() have made is taken as it is."""

import html


class Markup(str):
    """Text that is markup already."""


def escaped(text):
    return text if isinstance(text, Markup) else Markup(
        html.escape("".join(letter if letter >= " " or letter == "\n" else "?"
                            for letter in str(text))))


def join(parts, between=""):
    return Markup(escaped(between).join(map(escaped, parts)))


def tag(name, *inner, **attributes):
    """tag("a", text, href=...): a trailing underscore is left out of names, the
    others are dashes; an attribute that is None is left out."""
    words = [name] + ['{}="{}"'.format(key.rstrip("_").replace("_", "-"),
                                       escaped(value))
                      for key, value in attributes.items()
                      if value is not None]
    return Markup("<{}>{}</{}>".format(" ".join(words), join(inner), name))


def place(number):
    """A coordinate, short."""
    return "{:.4g}".format(number) if abs(number) < 1000 else \
        "{:.0f}".format(number)
