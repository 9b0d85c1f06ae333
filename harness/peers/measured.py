# SPDX-License-Identifier: MIT
"""What is not about waiting, for all of these programs: the command line of a
contestant, one warm-up, one measured batch, and the line that says what it
took (harness/race/RESULTS.md)."""

import argparse
import itertools
import json
import resource
import time
from typing import NamedTuple
from urllib.parse import urlsplit


class Page(NamedTuple):
    host: str
    port: int
    target: str
    url: str


class Answer(NamedTuple):
    status: int
    size: int  # of its body


def page_of(url):
    parts = urlsplit(url)
    target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    return Page(parts.hostname, parts.port or 80, target, url)


def request(page):
    """The bytes that ask for it, and for the end of the connection."""
    return ("GET {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\n\r\n".format(
        page.target, page.host, page.port)).encode("ascii")


def answer_of(data):
    """Of all that came, until the connection was closed."""
    head, _, body = data.partition(b"\r\n\r\n")
    words = head.split(None, 2)
    return Answer(int(words[1]) if len(words) > 1 else 0, len(body))


class Job:
    def __init__(self):
        options = argparse.ArgumentParser()
        options.add_argument("--url", action="append", required=True)
        options.add_argument("--warm-url")
        options.add_argument("--warm-requests", type=int, default=0)
        options.add_argument("-c", dest="concurrency", type=int, default=1)
        options.add_argument("-n", dest="requests", type=int, default=1)
        options.add_argument("--body-size", type=int)
        options.add_argument("--keep-alive", action="store_true")
        options.add_argument("--memory", action="store_true")
        given, _ = options.parse_known_args()
        self.concurrency = given.concurrency
        self.keep_alive = given.keep_alive
        self.body_size = given.body_size
        self.pages = list(itertools.islice(
            itertools.cycle(map(page_of, given.url)), given.requests))
        warm = page_of(given.warm_url or given.url[0])
        self.warm_pages = [warm] * given.warm_requests
        self.looks_at_memory = given.memory
        self.before = self.base = None

    def begin(self):
        self.base = pss() if self.looks_at_memory else None
        self.before = usage()

    def end(self, answers):
        """Prints the report. An answer may be the exception that came of it."""
        took = [after - before for after, before in zip(usage(), self.before)]
        right = [answer for answer in answers if self.is_right(answer)]
        wrong = [answer for answer in answers if not self.is_right(answer)]
        print(json.dumps({
            "finished": len(answers), "errors": len(wrong),
            "body_bytes": sum(answer.size for answer in right),
            "in_flight_max": 0, "wall_s": took[0], "cpu_user_s": took[1],
            "cpu_system_s": took[2], "switches_voluntary": took[3],
            "switches_involuntary": took[4], "base_pss_bytes": self.base,
            "error": repr(wrong[0]) if wrong else None}))

    def is_right(self, answer):
        return (isinstance(answer, Answer) and answer.status == 200 and
                self.body_size in (None, answer.size))


def usage():
    """Time, CPU of user and system, switches: children count once they have
    been waited for."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (time.monotonic(),
            own.ru_utime + children.ru_utime, own.ru_stime + children.ru_stime,
            own.ru_nvcsw + children.ru_nvcsw,
            own.ru_nivcsw + children.ru_nivcsw)


def pss():
    with open("/proc/self/smaps_rollup", encoding="ascii") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return None


def main(fetch_all):
    """fetch_all(pages, job) brings the answers."""
    job = Job()
    fetch_all(job.warm_pages, job)
    job.begin()
    job.end(fetch_all(job.pages, job))


async def main_async(fetch_all):
    """The same, of a coroutine."""
    job = Job()
    await fetch_all(job.warm_pages, job)
    job.begin()
    job.end(await fetch_all(job.pages, job))


async def one_after_another(pages, get, answers):
    """As many of these at a time as may be in flight, all with one iterator of
    pages."""
    for page in pages:
        try:
            answers.append(await get(page))
        except Exception as error:  # it is counted, and told
            answers.append(error)
