/* SPDX-License-Identifier: MIT */
/* The origin as a child of its own. Two pipes connect it to its parent: one
 * carries the port, and the other one is closed when the child should end. */
#include "harness/origin/origin.h"

#include "harness/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that takes longer to end is killed. */
enum { PATIENCE_MS = 2000 };

/* The child's message: the port, or why there is none. It has no padding,
 * because bytes that are not set must not be sent. */
struct report {
    int32_t error;
    uint32_t port;
};

static void tell_parent(int fd, struct report report)
{
    while (write(fd, &report, sizeof report) < 0 && errno == EINTR)
        ;
    close(fd);
}

/* ---- the child ---- */

static int tell_port(void *context, uint16_t port)
{
    int *fd = context;
    tell_parent(*fd, (struct report){.port = port});
    *fd = -1;
    return 0;
}

/* Closes the parent's descriptors, which would keep its pipes open. Standard
 * error stays, for the reports of sanitizers. */
static void close_all_but(int a, int b)
{
    unsigned low = (unsigned)(a < b ? a : b);
    unsigned high = (unsigned)(a < b ? b : a);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
    }
    if (low > 3)
        close_range(3, low - 1, 0);
    if (high > low + 1)
        close_range(low + 1, high - 1, 0);
    close_range(high + 1, ~0U, 0);
}

static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    interrupt_ends(SIGTERM);
    /* Ctrl-C and Ctrl-\ go to all processes of the terminal; the parent
     * decides. */
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void child(const struct origin_options *options, pid_t parent,
                            int report_fd, int stop_fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* the one that cannot be ignored */
    if (getppid() != parent)
        _exit(1);
    reset_signals();
    close_all_but(report_fd, stop_fd);
    int error = origin_serve(options, stop_fd, tell_port, &report_fd);
    if (report_fd >= 0)
        tell_parent(report_fd, (struct report){.error = error});
    /* _exit: the parent's buffers and exit handlers are not the child's. */
    _exit(error ? 1 : 0);
}

/* ---- the parent ---- */

static int read_report(int fd, struct origin_process *process)
{
    struct report report = {0};
    ssize_t size;
    do
        size = read(fd, &report, sizeof report);
    while (size < 0 && errno == EINTR);
    if (size != (ssize_t)sizeof report || report.error > 0 ||
        report.port > UINT16_MAX)
        return -ECHILD;
    process->port = (uint16_t)report.port;
    return report.error;
}

static int start_with(struct origin_process *process,
                      const struct origin_options *options, const int report[2],
                      const int stop[2])
{
    pid_t parent = getpid();
    process->pid = fork();
    if (process->pid < 0)
        return -errno;
    if (process->pid == 0)
        child(options, parent, report[1], stop[0]);
    return 0;
}

int origin_process_start(struct origin_process *process,
                         const struct origin_options *options)
{
    int report[2], stop[2];
    *process = (struct origin_process){.pid = -1, .stop_fd = -1};
    if (pipe2(report, O_CLOEXEC))
        return -errno;
    if (pipe2(stop, O_CLOEXEC)) {
        int error = -errno;
        close(report[0]);
        close(report[1]);
        return error;
    }
    int error = start_with(process, options, report, stop);
    close(report[1]);
    close(stop[0]);
    process->stop_fd = stop[1];
    if (!error)
        error = read_report(report[0], process);
    close(report[0]);
    if (error)
        origin_process_stop(process);
    return error;
}

/* Waits for the end of the child, but not for ever. Without a free descriptor
 * for the pidfd it does not wait. */
static bool ends_in_time(pid_t pid)
{
    struct pollfd ended = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    if (ended.fd < 0)
        return false;
    int count;
    do
        count = poll(&ended, 1, PATIENCE_MS);
    while (count < 0 && errno == EINTR);
    close(ended.fd);
    return count > 0;
}

void origin_process_stop(struct origin_process *process)
{
    if (process->stop_fd >= 0)
        close(process->stop_fd);
    if (process->pid > 0) {
        if (!ends_in_time(process->pid))
            kill(process->pid, SIGKILL);
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    *process = (struct origin_process){.pid = -1, .stop_fd = -1};
}
