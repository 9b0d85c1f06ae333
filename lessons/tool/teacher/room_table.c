/* SPDX-License-Identifier: MIT */
#include "lessons/tool/teacher/room_table.h"

#include "lessons/tool/learner/status_report.h"
#include "lessons/tool/style.h"
#include "lessons/tool/teacher/play_page.h"
#include "lessons/tool/teacher/room_guesses.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* How many rows each part may take. */
struct shares {
    int steps, laptops, answers;
};

/* Of a screen of 24 rows; what a taller one has more goes to the laptops. */
static struct shares shares_of(const struct room_view *view)
{
    enum { LEAST = 24 };
    int more = view->rows > LEAST ? view->rows - LEAST : 0;
    if (!view->rows)
        return (struct shares){INT_MAX, INT_MAX, INT_MAX};
    return (struct shares){5, 5 + more, 4};
}

/* ---- which of them are stuck ---- */

static const struct step *step_of(const struct room_view *view,
                                  const struct laptop *laptop)
{
    const struct lesson *lesson = lessons_find(view->lessons, laptop->lesson);
    return lesson && laptop->step <= lesson->count
               ? &lesson->steps[laptop->step]
               : NULL;
}

static bool is_stuck(const struct room_view *view, const struct laptop *laptop)
{
    const struct step *step = step_of(view, laptop);
    int64_t seconds = laptop_seconds(laptop, view->now);
    return step && seconds > (int64_t)step->minutes * 60 * ROOM_PATIENCE;
}

static int count_stuck(const struct room_view *view,
                       const struct lesson *lesson, int step)
{
    int count = 0;
    for (size_t i = 0; i < view->room->count; i++) {
        const struct laptop *laptop = &view->room->laptops[i];
        if (!lesson ||
            (!strcmp(laptop->lesson, lesson->name) && laptop->step == step))
            count += is_stuck(view, laptop);
    }
    return count;
}

/* ---- how many are where ---- */

static int count_at(const struct room *room, const char *lesson, int step)
{
    int count = 0;
    for (size_t i = 0; i < room->count; i++)
        count += !strcmp(room->laptops[i].lesson, lesson) &&
                 (!*lesson || room->laptops[i].step == step);
    return count;
}

static void append_bar(struct buffer *text, int count, int of, int columns)
{
    int length = of <= columns ? count : (count * columns + of - 1) / of;
    for (int i = 0; i < length; i++)
        buffer_append_text(text, "#");
}

static void append_count(struct buffer *text, const struct room_view *view,
                         const char *place, const char *name, int count,
                         int stuck)
{
    enum { AROUND = 50 };
    char number[32];
    snprintf(number, sizeof number, "%d", count);
    buffer_print(text, "  %-5s %-28.28s %3s  ", place, name, number);
    append_bar(text, count, (int)view->room->count, view->columns - AROUND);
    if (stuck)
        buffer_print(text, "  %s%d stuck%s", style_on(STYLE_BAD), stuck,
                     style_off());
    buffer_append(text, "\n", 1);
}

static void append_step(struct buffer *text, const struct room_view *view,
                        const struct lesson *lesson, int step)
{
    char place[32];
    snprintf(place, sizeof place, "%.8s.%d", lesson->name, step);
    append_count(text, view, place, lesson->steps[step].name,
                 count_at(view->room, lesson->name, step),
                 count_stuck(view, lesson, step));
}

/* In the order of the syllabus; how many rows were left out. */
static int append_places(struct buffer *text, const struct room_view *view,
                         int rows)
{
    int without = count_at(view->room, "", 0), known = without, left_out = 0;
    if (without)
        append_count(text, view, "-", "nothing begun", without, 0);
    rows -= without > 0;
    for (struct lesson **lesson = view->lessons; *lesson; lesson++)
        for (int step = 1; step <= (*lesson)->count; step++) {
            int count = count_at(view->room, (*lesson)->name, step);
            known += count;
            if (count && rows-- > 0)
                append_step(text, view, *lesson, step);
            else if (count)
                left_out += count;
        }
    return left_out + (int)view->room->count - known;
}

/* ---- each of them ---- */

/* The clock that they are sorted by is the same for all. */
static int64_t order_of(const struct laptop *laptop)
{
    return laptop->seconds < 0
               ? INT64_MIN
               : laptop->seconds - laptop->said / NANOS_PER_SECOND;
}

static int compare(const void *left, const void *right)
{
    const struct laptop *const *a = left, *const *b = right;
    int64_t first = order_of(*a), second = order_of(*b);
    if (first != second)
        return first < second ? 1 : -1;
    return strcmp((*a)->key, (*b)->key);
}

static const struct laptop **sort(const struct room *room)
{
    const struct laptop **list = calloc(room->count + 1, sizeof *list);
    for (size_t i = 0; list && i < room->count; i++)
        list[i] = &room->laptops[i];
    if (list)
        qsort(list, room->count, sizeof *list, compare);
    return list;
}

