# SPDX-License-Identifier: MIT
"""aiohttp: a client of asyncio that people use, which keeps connections."""

import asyncio

import aiohttp

import measured


async def fetch_all(pages, job):
    answers, waiting = [], iter(pages)
    connector = aiohttp.TCPConnector(limit=job.concurrency,
                                     force_close=not job.keep_alive)
    async with aiohttp.ClientSession(connector=connector) as session:
        async def http_get(page):
            async with session.get(page.url) as response:
                return measured.Answer(response.status,
                                       len(await response.read()))

        await asyncio.gather(*(
            measured.one_after_another(waiting, http_get, answers)
            for _ in range(job.concurrency)))
    return answers


if __name__ == "__main__":
    asyncio.run(measured.main_async(fetch_all))
