/* SPDX-License-Identifier: MIT */
#include "lessons/tool/tell/sanitizer.h"

#include "base/line.h"
#include "base/number.h"
#include "base/path.h"
#include "lessons/tool/files.h"
#include "lessons/tool/wrap.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- lines ---- */

static bool has(struct slice line, const char *text)
{
    return memmem(line.data, line.size, text, strlen(text));
}

void source_line_tell(const char *file, int number, int columns,
                      struct buffer *out)
{
    const size_t room = (size_t)columns - strlen("        ...");
    struct buffer text = {0};
    if (!file_read(&text, "%s", file) && !buffer_terminate(&text)) {
        struct slice line = slice_trim(line_at(line_find(text.data, number)));
        bool cut = line.size > room + strlen("...");
        if (line.size)
            buffer_print(out, "        %.*s%s\n", (int)(cut ? room : line.size),
                         line.data, cut ? "..." : "");
    }
    buffer_lack(out, &text);
    buffer_deinit(&text);
}

/* ---- stacks ---- */

/* A line of a stack, "#3 0x55 in run_ready work/E0/loop.c:93" or, of the thread
 * sanitizer, "#3 run_ready work/E0/loop.c:93 (check+0x12)". */
struct frame {
    int number;
    bool is_mine; /* in the learner's file */
    char function[64];
    char place[128]; /* "loop.c:93", or "" */
    int line;        /* 93 */
};

static bool read_frame(struct slice line, const char *file, struct frame *frame)
{
    char text[512];
    struct slice trimmed = slice_trim(line);
    snprintf(text, sizeof text, "%.*s", (int)trimmed.size, trimmed.data);
    if (*text != '#' || !number_read_int(text + 1, &frame->number))
        return false;
    const char *in = strstr(text, " in ");
    const char *function = in ? in + 4 : text + strcspn(text, " ") + 1;
    const char *place = function + strcspn(function, " ");
    snprintf(frame->function, sizeof frame->function, "%.*s",
             (int)(place - function), function);
    place += *place == ' ';
    char path[512];
    snprintf(path, sizeof path, "%.*s", (int)strcspn(place, " "), place);
    const char *name = path_base_name(path), *colon = strchr(name, ':');
    frame->line = 0;
    if (colon)
        number_read_int(colon + 1, &frame->line);
    int size = colon ? (int)(colon - name) : 0;
    frame->is_mine = colon &&
                     !strncmp(name, path_base_name(file), (size_t)size) &&
                     path_base_name(file)[size] == '\0';
    if (colon)
        snprintf(frame->place, sizeof frame->place, "%.*s:%d", size, name,
                 frame->line);
    else
        frame->place[0] = '\0';
    return true;
}

/* Finds the next frame that is in the file, from `*at` on and not beyond the
 * end of the stack in which that is. */
static bool next_of_mine(const char **at, const char *file, struct frame *frame)
{
    while (**at) {
        struct slice line = line_at(*at);
        bool is_frame = read_frame(line, file, frame);
        if (!is_frame || frame->number == 0)
            return false;
        *at = line_behind(*at);
        if (frame->is_mine)
            return true;
    }
    return false;
}

static void frame_tell(const char *how, const struct frame *frame,
                       const char *file, int columns, struct buffer *out)
{
    buffer_print(out, "    %s%s, %s\n", how, frame->function, frame->place);
    source_line_tell(file, frame->line, columns, out);
}

/* ---- where threads are ---- */

enum { PLACES_MAX = 16 };

struct place {
    struct frame frame, caller; /* no caller: its line is 0 */
    int threads;
};

static void add_place(struct place *list, int *count, const struct place *place)
{
    for (int i = 0; i < *count; i++)
        if (list[i].frame.line == place->frame.line &&
            !strcmp(list[i].frame.function, place->frame.function)) {
            list[i].threads++;
            return;
        }
    if (*count < PLACES_MAX)
        list[(*count)++] = *place;
}

