/* SPDX-License-Identifier: MIT */
/* Which Deferreds a coroutine can wait for. */
#include "ps/waiting.h"

#include "coroutines/inline_callbacks.h"
#include "coroutines/sleep.h"
#include "deferreds/agent.h"
#include "deferreds/client_creator.h"
#include "deferreds/later.h"
#include "deferreds/list.h"
#include "deferreds/looping_call.h"
#include "deferreds/page.h"
#include "deferreds/queue.h"
#include "deferreds/semaphore.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

static struct loop *loop;

static void task_that_awaits_deferred(const char *name,
                                      struct deferred *deferred)
{
    must(deferred != NULL);
    task_that_awaits(name, outcome_deferred(deferred));
}

static unsigned port_of(const struct address *address)
{
    return ntohs(address->socket.ipv4.sin_port);
}

struct sleeper {
    struct frame frame;
};

static struct outcome sleep_long(struct generator *self, struct outcome got)
{
    CO_FRAME(struct sleeper, f);
    (void)f;
    CO_BEGIN;
    CO_AWAIT(sleep_for(loop, LONG));
    CO_END;
}

static struct generator *sleeper(void)
{
    struct sleeper *made = calloc(1, sizeof *made);
    must(made != NULL);
    return frame_init(&made->frame, sleep_long);
}

static struct outcome tick(void *context, struct outcome outcome)
{
    (void)context;
    return outcome;
}

void deferred_ways(struct reactor *shared)
{
    static struct deferred_semaphore semaphore;
    static struct deferred_queue queue;
    static struct looping_call call;
    static struct protocol protocol;
    struct address silent, full;
    char url[64];
    loop = shared->loop;
    listen_at(&silent, 16);
    listen_at(&full, 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", port_of(&silent));
    deferred_semaphore_init(&semaphore, 1);
    deferred_detach(deferred_acquire(&semaphore));
    deferred_queue_init(&queue, 1, 1);
    call = (struct looping_call){.loop = loop, .fn = tick};
    struct deferred *two[] = {deferred_later(loop, LONG, NULL, NULL),
                              deferred_later(loop, LONG, NULL, NULL)};
    task_that_awaits_deferred("semaphore", deferred_acquire(&semaphore));
    task_that_awaits_deferred("get", deferred_queue_get(&queue));
    task_that_awaits_deferred("list", deferred_list(two, 2, 0));
    task_that_awaits_deferred("looping",
                              looping_call_start(&call, LONG, false));
    task_that_awaits_deferred("inline", inline_callbacks_new(sleeper()));
    task_that_awaits_deferred("agent", agent_request(shared, METHOD_GET, url));
    task_that_awaits_deferred("page", deferred_get_page(shared, url));
    task_that_awaits_deferred("creator",
                              client_connect_tcp(shared, "127.0.0.1",
                                                 (uint16_t)port_of(&full),
                                                 &protocol, LONG));
}
