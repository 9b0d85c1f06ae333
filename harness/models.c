/* SPDX-License-Identifier: MIT */
#include "harness/models.h"

#include "blocking/worker.h"
#include "nonblocking/asyncore_client.h"
#include "nonblocking/monster.h"
#include "threads/threads.h"

#include <string.h>

const struct model *const models[] = {
    &sequential_model, &threads_model,  &poll_model,
    &epoll_model,      &asyncore_model, NULL,
};

const struct model *models_find(const char *name)
{
    for (size_t i = 0; models[i]; i++)
        if (!strcmp(models[i]->name, name))
            return models[i];
    return NULL;
}

const char *models_why_not(const struct model *model)
{
    return model->unavailable ? model->unavailable() : NULL;
}
