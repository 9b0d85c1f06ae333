# SPDX-License-Identifier: MIT
"""A protocol for each connection, made by a factory, and a Deferred that fires
at its end: as on the talk's slide "Earlier implementation: Twisted"."""

from twisted.internet import defer, task
from twisted.internet.protocol import ClientFactory
from twisted.protocols.basic import LineReceiver

import measured


class HttpClient(LineReceiver):
    def connectionMade(self):
        self.status, self.size = 0, 0
        self.transport.write(measured.request(self.factory.page))

    def lineReceived(self, line):
        if not self.status:
            self.status = int(line.split()[1])
        elif not line:
            self.setRawMode()

    def rawDataReceived(self, data):
        self.size += len(data)

    def connectionLost(self, reason):
        self.factory.done.callback(measured.Answer(self.status, self.size))


class HttpClientFactory(ClientFactory):
    protocol = HttpClient
    noisy = False

    def __init__(self, page):
        self.page = page
        self.done = defer.Deferred()

    def clientConnectionFailed(self, connector, reason):
        self.done.errback(reason)


def bootstrap(reactor):
    def http_get(page):
        factory = HttpClientFactory(page)
        reactor.connectTCP(page.host, page.port, factory)
        return factory.done

    async def fetch_all(pages, job):
        answers, waiting = [], iter(pages)
        await defer.gatherResults([
            defer.ensureDeferred(
                measured.one_after_another(waiting, http_get, answers))
            for _ in range(job.concurrency)])
        return answers

    return defer.ensureDeferred(measured.main_async(fetch_all))


if __name__ == "__main__":
    task.react(bootstrap)
