/* SPDX-License-Identifier: MIT */
/* Memory is there, unless a check says that it is not (calls_fail). */
#include "lessons/check/calls_yours.h"

void *yours_malloc(size_t size)
{
    return calls_begin(CALL_malloc, PLACE) ? malloc(size) : NULL;
}

void *yours_calloc(size_t count, size_t size)
{
    return calls_begin(CALL_calloc, PLACE) ? calloc(count, size) : NULL;
}

void *yours_realloc(void *memory, size_t size)
{
    return calls_begin(CALL_realloc, PLACE) ? realloc(memory, size) : NULL;
}
