# SPDX-License-Identifier: MIT
"""The lessons, as their folders tell of them: lesson.json and README.md."""

import json
import pathlib
import re

HOUSE = pathlib.Path(__file__).resolve().parents[2]


class Mistake(Exception):
    """A call that makes no sense, or a lesson that cannot be read."""


class Lesson:
    def __init__(self, folder):
        self.folder = folder
        try:
            told = json.loads((folder / "lesson.json").read_text("utf-8"))
            page = (folder / "README.md").read_text("utf-8")
            self.name, self.title = told["name"], told["title"]
            self.steps = told["steps"]
            self.rows = told.get("rows", [])
            self.is_raced = bool(told.get("core") or told.get("model"))
        except (OSError, ValueError, KeyError) as error:
            raise Mistake(f"{folder}: {error}") from error
        parts = re.split(r"^## +(.*)\n", page, flags=re.M)
        self.opening = parts[0].split("\n", 1)[1] if parts[0] else ""
        self.sections = dict(zip(parts[1::2], parts[2::2]))

    def section(self, begin):
        """The text of the section whose heading begins so; "" if none does."""
        return next((text for heading, text in self.sections.items()
                     if heading.lower().startswith(begin.lower())), "")

    def step_text(self, number):
        return self.section(f"Step {number}:")


def lessons_in(folder):
    """All of them in the order of the syllabus: P before E."""
    folders = [path.parent for path in folder.glob("*/lesson.json")
               if path.parent.parent.name != "tool"]
    folders.sort(key=lambda path: (path.name[:1] != "P", path.name))
    return [Lesson(path) for path in folders]


def chosen(folder, names):
    """The lessons of these names, or all. Raises Mistake for others."""
    lessons = lessons_in(pathlib.Path(folder))
    known = [lesson.name for lesson in lessons]
    if not known:
        raise Mistake(f"there are no lessons in {folder}")
    for name in names:
        if name.upper() not in known:
            raise Mistake(f"there is no lesson '{name}' (they are "
                          f"{', '.join(known)})")
    wanted = {name.upper() for name in names} or set(known)
    return [lesson for lesson in lessons if lesson.name in wanted]
