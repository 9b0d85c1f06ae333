/* SPDX-License-Identifier: MIT */
#include "harness/models.h"

#include "blocking/sequential.h"
#include "callbacks/callbacks.h"
#include "coroutines/coroutines.h"
#include "deferreds/deferreds.h"
#include "nonblocking/asyncore_client.h"
#include "nonblocking/monster.h"
#include "nonblocking/uring.h"
#include "processes/fork.h"
#include "processes/process_pool.h"
#include "threads/thread_pool.h"
#include "threads/threads.h"

#include <string.h>

/* clang-format off */
const struct model *const models[] = {
    &sequential_model, /* blocking/ */
    &threads_model,    /* threads/ */
    &thread_pool_model, /* threads/ */
    &fork_model,       /* processes/ */
    &process_pool_model, /* processes/ */
    &select_model,     /* nonblocking/ */
    &poll_model,       /* nonblocking/ */
    &epoll_model,      /* nonblocking/ */
    &asyncore_model,   /* nonblocking/ */
    &uring_model,      /* nonblocking/ */
    &callbacks_model,  /* callbacks/ */
    &deferreds_model,  /* deferreds/ */
    &generators_model, /* coroutines/ */
    &inline_callbacks_model, /* coroutines/ */
    &tasks_model,      /* coroutines/ */
    &greenlets_model,  /* coroutines/ */
    &streams_model,    /* coroutines/ */
    NULL,
};
/* clang-format on */

const struct model *models_find(const char *name)
{
    for (size_t i = 0; models[i]; i++)
        if (!strcmp(models[i]->name, name))
            return models[i];
    const struct model *mine = models_mine();
    return mine && !strcmp(mine->name, name) ? mine : NULL;
}

const char *models_why_not(const struct model *model)
{
    return model->unavailable ? model->unavailable() : NULL;
}
