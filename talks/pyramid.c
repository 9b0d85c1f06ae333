/* SPDX-License-Identifier: MIT */
/* Nested callbacks: each step begins in the function that ends the one before,
 * and each of these functions has two ways out. It is read from the bottom to
 * the top, which is why people call it a pyramid that stands on its head. */
#include "talks/service.h"

static void on_printed(void *context, int error)
{
    struct program *program = context;
    if (error) {
        program_end(program, error);
        return;
    }
    program_end(program, 0);
}

static void on_answer(void *context, int error)
{
    struct program *program = context;
    if (error) {
        program_end(program, error);
        return;
    }
    service_begin(&program->service, STEP_PRINT, on_printed, program);
}

static void on_logged_in(void *context, int error)
{
    struct program *program = context;
    if (error) {
        program_end(program, error);
        return;
    }
    service_begin(&program->service, STEP_ASK, on_answer, program);
}

static void on_connected(void *context, int error)
{
    struct program *program = context;
    if (error) {
        program_end(program, error);
        return;
    }
    service_begin(&program->service, STEP_LOG_IN, on_logged_in, program);
}

void pyramid_run(struct program *program)
{
    service_begin(&program->service, STEP_CONNECT, on_connected, program);
}
