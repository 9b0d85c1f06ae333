/* SPDX-License-Identifier: MIT */
/* Probes: what happens at a few places through which every step passes is noted
 * into memory while a recording runs. `./lab timeline` draws it.
 *
 * A probe that is not recorded costs a load and a predicted branch, so it may
 * be in an inline function that runs for every callback. One that is recorded
 * reads the processor's cycle counter and writes 24 bytes, without a lock or a
 * system call.
 *
 * `probes` is a variable of the whole program, as if a debugger had set it: no
 * thread or callback has to be told that it is watched, and a learner's code
 * does not know of it. Each thread writes into a ring of its own, which it
 * finds by a thread-local pointer: with one ring for all, the threads would
 * wait for each other, and waiting is what we want to measure. No decision ever
 * depends on either variable.
 *
 * Processes forked during a recording share the memory; a child's first probe
 * takes another ring.
 */
#ifndef BASE_PROBE_H
#define BASE_PROBE_H

#include "base/nanos.h"

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum probe_kind {
    PROBE_MARK,       /* a mark is set: which one; the call; index of its
                       * page */
    PROBE_JOB,        /* a page is handed out: its index */
    PROBE_RESULT,     /* its result has come back: its index */
    PROBE_RUN_BEGINS, /* a callback: its function */
    PROBE_RUN_ENDS,
    PROBE_WAIT_BEGINS, /* the thread sleeps: enum probe_wait */
    PROBE_WAIT_ENDS,   /* with N events, as far as that is known */
    PROBE_WAKES,       /* this thread wakes another one: by which wake-up */
    PROBE_WOKEN,       /* this thread has read that wake-up */
};

/* What a thread waits for. */
enum probe_wait {
    PROBE_FOR_EVENTS, /* of any of its descriptors: select, poll, epoll, uring
                       */
    PROBE_FOR_THREAD, /* until another thread says so */
    PROBE_FOR_CHILD,  /* until a process that it has forked off does */
};

struct probe_event {
    uint64_t when;  /* in ticks: probe_time */
    uint64_t what;  /* an address, or another number that tells one from the
                     * other */
    uint32_t index; /* of a page; or a number of events */
    uint16_t kind;
    uint16_t value;
};

/* The events of one thread. The ring holds the newest `ring_size` of them;
 * older ones are lost. */
struct probe_ring {
    pid_t pid, thread;
    uint64_t count; /* of all events; number i is at i % ring_size */
};

/* One recording. The rings, and behind each its events, follow. */
struct probe_record {
    uint32_t ring_size; /* events in a ring: a power of two */
    uint32_t ring_count;
    uint32_t taken;  /* rings; more than ring_count when there were too few */
    uint32_t ended;  /* 1, or 0; no bool, which other bytes make invalid */
    uint64_t lost;   /* events of threads that have no ring */
    uint32_t cycles; /* what a tick is: a cycle (1) or a nanosecond (0) */
    uint64_t first_tick, last_tick;
    nanos began, end; /* the same moments, by the monotonic clock */
};

/* NULL: nothing is recorded. Set by probes_begin and probes_end only. */
extern struct probe_record *probes;

void probe_note(enum probe_kind kind, unsigned value, size_t index,
                uintptr_t what);

static inline void probe(enum probe_kind kind, unsigned value, size_t index,
                         uintptr_t what)
{
    if (__builtin_expect(__atomic_load_n(&probes, __ATOMIC_RELAXED) != NULL, 0))
        probe_note(kind, value, index, what);
}

/* How much memory a recording takes: zeroed, and shared with the children
 * (MAP_SHARED). Only what is written to is really taken. */
size_t probe_record_bytes(uint32_t ring_count, uint32_t ring_size);

/* Begins to record into this memory, and writes the sizes of its rings there.
 * One recording at a time. The memory has to stay until every thread that has
 * run during the recording has ended, for it may still write there. */
void probes_begin(struct probe_record *record, uint32_t ring_count,
                  uint32_t ring_size);

/* Records no more. Called by the process that began. */
void probes_end(void);

/* ---- for a reader of the recording ---- */

/* Ends a recording whose process has died before probes_end: its end is now.
 * That process may have left any bytes: afterwards the rings are as many and as
 * large as the reader has made room for, and what was recorded has taken place
 * since it `made` that room, or else in no time. */
void probe_record_close(struct probe_record *record, uint32_t ring_count,
                        uint32_t ring_size, nanos made);

/* How many rings have been taken. */
uint32_t probe_record_rings(const struct probe_record *record);

const struct probe_ring *probe_record_ring(const struct probe_record *record,
                                           uint32_t number);

/* How many of its events are there, the oldest first. */
size_t probe_ring_kept(const struct probe_record *record,
                       const struct probe_ring *ring);
const struct probe_event *probe_ring_event(const struct probe_record *record,
                                           const struct probe_ring *ring,
                                           size_t number);

/* Converts a tick into the time since the recording began. */
nanos probe_time(const struct probe_record *record, uint64_t tick);

#ifdef __cplusplus
}
#endif

#endif
