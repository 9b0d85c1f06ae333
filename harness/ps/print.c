/* SPDX-License-Identifier: MIT */
#include "harness/ps/print.h"

#include "base/colour.h"
#include "nonblocking/selector.h"

#include <string.h>

enum { COLUMN_MAX = 40 };

static void put_coloured(const char *code, const char *text, FILE *out)
{
    if (colour_is_wanted(out))
        fprintf(out, "\033[%sm%s\033[0m", code, text);
    else
        fputs(text, out);
}

/* ---- threads ---- */

static void print_doing(const struct shown_thread *thread, FILE *out)
{
    char call[32] = "";
    if (thread->state.call >= 0)
        system_call_name(thread->state.call, call);
    if (thread->running)
        fprintf(out, "runs %s%s%s", thread->call, *call ? ", which is in " : "",
                call);
    else if (*call)
        fprintf(out, "waits in %s", call);
    else
        fputs(thread->state.letter == 'R' ? "runs" : "waits", out);
    if (*call && *thread->waits)
        fprintf(out, " for %s", thread->waits);
}

static void print_lines(const struct shown_lines *lines, int indent, FILE *out)
{
    for (size_t i = 0; i < lines->count; i++)
        fprintf(out, "%*s%s\n", indent + 2 * (int)lines->list[i].depth, "",
                lines->list[i].text);
}

static void print_thread(const struct snapshot *snapshot,
                         const struct shown_thread *thread, FILE *out)
{
    fprintf(out, "thread %d ", (int)thread->thread);
    if (*thread->state.name)
        fprintf(out, "(%s) ", thread->state.name);
    print_doing(thread, out);
    if (thread->running && thread->real_time && thread->turn)
        fprintf(out, ", in a turn that began %.3f s ago",
                seconds_from(thread->turn, snapshot->now));
    fputc('\n', out);
    print_lines(&thread->calls, 2, out);
}

/* For example, a learner's core. */
static void print_foreign(const struct snapshot *snapshot, FILE *out)
{
    static const char *const names[TARGET_CORES] = {"Future", "Task"};
    const char *before = "(not the lab's own: ";
    for (int i = 0; i < TARGET_CORES; i++)
        if (snapshot->foreign[i]) {
            fprintf(out, "%s%s", before, names[i]);
            before = ", ";
        }
    if (*before == ',')
        fputs("; what it keeps in its own way is not shown, and no "
              "warning depends on that)\n",
              out);
}

static void print_threads(const struct snapshot *snapshot, FILE *out)
{
    for (size_t i = 0; i < snapshot->thread_count; i++)
        print_thread(snapshot, &snapshot->threads[i], out);
    if (snapshot->threads_left)
        fprintf(out, "and %zu other threads\n", snapshot->threads_left);
    if (snapshot->unstable)
        fputs("(some of this has changed while it was read)\n", out);
    print_foreign(snapshot, out);
}

/* ---- callbacks ---- */

static void print_when(const struct shown_handle *handle, nanos now, FILE *out)
{
    char text[32] = "ready";
    if (handle->kind == SHOWN_TIMED)
        snprintf(text, sizeof text, "in %.3f s",
                 seconds_from(now, handle->order));
    else if (handle->kind == SHOWN_WATCHED)
        snprintf(text, sizeof text, "fd %lld %s%s%s", (long long)handle->order,
                 handle->interest & SELECT_READ ? "read" : "",
                 handle->interest == (SELECT_READ | SELECT_WRITE) ? "/" : "",
                 handle->interest & SELECT_WRITE ? "write" : "");
    fprintf(out, "%-16s  %s\n", text, handle->text);
    print_lines(&handle->then, 20, out);
}

static void print_handles(const struct snapshot *snapshot, FILE *out)
{
    if (!snapshot->handle_count) {
        fputs("\nNo callback is scheduled, and no descriptor is watched.\n",
              out);
        return;
    }
    fputc('\n', out);
    put_coloured("1", "WHEN              CALLBACK", out);
    fputc('\n', out);
    for (size_t i = 0; i < snapshot->handle_count; i++)
        print_when(&snapshot->handles[i], snapshot->now, out);
}

/* ---- the table of Tasks ---- */

static int wider(int width, const char *text)
{
    int size = (int)strlen(text);
    if (size > COLUMN_MAX)
        size = COLUMN_MAX;
    return size > width ? size : width;
}

static void print_row(const int widths[2], const char *name, const char *state,
                      const char *where, const char *waits, FILE *out)
{
    fprintf(out, "%-*s  %-5s  ", widths[0], name, state);
    if (*waits)
        fprintf(out, "%-*s  %s\n", widths[1], where, waits);
    else
        fprintf(out, "%s\n", where);
}

static void print_tasks(const struct snapshot *snapshot, FILE *out)
{
    int widths[2] = {4, 5};
    if (!snapshot->task_count) {
        fputs("\nThere are no Tasks.\n", out);
        return;
    }
    for (size_t i = 0; i < snapshot->task_count; i++) {
        widths[0] = wider(widths[0], snapshot->tasks[i].name);
        widths[1] = wider(widths[1], snapshot->tasks[i].where);
    }
    fputc('\n', out);
    if (colour_is_wanted(out))
        fputs("\033[1m", out);
    print_row(widths, "TASK", "STATE", "WHERE", "WAITS FOR", out);
    if (colour_is_wanted(out))
        fputs("\033[0m", out);
    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct shown_task *task = &snapshot->tasks[i];
        print_row(widths, task->name, task->state ? task->state : "",
                  task->where, task->waits, out);
    }
}

/* ---- the tree of Tasks ---- */

static void indent(unsigned depth, FILE *out)
{
    fprintf(out, "%*s", (int)(2 * depth), "");
}

static void print_tree(const struct snapshot *snapshot, struct shown_task *task,
                       unsigned depth, FILE *out)
{
    indent(depth, out);
    put_coloured("1", task->name, out);
    fprintf(out, ": %s%s\n", task->state ? task->state : "",
            task->shown ? " (see above)" : "");
    if (task->shown)
        return;
    task->shown = true;
    for (size_t i = 0; i < task->lines.count; i++) {
        const struct shown_line *line = &task->lines.list[i];
        struct shown_task *inner =
            line->task ? snapshot_task(snapshot, line->task) : NULL;
        if (inner) {
            print_tree(snapshot, inner, depth + line->depth, out);
        } else {
            indent(depth + line->depth, out);
            fprintf(out, "%s\n", line->text);
        }
    }
}

/* First Tasks for which no other waits; then those that are left, which wait in
 * a circle. */
static void print_trees(const struct snapshot *snapshot, FILE *out)
{
    if (!snapshot->task_count)
        fputs("\nThere are no Tasks.\n", out);
    else
        fputc('\n', out);
    for (int awaited = 0; awaited < 2; awaited++)
        for (size_t i = 0; i < snapshot->task_count; i++)
            if (!snapshot->tasks[i].shown &&
                (int)snapshot->tasks[i].awaited == awaited)
                print_tree(snapshot, &snapshot->tasks[i], 0, out);
}

void print_ps(struct snapshot *snapshot, FILE *out)
{
    print_threads(snapshot, out);
    print_tasks(snapshot, out);
    print_handles(snapshot, out);
}

void print_pstree(struct snapshot *snapshot, FILE *out)
{
    print_threads(snapshot, out);
    print_trees(snapshot, out);
    print_handles(snapshot, out);
}

void print_warning(const char *sentence, FILE *out)
{
    fputc('\n', out);
    put_coloured("33", "warning:", out);
    fprintf(out, " %s\n", sentence);
}
