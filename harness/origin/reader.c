/* SPDX-License-Identifier: MIT */
#include "harness/origin/reader.h"

#include <stdlib.h>

static struct reader *reader_new(const struct message_limits *limits)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader)
        server_request_init(&reader->request, limits);
    return reader;
}

static void reader_free(struct reader *reader)
{
    if (!reader)
        return;
    server_request_deinit(&reader->request);
    buffer_deinit(&reader->body);
    free(reader);
}

struct reader *readers_take(struct readers *readers)
{
    struct reader *reader = readers->spare;
    readers->spare = NULL;
    if (!reader && readers->in_use < READERS_MAX)
        reader = reader_new(readers->limits);
    if (reader)
        readers->in_use++;
    return reader;
}

void readers_give_back(struct readers *readers, struct reader *reader)
{
    if (!reader)
        return;
    readers->in_use--;
    if (readers->spare) {
        reader_free(reader);
        return;
    }
    buffer_deinit(&reader->body);
    server_request_reset(&reader->request);
    readers->spare = reader;
}

void readers_deinit(struct readers *readers)
{
    reader_free(readers->spare);
    readers->spare = NULL;
}
