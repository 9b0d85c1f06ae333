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

/* How large it is. */
struct recording_layout {
    size_t bytes; /* all of it */
    uint32_t ring_count, ring_size;
};

/* What is shared. The probe record follows. */
struct recording_memory {
    struct recording_layout layout;
    uint32_t name_count;
    struct recording_name names[RECORDING_NAMES_MAX];
};

/* All zero: there is none. The layout is the reader's own: what a contestant
 * writes over the one in the memory is not believed. */
struct recording {
    struct recording_memory *memory;
    struct recording_layout layout;
    nanos made; /* when; by the reader's clock */
};

/* Room for a run of `requests` requests. The descriptor has no FD_CLOEXEC: a
 * contestant is told its number. 0 or a negative errno. */
int recording_init(struct recording *recording, int *fd, size_t requests);

/* Gives the memory back. */
void recording_deinit(struct recording *recording);

/* In the contestant: maps the recording behind the descriptor, and closes that.
 * 0 or a negative errno: -EINVAL when what is open there is too small to be
 * one. */
int recording_open(struct recording *recording, int fd);

/* From now on this program records into it. */
void recording_begin(const struct recording *recording);

/* Ends the recording, and notes the names of the callbacks. */
void recording_end(const struct recording *recording);

/* Recorded instead of MARK_START and MARK_RESOLVED if the URL has an address,
 * so that nothing is looked up. */
enum { RECORDED_START_RESOLVED = MARK_COUNT };

/* To be the trace of the calls (call_options). */
void recording_trace(void *context, const struct call *call, enum mark mark,
                     nanos when);

struct probe_record *recording_probes(const struct recording *recording);

/* ---- for the reader, when the contestant is gone ---- */

/* Ends the recording if its process could not. A contestant may be any program
 * and leave any bytes: from here on nothing in the memory leads out of it, and
 * names are text that can be printed. To be called before anything is read. */
void recording_close(const struct recording *recording);

/* NULL for a function that has no name. */
const struct recording_name *
recording_name_of(const struct recording *recording, uint64_t function);

#ifdef __cplusplus
}
#endif

#endif
