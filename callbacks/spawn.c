/* SPDX-License-Identifier: MIT */
#include "callbacks/spawn.h"

#include "base/contract.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's ends, only while it is started. -1: none. */
struct child_ends {
    int ends[SUBPROCESS_STREAMS];
};

static void close_all(int ends[SUBPROCESS_STREAMS])
{
    for (int i = 0; i < SUBPROCESS_STREAMS; i++)
        if (ends[i] >= 0) {
            close(ends[i]);
            ends[i] = -1;
        }
}

/* ---- its streams ---- */

static int open_pipe(int stream, int *ours, int *theirs)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return -errno;
    *ours = stream == STDIN_FILENO ? ends[1] : ends[0];
    *theirs = stream == STDIN_FILENO ? ends[0] : ends[1];
    return 0;
}

/* Where this program has closed a standard stream, an end may have that number,
 * and would be overwritten by the dup2 for another end. So it is moved. */
static int move_up(int *end)
{
    if (*end > STDERR_FILENO)
        return 0;
    int moved = fcntl(*end, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (moved < 0)
        return -errno;
    close(*end);
    *end = moved;
    return 0;
}

static int open_stream(enum subprocess_stream what, int stream, int *ours,
                       int *theirs)
{
    int error = 0;
    if (what == SUBPROCESS_PIPE)
        error = open_pipe(stream, ours, theirs);
    else if (what == SUBPROCESS_NULL)
        *theirs = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (what == SUBPROCESS_NULL && *theirs < 0)
        error = -errno;
    if (!error && *ours >= 0)
        error = move_up(ours);
    if (!error && *theirs >= 0)
        error = move_up(theirs);
    return error;
}

static int open_streams(const struct subprocess_options *options,
                        struct spawned *spawned, struct child_ends *child)
{
    int error = 0;
    for (int i = 0; i < SUBPROCESS_STREAMS; i++)
        spawned->ends[i] = child->ends[i] = -1;
    for (int i = 0; i < SUBPROCESS_STREAMS && !error; i++)
        error = open_stream(options->streams[i], i, &spawned->ends[i],
                            &child->ends[i]);
    return error;
}

/* In the order of the streams, so that standard output is already set when
 * standard error becomes a copy of it. */
static int plan_streams(posix_spawn_file_actions_t *actions,
                        const struct subprocess_options *options,
                        const struct child_ends *child)
{
    int error = 0;
    for (int i = 0; i < SUBPROCESS_STREAMS && !error; i++)
        if (child->ends[i] >= 0)
            error =
                posix_spawn_file_actions_adddup2(actions, child->ends[i], i);
        else if (options->streams[i] == SUBPROCESS_STDOUT)
            error = posix_spawn_file_actions_adddup2(actions, STDOUT_FILENO, i);
    return -error;
}

/* ---- the program ---- */

/* Signals that this program blocks (signal_handler.h) are not blocked in the
 * new one. Ignored signals stay ignored, as with nohup. */
static int plan_signals(posix_spawnattr_t *attributes, bool new_session)
{
    sigset_t none;
    sigemptyset(&none);
    short flags = POSIX_SPAWN_SETSIGMASK;
    if (new_session)
        flags |= POSIX_SPAWN_SETSID;
    int error = posix_spawnattr_setsigmask(attributes, &none);
    return -(error ? error : posix_spawnattr_setflags(attributes, flags));
}

static int start_program(struct spawned *spawned,
                         const struct subprocess_options *options,
                         const struct child_ends *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = -posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = -posix_spawnattr_init(&attributes);
    if (!error) {
        error = plan_streams(&actions, options, child);
        if (!error)
            error = plan_signals(&attributes, options->new_session);
        /* The type is POSIX's; it does not change the strings. */
        char *const *argv = (char *const *)(uintptr_t)options->argv;
        if (!error)
            error = -posix_spawnp(&spawned->pid, argv[0], &actions, &attributes,
                                  argv, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* It is our child, so no other process can get its pid before we wait for it.
 * But if SIGCHLD is ignored and it has ended already, this fails with ESRCH. */
static int open_pidfd(struct spawned *spawned)
{
    REQUIRE(spawned->pid > 0, "spawn: the pid of one child, never 0 or less");
    spawned->pidfd = pidfd_open(spawned->pid, 0);
    if (spawned->pidfd >= 0 || errno == ESRCH)
        return 0;
    int error = -errno; /* no descriptor left: there is no way to watch it */
    kill(spawned->pid, SIGKILL);
    while (waitpid(spawned->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    return error;
}

int spawn(struct spawned *spawned, const struct subprocess_options *options)
{
    struct child_ends child;
    spawned->pidfd = -1;
    int error = open_streams(options, spawned, &child);
    if (!error)
        error = start_program(spawned, options, &child);
    if (!error)
        error = open_pidfd(spawned);
    close_all(child.ends);
    if (error)
        close_all(spawned->ends);
    return error;
}

/* ---- its end ---- */

int spawned_returncode(int pidfd, bool now)
{
    siginfo_t info = {0};
    int failed;
    do
        failed =
            waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | (now ? WNOHANG : 0));
    while (failed && errno == EINTR);
    if (failed)
        return SUBPROCESS_UNKNOWN;
    if (info.si_pid == 0)
        return SUBPROCESS_RUNNING;
    return info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
}
