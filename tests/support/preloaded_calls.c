/* SPDX-License-Identifier: MIT */
/* Preloaded into a program, this sees the system calls by which it writes, and
 * does at each what may happen there by accident. Each variable asks for one of
 * these:
 *
 *   CALLS_LOG=FILE        the calls about regular files are appended to it
 *   CALLS_KILL=NAME       the first call of that name is not made: it is killed
 *   CALLS_SIGNAL=N,N...   these signals are sent to it before each write
 *   CALLS_SIGNALLED=FILE  and each process that goes on after the first ones
 *                         appends its number to FILE
 *   CALLS_BUSY=FILE       the first write to standard output is refused, as
 *                         where there is no room, and FILE says "busy"
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void append(const char *path, const char *name)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    (void)!syscall(SYS_write, fd, name, strlen(name));
    (void)!syscall(SYS_write, fd, "\n", (size_t)1);
    close(fd);
}

static void comes(const char *name)
{
    const char *path = getenv("CALLS_LOG"), *last = getenv("CALLS_KILL");
    if (path)
        append(path, name);
    if (last && !strcmp(last, name))
        kill(getpid(), SIGKILL);
}

/* A process that was forked says so for itself. */
static void say_signalled(void)
{
    static pid_t said;
    char number[24];
    const char *path = getenv("CALLS_SIGNALLED");
    if (!path || said == getpid())
        return;
    said = getpid();
    snprintf(number, sizeof number, "%d", (int)said);
    append(path, number);
}

static void signal_all(void)
{
    bool signalled = false;
    for (const char *at = getenv("CALLS_SIGNAL"); at && *at;) {
        char *end;
        signalled = !kill(getpid(), (int)strtol(at, &end, 10));
        at = *end ? end + 1 : end;
    }
    if (signalled)
        say_signalled();
}

static bool is_file(int fd)
{
    struct stat status;
    return !fstat(fd, &status) && S_ISREG(status.st_mode);
}

static bool is_refused(int fd)
{
    static bool was_refused;
    const char *path = getenv("CALLS_BUSY");
    if (!path || fd != STDOUT_FILENO || was_refused)
        return false;
    was_refused = true;
    append(path, "busy");
    return true;
}

ssize_t write(int fd, const void *data, size_t size)
{
    if (is_refused(fd)) {
        errno = EAGAIN;
        return -1;
    }
    if (is_file(fd))
        comes("write");
    signal_all();
    return syscall(SYS_write, fd, data, size);
}

int fsync(int fd)
{
    if (is_file(fd))
        comes("fsync");
    return (int)syscall(SYS_fsync, fd);
}

int linkat(int old_folder, const char *old, int folder, const char *name,
           int flags)
{
    comes("link");
    return (int)syscall(SYS_linkat, old_folder, old, folder, name, flags);
}

int renameat(int old_folder, const char *old, int folder, const char *name)
{
    comes("rename");
    return (int)syscall(SYS_renameat2, old_folder, old, folder, name, 0);
}

int rename(const char *old, const char *name)
{
    return renameat(AT_FDCWD, old, AT_FDCWD, name);
}
