# SPDX-License-Identifier: MIT
"""Processes that wait, as on the talk's slide "Multiple processes": the client
is the one of the threads."""

import concurrent.futures

import measured
from thread_pool import http_get


def fetch_all(pages, job):
    if not pages:
        return []
    with concurrent.futures.ProcessPoolExecutor(
            max_workers=job.concurrency) as executor:
        return list(executor.map(http_get, pages))


if __name__ == "__main__":
    measured.main(fetch_all)
