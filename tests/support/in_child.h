/* SPDX-License-Identifier: MIT */
/* For what would change the whole test program, such as limits, signals, mounts
 * or a crash: it is done in a child. */
#ifndef TESTS_SUPPORT_IN_CHILD_H
#define TESTS_SUPPORT_IN_CHILD_H

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs the function in a child. Returns what the function returns, or minus the
 * signal that killed the child. */
template <typename Function> int in_child(Function function)
{
    int status = 0;
    fflush(nullptr); /* or it would be printed twice */
    pid_t pid = fork();
    if (pid == 0) {
        int code = function();
        fflush(nullptr);
        _exit(code);
    }
    if (pid < 0)
        return -1000;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* In the child: becomes root of a user namespace that only it has. False where
 * the machine does not allow that. */
inline bool own_users()
{
    std::string map = "0 " + std::to_string(geteuid()) + " 1";
    if (unshare(CLONE_NEWUSER))
        return false;
    int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
    bool mapped = write(fd, map.data(), map.size()) > 0;
    close(fd);
    return mapped;
}

/* In the child: a view of the file systems that only it has. Without root, as
 * root of a user namespace. False where the machine does not allow that. */
inline bool own_file_systems()
{
    return (geteuid() == 0 || own_users()) && !unshare(CLONE_NEWNS) &&
           !mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
}

/* In the child: a disk of that many bytes ("64k") at the folder. */
inline bool small_disk(const std::string &folder, const std::string &size)
{
    return own_file_systems() &&
           !mount("none", folder.c_str(), "tmpfs", 0, ("size=" + size).c_str());
}

/* What a child returns if the machine does not allow what the test needs. */
enum { NOT_ALLOWED = 77 };

#endif
