/* SPDX-License-Identifier: MIT */
/* What asyncio_cost.py does: Tasks that yield nothing, so that each has a step
 * in every turn of the loop, which asks epoll once in each. */
#include "base/clock.h"
#include "base/contract.h"
#include "coroutines/frame.h"
#include "coroutines/task.h"
#include "costs.h"
#include "nonblocking/selector.h"

static struct loop *loop;

int steps_open(void)
{
    return loop_new(&loop, &epoll_selector, &monotonic_clock);
}

void steps_close(void)
{
    loop_free(loop);
}

/* ---- Tasks ---- */

struct stepping {
    struct frame frame;
    int left;
};

static struct outcome stepping(struct generator *self, struct outcome got)
{
    CO_FRAME(struct stepping, f);
    CO_BEGIN;
    while (f->left--)
        CO_YIELD(outcome_none());
    CO_END;
}

void cost_of_step(long times)
{
    static struct stepping frames[TASKS];
    while (times--) {
        for (int i = 0; i < TASKS; i++) {
            frames[i].left = TURNS;
            REQUIRE(task_spawn(loop, frame_init(&frames[i].frame, stepping)) ==
                        0,
                    "there is memory for a Task");
        }
        REQUIRE(loop_run(loop) == 0, "the loop runs to its end");
    }
}

/* ---- callbacks ---- */

struct turning {
    struct handle handle;
    int left;
};

static void on_turn(struct handle *handle)
{
    struct turning *turning = container_of(handle, struct turning, handle);
    if (turning->left--)
        loop_call_soon(loop, handle);
}

void cost_of_turn(long times)
{
    static struct turning all[TASKS];
    while (times--) {
        for (int i = 0; i < TASKS; i++) {
            all[i] = (struct turning){{.run = on_turn}, TURNS};
            loop_call_soon(loop, &all[i].handle);
        }
        REQUIRE(loop_run(loop) == 0, "the loop runs to its end");
    }
}
