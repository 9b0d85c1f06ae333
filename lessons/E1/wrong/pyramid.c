/* SPDX-License-Identifier: MIT */
/* An error is lost in a pyramid of callbacks: one of its functions forgets to
 * pass it on. The end that the caller waits for never comes, and nothing says
 * so. */
#include "callbacks/loop.h"

#include <stdio.h>

enum { STEPS = 4 };
static const char *const step_names[STEPS] = {"connect", "log in", "ask",
                                              "print"};

/* A service that takes a turn of the loop for each step, and fails in one. */
struct program {
    struct loop *loop;
    struct handle handle;
    int step, fails_at;
    void (*then)(struct program *program, int error);
    int ended; /* how often its end was told */
};

static void on_step(struct handle *handle)
{
    struct program *program = container_of(handle, struct program, handle);
    program->then(program, program->step == program->fails_at ? -1 : 0);
}

static void begin(struct program *program, int step,
                  void (*then)(struct program *program, int error))
{
    program->step = step;
    program->then = then;
    program->handle.run = on_step;
    loop_call_soon(program->loop, &program->handle);
}

static void end(struct program *program, int error)
{
    (void)error;
    program->ended++;
}

/* ---- the pyramid: to be read from the bottom to the top ---- */

static void on_printed(struct program *program, int error)
{
    end(program, error);
}

/* Wrong: with an error this one begins nothing, and ends nothing. */
static void on_answer(struct program *program, int error)
{
    if (!error)
        begin(program, 3, on_printed);
}

static void on_logged_in(struct program *program, int error)
{
    if (error)
        end(program, error);
    else
        begin(program, 2, on_answer);
}

static void on_connected(struct program *program, int error)
{
    if (error)
        end(program, error);
    else
        begin(program, 1, on_logged_in);
}

int main(void)
{
    int lost = 0;
    struct loop *loop;
    if (loop_new(&loop, &epoll_selector, &monotonic_clock))
        return 1;
    puts("Four steps, each begun in the function that ends the one before:\n");
    for (int fails = 0; fails <= STEPS; fails++) {
        struct program program = {.loop = loop, .fails_at = fails};
        begin(&program, 0, on_connected);
        loop_run(loop);
        printf("  %-8s %-7s  its end was told %d time%s\n",
               fails < STEPS ? step_names[fails] : "nothing",
               "fails:", program.ended, program.ended == 1 ? "" : "s");
        lost += !program.ended;
    }
    printf("\n%d of %d ways through the program end in silence. The loop has\n"
           "nothing left to do and returns: there is no exception that would\n"
           "climb to the top by itself. In callbacks every function has to\n"
           "pass every error on; or there is one way out, and all go there.\n",
           lost, STEPS + 1);
    loop_free(loop);
    return 0;
}
