/* SPDX-License-Identifier: MIT */
/* waiting KIND [SELECTOR]: a program that waits, for `ps` to look at. It prints
 * its process number when it does, and ends after 150 s. It waits in nine ways,
 * or is stuck in one:
 *
 *   nine      timer, readable, writable, look-up, offload, Future, lock, queue,
 *             child; and a Deferred, a greenlet, and a shield under a deadline
 *   others    everything else that a coroutine can wait for
 *   spin      a Task that never yields
 *   block     a callback that sleeps
 *   restless  a Task that yields and yields, and waits for nothing
 *   unread    a descriptor that is ready, and that is not read
 *   busy      a descriptor that is read, while more and more comes
 *   forever   a Task that awaits a Future which no other code has
 *   lost      a Task whose waker is lost
 *   woken     a callback that sleeps after it has woken two Tasks
 *   threads   a Task that never yields, and on the loops of two other threads a
 *             callback that sleeps and a Task that yields and yields
 */
#include "ps/waiting.h"

#include "callbacks/handle_name.h"
#include "callbacks/moment.h"
#include "callbacks/offload.h"
#include "callbacks/resolver.h"
#include "callbacks/wait_shape.h"
#include "coroutines/coroutines.h"
#include "coroutines/gather.h"
#include "coroutines/lock.h"
#include "coroutines/queue.h"
#include "coroutines/readiness.h"
#include "coroutines/shield.h"
#include "coroutines/sleep.h"
#include "coroutines/stack.h"
#include "coroutines/wait_for.h"
#include "deferreds/later.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static __thread struct loop *loop;

void must(bool well)
{
    if (!well) {
        perror("waiting");
        exit(EXIT_FAILURE);
    }
}

static void tell_number(void)
{
    printf("%d\n", (int)getpid());
    must(fflush(stdout) == 0);
}

/* In the place of the system's: it never answers. */
int getaddrinfo(const char *node, const char *service,
                const struct addrinfo *hints, struct addrinfo **result)
{
    (void)node, (void)service, (void)hints, (void)result;
    for (;;)
        pause();
}

/* ---- work on threads, as Futures ---- */

struct looking_up {
    struct future future;
    struct resolution resolution;
    const char *host;
};

static void looked_up(struct resolution *resolution, int code,
                      const struct addresses *addresses)
{
    (void)resolution, (void)code, (void)addresses;
}

static void looking_up_release(struct future *future)
{
    free(container_of(future, struct looking_up, future));
}
WAIT_SHAPE_BY(looking_up_release, "look-up", struct looking_up, future,
              WAIT_PART(WAIT_TEXT, struct looking_up, host));

static struct outcome look_up(struct offloader *offloader)
{
    struct looking_up *made = calloc(1, sizeof *made);
    char name[] = "slow.example";
    struct endpoint endpoint = {.host = name, .port = 80};
    must(made != NULL);
    future_init(&made->future, loop);
    made->future.release = looking_up_release;
    made->resolution.resolved = looked_up;
    made->host = "slow.example";
    must(!resolver_start(offloader, &endpoint, &made->resolution));
    return outcome_pending(&made->future.awaitable);
}

struct long_work {
    struct future future;
    struct offload offload;
};

static void work_run(struct offload *offload)
{
    (void)offload;
    for (;;)
        pause();
}

static void work_over(struct offload *offload)
{
    (void)offload;
}

static void work_release(struct future *future)
{
    free(container_of(future, struct long_work, future));
}
WAIT_SHAPE_BY(work_release, "work on a thread", struct long_work, future,
              WAIT_PART(WAIT_NOTHING, struct long_work, offload));

static struct outcome offload(struct offloader *offloader)
{
    struct long_work *made = calloc(1, sizeof *made);
    must(made != NULL);
    future_init(&made->future, loop);
    made->future.release = work_release;
    made->offload.run = work_run;
    made->offload.done = made->offload.drop = work_over;
    must(!offload_start(offloader, &made->offload));
    return outcome_pending(&made->future.awaitable);
}

/* ---- descriptors ---- */

static struct outcome readable(void)
{
    int ends[2];
    must(!pipe(ends));
    return ready_for(loop, ends[0], SELECT_READ);
}

