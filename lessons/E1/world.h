/* SPDX-License-Identifier: MIT */
/* The network of the check, and the other end of every connection. Nothing in
 * it waits: all that happens is a call of the loop, whose clock is made up and
 * jumps to the next one. So everything comes in the same order each time.
 *
 *     hosts    pages.test       is found, after 10 ms
 *              two.test         has two addresses; the first one refuses
 *              unreachable.test the same; no connection to the first one can
 *                               even be begun
 *              nowhere.test     is not found
 *              silent.test      is never found
 *              no-threads.test  cannot even be looked up
 *
 *     ports    80    connects after 10 ms
 *              81    refuses, after 10 ms
 *              82    cannot even be begun
 *              83    never connects
 *              84    connects, and takes nothing of what is sent
 *
 *     paths    /bytes/N   N bytes, 10 ms after the request; the connection
 *                         stays open
 *              /drip/N    the same, a byte at a time, 1 ms each
 *              /end/N     N bytes, until the connection ends
 *              /go/HOST   leads to http://HOST/bytes/7
 *              /half      half of a page, and nothing more
 *              /never     nothing
 *              /reset     half of a page, and then resets the connection
 *              /close     closes without an answer */
#ifndef LESSONS_E1_WORLD_H
#define LESSONS_E1_WORLD_H

#include "lessons/E1/fetch.h"
#include "lessons/check/calls.h"
#include "lessons/check/words.h"
#include "support/asked.h"
#include "support/scripted_selector.h"
#include "support/virtual_clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <functional>
#include <list>
#include <memory>
#include <netdb.h>
#include <string>

#include <unistd.h>
#include <utility>

const nanos ms = NANOS_PER_MILLISECOND;

/* Something that the loop is to do later. */
struct Event {
    struct handle handle = {};
    std::function<void()> happens;
};

class World
{
  public:
    World()
    {
        current = this;
        /* On a busy machine any call is slow. */
        slow_call_set(0, &monotonic_clock);
        virtual_clock_init(&clock);
        script_init(&script, &clock);
        start = clock.now;
        if (loop_new(&net.loop, &scripted_selector, &clock.clock))
            abort();
        net.look_up = [](struct network *network, const struct endpoint *to,
                         struct resolution *resolution) {
            return of(network)->look_up(to->host, resolution);
        };
        net.forget = [](struct network *network,
                        struct resolution *resolution) {
            of(network)->forget(resolution);
        };
        net.connect = [](struct network *network, const struct address *address,
                         struct stream_transport *stream,
                         struct protocol *protocol) {
            return of(network)->connect(address, stream, protocol);
        };
    }

    ~World()
    {
        loop_free(net.loop);
    }
    World(const World &) = delete;

    struct network *network()
    {
        return &net;
    }

    /* Until nothing is left to be done. */
    void run()
    {
        int error = loop_run(net.loop);
        ASSERT_EQ(error, 0) << own_trouble;
    }

    /* For that time, and no longer. */
    void run_for(nanos time)
    {
        at(time, [this] { loop_stop(net.loop); });
        run();
    }

    void at(nanos later, std::function<void()> happens)
    {
        events.emplace_back();
        Event &event = events.back();
        event.happens = std::move(happens);
        event.handle.run = [](struct handle *handle) {
            auto *self = reinterpret_cast<Event *>(handle);
            std::function<void()> what = std::move(self->happens);
            what();
        };
        loop_call_at(net.loop, &event.handle, clock.now + later);
    }

    /* Milliseconds since the beginning. */
    long now() const
    {
        return static_cast<long>((clock.now - start) / ms);
    }

    /* How many connections the network has at this moment, and look-ups. */
    size_t open() const
    {
        return static_cast<size_t>(
            std::count_if(streams.begin(), streams.end(),
                          [](const Stream &s) { return !s.over; }));
    }
    size_t looking_up() const
    {
        return static_cast<size_t>(
            std::count_if(lookups.begin(), lookups.end(),
                          [](const Lookup &l) { return l.resolution; }));
    }

    void note(const std::string &what)
    {
        if (notes++ < 40)
            trace += (trace.empty() ? "" : ", ") + what;
    }

