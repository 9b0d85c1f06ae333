# SPDX-License-Identifier: MIT
"""matplotlib as it is delivered, whatever its user has told it: a chart of the
lab looks the same on every machine. Ends with exit code 3 where matplotlib is
missing."""

import io
import os
import sys
import tempfile


def import_pyplot():
    """Reads no settings of the user: those are named by variables, or lie in
    the working folder."""
    os.environ["MATPLOTLIBRC"] = os.devnull
    os.environ["MPLBACKEND"] = "Agg"
    before = os.open(".", os.O_PATH | os.O_DIRECTORY)
    os.chdir("/")
    try:
        import matplotlib
        import matplotlib.pyplot as pyplot
    except ImportError:
        sys.exit(3)
    finally:
        os.fchdir(before)
        os.close(before)
    matplotlib.rcdefaults()
    return matplotlib, pyplot


matplotlib, plt = import_pyplot()
plt.rcParams.update({
    "font.size": 15, "font.family": "DejaVu Sans",
    "axes.spines.top": False, "axes.spines.right": False,
    "svg.hashsalt": "waitlab",
})
if "text.parse_math" in plt.rcParams:
    # A dollar sign in the name of a machine is a dollar sign.
    plt.rcParams["text.parse_math"] = False


def write_whole(path, data):
    """As the lab writes its files: whoever looks sees the old one or this."""
    mask = os.umask(0)
    os.umask(mask)
    fd, growing = tempfile.mkstemp(dir=os.path.dirname(path) or ".",
                                   prefix=".new-")
    try:
        with open(fd, "wb") as file:
            os.fchmod(fd, 0o666 & ~mask)
            file.write(data)
        os.replace(growing, path)
    except OSError:
        os.unlink(growing)
        raise


def save(figure, folder, name):
    """Writes NAME.png and NAME.svg, and says so."""
    for kind in ("png", "svg"):
        path = os.path.join(folder, name + "." + kind)
        drawn = io.BytesIO()
        figure.savefig(drawn, format=kind, dpi=100,
                       metadata={"Date": None} if kind == "svg" else None)
        try:
            write_whole(path, drawn.getvalue())
        except OSError as error:
            sys.exit("{}: {}".format(path, error.strerror))
        # A path is bytes, and print() would have it be text.
        sys.stdout.buffer.write(os.fsencode("Chart: " + path + "\n"))
