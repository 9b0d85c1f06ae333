/* SPDX-License-Identifier: MIT */
#include "harness/race/share.h"

#include "base/clock.h"
#include "harness/race/memory.h"
#include "http/result.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct worker {
    pid_t pid;
    int from_it; /* gets a byte when it is ready, then its report */
};

struct workers {
    const struct share *share;
    struct worker all[SHARE_PROCESSES_MAX];
    size_t count; /* that have been started */
    int start[2]; /* a pipe without data: closing it lets them begin */
};

size_t share_part(size_t whole, size_t processes, size_t place)
{
    return whole / processes + (place < whole % processes);
}

/* ---- a worker ---- */

static ssize_t read_some(int fd, char *data, size_t size)
{
    ssize_t count;
    do
        count = read(fd, data, size);
    while (count < 0 && errno == EINTR);
    return count;
}

static int wait_for_start(int fd)
{
    char byte;
    return read_some(fd, &byte, 1) == 0 ? 0 : -EIO;
}

static int work(const struct workers *workers, size_t place, FILE *out)
{
    const struct share *share = workers->share;
    struct record record;

    record_init(&record);
    int status = share->prepare(share->context, place);
    fputc('\n', out);
    fflush(out);
    if (!status)
        status = wait_for_start(workers->start[0]);
    if (!status)
        status = share->run(share->context, place, &record);
    if (status < 0)
        snprintf(record.error, sizeof record.error,
                 "it could not be set up: %s", fetch_errno_sentence(status));
    record_report_print(&record, out);
    return fclose(out) ? 1 : 0;
}

/* Closes what was inherited from the other workers, which would count as this
 * one's. */
static _Noreturn void become_worker(const struct workers *workers, size_t place,
                                    pid_t parent, int report)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    close(workers->start[1]);
    for (size_t i = 0; i < place; i++)
        close(workers->all[i].from_it);
    FILE *out = fdopen(report, "w");
    /* _exit: the parent's buffers and exit handlers are not the child's. */
    _exit(out ? work(workers, place, out) : 1);
}

/* ---- their parent ---- */

static int start_one(struct workers *workers)
{
    struct worker *worker = &workers->all[workers->count];
    pid_t parent = getpid();
    int ends[2];

    if (pipe2(ends, O_CLOEXEC))
        return -errno;
    worker->pid = fork();
    int error = -errno;
    if (worker->pid == 0) {
        close(ends[0]);
        become_worker(workers, workers->count, parent, ends[1]);
    }
    close(ends[1]);
    worker->from_it = ends[0];
    if (worker->pid < 0) {
        close(ends[0]);
        return error;
    }
    workers->count++;
    return 0;
}

static void wait_until_ready(const struct workers *workers)
{
    char byte; /* a worker that has died sends none; its missing report shows
                * that */
    for (size_t i = 0; i < workers->count; i++)
        read_some(workers->all[i].from_it, &byte, 1);
}

/* Measures all at one moment, because memory that they share is counted in
 * proportion. */
static double memory_of_all(const struct workers *workers)
{
    double sum = (double)memory_pss(getpid());
    for (size_t i = 0; i < workers->count; i++)
        sum += (double)memory_pss(workers->all[i].pid);
    return sum;
}

static void add(struct record *sum, const struct record *part)
{
    sum->finished += part->finished;
    sum->errors += part->errors;
    sum->body_bytes += part->body_bytes;
    sum->in_flight_max += part->in_flight_max;
    sum->cpu_user_s += part->cpu_user_s;
    sum->cpu_system_s += part->cpu_system_s;
    sum->switches_voluntary += part->switches_voluntary;
    sum->switches_involuntary += part->switches_involuntary;
    if (!sum->error[0])
        memcpy(sum->error, part->error, sizeof sum->error);
}

static int read_all(int fd, struct buffer *text)
{
    char some[4096];
    ssize_t count;
    while ((count = read_some(fd, some, sizeof some)) > 0)
        if (buffer_append(text, some, (size_t)count))
            return -ENOMEM;
    return count < 0 ? -errno : 0;
}

static int end_one(const struct worker *worker)
{
    int status = 0;
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(worker->from_it);
    return status;
}

static void explain(struct record *sum, const struct workers *workers,
                    size_t place, int status)
{
    if (sum->error[0])
        return;
    if (WIFSIGNALED(status))
        snprintf(sum->error, sizeof sum->error,
                 "process %zu of %zu died of signal %d (%s)", place + 1,
                 workers->count, WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(sum->error, sizeof sum->error,
                 "process %zu of %zu did not report", place + 1,
                 workers->count);
}

/* Reads its report, then waits for its end. */
static int collect(struct workers *workers, size_t place, struct record *sum)
{
    const struct worker *worker = &workers->all[place];
    struct buffer text = {0};
    struct record part;

    record_init(&part);
    int error = read_all(worker->from_it, &text);
    if (!error)
        error = record_report_read(&part, buffer_slice(&text));
    buffer_deinit(&text);
    int status = end_one(worker);
    if (!error)
        add(sum, &part);
    else if (error == -EBADMSG)
        explain(sum, workers, place, status);
    return error == -EBADMSG ? 0 : error;
}

static int start_all(struct workers *workers)
{
    int error = 0;
    while (!error && workers->count < workers->share->processes)
        error = start_one(workers);
    return error;
}

static void kill_from(const struct workers *workers, size_t place)
{
    for (; place < workers->count; place++) {
        kill(workers->all[place].pid, SIGKILL);
        end_one(&workers->all[place]);
    }
}

int share_run(const struct share *share, struct record *record)
{
    struct workers workers = {.share = share};
    size_t collected = 0;

    if (pipe2(workers.start, O_CLOEXEC))
        return -errno;
    int error = start_all(&workers);
    close(workers.start[0]);
    if (!error)
        wait_until_ready(&workers);
    if (!error && share->memory)
        record->base_pss_bytes = memory_of_all(&workers);
    nanos began = monotonic_now();
    if (error)
        kill_from(&workers, 0);
    close(workers.start[1]);
    if (error)
        return error;
    record->switches_voluntary = record->switches_involuntary = 0;
    while (!error && collected < workers.count)
        error = collect(&workers, collected++, record);
    record->wall_s = nanos_as_seconds(monotonic_now() - began);
    kill_from(&workers, collected);
    return error;
}
