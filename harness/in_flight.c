/* SPDX-License-Identifier: MIT */
#include "harness/in_flight.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A request finds its row by its index; if another request has that row it
 * tries the next ones, up to STEPS. If all are taken it is not listed, which
 * does not happen in practice: there are four rows for each request that may be
 * in flight. */
enum { ROWS_EACH = 4, STEPS = 16 };

/* All fields are written and read atomically. One thread at a time works on a
 * request, so no other writes its row. */
struct row {
    size_t taken; /* 1 + the index; 0: free */
    nanos since;
    const char *phase; /* a literal: the same address in every child */
    pid_t process, thread;
};

struct in_flight {
    size_t count; /* a power of two */
    struct row rows[];
};

static size_t size_of(size_t count)
{
    return sizeof(struct in_flight) + count * sizeof(struct row);
}

int in_flight_new(struct in_flight **in_flight, size_t most)
{
    size_t count = STEPS;
    while (count < ROWS_EACH * most)
        count *= 2;
    struct in_flight *made = mmap(NULL, size_of(count), PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED)
        return -ENOMEM;
    made->count = count;
    *in_flight = made;
    return 0;
}

void in_flight_free(struct in_flight *in_flight)
{
    if (in_flight)
        munmap(in_flight, size_of(in_flight->count));
}

/* ---- writing ---- */

static struct row *row_of(struct in_flight *in_flight, size_t index)
{
    for (size_t step = 0; step < STEPS; step++) {
        struct row *row =
            &in_flight->rows[(index + step) & (in_flight->count - 1)];
        if (__atomic_load_n(&row->taken, __ATOMIC_RELAXED) == index + 1)
            return row;
    }
    return NULL;
}

/* Takes a free row for this index; NULL when all are taken. */
static struct row *take_row(struct in_flight *in_flight, size_t index)
{
    for (size_t step = 0; step < STEPS; step++) {
        struct row *row =
            &in_flight->rows[(index + step) & (in_flight->count - 1)];
        size_t free = 0;
        if (__atomic_compare_exchange_n(&row->taken, &free, index + 1, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
            __atomic_store_n(&row->process, getpid(), __ATOMIC_RELAXED);
            __atomic_store_n(&row->thread, gettid(), __ATOMIC_RELAXED);
            return row;
        }
    }
    return NULL;
}

static void free_row(struct row *row)
{
    __atomic_store_n(&row->phase, NULL, __ATOMIC_RELAXED);
    __atomic_store_n(&row->taken, 0, __ATOMIC_RELEASE);
}

void in_flight_trace(void *context, const struct call *call, enum mark mark,
                     nanos when)
{
    struct in_flight *in_flight = context;
    struct row *row = row_of(in_flight, call->index);
    if (!row && mark == MARK_START)
        row = take_row(in_flight, call->index);
    if (!row)
        return;
    if (mark == MARK_DONE) {
        free_row(row);
        return;
    }
    __atomic_store_n(&row->since, when, __ATOMIC_RELAXED);
    __atomic_store_n(&row->phase, call_phase(call), __ATOMIC_RELEASE);
}

void in_flight_forget(struct in_flight *in_flight, size_t index)
{
    struct row *row = row_of(in_flight, index);
    if (row)
        free_row(row);
}

/* ---- reading ---- */

/* Copies a row; false if it is free, or was given to another request during the
 * copy. */
static bool read_row(const struct row *row, struct row *copy)
{
    copy->taken = __atomic_load_n(&row->taken, __ATOMIC_ACQUIRE);
    copy->phase = __atomic_load_n(&row->phase, __ATOMIC_ACQUIRE);
    copy->since = __atomic_load_n(&row->since, __ATOMIC_ACQUIRE);
    copy->process = __atomic_load_n(&row->process, __ATOMIC_ACQUIRE);
    copy->thread = __atomic_load_n(&row->thread, __ATOMIC_ACQUIRE);
    return copy->taken && copy->phase &&
           copy->taken == __atomic_load_n(&row->taken, __ATOMIC_ACQUIRE);
}

static int compare_moments(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    return (a->taken > b->taken) - (a->taken < b->taken);
}

static void print_row(const struct row *row, nanos now, const char *url,
                      FILE *out)
{
    nanos span = now > row->since ? now - row->since : 0;
    fprintf(out, "  #%-5zu %-10s %8.3f s  ", row->taken - 1, row->phase,
            nanos_as_seconds(span));
    if (row->process != getpid())
        fprintf(out, "process %d  ", row->process);
    else if (row->thread != row->process)
        fprintf(out, "thread %d  ", row->thread);
    fprintf(out, "%s\n", url);
}

size_t in_flight_print(const struct in_flight *in_flight, nanos now,
                       const char *(*url)(const void *context, size_t index),
                       const void *context, FILE *out)
{
    struct row *rows = malloc(in_flight->count * sizeof *rows);
    size_t count = 0;
    if (!rows)
        return 0;
    for (size_t i = 0; i < in_flight->count; i++)
        count += read_row(&in_flight->rows[i], &rows[count]);
    qsort(rows, count, sizeof *rows, compare_moments);
    for (size_t i = 0; i < count; i++)
        print_row(&rows[i], now, url(context, rows[i].taken - 1), out);
    free(rows);
    return count;
}
