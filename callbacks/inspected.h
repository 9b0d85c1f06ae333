/* SPDX-License-Identifier: MIT */
/* What a program shows to `./lab ps`, which reads its memory from outside as a
 * debugger and CPython 3.14's `python -m asyncio ps` do. So a program that is
 * stuck in a callback or spins can be asked, and is not stopped for that. It
 * pays two stores around each callback, and one system call when it begins:
 * PR_SET_PTRACER_ANY, for where Linux's ptrace_scope is 1. The consequence is
 * that there any process of its user may look into it, and attach a debugger,
 * as everywhere without that setting: so it is not for a program with secrets.
 *
 * Only what cannot be found from outside is recorded here. The reader takes the
 * rest from symbols, handle_name.h, wait_shape.h and the same headers.
 */
#ifndef CALLBACKS_INSPECTED_H
#define CALLBACKS_INSPECTED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct handle;
struct loop;

enum {
    INSPECTED_THREADS_MAX = 64,
    INSPECTED_LOOPS_MAX = 4,
    INSPECTED_VERSION = 2,
};

/* Of a thread: the main one, and each one that has a loop. */
struct inspected {
    pid_t thread;
    void (*running)(struct handle *handle);        /* NULL: no callback runs */
    const struct loop *loops[INSPECTED_LOOPS_MAX]; /* some may be NULL */
};

extern __thread struct inspected inspected;

/* One symbol of this name is what makes a program one of ours. */
struct inspected_program {
    unsigned version;
    unsigned handle_size; /* a debug build has larger ones */
    struct inspected *threads[INSPECTED_THREADS_MAX]; /* some are NULL */
};

extern struct inspected_program inspected_program;

/* At file scope of a core: says that the fields which its header calls the
 * core's are used as it says there. A learner's core may keep its data
 * elsewhere and does not have this. Then the reader says so, and concludes
 * nothing from those fields. */
#define INSPECTED_CORE(name) const char name##_core_is_inspected = 1

/* Called on the loop's thread when a loop is made and when it ends. Loops
 * beyond the size of the table are not seen. */
void inspected_loop_begins(const struct loop *loop);
void inspected_loop_ends(const struct loop *loop);

/* Where things are inside a loop, which is opaque: a symbol, `loop_layout`,
 * beside a loop that can be looked into. */
struct loop_layout {
    size_t ready, turn; /* struct handle: a ring, which begins with itself */
    size_t timers;      /* struct timers */
    size_t now;         /* nanos: when its turn woke up */
    size_t clock;       /* const struct clock * */
    size_t running;     /* bool */
    size_t selector;    /* struct selector * */
};

extern const struct loop_layout loop_layout;

#ifdef __cplusplus
}
#endif

#endif
