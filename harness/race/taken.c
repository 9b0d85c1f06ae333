/* SPDX-License-Identifier: MIT */
#include "harness/race/taken.h"

#include "base/clock.h"
#include "base/line.h"
#include "base/number.h"
#include "base/processors.h"
#include "harness/race/system_file.h"
#include "harness/spin.h"

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PATH_SIZE = 512, STAT_SIZE = 64 * 1024 };

/* ---- the processors ---- */

struct members {
    bool has[CPU_SETSIZE];
};

static bool is_member(const void *context, int processor)
{
    const struct members *members = context;
    return processor >= 0 && processor < CPU_SETSIZE && members->has[processor];
}

static void members_init(struct members *members, bool pinned)
{
    size_t count = pinned ? 2 : processors_allowed();
    *members = (struct members){0};
    for (size_t i = 0; i < count; i++) {
        int processor = processors_from_last(i);
        if (processor >= 0 && processor < CPU_SETSIZE)
            members->has[processor] = true;
    }
}

/* cpuN user nice system idle iowait irq softirq steal guest guest_nice */
static void add_line(struct moment *moment, const char *line,
                     bool (*counts)(const void *context, int processor),
                     const void *context)
{
    static const double ticks = 100; /* per second: USER_HZ, whatever HZ is */
    enum { IDLE = 4, IOWAIT = 5, STEAL = 8 };
    int processor;
    uint64_t idle, waiting, stolen;

    if (!number_read_int(line + strlen("cpu"), &processor) ||
        !number_read(line_field(line, IDLE), UINT64_MAX, &idle) ||
        !number_read(line_field(line, IOWAIT), UINT64_MAX, &waiting) ||
        !number_read(line_field(line, STEAL), UINT64_MAX, &stolen) ||
        !counts(context, processor))
        return;
    moment->processors++;
    moment->idle_s += ((double)idle + (double)waiting) / ticks;
    moment->steal_s += (double)stolen / ticks;
}

void moment_add_stat(struct moment *moment, const char *text,
                     bool (*counts)(const void *context, int processor),
                     const void *context)
{
    moment->interrupts = -1;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        uint64_t interrupts;
        if (!strncmp(line, "intr ", 5) &&
            number_read(line + 5, UINT64_MAX, &interrupts))
            moment->interrupts = (double)interrupts;
        if (!strncmp(line, "cpu", 3) && line[3] != ' ')
            add_line(moment, line, counts, context);
    }
}

static void read_stat(struct moment *moment, bool pinned)
{
    struct members members;
    char *text = malloc(STAT_SIZE);

    members_init(&members, pinned);
    if (text && system_file_read("/proc/stat", text, STAT_SIZE) > 0)
        moment_add_stat(moment, text, is_member, &members);
    free(text);
}

/* ---- the quota ---- */

/* In a container with a namespace of its own, the group is the root of the
 * hierarchy. Without a quota, or such a file, nothing is refused. */
static double throttled(void)
{
    char text[4096], path[PATH_SIZE];

    if (system_file_read("/proc/self/cgroup", text, sizeof text) <= 0)
        return 0;
    const char *group = strstr(text, "0::");
    if (!group)
        return 0;
    group += 3;
    snprintf(path, sizeof path, "/sys/fs/cgroup%.*s/cpu.stat",
             (int)strcspn(group, "\n"), group);
    if (system_file_read(path, text, sizeof text) <= 0)
        return 0;
    const char *found = strstr(text, "throttled_usec ");
    uint64_t micros = 0;
    if (found)
        number_read(found + strlen("throttled_usec "), UINT64_MAX, &micros);
    return (double)micros / 1e6;
}

/* ---- what is ours ---- */

static double cpu_of(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return nanos_as_seconds(nanos_from_timeval(usage.ru_utime) +
                            nanos_from_timeval(usage.ru_stime));
}

/* The CPU of the origin, which is one thread: in nanoseconds if the kernel
 * keeps such statistics, else in ticks. */
static double cpu_of_process(pid_t pid)
{
    enum { USER = 12, SYSTEM = 13 }; /* fields, from the end of the name on */
    char path[64], text[1024];
    uint64_t user, system;

    snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    if (system_file_read(path, text, sizeof text) > 0 &&
        number_read(text, UINT64_MAX, &user))
        return (double)user / 1e9;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    const char *end = system_file_read(path, text, sizeof text) > 0
                          ? strrchr(text, ')')
                          : NULL;
    if (!end || !number_read(line_field(end, USER), UINT64_MAX, &user) ||
        !number_read(line_field(end, SYSTEM), UINT64_MAX, &system))
        return 0;
    return ((double)user + (double)system) / (double)sysconf(_SC_CLK_TCK);
}

