/* SPDX-License-Identifier: MIT */
/* JSON, written a value at a time to a stream. It allocates nothing, so no
 * value can be missing for want of memory; what cannot be written is an error
 * of the stream. The output is JSON whatever bytes a text holds.
 *
 *     struct json_writer json = {.out = stdout};
 *     json_write_object(&json, NULL);
 *     json_write_text(&json, "url", url);
 *     json_write_array(&json, "runs");
 *     json_write_count(&json, NULL, 1);
 *     json_write_end(&json);
 *     json_write_end(&json);
 *
 * A member of an object has a name; what is in an array, or alone, has
 * NULL. */
#ifndef HARNESS_JSON_WRITE_H
#define HARNESS_JSON_WRITE_H

#include "base/nanos.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { JSON_DEPTH_MAX = 8 };

struct json_writer {
    FILE *out;
    unsigned lines; /* down to this depth a value has a line of its own; 0:
                     * all is one line */

    /* private */
    unsigned depth;
    char ends[JSON_DEPTH_MAX];
    bool filled[JSON_DEPTH_MAX + 1];
};

/* Contract: no deeper than JSON_DEPTH_MAX, and an end for each beginning. */
void json_write_object(struct json_writer *json, const char *name);
void json_write_array(struct json_writer *json, const char *name);
void json_write_end(struct json_writer *json);

/* A text; null for NULL. Bytes that are not UTF-8 become U+FFFD. */
void json_write_text(struct json_writer *json, const char *name,
                     const char *text);

void json_write_null(struct json_writer *json, const char *name);
void json_write_bool(struct json_writer *json, const char *name, bool value);
void json_write_count(struct json_writer *json, const char *name,
                      uint64_t value);

/* A number, with as many digits as are needed to read back the same; null if
 * JSON has no such number. */
void json_write_real(struct json_writer *json, const char *name, double value);

/* In seconds, with all nine digits. */
void json_write_seconds(struct json_writer *json, const char *name, nanos span);

#ifdef __cplusplus
}
#endif

#endif
