/* SPDX-License-Identifier: MIT */
#include "coroutines/stream_set.h"

#include "coroutines/stream_reader.h"

void streams_init(struct streams *streams, struct transports *transports)
{
    *streams = (struct streams){transports, STREAM_LIMIT, NULL};
}

void streams_deinit(struct streams *streams)
{
    while (streams->first)
        streams->first->cut(streams->first);
}

void streams_add(struct streams *streams, struct streams_member *member,
                 void (*cut)(struct streams_member *member))
{
    *member = (struct streams_member){
        .cut = cut, .streams = streams, .next = streams->first};
    if (streams->first)
        streams->first->previous = member;
    streams->first = member;
}

void streams_remove(struct streams_member *member)
{
    if (member->previous)
        member->previous->next = member->next;
    else
        member->streams->first = member->next;
    if (member->next)
        member->next->previous = member->previous;
}
