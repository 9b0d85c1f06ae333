# SPDX-License-Identifier: MIT
"""Threads that wait, as on the talk's slide "Multiple threads of execution"."""

import concurrent.futures
import socket

import measured


def http_get(page):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.connect((page.host, page.port))
        sock.sendall(measured.request(page))
        data = b""
        while True:
            piece = sock.recv(1024 * 1024)
            if not piece:
                return measured.answer_of(data)
            data += piece


def fetch_all(pages, job):
    with concurrent.futures.ThreadPoolExecutor(
            max_workers=job.concurrency) as executor:
        return list(executor.map(http_get, pages))


if __name__ == "__main__":
    measured.main(fetch_all)
