/* SPDX-License-Identifier: MIT */
#include "harness/diff/sources.h"

#include <stdio.h>
#include <string.h>

/* A model that waits in a thread or process of its own uses the code of the
 * base case for that. */
static const struct client_source sources[] = {
    {"sequential", "blocking/worker.c", {"blocking/worker.c"}, false},
    {"threads",
     "threads/threads.c, blocking/worker.c",
     {"threads/threads.c", "blocking/worker.c"},
     true},
    {"thread-pool",
     "threads/thread_pool.c, blocking/worker.c",
     {"threads/thread_pool.c", "blocking/worker.c"},
     true},
    {"fork",
     "processes/fork.c, blocking/worker.c",
     {"processes/fork.c", "blocking/worker.c"},
     true},
    {"process-pool",
     "processes/process_pool.c, processes/pool/worker_main.c, "
     "blocking/worker.c",
     {"processes/process_pool.c", "processes/pool/worker_main.c",
      "blocking/worker.c"},
     true},
    {"select", "nonblocking/conn.c", {"nonblocking/conn.c"}, true},
    {"poll", "nonblocking/conn.c", {"nonblocking/conn.c"}, true},
    {"epoll", "nonblocking/conn.c", {"nonblocking/conn.c"}, false},
    {"asyncore",
     "nonblocking/asyncore_client.c",
     {"nonblocking/asyncore_client.c"},
     false},
    {"uring", "nonblocking/uring_conn.c", {"nonblocking/uring_conn.c"}, false},
    {"callbacks", "callbacks/client.c", {"callbacks/client.c"}, false},
    {"deferreds", "deferreds/client.c", {"deferreds/client.c"}, false},
    {"generators",
     "coroutines/generators.c",
     {"coroutines/generators.c"},
     false},
    {"inline-callbacks",
     "coroutines/inline_client.c, coroutines/hop.c",
     {"coroutines/inline_client.c", "coroutines/hop.c"},
     false},
    {"tasks",
     "coroutines/tasks.c, coroutines/hop.c",
     {"coroutines/tasks.c", "coroutines/hop.c"},
     false},
    {"streams", "coroutines/streams.c", {"coroutines/streams.c"}, false},
    {"greenlets", "coroutines/greenlets.c", {"coroutines/greenlets.c"}, false},
};

const struct client_source *client_source_of(const char *model)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (!strcmp(sources[i].model, model))
            return &sources[i];
    return NULL;
}

bool client_source_path(const struct client_source *source, size_t index,
                        char *path, size_t size)
{
    if (index >= HOP_FILES_MAX || !source->files[index])
        return false;
    snprintf(path, size, "%s/%s", WAITLAB_SOURCE_DIR, source->files[index]);
    return true;
}