/* About a millisecond of arithmetic that no compiler can shorten. It is
 * measured in CPU of this thread, so preemption does not make it slower. */
static double time_a_step(void)
{
    enum { STEPS = 300000 };
    uint64_t word = 88172645463325252;

    nanos began = spin_cpu();
    for (int i = 0; i < STEPS; i++) {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
    }
    nanos took = spin_cpu() - began;
    /* Never 0, but the compiler does not know that. */
    return word ? (double)took / (double)STEPS : 0;
}

void moment_read(struct moment *moment, bool pinned, pid_t origin)
{
    double step_ns = time_a_step();
    *moment = (struct moment){.when_s = nanos_as_seconds(monotonic_now()),
                              .step_ns = step_ns,
                              .interrupts = -1};
    read_stat(moment, pinned);
    moment->throttled_s = throttled();
    moment->ours_s =
        cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN) + cpu_of_process(origin);
}

void moment_add_child(struct moment *moment, pid_t child)
{
    moment->ours_s += cpu_of_process(child);
}

/* ---- the difference ---- */

static double at_least_nothing(double value)
{
    return value > 0 ? value : 0;
}

struct taken taken_between(const struct moment *before,
                           const struct moment *after)
{
    double idle = after->idle_s - before->idle_s;
    struct taken taken = {
        .capacity_s =
            (after->when_s - before->when_s) * (double)after->processors,
        .steal_s = at_least_nothing(after->steal_s - before->steal_s),
        .throttled_s =
            at_least_nothing(after->throttled_s - before->throttled_s),
        .step_ns = (before->step_ns + after->step_ns) / 2,
        .interrupts = before->interrupts < 0 || after->interrupts < 0
                          ? -1
                          : after->interrupts - before->interrupts,
    };
    taken.other_s = at_least_nothing(taken.capacity_s - idle - taken.steal_s -
                                     (after->ours_s - before->ours_s));
    return taken;
}

static bool is_much(double part, double capacity, double share)
{
    static const double least = 0.05;
    return part > least && part > share * capacity;
}

bool taken_explain(const struct taken *taken, double best_step_ns, char *text,
                   size_t size)
{
    static const double slow = 0.75;
    double capacity = taken->capacity_s;

    text[0] = '\0';
    if (is_much(taken->steal_s, capacity, 0.02))
        snprintf(text, size, "the host took %.0f %% of the processors away",
                 100 * taken->steal_s / capacity);
    else if (is_much(taken->throttled_s, capacity, 0.02))
        snprintf(text, size, "a quota held it back for %.2f s",
                 taken->throttled_s);
    else if (is_much(taken->other_s, capacity, 0.05))
        snprintf(text, size, "other programs took %.0f %% of the processors",
                 100 * taken->other_s / capacity);
    else if (best_step_ns > 0 && best_step_ns < slow * taken->step_ns)
        snprintf(text, size, "the processor was at %.0f %% of its speed",
                 100 * best_step_ns / taken->step_ns);
    return text[0] != '\0';
}

/* ---- the frequency ---- */

static double mhz_from_cpufreq(void)
{
    double sum = 0;
    size_t count = processors_allowed();

    for (size_t i = 0; i < count; i++) {
        char path[PATH_SIZE], text[64];
        snprintf(path, sizeof path,
                 "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq",
                 processors_from_last(i));
        if (system_file_read(path, text, sizeof text) <= 0)
            return -1;
        uint64_t khz;
        if (!number_read(text, UINT64_MAX, &khz))
            return -1;
        sum += (double)khz / 1000;
    }
    return sum / (double)count;
}

static double mhz_from_cpuinfo(void)
{
    char line[256];
    double sum = 0;
    int count = 0;
    FILE *file = fopen("/proc/cpuinfo", "re");

    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, "cpu MHz", 7) && strchr(line, ':')) {
            sum += strtod(strchr(line, ':') + 1, NULL);
            count++;
        }
    if (file)
        fclose(file);
    return count ? sum / count : -1;
}

double machine_mhz(void)
{
    double mhz = mhz_from_cpufreq();
    return mhz > 0 ? mhz : mhz_from_cpuinfo();
}
