/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static_assert(sizeof(struct buffer) == 3 * sizeof(size_t),
              "the flag takes no room");

bool slice_equal(struct slice a, struct slice b)
{
    return a.size == b.size && (a.size == 0 || !memcmp(a.data, b.data, a.size));
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
    /* strncasecmp follows the locale for letters only beyond ASCII, which no
     * field name has. */
    return a.size == b.size &&
           (a.size == 0 || !strncasecmp(a.data, b.data, a.size));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice slice)
{
    while (slice.size && is_blank(slice.data[0])) {
        slice.data++;
        slice.size--;
    }
    while (slice.size && is_blank(slice.data[slice.size - 1]))
        slice.size--;
    return slice;
}

static int starve(struct buffer *buffer)
{
    buffer_starve(buffer);
    return -ENOMEM;
}

int buffer_reserve(struct buffer *buffer, size_t more)
{
    if (more <= buffer->capacity - buffer->size)
        return 0;
    if (more > SIZE_MAX / 2 - buffer->size)
        return starve(buffer);
    size_t needed = buffer->size + more;
    /* Grows by half: few moves for what goes on growing, little waste
     * otherwise. */
    size_t capacity = buffer->capacity;
    capacity += capacity / 2;
    if (capacity < needed || capacity > SIZE_MAX / 2)
        capacity = needed;
    char *data = realloc(buffer->data, capacity);
    if (!data)
        return starve(buffer);
    buffer->data = data;
    buffer->capacity = capacity & SIZE_MAX / 2;
    return 0;
}

int buffer_append(struct buffer *buffer, const void *data, size_t size)
{
    if (size == 0)
        return 0;
    int error = buffer_reserve(buffer, size);
    if (error)
        return error;
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    return 0;
}

struct slice buffer_reason(const struct buffer *why)
{
    return why->size && !buffer_lacks(why) ? buffer_slice(why)
                                           : slice_of("out of memory");
}

int buffer_append_text(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, text, strlen(text));
}

int buffer_print(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        return -EINVAL;
    /* vsnprintf appends a NUL, which is not counted. */
    int error = buffer_reserve(buffer, (size_t)size + 1);
    if (error)
        return error;
    va_start(arguments, format);
    vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, arguments);
    va_end(arguments);
    buffer->size += (size_t)size;
    return 0;
}

int buffer_terminate(struct buffer *buffer)
{
    int error = buffer_reserve(buffer, 1);
    if (!error)
        buffer->data[buffer->size] = '\0';
    return error;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->starved = false;
}

void buffer_deinit(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}