enum { SPAN = 24 };

static void print_span(char text[SPAN], int64_t seconds)
{
    if (seconds < 0)
        snprintf(text, SPAN, "?");
    else if (seconds < 100 * 60)
        snprintf(text, SPAN, "%" PRId64 " min", seconds / 60);
    else if (seconds < 48 * 60 * 60)
        snprintf(text, SPAN, "%" PRId64 " h", seconds / 3600);
    else
        snprintf(text, SPAN, "%" PRId64 " d", seconds / (24 * 3600));
}

void room_label(const struct laptop *laptop, char *label, size_t size)
{
    uint32_t hash = 2166136261U; /* FNV: a file's name may be a person's */
    struct slice key = {laptop->key, strcspn(laptop->key, ".")};
    for (const char *c = laptop->key; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    if (laptop->name[0])
        snprintf(label, size, "%s", laptop->name);
    else if (status_is_laptop(key))
        snprintf(label, size, "laptop %.4s", laptop->key);
    else
        snprintf(label, size, "laptop %04x", (unsigned)(hash & 0xffff));
}

enum { CELL = 38 };

static void append_cell(struct buffer *text, const struct room_view *view,
                        const struct laptop *laptop)
{
    char label[sizeof laptop->name], place[48] = "-", span[SPAN], more[32] = "";
    bool stuck = is_stuck(view, laptop);
    struct buffer cell = {0};
    room_label(laptop, label, sizeof label);
    print_span(span, laptop_seconds(laptop, view->now));
    if (laptop->lesson[0])
        snprintf(place, sizeof place, "%s.%d", laptop->lesson, laptop->step);
    if (laptop->solution)
        snprintf(more, sizeof more, " solution");
    else if (laptop->hints)
        snprintf(more, sizeof more, " %d hint%s", laptop->hints,
                 laptop->hints == 1 ? "" : "s");
    buffer_print(&cell, "  %s%*s %-5s%s%7s%s%s", label,
                 LAPTOP_NAME - page_width(slice_of(label)), "", place,
                 stuck ? style_on(STYLE_BAD) : "", span, stuck ? "!" : " ",
                 stuck ? style_off() : "");
    buffer_append_text(&cell, more);
    int gap = CELL - page_width(buffer_slice(&cell));
    buffer_append(text, cell.data, cell.size);
    buffer_print(text, "%*s", gap > 0 ? gap : 0, "");
    buffer_lack(text, &cell);
    buffer_deinit(&cell);
}

/* The one that has been there longest comes first. Returns how many were left
 * out. */
static int append_laptops(struct buffer *text, const struct room_view *view,
                          int rows)
{
    int across = view->columns / CELL, count = (int)view->room->count;
    const struct laptop **list = sort(view->room);
    across = across < 1 ? 1 : across;
    int shown = rows < count / across + 1 ? rows * across : count;
    shown = shown < count ? shown : count;
    int down = (shown + across - 1) / across;
    for (int row = 0; list && row < down; row++) {
        for (int i = row; i < shown; i += down)
            append_cell(text, view, list[i]);
        buffer_append(text, "\n", 1);
    }
    if (!list)
        buffer_starve(text);
    free(list);
    return list ? count - shown : count;
}

/* ---- all of it ---- */

static void append_left_out(struct buffer *text, int count, const char *where)
{
    if (count)
        buffer_print(text, "  and %d more%s\n", count, where);
}

/* On a screen, one of them. */
static void append_complaints(struct buffer *text, const struct room_view *view)
{
    const struct room *room = view->room;
    struct slice said = buffer_slice(&room->complaints);
    if (!room->complaint_count)
        return;
    buffer_print(text, "%zu not read:", room->complaint_count);
    for (int i = 0; said.size && (i == 0 || !view->rows); i++) {
        struct slice one = page_take_row(&said);
        buffer_print(text, "%s%.*s", i ? "; " : " ", (int)one.size, one.data);
    }
    buffer_print(text, "%s\n", said.size ? " …" : "");
    buffer_lack(text, &room->complaints);
}

void room_append(const struct room_view *view, struct buffer *text)
{
    struct shares shares = shares_of(view);
    int stuck = count_stuck(view, NULL, 0);
    size_t count = view->room->count;
    buffer_print(text, "%s%zu laptop%s%s", style_on(STYLE_STRONG), count,
                 count == 1 ? "" : "s", style_off());
    if (stuck)
        buffer_print(text,
                     ", %d stuck (!): more than %d times a step's minutes",
                     stuck, ROOM_PATIENCE);
    buffer_append(text, "\n", 1);
    append_complaints(text, view);
    buffer_append(text, "\n", 1);
    append_left_out(text, append_places(text, view, shares.steps),
                    " at other steps");
    if (count)
        buffer_append(text, "\n", 1);
    append_left_out(text, append_laptops(text, view, shares.laptops), "");
    room_append_guesses(view, shares.answers, text);
}
