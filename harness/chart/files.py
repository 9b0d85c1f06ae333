# SPDX-License-Identifier: MIT
"""Files and standard output, as the lab's other commands write them."""

import os
import sys
import tempfile


def write_whole(path, data):
    """A reader sees the old one or this; a device or a pipe stays what it
    is. Ends with a sentence when it cannot be written."""
    if os.path.exists(path) and not os.path.isfile(path):
        fail("{}: this is not a file".format(path))
    mask = os.umask(0)
    os.umask(mask)
    growing = None
    try:
        fd, growing = tempfile.mkstemp(dir=os.path.dirname(path) or ".",
                                       prefix=".new-")
        with open(fd, "wb") as file:
            os.fchmod(fd, 0o666 & ~mask)
            file.write(data)
        os.replace(growing, path)
    except OSError as error:
        if growing:
            os.unlink(growing)
        fail("{}: {}".format(path, error.strerror))


def say(text):
    """A line. A path is bytes, and print() would have it be text."""
    try:
        left = os.fsencode(text + "\n")
        while left:
            left = left[os.write(1, left):]
    except OSError as error:
        fail("standard output: {}".format(error.strerror))


def fail(sentence):
    sys.stderr.buffer.write(os.fsencode(sentence + "\n"))
    sys.exit(1)
