/* SPDX-License-Identifier: MIT */
/* A program that runs beside the loop, used by code that reads from top to
 * bottom: asyncio's create_subprocess_exec (SP1, SP2 in the tests).
 *
 *     CO_AWAIT(create_subprocess_exec(f->streams, &options));
 *     f->process = got.pointer;
 *     stream_write(process_stream(f->process, STDIN_FILENO), question);
 *     CO_AWAIT(stream_readline(process_stream(f->process, STDOUT_FILENO)));
 *     ...
 *     CO_AWAIT(process_wait(f->process));
 */
#ifndef COROUTINES_PROCESS_H
#define COROUTINES_PROCESS_H

#include "callbacks/subprocess.h"
#include "coroutines/frame.h"
#include "coroutines/stream.h"
#include "coroutines/stream_set.h"
#include "deferreds/list.h"

#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

/* On the heap: create_subprocess_exec and process_drop. */
struct process {
    struct subprocess subprocess; /* pid and returncode: to be read */

    /* private */
    struct subprocess_protocol protocol;
    struct stream streams[SUBPROCESS_STREAMS];
    struct streams_member member;
    struct future *made;   /* what its creator waits for; NULL: no more */
    struct future *exited; /* what process_wait waits for; NULL: no code does */
    bool over, dropped;
};

/* The value: .pointer is a struct process. Its owner calls process_drop at the
 * end; dropping the outcome is the same. */
extern const struct kind process_kind;

/* Pending until the program runs and its pipes are there (SP1); then a
 * process_kind. Or the failure: -ENOENT when there is no such program. A wait
 * that is cancelled or dropped ends the program. `options` is lent for the
 * call. */
OUTCOME_OWNED struct outcome
create_subprocess_exec(struct streams *streams,
                       const struct subprocess_options *options);

/* Its standard stream of that number, if it is a pipe; else NULL. Write to
 * standard input, drain and close it: the program sees stream_close as the end.
 * The other two can be read. */
struct stream *process_stream(struct process *process, int number);

/* The returncode, as a number, once it has ended: for every Task that waits
 * (SP2). A pipe that is not read may keep the program from ending. */
OUTCOME_OWNED struct outcome process_wait(struct process *process);

/* Of a running program; -ESRCH once that has ended (SP2). */
static inline int process_send_signal(struct process *process, int number)
{
    return subprocess_send_signal(&process->subprocess, number);
}
static inline int process_terminate(struct process *process)
{
    return subprocess_terminate(&process->subprocess);
}
static inline int process_kill(struct process *process)
{
    return subprocess_kill(&process->subprocess);
}

/* Ends the ownership: kills the program if it still runs. Contract: no code
 * waits for it or its streams. NULL is harmless. */
void process_drop(struct process *process);

/* ---- communicate ---- */

/* The frame is the caller's. */
struct communicate {
    struct frame frame;

    /* private */
    struct process *process;
    struct slice input;
    struct outcome_list *outputs;
};

/* A generator: writes the input, closes standard input, reads both outputs up
 * to their ends, and waits for the program. It returns a list_kind of what the
 * two outputs said, each read_bytes_kind or None. A program that does not read
 * its input is not a failure (SP2). The input is lent until it is over. */
struct generator *process_communicate(struct communicate *frame,
                                      struct process *process,
                                      struct slice input);

#ifdef __cplusplus
}
#endif

#endif
