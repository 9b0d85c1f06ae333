# SPDX-License-Identifier: MIT
"""Tornado's own client, which opens a connection for each page: of the episode
in which a generator waits for a Future."""

import asyncio

from tornado.httpclient import AsyncHTTPClient

import measured


async def fetch_all(pages, job):
    answers, waiting = [], iter(pages)
    client = AsyncHTTPClient(force_instance=True,
                             max_clients=job.concurrency)

    async def http_get(page):
        response = await client.fetch(page.url, raise_error=False)
        return measured.Answer(response.code, len(response.body))

    await asyncio.gather(*(
        measured.one_after_another(waiting, http_get, answers)
        for _ in range(job.concurrency)))
    client.close()
    return answers


if __name__ == "__main__":
    asyncio.run(measured.main_async(fetch_all))
