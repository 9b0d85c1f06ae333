#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: ./lab race --hosts FILE [--lab DIR] [--out DIR] [options of race]
The same race on several machines at once, each against its own server, by GNU
parallel over ssh; then ./lab merge makes one picture of what they bring.

  --hosts FILE  the machines, a line each as ssh knows them: [user@]name.
                "#" begins a comment, and ":" is this machine
  --lab DIR     where the lab is on each of them, built (where it is here)
  --out DIR     for results, 1.json and so on, and for the picture (results)

ssh has to come in without a password (ssh-copy-id). Exit code: 0; 1 when a
machine brought nothing, or a contestant failed; 2 for a call that makes no
sense.
"""

import json
import os
import shlex
import shutil
import sys
from subprocess import DEVNULL, PIPE

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.append(os.path.join(HERE, os.pardir, "chart"))

import programs
from command import Usage, run
from files import CHART_KINDS, complain, fail, say, see_to_files, write_whole
from results import shown


def take(words, name):
    """The value of an option, which is taken out of the words; or None."""
    for i, word in enumerate(words):
        if word == name and words[i + 1:i + 2] not in ([], [""]):
            value = words[i + 1]
            del words[i:i + 2]
            return value
        if word.startswith(name + "=") and word != name + "=":
            del words[i]
            return word[len(name) + 1:]
        if word in (name, name + "="):
            raise Usage("{} wants a value".format(name))
    return None


def read_hosts(path):
    """As parallel is to read them: it knows only comments on lines of their
    own."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = [line.partition("#")[0].strip() for line in file]
    except OSError as error:
        fail("{}: {}".format(path, error.strerror))
    hosts = list(filter(None, lines))
    if not hosts:
        raise Usage("{}: there is no machine in it".format(path))
    return hosts


def see_to_tools():
    """Another program is called parallel, too, and knows no machines."""
    try:
        about = programs.run(["parallel", "--plain", "--version"], stdout=PIPE,
                             stderr=DEVNULL).stdout
    except OSError:
        about = b""
    if not about.startswith(b"GNU parallel"):
        fail("--hosts: GNU parallel is not here (apt install parallel)")
    if not shutil.which("ssh"):
        fail("--hosts: ssh is not here (apt install openssh-client)")


def quote(word):
    """For a shell, and for parallel, which replaces {} and its kin in a command,
    quoted or not: no brace is followed by what would be one of them."""
    return shlex.quote(word).replace("{", "{''")


def there(lab, words):
    """What each machine does. Only its results go to standard output."""
    race = " ".join(map(quote, words))
    return ("cd {} && out=$(mktemp -d) && "
            "{{ ./lab --no-install race {} --no-chart --out \"$out\" >&2; "
            "code=$?; cat \"$out/results.json\"; rm -rf \"$out\"; "
            "exit $code; }}").format(quote(lab), race)


def split(text):
    """The documents that stand behind each other."""
    decoder, found, at = json.JSONDecoder(), [], 0
    text = text.strip()
    while at < len(text):
        document, end = decoder.raw_decode(text, at)
        found.append(text[at:end])
        at = end + len(text[end:]) - len(text[end:].lstrip())
    return found


def print_simultaneous(all_results):
    """Of each model, over all machines: each has its own moment."""
    most = {}
    for results in all_results:
        here = {}
        for entry in results["runs"]:
            if entry.get("processes") and not entry["error"]:
                here[entry["model"]] = max(here.get(entry["model"], 0),
                                           entry["origin_max_in_flight"])
        for model, count in here.items():
            most.setdefault(model, []).append(count)
    for model, counts in most.items():
        say("  {:<18} {:>9} connections, {}".format(
            model, sum(counts), " + ".join(map(str, counts))))
    return bool(most)


def merge(paths, out):
    code = programs.run(
        [sys.executable, "-E", "-s", "-B", os.path.join(HERE, "merge.py"),
         *paths, "--out", out]).returncode
    if code == 3:
        complain("no picture without matplotlib: "
                 "apt-get install python3-matplotlib")
        return 0
    return code


def main(words):
    file, lab = take(words, "--hosts"), take(words, "--lab") or ROOT
    out = take(words, "--out") or "results"
    if not file:
        raise Usage("--hosts wants a file")
    hosts = read_hosts(file)
    count = len(hosts)
    see_to_tools()
    see_to_files(out, map(str, range(1, count + 1)), ["json"])
    see_to_files(out, ["room"], CHART_KINDS)
    # --plain: without the options that a user has set for it. By two variables
    # ssh finds the keys.
    done = programs.run(
        ["parallel", "--plain", "--will-cite", "--nonall", "--sshloginfile",
         "-", there(lab, words)], ("SSH_AUTH_SOCK", "KRB5CCNAME"),
        stdout=PIPE,
        input=os.fsencode("".join(host + "\n" for host in hosts)))
    try:
        found = split(done.stdout.decode())
    except ValueError:
        fail("--hosts: the machines did not send results")
    paths = [os.path.join(out, "{}.json".format(i + 1))
             for i in range(len(found))]
    for path, document in zip(paths, found):
        write_whole(path, document.encode() + b"\n", on_disk=True)
    say("Results of {} of {} machine{}{}{}".format(
        len(found), count, "" if count == 1 else "s", ": " if paths else "",
        " ".join(paths)))
    drawn = 0
    if found and not print_simultaneous(map(shown, map(json.loads, found))):
        drawn = merge(paths, out)
    sys.exit(drawn or int(done.returncode != 0 or len(found) != count))


if __name__ == "__main__":
    run(main, "race")