static struct outcome writable(void)
{
    static const char bytes[65536];
    int ends[2];
    must(!pipe(ends) && fcntl(ends[1], F_SETFL, O_NONBLOCK) >= 0);
    while (write(ends[1], bytes, sizeof bytes) > 0)
        ;
    return ready_for(loop, ends[1], SELECT_WRITE);
}

/* It ends with us. */
static struct outcome child(void)
{
    pid_t parent = getpid(), pid = fork();
    must(pid >= 0);
    if (!pid) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) /* it has ended before that */
            _exit(EXIT_SUCCESS);
        for (;;)
            pause();
    }
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    must(fd >= 0);
    return ready_for(loop, fd, SELECT_READ);
}

/* ---- Tasks ---- */

struct waiting {
    struct frame frame;
    struct outcome what;
};

static struct outcome wait_for_it(struct generator *self, struct outcome got)
{
    CO_FRAME(struct waiting, f);
    CO_BEGIN;
    CO_AWAIT(f->what);
    CO_END;
}

/* Not inlined, and no jump: each has a frame. */
__attribute__((noinline)) static struct outcome sleep_deep(int depth)
{
    struct outcome got =
        depth ? sleep_deep(depth - 1) : stack_await(sleep_for(loop, LONG));
    __asm__ volatile("" ::: "memory");
    return got;
}

static struct outcome wait_on_stack(struct stack *self, struct outcome got)
{
    (void)self;
    outcome_drop(got);
    got = sleep_deep(0);
    __asm__ volatile("" ::: "memory");
    return got;
}

struct task *task_of(const char *name, struct generator *generator)
{
    struct task *task = task_new(loop, generator);
    must(task != NULL);
    task->name = name;
    return task;
}

struct task *task_that_awaits(const char *name, struct outcome what)
{
    struct waiting *made = calloc(1, sizeof *made);
    must(made != NULL);
    made->what = what;
    return task_of(name, frame_init(&made->frame, wait_for_it));
}

static struct outcome never_fires(void *context, struct outcome outcome)
{
    (void)context;
    return outcome;
}

static struct outcome deferred_wait(void)
{
    struct deferred *deferred = deferred_later(loop, LONG, never_fires, NULL);
    must(deferred != NULL);
    return outcome_deferred(deferred);
}

struct all {
    struct frame frame, inner;
    struct future *gathered;
};

static struct outcome wait_for_all(struct generator *self, struct outcome got)
{
    struct all *const f = container_of(self, struct all, inner.generator);
    struct frame *const co_frame = &f->inner;
    CO_BEGIN;
    CO_AWAIT(outcome_pending(&f->gathered->awaitable));
    CO_END;
}

static struct outcome program(struct generator *self, struct outcome got)
{
    CO_FRAME(struct all, f);
    CO_BEGIN;
    CO_YIELD_FROM(frame_init(&f->inner, wait_for_all));
    CO_END;
}

static void nine_ways(void)
{
    static struct all all;
    static struct semaphore lock;
    static struct queue queue;
    static struct stack stack;
    static struct stack_pool pool;
    struct offloader *offloader;
    must(!offloader_new(&offloader, loop, 2));
    lock_init(&lock, loop);
    queue_init(&queue, loop, 1);
    stack_pool_init(&pool, 0);
    must(!stack_init(&stack, &pool, wait_on_stack, "greenlet"));
    struct outcome taken = semaphore_acquire(&lock); /* and kept */
    must(!outcome_is_pending(&taken));
    struct task *inner = task_that_awaits("inner", sleep_for(loop, LONG));
    struct future *shielded = future_shield(task_future(inner));
    must(shielded != NULL);
    struct task *tasks[] = {
        task_that_awaits("timer", sleep_for(loop, LONG)),
        task_that_awaits("readable", readable()),
        task_that_awaits("writable", writable()),
        task_that_awaits("look-up", look_up(offloader)),
        task_that_awaits("offload", offload(offloader)),
        task_that_awaits("Future", future_await(future_new(loop))),
        task_that_awaits("lock", semaphore_acquire(&lock)),
        task_that_awaits("queue", queue_get(&queue)),
        task_that_awaits("child", child()),
        task_that_awaits("Deferred", deferred_wait()),
        task_that_awaits(
            "deadline",
            wait_for(loop, outcome_pending(&shielded->awaitable), 2 * LONG)),
        task_of("greenlet", &stack.generator),
    };
    enum { COUNT = sizeof tasks / sizeof *tasks };
    struct future *futures[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        futures[i] = task_future(tasks[i]);
    all.gathered = future_gather(loop, futures, COUNT, false);
    must(all.gathered != NULL);
    task_of("main", frame_init(&all.frame, program));
}

/* ---- a peer that is silent, and one that is full ---- */

void listen_at(struct address *address, int backlog)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(address_from_literal(address, "127.0.0.1", 0));
    must(!bind(fd, &address->socket.any, address->size));
    must(!getsockname(fd, &address->socket.any, &address->size));
    must(!listen(fd, backlog));
    if (backlog)
        return;
    int filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(!connect(filler, &address->socket.any, address->size));
    must(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1) == 1);
}

