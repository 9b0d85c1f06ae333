/* SPDX-License-Identifier: MIT */
/* Bytes that other code owns, and bytes that grow. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A view. It owns nothing and is not terminated by a NUL. */
struct slice {
    const char *data;
    size_t size;
};

static inline struct slice slice_of(const char *text)
{
    struct slice slice = {text, strlen(text)};
    return slice;
}

/* What follows its first `count` bytes, which must be there. An empty slice may
 * have a NULL address, to which nothing may be added, not even 0. */
static inline struct slice slice_behind(struct slice slice, size_t count)
{
    struct slice rest = {count ? slice.data + count : slice.data,
                         slice.size - count};
    return rest;
}

bool slice_equal(struct slice a, struct slice b);

/* Compares ASCII letters without case, as for header names. */
bool slice_equal_nocase(struct slice a, struct slice b);

/* The text without spaces and tabs at both ends. */
struct slice slice_trim(struct slice slice);

/* Owns its bytes. All zero is an empty buffer without memory. A text is
 * put together from many pieces without a check after each: the code that uses
 * the whole asks buffer_lacks. */
struct buffer {
    char *data;
    size_t size;
    /* `starved` takes a bit of it: no memory is so large, and every connection
     * has a handful of buffers. */
    size_t capacity : sizeof(size_t) * CHAR_BIT - 1;
    bool starved : 1; /* something was not appended, for want of memory */
};

/* Makes room for `more` bytes behind the last one. 0 or -ENOMEM. */
int buffer_reserve(struct buffer *buffer, size_t more);

/* Appends. 0 or -ENOMEM, and then nothing was appended. */
int buffer_append(struct buffer *buffer, const void *data, size_t size);
int buffer_append_text(struct buffer *buffer, const char *text);

/* Appends as printf does; no NUL is counted. 0 or -ENOMEM. */
int buffer_print(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts a NUL behind the last byte, where it is not counted: `data` is a C
 * string until the buffer changes. 0 or -ENOMEM. */
int buffer_terminate(struct buffer *buffer);

/* Has anything not been appended, since it was last empty, for want of
 * memory? */
static inline bool buffer_lacks(const struct buffer *buffer)
{
    return buffer->starved;
}

/* What is missing in the part is missing in the whole that was made of it. */
static inline void buffer_lack(struct buffer *whole, const struct buffer *part)
{
    whole->starved = whole->starved || part->starved;
}

/* There was no memory for something that belongs here. */
static inline void buffer_starve(struct buffer *buffer)
{
    buffer->starved = true;
}

/* Why something failed, for the end of a sentence: what gives no reason, or not
 * all of it, had no memory. */
struct slice buffer_reason(const struct buffer *why);

/* Empties and keeps the memory for the next use. */
void buffer_clear(struct buffer *buffer);

/* Empties and gives the memory back. Harmless when done twice. */
void buffer_deinit(struct buffer *buffer);

static inline struct slice buffer_slice(const struct buffer *buffer)
{
    struct slice slice = {buffer->data, buffer->size};
    return slice;
}

#ifdef __cplusplus
}
#endif

#endif
