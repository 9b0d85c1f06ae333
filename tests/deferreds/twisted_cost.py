# SPDX-License-Identifier: MIT
"""Prints what cost.c prints, for Twisted's Deferred."""

import statistics
import sys
import time

try:
    from twisted.internet.defer import Deferred
except ImportError:
    sys.exit("Twisted is missing: apt-get install python3-twisted")

ROUNDS, EACH = 31, 5000


def plus_one(number):
    return number + 1


def run_through():
    deferred = Deferred()
    deferred.addCallback(plus_one)
    deferred.addCallback(plus_one)
    deferred.addCallback(plus_one)
    deferred.callback(1)


def time_of(what):
    start = time.perf_counter_ns()
    for _ in range(EACH):
        what()
    return (time.perf_counter_ns() - start) / EACH


median = statistics.median(time_of(run_through) for _ in range(ROUNDS))
print("{:<38} {:7.1f} ns".format("a Deferred of Twisted", median))
