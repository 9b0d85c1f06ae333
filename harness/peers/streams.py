# SPDX-License-Identifier: MIT
"""A coroutine that reads as if it blocked, as on the talk's slide "Introducing
asyncio"."""

import asyncio

import measured


async def http_get(page):
    reader, writer = await asyncio.open_connection(page.host, page.port)
    writer.write(measured.request(page))
    lines = []
    while True:
        line = await reader.readline()
        if not line:
            break
        lines.append(line)
    writer.close()
    return measured.answer_of(b"".join(lines))


async def fetch_all(pages, job):
    answers, waiting = [], iter(pages)
    await asyncio.gather(*(
        measured.one_after_another(waiting, http_get, answers)
        for _ in range(job.concurrency)))
    return answers


if __name__ == "__main__":
    asyncio.run(measured.main_async(fetch_all))
