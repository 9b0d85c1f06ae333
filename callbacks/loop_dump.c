/* SPDX-License-Identifier: MIT */
#include "callbacks/loop_dump.h"

#include "callbacks/handle_name.h"
#include "callbacks/timers.h"

#include <stdlib.h>
#include <string.h>

/* A learner's loop may be in the place of ours, and may be older than these. */
void loop_each(const struct loop *loop, handle_show *show, void *context)
    __attribute__((weak));
struct selector *loop_selector(const struct loop *loop) __attribute__((weak));

enum kind { KIND_READY, KIND_TIMED, KIND_WATCHED, KINDS };

struct entry {
    enum kind kind;
    long long order; /* within its kind */
    const struct handle *handle;
    unsigned interest;
};

struct entries {
    struct entry *list;
    size_t count, capacity;
    size_t of_kind[KINDS];
};

/* ---- collecting ---- */

/* Handles without memory for a line are counted, but not listed. */
static void add_entry(struct entries *entries, struct entry entry)
{
    entries->of_kind[entry.kind]++;
    if (entries->count == entries->capacity) {
        size_t capacity = entries->capacity ? 2 * entries->capacity : 64;
        struct entry *list = realloc(entries->list, capacity * sizeof *list);
        if (!list)
            return;
        entries->list = list;
        entries->capacity = capacity;
    }
    entries->list[entries->count++] = entry;
}

static void add_scheduled(void *context, const struct handle *handle)
{
    struct entries *entries = context;
    struct entry entry = {.kind = KIND_READY, .handle = handle};
    entry.order = (long long)entries->of_kind[KIND_READY];
    if (handle->state == HANDLE_TIMED) {
        entry.kind = KIND_TIMED;
        entry.order = handle->when;
    }
    add_entry(entries, entry);
}

static void add_watched(void *context, int fd, unsigned interest, void *data)
{
    const struct watch *watch = data;
    add_entry(context, (struct entry){.kind = KIND_WATCHED,
                                      .order = fd,
                                      .handle = &watch->handle,
                                      .interest = interest});
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return timers_before(a->handle, b->handle) ? -1 : 1;
}

/* ---- printing ---- */

static void print_state(const struct entry *entry, nanos now, FILE *out)
{
    char text[32] = "ready";
    if (entry->kind == KIND_TIMED && entry->order == NEVER)
        snprintf(text, sizeof text, "never");
    else if (entry->kind == KIND_TIMED)
        snprintf(text, sizeof text, "in %.3f s",
                 nanos_as_seconds(nanos_until(entry->order, now)));
    else if (entry->kind == KIND_WATCHED)
        snprintf(text, sizeof text, "fd %lld %s%s%s", entry->order,
                 entry->interest & SELECT_READ ? "read" : "",
                 entry->interest == (SELECT_READ | SELECT_WRITE) ? "/" : "",
                 entry->interest & SELECT_WRITE ? "write" : "");
    fprintf(out, "  %-16s  ", text);
}

static void print_age(const struct handle *handle, nanos now, FILE *out)
{
#ifdef WAITLAB_DEBUG
    if (handle->since)
        fprintf(out, " (since %.3f s)", nanos_as_seconds(now - handle->since));
#else
    (void)handle;
    (void)now;
    (void)out;
#endif
}

static void print_entry(const struct entry *entry, nanos now, FILE *out)
{
    const struct handle *handle = entry->handle;
    const struct handle_name *name = handle_name_of(handle->run);
    char text[HANDLE_NAME_MAX];
    print_state(entry, now, out);
    fputs(handle_name_text(handle->run, text), out);
    if (name && name->describe) {
        fputs(": ", out);
        name->describe(handle, out);
    }
    print_age(handle, now, out);
    fputc('\n', out);
}

static void print_all(struct entries *entries, nanos now, FILE *out)
{
    const size_t *of = entries->of_kind;
    size_t all = of[KIND_READY] + of[KIND_TIMED] + of[KIND_WATCHED];
    fprintf(out, "%zu ready, %zu timed, %zu watched\n", of[KIND_READY],
            of[KIND_TIMED], of[KIND_WATCHED]);
    if (entries->count)
        qsort(entries->list, entries->count, sizeof *entries->list,
              compare_entries);
    for (size_t i = 0; i < entries->count; i++)
        print_entry(&entries->list[i], now, out);
    if (entries->count < all)
        fprintf(out, "  (and %zu more, for which there is no memory)\n",
                all - entries->count);
}

void loop_dump(struct loop *loop, FILE *out)
{
    if (!loop_each || !loop_selector) {
        fputs("this loop cannot be looked into: it has no loop_each and "
              "loop_selector\n",
              out);
        return;
    }
    struct entries entries = {0};
    loop_each(loop, add_scheduled, &entries);
    int error = selector_each(loop_selector(loop), add_watched, &entries);
    print_all(&entries, loop_time(loop), out);
    if (error)
        fprintf(out, "  (watched descriptors cannot be listed: %s)\n",
                strerror(-error));
    free(entries.list);
}
