/* SPDX-License-Identifier: MIT */
#include "callbacks/offload.h"

#include "base/contract.h"
#include "callbacks/handle_name.h"

#include <errno.h>
#include <stdlib.h>

struct offloader {
    struct loop *loop;
    struct completions *completions;
    struct watch watch;
    size_t under_way; /* work under way and not cancelled */
    bool calling;     /* inside a done() */
};

static struct offload *offload_of(struct completion *completion)
{
    return container_of(completion, struct offload, completion);
}

/* ---- on a thread ---- */

static void run_offload(struct completion *completion)
{
    struct offload *offload = offload_of(completion);
    offload->run(offload);
}

static void drop_offload(struct completion *completion)
{
    struct offload *offload = offload_of(completion);
    offload->drop(offload);
}

/* ---- on the loop's thread ---- */

static int begin_one(struct offloader *offloader)
{
    if (offloader->under_way++ > 0)
        return 0;
    int error = loop_watch(offloader->loop, &offloader->watch, SELECT_READ);
    if (error)
        offloader->under_way--;
    return error;
}

/* The last piece of work removes the watch, or the loop would never end. */
static void end_one(struct offloader *offloader)
{
    if (--offloader->under_way == 0)
        loop_watch(offloader->loop, &offloader->watch, 0);
}

/* Takes no more pieces than were under way at the beginning: what a done()
 * starts may be finished before this loop ends, and the other handles of this
 * turn must not wait for that. */
static void on_finished(struct handle *handle)
{
    struct offloader *offloader =
        container_of(handle, struct offloader, watch.handle);
    struct completion *completion;
    size_t most = offloader->under_way;
    offloader->calling = true;
    while (most-- > 0 &&
           (completion = completions_take(offloader->completions))) {
        struct offload *offload = offload_of(completion);
        end_one(offloader);
        offload->done(offload);
    }
    offloader->calling = false;
}
HANDLE_NAME(on_finished, "work on a thread", NULL);

int offloader_new(struct offloader **offloader, struct loop *loop,
                  size_t threads)
{
    struct offloader *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    int error = completions_new(&made->completions, threads);
    if (error) {
        free(made);
        return error;
    }
    made->loop = loop;
    made->watch.handle.run = on_finished;
    made->watch.fd = completions_fd(made->completions);
    *offloader = made;
    return 0;
}

void offloader_free(struct offloader *offloader)
{
    if (!offloader)
        return;
    REQUIRE(!offloader->calling,
            "offloader_free: not from inside a done() of this offloader");
    loop_watch(offloader->loop, &offloader->watch, 0);
    completions_free(offloader->completions);
    free(offloader);
}

int offload_start(struct offloader *offloader, struct offload *offload)
{
    int error = begin_one(offloader);
    if (error)
        return error;
    offload->completion.run = run_offload;
    offload->completion.drop = drop_offload;
    offload->offloader = offloader;
    error = completions_start(offloader->completions, &offload->completion);
    if (error)
        end_one(offloader);
    return error;
}

void offload_cancel(struct offload *offload)
{
    struct offloader *offloader = offload->offloader;
    completion_abandon(&offload->completion); /* may free it at once */
    end_one(offloader);
}
