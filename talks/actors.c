/* SPDX-License-Identifier: MIT */
#include "talks/actors.h"

struct outcome actor_tell(struct actor *actor, int number)
{
    return stack_await(queue_put(&actor->mailbox, outcome_number(number)));
}

struct outcome actor_hear(struct actor *actor)
{
    return stack_await(queue_get(&actor->mailbox));
}

static int begin(struct actor *actor, struct stack_pool *pool)
{
    int error = stack_init(&actor->stack, pool, actor->body, "actor");
    if (!error)
        task_init(&actor->task, actor->talk->loop, &actor->stack.generator);
    return error;
}

static void end(struct actor *actor)
{
    task_close(&actor->task);
    task_unref(&actor->task);
    stack_deinit(&actor->stack);
}

int actors_run(struct talk *talk, struct actor *actors, int count)
{
    struct stack_pool pool;
    int error = 0, begun = 0;
    stack_pool_init(&pool, 0);
    for (int i = 0; i < count; i++) {
        actors[i].talk = talk;
        queue_init(&actors[i].mailbox, talk->loop, 0);
    }
    while (begun < count && !(error = begin(&actors[begun], &pool)))
        begun++;
    if (!error)
        error = loop_run(talk->loop);
    while (begun > 0)
        end(&actors[--begun]);
    for (int i = 0; i < count; i++)
        queue_deinit(&actors[i].mailbox);
    stack_pool_deinit(&pool);
    return error;
}
