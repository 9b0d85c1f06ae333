/* SPDX-License-Identifier: MIT */
/* A transport in memory: it keeps what is written, and the test says what
 * arrives. Twisted's StringTransport. */
#ifndef SUPPORT_MEMORY_TRANSPORT_H
#define SUPPORT_MEMORY_TRANSPORT_H

#include "callbacks/transport.h"

#include <string>

struct MemoryTransport : transport {
    explicit MemoryTransport(struct protocol *told) : transport()
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
        };
        ops = &all;
        protocol = told;
    }
    MemoryTransport(const MemoryTransport &) = delete;
    static MemoryTransport *of(transport *t)
    {
        return static_cast<MemoryTransport *>(t);
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
