/* SPDX-License-Identifier: MIT */
/* Preloaded into a program, this sees the system calls by which it writes, and
 * does something at each that happens there by accident:
 *
 *     CALLS_LOG=FILE        appends the names of those about regular files
 *     CALLS_KILL=NAME       ends it by SIGKILL where that one is about to be
 * made CALLS_SIGNAL=N,N...   sends it these signals before each write
 */
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

static void log_call(const char *name)
{
    const char *path = getenv("CALLS_LOG");
    int fd =
        path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return;
    (void)!syscall(SYS_write, fd, name, strlen(name));
    (void)!syscall(SYS_write, fd, "\n", (size_t)1);
    close(fd);
}

static void comes(const char *name)
{
    const char *last = getenv("CALLS_KILL");
    log_call(name);
    if (last && !strcmp(last, name))
        kill(getpid(), SIGKILL);
}

static void signal_all(void)
{
    for (const char *at = getenv("CALLS_SIGNAL"); at && *at;) {
        char *end;
        kill(getpid(), (int)strtol(at, &end, 10));
        at = *end ? end + 1 : end;
    }
}

static bool is_file(int fd)
{
    struct stat status;
    return !fstat(fd, &status) && S_ISREG(status.st_mode);
}

ssize_t write(int fd, const void *data, size_t size)
{
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
