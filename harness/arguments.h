/* SPDX-License-Identifier: MIT */
/* Reading what people write on a command line. */
#ifndef HARNESS_ARGUMENTS_H
#define HARNESS_ARGUMENTS_H

#include "base/nanos.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A plain decimal number from `least` to `most`. False, and *count untouched,
 * when the text is anything else. */
bool argument_count(const char *text, size_t least, size_t most, size_t *count);

/* A span of time, as nanos_parse reads it. False, and *span untouched, for
 * anything else, and for what is longer than a year. */
bool argument_span(const char *text, nanos *span);

#ifdef __cplusplus
}
#endif

#endif