    static std::string body(size_t size)
    {
        std::string bytes(size, ' ');
        for (size_t i = 0; i < size; i++)
            bytes[i] = static_cast<char>('a' + i % 26);
        return bytes;
    }

    struct virtual_clock clock;
    std::string trace; /* what has happened, and what was asked for */
    std::string heard; /* the requests */
    size_t most_open = 0;

  private:
    struct Net : network {
        World *world;
    };

    struct Lookup {
        struct resolution *resolution; /* NULL: over */
    };

    struct Stream {
        World *world;
        struct stream_transport *storage;
        struct protocol *protocol;
        bool takes; /* what is sent to it */
        bool made = false, closing = false, over = false;
        std::string in;
    };

    static World *of(struct network *network)
    {
        return static_cast<Net *>(network)->world;
    }

    /* ---- names ---- */

    int look_up(const std::string &host, struct resolution *resolution)
    {
        note("look up " + host);
        if (host == "no-threads.test")
            return -EAGAIN;
        for (const Lookup &lookup : lookups)
            if (lookup.resolution == resolution)
                ADD_FAILURE() << "fetch->resolution was handed to look_up a "
                                 "second time, while it was looking up.";
        lookups.push_back({resolution});
        Lookup *lookup = &lookups.back();
        if (host == "silent.test")
            return 0;
        at(10 * ms, [this, lookup, host] { resolve(lookup, host); });
        return 0;
    }

    void resolve(Lookup *lookup, const std::string &host)
    {
        struct resolution *resolution = lookup->resolution;
        struct addresses found = {};
        if (!resolution)
            return;
        lookup->resolution = nullptr;
        bool refuses = host == "two.test", unreachable = host[0] == 'u';
        found.count = refuses || unreachable ? 2 : 1;
        address_from_literal(&found.list[0], "192.0.2.1",
                             refuses       ? 81
                             : unreachable ? 82
                                           : 80);
        address_from_literal(&found.list[1], "192.0.2.2", 80);
        bool is_there = host != "nowhere.test";
        if (!is_there)
            found = {}; /* nothing that could be used by mistake */
        note(is_there ? "found" : "not found");
        resolution->resolved(resolution, is_there ? 0 : EAI_NONAME, &found);
    }

    void forget(struct resolution *resolution)
    {
        for (Lookup &lookup : lookups)
            if (lookup.resolution == resolution)
                lookup.resolution = nullptr;
    }

    /* ---- connections ---- */

    int connect(const struct address *address, struct stream_transport *storage,
                struct protocol *protocol)
    {
        char host[64] = "nowhere";
        uint16_t port = ntohs(address->socket.ipv4.sin_port);
        if (address->size)
            inet_ntop(AF_INET, &address->socket.ipv4.sin_addr, host,
                      sizeof host);
        note("connect " + std::string(host) + ":" + std::to_string(port));
        if (port == 82)
            return -ENETUNREACH;
        if (streams.size() > 5000)
            give_up();
        for (const Stream &stream : streams)
            if (stream.storage == storage && !stream.over) {
                ADD_FAILURE() << "fetch->stream was connected a second time,"
                                 " and it was still open.";
                return -EBUSY;
            }
        streams.push_back(
            {this, storage, protocol, port != 84, false, false, false, ""});
        Stream *stream = &streams.back();
        storage->transport.ops = operations();
        storage->transport.protocol = protocol;
        most_open = std::max(most_open, open());
        if (port == 81)
            at(10 * ms, [stream] { lose(stream, -ECONNREFUSED); });
        else if (port != 83)
            at(10 * ms, [this, stream] { made(stream); });
        return 0;
    }

    /* Ends this check's process: what is under test would not return. */
    [[noreturn]] void give_up() const
    {
        ADD_FAILURE() << "connect was called 5000 times, for a few pages. What"
                         " has happened at first: "
                      << trace.substr(0, 300) << " …";
        _exit(1);
    }

    void made(Stream *stream)
    {
        if (stream->closing)
            return;
        note("connected");
        stream->made = true;
        stream->protocol->ops->connection_made(stream->protocol,
                                               &stream->storage->transport);
    }

    /* connection_lost comes in a turn of its own, once. */
    static void lose(Stream *stream, int error)
    {
        World *world = stream->world;
        if (stream->closing)
            return;
        stream->closing = true;
        world->at(0, [world, stream, error] {
            world->note("lost");
            stream->over = true;
            if (stream->protocol->ops->connection_lost)
                stream->protocol->ops->connection_lost(stream->protocol, error);
        });
    }

