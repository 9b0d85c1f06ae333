/* SPDX-License-Identifier: MIT */
/* What a coroutine can wait for beside the nine. */
#include "ps/waiting.h"

#include "callbacks/mailbox.h"
#include "callbacks/wait_shape.h"
#include "coroutines/as_completed.h"
#include "coroutines/condition.h"
#include "coroutines/event.h"
#include "coroutines/future_of.h"
#include "coroutines/future_wrap.h"
#include "coroutines/lock.h"
#include "coroutines/open_connection.h"
#include "coroutines/process.h"
#include "coroutines/queue.h"
#include "coroutines/run_in_executor.h"
#include "coroutines/shield.h"
#include "coroutines/sleep.h"
#include "coroutines/wait.h"
#include "coroutines/yield_point.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct loop *loop;
static struct offloader *offloader;
static struct streams streams;

/* ---- streams, and a process ---- */

typedef struct outcome stream_step(struct stream *stream);

struct talk {
    struct frame frame;
    struct outcome what;
    stream_step *step;
};

static struct outcome talk(struct generator *self, struct outcome got)
{
    CO_FRAME(struct talk, f);
    CO_BEGIN;
    CO_AWAIT(f->what);
    CO_AWAIT(f->step(got.pointer));
    CO_END;
}

static void task_with_stream(const char *name, stream_step *step)
{
    struct talk *made = calloc(1, sizeof *made);
    int ends[2];
    must(made != NULL);
    must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                     ends));
    made->what = open_connection_on(&streams, ends[0]);
    made->step = step;
    task_of(name, frame_init(&made->frame, talk));
}

static struct outcome read_one(struct stream *stream)
{
    return stream_read(stream, 1);
}

static struct outcome drain_much(struct stream *stream)
{
    static const char bytes[4 * 1024 * 1024];
    stream_write(stream, (struct slice){bytes, sizeof bytes});
    return stream_drain(stream);
}

struct child {
    struct frame frame;
    struct process *process;
};

/* It ends when its input does, with us. */
static struct outcome run_child(struct generator *self, struct outcome got)
{
    static const char *const argv[] = {"cat", NULL};
    static const struct subprocess_options options = {.argv = argv};
    CO_FRAME(struct child, f);
    CO_BEGIN;
    CO_AWAIT(create_subprocess_exec(&streams, &options));
    f->process = got.pointer;
    task_that_awaits("output",
                     read_one(process_stream(f->process, STDOUT_FILENO)));
    CO_AWAIT(process_wait(f->process));
    CO_END;
}

static void wait_on_streams(void)
{
    static struct child child;
    struct address full;
    listen_at(&full, 0);
    task_that_awaits("open_connection", open_connection(&streams, &full));
    task_with_stream("read", read_one);
    task_with_stream("readline", stream_readline);
    task_with_stream("drain", drain_much);
    task_with_stream("wait_closed", stream_wait_closed);
    task_of("process", frame_init(&child.frame, run_child));
}

/* ---- in line ---- */

static void wait_in_line(void)
{
    static struct event event;
    static struct semaphore lock;
    static struct condition condition;
    static struct condition_waiter waiter;
    static struct queue queue;
    event_init(&event, loop);
    lock_init(&lock, loop);
    condition_init(&condition, &lock);
    queue_init(&queue, loop, 1);
    must(!queue_put_nowait(&queue, outcome_none()));
    struct outcome taken = semaphore_acquire(&lock); /* and kept */
    must(!outcome_is_pending(&taken));
    task_that_awaits("event", event_wait(&event));
    task_of("condition", condition_wait(&waiter, &condition));
    task_that_awaits("put", queue_put(&queue, outcome_none()));
    task_that_awaits("join", queue_join(&queue));
}

/* ---- Futures ---- */

static struct outcome rest(void *context)
{
    for (;;)
        pause();
    return outcome_borrowed(context);
}