static void other_ones(void)
{
    static struct reactor reactor;
    must(!reactor_init(&reactor, loop));
    other_ways(&reactor);
    deferred_ways(&reactor);
}

/* ---- what is wrong ---- */

static struct outcome spin(struct generator *self, struct outcome got)
{
    CO_FRAME(struct waiting, f);
    CO_BEGIN;
    CO_YIELD(outcome_none());
    tell_number();
    for (volatile int i = 0;; i = 1 - i)
        ;
    CO_END;
}

static struct outcome be_restless(struct generator *self, struct outcome got)
{
    CO_FRAME(struct waiting, f);
    CO_BEGIN;
    for (;;)
        CO_YIELD(outcome_none());
    CO_END;
}

static struct task *task_with(const char *name, generator_resume *body)
{
    struct waiting *made = calloc(1, sizeof *made);
    must(made != NULL);
    return task_of(name, frame_init_named(&made->frame, body, name));
}

_Noreturn static void sleep_on(void)
{
    for (;;)
        sleep(3600);
}

static void block(struct handle *handle)
{
    (void)handle;
    tell_number();
    sleep_on();
}
HANDLE_NAME(block, "a callback that sleeps", NULL);

static void do_not_read(struct handle *handle)
{
    (void)handle;
}
HANDLE_NAME(do_not_read, "a reader that does not read", NULL);

static void leave_unread(void)
{
    static struct watch watch;
    int ends[2];
    must(!pipe(ends) && write(ends[1], "x", 1) == 1);
    watch.handle.run = do_not_read;
    watch.fd = ends[0];
    must(!loop_watch(loop, &watch, SELECT_READ));
}

/* Each time another number of bytes. */
static int filled;

static void read_and_fill(struct handle *handle)
{
    static char bytes[32768];
    static size_t count;
    int fd = container_of(handle, struct watch, handle)->fd;
    must(read(fd, bytes, sizeof bytes) > 0);
    count = count % sizeof bytes + 1;
    must(write(filled, bytes, count) == (ssize_t)count);
}

static void be_busy(void)
{
    static struct watch watch;
    int ends[2];
    must(!pipe(ends) && write(ends[1], "x", 1) == 1);
    filled = ends[1];
    watch.handle.run = read_and_fill;
    watch.fd = ends[0];
    must(!loop_watch(loop, &watch, SELECT_READ));
}

/* When all Tasks have begun to wait. */
static struct moment moment;

static void forget_waiter(struct handle *handle)
{
    (void)handle;
    moment.waiter = NULL;
    tell_number();
}

static void lose_waker(void)
{
    static struct handle later;
    moment_init(&moment, loop);
    task_that_awaits("lost", moment_next(&moment));
    later.run = forget_waiter;
    loop_call_at(loop, &later, loop_time(loop) + 1);
}

static void tell_later(struct handle *handle)
{
    (void)handle;
    tell_number();
}

/* ---- woken, and its turn does not come ---- */

static struct task *sleeper;
static struct future *awaited;

static void first(struct handle *handle)
{
    (void)handle;
}

static void second(struct handle *handle)
{
    (void)handle;
}

static void third(struct handle *handle)
{
    (void)handle;
}

static void fourth(struct handle *handle)
{
    (void)handle;
}

static void cancel_and_block(struct handle *handle)
{
    static struct handle next[] = {{.run = third}, {.run = fourth}};
    (void)handle;
    task_cancel(sleeper);
    loop_call_soon(loop, &next[0]);
    loop_call_soon(loop, &next[1]);
    tell_number();
    sleep_on();
}

/* What is called next: the end of the deadline, the callback that blocks; and
 * behind it, two that cannot be called. */
