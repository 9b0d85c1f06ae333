/* SPDX-License-Identifier: MIT */
#include "base/probe.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>
#if defined __x86_64__
#include <cpuid.h>
#include <x86intrin.h>
#endif

struct probe_record *probes;

/* The recording of `ring`: a thread may live through several recordings. */
static __thread struct {
    const struct probe_record *record;
    struct probe_ring *ring; /* NULL: there was none left */
} own;

/* ---- time ---- */

/* Reading the cycle counter costs half of what the clock does. If the processor
 * says that its counter never changes pace, two readings of both are enough to
 * convert all counts between them into times. */
static bool has_cycles(void)
{
#if defined __x86_64__
    unsigned a, b, c, d;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && d & 1u << 8;
#else
    return false;
#endif
}

static inline uint64_t tick(const struct probe_record *record)
{
#if defined __x86_64__
    if (record->cycles)
        return __rdtsc();
#endif
    (void)record;
    return (uint64_t)monotonic_now();
}

nanos probe_time(const struct probe_record *record, uint64_t when)
{
    uint64_t ticks = record->last_tick - record->first_tick;
    bool was_opened = record->first_tick != 0;
    if (!was_opened || when <= record->first_tick || !ticks)
        return 0;
    double part = (double)(when - record->first_tick) / (double)ticks;
    return nanos_from_figure(part * (double)(record->end - record->began));
}

/* ---- memory ---- */

static size_t stride(uint32_t ring_size)
{
    return sizeof(struct probe_ring) + ring_size * sizeof(struct probe_event);
}

size_t probe_record_bytes(uint32_t ring_count, uint32_t ring_size)
{
    return sizeof(struct probe_record) + ring_count * stride(ring_size);
}

static struct probe_ring *ring_at(const struct probe_record *record,
                                  uint32_t number)
{
    char *first = (char *)(uintptr_t)(record + 1);
    return (struct probe_ring *)(void *)(first +
                                         number * stride(record->ring_size));
}

static struct probe_event *event_at(const struct probe_record *record,
                                    const struct probe_ring *ring,
                                    uint64_t number)
{
    struct probe_event *events = (struct probe_event *)(uintptr_t)(ring + 1);
    return &events[number & (record->ring_size - 1)];
}

/* ---- writing ---- */

static struct probe_ring *take_ring(struct probe_record *record)
{
    uint32_t number = __atomic_fetch_add(&record->taken, 1, __ATOMIC_RELAXED);
    own.record = record;
    own.ring = NULL;
    if (number >= record->ring_count)
        return NULL;
    own.ring = ring_at(record, number);
    own.ring->pid = getpid();
    own.ring->thread = gettid();
    return own.ring;
}

void probe_note(enum probe_kind kind, unsigned value, size_t index,
                uintptr_t what)
{
    struct probe_record *record = __atomic_load_n(&probes, __ATOMIC_ACQUIRE);
    if (!record)
        return;
    struct probe_ring *ring =
        own.record == record ? own.ring : take_ring(record);
    if (!ring) {
        __atomic_fetch_add(&record->lost, 1, __ATOMIC_RELAXED);
        return;
    }
    *event_at(record, ring, ring->count) =
        (struct probe_event){.when = tick(record),
                             .what = what,
                             .index = (uint32_t)index,
                             .kind = (uint16_t)kind,
                             .value = (uint16_t)value};
    /* A reader finds whole events only, also after a sudden end. */
    __atomic_store_n(&ring->count, ring->count + 1, __ATOMIC_RELEASE);
}

/* A child begins with a copy of its parent's thread. */
static void forget_own(void)
{
    own.record = NULL;
}

static void in_children(void)
{
    pthread_atfork(NULL, NULL, forget_own);
}

void probes_begin(struct probe_record *record, uint32_t ring_count,
                  uint32_t ring_size)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, in_children);
    *record = (struct probe_record){.ring_count = ring_count,
                                    .ring_size = ring_size,
                                    .cycles = has_cycles(),
                                    .began = monotonic_now()};
    record->first_tick = tick(record);
    forget_own(); /* may be of an earlier recording, same memory */
    __atomic_store_n(&probes, record, __ATOMIC_RELEASE);
}

static void end_now(struct probe_record *record)
{
    record->end = monotonic_now();
    record->last_tick = tick(record);
    record->ended = 1;
}

void probes_end(void)
{
    struct probe_record *record = probes;
    __atomic_store_n(&probes, NULL, __ATOMIC_RELEASE);
    end_now(record);
}

/* ---- reading ---- */

void probe_record_close(struct probe_record *record, uint32_t ring_count,
                        uint32_t ring_size, nanos made)
{
    record->ring_count = ring_count;
    record->ring_size = ring_size;
    if (!record->ended)
        end_now(record);
    if (record->began < made || record->end < record->began ||
        record->end > monotonic_now() ||
        record->last_tick < record->first_tick) {
        record->began = record->end = 0;
        record->first_tick = record->last_tick = 0;
    }
}

uint32_t probe_record_rings(const struct probe_record *record)
{
    uint32_t taken = __atomic_load_n(&record->taken, __ATOMIC_ACQUIRE);
    return taken < record->ring_count ? taken : record->ring_count;
}

const struct probe_ring *probe_record_ring(const struct probe_record *record,
                                           uint32_t number)
{
    return ring_at(record, number);
}

size_t probe_ring_kept(const struct probe_record *record,
                       const struct probe_ring *ring)
{
    uint64_t count = __atomic_load_n(&ring->count, __ATOMIC_ACQUIRE);
    return (size_t)(count < record->ring_size ? count : record->ring_size);
}

const struct probe_event *probe_ring_event(const struct probe_record *record,
                                           const struct probe_ring *ring,
                                           size_t number)
{
    uint64_t count = __atomic_load_n(&ring->count, __ATOMIC_ACQUIRE);
    return event_at(record, ring,
                    count - probe_ring_kept(record, ring) + number);
}
