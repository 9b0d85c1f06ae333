/* SPDX-License-Identifier: MIT */
/* Prints what coroutines cost, each beside something that can take its place,
 * in the same rounds. Nothing is judged by it, and a goal is only printed.
 *
 *     coroutine_cost [ROUNDS [FRAMES]]
 */
#include "costs.h"
#include "support/cost.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define COUNT(rows) ((int)(sizeof(rows) / sizeof *(rows)))

static const struct cost_row generators[] = {
    {.name = "a switch written by hand", .run = cost_of_switch},
    {.name = "a frame", .run = cost_of_frame, .goal = 1.3},
};

static const struct cost_row levels[] = {
    {.name = "a frame", .run = cost_of_frame},
    {.name = "behind one level of yield from", .run = cost_of_one_level},
    {.name = "behind three levels of yield from",
     .run = cost_of_three_levels,
     .goal = 4.5},
};

static const struct cost_row stacks[] = {
    {.name = "stack_context_switch", .run = cost_of_stack_switch},
    {.name = "a stack's resume and yield", .run = cost_of_stack},
    {.name = "swapcontext", .run = cost_of_ucontext},
    {.name = "a hand-over between two pthreads",
     .run = cost_of_hand_over,
     .each = HAND_OVERS},
};

static const struct cost_row steps[] = {
    {.name = "a Task", .run = cost_of_step, .each = TASKS * TURNS},
    {.name = "a callback that schedules itself",
     .run = cost_of_turn,
     .each = TASKS * TURNS},
    {.name = "a Task of asyncio",
     .elsewhere = cost_of_asyncio,
     .each = TASKS * TURNS},
    {.name = "a Task of asyncio over uvloop",
     .elsewhere = cost_of_uvloop,
     .each = TASKS * TURNS},
};

int main(int argc, char **argv)
{
    int rounds = cost_argument(argc, argv, 1, COST_ROUNDS);
    int frames = cost_argument(argc, argv, 2, 1000000);
    signal(SIGPIPE, SIG_IGN); /* of a Python that has ended */
    cost_table("A resume and a yield", generators, COUNT(generators), rounds);
    cost_table("The same from further inside", levels, COUNT(levels), rounds);
    cost_table("There and back", stacks, COUNT(stacks), rounds);
    int error = steps_open();
    if (!error) {
        asyncio_open();
        cost_table("A step", steps, COUNT(steps), rounds);
        asyncio_close();
        steps_close();
        error = frames_alive(frames);
    }
    if (error)
        fprintf(stderr, "coroutine_cost: %s\n", strerror(-error));
    return error ? 1 : 0;
}
