/* SPDX-License-Identifier: MIT */
#include "harness/race/known.h"

#include "base/clock.h"
#include "blocking/worker.h"
#include "harness/spin.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void sleep_for(nanos span)
{
    struct timespec left = {span / NANOS_PER_SECOND, span % NANOS_PER_SECOND};
    while (nanosleep(&left, &left) < 0 && errno == EINTR)
        continue;
}

/* What is done with each page once it is there. */
typedef void with_page(size_t index, struct result *result);

static int fetch_all(struct batch *batch, with_page *with)
{
    struct blocking_worker worker;
    struct job job;
    int error = blocking_worker_init(&worker, batch->options, batch->cancel, 0);

    if (error)
        return error;
    while (batch_next(batch, &job)) {
        struct result *result = blocking_fetch(&worker, &job);
        with(job.index, result);
        batch_done(batch, job.index, result);
    }
    blocking_worker_deinit(&worker);
    return 0;
}

static void do_nothing(size_t index, struct result *result)
{
    (void)index;
    (void)result;
}

static void do_spin(size_t index, struct result *result)
{
    (void)index;
    (void)result;
    spin_for(KNOWN_SPIN);
}

static void do_sleep(size_t index, struct result *result)
{
    (void)index;
    (void)result;
    sleep_for(KNOWN_SLEEP);
}

/* getppid() is a system call each time: no library keeps its answer. */
static void do_calls(size_t index, struct result *result)
{
    (void)index;
    (void)result;
    for (int i = 0; i < KNOWN_CALLS; i++)
        syscall(SYS_getppid);
}

/* Waits, as if the page had been on its way for that long. */
static void do_late(size_t index, struct result *result)
{
    enum { WHICH = 20 };
    if (index != WHICH)
        return;
    sleep_for(KNOWN_LATE);
    result->marks[MARK_DONE] = monotonic_now();
}

static int run_nothing(struct batch *batch)
{
    return fetch_all(batch, do_nothing);
}

static int run_spin(struct batch *batch)
{
    return fetch_all(batch, do_spin);
}

static int run_sleep(struct batch *batch)
{
    return fetch_all(batch, do_sleep);
}

static int run_calls(struct batch *batch)
{
    return fetch_all(batch, do_calls);
}

static int run_late(struct batch *batch)
{
    return fetch_all(batch, do_late);
}

static int run_descriptors(struct batch *batch)
{
    int opened[KNOWN_DESCRIPTORS], count = 0;

    while (count < KNOWN_DESCRIPTORS &&
           (opened[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
        count++;
    int error =
        count == KNOWN_DESCRIPTORS ? fetch_all(batch, do_nothing) : -errno;
    while (count)
        close(opened[--count]);
    return error;
}

/* mmap: all of it is there at once, and a compiler cannot remove it, as it can
 * malloc(). */
static int run_memory(struct batch *batch)
{
    size_t size = (size_t)KNOWN_MEBIBYTES << 20;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

    if (memory == MAP_FAILED)
        return -errno;
    int error = fetch_all(batch, do_nothing);
    munmap(memory, size);
    return error;
}

#define KNOWN(what, does)                                                      \
    {                                                                          \
        .name = "known-" #what, .family = "known", .summary = does,            \
        .can = CAN_START_LATER, .run = run_##what                              \
    }

static const struct model known[] = {
    KNOWN(nothing, "fetches its pages and nothing more"),
    KNOWN(spin, "computes for a known time for each page"),
    KNOWN(sleep, "sleeps for a known time after each page"),
    KNOWN(late, "has one answer that is late"),
    KNOWN(calls, "makes a known number of system calls for each page"),
    KNOWN(descriptors, "opens a known number of descriptors"),
    KNOWN(memory, "takes a known amount of memory"),
};

const struct model *known_find(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].name, name))
            return &known[i];
    return NULL;
}
