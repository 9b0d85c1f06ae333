/* SPDX-License-Identifier: MIT */
#include "harness/diff/hops.h"

#include "base/line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const hop_part_names[HOP_PARTS] = {
    [HOP_BEGIN] = "a hop",       [HOP_RESOLVE] = "resolve",
    [HOP_CONNECT] = "connect",   [HOP_TRANSFER] = "transfer",
    [HOP_END] = "end",           [HOP_WAKE] = "woken by the loop",
    [HOP_REST] = "all the rest",
};

/* ---- words by which code is recognised ---- */

struct word {
    const char *text;
    enum hop_part part;
};

static const struct word headings[] = {
    {"resolv", HOP_RESOLVE},      {"connect", HOP_CONNECT},
    {"transfer", HOP_TRANSFER},   {"a hop", HOP_BEGIN},
    {"one state", HOP_BEGIN},     {"the whole of it", HOP_BEGIN},
    {"the loop tells", HOP_WAKE}, {"the world reports", HOP_WAKE},
    {"takes its time", HOP_WAKE}, {"that is kept", HOP_BEGIN},
    {"the methods", HOP_WAKE},    {"is in the loop", HOP_WAKE},
};

static const struct word steps[] = {
    {"use_kept(", HOP_BEGIN},
    {"client_call_look_up(", HOP_RESOLVE},
    {"client_look_up(", HOP_RESOLVE},
    {"client_call_connect(", HOP_CONNECT},
    {"client_call_connected(", HOP_CONNECT},
    {"dispatcher_connect(", HOP_CONNECT},
    {"handle_connect(struct", HOP_CONNECT},
    {"rivals_step(", HOP_CONNECT},
    {"client_call_transfer(", HOP_TRANSFER},
    {"client_call_receive(", HOP_TRANSFER},
    {"receive_some(", HOP_TRANSFER},
    {"call_received(", HOP_TRANSFER},
    {"call_sent(", HOP_TRANSFER},
    {"client_call_end_hop(", HOP_END},
    {"void check_end(", HOP_END},
    {"void finish(", HOP_END},
    {"loop_batch_done(", HOP_END},
    {"->handle_read =", HOP_WAKE},
    {"moment_come(", HOP_WAKE},
    {"moment_next(", HOP_WAKE},
    {"awaitable_cancel(", HOP_WAKE},
};

static const struct word needs[] = {
    {"CALL_NEEDS_ADDRESSES", HOP_RESOLVE},
    {"CALL_NEEDS_CONNECTION", HOP_CONNECT},
    {"CALL_NEEDS_TRANSFER", HOP_TRANSFER},
    {"client_call_end_hop(", HOP_END},
};

static const char *const waits[] = {
    "CO_AWAIT(",       "CO_TRY_AWAIT(",       "CO_YIELD",
    "CO_TRY_YIELD",    "stack_await(",        "wait_for(",
    "next_step(",      "handle.run =",        "ppoll(",
    "recv(",           "lookup_host(",        "outcome_deferred(",
    "connect(fd",      "moment_next(",        "client_call_look_up(",
    "->handle_",       "->writable =",        "asyncore_loop(",
    "client_look_up(", "dispatcher_connect(",
};

enum {
    HEADINGS = sizeof headings / sizeof *headings,
    STEPS = sizeof steps / sizeof *steps,
    NEEDS = sizeof needs / sizeof *needs,
    WAITS = sizeof waits / sizeof *waits,
};

static bool contains(struct slice text, const char *word)
{
    return memmem(text.data, text.size, word, strlen(word)) != NULL;
}

static bool contains_nocase(struct slice text, const char *word)
{
    size_t size = strlen(word);
    for (size_t i = 0; i + size <= text.size; i++)
        if (!strncasecmp(text.data + i, word, size))
            return true;
    return false;
}

/* ---- lines ---- */

static bool is_blank(struct slice line)
{
    return slice_trim(line).size == 0;
}

size_t hop_lines_count(const struct hop_lines *lines)
{
    size_t count = 0;
    for (size_t i = 0; i < lines->count; i++)
        count += !is_blank(lines->list[i].text);
    return count;
}

static int add_text(struct hops *hops, enum hop_part part, struct slice text)
{
    struct hop_lines *lines = &hops->parts[part];
    if (lines->count == lines->capacity) {
        size_t capacity = lines->capacity ? 2 * lines->capacity : 32;
        struct hop_line *list = realloc(lines->list, capacity * sizeof *list);
        if (!list)
            return -ENOMEM;
        lines->list = list;
        lines->capacity = capacity;
    }
    struct hop_line line = {.text = text};
    for (size_t i = 0; i < WAITS; i++)
        line.waits |= contains(text, waits[i]);
    lines->list[lines->count++] = line;
    return 0;
}

/* ---- a piece: the text between two blank lines outside of braces ---- */

/* How many braces are open after this line, which does not begin inside a
 * string. */
static int depth_behind(int depth, struct slice line, bool *in_comment)
{
    for (size_t i = 0; i < line.size; i++) {
        bool pair = i + 1 < line.size;
        if (*in_comment)
            *in_comment = !(pair && !memcmp(line.data + i, "*/", 2));
        else if (pair && !memcmp(line.data + i, "/*", 2))
            *in_comment = true;
        else
            depth += (line.data[i] == '{') - (line.data[i] == '}');
    }
    return depth;
}

