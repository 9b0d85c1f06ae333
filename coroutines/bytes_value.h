/* SPDX-License-Identifier: MIT */
/* Bytes as the value of an outcome, what Python calls `bytes`: any bytes, and a
 * NUL behind them, which is not counted. A read returns one of these, or None
 * when there was nothing.
 *
 *     struct slice line = outcome_slice(&got);      for as long as `got` lives
 */
#ifndef COROUTINES_BYTES_VALUE_H
#define COROUTINES_BYTES_VALUE_H

#include "base/bytes.h"
#include "callbacks/outcome.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One allocation. Read only. */
struct bytes_value {
    size_t size;
    const char *data; /* behind this struct; and a NUL behind them */
};

extern const struct kind read_bytes_kind; /* .pointer: a struct bytes_value */

/* A copy of the bytes; None if there are none; a failure without memory. */
OUTCOME_OWNED struct outcome outcome_bytes(struct slice bytes);

/* A view of the bytes; empty for an outcome that is not bytes. */
static inline struct slice outcome_slice(const struct outcome *outcome)
{
    const struct bytes_value *value =
        (const struct bytes_value *)outcome->pointer;
    struct slice none = {NULL, 0};
    if (outcome->kind != &read_bytes_kind)
        return none;
    struct slice bytes = {value->data, value->size};
    return bytes;
}

#ifdef __cplusplus
}
#endif

#endif