static void finish_it(struct handle *handle)
{
    static struct handle blocked = {.run = cancel_and_block};
    static struct handle behind[] = {{.run = first}, {.run = second}};
    (void)handle;
    future_finish(awaited, outcome_none());
    loop_call_soon(loop, &blocked);
    loop_call_soon(loop, &behind[0]);
    loop_call_soon(loop, &behind[1]);
}

static void wake_and_block(void)
{
    static struct handle later = {.run = finish_it};
    awaited = future_new(loop);
    must(awaited != NULL);
    sleeper = task_that_awaits("sleeper", sleep_for(loop, LONG));
    task_that_awaits("deadline", wait_for(loop, future_await(awaited), LONG));
    loop_call_at(loop, &later, loop_time(loop) + 1);
}

/* ---- more than one loop ---- */

static sem_t under_way;

/* A loop with nothing left would end: this one waits. */
static void make_loop(struct handle *keep, const struct selector_ops *selector)
{
    keep->run = do_not_read;
    must(!loop_new(&loop, selector, &monotonic_clock));
    loop_call_at(loop, keep, loop_time(loop) + LONG);
}

static void be_under_way(struct handle *handle)
{
    (void)handle;
    must(!sem_post(&under_way));
}

static void hold(struct handle *handle)
{
    be_under_way(handle);
    sleep_on();
}

static void *run_held(void *unused)
{
    struct handle keep = {0}, held = {.run = hold};
    make_loop(&keep, &epoll_selector);
    loop_call_soon(loop, &held);
    must(!loop_run(loop));
    return unused;
}

static void *run_restless(void *unused)
{
    struct handle keep = {0}, tells = {.run = be_under_way};
    make_loop(&keep, &epoll_selector);
    task_with("restless", be_restless);
    loop_call_soon(loop, &tells);
    must(!loop_run(loop));
    return unused;
}

static void begin_threads(void)
{
    pthread_t threads[2];
    must(!sem_init(&under_way, 0, 0));
    must(!pthread_create(&threads[0], NULL, run_held, NULL));
    must(!pthread_create(&threads[1], NULL, run_restless, NULL));
    for (int i = 0; i < 2; i++)
        must(!sem_wait(&under_way));
    task_with("spinner", spin);
}

/* ---- which of them ---- */

static void begin_spinning(void)
{
    task_with("spinner", spin);
}

static void begin_blocked(void)
{
    static struct handle blocked = {.run = block};
    loop_call_soon(loop, &blocked);
}

static void begin_restless(void)
{
    task_with("restless", be_restless);
}

static void wait_for_ever(void)
{
    task_that_awaits("forever", outcome_pending(&future_new(loop)->awaitable));
}

static const struct {
    const char *name;
    void (*begin)(void);
    bool tells; /* its number, when it has come so far */
} kinds[] = {
    {"nine", nine_ways, false},
    {"others", other_ones, false},
    {"spin", begin_spinning, true},
    {"block", begin_blocked, true},
    {"restless", begin_restless, false},
    {"unread", leave_unread, false},
    {"busy", be_busy, false},
    {"forever", wait_for_ever, false},
    {"lost", lose_waker, true},
    {"woken", wake_and_block, true},
    {"threads", begin_threads, true},
};

static bool begin(const char *kind)
{
    static struct handle told = {.run = tell_later};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, kind) != 0)
            continue;
        kinds[i].begin();
        if (!kinds[i].tells)
            loop_call_at(loop, &told, loop_time(loop) + 1);
        return true;
    }
    return false;
}

static const struct selector_ops *selector_named(const char *name)
{
    static const struct selector_ops *const selectors[] = {
        &select_selector, &poll_selector, &epoll_selector};
    for (size_t i = 0; i < sizeof selectors / sizeof *selectors; i++)
        if (!strcmp(selectors[i]->name, name))
            return selectors[i];
    must(false);
    return NULL;
}

/* A test that looks at it may be killed, and cannot end it then. */
int main(int argc, char **argv)
{
    static struct handle keep;
    alarm(150);
    must(argc == 2 || argc == 3);
    make_loop(&keep, selector_named(argc == 3 ? argv[2] : "epoll"));
    must(begin(argv[1]));
    return loop_run(loop) ? EXIT_FAILURE : EXIT_SUCCESS;
}
