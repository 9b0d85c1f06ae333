/* SPDX-License-Identifier: MIT */
/* A process for each page. The program is copied, and the copy fetches a page
 * as if it were alone in the world. Then it hands the result back and ends:
 *
 *         parent                    child
 *     1   fork_start  ............  fetches, writes the result, _exit
 *     2   start_children, fork_run: N at once
 *     1   fork_collect  <-- pipe -- result
 *     3   fork_reap   ............  is gone
 *     4   hand_over: in the order in which they were asked for
 *     5   worker_died: no result, but a reason
 *
 * Each function says above its first line what it has to do, and
 * lessons/P1/fork.h what you are given for it. */
#ifndef STEP
#define STEP 5
#define SOLVED 5
#endif

#include "lessons/P1/fork.h"

#include "lessons/your_code.h"

#include <errno.h>
#include <fcntl.h>
#if STEP >= 2
#include <stdlib.h>
#endif
#if STEP >= 3
#include <sys/wait.h>
#endif
#include <unistd.h>

/* ---- step 1: one child ---- */

/* Starts a child that fetches the job, and returns while it is at work.
 *
 *     pipe2(ends, O_CLOEXEC)  what is written into ends[1] comes out of ends[0]
 *     fork()                  returns twice: 0 in the child, and in the parent
 *                             the child's number
 *
 * The child closes ends[0], or it would be its own reader and never notice that
 * there is no other. It fetches the page, blocking_fetch(worker, job), passes
 * what that returns to result_write, for ends[1], and leaves by _exit(0). Not
 * by exit(): it would print once more what the parent had in its buffers. Nor
 * by return: then there are two programs that go on.
 *
 * The parent closes ends[1]: a pipe ends when the last process that could write
 * into it has closed it. It fills in *child (pid, pipe, index) and returns 0.
 * When pipe2 or fork fails (-1), it returns -errno, and nothing stays open. */
int fork_start(struct child *child, struct blocking_worker *worker,
               const struct job *job)
{
#if SOLVED >= 1
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    pid_t pid = fork();
    int error = pid < 0 ? -errno : 0;
    if (pid == 0) {
        close(ends[0]);
        result_write(ends[1], blocking_fetch(worker, job));
        _exit(0);
    }
    close(ends[1]);
    if (error)
        close(ends[0]);
    else
        *child = (struct child){pid, ends[0], job->index};
    return error;
#else
    YOUR_CODE(child, worker, job);
    return -ENOSYS;
#endif
}

/* Reads the child's result (result_read), closes the pipe, and returns what
 * result_read has returned. */
int fork_collect(struct child *child, struct result *result)
{
#if SOLVED >= 1
    int error = result_read(child->pipe, result);
    close(child->pipe);
    return error;
#else
    YOUR_CODE(child, result);
    return -ENOSYS;
#endif
}
#if STEP >= 2

/* ---- given: what belongs to a batch ---- */

struct children {
    struct batch *batch;
    /* Knows how to fetch; each child has a copy of it. */
    struct blocking_worker worker;
    /* Room for batch->concurrency of them; `running` are at work. */
    struct child *list;
    size_t running;
    /* The result that was read last. */
    struct result result;
#if STEP >= 4
    /* What came of each job: room for `room` of them, of which `next` have been
     * handed over. */
    struct kept *kept;
    size_t room;
    size_t next;
#endif
};
#if STEP >= 4

/* A result that waits for its turn. */
struct kept {
    bool here;
    struct result result;
};

/* Room to keep the result of this job. 0 or -ENOMEM. */
static int make_room(struct children *children, size_t index)
{
    size_t room = 2 * (index + 1);
    if (index < children->room)
        return 0;
    struct kept *kept = realloc(children->kept, room * sizeof *kept);
    if (!kept)
        return -ENOMEM;
    for (size_t i = children->room; i < room; i++) {
        kept[i].here = false;
        result_init(&kept[i].result);
    }
    children->kept = kept;
    children->room = room;
    return 0;
}
#endif

static int children_init(struct children *children, struct batch *batch)
{
    *children = (struct children){.batch = batch};
    result_init(&children->result);
    children->list = calloc(batch->concurrency, sizeof(struct child));
    int error = children->list
                    ? blocking_worker_init(&children->worker, batch->options,
                                           batch->cancel, 0)
                    : -ENOMEM;
    if (error)
        free(children->list);
    return error;
}

static void children_deinit(struct children *children)
{
#if STEP >= 4
    for (size_t i = 0; i < children->room; i++)
        result_deinit(&children->kept[i].result);
    free(children->kept);
#endif
    blocking_worker_deinit(&children->worker);
    result_deinit(&children->result);
    free(children->list);
}

/* These two come in steps 4 and 5. */
static void hand_over(struct children *children, size_t index,
                      struct result *result);
static void worker_died(struct result *result, int status);

/* The child at this place has something to say: hears it out, and sees it to
 * its end. Its place goes to the last one. */
static void collect_child(struct children *children, size_t place)
{
    struct child child = children->list[place];
    int error = fork_collect(&child, &children->result);
    int status = fork_reap(child.pid);
    if (error)
        worker_died(&children->result, status);
    children->list[place] = children->list[--children->running];
    hand_over(children, child.index, &children->result);
}

