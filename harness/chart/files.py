# SPDX-License-Identifier: MIT
"""Files and standard output, as the lab's other commands write them."""

import os
import sys
import tempfile

# The command: each sentence about what went wrong begins with its name.
command = "waitlab"


def make_folder(path):
    """With those above it, as every command makes the folder it is given. Ends
    with a sentence when it cannot be made."""
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        fail("{}: this is not a folder".format(path))
    except OSError as error:
        fail("{}: {}".format(path, error.strerror))


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


def complain(sentence):
    sys.stderr.buffer.write(os.fsencode("{}: {}\n".format(command, sentence)))


def fail(sentence):
    complain(sentence)
    sys.exit(1)
