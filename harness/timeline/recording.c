/* SPDX-License-Identifier: MIT */
#include "harness/timeline/recording.h"

#include "base/clock.h"
#include "callbacks/handle_name.h"

#include <errno.h>
#include <fcntl.h>
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
    return (sizeof(struct recording_memory) + line - 1) / line * line;
}

struct probe_record *recording_probes(const struct recording *recording)
{
    char *bytes = (char *)recording->memory;
    return (struct probe_record *)(void *)(bytes + head_bytes());
}

static size_t bytes_for(uint32_t ring_count, uint32_t ring_size)
{
    return head_bytes() + probe_record_bytes(ring_count, ring_size);
}

static struct recording_layout layout_for(size_t requests)
{
    uint32_t size = EVENTS_LEAST;
    while (size < EVENTS_MOST && size < requests * EVENTS_PER_PAGE)
        size *= 2;
    uint32_t count = RINGS_MOST;
    if (requests < RINGS_MOST - RINGS_BESIDE)
        count = (uint32_t)requests + RINGS_BESIDE;
    while (bytes_for(count, size) > bytes_most && size > EVENTS_LEAST)
        size /= 2;
    return (struct recording_layout){bytes_for(count, size), count, size};
}

static void *map_recording(int fd, size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* The size is sealed: what a contestant cut off would end its reader. */
static struct recording_memory *make_memory(int fd, size_t bytes)
{
    bool made = !ftruncate(fd, (off_t)bytes) &&
                !fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL);
    return made ? map_recording(fd, bytes) : NULL;
}

int recording_init(struct recording *recording, int *fd, size_t requests)
{
    struct recording_layout layout = layout_for(requests);
    *recording = (struct recording){.layout = layout, .made = monotonic_now()};
    *fd = memfd_create("timeline", MFD_ALLOW_SEALING);
    if (*fd < 0)
        return -errno;
    recording->memory = make_memory(*fd, layout.bytes);
    if (!recording->memory) {
        int error = -errno;
        close(*fd);
        return error;
    }
    recording->memory->layout = layout;
    return 0;
}

void recording_deinit(struct recording *recording)
{
    if (recording->memory)
        munmap(recording->memory, recording->layout.bytes);
    recording->memory = NULL;
}

/* ---- in the contestant ---- */

int recording_open(struct recording *recording, int fd)
{
    struct stat stat;
    if (fstat(fd, &stat))
        return -errno;
    size_t bytes = (size_t)stat.st_size;
    if (bytes < head_bytes())
        return -EINVAL;
    recording->memory = map_recording(fd, bytes);
    if (!recording->memory)
        return -errno;
    recording->layout = recording->memory->layout;
    close(fd);
    return 0;
}

void recording_begin(const struct recording *recording)
{
    probes_begin(recording_probes(recording), recording->layout.ring_count,
                 recording->layout.ring_size);
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

static void note_name(const struct recording *recording, uint64_t function)
{
    struct recording_memory *memory = recording->memory;
    if (memory->name_count == RECORDING_NAMES_MAX ||
        recording_name_of(recording, function))
        return;
    const struct handle_name *known =
        handle_name_of((void (*)(struct handle *))(uintptr_t)function);
    if (!known)
        return;
    struct recording_name *name = &memory->names[memory->name_count++];
    name->function = function;
    snprintf(name->text, sizeof name->text, "%s", known->function);
    snprintf(name->meaning, sizeof name->meaning, "%s", known->name);
}

/* Functions have the same addresses in other processes, because those were
 * forked. */
void recording_end(const struct recording *recording)
{
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

/* ---- for the reader ---- */

static void make_printable(char text[RECORDING_NAME_MAX])
{
    text[RECORDING_NAME_MAX - 1] = '\0';
    for (char *c = text; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

void recording_close(const struct recording *recording)
{
    struct recording_memory *memory = recording->memory;
    const struct recording_layout *layout = &recording->layout;
    if (memory->name_count > RECORDING_NAMES_MAX)
        memory->name_count = RECORDING_NAMES_MAX;
    for (uint32_t i = 0; i < memory->name_count; i++) {
        make_printable(memory->names[i].text);
        make_printable(memory->names[i].meaning);
    }
    probe_record_close(recording_probes(recording), layout->ring_count,
                       layout->ring_size, recording->made);
}

const struct recording_name *
recording_name_of(const struct recording *recording, uint64_t function)
{
    const struct recording_memory *memory = recording->memory;
    for (uint32_t i = 0; i < memory->name_count; i++)
        if (memory->names[i].function == function)
            return &memory->names[i];
    return NULL;
}
