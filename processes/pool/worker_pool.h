/* SPDX-License-Identifier: MIT */
/* Processes that are forked once and then work for a long time: a job is a
 * function and bytes, its answer is bytes. The pool belongs to one thread and
 * runs nothing on its own: jobs are sent, answers taken in and dead workers
 * replaced while that thread is in worker_pool_wait(). On it are built the
 * contestant `process-pool` and, with a thread that does the waiting, the
 * executor with futures (processes/executor.h).
 *
 *     parent                                       worker
 *     jobs --> argument, argument ... -----------> runs one after another,
 *                  (a socket pair each)
 *     done() <----------- answer, answer ... <---- answers each when it is done
 *
 * Jobs are begun in the order of submission. Short jobs are sent ahead, several
 * to a worker, so that neither side waits for the other; what a busy worker has
 * not begun is taken back as soon as another one has nothing to do.
 *
 * A worker that dies, however, costs the one job that it had begun
 * (-EOWNERDEAD). What was sent ahead goes to others, the worker is replaced. A
 * worker that hangs or was stopped is killed when its job's time is up
 * (-ETIME), and then the same holds.
 */
#ifndef PROCESSES_POOL_WORKER_POOL_H
#define PROCESSES_POOL_WORKER_POOL_H

#include "base/bytes.h"
#include "base/nanos.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a worker does. The worker is a copy of this program, so any function
 * will do that was there at the fork; whatever it needs beyond the argument is
 * in `context`: each worker has a copy of its own. Appends its answer to
 * `answer` and returns 0 or a negative errno for the job's done(). It must not
 * call exit(). */
typedef int (*process_function)(void *context, struct slice argument,
                                struct buffer *answer);

struct worker_pool_options {
    size_t workers; /* the most; each is forked when work comes and none is
                     * idle */
    size_t jobs_per_worker; /* then it is replaced by a fresh one; 0: never */
    /* Called in each new worker. A negative errno breaks the pool: this and
     * every later job ends with it. May be NULL. */
    int (*initialise)(void *context);
    void *context;
    int wake_fd; /* worker_pool_wait() returns when it is readable, too; -1 */
};

/* What came of a job. */
struct process_answer {
    /* 0, or what the function returned; or
     * -EOWNERDEAD  the worker died in the middle of it, see status; or was
     *              killed, because what it sent was not an answer
     * -ENOMEM      there was no memory for the answer, and so the worker was
     *              killed
     * -ETIME       the worker was killed because the job's time was up
     * -ECANCELED   worker_pool_cancel
     * or why no worker could be had (fork's errno, the initialiser's). */
    int error;
    int status;          /* of the dead worker, see child_explain */
    struct slice result; /* good until done() returns */
    pid_t pid;           /* that did it; 0: none */
    unsigned slot;       /* which of the workers */
};

struct process_job {
    /* Set by you, and not to be changed until done() is entered. */
    process_function run;
    struct slice argument;
    nanos time_limit; /* from its turn on, once the worker is forked; NEVER for
                       * none */
    void (*done)(struct process_job *job, const struct process_answer *answer);

    struct process_job *next; /* the pool's */
    int attempts;             /* too */
};

struct worker_pool;

/* 0; -EINVAL (no workers); or a negative errno. The options are copied. */
int worker_pool_new(struct worker_pool **pool,
                    const struct worker_pool_options *options);

/* Not from inside done(). All jobs must be done (or call worker_pool_cancel
 * first). Asks the workers to end, waits for them, kills those that do not.
 * NULL is harmless. */
void worker_pool_free(struct worker_pool *pool);

/* Hands a job over. It always comes back through done(), from inside
 * worker_pool_wait() or worker_pool_cancel(), never from here. */
void worker_pool_submit(struct worker_pool *pool, struct process_job *job);

/* Could one more job be sent to a worker now? For callers that have many jobs
 * and do not want to hand over more than can be used. */
bool worker_pool_has_room(const struct worker_pool *pool);

/* Why there are fewer workers than there might be: the negative errno of the
 * last one that could not be forked; 0 if all could. The others do the work. */
int worker_pool_refused(const struct worker_pool *pool);

/* From inside done(): the worker in that slot ends when it has done what it has
 * begun, and no other takes its place. What was sent ahead goes to others.
 * Contract: it was not dismissed before, and another one is left. */
void worker_pool_dismiss(struct worker_pool *pool, unsigned slot);
bool worker_pool_has_dismissed(const struct worker_pool *pool, unsigned slot);

/* How many jobs are not done yet. */
size_t worker_pool_unfinished(const struct worker_pool *pool);

/* Not from inside done(). Sends, waits and takes in: returns after at least one
 * job was done, when wake_fd is readable, or at `until`. 0 or a negative errno.
 */
int worker_pool_wait(struct worker_pool *pool, nanos until);

/* Ends what is unfinished with -ECANCELED. Workers in the middle of a job are
 * killed. The pool can go on. May be called from inside done(), too ("one has
 * failed: cancel the rest"); jobs that are submitted there after it are new. */
void worker_pool_cancel(struct worker_pool *pool);

/* Writes the pids of the living workers, `most` at most: for inspection. How
 * many there are. */
size_t worker_pool_pids(const struct worker_pool *pool, pid_t *pids,
                        size_t most);

#ifdef __cplusplus
}
#endif

#endif
