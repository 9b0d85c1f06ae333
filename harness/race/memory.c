/* SPDX-License-Identifier: MIT */
#include "harness/race/memory.h"

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

int64_t memory_pss(pid_t pid)
{
    char text[2048];
    ssize_t count = read_proc(pid, "smaps_rollup", text, sizeof text);
    if (count < 0)
        return count;
    const char *found = strstr(text, "\nPss:");
    if (!found)
        return -ENOENT; /* it has ended: there is no memory to list */
    return strtoll(found + 5, NULL, 10) * 1024;
}

int64_t memory_available(void)
{
    static const char name[] = "\nMemAvailable:";
    char text[4096];
    if (system_file_read("/proc/meminfo", text, sizeof text) <= 0)
        return -1;
    const char *found = strstr(text, name);
    return found ? strtoll(found + strlen(name), NULL, 10) * 1024 : -1;
}

/* Does the process belong to that group, and how many threads does it have? Its
 * name, in brackets, may hold anything, so fields are counted from the last
 * bracket: state, parent, group, and the number of threads fifteen fields
 * further on. */
static size_t threads_in_group(pid_t pid, pid_t group)
{
    char text[1024];
    int found = 0;
    long threads = 0;

    if (read_proc(pid, "stat", text, sizeof text) < 0)
        return 0;
    const char *rest = strrchr(text, ')');
    if (!rest)
        return 0;
    int fields = sscanf(rest + 1,
                        " %*c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u "
                        "%*u %*d %*d %*d %*d %ld",
                        &found, &threads);
    return fields == 2 && found == group && threads > 0 ? (size_t)threads : 0;
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
        pid_t pid = (pid_t)atoi(entry->d_name);
        size_t threads = pid > 0 ? threads_in_group(pid, group) : 0;
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
