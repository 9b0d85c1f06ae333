/* SPDX-License-Identifier: MIT */
#include "harness/claims/hand_over.h"

#include "base/nanos.h"
#include "base/processors.h"
#include "base/write_all.h"
#include "threads/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SMALL = 1, LARGE = 65536 };

/* The CPU time of this process and of the child, which has ended. */
static nanos cpu_so_far(void)
{
    struct rusage own, children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return nanos_from_timeval(own.ru_utime) + nanos_from_timeval(own.ru_stime) +
           nanos_from_timeval(children.ru_utime) +
           nanos_from_timeval(children.ru_stime);
}

/* ---- by a pipe ---- */

static bool read_whole(int fd, char *bytes, size_t size)
{
    while (size) {
        ssize_t count = read(fd, bytes, size);
        if (count <= 0 && !(count < 0 && errno == EINTR))
            return false;
        if (count > 0) {
            bytes += count;
            size -= (size_t)count;
        }
    }
    return true;
}

struct pipes {
    int there[2], back[2];
};

/* The other process: reads each message, and answers with a byte. */
static void answer_all(const struct pipes *pipes, size_t size)
{
    static char bytes[LARGE];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(pipes->there[1]);
    close(pipes->back[0]);
    while (read_whole(pipes->there[0], bytes, size))
        if (write_all(pipes->back[1], (struct slice){bytes, 1}))
            break;
    _exit(0);
}

static int ask_pipes(const struct pipes *pipes, size_t size, size_t times)
{
    static char bytes[LARGE];
    char answer;
    for (size_t i = 0; i < times; i++) {
        int error = write_all(pipes->there[1], (struct slice){bytes, size});
        if (error)
            return error;
        if (!read_whole(pipes->back[0], &answer, 1))
            return -EPIPE;
    }
    return 0;
}

static int open_pipes(struct pipes *pipes)
{
    if (pipe2(pipes->there, O_CLOEXEC))
        return -errno;
    if (!pipe2(pipes->back, O_CLOEXEC))
        return 0;
    int error = -errno;
    close(pipes->there[0]);
    close(pipes->there[1]);
    return error;
}

static int by_pipe(size_t size, size_t times, double *cpu_us)
{
    struct pipes pipes;
    int error = open_pipes(&pipes);
    if (error)
        return error;
    nanos before = cpu_so_far();
    pid_t child = fork();
    if (child == 0)
        answer_all(&pipes, size);
    error = child < 0 ? -errno : 0;
    close(pipes.there[0]);
    close(pipes.back[1]);
    if (!error)
        error = ask_pipes(&pipes, size, times);
    close(pipes.there[1]);
    close(pipes.back[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    *cpu_us = nanos_as_microseconds(cpu_so_far() - before) / (double)times;
    return error;
}

/* ---- in memory ---- */

/* A place for one thing, which is full or empty. */
struct place {
    sem_t full, empty;
    const char *thing;
    size_t times;
};

static void wait_on(sem_t *semaphore)
{
    while (sem_wait(semaphore))
        continue;
}

static void *take_all(void *argument)
{
    struct place *place = argument;
    for (size_t i = 0; i < place->times; i++) {
        wait_on(&place->full);
        place->thing = NULL;
        sem_post(&place->empty);
    }
    return NULL;
}

/* What is handed over stays where it is, however large it is. */
static int in_memory(size_t times, double *cpu_us)
{
    static char bytes[LARGE];
    struct place place = {.times = times};
    pthread_t other;
    nanos before = cpu_so_far();
    sem_init(&place.full, 0, 0);
    sem_init(&place.empty, 0, 0);
    int error = thread_start(&other, take_all, &place);
    if (error)
        return error;
    for (size_t i = 0; i < times; i++) {
        place.thing = bytes;
        sem_post(&place.full);
        wait_on(&place.empty);
    }
    pthread_join(other, NULL);
    *cpu_us = nanos_as_microseconds(cpu_so_far() - before) / (double)times;
    sem_destroy(&place.empty);
    sem_destroy(&place.full);
    return 0;
}

int hand_over_sample(void *context, double *values)
{
    const size_t *times = context;
    int error = processors_pin(0, processors_from_last(0));
    if (!error)
        error = by_pipe(SMALL, *times, &values[SMALL_BY_PIPE]);
    if (!error)
        error = in_memory(*times, &values[SMALL_IN_MEMORY]);
    if (!error)
        error = by_pipe(LARGE, *times, &values[LARGE_BY_PIPE]);
    if (!error)
        error = in_memory(*times, &values[LARGE_IN_MEMORY]);
    if (error)
        return error;
    if (values[SMALL_IN_MEMORY] <= 0 || values[LARGE_IN_MEMORY] <= 0)
        return -EAGAIN;
    values[SMALL_RATIO] = values[SMALL_BY_PIPE] / values[SMALL_IN_MEMORY];
    values[LARGE_RATIO] = values[LARGE_BY_PIPE] / values[LARGE_IN_MEMORY];
    return 0;
}
