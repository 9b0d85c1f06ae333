# SPDX-License-Identifier: MIT
"""Objects that are asked what they want to do, as on the talk's slide "Earlier
implementation: asyncore". Python has had that module until 3.11."""

import socket
import sys
import warnings

import measured

# It says so itself, and would do it in the middle of a race.
warnings.simplefilter("ignore", DeprecationWarning)
import asyncore


class HttpClient(asyncore.dispatcher):
    def __init__(self, page, done):
        asyncore.dispatcher.__init__(self)
        self.done = done
        self.read_buffer = b""
        self.write_buffer = measured.request(page)
        self.create_socket(socket.AF_INET, socket.SOCK_STREAM)
        self.connect((page.host, page.port))

    def writable(self):
        return len(self.write_buffer) > 0 or not self.connected

    def readable(self):
        return True

    def handle_connect(self):
        pass

    def handle_write(self):
        sent = self.send(self.write_buffer)
        self.write_buffer = self.write_buffer[sent:]

    def handle_read(self):
        self.read_buffer += self.recv(8192)

    def handle_error(self):
        self.close()
        self.done(sys.exc_info()[1])

    def handle_close(self):
        self.close()
        self.done(measured.answer_of(self.read_buffer))


def fetch_all(pages, job):
    answers, waiting = [], iter(pages)

    def start_next():
        for page in waiting:
            HttpClient(page, done)
            break

    def done(answer):
        answers.append(answer)
        start_next()

    for _ in range(job.concurrency):
        start_next()
    asyncore.loop()
    return answers


if __name__ == "__main__":
    measured.main(fetch_all)
