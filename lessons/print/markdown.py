# SPDX-License-Identifier: MIT
"""As much of Markdown as the lessons' pages use, as HTML: headings, paragraphs,
lists of one level, tables, code that is indented or between fences; in a line
code, links, strong and emphasis."""

import html
import re
import textwrap

ITEM = re.compile(r"(?:[-*]|\d+\.) +")


def inline(text):
    """One line of text. What is in code means nothing else."""
    codes = []

    def put_away(code):
        codes.append(f"<code>{html.escape(code[1], quote=False)}</code>")
        return f"\0{len(codes) - 1}\0"

    text = re.sub(r"`([^`]+)`", put_away, " ".join(text.split()))
    text = html.escape(text, quote=False)
    # A link leads nowhere on paper: its words remain.
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)
    return re.sub("\0(\\d+)\0", lambda at: codes[int(at[1])], text)


def kind_of(line):
    if line.startswith("```"):
        return "fence"
    if line.startswith("    "):
        return "code"
    if line.startswith("|"):
        return "table"
    if line.startswith("#"):
        return "heading"
    return "item" if ITEM.match(line) else "text"


def blocks(text):
    """Pairs of a kind and its lines: text, item, code, table, heading."""
    found, fenced = [], None
    for line in text.split("\n"):
        before = found[-1] if found and found[-1][1] else None
        kind = kind_of(line)
        if fenced is not None:
            if kind == "fence":
                fenced = None
            else:
                fenced.append(line)
        elif kind == "fence":
            fenced = []
            found.append(("code", fenced))
        elif not line.strip():
            found.append(("gap", []))
        elif before and before[0] in ("text", "item") and (
                kind == "text" or (before[0] == "item" and kind == "code")):
            before[1].append(line.strip())
        elif before and before[0] == kind and kind in ("code", "table"):
            before[1].append(line)
        elif kind == "code" and len(found) > 1 and found[-2][0] == "code":
            found.pop()  # a gap inside of code belongs to it
            found[-1][1].extend(["", line])
        else:
            found.append((kind, [line]))
    return [block for block in found if block[1]]


def cells(line):
    return [cell.strip() for cell in
            re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def rows(lines):
    """Of a table, without its head and the line below that."""
    return [cells(line) for line in lines[2:]]


def code(lines):
    return html.escape(textwrap.dedent("\n".join(lines)).strip("\n"))


def item(lines):
    return ITEM.sub("", " ".join(lines), count=1)


def to_html(text):
    out = []
    for kind, lines in blocks(text):
        if kind == "code":
            out.append(f"<pre>{code(lines)}</pre>")
        elif kind == "table":
            out.append(table(lines))
        elif kind == "heading":
            out.append(f"<h3>{inline(lines[0].lstrip('# '))}</h3>")
        elif kind == "item":
            out.append(f"<li>{inline(item(lines))}</li>")
        else:
            out.append(f"<p>{inline(' '.join(lines))}</p>")
    text = "\n".join(out)
    return re.sub(r"(?:<li>.*</li>\n?)+", lambda m: f"<ul>{m[0]}</ul>\n", text)


def table(lines):
    head = "".join(f"<th>{inline(cell)}</th>" for cell in cells(lines[0]))
    body = "\n".join(
        "<tr>" + "".join(f"<td>{inline(cell)}</td>" for cell in row) + "</tr>"
        for row in rows(lines))
    return f"<table><tr>{head}</tr>\n{body}</table>"


SENTENCE_END = re.compile(r"[.!?][*)\"]* (?=[A-Z`*(\"])")


def sentences(text):
    """Of one paragraph. A lead as in *Row A1.* is a part of what it leads to."""
    text = " ".join(text.split())
    found, begin = [], 0
    for end in SENTENCE_END.finditer(text):
        part = text[begin:end.end()]
        if is_whole(part) and not is_lead(part):
            found.append(part.strip())
            begin = end.end()
    return found + [text[begin:]]


def is_whole(text):
    return not (text.count("`") % 2 or text.count("*") % 2 or
                text.count("(") != text.count(")"))


def is_lead(text):
    return text.startswith("*") and text.find("*", 1) == len(text.rstrip()) - 1