/* The page of this job has failed before it could be fetched. */
static void fail_job(struct children *children, const struct job *job,
                     int error)
{
    result_clear(&children->result);
    result_fail(&children->result, fetch_error_from_errno(error), error);
    hand_over(children, job->index, &children->result);
}
#if STEP >= 4

/* Without memory to keep its result, the page of this job has failed. It waits
 * for its turn here: then nothing needs to be kept. */
static void fail_in_turn(struct children *children, const struct job *job)
{
    while (children->running > 0)
        collect_child(children,
                      children_wait(children->list, children->running));
    result_clear(&children->result);
    result_fail(&children->result, FETCH_NO_MEMORY, -ENOMEM);
    batch_done(children->batch, job->index, &children->result);
    children->next = job->index + 1;
}
#endif

/* One more child. When that fails, so has its page. */
static void start_child(struct children *children, const struct job *job)
{
#if STEP >= 4
    if (make_room(children, job->index)) {
        fail_in_turn(children, job);
        return;
    }
#endif
    struct child *child = &children->list[children->running];
    int error = fork_start(child, &children->worker, job);
    if (error)
        fail_job(children, job, error);
    else
        children->running++;
}

/* ---- step 2: N at once ---- */

/* Starts children (start_child), each with the next job of the batch
 * (batch_next), until children->running has reached batch->concurrency or there
 * are no more jobs. */
static void start_children(struct children *children)
{
#if SOLVED >= 2
    struct batch *batch = children->batch;
    struct job job;
    while (children->running < batch->concurrency && batch_next(batch, &job))
        start_child(children, &job);
#else
    YOUR_CODE(children, start_child);
#endif
}

/* The whole batch: children_init, and when that fails, its error is returned
 * and there is nothing else to do; start_children; then, as long as any are
 * running, children_wait for one of them, collect_child it, and start_children,
 * for a place is free now; at the end children_deinit. Returns 0. */
int fork_run(struct batch *batch)
{
#if SOLVED >= 2
    struct children children;
    int error = children_init(&children, batch);
    if (error)
        return error;
    start_children(&children);
    while (children.running > 0) {
        size_t place = children_wait(children.list, children.running);
        collect_child(&children, place);
        start_children(&children);
    }
    children_deinit(&children);
    return 0;
#else
    YOUR_CODE(batch, start_children, collect_child, children_init,
              children_deinit);
    return -ENOSYS;
#endif
}
#endif
#if STEP == 2

/* Given until step 3: its end is not asked for. */
int fork_reap(pid_t pid)
{
    (void)pid;
    return 0;
}
#endif
#if STEP >= 3

/* ---- step 3: reap ---- */

/* Waits until the child with this number has ended, and for no other one: the
 * program may have children that are not yours. A wait that a signal has
 * interrupted (EINTR) is begun again. Returns the status that waitpid tells, or
 * -1 when it fails otherwise. */
int fork_reap(pid_t pid)
{
#if SOLVED >= 3
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
#else
    YOUR_CODE(pid);
    return 0;
#endif
}
#endif
#if STEP >= 2 && STEP < 4

/* Given until step 4: in the order in which they arrive. */
static void hand_over(struct children *children, size_t index,
                      struct result *result)
{
    batch_done(children->batch, index, result);
}
#endif
#if STEP >= 4

/* ---- step 4: in input order ---- */

/* The result of this job has arrived: keep it, then hand over whatever is its
 * turn now.
 *
 * To keep it: result_move(&children->kept[index].result, result) moves it
 * there, and `here` notes that it has come. The turn is that of job
 * children->next; the batches of this lesson number their jobs 0, 1, 2 and so
 * on, as they hand them out. While the one whose turn it is has come:
 * batch_done, then result_deinit for what the batch has left of it, and one
 * further. There is room for children->room results, and no more to look at. */
static void hand_over(struct children *children, size_t index,
                      struct result *result)
{
#if SOLVED >= 4
    struct kept *kept = children->kept;
    result_move(&kept[index].result, result);
    kept[index].here = true;
    while (children->next < children->room && kept[children->next].here) {
        struct result *first = &kept[children->next].result;
        batch_done(children->batch, children->next, first);
        result_deinit(first);
        children->next++;
    }
#else
    YOUR_CODE(children, index, result);
    batch_done(children->batch, index, result); /* as before: as they come */
#endif
}
#endif
#if STEP >= 2 && STEP < 5

/* Given until step 5: then the page is an empty one. */
static void worker_died(struct result *result, int status)
{
    (void)result;
    (void)status;
}
#endif
#if STEP >= 5

/* ---- step 5: a child dies ---- */

/* The child has ended with this status and without a result. That is the
 * result: result_fail it with FETCH_WORKER_DIED and, as the detail, the number
 * of the signal that has killed the child (WIFSIGNALED, WTERMSIG), or else
 * minus the status with which it has left (WEXITSTATUS). */
static void worker_died(struct result *result, int status)
{
#if SOLVED >= 5
    int detail = WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
    result_fail(result, FETCH_WORKER_DIED, detail);
#else
    YOUR_CODE(result, status);
#endif
}
#endif
