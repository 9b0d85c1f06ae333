# SPDX-License-Identifier: MIT
"""What steps.c does, in asyncio: for coroutine_cost, which starts it.

    asyncio_cost.py asyncio|uvloop

Each line on standard input says how often, how many Tasks, and how often each
of them yields; the answer is the CPU time that it took, in nanoseconds.
"""

import asyncio
import sys
import time
import types

if sys.argv[1] == "uvloop":
    import uvloop as loops
else:
    loops = asyncio


@types.coroutine
def turns(count):
    for _ in range(count):
        yield


async def step(count):
    await turns(count)


async def steps(tasks, count):
    await asyncio.gather(*(step(count) for _ in range(tasks)))


loop = loops.new_event_loop()
print("ready", flush=True)
for line in sys.stdin:
    times, tasks, count = map(int, line.split())
    start = time.process_time_ns()
    for _ in range(times):
        loop.run_until_complete(steps(tasks, count))
    print(time.process_time_ns() - start, flush=True)
loop.close()
