/* SPDX-License-Identifier: MIT */
#include "harness/race/launch.h"
#include "base/clock.h"
#include "base/contract.h"
#include "base/processors.h"
#include "base/wakeup.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MAX = 64 * 1024 };

struct running {
    pid_t pid; /* and its group */
    int pidfd; /* readable once it has ended */
    int output;
    nanos deadline;
    nanos next_sample;
};

static _Noreturn void become(const struct launch *launch, int output)
{
    sigset_t none;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(output, STDOUT_FILENO);
    if (launch->processor >= 0 && processors_pin(0, launch->processor))
        _exit(126);
    execv(launch->program, launch->arguments);
    _exit(127);
}

static int start(const struct launch *launch, struct running *running)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    running->pid = fork();
    if (running->pid == 0)
        become(launch, ends[1]);
    int error = -errno;
    close(ends[1]);
    if (running->pid < 0) {
        close(ends[0]);
        return error;
    }
    setpgid(running->pid, running->pid); /* whichever comes first */
    running->output = ends[0];
    fcntl(running->output, F_SETFL, O_NONBLOCK);
    running->pidfd = pidfd_open(running->pid, 0);
    if (running->pidfd < 0)
        return -errno;
    nanos now = monotonic_now();
    running->deadline = nanos_after(now, launch->timeout);
    running->next_sample = launch->sample ? now : NEVER;
    return 0;
}

/* Reads what is there; true while there may be more. */
static bool collect(struct running *running, struct buffer *output)
{
    char text[4096];
    ssize_t count;

    while ((count = read(running->output, text, sizeof text)) > 0)
        if (output->size < OUTPUT_MAX)
            buffer_append(output, text, (size_t)count);
    if (count < 0 && errno == EAGAIN)
        return true;
    close(running->output);
    running->output = -1;
    return false;
}

static void sample_if_due(const struct launch *launch, struct running *running)
{
    nanos now = monotonic_now();
    if (now < running->next_sample)
        return;
    launch->sample(launch->sample_context, running->pid);
    running->next_sample = nanos_after(monotonic_now(), launch->sample_every);
}

static int wait_milliseconds(const struct running *running, nanos now)
{
    nanos until = nanos_earlier(running->deadline, running->next_sample);
    return nanos_to_milliseconds(nanos_until(until, now));
}

static void answer(const struct launch *launch, const struct running *running)
{
    wakeup_clear(launch->asked_fd);
    launch->asked(launch->asked_context, running->pid,
                  nanos_until(running->deadline, monotonic_now()));
}

/* Waits until it has ended, its time is over, or it is to be stopped. */
static enum launch_end attend(const struct launch *launch,
                              struct running *running, struct buffer *output)
{
    for (;;) {
        struct pollfd waits[] = {
            {.fd = running->pidfd, .events = POLLIN},
            {.fd = running->output, .events = POLLIN},
            {.fd = launch->stop_fd, .events = POLLIN},
            {.fd = launch->asked ? launch->asked_fd : -1, .events = POLLIN},
        };
        poll(waits, 4, wait_milliseconds(running, monotonic_now()));
        if (waits[2].revents)
            return LAUNCH_STOPPED;
        if (waits[1].revents)
            collect(running, output);
        if (waits[0].revents)
            return LAUNCH_ENDED;
        if (monotonic_now() >= running->deadline)
            return LAUNCH_TIMED_OUT;
        if (waits[3].revents)
            answer(launch, running);
        sample_if_due(launch, running);
    }
}

/* Kills the whole group, also children that it left behind, which the race
 * adopts. */
static int end_group(pid_t group, struct rusage *usage)
{
    int status = 0;

    REQUIRE(group > 1, "launch: the group of one child, never all of them");
    kill(-group, SIGKILL);
    while (wait4(group, &status, 0, usage) < 0 && errno == EINTR)
        continue;
    while (waitpid(-group, NULL, 0) > 0 || errno == EINTR)
        continue;
    return status;
}

int launch_run(const struct launch *launch, struct launch_outcome *outcome)
{
    struct running running = {.pid = -1, .pidfd = -1, .output = -1};

    *outcome = (struct launch_outcome){0};
    int status = start(launch, &running);
    nanos began = monotonic_now();
    if (status == 0)
        outcome->end = attend(launch, &running, &outcome->output);
    outcome->took = monotonic_now() - began;
    if (running.output >= 0)
        collect(&running, &outcome->output);
    if (running.pid > 0)
        outcome->wait_status = end_group(running.pid, &outcome->usage);
    if (running.output >= 0)
        close(running.output);
    if (running.pidfd >= 0)
        close(running.pidfd);
    return status < 0 ? status : buffer_terminate(&outcome->output);
}

bool launch_explain(const struct launch_outcome *outcome, char *text,
                    size_t size)
{
    int status = outcome->wait_status;

    if (outcome->end == LAUNCH_TIMED_OUT)
        snprintf(text, size, "it did not end in time and was killed");
    else if (outcome->end == LAUNCH_STOPPED)
        snprintf(text, size, "it was stopped before its end");
    else if (WIFSIGNALED(status))
        snprintf(text, size, "it died of signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) == 127)
        snprintf(text, size, "its program could not be run");
    else if (WEXITSTATUS(status) != 0)
        snprintf(text, size, "it ended with exit code %d", WEXITSTATUS(status));
    else
        return false;
    return true;
}
