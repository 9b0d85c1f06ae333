/* SPDX-License-Identifier: MIT */
#include "harness/race/simultaneous.h"

#include "base/line.h"
#include "base/number.h"
#include "harness/race/memory.h"
#include "harness/race/ports.h"
#include "harness/race/system_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

const char simultaneous_models[] = "epoll,callbacks,deferreds,generators,tasks";

const char *simultaneous_refuses(const struct plan *plan,
                                 const struct plan_options *options)
{
    if (plan->self_test || plan->ledger || plan->quick)
        return "it is a race by itself, without --quick, --ledger, --self-test";
    if (plan->url)
        return "only the lab's own server can do that, so without --url";
    if (options->rate || options->ramp || options->burst)
        return "all pages are asked for at once, so without --rate";
    if (options->requests || options->delay_given)
        return "each connection asks for one page, which waits until all have "
               "been asked for, so without --requests and --delay";
    if (options->work || options->keep_alive)
        return "there is one page for a connection, without --work and "
               "--keep-alive";
    return options->pin ? "they use all processors, so without --pin" : NULL;
}

/* ---- which models can ---- */

static const char *task_of(const struct model *model)
{
    return !strcmp(model->family, "threads")     ? "thread"
           : !strcmp(model->family, "processes") ? "process"
                                                 : NULL;
}

/* The first number in a file of the kernel, or a default. */
static size_t number_of(const char *path, size_t otherwise)
{
    char text[128];
    uint64_t number = otherwise;
    if (system_file_read(path, text, sizeof text) > 0)
        number_read(text, SIZE_MAX, &number);
    return number;
}

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The limit for threads and processes together: the system counts both
 * alike. */
static size_t tasks_allowed(void)
{
    /* Reserved for other programs. */
    static const size_t others = 1000;
    struct rlimit own = {RLIM_INFINITY, RLIM_INFINITY};
    size_t most = number_of("/proc/sys/kernel/threads-max", SIZE_MAX);

    most = lesser(most, number_of("/proc/sys/kernel/pid_max", SIZE_MAX));
    getrlimit(RLIMIT_NPROC, &own);
    most = lesser(most, (size_t)own.rlim_cur);
    return most > others ? most - others : 0;
}

const char *simultaneous_refuses_model(const struct model *model,
                                       size_t connections, char *why,
                                       size_t size)
{
    const char *task = task_of(model);
    size_t allowed = task ? tasks_allowed() : 0;

    if (!(model->can & CAN_OVERLAP))
        return "it has one connection at a time";
    if (!task || connections <= allowed)
        return NULL;
    snprintf(why, size,
             "it needs a %s for each of %zu connections, and this machine "
             "allows %zu (kernel.pid_max, kernel.threads-max, ulimit -u)",
             task, connections, allowed);
    return why;
}

/* ---- is there room? ---- */

/* Memory for both ends of a connection, most of it in the kernel: twice what
 * was measured. A thread also has its stacks, and a process its tables. */
enum {
    CONNECTION_BYTES = 16 * 1024,
    TLS_BYTES = 128 * 1024,
    THREAD_BYTES = 64 * 1024,
    PROCESS_BYTES = 512 * 1024,
};

static size_t bytes_for(const struct contestant *contestant)
{
    const char *task = task_of(contestant->model);
    if (!task)
        return CONNECTION_BYTES;
    return CONNECTION_BYTES +
           (strcmp(task, "thread") == 0 ? THREAD_BYTES : PROCESS_BYTES);
}

static bool has_memory(const struct plan *plan, size_t level, char *why,
                       size_t size)
{
    const char *hungriest = "";
    size_t most = 0;
    int64_t there = memory_available();
    size_t tls = plan->tls ? TLS_BYTES : 0;

    for (size_t i = 0; i < plan->contestant_count; i++) {
        size_t bytes = bytes_for(&plan->contestants[i]) + tls;
        if (bytes > most)
            hungriest = plan->contestants[i].name;
        most = bytes > most ? bytes : most;
    }
    if (there < 0 || level * most <= (size_t)there)
        return true;
    snprintf(why, size,
             "%zu connections of %s need about %zu MiB of memory, and %lld MiB "
             "are free: ask for fewer, or close other programs",
             level, hungriest, level * most >> 20, (long long)(there >> 20));
    return false;
}

static bool has_files(size_t level, char *why, size_t size)
{
    size_t open = number_of("/proc/sys/fs/file-nr", 0);
    size_t most = number_of("/proc/sys/fs/file-max", SIZE_MAX);

    if (most < open || 2 * level > most - open) {
        snprintf(why, size,
                 "%zu connections are %zu open files, and this machine allows "
                 "%zu: ask for fewer, or raise fs.file-max",
                 level, 2 * level, most);
        return false;
    }
    return true;
}

/* Ports, counted over every address of every origin. */
static bool has_ports(const struct plan *plan, size_t level, char *why,
                      size_t size)
{
    char text[64];
    uint64_t from = 32768, to = 60999;
    size_t share = (level + plan->processes - 1) / plan->processes;

    if (system_file_read("/proc/sys/net/ipv4/ip_local_port_range", text,
                         sizeof text) > 0) {
        number_read(text, UINT16_MAX, &from);
        number_read(line_field(text, 1), UINT16_MAX, &to);
    }
    size_t ports = to > from ? to - from + 1 : 1;
    if (ports >= lesser(share, PORTS_PER_ADDRESS))
        return true;
    snprintf(why, size,
             "clients have %zu ports here, too few for %zu connections a "
             "process: take more --processes, or raise "
             "net.ipv4.ip_local_port_range",
             ports, share);
    return false;
}

/* A firewall that tracks connections has room for a limited number of them. */
static bool has_tracking(size_t level, char *why, size_t size)
{
    size_t now = number_of("/proc/sys/net/netfilter/nf_conntrack_count", 0);
    size_t most =
        number_of("/proc/sys/net/netfilter/nf_conntrack_max", SIZE_MAX);

    if (now == 0 || now + level <= most)
        return true;
    snprintf(why, size,
             "the firewall follows %zu connections, and %zu more would be "
             "above its %zu: wait, ask for fewer, or raise "
             "net.netfilter.nf_conntrack_max",
             now, level, most);
    return false;
}

bool simultaneous_has_room(const struct plan *plan, char *why, size_t size)
{
    size_t level = plan_highest_level(plan);
    return has_files(level, why, size) && has_ports(plan, level, why, size) &&
           has_tracking(level, why, size) && has_memory(plan, level, why, size);
}