static bool take_piece(struct slice *rest, struct slice *piece)
{
    struct slice line;
    bool in_comment = false;
    int depth = 0;
    do
        if (!line_take(rest, &line))
            return false;
    while (is_blank(line));
    piece->data = line.data;
    do {
        depth = depth_behind(depth, line, &in_comment);
        piece->size = (size_t)(line.data + line.size - piece->data);
    } while (line_take(rest, &line) && (depth > 0 || !is_blank(line)));
    return true;
}

static bool is_heading(struct slice piece)
{
    return piece.size > 8 && !memcmp(piece.data, "/* ----", 7);
}

/* The part that a heading names; a heading that names several means the
 * whole. */
static enum hop_part part_of_heading(struct slice piece)
{
    enum hop_part part = HOP_REST;
    for (size_t i = 0; i < HEADINGS; i++)
        if (contains_nocase(piece, headings[i].text)) {
            if (part != HOP_REST)
                return HOP_BEGIN;
            part = headings[i].part;
        }
    return part;
}

/* Does this function take all the steps of a hop? */
static bool is_whole_hop(struct slice piece)
{
    return contains(piece, needs[0].text) && contains(piece, needs[1].text) &&
           contains(piece, needs[2].text);
}

/* A table for inspection, or the code that makes one, does not belong to a
 * hop. */
static bool is_aside(struct slice piece)
{
    struct slice line;
    return line_take(&piece, &line) &&
           (contains(line, "WAIT_SHAPE") || contains(line, "_init(") ||
            contains(line, "_deinit("));
}

/* The part of the step that the piece takes, the last one of several; or the
 * part whose heading it is under. */
static enum hop_part part_of(struct slice piece, enum hop_part heading)
{
    enum hop_part part = HOP_PARTS;
    for (size_t i = 0; i < STEPS; i++)
        if (contains(piece, steps[i].text)) {
            if (steps[i].part == HOP_BEGIN)
                return HOP_BEGIN;
            if (part == HOP_PARTS || steps[i].part != HOP_WAKE)
                part = steps[i].part;
        }
    return part == HOP_PARTS ? heading : part;
}

static int add_piece(struct hops *hops, enum hop_part part, struct slice piece)
{
    struct slice line;
    int error = 0;
    if (hops->parts[part].count)
        error = add_text(hops, part, slice_of(""));
    while (!error && line_take(&piece, &line))
        error = add_text(hops, part, line);
    return error;
}

/* ---- a function that is a whole hop ---- */

static bool ends_statement(struct slice line)
{
    line = slice_trim(line);
    return !line.size || strchr(";{}/:", line.data[line.size - 1]);
}

static enum hop_part part_of_statement(struct slice statement,
                                       enum hop_part before)
{
    for (size_t i = 0; i < NEEDS; i++)
        if (contains(statement, needs[i].text))
            return needs[i].part;
    return before;
}

/* From where the function tests what the call needs, the lines belong to that
 * part. */
static int add_whole_hop(struct hops *hops, struct slice piece)
{
    enum hop_part part = HOP_BEGIN;
    struct slice line, statement = {piece.data, 0};
    int error = 0;
    while (!error && line_take(&piece, &line)) {
        statement.size = (size_t)(line.data + line.size - statement.data);
        if (!ends_statement(line) && piece.size &&
            !contains(line, "CALL_NEEDS"))
            continue;
        part = part_of_statement(statement, part);
        while (!error && line_take(&statement, &line))
            error = add_text(hops, part, line);
        statement = (struct slice){piece.data, 0};
    }
    return error;
}

/* ---- a file ---- */

static int read_file(struct buffer *buffer, const char *path)
{
    char bytes[4096];
    size_t count;
    int error = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return -errno;
    while (!error && (count = fread(bytes, 1, sizeof bytes, file)) > 0)
        error = buffer_append(buffer, bytes, count);
    if (!error && ferror(file))
        error = -EIO;
    fclose(file);
    return error;
}

static int cut_hops(struct hops *hops, struct slice rest)
{
    enum hop_part heading = HOP_REST;
    struct slice piece;
    bool aside = false;
    int error = 0;
    while (!error && take_piece(&rest, &piece)) {
        if (is_heading(piece)) {
            heading = part_of_heading(piece);
            aside = heading == HOP_REST &&
                    (contains(piece, "contestant") || contains(piece, "batch"));
        } else if (is_whole_hop(piece)) {
            error = add_whole_hop(hops, piece);
        } else {
            bool apart = aside || is_aside(piece);
            error = add_piece(hops, apart ? HOP_REST : part_of(piece, heading),
                              piece);
        }
    }
    return error;
}

int hops_add(struct hops *hops, const char *path)
{
    if (hops->file_count == HOP_FILES_MAX)
        return -E2BIG;
    struct buffer *file = &hops->files[hops->file_count++];
    int error = read_file(file, path);
    return error ? error : cut_hops(hops, buffer_slice(file));
}

void hops_deinit(struct hops *hops)
{
    for (int i = 0; i < HOP_PARTS; i++)
        free(hops->parts[i].list);
    for (size_t i = 0; i < hops->file_count; i++)
        buffer_deinit(&hops->files[i]);
    memset(hops, 0, sizeof *hops);
}
