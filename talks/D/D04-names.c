/* SPDX-License-Identifier: MIT */
/* D4 (deferreds): What is called how, and where it is here
 *
 * The guide's table has the five ideas that Twisted and asyncio share, under
 * the names that each of them uses. This one adds the name in C, and the file.
 *
 * Python: Deferred or Future, reactor or event loop, transport, protocol, and
 * protocol factory. */
#include "talks/talk.h"

#include <stdio.h>

const char *const talk_sites[] = {NULL};

static const struct {
    const char *twisted, *asyncio, *c, *file, *what;
} names[] = {
    {"Deferred", "Future", "struct deferred", "deferreds/deferred.h",
     "a value that is not there yet"},
    {"Deferred", "Future", "struct future", "coroutines/future.h",
     "the same, without a chain"},
    {"Reactor", "Event Loop", "struct reactor", "deferreds/reactor.h",
     "waits for events and calls"},
    {"Reactor", "Event Loop", "struct loop", "callbacks/loop.h",
     "the same, without what connections share"},
    {"Transport", "Transport", "struct transport", "callbacks/transport.h",
     "moves bytes"},
    {"Protocol", "Protocol", "struct protocol", "callbacks/transport.h",
     "knows what they mean"},
    {"Protocol Factory", "Protocol Factory", "struct client_factory",
     "deferreds/connector.h", "makes protocols, for clients"},
    {"Protocol Factory", "Protocol Factory", "struct stream_server",
     "callbacks/stream_server.h", "makes protocols, for a server"},
};

int talk_run(struct talk *talk)
{
    (void)talk;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        printf("%-17s %-17s %-22s %s: %s\n", names[i].twisted, names[i].asyncio,
               names[i].c, names[i].file, names[i].what);
    return 0;
}
