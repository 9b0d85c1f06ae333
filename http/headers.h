/* SPDX-License-Identifier: MIT */
/* A list of header fields, in the order in which they came. */
#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include "base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All zero is an empty list. Inside, names and values lie one behind the other,
 * each closed by a NUL: one allocation for a whole message. That works because
 * neither may contain a NUL; headers_add refuses it. */
struct headers {
    struct buffer text;
    size_t count;
};

/* Appends a field; the bytes are copied. The name must be a token, the value
 * without CR, LF and NUL. 0, -EINVAL or -ENOMEM. */
int headers_add(struct headers *headers, struct slice name, struct slice value);

/* The first value with that name, in any case; NULL when there is none. Owned
 * by the list, and good until the list changes. */
const char *headers_find(const struct headers *headers, const char *name);

/* Walks the list: start with *cursor = 0; false after the last one.
 *
 *     size_t cursor = 0;
 *     while (headers_next(headers, &cursor, &name, &value)) ...
 */
bool headers_next(const struct headers *headers, size_t *cursor,
                  const char **name, const char **value);

/* Empties; keeps the memory. */
void headers_clear(struct headers *headers);
void headers_deinit(struct headers *headers);

/* Is it a token of RFC 9110, 5.6.2: what a method and a field name consist of?
 */
bool headers_is_token(struct slice text);

/* For fields sent by another process: does the text consist of `count` names
 * and values, each with its NUL? */
bool headers_are_whole(struct slice text, size_t count);

#ifdef __cplusplus
}
#endif

#endif
