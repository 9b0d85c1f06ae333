/* SPDX-License-Identifier: MIT */
#include "support/failing_malloc.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static _Thread_local bool counting;
static _Thread_local unsigned seen, failing;

static bool fails(void)
{
    if (!counting || ++seen != failing)
        return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails() ? NULL : __real_realloc(memory, size);
}

void failing_malloc_begin(unsigned number)
{
    counting = true;
    seen = 0;
    failing = number;
}

unsigned failing_malloc_end(void)
{
    counting = false;
    return seen;
}
