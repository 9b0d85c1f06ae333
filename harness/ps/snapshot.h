/* SPDX-License-Identifier: MIT */
/* What a running program waits for at one moment, as text: its threads, their
 * callbacks, and its Tasks with what each of them awaits. */
#ifndef HARNESS_PS_SNAPSHOT_H
#define HARNESS_PS_SNAPSHOT_H

#include "base/nanos.h"
#include "harness/ps/target.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SHOWN_TEXT = 160, SHOWN_NAME = 64, SHOWN_THREADS = 64 };

/* A line below a Task or a callback. */
struct shown_line {
    unsigned depth;
    place task; /* a Task that is shown instead of the text; or 0 */
    char text[SHOWN_TEXT];
};

struct shown_lines {
    struct shown_line *list;
    size_t count, capacity;
};

struct shown_task {
    place at;
    pid_t thread; /* which has its loop */
    char name[SHOWN_NAME];
    const char *state; /* "runs", "ready", "waits" */
    bool runs;         /* it is in its step */
    bool awaited;      /* it is shown below the Task that waits for it */
    bool shown;        /* for printing */
    struct shown_lines lines;
    char where[SHOWN_TEXT]; /* its innermost frame */
    char waits[SHOWN_TEXT]; /* for what, in short */
    const char *trouble;    /* why it may wait for ever; NULL: it need not */
    place fingerprint;      /* changes whenever the Task makes progress */
};

enum shown_kind { SHOWN_READY, SHOWN_TIMED, SHOWN_WATCHED };

/* A callback that is scheduled. */
struct shown_handle {
    enum shown_kind kind;
    place at;
    nanos order;       /* the moment of a timer; the descriptor of a watch; the
                          number in line of one that is ready */
    unsigned interest; /* of a watch, ... */
    bool was_ready;    /* ... which was ready when its loop last looked, ... */
    bool ready_now;    /* ... and is ready still, ... */
    int unread;        /* ... with how many bytes to read, -1: not known; these
                          two are filled in by the caller */
    char text[SHOWN_TEXT];
    struct shown_lines then; /* what goes on when it is called */
};

struct shown_thread {
    pid_t thread;
    struct thread_state state;
    place running;            /* the callback that runs; 0: none */
    char call[SHOWN_TEXT];    /* its name, and the coroutine that it moves */
    char waits[SHOWN_TEXT];   /* for what, in its system call */
    struct shown_lines calls; /* where that is, if it has no loop, or a
                               * callback runs */
    bool has_loop, real_time;
    nanos turn; /* when the turn of its loop woke up */
};

struct snapshot {
    nanos now;
    bool unstable;              /* something has changed while it was read */
    bool cut;                   /* there was no memory for something */
    bool foreign[TARGET_CORES]; /* as in struct target */
    struct shown_thread threads[SHOWN_THREADS];
    size_t thread_count, threads_left; /* left out: how many */
    struct shown_task *tasks;
    size_t task_count, task_capacity;
    struct shown_handle *handles;
    size_t handle_count, handle_capacity;
};

/* Any two moments, since those of another process may be none. */
static inline double seconds_from(nanos from, nanos to)
{
    return ((double)to - (double)from) / (double)NANOS_PER_SECOND;
}

/* Takes a snapshot. 0; -ESRCH: the program has ended; -ENOMEM. To be freed in
 * any case. */
int snapshot_take(struct snapshot *snapshot, struct target *target);
void snapshot_free(struct snapshot *snapshot);

/* NULL when it is not in the snapshot. */
struct shown_task *snapshot_task(const struct snapshot *snapshot, place at);

/* Room for one more at the end of a list; NULL: no memory. */
void *snapshot_append(void *list, size_t *count, size_t *capacity, size_t size);

#ifdef __cplusplus
}
#endif

#endif
