/* SPDX-License-Identifier: MIT */
#include "coroutines/bytes_value.h"

#include "callbacks/failure.h"

#include <stdlib.h>

static void bytes_drop(struct outcome outcome)
{
    free(outcome.pointer);
}

static struct outcome bytes_share(const struct outcome *outcome)
{
    return outcome_bytes(outcome_slice(outcome));
}

static void bytes_print(const struct outcome *outcome, struct buffer *out)
{
    buffer_append_text(out, "b");
    outcome_print_quoted(outcome_slice(outcome), out);
}

const struct kind read_bytes_kind = {.name = "bytes",
                                     .drop = bytes_drop,
                                     .share = bytes_share,
                                     .print = bytes_print};

struct outcome outcome_bytes(struct slice bytes)
{
    if (bytes.size == 0)
        return outcome_none();
    struct bytes_value *value = malloc(sizeof *value + bytes.size + 1);
    if (!value)
        return outcome_failure(&failure_no_memory);
    char *copy = (char *)(value + 1);
    *value = (struct bytes_value){bytes.size, copy};
    memcpy(copy, bytes.data, bytes.size);
    copy[bytes.size] = '\0';
    return outcome_value(&read_bytes_kind, value);
}
