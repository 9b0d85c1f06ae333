/* SPDX-License-Identifier: MIT */
/* A transport in memory: it keeps what is written, and the test says what
 * arrives, as with the one of this name in Twisted. */
#ifndef SUPPORT_STRING_TRANSPORT_H
#define SUPPORT_STRING_TRANSPORT_H

#include "callbacks/transport.h"

#include <string>

struct StringTransport : transport {
    explicit StringTransport(struct protocol *told) : transport()
    {
        static const struct transport_ops all = {
            [](transport *t, slice bytes) {
                if (!of(t)->closing)
                    of(t)->written.append(bytes.data, bytes.size);
            },
            [](transport *t) { of(t)->eof_written = true; },
            [](transport *t) { of(t)->closing = true; },
            [](transport *t, int error) {
                of(t)->closing = true;
                of(t)->aborted = error;
            },
            [](transport *t, bool on) { of(t)->reading = on; },
            [](const transport *t) {
                return static_cast<const StringTransport *>(t)->closing;
            },
        };
        ops = &all;
        protocol = told;
    }
    StringTransport(const StringTransport &) = delete;
    static StringTransport *of(transport *t)
    {
        return static_cast<StringTransport *>(t);
    }

    void make()
    {
        protocol->ops->connection_made(protocol, this);
    }
    void arrive(const std::string &bytes)
    {
        protocol->ops->data_received(protocol, {bytes.data(), bytes.size()});
    }
    void lose(int error = 0)
    {
        protocol->ops->connection_lost(protocol, error);
    }

    std::string written;
    bool reading = true, closing = false, eof_written = false;
    int aborted = 0;
};

#endif
