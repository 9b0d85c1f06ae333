# SPDX-License-Identifier: MIT
"""Other people's programs, as base/program.h has them run: each gets the
environment that we mean. What a user has set for programs of that kind
(GNUTERM, PARALLEL, CHROMIUM_FLAGS, a language) is meant for programs run by
hand, and would make ours do something else."""

import os
import subprocess

# Where things are on this machine; nothing that says how to work.
KEPT = ("PATH", "HOME", "TMPDIR", "USER", "LOGNAME", "LD_LIBRARY_PATH",
        "XDG_CONFIG_HOME", "XDG_CACHE_HOME")


def environment(more):
    kept = {name: os.environ[name] for name in KEPT + more
            if name in os.environ}
    return {"LC_ALL": "C", **kept}


def start(words, more=(), **how):
    """`more`: names of variables that this program needs, too."""
    return subprocess.Popen(words, stdin=subprocess.DEVNULL,
                            env=environment(more), **how)


def run(words, more=(), **how):
    """Whatever its exit code is. It reads `input`, or nothing."""
    if "input" not in how:
        how["stdin"] = subprocess.DEVNULL
    return subprocess.run(words, check=False, env=environment(more), **how)
