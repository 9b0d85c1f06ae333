/* SPDX-License-Identifier: MIT */
/* What the probes (base/probe.h) note of one run, in memory that another
 * process can read: the contestant writes it, and the program that started that
 * draws it, also when the contestant has crashed in the middle. */
#ifndef HARNESS_TIMELINE_RECORDING_H
#define HARNESS_TIMELINE_RECORDING_H

#include "base/probe.h"
#include "http/call.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { RECORDING_NAMES_MAX = 64, RECORDING_NAME_MAX = 48 };

/* The name of a callback, which is only an address to another process. */
struct recording_name {
    uint64_t function;
    char text[RECORDING_NAME_MAX];    /* "on_ready" */
    char meaning[RECORDING_NAME_MAX]; /* "a page"; or nothing */
};

struct recording {
    size_t bytes; /* of all of it */
    uint32_t ring_count, ring_size;
    uint32_t name_count;
    struct recording_name names[RECORDING_NAMES_MAX];
};

/* Room for a run of `requests` requests. The descriptor has no FD_CLOEXEC: a
 * contestant is told its number. 0 or a negative errno. */
int recording_new(struct recording **recording, int *fd, size_t requests);

/* Gives the memory back. NULL is harmless. */
void recording_free(struct recording *recording);

/* In the contestant: maps the recording behind the descriptor, and closes that.
 * 0 or a negative errno. */
int recording_open(struct recording **recording, int fd);

/* From now on this program records into it. */
void recording_begin(struct recording *recording);

/* Ends the recording, and notes the names of the callbacks. NULL is
 * harmless. */
void recording_end(struct recording *recording);

/* Recorded instead of MARK_START and MARK_RESOLVED if the URL has an address,
 * so that nothing is looked up. */
enum { RECORDED_START_RESOLVED = MARK_COUNT };

/* To be the trace of the calls (call_options). */
void recording_trace(void *context, const struct call *call, enum mark mark,
                     nanos when);

/* ---- for the reader, when the contestant is gone ---- */

struct probe_record *recording_probes(struct recording *recording);

/* NULL for a function that has no name. */
const struct recording_name *
recording_name_of(const struct recording *recording, uint64_t function);

#ifdef __cplusplus
}
#endif

#endif
