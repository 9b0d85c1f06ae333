/* SPDX-License-Identifier: MIT */
/* A thread as the kernel shows it: its state, and the name of the system call
 * in which it waits. */
#include "harness/ps/target.h"

#include "base/line.h"
#include "base/number.h"
#include "harness/system_call.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static bool read_line(struct target *target, pid_t thread, const char *what,
                      char line[512])
{
    snprintf(line, 512, "/proc/%d/task/%d/%s", (int)target->pid, (int)thread,
             what);
    FILE *file = target_file(target, line);
    if (!file)
        return false;
    bool got = fgets(line, 512, file) != NULL;
    fclose(file);
    return got;
}

static void read_call(struct target *target, pid_t thread,
                      struct thread_state *state)
{
    enum { STACK = 7 }; /* behind the call and its six arguments */
    uint64_t fields[STACK + 1];
    char line[512];
    if (!read_line(target, thread, "syscall", line) ||
        !number_read(line, INT_MAX, &fields[0]))
        return;
    state->call = (long)fields[0];
    for (unsigned i = 1; i <= STACK; i++)
        if (!number_read_hex(line_field(line, i), &fields[i]))
            return;
    for (int i = 0; i < 3; i++)
        state->arguments[i] = fields[i + 1];
    state->stack = fields[STACK];
}

/* The main thread's name is that of the program. */
static void read_name(struct target *target, pid_t thread,
                      struct thread_state *state)
{
    char mine[512], main_one[512];
    if (!read_line(target, thread, "comm", mine) ||
        !read_line(target, target->pid, "comm", main_one) ||
        !strcmp(mine, main_one))
        return;
    snprintf(state->name, sizeof state->name, "%.*s", (int)strcspn(mine, "\n"),
             mine);
    target_harmless(state->name);
}

struct thread_state target_thread(struct target *target, pid_t thread)
{
    struct thread_state state = {.call = -1};
    char line[512];
    if (!read_line(target, thread, "stat", line))
        return state;
    const char *behind_name = strrchr(line, ')');
    if (behind_name)
        state.letter = *line_field(behind_name, 1);
    read_call(target, thread, &state);
    read_name(target, thread, &state);
    return state;
}

void target_each_thread(struct target *target, thread_use *use, void *context)
{
    char path[32];
    const struct dirent *one;
    snprintf(path, sizeof path, "/proc/%d/task", (int)target->pid);
    DIR *all = target_folder(target, path);
    while (all && (one = readdir(all))) {
        pid_t thread = 0;
        if (number_read_int(one->d_name, &thread) && thread > 0)
            use(context, thread);
    }
    if (all)
        closedir(all);
}

static const struct {
    long call;
    const char *name;
    enum call_kind kind;
} calls[] = {
    {SYS_read, "read", CALL_READS},
    {SYS_write, "write", CALL_WRITES},
    {SYS_ppoll, "ppoll", CALL_POLLS},
    {SYS_pselect6, "pselect", CALL_SELECTS},
    {SYS_epoll_pwait, "epoll_wait", CALL_EPOLLS},
    {SYS_nanosleep, "nanosleep", CALL_OTHER},
    {SYS_clock_nanosleep, "clock_nanosleep", CALL_OTHER},
    {SYS_futex, "futex", CALL_THREADS},
    {SYS_wait4, "wait4", CALL_OTHER},
    {SYS_waitid, "waitid", CALL_OTHER},
    {SYS_connect, "connect", CALL_WRITES},
    {SYS_accept, "accept", CALL_READS},
    {SYS_accept4, "accept4", CALL_READS},
    {SYS_recvfrom, "recvfrom", CALL_READS},
    {SYS_recvmsg, "recvmsg", CALL_READS},
    {SYS_sendto, "sendto", CALL_WRITES},
    {SYS_fsync, "fsync", CALL_OTHER},
#ifdef SYS_io_uring_enter
    {SYS_io_uring_enter, "io_uring_enter", CALL_READS},
#endif
#ifdef SYS_epoll_wait
    {SYS_epoll_wait, "epoll_wait", CALL_EPOLLS},
    {SYS_poll, "poll", CALL_POLLS},
    {SYS_select, "select", CALL_SELECTS},
    {SYS_pause, "pause", CALL_OTHER},
#endif
};

enum { CALLS = sizeof calls / sizeof *calls };

enum call_kind system_call_kind(long call)
{
    for (size_t i = 0; i < CALLS; i++)
        if (calls[i].call == call)
            return calls[i].kind;
    return CALL_OTHER;
}

const char *system_call_name(long call, char text[32])
{
    const char *word = system_call_word(call);
    if (word)
        snprintf(text, 32, "%s", word);
    else
        snprintf(text, 32, "system call %ld", call);
    for (size_t i = 0; i < CALLS; i++)
        if (calls[i].call == call)
            snprintf(text, 32, "%s", calls[i].name);
    return text;
}