/* All stacks that lead through the file. */
static int read_stacks(const char *said, const char *file, struct place *list)
{
    int count = 0;
    for (const char *at = said; *at;) {
        struct place place = {.threads = 1};
        bool begins = read_frame(line_at(at), file, &place.frame) &&
                      place.frame.number == 0;
        at = line_behind(at);
        if (!begins ||
            (!place.frame.is_mine && !next_of_mine(&at, file, &place.frame)))
            continue;
        if (!next_of_mine(&at, file, &place.caller))
            place.caller.line = 0;
        add_place(list, &count, &place);
    }
    return count;
}

bool stacks_tell(const char *said, const char *file, int columns,
                 struct buffer *out)
{
    struct place list[PLACES_MAX];
    int count = read_stacks(said, file, list);
    for (int i = 0; i < count; i++) {
        char how[32] = "in ";
        if (list[i].threads > 1)
            snprintf(how, sizeof how, "%d threads in ", list[i].threads);
        else if (count > 1)
            snprintf(how, sizeof how, "a thread in ");
        frame_tell(how, &list[i].frame, file, columns, out);
        /* Where one thread is, its caller may be what goes on for ever. */
        if (list[i].threads == 1 && list[i].caller.line)
            frame_tell("called in ", &list[i].caller, file, columns, out);
    }
    return count > 0;
}

/* ---- crashes ---- */

/* What sanitizers call it, and what it is. */
static const struct {
    const char *report;
    const char *words;
} crashes[] = {
    {"heap-use-after-free",
     "Memory was used after it had been freed: something kept a pointer to an "
     "object that was gone."},
    {"stack-use-after",
     "A local variable was used after its function returned."},
    {"heap-buffer-overflow", "Memory next to an allocated block was touched."},
    {"stack-buffer-overflow", "Memory next to a local variable was touched."},
    {"global-buffer-overflow", "Memory next to a global variable was touched."},
    {"stack-overflow", "The stack is full: a function calls itself for ever."},
    {"bad-free", "Something was freed that malloc had not given: only the "
                 "address itself that malloc has returned can be freed."},
    {"attempting free on address",
     "Something was freed that malloc had not given: only the address itself "
     "that malloc has returned can be freed."},
    {"attempting double-free", "The same memory was freed twice."},
    {"alloc-dealloc-mismatch",
     "Memory was given back in another way than it was got."},
    {"allocation-size-too-big",
     "malloc was asked for more than there is: a negative size?"},
    {"detected memory leaks",
     "Memory was allocated and never freed: this is where it was allocated. "
     "What holds it was not given back, by its own _deinit or by free()."},
    {"thread leak", "A thread was started that is never joined."},
    {"lock-order-inversion", "Two locks are taken in one order here and in the "
                             "other there: two threads can wait for each other "
                             "for ever."},
    {"unlock of an unlocked mutex", "A lock was let go that was not held."},
    {"double lock of a mutex", "A thread took a lock that it holds already."},
    {"destroy of a locked mutex", "A lock was destroyed while it was held."},
    {"pc points to the zero page",
     "A function was called by a pointer that is NULL."},
    {"null pointer", "A NULL pointer was followed."},
    {"ABRT on unknown address",
     "abort() was called: an assertion of the lab's has failed, or the C "
     "library has found something broken."},
    {"FPE on unknown address", "A number was divided by zero."},
    {"SEGV", "A pointer was followed that leads nowhere."},
};

static const char *crash_words(const char *said)
{
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        if (strstr(said, crashes[i].report))
            return crashes[i].words;
    return NULL;
}

/* The sentence of what has ended the program, behind `begin`, in its own
 * words. */
static bool own_words_tell(const char *said, const char *begin,
                           const char *meaning, int columns, struct buffer *out)
{
    char text[512];
    const char *at = strstr(said, begin);
    if (!at)
        return false;
    struct slice line = line_at(at + strlen(begin));
    snprintf(text, sizeof text, "%s: %.*s.", meaning, (int)line.size,
             line.data);
    wrap_text(out, text, 4, columns);
    return true;
}

