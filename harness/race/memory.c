/* SPDX-License-Identifier: MIT */
#include "harness/race/memory.h"

#include "base/line.h"
#include "base/number.h"
#include "harness/race/system_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ssize_t read_proc(pid_t pid, const char *file, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    return system_file_read(path, text, size);
}

/* What a line "Name: 12 kB" says, in bytes. */
static int64_t kilobytes(const char *text, int64_t otherwise)
{
    uint64_t number;
    return number_read(text, INT64_MAX / 1024, &number) ? (int64_t)number * 1024
                                                        : otherwise;
}

int64_t memory_pss(pid_t pid)
{
    char text[2048];
    ssize_t count = read_proc(pid, "smaps_rollup", text, sizeof text);
    if (count < 0)
        return count;
    const char *found = strstr(text, "\nPss:");
    if (!found)
        return -ENOENT; /* it has ended: there is no memory to list */
    return kilobytes(found + 5, -EPROTO);
}

int64_t memory_available(void)
{
    static const char name[] = "\nMemAvailable:";
    char text[4096];
    if (system_file_read("/proc/meminfo", text, sizeof text) <= 0)
        return -1;
    const char *found = strstr(text, name);
    return found ? kilobytes(found + strlen(name), -1) : -1;
}

/* Does the process belong to that group, and how many threads does it have? Its
 * name, in brackets, may hold anything, so fields are counted from the last
 * bracket. */
static size_t threads_in_group(pid_t pid, pid_t group)
{
    enum { GROUP = 3, THREADS = 18 };
    char text[1024];
    int found = 0, threads = 0;

    if (read_proc(pid, "stat", text, sizeof text) < 0)
        return 0;
    const char *rest = strrchr(text, ')');
    bool is_known = rest && number_read_int(line_field(rest, GROUP), &found) &&
                    number_read_int(line_field(rest, THREADS), &threads);
    return is_known && found == group ? (size_t)threads : 0;
}

static size_t descriptors_of(pid_t pid)
{
    char path[64];
    size_t count = 0;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *folder = opendir(path);
    if (!folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static void raise_to(size_t *peak, size_t value)
{
    if (value > *peak)
        *peak = value;
}

void memory_sample(struct memory_peak *peak, pid_t group)
{
    struct memory_peak now = {0};
    DIR *proc = opendir("/proc");
    if (!proc)
        return;

    for (struct dirent *entry; (entry = readdir(proc));) {
        pid_t pid = 0;
        bool is_process = number_read_int(entry->d_name, &pid) && pid > 0;
        size_t threads = is_process ? threads_in_group(pid, group) : 0;
        int64_t bytes = threads ? memory_pss(pid) : -1;
        if (bytes < 0)
            continue;
        now.pss_bytes += (uint64_t)bytes;
        now.processes++;
        now.threads += threads;
        now.descriptors += descriptors_of(pid);
    }
    closedir(proc);
    if (!now.processes)
        return;
    if (now.pss_bytes > peak->pss_bytes)
        peak->pss_bytes = now.pss_bytes;
    raise_to(&peak->processes, now.processes);
    raise_to(&peak->threads, now.threads);
    raise_to(&peak->descriptors, now.descriptors);
    peak->samples++;
}