static void wait_for_futures(void)
{
    struct mailbox *mailbox = NULL;
    struct future *one = future_new(loop);
    must(one && !mailbox_new(&mailbox, loop));
    struct completed_futures *completed =
        futures_as_completed(loop, &one, 1, LONG);
    struct concurrent_future *source = concurrent_future_new();
    must(completed && source);
    task_that_awaits("wait",
                     futures_wait(loop, &one, 1, WAIT_FIRST_COMPLETED, LONG));
    task_that_awaits("as_completed", completed_next(completed));
    task_that_awaits("shield", future_await_shielded(one));
    task_that_awaits("other",
                     future_await(future_of(loop, sleep_for(loop, LONG))));
    task_that_awaits("wrapped",
                     future_await(future_wrap(loop, mailbox, source)));
    task_that_awaits("executor", run_in_executor(offloader, rest, NULL));
}

/* ---- Runners ---- */

/* A function that takes its time. */
struct slow {
    struct handle handle;
    struct runner_callback *callback;
};

static void on_time(struct handle *handle)
{
    runner_call(container_of(handle, struct slow, handle)->callback,
                outcome_none());
}
WAIT_SHAPE_BY(on_time, "slow", struct slow, handle,
              WAIT_PART(WAIT_CALLS, struct slow, callback));

static void take_time(void *context, struct runner_callback *callback)
{
    struct slow *slow = context;
    slow->callback = callback;
    slow->handle.run = on_time;
    loop_call_at(loop, &slow->handle, loop_time(loop) + LONG);
}

struct pages {
    struct frame frame;
    struct runner runner;
    struct slow slow[2];
    struct callback_point callbacks[2];
    struct wait_point wait;
    struct wait_all_point all;
    struct task_point tasks[2];
    struct multi_point multi;
    struct outcome points[2];
};

static struct outcome wait_for_task(struct generator *self, struct outcome got)
{
    CO_FRAME(struct pages, f);
    CO_BEGIN;
    CO_YIELD(gen_task(&f->tasks[0], take_time, &f->slow[0]));
    CO_END;
}

static struct outcome wait_for_key(struct generator *self, struct outcome got)
{
    CO_FRAME(struct pages, f);
    CO_BEGIN;
    CO_YIELD(gen_callback(&f->callbacks[0], "first"));
    take_time(&f->slow[0], got.pointer);
    CO_YIELD(gen_wait(&f->wait, "first"));
    CO_END;
}

static struct outcome wait_for_keys(struct generator *self, struct outcome got)
{
    static const char *const keys[] = {"first", "second"};
    CO_FRAME(struct pages, f);
    CO_BEGIN;
    CO_YIELD(gen_callback(&f->callbacks[0], "first"));
    take_time(&f->slow[0], got.pointer);
    CO_YIELD(gen_callback(&f->callbacks[1], "second"));
    CO_YIELD(gen_wait_all(&f->all, keys, 2));
    CO_END;
}

static struct outcome wait_for_both(struct generator *self, struct outcome got)
{
    CO_FRAME(struct pages, f);
    CO_BEGIN;
    f->points[0] = gen_task(&f->tasks[0], take_time, &f->slow[0]);
    f->points[1] = gen_task(&f->tasks[1], take_time, &f->slow[1]);
    CO_YIELD(gen_multi(&f->multi, f->points, 2));
    CO_END;
}

static struct outcome wait_for_timer(struct generator *self, struct outcome got)
{
    CO_FRAME(struct pages, f);
    (void)f;
    CO_BEGIN;
    CO_AWAIT(sleep_for(loop, LONG));
    CO_END;
}

static void pages_over(struct runner *runner, struct outcome outcome)
{
    (void)runner;
    outcome_drop(outcome);
}

static void wait_in_runners(void)
{
    static generator_resume *const bodies[] = {wait_for_task, wait_for_key,
                                               wait_for_keys, wait_for_both,
                                               wait_for_timer};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct pages *made = calloc(1, sizeof *made);
        must(made != NULL);
        runner_start(&made->runner, frame_init(&made->frame, bodies[i]),
                     pages_over);
    }
}

void other_ways(struct reactor *reactor)
{
    loop = reactor->loop;
    offloader = reactor->calls.offloader;
    streams_init(&streams, &reactor->transports);
    wait_on_streams();
    wait_in_line();
    wait_for_futures();
    wait_in_runners();
}
