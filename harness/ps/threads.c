/* SPDX-License-Identifier: MIT */
/* What the kernel says of a thread: its state, and the system call in which it
 * waits, by name. */
#include "harness/ps/target.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static bool read_line(const struct target *target, pid_t thread,
                      const char *what, char line[512])
{
    snprintf(line, 512, "/proc/%d/task/%d/%s", (int)target->pid, (int)thread,
             what);
    FILE *file = fopen(line, "re");
    if (!file)
        return false;
    bool got = fgets(line, 512, file) != NULL;
    fclose(file);
    return got;
}

struct thread_state target_thread(const struct target *target, pid_t thread)
{
    struct thread_state state = {.call = -1};
    char line[512];
    if (!read_line(target, thread, "stat", line))
        return state;
    const char *behind_name = strrchr(line, ')');
    if (behind_name && sscanf(behind_name, ") %c", &state.letter) != 1)
        return state;
    if (read_line(target, thread, "syscall", line) && *line >= '0' &&
        *line <= '9')
        state.call = strtol(line, NULL, 10);
    return state;
}

static const struct {
    long call;
    const char *name;
} calls[] = {
    {SYS_read, "read"},
    {SYS_write, "write"},
    {SYS_ppoll, "ppoll"},
    {SYS_pselect6, "pselect"},
    {SYS_epoll_pwait, "epoll_wait"},
    {SYS_nanosleep, "nanosleep"},
    {SYS_clock_nanosleep, "clock_nanosleep"},
    {SYS_futex, "futex"},
    {SYS_wait4, "wait4"},
    {SYS_waitid, "waitid"},
    {SYS_connect, "connect"},
    {SYS_accept, "accept"},
    {SYS_accept4, "accept4"},
    {SYS_recvfrom, "recvfrom"},
    {SYS_recvmsg, "recvmsg"},
    {SYS_sendto, "sendto"},
    {SYS_fsync, "fsync"},
#ifdef SYS_epoll_wait
    {SYS_epoll_wait, "epoll_wait"},
    {SYS_poll, "poll"},
    {SYS_select, "select"},
    {SYS_pause, "pause"},
#endif
};

const char *system_call_name(long call, char text[32])
{
    snprintf(text, 32, "system call %ld", call);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].call == call)
            snprintf(text, 32, "%s", calls[i].name);
    return text;
}
