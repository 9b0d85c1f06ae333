/* SPDX-License-Identifier: MIT */
#include "lessons/tool/learner/join.h"

#include "lessons/tool/definition.h"

#include <errno.h>

/* The parts of a conflict, in the order in which they are there; the last is
 * what is outside. */
enum part { PART_MINE, PART_BASE, PART_THEIRS, PART_NONE };

static const char *const marks[] = {"<<<<<<< ", "||||||| ", "=======\n",
                                    ">>>>>>> "};

struct joining {
    struct sides *sides;
    struct buffer parts[PART_NONE];
    enum part part;
    int conflicts;
};

static int add_to_all(struct sides *sides, struct slice text)
{
    int error = buffer_append(&sides->mine, text.data, text.size);
    if (!error)
        error = buffer_append(&sides->base, text.data, text.size);
    if (!error)
        error = buffer_append(&sides->theirs, text.data, text.size);
    return error;
}

static int add_to_each(struct joining *joining)
{
    struct buffer *const to[] = {&joining->sides->mine, &joining->sides->base,
                                 &joining->sides->theirs};
    int error = 0;
    for (int i = 0; i < PART_NONE && !error; i++)
        error = buffer_append(to[i], joining->parts[i].data,
                              joining->parts[i].size);
    joining->conflicts++;
    return error;
}

static int end_conflict(struct joining *joining)
{
    struct buffer *parts = joining->parts;
    int error = buffer_terminate(&parts[PART_MINE]);
    if (!error)
        error = buffer_terminate(&parts[PART_THEIRS]);
    if (error)
        return error;
    if (parts[PART_BASE].size ||
        definitions_meet(parts[PART_MINE].data, parts[PART_THEIRS].data))
        error = add_to_each(joining);
    else {
        error = add_to_all(joining->sides, buffer_slice(&parts[PART_MINE]));
        if (!error)
            error =
                add_to_all(joining->sides, buffer_slice(&parts[PART_THEIRS]));
    }
    for (int i = 0; i < PART_NONE; i++)
        buffer_clear(&parts[i]);
    return error;
}

/* Is it the mark that comes next? */
static bool is_mark(const struct joining *joining, struct slice line)
{
    const char *mark =
        marks[joining->part == PART_NONE ? 0 : joining->part + 1];
    return line.size >= strlen(mark) && !memcmp(line.data, mark, strlen(mark));
}

static int read_line(struct joining *joining, struct slice line)
{
    if (is_mark(joining, line)) {
        if (joining->part == PART_NONE) {
            joining->part = PART_MINE;
            return 0;
        }
        joining->part++;
        return joining->part == PART_NONE ? end_conflict(joining) : 0;
    }
    if (joining->part == PART_NONE)
        return add_to_all(joining->sides, line);
    return buffer_append(&joining->parts[joining->part], line.data, line.size);
}

int join_additions(struct slice merged, struct sides *sides)
{
    struct joining joining = {.sides = sides, .part = PART_NONE};
    int error = 0;
    while (merged.size && !error) {
        const char *end = memchr(merged.data, '\n', merged.size);
        size_t size = end ? (size_t)(end - merged.data) + 1 : merged.size;
        error = read_line(&joining, (struct slice){merged.data, size});
        merged = slice_behind(merged, size);
    }
    for (int i = 0; i < PART_NONE; i++)
        buffer_deinit(&joining.parts[i]);
    return error ? error : joining.conflicts;
}

void sides_deinit(struct sides *sides)
{
    buffer_deinit(&sides->mine);
    buffer_deinit(&sides->base);
    buffer_deinit(&sides->theirs);
}
