/* SPDX-License-Identifier: MIT */
#include "base/container_of.h"
#include "coroutines/stack.h"
#include "scripted.h"

#include <stdlib.h>

struct scripted_stack {
    struct stack stack;
    struct stack_pool pool;
    struct scripted *scripted;
};

static struct outcome act_out(const struct act *act)
{
    switch (act->kind) {
    case ACT_YIELD:
        return stack_yield(act->value);
    case ACT_AWAIT:
        return stack_await(act->value);
    case ACT_YIELD_FROM:
        return stack_yield_from(act->callee);
    case ACT_RETURN:
        break;
    }
    return act->value;
}

static struct outcome body(struct stack *self, struct outcome got)
{
    struct scripted *scripted =
        container_of(self, struct scripted_stack, stack)->scripted;
    struct act act;
    do {
        act = scripted->next(scripted, got);
        got = act_out(&act);
    } while (act.kind != ACT_RETURN);
    scripted->finally(scripted);
    return got;
}

static void release(struct generator *self)
{
    struct scripted_stack *made =
        container_of(self, struct scripted_stack, stack.generator);
    stack_deinit(&made->stack);
    stack_pool_deinit(&made->pool);
    free(made);
}

static struct generator *make(struct scripted *scripted)
{
    struct scripted_stack *made = malloc(sizeof *made);
    if (!made)
        return NULL;
    made->scripted = scripted;
    stack_pool_init(&made->pool, 0);
    if (stack_init(&made->stack, &made->pool, body, "body")) {
        free(made);
        return NULL;
    }
    made->stack.generator.release = release;
    return &made->stack.generator;
}

const struct engine stack_engine = {"stack", make};