static void reason_tell(const char *said, const char *message, int columns,
                        struct buffer *out)
{
    static const char undefined[] =
        "The program did something that C does not define";
    const char *words = crash_words(said);
    if (own_words_tell(said, "contract broken: ",
                       "A contract of the lab's is broken", columns, out))
        return;
    if (words)
        wrap_text(out, words, 4, columns);
    else if (!own_words_tell(said, "runtime error: ", undefined, columns,
                             out) &&
             !own_words_tell(said, "Sanitizer: ", undefined, columns, out))
        wrap_text(out, message, 4, columns);
}

/* The reports of some kinds have a second part, with stacks that matter: what
 * has freed it before, or the other order of two locks. */
static void rest_of_places_tell(const struct place *list, int count,
                                const char *said, const char *file, int columns,
                                struct buffer *out)
{
    bool matters = strstr(said, "lock-order-inversion") ||
                   strstr(said, "double-free") ||
                   strstr(said, "use-after-free");
    for (int i = 1; matters && i < count && i < 3; i++)
        frame_tell("and in ", &list[i].frame, file, columns, out);
}

void crash_tell(const char *said, const char *message, const char *file,
                int columns, struct buffer *out)
{
    struct place list[PLACES_MAX];
    int count = read_stacks(said, file, list);
    if (count == 0 && strstr(said, "detected memory leaks"))
        wrap_text(out,
                  "Memory was allocated and never freed, and not by a line of "
                  "this file: what your code was handed, and owns then, it has "
                  "not given back, by its own _deinit, _drop or free().",
                  4, columns);
    else
        reason_tell(said, message, columns, out);
    if (count > 0)
        frame_tell("at ", &list[0].frame, file, columns, out);
    if (count > 0 && list[0].caller.line)
        frame_tell("called in ", &list[0].caller, file, columns, out);
    rest_of_places_tell(list, count, said, file, columns, out);
}

/* ---- data races ---- */

/* The report has two parts like this one, one for each thread:
 *
 *       Previous write of size 8 at 0x7b0c by thread T1 (mutexes: write M0):
 *         #0 add /home/me/threads.c:4 (check+0x121d)
 *         #1 run /home/me/threads.c:5 (check+0x121d)
 *
 * and an empty line behind it. */
struct access {
    bool writes, locked;
    struct frame frame; /* the first in the file; else the first */
};

/* The next part of the report; NULL: there is none. */
static const char *read_access(const char *at, const char *file,
                               struct access *access)
{
    while (at && *at) {
        struct slice line = line_at(at);
        at = line_behind(at);
        if (!has(line, " of size ") || !has(line, " by "))
            continue;
        *access = (struct access){
            .writes = has(line, "rite of size"),
            .locked = has(line, "(mutexes:"),
        };
        struct frame frame;
        for (; read_frame(line_at(at), file, &frame); at = line_behind(at))
            if (frame.number == 0 || (frame.is_mine && !access->frame.is_mine))
                access->frame = frame;
        return at;
    }
    return NULL;
}

static void access_tell(const struct access *access, const char *file,
                        int columns, struct buffer *out)
{
    const struct frame *frame = &access->frame;
    char text[512];
    snprintf(text, sizeof text, "%s %s%s%s, %s",
             access->writes ? "written in" : "read in", frame->function,
             *frame->place ? ", " : "", frame->place,
             access->locked ? "with a lock held" : "without a lock");
    wrap_text(out, text, 6, columns);
    if (frame->is_mine)
        source_line_tell(file, frame->line, columns, out);
}

void data_race_tell(const char *said, const char *file, int columns,
                    struct buffer *out)
{
    struct access access;
    const char *at = strstr(said, "data race");
    wrap_text(out,
              "Two threads use the same memory, at least one of them writes, "
              "and there is no lock that both of them hold:",
              4, columns);
    for (int i = 0; i < 2 && (at = read_access(at, file, &access)); i++)
        access_tell(&access, file, columns, out);
}
