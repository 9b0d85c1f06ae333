/* SPDX-License-Identifier: MIT */
#include "harness/timeline/recording.h"

#include "callbacks/handle_name.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A loop notes some 20 events for a page, with all its pages in one ring. A
 * thread or a process for each page has a ring for each. */
enum {
    EVENTS_PER_PAGE = 32,
    EVENTS_LEAST = 2048,
    EVENTS_MOST = 65536,
    RINGS_BESIDE = 64,
    RINGS_MOST = 4096,
};

/* Memory is taken only for pages that are written to. */
static const size_t bytes_most = (size_t)1 << 30;

static size_t head_bytes(void)
{
    size_t line = 64;
    return (sizeof(struct recording) + line - 1) / line * line;
}

struct probe_record *recording_probes(struct recording *recording)
{
    char *bytes = (char *)recording;
    return (struct probe_record *)(void *)(bytes + head_bytes());
}

static size_t bytes_for(uint32_t ring_count, uint32_t ring_size)
{
    return head_bytes() + probe_record_bytes(ring_count, ring_size);
}

static void *map_recording(int fd, size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

int recording_new(struct recording **recording, int *fd, size_t requests)
{
    uint32_t size = EVENTS_LEAST;
    while (size < EVENTS_MOST && size < requests * EVENTS_PER_PAGE)
        size *= 2;
    uint32_t count = RINGS_MOST;
    if (requests < RINGS_MOST - RINGS_BESIDE)
        count = (uint32_t)requests + RINGS_BESIDE;
    while (bytes_for(count, size) > bytes_most && size > EVENTS_LEAST)
        size /= 2;
    size_t bytes = bytes_for(count, size);
    *fd = memfd_create("timeline", 0);
    if (*fd < 0)
        return -errno;
    struct recording *made = NULL;
    if (ftruncate(*fd, (off_t)bytes) || !(made = map_recording(*fd, bytes))) {
        int error = -errno;
        close(*fd);
        return error;
    }
    made->bytes = bytes;
    made->ring_count = count;
    made->ring_size = size;
    *recording = made;
    return 0;
}

void recording_free(struct recording *recording)
{
    if (recording)
        munmap(recording, recording->bytes);
}

/* ---- in the contestant ---- */

int recording_open(struct recording **recording, int fd)
{
    struct stat stat;
    if (fstat(fd, &stat))
        return -errno;
    *recording = map_recording(fd, (size_t)stat.st_size);
    if (!*recording)
        return -errno;
    close(fd);
    return 0;
}

void recording_begin(struct recording *recording)
{
    probes_begin(recording_probes(recording), recording->ring_count,
                 recording->ring_size);
}

void recording_trace(void *context, const struct call *call, enum mark mark,
                     nanos when)
{
    (void)context;
    (void)when; /* a loop's time is not read while it works on many pages */
    bool resolved = call->request->address.size > 0;
    if (resolved && mark == MARK_RESOLVED)
        return;
    unsigned value =
        resolved && mark == MARK_START ? RECORDED_START_RESOLVED : mark;
    probe(PROBE_MARK, value, call->index, (uintptr_t)call);
}

static void note_name(struct recording *recording, uint64_t function)
{
    if (recording->name_count == RECORDING_NAMES_MAX ||
        recording_name_of(recording, function))
        return;
    const struct handle_name *known =
        handle_name_of((void (*)(struct handle *))(uintptr_t)function);
    if (!known)
        return;
    struct recording_name *name = &recording->names[recording->name_count++];
    name->function = function;
    snprintf(name->text, sizeof name->text, "%s", known->function);
    snprintf(name->meaning, sizeof name->meaning, "%s", known->name);
}

/* Functions have the same addresses in other processes, because those were
 * forked. */
void recording_end(struct recording *recording)
{
    if (!recording)
        return;
    probes_end();
    const struct probe_record *record = recording_probes(recording);
    for (uint32_t i = 0; i < probe_record_rings(record); i++) {
        const struct probe_ring *ring = probe_record_ring(record, i);
        size_t kept = probe_ring_kept(record, ring);
        for (size_t j = 0; j < kept; j++) {
            const struct probe_event *event = probe_ring_event(record, ring, j);
            if (event->kind == PROBE_RUN_BEGINS)
                note_name(recording, event->what);
        }
    }
}

const struct recording_name *
recording_name_of(const struct recording *recording, uint64_t function)
{
    for (uint32_t i = 0; i < recording->name_count; i++)
        if (recording->names[i].function == function)
            return &recording->names[i];
    return NULL;
}
