# SPDX-License-Identifier: MIT
"""report_page.py REPORT-SCRIPT: the report of a race whose names would do harm,
in headless Chromium, driven over a pipe: it loads, asks no network, answers when
it is touched, and prints. Exit code 77: there is no Chromium."""

import base64
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile

from made_up_race import MadeUp

HARM = "</script></style></title>\"'><script>window.harmed=1</script>" \
    "<img src=http://127.0.0.1:9/x onerror='window.harmed=1'>"
FILES = ["sequential", "threads", "fork", "epoll", "callbacks", "tasks",
         "mine" + HARM, "floor-epoll"]


class Browser:
    """Its protocol over descriptors 3 and 4: JSON, each with a NUL behind it.
    """

    def __init__(self, program, folder):
        (self.read, out), (into, self.write) = os.pipe(), os.pipe()
        # 3 and 4 may be ours already: above them first, then into place.
        self.process = subprocess.Popen(
            ["sh", "-c", 'exec "$@" 3<&{} 4>&{}'.format(into, out), "sh",
             program, "--no-sandbox", "--disable-gpu", "--headless",
             "--remote-debugging-pipe", "--user-data-dir=" + folder,
             "--no-first-run"], pass_fds=(into, out),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(out)
        os.close(into)
        self.sent, self.bytes, self.session, self.events = 0, b"", None, []

    def message(self):
        while b"\0" not in self.bytes:
            more = os.read(self.read, 1 << 16)
            if not more:
                sys.exit("Chromium ended")
            self.bytes += more
        text, self.bytes = self.bytes.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **params):
        self.sent += 1
        asked = {"id": self.sent, "method": method, "params": params}
        if self.session:
            asked["sessionId"] = self.session
        os.write(self.write, json.dumps(asked).encode() + b"\0")
        while True:
            told = self.message()
            if told.get("id") == self.sent:
                return told["result"]
            self.events.append(told)

    def wait_for(self, event):
        while not any(told.get("method") == event for told in self.events):
            self.events.append(self.message())

    def value(self, script):
        told = self.ask("Runtime.evaluate", expression=script,
                        returnByValue=True)
        return told["result"].get("value", told)

    def open(self, url):
        target = self.ask("Target.createTarget", url="about:blank")
        self.session = self.ask("Target.attachToTarget", flatten=True,
                                targetId=target["targetId"])["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self.ask(domain + ".enable")
        self.ask("Emulation.setTouchEmulationEnabled", enabled=True)
        self.ask("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def touch(self, selector):
        x, y = self.value(
            "(() => {{ const e = document.querySelector('{}');"
            "e.scrollIntoView(); const r = e.getBoundingClientRect();"
            "return [r.x + r.width / 2, r.y + r.height / 2]; }})()".format(
                selector))
        self.ask("Input.dispatchTouchEvent", type="touchStart",
                 touchPoints=[{"x": x, "y": y}])
        self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_report(script, folder):
    race = MadeUp(FILES).usual().block("open", 100, 2000, rate=1000)
    race.runs[0]["disturbed"] = HARM
    for run in race.runs:
        if run["model"] == "tasks":
            run["disturbed"] = HARM
    results = race.results(cpu=HARM)
    results["commit"] = HARM
    write(folder + "/results.json", json.dumps(results))
    write(folder + "/timeline.html", "<p>\"'" + HARM.replace(
        "window", "parent.window"))
    write(folder + "/claims.json", json.dumps({"claims": [{
        "claim": "K1", "slide": HARM, "says": HARM, "sentence": HARM,
        "verdict": "true", "depends_on": HARM, "figures": [{
            "heading": HARM, "label": HARM, "median": 2, "min": 1, "max": 3,
            "disturbed": False}]}]}))
    subprocess.run([sys.executable, "-B", script, folder], check=True,
                   stdout=subprocess.DEVNULL)
    return folder + "/report.html"


def check_drawn(browser):
    """A bar is as long, and a dot as far, as what it stands for; what is
    doubtful has its mark wherever it is, and the mark is explained."""
    def marks(selector, length):
        return browser.value(
            "[...[...document.querySelectorAll('svg.chart')].find(c => "
            "c.querySelector('{0}')).querySelectorAll('.mark')].map(m => "
            "[+m.dataset.value, +m.querySelector('{0}').getAttribute('{1}')])"
            .format(selector, length))
    bars = marks("rect.waiting", "width")
    (value, width), others = bars[0], bars[1:]
    assert all(abs(w / width - v / value) < 0.01 for v, w in others), bars
    dots = sorted(marks("circle.bar", "cx"))
    (low, start), (high, end) = dots[0], dots[-1]
    assert end - start > 100, dots
    assert all(abs((x - start) / (end - start) - math.log(v / low) /
                   math.log(high / low)) < 0.02 for v, x in dots), dots
    words = browser.value("[document.querySelector('svg .mark[data-name=tasks] "
                          ".words'), document.querySelector('.part .note + "
                          ".note'), [...document.querySelectorAll('tr')].find("
                          "r => r.cells[0].textContent == 'tasks').cells[1]]"
                          ".map(e => e.textContent)")
    assert words[0][0] == words[2][0] == "!" and \
        words[1] == "! the machine was busy", words


def check(browser, url):
    browser.open(url)
    assert browser.value("document.querySelectorAll('svg.chart').length") > 6
    assert browser.value("document.querySelector('iframe').srcdoc.length") > 9
    says = "document.querySelector('.about').textContent"
    browser.touch("svg .mark[data-name=threads]")
    assert browser.value(says).startswith("threads: 0."), browser.value(says)
    browser.touch("svg .mark[data-name=fork]")
    assert re.search(r"That is 1\.\d\d × threads$", browser.value(says)), \
        browser.value(says)
    check_drawn(browser)
    pdf = base64.b64decode(browser.ask("Page.printToPDF")["data"])
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 3 <= pages <= 20, pages
    assert browser.value("typeof window.harmed") == "undefined"
    refused = {told["params"]["requestId"] for told in browser.events
               if told.get("params", {}).get("blockedReason") == "csp"}
    asked = {told["params"]["request"]["url"] for told in browser.events
             if told.get("method") == "Network.requestWillBeSent" and
             told["params"]["requestId"] not in refused}
    assert asked == {url}, asked


def main():
    program = shutil.which("chromium-headless-shell") or \
        shutil.which("chromium")
    if not program:
        print("no Chromium: apt install chromium-headless-shell")
        sys.exit(77)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        url = "file://" + make_report(sys.argv[1], folder)
        browser = Browser(program, folder + "/profile")
        try:
            check(browser, url)
        finally:
            browser.process.kill()
            browser.process.wait()


main()
