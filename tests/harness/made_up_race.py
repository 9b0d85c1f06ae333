# SPDX-License-Identifier: MIT
"""Results as a race writes them, of any contestants and any figures."""

import random

FAMILIES = {
    "blocking": ("sequential",), "threads": ("threads", "thread-pool"),
    "processes": ("fork", "process-pool"),
    "nonblocking": ("select", "poll", "epoll", "asyncore", "uring"),
    "callbacks": ("callbacks",), "deferreds": ("deferreds",),
    "coroutines": ("generators", "inline-callbacks", "tasks", "greenlets",
                   "streams"),
    "floor": ("floor-epoll",), "peer": ("wrk", "ab", "h2load", "curl"),
}
COSTS = dict(fork=300, threads=67, sequential=119, curl=80, ab=61)
ALL = [name for names in FAMILIES.values() for name in names]


def family_of(name):
    return next((family for family, names in FAMILIES.items()
                 if name in names), "callbacks")


class MadeUp:
    """The same figures for the same seed."""

    def __init__(self, names=ALL, seed=1, noise=0.05):
        self.names, self.noise = names, noise
        self.random = random.Random(seed)
        self.blocks, self.runs = [], []

    def block(self, name, level, requests, delay=0.02, rounds=3, **more):
        block = dict(name=name, level=level, requests=requests, delay_s=delay,
                     rate=0, burst=0, work_s=0, ramp=False, keep_alive=False,
                     tls=False, pinned=False, timed=False, ratios=True,
                     rounds=rounds, rounds_done=rounds)
        block.update(more)
        self.blocks.append(block)
        for number in range(1, rounds + 1):
            for name in self.names:
                self.run(block, name, number)
        return self

    def run(self, block, name, number, **more):
        level = 1 if name == "sequential" else block["level"]
        near = 1 + self.noise * (self.random.random() - 0.5)
        cpu = COSTS.get(name, 25 + ALL.index(name) if name in ALL else 30) * \
            near * 1e-6 + block["work_s"]
        wall = block["requests"] * (block["delay_s"] / level + cpu)
        run = dict(
            model=name, block=block["name"], level=block["level"],
            round=number, attempt=1, concurrency=level,
            requests=block["requests"], finished=block["requests"], errors=0,
            error=None, body_bytes=1024 * block["requests"],
            in_flight_max=level, wall_s=wall,
            cpu_user_s=cpu * block["requests"] / 2,
            cpu_system_s=cpu * block["requests"] / 2,
            switches_voluntary=10, switches_involuntary=0,
            too_short=False, latency=None, latency_naive=None,
            peak_pss_bytes=600000 + 9000 * level, base_pss_bytes=500000,
            memory_samples=9, processes_max=1, threads_max=1,
            descriptors_max=level + 5, origin_max_in_flight=level,
            origin_accepted=block["requests"],
            origin_served=block["requests"], origin_cpu_s=0.1,
            origin_limited=False, disturbed=None)
        run.update({key: block[key] for key in (
            "delay_s", "rate", "burst", "work_s", "keep_alive", "pinned")})
        if block["rate"]:
            for key, late in (("latency", 3), ("latency_naive", 1)):
                run[key] = self.latencies(block["delay_s"] + late * cpu)
        run.update(more)
        self.runs.append(run)

    def latencies(self, least):
        histogram = [[least * 1.03 ** i, max(1, int(900 / (i + 1)))]
                     for i in range(60)]
        return dict(p50_s=least * 1.1, p90_s=least * 2, p99_s=least * 4,
                    p999_s=least * 6, max_s=histogram[-1][0],
                    histogram=histogram)

    def usual(self):
        self.block("wait", 10, 100)
        self.block("cost", 100, 1000)
        self.block("fixed", 64, 20000, delay=0, keep_alive=True, pinned=True,
                   timed=True)
        for level in (10, 100, 64):
            self.block("memory", level, level, delay=0.2, rounds=1)
        for level in (1, 10, 100, 1000):
            self.block("scale", level, max(50, 4 * level))
        return self

    def of_every_kind(self):
        """What every chart is about."""
        self.usual().block("own", 16, 200, work_s=0.002)
        for rate in (500, 1000):
            self.block("ramp-{}".format(rate), 100, rate, rate=rate, rounds=1,
                       ramp=True)
        before = len(self.runs)
        self.block("simultaneous", 1000, 1000, delay=0, processes=10)
        for run in self.runs[before:]:
            run["filled_s"], run["peak_pss_bytes"] = 3.5, 120e6
        return self

    def results(self, cpu="Example CPU"):
        return {
            "version": 1, "complete": True, "date": "2024-02-29T12:00:00Z",
            "commit": "0123456",
            "machine": {
                "cpu": cpu, "cores": 4, "cores_online": 4,
                "memory_bytes": 8e9, "kernel": "Linux 6.1.0 x86_64",
                "distribution": "Debian GNU/Linux 12 (bookworm)",
                "compiler": "GNU 12.2.0", "flags": "-O2 -g",
                "descriptors": 20000},
            "settings": {"command": ["race"], "quick": False, "seed": 1,
                         "page_bytes": 1024, "origin_addresses": 1,
                         "left_out": None, "blocks": self.blocks},
            "models": [
                {"name": name, "family": family_of(name), "summary": name,
                 "overlaps": name != "sequential", "floor": "floor-epoll",
                 "instead_of": None} for name in self.names],
            "runs": self.runs}
