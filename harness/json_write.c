/* SPDX-License-Identifier: MIT */
#include "harness/json_write.h"

#include "base/contract.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* ---- texts ---- */

/* One character, and where the next one begins. Control characters beyond those
 * that JSON forbids are escaped too: the line may be looked at on a terminal.
 */
static struct slice put_character(FILE *out, struct slice text)
{
    uint32_t point = 0;
    size_t size = text_character(text, &point);
    if (size == 0)
        fputs("\xef\xbf\xbd", out);
    else if (text_is_control(point))
        fprintf(out, "\\u%04x", (unsigned)point);
    else if (point == '"' || point == '\\')
        fprintf(out, "\\%c", (char)point);
    else
        fwrite(text.data, 1, size, out);
    text.data += size ? size : 1;
    text.size -= size ? size : 1;
    return text;
}

static void put_text(FILE *out, const char *text)
{
    struct slice rest = slice_of(text);
    putc('"', out);
    while (rest.size)
        rest = put_character(out, rest);
    putc('"', out);
}

/* ---- structure ---- */

static void put_line(const struct json_writer *json)
{
    if (!json->depth || json->depth > json->lines)
        return;
    putc('\n', json->out);
    for (unsigned i = 0; i < json->depth; i++)
        putc(' ', json->out);
}

/* Called before any value. */
static void put_name(struct json_writer *json, const char *name)
{
    if (json->filled[json->depth])
        putc(',', json->out);
    json->filled[json->depth] = true;
    put_line(json);
    if (!name)
        return;
    put_text(json->out, name);
    putc(':', json->out);
    if (json->depth <= json->lines)
        putc(' ', json->out);
}

static void begin_container(struct json_writer *json, const char *name,
                            const char *ends)
{
    REQUIRE(json->depth < JSON_DEPTH_MAX,
            "json_write_object: no deeper than JSON_DEPTH_MAX");
    put_name(json, name);
    putc(ends[0], json->out);
    json->ends[json->depth++] = ends[1];
    json->filled[json->depth] = false;
}

void json_write_object(struct json_writer *json, const char *name)
{
    begin_container(json, name, "{}");
}

void json_write_array(struct json_writer *json, const char *name)
{
    begin_container(json, name, "[]");
}

void json_write_end(struct json_writer *json)
{
    REQUIRE(json->depth, "json_write_end: an end for each beginning");
    bool filled = json->filled[json->depth--];
    if (filled && json->depth < json->lines) {
        putc('\n', json->out);
        for (unsigned i = 0; i < json->depth; i++)
            putc(' ', json->out);
    }
    putc(json->ends[json->depth], json->out);
    if (!json->depth)
        putc('\n', json->out);
}

/* ---- values ---- */

void json_write_text(struct json_writer *json, const char *name,
                     const char *text)
{
    if (!text) {
        json_write_null(json, name);
        return;
    }
    put_name(json, name);
    put_text(json->out, text);
}

void json_write_null(struct json_writer *json, const char *name)
{
    put_name(json, name);
    fputs("null", json->out);
}

void json_write_bool(struct json_writer *json, const char *name, bool value)
{
    put_name(json, name);
    fputs(value ? "true" : "false", json->out);
}

void json_write_count(struct json_writer *json, const char *name,
                      uint64_t value)
{
    put_name(json, name);
    fprintf(json->out, "%" PRIu64, value);
}

void json_write_real(struct json_writer *json, const char *name, double value)
{
    char text[32];
    if (!isfinite(value)) {
        json_write_null(json, name);
        return;
    }
    put_name(json, name);
    snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value)
        snprintf(text, sizeof text, "%.17g", value);
    fputs(text, json->out);
}

void json_write_seconds(struct json_writer *json, const char *name, nanos span)
{
    put_name(json, name);
    fprintf(json->out, "%" PRId64 ".%09" PRId64, span / NANOS_PER_SECOND,
            span % NANOS_PER_SECOND);
}
