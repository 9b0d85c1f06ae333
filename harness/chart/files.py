# SPDX-License-Identifier: MIT
"""Files and standard output, with the promises that base/output.h and
base/whole_file.h make: what is written arrives whole, or the command says that
it did not. Every command imports this before it opens anything."""

import os
import secrets
import select
import sys

# The command: each sentence about what went wrong begins with its name.
command = "waitlab"


def occupy_standard_descriptors():
    """The program that started us may have closed standard input, output or
    error. The first file would get that number, and with it what is meant for
    the screen. So each is given to /dev/null, opened the wrong way round: using
    it still fails, here and in the programs that we start."""
    for fd, useless in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_RDONLY)):
        try:
            os.fstat(fd)
        except OSError:
            os.set_inheritable(os.open(os.devnull, useless), True)


occupy_standard_descriptors()


def make_folder(path):
    """With those above it, as every command makes the folder it is given. Ends
    with a sentence when it cannot be made."""
    try:
        os.makedirs(path, exist_ok=True)
    except FileExistsError:
        fail("{}: this is not a folder".format(path))
    except OSError as error:
        fail("{}: {}".format(path, error.strerror))


# A chart is written in each of these forms.
CHART_KINDS = ("png", "svg", "pdf")


def see_to_files(folder, names, kinds):
    """Makes the folder and tries the files that are to be there: each name with
    each of the kinds behind it."""
    make_folder(folder)
    for name in names:
        for kind in kinds:
            try_whole(os.path.join(folder, name + "." + kind))


def write_all(fd, data):
    """Waits where a descriptor does not block."""
    while data:
        try:
            data = data[os.write(fd, data):]
        except BlockingIOError:
            room = select.poll()
            room.register(fd, select.POLLOUT)
            room.poll()


def open_unnamed(folder):
    """A file without a name; None where the file system cannot do that, or
    where there is no /proc by which to name it later."""
    if not os.access("/proc/self/fd", os.X_OK):
        return None
    try:
        return os.open(".", os.O_WRONLY | os.O_TMPFILE, 0o666, dir_fd=folder)
    except OSError:
        return None


def sync_folder(folder):
    """A new name survives a power cut only when its folder is on the disk, too.
    Where that cannot be done, every reader sees the new file nevertheless."""
    try:
        fd = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)
    except OSError:
        return
    try:
        os.fsync(fd)
    except OSError:
        pass
    finally:
        os.close(fd)


def open_named(folder, name):
    return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW,
                   0o666, dir_fd=folder)


def new_name():
    return ".new-" + secrets.token_hex(8)


def write_in(folder, name, data, on_disk):
    growing = new_name()
    named = False  # or about to be
    fd = open_unnamed(folder)
    try:
        if fd is None:
            named = True
            fd = open_named(folder, growing)
        write_all(fd, data)
        if on_disk:
            os.fsync(fd)
        if not named:
            named = True
            os.link("/proc/self/fd/{}".format(fd), growing,
                    dst_dir_fd=folder, follow_symlinks=True)
        os.replace(growing, name, src_dir_fd=folder, dst_dir_fd=folder)
        named = False
    except FileExistsError:
        named = False  # it is another's
        raise
    finally:
        if fd is not None:
            os.close(fd)
        if named:
            try:
                os.unlink(growing, dir_fd=folder)
            except FileNotFoundError:
                pass
    if on_disk:
        sync_folder(folder)


def try_in(folder, name):
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        if not name:
            raise
    fd = open_unnamed(folder)
    if fd is None:
        growing = new_name()
        fd = open_named(folder, growing)
        os.unlink(growing, dir_fd=folder)
    os.close(fd)


def write_whole(path, data, on_disk=False):
    """A reader sees the old one or this; a device or a pipe stays what it
    is. What cannot be made again is to be on the disk when this returns. What
    a kill may leave behind, base/whole_file.h says. Ends with a sentence when
    it cannot be written."""
    do_in_folder(path, write_in, data, on_disk)


def try_whole(path):
    """Ends with a sentence where write_whole() could not write it: for a
    command, before it does the work whose result is to go there. Does not open
    what has that name, and leaves nothing behind."""
    do_in_folder(path, try_in)


def do_in_folder(path, do, *more):
    if os.path.exists(path) and not os.path.isfile(path):
        fail("{}: this is not a file".format(path))
    folder, name = os.path.split(path)
    try:
        at = os.open(folder or ".", os.O_PATH | os.O_DIRECTORY)
        try:
            do(at, name, *more)
        finally:
            os.close(at)
    except OSError as error:
        fail("{}: {}".format(path, error.strerror))


def say(text):
    """A line. A path is bytes, and print() would have it be text."""
    try:
        write_all(1, os.fsencode(text + "\n"))
    except OSError as error:
        fail("the output cannot be written: {}".format(error.strerror))


def complain(sentence):
    try:
        write_all(2, os.fsencode("{}: {}\n".format(command, sentence)))
    except OSError:
        pass  # there is no place left to say it


def fail(sentence):
    complain(sentence)
    sys.exit(1)
