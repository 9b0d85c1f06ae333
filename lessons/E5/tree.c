/* SPDX-License-Identifier: MIT */
#include "lessons/E5/tree.h"

#include "base/container_of.h"

#include <string.h>

static void print_future(const struct future *future, int depth, FILE *out);

static const struct future *future_behind(const struct awaitable *awaitable)
{
    return awaitable && awaitable->ops == &future_ops
               ? container_of(awaitable, struct future, awaitable)
               : NULL;
}

static bool is_a(const struct future *future, const char *what)
{
    return future && strcmp(future->what, what) == 0;
}

static const struct gather *gather_of(const struct future *future)
{
    return container_of(future, struct gather, future);
}

/* ---- what waits for a Task ---- */

static bool leads_to(const struct future *from, const struct future *to)
{
    if (from == to)
        return true;
    if (!is_a(from, "gather"))
        return false;
    const struct future_set *set = &gather_of(from)->set;
    for (size_t i = 0; i < set->count; i++)
        if (set->members[i].future == to)
            return true;
    return false;
}

static bool is_awaited(const struct loop *loop, const struct task *task)
{
    struct task *it = NULL;
    while ((it = all_tasks_next(loop, it)))
        if (leads_to(future_behind(it->awaits), &task->future))
            return true;
    return false;
}

/* ---- printing ---- */

static void print_line(const char *text, int depth, FILE *out)
{
    fprintf(out, "  %*s%s\n", 2 * depth, "", text);
}

static void print_task(const struct task *task, int depth, FILE *out)
{
    const struct future *future = future_behind(task->awaits);
    print_line(task->name, depth, out);
    if (future)
        print_future(future, depth + 1, out);
    else if (task->awaits)
        print_line(task->awaits->ops->name, depth + 1, out);
    else
        print_line("its turn", depth + 1, out);
}

static void print_gather(const struct gather *gather, int depth, FILE *out)
{
    const struct future_set *set = &gather->set;
    fprintf(out, "  %*sgather of %zu\n", 2 * depth, "", set->count);
    for (size_t i = 0; i < set->count; i++)
        if (!future_done(set->members[i].future))
            print_future(set->members[i].future, depth + 1, out);
}

static void print_future(const struct future *future, int depth, FILE *out)
{
    if (is_a(future, "Task"))
        print_task(container_of(future, struct task, future), depth, out);
    else if (is_a(future, "gather"))
        print_gather(gather_of(future), depth, out);
    else
        print_line(future->what, depth, out);
}

void tree_print(const struct loop *loop, FILE *out)
{
    struct task *it = NULL;
    while ((it = all_tasks_next(loop, it)))
        if (!is_awaited(loop, it))
            print_task(it, 0, out);
}
