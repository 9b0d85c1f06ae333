# SPDX-License-Identifier: MIT
"""The public names that two documents show: the how-to of Twisted (C) and the
guide that sets Twisted beside asyncio (D), whose table of names is D4.

    names.py FOLDER                 prints the names, each with where it is
    names.py FOLDER --check TABLE   compares them with the table
    names.py FOLDER --write TABLE   adds those that are missing, with a "?" for
                                    what has to be filled in by hand

A name is what a reader has to look up: whatever an example imports, and each
attribute of something imported, of an object of an imported class, or of what
an imported function returns. Functions and classes are written with their
module (defer.Deferred), methods with their class (Deferred.callback).
"""

import os
import re
import sys

HOW_TO = "asynchronous-programming-with-twisted.txt"
GUIDE = "autobahn-asynchronous-programming.txt"

# What the documents say in words: the type of what these return.
RETURNED = {
    "client.getPage": "Deferred",
    "some_function": "Deferred",
    "asyncio.get_event_loop": "loop",
}

DOTTED = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+"


def short(name):
    """twisted.internet.defer.Deferred.callback is Deferred.callback."""
    name = re.sub(r"^twisted\.(internet|web)\.", "", name)
    return re.sub(r"^(?:\w+\.)*([A-Z]\w*\.\w+)$", r"\1", name)


# ---- one example ----


def without_text(code):
    """Without comments, docstrings and strings."""
    code = re.sub(r"'''.*?'''|\"\"\".*?\"\"\"", "''", code, flags=re.DOTALL)
    code = re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "''", code)
    return re.sub(r"#.*", "", code)


def imported(code):
    """What each name of the example's own means."""
    names = {}
    for module, what in re.findall(r"^\s*from ([\w.]+) import (.+)", code, re.M):
        for name in re.findall(r"\w+", what):
            names[name] = short(module + "." + name)
    for module in re.findall(r"^\s*import (\w+)", code, re.M):
        names[module] = module
    return names


def full(dotted, names):
    """The name behind a dotted one; None: it is the example's own."""
    head, _, rest = dotted.partition(".")
    if head not in names:
        return None
    return short(names[head] + "." + rest) if rest else names[head]


def type_of(function, names):
    name = full(function, names) or function
    if name in RETURNED:
        return RETURNED[name]
    last = name.rpartition(".")[2]
    return last if last[0].isupper() else None


def names_of_example(code):
    code = without_text(code)
    names = imported(code)
    found = {name for name in names.values() if "." in name or name == "reactor"}
    for variable, function in re.findall(r"(\w+) = ([\w.]+)\(", code):
        kind = type_of(function, names)
        if kind and variable not in names:
            names[variable] = kind
    body = re.sub(r"^\s*(from|import) .*", "", code, flags=re.M)
    found.update(full(dotted, names) for dotted in re.findall(DOTTED, body))
    return found - {None}


def names_of_examples(examples):
    return set().union(*map(names_of_example, examples))


# ---- the documents ----


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return file.read()


def names_of_how_to(text):
    """XHTML, listed with a number before each line; a few lines are lost."""
    text = re.sub(r"^\d+", "", text.replace("\u00a0", " "), flags=re.M)
    marked = re.findall(
        r'<code\s+class="API"(?:\s+base="([^"]*)")?>\s*([\w.]+)\s*</code>', text
    )
    found = {short(base + "." + name if base else name) for base, name in marked}
    examples = re.findall(r'<pre class="python">(.*?)^<', text, re.M | re.DOTALL)
    return found | names_of_examples(examples)


def names_of_guide(text):
    """reStructuredText."""
    examples = re.findall(
        r"^\.\. code-block:: python\n((?:[ \t]+.*\n|\s*\n)+)", text, re.M
    )
    found = names_of_examples(examples)
    modules = imported("\n".join(examples))
    modules.update({"defer": "defer", "autobahn": "autobahn"})
    literals = re.findall("``(" + DOTTED + ")``", text)
    return found | {full(literal, modules) for literal in literals} - {None}


def names_of_table(text):
    """The rows of "Twisted, asyncio, what it is"."""
    rows = re.findall(r"^\| *([\w ]+?) *\| *([\w ]+?) *\| ", text, re.M)
    return {name for row in rows for name in row} - {"Twisted", "asyncio"}


def names_with_places(folder):
    """Each name, with the documents that show it: "C,D"."""
    guide = read(folder, GUIDE)
    documents = {
        "C": names_of_how_to(read(folder, HOW_TO)),
        "D": names_of_guide(guide),
        "D4": names_of_table(guide),
    }
    every = sorted(set().union(*documents.values()))
    return {
        name: ",".join(tag for tag, names in documents.items() if name in names)
        for name in every
    }


# ---- the table ----


def read_rows(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def check(extracted, rows):
    """Sentences on what is wrong; none: the table is complete."""
    table = {row[0]: row[1] for row in rows[1:]}
    wrong = [
        "{} (document {}) is not in the table".format(name, place)
        for name, place in extracted.items()
        if name not in table
    ]
    for name, place in table.items():
        shown = extracted.get(name, "-")
        if name in extracted and place != shown or shown == "-" != place:
            wrong.append("{}: shown in {}, not {}".format(name, shown, place))
    return wrong


def write(extracted, rows, path):
    for row in rows[1:]:
        row[1] = extracted.get(row[0], "-")
    there = {row[0] for row in rows}
    for name, place in extracted.items():
        if name not in there:
            rows.append([name, place, "?", "?"])
    with open(path, "w", encoding="utf-8") as file:
        file.writelines("\t".join(row) + "\n" for row in rows)


def main():
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    extracted = names_with_places(sys.argv[1])
    if len(sys.argv) == 2:
        for name, place in extracted.items():
            print(name, place, sep="\t")
    elif sys.argv[2] == "--write":
        write(extracted, read_rows(sys.argv[3]), sys.argv[3])
    else:
        wrong = check(extracted, read_rows(sys.argv[3]))
        if wrong:
            sys.exit("\n".join(wrong))
        print("{} names, all in the table".format(len(extracted)))


if __name__ == "__main__":
    main()
