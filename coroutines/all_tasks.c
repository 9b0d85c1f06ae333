/* SPDX-License-Identifier: MIT */
/* The list of all Tasks of a thread, linked through the Tasks. A Task belongs
 * to the thread of its loop, so there is one list for each thread. */
#include "coroutines/task.h"

static _Thread_local struct task *first, *last;

static bool is_listed(const struct task *task)
{
    return task->previous || task == first;
}

void all_tasks_add(struct task *task)
{
    if (is_listed(task))
        return;
    task->next = NULL;
    task->previous = last;
    if (last)
        last->next = task;
    else
        first = task;
    last = task;
}

void all_tasks_remove(struct task *task)
{
    if (!is_listed(task))
        return;
    if (task->previous)
        task->previous->next = task->next;
    else
        first = task->next;
    if (task->next)
        task->next->previous = task->previous;
    else
        last = task->previous;
    task->next = task->previous = NULL;
}

struct task *all_tasks_next(const struct loop *loop, const struct task *after)
{
    struct task *task = after ? after->next : first;
    while (task && loop && task->future.loop != loop)
        task = task->next;
    return task;
}
