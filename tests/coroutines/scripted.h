/* SPDX-License-Identifier: MIT */
/* A generator whose body is a script of the test's: so one test proves a rule
 * of every engine. */
#ifndef COROUTINES_SCRIPTED_H
#define COROUTINES_SCRIPTED_H

#include "coroutines/generator.h"

#ifdef __cplusplus
extern "C" {
#endif

enum act_kind { ACT_YIELD, ACT_AWAIT, ACT_YIELD_FROM, ACT_RETURN };

struct act {
    enum act_kind kind;
    struct outcome value;     /* to yield, to wait for, or to return */
    struct generator *callee; /* of ACT_YIELD_FROM; handed over */
};

struct scripted {
    /* What the body does next, given what came of what it did last. */
    struct act (*next)(struct scripted *scripted, struct outcome got);
    /* On every way out. */
    void (*finally)(struct scripted *scripted);
};

/* An engine. The script is borrowed; the generator releases itself. NULL: no
 * memory. */
struct engine {
    const char *name;
    struct generator *(*make)(struct scripted *scripted);
};

extern const struct engine frame_engine, stack_engine;

#ifdef __cplusplus
}
#endif

#endif