    static Stream *of(const struct transport *transport)
    {
        for (Stream &stream : current->streams)
            if (&stream.storage->transport == transport && !stream.over)
                return &stream;
        return nullptr;
    }

    static const struct transport_ops *operations()
    {
        static const struct transport_ops all = {
            [](struct transport *t, struct slice bytes) { hear(t, bytes); },
            [](struct transport *) {},
            [](struct transport *t) { leave(t, 0, true); },
            [](struct transport *t, int error) { leave(t, error, false); },
            [](struct transport *, bool) {},
            [](const struct transport *t) {
                Stream *stream = of(t);
                return !stream || stream->closing;
            },
        };
        return &all;
    }

    /* By an abort; or by a close, which sends first what is kept. */
    static void leave(struct transport *transport, int error, bool sends)
    {
        Stream *stream = of(transport);
        if (!stream) {
            ADD_FAILURE() << "fetch->stream was closed, or aborted, after its"
                             " connection_lost: fetch->open says whether there"
                             " is one.";
            return;
        }
        bool waits = sends && stream->made && !stream->takes;
        if (!stream->closing)
            stream->world->note(waits ? "close" : "abort");
        if (!waits)
            lose(stream, error);
    }

    /* ---- the server ---- */

    static void hear(struct transport *transport, struct slice bytes)
    {
        Stream *stream = of(transport);
        if (!stream || !stream->made) {
            ADD_FAILURE() << "something was written to fetch->stream, and it"
                             " was not connected.";
            return;
        }
        if (!stream->takes)
            return;
        stream->in.append(bytes.data, bytes.size);
        stream->world->answer(stream);
    }

    void answer(Stream *stream)
    {
        if (stream->in.find("\r\n\r\n") == std::string::npos)
            return;
        std::string path = stream->in.substr(4, stream->in.find(' ', 4) - 4);
        heard += stream->in;
        stream->in.clear();
        note("asked for " + path);
        size_t last = path.rfind('/');
        std::string kind = path.substr(0, last), rest = path.substr(last + 1);
        size_t size = static_cast<size_t>(atol(rest.c_str()));
        if (kind == "/bytes")
            say(stream, 10 * ms, page(size));
        else if (kind == "/drip")
            drip(stream, page(size));
        else if (kind == "/end")
            say(stream, 10 * ms, "HTTP/1.1 200 So\r\n\r\n" + body(size), 0);
        else if (kind == "/go")
            say(stream, 10 * ms,
                "HTTP/1.1 302 There\r\nContent-Length: 0\r\nLocation: http://" +
                    rest + "/bytes/7\r\n\r\n");
        else if (path == "/half")
            say(stream, 10 * ms, page(100).substr(0, 70));
        else if (path == "/reset")
            say(stream, 10 * ms, page(100).substr(0, 70), -ECONNRESET);
        else if (path == "/close")
            say(stream, 10 * ms, "", 0);
    }

    static std::string page(size_t size)
    {
        return "HTTP/1.1 200 So\r\nContent-Length: " + std::to_string(size) +
               "\r\n\r\n" + body(size);
    }

    /* What happens then: 1, nothing; else the end, with this error. */
    void say(Stream *stream, nanos later, const std::string &bytes, int end = 1)
    {
        at(later, [this, stream, bytes, end] {
            if (stream->closing)
                return;
            if (!bytes.empty()) {
                note(bytes.size() == 1 ? "a byte" : "data");
                stream->protocol->ops->data_received(
                    stream->protocol, {bytes.data(), bytes.size()});
            }
            if (end <= 0)
                lose(stream, end);
        });
    }

    void drip(Stream *stream, const std::string &bytes)
    {
        for (size_t i = 0; i < bytes.size(); i++)
            say(stream, static_cast<nanos>(10 + i) * ms, bytes.substr(i, 1));
    }

    inline static World *current = nullptr; /* there is one in a test */
    Net net = {{}, this};
    struct script script;
    nanos start;
    std::list<Event> events;
    std::list<Lookup> lookups;
    std::list<Stream> streams;
    int notes = 0;
};

#endif
